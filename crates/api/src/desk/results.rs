//! 業務システムの結果 in: what a system behind made of a case (a number of its own, a result). It stands in the case's story, inside, once per
//! `Idempotency-Key`.

use access::{
    DeskFace,
    program::{self, Scope},
    token::hex,
};
use axum::{body::Body, http::StatusCode, response::Response};
use cases::{CaseNumber, case, verbs};
use serde_json::json;
use store::params;

use crate::{
    ask::{self, Answer, Ask},
    body,
    problem::{self, Problem, Wrong},
};

/// Longest name and value: they are read by staff in one line.
const CHARACTERS_MAX: usize = 500;

const CLAIM: &str = "insert into program_result (program, key, mark, case_id, at, body) values ($1, $2, $3, $4, $5, $6) \
    on conflict (program, key) do nothing";
const CLAIMED: &str = "select mark from program_result where program = $1 and key = $2";

pub(super) async fn bring(ask: Ask<DeskFace>, body: Body) -> Response {
    ask.answer(brought(&ask, body).await)
}

/// What became of a result.
enum Brought {
    New,
    Before,
    Other,
    NotThere,
}

async fn brought(ask: &Ask<DeskFace>, body: Body) -> Answer {
    let by = ask.program(Scope::ResultsWrite).await?;
    let number: CaseNumber = ask.param("number")?;
    let key = ask.idempotency_key()?;
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    body::only(&members, &["name", "value"], say)?;
    let (name, value) = (body::text(&members, "name", say)?.trim().to_owned(), body::text(&members, "value", say)?.trim().to_owned());
    for (pointer, text) in [("/name", &name), ("/value", &value)] {
        if text.is_empty() || text.chars().count() > CHARACTERS_MAX {
            let detail = ask.words_of("api-message-length", "", &[("most", CHARACTERS_MAX.to_string())]);
            let wrong = Wrong { pointer: pointer.to_owned(), code: "api-message-length".to_owned(), detail };
            return Err(Problem::wrong(problem::INVALID, vec![wrong]));
        }
    }
    let keys = ask.face.keys.clone();
    let plain = json!({ "number": number.plain(), "name": name, "value": value });
    let mark = hex(&keys.mac("program.result", plain.to_string().as_bytes()));
    let (now, sealed) = (ask.face.clock.now(), keys.seal("program_result.body", plain.to_string().as_bytes())?);
    let done = ask
        .face
        .store
        .writing(move |tx| -> Result<Brought, verbs::Refused> {
            let Some(case) = case::by_number(tx, &keys, number)?.filter(|case| by.reaches(&case.procedure)) else {
                return Ok(Brought::NotThere);
            };
            let bound = params![by.id.to_string(), &key, &mark, case.id.to_string(), now, sealed.clone()];
            if tx.run(CLAIM, bound)? == 0 {
                let row = tx.first(CLAIMED, params![by.id.to_string(), &key])?.ok_or(store::StoreError::Busy)?;
                return Ok(if row.get::<String>(0)? == mark { Brought::Before } else { Brought::Other });
            }
            let called = program::by_id(tx, by.id)?.map(|program| program.name).unwrap_or_default();
            verbs::noted_by_program(tx, &keys, case.id, &by.actor(), &format!("{called}：{name}＝{value}"), now)?;
            Ok(Brought::New)
        })
        .await;
    let body = json!({ "number": number.plain(), "at": now.to_string() });
    match done {
        Ok(Brought::New) => Ok(ask::json(StatusCode::CREATED, &body)),
        Ok(Brought::Before) => Ok(ask::json(StatusCode::OK, &body)),
        Ok(Brought::Other) => Err(problem::KEY_REUSED.into()),
        Ok(Brought::NotThere) | Err(verbs::Refused::NotFound) => Err(problem::NOT_FOUND.into()),
        Err(verbs::Refused::Store(error)) => Err(error.into()),
        Err(_) => Err(problem::NOT_NOW.into()),
    }
}
