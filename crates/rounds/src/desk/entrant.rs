//! A case in its round: each child's points with how they came about, beside what was answered; corrections of points; the result wish by wish.

use std::sync::Arc;

use access::{Act, PageError, Posted, RecordKind, looked::looked};
use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use cases::CaseNumber;
use definitions::{
    answer::Answers,
    procedure::Procedure,
    round::{Fate as Counting, Line, Round},
    text::Language,
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Tone, Weight},
};

use super::{Sheet, page::class_label, refusal};
use crate::{
    allocation::Allocation,
    portal::why,
    round::{Entering, Entrant, Override, Seats, Stage},
    rows::{self, Kept},
    verbs,
};

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// All that the page shows.
struct Shown {
    kept: Kept,
    entrant: Entrant,
    seats: Vec<Seats>,
    overrides: Vec<Override>,
    allocation: Option<Allocation>,
    case: Option<(Answers, Procedure)>,
}

pub(super) async fn show(sheet: Sheet, Path((id, number)): Path<(String, String)>, Query(done): Query<Done>) -> Result<Markup, PageError> {
    let round = sheet.round(&id)?;
    let shown = read(&sheet, &round, &number).await?;
    let names = sheet
        .names(shown.overrides.iter().flat_map(|one| std::iter::once(one.by.clone()).chain(one.approved_by.clone())).collect())
        .await?;
    let say = sheet.say();
    let open = matches!(shown.kept.stage, Stage::Scored | Stage::Allocated) && sheet.may(&round, Act::Work);
    let body = html! {
        p { (parts::back_link(&format!("/desk/rounds/{}", round.id), html! { (round.title.ja) })) }
        @if matches!(done.done.as_str(), "points" | "agree") {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (sheet.word(&format!("desk-rounds-done-{}", done.done))) } })) }
        }
        p { a href={ "/desk/cases/" (shown.entrant.number) } { (say.html("desk-rounds-case-open", &[("number", shown.entrant.number.as_str().into())])) } }
        @for (at, child) in shown.entrant.children.iter().enumerate() { (one(&sheet, &round, &shown, at, child)) }
        @for correction in &shown.overrides { (correction_line(&sheet, &round, &shown, &names, correction, open)) }
        @if open { (points_form(&sheet, &round, &shown)) }
        @if let Some((answers, procedure)) = &shown.case { (answered(&sheet, answers, procedure)) }
    };
    Ok(sheet.page(&shown.entrant.name, body))
}

async fn read(sheet: &Sheet, round: &Arc<Round>, number: &str) -> Result<Shown, PageError> {
    let parsed: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let of = Arc::clone(round);
    let found = sheet.write(move |tx, acting| {
        let authority = verbs::may(acting.staff, acting.town, &of, Act::Read)?;
        let plain = parsed.plain();
        let Some(kept) = rows::kept(tx, &of.id)? else { return Ok(None) };
        let Some(entrant) = rows::one(tx, acting.keys, &of.id, &plain)? else { return Ok(None) };
        let overrides = rows::overrides(tx, acting.keys, &of.id)?.into_iter().filter(|one| one.number == plain).collect();
        let allocation = kept.run.map(|run| rows::allocation(tx, acting.keys, &of.id, run)).transpose()?.flatten();
        // The answers are the case's: whoever may not read it reads points alone.
        let case = cases::verbs::read(tx, acting, parsed).ok().map(|(case, procedure)| (case.answers, procedure));
        if let Some(case) = entrant.case {
            looked(tx, acting.staff, &authority, RecordKind::Case, &case.to_string(), "round")?;
        }
        Ok(Some(Shown { kept, entrant, seats: rows::seats(tx, &of.id)?, overrides, allocation, case }))
    });
    found.await.map_err(refusal)?.ok_or(PageError::NotFound)
}

fn one(sheet: &Sheet, round: &Round, shown: &Shown, at: usize, child: &Entering) -> Markup {
    let say = sheet.say();
    let added: i64 = shown.overrides.iter().filter(|one| one.child == at && one.approved_by.is_some()).map(|one| one.points).sum();
    let result = shown.allocation.as_ref().and_then(|allocation| allocation.of(&shown.entrant.number, at));
    let name = |facility: &str| {
        shown.seats.iter().find(|seats| seats.facility == facility).map_or(facility.to_owned(), |seats| seats.name.clone())
    };
    html! {
        section.panel {
            h2 { (child.name) "　" (class_label(round, child)) }
            @if let Some(first) = child.wishes.first() {
                (lines(sheet, round, &first.score.lines, added, first.score.total() + added))
            }
            h3 { (say.html("desk-rounds-wishes", &[])) }
            ol {
                @for (number, wish) in child.wishes.iter().enumerate() {
                    @let passed = result.and_then(|result| result.passed.iter().find(|passed| passed.wish == number));
                    li {
                        (name(&wish.facility)) "　" (say.html("rounds-points-value", &[("points", (wish.score.total() + added).into())]))
                        @if result.is_some() { "　" (why(say, passed.map(|passed| &passed.why), result.is_some_and(|result| result.wish == Some(number)))) }
                    }
                }
            }
        }
    }
}

/// How points came about: each item that was true or could not be told, and whether it counts.
fn lines(sheet: &Sheet, round: &Round, lines: &[Line], added: i64, total: i64) -> Markup {
    let title = sheet.word("rounds-how-title");
    let labels = ["rounds-how-item", "rounds-points", "desk-rounds-column-counts"].map(|id| sheet.word(id));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: at == 1 }).collect();
    let mut rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let table = round.points.get(&line.table);
            let item = table.and_then(|table| table.items.get(&line.item));
            let (tone, word) = match line.fate {
                Counting::Counts => (ChipTone::Good, "desk-rounds-counts"),
                Counting::Beaten => (ChipTone::Still, "desk-rounds-beaten"),
                Counting::Open => (ChipTone::Act, "desk-rounds-unknown"),
            };
            vec![
                html! {
                    (table.map(|table| table.title.ja.as_str()).unwrap_or_default()) "：" (item.map_or(line.item.as_str(), |item| item.label.ja.as_str()))
                    @if let Some(row) = line.row { "（" (sheet.say().html("rounds-how-row", &[("row", (row as i64 + 1).into())])) "）" }
                },
                html! { (line.points) },
                parts::chip(tone, &sheet.word(word)),
            ]
        })
        .collect();
    if added != 0 {
        rows.push(vec![
            sheet.say().html("rounds-how-added", &[]),
            html! { (added) },
            parts::chip(ChipTone::Good, &sheet.word("desk-rounds-counts")),
        ]);
    }
    rows.push(vec![html! { b { (sheet.word("rounds-how-total")) } }, html! { b { (total) } }, html! {}]);
    parts::table(Some(&title), &columns, &rows)
}

fn correction_line(
    sheet: &Sheet,
    round: &Round,
    shown: &Shown,
    names: &std::collections::BTreeMap<String, String>,
    one: &Override,
    open: bool,
) -> Markup {
    let say = sheet.say();
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    let child = shown.entrant.children.get(one.child).map(|child| child.name.as_str()).unwrap_or_default();
    html! {
        section.panel {
            p {
                (say.html("desk-rounds-correction", &[("child", child.into()), ("points", one.points.into()), ("who", name(&one.by).as_str().into())]))
                "　" @match &one.approved_by {
                    Some(by) => (say.html("desk-rounds-correction-agreed", &[("who", name(by).as_str().into())])),
                    None => (parts::chip(ChipTone::Act, &sheet.word("desk-rounds-points-wait"))),
                }
            }
            p.written { (one.reason) }
            @if open && one.approved_by.is_none() && one.by != sheet.staff.id.to_string() {
                form method="post" action={ "/desk/rounds/" (round.id) "/do/agree" } {
                    (csrf_input(&sheet.staff.csrf))
                    input type="hidden" name="id" value=(one.id);
                    input type="hidden" name="back" value=(one.number);
                    (parts::button(Weight::Second, say.html("desk-rounds-do-agree", &[])))
                }
            }
        }
    }
}

fn points_form(sheet: &Sheet, round: &Round, shown: &Shown) -> Markup {
    let say = sheet.say();
    html! {
        form.panel method="post" action={ "/desk/rounds/" (round.id) "/cases/" (shown.entrant.number) } data-guard {
            (csrf_input(&sheet.staff.csrf))
            h2 { (say.html("desk-rounds-points-title", &[])) }
            p.hint { (say.html("desk-rounds-points-help", &[])) }
            div.field {
                label for="child" { (say.html("desk-rounds-column-child", &[])) }
                select.in #child name="child" { @for (at, child) in shown.entrant.children.iter().enumerate() { option value=(at) { (child.name) } } }
            }
            div.field {
                label for="points" { (say.html("desk-rounds-points-by", &[])) }
                input.in.w-s.nums #points name="points" inputmode="numeric" maxlength="5" required;
            }
            div.field {
                label for="reason" { (say.html("desk-rounds-points-reason", &[])) }
                textarea.in #reason name="reason" rows="3" maxlength="500" required {}
            }
            div.row.actions { (parts::button(Weight::Second, say.html("desk-rounds-points-do", &[]))) }
        }
    }
}

fn answered(sheet: &Sheet, answers: &Answers, procedure: &Procedure) -> Markup {
    let fields = procedure.pages.values().flat_map(|page| page.fields.values());
    let shown: Vec<parts::Answer> = fields
        .filter_map(|field| {
            let text = answers.get(field.id.as_str())?.shown(field, &sheet.town, Language::Ja);
            let lines = html! { @for line in text.lines() { (line) br; } };
            Some(parts::Answer { label: html! { (field.label.ja) }, value: Some(lines), change: None })
        })
        .collect();
    html! {
        section.panel {
            h2 { (sheet.word("desk-rounds-answers")) }
            (parts::answers(sheet.say(), &shown))
        }
    }
}

/// 点の補正.
pub(super) async fn add_points(
    sheet: Sheet,
    Path((id, number)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let round = sheet.round(&id)?;
    let parsed: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let mut drawn = [0u8; 16];
    getrandom::fill(&mut drawn).map_err(PageError::internal)?;
    let one = Override {
        id: drawn.iter().map(|byte| format!("{byte:02x}")).collect(),
        number: parsed.plain(),
        child: typed.first("child").and_then(|text| text.parse().ok()).unwrap_or(usize::MAX),
        points: typed.first("points").and_then(|text| text.trim().replace('＋', "+").parse().ok()).unwrap_or(0),
        reason: typed.first("reason").unwrap_or_default().trim().to_owned(),
        by: sheet.staff.id.to_string(),
        approved_by: None,
    };
    let of = Arc::clone(&round);
    sheet.write(move |tx, acting| verbs::add_points(tx, acting, &of, &one)).await.map_err(refusal)?;
    Ok(Redirect::to(&format!("/desk/rounds/{}/cases/{}?done=points", round.id, parsed.plain())).into_response())
}
