//! SQL of what programs are told.

use access::{CaseId, ProgramId};
use cases::CaseNumber;
use jiff::{SignedDuration, Timestamp, civil::Date};
use store::{
    Read, Row, StoreError, Write,
    jobs::{NewJob, State},
    params,
};

/// The job that tells a program.
pub(super) const JOB: &str = "program.tell";

/// How long the secret before signs beside a new one.
const BOTH_SIGN: SignedDuration = SignedDuration::from_hours(24);

const SET: &str = "insert into program_webhook (program, url, secret, set_at) values ($1, $2, $3, $4) \
    on conflict (program) do update set url = $2, secret = $3, set_at = $4, down_until = null, gone_at = null, \
    secret_before = program_webhook.secret, before_until = $5";
// Who was revoked, or whose last day has passed, is told nothing more.
const HOOK: &str = "select h.url, h.secret, h.secret_before, h.before_until, h.down_until, h.gone_at from program_webhook h join program p on p.id = h.program \
    where h.program = $1 and p.revoked_at is null and p.ends_on >= $2";
const DROP: &str = "delete from program_webhook where program = $1";
const DOWN: &str = "update program_webhook set down_until = $2 where program = $1";
const WHO_FILED: &str = "select c.program, c.number, c.procedure from program_case c join program_webhook h on h.program = c.program where c.case_id = $1 \
    and h.gone_at is null";
const TURN: &str = "select coalesce(max(turn), 0) + 1 from program_event where program = $1 and number = $2";
const UNSENT_BEFORE: &str = " where program = $1 and number = $2 and turn < $3 and sent_at is null order by turn";
const GONE: &str = "update program_webhook set gone_at = $2 where program = $1";
const ADD: &str = "insert into program_event (id, program, number, turn, procedure, what, at, sent_at, round) \
    values ($1, $2, $3, $4, $5, $6, $7, null, 0)";
const EVENT: &str = "select id, program, number, turn, procedure, what, at, sent_at, round from program_event";
const SENT: &str = "update program_event set sent_at = $2 where id = $1";
const AGAIN: &str = "update program_event set round = round + 1, sent_at = null where id = $1 returning round";

/// Where a program is told.
pub(super) struct Hook {
    pub(super) url: String,
    /// Sealed.
    pub(super) secret: Vec<u8>,
    /// That before it, sealed, and until when it signs too.
    pub(super) before: Option<(Vec<u8>, Timestamp)>,
    /// It did not answer a moment ago: nobody tries before.
    pub(super) down_until: Option<Timestamp>,
    /// It said that it is gone for good.
    pub(super) gone_at: Option<Timestamp>,
}

/// Something that is told.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) id: String,
    pub(super) program: ProgramId,
    pub(super) number: CaseNumber,
    /// The how-manieth of its case.
    pub(super) turn: i64,
    /// Nothing for a case that was filed before this was kept.
    pub(super) procedure: Option<String>,
    pub(super) what: String,
    pub(super) at: Timestamp,
    pub(super) sent_at: Option<Timestamp>,
    /// How often it was asked for again.
    pub(super) round: i64,
}

pub(super) fn set(tx: &Write<'_>, program: ProgramId, url: &str, secret: &[u8], now: Timestamp) -> Result<(), StoreError> {
    tx.run(SET, params![program.to_string(), url, secret.to_vec(), now, now.saturating_add(BOTH_SIGN).unwrap_or(now)]).map(drop)
}

pub(super) fn hook(tx: &Read<'_>, program: ProgramId, today: Date) -> Result<Option<Hook>, StoreError> {
    let row = tx.first(HOOK, params![program.to_string(), today])?;
    row.map(|row| {
        let before = row.get::<Option<Vec<u8>>>(2)?.zip(row.get::<Option<Timestamp>>(3)?);
        Ok(Hook { url: row.get(0)?, secret: row.get(1)?, before, down_until: row.get(4)?, gone_at: row.get(5)? })
    })
    .transpose()
}

pub(super) fn drop_hook(tx: &Write<'_>, program: ProgramId) -> Result<bool, StoreError> {
    Ok(tx.run(DROP, params![program.to_string()])? == 1)
}

pub(super) fn down(tx: &Write<'_>, program: ProgramId, until: Option<Timestamp>) -> Result<(), StoreError> {
    tx.run(DOWN, params![program.to_string(), until]).map(drop)
}

/// Its receiver said that it is gone: nothing more is sent there until an address is set anew.
pub(super) fn gone(tx: &Write<'_>, program: ProgramId, now: Timestamp) -> Result<(), StoreError> {
    tx.run(GONE, params![program.to_string(), now]).map(drop)
}

/// Notes what happened to a case, for the program that filed it and wants to be told, and asks the job to tell it.
pub(super) fn add(tx: &Write<'_>, case: CaseId, what: &str, at: Timestamp, id: &str) -> Result<(), StoreError> {
    for row in tx.all(WHO_FILED, params![case.to_string()])? {
        let (program, number, procedure): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let turn: i64 = tx.first(TURN, params![&program, &number])?.ok_or(StoreError::damaged("program_event"))?.get(0)?;
        tx.run(ADD, params![id, &program, &number, turn, procedure, what, at])?;
        enqueue(tx, id, 0)?;
    }
    Ok(())
}

/// Whether something earlier of the same case is still to be told. A dead letter holds nothing up.
pub(super) fn must_wait(tx: &Read<'_>, event: &Happened) -> Result<bool, StoreError> {
    let rows = tx.all(&format!("{EVENT}{UNSENT_BEFORE}"), params![event.program.to_string(), event.number.plain(), event.turn])?;
    for row in &rows {
        let earlier = happened(row)?;
        if tx.job(JOB, &key(&earlier.id, earlier.round))?.is_some_and(|job| job.state == State::Open) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A key of its own for each round: what was done once is asked for anew.
pub(super) fn key(id: &str, round: i64) -> String {
    format!("{id}:{round}")
}

fn enqueue(tx: &Write<'_>, id: &str, round: i64) -> Result<(), StoreError> {
    let body = serde_json::json!({ "event": id, "round": round });
    tx.enqueue(&NewJob { kind: JOB, key: key(id, round), body, at: tx.now() }).map(drop)
}

pub(super) fn event(tx: &Read<'_>, id: &str) -> Result<Option<Happened>, StoreError> {
    tx.first(&format!("{EVENT} where id = $1"), params![id])?.as_ref().map(happened).transpose()
}

/// The newest events of a program, at most so many.
pub(super) fn newest(tx: &Read<'_>, program: ProgramId, limit: i64) -> Result<Vec<Happened>, StoreError> {
    let sql = format!("{EVENT} where program = $1 order by at desc, id desc limit $2");
    tx.all(&sql, params![program.to_string(), limit])?.iter().map(happened).collect()
}

/// Those of a stretch of time, the oldest first.
pub(super) fn within(
    tx: &Read<'_>,
    program: ProgramId,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Happened>, StoreError> {
    let sql = format!("{EVENT} where program = $1 and at >= $2 and at <= $3 order by at, id limit $4");
    tx.all(&sql, params![program.to_string(), from, until, limit])?.iter().map(happened).collect()
}

pub(super) fn sent(tx: &Write<'_>, id: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.run(SENT, params![id, now]).map(drop)
}

/// Has an event told once more.
pub(super) fn again(tx: &Write<'_>, id: &str) -> Result<(), StoreError> {
    let row = tx.first(AGAIN, params![id])?.ok_or(StoreError::damaged("program_event"))?;
    enqueue(tx, id, row.get(0)?)
}

fn happened(row: &Row) -> Result<Happened, StoreError> {
    let damaged = || StoreError::damaged("program_event");
    Ok(Happened {
        id: row.get(0)?,
        program: row.get::<String>(1)?.parse().map_err(|_| damaged())?,
        number: row.get::<String>(2)?.parse().map_err(|_| damaged())?,
        turn: row.get(3)?,
        procedure: row.get(4)?,
        what: row.get(5)?,
        at: row.get(6)?,
        sent_at: row.get(7)?,
        round: row.get(8)?,
    })
}
