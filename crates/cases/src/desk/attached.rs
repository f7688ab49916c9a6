//! 添付: what came with a case, in place: photographs beside the answers, documents in a frame, each also large on a page of its own from which
//! one turns to the next. Only who may see the case sees any of it, and each look is recorded.

use std::collections::BTreeSet;

use access::{PageError, RecordKind, looked};
use axum::{extract::Path, http::StatusCode, response::Response};
use definitions::answer::FileAnswer;
use maud::{Markup, html};
use ui::{
    page::Crumb,
    parts::{self, KeyHint, Say, Tone},
};

use super::{
    Sheet,
    case::{self, Opened},
    refusal,
    verbs::number_of,
};
use crate::{attachments, rows, verbs};

/// How a browser shows an attachment without running anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As a picture.
    Picture,
    /// In a frame, by its own viewer.
    Frame,
    /// Not at all: it is opened with another program.
    Aside,
}

/// By what the upload found it to be; its name says nothing.
fn way(file: &FileAnswer) -> Way {
    match file.media.as_str() {
        "image/jpeg" | "image/png" | "image/webp" => Way::Picture,
        "application/pdf" => Way::Frame,
        _ => Way::Aside,
    }
}

/// Attachments among the answers of an opened case, in the order of the questions, then the sheet of paper itself.
fn all(opened: &Opened) -> Vec<FileAnswer> {
    attachments::of(&opened.case.answers).into_iter().chain(opened.scans.iter().cloned()).collect()
}

/// 用紙: the sheet that a clerk made the case of; nothing where there is none.
pub(super) fn sheet_of_paper(sheet: &Sheet, opened: &Opened) -> Markup {
    html! {
        @if !opened.scans.is_empty() {
            h3 { (sheet.word("desk-entry-scan")) }
            (in_place(sheet, opened, &opened.scans))
        }
    }
}

/// Whether the desk has its copy by now. What was put at the desk lies here from the first.
fn is_here(opened: &Opened, file: &FileAnswer) -> bool {
    opened.files_here.contains(&file.file)
}

/// The attachments of one question, in its row of the answers.
pub(super) fn in_place(sheet: &Sheet, opened: &Opened, files: &[FileAnswer]) -> Markup {
    let say = sheet.say();
    let all = all(opened);
    html! {
        ul.shots {
            @for file in files {
                @let turn = all.iter().position(|other| other.file == file.file).unwrap_or_default() + 1;
                @let href = format!("/desk/cases/{}/attached/{turn}", opened.case.number.plain());
                li {
                    @if !is_here(opened, file) {
                        span { (file.name) } " " small { (say.html("desk-file-on-its-way", &[])) }
                    } @else {
                        a href=(href) {
                            @if way(file) == Way::Picture { img src=(source(opened, file)) alt="" loading="lazy"; }
                            (file.name)
                        }
                        " " small { (size(sheet, file)) }
                    }
                }
            }
        }
    }
}

/// Attachments that the person sent beside the answers that stand, by their names, within a line of the story.
pub(super) fn beside(sheet: &Sheet, opened: &Opened, files: &[FileAnswer]) -> Markup {
    named(sheet.say(), &opened.case.number.plain(), &opened.files_here, files)
}

/// They came from the residents' side whatever the channel of the case: a link leads to what has arrived, and to nothing else.
fn named(say: Say<'_>, number: &str, here: &BTreeSet<String>, files: &[FileAnswer]) -> Markup {
    html! {
        @for (at, file) in files.iter().enumerate() {
            @if at > 0 { "、" }
            @if here.contains(&file.file) {
                a href=(address(number, file)) target="_blank" rel="noopener" { (file.name) }
            } @else { (file.name) " " small { (say.html("desk-file-on-its-way", &[])) } }
        }
    }
}

fn source(opened: &Opened, file: &FileAnswer) -> String {
    address(&opened.case.number.plain(), file)
}

fn address(number: &str, file: &FileAnswer) -> String {
    format!("/desk/cases/{number}/files/{}", file.file)
}

fn size(sheet: &Sheet, file: &FileAnswer) -> String {
    sheet.say().text("desk-file-bytes", &[("kb", (file.bytes / 1024).max(1).into())])
}

/// One attachment large, with the ways to the one before and the one after.
pub(super) async fn show(sheet: Sheet, Path((number, turn)): Path<(String, usize)>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let files = all(&opened);
    let file = turn.checked_sub(1).and_then(|at| files.get(at)).ok_or(PageError::NotFound)?;
    let say = sheet.say();
    let at = format!("/desk/cases/{}", opened.case.number.plain());
    let to = |turn: usize| format!("{at}/attached/{turn}");
    let src = source(&opened, file);
    let here = say.text("desk-attached-of", &[("turn", turn.into()), ("count", files.len().into())]);
    let body = html! {
        div.row.actions.turns {
            @if turn > 1 { a.btn.second href=(to(turn - 1)) rel="prev" data-shortcut="p" { (say.html("desk-attached-before", &[])) } }
            span { (here) }
            @if turn < files.len() { a.btn.second href=(to(turn + 1)) rel="next" data-shortcut="n" { (say.html("desk-attached-after", &[])) } }
            (parts::back_link(&at, say.html("desk-back-to-case", &[])))
        }
        @if !is_here(&opened, file) {
            (parts::notice(Tone::Info, html! { p { (say.html("desk-file-on-its-way", &[])) } }))
        } @else {
            @match way(file) {
                Way::Picture => div.shown { a href=(src) target="_blank" rel="noopener" { img src=(src) alt=(file.name); } },
                Way::Frame => (parts::letter_frame(say, &src, &file.name)),
                Way::Aside => (parts::notice(Tone::Info, html! { p { (say.html("desk-attached-aside", &[])) } p { a href=(src) { (file.name) } } })),
            }
        }
        p.sub { (size(&sheet, file)) " ・ " (say.html("desk-looked", &[])) }
    };
    let number = opened.case.number.to_string();
    let trail = [Crumb { label: &number, href: Some(&at) }, Crumb { label: &here, href: None }];
    let (before, after) = (sheet.word("desk-attached-before"), sheet.word("desk-attached-after"));
    let keys = [KeyHint { keys: &["p"], what: &before, at_foot: true }, KeyHint { keys: &["n"], what: &after, at_foot: true }];
    let keys = if files.len() > 1 { &keys[..] } else { &[] };
    Ok(sheet.page_with(&file.name, &opened.side, &trail, keys, |page| page, body))
}

/// The bytes of an attachment, for who may see its case; the look is recorded before they go out.
pub(super) async fn file(sheet: Sheet, Path((number, file)): Path<(String, String)>) -> Result<Response, PageError> {
    let number = number_of(&number)?;
    let (attached, kept) = sheet
        .write(move |tx, acting| {
            let (case, procedure) = verbs::read(tx, acting, number)?;
            let authority = verbs::read_by(acting, &case, &procedure)?;
            // What was sent beside the answers that stand is read in the story, so it is opened from there too.
            let story = rows::desk::story(tx, acting.keys, case.id)?;
            let beside = story.iter().filter_map(|told| told.event.sent());
            let scans = crate::keyed::scans(tx, acting.keys, case.id)?;
            let attached = beside.chain([&case.answers]).flat_map(attachments::of).chain(scans).find(|answer| answer.file == file);
            let attached = attached.ok_or(verbs::Refused::NotFound)?;
            looked::looked(tx, acting.staff, &authority, RecordKind::Case, &case.id.to_string(), "file")?;
            let kept = attachments::kept(tx, case.id, &attached.file)?;
            Ok((attached, kept))
        })
        .await
        .map_err(refusal)?;
    let kept = kept.ok_or_else(|| PageError::say(StatusCode::NOT_FOUND, "desk-error-file-on-its-way"))?;
    let answer = FileAnswer { file: kept, ..attached };
    crate::portal::served(&sheet.face.files, &answer).await
}

#[cfg(test)]
mod tests {
    use definitions::text::Language;
    use ui::words::Words;

    use super::*;

    #[test]
    fn what_was_sent_beside_the_answers_is_opened_by_its_name_once_it_is_here() {
        let words = Words::new(ui::words::words().iter().chain(crate::words()).copied(), []).unwrap();
        let file = |file: &str, name: &str| FileAnswer { file: file.into(), name: name.into(), media: "application/pdf".into(), bytes: 9 };
        let here = BTreeSet::from(["aa.01".to_owned()]);
        let files = [file("aa.01", "見取図.pdf"), file("bb.02", "<b>写真.jpg")];
        let shown = named(Say { words: &words, language: Language::Ja }, "234ACDE", &here, &files).into_string();
        assert!(
            shown.contains("<a href=\"/desk/cases/234ACDE/files/aa.01\" target=\"_blank\" rel=\"noopener\">見取図.pdf</a>、"),
            "{shown}"
        );
        assert!(shown.contains("&lt;b&gt;写真.jpg <small>") && !shown.contains("files/bb.02"), "{shown}");
        assert!(shown.contains(&words.say(Language::Ja, "desk-file-on-its-way", &[])));
    }
}
