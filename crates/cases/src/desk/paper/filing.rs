//! 収受 at the counter: a sheet with its scans, its papers and who was seen becomes a case, once. One that cannot be taken in comes back with
//! all that was typed and every file that was good.

use std::sync::Arc;

use access::{CaseId, PageError};
use axum::{
    RequestExt,
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    answer::{Answers, FileAnswer},
    form::{self, FieldProblem, Filled},
    procedure::Procedure,
    text::Language,
    typed::{TooMuch, Typed},
};
use jiff::civil::Date;
use registry::known::DeskFacts;
use store::{Write, keys::Face};
use ui::field::Pressed;

use super::{
    OpenSheet, Origin, Sheet, allowed, came,
    form::{Wrong, fields, page},
    may_take_in, reading, refusal,
    scans::SCAN,
};
use crate::{
    CaseNumber, Channel, Contacts, attachments,
    case::NotNow,
    filing::Candidates,
    identity::Identified,
    incoming::{self, Came, Parts},
    keyed::{self, Keyed, SCANS_MAX},
    parcel::Filed,
    portal::postal::{self, Completion},
    receiving, rows,
    verbs::{Acting, Refused},
};

/// A sheet as it was sent.
pub(super) struct Sent {
    procedure: Arc<Procedure>,
    /// What it says of itself; what was typed stands in `posted`.
    open: OpenSheet,
    posted: Typed,
    files: Vec<(String, FileAnswer)>,
    /// Files that were not taken.
    refused: Vec<FieldProblem>,
    /// What is wrong with the day on which it was stamped.
    came: Option<&'static str>,
    /// What a postal code is to fill in.
    completion: Option<Completion>,
    pressed: Option<Pressed>,
    candidates: Candidates,
    today: Date,
}

/// What became of it.
pub(super) enum Taken {
    /// It is a case.
    Filed(CaseNumber),
    /// A button inside the questions was pressed, or it is only to be kept.
    Kept,
    /// It is kept and shown again, with the questions that its answers bring up.
    Looked(Box<OpenSheet>, Box<Wrong>),
    /// It comes back.
    Wrong(Box<OpenSheet>, Box<Wrong>),
    /// More than a sheet may hold.
    TooMuch,
}

pub(in crate::desk) async fn file(sheet: Sheet, Path(procedure): Path<String>, request: Request) -> Result<Response, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let came = read(&sheet, request).await?;
    let sent = sent(&sheet, procedure.clone(), came).await?;
    let (pressed, case, goes_on) = (sent.pressed.clone(), sent.open.case, sent.posted.first("verb") == Some("next"));
    let came = (sent.open.channel, sent.open.received);
    let taken = sheet.write(move |tx, acting| taken(tx, acting, &sent)).await;
    match taken {
        Ok(Taken::Filed(number)) if goes_on => {
            let on = came.1.map(|day| format!("&on={day}")).unwrap_or_default();
            let to = format!("/desk/paper/{}?channel={}{on}&last={}", procedure.id, came.0.code(), number.plain());
            Ok(Redirect::to(&to).into_response())
        }
        Ok(Taken::Filed(number)) => Ok(Redirect::to(&format!("/desk/cases/{}?done=paper", number.plain())).into_response()),
        Ok(Taken::Kept) => {
            let anchor = pressed.map(|pressed| format!("#{}", pressed.anchor())).unwrap_or_default();
            Ok(Redirect::to(&format!("/desk/paper/{}?sheet={case}{anchor}", procedure.id)).into_response())
        }
        Ok(Taken::Looked(open, wrong)) => Ok(page(&sheet, &procedure, &open, &wrong).await?.into_response()),
        Ok(Taken::Wrong(open, wrong)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&sheet, &procedure, &open, &wrong).await?).into_response())
        }
        Ok(Taken::TooMuch) => Err(PageError::TooLarge),
        Err(Refused::NotFound) => Err(PageError::NotFound),
        Err(other) => Err(refusal(other)),
    }
}

/// Reads the sheet after checking its token.
async fn read(sheet: &Sheet, request: Request) -> Result<Came, PageError> {
    if !incoming::is_multipart(&request) {
        let access::Posted(typed) = request.extract_with_state(&sheet.face).await?;
        return Ok(Came { typed, ..Came::default() });
    }
    let mut parts = Parts::of(request).await?;
    let token = parts.token().await?;
    sheet.staff.check_csrf(&sheet.face.keys, &token)?;
    parts.rest().await
}

async fn sent(sheet: &Sheet, procedure: Arc<Procedure>, came: Came) -> Result<Sent, PageError> {
    let (today, typed) = (sheet.today(), came.typed);
    let (received, came_wrong) = match came::received(typed.first(came::CAME_ON).unwrap_or_default(), today) {
        Ok(received) => (received, None),
        Err(words) => (None, Some(words)),
    };
    let pressed = ui::field::pressed(&typed);
    let wished = typed.first("came-channel").and_then(Channel::from_code).unwrap_or(Channel::Paper);
    let open = OpenSheet {
        case: typed.first("draft-case").and_then(|id| id.parse().ok()).unwrap_or_else(|| CaseId::draw(sheet.clock.now())),
        procedure: procedure.id.clone(),
        typed: Typed::default(),
        channel: allowed(&procedure, wished),
        language: typed.first("draft-language").and_then(Language::from_code).unwrap_or_default(),
        received,
        origin: Origin::Blank,
        lent_at: None,
        scans: Vec::new(),
    };
    Ok(Sent {
        procedure,
        open,
        refused: came.refused.iter().map(|(path, refused)| refused.problem(path)).collect(),
        came: came_wrong,
        completion: postal::completion(&sheet.town, pressed.as_ref(), &typed).await?,
        pressed,
        files: incoming::keep(&sheet.face.files, came.files).await?,
        posted: typed,
        candidates: crate::portal::drawn(Face::Desk)?,
        today,
    })
}

/// Takes a sheet in, or keeps it. What it became already is compared and shown to nobody: its id is no secret.
pub(super) fn taken(tx: &Write<'_>, acting: &Acting<'_>, sent: &Sent) -> Result<Taken, Refused> {
    let received = sent.open.received.unwrap_or(sent.today);
    let facts = DeskFacts::of(tx, acting.town, None, sent.today)?;
    let there = rows::desk::by_id(tx, acting.keys, sent.open.case)?;
    let begun = match &there {
        Some(case) => OpenSheet { typed: Typed::of_answers(&case.answers), ..sent.open.clone() },
        None => rows::sheets::sheet(tx, acting.keys, acting.staff.id, sent.open.case)?.unwrap_or_else(|| sent.open.clone()),
    };
    let hidden = form::fill(&sent.procedure, &begun.typed, &facts, received).hidden;
    let scans = scanned(begun.scans, sent);
    let Ok(mut typed) = laid_over(begun.typed, &hidden, sent) else { return Ok(Taken::TooMuch) };
    let reads = sent.posted.first("verb") == Some("reading") && there.is_none();
    let reading = reads.then(|| reading::fill(tx, acting, &sent.procedure, &sent.open.case.to_string(), &mut typed)).transpose()?;
    let filled = form::fill(&sent.procedure, &typed, &facts, received);
    let open = OpenSheet { typed, origin: begun.origin, lent_at: begun.lent_at, scans, ..sent.open.clone() };
    let (wrong, identified) = looked_at(sent, &filled, open.channel);
    let is_look = matches!(sent.posted.first("verb"), Some("look" | "reading")) || matches!(sent.pressed, Some(Pressed::Postal { .. }));
    let is_kept = is_look || sent.pressed.is_some() || sent.posted.first("verb") == Some("keep");
    if wrong.is_none() && !is_kept {
        let number = filed(tx, acting, sent, filled, &open, identified.as_ref())?;
        return Ok(Taken::Filed(number));
    }
    if there.is_some() {
        return Err(NotNow::Changed.into());
    }
    put_here(tx, sent, &open)?;
    rows::sheets::keep_sheet(tx, acting.keys, acting.staff.id, &open, acting.now)?;
    if is_look {
        // What is still missing is no mistake yet; a file that was refused is.
        let wrong = Wrong { problems: sent.refused.clone(), came: sent.came, posted: sent.posted.clone(), reading, ..Wrong::default() };
        return Ok(Taken::Looked(Box::new(open), Box::new(wrong)));
    }
    match wrong {
        Some(wrong) if !is_kept || !sent.refused.is_empty() || sent.came.is_some() => Ok(Taken::Wrong(Box::new(open), Box::new(wrong))),
        _ => Ok(Taken::Kept),
    }
}

/// The scans of the sheet: those that lay here, without one that is taken out, then those that came.
fn scanned(mut scans: Vec<FileAnswer>, sent: &Sent) -> Vec<FileAnswer> {
    if let Some(Pressed::Remove { path, at }) = &sent.pressed
        && path == SCAN
        && (*at as usize) < scans.len()
    {
        scans.remove(*at as usize);
    }
    scans.extend(sent.files.iter().filter(|(name, _)| name == SCAN).map(|(_, file)| file.clone()));
    scans.truncate(SCANS_MAX);
    scans
}

/// What was sent, over what the sheet held: its files stay, new ones come to them.
fn laid_over(mut typed: Typed, hidden: &std::collections::BTreeSet<String>, sent: &Sent) -> Result<Typed, TooMuch> {
    let fields = fields(&sent.procedure);
    typed.post_shown(&fields, hidden, &sent.posted)?;
    typed.post_papers(&fields, &sent.posted)?;
    incoming::put(&mut typed, &fields, &sent.files)?;
    if let Some(pressed) = &sent.pressed {
        pressed.apply(&mut typed, &fields);
    }
    if let Some(completion) = &sent.completion {
        completion.apply(&mut typed, &fields);
    }
    Ok(typed)
}

/// What is wrong with it, if anything, and who was seen.
fn looked_at(sent: &Sent, filled: &Filled, channel: Channel) -> (Option<Wrong>, Option<Identified>) {
    let (seen, identified) = match receiving::asks_identity(&sent.procedure, channel).then(|| Identified::of(&sent.posted)) {
        Some(Ok(identified)) => (None, Some(identified)),
        Some(Err(missing)) => (Some(missing), None),
        None => (None, None),
    };
    if filled.may_be_filed() && sent.refused.is_empty() && sent.came.is_none() && seen.is_none() {
        return (None, identified);
    }
    let rules = filled.formal.iter().filter_map(|id| sent.procedure.formal.get(id));
    let wrong = Wrong {
        problems: sent.refused.iter().chain(&filled.problems).cloned().collect(),
        formal: rules.map(|rule| ui::words::ruby::plain(&rule.say.ja)).collect(),
        seen,
        came: sent.came,
        posted: sent.posted.clone(),
        last: None,
        reading: None,
    };
    (Some(wrong), identified)
}

/// Files that were put lie at the desk under their own names; those that were taken out again, or for which there was no room, go.
fn put_here(tx: &Write<'_>, sent: &Sent, open: &OpenSheet) -> Result<(), Refused> {
    for (_, file) in &sent.files {
        attachments::keep_here(tx, open.case, file)?;
    }
    Ok(attachments::keep_only(tx, open.case, &open.files(&sent.procedure))?)
}

fn filed(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    sent: &Sent,
    filled: Filled,
    open: &OpenSheet,
    identified: Option<&Identified>,
) -> Result<CaseNumber, Refused> {
    let number = rows::desk::free_number(tx, &sent.candidates)?;
    let answers: Answers = filled.answers;
    let filing = Filed {
        case: open.case.to_string(),
        number: number.plain(),
        account: None,
        procedure: sent.procedure.id.clone(),
        version: sent.procedure.version.clone(),
        contacts: Contacts::of(&sent.procedure, &answers),
        answers,
        warned: filled.warned.iter().map(ToString::to_string).collect(),
        channel: open.channel,
        at: open.received.map_or(acting.now, crate::clock::noon),
        language: open.language,
    };
    let taken = receiving::taken_in(tx, acting, filing, identified)?;
    // A second tap brought its files once more: nothing names them, and they are swept.
    if taken == number {
        let sheet = Keyed { scans: open.scans.clone() };
        keyed::keep(tx, acting.keys, open.case, acting.staff.id, sent.today, &sheet)?;
        put_here(tx, sent, open)?;
    }
    Ok(taken)
}
