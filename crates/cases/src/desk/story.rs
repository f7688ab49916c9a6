//! 経過: what happened on a case, what was written, what was noted.

use definitions::{
    answer::{Answer, Answers, FileAnswer},
    ids::{FieldId, RuleId},
    text::Language,
};
use maud::{Markup, html};
use ui::parts::{self, Side, Stage as Step};

use super::{Sheet, attached, case::Opened, panels};
use crate::{
    attachments, clock,
    event::{Doubt, Event, Told, Who},
    identity::Identified,
};

/// Who did it, by name.
fn who(sheet: &Sheet, opened: &Opened, who: &Who) -> String {
    match who {
        Who::Staff(id) if *id == sheet.staff.id => sheet.word("desk-assignee-me"),
        Who::Staff(id) => opened.names.get(id).cloned().unwrap_or_else(|| sheet.word("desk-who-staff")),
        Who::Applicant => opened.case.contacts.name.clone(),
        Who::System => sheet.word("desk-who-system"),
    }
}

/// Who stands behind a line. What became of a message is nobody's doing, though it came through the applicant's side.
fn actor(sheet: &Sheet, opened: &Opened, told: &Told) -> String {
    match told.event {
        Event::MessageFate { .. } => String::new(),
        _ => who(sheet, opened, &told.who),
    }
}

/// The whole story, oldest first.
pub(super) fn history(sheet: &Sheet, opened: &Opened) -> Markup {
    let last = opened.story.len().saturating_sub(1);
    let steps: Vec<parts::Step> = opened
        .story
        .iter()
        .enumerate()
        .map(|(at, told)| parts::Step {
            stage: if at == last && opened.case.stage.is_open() { Step::Now } else { Step::Done },
            title: sheet.say().html(&format!("desk-event-{}", told.event.code()), &[]),
            when: Some(html! { (sheet.words.moment_html(Language::Ja, clock::local(told.at))) " " (actor(sheet, opened, told)) }),
            more: more(sheet, opened, told),
        })
        .collect();
    parts::timeline(sheet.say(), &steps)
}

/// What an event says beyond its name.
fn more(sheet: &Sheet, opened: &Opened, told: &Told) -> Option<Markup> {
    let step = |id: &definitions::ids::StepId| opened.procedure.steps.get(id).map(|step| sheet.plain(&step.title));
    let outcome = |id: &definitions::ids::OutcomeId| opened.procedure.outcomes.get(id).map(|outcome| sheet.plain(&outcome.title));
    let text = match &told.event {
        Event::Assigned { to } => opened.names.get(to).cloned(),
        Event::Advanced { to, checks, .. } => {
            let ticked = if checks.is_empty() { String::new() } else { format!("（✓{}）", checks.len()) };
            step(to).map(|step| format!("{step}{ticked}"))
        }
        Event::CorrectionRequested { say, until, .. } => Some(format!("{say}（{}）", sheet.words.short_day(Language::Ja, *until))),
        Event::Corrected { before, opened: more, dropped } => corrected(sheet, opened, before, more, dropped),
        Event::FeeChanged { before, yen } => {
            Some(sheet.say().text("desk-fee-changed", &[("before", (*before).into()), ("yen", (*yen).into())]))
        }
        Event::Proposed { outcome: id } | Event::Decided { outcome: id } => outcome(id),
        Event::Approved { role, stands_in } => {
            let role = sheet.town.roles.get(role).map(|role| sheet.plain(&role.name)).unwrap_or_default();
            Some(if *stands_in { format!("{role}{}", sheet.word("desk-stands-in")) } else { role })
        }
        Event::StraightThrough { criteria, sampled } => {
            let sampled = if *sampled { sheet.word("desk-straight-sampled") } else { String::new() };
            Some(format!("{}{sampled}", criteria.join("・")))
        }
        Event::SentBack { reason } => Some(reason.clone()),
        Event::LetterIssued { title, document_number, .. } => Some(format!("{title} {document_number}")),
        Event::LetterVoided { title, document_number, reason, again, .. } => Some(match again {
            Some(again) => format!("{title} {document_number} → {again}　{reason}"),
            None => format!("{title} {document_number}　{reason}"),
        }),
        Event::LetterFailed { why } => Some(why.clone()),
        Event::Delayed { until, reason, .. } => Some(format!("{} {reason}", sheet.words.short_day(Language::Ja, *until))),
        Event::HandedOver { to, reason } => {
            let department = sheet.town.departments.get(to).map(|department| sheet.plain(&department.name)).unwrap_or_default();
            Some(format!("{department} {reason}"))
        }
        Event::Consulted { department, said, say } => {
            let department = sheet.town.departments.get(department).map(|department| sheet.plain(&department.name)).unwrap_or_default();
            Some(format!("{department}　{}　{say}", sheet.word(&format!("desk-consult-{}", said.code()))))
        }
        Event::Reached { how, note } => Some(format!("{}　{note}", sheet.word(&format!("desk-reached-{how}")))),
        Event::Identity { identified } => Some(identity_said(sheet, identified)),
        Event::CameTooLate { sent } if !sent.is_empty() => return Some(came_too_late(sheet, opened, sent)),
        Event::FiledAgain { number, sent } => return Some(html! { (number) "　" (came_too_late(sheet, opened, sent)) }),
        Event::Doubted { doubts } => Some(doubts.iter().map(|doubt| doubt_said(sheet, opened, doubt)).collect::<Vec<_>>().join("　")),
        Event::MessageFate { fate, .. } => Some(fate_said(sheet, opened, fate)),
        _ => None,
    };
    text.map(|text| html! { (text) })
}

/// What followed from a correction: what the form asked because of it, and what it does not ask any more, with what had been answered.
fn corrected(sheet: &Sheet, opened: &Opened, before: &Answers, more: &[FieldId], dropped: &[FieldId]) -> Option<String> {
    let mut said = Vec::new();
    if !more.is_empty() {
        said.push(sheet.say().text("desk-corrected-more", &[("what", labels(sheet, opened, more).as_str().into())]));
    }
    if !dropped.is_empty() {
        let gone = in_words(sheet, opened, &before.only(dropped));
        // An individual number is not kept beside the answers: only that it was asked is told.
        let silent: Vec<FieldId> = dropped.iter().filter(|id| before.get(id.as_str()).is_none()).cloned().collect();
        let what = [gone, labels(sheet, opened, &silent)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("　");
        said.push(sheet.say().text("desk-corrected-dropped", &[("what", what.as_str().into())]));
    }
    (!said.is_empty()).then(|| said.join("　"))
}

/// Answers as they read, question by question.
fn in_words(sheet: &Sheet, opened: &Opened, answers: &Answers) -> String {
    let said = answers.iter().map(|(id, answer)| match opened.procedure.field(id.as_str()) {
        Some(field) => format!("{}：{}", sheet.plain(&field.label), answer.shown(field, &sheet.town, Language::Ja)),
        None => id.to_string(),
    });
    said.collect::<Vec<_>>().join("　")
}

fn labels(sheet: &Sheet, opened: &Opened, fields: &[FieldId]) -> String {
    let label = |id: &FieldId| opened.procedure.field(id.as_str()).map_or_else(|| id.to_string(), |field| sheet.plain(&field.label));
    fields.iter().map(label).collect::<Vec<_>>().join("、")
}

/// Who came, and what they showed.
fn identity_said(sheet: &Sheet, identified: &Identified) -> String {
    let who = sheet.word(&format!("desk-seen-who-{}", identified.who.code()));
    let proof = sheet.word(&format!("desk-seen-proof-{}", identified.proof.code()));
    [who, proof, identified.note.clone()].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join("　")
}

/// What does not fit, and what to look at.
fn doubt_said(sheet: &Sheet, opened: &Opened, doubt: &Doubt) -> String {
    let procedure = &opened.procedure;
    let (id, what) = match doubt {
        Doubt::Moment { said } => ("desk-doubt-moment", sheet.words.moment(Language::Ja, clock::local(*said))),
        Doubt::Identity => ("desk-doubt-identity", String::new()),
        Doubt::Answers { fields } => ("desk-doubt-answers", labels(sheet, opened, fields)),
        Doubt::Rules { rules } => {
            let say = |id: &RuleId| procedure.formal.get(id).map_or_else(|| id.to_string(), |rule| sheet.plain(&rule.say));
            ("desk-doubt-rules", rules.iter().map(say).collect::<Vec<_>>().join(" "))
        }
    };
    sheet.say().text(id, &[("what", what.as_str().into())])
}

/// What of the case came from the residents' side and does not fit, above its answers: who decides on them has read it.
pub(super) fn doubts(sheet: &Sheet, opened: &Opened) -> Markup {
    let doubts: Vec<String> = opened
        .story
        .iter()
        .filter_map(|told| if let Event::Doubted { doubts } = &told.event { Some(doubts) } else { None })
        .flatten()
        .map(|doubt| doubt_said(sheet, opened, doubt))
        .collect();
    html! {
        @if !doubts.is_empty() {
            (parts::notice(parts::Tone::Warn, html! {
                b { (sheet.say().html("desk-doubted", &[])) }
                @for doubt in &doubts { p { (doubt) } }
            }))
        }
    }
}

/// What a correction said that came too late, question by question. Files are opened by their names: staff use by hand what stands here.
fn came_too_late(sheet: &Sheet, opened: &Opened, sent: &Answers) -> Markup {
    let said = |id: &FieldId, answer: &Answer| {
        let Some(field) = opened.procedure.field(id.as_str()) else { return html! { (id) } };
        html! {
            (sheet.plain(&field.label)) "："
            @match answer {
                Answer::Files(files) => (attached::beside(sheet, opened, files)),
                Answer::Group(rows) => {
                    (answer.shown(field, &sheet.town, Language::Ja))
                    @let files: Vec<FileAnswer> = rows.iter().flat_map(attachments::of).collect();
                    @if !files.is_empty() { " " (attached::beside(sheet, opened, &files)) }
                }
                other => (other.shown(field, &sheet.town, Language::Ja)),
            }
        }
    };
    html! { @for (at, (id, answer)) in sent.iter().enumerate() { @if at > 0 { "　" } (said(id, answer)) } }
}

/// What became of a message, ending in what to do next. How else the person can be reached is known from the case.
fn fate_said(sheet: &Sheet, opened: &Opened, fate: &str) -> String {
    let contacts = &opened.case.contacts;
    let instead = match (&contacts.phone, &contacts.address) {
        (Some(_), _) => "phone",
        (None, Some(_)) => "post",
        (None, None) => "nothing",
    };
    let next = sheet.word("desk-fate-later");
    sheet.say().text(fate, &[("why", "other".into()), ("instead", instead.into()), ("next", next.into())])
}

/// What the office and the person wrote to each other.
pub(super) fn messages(sheet: &Sheet, opened: &Opened) -> Markup {
    let lines: Vec<(Side, String, &Told, &str)> = opened
        .story
        .iter()
        .filter_map(|told| match &told.event {
            Event::WroteToApplicant { text } => Some((Side::Mine, who(sheet, opened, &told.who), told, text.as_str())),
            Event::ApplicantWrote { text } => Some((Side::Theirs, who(sheet, opened, &told.who), told, text.as_str())),
            _ => None,
        })
        .collect();
    let may_see_fates = panels::may_beside(sheet, opened, access::Act::Read, access::RecordKind::Message);
    let fates = if may_see_fates { fates(opened) } else { std::collections::BTreeMap::new() };
    let messages: Vec<parts::Message<'_>> = lines
        .iter()
        .map(|(side, from, told, text)| parts::Message {
            side: *side,
            from,
            when: sheet.words.moment_html(Language::Ja, clock::local(told.at)),
            text,
            fate: fates.get(&told.turn).map(|fate| html! { (fate_said(sheet, opened, fate)) }),
        })
        .collect();
    if messages.is_empty() {
        html! { p.sub { (sheet.say().html("cases-thread-none", &[])) } }
    } else {
        parts::thread(&messages)
    }
}

/// What became of each letter to the person: the first fate after it, until the next letter.
fn fates(opened: &Opened) -> std::collections::BTreeMap<i64, &str> {
    let mut fates = std::collections::BTreeMap::new();
    let mut last = None;
    for told in &opened.story {
        match &told.event {
            Event::WroteToApplicant { .. } => last = Some(told.turn),
            Event::MessageFate { fate, .. } => {
                if let Some(turn) = last {
                    fates.insert(turn, fate.as_str());
                }
            }
            Event::CorrectionRequested { .. } | Event::Decided { .. } | Event::LetterIssued { .. } | Event::Delayed { .. } => last = None,
            _ => {}
        }
    }
    fates
}

/// メモ, which stay inside.
pub(super) fn notes(sheet: &Sheet, opened: &Opened) -> Markup {
    html! {
        @for told in &opened.story {
            @if let Event::Note { text } = &told.event {
                p { small { (who(sheet, opened, &told.who)) " " (sheet.words.moment_html(Language::Ja, clock::local(told.at))) } br; (text) }
            }
        }
    }
}
