//! 届いた用紙: a form that came in from a page of either face, with its documents and photographs. What a file claims to be is not believed: its
//! first bytes are looked at, and only what staff can open safely in a browser is taken. What was typed beside a refused file is never lost.

use access::PageError;
use axum::{
    RequestExt,
    extract::{Multipart, Request, multipart},
    http::{StatusCode, header},
};
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::FieldProblem,
    ids::FieldId,
    typed::{TooMuch, Typed, VALUE_BYTES_MAX},
};
use indexmap::IndexMap;
use store::files::Files;

use crate::{
    attachments::{self, FILE_BYTES_MAX, FileRefused},
    filing,
};

/// Files of one request in memory: five of the largest.
const FILES_BYTES_MAX: usize = 5 * FILE_BYTES_MAX;

/// Five files at once and the form around them.
pub(crate) const BODY_BYTES_MAX: usize = FILES_BYTES_MAX + (1 << 20);

/// What is read of a clerk's sheet: what does not fit in memory is thrown away and said to be too large, and nothing that was typed is lost.
pub(crate) const SHEET_BYTES_MAX: usize = 10 * FILES_BYTES_MAX;

/// What came in from a page: what was typed, and files by the name of their question.
#[derive(Default)]
pub(crate) struct Came {
    pub(crate) typed: Typed,
    pub(crate) files: Vec<(String, Incoming)>,
    /// Files that were not taken, by the path of their question. What was typed beside them is saved all the same.
    pub(crate) refused: Vec<(String, FileRefused)>,
}

impl FileRefused {
    pub(crate) const ALL: [FileRefused; 5] =
        [FileRefused::Empty, FileRefused::Large, FileRefused::Kind, FileRefused::Full, FileRefused::TooMany];

    /// As it stands in addresses and word ids: `large`.
    pub fn code(self) -> &'static str {
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
    pub(crate) fn page(self) -> PageError {
        let status = match self {
            FileRefused::Empty | FileRefused::Full => StatusCode::UNPROCESSABLE_ENTITY,
            FileRefused::TooMany => StatusCode::TOO_MANY_REQUESTS,
            FileRefused::Large => StatusCode::PAYLOAD_TOO_LARGE,
            FileRefused::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        PageError::say(status, self.words())
    }

    /// Said beside its question.
    pub(crate) fn problem(self, path: &str) -> FieldProblem {
        FieldProblem { path: path.to_owned(), id: self.words(), args: Vec::new() }
    }
}

/// A file as it came in, checked.
pub struct Incoming {
    name: String,
    media: &'static str,
    bytes: Vec<u8>,
}

/// Whether a request brings files along.
pub(crate) fn is_multipart(request: &Request) -> bool {
    request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// Longer than any token of ours.
const TOKEN_BYTES_MAX: usize = 1024;

/// The parts of a form with files, in their order. The token stands first in our forms: nothing else is read, let alone kept, before whose
/// face it is has looked at it.
pub(crate) struct Parts(Multipart);

impl Parts {
    pub(crate) async fn of(request: Request) -> Result<Parts, PageError> {
        request.extract().await.map(Parts).map_err(|_| PageError::BadInput("the body is no form"))
    }

    pub(crate) async fn token(&mut self) -> Result<String, PageError> {
        let mut part = self.0.next_field().await.map_err(|_| PageError::TooLarge)?.ok_or(PageError::Stale)?;
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
        String::from_utf8(token).map_err(|_| PageError::Stale)
    }

    /// What comes after the token. Of a file that is too large the rest is read and thrown away, so that what stands behind it is not lost.
    pub(crate) async fn rest(mut self) -> Result<Came, PageError> {
        let mut came = Came::default();
        let mut room = FILES_BYTES_MAX;
        while let Some(part) = self.0.next_field().await.map_err(|_| PageError::TooLarge)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(ToOwned::to_owned) {
                None => {
                    let bytes = at_most(part, VALUE_BYTES_MAX).await?.ok_or(PageError::TooLarge)?;
                    let text = String::from_utf8(bytes).map_err(|_| PageError::BadInput("a text is not UTF-8"))?;
                    if text.contains('\0') {
                        return Err(PageError::BadInput("a text holds a NUL character"));
                    }
                    came.typed.push(name, text).map_err(|_| PageError::TooLarge)?;
                }
                Some(file) => match at_most(part, FILE_BYTES_MAX.min(room)).await? {
                    Some(bytes) if file.is_empty() && bytes.is_empty() => {}
                    Some(bytes) => {
                        room -= bytes.len();
                        match checked(&file, bytes) {
                            Ok(incoming) => came.files.push((name, incoming)),
                            Err(refused) => came.refused.push((name, refused)),
                        }
                    }
                    None => came.refused.push((name, FileRefused::Large)),
                },
            }
        }
        Ok(came)
    }
}

/// All of a part, or nothing when there is more of it.
async fn at_most(mut part: multipart::Field<'_>, most: usize) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Vec::new();
    let mut is_more = false;
    while let Some(chunk) = part.chunk().await.map_err(|_| PageError::TooLarge)? {
        is_more = is_more || bytes.len() + chunk.len() > most;
        if !is_more {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((!is_more).then_some(bytes))
}

/// Looks at what a file is.
///
/// # Errors
/// When it is none that we take.
pub fn checked(name: &str, bytes: Vec<u8>) -> Result<Incoming, FileRefused> {
    let media = attachments::look_at(&bytes)?;
    Ok(Incoming { name: shown_name(name), media, bytes })
}

/// A file's name without folders or control characters, at most 80 characters: it is shown, never used as a path.
pub fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

/// Puts files into the store of files of a face before the transaction that names them; what no transaction names is swept later.
///
/// # Errors
/// When the disk fails.
pub async fn keep(store: &Files, files: Vec<(String, Incoming)>) -> Result<Vec<(String, FileAnswer)>, PageError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let store = store.clone();
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
///
/// # Errors
/// When the draft holds no more.
pub fn put(draft: &mut Typed, fields: &IndexMap<FieldId, Field>, files: &[(String, FileAnswer)]) -> Result<(), TooMuch> {
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
