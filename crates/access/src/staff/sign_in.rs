//! How staff get in: login id, password, code. Whatever is wrong, the answer and the time it takes are the same.
//!
//! Nobody can lock a colleague out: what is slowed down is the pair of login id and network address, not the account. Ten tries a quarter
//! of an hour at a password *and* a six-digit code that is good for 90 seconds and once come to nothing.

use std::time::Duration;

use jiff::Timestamp;
use store::{Entry, Read, StoreError, Write, keys::Keys, params};

use super::{
    directory::{self, SetUpCode},
    factor::Factor,
    password::{self, WeakPassword},
    session::{self, Guest, LONGEST, NewSession, SET_UP_LONGEST, Stage},
};
use crate::{
    StaffId,
    error::PageError,
    face::{ClientAddress, DeskFace},
    session::SessionId,
    throttle::{self, Rate, Wait},
    token::{Token, same},
};

/// What a clerk's secret for codes is sealed for.
const FACTOR_PURPOSE: &str = "staff.totp";

/// Tries of one login id from one network address.
const TRIES: Rate = Rate { most: 10, per: Duration::from_secs(15 * 60) };

/// Tries from one network address, whoever's: an office behind one address signs in at 8:30.
const TRIES_PER_CLIENT: Rate = Rate { most: 300, per: Duration::from_secs(15 * 60) };

const CREDENTIALS: &str = "select id, password, totp_sealed from staff where login = $1 and active = 1";
const USE_STEP: &str = "update staff set totp_step = $2 where id = $1 and active = 1 and totp_step < $2";
const BY_CODE: &str = "select id, set_up_digest from staff where login = $1 and active = 1 and set_up_until > $2";
const SET_UP_SESSION: &str =
    "select staff, totp_sealed from desk_session where id = $1 and stage = 'set-up' and ended_at is null and ends_at > $2";
const SPEND_CODE: &str = "update staff set set_up_digest = null, set_up_until = null where id = $1 and set_up_digest = $2";

/// Why someone did not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Login id, password or code is wrong, or the code was used. Which of them is not said.
    Wrong,
    /// Too many tries.
    Wait(Wait),
}

/// What was typed at the desk's door.
#[derive(Clone)]
pub struct SignInForm {
    /// ログインID.
    pub login: String,
    /// 合言葉.
    pub password: String,
    /// 確認コード.
    pub code: String,
    /// What the browser calls itself, for the list of sessions.
    pub agent: String,
    /// From where.
    pub address: ClientAddress,
}

impl SignInForm {
    /// Checks both factors and begins a session. The secret is for the browser; the guest's old one is dead.
    ///
    /// # Errors
    /// When the store is busy or fails. A refusal is the inner error.
    pub async fn sign_in(self, face: &DeskFace, guest: &Guest) -> Result<Result<Token, Refused>, PageError> {
        let now = face.clock.now();
        let login = directory::folded_login(&self.login);
        let door = Door::of(&face.keys, &self.login, self.address);
        let tries = door.clone();
        if let Err(wait) = face.store.writing(move |tx| tries.try_once(tx, now)).await? {
            return Ok(Err(Refused::Wait(wait)));
        }
        let known = match login {
            Some(login) => face.store.reading(move |tx| credentials(tx, &login)).await?,
            None => None,
        };
        let kept = known.as_ref().and_then(|known| known.password.clone());
        let password_is_right = face.passwords.is_right(self.password, kept).await?;
        let step = known.as_ref().and_then(|known| known.step_of(&face.keys, &self.code, now));
        let (Some(known), true, Some(step)) = (known, password_is_right, step) else {
            return Ok(Err(Refused::Wrong));
        };
        let token = Token::draw()?;
        let begin = Begin { staff: known.staff, session: SessionId::of(&token), before: guest.session.clone(), agent: self.agent, step };
        let begun = face.store.writing(move |tx| begin.run(tx, &door, now)).await?;
        Ok(if begun { Ok(token) } else { Err(Refused::Wrong) })
    }
}

/// What is kept of someone who may sign in.
struct Credentials {
    staff: StaffId,
    password: Option<String>,
    totp_sealed: Option<Vec<u8>>,
}

impl Credentials {
    fn step_of(&self, keys: &Keys, code: &str, now: Timestamp) -> Option<i64> {
        let factor = Factor::of(keys.unseal(FACTOR_PURPOSE, self.totp_sealed.as_deref()?).ok()?);
        factor.step_of(code, now)
    }
}

fn credentials(tx: &Read<'_>, login: &str) -> Result<Option<Credentials>, StoreError> {
    let Some(row) = tx.first(CREDENTIALS, params![login])? else { return Ok(None) };
    let staff = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("staff.id"))?;
    Ok(Some(Credentials { staff, password: row.get(1)?, totp_sealed: row.get(2)? }))
}

/// The buckets that a try is taken from.
#[derive(Clone)]
struct Door {
    pair: String,
    client: String,
}

impl Door {
    fn of(keys: &Keys, login: &str, address: ClientAddress) -> Door {
        let client = throttle::of_address(keys, address.0);
        Door { pair: throttle::of_text(keys, &format!("{}@{client}", login.trim().to_ascii_lowercase())), client }
    }

    fn try_once(&self, tx: &Write<'_>, now: Timestamp) -> Result<Result<(), Wait>, StoreError> {
        match throttle::take(tx, "staff-client", &self.client, TRIES_PER_CLIENT, now)? {
            Ok(()) => throttle::take(tx, "staff-sign-in", &self.pair, TRIES, now),
            wait => Ok(wait),
        }
    }
}

#[derive(Clone)]
struct Begin {
    staff: StaffId,
    session: SessionId,
    before: SessionId,
    agent: String,
    step: i64,
}

impl Begin {
    /// Uses the code's step, so that it opens nothing again, and begins the session. `false`: the step was used.
    fn run(&self, tx: &Write<'_>, door: &Door, now: Timestamp) -> Result<bool, StoreError> {
        if tx.run(USE_STEP, params![self.staff.to_string(), self.step])? == 0 {
            return Ok(false);
        }
        throttle::forget(tx, "staff-sign-in", &door.pair)?;
        throttle::give_back(tx, "staff-client", &door.client, TRIES_PER_CLIENT)?;
        begin_signed_in(tx, self.staff, &self.session, &self.before, &self.agent, now)?;
        Ok(true)
    }
}

/// The session begins; the guest's secret before it is dead.
pub(crate) fn begin_signed_in(
    tx: &Write<'_>,
    staff: StaffId,
    session: &SessionId,
    before: &SessionId,
    agent: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    session::end(tx, before, "signed-in-again", now)?;
    session::begin(tx, &NewSession { id: session, staff, stage: Stage::SignedIn, totp_sealed: None, agent, longest: LONGEST }, now)?;
    tx.journal(&own_entry(staff, "signed-in"))
}

/// First sign-in: a one-time code opens the page on which password and second factor are chosen.
pub struct SetUp;

/// What the page of setting up shows.
pub struct SettingUp {
    /// Who.
    pub login: String,
    /// The secret for their app.
    pub factor: Factor,
}

/// Why setting up did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSetUp {
    /// The password cannot be taken.
    Weak(WeakPassword),
    /// The two passwords differ.
    Differ,
    /// The code is not the app's.
    WrongCode,
    /// Too slow, or done in another window.
    Over,
}

impl SetUp {
    /// Checks the one-time code and begins a session that reaches nothing but the page of setting up.
    ///
    /// # Errors
    /// When the store is busy or fails. A refusal is the inner error.
    pub async fn begin(face: &DeskFace, guest: &Guest, form: SignInForm) -> Result<Result<Token, Refused>, PageError> {
        let (now, token) = (face.clock.now(), Token::draw()?);
        let door = Door::of(&face.keys, &form.login, form.address);
        let sealed = face.keys.seal(FACTOR_PURPOSE, Factor::draw()?.bytes())?;
        let (session, before) = (SessionId::of(&token), guest.session.clone());
        let login = directory::folded_login(&form.login).unwrap_or_default();
        let code = SetUpCode::typed(&form.code).digest();
        let agent = form.agent;
        let begun = face
            .store
            .writing(move |tx| -> Result<_, StoreError> {
                if let Err(wait) = door.try_once(tx, now)? {
                    return Ok(Err(Refused::Wait(wait)));
                }
                let Some(staff) = who_has_code(tx, &login, &code, now)? else { return Ok(Err(Refused::Wrong)) };
                session::end(tx, &before, "set-up", now)?;
                let new = NewSession {
                    id: &session,
                    staff,
                    stage: Stage::SetUp,
                    totp_sealed: Some(&sealed),
                    agent: &agent,
                    longest: SET_UP_LONGEST,
                };
                session::begin(tx, &new, now)?;
                Ok(Ok(()))
            })
            .await?;
        Ok(begun.map(|()| token))
    }

    /// What the page shows, as long as the session of setting up lives.
    ///
    /// # Errors
    /// When there is no such session, and when the store fails.
    pub async fn shown(face: &DeskFace, guest: &Guest) -> Result<SettingUp, PageError> {
        let (session, now) = (guest.session.clone(), face.clock.now());
        let found = face.store.reading(move |tx| setting_up(tx, &session, now)).await?;
        let (who, sealed) = found.ok_or(PageError::SignedOut)?;
        Ok(SettingUp { login: who.login, factor: Factor::of(face.keys.unseal(FACTOR_PURPOSE, &sealed)?) })
    }

    /// Keeps password and factor, ends every session of the person and begins the first of the new ones.
    ///
    /// # Errors
    /// When the store is busy or fails. What is wrong with the form is the inner error.
    pub async fn finish(
        face: &DeskFace,
        guest: &Guest,
        (password, again): (String, String),
        code: &str,
        agent: String,
    ) -> Result<Result<Token, NotSetUp>, PageError> {
        let now = face.clock.now();
        let shown = SetUp::shown(face, guest).await?;
        if let Err(weak) = password::acceptable(&password, &shown.login) {
            return Ok(Err(NotSetUp::Weak(weak)));
        }
        if password != again {
            return Ok(Err(NotSetUp::Differ));
        }
        let Some(step) = shown.factor.step_of(code, now) else { return Ok(Err(NotSetUp::WrongCode)) };
        let hash = face.passwords.hash(password).await?;
        let (token, before) = (Token::draw()?, guest.session.clone());
        let session = SessionId::of(&token);
        let done = face
            .store
            .writing(move |tx| -> Result<_, StoreError> {
                let Some((who, sealed)) = setting_up(tx, &before, now)? else { return Ok(false) };
                directory::set_credentials(tx, who.id, &hash, &sealed, step)?;
                session::end_all(tx, who.id, "set-up", now)?;
                tx.journal(&own_entry(who.id, "credentials-chosen"))?;
                begin_signed_in(tx, who.id, &session, &before, &agent, now)?;
                Ok(true)
            })
            .await?;
        Ok(if done { Ok(token) } else { Err(NotSetUp::Over) })
    }
}

fn who_has_code(tx: &Write<'_>, login: &str, digest: &str, now: Timestamp) -> Result<Option<StaffId>, StoreError> {
    let Some(row) = tx.first(BY_CODE, params![login, now])? else { return Ok(None) };
    let kept = row.get::<Option<String>>(1)?.unwrap_or_default();
    if !same(kept.as_bytes(), digest.as_bytes()) {
        return Ok(None);
    }
    let staff: StaffId = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("staff.id"))?;
    // Once: whoever reads the paper afterwards comes too late.
    let spent = tx.run(SPEND_CODE, params![staff.to_string(), digest])? == 1;
    Ok(spent.then_some(staff))
}

fn setting_up(tx: &Read<'_>, session: &SessionId, now: Timestamp) -> Result<Option<(directory::Listed, Vec<u8>)>, StoreError> {
    let Some(row) = tx.first(SET_UP_SESSION, params![session, now])? else { return Ok(None) };
    let staff = row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("desk_session.staff"))?;
    let sealed: Vec<u8> = row.get(1)?;
    Ok(directory::by_id(tx, staff)?.filter(|who| who.active).map(|who| (who, sealed)))
}

/// Password and second factor set without a page: for the demo's people and for tests, whose app is the test itself.
///
/// # Errors
/// When the store or the keys fail.
pub fn set_credentials(tx: &Write<'_>, keys: &Keys, staff: StaffId, password_hash: &str, factor: &Factor) -> Result<bool, StoreError> {
    let sealed = keys.seal(FACTOR_PURPOSE, factor.bytes())?;
    let set = directory::set_credentials(tx, staff, password_hash, &sealed, 0)?;
    tx.journal(&own_entry(staff, "credentials-chosen"))?;
    Ok(set)
}

fn own_entry(staff: StaffId, what: &'static str) -> Entry {
    directory::entry(&format!("staff:{staff}"), what, staff)
}
