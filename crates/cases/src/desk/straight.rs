//! 自動決定: which procedures may be decided without a person, by what criteria, who stands for it, how many were.

use access::{PageError, Posted, Staff};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    ids::ProcedureId,
    procedure::{Procedure, StraightThrough},
    text::Language,
    town::Town,
};
use jiff::ToSpan;
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Fact, Tone, Weight, icons},
};

use super::{Sheet, Side, refusal, side, verbs::text_input};
use crate::{
    clock,
    rows::{self, straight::Standing},
    straight::{self, NotGiven},
    verbs::Refused,
};

/// Counted over so many days.
const DAYS: i64 = 30;

/// One procedure's line.
struct Line {
    procedure: ProcedureId,
    standing: Option<(Standing, String)>,
    decided: i64,
    sampled: i64,
}

/// Whether there is anything to show to this person.
pub(super) fn is_for(staff: &Staff, town: &Town) -> bool {
    procedures(staff, town).next().is_some()
}

/// The procedures that may be decided so, of those that this person decides on in the end.
fn procedures<'t>(staff: &'t Staff, town: &'t Town) -> impl Iterator<Item = &'t Procedure> {
    let all = town.procedures.values().map(AsRef::as_ref).filter(|procedure: &&Procedure| procedure.straight_through.is_some());
    all.filter(|procedure| straight::may_give(staff, &procedure.department, procedure))
}

async fn lines(sheet: &Sheet) -> Result<(Vec<Line>, Side), PageError> {
    let wanted: Vec<ProcedureId> = procedures(&sheet.staff, &sheet.town).map(|procedure| procedure.id.clone()).collect();
    if wanted.is_empty() {
        return Err(PageError::NotFound);
    }
    let words = sheet.words.clone();
    let since = sheet.today().saturating_sub(DAYS.days());
    sheet
        .read(move |tx, acting| {
            let line = |id: &ProcedureId| -> Result<Line, Refused> {
                let standing = match rows::straight::standing(tx, id)? {
                    Some(standing) => {
                        let who = access::staff::directory::by_id(tx, standing.staff)?;
                        Some((standing, who.map(|who| who.name).unwrap_or_default()))
                    }
                    None => None,
                };
                let (decided, sampled) = rows::straight::since(tx, id, since)?;
                Ok(Line { procedure: id.clone(), standing, decided, sampled })
            };
            let lines = wanted.iter().map(line).collect::<Result<_, _>>()?;
            Ok((lines, side(tx, acting, &words, "/desk/straight-through")?))
        })
        .await
        .map_err(refusal)
}

/// What was just done.
#[derive(serde::Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

pub(super) async fn show(sheet: Sheet, axum::extract::Query(asked): axum::extract::Query<Done>) -> Result<Markup, PageError> {
    page(&sheet, sheet.done(asked.done.as_deref())).await
}

async fn page(sheet: &Sheet, above: Markup) -> Result<Markup, PageError> {
    let (lines, side) = lines(sheet).await?;
    let body = html! {
        (above)
        p { (sheet.say().html("desk-straight-lead", &[])) }
        @for line in &lines {
            @if let Some(procedure) = sheet.town.procedures.get(&line.procedure) {
                @if let Some(straight) = &procedure.straight_through { (panel(sheet, line, procedure, straight)) }
            }
        }
    };
    Ok(sheet.page(&sheet.word("desk-straight-title"), &side, |page| page, body))
}

fn panel(sheet: &Sheet, line: &Line, procedure: &Procedure, straight: &StraightThrough) -> Markup {
    let say = sheet.say();
    let on = line.standing.is_some();
    let outcome = procedure.outcomes.get(&straight.outcome).map(|outcome| sheet.plain(&outcome.title)).unwrap_or_default();
    let state = match &line.standing {
        Some((standing, name)) => {
            let since = sheet.words.moment(Language::Ja, clock::local(standing.at));
            say.text("desk-straight-on", &[("name", name.as_str().into()), ("since", since.as_str().into())])
        }
        None => say.text("desk-straight-off", &[]),
    };
    let counted = say.text("desk-straight-counted", &[("decided", line.decided.into()), ("sampled", line.sampled.into())]);
    let facts = [
        Fact { label: say.html("desk-straight-state", &[]), value: html! { (state) } },
        Fact { label: say.html("desk-straight-outcome", &[]), value: html! { (outcome) } },
        Fact {
            label: say.html("desk-straight-criteria", &[]),
            value: html! { ol { @for criterion in straight.criteria.values() { li { (sheet.plain(&criterion.title)) } } } },
        },
        Fact {
            label: say.html("desk-straight-sample", &[]),
            value: html! { (say.html("desk-straight-percent", &[("percent", i64::from(straight.sample_percent).into())])) },
        },
        Fact { label: say.html("desk-straight-days", &[("days", DAYS.into())]), value: html! { (counted) } },
    ];
    let (id, verb) = (format!("why-{}", procedure.id), if on { "off" } else { "on" });
    html! {
        section.panel aria-labelledby=(procedure.id) {
            h2 id=(procedure.id) {
                (sheet.plain(&procedure.title)) " "
                (parts::chip(if on { parts::ChipTone::Good } else { parts::ChipTone::Still }, &sheet.word(&format!("desk-straight-chip-{verb}"))))
            }
            (parts::facts(&facts))
            @if let Some((standing, _)) = &line.standing { p.sub { (standing.why) } }
            form method="post" action={ "/desk/straight-through/" (procedure.id) } novalidate {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="turn" value=(verb);
                (text_input(sheet, &id, "desk-straight-why", ""))
                div.row.actions {
                    (parts::button(if on { Weight::Second } else { Weight::Primary }, say.html(&format!("desk-straight-turn-{verb}"), &[])))
                }
            }
        }
    }
}

/// Gives the standing approval or takes it back.
pub(super) async fn switch(sheet: Sheet, Path(procedure): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let id: ProcedureId = procedure.parse().map_err(|_| PageError::NotFound)?;
    let on = match typed.first("turn") {
        Some("on") => true,
        Some("off") => false,
        _ => return Err(PageError::NotFound),
    };
    let why = typed.first(&format!("why-{id}")).unwrap_or_default().to_owned();
    let done = sheet.write(move |tx, acting| match straight::switch(tx, acting, &id, on, &why) {
        Ok(()) => Ok(true),
        Err(NotGiven::ReasonDue) => Ok(false),
        Err(NotGiven::NotFound) => Err(Refused::NotFound),
        Err(NotGiven::Store(error)) => Err(error.into()),
    });
    if done.await.map_err(refusal)? {
        return Ok(Redirect::to("/desk/straight-through?done=straight").into_response());
    }
    let said = html! { p role="alert" { (icons::CIRCLE_ALERT) " " (sheet.say().html("desk-straight-why-due", &[])) } };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&sheet, parts::notice(Tone::Error, said)).await?).into_response())
}
