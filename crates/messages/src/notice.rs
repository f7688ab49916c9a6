//! お知らせ: one thing that one person is told.

use access::{AccountId, CaseId};
use definitions::text::Language;
use jiff::Timestamp;
use store::{NewJob, Read, StoreError, Write};

use crate::{
    contact::{Contacts, Way},
    fate::{Fate, FateNews},
    rows,
    unread::IfUnread,
};

/// One thing that one person is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Its name, the same however often it is told: `case:<id>:<turn>`. A second telling does nothing.
    pub id: String,
    /// On whose page it stands; none when the person filed without an account and reads it on the case's status page.
    pub account: Option<AccountId>,
    /// The case that it is about.
    pub case: Option<CaseId>,
    /// What sort of news, for a mark in the list: `received`, `decided`.
    pub kind: &'static str,
    /// The language of what leaves the house.
    pub language: Language,
    /// How the person can be reached.
    pub contacts: Contacts,
    /// What stands on the person's page, and nowhere else.
    pub content: Content,
    /// Where it is read, a path of the portal: `/my` or `/status/NUMBER`. It is what the mail links to.
    pub link: String,
    /// When staff are to be told that it was not read, if the town's folder says so.
    pub if_unread: Option<IfUnread>,
}

/// What a notice says on the person's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A word of ours with its values, so that the page says it in the language that is read.
    Words {
        /// `messages-notice-received`.
        id: String,
        /// Its values.
        args: Vec<(String, String)>,
    },
    /// A text of the town, its places filled; see [`crate::places::fill`].
    Text(String),
}

impl Content {
    /// What the town wrote for my page (`my_page:` of its message), its places filled; `otherwise` when a value is missing, so that nobody
    /// reads a text with a gap.
    pub fn of_town(
        town: &definitions::town::Town,
        message: &definitions::message::Message,
        language: Language,
        value_of: &dyn Fn(&str) -> Option<String>,
        otherwise: Content,
    ) -> Content {
        match crate::places::fill(town.say(&message.my_page, language), value_of) {
            Ok(text) => Content::Text(text.trim().to_owned()),
            Err(bad) => {
                tracing::warn!(message = %message.id, %bad, "a message of the town lacks a value; our own words stand in");
                otherwise
            }
        }
    }
}

/// What came of telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether the notice is new; the second telling changes nothing.
    pub new: bool,
    /// What to write on the case at once; later fates come through [`crate::mailing::FateHook`].
    pub news: Option<FateNews>,
}

/// Tells: the notice for the person's page, what leaves the house and the job that hands it over, in the transaction of what happened.
///
/// # Errors
/// As [`Write::run`].
pub fn tell(tx: &Write<'_>, notice: &Notice, now: Timestamp) -> Result<Told, StoreError> {
    if !rows::insert_notice(tx, notice, now)? {
        return Ok(Told { new: false, news: None });
    }
    let instead = notice.contacts.instead_of_mail();
    let (fate, address) = match notice.contacts.way() {
        Way::Mail(address) => (Fate::Queued, Some(address)),
        Way::BadMail(bad) => (Fate::Refused { why: bad.into(), instead }, None),
        Way::Phone => (Fate::Call, None),
        Way::Post => (Fate::Post, None),
        Way::None => (Fate::Unreachable, None),
    };
    let case = notice.case.map(|case| case.to_string());
    rows::insert_outgoing(
        tx,
        &rows::NewOutgoing {
            id: &notice.id,
            case: case.as_deref(),
            what: rows::What::Notice,
            fate: &fate,
            instead,
            address: address.map(|address| address.to_string()),
            language: notice.language,
            link: &notice.link,
        },
        now,
    )?;
    if fate == Fate::Queued {
        tx.enqueue(&NewJob { kind: MAIL_NOTICE, key: notice.id.clone(), body: serde_json::json!({ "id": notice.id }), at: now })?;
    }
    // What is work for staff from the beginning need not become it.
    if let (false, Some(if_unread)) = (fate.is_work_for_staff(), &notice.if_unread) {
        tx.enqueue(&if_unread.job(&notice.id))?;
    }
    Ok(Told { new: true, news: Some(FateNews { notice: notice.id.clone(), case, turn: 1, at: now, fate }) })
}

/// The job that hands a notice's mail over.
pub const MAIL_NOTICE: &str = "mail.notice";

/// A notice as it stands on the person's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// What sort of news.
    pub kind: String,
    /// What it says.
    pub content: Content,
    /// Where it leads.
    pub link: String,
    /// When it came.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Where the next page of notices begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The last one's time.
    pub at: Timestamp,
    /// The last one's id.
    pub id: String,
}

/// The person's notices, the newest first.
///
/// # Errors
/// As [`Read::all`].
pub fn notices(tx: &Read<'_>, account: AccountId, before: Option<&Before>, limit: i64) -> Result<Vec<Shown>, StoreError> {
    rows::notices(tx, account, before, limit)
}

/// How many are unread, counted up to 99: a badge needs no more.
///
/// # Errors
/// As [`Read::first`].
pub fn unread(tx: &Read<'_>, account: AccountId) -> Result<i64, StoreError> {
    rows::unread(tx, account)
}

/// Marks one of the person's own notices as read and says where it leads. None when it is not theirs or does not exist: the two look
/// alike.
///
/// # Errors
/// As [`Write::run`].
pub fn open(tx: &Write<'_>, account: AccountId, id: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
    rows::open(tx, account, id, now)
}

/// Marks all of the person's notices as read and says how many were not.
///
/// # Errors
/// As [`Write::run`].
pub fn read_all(tx: &Write<'_>, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
    rows::read_all(tx, account, now)
}

/// The notice that went with this id last, as it stands in the house's books: for the case's page and for tests.
///
/// # Errors
/// As [`Read::first`].
pub fn fate_of(tx: &Read<'_>, id: &str) -> Result<Option<FateNews>, StoreError> {
    Ok(rows::outgoing(tx, id)?.map(|row| row.news()))
}
