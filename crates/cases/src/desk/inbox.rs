//! 受付箱: one list over all procedures and channels that this person may see, the nearest limit first, live.

use std::{convert::Infallible, time::Duration};

use access::{Act, PageError, Posted};
use axum::{
    extract::Query,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use ui::parts::{self, Column, Due, KeyHint, Row, Weight, icons};

use super::{CASE, Sheet, Side, refusal, side};
use crate::{
    clock,
    rows::{
        self,
        desk::{After, InboxLine, Queue},
    },
};

/// "Near" for the list at the side: today and the two business days after it.
pub(super) const SOON_BUSINESS_DAYS: u16 = 2;

/// Lines of a page: as many as fit a large screen without paging through.
const LINES: i64 = 40;

/// Which part of the inbox.
#[derive(Clone, Deserialize, Default)]
pub(super) struct Asked {
    queue: Option<String>,
    procedure: Option<String>,
    due: Option<String>,
    id: Option<String>,
}

impl Asked {
    fn queue(&self, sheet: &Sheet, today: Date) -> Queue {
        if let Some(procedure) = self.procedure.as_deref().and_then(|id| sheet.town.procedures.get(id)) {
            return Queue::Of(procedure.id.clone());
        }
        match self.queue.as_deref() {
            Some("mine") => Queue::Mine(sheet.staff.id),
            Some("soon") => Queue::DueBy(sheet.town.closed.add_business_days(today, SOON_BUSINESS_DAYS)),
            Some("approving") => Queue::At("approving"),
            Some("correcting") => Queue::At("correcting"),
            Some("unclaimed") => Queue::Unclaimed,
            Some("ended") => Queue::Ended,
            _ => Queue::All,
        }
    }

    fn name(&self) -> &str {
        self.queue.as_deref().unwrap_or("all")
    }

    fn path(&self) -> String {
        match &self.procedure {
            Some(procedure) => format!("/desk/cases?procedure={procedure}"),
            None => format!("/desk/cases?queue={}", self.name()),
        }
    }

    fn after(&self) -> Option<After> {
        Some(After { due: self.due.clone()?, id: self.id.clone()? })
    }
}

pub(super) async fn home(_: access::Staff) -> Response {
    axum::response::Redirect::to("/desk/cases?queue=all").into_response()
}

/// Lines, whether more follow, and what stands at the side.
struct Read {
    lines: Vec<InboxLine>,
    more: bool,
    names: Names,
    side: Side,
}

/// Who has what, by name.
type Names = std::collections::BTreeMap<access::StaffId, String>;

async fn read(sheet: &Sheet, asked: &Asked) -> Result<Read, PageError> {
    let (queue, after, here) = (asked.queue(sheet, sheet.today()), asked.after(), asked.path());
    let words = sheet.words.clone();
    sheet
        .read(move |tx, acting| {
            let filter = access::filter(acting.staff, Act::Read, &CASE, 1);
            let mut lines = rows::desk::inbox(tx, filter, &queue, after.as_ref(), LINES + 1)?;
            let more = lines.len() > LINES as usize;
            lines.truncate(LINES as usize);
            Ok(Read { lines, more, names: super::names(tx)?, side: side(tx, acting, &words, &here)? })
        })
        .await
        .map_err(refusal)
}

pub(super) async fn show(sheet: Sheet, Query(asked): Query<Asked>) -> Result<Markup, PageError> {
    let found = read(&sheet, &asked).await?;
    let name = match asked.procedure.as_deref().and_then(|id| sheet.town.procedures.get(id)) {
        Some(procedure) => sheet.plain(&procedure.title),
        None => sheet.word(&format!("desk-nav-{}", known(asked.name()))),
    };
    let live = format!("/desk/cases/live?queue={}", asked.name());
    let body = html! {
        (procedure_tabs(&sheet, &asked))
        div #live data-live=(live) { (list(&sheet, &found.lines, &found.names, &asked.path())) }
        (more(&sheet, &found, &asked))
    };
    let late = found.lines.iter().filter(|line| line.due.is_some_and(|due| due < sheet.today())).count();
    let beside = sheet.say().html("desk-inbox-beside", &[("count", found.lines.len().into()), ("late", late.into())]);
    let next = html! {
        (search_form(&sheet, ""))
        (parts::link_button(Weight::Primary, "/desk/paper", sheet.say().html("desk-nav-paper", &[])))
    };
    let said = keys(&sheet);
    let keys: Vec<KeyHint<'_>> = said.iter().map(|(keys, what, at_foot)| KeyHint { keys, what, at_foot: *at_foot }).collect();
    Ok(sheet.page_with(&name, &found.side, &[], &keys, |page| page.beside(beside).next(next), body))
}

fn known(queue: &str) -> &str {
    match queue {
        "mine" | "soon" | "approving" | "correcting" | "unclaimed" | "ended" => queue,
        _ => "all",
    }
}

fn keys(sheet: &Sheet) -> Vec<(&'static [&'static str], String, bool)> {
    vec![
        (&["j", "k"], sheet.word("desk-key-move"), true),
        (&["Enter"], sheet.word("desk-key-open"), true),
        (&["x"], sheet.word("desk-key-choose"), true),
        (&["a"], sheet.word("desk-key-claim"), true),
        (&["/"], sheet.word("desk-key-search"), true),
    ]
}

fn procedure_tabs(sheet: &Sheet, asked: &Asked) -> Markup {
    let departments = sheet.staff.departments();
    let mine: Vec<_> = sheet.town.procedures.values().filter(|procedure| departments.contains(&procedure.department)).take(12).collect();
    if mine.len() < 2 {
        return html! {};
    }
    let labels: Vec<(String, String, bool)> = mine
        .iter()
        .map(|procedure| {
            let open = asked.procedure.as_deref() == Some(procedure.id.as_str());
            (sheet.plain(&procedure.title), format!("/desk/cases?procedure={}", procedure.id), open)
        })
        .collect();
    let all = sheet.word("desk-tab-all");
    let mut tabs = vec![parts::Tab { label: &all, href: "/desk/cases?queue=all", count: None, open: asked.procedure.is_none() }];
    tabs.extend(labels.iter().map(|(label, href, open)| parts::Tab { label, href, count: None, open: *open }));
    parts::tabs(&sheet.word("desk-tab-label"), &tabs)
}

fn search_form(sheet: &Sheet, value: &str) -> Markup {
    let (label, hint) = (sheet.word("desk-search-label"), sheet.word("desk-search-hint"));
    // By POST: names of people never stand in an address.
    let button = sheet.word("desk-search-button");
    parts::search_box(&parts::SearchBox {
        action: "/desk/search",
        sought: parts::Sought::People(&sheet.staff.csrf),
        name: "q",
        value,
        label: &label,
        example: &hint,
        button: &button,
    })
}

/// The table of lines, in the form of what can be done with several.
pub(super) fn list(sheet: &Sheet, lines: &[InboxLine], names: &Names, back: &str) -> Markup {
    let say = sheet.say();
    if lines.is_empty() {
        return parts::empty(
            icons::CIRCLE_CHECK,
            say.html("desk-inbox-empty", &[]),
            html! { p { (say.html("desk-inbox-empty-next", &[])) } },
        );
    }
    let labels =
        ["state", "applicant", "procedure", "channel", "filed", "due", "assignee"].map(|id| sheet.word(&format!("desk-column-{id}")));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let named: Vec<(String, String)> = lines
        .iter()
        .map(|line| (format!("{} {}", line.applicant, title_of(sheet, line)), format!("/desk/cases/{}", line.number.plain())))
        .collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .zip(&named)
        .map(|(line, (name, href))| Row {
            id: format!("{}:{}", line.number.plain(), line.row),
            name,
            href,
            cells: cells(sheet, line, names, href),
        })
        .collect();
    let verbs = html! {
        input type="hidden" name="back" value=(back);
        (parts::submit(Weight::Second, "verb", "claim", say.html("desk-verb-claim", &[])))
        (parts::submit(Weight::Second, "verb", "release", say.html("desk-verb-release", &[])))
        (parts::submit(Weight::Second, "verb", "advance", say.html("desk-verb-advance", &[])))
        (parts::submit(Weight::Second, "verb", "approve", say.html("desk-verb-approve", &[])))
    };
    parts::bulk_bar(say, "/desk/bulk", &sheet.staff.csrf, verbs, parts::rows(say, &columns, &rows))
}

fn title_of(sheet: &Sheet, line: &InboxLine) -> String {
    sheet.town.procedures.get(&line.procedure).map_or_else(|| line.procedure.to_string(), |procedure| sheet.plain(&procedure.title))
}

fn cells(sheet: &Sheet, line: &InboxLine, names: &Names, href: &str) -> Vec<Markup> {
    let say = sheet.say();
    let late = line.due.is_some_and(|due| due < sheet.today()) && line.is_open;
    let step = line.step.as_ref().and_then(|step| sheet.town.procedures.get(&line.procedure)?.steps.get(step));
    let state = match (&step, line.stage.as_str()) {
        (Some(step), "working") => sheet.plain(&step.title),
        _ => say.text(&format!("desk-stage-{}", line.stage), &[]),
    };
    let tone = match (late, line.stage.as_str()) {
        (true, _) => parts::ChipTone::Late,
        (_, "correcting" | "withdrawn") => parts::ChipTone::Still,
        (_, "decided") => parts::ChipTone::Good,
        (_, "approving") => parts::ChipTone::Act,
        _ => parts::ChipTone::Wait,
    };
    let assignee = match line.assignee {
        Some(id) if id == sheet.staff.id => sheet.word("desk-assignee-me"),
        Some(id) => names.get(&id).cloned().unwrap_or_else(|| sheet.word("desk-who-staff")),
        None => "—".to_owned(),
    };
    vec![
        parts::chip(tone, &state),
        html! { a href=(href) { b { (line.applicant) } } br; small { (line.kana) } },
        html! { (title_of(sheet, line)) br; small { (parts::grouped_number(&line.number.to_string())) } },
        html! { (say.text(&format!("cases-channel-{}", line.channel.code()), &[])) },
        html! { (sheet.words.short_day(definitions::text::Language::Ja, clock::day(line.filed_at))) },
        parts::due(say, due(sheet, line)),
        html! { (assignee) },
    ]
}

fn due(sheet: &Sheet, line: &InboxLine) -> Due {
    let today = sheet.today();
    let calendar = &sheet.town.closed;
    match line.due {
        _ if !line.is_open => Due::Done,
        None if line.stage == "correcting" => Due::Stopped,
        None => Due::Open,
        Some(due) if due < today => Due::Over { days: calendar.business_days_between(due, today).into() },
        Some(due) => Due::Left {
            days: calendar.business_days_between(today, due).into(),
            of: calendar.business_days_between(clock::day(line.filed_at), due).into(),
        },
    }
}

fn more(sheet: &Sheet, found: &Read, asked: &Asked) -> Markup {
    let more = found.lines.last().filter(|_| found.more).map(|last| format!("{}&due={}&id={}", asked.path(), last.due_key, last.id));
    let first = asked.due.is_some().then(|| asked.path());
    parts::next_page(sheet.say(), found.lines.len(), more.as_deref(), first.as_deref())
}

/// Names, kana, numbers, telephones, birth dates, addresses: one box.
pub(super) async fn search(sheet: Sheet, Posted(typed): Posted) -> Result<Markup, PageError> {
    let wanted: String = typed.first("q").unwrap_or_default().chars().take(100).collect();
    let grams = rows::desk::wanted_grams(&wanted);
    let words = sheet.words.clone();
    let (lines, names, side) = sheet
        .write(move |tx, acting| {
            let filter = access::filter(acting.staff, Act::Read, &CASE, 1);
            let lines = if grams.is_empty() { Vec::new() } else { rows::desk::search(tx, filter, &grams, LINES)? };
            // A list of persons is a look at each of them.
            for line in &lines {
                access::looked::looked(tx, acting.staff, access::RecordKind::Case, &line.id.to_string(), "search")?;
            }
            Ok((lines, super::names(tx)?, side(tx, acting, &words, "")?))
        })
        .await
        .map_err(refusal)?;
    let title = sheet.word("desk-search-title");
    let say = sheet.say();
    let body = html! {
        p { (say.html("desk-search-recorded", &[])) }
        @if lines.is_empty() {
            (parts::empty(icons::SEARCH, say.html("desk-search-none", &[]), html! { p { (say.html("desk-search-none-next", &[])) } }))
        } @else {
            (list(&sheet, &lines, &names, "/desk/cases?queue=all"))
        }
    };
    Ok(sheet.page(&title, &side, |page| page.next(search_form(&sheet, &wanted)), body))
}

/// How long one connection is kept.
const LIVE: Duration = Duration::from_secs(600);

/// The list again, whenever something was sealed at the desk; at most twice a second.
pub(super) async fn live(sheet: Sheet, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let sealed = sheet.store.sealed();
    let events = futures_util::stream::unfold((sheet, asked, sealed), |(sheet, asked, mut sealed)| async move {
        sealed.changed().await.ok()?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let position = *sealed.borrow_and_update();
        let found = read(&sheet, &asked).await.ok()?;
        let event = Event::default().id(position.to_string()).data(list(&sheet, &found.lines, &found.names, &asked.path()).into_string());
        Some((Ok::<_, Infallible>(event), (sheet, asked, sealed)))
    });
    let bounded = futures_util::StreamExt::take_until(events, Box::pin(tokio::time::sleep(LIVE)));
    Ok(Sse::new(bounded).keep_alive(KeepAlive::default()).into_response())
}
