//! 添付 of a program's draft, whole files: the body is the file, its name stands in `Content-Disposition`. What the body claims to be is not
//! believed: its first bytes are looked at, as everywhere.

use access::{
    PortalFace,
    program::{Admitted, Scope},
    throttle,
};
use axum::{
    body::{self, Body},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cases::{
    attachments::FileRefused,
    documents,
    draft::DraftId,
    filing,
    uploads::{self, NotTaken, Sender},
};
use definitions::answer::FileAnswer;
use serde_json::json;

use crate::{
    answers,
    ask::{self, Answer, Ask, owner},
    problem::{self, Problem},
};

/// A file and nothing around it.
const FILE_BYTES_MAX: usize = 10 << 20;

/// By what a program's files are counted: by draft, as a person's are by session, and all of them together.
pub(super) fn sender(ask: &Ask<PortalFace>, program: &Admitted, draft: DraftId) -> Sender {
    Sender { session: format!("{}:{draft}", program.actor()), address: throttle::of_text(&ask.face.keys, &program.actor()) }
}

/// Why a file was not taken.
pub(super) fn not_taken(refused: NotTaken) -> Problem {
    match refused {
        NotTaken::File(file) => document_refused(file),
        NotTaken::Wait(throttle::Wait(wait)) => Problem { retry_after: Some(wait), ..problem::TOO_MANY.into() },
        NotTaken::Elsewhere(upload) => Problem::from(problem::UPLOAD_ELSEWHERE).with("offset", upload.received),
    }
}

pub(super) fn document_refused(refused: FileRefused) -> Problem {
    let kind = match refused {
        FileRefused::Large => problem::TOO_LARGE,
        FileRefused::TooMany => problem::TOO_MANY,
        FileRefused::Empty | FileRefused::Kind | FileRefused::Full => problem::DOCUMENT,
    };
    Problem::from(kind).with("reason", refused.code())
}

/// The name of a file: `filename*=UTF-8''…` (RFC 6266), else `filename="…"`.
fn name(ask: &Ask<PortalFace>) -> String {
    let line = ask.headers.get(header::CONTENT_DISPOSITION).map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let line = line.unwrap_or_default();
    let parts = || line.split(';').map(str::trim);
    let long = parts().find_map(|part| part.strip_prefix("filename*=UTF-8''")).map(decoded);
    let short = || parts().find_map(|part| part.strip_prefix("filename=")).map(|name| name.trim_matches('"').to_owned());
    documents::shown_name(&long.or_else(short).unwrap_or_default())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let pair: Vec<u8> = if byte == b'%' { rest.by_ref().take(2).collect() } else { Vec::new() };
        let digits = std::str::from_utf8(&pair).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(digits.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) async fn add(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(added(&ask, body).await)
}

async fn added(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::DraftsWrite).await?;
    let (draft, field): (DraftId, String) = (ask.param("draft")?, ask.param("field")?);
    // Whose it is, before a byte is read.
    let by = owner(&program);
    ask.read(move |tx, terms| Ok(filing::own_draft(tx, terms.keys, draft, &by).map(drop)?)).await?;
    let bytes = body::to_bytes(body, FILE_BYTES_MAX).await.map_err(|_| document_refused(FileRefused::Large))?;
    let incoming = documents::checked(&name(ask), bytes.into()).map_err(document_refused)?;
    let sender = sender(ask, &program, draft);
    ask.write(move |tx, terms| Ok(uploads::count(tx, &sender, terms.now)?)).await?.map_err(|wait| not_taken(NotTaken::Wait(wait)))?;
    let files = documents::keep(&ask.face.files, vec![(field.clone(), incoming)]).await?;
    let kept = files.clone();
    let by = owner(&program);
    let is_there = ask
        .write(move |tx, terms| {
            let mut is_there = false;
            filing::change_files(tx, terms, draft, &by, &field, |typed, page| {
                documents::put(typed, &page.fields, &files)?;
                is_there = files.iter().all(|(path, file)| typed.all(path).iter().any(|kept| names(kept, &file.file)));
                Ok(())
            })?;
            Ok(is_there)
        })
        .await?;
    if !is_there {
        return Err(document_refused(FileRefused::Full));
    }
    let file = kept.first().map(|(_, file)| file).ok_or(problem::NOT_FOUND)?;
    let body = json!({ "file": answers::handle(&file.file), "name": file.name, "media": file.media, "bytes": file.bytes });
    Ok(ask::json(StatusCode::CREATED, &body))
}

fn names(json: &str, file: &str) -> bool {
    serde_json::from_str::<FileAnswer>(json).is_ok_and(|answer| answer.file == file)
}

pub(super) async fn remove(ask: Ask<PortalFace>) -> Response {
    let removed = async {
        let program = ask.program(Scope::DraftsWrite).await?;
        let (draft, field, file): (DraftId, String, String) = (ask.param("draft")?, ask.param("field")?, ask.param("file")?);
        let is_it = move |json: &String| serde_json::from_str::<FileAnswer>(json).is_ok_and(|kept| answers::handle(&kept.file) == file);
        let gone = ask
            .write(move |tx, terms| {
                let mut gone = false;
                filing::change_files(tx, terms, draft, &owner(&program), &field, |typed, _| {
                    let before = typed.all(&field).to_vec();
                    let left: Vec<String> = before.iter().filter(|json| !is_it(json)).cloned().collect();
                    gone = left.len() < before.len();
                    typed.set(field.clone(), left);
                    Ok(())
                })?;
                Ok(gone)
            })
            .await?;
        if gone { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(problem::NOT_FOUND.into()) }
    };
    ask.answer(removed.await)
}
