//! 連携するプログラム: who looks after the directory issues a program its secret, sees when it was last used, and revokes it.

use std::collections::BTreeSet;

use access::{
    DeskFace, PageError, Posted, ProgramId, Staff,
    program::{self, NotIssued, Program, Scope, Secret},
    shell::desk_page,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{ids::ProcedureId, text::Language, town::Town, typed::Typed};
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Say, Tone, Weight},
    words::ruby,
};

use crate::openapi::scope_words;

/// A program lives a year unless somebody says otherwise: then its owner is asked whether it is still needed.
const USUAL_DAYS: i64 = 365;

fn permitted(staff: &Staff) -> Result<access::Authority, PageError> {
    program::may_administer(staff).ok_or(PageError::NotFound)
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    permitted(&staff)?;
    page(&face, &staff, &Typed::default(), &Told::Asking).await
}

/// What is said above the list.
enum Told {
    Asking,
    Wrong(&'static str, String),
    Issued(String, String),
}

pub(super) async fn issue(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Response, PageError> {
    let authority = permitted(&staff)?;
    let program = match wanted(&face, &staff, &typed) {
        Ok(program) => program,
        Err((words, what)) => {
            let page = page(&face, &staff, &typed, &Told::Wrong(words, what)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let secret = Secret::draw(program.id)?;
    let (shown, name) = (secret.shown(), program.name.clone());
    face.store.writing(move |tx| program::issue(tx, &program, &secret, &authority.to_string())).await?;
    let page = page(&face, &staff, &Typed::default(), &Told::Issued(name, shown)).await?;
    Ok(([("cache-control", "no-store")], page).into_response())
}

/// What the form asks for, or which words say what is wrong with it.
fn wanted(face: &DeskFace, staff: &Staff, typed: &Typed) -> Result<Program, (&'static str, String)> {
    let (town, now) = (face.town.current(), face.clock.now());
    let text = |name: &str| typed.first(name).unwrap_or_default().trim().to_owned();
    let named = text("procedures");
    let mut procedures: BTreeSet<ProcedureId> = BTreeSet::new();
    for id in named.split([' ', '\n', '\t', ',', '、', '　']).map(str::trim).filter(|id| !id.is_empty()) {
        match town.procedures.get_key_value(id) {
            Some((known, _)) => drop(procedures.insert(known.clone())),
            None => return Err(("desk-programs-wrong-procedure", id.chars().take(64).collect())),
        }
    }
    let department = town.departments.get_key_value(text("department").as_str()).map(|(id, _)| id.clone());
    let program = Program {
        id: ProgramId::draw(now),
        name: text("name"),
        department: department.ok_or_else(|| ("desk-programs-wrong-department", String::new()))?,
        scopes: typed.all("scope").iter().filter_map(|code| Scope::from_code(code)).collect(),
        procedures,
        ends_on: text("ends_on").parse::<Date>().map_err(|_| ("desk-programs-wrong-day", String::new()))?,
        issued_by: staff.actor(),
        issued_at: now,
        revoked_at: None,
        used_at: None,
    };
    program.check(face.clock.today()).map_err(|wrong| {
        let words = match wrong {
            NotIssued::Name => "desk-programs-wrong-name",
            NotIssued::NoScope => "desk-programs-wrong-scope",
            NotIssued::Unbound => "desk-programs-wrong-unbound",
            NotIssued::LastDay => "desk-programs-wrong-day",
        };
        (words, String::new())
    })?;
    Ok(program)
}

async fn page(face: &DeskFace, staff: &Staff, typed: &Typed, state: &Told) -> Result<Markup, PageError> {
    let known = face.store.reading(program::all).await?;
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("desk-programs-title", &[]);
    let body = html! {
        @match state {
            Told::Issued(name, secret) => div role="status" {
                (parts::notice(Tone::Good, html! {
                    p { (say.html("desk-programs-issued", &[("name", name.as_str().into())])) }
                    p { code #secret { (secret) } }
                }))
            },
            Told::Wrong(words, what) => (parts::notice(Tone::Error, html! { p #wrong role="alert" { (say.html(words, &[("what", what.as_str().into())])) } })),
            Told::Asking => {},
        }
        p { (say.html("desk-programs-lead", &[])) }
        @if known.is_empty() { (parts::notice(Tone::Info, html! { p { (say.html("desk-programs-none", &[])) } })) }
        @else { (list(say, &town, &known, face.clock.today())) }
        section.panel aria-labelledby="issue" {
            h2 #issue { (say.html("desk-programs-issue", &[])) }
            (form(say, staff, &town, typed, face.clock.today()))
        }
    };
    Ok(desk_page(face, Some(staff), &title, |page| page, body))
}

fn list(say: Say<'_>, town: &Town, known: &[Program], today: Date) -> Markup {
    let labels = ["name", "scopes", "procedures", "ends", "used", "do"].map(|id| say.text(&format!("desk-programs-{id}"), &[]));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let lines: Vec<Vec<Markup>> = known.iter().map(|program| line(say, town, program, today)).collect();
    parts::table(Some(&say.text("desk-programs-list", &[])), &columns, &lines)
}

fn line(say: Say<'_>, town: &Town, program: &Program, today: Date) -> Vec<Markup> {
    let department = town.departments.get(&program.department).map(|department| ruby::plain(&department.name.ja)).unwrap_or_default();
    let procedures: Vec<String> = program
        .procedures
        .iter()
        .map(|id| town.procedures.get(id).map_or_else(|| id.to_string(), |procedure| ruby::plain(&procedure.title.ja)))
        .collect();
    let day = |moment: Option<jiff::Timestamp>| moment.map(|at| say.words.short_day(Language::Ja, access::day_in_japan(at)));
    let state = match (program.revoked_at, program.is_live(today)) {
        (Some(_), _) => (ChipTone::Still, "desk-programs-revoked"),
        (None, true) => (ChipTone::Good, "desk-programs-live"),
        (None, false) => (ChipTone::Late, "desk-programs-expired"),
    };
    vec![
        html! { b { (program.name) } br; small { (department) } " " (parts::chip(state.0, &say.text(state.1, &[]))) },
        html! { @for scope in &program.scopes { div { code { (scope.code()) } } } },
        html! { @if procedures.is_empty() { (say.html("desk-programs-all", &[])) } @for title in &procedures { div { (title) } } },
        html! { (say.words.day(Language::Ja, program.ends_on)) },
        html! { @match day(program.used_at) { Some(day) => (day), None => (say.html("desk-programs-unused", &[])) } },
        html! {
            @if program.is_live(today) {
                a.btn.second.small href={ "/desk/programs/" (program.id) "/revoke" } aria-label=(say.text("desk-programs-revoke-name", &[("name", program.name.as_str().into())])) {
                    (say.html("desk-programs-revoke", &[]))
                }
            }
        },
    ]
}

fn form(say: Say<'_>, staff: &Staff, town: &Town, typed: &Typed, today: Date) -> Markup {
    let given = |name: &str| typed.first(name).unwrap_or_default().to_owned();
    let usual = today.checked_add(USUAL_DAYS.days()).unwrap_or(today).to_string();
    let ends = typed.first("ends_on").map_or(usual, ToOwned::to_owned);
    html! {
        form method="post" action="/desk/programs" data-guard {
            (csrf_input(&staff.csrf))
            div.q {
                label.label for="name" { (say.html("desk-programs-form-name", &[])) }
                p.hint #name-help { (say.html("desk-programs-form-name-help", &[])) }
                input.in #name name="name" value=(given("name")) aria-describedby="name-help" maxlength="80" autocomplete="off" required;
            }
            div.q {
                label.label for="department" { (say.html("desk-programs-form-department", &[])) }
                select.in #department name="department" required {
                    @for (id, department) in &town.departments {
                        option value=(id) selected[given("department") == id.as_str()] { (ruby::plain(&department.name.ja)) }
                    }
                }
            }
            fieldset.q {
                legend.label { (say.html("desk-programs-form-scopes", &[])) }
                div.picks {
                    @for scope in Scope::ALL {
                        label.pick {
                            input type="checkbox" name="scope" value=(scope.code()) checked[typed.all("scope").iter().any(|code| code == scope.code())];
                            span { (say.html(scope_words(scope), &[])) " " code { (scope.code()) } }
                        }
                    }
                }
            }
            div.q {
                label.label for="procedures" { (say.html("desk-programs-form-procedures", &[])) }
                p.hint #procedures-help { (say.html("desk-programs-form-procedures-help", &[])) }
                textarea.in #procedures name="procedures" rows="3" aria-describedby="procedures-help" { (given("procedures")) }
            }
            div.q {
                label.label for="ends_on" { (say.html("desk-programs-form-ends", &[])) }
                input.in #ends_on type="date" name="ends_on" value=(ends) required;
            }
            div.row.actions { (parts::button(Weight::Primary, say.html("desk-programs-form-issue", &[]))) }
        }
    }
}

async fn live(face: &DeskFace, id: &str) -> Result<Program, PageError> {
    let id: ProgramId = id.parse().map_err(|_| PageError::NotFound)?;
    face.store.reading(move |tx| program::by_id(tx, id)).await?.ok_or(PageError::NotFound)
}

/// Taking a secret back cannot be undone: it is asked once.
pub(super) async fn ask_revoke(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    permitted(&staff)?;
    let program = live(&face, &id).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("desk-programs-revoke-title", &[("name", program.name.as_str().into())]);
    let verb = say.text("desk-programs-revoke", &[]);
    let body = html! {
        (parts::confirm(
            say,
            &format!("/desk/programs/{}/revoke", program.id),
            &staff.csrf,
            html! { p { (say.html("desk-programs-revoke-lead", &[])) } },
            &verb,
            Weight::Danger,
            "/desk/programs",
        ))
    };
    Ok(desk_page(&face, Some(&staff), &title, |page| page, body))
}

pub(super) async fn revoke(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>, _: Posted) -> Result<Redirect, PageError> {
    let authority = permitted(&staff)?;
    let program = live(&face, &id).await?;
    let (by, now) = (staff.actor(), face.clock.now());
    // A second tap finds it revoked: that is what was wanted.
    face.store.writing(move |tx| program::revoke(tx, program.id, &by, &authority.to_string(), now)).await?;
    Ok(Redirect::to("/desk/programs"))
}
