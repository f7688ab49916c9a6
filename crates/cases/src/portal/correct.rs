//! 補正 on the residents' side: the questions that were asked for and those that follow from what was corrected, on one page.

use access::{CaseId, PageError};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::FieldProblem,
    ids::{FieldId, RuleId},
    typed::Typed,
};
use indexmap::IndexMap;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use store::keys::Keys;
use ui::{
    field::{self, FieldView},
    page::csrf_input,
    parts::{self, Weight},
};

use super::{
    Sheet, refusal, see,
    status::{self, Own},
    upload,
};
use crate::{
    FilingRefused,
    case::CorrectionRequest,
    correction::Whole,
    filing::{self, Corrected},
    own::OwnState,
};

/// The inputs that say what stood on the page. No question's id holds a hyphen.
const SHOWN: &str = "shown-field";
const TOLD: &str = "told-rule";
const KEPT: &str = "kept-file";

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>) -> Result<Response, PageError> {
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    if !matches!(own.case.state, OwnState::Correct { .. }) {
        return Ok(see(&format!("/status/{}", own.case.number.plain())));
    }
    let judged = judged(&sheet, &own, &Corrected::default()).await?;
    Ok(page(&sheet, &own, &judged, &Told::Nothing).into_response())
}

pub(super) async fn send(sheet: Sheet, Path(number): Path<String>, request: Request) -> Result<Response, PageError> {
    let mut came = upload::read(&sheet, request).await?;
    let own = status::own(&sheet, &number).await?.ok_or(PageError::NotFound)?;
    let status = format!("/status/{}", own.case.number.plain());
    if !matches!(own.case.state, OwnState::Correct { .. }) {
        return Ok(see(&status));
    }
    upload::count(&sheet, &mut came).await?;
    let refused: Vec<FieldProblem> = came.refused.iter().map(|(path, why)| why.problem(path)).collect();
    let files = crate::incoming::keep(&sheet.face.files, came.files).await?;
    let sent = read(&sheet.face.keys, own.case.id, came.typed, files);
    let again = |judged, told| {
        let page = page(&sheet, &own, judged, &told);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let mut judged = judged(&sheet, &own, &sent).await?;
    if let Some(pressed) = field::pressed(&sent.typed) {
        let fields = fields_of(&own, &judged.whole);
        pressed.apply(&mut judged.whole.typed, &fields);
        let (procedure, typed) = (own.procedure.clone(), judged.whole.typed.clone());
        judged.whole.filled = sheet.read(move |_, terms| Ok(terms.fill(&procedure, &typed))).await.map_err(refusal)?;
        return Ok(page(&sheet, &own, &judged, &Told::Nothing).into_response());
    }
    if !refused.is_empty() {
        return again(&judged, Told::All { refused, shown: &sent.shown });
    }
    let (owner, case, input) = (sheet.owner(), own.case.id, sent.clone());
    match sheet.write(move |tx, terms| filing::correct(tx, terms, &owner, case, &input).map(drop)).await {
        Ok(()) | Err(FilingRefused::NotNow(_)) => Ok(see(&status)),
        Err(FilingRefused::Incomplete(_) | FilingRefused::MoreAsked) => again(&judged, Told::All { refused, shown: &sent.shown }),
        Err(other) => Err(refusal(other)),
    }
}

/// The form with what came in, and the rules that do not hold.
struct Judged {
    whole: Whole,
    broken: Vec<(FieldProblem, RuleId, bool)>,
    files: Vec<(String, FileAnswer)>,
}

async fn judged(sheet: &Sheet, own: &Own, sent: &Corrected) -> Result<Judged, PageError> {
    let (procedure, case, input) = (own.procedure.clone(), own.case.clone(), sent.clone());
    let (whole, broken) = sheet
        .read(move |_, terms| {
            let whole = filing::corrected(terms, &procedure, &case, &input)?;
            let broken = filing::broken(terms, &procedure, &case, &whole)?;
            Ok((whole, broken))
        })
        .await
        .map_err(refusal)?;
    let said = broken.into_iter().filter_map(|(rule, at, is_theirs)| {
        let id = if is_theirs { "cases-form-rule" } else { "cases-correct-rule" };
        Some((FieldProblem { path: at?.to_string(), id, args: vec![("say", sheet.plain(&rule.say))] }, rule.id, is_theirs))
    });
    Ok(Judged { broken: said.collect(), whole, files: sent.files.clone() })
}

/// What the page of a correction says is wrong.
enum Told<'a> {
    /// Nothing yet: it was only opened, or a row was added.
    Nothing,
    /// Everything that is wrong with what was shown, and these files that were not taken.
    All { refused: Vec<FieldProblem>, shown: &'a [FieldId] },
}

fn fields_of(own: &Own, whole: &Whole) -> IndexMap<FieldId, Field> {
    whole.open.iter().filter_map(|id| Some((id.clone(), own.procedure.field(id.as_str())?.clone()))).collect()
}

fn problems(judged: &Judged, told: &Told<'_>) -> Vec<FieldProblem> {
    let Told::All { refused, shown } = told else { return Vec::new() };
    let whole = &judged.whole;
    // What has opened just now was not answered wrongly: it was not to be seen.
    let was_shown = |id: &&FieldId| shown.contains(id) || !whole.opened.contains(id);
    let of_fields = whole.open.iter().filter(was_shown).flat_map(|id| whole.filled.problems_of(id.as_str())).cloned();
    // What cannot be read yet is said first; whether it fits comes after.
    let mut problems: Vec<FieldProblem> = refused.iter().cloned().chain(of_fields).collect();
    let of_rules = judged.broken.iter().map(|(problem, ..)| problem);
    problems.extend(of_rules.filter(|rule| whole.filled.problems_of(&rule.path).next().is_none()).cloned());
    problems
}

fn page(sheet: &Sheet, own: &Own, judged: &Judged, told: &Told<'_>) -> Markup {
    let OwnState::Correct { asked } = &own.case.state else { return html! {} };
    let say = sheet.say();
    let title = say.text("cases-correct-title", &[]);
    let fields = fields_of(own, &judged.whole);
    let problems = problems(judged, told);
    // Files that were filed are named in words: choosing others replaces them, and a button to take one out would file nothing.
    let without_files = without_files(&judged.whole.typed, &fields);
    let view = FieldView {
        say,
        town: &sheet.town,
        typed: &without_files,
        filled: &judged.whole.filled,
        prefix: "",
        problems: &problems,
        upload: None,
        papers: field::Papers::NotAsked,
        postal: None,
        keying: None,
    };
    let body = html! {
        (parts::error_summary(say, &field::mistakes(&fields, &view)))
        h1 { (say.html("cases-correct-title", &[])) }
        p.lead { (say.html("cases-correct-lead", &[])) }
        (what_was_asked(sheet, asked))
        (what_opened(sheet, judged, &fields, told))
        (form(sheet, own, judged, &fields, &view))
    };
    sheet.page(&title, |page| page.personal(), body)
}

fn what_was_asked(sheet: &Sheet, asked: &CorrectionRequest) -> Markup {
    parts::notice(
        parts::Tone::Warn,
        html! {
            p.written { (asked.say) }
            p { (sheet.say().html("cases-correct-until", &[("until", sheet.words.day(sheet.language(), asked.until).into())])) }
        },
    )
}

/// The questions that have opened just now, each a link to it.
fn what_opened(sheet: &Sheet, judged: &Judged, fields: &IndexMap<FieldId, Field>, told: &Told<'_>) -> Markup {
    let Told::All { shown, .. } = told else { return html! {} };
    let opened: Vec<&Field> = judged.whole.opened.iter().filter(|id| !shown.contains(id)).filter_map(|id| fields.get(id)).collect();
    html! {
        @if !opened.is_empty() {
            div role="alert" {
                (parts::notice(parts::Tone::Info, html! {
                    b { (sheet.say().html("cases-correct-more", &[])) }
                    ul { @for field in &opened { li { a href={ "#" (field::anchor(field.id.as_str())) } { (sheet.text(&field.label)) } } } }
                }))
            }
        }
    }
}

fn form(sheet: &Sheet, own: &Own, judged: &Judged, fields: &IndexMap<FieldId, Field>, view: &FieldView<'_>) -> Markup {
    let say = sheet.say();
    let number = own.case.number.plain();
    let whole = &judged.whole;
    let is_asked = |field: &&Field| whole.filled.is_asked(field.id.as_str());
    html! {
        form method="post" action={ "/status/" (number) "/correct" } enctype="multipart/form-data" data-guard novalidate {
            (csrf_input(&sheet.visitor.csrf))
            button.sr type="submit" tabindex="-1" aria-hidden="true" {}
            @for (_, rule, is_theirs) in &judged.broken { @if !is_theirs { input type="hidden" name=(TOLD) value=(rule); } }
            @for (path, file) in &judged.files {
                @if let Some(kept) = kept(&sheet.face.keys, own.case.id, path, file) { input type="hidden" name=(KEPT) value=(kept); }
            }
            @for field in fields.values().filter(is_asked) {
                input type="hidden" name=(SHOWN) value=(field.id);
                @if whole.opened.contains(&field.id) { p.rest { (say.html("cases-correct-follows", &[])) } }
                @if let Some(names) = filed_names(&whole.typed, field) {
                    p.rest { (say.html("cases-correct-files", &[("names", names.as_str().into())])) }
                }
                (field::render(field, view))
            }
            div.row.actions {
                (parts::button(Weight::Primary, say.html("cases-correct-send", &[])))
                (parts::back_link(&format!("/status/{number}"), say.html("cases-form-back", &[])))
            }
        }
    }
}

fn without_files(typed: &Typed, fields: &IndexMap<FieldId, Field>) -> Typed {
    let mut shown = typed.clone();
    let names: Vec<String> = typed.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names.iter().filter(|name| matches!(filing::kind_at(typed, fields, name), Some(Kind::Files { .. }))) {
        shown.forget(name);
    }
    shown
}

/// The names of the files that stand under a question now.
fn filed_names(typed: &Typed, field: &Field) -> Option<String> {
    let Kind::Files { .. } = field.kind else { return None };
    let kept = typed.all(field.id.as_str()).iter().filter_map(|json| serde_json::from_str::<FileAnswer>(json).ok());
    let names: Vec<String> = kept.map(|file| file.name).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

/// A file that came with a page which was not sent on yet. It goes along with the page, sealed: what a page says of files is not believed.
#[derive(Serialize, Deserialize)]
struct KeptFile {
    case: String,
    path: String,
    file: FileAnswer,
}

const SEALED_FOR: &str = "correction.file";

fn kept(keys: &Keys, case: CaseId, path: &str, file: &FileAnswer) -> Option<String> {
    let kept = KeptFile { case: case.to_string(), path: path.to_owned(), file: file.clone() };
    crate::sealed::seal(keys, SEALED_FOR, &kept).ok().map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
}

/// What came in with the page: what was typed, what stood on it, and its files, those of earlier tries where none came in now.
fn read(keys: &Keys, case: CaseId, typed: Typed, mut files: Vec<(String, FileAnswer)>) -> Corrected {
    let came: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let earlier = typed.all(KEPT).iter().filter_map(|text| {
        let kept: KeptFile = crate::sealed::unseal(keys, SEALED_FOR, &URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        (kept.case == case.to_string() && !came.contains(&kept.path)).then_some((kept.path, kept.file))
    });
    files.extend(earlier.collect::<Vec<_>>());
    let shown = typed.all(SHOWN).iter().filter_map(|id| id.parse().ok()).collect();
    let told = typed.all(TOLD).iter().filter_map(|id| id.parse().ok()).collect();
    Corrected { typed, files, shown, told }
}
