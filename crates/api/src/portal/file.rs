//! 申請 by a program: `POST /api/v1/cases`, once per key. It is the same filing as a person's last tap: the same rules, the same inbox.

use access::{
    CaseId, PortalFace,
    program::{Admitted, Scope},
    token::hex,
};
use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cases::{
    CaseNumber, Channel, FilingRefused,
    draft::DraftId,
    filing::{self, DraftIds},
    own::OwnCase,
};
use definitions::{procedure::Version, typed::Typed};
use serde_json::{Map, Value, json};
use store::keys::Face;

use super::drafts;
use crate::{
    answers,
    ask::{self, Answer, Ask, Stop, owner},
    body,
    problem::{self, Problem},
    rows::{self, Claim},
    webhook,
};

pub(super) async fn file(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(filed(&ask, body).await)
}

/// What is filed: a draft that was filled in before, or answers in one go.
#[derive(Clone)]
enum What {
    Draft(DraftId),
    Answers { procedure: definitions::ids::ProcedureId, typed: Typed, draft: DraftId, case: CaseId, language: definitions::text::Language },
}

async fn filed(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::CasesFile).await?;
    let key = ask.idempotency_key()?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["procedure", "answers", "draft", "version", "language"], say)?;
    // A keyed digest: who steals the store cannot try answers against it.
    let bytes = serde_json::to_vec(&members).map_err(|_| Problem::from(problem::MALFORMED))?;
    let mark = hex(&ask.face.keys.mac("program.filing", &bytes));
    // What was filed under this key is found again whatever became of its draft or of the procedure since.
    let (by, again, body_mark) = (program.id, key.clone(), mark.clone());
    let before = ask.read(move |tx, _| Ok(rows::claimed(tx, by, &again, &body_mark)?)).await?;
    match before {
        Some(Claim::Filed(number)) => return answered(ask, number).await,
        Some(Claim::Other) => return Err(problem::KEY_REUSED.into()),
        Some(Claim::New) | None => {}
    }
    let what = what(ask, &program, &members)?;
    let seen = members.get("version").and_then(Value::as_str).map(|version| Version(version.to_owned()));
    let candidates = filing::drawn(Face::Portal)?;
    let (by, key) = (program, key);
    let done = ask
        .write_filing(move |tx, terms| {
            match rows::claim(tx, by.id, &key, &mark, terms.now)? {
                Claim::New => {}
                Claim::Filed(number) => return Ok(Done::Before(number)),
                Claim::Other => return Err(problem::KEY_REUSED.into()),
            }
            let owner = owner(&by);
            let draft = match &what {
                What::Draft(draft) => *draft,
                What::Answers { procedure, typed, draft, case, language } => {
                    let ids = DraftIds { draft: *draft, case: *case };
                    filing::begin(tx, terms, procedure, &owner, *language, &ids, &Typed::default())?;
                    drafts::lay(tx, terms, *draft, &by, typed)?;
                    *draft
                }
            };
            let opened = filing::open(tx, terms, draft, &owner)?;
            if !by.reaches(&opened.procedure.id) {
                return Err(problem::OUT_OF_BOUNDS.into());
            }
            if !opened.filled.may_be_filed() {
                // Nothing of this transaction is kept: the key stays free for the answers as mended.
                return Err(Stop::Incomplete(Box::new((opened.procedure.id.clone(), opened.filled))));
            }
            let seen = seen.clone().unwrap_or_else(|| opened.procedure.version.clone());
            let case = filing::file(tx, terms, draft, &owner, &seen, Channel::Api, &candidates)?;
            rows::filed(tx, by.id, &key, &case)?;
            webhook::happened(tx, case.id, "filed", terms.now)?;
            Ok(Done::Now(Box::new(case)))
        })
        .await;
    match done {
        Ok(Done::Now(case)) => Ok(receipt(ask, &case, StatusCode::CREATED)),
        Ok(Done::Before(number)) => answered(ask, number).await,
        Err(stop) => Err(ask.stopped(stop)),
    }
}

enum Done {
    Now(Box<OwnCase>),
    Before(CaseNumber),
}

fn what(ask: &Ask<PortalFace>, program: &Admitted, members: &Map<String, Value>) -> Result<What, Problem> {
    let say = |id: &str| ask.say().text(id, &[]);
    if let Some(draft) = members.get("draft") {
        body::only(members, &["draft", "version"], say)?;
        return draft.as_str().and_then(|id| id.parse().ok()).map(What::Draft).ok_or(problem::NOT_FOUND.into());
    }
    let procedure = drafts::procedure_of(ask, program, body::text(members, "procedure", say)?)?;
    let given = members.get("answers").cloned().unwrap_or(Value::Null);
    let typed = answers::typed(procedure, &given).map_err(|wrong| ask.misshapen(wrong))?;
    let (draft, case) = drafts::ids(ask);
    Ok(What::Answers { procedure: procedure.id.clone(), typed, draft, case, language: drafts::language(members, ask) })
}

async fn answered(ask: &Ask<PortalFace>, number: CaseNumber) -> Answer {
    let case = ask.read(move |tx, terms| Ok(cases::own::by_number(tx, terms.keys, number)?.ok_or(FilingRefused::NotFound)?)).await?;
    Ok(receipt(ask, &case, StatusCode::OK))
}

/// 受付票: the number, and the receipt's secret by which the person sees the case on the pages.
fn receipt(ask: &Ask<PortalFace>, case: &OwnCase, status: StatusCode) -> Response {
    let number = case.number.plain();
    let body = json!({
        "number": number,
        "shown": case.number.to_string(),
        "secret": filing::receipt_secret(&ask.face.keys, case.id).grouped(),
        "procedure": case.procedure.to_string(),
        "version": case.version.0,
        "filed_at": case.filed_at.to_string(),
        "hear_by": case.hear_by.map(|day| day.to_string()),
        "status_page": format!("/status/{number}"),
    });
    ([(header::LOCATION, format!("/api/v1/cases/{number}"))], ask::json(status, &body)).into_response()
}
