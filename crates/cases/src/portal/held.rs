//! 登録されていること: the records that the town holds of a linked person and of the children they act for, on my page, each with the
//! procedures that can be started from it. They open with what the record says.

use std::sync::Arc;

use access::PageError;
use definitions::{
    answer::{Answer, Answers},
    form,
    ids::ProcedureId,
    procedure::Procedure,
    register::{ColumnKind, Register},
    typed::Typed,
};
use jiff::civil::Date;
use maud::{Markup, html};
use registry::{known::PortalFacts, publish::HeldRecord};
use ui::page::csrf_input;

use super::Sheet;
use crate::clock;

/// The name of the input that says from which record a procedure is started.
pub(super) const RECORD_INPUT: &str = "record";

/// A record as it stands: what holds today or, before its first day, what will hold; and what is known to follow.
struct Standing<'h> {
    now: &'h HeldRecord,
    later: Vec<&'h HeldRecord>,
}

/// The records of a day, in the order in which they were published. What has ended is no more on my page.
fn standing(held: &[HeldRecord], today: Date) -> Vec<Standing<'_>> {
    let mut records: Vec<Standing<'_>> = Vec::new();
    for stretch in held.iter().filter(|stretch| stretch.until.is_none_or(|until| today <= until)) {
        match records.iter_mut().find(|standing| standing.now.record == stretch.record) {
            Some(standing) if stretch.from < standing.now.from => standing.later.insert(0, std::mem::replace(&mut standing.now, stretch)),
            Some(standing) => standing.later.push(stretch),
            None => records.push(Standing { now: stretch, later: Vec::new() }),
        }
    }
    records.iter_mut().for_each(|standing| standing.later.sort_by_key(|stretch| stretch.from));
    records
}

/// What the registers hold of this person and of the children they act for; none when a clerk has not linked the account to anyone.
pub(super) async fn of(sheet: &Sheet) -> Result<Option<Vec<HeldRecord>>, PageError> {
    let Some(account) = &sheet.visitor.account else { return Ok(None) };
    let Some(resident) = account.resident else { return Ok(None) };
    let (account, today, town) = (account.id, clock::day(sheet.face.clock.now()), Arc::clone(&sheet.town));
    let known = sheet.face.store.reading(move |tx| PortalFacts::of(tx, &town, Some(account), Some(resident), today)).await?;
    Ok(Some(known.held().to_vec()))
}

/// What a form begins with when a procedure is started from a record of my page; nothing where none was named. A record that is not held of
/// this person, or from whose state the procedure cannot be started, does not exist for them.
pub(super) async fn begun_from(sheet: &Sheet, procedure: &Procedure, posted: &Typed) -> Result<Typed, PageError> {
    let Some(named) = posted.first(RECORD_INPUT) else { return Ok(Typed::default()) };
    let held = of(sheet).await?.unwrap_or_default();
    let records = standing(&held, clock::day(sheet.face.clock.now()));
    let record = records.iter().map(|standing| standing.now).find(|record| record.record.to_string() == named);
    let record = record.ok_or(PageError::NotFound)?;
    let register = sheet.town.registers.get(&record.register).ok_or(PageError::NotFound)?;
    if !startable(register, record).contains(&procedure.id) {
        return Err(PageError::NotFound);
    }
    Ok(form::of_record(procedure, register, &record.owner.to_string(), &record.values))
}

fn startable<'r>(register: &'r Register, record: &HeldRecord) -> &'r [ProcedureId] {
    record.state.as_ref().and_then(|state| register.startable.get(state)).map_or(&[], Vec::as_slice)
}

/// Each record with its state, what it says, and what can be done with it.
pub(super) fn list(sheet: &Sheet, held: &[HeldRecord]) -> Markup {
    let say = sheet.say();
    let records = standing(held, clock::day(sheet.face.clock.now()));
    if records.is_empty() {
        return html! { p { (say.html("cases-my-linked-none", &[])) } };
    }
    html! {
        p { (say.html("cases-my-held-lead", &[])) }
        ul.grid.two.held {
            @for standing in &records {
                @if let Some(register) = sheet.town.registers.get(&standing.now.register) {
                    li.panel { (one(sheet, register, standing)) }
                }
            }
        }
    }
}

fn one(sheet: &Sheet, register: &Register, standing: &Standing<'_>) -> Markup {
    let record = standing.now;
    html! {
        h3 { (sheet.text(&register.title)) }
        p {
            b { (record.owner_name) }
            br; (state_and_days(sheet, register, record))
            @for later in &standing.later { br; (state_and_days(sheet, register, later)) }
        }
        (columns(sheet, register, &record.values))
        (what_can_be_done(sheet, register, record))
    }
}

fn state_and_days(sheet: &Sheet, register: &Register, record: &HeldRecord) -> Markup {
    let day = |day| sheet.words.day(sheet.language(), day);
    let days = match record.until {
        Some(until) => sheet.say().html("cases-my-held-until", &[("from", day(record.from).into()), ("until", day(until).into())]),
        None => sheet.say().html("cases-my-held-from", &[("from", day(record.from).into())]),
    };
    html! {
        @if let Some(state) = record.state.as_ref().and_then(|state| register.states.get(state)) { (sheet.text(state)) "　" }
        (days)
    }
}

/// What the record says beside whose it is, a line each.
fn columns(sheet: &Sheet, register: &Register, values: &Answers) -> Markup {
    let columns = register.fields.values().filter(|column| register.whose() != Some(&column.id));
    let lines: Vec<Markup> = columns
        .filter_map(|column| {
            let shown = match (values.get(column.id.as_str())?, column.question()) {
                (answer, Some(question)) => answer.shown(&question, &sheet.town, sheet.language()),
                // The number on a tag, by which the record is found.
                (Answer::Text(code), None) if column.kind == ColumnKind::Code => code.clone(),
                _ => return None,
            };
            (!shown.is_empty()).then(|| html! { (sheet.text(&column.label)) "：" (shown) br; })
        })
        .collect();
    html! { @if !lines.is_empty() { p { @for line in lines { (line) } } } }
}

/// A button for each procedure that may be started online, a link for those that are only explained here.
fn what_can_be_done(sheet: &Sheet, register: &Register, record: &HeldRecord) -> Markup {
    let may: Vec<&Procedure> =
        startable(register, record).iter().filter_map(|id| sheet.town.procedures.get(id)).map(AsRef::as_ref).collect();
    let id = record.record.to_string();
    html! {
        @if !may.is_empty() {
            p { b { (sheet.say().html("cases-my-held-do", &[])) } }
            div.row {
                @for procedure in may {
                    @if procedure.channels.online.has_form() {
                        form method="post" action={ "/procedures/" (procedure.id) "/begin" } data-guard {
                            (csrf_input(&sheet.visitor.csrf))
                            input type="hidden" name=(RECORD_INPUT) value=(id);
                            button.btn.second.small type="submit" { (sheet.text(&procedure.title)) span.sr { "：" (record.owner_name) } }
                        }
                    } @else {
                        a href={ "/procedures/" (procedure.id) } { (sheet.text(&procedure.title)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn stretch(record: u128, state: &str, from: Date, until: Option<Date>) -> HeldRecord {
        HeldRecord {
            record: access::RecordId::new(uuid::Uuid::from_u128(record)),
            register: "membership".parse().unwrap(),
            owner: access::ResidentId::new(uuid::Uuid::from_u128(7)),
            owner_name: "佐藤 さくら".into(),
            state: Some(state.parse().unwrap()),
            from,
            until,
            values: Answers::default(),
        }
    }

    #[test]
    fn a_record_stands_as_it_is_today_with_what_follows_and_without_what_has_ended() {
        let held = [
            stretch(1, "member", date(2026, 9, 1), None),
            stretch(1, "suspended", date(2026, 8, 1), Some(date(2026, 8, 31))),
            stretch(1, "member", date(2026, 4, 1), Some(date(2026, 7, 31))),
            stretch(2, "member", date(2025, 4, 1), Some(date(2026, 3, 31))),
        ];
        let state = |record: &HeldRecord| record.state.as_ref().unwrap().to_string();
        let on = |day| {
            standing(&held, day)
                .iter()
                .map(|one| (state(one.now), one.later.iter().map(|later| state(later)).collect()))
                .collect::<Vec<_>>()
        };
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(on(date(2026, 7, 31)), [("member".to_owned(), words(&["suspended", "member"]))]);
        assert_eq!(on(date(2026, 8, 31)), [("suspended".to_owned(), words(&["member"]))]);
        assert_eq!(on(date(2026, 9, 1)), [("member".to_owned(), words(&[]))]);
        assert_eq!(on(date(2026, 3, 31)).len(), 2, "both stand on the last day of the old one");
    }
}
