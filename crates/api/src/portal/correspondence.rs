//! やりとり on a case by the program that filed it: read, write, answer a correction (補正), withdraw (取下げ). By the same rules as the pages.

use access::{CaseId, PortalFace, program::Scope};
use axum::{body::Body, http::StatusCode, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use cases::{
    FilingRefused,
    attachments::FileRefused,
    documents,
    filing::{self, Corrected, MESSAGE_CHARACTERS_MAX},
    own::{OwnState, Seen},
    parcel::News,
};
use definitions::{answer::FileAnswer, ids::FieldId, procedure::Procedure};
use serde_json::{Map, Value, json};

use super::{
    cases_::{self, Found},
    documents::document_refused,
};
use crate::{
    answers,
    ask::{self, Answer, Ask, owner},
    body,
    evaluation::ANSWERS,
    problem::{self, Problem, Wrong},
};

/// A correction with a few documents in base64.
const CORRECTION_BYTES_MAX: usize = 30 << 20;

pub(super) async fn read(ask: Ask<PortalFace>) -> Response {
    let read = async {
        let program = ask.program(Scope::CasesReadOwn).await?;
        let found = cases_::found(&ask, &program).await?;
        Ok(ask::json(StatusCode::OK, &ask.messages(&found)))
    };
    ask.answer(read.await)
}

impl Ask<PortalFace> {
    fn messages(&self, found: &Found) -> Value {
        let written = found.story.iter().filter_map(|(at, seen)| {
            let (by, text) = match seen {
                Seen::Wrote { text } => ("applicant", text),
                Seen::Desk { news } => match news.as_ref() {
                    News::Wrote { text, .. } => ("office", text),
                    News::CorrectionRequested { say, .. } => ("office", say),
                    _ => return None,
                },
                _ => return None,
            };
            Some(json!({ "at": at.to_string(), "by": by, "text": text }))
        });
        json!({ "number": found.case.number.plain(), "messages": written.collect::<Vec<_>>() })
    }
}

pub(super) async fn write(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(written(&ask, body).await)
}

async fn written(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::CorrespondenceWrite).await?;
    let found = cases_::found(ask, &program).await?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["text"], say)?;
    let text = body::text(&members, "text", say)?.to_owned();
    let (case, id) = (found.case, CaseId::draw(ask.face.clock.now()).to_string());
    let length = text.trim().chars().count();
    if length == 0 || length > MESSAGE_CHARACTERS_MAX {
        let detail = ask.words_of("api-message-length", "", &[("most", MESSAGE_CHARACTERS_MAX.to_string())]);
        let wrong = Wrong { pointer: "/text".to_owned(), code: "api-message-length".to_owned(), detail };
        return Err(Problem::wrong(problem::INVALID, vec![wrong]));
    }
    ask.write(move |tx, terms| Ok(filing::write(tx, terms, &owner(&program), &case, &id, &text)?)).await?;
    let program = ask.program(Scope::CorrespondenceWrite).await?;
    let found = cases_::found(ask, &program).await?;
    Ok(ask::json(StatusCode::CREATED, &ask.messages(&found)))
}

pub(super) async fn withdraw(ask: Ask<PortalFace>) -> Response {
    let withdrawn = async {
        let program = ask.program(Scope::CorrespondenceWrite).await?;
        let found = cases_::found(&ask, &program).await?;
        let (by, case) = (program.clone(), found.case.id);
        ask.write(move |tx, terms| Ok(filing::withdraw(tx, terms, &owner(&by), case).map(drop)?)).await?;
        Ok(ask::json(StatusCode::OK, &ask.status(&cases_::found(&ask, &program).await?)))
    };
    ask.answer(withdrawn.await)
}

pub(super) async fn correct(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(corrected(&ask, body).await)
}

async fn corrected(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::CorrespondenceWrite).await?;
    let found = cases_::found(ask, &program).await?;
    let members = body::object(&ask.headers, body, CORRECTION_BYTES_MAX).await?;
    body::only(&members, &["answers", "documents", "told"], |id| ask.say().text(id, &[]))?;
    let OwnState::Correct { asked } = &found.case.state else { return Err(problem::NOT_NOW.into()) };
    let input = input(ask, &found.procedure, &asked.fields, &members).await?;
    let (by, case, sent) = (owner(&program), found.case.id, input.clone());
    let done = ask.write(move |tx, terms| {
        Ok(match filing::correct(tx, terms, &by, case, &sent) {
            Ok(_) => Ok(()),
            Err(FilingRefused::Store(error)) => return Err(error.into()),
            Err(refused) => Err(refused),
        })
    });
    match done.await? {
        Ok(()) => Ok(ask::json(StatusCode::OK, &ask.status(&cases_::found(ask, &program).await?))),
        Err(FilingRefused::Incomplete(_) | FilingRefused::MoreAsked) => Err(still_wrong(ask, found, input).await?),
        Err(other) => Err(other.into()),
    }
}

async fn input(
    ask: &Ask<PortalFace>,
    procedure: &Procedure,
    asked: &[FieldId],
    members: &Map<String, Value>,
) -> Result<Corrected, Problem> {
    let given = members.get("answers").cloned().unwrap_or_else(|| json!({}));
    let typed = answers::typed(procedure, &given).map_err(|wrong| ask.misshapen(wrong))?;
    let named = given.as_object().into_iter().flatten().filter_map(|(id, _)| id.parse::<FieldId>().ok());
    let files = files(ask, members).await?;
    // What is neither asked for nor sent was not shown: what stands there stays. A question whose documents alone come keeps its answers.
    let shown: Vec<FieldId> = asked.iter().filter(|id| typed.is_touched(id.as_str())).cloned().chain(named).collect();
    let told = members.get("told").and_then(Value::as_array).into_iter().flatten();
    let told = told.filter_map(|rule| rule.as_str()?.parse().ok()).collect();
    Ok(Corrected { typed, files, shown, told })
}

/// Documents that come with a correction: `{"papers": [{"name": …, "content": BASE64}]}`.
async fn files(ask: &Ask<PortalFace>, members: &Map<String, Value>) -> Result<Vec<(String, FileAnswer)>, Problem> {
    let mut incoming = Vec::new();
    for (field, several) in members.get("documents").and_then(Value::as_object).into_iter().flatten() {
        for (place, one) in several.as_array().into_iter().flatten().enumerate() {
            let at = |problem: Problem| problem.with("pointer", format!("/documents/{}/{place}", crate::pointer::escaped(field)));
            let name = documents::shown_name(one["name"].as_str().unwrap_or_default());
            let bytes = one["content"].as_str().and_then(|content| STANDARD.decode(content).ok());
            let bytes = bytes.ok_or_else(|| at(document_refused(FileRefused::Empty)))?;
            let checked = documents::checked(&name, bytes).map_err(|refused| at(document_refused(refused)))?;
            incoming.push((field.clone(), checked));
        }
    }
    Ok(documents::keep(&ask.face.files, incoming).await?)
}

/// What is still wrong with a correction: in answers, in rules, in questions that it opens.
async fn still_wrong(ask: &Ask<PortalFace>, found: Found, input: Corrected) -> Result<Problem, Problem> {
    let (procedure, case, sent) = (found.procedure.clone(), found.case, input.clone());
    let (whole, broken) = ask
        .read(move |_, terms| {
            let whole = filing::corrected(terms, &procedure, &case, &sent)?;
            let broken = filing::broken(terms, &procedure, &case, &whole)?;
            Ok((whole, broken))
        })
        .await?;
    let procedure = &found.procedure;
    let mut errors = ask.wrong_in(procedure, &whole.filled);
    errors.retain(|wrong| !wrong.code.starts_with("rule:"));
    for (rule, at, must_hold) in &broken {
        if !must_hold && input.told.contains(&rule.id) {
            continue;
        }
        let at = at.as_ref().map(|at| format!("/{at}")).unwrap_or_default();
        let mut wrong = ask.broken(procedure, rule);
        wrong.pointer = format!("{ANSWERS}{at}");
        errors.push(wrong);
    }
    for id in whole.opened.iter().filter(|id| !input.shown.contains(id)) {
        let detail = ask.say().text("api-answer-opened", &[]);
        errors.push(Wrong { pointer: format!("{ANSWERS}/{id}"), code: "api-answer-opened".to_owned(), detail });
    }
    Ok(Problem::wrong(problem::ANSWERS, errors))
}
