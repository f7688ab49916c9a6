//! 記録 The journal: who did what to which record, on whose authority. Written with the change itself, linked in one order, for ever.
//!
//! An *entry* holds codes only, never a personal value. Its *digest* is an HMAC under a salt that belongs to the record: when the
//! record is destroyed (保存期間満了), its salt goes with it, and what is left cannot be tied to the person by trying names. The
//! *sealer* gives committed entries their position and links them: each link is the hash of the one before and the entry's digest,
//! so nobody can change, drop or slip in an entry without breaking every link after it.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{Read, Row, StoreError, Write, params};

/// One line of the journal, as a room writes it. The store adds the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who: `staff:…`, `resident:…`, `town` for what nobody pressed.
    pub actor: String,
    /// What was done, a verb's code: `decided`, `looked-at`.
    pub what: &'static str,
    /// The kind of record: `case`, `letter`.
    pub kind: &'static str,
    /// The record's id.
    pub record: String,
    /// On what authority: the grant, the delegation, the law's code.
    pub authority: String,
    /// A code for the reason, empty when the verb says enough.
    pub why: String,
}

/// A sealed line, as followers read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its place in the one order, from 1.
    pub position: i64,
    /// When it was written.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done.
    pub what: String,
    /// The kind of record.
    pub kind: String,
    /// The record's id.
    pub record: String,
    /// On what authority.
    pub authority: String,
    /// Why, as a code.
    pub why: String,
}

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) position: i64,
    pub(crate) chain: [u8; 32],
}

impl Head {
    /// Before the first entry.
    pub(crate) const START: Head = Head { position: 0, chain: [0; 32] };

    /// The next link: SHA-256 of the last link, the position and the entry's digest.
    pub(crate) fn link(self, digest: &[u8]) -> Head {
        let position = self.position + 1;
        let mut hash = Sha256::new();
        hash.update(b"yakuba journal link 1");
        hash.update(self.chain);
        hash.update(position.to_be_bytes());
        hash.update(digest);
        Head { position, chain: hash.finalize().into() }
    }
}

/// What is written when a record's salt is destroyed, so that a missing salt can be told from a stolen one.
pub(crate) const FORGOTTEN: &str = "record-forgotten";

const SALT: &str = "select salt from store_salt where kind = $1 and record = $2";
const ADD_SALT: &str = "insert into store_salt (kind, record, salt) values ($1, $2, $3) on conflict (kind, record) do nothing";
const DROP_SALT: &str = "delete from store_salt where kind = $1 and record = $2";
const ADD: &str = "insert into store_entry (at, actor, what, kind, record, authority, why, digest) values ($1, $2, $3, $4, $5, $6, $7, $8) returning serial";
const SEAL: &str = "insert into store_seal (position, entry, chain) values ($1, $2, $3)";
const HEAD: &str = "select position, chain from store_seal order by position desc limit 1";
/// Walks the primary key of store_seal and looks each entry up by its own.
const AFTER: &str = "select s.position, e.at, e.actor, e.what, e.kind, e.record, e.authority, e.why from store_seal s \
    join store_entry e on e.serial = s.entry where s.position > $1 order by s.position limit $2";
/// Uses store_entry_record.
const OF_RECORD: &str = "select s.position, e.at, e.actor, e.what, e.kind, e.record, e.authority, e.why from store_entry e \
    join store_seal s on s.entry = e.serial where e.kind = $1 and e.record = $2 order by s.position desc limit $3";

impl Write<'_> {
    /// Writes a line of the journal, in the same transaction as the change that it tells of.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn journal(&self, entry: &Entry) -> Result<(), StoreError> {
        let salt = self.salt(entry.kind, &entry.record)?;
        let at = self.now();
        let fields = [entry.actor.as_str(), entry.what, entry.kind, &entry.record, &entry.authority, &entry.why];
        let digest = digest(&salt, at.as_microsecond(), &fields);
        let [actor, what, kind, record, authority, why] = fields;
        let added = self.first(ADD, params![at, actor, what, kind, record, authority, why, digest])?;
        let serial: i64 = added.ok_or(StoreError::damaged("store_entry"))?.get(0)?;
        self.notes.journalled.set(true);
        if let Some(link) = self.sqlite() {
            // One writer commits in order, so the entry is sealed in the commit that writes it.
            let head = link.head.get().map_or_else(|| head(self), Ok)?.link(&digest);
            self.run(SEAL, params![head.position, serial, head.chain])?;
            link.head.set(Some(head));
        }
        Ok(())
    }

    /// Destroys the salt of a record that is destroyed: its lines stay in the chain but say nothing that can be proved any more.
    /// `actor` and `authority` go into the line that says so.
    ///
    /// # Errors
    /// As [`Write::run`].
    pub fn forget(&self, kind: &'static str, record: &str, actor: String, authority: String) -> Result<(), StoreError> {
        self.run(DROP_SALT, params![kind, record])?;
        self.journal(&Entry { actor, what: "forgot", kind: FORGOTTEN, record: format!("{kind}:{record}"), authority, why: String::new() })
    }

    /// The record's salt, made with its first line. Written before it is looked for: on PostgreSQL a look at a key that is not
    /// there would collide with every neighbour that is being written.
    fn salt(&self, kind: &str, record: &str) -> Result<Vec<u8>, StoreError> {
        let salt = random::<32>()?;
        if self.run(ADD_SALT, params![kind, record, salt])? == 1 {
            return Ok(salt.to_vec());
        }
        self.first(SALT, params![kind, record])?.ok_or(StoreError::damaged("store_salt.salt"))?.get(0)
    }
}

impl Read<'_> {
    /// Sealed lines after `position`, oldest first. No line is ever put in before one that was read already.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn entries_after(&self, position: i64, limit: i64) -> Result<Vec<Sealed>, StoreError> {
        self.all(AFTER, params![position, limit])?.iter().map(sealed).collect()
    }

    /// The newest sealed lines of one record, newest first: the access history that a person may ask for.
    ///
    /// # Errors
    /// As [`Read::all`].
    pub fn entries_of(&self, kind: &str, record: &str, limit: i64) -> Result<Vec<Sealed>, StoreError> {
        self.all(OF_RECORD, params![kind, record, limit])?.iter().map(sealed).collect()
    }
}

fn sealed(row: &Row) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        position: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        what: row.get(3)?,
        kind: row.get(4)?,
        record: row.get(5)?,
        authority: row.get(6)?,
        why: row.get(7)?,
    })
}

/// Where the chain ends in this transaction's snapshot.
pub(crate) fn head(tx: &Read<'_>) -> Result<Head, StoreError> {
    let Some(row) = tx.first(HEAD, params![])? else {
        return Ok(Head::START);
    };
    Ok(Head { position: row.get(0)?, chain: row.get::<Vec<u8>>(1)?.try_into().map_err(|_| StoreError::damaged("store_seal.chain"))? })
}

/// Whether a statement gives numbers that a replay must move on: a seal of the journal, a number of the hatch.
pub(crate) fn moves_on(sql: &str) -> bool {
    sql == SEAL || sql == crate::hatch::NUMBER
}

/// HMAC-SHA-256 under the record's salt over the moment and all fields, each with its length so that no two lines read alike.
pub(crate) fn digest(salt: &[u8], at: i64, fields: &[&str; 6]) -> [u8; 32] {
    let mut mac = hmac(salt);
    mac.update(b"yakuba journal entry 1");
    mac.update(&at.to_be_bytes());
    for field in fields {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// HMAC takes a key of any length; the error of its constructor cannot happen, and an empty key stands in for it.
pub(crate) fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()))
}

/// Bytes that nobody can guess, from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Other(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}
