//! SQL of the desk: the cases, their story and what finds them. Every statement is the same on both engines.

use access::{CaseId, Clause, StaffId};
use definitions::{
    ids::{ProcedureId, StepId},
    procedure::Version,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{Read, Row, StoreError, Write, keys::Keys, params};

use crate::{
    CaseNumber, Channel, Contacts,
    case::{Case, Stage},
    clock::Clock,
    event::{Event, Told, Who},
    filing::Candidates,
    parcel::Lent,
    sealed::{column, seal, unseal},
};

/// No day is later; rows without a limit sort after all others.
const NEVER: &str = "9999-12-31";

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
const ADD_GRAM: &str = "insert into case_gram (gram, case_id) values ($1, $2) on conflict (gram, case_id) do nothing";
const DROP_GRAMS: &str = "delete from case_gram where case_id = $1";

/// What is stored in one piece beside the columns that lists search by.
#[derive(Serialize, Deserialize)]
struct Body {
    contacts: Contacts,
    answers: definitions::answer::Answers,
    warned: Vec<String>,
    #[serde(default)]
    noted: std::collections::BTreeMap<StepId, definitions::answer::Answers>,
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
    let mut grams: Vec<String> = texts.iter().flat_map(|text| jp::kana::grams(text)).collect();
    grams.sort();
    grams.dedup();
    // A case of twenty short answers has some hundred grams; the bound keeps one long text from filling the table.
    for gram in grams.into_iter().take(600) {
        tx.run(ADD_GRAM, params![gram, case.to_string()])?;
    }
    Ok(())
}

/// One line of the inbox.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// The case.
    pub id: CaseId,
    /// 受付番号.
    pub number: CaseNumber,
    /// What is asked for.
    pub procedure: ProcedureId,
    /// Its stage's code.
    pub stage: String,
    /// Its step.
    pub step: Option<StepId>,
    /// How it came.
    pub channel: Channel,
    /// When.
    pub filed_at: Timestamp,
    /// The day that counts; none when there is no limit or it stands still.
    pub due: Option<Date>,
    /// Who has it.
    pub assignee: Option<StaffId>,
    /// The applicant's name.
    pub applicant: String,
    /// Its reading.
    pub kana: String,
    /// As the list saw it: a bulk act on a newer row is refused for that case alone.
    pub row: i64,
    /// Whether somebody still has to do something.
    pub is_open: bool,
    /// Where the next page begins.
    pub due_key: String,
}

const LINE: &str =
    "c.id, c.number, c.procedure, c.stage, c.step, c.channel, c.filed_at, c.due, c.assignee, c.applicant, c.kana, c.row_count, c.open";

fn line(row: &Row) -> Result<InboxLine, StoreError> {
    let due_key: String = row.get(7)?;
    Ok(InboxLine {
        id: column(row, 0, "case_.id")?,
        number: column(row, 1, "case_.number")?,
        procedure: column(row, 2, "case_.procedure")?,
        stage: row.get(3)?,
        step: row.get::<Option<String>>(4)?.and_then(|step| step.parse().ok()),
        channel: Channel::from_code(&row.get::<String>(5)?).ok_or(StoreError::damaged("case_.channel"))?,
        filed_at: row.get(6)?,
        due: if due_key == NEVER { None } else { due_key.parse().ok() },
        assignee: row.get::<Option<String>>(8)?.and_then(|id| id.parse().ok()),
        applicant: row.get(9)?,
        kana: row.get(10)?,
        row: row.get(11)?,
        is_open: row.get(12)?,
        due_key,
    })
}

/// A queue of the inbox, as a `where` over `c` beside the grants' filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queue {
    /// All that is open.
    All,
    /// What I have.
    Mine(StaffId),
    /// What nobody has.
    Unclaimed,
    /// What waits at this stage.
    At(&'static str),
    /// What is late or due by this day.
    DueBy(Date),
    /// One procedure.
    Of(ProcedureId),
    /// What has ended, newest first by due.
    Ended,
}

/// A page of the inbox begins after this line.
#[derive(Clone, Debug)]
pub struct After {
    /// The line's due.
    pub due: String,
    /// The line's case.
    pub id: String,
}

impl Queue {
    fn clause(&self, first: usize) -> Clause {
        let bind = |sql: &str, value: store::Param| Clause { sql: sql.replace("$?", &format!("${first}")), params: vec![value] };
        match self {
            Queue::All => Clause { sql: "c.open = 1".into(), params: vec![] },
            Queue::Mine(staff) => bind("c.assignee = $? and c.open = 1", staff.to_string().into()),
            Queue::Unclaimed => Clause { sql: "c.assignee is null and c.open = 1".into(), params: vec![] },
            Queue::At(stage) => bind("c.stage = $? and c.open = 1", (*stage).into()),
            Queue::DueBy(day) => bind("c.due <= $? and c.open = 1", day.to_string().into()),
            Queue::Of(procedure) => bind("c.procedure = $? and c.open = 1", procedure.to_string().into()),
            Queue::Ended => Clause { sql: "c.open = 0".into(), params: vec![] },
        }
    }
}

/// A page of a queue, the nearest limit first. `filter` is what the grants allow.
pub(crate) fn inbox(tx: &Read<'_>, filter: Clause, queue: &Queue, after: Option<&After>, limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let mut params = filter.params;
    let clause = queue.clause(params.len() + 1);
    params.extend(clause.params);
    let mut sql = format!("select {LINE} from case_ c where ({}) and {}", filter.sql, clause.sql);
    if let Some(after) = after {
        let at = params.len();
        sql.push_str(&format!(" and (c.due, c.id) > (${}, ${})", at + 1, at + 2));
        params.push(after.due.clone().into());
        params.push(after.id.clone().into());
    }
    params.push(limit.into());
    sql.push_str(&format!(" order by c.due, c.id limit ${}", params.len()));
    tx.all(&sql, &params)?.iter().map(line).collect()
}

/// How many are in a queue, counted up to `most`: a tab shows "99+" rather than counting a city.
pub(crate) fn count(tx: &Read<'_>, filter: Clause, queue: &Queue, most: i64) -> Result<i64, StoreError> {
    let mut params = filter.params;
    let clause = queue.clause(params.len() + 1);
    params.extend(clause.params);
    params.push(most.into());
    let sql =
        format!("select count(*) from (select 1 from case_ c where ({}) and {} limit ${}) as few", filter.sql, clause.sql, params.len());
    tx.first(&sql, &params)?.map_or(Ok(0), |row| row.get(0))
}

/// What to look for, of what somebody typed into the search box.
pub(crate) fn wanted_grams(typed: &str) -> Vec<String> {
    let mut grams: Vec<String> = typed.split_whitespace().flat_map(longest_grams).collect();
    grams.sort();
    grams.dedup();
    grams
}

/// Pairs of characters say more than single ones; a word of one character has nothing else.
fn longest_grams(word: &str) -> Vec<String> {
    let grams = jp::kana::grams(word);
    let pairs: Vec<String> = grams.iter().filter(|gram| gram.chars().count() > 1).cloned().collect();
    if pairs.is_empty() { grams } else { pairs }
}

/// Other cases of the same person, newest first: filed by the same account, or else under the same name with the same telephone or mail.
pub(crate) fn earlier_of(tx: &Read<'_>, filter: Clause, case: &Case, limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let mut params = filter.params;
    let at = params.len();
    let mut sql = format!("select {LINE} from case_ c where ({}) and c.id <> ${}", filter.sql, at + 1);
    params.push(case.id.to_string().into());
    match &case.account {
        Some(account) => {
            sql.push_str(&format!(" and c.account = ${}", at + 2));
            params.push(account.as_str().into());
        }
        None => {
            sql.push_str(&format!(" and c.person = ${}", at + 2));
            params.push(case.person_mark().into());
        }
    }
    params.push(limit.into());
    sql.push_str(&format!(" order by c.filed_at desc limit ${}", at + 3));
    tx.all(&sql, &params)?.iter().map(line).collect()
}

/// Keeps a draft that its owner let the desk go on with.
pub(crate) fn keep_lent(tx: &Write<'_>, keys: &Keys, lent: &Lent) -> Result<(), StoreError> {
    let sealed = seal(keys, "lent_draft.body", lent)?;
    tx.run(
        "insert into lent_draft (code, at, body) values ($1, $2, $3) on conflict (code) do nothing",
        params![lent.code.as_str(), lent.at, sealed],
    )
    .map(drop)
}

/// The draft of a code, while it works.
pub(crate) fn lent(tx: &Read<'_>, keys: &Keys, code: &str, now: Timestamp) -> Result<Option<Lent>, StoreError> {
    let row = tx.first("select body from lent_draft where code = $1", params![code])?;
    let lent: Option<Lent> = row.map(|row| unseal(keys, "lent_draft.body", &row.get::<Vec<u8>>(0)?)).transpose()?;
    Ok(lent.filter(|lent| lent.still_works(now)))
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

/// Cases that hold every one of these grams, within what the grants allow; open ones first.
pub(crate) fn search(tx: &Read<'_>, filter: Clause, grams: &[String], limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let mut params = filter.params;
    let mut sql = format!("select {LINE} from case_ c where ({})", filter.sql);
    // The rarest gram would be the best to begin with; the engines choose by their own counts.
    for gram in grams.iter().take(8) {
        params.push(gram.clone().into());
        sql.push_str(&format!(" and c.id in (select g.case_id from case_gram g where g.gram = ${})", params.len()));
    }
    params.push(limit.into());
    sql.push_str(&format!(" order by c.open desc, c.due, c.id limit ${}", params.len()));
    tx.all(&sql, &params)?.iter().map(line).collect()
}
