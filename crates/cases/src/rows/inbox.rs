//! SQL of the lists at the desk: the inbox with its queues, search, and what a person filed earlier.
//!
//! A list is cut out of at most some twenty ranges: one for each department and sensitivity that the reader's grants reach, merged by due
//! day. So a page costs the same with ten thousand cases and with a million: SQLite and PostgreSQL both answer
//! `SEARCH c USING INDEX case_inbox (department=? AND sensitivity=?)`, `Index Scan using case_inbox`, 41 rows each. The grants' own condition
//! stands in every range besides: the ranges only say where to look, never what may be seen.

use std::collections::BTreeSet;

use access::{Act, Authority, CaseId, Clause, KindSql, RecordAttributes, RecordKind, Staff, StaffId, grants::sensitivity_code};
use definitions::{
    field::Sensitivity,
    grant::Scope,
    ids::{DepartmentId, ProcedureId, RoleId, StepId},
};
use jiff::{Timestamp, civil::Date};
use store::{Param, Read, Row, StoreError, params};

use super::desk::NEVER;
use crate::{CaseNumber, Channel, case::Case, sealed::column};

/// How many open cases of a procedure there are, by the version under which they were filed. A count tells nothing of anybody.
///
/// # Errors
/// When the store fails.
pub fn open_by_version(tx: &Read<'_>, procedure: &ProcedureId) -> Result<Vec<(String, i64)>, StoreError> {
    const COUNT: &str = "select version, count(*) from case_ where procedure = $1 and open = 1 group by version order by version";
    tx.all(COUNT, params![procedure.as_str()])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How grants see a case in SQL: the same as [`crate::verbs::attributes`] says of a record.
pub(crate) const CASE: KindSql = KindSql {
    kind: RecordKind::Case,
    department: "c.department",
    consulted: Some("exists (select 1 from case_consult k where k.case_id = c.id and k.department in ({departments}))"),
    assignee: "c.assignee",
    sensitivity: "c.sensitivity",
    attributes: &[("step", "c.step"), ("stage", "c.stage"), ("procedure", "c.procedure")],
};

/// The same without the departments that were asked to agree: the queues of a department are its own cases, and the columns of the index
/// answer it.
const OWN: KindSql = KindSql { consulted: None, ..CASE };

/// What the reader's grants allow, as a condition that decides on each row and never on where to look: that the ranges say. Neither engine
/// sees into a `case`. SQLite would else walk `sensitivity <= ?` through a whole department rather than the range of the list; PostgreSQL
/// would take the grants for true of few rows, and read and sort the whole department for one page.
fn allowed(staff: &Staff, kind: &KindSql) -> Clause {
    let Clause { sql, params } = access::filter(staff, Act::Read, kind, 1);
    Clause { sql: format!("case when {sql} then 1 else 0 end <> 0"), params }
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
    /// Whether the applicant did something since staff last looked.
    pub replied: bool,
    /// How staff must reach the person by hand: `call`, `post`, `counter`.
    pub reach: Option<String>,
    /// Where the next page begins.
    pub after: After,
}

const LINE: &str = "c.id, c.number, c.procedure, c.stage, c.step, c.channel, c.filed_at, c.due, c.assignee, c.applicant, c.kana, \
    c.row_count, c.open, c.replied, c.reach, c.ended_at";

const GRANTED_BY: &str = "select department, assignee, sensitivity, step, stage, procedure from case_ where id = $1";
const CONSULTED: &str = "select department from case_consult where case_id = $1 order by department";

fn line(row: &Row) -> Result<InboxLine, StoreError> {
    let (id, due): (String, String) = (row.get(0)?, row.get(7)?);
    let ended: Option<i64> = row.get::<Option<Timestamp>>(15)?.map(|at| at.as_microsecond());
    Ok(InboxLine {
        number: column(row, 1, "case_.number")?,
        procedure: column(row, 2, "case_.procedure")?,
        stage: row.get(3)?,
        step: row.get::<Option<String>>(4)?.and_then(|step| step.parse().ok()),
        channel: Channel::from_code(&row.get::<String>(5)?).ok_or(StoreError::damaged("case_.channel"))?,
        filed_at: row.get(6)?,
        due: if due == NEVER { None } else { due.parse().ok() },
        assignee: row.get::<Option<String>>(8)?.and_then(|id| id.parse().ok()),
        applicant: row.get(9)?,
        kana: row.get(10)?,
        row: row.get(11)?,
        is_open: row.get(12)?,
        replied: row.get(13)?,
        reach: row.get(14)?,
        after: After { due: ended.map_or(due, |at| at.to_string()), id: id.clone() },
        id: id.parse().map_err(|_| StoreError::damaged("case_.id"))?,
    })
}

/// On what authority somebody reads a case that a list showed them: of the columns that the list's filter looked at.
pub(crate) fn authority(tx: &Read<'_>, who: &Staff, case: CaseId) -> Result<Option<Authority>, StoreError> {
    Ok(attributes(tx, case)?.and_then(|seen| access::may(who, Act::Read, &seen)))
}

/// What grants look at in a case, of its columns alone: what it says stays sealed.
pub(crate) fn attributes(tx: &Read<'_>, case: CaseId) -> Result<Option<RecordAttributes>, StoreError> {
    let id = case.to_string();
    let Some(row) = tx.first(GRANTED_BY, params![&id])? else { return Ok(None) };
    let asked = tx.all(CONSULTED, params![&id])?;
    let sensitivities = [Sensitivity::Ordinary, Sensitivity::Tax, Sensitivity::Health, Sensitivity::ChildWelfare];
    let code: i64 = row.get(2)?;
    Ok(Some(RecordAttributes {
        kind: RecordKind::Case,
        department: Some(column(&row, 0, "case_.department")?),
        consulted: asked.iter().map(|row| column(row, 0, "case_consult.department")).collect::<Result<_, _>>()?,
        assignee: row.get::<Option<String>>(1)?.and_then(|id| id.parse().ok()),
        sensitivity: sensitivities.into_iter().find(|one| sensitivity_code(*one) == code).unwrap_or(Sensitivity::IndividualNumber),
        attributes: vec![("step", row.get(3)?), ("stage", row.get(4)?), ("procedure", row.get(5)?)],
    }))
}

/// A queue of the inbox.
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
    /// 返事が来た: the applicant corrected or wrote since staff last looked.
    Replied,
    /// 電話・郵便で知らせる: no message reaches the person by itself.
    ToReach,
    /// 決裁: where these roles of these departments come next in the chain.
    Turn(Vec<(DepartmentId, RoleId)>),
    /// 後閲: what was decided in the place of these roles.
    LookAfter(Vec<(DepartmentId, RoleId)>),
    /// 合議: what these departments were asked to agree to and have not answered.
    Consulted(BTreeSet<DepartmentId>),
    /// What has ended, newest first.
    Ended,
}

/// What a queue is narrowed to: each set part must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// One procedure.
    pub procedure: Option<ProcedureId>,
    /// A stage's code.
    pub stage: Option<String>,
    /// How it came.
    pub channel: Option<Channel>,
    /// Due by this day, late ones included.
    pub due_by: Option<Date>,
}

/// A page of the inbox begins after this line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The line's due day; of an ended case the microsecond of its end.
    pub due: String,
    /// The line's case.
    pub id: String,
}

/// Values of a statement, numbered as they come.
#[derive(Default)]
struct Binds(Vec<Param>);

impl Binds {
    fn bind(&mut self, value: impl Into<Param>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

impl Queue {
    fn order(&self) -> Order {
        if *self == Queue::Ended { Order::NewestEnd } else { Order::NearestDue }
    }

    /// What holds in every range of the queue.
    fn condition(&self, binds: &mut Binds) -> String {
        match self {
            Queue::Unclaimed => "c.open = 1 and c.assignee is null".into(),
            Queue::At(stage) => format!("c.open = 1 and c.stage = {}", binds.bind(*stage)),
            Queue::DueBy(day) => format!("c.open = 1 and c.due <= {}", binds.bind(day.to_string())),
            Queue::Of(procedure) => format!("c.open = 1 and c.procedure = {}", binds.bind(procedure.to_string())),
            Queue::Replied => "c.open = 1 and c.replied = 1".into(),
            Queue::ToReach => "c.reach is not null".into(),
            Queue::Turn(_) => "c.open = 1 and c.next_role is not null".into(),
            Queue::LookAfter(_) => "c.look_after is not null".into(),
            Queue::Ended => "c.open = 0".into(),
            Queue::All | Queue::Mine(_) | Queue::Consulted(_) => "c.open = 1".into(),
        }
    }

    /// The ranges in which to look.
    fn ranges(&self, staff: &Staff, binds: &mut Binds) -> Vec<String> {
        let roles = |column: &str, held: &[(DepartmentId, RoleId)], binds: &mut Binds| {
            let range = |(department, role): &(DepartmentId, RoleId)| {
                format!("c.department = {} and {column} = {}", binds.bind(department.as_str()), binds.bind(role.as_str()))
            };
            held.iter().map(range).collect()
        };
        match self {
            Queue::Mine(staff) => vec![format!("c.assignee = {}", binds.bind(staff.to_string()))],
            Queue::Turn(held) => roles("c.next_role", held, binds),
            Queue::LookAfter(held) => roles("c.look_after", held, binds),
            Queue::Consulted(departments) => departments
                .iter()
                .map(|department| {
                    let asked = binds.bind(department.as_str());
                    format!("c.id in (select k.case_id from case_consult k where k.department = {asked} and k.answered = 0)")
                })
                .collect(),
            _ => reached(staff, binds),
        }
    }
}

/// The ranges that the reader's grants reach.
fn reached(staff: &Staff, binds: &mut Binds) -> Vec<String> {
    let powers = || staff.powers.iter().filter(|power| power.covers(Act::Read, RecordKind::Case));
    if powers().any(|power| power.scope == Scope::Town) {
        return vec!["1 = 1".into()];
    }
    let mut places = BTreeSet::new();
    for power in powers().filter(|power| power.scope == Scope::Department) {
        let most = access::grants::sensitivity_code(power.sensitivity);
        places.extend(power.departments.iter().flat_map(|department| (0..=most).map(move |level| (department, level))));
    }
    let mut ranges: Vec<String> = places
        .into_iter()
        .map(|(department, level)| format!("c.department = {} and c.sensitivity = {}", binds.bind(department.as_str()), binds.bind(level)))
        .collect();
    if powers().any(|power| power.scope == Scope::Mine) {
        ranges.push(format!("c.assignee = {}", binds.bind(staff.id.to_string())));
    }
    ranges
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    NearestDue,
    NewestEnd,
}

impl Order {
    fn sql(self) -> &'static str {
        match self {
            Order::NearestDue => "due, id",
            Order::NewestEnd => "ended_at desc, id desc",
        }
    }

    fn after(self, after: &After, binds: &mut Binds) -> String {
        match self {
            Order::NearestDue => format!("(c.due, c.id) > ({}, {})", binds.bind(after.due.as_str()), binds.bind(after.id.as_str())),
            Order::NewestEnd => {
                let at: i64 = after.due.parse().unwrap_or(i64::MAX);
                format!("(c.ended_at, c.id) < ({}, {})", binds.bind(at), binds.bind(after.id.as_str()))
            }
        }
    }
}

impl Narrow {
    fn condition(&self, binds: &mut Binds) -> String {
        let mut sql = String::new();
        if let Some(procedure) = &self.procedure {
            sql.push_str(&format!(" and c.procedure = {}", binds.bind(procedure.to_string())));
        }
        if let Some(stage) = &self.stage {
            sql.push_str(&format!(" and c.stage = {}", binds.bind(stage.as_str())));
        }
        if let Some(channel) = self.channel {
            sql.push_str(&format!(" and c.channel = {}", binds.bind(channel.code())));
        }
        if let Some(day) = self.due_by {
            sql.push_str(&format!(" and c.due <= {}", binds.bind(day.to_string())));
        }
        sql
    }
}

/// Conditions of each range of a queue, with the grants' own in every one.
fn parts(staff: &Staff, queue: &Queue, narrow: &Narrow, after: Option<&After>) -> (Vec<String>, Binds) {
    let kind = if matches!(queue, Queue::Consulted(_)) { &CASE } else { &OWN };
    let granted = allowed(staff, kind);
    let mut binds = Binds(granted.params);
    let mut holds = format!("{}{}", queue.condition(&mut binds), narrow.condition(&mut binds));
    if let Some(after) = after {
        holds.push_str(&format!(" and {}", queue.order().after(after, &mut binds)));
    }
    let ranges = queue.ranges(staff, &mut binds);
    (ranges.into_iter().map(|range| format!("{range} and {holds} and {}", granted.sql)).collect(), binds)
}

/// A page of a queue, the nearest limit first, within what the reader's grants allow.
///
/// # Errors
/// When the store fails.
pub fn inbox(
    tx: &Read<'_>,
    staff: &Staff,
    queue: &Queue,
    narrow: &Narrow,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<InboxLine>, StoreError> {
    let (ranges, mut binds) = parts(staff, queue, narrow, after);
    if ranges.is_empty() {
        return Ok(Vec::new());
    }
    let (order, most) = (queue.order().sql(), binds.bind(limit));
    let ordered: String = order.split(", ").map(|key| format!("c.{key}")).collect::<Vec<_>>().join(", ");
    let cut = |holds: &String| format!("select {LINE} from case_ c where {holds} order by {ordered} limit {most}");
    // One range needs no merging; several are cut each by itself, so that each walks its own index no further than the page.
    let sql = match ranges.as_slice() {
        [one] => cut(one),
        several => {
            let cuts: Vec<String> = several.iter().enumerate().map(|(at, holds)| format!("select * from ({}) r{at}", cut(holds))).collect();
            // A case that I have in a department that I see anyway stands in two ranges: `union` shows it once.
            format!("select * from ({}) c order by {order} limit {most}", cuts.join(" union "))
        }
    };
    tx.all(&sql, &binds.0)?.iter().map(line).collect()
}

/// How many are in a queue, counted up to `most`: beyond it a number says no more than "many".
///
/// # Errors
/// When the store fails.
pub fn count(tx: &Read<'_>, staff: &Staff, queue: &Queue, narrow: &Narrow, most: i64) -> Result<i64, StoreError> {
    let (ranges, mut binds) = parts(staff, queue, narrow, None);
    if ranges.is_empty() {
        return Ok(0);
    }
    let most = binds.bind(most);
    let cuts: Vec<String> = ranges
        .iter()
        .enumerate()
        .map(|(at, holds)| format!("select id from (select c.id from case_ c where {holds} limit {most}) r{at}"))
        .collect();
    let sql = format!("select count(*) from (select id from ({}) d limit {most}) e", cuts.join(" union "));
    tx.first(&sql, &binds.0)?.map_or(Ok(0), |row| row.get(0))
}

/// Finds cases by what was typed into the one box, within what the grants allow; open ones first. A whole name, number, telephone or birth
/// date is found as such; only when there is none, by its parts.
///
/// # Errors
/// When the store fails.
pub fn search(tx: &Read<'_>, staff: &Staff, typed: &str, limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let whole: Vec<String> = whole_key(typed).into_iter().collect();
    let found = holding(tx, staff, &whole, limit)?;
    if !found.is_empty() { Ok(found) } else { holding(tx, staff, &wanted_grams(typed), limit) }
}

/// What makes a text findable as a whole: without spaces and hyphens, a day however it is written. `None`: too short to be one.
pub(crate) fn whole_key(text: &str) -> Option<String> {
    let folded = match jp::era::parse_date(text.trim()) {
        Ok(day) => day.to_string(),
        Err(_) => jp::kana::fold(text),
    };
    let key: String = folded.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (key.chars().count() >= 3).then(|| format!("={key}"))
}

/// Fragments that one case may hold: twenty short answers have some hundred; the bound keeps one long text from filling the table.
const FRAGMENTS_MOST: usize = 600;

/// What a case with these texts is found by: each as a whole, and their parts.
pub fn findable_by(texts: &[String]) -> Vec<String> {
    let mut grams: Vec<String> = texts.iter().flat_map(|text| whole_key(text)).collect();
    grams.extend(texts.iter().flat_map(|text| jp::kana::grams(text)));
    grams.sort();
    grams.dedup();
    grams.truncate(FRAGMENTS_MOST);
    grams
}

/// The parts of what was typed.
fn wanted_grams(typed: &str) -> Vec<String> {
    let mut grams: Vec<String> = typed.split_whitespace().flat_map(jp::kana::query_grams).collect();
    grams.sort();
    grams.dedup();
    grams
}

/// Grams that one search may hold: beyond them a further one hardly narrows.
const GRAMS_MOST: usize = 12;

/// Entries of a gram looked at to find out which is the rarest.
const RARE: i64 = 2_000;

/// Cases that hold every one of these grams.
fn holding(tx: &Read<'_>, staff: &Staff, grams: &[String], limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let mut by_count = Vec::new();
    for gram in grams.iter().take(GRAMS_MOST) {
        let row = tx.first("select count(*) from (select 1 from case_gram where gram = $1 limit $2) g", params![gram.as_str(), RARE])?;
        by_count.push((row.map_or(Ok(0), |row| row.get::<i64>(0))?, gram));
    }
    by_count.sort();
    let Some(((fewest, rarest), others)) = by_count.split_first() else { return Ok(Vec::new()) };
    if *fewest == 0 {
        return Ok(Vec::new());
    }
    let granted = allowed(staff, &CASE);
    let mut binds = Binds(granted.params);
    // `cross join` keeps SQLite from beginning anywhere but with the rarest gram.
    let mut sql = format!(
        "select {LINE} from case_gram g cross join case_ c where g.gram = {} and c.id = g.case_id and {}",
        binds.bind(rarest.as_str()),
        granted.sql
    );
    for (_, gram) in others {
        let gram = binds.bind(gram.as_str());
        sql.push_str(&format!(" and exists (select 1 from case_gram h where h.gram = {gram} and h.case_id = g.case_id)"));
    }
    sql.push_str(&format!(" order by c.open desc, c.due, c.id limit {}", binds.bind(limit)));
    tx.all(&sql, &binds.0)?.iter().map(line).collect()
}

/// Other cases of the same person, newest first: filed by the same account, or else under the same name with the same telephone or mail.
pub(crate) fn earlier_of(tx: &Read<'_>, staff: &Staff, case: &Case, limit: i64) -> Result<Vec<InboxLine>, StoreError> {
    let Clause { sql, params } = allowed(staff, &CASE);
    let mut binds = Binds(params);
    let own = binds.bind(case.id.to_string());
    let same = match &case.account {
        Some(account) => format!("c.account = {}", binds.bind(account.as_str())),
        None => format!("c.person = {}", binds.bind(case.person_mark())),
    };
    let most = binds.bind(limit);
    let sql = format!("select {LINE} from case_ c where {sql} and c.id <> {own} and {same} order by c.filed_at desc limit {most}");
    tx.all(&sql, &binds.0)?.iter().map(line).collect()
}
