//! 送信の途中: a file that comes in pieces, as [`uploads`] takes them. The words of the protocol are headers, those of the IETF's *Resumable
//! Uploads for HTTP* where it has them: `Upload-Offset`, `Upload-Length`, `Upload-Complete`, `Upload-Limit`; ours is `Upload-Mark`.
//!
//! Whoever asks is looked at before a byte of the body is read: the token, the draft that must be theirs, the place and the size.

use access::{CaseId, PageError, Posted};
use axum::{
    body,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use definitions::answer::FileAnswer;
use ui::field::HalfSent;

use super::{Sheet, refusal, upload};
use crate::{
    attachments,
    draft::DraftId,
    incoming,
    uploads::{self, NotTaken, Offer, PIECE_BYTES, Upload, UploadId},
};

/// The header that carries the session's token, where there is no form to carry it.
const CSRF_HEADER: &str = "x-csrf";

const OFFSET: &str = "upload-offset";

/// Longer than what a browser calls an attempt.
const OFFERED_BYTES_MAX: usize = 64;

impl NotTaken {
    fn answer(self) -> Response {
        match self {
            NotTaken::File(refused) => refused.page().into_response(),
            NotTaken::Wait(wait) => PageError::TooMany(wait).into_response(),
            NotTaken::Elsewhere(upload) => standing(StatusCode::CONFLICT, &upload),
        }
    }
}

/// Where an upload stands.
fn standing(status: StatusCode, upload: &Upload) -> Response {
    let headers = [
        (OFFSET, upload.received.to_string()),
        ("upload-length", upload.size.to_string()),
        ("upload-complete", if upload.done { "?1" } else { "?0" }.to_owned()),
        ("upload-limit", format!("max-append-size={PIECE_BYTES}")),
        ("upload-mark", upload.label.mark.clone()),
        ("cache-control", "no-store".to_owned()),
    ];
    (status, headers).into_response()
}

fn url(upload: &Upload) -> String {
    format!("/drafts/{}/files/{}/uploads/{}", upload.draft, upload.field, upload.id)
}

/// What is half sent for a page of the person's own draft.
pub(super) async fn half_sent(sheet: &Sheet, draft: DraftId) -> Result<Vec<HalfSent>, PageError> {
    let found = sheet.read(move |tx, terms| Ok(uploads::half_sent(tx, terms, draft)?)).await.map_err(refusal)?;
    let half = |upload: Upload| HalfSent {
        url: url(&upload),
        path: upload.field,
        name: upload.label.name,
        size: upload.size,
        received: upload.received,
    };
    Ok(found.into_iter().map(half).collect())
}

/// `POST …/uploads`: a browser says what it is going to send.
pub(super) async fn open(sheet: Sheet, Path((draft, field)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let draft: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let text = |name| typed.first(name).ok_or(PageError::BadInput("an upload without its name, size or key"));
    let (offered, name) = (text("key")?.to_owned(), incoming::shown_name(text("name")?));
    let size = text("size")?.parse().map_err(|_| PageError::BadInput("a size that is no number"))?;
    if offered.is_empty() || offered.len() > OFFERED_BYTES_MAX {
        return Err(PageError::BadInput("an upload without its key"));
    }
    let (owner, sender, offer) = (sheet.owner(), upload::sender(&sheet), Offer { offered, name, size });
    let id = UploadId(CaseId::draw(sheet.face.clock.now()).uuid());
    let opened = sheet.write(move |tx, terms| uploads::open(tx, terms, &owner, (draft, &field), &sender, &offer, id)).await;
    Ok(match opened.map_err(refusal)? {
        Ok(upload) => ([(header::LOCATION, url(&upload))], standing(StatusCode::CREATED, &upload)).into_response(),
        Err(refused) => refused.answer(),
    })
}

/// An upload by its address, as a path names it.
struct Named {
    draft: DraftId,
    field: String,
    id: UploadId,
}

impl Named {
    fn of((draft, field, id): (String, String, String)) -> Result<Named, PageError> {
        let (draft, id) = (draft.parse().map_err(|_| PageError::NotFound)?, id.parse().map_err(|_| PageError::NotFound)?);
        Ok(Named { draft, field, id })
    }

    async fn found(&self, sheet: &Sheet) -> Result<Upload, PageError> {
        let (owner, draft, field, id) = (sheet.owner(), self.draft, self.field.clone(), self.id);
        sheet.read(move |tx, terms| uploads::own(tx, terms, &owner, (draft, &field), id)).await.map_err(refusal)
    }

    async fn discarded(&self, sheet: &Sheet) -> Result<(), PageError> {
        let (owner, draft, field, id) = (sheet.owner(), self.draft, self.field.clone(), self.id);
        sheet.write(move |tx, terms| uploads::discard(tx, terms, &owner, (draft, &field), id)).await.map_err(refusal)
    }
}

type Place = Path<(String, String, String)>;

/// `GET` and `HEAD`: how much has arrived.
pub(super) async fn ask(sheet: Sheet, Path(named): Place) -> Result<Response, PageError> {
    Ok(standing(StatusCode::NO_CONTENT, &Named::of(named)?.found(&sheet).await?))
}

/// `DELETE`: the person gives it up.
pub(super) async fn discard(sheet: Sheet, Path(named): Place, headers: HeaderMap) -> Result<Response, PageError> {
    check_token(&sheet, &headers)?;
    Named::of(named)?.discarded(&sheet).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `PATCH`: one piece. With the last one the file is looked at and becomes the draft's; should that have failed, an empty piece behind the
/// last one asks for it again.
pub(super) async fn append(sheet: Sheet, Path(named): Place, request: Request) -> Result<Response, PageError> {
    check_token(&sheet, request.headers())?;
    let named = Named::of(named)?;
    let at = number(request.headers(), OFFSET)?.ok_or(PageError::BadInput("a piece that does not say where it begins"))?;
    let before = named.found(&sheet).await?;
    if before.done || u64::from(before.received) != at {
        return Ok(standing(StatusCode::CONFLICT, &before));
    }
    let piece = piece(request, before.next_piece() as usize).await?;
    // What a file is stands in its first bytes: nobody sends the rest of one that is not taken.
    if at == 0
        && let Err(refused) = attachments::look_at(&piece)
    {
        named.discarded(&sheet).await?;
        return Err(refused.page());
    }
    let (owner, draft, field, id) = (sheet.owner(), named.draft, named.field.clone(), named.id);
    let appended = sheet.write(move |tx, terms| uploads::append(tx, terms, &owner, (draft, &field), id, before.received, &piece)).await;
    match appended.map_err(refusal)? {
        Ok(upload) if upload.received == upload.size => finish(&sheet, &named, &upload).await,
        Ok(upload) => Ok(standing(StatusCode::NO_CONTENT, &upload)),
        Err(refused) => Ok(refused.answer()),
    }
}

fn check_token(sheet: &Sheet, headers: &HeaderMap) -> Result<(), PageError> {
    let token = headers.get(CSRF_HEADER).and_then(|token| token.to_str().ok()).unwrap_or_default();
    sheet.visitor.check_csrf(&sheet.face.keys, token)
}

fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, PageError> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or(PageError::BadInput("a header that is no number"))
}

/// The bytes of a piece, which must be as many as are due.
async fn piece(request: Request, due: usize) -> Result<Vec<u8>, PageError> {
    let said = number(request.headers(), header::CONTENT_LENGTH.as_str())?;
    if said.is_some_and(|said| said > due as u64) {
        return Err(PageError::TooLarge);
    }
    let bytes = body::to_bytes(request.into_body(), due).await.map_err(|_| PageError::BadInput("a piece that broke off or is too long"))?;
    if bytes.len() == due { Ok(bytes.into()) } else { Err(PageError::BadInput("a piece that is too short")) }
}

/// All is here: the file goes through the check of every file, is kept, and becomes the draft's.
async fn finish(sheet: &Sheet, named: &Named, upload: &Upload) -> Result<Response, PageError> {
    let Some(bytes) = whole(sheet, upload).await? else {
        // Its pieces are gone: another request has ended it meanwhile.
        return Ok(standing(StatusCode::NO_CONTENT, &named.found(sheet).await?));
    };
    let incoming = match incoming::checked(&upload.label.name, bytes) {
        Ok(incoming) => incoming,
        Err(refused) => {
            named.discarded(sheet).await?;
            return Err(refused.page());
        }
    };
    let kept = incoming::keep(&sheet.face.files, vec![(named.field.clone(), incoming)]).await?;
    let file: FileAnswer = kept.into_iter().next().map(|(_, file)| file).ok_or(PageError::NotFound)?;
    let (owner, draft, field, id) = (sheet.owner(), named.draft, named.field.clone(), named.id);
    let finished = sheet.write(move |tx, terms| uploads::finish(tx, terms, &owner, (draft, &field), id, &file)).await;
    Ok(match finished.map_err(refusal)? {
        Ok(()) => standing(StatusCode::NO_CONTENT, &Upload { done: true, ..upload.clone() }),
        Err(refused) => refused.answer(),
    })
}

/// All pieces, one read each: none holds the store for longer than 256 kB take. None when one is missing.
async fn whole(sheet: &Sheet, upload: &Upload) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Vec::with_capacity(upload.size as usize);
    for at in (0..upload.size).step_by(PIECE_BYTES as usize) {
        let (keys, id) = (sheet.face.keys.clone(), upload.id);
        match sheet.face.store.reading(move |tx| uploads::piece(tx, &keys, id, at)).await? {
            Some(piece) => bytes.extend(piece),
            None => return Ok(None),
        }
    }
    Ok(Some(bytes))
}
