//! 添付: documents and photographs. What a file claims to be is not believed: its first bytes are looked at, and only what staff can open
//! safely in a browser is taken.

use std::collections::BTreeSet;

use access::PageError;
use axum::{
    RequestExt,
    extract::{Multipart, Path, Request, multipart},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::FieldProblem,
    ids::FieldId,
    procedure::Page,
    typed::{TooMuch, Typed},
};
use indexmap::IndexMap;
use store::files::FileRef;

use super::{Sheet, form, refusal};
use crate::{
    FilingRefused,
    attachments::{self, FILE_BYTES_MAX, FileRefused},
    draft::DraftId,
    filing,
    uploads::{self, Sender},
};

/// Five files at once and the form around them.
pub(super) const BODY_BYTES_MAX: usize = 5 * FILE_BYTES_MAX + (1 << 20);

/// What came in from a page: what was typed, and files by the name of their question.
pub(super) struct Came {
    pub typed: Typed,
    pub files: Vec<(String, Incoming)>,
    /// Files that were not taken, by the path of their question. What was typed beside them is saved all the same.
    pub refused: Vec<(String, FileRefused)>,
}

impl FileRefused {
    const ALL: [FileRefused; 5] = [FileRefused::Empty, FileRefused::Large, FileRefused::Kind, FileRefused::Full, FileRefused::TooMany];

    fn code(self) -> &'static str {
        match self {
            FileRefused::Empty => "empty",
            FileRefused::Large => "large",
            FileRefused::Kind => "kind",
            FileRefused::Full => "full",
            FileRefused::TooMany => "many",
        }
    }

    fn words(self) -> &'static str {
        match self {
            FileRefused::Empty => "cases-file-empty",
            FileRefused::Large => "cases-file-large",
            FileRefused::Kind => "cases-file-kind",
            FileRefused::Full => "cases-file-full",
            FileRefused::TooMany => "cases-file-many",
        }
    }

    /// The page that refuses it, where there is no form to say it beside.
    pub(super) fn page(self) -> PageError {
        let status = match self {
            FileRefused::Empty | FileRefused::Full => StatusCode::UNPROCESSABLE_ENTITY,
            FileRefused::TooMany => StatusCode::TOO_MANY_REQUESTS,
            FileRefused::Large => StatusCode::PAYLOAD_TOO_LARGE,
            FileRefused::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        PageError::say(status, self.words())
    }

    /// Said beside its question.
    pub(super) fn problem(self, path: &str) -> FieldProblem {
        FieldProblem { path: path.to_owned(), id: self.words(), args: Vec::new() }
    }
}

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

/// A file as it came in, checked.
pub(super) struct Incoming {
    name: String,
    media: &'static str,
    bytes: Vec<u8>,
}

/// Reads a page's form, urlencoded or multipart, after checking its token.
pub(super) async fn read(sheet: &Sheet, request: Request) -> Result<Came, PageError> {
    let is_multipart = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !is_multipart {
        let access::Posted(typed) = request.extract_with_state(&sheet.face).await?;
        return Ok(Came { typed, files: Vec::new(), refused: Vec::new() });
    }
    let mut multipart: Multipart = request.extract().await.map_err(|_| PageError::BadInput("the body is no form"))?;
    let mut came = Came { typed: Typed::default(), files: Vec::new(), refused: Vec::new() };
    // The token stands first in our forms: nothing else is read, let alone kept, before it is known to be ours.
    let first = multipart.next_field().await.map_err(|_| PageError::TooLarge)?.ok_or(PageError::Stale)?;
    check_token(sheet, first).await?;
    while let Some(part) = multipart.next_field().await.map_err(|_| PageError::TooLarge)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await.map_err(|_| PageError::TooLarge)?;
        match file_name {
            None => {
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| PageError::BadInput("a text is not UTF-8"))?;
                if text.contains('\0') {
                    return Err(PageError::BadInput("a text holds a NUL character"));
                }
                came.typed.push(name, text).map_err(|_| PageError::TooLarge)?;
            }
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(file) => match checked(&file, bytes.to_vec()) {
                Ok(incoming) => came.files.push((name, incoming)),
                Err(refused) => came.refused.push((name, refused)),
            },
        }
    }
    Ok(came)
}

/// Longer than any token of ours.
const TOKEN_BYTES_MAX: usize = 1024;

async fn check_token(sheet: &Sheet, mut part: multipart::Field<'_>) -> Result<(), PageError> {
    if part.file_name().is_some() || part.name() != Some(access::CSRF_INPUT) {
        return Err(PageError::Stale);
    }
    let mut token = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| PageError::TooLarge)? {
        token.extend_from_slice(&chunk);
        if token.len() > TOKEN_BYTES_MAX {
            return Err(PageError::Stale);
        }
    }
    sheet.visitor.check_csrf(&sheet.face.keys, std::str::from_utf8(&token).unwrap_or_default())?;
    sheet.visitor.keep(&sheet.face).await
}

/// Whether a draft is there and theirs, before any file is kept for it.
pub(super) async fn is_theirs(sheet: &Sheet, draft: DraftId) -> Result<(), FilingRefused> {
    let owner = sheet.owner();
    sheet.read(move |tx, terms| filing::own_draft(tx, terms.keys, draft, &owner).map(drop)).await
}

/// Looks at what a file is.
pub(super) fn checked(name: &str, bytes: Vec<u8>) -> Result<Incoming, FileRefused> {
    let media = attachments::look_at(&bytes)?;
    Ok(Incoming { name: shown_name(name), media, bytes })
}

/// A file's name without folders or control characters, at most 80 characters: it is shown, never used as a path.
pub(super) fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
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

/// Puts files into the store of files before the transaction that names them; what no transaction names is swept later.
pub(super) async fn keep(sheet: &Sheet, files: Vec<(String, Incoming)>) -> Result<Vec<(String, FileAnswer)>, PageError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let store = sheet.face.files.clone();
    let kept = tokio::task::spawn_blocking(move || {
        files
            .into_iter()
            .map(|(field, file)| {
                let kept = store.put(&file.bytes)?;
                let answer =
                    FileAnswer { file: kept.to_string(), name: file.name, media: file.media.to_owned(), bytes: file.bytes.len() as u64 };
                Ok((field, answer))
            })
            .collect::<Result<Vec<_>, store::StoreError>>()
    });
    Ok(kept.await.map_err(PageError::internal)??)
}

/// Adds files to their questions, in groups too, up to as many as each takes. What no question asks for is left aside.
pub(super) fn put(draft: &mut Typed, fields: &IndexMap<FieldId, Field>, files: &[(String, FileAnswer)]) -> Result<(), TooMuch> {
    for (path, answer) in files {
        let Some(Kind::Files { at_most, .. }) = filing::kind_at(draft, fields, path) else { continue };
        if draft.all(path).len() >= *at_most as usize {
            continue;
        }
        let Ok(json) = serde_json::to_string(answer) else { continue };
        draft.push(path.clone(), json)?;
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
    let files = keep(&sheet, came.files.into_iter().map(|(_, file)| (field.clone(), file)).collect()).await?;
    let owner = sheet.owner();
    let page = sheet
        .write(move |tx, terms| {
            filing::change_files(tx, terms, id, &owner, &field, |draft, page| {
                if let Some(gone) = &remove {
                    let left: Vec<String> = draft.all(&field).iter().filter(|kept| !names(kept, gone)).cloned().collect();
                    draft.set(field.clone(), left);
                }
                put(draft, &page.fields, &files)
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
