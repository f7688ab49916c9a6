//! 紙・窓口・電話: a clerk types what came on paper or is said, into the same questions; it becomes the same case in the same inbox. A person
//! who began on their phone reads a code aloud, or comes with what they prepared, and the clerk goes on with their draft.

mod came;
pub(super) mod filing;
pub(super) mod form;
mod reading;
pub(super) mod scans;

use access::{Act, CaseId, PageError, Posted, RecordAttributes, RecordKind, throttle};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    answer::FileAnswer,
    ids::ProcedureId,
    procedure::{Online, Procedure},
    text::Language,
    typed::Typed,
};
use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};
use paper::code::SheetCode;
use serde::{Deserialize, Serialize};
use store::{Entry, Write};
use ui::{
    page::csrf_input,
    parts::{self, Card, Tone, Weight},
};

use super::{Sheet, Side, refusal, side};
use crate::{
    Channel, clock,
    parcel::Lent,
    preparation::{DraftCode, WRONG_CODES},
    rows,
    verbs::{Acting, Refused},
};

/// A sheet that a clerk is typing. It is kept whenever the page comes back, so that nothing typed and no file is lost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenSheet {
    /// The id that the case will have, drawn when the form is shown: of a draft that was taken over, the draft's. So a second tap makes no
    /// second case.
    pub case: CaseId,
    pub procedure: ProcedureId,
    pub typed: Typed,
    pub channel: Channel,
    pub language: Language,
    /// 到達日: the day on which the paper arrived, when it was not today.
    pub received: Option<Date>,
    pub origin: Origin,
    /// As of when its owner lent it.
    pub lent_at: Option<Timestamp>,
    /// The sheet itself as it was scanned.
    #[serde(default)]
    pub scans: Vec<FileAnswer>,
}

impl OpenSheet {
    /// Every file that lies at the desk for it: those of its questions, then the scans of the sheet.
    fn files(&self, procedure: &Procedure) -> Vec<FileAnswer> {
        crate::filing::files_in(&self.typed, procedure).into_iter().chain(self.scans.iter().cloned()).collect()
    }
}

/// Where a sheet comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The clerk began it.
    Blank,
    /// Its owner read a code aloud.
    Lent,
    /// Its owner prepared it, or printed it to be handed in on paper.
    Prepared,
}

impl OpenSheet {
    /// A draft that was lent, as its owner left it. What became of papers only the counter says.
    fn of(lent: Lent, procedure: &Procedure) -> Result<OpenSheet, PageError> {
        let mut typed = lent.typed;
        typed.post_papers(&form::fields(procedure), &Typed::default()).map_err(|_| PageError::TooLarge)?;
        let (origin, wished) = match lent.until {
            // What need not be done in person was printed and signed, and comes by post as much as over the counter.
            Some(_) if matches!(procedure.channels.online, Online::Prepare(_)) => (Origin::Prepared, Channel::Counter),
            Some(_) => (Origin::Prepared, Channel::Paper),
            None => (Origin::Lent, Channel::Phone),
        };
        let case = lent.case.parse().map_err(|_| PageError::NotFound)?;
        Ok(OpenSheet {
            case,
            procedure: lent.procedure,
            typed,
            channel: allowed(procedure, wished),
            language: lent.language,
            received: None,
            origin,
            lent_at: Some(lent.at),
            scans: Vec::new(),
        })
    }
}

/// The channel that was wished for, or the first by which the procedure is taken in.
fn allowed(procedure: &Procedure, wished: Channel) -> Channel {
    let may = crate::receiving::taken_in_by(procedure);
    if may.contains(&wished) { wished } else { may.first().copied().unwrap_or(Channel::Counter) }
}

/// What a postal code means, for whoever takes in paper.
pub(super) async fn postal(sheet: Sheet, Posted(typed): Posted) -> Result<axum::Json<crate::portal::postal::Answer>, PageError> {
    if access::grants::may_any(&sheet.staff, Act::Work, RecordKind::Case).is_none() {
        return Err(PageError::NotFound);
    }
    Ok(axum::Json(crate::portal::postal::answer(&sheet.town, &typed).await?))
}

async fn at_the_side(sheet: &Sheet) -> Result<Side, PageError> {
    let words = sheet.words.clone();
    sheet.read(move |tx, acting| side(tx, acting, &words, "/desk/paper")).await.map_err(refusal)
}

/// Whether this person may take in filings of a procedure.
fn may_take_in(sheet: &Sheet, procedure: &Procedure) -> bool {
    let of = |department: &definitions::ids::DepartmentId| RecordAttributes {
        department: Some(department.clone()),
        ..RecordAttributes::of_town(RecordKind::Case, crate::case::sensitivity(procedure))
    };
    // A ward's clerk may begin; whose it is shows when the ward is answered, and receiving asks again.
    procedure.departments().any(|department| access::may(&sheet.staff, Act::Work, &of(department)).is_some())
}

pub(super) async fn choose(
    sheet: Sheet,
    axum::extract::Query(asked): axum::extract::Query<super::case::Done>,
) -> Result<Markup, PageError> {
    choose_page(&sheet, sheet.done(asked.done()), None).await
}

async fn choose_page(sheet: &Sheet, above: Markup, wrong: Option<&str>) -> Result<Markup, PageError> {
    let side = at_the_side(sheet).await?;
    let title = sheet.word("desk-nav-paper");
    let mine: Vec<(&Procedure, String)> = sheet
        .town
        .procedures
        .values()
        .filter(|procedure| may_take_in(sheet, procedure))
        .map(|procedure| (procedure.as_ref(), format!("/desk/paper/{}", procedure.id)))
        .collect();
    let cards: Vec<Card<'_>> = mine
        .iter()
        .map(|(procedure, href)| Card {
            href: Some(href),
            icon: None,
            title: html! { (sheet.plain(&procedure.title)) },
            text: html! { (sheet.plain(&procedure.summary)) },
        })
        .collect();
    let body = html! {
        (above)
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (sheet.word(wrong)) } })) }
        form.panel method="post" action="/desk/paper" {
            (csrf_input(&sheet.staff.csrf))
            div.field {
                label for="code" { (sheet.word("desk-take-over-code")) }
                p.help #code-help { (sheet.word("desk-take-over-help")) }
                input.in.m id="code" name="code" autocomplete="off" autocapitalize="characters" maxlength="150" aria-describedby="code-help";
            }
            (parts::button(Weight::Second, sheet.say().html("desk-take-over", &[])))
        }
        (unfinished(sheet).await?)
        h2 { (sheet.word("desk-paper-choose")) }
        (parts::cards(&cards))
    };
    Ok(sheet.page(&title, &side, |page| page, body))
}

/// Sheets that this clerk has not filed.
async fn unfinished(sheet: &Sheet) -> Result<Markup, PageError> {
    let sheets = sheet.read(|tx, acting| Ok(rows::sheets::sheets_of(tx, acting.keys, acting.staff.id)?)).await.map_err(refusal)?;
    let known = sheets.iter().filter_map(|(at, open)| Some((at, open, sheet.town.procedures.get(&open.procedure)?)));
    let known: Vec<_> = known.filter(|(_, _, procedure)| may_take_in(sheet, procedure)).collect();
    Ok(html! {
        @if !known.is_empty() {
            h2 { (sheet.word("desk-sheets")) }
            ul.files {
                @for (at, open, procedure) in known {
                    li {
                        a.grow href={ "/desk/paper/" (procedure.id) "?sheet=" (open.case) } { (sheet.plain(&procedure.title)) }
                        small { (sheet.words.moment(Language::Ja, clock::local(*at))) }
                        (give_back_button(sheet, procedure, open))
                    }
                }
            }
        }
    })
}

/// A sheet that is not filed: one that was lent stays its owner's, one of the clerk's own is thrown away.
fn give_back_button(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet) -> Markup {
    let label = if open.origin == Origin::Blank { "desk-sheet-drop" } else { "desk-sheet-give-back" };
    html! {
        form method="post" action={ "/desk/paper/" (procedure.id) "/give-back" } {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="draft-case" value=(open.case);
            button.btn.quiet.small type="submit" { (sheet.word(label)) span.sr { "：" (sheet.plain(&procedure.title)) } }
        }
    }
}

/// What became of a code.
enum Opened {
    Sheet(Box<Lent>),
    Wrong,
    TooOften,
}

/// A code that was read aloud or brought opens the draft here; a wrong one says nothing of whether there is such a draft, and costs a try.
pub(super) async fn take_over(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let code = match typed.first("code").unwrap_or_default().parse::<SheetCode>() {
        // The QR code of a printed sheet: of a blank one it says which form is to be keyed in.
        Ok(SheetCode { draft: None, procedure, .. }) => return sheet_of(&sheet, &procedure).await,
        Ok(SheetCode { draft: Some(draft), .. }) => draft.parse::<DraftCode>(),
        Err(_) => typed.first("code").unwrap_or_default().parse::<DraftCode>(),
    };
    let opened = match code {
        Ok(code) => sheet.write(move |tx, acting| opened_by(tx, acting, code)).await.map_err(refusal)?,
        // Not one of ours: a slip, which the check symbol has found.
        Err(_) => Opened::Wrong,
    };
    let wrong = match opened {
        Opened::Sheet(lent) => match sheet.town.procedures.get(&lent.procedure) {
            Some(procedure) if may_take_in(&sheet, procedure) => return kept(&sheet, OpenSheet::of(*lent, procedure)?).await,
            _ => "desk-take-over-wrong",
        },
        Opened::Wrong => "desk-take-over-wrong",
        Opened::TooOften => "desk-take-over-often",
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, choose_page(&sheet, html! {}, Some(wrong)).await?).into_response())
}

/// The entry of a procedure whose blank form was read.
async fn sheet_of(sheet: &Sheet, procedure: &str) -> Result<Response, PageError> {
    match sheet.town.procedures.get(procedure) {
        Some(procedure) if may_take_in(sheet, procedure) => Ok(Redirect::to(&format!("/desk/paper/{}", procedure.id)).into_response()),
        _ => Ok((StatusCode::UNPROCESSABLE_ENTITY, choose_page(sheet, html! {}, Some("desk-take-over-wrong")).await?).into_response()),
    }
}

fn opened_by(tx: &Write<'_>, acting: &Acting<'_>, code: DraftCode) -> Result<Opened, Refused> {
    let who = acting.staff.id.to_string();
    if throttle::peek(tx, "draft-code", &who, WRONG_CODES, acting.now)?.is_err() {
        return Ok(Opened::TooOften);
    }
    let Some(lent) = rows::sheets::lent(tx, acting.keys, &code.mark(acting.keys), acting.now)? else {
        let left = throttle::take(tx, "draft-code", &who, WRONG_CODES, acting.now)?;
        return Ok(if left.is_ok() { Opened::Wrong } else { Opened::TooOften });
    };
    let authority = access::grants::may_any(acting.staff, Act::Work, RecordKind::Case).ok_or(Refused::NotFound)?;
    access::looked::looked(tx, acting.staff, &authority, RecordKind::Case, &lent.case, "draft")?;
    Ok(Opened::Sheet(Box::new(lent)))
}

/// Keeps a sheet that was opened and goes to it. One that this clerk has begun on the same draft is gone on with, unless its owner has changed
/// the draft since.
async fn kept(sheet: &Sheet, open: OpenSheet) -> Result<Response, PageError> {
    let to = format!("/desk/paper/{}?sheet={}", open.procedure, open.case);
    sheet
        .write(move |tx, acting| Ok(rows::sheets::keep_newer_sheet(tx, acting.keys, acting.staff.id, &open, acting.now)?))
        .await
        .map_err(refusal)?;
    Ok(Redirect::to(&to).into_response())
}

/// Gives a lent draft back, or throws a sheet of one's own away. A prepared one can be opened again by its code.
pub(super) async fn give_back(sheet: Sheet, Path(procedure): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let case: CaseId = typed.first("draft-case").and_then(|id| id.parse().ok()).ok_or(PageError::NotFound)?;
    sheet.write(move |tx, acting| gone_back(tx, acting, &procedure, case)).await.map_err(refusal)?;
    Ok(Redirect::to("/desk/paper?done=give-back").into_response())
}

pub(crate) fn gone_back(tx: &Write<'_>, acting: &Acting<'_>, procedure: &Procedure, case: CaseId) -> Result<(), Refused> {
    let open = rows::sheets::sheet(tx, acting.keys, acting.staff.id, case)?.ok_or(Refused::NotFound)?;
    if open.procedure != procedure.id {
        return Err(Refused::NotFound);
    }
    let authority = access::grants::may_any(acting.staff, Act::Work, RecordKind::Case).ok_or(Refused::NotFound)?;
    rows::sheets::drop_sheet(tx, acting.staff.id, case)?;
    if open.origin == Origin::Lent {
        rows::sheets::give_back(tx, case, acting.now)?;
    }
    tx.journal(&Entry {
        actor: acting.staff.id.to_string(),
        what: "draft-given-back",
        kind: "case",
        record: case.to_string(),
        authority: authority.to_string(),
        why: String::new(),
    })?;
    Ok(())
}
