//! 台帳と記録: the registers that a member of staff may read, their records, a record with all that was ever known of it.

use std::collections::BTreeSet;

use access::{
    Authority, DeskFace, PageError, RecordId, RecordKind, ResidentId, Staff,
    looked::{looked, looked_at},
    shell::desk_page,
};
use axum::extract::{Path, Query, State};
use definitions::{
    answer::Answer,
    field::{Field, Kind, Options},
    grant::Act,
    ids::RegisterId,
    register::{Column, ColumnKind, Register},
    text::Language,
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Read, StoreError, Write};
use ui::parts::{self, ChipTone, Column as Heading, Fact as ShownFact, Say, Tone, Weight, icons};

use crate::{
    history::{Days, Stretch},
    permitted,
    record_rows::{self, Fact},
    records::{self, Cause, RegisterError},
    totals,
};

/// Records on a page.
const A_PAGE: i64 = 50;
/// Columns of the list; the rest stand on the record's page.
const COLUMNS_LISTED: usize = 5;

pub(super) async fn list(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("registry-registers-title", &[]);
    let seen: Vec<&Register> = town.registers.values().filter(|register| sees(&staff, register)).collect();
    let body = html! {
        @if seen.is_empty() {
            (parts::empty(icons::FILES, say.html("registry-registers-none", &[]), say.html("registry-registers-none-help", &[])))
        } @else {
            ul { @for register in seen { li { a href={ "/desk/registers/" (register.id) } { (register.title.ja) } } } }
        }
    };
    Ok(desk_page(&face, Some(&staff), &title, |page| page, body))
}

/// Whether they may read records of it in any state.
fn sees(staff: &Staff, register: &Register) -> bool {
    let states = register.states.keys().map(|state| Some(state.as_str())).chain([None]);
    states.into_iter().any(|state| permitted::may_on_register(staff, Act::Read, register, state).is_some())
}

/// Where a page of a register begins.
#[derive(Deserialize)]
pub(super) struct After {
    from: Option<Date>,
    record: Option<RecordId>,
}

/// A record of a list, its cells read within the same snapshot.
struct Line {
    fact: Fact,
    cells: Vec<String>,
}

pub(super) async fn records(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Query(after): Query<After>,
) -> Result<Markup, PageError> {
    let town = face.town.current();
    let id: RegisterId = id.parse().map_err(|_| PageError::NotFound)?;
    let register = town.registers.get(&id).filter(|register| sees(&staff, register)).ok_or(PageError::NotFound)?.clone();
    let (who, today, defs, of) = (staff.clone(), face.clock.today(), town.clone(), register.clone());
    let begin = after.from.zip(after.record);
    let (lines, next) = face
        .store
        .writing(move |tx| {
            let facts = record_rows::listed(tx, &of.id, today, begin, A_PAGE)?;
            let next = (facts.len() as i64 == A_PAGE).then(|| facts.last().map(|last| (last.stretch.days.from, last.record))).flatten();
            let (mut lines, mut looks, mut people) = (Vec::new(), Vec::new(), BTreeSet::new());
            for fact in facts {
                let state = fact.stretch.state.as_ref().map(|state| state.as_str());
                let Some(authority) = permitted::may_on_register(&who, Act::Read, &of, state) else { continue };
                let columns = permitted::columns(&who, &of, state);
                looks.push((fact.record.to_string(), authority));
                people.extend(people_in(columns.iter().take(COLUMNS_LISTED).copied(), &fact));
                let cell = |column: &&Column| shown(tx, &who, &defs, column, fact.stretch.values.get(column.id.as_str()));
                let cells = columns.iter().take(COLUMNS_LISTED).map(cell).collect::<Result<_, _>>()?;
                lines.push(Line { fact, cells });
            }
            looked_at(tx, &who, RecordKind::Register, &looks, "list")?;
            looked_at_people(tx, &who, &people, "list")?;
            Ok::<_, StoreError>((lines, next))
        })
        .await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let href = next.map(|(from, record)| format!("/desk/registers/{id}?from={from}&record={record}"));
    let body = html! {
        p { a href="/desk/registers" { (say.html("registry-registers-title", &[])) } }
        @if lines.is_empty() {
            (parts::empty(icons::FILES, say.html("registry-register-none", &[]), say.html("registry-register-none-help", &[])))
        } @else {
            (lines_table(say, &staff, &register, &lines))
        }
        (parts::next_page(say, lines.len(), href.as_deref(), begin.map(|_| format!("/desk/registers/{id}")).as_deref()))
    };
    Ok(desk_page(&face, Some(&staff), &register.title.ja, |page| page, body))
}

fn lines_table(say: Say<'_>, staff: &Staff, register: &Register, lines: &[Line]) -> Markup {
    let columns = permitted::columns(staff, register, register.states.keys().next().map(|state| state.as_str()));
    let mut headings: Vec<String> = columns.iter().take(COLUMNS_LISTED).map(|column| column.label.ja.clone()).collect();
    headings.extend(["registry-record-state", "registry-record-days"].map(|id| say.text(id, &[])));
    let columns: Vec<Heading<'_>> = headings.iter().map(|label| Heading { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let mut cells: Vec<Markup> = line
                .cells
                .iter()
                .enumerate()
                .map(|(at, text)| html! { @if at == 0 { a href={ "/desk/records/" (line.fact.record) } { (text) } } @else { (text) } })
                .collect();
            cells.push(state(register, &line.fact.stretch));
            cells.push(days(say, &line.fact.stretch.days));
            cells
        })
        .collect();
    parts::table(Some(&register.title.ja), &columns, &rows)
}

/// 在籍, as the register's definition calls the state.
pub(super) fn state(register: &Register, stretch: &Stretch) -> Markup {
    let name = stretch.state.as_ref().and_then(|state| register.states.get(state));
    html! { @if let Some(name) = name { (parts::chip(ChipTone::Still, &name.ja)) } }
}

/// 令和8年4月1日から令和9年3月31日まで.
pub(super) fn days(say: Say<'_>, days: &Days) -> Markup {
    let from = if days.from == Date::MIN { String::new() } else { jp::era::wareki(days.from) };
    match days.until {
        Some(until) => say.html("registry-days", &[("from", from.into()), ("until", jp::era::wareki(until).into())]),
        None => say.html("registry-days-open", &[("from", from.into())]),
    }
}

/// How a value reads to this member of staff. A resident whom they may not see has no name here.
pub(super) fn shown(tx: &Read<'_>, who: &Staff, town: &Town, column: &Column, answer: Option<&Answer>) -> Result<String, StoreError> {
    let Some(answer) = answer else { return Ok(String::new()) };
    match (&column.kind, answer) {
        (ColumnKind::Resident, Answer::Member(member)) => {
            let Some(id) = member.id.as_deref().and_then(|id| id.parse::<ResidentId>().ok()) else { return Ok(member.name.clone()) };
            Ok(permitted::resident(tx, who, id)?.map_or_else(|| "＊＊＊".to_owned(), |person| person.name.full()))
        }
        (ColumnKind::Answer(Kind::Choice { options: Options::Register { register, .. }, .. }), Answer::Choice(key)) => {
            named(tx, town, register, key)
        }
        (ColumnKind::Answer(_), answer) => Ok(answer.shown(&field_of(column), town, Language::Ja)),
        (_, answer) => Ok(records::key_of(answer).unwrap_or_default()),
    }
}

/// The residents whom these columns of a record name.
fn people_in<'c>(columns: impl Iterator<Item = &'c Column>, fact: &Fact) -> Vec<ResidentId> {
    columns
        .filter(|column| column.kind == ColumnKind::Resident)
        .filter_map(|column| match fact.stretch.values.get(column.id.as_str()) {
            Some(Answer::Member(member)) => member.id.as_deref()?.parse().ok(),
            _ => None,
        })
        .collect()
}

/// A line for each of these whom this member of staff may see: of the others no name was shown.
fn looked_at_people(tx: &Write<'_>, who: &Staff, people: &BTreeSet<ResidentId>, why: &str) -> Result<(), StoreError> {
    let mut seen = Vec::new();
    for id in people {
        seen.extend(permitted::resident(tx, who, *id)?.map(access::Permitted::into_record));
    }
    permitted::looked_at(tx, who, &seen, why)
}

/// Writes that a record was looked at, and the people whom it names.
pub(super) fn looked_at_record(tx: &Write<'_>, who: &Staff, id: RecordId, seen: &Seen, why: &str) -> Result<(), StoreError> {
    looked(tx, who, &seen.authority, RecordKind::Register, &id.to_string(), why)?;
    let columns = permitted::columns(who, &seen.register, seen.state().as_deref());
    let people = seen.history.iter().flat_map(|(fact, _)| people_in(columns.iter().copied(), fact)).collect();
    looked_at_people(tx, who, &people, why)
}

/// The name of a register's record: its first text, else its key.
fn named(tx: &Read<'_>, town: &Town, register: &RegisterId, key: &str) -> Result<String, StoreError> {
    let Some(register) = town.registers.get(register) else { return Ok(key.to_owned()) };
    let record = records::keyed_on(tx, register, key, access::day_in_japan(tx.now()))?;
    let text = record.and_then(|record| {
        register.fields.keys().find_map(|column| match record.values.get(column.as_str()) {
            Some(Answer::Text(text)) if text != key => Some(text.clone()),
            _ => None,
        })
    });
    Ok(text.unwrap_or_else(|| key.to_owned()))
}

/// A column as a question, so that it is drawn, read and shown like one.
pub(super) fn field_of(column: &Column) -> Field {
    let kind = match &column.kind {
        ColumnKind::Answer(kind) => kind.clone(),
        ColumnKind::Code | ColumnKind::Resident | ColumnKind::Household => Kind::Text { at_most: 200, pattern: None },
    };
    let (id, label) = (column.id.clone(), column.label.clone());
    Field { id, label, hint: None, kind, required: false, when: None, default: None, sensitivity: column.sensitivity }
}

/// A record as this member of staff may see it.
pub(super) struct Seen {
    pub(super) register: Register,
    pub(super) known: Vec<Fact>,
    pub(super) turn: i64,
    history: Vec<(Fact, Vec<(String, String)>)>,
    totals: Vec<(String, i64)>,
    authority: Authority,
}

impl Seen {
    /// The state that stands last.
    fn state(&self) -> Option<String> {
        self.known.last().and_then(|fact| fact.stretch.state.as_ref()).map(|state| state.as_str().to_owned())
    }
}

pub(super) fn seen(tx: &Read<'_>, who: &Staff, town: &Town, id: RecordId, today: Date) -> Result<Option<Seen>, StoreError> {
    let Some(head) = record_rows::head(tx, id)? else { return Ok(None) };
    let Some(register) = town.registers.get(&head.register).cloned() else { return Ok(None) };
    let known = record_rows::known(tx, id)?;
    let state = known.last().and_then(|fact| fact.stretch.state.as_ref()).map(|state| state.as_str().to_owned());
    let Some(authority) = permitted::may_on_register(who, Act::Read, &register, state.as_deref()) else { return Ok(None) };
    let columns = permitted::columns(who, &register, state.as_deref());
    let mut history = Vec::new();
    for fact in record_rows::history(tx, id)? {
        let mut cells = Vec::new();
        for column in &columns {
            let text = shown(tx, who, town, column, fact.stretch.values.get(column.id.as_str()))?;
            if !text.is_empty() {
                cells.push((column.label.ja.clone(), text));
            }
        }
        history.push((fact, cells));
    }
    let key = known.last().and_then(|fact| fact.stretch.values.get(register.key.as_ref()?.as_str())).and_then(records::key_of);
    let totals = match key {
        Some(key) => totals::on(tx, &register, &key, today)
            .map_err(|error| match error {
                RegisterError::Store(error) => error,
                RegisterError::Refused(refused) => StoreError::Other(refused.to_string()),
            })?
            .into_iter()
            .map(|(counter, total)| (counter.as_str().to_owned(), total))
            .collect(),
        None => Vec::new(),
    };
    Ok(Some(Seen { register, known, turn: head.turn, history, totals, authority }))
}

pub(super) async fn record(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    let id: RecordId = id.parse().map_err(|_| PageError::NotFound)?;
    let (who, town, today) = (staff.clone(), face.town.current(), face.clock.today());
    let found = face
        .store
        .writing(move |tx| {
            let found = seen(tx, &who, &town, id, today)?;
            if let Some(found) = &found {
                looked_at_record(tx, &who, id, found, "page")?;
            }
            Ok::<_, StoreError>(found)
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let state_now = found.known.last().and_then(|fact| fact.stretch.state.as_ref()).map(|state| state.as_str());
    let may_correct = permitted::may_on_register(&staff, Act::Correct, &found.register, state_now).is_some();
    let body = html! {
        (parts::notice(Tone::Info, html! { p { (say.html("registry-looked", &[])) } }))
        p { a href={ "/desk/registers/" (found.register.id) } { (found.register.title.ja) } }
        @if !found.totals.is_empty() { (parts::facts(&totals_shown(say, &found.totals))) }
        @for (fact, cells) in found.history.iter().filter(|(fact, _)| fact.known_until.is_none()).rev() {
            section.panel {
                h2 { (days(say, &fact.stretch.days)) " " (state(&found.register, &fact.stretch)) }
                dl.answers { @for (label, value) in cells { div { dt { (label) } dd { (value) } } } }
            }
        }
        @if may_correct {
            p { (parts::link_button(Weight::Second, &format!("/desk/records/{id}/correct"), say.html("registry-correct", &[]))) }
        }
        section.panel {
            h2 { (say.html("registry-history", &[])) }
            p.hint { (say.html("registry-history-help", &[])) }
            (history_table(say, &found))
        }
    };
    Ok(desk_page(&face, Some(&staff), &found.register.title.ja, |page| page, body))
}

fn totals_shown(say: Say<'_>, totals: &[(String, i64)]) -> Vec<ShownFact> {
    let label = |counter: &str| match counter {
        "free" => say.html("registry-total-free", &[]),
        "used" => say.html("registry-total-used", &[]),
        other => html! { (other) },
    };
    totals.iter().map(|(counter, total)| ShownFact { label: label(counter), value: html! { (total) } }).collect()
}

fn history_table(say: Say<'_>, seen: &Seen) -> Markup {
    let headings =
        ["registry-history-known", "registry-history-held", "registry-history-what", "registry-history-why"].map(|id| say.text(id, &[]));
    let columns: Vec<Heading<'_>> = headings.iter().map(|label| Heading { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = seen
        .history
        .iter()
        .map(|(fact, cells)| {
            let what: Vec<String> = cells.iter().map(|(label, value)| format!("{label} {value}")).collect();
            vec![
                html! { (moment(say, fact.known_from)) @if let Some(until) = fact.known_until { "〜" (moment(say, until)) } },
                html! { (days(say, &fact.stretch.days)) },
                html! { (state(&seen.register, &fact.stretch)) " " (what.join("、")) },
                why(say, &fact.cause),
            ]
        })
        .collect();
    parts::table(Some(&say.text("registry-history", &[])), &columns, &rows)
}

fn moment(say: Say<'_>, at: Timestamp) -> Markup {
    // Japan is UTC+9 all year.
    let local = jiff::tz::Offset::constant(9).to_datetime(at);
    html! { (jp::era::wareki(local.date())) " " (say.words.time(say.language, local)) }
}

fn why(say: Say<'_>, cause: &Cause) -> Markup {
    match cause {
        Cause::Decision { case } => html! { a href={ "/desk/cases/" (case) } { (say.html("registry-why-decision", &[])) } },
        Cause::Correction { reason } => say.html("registry-why-correction", &[("reason", reason.as_str().into())]),
        Cause::Load => say.html("registry-why-load", &[]),
    }
}
