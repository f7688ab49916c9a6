//! 下書き of a program: begun, filled in piece by piece, read back, thrown away. As on the pages it keeps what was typed, right or wrong, and
//! goes by itself when nobody touches it for 30 days.

use access::{
    CaseId, PortalFace,
    program::{Admitted, Scope},
};
use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cases::{
    draft::{Draft, DraftId},
    filing::{self, DraftIds, Opened, Terms},
};
use definitions::{form::Filled, procedure::Procedure, text::Language, typed::Typed};
use serde_json::{Value, json};
use store::Write;

use crate::{
    answers,
    ask::{self, Answer, Ask, Stop, owner},
    body,
    problem::{self, Problem},
};

/// The ids of a new draft.
pub(super) fn ids(ask: &Ask<PortalFace>) -> (DraftId, CaseId) {
    let now = ask.face.clock.now();
    (DraftId(CaseId::draw(now).uuid()), CaseId::draw(now))
}

/// The procedure that a body names, which this program may begin.
pub(super) fn procedure_of<'a>(ask: &'a Ask<PortalFace>, program: &Admitted, id: &str) -> Result<&'a Procedure, Problem> {
    let procedure = ask.procedure(id)?;
    if !program.reaches(&procedure.id) {
        return Err(problem::OUT_OF_BOUNDS.into());
    }
    ask.may_begin(procedure)?;
    Ok(procedure)
}

/// Lays answers over a draft, all pages: what is not given is not answered, whatever the definition would begin with.
pub(super) fn lay(tx: &Write<'_>, terms: &Terms<'_>, draft: DraftId, program: &Admitted, typed: &Typed) -> Result<Filled, Stop> {
    let owner = owner(program);
    let held = filing::own_draft(tx, terms.keys, draft, &owner)?;
    let procedure = terms.town.procedures.get(&held.procedure).ok_or(problem::NOT_FOUND)?;
    let mut filled = None;
    for page in procedure.pages.keys() {
        let opened = filing::save_page(tx, terms, draft, &owner, page, |into, page| into.post_page(&page.fields, typed))?;
        filled = Some(opened.filled);
    }
    filled.ok_or(problem::NOT_FOUND.into())
}

/// The language of what the person is told, where a body says it.
pub(super) fn language(members: &serde_json::Map<String, Value>, ask: &Ask<PortalFace>) -> Language {
    members.get("language").and_then(Value::as_str).and_then(Language::from_code).unwrap_or(ask.language)
}

pub(super) async fn begin(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(begun(&ask, body).await)
}

async fn begun(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::DraftsWrite).await?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["procedure", "answers", "language"], say)?;
    let procedure = procedure_of(ask, &program, body::text(&members, "procedure", say)?)?;
    let given = members.get("answers").cloned().unwrap_or_else(|| json!({}));
    let typed = answers::typed(procedure, &given).map_err(|wrong| ask.misshapen(wrong))?;
    let ((draft, case), id, language) = (ids(ask), procedure.id.clone(), language(&members, ask));
    let kept = ask
        .write(move |tx, terms| {
            let owner = owner(&program);
            filing::begin(tx, terms, &id, &owner, language, &DraftIds { draft, case }, &Typed::default())?;
            lay(tx, terms, draft, &program, &typed)?;
            Ok(shown(filing::open(tx, terms, draft, &owner)?))
        })
        .await?;
    let place = format!("/api/v1/drafts/{draft}");
    Ok(([(header::LOCATION, place)], ask::json(StatusCode::CREATED, &ask.draft(procedure, &kept))).into_response())
}

/// What is shown of a draft, free of its transaction.
pub(super) struct Kept {
    draft: Draft,
    filled: Filled,
}

pub(super) fn shown(opened: Opened<'_>) -> Kept {
    Kept { draft: opened.draft, filled: opened.filled }
}

impl Ask<PortalFace> {
    pub(super) fn draft(&self, procedure: &Procedure, kept: &Kept) -> Value {
        json!({
            "id": kept.draft.id.to_string(),
            "procedure": procedure.id.to_string(),
            "language": kept.draft.language.code(),
            "answers": answers::of_typed(procedure, &kept.draft.typed),
            "documents": answers::documents(procedure, &kept.draft.typed),
            "touched_at": kept.draft.touched_at.to_string(),
            "evaluation": self.evaluation(procedure, &kept.filled),
        })
    }

    /// The program's own draft as it is now.
    pub(super) async fn kept(&self, program: Admitted, draft: DraftId) -> Result<Response, Problem> {
        let kept = self.read(move |tx, terms| Ok(shown(filing::open(tx, terms, draft, &owner(&program))?))).await?;
        let procedure = self.procedure(kept.draft.procedure.as_str())?;
        Ok(ask::json(StatusCode::OK, &self.draft(procedure, &kept)))
    }
}

pub(super) async fn show(ask: Ask<PortalFace>) -> Response {
    let read = async {
        let program = ask.program(Scope::DraftsWrite).await?;
        ask.kept(program, ask.param("draft")?).await
    };
    ask.answer(read.await)
}

pub(super) async fn put_answers(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(put(&ask, body).await)
}

async fn put(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::DraftsWrite).await?;
    let draft: DraftId = ask.param("draft")?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    body::only(&members, &["answers"], |id| ask.say().text(id, &[]))?;
    let by = owner(&program);
    let held = ask.read(move |tx, terms| Ok(filing::own_draft(tx, terms.keys, draft, &by)?)).await?;
    let procedure = ask.procedure(held.procedure.as_str())?;
    let given = members.get("answers").cloned().unwrap_or(Value::Null);
    let typed = answers::typed(procedure, &given).map_err(|wrong| ask.misshapen(wrong))?;
    let writer = program.clone();
    ask.write(move |tx, terms| lay(tx, terms, draft, &writer, &typed).map(drop)).await?;
    ask.kept(program, draft).await
}

pub(super) async fn discard(ask: Ask<PortalFace>) -> Response {
    let thrown_away = async {
        let program = ask.program(Scope::DraftsWrite).await?;
        let draft: DraftId = ask.param("draft")?;
        ask.write(move |tx, terms| Ok(filing::drop_draft(tx, terms, draft, &owner(&program))?)).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ask.answer(thrown_away.await)
}
