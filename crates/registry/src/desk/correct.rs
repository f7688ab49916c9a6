//! 訂正: what stood in a register was wrong. The form shows what is believed, for the days that are believed of it; a reason is due.

use access::{DeskFace, PageError, Posted, RecordId, Staff, shell::desk_page};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    answer::{Answer, Answers},
    field::{Field, Kind, Sensitivity},
    form::{FieldProblem, Filled},
    grant::Act,
    ids::FieldId,
    kinds::{self, Asked},
    register::{ColumnKind, Register},
    text::{Language, Text},
    typed::Typed,
};
use indexmap::IndexMap;
use jiff::civil::Date;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    field::{FieldView, mistakes, render},
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use super::registers::{Seen, days, field_of, looked_at_record, seen};
use crate::{
    history::{Amend, Days, Stretch},
    options, permitted,
    records::{self, Cause, Doing, Refused, RegisterError},
};

/// The questions beside the register's own columns. Their ids lie under this prefix, where no column can be.
const PREFIX: &str = "correction";

fn own_fields(say: Say<'_>) -> IndexMap<FieldId, Field> {
    let field = |id: &str, label: &str, kind: Kind, required: bool| {
        let id: FieldId = id.parse().ok()?;
        let label = Text::new(format!("registry.{label}"), say.text(label, &[]));
        let field =
            Field { id: id.clone(), label, hint: None, kind, required, when: None, default: None, sensitivity: Sensitivity::Ordinary };
        Some((id, field))
    };
    [
        field("from", "registry-correct-from", Kind::Date, true),
        field("until", "registry-correct-until", Kind::Date, false),
        field("reason", "registry-correct-reason", Kind::LongText { at_most: 1_000 }, true),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The columns that a form can ask and this member of staff may see.
fn columns(staff: &Staff, register: &Register, state: Option<&str>) -> IndexMap<FieldId, Field> {
    let can_ask = |kind: &ColumnKind| match kind {
        ColumnKind::Answer(kind) => !kind.is_given_anew() && !matches!(kind, Kind::Files { .. } | Kind::Group { .. } | Kind::Note),
        ColumnKind::Code | ColumnKind::Resident | ColumnKind::Household => false,
    };
    let seen = permitted::columns(staff, register, state).into_iter().filter(|column| can_ask(&column.kind));
    seen.map(|column| (column.id.clone(), field_of(column))).collect()
}

/// What the form works on: the record, and what its register columns may be chosen from.
struct Ground {
    seen: Seen,
    filled: Filled,
}

async fn ground(face: &DeskFace, staff: &Staff, id: RecordId) -> Result<Ground, PageError> {
    let (who, town, today) = (staff.clone(), face.town.current(), face.clock.today());
    let ground = face
        .store
        .writing(move |tx| {
            let Some(seen) = seen(tx, &who, &town, id, today)? else { return Ok::<_, StoreError>(None) };
            // What is refused below is not shown.
            let state = stretch_of(&seen, today).and_then(|stretch| stretch.state.as_ref()).map(|state| state.as_str());
            if permitted::may_on_register(&who, Act::Correct, &seen.register, state).is_some() {
                looked_at_record(tx, &who, id, &seen, "correct")?;
            }
            let mut filled = Filled::default();
            for column in seen.register.fields.values() {
                if let ColumnKind::Answer(kind) = &column.kind
                    && let Some(register) = options::register_of(kind).and_then(|register| town.registers.get(register))
                {
                    filled.listed.insert(column.id.to_string(), options::listing(tx, &town, register, today)?);
                }
            }
            Ok(Some(Ground { seen, filled }))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let state = stretch_of(&ground.seen, today).and_then(|stretch| stretch.state.as_ref()).map(|state| state.as_str());
    permitted::may_on_register(staff, Act::Correct, &ground.seen.register, state).ok_or(PageError::Refused)?;
    Ok(ground)
}

/// What is believed of today, else the last that is believed.
fn stretch_of(seen: &Seen, today: Date) -> Option<&Stretch> {
    let holds = seen.known.iter().find(|fact| fact.stretch.days.holds(today));
    holds.or(seen.known.last()).map(|fact| &fact.stretch)
}

pub(super) async fn ask(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    let id: RecordId = id.parse().map_err(|_| PageError::NotFound)?;
    let ground = ground(&face, &staff, id).await?;
    let mut typed = Typed::default();
    if let Some(stretch) = stretch_of(&ground.seen, face.clock.today()) {
        for (column, answer) in stretch.values.iter() {
            kinds::type_back(answer, column.as_str(), &mut typed);
        }
        kinds::type_back(&Answer::Date(stretch.days.from), "correction.from", &mut typed);
        if let Some(until) = stretch.days.until {
            kinds::type_back(&Answer::Date(until), "correction.until", &mut typed);
        }
        if let Some(state) = &stretch.state {
            typed.set("correction.state", [state.as_str()]);
        }
    }
    Ok(page(&face, &staff, id, &ground, &typed, &[], None))
}

fn page(
    face: &DeskFace,
    staff: &Staff,
    id: RecordId,
    ground: &Ground,
    typed: &Typed,
    problems: &[FieldProblem],
    wrong: Option<&'static str>,
) -> Markup {
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let (own, register) = (own_fields(say), &ground.seen.register);
    let state = typed.first("correction.state");
    let columns = columns(staff, register, state);
    let view = FieldView {
        say,
        town: &town,
        typed,
        filled: &ground.filled,
        problems,
        prefix: "",
        upload: None,
        papers: ui::field::Papers::NotAsked,
        postal: None,
        keying: None,
    };
    let own_view = FieldView { prefix: PREFIX, ..view };
    let mut found = mistakes(&columns, &view);
    found.extend(mistakes(&own, &own_view));
    let title = say.text("registry-correct-title", &[("register", register.title.ja.as_str().into())]);
    let body = html! {
        @if !found.is_empty() { (parts::error_summary(say, &found)) }
        @if let Some(id) = wrong { (parts::notice(Tone::Error, html! { p { (say.html(id, &[])) } })) }
        p { (say.html("registry-correct-lead", &[])) }
        @if let Some(stretch) = stretch_of(&ground.seen, face.clock.today()) { p.hint { (days(say, &stretch.days)) } }
        form method="post" action={ "/desk/records/" (id) "/correct" } data-guard novalidate {
            (csrf_input(&staff.csrf))
            input type="hidden" name="correction.turn" value=(ground.seen.turn);
            @for field in columns.values() { (render(field, &view)) }
            @if !register.states.is_empty() {
                div.q {
                    label.label for="correction-state" { (say.html("registry-record-state", &[])) }
                    select.in id="correction-state" name="correction.state" {
                        @for (id, name) in &register.states { option value=(id) selected[state == Some(id.as_str())] { (name.ja) } }
                    }
                }
            }
            @for field in own.values() { (render(field, &own_view)) }
            div.row.actions {
                (parts::button(Weight::Primary, say.html("registry-correct-do", &[])))
                a.btn.quiet href={ "/desk/records/" (id) } { (say.html("registry-correct-leave", &[])) }
            }
        }
    };
    desk_page(face, Some(staff), &title, |page| page, body)
}

pub(super) async fn correct(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let id: RecordId = id.parse().map_err(|_| PageError::NotFound)?;
    let ground = ground(&face, &staff, id).await?;
    let form = match read(&face, &staff, &ground, &typed) {
        Ok(form) => form,
        Err(problems) => {
            let page = page(&face, &staff, id, &ground, &typed, &problems, None);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let (who, town, now, today) = (staff.clone(), face.town.current(), face.clock.now(), face.clock.today());
    let done = face
        .store
        .writing(move |tx| {
            // May they: asked again inside the transaction, of the record as it is now.
            let seen = seen(tx, &who, &town, id, today)?.ok_or(Refused::NothingToChange)?;
            let state = stretch_of(&seen, today).and_then(|stretch| stretch.state.as_ref()).map(|state| state.as_str());
            let authority = permitted::may_on_register(&who, Act::Correct, &seen.register, state).ok_or(Refused::NothingToChange)?;
            let cause = Cause::Correction { reason: form.reason.clone() };
            let doing = Doing { actor: who.actor(), authority: authority.to_string(), cause, today, now };
            records::correct(tx, &town, &doing, id, form.turn, form.days, &form.amend)
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/records/{id}")).into_response()),
        Err(RegisterError::Store(error)) => Err(error.into()),
        Err(RegisterError::Refused(refused)) => {
            let page = page(&face, &staff, id, &ground, &typed, &[], Some(refused_word(&refused)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The sentence for staff: what happened and what to do.
fn refused_word(refused: &Refused) -> &'static str {
    match refused {
        Refused::Taken { .. } => "registry-refused-taken",
        Refused::Full { .. } => "registry-refused-full",
        Refused::Changed => "registry-refused-changed",
        Refused::NoDays => "registry-refused-days",
        Refused::ReasonDue => "registry-refused-reason",
        Refused::NothingToChange => "registry-refused-nothing",
        _ => "registry-refused-other",
    }
}

#[derive(Clone)]
struct Form {
    turn: i64,
    days: Days,
    amend: Amend,
    reason: String,
}

fn read(face: &DeskFace, staff: &Staff, ground: &Ground, typed: &Typed) -> Result<Form, Vec<FieldProblem>> {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let mut problems = Vec::new();
    let mut values = Answers::default();
    for (id, field) in &columns(staff, &ground.seen.register, typed.first("correction.state")) {
        if let Some(answer) = one(field, id.as_str(), typed, ground, &mut problems) {
            values.insert(id.clone(), answer);
        }
    }
    let own = own_fields(say);
    let mut of_own = |name: &str| own.get(name).and_then(|field| one(field, &format!("{PREFIX}.{name}"), typed, ground, &mut problems));
    let (from, until, reason) = (of_own("from"), of_own("until"), of_own("reason"));
    if !problems.is_empty() {
        return Err(problems);
    }
    let day = |answer: Option<Answer>| if let Some(Answer::Date(day)) = answer { Some(day) } else { None };
    let reason = if let Some(Answer::Text(reason)) = reason { reason } else { String::new() };
    let state = typed.first("correction.state").and_then(|state| state.parse().ok());
    Ok(Form {
        turn: typed.first("correction.turn").and_then(|turn| turn.parse().ok()).unwrap_or(-1),
        days: Days { from: day(from).unwrap_or(Date::MAX), until: day(until) },
        amend: Amend { state, values, emptied: Vec::new() },
        reason,
    })
}

fn one(field: &Field, path: &str, typed: &Typed, ground: &Ground, problems: &mut Vec<FieldProblem>) -> Option<Answer> {
    let asked = Asked { field, path, typed, listed: ground.filled.listed.get(path), household: &[] };
    match kinds::parse(&asked) {
        Ok(Some(answer)) => Some(answer),
        Ok(None) if field.required => {
            problems.push(FieldProblem { path: path.to_owned(), id: kinds::when_missing(&field.kind), args: Vec::new() });
            None
        }
        Ok(None) => None,
        Err(wrongs) => {
            for wrong in wrongs {
                let path = if wrong.part.is_empty() { path.to_owned() } else { format!("{path}.{}", wrong.part) };
                problems.push(FieldProblem { path, id: wrong.id, args: wrong.args });
            }
            None
        }
    }
}
