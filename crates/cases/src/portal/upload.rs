//! 添付: documents and photographs. What a file claims to be is not believed: its first bytes are looked at, and only what staff can open
//! safely in a browser is taken.

use access::PageError;
use axum::{
    RequestExt,
    extract::{Multipart, Path, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::FieldProblem,
    ids::FieldId,
    typed::{TooMuch, Typed},
};
use indexmap::IndexMap;
use store::files::FileRef;

use super::{Sheet, form, refusal};
use crate::{draft::DraftId, filing};

/// 10 MB a file: an A4 page at 300 dpi is 1–3 MB, a phone's photograph 2–8 MB.
pub(super) const FILE_BYTES_MAX: usize = 10 << 20;

/// Five files at once and the form around them.
pub(super) const BODY_BYTES_MAX: usize = 5 * FILE_BYTES_MAX + (1 << 20);

/// What came in from a page: what was typed, and files by the name of their question.
pub(super) struct Came {
    pub typed: Typed,
    pub files: Vec<(String, Incoming)>,
    /// Files that were not taken, by the path of their question. What was typed beside them is saved all the same.
    pub refused: Vec<(String, FileRefused)>,
}

/// Why a file was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileRefused {
    /// There is nothing in it.
    Empty,
    /// Over [`FILE_BYTES_MAX`].
    Large,
    /// Its bytes are neither a photograph nor a PDF, whatever its name says.
    Kind,
}

impl FileRefused {
    const ALL: [FileRefused; 3] = [FileRefused::Empty, FileRefused::Large, FileRefused::Kind];

    fn code(self) -> &'static str {
        match self {
            FileRefused::Empty => "empty",
            FileRefused::Large => "large",
            FileRefused::Kind => "kind",
        }
    }

    fn words(self) -> &'static str {
        match self {
            FileRefused::Empty => "cases-file-empty",
            FileRefused::Large => "cases-file-large",
            FileRefused::Kind => "cases-file-kind",
        }
    }

    fn page(self) -> PageError {
        let status = match self {
            FileRefused::Empty => StatusCode::UNPROCESSABLE_ENTITY,
            FileRefused::Large => StatusCode::PAYLOAD_TOO_LARGE,
            FileRefused::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        PageError::say(status, self.words())
    }

    /// Said beside its question.
    pub fn problem(self, path: &str) -> FieldProblem {
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
    let mut token_seen = false;
    while let Some(part) = multipart.next_field().await.map_err(|_| PageError::TooLarge)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await.map_err(|_| PageError::TooLarge)?;
        match file_name {
            // The token stands first in our forms, so nothing is taken in before it is known to be ours.
            None if name == access::CSRF_INPUT => {
                let token = std::str::from_utf8(&bytes).unwrap_or_default();
                sheet.visitor.check_csrf(&sheet.face.keys, token)?;
                sheet.visitor.keep(&sheet.face).await?;
                token_seen = true;
            }
            _ if !token_seen => return Err(PageError::Stale),
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
    if token_seen { Ok(came) } else { Err(PageError::Stale) }
}

/// Looks at what a file is.
fn checked(name: &str, bytes: Vec<u8>) -> Result<Incoming, FileRefused> {
    if bytes.is_empty() {
        return Err(FileRefused::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FileRefused::Large);
    }
    let media = infer::get(&bytes).map_or("", |kind| kind.mime_type());
    let media = ACCEPTED.into_iter().find(|accepted| *accepted == media).ok_or(FileRefused::Kind)?;
    Ok(Incoming { name: shown_name(name), media, bytes })
}

/// What a browser shows in place without running anything.
const ACCEPTED: [&str; 5] = ["application/pdf", "image/jpeg", "image/png", "image/heif", "image/webp"];

/// A file's name without folders or control characters, at most 80 characters: it is shown, never used as a path.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
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

/// Adds files to one question by script, one request a file, so that a lost connection loses one file.
pub(super) async fn add(sheet: Sheet, Path((draft, field)): Path<(String, String)>, request: Request) -> Result<Response, PageError> {
    let came = read(&sheet, request).await?;
    if let Some((_, refused)) = came.refused.first() {
        return Err(refused.page());
    }
    let remove = came.typed.first("remove").map(ToOwned::to_owned);
    let files = keep(&sheet, came.files.into_iter().map(|(_, file)| (field.clone(), file)).collect()).await?;
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
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
    let kept = opened.draft.typed.all(&field).iter().find(|kept| names(kept, &file)).ok_or(PageError::NotFound)?;
    let answer: FileAnswer = serde_json::from_str(kept).map_err(|_| PageError::NotFound)?;
    served(&sheet.face.files, &answer).await
}

/// A kept file as an answer, named and typed, never sniffed.
pub(crate) async fn served(files: &store::files::Files, answer: &FileAnswer) -> Result<Response, PageError> {
    let (files, file): (_, FileRef) = (files.clone(), answer.file.parse().map_err(|_| PageError::NotFound)?);
    let bytes = tokio::task::spawn_blocking(move || files.get(&file)).await.map_err(PageError::internal)??;
    // Nothing but what a browser shows without running it is shown in place; anything else is handed over as it is.
    let shown = ACCEPTED.contains(&answer.media.as_str());
    let headers = [
        (header::CONTENT_TYPE, if shown { answer.media.clone() } else { "application/octet-stream".to_owned() }),
        (
            header::CONTENT_DISPOSITION,
            format!("{}; filename*=UTF-8''{}", if shown { "inline" } else { "attachment" }, access::token::percent(&answer.name)),
        ),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let mut response = (headers, bytes).into_response();
    if answer.media.starts_with("image/") {
        // A picture on its own may do nothing at all, whatever hides in it.
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE_POLICY));
    }
    Ok(response)
}

/// `style-src`: a browser that shows a picture alone puts its own style beside it.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";
