//! Who is before a residents' page: nobody in particular, or someone with an account.
//!
//! Reading makes no row. The browser gets a secret with its first page, so that forms can carry a token derived from it; a row is made
//! when the first form comes back, since something may then hang on the session: a draft, the right to see one case.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use definitions::{
    procedure::{Identity, Session},
    text::Language,
};
use jiff::Timestamp;
use store::{Read, StoreError, keys::Keys, params};

use crate::{
    AccountId, ResidentId, accounts,
    error::PageError,
    face::{ClientAddress, PortalFace},
    mail::MailAddress,
    request::{Door, Memory, client_address},
    session::SessionId,
    sessions,
    staff::session::later,
    throttle,
    token::Token,
};

/// Without an account: a day to come back to the same browser, and a week at most. A draft lives longer and is found again by signing in.
pub const IDLE: Duration = Duration::from_secs(24 * 3600);

/// With an account: two hours untouched, a day at most. Shared telephones and library PCs are common.
pub const ACCOUNT_IDLE: Duration = Duration::from_secs(2 * 3600);

/// How exactly the last look is known.
const TOUCH_EVERY: Duration = Duration::from_secs(5 * 60);

const FIND: &str = "select s.account, s.seen_at, s.ends_at, s.ended_at, a.identity, a.resident, a.mail_sealed, a.unlinked_at from portal_session s \
    left join account a on a.id = s.account where s.id = $1";
const TOUCH: &str = "update portal_session set seen_at = $2 where id = $1 and seen_at < $2";

/// How surely someone is known, on the two axes of Japan's guideline on identification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// How surely we know who the account belongs to.
    pub identity: Identity,
    /// How surely this session is theirs.
    pub session: Session,
}

impl Assurance {
    /// Whether a procedure that asks for these is open.
    pub fn suffices(self, identity: Identity, session: Session) -> bool {
        self.identity >= identity && self.session >= session
    }
}

/// A resident's account, as far as a page needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whom a clerk has linked it to.
    pub resident: Option<ResidentId>,
    /// When the town hall took the link back, until the account is linked again.
    pub unlinked_at: Option<Timestamp>,
    /// How surely.
    pub assurance: Assurance,
    mail: String,
    shown: String,
}

impl Account {
    /// The mail address that it was opened with, to prefill. Empty when the town's key does not open it.
    pub fn mail(&self) -> &str {
        &self.mail
    }

    /// How the account is called on pages: enough of the address to know one's own.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// Whoever looks at a residents' page.
#[derive(Clone)]
pub struct Visitor {
    /// The session's name: what drafts and grants of a case hang on.
    pub session: SessionId,
    /// The token that each form carries.
    pub csrf: String,
    /// The language they read.
    pub language: Language,
    /// Their account, once signed in.
    pub account: Option<Account>,
    /// From where they come, for slowing down guesses.
    pub address: ClientAddress,
    is_kept: bool,
    memory: Memory,
}

impl Visitor {
    /// Checks the token of a form, for handlers that read multipart themselves. [`Posted`](crate::Posted) has done it already.
    ///
    /// # Errors
    /// When it is not this session's.
    pub fn check_csrf(&self, keys: &Keys, carried: &str) -> Result<(), PageError> {
        if self.session.csrf_is(keys, carried) { Ok(()) } else { Err(PageError::Stale) }
    }

    /// The account, or a page that asks to sign in and comes back.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn signed_in(&self) -> Result<&Account, PageError> {
        self.account.as_ref().ok_or(PageError::NoAccount)
    }

    /// From where they come, as a key for [`throttle`](crate::throttle).
    pub fn client_key(&self, keys: &Keys) -> String {
        throttle::of_address(keys, self.address.0)
    }

    /// How surely they are known.
    pub fn assurance(&self) -> Assurance {
        let nobody = Assurance { identity: Identity::SelfAsserted, session: Session::None };
        self.account.as_ref().map_or(nobody, |account| account.assurance)
    }

    /// Makes the session's row if it has none: something is about to hang on it. Each checked form does so; handlers of multipart call it
    /// after [`Visitor::check_csrf`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(&self, face: &PortalFace) -> Result<(), PageError> {
        if self.is_kept {
            return Ok(());
        }
        let (session, now) = (self.session.clone(), face.clock.now());
        face.store.writing(move |tx| sessions::insert(tx, &session, None, now)).await.map_err(PageError::from)
    }

    /// The same visitor as they are now, for a connection that stays open.
    ///
    /// # Errors
    /// [`PageError::NoAccount`] when the session has ended since, here or from elsewhere; or when the store fails.
    pub async fn again(&self, face: &PortalFace) -> Result<Visitor, PageError> {
        let (keys, session, now) = (face.keys.clone(), self.session.clone(), face.clock.now());
        match face.store.reading(move |tx| look_up(tx, &keys, &session, now)).await? {
            Found::Live { account, .. } => Ok(Visitor { account, is_kept: true, ..self.clone() }),
            Found::Unknown | Found::Ended => Err(PageError::NoAccount),
        }
    }

    /// Gives the browser another secret, after signing in or out.
    pub(crate) fn hand_out(&self, token: &Token, https: bool) {
        self.memory.set_cookie(Door::Portal.cookie(token, https));
    }
}

impl FromRequestParts<PortalFace> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &PortalFace) -> Result<Visitor, PageError> {
        if let Some(known) = parts.extensions.get::<Visitor>() {
            return Ok(known.clone());
        }
        let memory = Memory::from_parts(parts);
        let visitor = find(parts, face, memory.clone()).await?;
        memory.keep_session(visitor.session.clone());
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// What the store knows of a secret.
enum Found {
    /// Never stored: a browser that has only read so far.
    Unknown,
    /// Ended or run out: it opens nothing again.
    Ended,
    /// Alive.
    Live { account: Option<Account>, seen_at: Timestamp },
}

async fn find(parts: &Parts, face: &PortalFace, memory: Memory) -> Result<Visitor, PageError> {
    let brought = Door::Portal.token(&parts.headers, face.https);
    let mut found = Found::Ended;
    let now = face.clock.now();
    if let Some(token) = &brought {
        let session = SessionId::of(token);
        let keys = face.keys.clone();
        found = face.store.reading(move |tx| look_up(tx, &keys, &session, now)).await?;
    }
    let token = match (brought, &found) {
        (Some(token), Found::Unknown | Found::Live { .. }) => token,
        _ => {
            let token = Token::draw()?;
            memory.set_cookie(Door::Portal.cookie(&token, face.https));
            token
        }
    };
    let session = SessionId::of(&token);
    let is_stream = parts.headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream");
    let (account, is_kept) = match found {
        Found::Live { account, seen_at } => {
            if now > later(seen_at, TOUCH_EVERY) && !is_stream {
                touch(face, session.clone(), now).await;
            }
            (account, true)
        }
        Found::Unknown | Found::Ended => (None, false),
    };
    let csrf = session.csrf(&face.keys);
    Ok(Visitor { session, csrf, language: memory.language(), account, address: client_address(parts), is_kept, memory })
}

fn look_up(tx: &Read<'_>, keys: &Keys, session: &SessionId, now: Timestamp) -> Result<Found, StoreError> {
    let Some(row) = tx.first(FIND, params![session])? else { return Ok(Found::Unknown) };
    let id = row.get::<Option<String>>(0)?;
    let (seen_at, ends_at): (Timestamp, Timestamp) = (row.get(1)?, row.get(2)?);
    let idle = if id.is_some() { ACCOUNT_IDLE } else { IDLE };
    if row.get::<Option<i64>>(3)?.is_some() || now >= ends_at || now >= later(seen_at, idle) {
        return Ok(Found::Ended);
    }
    let Some(id) = id else { return Ok(Found::Live { account: None, seen_at }) };
    let identity = row.get::<String>(4)?;
    let mail = accounts::mail_address(keys, &row.get::<Vec<u8>>(6)?);
    let account = Account {
        id: id.parse().map_err(|_| StoreError::damaged("portal_session.account"))?,
        resident: row.get::<Option<String>>(5)?.map(|id| id.parse().map_err(|_| StoreError::damaged("account.resident"))).transpose()?,
        unlinked_at: row.get(7)?,
        assurance: Assurance {
            identity: identity_from(&identity).ok_or(StoreError::damaged("account.identity"))?,
            session: Session::Contact,
        },
        shown: mail.as_ref().map_or_else(String::new, MailAddress::masked),
        mail: mail.map_or_else(String::new, |mail| mail.as_str().to_owned()),
    };
    Ok(Found::Live { account: Some(account), seen_at })
}

/// When the store is busy the page comes all the same; the next one tries again.
async fn touch(face: &PortalFace, session: SessionId, now: Timestamp) {
    let touched = face.store.writing(move |tx| tx.run(TOUCH, params![&session, now])).await;
    if let Err(error) = touched {
        tracing::warn!(error = %error, "a session's last look was not noted");
    }
}

/// Identity as it is stored.
pub(crate) fn identity_code(identity: Identity) -> &'static str {
    match identity {
        Identity::SelfAsserted => "self-asserted",
        Identity::Letter => "letter",
        Identity::Seen => "seen",
        Identity::Signature => "signature",
    }
}

pub(crate) fn identity_from(code: &str) -> Option<Identity> {
    [Identity::SelfAsserted, Identity::Letter, Identity::Seen, Identity::Signature]
        .into_iter()
        .find(|identity| identity_code(*identity) == code)
}
