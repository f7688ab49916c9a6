//! 一か所だけを書きかえる One value of a text changed where it stands: comments, order and everything else stay as their author wrote them.

use saphyr_parser::{Event, Parser};

/// A node of a text with where it stands, in characters.
pub(crate) struct Spot {
    pub from: usize,
    to: usize,
    /// Where its key stands, when it has one.
    pub key: Option<(usize, usize)>,
    pub what: What,
}

/// What a node is.
pub(crate) enum What {
    /// A word, as it is read.
    Scalar(String),
    /// A list.
    List(Vec<Spot>),
    /// A map, in the order written.
    Map(Vec<(String, Spot)>),
}

/// A map or list that is not closed yet.
struct Open {
    from: usize,
    is_map: bool,
    key: Option<(String, usize, usize)>,
    own_key: Option<(usize, usize)>,
    entries: Vec<(String, Spot)>,
}

/// A text with the places of what it says of one procedure.
pub(crate) struct Written {
    pub characters: Vec<char>,
    pub root: Spot,
}

/// The text with a value at a path set; a key that is not there is added to the map that is. `None`: the text cannot be read, does not have the
/// procedure, or the path leads through something that is no map.
pub fn set(text: &str, procedure: &str, path: &[&str], value: &str) -> Option<String> {
    let written = Written::of(text, procedure)?;
    match written.find(path) {
        Some(at) if matches!(at.what, What::Map(_)) => None,
        Some(at) => Some(written.with_value(at, &quoted(value))),
        None => written.with_key(path, &quoted(value)),
    }
}

impl Written {
    /// Reads a text. `None`: it is not YAML, or does not have the procedure.
    pub fn of(text: &str, procedure: &str) -> Option<Written> {
        let is_it = |document: &Spot| matches!(document.get("procedure").map(|id| &id.what), Some(What::Scalar(id)) if id == procedure);
        let root = read(text)?.into_iter().find(is_it)?;
        Some(Written { characters: text.chars().collect(), root })
    }

    /// What stands at a path.
    pub fn find(&self, path: &[&str]) -> Option<&Spot> {
        path.iter().try_fold(&self.root, |at, key| at.get(key))
    }

    /// A word as it is read.
    pub fn word(&self, path: &[&str]) -> Option<&str> {
        match &self.find(path)?.what {
            What::Scalar(word) => Some(word),
            _ => None,
        }
    }

    /// As it stands in the text.
    pub fn source(&self, from: usize, to: usize) -> String {
        self.characters.get(from..to).unwrap_or_default().iter().collect()
    }

    /// The text with a part of it replaced.
    pub fn spliced(&self, from: usize, to: usize, new: &str) -> String {
        self.source(0, from) + new + &self.source(to, self.characters.len())
    }

    /// Whether it stands in braces or brackets.
    pub fn is_flow(&self, at: &Spot) -> bool {
        !matches!(at.what, What::Scalar(_)) && matches!(self.characters.get(at.from), Some('{' | '['))
    }

    /// Where a node ends, without the blanks, the comment and the line's end that follow it.
    pub fn end(&self, at: &Spot) -> usize {
        let inner = match &at.what {
            _ if self.is_flow(at) => None,
            What::Scalar(_) => None,
            What::List(members) => members.last(),
            What::Map(entries) => entries.last().map(|(_, spot)| spot),
        };
        match (inner, at.key) {
            (Some(inner), _) => self.end(inner),
            // Nothing is written behind the colon.
            (None, Some((_, key_end))) if self.is_unwritten(at) => self.colon(key_end),
            (None, _) => self.trimmed(at.from, at.to),
        }
    }

    fn is_unwritten(&self, at: &Spot) -> bool {
        matches!(at.what, What::Scalar(_)) && self.trimmed(at.from, at.to) == at.from
    }

    /// Behind the colon of a key.
    fn colon(&self, key_end: usize) -> usize {
        let rest = self.characters.get(key_end..).unwrap_or_default();
        key_end + rest.iter().position(|c| *c == ':').map_or(0, |colon| colon + 1)
    }

    fn trimmed(&self, from: usize, to: usize) -> usize {
        let written = self.characters.get(from..to).unwrap_or_default();
        from + written.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1)
    }

    /// Where the line of a character begins.
    pub fn line(&self, at: usize) -> usize {
        self.characters.get(..at).unwrap_or_default().iter().rposition(|c| *c == '\n').map_or(0, |end| end + 1)
    }

    /// Where the line after that of a character begins.
    pub fn next_line(&self, at: usize) -> usize {
        let rest = self.characters.get(at..).unwrap_or_default();
        rest.iter().position(|c| *c == '\n').map_or(self.characters.len(), |end| at + end + 1)
    }

    /// The text with something else as the value of a key: `value` is written as it is.
    pub fn with_value(&self, at: &Spot, value: &str) -> String {
        match at.key {
            Some((_, key_end)) if self.is_unwritten(at) || (!self.is_flow(at) && !matches!(at.what, What::Scalar(_))) => {
                self.spliced(self.colon(key_end), self.end(at), &format!(" {value}"))
            }
            _ => self.spliced(at.from, self.end(at), value),
        }
    }

    /// The text with a key that is not there yet, below the last of the map that is. `value` is written as it is.
    pub fn with_key(&self, path: &[&str], value: &str) -> Option<String> {
        let mut at = &self.root;
        let mut known = 0;
        while let Some(next) = path.get(known).and_then(|key| at.get(key)) {
            at = next;
            known += 1;
        }
        let (first, after) = path.get(known..)?.split_first()?;
        let value = after.iter().rev().fold(value.to_owned(), |inner, key| format!("{{ {key}: {inner} }}"));
        if self.is_unwritten(at) {
            return Some(self.with_value(at, &format!("{{ {first}: {value} }}")));
        }
        let entries = at.map()?;
        let Some((_, last)) = entries.last() else { return Some(self.with_value(at, &format!("{{ {first}: {value} }}"))) };
        let end = self.end(last);
        if self.is_flow(at) {
            return Some(self.spliced(end, end, &format!(", {first}: {value}")));
        }
        // As far in as the first.
        let key = entries.first().and_then(|(_, spot)| spot.key)?.0;
        let indent = " ".repeat(key - self.line(key));
        let end = self.next_line(end);
        let gap = if self.source(0, end).ends_with('\n') { "" } else { "\n" };
        Some(self.spliced(end, end, &format!("{gap}{indent}{first}: {value}\n")))
    }
}

/// What JSON writes is YAML too. A word that needs no quotes gets none.
pub(crate) fn quoted(value: &str) -> String {
    let is_plain = !value.is_empty()
        && value.chars().all(|c| c.is_alphanumeric() || "_ー・。、（）「」".contains(c))
        && !matches!(value, "null" | "~" | "true" | "false");
    if is_plain { value.to_owned() } else { serde_json::to_string(value).unwrap_or_default() }
}

impl Spot {
    fn get(&self, key: &str) -> Option<&Spot> {
        self.map()?.iter().find(|(name, _)| name == key).map(|(_, spot)| spot)
    }

    /// The entries of a map.
    pub fn map(&self) -> Option<&[(String, Spot)]> {
        match &self.what {
            What::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether `~` stands there: in an overlay it removes.
    pub fn is_removal(&self) -> bool {
        matches!(&self.what, What::Scalar(word) if word == "~" || word.is_empty())
    }
}

/// Where the key stands whose value comes next.
fn key_of(open: &[Open]) -> Option<(usize, usize)> {
    open.last()?.key.as_ref().map(|(_, from, to)| (*from, *to))
}

fn read(text: &str) -> Option<Vec<Spot>> {
    let (mut documents, mut open): (Vec<Spot>, Vec<Open>) = (Vec::new(), Vec::new());
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let (from, to) = (span.start.index(), span.end.index());
        let closed = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let own_key = key_of(&open);
                open.push(Open { from, is_map: matches!(event, Event::MappingStart(..)), key: None, own_key, entries: Vec::new() });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let one = open.pop()?;
                let what =
                    if one.is_map { What::Map(one.entries) } else { What::List(one.entries.into_iter().map(|(_, spot)| spot).collect()) };
                Spot { from: one.from, to, key: one.own_key, what }
            }
            Event::Scalar(value, ..) => {
                if let Some(one) = open.last_mut().filter(|one| one.is_map && one.key.is_none()) {
                    one.key = Some((value.into_owned(), from, to));
                    continue;
                }
                Spot { from, to, key: key_of(&open), what: What::Scalar(value.into_owned()) }
            }
            _ => continue,
        };
        match open.last_mut() {
            Some(one) => {
                let key = one.key.take().map(|(key, ..)| key).unwrap_or_default();
                one.entries.push((key, closed));
            }
            None => documents.push(closed),
        }
    }
    Some(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 木\nprocedure: tree # id\ntitle: 街路樹の伐採   # 名\npages:\n  what:\n    title: どの木か\n    fields:\n      \
                        place: { kind: text, label: 場所 } # 所\n      more:\n        kind: text\n        label: \"その他\"\ncomplete: yes\n";

    fn set_in(path: &str, value: &str) -> String {
        let path: Vec<&str> = path.split('.').collect();
        set(TEXT, "tree", &path, value).unwrap()
    }

    #[test]
    fn a_value_is_changed_where_it_stands_and_nothing_else() {
        assert_eq!(set_in("title", "生け垣の伐採"), TEXT.replace("街路樹の伐採", "生け垣の伐採"));
        assert_eq!(set_in("pages.what.fields.place.label", "木: どこ"), TEXT.replace("label: 場所", "label: \"木: どこ\""));
        assert_eq!(set_in("pages.what.fields.more.label", "ほか"), TEXT.replace("\"その他\"", "ほか"));
    }

    #[test]
    fn a_key_that_is_not_there_is_added_to_its_map() {
        assert_eq!(set_in("pages.what.fields.place.hint", "住所"), TEXT.replace("label: 場所 }", "label: 場所, hint: 住所 }"));
        assert_eq!(set_in("pages.what.fields.more.hint", "住所"), TEXT.replace("\"その他\"", "\"その他\"\n        hint: 住所"));
        assert_eq!(set_in("minutes", "5"), format!("{TEXT}minutes: 5\n").replace("yes\nminutes: 5\n", "yes\nminutes: 5\n"));
        assert_eq!(set_in("law.basis", "要綱"), TEXT.replace("complete: yes", "complete: yes\nlaw: { basis: 要綱 }"));
    }

    #[test]
    fn of_two_procedures_in_a_file_the_one_is_changed_and_an_empty_key_gets_its_value() {
        let both = format!("{TEXT}---\nprocedure: hedge\ntitle: 生け垣\nhint:\nminutes: 3\n");
        assert_eq!(set(&both, "hedge", &["title"], "垣根").unwrap(), both.replace("title: 生け垣", "title: 垣根"));
        assert_eq!(set(&both, "hedge", &["hint"], "住所").unwrap(), both.replace("hint:\n", "hint: 住所\n"));
    }

    #[test]
    fn what_is_no_place_for_a_value_is_left_alone() {
        assert_eq!(set(TEXT, "tree", &["pages"], "x"), None);
        assert_eq!(set(TEXT, "hedge", &["title"], "x"), None, "another procedure's text");
        assert_eq!(set("procedure: [", "tree", &["title"], "x"), None);
        assert_eq!(set("words: en\n", "tree", &["title"], "x"), None);
    }
}
