//! 本人確認 Linking an account to a resident.
//!
//! A resident who wants to see their household on the portal asks there for a code of eight digits and reads it to the clerk at the counter.
//! The clerk looks at an identity document, finds the resident and enters the code. That is journalled with what was seen, and goes down the
//! hatch to the account. Nobody needs to tell a mail address at the counter, and a clerk cannot link an account whose owner is not there.

use std::{sync::Arc, time::Duration};

use definitions::{field::Sensitivity, procedure::Identity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{
    Entry, Parcel, Read, Row, StoreError, Write,
    hatch::{Failure, Receiver},
    params,
};

use crate::{
    AccountId, ResidentId, accounts,
    face::{Linked, OnLink, OnUnlink, Unlinked},
    grants::{Act, Authority, RecordAttributes, RecordKind, may},
    staff::{Staff, session::later},
    throttle::{self, Rate},
    token::hex,
    visitor,
};

/// Up: a resident has a code to read aloud.
pub const LINK_ASKED: &str = "account.link-asked";

/// Down: a clerk has linked the account.
pub const LINKED: &str = "account.linked";

/// Down: the link was taken back.
pub const UNLINKED: &str = "account.unlinked";

/// Digits of the code: in two groups of four, easy to read aloud.
pub const LINK_CODE_DIGITS: usize = 8;

/// From the page to the counter, with a queue before it.
const GOOD_FOR: Duration = Duration::from_secs(60 * 60);

/// Codes that one account asks for.
pub(crate) const LINK_CODES: Rate = Rate { most: 10, per: Duration::from_secs(3600) };

/// A clerk mistypes now and then; nobody at the counter needs thirty tries an hour.
const TRIES: Rate = Rate { most: 30, per: Duration::from_secs(3600) };

const KEEP: &str = "insert into account_link_code (code_digest, account, expires_at) values ($1, $2, $3) \
    on conflict (code_digest) do update set account = $2, expires_at = $3";
const FORGET_OF: &str = "delete from account_link_code where account = $1 or expires_at < $2";
const TAKE: &str = "delete from account_link_code where code_digest = $1 and expires_at > $2 returning account";
const LINK: &str = "insert into account_link (account, resident, identity, seen, staff, linked_at) values ($1, $2, $3, $4, $5, $6) \
    on conflict (account) do update set resident = $2, identity = $3, seen = $4, staff = $5, linked_at = $6";
const UNLINK: &str = "delete from account_link where account = $1 and resident = $2";
/// Uses `account_link_resident`.
const LINKED_TO: &str = "select l.account, l.seen, s.name, l.linked_at from account_link l \
    left join staff s on 'staff:' || s.id = l.staff where l.resident = $1 order by l.linked_at desc limit 20";

/// What the clerk saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// マイナンバーカード.
    MyNumberCard,
    /// 運転免許証.
    DrivingLicence,
    /// 旅券.
    Passport,
    /// 在留カード・特別永住者証明書.
    ResidenceCard,
    /// Two documents without a photograph, such as 資格確認書 and 年金手帳.
    TwoWithoutPhoto,
}

impl Document {
    /// All of them, in the order of the form.
    pub const ALL: [Document; 5] =
        [Document::MyNumberCard, Document::DrivingLicence, Document::Passport, Document::ResidenceCard, Document::TwoWithoutPhoto];

    /// As stored and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            Document::MyNumberCard => "my-number-card",
            Document::DrivingLicence => "driving-licence",
            Document::Passport => "passport",
            Document::ResidenceCard => "residence-card",
            Document::TwoWithoutPhoto => "two-without-photo",
        }
    }

    /// The document that [`Document::code`] names.
    pub fn from_code(code: &str) -> Option<Document> {
        Document::ALL.into_iter().find(|document| document.code() == code)
    }
}

#[derive(Serialize, Deserialize)]
struct AskedBody {
    account: AccountId,
    code: String,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct LinkedBody {
    account: AccountId,
    resident: ResidentId,
    identity: Identity,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct UnlinkedBody {
    account: AccountId,
    at: i64,
}

/// Sends the digest of a code up, for the clerk to find. `id` is drawn before the transaction.
///
/// # Errors
/// When the store fails.
pub fn ask(tx: &Write<'_>, account: AccountId, code: &str, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let body = AskedBody { account, code: digest(code), at: now.as_microsecond() };
    tx.send(&parcel(LINK_ASKED, id, &body)?)
}

/// Whether this person links accounts: a grant to work on accounts, over the whole town.
pub fn may_link(who: &Staff) -> Option<Authority> {
    may(who, Act::Work, &RecordAttributes::of_town(RecordKind::Account, Sensitivity::Ordinary))
}

/// What a clerk enters.
#[derive(Clone, Debug)]
pub struct LinkForm {
    /// The code that was read aloud.
    pub code: String,
    /// Whom the clerk has before them.
    pub resident: ResidentId,
    /// What was seen.
    pub seen: Document,
}

/// Why an account was not linked.
#[derive(Debug, thiserror::Error)]
pub enum NotLinked {
    /// This person may not.
    #[error("not granted")]
    NotGranted,
    /// No such code, or it ran out or was used.
    #[error("no such code")]
    NoSuchCode,
    /// Too many tries.
    #[error("too many tries")]
    Wait(throttle::Wait),
}

/// Links the account of a code to a resident. What other rooms do on it happens in the same transaction. Wrong codes commit too: they count.
///
/// # Errors
/// When the store fails. A refusal is the inner error.
pub fn link(
    tx: &Write<'_>,
    who: &Staff,
    form: &LinkForm,
    then: &[OnLink],
    now: Timestamp,
) -> Result<Result<Linked, NotLinked>, StoreError> {
    let Some(authority) = may_link(who) else { return Ok(Err(NotLinked::NotGranted)) };
    if let Err(wait) = throttle::take(tx, "link-code", &who.id.to_string(), TRIES, now)? {
        return Ok(Err(NotLinked::Wait(wait)));
    }
    let Some(row) = tx.first(TAKE, params![digest(&form.code), now])? else { return Ok(Err(NotLinked::NoSuchCode)) };
    let account = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("account_link_code.account"))?;
    let linked = Linked { account, resident: form.resident, at: now };
    record(tx, &linked, form.seen, &who.actor(), &authority.to_string(), then)?;
    Ok(Ok(linked))
}

/// Writes the link, the journal's line and the message down the hatch: the end of [`link`], and how the demo links its people.
///
/// # Errors
/// When the store fails.
pub fn record(tx: &Write<'_>, linked: &Linked, seen: Document, actor: &str, authority: &str, then: &[OnLink]) -> Result<(), StoreError> {
    let identity = visitor::identity_code(Identity::Seen);
    let (account, resident) = (linked.account.to_string(), linked.resident.to_string());
    tx.run(LINK, params![&account, &resident, identity, seen.code(), actor, linked.at])?;
    tx.journal(&Entry {
        actor: actor.to_owned(),
        what: "account-linked",
        kind: "resident",
        record: resident,
        authority: authority.to_owned(),
        why: seen.code().to_owned(),
    })?;
    let body = LinkedBody { account: linked.account, resident: linked.resident, identity: Identity::Seen, at: linked.at.as_microsecond() };
    tx.send(&parcel(LINKED, &format!("linked:{account}:{}", linked.at.as_microsecond()), &body)?)?;
    for room in then {
        room(tx, linked)?;
    }
    Ok(())
}

/// The resident whom an account is linked to, as the desk knows it.
///
/// # Errors
/// When the store fails.
pub fn resident_of(tx: &Read<'_>, account: AccountId) -> Result<Option<ResidentId>, StoreError> {
    let row = tx.first("select resident from account_link where account = $1", params![account.to_string()])?;
    row.map(|row| row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("account_link.resident"))).transpose()
}

/// How surely a clerk knows whose account this is, as the desk has it.
///
/// # Errors
/// When the store fails.
pub fn identity_of(tx: &Read<'_>, account: AccountId) -> Result<Option<Identity>, StoreError> {
    let row = tx.first("select identity from account_link where account = $1", params![account.to_string()])?;
    row.map(|row| visitor::identity_from(&row.get::<String>(0)?).ok_or(StoreError::damaged("account_link.identity"))).transpose()
}

/// Why a link is taken back: codes, since the journal holds no words of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlinkReason {
    /// It was linked to somebody else's record.
    WrongPerson,
    /// The account is in wrong hands.
    WrongHands,
    /// The person asked for it.
    Asked,
}

impl UnlinkReason {
    /// All of them, in the order of the form.
    pub const ALL: [UnlinkReason; 3] = [UnlinkReason::WrongPerson, UnlinkReason::WrongHands, UnlinkReason::Asked];

    /// As journalled and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            UnlinkReason::WrongPerson => "wrong-person",
            UnlinkReason::WrongHands => "wrong-hands",
            UnlinkReason::Asked => "asked",
        }
    }

    /// The reason that [`UnlinkReason::code`] names.
    pub fn from_code(code: &str) -> Option<UnlinkReason> {
        UnlinkReason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Why a link was not taken back.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnlinked {
    /// This person may not.
    #[error("not granted")]
    NotGranted,
    /// The account is not linked to this resident (any more).
    #[error("no such link")]
    NoSuchLink,
}

/// Takes a link back: the wrong person was linked, or the account is in wrong hands. What other rooms do on it happens in the same
/// transaction; the portal forgets what it knew through the link, and the account's owner is told.
///
/// # Errors
/// When the store fails. A refusal is the inner error.
pub fn unlink(
    tx: &Write<'_>,
    who: &Staff,
    (account, resident): (AccountId, ResidentId),
    why: UnlinkReason,
    then: &[OnUnlink],
    now: Timestamp,
) -> Result<Result<(), NotUnlinked>, StoreError> {
    let Some(authority) = may_link(who) else { return Ok(Err(NotUnlinked::NotGranted)) };
    if tx.run(UNLINK, params![account.to_string(), resident.to_string()])? == 0 {
        return Ok(Err(NotUnlinked::NoSuchLink));
    }
    tx.journal(&Entry {
        actor: who.actor(),
        what: "account-unlinked",
        kind: "resident",
        record: resident.to_string(),
        authority: authority.to_string(),
        why: why.code().to_owned(),
    })?;
    let at = now.as_microsecond();
    tx.send(&parcel(UNLINKED, &format!("unlinked:{account}:{at}"), &UnlinkedBody { account, at })?)?;
    for room in then {
        room(tx, &Unlinked { account, resident, at: now })?;
    }
    Ok(Ok(()))
}

/// An account that is linked to a resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// The account.
    pub account: AccountId,
    /// What was seen.
    pub seen: Option<Document>,
    /// Who linked it, if they are in the directory.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The accounts that are linked to a resident, newest first; at most 20.
///
/// # Errors
/// When the store fails.
pub fn linked_to(tx: &Read<'_>, resident: ResidentId) -> Result<Vec<LinkedAccount>, StoreError> {
    let linked = |row: &Row| {
        let seen = Document::from_code(&row.get::<String>(1)?);
        let account = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("account_link.account"))?;
        Ok(LinkedAccount { account, seen, by: row.get(2)?, at: row.get(3)? })
    };
    tx.all(LINKED_TO, params![resident.to_string()])?.iter().map(linked).collect()
}

/// Takes what comes through the hatch for this room: at the desk a code that was asked for, at the portal a link. Parcels of other kinds
/// are left alone.
///
/// # Errors
/// When the store fails or the parcel cannot be read.
pub fn receive(tx: &Write<'_>, parcel: &Parcel) -> Result<(), StoreError> {
    match parcel.kind.as_str() {
        LINK_ASKED => asked(tx, &read(parcel)?),
        LINKED => {
            let body: LinkedBody = read(parcel)?;
            // An account that is gone stays gone.
            accounts::set_link(tx, body.account, body.resident, body.identity, moment(body.at)).map(|_| ())
        }
        UNLINKED => {
            let body: UnlinkedBody = read(parcel)?;
            accounts::clear_link(tx, body.account, moment(body.at))
        }
        _ => Ok(()),
    }
}

fn asked(tx: &Write<'_>, body: &AskedBody) -> Result<(), StoreError> {
    // The portal may have been broken into: a code that it calls tomorrow's is no better than today's.
    let at = moment(body.at).min(tx.now());
    tx.run(FORGET_OF, params![body.account.to_string(), at])?;
    tx.run(KEEP, params![&body.code, body.account.to_string(), later(at, GOOD_FOR)])?;
    Ok(())
}

fn moment(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn parcel<T: Serialize>(kind: &str, id: &str, body: &T) -> Result<Parcel, StoreError> {
    let body = serde_json::to_vec(body).map_err(|_| StoreError::damaged("a parcel of access"))?;
    Ok(Parcel { kind: kind.to_owned(), id: id.to_owned(), body })
}

fn read<T: for<'de> Deserialize<'de>>(parcel: &Parcel) -> Result<T, StoreError> {
    serde_json::from_slice(&parcel.body).map_err(|_| StoreError::damaged("a parcel of access"))
}

/// Digits only, whatever stands between them; 10⁸ codes that live an hour and that only staff can try need no slow hash.
fn digest(typed: &str) -> String {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    hex(&Sha256::digest(format!("account.link:{digits}").as_bytes()))
}

/// Takes one kind of parcel of this room out of the hatch.
struct Receive(&'static str);

impl Receiver for Receive {
    fn kind(&self) -> &str {
        self.0
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        Ok(receive(tx, parcel)?)
    }
}

/// What this room receives at the desk.
pub fn desk_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(Receive(LINK_ASKED))]
}

/// What this room receives at the portal.
pub fn portal_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(Receive(LINKED)), Arc::new(Receive(UNLINKED))]
}
