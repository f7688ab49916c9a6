//! 添付 on residents' pages: documents and photographs, with the form or one request a file.

use std::collections::BTreeSet;

use access::PageError;
use axum::{
    RequestExt,
    extract::{Path, Request},
    http::header,
    response::{IntoResponse, Response},
};
use definitions::{answer::FileAnswer, field::Kind, form::FieldProblem, procedure::Page, typed::Typed};
use store::files::FileRef;

use super::{Sheet, form, refusal};
use crate::{
    FilingRefused,
    attachments::{self, FileRefused},
    draft::DraftId,
    filing,
    incoming::{self, Came, Parts},
    uploads::{self, Sender},
};

/// Refused files as a part of an address, so that the page that comes back says which question they were meant for.
pub(super) fn refused_query(refused: &[(String, FileRefused)]) -> String {
    // A path is made of the letters of ids, digits and dots: nothing in it has to be escaped. Another is no question of ours.
    let is_path = |path: &str| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    refused.iter().filter(|(path, _)| is_path(path)).map(|(path, why)| format!("&refused={}~{path}", why.code())).collect()
}

/// The same read back from an address.
pub(super) fn refused_of(query: &str) -> Vec<FieldProblem> {
    let parts = query.split('&').filter_map(|part| part.strip_prefix("refused=")?.split_once('~'));
    parts.filter_map(|(code, path)| Some(FileRefused::ALL.into_iter().find(|why| why.code() == code)?.problem(path))).collect()
}

/// Reads a page's form, urlencoded or multipart, after checking its token.
pub(super) async fn read(sheet: &Sheet, request: Request) -> Result<Came, PageError> {
    if !incoming::is_multipart(&request) {
        let access::Posted(typed) = request.extract_with_state(&sheet.face).await?;
        return Ok(Came { typed, ..Came::default() });
    }
    let mut parts = Parts::of(request).await?;
    let token = parts.token().await?;
    sheet.visitor.check_csrf(&sheet.face.keys, &token)?;
    sheet.visitor.keep(&sheet.face).await?;
    parts.rest().await
}

/// Whether a draft is there and theirs, before any file is kept for it.
pub(super) async fn is_theirs(sheet: &Sheet, draft: DraftId) -> Result<(), FilingRefused> {
    let owner = sheet.owner();
    sheet.read(move |tx, terms| filing::own_draft(tx, terms.keys, draft, &owner).map(drop)).await
}

/// Who sends files here, for counting them.
pub(super) fn sender(sheet: &Sheet) -> Sender {
    Sender { session: sheet.visitor.session.to_string(), address: sheet.visitor.client_key(&sheet.face.keys) }
}

/// Counts the files of a form; what is more than one session or network address may send in a while is not taken.
pub(super) async fn count(sheet: &Sheet, came: &mut Came) -> Result<(), PageError> {
    let (wanted, sender) = (came.files.len(), sender(sheet));
    if wanted == 0 {
        return Ok(());
    }
    let counted = sheet.write(move |tx, terms| {
        for taken in 0..wanted {
            if uploads::count(tx, &sender, terms.now)?.is_err() {
                return Ok(taken);
            }
        }
        Ok(wanted)
    });
    let taken = counted.await.map_err(refusal)?;
    for (field, _) in came.files.drain(taken..) {
        let refused = (field, FileRefused::TooMany);
        // Said once beside its question, however many they are.
        if !came.refused.contains(&refused) {
            came.refused.push(refused);
        }
    }
    Ok(())
}

/// The questions that had no room for all of these files, each once. What was sent for no question of the page is nobody's.
pub(super) fn left_aside(draft: &Typed, files: &[(String, FileAnswer)]) -> BTreeSet<(String, FileRefused)> {
    let is_full = |(path, file): &&(String, FileAnswer)| {
        let kept = draft.all(path);
        !kept.is_empty() && !kept.iter().any(|kept| names(kept, &file.file))
    };
    files.iter().filter(is_full).map(|(path, _)| (path.clone(), FileRefused::Full)).collect()
}

/// Adds whole files to one question, or takes one out.
pub(super) async fn add(sheet: Sheet, Path((draft, field)): Path<(String, String)>, request: Request) -> Result<Response, PageError> {
    let mut came = read(&sheet, request).await?;
    let remove = came.typed.first("remove").map(ToOwned::to_owned);
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    is_theirs(&sheet, id).await.map_err(refusal)?;
    count(&sheet, &mut came).await?;
    if let Some((_, refused)) = came.refused.first() {
        return Err(refused.page());
    }
    let files = incoming::keep(&sheet.face.files, came.files.into_iter().map(|(_, file)| (field.clone(), file)).collect()).await?;
    let owner = sheet.owner();
    let page = sheet
        .write(move |tx, terms| {
            filing::change_files(tx, terms, id, &owner, &field, |draft, page| {
                if let Some(gone) = &remove {
                    let left: Vec<String> = draft.all(&field).iter().filter(|kept| !names(kept, gone)).cloned().collect();
                    draft.set(field.clone(), left);
                }
                incoming::put(draft, &page.fields, &files)
            })
        })
        .await
        .map_err(refusal)?;
    Ok(super::see(&format!("/drafts/{draft}/{page}")))
}

fn names(json: &str, file: &str) -> bool {
    serde_json::from_str::<FileAnswer>(json).is_ok_and(|answer| answer.file == file)
}

/// Shows a file of the person's own draft.
pub(super) async fn show(sheet: Sheet, Path((draft, field, file)): Path<(String, String, String)>) -> Result<Response, PageError> {
    let opened = match form::opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    // What was typed into another question is no file, whatever it looks like.
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    let asks = |page: &Page| matches!(filing::kind_at(&opened.draft.typed, &page.fields, &field), Some(Kind::Files { .. }));
    if !procedure.pages.values().any(asks) {
        return Err(PageError::NotFound);
    }
    let kept = opened.draft.typed.all(&field).iter().find(|kept| names(kept, &file)).ok_or(PageError::NotFound)?;
    let answer: FileAnswer = serde_json::from_str(kept).map_err(|_| PageError::NotFound)?;
    served(&sheet.face.files, &answer).await
}

/// A kept file as an answer. Its type is what its bytes are, whatever anybody said of it: what is neither a photograph nor a PDF is handed
/// over to be saved and never shown. None of them can run anything in the session that asked for it.
pub(crate) async fn served(files: &store::files::Files, answer: &FileAnswer) -> Result<Response, PageError> {
    let (files, file): (_, FileRef) = (files.clone(), answer.file.parse().map_err(|_| PageError::NotFound)?);
    let bytes = tokio::task::spawn_blocking(move || files.get(&file)).await.map_err(PageError::internal)??;
    let (media, shown, policy) = match attachments::media_of(&bytes) {
        Some(attachments::PDF) => (attachments::PDF, "inline", PDF_POLICY),
        Some(image) => (image, "inline", IMAGE_POLICY),
        None => ("application/octet-stream", "attachment", SAVED_POLICY),
    };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{shown}; filename*=UTF-8''{}", access::token::percent(&answer.name))),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A photograph alone in a window is drawn by a page of the browser's own, which needs its inline style.
const IMAGE_POLICY: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Nothing but the browser's own viewer, which this leaves alone (tried with Chromium). No sandbox: many releases show no PDF in one.
const PDF_POLICY: &str =
    "default-src 'none'; object-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// For what is only saved.
const SAVED_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use store::{
        files::Files,
        keys::Face,
        testing::{Place, keys},
    };

    use super::*;

    /// As a broken portal would name it to the desk.
    fn said(files: &Files, bytes: &[u8], media: &str) -> FileAnswer {
        let file = files.put(bytes).unwrap().to_string();
        FileAnswer { file, name: "x".into(), media: media.into(), bytes: bytes.len() as u64 }
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        response.headers()[name].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn what_was_said_of_a_file_makes_it_nothing_else() {
        let place = Place::sqlite();
        let files = Files::open(&place.folder().join("files"), keys().face(Face::Desk).unwrap()).unwrap();
        let page = b"<!doctype html><script src=\"/desk/x\"></script>";
        for (bytes, media) in [(&page[..], "text/html"), (b"fetch('/desk')", "text/javascript"), (b"<svg onload=a()>", "image/svg+xml")] {
            let answer = served(&files, &said(&files, bytes, media)).await.unwrap();
            assert_eq!(header_of(&answer, header::CONTENT_TYPE), "application/octet-stream", "{media}");
            assert!(header_of(&answer, header::CONTENT_DISPOSITION).starts_with("attachment;"));
            assert!(header_of(&answer, header::CONTENT_SECURITY_POLICY).starts_with("sandbox; default-src 'none'"));
        }
        let png = served(&files, &said(&files, b"\x89PNG\r\n\x1a\n....", "text/html")).await.unwrap();
        assert_eq!(header_of(&png, header::CONTENT_TYPE), "image/png");
        let policy = header_of(&png, header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("script"), "{policy}");
        let pdf = served(&files, &said(&files, b"%PDF-1.7\n", "text/html")).await.unwrap();
        assert_eq!(header_of(&pdf, header::CONTENT_TYPE), "application/pdf");
        let policy = header_of(&pdf, header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("object-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    }
}
