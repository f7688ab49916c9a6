//! The town's cases as a process log. Nobody is named in it: a case is called by its place in the log, staff by their department.

use cases::{
    Case, Stage,
    event::{Event, Told, Who},
};

use crate::log::LogEvent;

/// What an export says of a case and of its events beyond activity and moment, in the order of its columns.
pub const COLUMNS: [&str; 6] = ["case:procedure", "case:version", "case:department", "case:channel", "case:outcome", "detail"];

/// The events of a case, oldest first. `number` is its place in the log. Messages, notes and looks are no steps of the work and are left out.
pub fn events(case: &Case, story: &[Told], number: u64) -> Vec<LogEvent> {
    let outcome = if let Stage::Decided { proposal, .. } = &case.stage { Some(proposal.outcome.to_string()) } else { None };
    let of_case = [
        Some(case.procedure.to_string()),
        Some(crate::counted::short_version(&case.version)),
        Some(case.department.to_string()),
        Some(case.channel.code().to_owned()),
        outcome,
    ];
    let of_case: Vec<(String, String)> =
        COLUMNS.iter().zip(of_case).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect();
    let is_work = |told: &&Told| {
        !matches!(
            told.event,
            Event::Note { .. }
                | Event::MessageFate { .. }
                | Event::WroteToApplicant { .. }
                | Event::ApplicantWrote { .. }
                | Event::Reached { .. }
                | Event::Doubted { .. }
        )
    };
    story
        .iter()
        .filter(is_work)
        .enumerate()
        .map(|(order, told)| LogEvent {
            case: number.to_string(),
            activity: told.event.code().to_owned(),
            at: told.at,
            order: i64::try_from(order).ok(),
            resource: Some(match told.who {
                Who::Applicant => "applicant".to_owned(),
                Who::System => "system".to_owned(),
                Who::Staff(_) => case.department.to_string(),
            }),
            more: of_case.iter().cloned().chain(detail(&told.event).map(|detail| ("detail".to_owned(), detail))).collect(),
        })
        .collect()
}

/// Which step, question, outcome or department an event is about.
fn detail(event: &Event) -> Option<String> {
    Some(match event {
        Event::Advanced { to, .. } => to.to_string(),
        Event::CorrectionRequested { fields, .. } => fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Event::Proposed { outcome } | Event::Decided { outcome } => outcome.to_string(),
        Event::Approved { role, .. } => role.to_string(),
        Event::Consulted { department, .. } => department.to_string(),
        Event::HandedOver { to, .. } => to.to_string(),
        _ => return None,
    })
}
