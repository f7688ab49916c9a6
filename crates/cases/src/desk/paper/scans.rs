//! What is attached to a sheet that is no case yet: the clerk looks at it with the person there. Each look is recorded.

use std::collections::BTreeSet;

use access::{Act, CaseId, PageError, RecordKind, looked};
use axum::{extract::Path, http::StatusCode, response::Response};
use definitions::{answer::FileAnswer, procedure::Procedure};
use maud::{Markup, html};

use super::{OpenSheet, Sheet, may_take_in, refusal};
use crate::{attachments, filing::files_in, rows, verbs::Refused};

/// The attachments of a sheet, each with the way to it; nothing where there are none.
pub(super) async fn list(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet) -> Result<Markup, PageError> {
    let (files, case) = (files_in(&open.typed, procedure), open.case);
    if files.is_empty() {
        return Ok(html! {});
    }
    let here: BTreeSet<String> = sheet.read(move |tx, _| Ok(attachments::here(tx, case)?)).await.map_err(refusal)?;
    Ok(html! {
        section.panel aria-labelledby="scans" {
            h2 #scans { (sheet.word("desk-sheet-scans")) }
            ul.files {
                @for (at, file) in files.iter().enumerate() {
                    li {
                        @if here.contains(&file.file) {
                            a.grow href={ "/desk/paper/" (procedure.id) "/files/" (case) "/" (at + 1) } target="_blank" rel="noopener" { (file.name) }
                        } @else {
                            span.grow { (file.name) } " " small { (sheet.word("desk-file-on-its-way")) }
                        }
                    }
                }
            }
        }
    })
}

/// One of them, for the clerk whose sheet it is.
pub(in crate::desk) async fn show(
    sheet: Sheet,
    Path((procedure, case, turn)): Path<(String, String, usize)>,
) -> Result<Response, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let case: CaseId = case.parse().map_err(|_| PageError::NotFound)?;
    let (file, kept) = sheet
        .write(move |tx, acting| {
            let open = rows::sheets::sheet(tx, acting.keys, acting.staff.id, case)?;
            let open = open.filter(|open| open.procedure == procedure.id).ok_or(Refused::NotFound)?;
            let file = turn.checked_sub(1).and_then(|at| files_in(&open.typed, &procedure).into_iter().nth(at)).ok_or(Refused::NotFound)?;
            let authority = access::grants::may_any(acting.staff, Act::Work, RecordKind::Case).ok_or(Refused::NotFound)?;
            looked::looked(tx, acting.staff, &authority, RecordKind::Case, &case.to_string(), "file")?;
            let kept = attachments::kept(tx, case, &file.file)?;
            Ok((file, kept))
        })
        .await
        .map_err(refusal)?;
    let kept = kept.ok_or_else(|| PageError::say(StatusCode::NOT_FOUND, "desk-error-file-on-its-way"))?;
    crate::portal::served(&sheet.face.files, &FileAnswer { file: kept, ..file }).await
}
