//! 絞り込み: what a list is narrowed to, as its address says it, and the ones that somebody keeps. Only choices from closed lists stand in an
//! address or in a kept filter: no name of a person, nothing typed.

use access::{PageError, Posted};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, Weight},
};

use super::{Sheet, inbox::SOON_BUSINESS_DAYS, refusal, side};
use crate::{
    Channel, rows,
    rows::{
        inbox::{After, Narrow, Queue},
        marks::Kept,
    },
};

/// Which part of the inbox an address asks for. What it does not know it leaves out.
#[derive(Clone, Deserialize, Default)]
pub(super) struct Asked {
    pub queue: Option<String>,
    pub procedure: Option<String>,
    pub stage: Option<String>,
    pub channel: Option<String>,
    pub within: Option<String>,
    pub(super) after: Option<String>,
    pub(super) id: Option<String>,
    /// What was just done.
    pub done: Option<String>,
}

const QUEUES: [&str; 12] =
    ["mine", "soon", "replied", "turn", "look-after", "stand-in", "consulted", "unclaimed", "reach", "ended", "approving", "correcting"];
const STAGES: [&str; 3] = ["working", "correcting", "approving"];
const CHANNELS: [Channel; 7] = Channel::ALL;
/// Limits as people think of them.
const WITHIN: [&str; 4] = ["late", "today", "soon", "week"];

impl Asked {
    fn name(&self) -> &'static str {
        QUEUES.into_iter().find(|known| self.queue.as_deref() == Some(*known)).unwrap_or("all")
    }

    pub(super) fn queue(&self, sheet: &Sheet) -> Queue {
        let (staff, town, today) = (&sheet.staff, &sheet.town, sheet.today());
        match self.name() {
            "mine" => Queue::Mine(staff.id),
            "soon" => Queue::DueBy(town.closed.add_business_days(today, SOON_BUSINESS_DAYS)),
            "replied" => Queue::Replied,
            "turn" => Queue::Turn(side::own_turns(staff, town)),
            "stand-in" => Queue::Turn(side::stand_in_turns(staff, town)),
            "look-after" => Queue::LookAfter(side::own_turns(staff, town)),
            "consulted" => Queue::Consulted(staff.departments()),
            "unclaimed" => Queue::Unclaimed,
            "reach" => Queue::ToReach,
            "ended" => Queue::Ended,
            "approving" => Queue::At("approving"),
            "correcting" => Queue::At("correcting"),
            _ => Queue::All,
        }
    }

    pub(super) fn narrow(&self, sheet: &Sheet) -> Narrow {
        let (today, calendar) = (sheet.today(), &sheet.town.closed);
        Narrow {
            procedure: self.procedure.as_deref().and_then(|id| sheet.town.procedures.get(id)).map(|procedure| procedure.id.clone()),
            stage: STAGES.into_iter().find(|stage| self.stage.as_deref() == Some(*stage)).map(ToOwned::to_owned),
            channel: self.channel.as_deref().and_then(Channel::from_code),
            due_by: match self.within.as_deref() {
                Some("late") => today.yesterday().ok(),
                Some("today") => Some(today),
                Some("soon") => Some(calendar.add_business_days(today, SOON_BUSINESS_DAYS)),
                Some("week") => Some(calendar.add_business_days(today, 5)),
                _ => None,
            },
        }
    }

    pub(super) fn after(&self) -> Option<After> {
        Some(After { due: self.after.clone()?, id: self.id.clone()? })
    }

    /// The same list from its beginning.
    pub(super) fn first_page(&self) -> Asked {
        Asked { after: None, id: None, done: None, ..self.clone() }
    }

    /// What stands behind `?`: of each part only what is from its closed list.
    pub(super) fn query(&self) -> String {
        let word = |text: &Option<String>| {
            text.clone().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)))
        };
        let mut query = format!("queue={}", self.name());
        let parts = [("procedure", &self.procedure), ("stage", &self.stage), ("channel", &self.channel), ("within", &self.within)];
        for (name, value) in parts {
            if let Some(value) = word(value).filter(|value| !value.is_empty()) {
                query.push_str(&format!("&{name}={value}"));
            }
        }
        query
    }

    pub(super) fn path(&self) -> String {
        format!("/desk/cases?{}", self.query())
    }

    /// The link at the side that the page belongs to: a stage is a tab of it.
    pub(super) fn place(&self) -> String {
        Asked { stage: None, ..self.clone() }.path()
    }

    fn is_narrowed(&self) -> bool {
        [&self.procedure, &self.stage, &self.channel, &self.within]
            .into_iter()
            .any(|part| part.as_deref().is_some_and(|part| !part.is_empty()))
    }

    /// What the list is called.
    pub(super) fn title(&self, sheet: &Sheet, kept: &[Kept]) -> String {
        let query = self.query();
        if let Some(kept) = kept.iter().find(|kept| kept.asked == query) {
            return kept.name.clone();
        }
        match (self.name(), self.procedure.as_deref().and_then(|id| sheet.town.procedures.get(id))) {
            ("all", Some(procedure)) => sheet.plain(&procedure.title),
            (name, _) => sheet.word(&format!("desk-nav-{name}")),
        }
    }
}

/// The form that narrows a list, and keeps what it was narrowed to. Closed until it is needed.
pub(super) fn form(sheet: &Sheet, asked: &Asked, kept: &[Kept]) -> Markup {
    let departments = sheet.staff.departments();
    let procedures: Vec<(&str, String)> = sheet
        .town
        .procedures
        .values()
        .filter(|procedure| procedure.departments().any(|own| departments.contains(own)))
        .map(|procedure| (procedure.id.as_str(), sheet.plain(&procedure.title)))
        .collect();
    let named = |prefix: &str, values: &[&'static str]| -> Vec<(&'static str, String)> {
        values.iter().map(|value| (*value, sheet.word(&format!("{prefix}{value}")))).collect()
    };
    let channels: Vec<&'static str> = CHANNELS.iter().map(|channel| channel.code()).collect();
    let own = kept.iter().find(|kept| kept.asked == asked.query());
    html! {
        details.filters open[asked.is_narrowed()] {
            summary { (sheet.word("desk-filter-title")) }
            div.row {
                form.row method="get" action="/desk/cases" {
                    input type="hidden" name="queue" value=(asked.name());
                    (choice(sheet, "procedure", &procedures, asked.procedure.as_deref()))
                    (choice(sheet, "stage", &named("desk-stage-", &STAGES), asked.stage.as_deref()))
                    (choice(sheet, "channel", &named("cases-channel-", &channels), asked.channel.as_deref()))
                    (choice(sheet, "within", &named("desk-within-", &WITHIN), asked.within.as_deref()))
                    (parts::button(Weight::Second, sheet.word("desk-filter-use")))
                }
                @if let Some(own) = own {
                    form method="post" action={ "/desk/filters/" (own.id) } {
                        (csrf_input(&sheet.staff.csrf))
                        (parts::button(Weight::Quiet, sheet.word("desk-filter-drop")))
                    }
                } @else if asked.is_narrowed() {
                    form.row method="post" action="/desk/filters" {
                        (csrf_input(&sheet.staff.csrf))
                        input type="hidden" name="asked" value=(asked.query());
                        label.sr for="filter-name" { (sheet.word("desk-filter-name")) }
                        input.in.m id="filter-name" name="name" maxlength="30" required placeholder=(sheet.word("desk-filter-name"));
                        (parts::button(Weight::Second, sheet.word("desk-filter-keep")))
                    }
                }
            }
        }
    }
}

fn choice(sheet: &Sheet, name: &str, values: &[(&str, String)], chosen: Option<&str>) -> Markup {
    html! {
        label {
            span.sr { (sheet.word(&format!("desk-filter-{name}"))) }
            select.in name=(name) {
                option value="" { (sheet.word(&format!("desk-filter-{name}"))) }
                @for (value, label) in values { option value=(value) selected[chosen == Some(*value)] { (label) } }
            }
        }
    }
}

/// 絞り込みを保存: keeps it for the one who asks.
pub(super) async fn keep(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    let asked: Asked = axum::extract::Query::try_from_uri(
        &format!("/?{}", typed.first("asked").unwrap_or_default()).parse().map_err(|_| PageError::BadInput("no such filter"))?,
    )
    .map_err(|_| PageError::BadInput("no such filter"))?
    .0;
    let name: String = typed.first("name").unwrap_or_default().trim().chars().take(30).collect();
    let kept = Kept { id: access::NoteId::draw(sheet.clock.now()).to_string(), name, asked: asked.query() };
    if kept.name.is_empty() {
        return Ok(Redirect::to(&asked.path()).into_response());
    }
    sheet.write(move |tx, acting| Ok(rows::marks::keep_filter(tx, acting.staff.id, &kept)?)).await.map_err(refusal)?;
    Ok(Redirect::to(&format!("{}&done=filter", asked.path())).into_response())
}

/// Throws one's own filter away.
pub(super) async fn drop(sheet: Sheet, Path(filter): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    sheet.write(move |tx, acting| Ok(rows::marks::drop_filter(tx, acting.staff.id, &filter)?)).await.map_err(refusal)?;
    Ok(Redirect::to("/desk/cases?queue=all").into_response())
}
