//! Sessions at the desk: short, ended by leaving the screen alone, listed, and ended from elsewhere.

use std::time::Duration;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{header, request::Parts},
};
use jiff::Timestamp;
use store::{Read, Row, StoreError, Write, keys::Keys, params};

use super::{Staff, directory};
use crate::{
    StaffId,
    error::PageError,
    face::DeskFace,
    request::{Door, Memory},
    session::SessionId,
    token::Token,
};

/// 30 minutes: a clerk called to the counter does not leave the registry open over lunch.
pub const IDLE: Duration = Duration::from_secs(30 * 60);

/// 12 hours: a working day with overtime; nobody is signed in overnight.
pub const LONGEST: Duration = Duration::from_secs(12 * 3600);

/// Setting up takes minutes; a sheet of paper left beside the screen must not.
pub(crate) const SET_UP_LONGEST: Duration = Duration::from_secs(15 * 60);

/// How exactly the last look is known: a row is written at most once a minute for each session.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// Ended sessions are listed for a while, then forgotten.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

const FIND: &str = "select staff, stage, seen_at, ends_at, ended_at from desk_session where id = $1";
const INSERT: &str = "insert into desk_session (id, staff, stage, totp_sealed, agent, created_at, seen_at, ends_at, ended_at, ended_why) \
    values ($1, $2, $3, $4, $5, $6, $6, $7, null, null)";
const TOUCH: &str = "update desk_session set seen_at = $2 where id = $1 and seen_at < $2";
const END: &str = "update desk_session set ended_at = $2, ended_why = $3 where id = $1 and ended_at is null";
const END_ALL: &str = "update desk_session set ended_at = $2, ended_why = $3 where staff = $1 and ended_at is null";
/// Uses `desk_session_staff`.
const LIST: &str = "select id, agent, created_at, seen_at from desk_session where staff = $1 and ended_at is null and stage = 'signed-in' \
    and ends_at > $2 and seen_at > $3 order by created_at desc limit 50";
const SWEEP: &str = "delete from desk_session where ends_at < $1";

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Signed in with both factors.
    SignedIn,
    /// Choosing a password and a second factor after a one-time code; reaches nothing else.
    SetUp,
}

impl Stage {
    fn code(self) -> &'static str {
        match self {
            Stage::SignedIn => "signed-in",
            Stage::SetUp => "set-up",
        }
    }
}

/// A session to be begun.
pub(crate) struct NewSession<'n> {
    pub(crate) id: &'n SessionId,
    pub(crate) staff: StaffId,
    pub(crate) stage: Stage,
    pub(crate) totp_sealed: Option<&'n [u8]>,
    pub(crate) agent: &'n str,
    pub(crate) longest: Duration,
}

/// A session in someone's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSession {
    /// Its name.
    pub id: SessionId,
    /// The browser, as it called itself.
    pub agent: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it last asked for something.
    pub seen_at: Timestamp,
}

pub(crate) fn begin(tx: &Write<'_>, new: &NewSession<'_>, now: Timestamp) -> Result<(), StoreError> {
    let ends_at = later(now, new.longest);
    let agent: String = new.agent.chars().take(200).collect();
    tx.run(INSERT, params![new.id, new.staff.to_string(), new.stage.code(), new.totp_sealed, agent, now, ends_at])?;
    Ok(())
}

/// Ends a session; says whether it was alive.
///
/// # Errors
/// When the store fails.
pub fn end(tx: &Write<'_>, session: &SessionId, why: &'static str, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(END, params![session, now, why])? == 1)
}

/// Ends all sessions of someone (forced sign-out); says how many.
///
/// # Errors
/// When the store fails.
pub fn end_all(tx: &Write<'_>, staff: StaffId, why: &'static str, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(END_ALL, params![staff.to_string(), now, why])
}

/// The live sessions of someone, newest first.
///
/// # Errors
/// When the store fails.
pub fn of_staff(tx: &Read<'_>, staff: StaffId, now: Timestamp) -> Result<Vec<ListedSession>, StoreError> {
    let rows = tx.all(LIST, params![staff.to_string(), now, earlier(now, IDLE)])?;
    rows.iter()
        .map(|row| {
            let id = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("desk_session.id"))?;
            Ok(ListedSession { id, agent: row.get(1)?, began_at: row.get(2)?, seen_at: row.get(3)? })
        })
        .collect()
}

/// Forgets sessions that ended long ago; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(SWEEP, params![earlier(now, KEPT)])
}

/// A live session and who it belongs to.
struct Live {
    staff: StaffId,
    stage: Stage,
    seen_at: Timestamp,
}

fn live(row: &Row, now: Timestamp) -> Result<Option<Live>, StoreError> {
    let stage = if row.get::<String>(1)? == Stage::SignedIn.code() { Stage::SignedIn } else { Stage::SetUp };
    let (seen_at, ends_at): (Timestamp, Timestamp) = (row.get(2)?, row.get(3)?);
    let is_live = row.get::<Option<i64>>(4)?.is_none() && now < ends_at && now < later(seen_at, IDLE);
    let staff = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("desk_session.staff"))?;
    Ok(is_live.then_some(Live { staff, stage, seen_at }))
}

/// Whoever stands before the desk, signed in or not: for the pages of signing in.
#[derive(Clone)]
pub struct Guest {
    /// The name of the secret that the browser holds, stored or not.
    pub session: SessionId,
    /// The token that each form carries.
    pub csrf: String,
    /// Staff who has signed in.
    pub staff: Option<Staff>,
    memory: Memory,
}

impl Guest {
    /// Gives the browser another secret, after signing in or out.
    pub(crate) fn hand_out(&self, token: &Token, https: bool) {
        self.memory.set_cookie(Door::Desk.cookie(token, https));
    }

    /// Checks the token of a form, for handlers that read multipart themselves.
    ///
    /// # Errors
    /// When it is not this session's.
    pub fn check_csrf(&self, keys: &Keys, carried: &str) -> Result<(), PageError> {
        if self.session.csrf_is(keys, carried) { Ok(()) } else { Err(PageError::Stale) }
    }
}

impl Staff {
    /// Checks the token of a form, for handlers that read multipart themselves.
    ///
    /// # Errors
    /// When it is not this session's.
    pub fn check_csrf(&self, keys: &Keys, carried: &str) -> Result<(), PageError> {
        if self.session.csrf_is(keys, carried) { Ok(()) } else { Err(PageError::Stale) }
    }
}

impl FromRequestParts<DeskFace> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Guest, PageError> {
        if let Some(known) = parts.extensions.get::<Guest>() {
            return Ok(known.clone());
        }
        let guest = find(parts, face).await?;
        Memory::from_parts(parts).keep_session(guest.session.clone());
        parts.extensions.insert(guest.clone());
        Ok(guest)
    }
}

impl FromRequestParts<DeskFace> for Staff {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Staff, PageError> {
        Guest::from_request_parts(parts, face).await?.staff.ok_or(PageError::SignedOut)
    }
}

impl OptionalFromRequestParts<DeskFace> for Staff {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Option<Staff>, PageError> {
        Ok(Guest::from_request_parts(parts, face).await?.staff)
    }
}

impl Staff {
    /// The same person as they are now, for a connection that stays open: with the posts and powers of this moment.
    ///
    /// # Errors
    /// [`PageError::SignedOut`] when the session has ended since, here or from elsewhere.
    pub async fn again(&self, face: &DeskFace) -> Result<Staff, PageError> {
        match look_up(face, &self.session).await? {
            Found::Signed(staff, _) => Ok(*staff),
            Found::Unknown | Found::Ended | Found::SettingUp => Err(PageError::SignedOut),
        }
    }
}

async fn look_up(face: &DeskFace, session: &SessionId) -> Result<Found, PageError> {
    let (now, today, town) = (face.clock.now(), face.clock.today(), face.town.current());
    let (session, csrf) = (session.clone(), session.csrf(&face.keys));
    let found = face
        .store
        .reading(move |tx| -> Result<_, StoreError> {
            let Some(row) = tx.first(FIND, params![&session])? else { return Ok(Found::Unknown) };
            let Some(live) = live(&row, now)? else { return Ok(Found::Ended) };
            let Some(who) = directory::by_id(tx, live.staff)?.filter(|who| who.active) else { return Ok(Found::Ended) };
            if live.stage == Stage::SetUp {
                return Ok(Found::SettingUp);
            }
            let posts = directory::posts_on(tx, live.staff, today)?;
            let staff = Staff::new(&who, &posts, &town, today, session.clone(), csrf.clone());
            Ok(Found::Signed(Box::new(staff), live.seen_at))
        })
        .await?;
    Ok(found)
}

async fn find(parts: &mut Parts, face: &DeskFace) -> Result<Guest, PageError> {
    let Some(token) = Door::Desk.token(&parts.headers, face.https) else { return stranger(parts, face) };
    let session = SessionId::of(&token);
    let (csrf, memory) = (session.csrf(&face.keys), Memory::from_parts(parts));
    match look_up(face, &session).await? {
        // Setting up has its own look at the store; everything else sees a guest.
        Found::Unknown | Found::SettingUp => Ok(Guest { session, csrf, staff: None, memory }),
        // A secret that once opened the desk opens nothing again, not even as a guest's.
        Found::Ended => stranger(parts, face),
        Found::Signed(staff, seen_at) => {
            let now = face.clock.now();
            if now > later(seen_at, TOUCH_EVERY) && !is_event_stream(parts) {
                touch(face, session.clone(), now).await;
            }
            Ok(Guest { session, csrf, staff: Some(*staff), memory })
        }
    }
}

enum Found {
    Unknown,
    Ended,
    SettingUp,
    Signed(Box<Staff>, Timestamp),
}

/// Someone without a secret gets one; nothing is stored.
fn stranger(parts: &mut Parts, face: &DeskFace) -> Result<Guest, PageError> {
    let token = Token::draw()?;
    let memory = Memory::from_parts(parts);
    memory.set_cookie(Door::Desk.cookie(&token, face.https));
    let session = SessionId::of(&token);
    let csrf = session.csrf(&face.keys);
    Ok(Guest { session, csrf, staff: None, memory })
}

/// A live page that reconnects by itself is nobody at the screen.
fn is_event_stream(parts: &Parts) -> bool {
    parts.headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream")
}

/// When the store is busy the page comes all the same; the next one tries again.
async fn touch(face: &DeskFace, session: SessionId, now: Timestamp) {
    let touched = face.store.writing(move |tx| tx.run(TOUCH, params![&session, now])).await;
    if let Err(error) = touched {
        tracing::warn!(error = %error, "a session's last look was not noted");
    }
}

pub(crate) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

pub(crate) fn earlier(moment: Timestamp, by: Duration) -> Timestamp {
    moment.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
