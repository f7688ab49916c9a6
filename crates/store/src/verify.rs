//! 検証 Whether the journal is what was once written: every link reckoned again, and its end compared with a head kept elsewhere.

use std::{collections::HashMap, fmt, fs, path::Path};

use jiff::Timestamp;

use crate::{
    Row, Store, StoreError, durable,
    journal::{self, FORGOTTEN, Head, digest},
    keys::{Face, Keys, from_hex, hex},
    params,
};

/// What `yakuba verify-journal` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines with a position.
    pub sealed: i64,
    /// Lines that are written but not yet linked; normal for a moment on PostgreSQL.
    pub unsealed: i64,
    /// Lines whose record was destroyed: their links hold, their words cannot be checked any more.
    pub forgotten: i64,
    /// What is wrong; empty when all is well.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No line has this position.
    Gap(i64),
    /// The line at this position is gone.
    Missing(i64),
    /// The line at this position says something else than was written.
    Changed(i64),
    /// The link at this position does not follow from the one before: lines were changed, put in or taken out.
    BrokenLink(i64),
    /// The salt of this line's record is gone, and no line says that the record was destroyed.
    NoSalt(i64),
    /// The journal ends at the second position, but its kept head was at the first.
    Truncated(i64, i64),
    /// The journal is another one than the kept head's, at its position.
    OtherHistory(i64),
    /// The kept head was not signed by this town's keys.
    ForeignHead,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Gap(at) => write!(out, "position {at}: no line has this position"),
            Problem::Missing(at) => write!(out, "position {at}: the line is gone"),
            Problem::Changed(at) => write!(out, "position {at}: the line was changed after it was written"),
            Problem::BrokenLink(at) => write!(out, "position {at}: the link does not follow from the one before"),
            Problem::NoSalt(at) => {
                write!(out, "position {at}: the salt of its record is gone, but no line says that the record was destroyed")
            }
            Problem::Truncated(head, end) => write!(out, "the journal ends at {end}, but its head was once at {head}: lines were cut off"),
            Problem::OtherHistory(at) => write!(out, "position {at}: this is not the journal whose head was kept"),
            Problem::ForeignHead => write!(out, "the kept head is not signed by this town"),
        }
    }
}

/// The end of the journal at one moment, signed. Keep it where who can write the store cannot: another disk, a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// The last position.
    pub position: i64,
    chain: [u8; 32],
    /// When it was taken.
    pub at: Timestamp,
    signature: [u8; 64],
}

impl SignedHead {
    fn signed(position: i64, chain: &[u8; 32], at: Timestamp) -> Vec<u8> {
        let mut bytes = b"yakuba journal head 1".to_vec();
        bytes.extend(position.to_be_bytes());
        bytes.extend(chain);
        bytes.extend(at.as_microsecond().to_be_bytes());
        bytes
    }

    /// Reads the line that [`SignedHead`] prints.
    pub fn parse(line: &str) -> Option<SignedHead> {
        let mut words = line.split_whitespace();
        if words.next()? != "journal-head" {
            return None;
        }
        let position = words.next()?.parse().ok()?;
        let at = words.next()?.parse().ok()?;
        let chain = from_hex(words.next()?)?.try_into().ok()?;
        let signature = from_hex(words.next()?)?.try_into().ok()?;
        words.next().is_none().then_some(SignedHead { position, chain, at, signature })
    }

    /// Reads a kept head; none when there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read or is no head.
    pub fn read(path: &Path) -> Result<Option<SignedHead>, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) => SignedHead::parse(&text).map(Some).ok_or(StoreError::Damaged("the kept head of the journal")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::at("reading the kept head", path)(error)),
        }
    }

    /// Whether a face of the town that these keys are of signed it.
    pub fn is_signed_by(&self, keys: &Keys) -> bool {
        let signed = SignedHead::signed(self.position, &self.chain, self.at);
        let by_face = [Face::Portal, Face::Desk].iter().any(|face| keys.signed_by(*face, &signed, &self.signature));
        by_face || keys.signed_here(&signed, &self.signature)
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "journal-head {} {} {} {}", self.position, self.at, hex(&self.chain), hex(&self.signature))
    }
}

impl Store {
    /// The journal's end now, signed.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn signed_head(&self, keys: &Keys) -> Result<SignedHead, StoreError> {
        let Head { position, chain } = self.read(journal::head)?;
        let at = self.now();
        let signature = keys.sign(&SignedHead::signed(position, &chain, at));
        Ok(SignedHead { position, chain, at, signature })
    }

    /// Signs the journal's end and keeps it in a file; an older head there gives way only to a later one.
    ///
    /// # Errors
    /// When the file cannot be written, or the journal is now shorter than the head kept there.
    pub fn keep_head(&self, keys: &Keys, path: &Path) -> Result<SignedHead, StoreError> {
        let head = self.signed_head(keys)?;
        match SignedHead::read(path)? {
            Some(kept) if kept.position > head.position => {
                return Err(StoreError::Other(Problem::Truncated(kept.position, head.position).to_string()));
            }
            Some(kept) if kept.position == head.position && kept.chain == head.chain => return Ok(kept),
            _ => {}
        }
        durable::write(path, head.to_string().as_bytes())?;
        Ok(head)
    }

    /// Reckons the whole journal again, page by page while the town goes on, and compares it with a kept head.
    ///
    /// # Errors
    /// When the store cannot be read; what is wrong with the journal is in the report.
    pub fn verify_journal(&self, kept: Option<(&SignedHead, &Keys)>) -> Result<Report, StoreError> {
        let mut walk = Walk { head: Head::START, ..Walk::default() };
        let watched = kept.map(|(head, _)| head.position);
        loop {
            let after = walk.head.position;
            let rows = self.read(move |tx| tx.all(PAGE, params![after, PAGE_ROWS]))?;
            for row in &rows {
                walk.step(row, watched)?;
            }
            if rows.len() < PAGE_ROWS as usize {
                break;
            }
        }
        let mut report = walk.report();
        report.unsealed = self.read(|tx| tx.first(UNSEALED, params![])?.map_or(Ok(0), |row| row.get(0)))?;
        if let Some((head, keys)) = kept {
            if !head.is_signed_by(keys) {
                report.problems.push(Problem::ForeignHead);
            } else if walk.head.position < head.position {
                report.problems.push(Problem::Truncated(head.position, walk.head.position));
            } else if head.position > 0 && walk.at_watched != Some(head.chain) {
                report.problems.push(Problem::OtherHistory(head.position));
            }
        }
        Ok(report)
    }
}

const PAGE_ROWS: i64 = 1_000;
const PAGE: &str = "select s.position, s.chain, e.digest, e.at, e.actor, e.what, e.kind, e.record, e.authority, e.why, t.salt \
    from store_seal s left join store_entry e on e.serial = s.entry \
    left join store_salt t on t.kind = e.kind and t.record = e.record where s.position > $1 order by s.position limit $2";
const UNSEALED: &str = "select count(*) from store_entry e where not exists (select 1 from store_seal s where s.entry = e.serial)";

/// What is known after the lines so far.
#[derive(Default)]
struct Walk {
    head: Head,
    sealed: i64,
    at_watched: Option<[u8; 32]>,
    /// Records without a salt and where their lines are.
    without_salt: HashMap<String, Vec<i64>>,
    /// Records of which a line says that they were destroyed.
    destroyed: std::collections::HashSet<String>,
    problems: Vec<Problem>,
}

impl Walk {
    fn step(&mut self, row: &Row, watched: Option<i64>) -> Result<(), StoreError> {
        let position: i64 = row.get(0)?;
        self.problems.extend((self.head.position + 1..position).take(100).map(Problem::Gap));
        let chain: [u8; 32] = row.get::<Vec<u8>>(1)?.try_into().map_err(|_| StoreError::damaged("store_seal.chain"))?;
        self.sealed += 1;
        match row.get::<Option<Vec<u8>>>(2)? {
            None => self.problems.push(Problem::Missing(position)),
            Some(digest) => {
                self.check(row, position, &digest)?;
                let before = Head { position: position - 1, chain: self.head.chain };
                if before.link(&digest).chain != chain {
                    self.problems.push(Problem::BrokenLink(position));
                }
            }
        }
        if watched == Some(position) {
            self.at_watched = Some(chain);
        }
        self.head = Head { position, chain };
        Ok(())
    }

    fn check(&mut self, row: &Row, position: i64, written: &[u8]) -> Result<(), StoreError> {
        let texts = (4..10).map(|at| row.get::<String>(at)).collect::<Result<Vec<String>, StoreError>>()?;
        let fields: [&str; 6] = std::array::from_fn(|at| texts[at].as_str());
        let [_, _, kind, record, ..] = fields;
        if kind == FORGOTTEN {
            self.destroyed.insert(record.to_owned());
        }
        match row.get::<Option<Vec<u8>>>(10)? {
            None => self.without_salt.entry(format!("{kind}:{record}")).or_default().push(position),
            Some(salt) if digest(&salt, row.get(3)?, &fields) != *written => self.problems.push(Problem::Changed(position)),
            Some(_) => {}
        }
        Ok(())
    }

    fn report(&self) -> Report {
        let mut report = Report { sealed: self.sealed, problems: self.problems.clone(), ..Report::default() };
        for (record, positions) in &self.without_salt {
            if self.destroyed.contains(record) {
                report.forgotten += positions.len() as i64;
            } else {
                report.problems.extend(positions.iter().copied().map(Problem::NoSalt));
            }
        }
        report.problems.sort_by_key(|problem| match problem {
            Problem::Gap(at) | Problem::Missing(at) | Problem::Changed(at) | Problem::BrokenLink(at) | Problem::NoSalt(at) => *at,
            Problem::OtherHistory(at) | Problem::Truncated(at, _) => *at,
            Problem::ForeignHead => 0,
        });
        report
    }
}

impl Default for Head {
    fn default() -> Head {
        Head::START
    }
}
