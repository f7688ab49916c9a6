//! 受付箱: one list over all procedures and channels that this person may see, the nearest limit first, live.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use access::{PageError, Posted, StaffId};
use axum::{
    extract::Query,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use maud::{Markup, html};
use ui::{
    page::counted,
    parts::{self, Column, Due, KeyHint, Row, Weight, icons},
};

use super::{
    Sheet, Side,
    filters::{self, Asked},
    refusal, side,
    side::{COUNTED_MOST, names},
};
use crate::{
    clock, rows,
    rows::inbox::{InboxLine, Narrow, Queue},
};

/// "Near" for the list at the side: today and the two business days after it.
pub(super) const SOON_BUSINESS_DAYS: u16 = 2;

/// Lines of a page: as many as fit a large screen without paging through.
const LINES: i64 = 40;

/// Whoever decides begins with what waits for them, everybody else with what they have.
pub(super) async fn home(sheet: Sheet) -> Response {
    let decides = !side::own_turns(&sheet.staff, &sheet.town).is_empty();
    let queue = if decides { "turn" } else { "mine" };
    axum::response::Redirect::to(&format!("/desk/cases?queue={queue}")).into_response()
}

/// Lines, whether more follow, and what stands around them.
struct Found {
    lines: Vec<InboxLine>,
    more: bool,
    /// How many there are, and how many of them are late.
    whole: i64,
    late: i64,
    stages: Vec<(&'static str, i64)>,
    names: BTreeMap<StaffId, String>,
    kept: Vec<rows::marks::Kept>,
    side: Side,
}

/// Stages of open cases, in the order in which a case passes them.
const STAGES: [&str; 3] = ["working", "correcting", "approving"];

async fn read(sheet: &Sheet, asked: &Asked) -> Result<Found, PageError> {
    let (queue, narrow, after, here) = (asked.queue(sheet), asked.narrow(sheet), asked.after(), asked.place());
    let (words, today) = (sheet.words.clone(), sheet.today());
    sheet
        .read(move |tx, acting| {
            let count = |narrow: &Narrow| rows::inbox::count(tx, acting.staff, &queue, narrow, COUNTED_MOST);
            let mut lines = rows::inbox::inbox(tx, acting.staff, &queue, &narrow, after.as_ref(), LINES + 1)?;
            let more = lines.len() > LINES as usize;
            lines.truncate(LINES as usize);
            let whole = count(&Narrow { stage: None, ..narrow.clone() })?;
            let yesterday = today.yesterday().unwrap_or(today);
            let late = count(&Narrow { due_by: Some(narrow.due_by.map_or(yesterday, |day| day.min(yesterday))), ..narrow.clone() })?;
            let mut stages = Vec::new();
            if queue.is_open() {
                for stage in STAGES {
                    stages.push((stage, count(&Narrow { stage: Some(stage.to_owned()), ..narrow.clone() })?));
                }
            }
            let names = names(tx, lines.iter().filter_map(|line| line.assignee))?;
            let kept = rows::marks::filters(tx, acting.staff.id)?;
            Ok(Found { lines, more, whole, late, stages, names, kept, side: side(tx, acting, &words, &here)? })
        })
        .await
        .map_err(refusal)
}

pub(super) async fn show(sheet: Sheet, Query(asked): Query<Asked>) -> Result<Markup, PageError> {
    let found = read(&sheet, &asked).await?;
    let name = asked.title(&sheet, &found.kept);
    let live = format!("/desk/cases/live?{}", asked.query());
    let body = html! {
        (sheet.done(asked.done.as_deref()))
        (stage_tabs(&sheet, &asked, &found))
        (filters::form(&sheet, &asked, &found.kept))
        div #live data-live=(live) data-announce=(sheet.word("desk-inbox-changed")) {
            (list(&sheet, &found.lines, &found.names, &asked.path()))
        }
        (more(&sheet, &found, &asked))
    };
    // What is counted up to a bound is shown so; small numbers stay numbers, for the words' own plural rules.
    let shown = |count: i64| if count < COUNTED_MOST { count.into() } else { counted(count.unsigned_abs()).into() };
    let late = if asked.queue(&sheet).is_open() { found.late } else { 0 };
    let count = if asked.stage.is_some() { found.lines.len() as i64 } else { found.whole };
    let beside = sheet.say().html("desk-inbox-beside", &[("count", shown(count)), ("late", shown(late))]);
    let next = html! {
        (search_form(&sheet, ""))
        (parts::link_button(Weight::Primary, "/desk/paper", sheet.say().html("desk-nav-paper-short", &[])))
    };
    let said = keys(&sheet);
    let keys: Vec<KeyHint<'_>> = said.iter().map(|(keys, what)| KeyHint { keys, what, at_foot: true }).collect();
    Ok(sheet.page_with(&name, &found.side, &[], &keys, |page| page.beside(beside).next(next), body))
}

fn keys(sheet: &Sheet) -> Vec<(&'static [&'static str], String)> {
    vec![
        (&["j", "k"], sheet.word("desk-key-move")),
        (&["Enter"], sheet.word("desk-key-open")),
        (&["x"], sheet.word("desk-key-choose")),
        (&["a"], sheet.word("desk-key-claim")),
        (&["/"], sheet.word("desk-key-search")),
    ]
}

/// すべて 23　審査 9　補正待ち 5　決裁待ち 3　期限超過 1.
fn stage_tabs(sheet: &Sheet, asked: &Asked, found: &Found) -> Markup {
    if found.stages.is_empty() {
        return html! {};
    }
    let number = |count: i64| u64::try_from(count).ok();
    let all = Asked { stage: None, ..asked.first_page() };
    let mut tabs =
        vec![(sheet.word("desk-tab-all"), all.path(), found.whole, asked.stage.is_none() && asked.within.as_deref() != Some("late"))];
    for (stage, count) in &found.stages {
        let at = Asked { stage: Some((*stage).to_owned()), ..asked.first_page() };
        tabs.push((sheet.word(&format!("desk-stage-{stage}")), at.path(), *count, asked.stage.as_deref() == Some(*stage)));
    }
    let late = Asked { stage: None, within: Some("late".to_owned()), ..asked.first_page() };
    if found.late > 0 || asked.within.as_deref() == Some("late") {
        tabs.push((sheet.word("desk-tab-late"), late.path(), found.late, asked.within.as_deref() == Some("late")));
    }
    let tabs: Vec<parts::Tab<'_>> =
        tabs.iter().map(|(label, href, count, open)| parts::Tab { label, href, count: number(*count), open: *open }).collect();
    parts::tabs(&sheet.word("desk-tab-label"), &tabs)
}

pub(super) fn search_form(sheet: &Sheet, value: &str) -> Markup {
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
pub(super) fn list(sheet: &Sheet, lines: &[InboxLine], names: &BTreeMap<StaffId, String>, back: &str) -> Markup {
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
    let verb = |verb: &str| parts::submit(Weight::Second, "verb", verb, say.html(&format!("desk-verb-{verb}"), &[]));
    let may = |act| access::grants::may_ever(&sheet.staff, act, access::RecordKind::Case);
    let verbs = html! {
        input type="hidden" name="back" value=(back);
        @if may(access::Act::Work) {
            button.btn.second type="submit" name="verb" value="claim" data-shortcut="a" { (say.html("desk-verb-claim", &[])) }
            (verb("release"))
            (verb("advance"))
        }
        @if may(access::Act::Decide) { (verb("approve")) }
    };
    parts::bulk_bar(say, "/desk/bulk", &sheet.staff.csrf, verbs, parts::rows(say, &columns, &rows))
}

pub(super) fn title_of(sheet: &Sheet, line: &InboxLine) -> String {
    sheet.town.procedures.get(&line.procedure).map_or_else(|| line.procedure.to_string(), |procedure| sheet.plain(&procedure.title))
}

/// Where the case stands. What is late stands out once, what the applicant answered once, whatever the stage.
fn state(sheet: &Sheet, line: &InboxLine) -> Markup {
    let say = sheet.say();
    let step = line.step.as_ref().and_then(|step| sheet.town.procedures.get(&line.procedure)?.steps.get(step));
    let stage = match (&step, line.stage.as_str()) {
        (Some(step), "working") => sheet.plain(&step.title),
        _ => say.text(&format!("desk-stage-{}", line.stage), &[]),
    };
    let tone = match line.stage.as_str() {
        "correcting" | "withdrawn" => parts::ChipTone::Still,
        "decided" => parts::ChipTone::Good,
        _ => parts::ChipTone::Wait,
    };
    let late = line.is_open && line.due.is_some_and(|due| due < sheet.today());
    html! {
        @if late { (parts::chip(parts::ChipTone::Late, &sheet.word("desk-chip-late"))) " " }
        @else if line.replied { (parts::chip(parts::ChipTone::Act, &sheet.word("desk-chip-replied"))) " " }
        @if late || line.replied { small { (stage) @if late && line.replied { "・" (sheet.word("desk-chip-replied")) } } }
        @else { (parts::chip(tone, &stage)) }
        @if let Some(how) = &line.reach { " " small { (sheet.word(&format!("desk-reach-{how}"))) } }
    }
}

fn cells(sheet: &Sheet, line: &InboxLine, names: &BTreeMap<StaffId, String>, href: &str) -> Vec<Markup> {
    let say = sheet.say();
    let assignee = match line.assignee {
        Some(id) if id == sheet.staff.id => sheet.word("desk-assignee-me"),
        Some(id) => names.get(&id).cloned().unwrap_or_else(|| sheet.word("desk-who-staff")),
        None => "—".to_owned(),
    };
    let filed_on = clock::day(line.filed_at);
    let filed = format!("{}/{}", filed_on.month(), filed_on.day());
    vec![
        state(sheet, line),
        html! { a href=(href) { (line.applicant) } " " small { (line.kana) } },
        html! { (title_of(sheet, line)) " " small { (parts::grouped_number(&line.number.to_string())) } },
        html! { small { (say.text(&format!("cases-channel-{}", line.channel.code()), &[])) } },
        html! { small { (filed) } },
        parts::due(say, due(sheet, line)),
        html! { small { (assignee) } },
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

fn more(sheet: &Sheet, found: &Found, asked: &Asked) -> Markup {
    let more = found
        .lines
        .last()
        .filter(|_| found.more)
        .map(|last| format!("{}&after={}&id={}", asked.first_page().path(), last.after.due, last.after.id));
    let first = asked.after().is_some().then(|| asked.first_page().path());
    parts::next_page(sheet.say(), found.lines.len(), more.as_deref(), first.as_deref())
}

/// Names, kana, numbers, telephones, birth dates, addresses: one box.
pub(super) async fn search(sheet: Sheet, Posted(typed): Posted) -> Result<Markup, PageError> {
    let wanted: String = typed.first("q").unwrap_or_default().chars().take(100).collect();
    let (words, sought) = (sheet.words.clone(), wanted.clone());
    let (lines, names, side) = sheet
        .write(move |tx, acting| {
            let lines = rows::inbox::search(tx, acting.staff, &sought, LINES)?;
            // A list of persons is a look at each of them.
            let mut looks = Vec::with_capacity(lines.len());
            for line in &lines {
                let authority = rows::inbox::authority(tx, acting.staff, line.id)?.ok_or(crate::verbs::Refused::NotFound)?;
                looks.push((line.id.to_string(), authority));
            }
            access::looked::looked_at(tx, acting.staff, access::RecordKind::Case, &looks, "search")?;
            let names = names(tx, lines.iter().filter_map(|line| line.assignee))?;
            Ok((lines, names, side(tx, acting, &words, "")?))
        })
        .await
        .map_err(refusal)?;
    let title = sheet.word("desk-search-title");
    let say = sheet.say();
    let body = html! {
        p.sub { (say.html("desk-search-recorded", &[])) }
        @if lines.is_empty() {
            (parts::empty(icons::SEARCH, say.html("desk-search-none", &[]), html! { p { (say.html("desk-search-none-next", &[])) } }))
        } @else {
            (list(&sheet, &lines, &names, "/desk/cases?queue=all"))
        }
    };
    let beside = say.html("desk-search-count", &[("count", lines.len().into())]);
    let said = keys(&sheet);
    let keys: Vec<KeyHint<'_>> = said.iter().map(|(keys, what)| KeyHint { keys, what, at_foot: true }).collect();
    Ok(sheet.page_with(&title, &side, &[], &keys, |page| page.beside(beside).next(search_form(&sheet, &wanted)), body))
}

/// How long one connection is kept.
const LIVE: Duration = Duration::from_secs(600);

/// The list again, whenever something was sealed at the desk; at most twice a second. Whoever was signed out meanwhile, or lost a post, gets
/// nothing more of what they may no longer see.
pub(super) async fn live(sheet: Sheet, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let sealed = sheet.store.sealed();
    let events = futures_util::stream::unfold((sheet, asked, sealed), |(mut sheet, asked, mut sealed)| async move {
        sealed.changed().await.ok()?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let position = *sealed.borrow_and_update();
        sheet.staff = sheet.staff.again(&sheet.face).await.ok()?;
        let found = read(&sheet, &asked).await.ok()?;
        let event = Event::default().id(position.to_string()).data(list(&sheet, &found.lines, &found.names, &asked.path()).into_string());
        Some((Ok::<_, Infallible>(event), (sheet, asked, sealed)))
    });
    let bounded = futures_util::StreamExt::take_until(events, Box::pin(tokio::time::sleep(LIVE)));
    Ok(Sse::new(bounded).keep_alive(KeepAlive::default()).into_response())
}

impl Queue {
    /// Whether its cases are open ones, which stand at a stage and may be late.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self, Queue::Ended | Queue::LookAfter(_) | Queue::ToReach)
    }
}
