//! SQL of the desk: the cases, their story and what finds them. Every statement is the same on both engines.

use std::{iter, sync::LazyLock};

use access::CaseId;
use definitions::{ids::StepId, procedure::Version};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{Param, Read, Row, StoreError, Write, keys::Keys, params};

use crate::{
    CaseNumber, Channel, Contacts,
    case::{Case, Stage},
    clock::Clock,
    event::{Event, Told, Who},
    filing::Candidates,
    sealed::{column, seal, unseal},
};

pub use super::inbox::{After, InboxLine, Queue};

/// No day is later; rows without a limit sort after all others.
pub(crate) const NEVER: &str = "9999-12-31";

const INSERT: &str = "insert into case_ (id, number, receipt_number, procedure, version, department, stage, step, channel, language, \
    filed_at, due, open, assignee, assigned_at, applicant, kana, sensitivity, row_count, turn, ended_at, body, account, person) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, null, $20, $21, $22) on conflict (id) do nothing";
const UPDATE: &str = "update case_ set department = $2, stage = $3, step = $4, due = $5, open = $6, assignee = $7, assigned_at = $8, \
    applicant = $9, kana = $10, row_count = $11, ended_at = $12, body = $13 where id = $1 and row_count = $14";
const COLUMNS: &str = "id, number, receipt_number, procedure, version, department, channel, language, filed_at, assignee, assigned_at, \
    row_count, body, due, account";
const NEXT_TURN: &str = "update case_ set turn = turn + 1 where id = $1 returning turn";
const ADD_EVENT: &str = "insert into case_event (case_id, turn, at, who, what, event) values ($1, $2, $3, $4, $5, $6)";
const STORY: &str = "select turn, at, who, event from case_event where case_id = $1 order by turn limit 2000";
const NEXT_SERIAL: &str = "insert into case_serial (name, last) values ($1, 1) \
    on conflict (name) do update set last = case_serial.last + 1 returning last";

/// Fragments that are added by one statement: PostgreSQL is asked once for them all.
const GRAMS_TOGETHER: usize = 40;

static ADD_GRAMS: LazyLock<String> = LazyLock::new(|| {
    let rows: Vec<String> = (2..GRAMS_TOGETHER + 2).map(|at| format!("(${at}, $1)")).collect();
    format!("insert into case_gram (gram, case_id) values {} on conflict (gram, case_id) do nothing", rows.join(", "))
});

const DROP_GRAMS: &str = "delete from case_gram where case_id = $1";

/// What is stored in one piece beside the columns that lists search by.
#[derive(Serialize, Deserialize)]
struct Body {
    contacts: Contacts,
    answers: definitions::answer::Answers,
    warned: Vec<String>,
    #[serde(default)]
    noted: std::collections::BTreeMap<StepId, definitions::answer::Answers>,
    #[serde(default)]
    also: Vec<String>,
    stage: Stage,
    clock: Clock,
}

impl Body {
    fn of(case: &Case) -> Body {
        Body {
            contacts: case.contacts.clone(),
            answers: case.answers.clone(),
            warned: case.warned.clone(),
            noted: case.noted.clone(),
            also: case.also.iter().map(|number| number.plain()).collect(),
            stage: case.stage.clone(),
            clock: case.clock.clone(),
        }
    }
}

fn case(keys: &Keys, row: &Row) -> Result<Case, StoreError> {
    let body: Body = unseal(keys, "case_.body", &row.get::<Vec<u8>>(12)?)?;
    Ok(Case {
        id: column(row, 0, "case_.id")?,
        number: column(row, 1, "case_.number")?,
        receipt_number: row.get(2)?,
        procedure: column(row, 3, "case_.procedure")?,
        version: Version(row.get(4)?),
        department: column(row, 5, "case_.department")?,
        account: row.get(14)?,
        channel: Channel::from_code(&row.get::<String>(6)?).ok_or(StoreError::damaged("case_.channel"))?,
        language: definitions::text::Language::from_code(&row.get::<String>(7)?).unwrap_or_default(),
        filed_at: row.get(8)?,
        assignee: row.get::<Option<String>>(9)?.map(|id| id.parse().map_err(|_| StoreError::damaged("case_.assignee"))).transpose()?,
        assigned_at: row.get(10)?,
        row: row.get(11)?,
        contacts: body.contacts,
        answers: body.answers,
        warned: body.warned,
        noted: body.noted,
        also: body.also.iter().filter_map(|number| number.parse().ok()).collect(),
        stage: body.stage,
        clock: body.clock,
    })
}

/// The case of this id, as far as `filter` lets it be seen.
pub(crate) fn by_id(tx: &Read<'_>, keys: &Keys, id: CaseId) -> Result<Option<Case>, StoreError> {
    tx.first(&format!("select {COLUMNS} from case_ where id = $1"), params![id.to_string()])?.map(|row| case(keys, &row)).transpose()
}

/// The case of this number.
pub(crate) fn by_number(tx: &Read<'_>, keys: &Keys, number: CaseNumber) -> Result<Option<Case>, StoreError> {
    tx.first(&format!("select {COLUMNS} from case_ where number = $1"), params![number.plain()])?.map(|row| case(keys, &row)).transpose()
}

/// Cases of a procedure by number, filed within a time.
pub(crate) fn filed_between(
    tx: &Read<'_>,
    keys: &Keys,
    procedure: &definitions::ids::ProcedureId,
    (from, until): (Timestamp, Timestamp),
    after: Option<CaseNumber>,
    most: i64,
) -> Result<Vec<Case>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from case_ where procedure = $1 and filed_at >= $2 and filed_at < $3 and number > $4 order by number limit $5"
    );
    let after = after.map(|number| number.plain()).unwrap_or_default();
    tx.all(&sql, params![procedure.to_string(), from, until, after, most])?.iter().map(|row| case(keys, row)).collect()
}

/// Stores a case that just arrived. Says whether it is new: the same parcel twice makes one case.
pub(crate) fn insert(tx: &Write<'_>, keys: &Keys, case: &Case, due: Option<Date>, sensitivity: i64) -> Result<bool, StoreError> {
    let body = seal(keys, "case_.body", &Body::of(case))?;
    let rows = tx.run(
        INSERT,
        params![
            case.id.to_string(),
            case.number.plain(),
            case.receipt_number.clone(),
            case.procedure.to_string(),
            case.version.0.clone(),
            case.department.to_string(),
            case.stage.code(),
            case.stage.step().map(StepId::to_string),
            case.channel.code(),
            case.language.code(),
            case.filed_at,
            due.map_or(NEVER.to_string(), |day| day.to_string()),
            case.stage.is_open(),
            case.assignee.map(|id| id.to_string()),
            case.assigned_at,
            case.contacts.name.clone(),
            case.contacts.kana.clone(),
            sensitivity,
            case.row,
            body,
            case.account.clone(),
            case.person_mark()
        ],
    )?;
    Ok(rows == 1)
}

/// Stores a changed case; its row goes up by one. Says no when somebody else changed it since it was read.
pub(crate) fn update(tx: &Write<'_>, keys: &Keys, case: &mut Case, due: Option<Date>, now: Timestamp) -> Result<bool, StoreError> {
    let body = seal(keys, "case_.body", &Body::of(case))?;
    let before = case.row;
    case.row += 1;
    let rows = tx.run(
        UPDATE,
        params![
            case.id.to_string(),
            case.department.to_string(),
            case.stage.code(),
            case.stage.step().map(StepId::to_string),
            due.map_or(NEVER.to_string(), |day| day.to_string()),
            case.stage.is_open(),
            case.assignee.map(|id| id.to_string()),
            case.assigned_at,
            case.contacts.name.clone(),
            case.contacts.kana.clone(),
            case.row,
            (!case.stage.is_open()).then_some(now),
            body,
            before
        ],
    )?;
    Ok(rows == 1)
}

const SET_ACCOUNT: &str = "update case_ set account = $2 where id = $1 and account is null";

/// Whose account a case belongs to that a clerk filed for them. One that belongs to an account stays there.
pub(crate) fn set_account(tx: &Write<'_>, case: CaseId, account: &str) -> Result<(), StoreError> {
    tx.run(SET_ACCOUNT, params![case.to_string(), account]).map(drop)
}

/// Appends a line to the case's story and says its turn.
pub(crate) fn tell(tx: &Write<'_>, keys: &Keys, case: CaseId, at: Timestamp, who: &Who, event: &Event) -> Result<i64, StoreError> {
    let row = tx.first(NEXT_TURN, params![case.to_string()])?.ok_or(StoreError::damaged("case_.turn"))?;
    let turn: i64 = row.get(0)?;
    tx.run(ADD_EVENT, params![case.to_string(), turn, at, who.code(), event.code(), seal(keys, "case_event.event", event)?])?;
    Ok(turn)
}

/// The case's story, oldest first; at most 2,000 lines.
pub(crate) fn story(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Vec<Told>, StoreError> {
    tx.all(STORY, params![case.to_string()])?
        .iter()
        .map(|row| {
            Ok(Told {
                turn: row.get(0)?,
                at: row.get(1)?,
                who: Who::from_code(&row.get::<String>(2)?),
                event: unseal(keys, "case_event.event", &row.get::<Vec<u8>>(3)?)?,
            })
        })
        .collect()
}

const LAST_TOLD: &str = "select turn, at, who, what from case_event where case_id = $1 order by turn desc limit 1";

/// The newest line of the story, without what it says: who did what when.
pub(crate) fn last_told(tx: &Read<'_>, case: CaseId) -> Result<Option<(Who, Timestamp, String)>, StoreError> {
    tx.first(LAST_TOLD, params![case.to_string()])?
        .map(|row| Ok((Who::from_code(&row.get::<String>(2)?), row.get(1)?, row.get(3)?)))
        .transpose()
}

/// The next number of a series, such as 収受番号 of a department in a fiscal year.
pub(crate) fn next_serial(tx: &Write<'_>, name: &str) -> Result<i64, StoreError> {
    tx.first(NEXT_SERIAL, params![name])?.ok_or(StoreError::damaged("case_serial"))?.get(0)
}

/// Makes the case findable by these texts, and by nothing else.
pub(crate) fn index(tx: &Write<'_>, case: CaseId, texts: &[String]) -> Result<(), StoreError> {
    tx.run(DROP_GRAMS, params![case.to_string()])?;
    for together in super::inbox::findable_by(texts).chunks(GRAMS_TOGETHER) {
        // A short chunk is filled up with its last one, which is there by then: so there is one statement, prepared once.
        let filled = (0..GRAMS_TOGETHER).filter_map(|at| together.get(at).or(together.last()));
        let binds: Vec<Param> = iter::once(case.to_string().into()).chain(filled.map(|gram| gram.as_str().into())).collect();
        tx.run(&ADD_GRAMS, &binds)?;
    }
    Ok(())
}

/// The first of these numbers that no case has.
pub(crate) fn free_number(tx: &Read<'_>, candidates: &Candidates) -> Result<CaseNumber, StoreError> {
    for number in candidates.0 {
        if tx.first("select 1 from case_ where number = $1", params![number.plain()])?.is_none() {
            return Ok(number);
        }
    }
    Err(StoreError::Busy)
}
