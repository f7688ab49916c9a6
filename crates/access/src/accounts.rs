//! # 利用者登録 Residents' accounts
//!
//! A resident signs in with a code that comes by mail: six digits, good for ten minutes, five tries, once, and only in the browser that
//! asked. There is no password to forget and nothing to register: the account is made when a code is first right. So nothing that a
//! stranger can do tells whether an address has an account.
//!
//! Guessing: 5 tries a code, 5 codes an hour for an address, of a million codes each: 25 in a million an hour, and a mail to the owner for
//! each five of them.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use definitions::{procedure::Identity, text::Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Entry, NewJob, Read, StoreError, Write, keys::Keys, params};

use crate::{
    AccountId,
    face::{OnSignIn, SignedIn},
    mail::MailAddress,
    session::SessionId,
    sessions,
    staff::session::{earlier, later},
    throttle::{self, Rate, Wait},
    token::{hex, same},
    visitor,
};

/// The job that room `messages` does: its body is a [`MailCode`].
pub const MAIL_CODE_JOB: &str = "mail.code";

/// What address and code of a [`MailCode`] are sealed for.
pub const MAIL_CODE_PURPOSE: &str = "mail.code";

/// What an account's address is sealed for.
pub(crate) const MAIL_PURPOSE: &str = "account.mail";

/// Digits of a mailed code.
pub const CODE_DIGITS: usize = 6;

/// How long a mailed code is good.
pub const CODE_GOOD_FOR: Duration = Duration::from_secs(10 * 60);

/// How often a code may be tried.
pub const CODE_TRIES_MAX: i64 = 5;

/// Codes for one mail address, asked for from one network address.
const CODES_PER_PAIR: Rate = Rate { most: 5, per: Duration::from_secs(3600) };

/// Codes for one mail address from anywhere: it holds a flood of mail back, and is more than one stranger may ask for, so that a stranger who
/// uses up their own share does not keep the owner out.
const CODES_PER_ADDRESS: Rate = Rate { most: 20, per: Duration::from_secs(3600) };

/// Codes asked for from one network address; a school or a care home shares one.
const CODES_PER_CLIENT: Rate = Rate { most: 30, per: Duration::from_secs(3600) };

/// Tries of codes from one network address, over all sessions.
const TRIES_PER_CLIENT: Rate = Rate { most: 60, per: Duration::from_secs(3600) };

const KEEP_CODE: &str = "insert into sign_in_code (session, mail_digest, mail_sealed, code_digest, expires_at, tries, used) \
    values ($1, $2, $3, $4, $5, 0, 0) on conflict (session) do update set mail_digest = $2, mail_sealed = $3, code_digest = $4, \
    expires_at = $5, tries = 0, used = 0";
const TRY_CODE: &str = "update sign_in_code set tries = tries + 1 where session = $1 and used = 0 and tries < $2 and expires_at > $3 \
    returning code_digest, mail_digest, mail_sealed, tries";
const USE_CODE: &str = "update sign_in_code set used = 1 where session = $1 and used = 0";
const ASKED: &str = "select mail_sealed from sign_in_code where session = $1 and used = 0 and expires_at > $2";
const SWEEP: &str = "delete from sign_in_code where expires_at < $1";
const BY_MAIL: &str = "select id from account where mail_digest = $1";
const INSERT: &str = "insert into account (id, mail_digest, mail_sealed, language, created_at, resident, identity, linked_at) \
    values ($1, $2, $3, $4, $5, null, $6, null) on conflict (mail_digest) do nothing";
const LINK: &str = "update account set resident = $2, identity = $3, linked_at = $4, unlinked_at = null where id = $1";
const UNLINK: &str =
    "update account set resident = null, identity = $2, linked_at = null, unlinked_at = $3 where id = $1 and resident is not null";
const OF_RESIDENT: &str = "select id from account where resident = $1 order by id";
const CONTACT: &str = "select mail_sealed, language from account where id = $1";

/// What a job [`MAIL_CODE_JOB`] carries: sealed, since jobs are kept for a while and a dead letter is shown to staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailCode {
    to: String,
    code: String,
    /// In which language the mail is written.
    pub language: Language,
}

impl MailCode {
    /// Sealed for the job.
    ///
    /// # Errors
    /// When the key cannot seal.
    pub fn seal(keys: &Keys, to: &MailAddress, code: &str, language: Language) -> Result<MailCode, StoreError> {
        let sealed = |text: &str| Ok::<_, StoreError>(STANDARD.encode(keys.seal(MAIL_CODE_PURPOSE, text.as_bytes())?));
        Ok(MailCode { to: sealed(to.as_str())?, code: sealed(code)?, language })
    }

    /// The address and the code.
    ///
    /// # Errors
    /// When another key sealed it, or it was changed.
    pub fn open(&self, keys: &Keys) -> Result<(String, String), StoreError> {
        let opened = |text: &str| {
            let sealed = STANDARD.decode(text).map_err(|_| StoreError::damaged("mail.code"))?;
            String::from_utf8(keys.unseal(MAIL_CODE_PURPOSE, &sealed)?).map_err(|_| StoreError::damaged("mail.code"))
        };
        Ok((opened(&self.to)?, opened(&self.code)?))
    }
}

/// Someone asks for a code. Everything drawn or sealed is made before the transaction, which may run again.
#[derive(Clone)]
pub struct CodeAsked {
    session: SessionId,
    mail_digest: String,
    mail_sealed: Vec<u8>,
    code_digest: String,
    mail: MailCode,
    address_key: String,
    client_key: String,
    pair_key: String,
    now: Timestamp,
}

impl CodeAsked {
    /// Prepares the asking.
    ///
    /// # Errors
    /// When the keys cannot seal.
    pub fn new(
        keys: &Keys,
        session: &SessionId,
        client: crate::ClientAddress,
        to: &MailAddress,
        code: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<CodeAsked, StoreError> {
        let client_key = throttle::of_address(keys, client.0);
        Ok(CodeAsked {
            session: session.clone(),
            mail_digest: mail_digest(keys, to),
            mail_sealed: keys.seal(MAIL_PURPOSE, to.as_str().as_bytes())?,
            code_digest: code_digest(keys, session, code),
            mail: MailCode::seal(keys, to, code, language)?,
            address_key: throttle::of_text(keys, &to.folded()),
            pair_key: throttle::of_text(keys, &format!("{}@{client_key}", to.folded())),
            client_key,
            now,
        })
    }
}

/// Keeps the code's digest and asks for the mail, in one transaction. An earlier code of this browser is void.
///
/// # Errors
/// When the store fails. Too many codes are the inner error; nothing is sent then.
pub fn ask_code(tx: &Write<'_>, asked: &CodeAsked) -> Result<Result<(), Wait>, StoreError> {
    let shares = [
        ("code-client", &asked.client_key, CODES_PER_CLIENT),
        ("code-pair", &asked.pair_key, CODES_PER_PAIR),
        ("code-address", &asked.address_key, CODES_PER_ADDRESS),
    ];
    for (what, key, rate) in shares {
        if let Err(wait) = throttle::take(tx, what, key, rate, asked.now)? {
            return Ok(Err(wait));
        }
    }
    let expires_at = later(asked.now, CODE_GOOD_FOR);
    let sealed = asked.mail_sealed.as_slice();
    tx.run(KEEP_CODE, params![&asked.session, &asked.mail_digest, sealed, &asked.code_digest, expires_at])?;
    let body = serde_json::to_value(&asked.mail).map_err(|_| StoreError::damaged("mail.code"))?;
    tx.enqueue(&NewJob { kind: MAIL_CODE_JOB, key: format!("{}:{}", asked.session, asked.now.as_microsecond()), body, at: asked.now })?;
    Ok(Ok(()))
}

/// To which address this browser's open code went: shown on the page where the code is typed.
///
/// # Errors
/// When the store fails.
pub fn code_went_to(tx: &Read<'_>, session: &SessionId, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
    tx.first(ASKED, params![session, now])?.map(|row| row.get(0)).transpose()
}

/// What came of typing a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Signed in.
    Right(SignedIn),
    /// Wrong; so many tries are left.
    Wrong {
        /// Tries left.
        left: i64,
    },
    /// No code of this browser can be tried: none asked for, run out, used, or tried too often. All are one.
    Spent,
    /// Too many tries from one network address.
    Wait(Wait),
}

/// A code as it was typed, with what a success needs, drawn before the transaction.
#[derive(Clone)]
pub struct CodeTyped {
    /// The session that asked.
    pub session: SessionId,
    /// The session to be, if the code is right.
    pub next: SessionId,
    /// The account to be, if the address has none.
    pub account: AccountId,
    /// Language of the account to be.
    pub language: Language,
    digest: String,
    client_key: String,
    now: Timestamp,
}

impl CodeTyped {
    /// Prepares the try. Blanks and full-width digits do not matter.
    pub fn new(keys: &Keys, visitor: &visitor::Visitor, next: SessionId, typed: &str, account: AccountId, now: Timestamp) -> CodeTyped {
        let code: String = typed.chars().filter_map(digit).collect();
        CodeTyped {
            session: visitor.session.clone(),
            next,
            account,
            language: visitor.language,
            digest: code_digest(keys, &visitor.session, &code),
            client_key: throttle::of_address(keys, visitor.address.0),
            now,
        }
    }
}

/// Tries a code. If it is right: the account is found or made, the old session ends, a new one begins (so that a session planted by
/// someone else is worth nothing), what the old one was let see goes along, other rooms do their part, the journal gets its line.
///
/// # Errors
/// When the store fails.
pub fn try_code(tx: &Write<'_>, typed: &CodeTyped, then: &[OnSignIn]) -> Result<Tried, StoreError> {
    if let Err(wait) = throttle::take(tx, "code-try", &typed.client_key, TRIES_PER_CLIENT, typed.now)? {
        return Ok(Tried::Wait(wait));
    }
    let Some(row) = tx.first(TRY_CODE, params![&typed.session, CODE_TRIES_MAX, typed.now])? else { return Ok(Tried::Spent) };
    let (code_digest, mail_digest, mail_sealed): (String, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
    if !same(code_digest.as_bytes(), typed.digest.as_bytes()) {
        return Ok(Tried::Wrong { left: CODE_TRIES_MAX - row.get::<i64>(3)? });
    }
    tx.run(USE_CODE, params![&typed.session])?;
    let account = find_or_make(tx, &mail_digest, &mail_sealed, typed.account, typed.language, typed.now)?;
    let signed_in = SignedIn { before: typed.session.clone(), session: typed.next.clone(), account, at: typed.now };
    begin(tx, &signed_in, "mailed-code", then)?;
    Ok(Tried::Right(signed_in))
}

/// The old session ends, the new one begins, and all that follows.
pub(crate) fn begin(tx: &Write<'_>, signed_in: &SignedIn, how: &'static str, then: &[OnSignIn]) -> Result<(), StoreError> {
    let SignedIn { before, session, account, at } = signed_in;
    sessions::insert(tx, session, Some(*account), *at)?;
    sessions::carry_cases(tx, before, session)?;
    sessions::end(tx, before, *at)?;
    for room in then {
        room(tx, signed_in)?;
    }
    tx.journal(&entry(*account, "signed-in", how))
}

/// Signs out of one session.
///
/// # Errors
/// When the store fails.
pub fn sign_out(tx: &Write<'_>, session: &SessionId, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    sessions::end(tx, session, now)?;
    tx.journal(&entry(account, "signed-out", ""))
}

/// Signs out of all sessions of an account: a telephone was lost.
///
/// # Errors
/// When the store fails.
pub fn sign_out_everywhere(tx: &Write<'_>, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    sessions::end_all(tx, account, now)?;
    tx.journal(&entry(account, "signed-out-everywhere", ""))
}

/// The account of an address, made if there is none: for the demo's people.
///
/// # Errors
/// When the store or the keys fail.
pub fn ensure(
    tx: &Write<'_>,
    keys: &Keys,
    id: AccountId,
    mail: &MailAddress,
    language: Language,
    now: Timestamp,
) -> Result<AccountId, StoreError> {
    let sealed = keys.seal(MAIL_PURPOSE, mail.as_str().as_bytes())?;
    find_or_make(tx, &mail_digest(keys, mail), &sealed, id, language, now)
}

/// The accounts linked to a resident.
///
/// # Errors
/// When the store fails.
pub fn of_resident(tx: &Read<'_>, resident: crate::ResidentId) -> Result<Vec<AccountId>, StoreError> {
    let rows = tx.all(OF_RESIDENT, params![resident.to_string()])?;
    rows.iter().map(|row| row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("account.id"))).collect()
}

/// The address and language of an account, for notices.
///
/// # Errors
/// When the store or the keys fail.
pub fn contact(tx: &Read<'_>, keys: &Keys, account: AccountId) -> Result<Option<(MailAddress, Language)>, StoreError> {
    let Some(row) = tx.first(CONTACT, params![account.to_string()])? else { return Ok(None) };
    let language = Language::from_code(&row.get::<String>(1)?).unwrap_or_default();
    Ok(mail_address(keys, &row.get::<Vec<u8>>(0)?).map(|mail| (mail, language)))
}

/// Forgets codes that ran out; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(SWEEP, params![earlier(now, CODE_GOOD_FOR)])
}

/// A sealed address, opened. `None` when the town's key does not open it: then the person is not written to, and signs in as before.
pub(crate) fn mail_address(keys: &Keys, sealed: &[u8]) -> Option<MailAddress> {
    let bytes = keys.unseal(MAIL_PURPOSE, sealed).ok()?;
    MailAddress::parse(std::str::from_utf8(&bytes).ok()?).ok()
}

pub(crate) fn set_link(
    tx: &Write<'_>,
    account: AccountId,
    resident: crate::ResidentId,
    identity: Identity,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let identity = visitor::identity_code(identity);
    Ok(tx.run(LINK, params![account.to_string(), resident.to_string(), identity, at])? == 1)
}

pub(crate) fn clear_link(tx: &Write<'_>, account: AccountId, at: Timestamp) -> Result<(), StoreError> {
    let identity = visitor::identity_code(Identity::SelfAsserted);
    tx.run(UNLINK, params![account.to_string(), identity, at])?;
    Ok(())
}

fn find_or_make(
    tx: &Write<'_>,
    mail_digest: &str,
    mail_sealed: &[u8],
    id: AccountId,
    language: Language,
    now: Timestamp,
) -> Result<AccountId, StoreError> {
    if let Some(row) = tx.first(BY_MAIL, params![mail_digest])? {
        return row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("account.id"));
    }
    let identity = visitor::identity_code(Identity::SelfAsserted);
    tx.run(INSERT, params![id.to_string(), mail_digest, mail_sealed, language.code(), now, identity])?;
    tx.journal(&entry(id, "account-opened", ""))?;
    Ok(id)
}

fn mail_digest(keys: &Keys, mail: &MailAddress) -> String {
    hex(&keys.mac("account.mail", mail.folded().as_bytes()))
}

/// Bound to the session: the same six digits typed in another browser are another code.
fn code_digest(keys: &Keys, session: &SessionId, code: &str) -> String {
    hex(&keys.mac("sign-in.code", format!("{session}:{code}").as_bytes()))
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

fn entry(account: AccountId, what: &'static str, why: &str) -> Entry {
    let record = account.to_string();
    Entry { actor: format!("account:{record}"), what, kind: "account", record, authority: "self".to_owned(), why: why.to_owned() }
}
