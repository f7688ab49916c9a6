//! 抽選の公開: what everybody may read of a round's lots, and how anybody reckons them again.

use access::{PageError, PortalFace, Visitor, shell::with_look};
use axum::extract::{Path, State};
use definitions::{ids::RoundId, round::Round, town::Town};
use maud::{Markup, html};
use ui::{
    page::{Crumb, PortalPage, SignedIn},
    parts::{self, ChipTone, Column, Fact, Say},
};

use crate::lottery::{self, Public, PublicPlace};

/// Numbers that a place's table shows; more than that wait for nothing that comes.
const NUMBERS_SHOWN: usize = 1_000;

pub(super) async fn show(State(face): State<PortalFace>, visitor: Visitor, Path(id): Path<String>) -> Result<Markup, PageError> {
    let id: RoundId = id.parse().map_err(|_| PageError::NotFound)?;
    let (words, town, keys) = (face.words(), face.town.current(), face.keys.clone());
    let round = town.rounds.get(id.as_str()).cloned().ok_or(PageError::NotFound)?;
    let found = face.store.reading(move |tx| lottery::of_round(tx, &keys, &id)).await?.ok_or(PageError::NotFound)?;
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("rounds-lottery-title", &[]);
    let trail = [Crumb { label: &title, href: None }];
    let body = html! {
        p.kicker { (ui::words::ruby::html(town.say(&round.title, visitor.language))) }
        h1 { (say.html("rounds-lottery-title", &[])) }
        p.lead { (say.html("rounds-lottery-lead", &[])) }
        (parts::facts(&facts(say, &round, &found)))
        (how(say, &round, &found))
        @for place in &found.places { (one(say, &town, &round, place)) }
    };
    let who = visitor.account.as_ref().map(|account| SignedIn { name: account.shown(), csrf: &visitor.csrf });
    Ok(with_look(&town, visitor.language, face.demo, |look| {
        PortalPage::new(&words, visitor.language, look, &title).signed_in(who).trail(&trail).show(body)
    }))
}

fn facts(say: Say<'_>, round: &Round, found: &Public) -> Vec<Fact> {
    let moment = |at| say.words.moment(say.language, at);
    let mut facts = vec![
        Fact { label: say.html("rounds-lottery-closes", &[]), value: html! { (moment(round.closes)) } },
        Fact { label: say.html("rounds-lottery-sealed", &[]), value: html! { (moment(cases::clock::local(found.sealed_at))) } },
        Fact { label: say.html("rounds-lottery-digest", &[]), value: html! { code { (found.digest) } } },
    ];
    facts.push(match &found.seed {
        Some(seed) => Fact { label: say.html("rounds-lottery-seed", &[]), value: html! { code { (seed) } } },
        None => Fact {
            label: say.html("rounds-lottery-seed", &[]),
            value: say.html("rounds-lottery-seed-on", &[("at", moment(round.announce).into())]),
        },
    });
    facts
}

/// How anybody holds the seed against its digest, and reckons the lot of a number.
fn how(say: Say<'_>, round: &Round, found: &Public) -> Markup {
    let seed = found.seed.as_deref().unwrap_or("SEED");
    html! {
        section.panel aria-labelledby="how" {
            h2 #how { (say.html("rounds-lottery-how", &[])) }
            @if cases::clock::local(found.sealed_at) >= round.closes { p { (say.html("rounds-lottery-late-seal", &[])) } }
            ol {
                li { (say.html("rounds-lottery-how-digest", &[])) pre.code tabindex="0" { "printf " (seed) " | sha256sum" } }
                li { (say.html("rounds-lottery-how-lot", &[])) pre.code tabindex="0" { "printf " (seed) "/" (round.id) "/NUMBER/0 | sha256sum | cut -c1-16" } }
                li { (say.html("rounds-lottery-how-draws", &[])) }
                li { (say.html("rounds-lottery-how-order", &[])) }
            }
        }
    }
}

fn one(say: Say<'_>, town: &Town, round: &Round, place: &PublicPlace) -> Markup {
    let class = round.classes.get(&place.class).filter(|_| round.classes.len() > 1);
    let labels =
        ["rounds-lottery-column-order", "rounds-lottery-column-number", "rounds-lottery-column-lot", "rounds-lottery-column-result"]
            .map(|id| say.text(id, &[]));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: at == 0 }).collect();
    let mut waiting = 0i64;
    let rows: Vec<Vec<Markup>> = place
        .numbers
        .iter()
        .take(NUMBERS_SHOWN)
        .enumerate()
        .map(|(at, number)| {
            let result = if number.got {
                parts::chip(ChipTone::Good, &say.text("rounds-lottery-got", &[]))
            } else {
                waiting += 1;
                say.html("rounds-lottery-waits", &[("rank", waiting.into())])
            };
            let written = number.number.parse::<cases::CaseNumber>().map_or_else(|_| number.number.clone(), |number| number.to_string());
            vec![
                html! { (at + 1) },
                html! { span.nums { (written) } },
                html! { code { (number.lot) } " " small { "/" (number.draw) } },
                result,
            ]
        })
        .collect();
    html! {
        h2 { (place.name) @if let Some(class) = class { "　" (ui::words::ruby::html(town.say(&class.label, say.language))) } }
        p { (say.html("rounds-lottery-takes", &[("count", i64::from(place.capacity).into()), ("all", place.numbers.len().into())])) }
        (parts::table(Some(&place.name), &columns, &rows))
    }
}
