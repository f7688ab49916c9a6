//! What is stored of notices and of what leaves the house.

use access::{AccountId, CaseId};
use definitions::text::Language;
use jiff::Timestamp;
use store::{Read, Row, StoreError, Write, params};

use crate::{
    contact::Instead,
    fate::{Fate, FateNews, Why},
    notice::{Before, Content, Notice, Shown},
};

const INSERT_NOTICE: &str = "insert into notice (id, account, case_id, kind, words, args, body, link, at, read_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null) on conflict (id) do nothing";
const SHOWN: &str = "id, kind, words, args, body, link, at, read_at";
const UNREAD: &str = "select count(*) from (select 1 from notice where account = $1 and read_at is null limit 99) as unread_notice";
const OPEN: &str = "update notice set read_at = coalesce(read_at, $3) where id = $1 and account = $2 returning link";
const READ: &str = "select read_at from notice where id = $1";
const UNREAD_OF_CASE: &str = "select 1 from notice where case_id = $1 and read_at is null limit 1";
const READ_OF_CASE: &str = "update notice set read_at = $2 where case_id = $1 and read_at is null";
const READ_ALL: &str = "update notice set read_at = $2 where account = $1 and read_at is null";

const INSERT_OUTGOING: &str = "insert into outgoing (id, case_id, what, state, turn, tries, address, language, link, why, instead, \
    queued_at, first_try, handing_since, next_try, ended_at) \
    values ($1, $2, $3, $4, 1, 0, $5, $6, $7, $8, $9, $10, null, null, null, $11) on conflict (id) do nothing";
const OUTGOING: &str = "select id, case_id, what, state, turn, tries, address, language, link, why, instead, first_try, handing_since, \
    next_try, coalesce(ended_at, next_try, handing_since, queued_at) from outgoing where id = $1";
/// Only one try gets it: the row is as that try read it, or the try is not ours.
const BEGIN_HANDING: &str = "update outgoing set state = 'handing', tries = tries + 1, first_try = coalesce(first_try, $2), \
    handing_since = $2, next_try = null where id = $1 and tries = $3 and state in ('queued', 'trying-again')";
const FAILED_BEFORE_CONTENT: &str = "update outgoing set state = 'trying-again', turn = turn + 1, tries = tries + 1, \
    first_try = coalesce(first_try, $2), handing_since = null, next_try = $3, why = $4 \
    where id = $1 and tries = $5 and state in ('queued', 'trying-again')";
const FAILED_AFTER_CONTENT: &str = "update outgoing set state = 'trying-again', turn = turn + 1, handing_since = null, next_try = $2, \
    why = $3 where id = $1 and tries = $4 and state = 'handing'";
/// The address is not kept longer than it is needed. A try that was thought lost and comes back after all knows better.
const END: &str = "update outgoing set state = $2, turn = turn + 1, why = $3, ended_at = $4, address = null, handing_since = null, \
    next_try = null where id = $1 and tries = $5 and (ended_at is null or state = 'unsure')";

/// Nobody read what was handed over: it becomes work for staff, once.
const UNREAD_AFTER_ALL: &str = "update outgoing set state = $2, turn = turn + 1, ended_at = $3 where id = $1 and state = 'handed-over'";

/// What an outgoing row carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Notice,
    Code,
}

impl What {
    fn code(self) -> &'static str {
        match self {
            What::Notice => "notice",
            What::Code => "code",
        }
    }
}

pub(crate) fn insert_notice(tx: &Write<'_>, notice: &Notice, now: Timestamp) -> Result<bool, StoreError> {
    let (words, args, body) = match &notice.content {
        Content::Words { id, args } => {
            let args = serde_json::to_string(args).map_err(|_| StoreError::damaged("notice.args"))?;
            (Some(id.clone()), Some(args), None)
        }
        Content::Text(text) => (None, None, Some(text.clone())),
    };
    let account = notice.account.map(|account| account.to_string());
    let case = notice.case.map(|case| case.to_string());
    let rows = tx.run(INSERT_NOTICE, params![&notice.id, account, case, notice.kind, words, args, body, &notice.link, now])?;
    Ok(rows == 1)
}

fn shown(row: &Row) -> Result<Shown, StoreError> {
    let content = match (row.get::<Option<String>>(2)?, row.get::<Option<String>>(4)?) {
        (Some(id), _) => {
            let args: Option<String> = row.get(3)?;
            let args = serde_json::from_str(args.as_deref().unwrap_or("[]")).map_err(|_| StoreError::damaged("notice.args"))?;
            Content::Words { id, args }
        }
        (None, body) => Content::Text(body.ok_or(StoreError::damaged("notice.body"))?),
    };
    Ok(Shown { id: row.get(0)?, kind: row.get(1)?, content, link: row.get(5)?, at: row.get(6)?, read_at: row.get(7)? })
}

pub(crate) fn notices(tx: &Read<'_>, account: AccountId, before: Option<&Before>, limit: i64) -> Result<Vec<Shown>, StoreError> {
    let account = account.to_string();
    let rows = match before {
        None => {
            tx.all(&format!("select {SHOWN} from notice where account = $1 order by at desc, id desc limit $2"), params![account, limit])?
        }
        Some(before) => tx.all(
            &format!("select {SHOWN} from notice where account = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4"),
            params![account, before.at, &before.id, limit],
        )?,
    };
    rows.iter().map(shown).collect()
}

pub(crate) fn unread(tx: &Read<'_>, account: AccountId) -> Result<i64, StoreError> {
    tx.first(UNREAD, params![account.to_string()])?.map_or(Ok(0), |row| row.get(0))
}

pub(crate) fn open(tx: &Write<'_>, account: AccountId, id: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
    tx.first(OPEN, params![id, account.to_string(), now])?.map(|row| row.get(0)).transpose()
}

pub(crate) fn read_all(tx: &Write<'_>, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(READ_ALL, params![account.to_string(), now])
}

/// When a notice was read; the outer `None`: there is no such notice.
pub(crate) fn read_at(tx: &Read<'_>, id: &str) -> Result<Option<Option<Timestamp>>, StoreError> {
    tx.first(READ, params![id])?.map(|row| row.get(0)).transpose()
}

pub(crate) fn is_any_unread_of(tx: &Read<'_>, case: CaseId) -> Result<bool, StoreError> {
    Ok(tx.first(UNREAD_OF_CASE, params![case.to_string()])?.is_some())
}

pub(crate) fn read_of(tx: &Write<'_>, case: CaseId, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(READ_OF_CASE, params![case.to_string(), now])
}

/// No when it is no longer merely handed over.
pub(crate) fn unread_after_all(tx: &Write<'_>, id: &str, fate: &Fate, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(UNREAD_AFTER_ALL, params![id, fate.code(), now])? == 1)
}

pub(crate) struct NewOutgoing<'a> {
    pub id: &'a str,
    pub case: Option<&'a str>,
    pub what: What,
    pub fate: &'a Fate,
    pub instead: Instead,
    pub address: Option<String>,
    pub language: Language,
    pub link: &'a str,
}

pub(crate) fn insert_outgoing(tx: &Write<'_>, new: &NewOutgoing<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let ended = (*new.fate != Fate::Queued).then_some(now);
    let rows = tx.run(
        INSERT_OUTGOING,
        params![
            new.id,
            new.case.map(str::to_owned),
            new.what.code(),
            new.fate.code(),
            new.address.clone(),
            new.language.code(),
            new.link,
            why(new.fate).map(Why::code),
            new.instead.code(),
            now,
            ended
        ],
    )?;
    Ok(rows == 1)
}

fn why(fate: &Fate) -> Option<Why> {
    match fate {
        Fate::TryingAgain { why, .. } | Fate::Refused { why, .. } | Fate::GivenUp { why, .. } => Some(*why),
        _ => None,
    }
}

/// One message on its way out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub id: String,
    pub case: Option<String>,
    pub state: String,
    pub turn: i64,
    pub tries: i64,
    pub address: Option<String>,
    pub language: Language,
    pub link: String,
    why: Why,
    pub instead: Instead,
    pub first_try: Option<Timestamp>,
    pub handing_since: Option<Timestamp>,
    next_try: Option<Timestamp>,
    since: Timestamp,
}

pub(crate) fn outgoing(tx: &Read<'_>, id: &str) -> Result<Option<Outgoing>, StoreError> {
    let Some(row) = tx.first(OUTGOING, params![id])? else { return Ok(None) };
    let instead: String = row.get(10)?;
    Ok(Some(Outgoing {
        id: row.get(0)?,
        case: row.get(1)?,
        state: row.get(3)?,
        turn: row.get(4)?,
        tries: row.get(5)?,
        address: row.get(6)?,
        language: Language::from_code(&row.get::<String>(7)?).unwrap_or_default(),
        link: row.get(8)?,
        why: Why::from_code(&row.get::<Option<String>>(9)?.unwrap_or_default()),
        instead: Instead::from_code(&instead).ok_or(StoreError::damaged("outgoing.instead"))?,
        first_try: row.get(11)?,
        handing_since: row.get(12)?,
        next_try: row.get(13)?,
        since: row.get(14)?,
    }))
}

impl Outgoing {
    /// What is known of it. While it is being handed over it still waits, as far as anybody can say.
    pub(crate) fn fate(&self) -> Fate {
        let (why, instead) = (self.why, self.instead);
        match self.state.as_str() {
            "handed-over" => Fate::HandedOver,
            "trying-again" => Fate::TryingAgain { next_try: self.next_try.unwrap_or(self.since), why },
            "refused" => Fate::Refused { why, instead },
            "given-up" => Fate::GivenUp { why, instead },
            "unsure" => Fate::Unsure { instead },
            "call" => Fate::Call,
            "post" => Fate::Post,
            "unreachable" => Fate::Unreachable,
            "unread-call" => Fate::UnreadCall,
            "unread-post" => Fate::UnreadPost,
            _ => Fate::Queued,
        }
    }

    pub(crate) fn news(&self) -> FateNews {
        FateNews { notice: self.id.clone(), case: self.case.clone(), turn: self.turn, at: self.since, fate: self.fate() }
    }

    /// Whether it waits for a try.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "trying-again")
    }
}

/// Commits that this try hands the content over. No when another try has it.
pub(crate) fn begin_handing(tx: &Write<'_>, id: &str, tries: i64, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(BEGIN_HANDING, params![id, now, tries])? == 1)
}

/// Whether the content had begun when a try failed for now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    Envelope,
    Content,
}

pub(crate) fn try_again(
    tx: &Write<'_>,
    row: &Outgoing,
    reached: Reached,
    why: Why,
    next_try: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = match reached {
        Reached::Envelope => tx.run(FAILED_BEFORE_CONTENT, params![&row.id, now, next_try, why.code(), row.tries])?,
        Reached::Content => tx.run(FAILED_AFTER_CONTENT, params![&row.id, next_try, why.code(), row.tries + 1])?,
    };
    Ok(rows == 1)
}

/// Ends it. `tries` is what the row counts now: a late end of an earlier try finds another number.
pub(crate) fn end(tx: &Write<'_>, id: &str, tries: i64, fate: &Fate, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(END, params![id, fate.code(), why(fate).map(Why::code), now, tries])? == 1)
}
