//! 支援措置: the page on which it is entered, extended and ended. For everybody without the grant there is no such page.

use access::{DeskFace, PageError, Posted, ResidentId, Staff, shell::desk_page};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{text::Language, typed::Typed};
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Column, Say, Tone, Weight},
};

use crate::{
    protection::{self, Change, ENDINGS, GROUNDS, Line, Refused},
    resident::Resident,
};

pub(super) async fn ask(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    shown(&face, &staff, &id, &Typed::default(), None).await
}

async fn shown(face: &DeskFace, staff: &Staff, id: &str, typed: &Typed, wrong: Option<&'static str>) -> Result<Markup, PageError> {
    let id: ResidentId = id.parse().map_err(|_| PageError::NotFound)?;
    let who = staff.clone();
    let opened = face.store.writing(move |tx| protection::open(tx, &who, id)).await;
    let (person, lines) = opened.map_err(refusal)?;
    Ok(page(face, staff, &person, &lines, typed, wrong))
}

fn refusal(refused: Refused) -> PageError {
    match refused {
        Refused::NotFound => PageError::NotFound,
        Refused::Store(error) => error.into(),
        Refused::Changed | Refused::Days | Refused::Ground => PageError::BadInput("protection"),
    }
}

pub(super) async fn change(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let resident: ResidentId = id.parse().map_err(|_| PageError::NotFound)?;
    let (who, today) = (staff.clone(), face.clock.today());
    let day = |name: &str| typed.first(name).and_then(|day| day.parse::<Date>().ok());
    let ground = typed.first("ground").unwrap_or_default().to_owned();
    let change = match (typed.first("act"), day("from"), day("until")) {
        (Some("enter"), Some(from), Some(until)) => Some(Change::Enter { from, until, ground }),
        (Some("extend"), _, Some(until)) => Some(Change::Extend { until, ground }),
        (Some("end"), ..) => Some(Change::End { ground }),
        _ => None,
    };
    let seen = day("seen");
    let done = match change {
        None if protection::may_protect(&staff).is_none() => Err(Refused::NotFound),
        None => Err(Refused::Days),
        Some(change) => face.store.writing(move |tx| protection::change(tx, &who, resident, seen, &change, today)).await,
    };
    let (status, wrong) = match done {
        Ok(_) => return Ok(Redirect::to(&format!("/desk/residents/{resident}/protection")).into_response()),
        Err(Refused::Changed) => (StatusCode::CONFLICT, "registry-protection-changed"),
        Err(Refused::Days) => (StatusCode::UNPROCESSABLE_ENTITY, "registry-protection-days"),
        Err(Refused::Ground) => (StatusCode::UNPROCESSABLE_ENTITY, "registry-protection-ground-due"),
        Err(other) => return Err(refusal(other)),
    };
    Ok((status, shown(&face, &staff, &id, &typed, Some(wrong)).await?).into_response())
}

fn page(face: &DeskFace, staff: &Staff, person: &Resident, lines: &[Line], typed: &Typed, wrong: Option<&'static str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let (today, until) = (face.clock.today(), person.protected_until);
    let year_on = |from: Date| from.checked_add(1.year()).unwrap_or(from);
    let body = html! {
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (say.html(wrong, &[])) } })) }
        @match until {
            Some(until) if until < today => (parts::notice(Tone::Warn, html! { p { (say.html("registry-protection-past", &[("until", jp::era::wareki(until).into())])) } })),
            Some(until) => (parts::notice(Tone::Warn, html! { p { (say.html("registry-protection-now", &[("until", jp::era::wareki(until).into())])) } })),
            None => (parts::notice(Tone::Info, html! { p { (say.html("registry-protection-none", &[])) } })),
        }
        p { (say.html("registry-protection-lead", &[])) }
        @match until {
            None => (form(say, staff, person, "enter", typed, &GROUNDS, html! {
                (day(say, "from", typed.first("from").map_or_else(|| today.to_string(), ToOwned::to_owned)))
                (day(say, "until", typed.first("until").map_or_else(|| year_on(today).to_string(), ToOwned::to_owned)))
            })),
            Some(until) => {
                (form(say, staff, person, "extend", typed, &GROUNDS, day(say, "until", year_on(until.max(today)).to_string())))
                (form(say, staff, person, "end", typed, &ENDINGS, html! {}))
            }
        }
        @if !lines.is_empty() { (history(say, lines)) }
        p { (parts::back_link(&format!("/desk/residents/{}", person.id), say.html("registry-protection-back", &[]))) }
    };
    let title = say.text("registry-protection-title", &[("name", person.name.full().into())]);
    desk_page(face, Some(staff), &title, |page| page, body)
}

fn form(say: Say<'_>, staff: &Staff, person: &Resident, act: &str, typed: &Typed, grounds: &[&str], days: Markup) -> Markup {
    let chosen = typed.first("ground").filter(|_| typed.first("act") == Some(act)).unwrap_or_default();
    html! {
        section.panel aria-labelledby=(act) {
            h2 id=(act) { (say.html(&format!("registry-protection-{act}"), &[])) }
            form method="post" action={ "/desk/residents/" (person.id) "/protection" } data-guard novalidate {
                (csrf_input(&staff.csrf))
                input type="hidden" name="act" value=(act);
                input type="hidden" name="seen" value=(person.protected_until.map(|day| day.to_string()).unwrap_or_default());
                (days)
                fieldset.q {
                    legend.label { (say.html("registry-protection-ground", &[])) }
                    div.picks {
                        @for ground in grounds {
                            label.pick {
                                input type="radio" name="ground" value=(ground) checked[chosen == *ground] required;
                                span { (say.html(&format!("registry-protection-for-{ground}"), &[])) }
                            }
                        }
                    }
                }
                (parts::button(if act == "end" { Weight::Second } else { Weight::Primary }, say.html(&format!("registry-protection-{act}"), &[])))
            }
        }
    }
}

fn day(say: Say<'_>, name: &str, value: String) -> Markup {
    html! { div.field { label for=(name) { (say.html(&format!("registry-protection-{name}"), &[])) } input.in.m id=(name) type="date" name=(name) value=(value) required; } }
}

fn history(say: Say<'_>, lines: &[Line]) -> Markup {
    let labels = ["what", "from", "until", "ground", "at"].map(|id| say.text(&format!("registry-protection-{id}"), &[]));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            vec![
                say.html(&format!("registry-protection-did-{}", line.what), &[]),
                html! { (jp::era::wareki(line.from)) },
                html! { @match line.until { Some(until) => (jp::era::wareki(until)), None => "—" } },
                say.html(&format!("registry-protection-for-{}", line.ground), &[]),
                html! { (jp::era::wareki(access::day_in_japan(line.at))) },
            ]
        })
        .collect();
    parts::table(Some(&say.text("registry-protection-history", &[])), &columns, &rows)
}
