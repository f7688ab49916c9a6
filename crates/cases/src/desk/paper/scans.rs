//! What is attached to a sheet that is no case yet, and the scan of the sheet itself beside the questions: the clerk looks at it while they type,
//! or with the person there. Each look is recorded.

use std::collections::BTreeSet;

use access::{Act, CaseId, PageError, RecordKind, looked};
use axum::{extract::Path, http::StatusCode, response::Response};
use definitions::{answer::FileAnswer, procedure::Procedure};
use maud::{Markup, html};
use ui::{
    field::anchor,
    parts::{Mistake, icons},
};

use super::{OpenSheet, Sheet, form::Wrong, may_take_in, refusal};
use crate::{attachments, filing::files_in, keyed::SCANS_MAX, rows, verbs::Refused};

/// The input of the scans. No question is named so: their ids have no hyphens.
pub(super) const SCAN: &str = "sheet-scan";

/// What may be chosen. The server looks into the bytes all the same.
const ACCEPT: &str = "image/jpeg,image/png,image/heic,image/heif,image/webp,application/pdf";

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
            let file = turn.checked_sub(1).and_then(|at| open.files(&procedure).into_iter().nth(at)).ok_or(Refused::NotFound)?;
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

/// Files that were refused as scans, for the summary.
pub(super) fn mistakes(sheet: &Sheet, wrong: &Wrong) -> Vec<Mistake> {
    let said = |problem| Mistake { anchor: anchor(SCAN), text: ui::field::problem_text(sheet.say(), problem) };
    wrong.problems.iter().filter(|problem| problem.path == SCAN).map(said).collect()
}

/// The sheet itself beside the questions: its leaves one below the other, and the input for more. Its inputs belong to the form.
pub(super) fn beside(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet, wrong: &Wrong) -> Markup {
    let say = sheet.say();
    let before = files_in(&open.typed, procedure).len();
    let mistakes = mistakes(sheet, wrong);
    let is_wrong = !mistakes.is_empty();
    html! {
        aside.leaf aria-labelledby="scan" data-scan {
            h2 #scan { (sheet.word("desk-entry-scan")) }
            @if !open.scans.is_empty() {
                // Larger by an address within the page: nothing that was typed is lost on the way.
                p.sizes {
                    (sheet.word("desk-entry-size")) " "
                    a href="#scan" { "100%" } " " a href="#leaf-150" { "150%" } " " a href="#leaf-200" { "200%" } " " a href="#leaf-300" { "300%" }
                }
                @for size in ["150", "200", "300"] { span.size id={ "leaf-" (size) } {} }
                div.leaves tabindex="0" role="region" aria-label=(sheet.word("desk-entry-scan-region")) {
                    @for (at, file) in open.scans.iter().enumerate() {
                        (leaf(sheet, &format!("/desk/paper/{}/files/{}/{}", procedure.id, open.case, before + at + 1), file))
                    }
                }
                ul.files {
                    @for (at, file) in open.scans.iter().enumerate() {
                        li {
                            a.grow href={ "/desk/paper/" (procedure.id) "/files/" (open.case) "/" (before + at + 1) } target="_blank" rel="noopener" { (file.name) }
                            button.btn.quiet.small type="submit" form="entry" name={ "remove." (SCAN) "." (at) } value="1" formnovalidate
                                aria-label=(say.text("ui-files-remove", &[("name", file.name.as_str().into())])) { (icons::X) (say.html("ui-group-remove", &[])) }
                        }
                    }
                }
            }
            @if open.scans.len() < SCANS_MAX {
                div.drop {
                    label for=(anchor(SCAN)) { (sheet.word("desk-entry-scan-choose")) }
                    @for mistake in &mistakes { p.err id="scan-wrong" { (icons::CIRCLE_ALERT) span { (mistake.text) } } }
                    input id=(anchor(SCAN)) form="entry" type="file" name=(SCAN) accept=(ACCEPT) multiple
                        aria-invalid=[is_wrong.then_some("true")] aria-describedby=[is_wrong.then_some("scan-wrong")];
                    button.btn.second.small type="submit" form="entry" name="verb" value="look" { (sheet.word("desk-entry-scan-put")) }
                }
            }
        }
    }
}

fn leaf(sheet: &Sheet, href: &str, file: &FileAnswer) -> Markup {
    html! {
        @match file.media.as_str() {
            "image/jpeg" | "image/png" | "image/webp" => img src=(href) alt=(sheet.say().text("desk-entry-scan-alt", &[("name", file.name.as_str().into())]));,
            "application/pdf" => iframe src=(href) title=(file.name) {},
            _ => p { (file.name) "　" (sheet.word("desk-entry-scan-aside")) },
        }
    }
}
