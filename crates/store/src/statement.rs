//! One text for two engines: statements with `$n`, and tables written in portable types.
//!
//! Rooms write `text`, `bigint` and `blob`. SQLite gets STRICT tables with `integer`; PostgreSQL gets `bytea`, and text columns
//! that compare byte by byte (`collate "C"`), whatever the collation of the database, so that lists have the same order on both.

/// A piece of SQL: a word, a string or comment, white space, or a single character.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece<'s> {
    Word(&'s str),
    Space(&'s str),
    Other(&'s str),
}

/// Cuts SQL into pieces. Strings, quoted names and comments stay whole, so nothing inside them is rewritten.
fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let byte = bytes[at];
        if byte == b'\'' || byte == b'"' {
            at = end_of_quoted(bytes, at, byte);
            found.push(Piece::Other(&sql[start..at]));
        } else if sql[at..].starts_with("--") {
            at = sql[at..].find('\n').map_or(bytes.len(), |length| at + length);
            found.push(Piece::Space(&sql[start..at]));
        } else if sql[at..].starts_with("/*") {
            at = sql[at..].find("*/").map_or(bytes.len(), |length| at + length + 2);
            found.push(Piece::Space(&sql[start..at]));
        } else if byte.is_ascii_whitespace() {
            while at < bytes.len() && bytes[at].is_ascii_whitespace() {
                at += 1;
            }
            found.push(Piece::Space(&sql[start..at]));
        } else if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 {
            while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_' || bytes[at] >= 0x80) {
                at += 1;
            }
            found.push(Piece::Word(&sql[start..at]));
        } else {
            at += 1;
            found.push(Piece::Other(&sql[start..at]));
        }
    }
    found
}

fn end_of_quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

/// A statement for SQLite, where `$2` would be a *name* numbered by first appearance: `$n` becomes `?n`.
pub(crate) fn for_sqlite(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let pieces = pieces(sql);
    for (index, piece) in pieces.iter().enumerate() {
        let numbered = matches!(pieces.get(index + 1), Some(Piece::Word(word)) if word.bytes().all(|byte| byte.is_ascii_digit()));
        match piece {
            Piece::Other("$") if numbered => out.push('?'),
            Piece::Word(text) | Piece::Space(text) | Piece::Other(text) => out.push_str(text),
        }
    }
    out
}

/// Which engine a migration is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A migration's text for an engine.
pub(crate) fn migration(sql: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut statement = Statement::default();
    for piece in pieces(sql) {
        match piece {
            Piece::Space(text) => out.push_str(text),
            Piece::Word(word) => out.push_str(statement.word(word, dialect)),
            Piece::Other(";") => {
                statement.end(&mut out, dialect);
                out.push(';');
            }
            Piece::Other(text) => {
                statement.mark(text);
                out.push_str(text);
            }
        }
    }
    statement.end(&mut out, dialect);
    out
}

/// Where the reader of a migration stands within one statement.
#[derive(Default)]
struct Statement {
    words: Vec<String>,
    depth: usize,
    /// Words since the last comma or bracket at the depth of column definitions.
    in_column: usize,
}

impl Statement {
    fn makes_table(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).take(3).collect();
        matches!(words[..], ["create", "table", ..])
    }

    fn adds_column(&self) -> bool {
        let from_end = self.words.len().checked_sub(2).map(|at| self.words[at].as_str());
        self.words.first().is_some_and(|word| word == "alter") && from_end == Some("column")
    }

    fn word<'w>(&mut self, word: &'w str, dialect: Dialect) -> &'w str {
        let lower = word.to_ascii_lowercase();
        let is_type = (self.makes_table() && self.depth == 1 && self.in_column == 1) || self.adds_column();
        self.in_column += 1;
        let written = match (is_type, lower.as_str(), dialect) {
            (true, "bigint", Dialect::Sqlite) => "integer",
            (true, "blob", Dialect::Postgres) => "bytea",
            (true, "text", Dialect::Postgres) => "text collate \"C\"",
            _ => word,
        };
        self.words.push(lower);
        written
    }

    fn mark(&mut self, text: &str) {
        match text {
            "(" => {
                self.depth += 1;
                self.in_column = 0;
            }
            ")" => self.depth = self.depth.saturating_sub(1),
            "," => self.in_column = 0,
            // A quoted name stands where a word would.
            quoted if quoted.starts_with('"') => self.in_column += 1,
            _ => {}
        }
    }

    fn end(&mut self, out: &mut String, dialect: Dialect) {
        if self.makes_table() && dialect == Dialect::Sqlite {
            out.push_str(" strict");
        }
        *self = Statement::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_is_lost_or_stumbled_over(sql in "[a-z$?1-3'\"(),;/* \\n名-]{0,60}") {
            let unbound = for_sqlite(&sql);
            proptest::prop_assert_eq!(unbound.replace('?', "$"), sql.replace('?', "$"));
            let _ = (migration(&sql, Dialect::Sqlite), migration(&sql, Dialect::Postgres));
        }
    }

    #[test]
    fn numbers_of_binds_become_places_but_texts_stay() {
        assert_eq!(for_sqlite("select $2, $1, '$1', \"$2\" -- $3\n, $12"), "select ?2, ?1, '$1', \"$2\" -- $3\n, ?12");
        assert_eq!(for_sqlite("select 'it''s $1', $1"), "select 'it''s $1', ?1");
    }

    #[test]
    fn a_table_is_strict_on_sqlite_and_compares_bytes_on_postgres() {
        let sql = "create table dog (id text primary key, born bigint not null, chip blob, primary key (id, born)); create index dog_born on dog (born)";
        assert_eq!(
            migration(sql, Dialect::Sqlite),
            "create table dog (id text primary key, born integer not null, chip blob, primary key (id, born)) strict; create index dog_born on dog (born)"
        );
        assert_eq!(
            migration(sql, Dialect::Postgres),
            "create table dog (id text collate \"C\" primary key, born bigint not null, chip bytea, primary key (id, born)); create index dog_born on dog (born)"
        );
    }

    #[test]
    fn a_column_called_text_keeps_its_name_and_an_added_one_gets_its_type() {
        let sql = "create table note (text text not null check (text <> 'bigint')); alter table note add column size bigint;";
        assert_eq!(
            migration(sql, Dialect::Sqlite),
            "create table note (text text not null check (text <> 'bigint')) strict; alter table note add column size integer;"
        );
        assert!(migration(sql, Dialect::Postgres).starts_with("create table note (text text collate \"C\" not null check (text <> "));
    }
}
