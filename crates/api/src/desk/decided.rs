//! 決定済の案件 out to systems behind, in the order in which they were decided.
//!
//! The order is that of the journal, whose positions never change and into which nothing is put afterwards: who goes on behind the last cursor
//! misses nothing, on either engine. Each case that goes out is a line in the journal, as a look of staff is.

use access::{CaseId, DeskFace, program::Scope};
use axum::{http::StatusCode, response::Response};
use cases::case::{self, Case, Stage};
use definitions::ids::ProcedureId;
use serde_json::{Value, json};
use store::{Entry, Sealed};

use crate::{
    answers,
    ask::{self, Answer, Ask},
    problem::{self, Problem},
};

/// Lines of the journal that one request reads at the most, so that none holds the store.
const LINES_MAX: i64 = 500;

/// Cases on one page.
const CASES_MAX: usize = 50;

/// What a query asks for.
struct Asked {
    after: i64,
    procedure: Option<ProcedureId>,
}

impl Asked {
    fn of(query: &str) -> Result<Asked, Problem> {
        let mut asked = Asked { after: 0, procedure: None };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("after", cursor)) => asked.after = cursor.parse().ok().filter(|after| *after >= 0).ok_or(problem::INVALID)?,
                Some(("procedure", id)) => asked.procedure = Some(id.parse().map_err(|_| Problem::from(problem::INVALID))?),
                _ => return Err(problem::INVALID.into()),
            }
        }
        Ok(asked)
    }
}

pub(super) async fn list(ask: Ask<DeskFace>) -> Response {
    ask.answer(listed(&ask).await)
}

async fn listed(ask: &Ask<DeskFace>) -> Answer {
    let program = ask.program(Scope::CasesDecidedRead).await?;
    let asked = Asked::of(&ask.query)?;
    if asked.procedure.as_ref().is_some_and(|id| !program.reaches(id)) {
        return Err(problem::OUT_OF_BOUNDS.into());
    }
    let keys = ask.face.keys.clone();
    let page = ask
        .face
        .store
        .writing(move |tx| -> Result<Page, store::StoreError> {
            let lines = tx.entries_after(asked.after, LINES_MAX)?;
            let mut page =
                Page { cases: Vec::new(), next: asked.after, more: i64::try_from(lines.len()).is_ok_and(|count| count == LINES_MAX) };
            for line in lines {
                if page.cases.len() == CASES_MAX {
                    page.more = true;
                    break;
                }
                page.next = line.position;
                let Some(id) = decided(&line) else { continue };
                let Some(case) = case::by_id(tx, &keys, id)? else { continue };
                let is_meant = asked.procedure.as_ref().is_none_or(|id| *id == case.procedure);
                if is_meant && program.reaches(&case.procedure) && matches!(case.stage, Stage::Decided { .. }) {
                    let of = id.to_string();
                    let why = "decided-out".to_owned();
                    tx.journal(&Entry {
                        actor: program.actor(),
                        what: "looked-at",
                        kind: "case",
                        record: of,
                        authority: "program".into(),
                        why,
                    })?;
                    page.cases.push((line.at, case));
                }
            }
            Ok(page)
        })
        .await?;
    let cases: Vec<Value> = page.cases.iter().map(|(at, case)| of_case(*at, case)).collect();
    Ok(ask::json(StatusCode::OK, &json!({ "cases": cases, "next": page.next.to_string(), "more": page.more })))
}

struct Page {
    cases: Vec<(jiff::Timestamp, Case)>,
    next: i64,
    more: bool,
}

/// The case that a line says was decided.
fn decided(line: &Sealed) -> Option<CaseId> {
    (line.kind == "case" && line.what == "decided").then(|| line.record.parse().ok()).flatten()
}

fn of_case(at: jiff::Timestamp, case: &Case) -> Value {
    let mut body = json!({
        "number": case.number.plain(),
        "receipt_number": case.receipt_number,
        "procedure": case.procedure.to_string(),
        "version": case.version.0,
        "department": case.department.to_string(),
        "channel": case.channel.code(),
        "filed_at": case.filed_at.to_string(),
        "decided_at": at.to_string(),
        "answers": answers::of_answers(&case.answers),
    });
    if let Stage::Decided { proposal, on, .. } = &case.stage {
        body["outcome"] = proposal.outcome.to_string().into();
        body["decided_on"] = on.to_string().into();
        body["reason"] = proposal.reason.as_str().into();
        body["details"] = answers::of_answers(&proposal.details);
    }
    body
}
