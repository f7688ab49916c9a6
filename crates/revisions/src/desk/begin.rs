//! 改訂を始める: of a procedure as it is now, as it once was, or of one that is not there yet.

use access::{Act, PageError, Posted};
use axum::{http::StatusCode, response::Response};
use definitions::{
    ids::{DepartmentId, ProcedureId},
    outline::{Asked, outline},
    sources::Sources,
    town::Town,
};
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
    words::ruby,
};
use uuid::Uuid;

use super::{Sheet, refusal, see};
use crate::{
    revision::{File, Refused, RevisionId},
    rows, texts,
    verbs::{self, Begun},
};

fn drawn() -> RevisionId {
    RevisionId(Uuid::now_v7())
}

/// From what is in force; with `restores`, from the texts of that revision; with `before`, from what stood there before it.
pub(super) async fn begin(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let procedure: ProcedureId = typed.first("procedure").unwrap_or_default().parse().map_err(|_| PageError::NotFound)?;
    let definition = sheet.town.procedures.get(&procedure).ok_or(PageError::NotFound)?;
    if verbs::may(&sheet.staff, Act::Read, &definition.department).is_none() {
        return Err(PageError::NotFound);
    }
    let sources = sheet.sources().await?;
    let mut files = texts::of(&sources, &procedure, &sheet.town);
    let restores = typed.first("restores").map(super::revision_id).transpose()?;
    let is_before = typed.first("before").is_some();
    if let Some(id) = restores {
        let staff = sheet.staff.clone();
        let (older, old) = sheet
            .face
            .store
            .reading(move |tx| Ok::<_, Refused>((verbs::seen(tx, &staff, id)?, rows::files(tx, id)?)))
            .await
            .map_err(refusal)?;
        if older.procedure != procedure {
            return Err(PageError::NotFound);
        }
        bring_back(&mut files, &old, is_before);
    }
    let begun = Begun {
        id: drawn(),
        procedure,
        department: definition.department.clone(),
        title: ruby::plain(&definition.title.ja),
        files,
        restores,
        why: if restores.is_some() { sheet.word("desk-revisions-why-restores") } else { String::new() },
    };
    enter(&sheet, begun).await
}

/// Puts older texts where today's are; what they replace stays known as the base.
fn bring_back(files: &mut Vec<File>, old: &[File], is_before: bool) {
    for older in old {
        let text = if is_before { older.base.clone() } else { Some(older.text.clone()) };
        let Some(text) = text else { continue };
        match files.iter_mut().find(|file| file.path == older.path) {
            Some(file) => file.text = text,
            None => files.push(File { path: older.path.clone(), base: None, text }),
        }
    }
}

async fn enter(sheet: &Sheet, begun: Begun) -> Result<Response, PageError> {
    let (staff, now) = (sheet.staff.clone(), sheet.face.clock.now());
    match sheet.face.store.writing(move |tx| verbs::begin(tx, &staff, &begun, now)).await {
        // Whoever pressed twice, or second, comes to the one that is there.
        Ok(id) | Err(Refused::Open(id)) => Ok(see(&format!("/desk/revisions/{id}"))),
        Err(refused) => Err(refusal(refused)),
    }
}

/// The department under which this person may begin a procedure that is not there yet.
fn own_department(sheet: &Sheet) -> Option<DepartmentId> {
    sheet.town.departments.keys().find(|id| verbs::may(&sheet.staff, Act::Work, id).is_some()).cloned()
}

pub(super) async fn ask(sheet: Sheet) -> Result<Markup, PageError> {
    if own_department(&sheet).is_none() {
        return Err(PageError::Refused);
    }
    Ok(new_page(&sheet, ["", "", ""], None))
}

fn new_page(sheet: &Sheet, [id, title, like]: [&str; 3], wrong: Option<&str>) -> Markup {
    let say = sheet.say();
    let line = |name: &str, value: &str, pattern: Option<&str>| {
        let help = format!("{name}-help");
        html! {
            div.q {
                label.label for=(name) { (say.html(&format!("desk-revisions-new-{name}"), &[])) }
                p.help id=(help) { (say.html(&format!("desk-revisions-new-{name}-help"), &[])) }
                input.in id=(name) name=(name) value=(value) maxlength="64" pattern=[pattern] aria-describedby=(help) autocapitalize="none" spellcheck="false";
            }
        }
    };
    let body = html! {
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (wrong) } })) }
        form.panel method="post" action="/desk/revisions/new" {
            (csrf_input(&sheet.staff.csrf))
            (line("title", title, None))
            (line("id", id, Some("[a-z][a-z0-9_]{0,63}")))
            (line("like", like, None))
            div.row.actions {
                (parts::button(Weight::Primary, say.html("desk-revisions-new-begin", &[])))
                (parts::back_link("/desk/revisions", say.html("desk-revisions-back", &[])))
            }
        }
    };
    sheet.page(&sheet.word("desk-revisions-new"), body)
}

pub(super) async fn create(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    use axum::response::IntoResponse;
    let department = own_department(&sheet).ok_or(PageError::Refused)?;
    let value = |name: &str| typed.first(name).unwrap_or_default().trim().to_owned();
    let (id, title, like) = (value("id"), value("title"), value("like"));
    let sources = sheet.sources().await?;
    let today = sheet.face.clock.today();
    let (asked_id, asked_title, asked_like, town) = (id.clone(), title.clone(), like.clone(), sheet.town.clone());
    let made = tokio::task::spawn_blocking(move || outlined(&sources, &asked_id, &asked_title, &asked_like, today, &town))
        .await
        .map_err(PageError::internal)?;
    let files = match made {
        Ok(files) => files,
        Err(said) => return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&sheet, [&id, &title, &like], Some(&said))).into_response()),
    };
    let procedure: ProcedureId = id.parse().map_err(|_| PageError::BadInput("no id"))?;
    // A procedure that is like another stays with that one's department.
    let department = sheet.town.procedures.get(like.as_str()).map_or(department, |other| other.department.clone());
    let title = if title.is_empty() { id } else { title };
    enter(&sheet, Begun { id: drawn(), procedure, department, title, files, restores: None, why: String::new() }).await
}

fn outlined(sources: &Sources, id: &str, title: &str, like: &str, on: jiff::civil::Date, town: &Town) -> Result<Vec<File>, String> {
    if town.procedures.contains_key(id) {
        return Err(format!("手続 `{id}` はもうあります。別の id にしてください。"));
    }
    let asked = Asked { id, like: Some(like).filter(|like| !like.is_empty()), title: Some(title).filter(|title| !title.is_empty()), on };
    match outline(sources, &asked) {
        Ok(files) => Ok(files.into_iter().map(|file| File { path: file.path, base: None, text: file.text }).collect()),
        Err(problems) => Err(problems.iter().map(|problem| format!("{}。{}", problem.what, problem.hint)).collect::<Vec<_>>().join(" ")),
    }
}

/// Whether anything of this procedure may be read here at all.
pub(super) fn department_of(sheet: &Sheet, procedure: &ProcedureId, known: Option<&DepartmentId>) -> Result<DepartmentId, PageError> {
    let department = sheet.town.procedures.get(procedure).map(|definition| definition.department.clone()).or_else(|| known.cloned());
    department.filter(|department| verbs::may(&sheet.staff, Act::Read, department).is_some()).ok_or(PageError::NotFound)
}
