//! 送信の途中: a program's file in pieces, by the same headers as the pages use (the IETF's *Resumable Uploads for HTTP*): `Upload-Offset` says
//! where a piece begins, and every answer says how much is here.

use access::{
    CaseId, PortalFace,
    program::{Admitted, Scope},
};
use axum::{
    body::{self, Body},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cases::{
    attachments, documents,
    draft::DraftId,
    uploads::{self, Offer, PIECE_BYTES, Upload, UploadId},
};

use super::documents::{document_refused, not_taken, sender};
use crate::{
    ask::{Answer, Ask, owner},
    body as json_body,
    problem::{self, Problem},
};

/// Where an upload stands.
fn standing(status: StatusCode, upload: &Upload) -> Response {
    let headers = [
        ("upload-offset", upload.received.to_string()),
        ("upload-length", upload.size.to_string()),
        ("upload-complete", if upload.done { "?1" } else { "?0" }.to_owned()),
        ("upload-limit", format!("max-append-size={PIECE_BYTES}")),
    ];
    (status, headers).into_response()
}

/// An upload by its address.
#[derive(Clone)]
struct Named {
    program: Admitted,
    draft: DraftId,
    field: String,
    id: UploadId,
}

impl Named {
    async fn of(ask: &Ask<PortalFace>) -> Result<Named, Problem> {
        let program = ask.program(Scope::DraftsWrite).await?;
        Ok(Named { program, draft: ask.param("draft")?, field: ask.param("field")?, id: ask.param("upload")? })
    }

    async fn found(&self, ask: &Ask<PortalFace>) -> Result<Upload, Problem> {
        let it = self.clone();
        ask.read(move |tx, terms| Ok(uploads::own(tx, terms, &owner(&it.program), (it.draft, &it.field), it.id)?)).await
    }

    async fn discarded(&self, ask: &Ask<PortalFace>) -> Result<(), Problem> {
        let it = self.clone();
        ask.write(move |tx, terms| Ok(uploads::discard(tx, terms, &owner(&it.program), (it.draft, &it.field), it.id)?)).await
    }
}

pub(super) async fn open(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(opened(&ask, body).await)
}

async fn opened(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let program = ask.program(Scope::DraftsWrite).await?;
    let (draft, field): (DraftId, String) = (ask.param("draft")?, ask.param("field")?);
    let members = json_body::object(&ask.headers, body, json_body::JSON_BYTES_MAX).await?;
    let say = |id: &str| ask.say().text(id, &[]);
    json_body::only(&members, &["name", "size", "key"], say)?;
    let name = documents::shown_name(json_body::text(&members, "name", say)?);
    let key = json_body::text(&members, "key", say)?.to_owned();
    let size = members.get("size").and_then(serde_json::Value::as_u64).ok_or(problem::INVALID)?;
    if key.is_empty() || key.len() > 64 {
        return Err(problem::INVALID.into());
    }
    let (sender, offer) = (sender(ask, &program, draft), Offer { offered: key, name, size });
    let id = UploadId(CaseId::draw(ask.face.clock.now()).uuid());
    let place = field.clone();
    let opened = ask.write(move |tx, terms| Ok(uploads::open(tx, terms, &owner(&program), (draft, &field), &sender, &offer, id)?)).await?;
    let upload = opened.map_err(not_taken)?;
    let location = format!("/api/v1/drafts/{draft}/uploads/{place}/{}", upload.id);
    Ok(([(header::LOCATION, location)], standing(StatusCode::CREATED, &upload)).into_response())
}

pub(super) async fn ask(ask: Ask<PortalFace>) -> Response {
    let asked = async { Ok(standing(StatusCode::NO_CONTENT, &Named::of(&ask).await?.found(&ask).await?)) };
    ask.answer(asked.await)
}

pub(super) async fn discard(ask: Ask<PortalFace>) -> Response {
    let gone = async {
        Named::of(&ask).await?.discarded(&ask).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    ask.answer(gone.await)
}

pub(super) async fn append(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(appended(&ask, body).await)
}

async fn appended(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let named = Named::of(ask).await?;
    let at: u32 = ask.header("upload-offset").and_then(|at| at.parse().ok()).ok_or(problem::INVALID)?;
    let before = named.found(ask).await?;
    if before.done || before.received != at {
        return Err(not_taken(uploads::NotTaken::Elsewhere(Box::new(before))));
    }
    let due = before.next_piece() as usize;
    let piece = body::to_bytes(body, due).await.map_err(|_| Problem::from(problem::TOO_LARGE))?;
    if piece.len() != due {
        return Err(Problem::from(problem::INVALID).with("due", due));
    }
    // What a file is stands in its first bytes: nobody sends the rest of one that is not taken.
    if at == 0
        && let Err(refused) = attachments::look_at(&piece)
    {
        named.discarded(ask).await?;
        return Err(document_refused(refused));
    }
    let it = named.clone();
    let done =
        ask.write(move |tx, terms| Ok(uploads::append(tx, terms, &owner(&it.program), (it.draft, &it.field), it.id, at, &piece)?)).await?;
    let upload = done.map_err(not_taken)?;
    if upload.received < upload.size { Ok(standing(StatusCode::NO_CONTENT, &upload)) } else { finish(ask, &named, &upload).await }
}

/// All is here: the file goes through the check of every file, is kept, and becomes the draft's.
async fn finish(ask: &Ask<PortalFace>, named: &Named, upload: &Upload) -> Answer {
    let mut bytes = Vec::with_capacity(upload.size as usize);
    for at in (0..upload.size).step_by(PIECE_BYTES as usize) {
        let (keys, id) = (ask.face.keys.clone(), upload.id);
        match ask.face.store.reading(move |tx| uploads::piece(tx, &keys, id, at)).await? {
            Some(piece) => bytes.extend(piece),
            // Another request has ended it meanwhile.
            None => return Ok(standing(StatusCode::NO_CONTENT, &named.found(ask).await?)),
        }
    }
    let incoming = match documents::checked(&upload.label.name, bytes) {
        Ok(incoming) => incoming,
        Err(refused) => {
            named.discarded(ask).await?;
            return Err(document_refused(refused));
        }
    };
    let kept = documents::keep(&ask.face.files, vec![(named.field.clone(), incoming)]).await?;
    let file = kept.into_iter().next().map(|(_, file)| file).ok_or(problem::NOT_FOUND)?;
    let it = named.clone();
    let finished =
        ask.write(move |tx, terms| Ok(uploads::finish(tx, terms, &owner(&it.program), (it.draft, &it.field), it.id, &file)?)).await?;
    finished.map_err(not_taken)?;
    Ok(standing(StatusCode::NO_CONTENT, &Upload { done: true, ..upload.clone() }))
}
