//! What happens to cases that programs filed, and how they have themselves told: set, look, drop, have it sent again.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use access::{CaseId, PortalFace, ProgramId, program::Scope};
use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use cases::parcel::{self, Down};
use jiff::Timestamp;
use outbound::Target;
use serde_json::{Value, json};
use store::{
    Parcel, Portal, StoreError, Write,
    hatch::{Failure, Receiver},
    jobs::{Job, JobError, JobHandler, Listed, State},
    keys::Keys,
};

use super::{
    rows::{self, Happened, JOB},
    send::{self, Letter, Undelivered},
    signing,
};
use crate::{
    ask::{self, Answer, Ask},
    body,
    portal::of_news,
    problem::{self, Problem, Wrong},
    routes::Mounted,
};

/// After a failure nobody tries this receiver for so long: its letters give their threads back at once.
const DOWN_FOR: Duration = Duration::from_secs(30);

/// How soon an event that stands behind another of its case asks again.
const AFTER_THE_EARLIER: Duration = Duration::from_secs(1);

/// How soon an event asks again whose receiver is being told another.
const AFTER_ANOTHER: Duration = Duration::from_millis(200);

/// Runs until an event is a dead letter: an hour apart from the eleventh on, about three days.
const TRIES_MAX: i64 = 80;

/// Events that are listed, and that one request has sent again.
const TOGETHER: i64 = 200;

/// Something happened to a case: who filed it and wants to be told is told, in the same transaction's wake.
pub(crate) fn happened(tx: &Write<'_>, case: CaseId, what: &str, at: Timestamp) -> Result<(), StoreError> {
    // Another id when the closure runs again is no harm: what the first run wrote is gone.
    rows::add(tx, case, what, at, &format!("evt_{}", CaseId::draw(tx.now()).uuid().simple()))
}

/// What the desk tells the residents' side, told to programs too.
pub struct TellPrograms {
    /// What does the parcels themselves.
    pub inner: Arc<dyn Receiver>,
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl Receiver for TellPrograms {
    fn kind(&self) -> &str {
        self.inner.kind()
    }

    fn receive(&self, tx: &Write<'_>, came: &Parcel) -> Result<(), Failure> {
        self.inner.receive(tx, came)?;
        let down: Down = parcel::opened(&self.keys, &came.body)?;
        let case: CaseId = down.case.parse().map_err(|_| StoreError::damaged("parcel case.down: case"))?;
        Ok(happened(tx, case, of_news(&down.news), down.at)?)
    }
}

/// The job that tells programs.
pub struct Telling {
    /// Residents' store.
    pub portal: Portal,
    /// The portal's keys.
    pub keys: Arc<Keys>,
    /// Whether a receiver may be on this machine itself: in a demonstration and in tests.
    pub loopback: bool,
    /// Whom a thread of this process is telling just now.
    pub busy: Busy,
}

/// Programs that are being told. One letter at a time goes to each: a receiver that takes its five seconds every time, and answers, would else
/// hold all threads for ever, and nobody else would be told.
#[derive(Default)]
pub struct Busy(Mutex<BTreeSet<ProgramId>>);

/// The turn of one program; given back with the value.
struct Turn<'b> {
    busy: &'b Busy,
    program: ProgramId,
}

impl Busy {
    /// None: another thread is telling it.
    fn turn(&self, program: ProgramId) -> Option<Turn<'_>> {
        let is_free = self.told().insert(program);
        // Made only where it is ours: its end gives the turn back.
        is_free.then(|| Turn { busy: self, program })
    }

    fn told(&self) -> MutexGuard<'_, BTreeSet<ProgramId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.busy.told().remove(&self.program);
    }
}

impl JobHandler for Telling {
    fn kind(&self) -> &'static str {
        JOB
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let (id, round) = (job.body["event"].as_str().unwrap_or_default().to_owned(), job.body["round"].as_i64());
        let event = self.portal.read(move |tx| rows::event(tx, &id))?;
        // What was asked for anew since is that round's.
        let Some(event) = event.filter(|event| Some(event.round) == round) else { return Ok(()) };
        let now = Timestamp::now();
        // Before anything is read of the receiver: what the letter before found of it counts.
        let Some(_turn) = self.busy.turn(event.program) else {
            let soon = now.saturating_add(AFTER_ANOTHER).unwrap_or(now);
            return Err(JobError::Later(soon, "its receiver is being told something else".to_owned()));
        };
        let asked = event.clone();
        let found = self.portal.read(move |tx| -> Result<_, StoreError> {
            let hook = rows::hook(tx, asked.program, access::day_in_japan(tx.now()))?;
            hook.map(|hook| Ok((rows::must_wait(tx, &asked)?, hook))).transpose()
        })?;
        // Whoever took the address back is told nothing more.
        let Some((must_wait, hook)) = found else { return Ok(()) };
        if hook.gone_at.is_some() {
            return Err(gone());
        }
        if let Some(until) = hook.down_until.filter(|until| now < *until) {
            return Err(JobError::Later(until, "its receiver did not answer a moment ago".to_owned()));
        }
        if must_wait {
            let soon = now.saturating_add(AFTER_THE_EARLIER).unwrap_or(now);
            return Err(JobError::Later(soon, "something earlier of its case comes first".to_owned()));
        }
        let target =
            Target::read(&hook.url, self.loopback).ok_or_else(|| JobError::Dead("its address is none that is reached".to_owned()))?;
        let before = hook.before.filter(|(_, until)| now < *until).map(|(sealed, _)| sealed);
        let secrets = std::iter::once(hook.secret).chain(before).map(|sealed| self.keys.unseal("program_webhook.secret", &sealed));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let body = told(&event).to_string();
        let signature = signing::signatures(&secrets, &event.id, now.as_second(), &body);
        let letter = Letter { id: event.id.clone(), seconds: now.as_second(), signature, body };
        let delivered = send::send(&target, &letter);
        let (is_sent, is_gone) = (delivered.is_ok(), matches!(delivered, Err(Undelivered::Gone)));
        let until = (!is_sent).then(|| now.saturating_add(DOWN_FOR).unwrap_or(now));
        let was_down = hook.down_until.is_some();
        self.portal.write_relaxed(move |tx| -> Result<(), StoreError> {
            if is_sent {
                rows::sent(tx, &event.id, now)?;
            }
            if is_gone {
                rows::gone(tx, event.program, now)?;
            }
            if until.is_some() || was_down { rows::down(tx, event.program, until) } else { Ok(()) }
        })?;
        delivered.map_err(|why| match why {
            Undelivered::Gone => gone(),
            Undelivered::Failed(why) => JobError::Retry(why),
        })
    }

    fn tries_max(&self) -> i64 {
        TRIES_MAX
    }
}

fn gone() -> JobError {
    JobError::Dead("its receiver is gone: answered 410".to_owned())
}

/// The body: nothing of a person.
fn told(event: &Happened) -> Value {
    json!({
        "type": format!("case.{}", event.what),
        "timestamp": event.at.to_string(),
        "data": {
            "number": event.number.plain(),
            "procedure": event.procedure,
            "turn": event.turn,
            "href": format!("/api/v1/cases/{}", event.number.plain()),
        },
    })
}

/// The routes of a program's own webhook.
pub(crate) fn portal_routes() -> Vec<Mounted<PortalFace>> {
    vec![
        Mounted::new("/api/v1/webhook", &["get", "put", "delete"], get(show).put(set).delete(discard)),
        Mounted::new("/api/v1/webhook/replay", &["post"], post(replay)),
    ]
}

async fn set(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(was_set(&ask, body).await)
}

async fn was_set(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::CasesReadOwn).await?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["url"], say)?;
    let url = body::text(&members, "url", say)?.to_owned();
    if Target::read(&url, ask.face.demo).is_none() {
        let wrong = Wrong { pointer: "/url".to_owned(), code: "api-webhook-url".to_owned(), detail: say("api-webhook-url") };
        return Err(Problem::wrong(problem::INVALID, vec![wrong]));
    }
    let mut secret = [0; signing::SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|_| Problem::from(problem::INTERNAL))?;
    let sealed = ask.face.keys.seal("program_webhook.secret", &secret)?;
    let kept = url.clone();
    ask.write(move |tx, terms| {
        rows::set(tx, program.id, &kept, &sealed, terms.now)?;
        let (actor, record) = (program.actor(), program.id.to_string());
        tx.journal(&store::Entry { actor, what: "webhook-set", kind: "program", record, authority: "own".into(), why: String::new() })?;
        Ok(())
    })
    .await?;
    Ok(ask::json(StatusCode::OK, &json!({ "url": url, "secret": signing::shown(&secret) })))
}

async fn show(ask: Ask<PortalFace>) -> Response {
    ask.answer(shown(&ask).await)
}

async fn shown(ask: &Ask<PortalFace>) -> Answer {
    let program = ask.program(Scope::CasesReadOwn).await?;
    let (hook, events) = ask
        .read(move |tx, terms| {
            let events = rows::newest(tx, program.id, TOGETHER)?.into_iter();
            let events = events.map(|event| Ok((tx.job(JOB, &rows::key(&event.id, event.round))?, event)));
            Ok((rows::hook(tx, program.id, access::day_in_japan(terms.now))?, events.collect::<Result<Vec<_>, StoreError>>()?))
        })
        .await?;
    let hook = hook.ok_or(problem::NOT_FOUND)?;
    let events: Vec<Value> = events.iter().map(|(job, event)| listed(job.as_ref(), event)).collect();
    Ok(ask::json(StatusCode::OK, &json!({ "url": hook.url, "gone_at": hook.gone_at.map(|at| at.to_string()), "events": events })))
}

fn listed(job: Option<&Listed>, event: &Happened) -> Value {
    let state = match (event.sent_at, job.map(|job| job.state)) {
        (Some(_), _) => "sent",
        (None, Some(State::Dead)) => "dead",
        (None, _) => "waiting",
    };
    json!({
        "id": event.id,
        "type": format!("case.{}", event.what),
        "number": event.number.plain(),
        "at": event.at.to_string(),
        "state": state,
        "sent_at": event.sent_at.map(|at| at.to_string()),
        "tries": job.map_or(0, |job| job.tries),
        "error": job.and_then(|job| job.error.clone()),
    })
}

async fn discard(ask: Ask<PortalFace>) -> Response {
    let gone = async {
        let program = ask.program(Scope::CasesReadOwn).await?;
        let gone = ask.write(move |tx, _| Ok(rows::drop_hook(tx, program.id)?)).await?;
        if gone { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(problem::NOT_FOUND.into()) }
    };
    ask.answer(gone.await)
}

async fn replay(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(replayed(&ask, body).await)
}

/// `{"event": ID}` or `{"from": …, "until": …}`.
async fn replayed(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::CasesReadOwn).await?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["event", "from", "until"], say)?;
    let moment = |name: &str| -> Result<Timestamp, Problem> {
        body::text(&members, name, say)?.parse().map_err(|_| {
            let wrong = Wrong { pointer: format!("/{name}"), code: "api-body-moment".to_owned(), detail: say("api-body-moment") };
            Problem::wrong(problem::INVALID, vec![wrong])
        })
    };
    let one = members.get("event").and_then(Value::as_str).map(ToOwned::to_owned);
    let stretch = if one.is_none() { Some((moment("from")?, moment("until")?)) } else { None };
    let count = ask
        .write(move |tx, _| {
            let events = match (&one, stretch) {
                (Some(id), _) => rows::event(tx, id)?.filter(|event| event.program == program.id).into_iter().collect(),
                (None, Some((from, until))) => rows::within(tx, program.id, from, until, TOGETHER)?,
                (None, None) => Vec::new(),
            };
            if one.is_some() && events.is_empty() {
                return Err(problem::NOT_FOUND.into());
            }
            // Sent again means now: its receiver is believed to be up.
            rows::down(tx, program.id, None)?;
            events.iter().try_for_each(|event| rows::again(tx, &event.id))?;
            Ok(events.len())
        })
        .await?;
    Ok(ask::json(StatusCode::ACCEPTED, &json!({ "replayed": count })))
}
