//! 経過: the story of a case in plain words, and what still lies ahead.

use definitions::{
    answer::Answers,
    ids::{FieldId, StepId},
    procedure::Procedure,
};
use jiff::Timestamp;
use maud::{Markup, html};
use ui::parts::{Stage, Step};

use super::Sheet;
use crate::{
    clock,
    own::{OwnCase, OwnState, Seen},
    parcel::News,
};

/// What happened, then what is now, then what comes.
pub(super) fn steps(sheet: &Sheet, case: &OwnCase, procedure: &Procedure, story: &[(Timestamp, Seen)]) -> Vec<Step> {
    let mut steps: Vec<Step> = story.iter().filter_map(|(at, seen)| happened(sheet, procedure, *at, seen)).collect();
    // What is going on is the newest line; while somebody still has to do something it is not behind us yet.
    if let (true, Some(last)) = (case.state.is_open(), steps.last_mut()) {
        last.stage = Stage::Now;
    }
    steps.extend(ahead(sheet, case, procedure));
    steps
}

fn happened(sheet: &Sheet, procedure: &Procedure, at: Timestamp, seen: &Seen) -> Option<Step> {
    let say = sheet.say();
    let day = |day| sheet.words.day(sheet.language(), day);
    let (title, more): (Markup, Option<Markup>) = match seen {
        Seen::Filed => (say.html("cases-moment-filed", &[]), None),
        Seen::Corrected { dropped } => (say.html("cases-moment-corrected", &[]), not_asked_any_more(sheet, procedure, dropped)),
        Seen::Withdrew => (say.html("cases-moment-withdrawn", &[]), None),
        Seen::Wrote { .. } => return None,
        Seen::Desk { news } => match news.as_ref() {
            News::Received { receipt_number, department } => (
                say.html("cases-moment-received", &[("department", sheet.department(department).0.into())]),
                Some(say.html("cases-moment-received-body", &[("receipt", receipt_number.as_str().into())])),
            ),
            News::HandedOver { department } => {
                (say.html("cases-moment-handed-over", &[("department", sheet.department(department).0.into())]), None)
            }
            News::Step { step, done, noted, .. } => {
                let title = sheet.text(procedure.steps.get(step)?.resident.as_ref()?);
                (title, written_down(sheet, procedure, done.as_ref(), noted))
            }
            News::CorrectionRequested { say: words, until, .. } => (
                say.html("cases-moment-correction", &[]),
                Some(say.html("cases-moment-correction-body", &[("say", words.as_str().into()), ("until", day(*until).into())])),
            ),
            News::Deciding => (say.html("cases-moment-deciding", &[]), None),
            News::BackToReview => (say.html("cases-moment-back", &[]), None),
            News::Decided { outcome, .. } => (sheet.text(&procedure.outcomes.get(outcome)?.resident), None),
            News::Letter { title, document_number, .. } => {
                (say.html("cases-moment-letter", &[("title", title.as_str().into())]), Some(html! { (document_number) }))
            }
            News::Delayed { until, reason, part, .. } => (
                say.html("cases-moment-delayed", &[("until", day(*until).into())]),
                Some(html! {
                    @if let Some(part) = part { (say.html("cases-moment-delayed-part", &[("until", day(*part).into())])) br; }
                    (say.html("cases-moment-delayed-body", &[("reason", reason.as_str().into())]))
                }),
            ),
            News::FeeChanged { yen } => (say.html("cases-moment-fee", &[("yen", (*yen).into())]), None),
            News::CameTooLate { .. } => (say.html("cases-moment-too-late", &[]), Some(say.html("cases-moment-too-late-body", &[]))),
            News::Wrote { .. } | News::Withdrawn => return None,
        },
    };
    let when = Some(sheet.words.moment_html(sheet.language(), clock::local(at)));
    Some(Step { stage: Stage::Done, title, when, more })
}

/// The questions that a correction made needless.
fn not_asked_any_more(sheet: &Sheet, procedure: &Procedure, dropped: &[FieldId]) -> Option<Markup> {
    let labels: Vec<String> = dropped.iter().filter_map(|id| procedure.field(id.as_str())).map(|field| sheet.plain(&field.label)).collect();
    (!labels.is_empty()).then(|| sheet.say().html("cases-moment-corrected-dropped", &[("what", labels.join("、").as_str().into())]))
}

/// What staff wrote down in the step that ended, where the person is told of it: day, time and place of an interview.
fn written_down(sheet: &Sheet, procedure: &Procedure, done: Option<&StepId>, noted: &Answers) -> Option<Markup> {
    let asked = &procedure.steps.get(done?)?.ask;
    let lines: Vec<Markup> = asked
        .values()
        .filter_map(|field| {
            let answer = noted.get(field.id.as_str())?;
            Some(html! { p { (sheet.text(&field.label)) "：" b { (answer.shown(field, &sheet.town, sheet.language())) } } })
        })
        .collect();
    (!lines.is_empty()).then(|| html! { @for line in lines { (line) } })
}

fn ahead(sheet: &Sheet, case: &OwnCase, procedure: &Procedure) -> Vec<Step> {
    if !case.state.is_open() {
        return Vec::new();
    }
    let say = sheet.say();
    let later = |title: Markup, when: Option<Markup>| Step { stage: Stage::Later, title, when, more: None };
    let mut steps: Vec<Step> = Vec::new();
    if !matches!(case.state, OwnState::Deciding) {
        let ahead = crate::verbs::steps_ahead(case.step.as_ref(), procedure);
        steps.extend(ahead.filter_map(|step| step.resident.as_ref()).map(|text| later(sheet.text(text), None)));
    }
    let by = case.hear_by.map(|day| say.html("cases-moment-later-decide-body", &[("day", sheet.words.day(sheet.language(), day).into())]));
    steps.push(later(say.html("cases-moment-later-decide", &[]), by));
    steps
}

/// A line that somebody wrote on the case.
pub(super) struct Written<'s> {
    /// The department's name; none when the person wrote it.
    pub from: Option<String>,
    pub at: Timestamp,
    pub text: &'s str,
}

/// What was written from both sides, oldest first.
pub(super) fn written<'s>(sheet: &Sheet, story: &'s [(Timestamp, Seen)]) -> Vec<Written<'s>> {
    story
        .iter()
        .filter_map(|(at, seen)| match seen {
            Seen::Wrote { text } => Some(Written { from: None, at: *at, text }),
            Seen::Desk { news } => match news.as_ref() {
                News::Wrote { text, department, .. } => Some(Written { from: Some(sheet.department(department).0), at: *at, text }),
                _ => None,
            },
            _ => None,
        })
        .collect()
}
