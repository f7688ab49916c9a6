//! 選考の結果: a family's own result, beside its case. Whoever may see the case may see it; for everybody else it does not exist.

mod lottery;
mod offer;

use access::{PageError, PortalFace, Visitor, shell::with_look};
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use cases::CaseNumber;
use definitions::{round::Round, town::Town};
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::{Crumb, PortalPage, SignedIn},
    parts::{self, ChipTone, Column, Fact, Say},
};

use crate::{
    allocation::Why,
    result::{self, Announced, AnnouncedChild},
};

/// `/status/{number}/round`, `/status/{number}/offer`, and what everybody may read at `/rounds/{round}`.
pub fn router() -> Router<PortalFace> {
    Router::new()
        .route("/status/{number}/round", get(show))
        .route("/status/{number}/offer", get(offer::show).post(offer::answer))
        .route("/rounds/{round}", get(lottery::show))
}

async fn show(State(face): State<PortalFace>, visitor: Visitor, Path(number): Path<String>) -> Result<Markup, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let (keys, session, account, now) =
        (face.keys.clone(), visitor.session.clone(), visitor.account.as_ref().map(|account| account.id), face.clock.now());
    let found = face
        .store
        .reading(move |tx| {
            let Some(case) = cases::gathered::own_of(tx, &keys, &session, account, number, now)? else { return Ok::<_, StoreError>(None) };
            result::of_case(tx, &keys, case.id)
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: visitor.language };
    let round = town.rounds.get(found.round.as_str()).cloned();
    let status = format!("/status/{}", number.plain());
    let title = say.text("rounds-result-title", &[]);
    let back = say.text("rounds-result-back", &[]);
    let trail = [Crumb { label: &back, href: Some(&status) }, Crumb { label: &title, href: None }];
    let body = html! {
        @if let Some(round) = &round { p.kicker { (ui::words::ruby::html(town.say(&round.title, visitor.language))) } }
        h1 { (say.html("rounds-result-title", &[])) }
        @for child in &found.children { (one(say, &town, round.as_deref(), child)) }
        p { (say.html("rounds-result-own-only", &[])) }
        p { a href={ "/rounds/" (found.round) } { (say.html("rounds-lottery-open", &[])) } }
        p { (parts::back_link(&status, say.html("rounds-result-back", &[]))) }
        (at(say, &found))
    };
    let who = visitor.account.as_ref().map(|account| SignedIn { name: account.shown(), csrf: &visitor.csrf });
    Ok(with_look(&town, visitor.language, face.demo, |look| {
        PortalPage::new(&words, visitor.language, look, &title).signed_in(who).personal().here("/status").trail(&trail).show(body)
    }))
}

fn at(say: Say<'_>, found: &Announced) -> Markup {
    html! { p { small { (say.html("rounds-result-at", &[("day", say.words.day(say.language, access::day_in_japan(found.at)).into())])) } } }
}

fn one(say: Say<'_>, town: &Town, round: Option<&Round>, child: &AnnouncedChild) -> Markup {
    let chip = match &child.got {
        Some(_) => parts::chip(ChipTone::Good, &say.text("rounds-result-placed", &[])),
        None => parts::chip(ChipTone::Wait, &say.text("rounds-result-waiting", &[])),
    };
    html! {
        section.panel {
            h2 { (child.name) " " (chip) }
            @match &child.got {
                Some(facility) => p { b { (facility) } },
                None => p { (say.html("rounds-result-none", &[])) },
            }
            // A lottery without points has none to tell of.
            @if round.is_none_or(|round| !round.points.is_empty()) || child.added != 0 {
                (parts::facts(&[Fact { label: say.html("rounds-points", &[]), value: html! { (say.html("rounds-points-value", &[("points", child.points.into())])) } }]))
                h3 { (say.html("rounds-how-title", &[])) }
                (how(say, town, round, child))
            }
            h3 { (say.html("rounds-wishes-title", &[])) }
            ol {
                @for wish in &child.wishes {
                    li {
                        b { (wish.facility) } "　"
                        (why(say, wish.why.as_ref(), child.got.as_deref() == Some(wish.facility.as_str())))
                        @if let Some(rank) = wish.rank { " " (say.html("rounds-rank", &[("rank", (rank as i64).into())])) }
                    }
                }
            }
        }
    }
}

fn how(say: Say<'_>, town: &Town, round: Option<&Round>, child: &AnnouncedChild) -> Markup {
    let labels = [say.text("rounds-how-item", &[]), say.text("rounds-points", &[])];
    let columns = [Column { label: &labels[0], numeric: false }, Column { label: &labels[1], numeric: true }];
    let mut rows: Vec<Vec<Markup>> = child
        .lines
        .iter()
        .map(|line| {
            let table = round.and_then(|round| round.points.get(&line.table));
            let item = table.and_then(|table| table.items.get(&line.item));
            let text = |text: &definitions::text::Text| ui::words::ruby::html(town.say(text, say.language));
            let row = line.row.map(|row| say.html("rounds-how-row", &[("row", (row as i64 + 1).into())]));
            let label = html! {
                @if let Some(table) = table { (text(&table.title)) "：" }
                @if let Some(row) = row { (row) " " }
                @if let Some(item) = item { (text(&item.label)) }
            };
            vec![label, html! { (line.points) }]
        })
        .collect();
    if child.added != 0 {
        rows.push(vec![say.html("rounds-how-added", &[]), html! { (child.added) }]);
    }
    rows.push(vec![html! { b { (say.html("rounds-how-total", &[])) } }, html! { b { (child.points) } }]);
    parts::table(Some(&say.text("rounds-how-title", &[])), &columns, &rows)
}

/// Why a wish did not come true, in words.
pub(crate) fn why(say: Say<'_>, why: Option<&Why>, got: bool) -> Markup {
    match why {
        Some(Why::NoClass) => say.html("rounds-why-no-class", &[]),
        Some(Why::Full { taken, lowest: Some(lowest) }) => {
            say.html("rounds-why-full-from", &[("taken", i64::from(*taken).into()), ("lowest", (*lowest).into())])
        }
        Some(Why::Full { .. }) => say.html("rounds-why-full", &[]),
        Some(Why::Sibling) => say.html("rounds-why-sibling", &[]),
        Some(Why::GivenUp) => say.html("rounds-why-given-up", &[]),
        None if got => say.html("rounds-why-got", &[]),
        None => say.html("rounds-why-dearer", &[]),
    }
}
