//! The list of rounds, and a round: where it stands, what can be done now, what a person must see to, and everybody by rank.

use std::sync::Arc;

use access::{Act, PageError, RecordKind, looked::looked_at};
use axum::extract::{Path, Query};
use definitions::round::Round;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Fact, Tone, Weight, icons},
};

use super::{Sheet, refusal};
use crate::{
    allocation::Allocation,
    lottery::{self, SealedSeed},
    round::{Entrant, Fate, Seats, Stage},
    rows::{self, Kept, Run},
    verbs::{self, attributes, is_time},
};

/// Children on a page of the list.
const A_PAGE: usize = 50;

pub(super) async fn list(sheet: Sheet) -> Result<Markup, PageError> {
    let rounds: Vec<Arc<Round>> = sheet.town.rounds.values().filter(|round| sheet.may(round, Act::Read)).cloned().collect();
    let of = rounds.clone();
    let now = sheet.face.clock.now();
    let stages = sheet.read(move |tx, _| {
        let stage = |round: &Arc<Round>| Ok(rows::kept(tx, &round.id)?.map_or(Stage::by_clock(round, now), |kept| kept.stage));
        of.iter().map(stage).collect::<Result<Vec<Stage>, verbs::NotNow>>()
    });
    let stages = stages.await.map_err(refusal)?;
    let (say, title) = (sheet.say(), sheet.word("desk-rounds-title"));
    let labels = ["desk-rounds-column-round", "desk-rounds-column-stage", "desk-rounds-column-closes", "desk-rounds-column-announce"]
        .map(|id| sheet.word(id));
    let columns = labels.each_ref().map(|label| Column { label, numeric: false });
    let lines: Vec<Vec<Markup>> = rounds
        .iter()
        .zip(&stages)
        .map(|(round, stage)| {
            vec![
                html! { a href={ "/desk/rounds/" (round.id) } { (round.title.ja) } },
                chip(&sheet, *stage),
                html! { (sheet.words.moment(say.language, round.closes)) },
                html! { (sheet.words.moment(say.language, round.announce)) },
            ]
        })
        .collect();
    let body = html! {
        @if lines.is_empty() {
            (parts::empty(icons::FILES, say.html("desk-rounds-none", &[]), say.html("desk-rounds-none-help", &[])))
        } @else { (parts::table(Some(&title), &columns, &lines)) }
    };
    Ok(sheet.page(&title, body))
}

fn chip(sheet: &Sheet, stage: Stage) -> Markup {
    let tone = match stage {
        Stage::Before => ChipTone::Still,
        Stage::Open => ChipTone::Wait,
        Stage::Closed | Stage::Scored | Stage::Allocated | Stage::Reviewed | Stage::Decided => ChipTone::Act,
        Stage::Announced => ChipTone::Good,
    };
    parts::chip(tone, &sheet.word(&format!("desk-rounds-stage-{}", stage.code())))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    from: usize,
    #[serde(default)]
    done: String,
}

/// Cases that the page names as to be seen to, of each sort.
const TO_SEE: i64 = 50;

/// All that the page shows: a page of the list, and no more of anybody than that.
struct Shown {
    kept: Kept,
    seats: Vec<Seats>,
    runs: Vec<Run>,
    allocation: Option<Allocation>,
    counts: Vec<(Fate, i64)>,
    children: i64,
    /// A page of the list: the case, which child, and the points that staff added.
    page: Vec<(Entrant, usize, i64)>,
    troubled: Vec<Entrant>,
    classless: Vec<Entrant>,
    points_waiting: Vec<String>,
}

fn shown(tx: &store::Read<'_>, keys: &store::keys::Keys, round: &Round, from: usize) -> Result<Option<Shown>, store::StoreError> {
    let id = &round.id;
    let Some(kept) = rows::kept(tx, id)? else { return Ok(None) };
    let entrants = |numbers: Vec<String>| -> Result<Vec<Entrant>, store::StoreError> {
        let found: Result<Vec<_>, _> = numbers.iter().map(|number| rows::one(tx, keys, id, number)).collect();
        Ok(found?.into_iter().flatten().collect())
    };
    let mut page = Vec::new();
    for (number, child) in rows::ranks::page(tx, id, from, A_PAGE as i64)? {
        if let Some(entrant) = rows::one(tx, keys, id, &number)? {
            let added = rows::ranks::added(tx, id, &number, child)?;
            page.push((entrant, child, added));
        }
    }
    Ok(Some(Shown {
        seats: rows::seats(tx, id)?,
        runs: rows::runs(tx, id)?,
        allocation: kept.run.map(|run| rows::allocation(tx, keys, id, run)).transpose()?.flatten(),
        counts: rows::counts(tx, id)?,
        children: rows::ranks::children(tx, id)?,
        page,
        troubled: entrants(rows::ranks::troubled(tx, id, TO_SEE)?)?,
        classless: entrants(rows::ranks::classless(tx, id, TO_SEE)?)?,
        points_waiting: rows::ranks::points_waiting(tx, id, TO_SEE)?,
        kept,
    }))
}

pub(super) async fn show(sheet: Sheet, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Markup, PageError> {
    let round = sheet.round(&id)?;
    let of = Arc::clone(&round);
    let shown = sheet.read(move |tx, acting| Ok(shown(tx, acting.keys, &of, asked.from)?)).await.map_err(refusal)?;
    let of = Arc::clone(&round);
    let sealed = sheet.read(move |tx, acting| Ok(lottery::sealed(tx, acting.keys, &of.id)?)).await.map_err(refusal)?;
    let now = sheet.face.clock.now();
    let stage = shown.as_ref().map_or(Stage::by_clock(&round, now), |shown| shown.kept.stage);
    let say = sheet.say();
    let list = match &shown {
        Some(shown) => ranked_list(&sheet, &round, shown, asked.from).await?,
        None => html! {},
    };
    let body = html! {
        (done(&sheet, &asked.done))
        p { (chip(&sheet, stage)) "　" (say.html(&format!("desk-rounds-stage-{}-help", stage.code()), &[])) }
        (parts::facts(&facts(&sheet, &round, shown.as_ref(), sealed.as_ref())))
        (actions(&sheet, &round, stage, shown.as_ref(), sealed.is_some()))
        @if let Some(shown) = &shown {
            (troubles(&sheet, &round, shown))
            div.row.actions {
                (parts::link_button(Weight::Second, &format!("/desk/rounds/{}/places", round.id), say.html("desk-rounds-places-open", &[])))
            }
            (list)
            (runs(&sheet, &round, shown))
        }
    };
    Ok(sheet.page(&round.title.ja, body))
}

fn done(sheet: &Sheet, verb: &str) -> Markup {
    const SAID: &[&str] = &["seal", "score", "allocate", "agree", "review", "propose", "announce"];
    html! {
        @if SAID.contains(&verb) {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (sheet.word(&format!("desk-rounds-done-{verb}"))) } })) }
        }
    }
}

fn facts(sheet: &Sheet, round: &Round, shown: Option<&Shown>, sealed: Option<&SealedSeed>) -> Vec<Fact> {
    let say = sheet.say();
    let fact = |id: &str, value: Markup| Fact { label: say.html(id, &[]), value };
    let moment = |at| html! { (sheet.words.moment(say.language, at)) };
    let mut facts =
        vec![fact("desk-rounds-column-closes", moment(round.closes)), fact("desk-rounds-column-announce", moment(round.announce))];
    if let Some(shown) = shown {
        let cases: i64 = shown.counts.iter().map(|(_, count)| count).sum();
        let seats: u32 = shown.seats.iter().map(|seats| seats.capacity).sum();
        facts.push(fact("desk-rounds-fact-cases", html! { (cases) "／" (shown.children) }));
        facts.push(fact("desk-rounds-fact-seats", html! { (seats) }));
        if let Some(allocation) = &shown.allocation {
            facts.push(fact("desk-rounds-fact-placed", html! { (allocation.placed()) }));
        }
        facts.push(fact("desk-rounds-fact-seed", html! { code { (shown.kept.seed) } }));
    }
    if let Some(sealed) = sealed {
        let at = sheet.words.moment(say.language, cases::clock::local(sealed.at));
        facts.push(fact("desk-rounds-fact-digest", html! { (at) br; code.long { (sealed.digest) } }));
    }
    facts
}

/// The one thing to do next, and what may be done besides.
fn actions(sheet: &Sheet, round: &Round, stage: Stage, shown: Option<&Shown>, is_sealed: bool) -> Markup {
    let (say, csrf) = (sheet.say(), sheet.staff.csrf.as_str());
    let to = |verb: &str| format!("/desk/rounds/{}/do/{verb}", round.id);
    let button = |verb: &str, weight| parts::post_button(weight, &to(verb), csrf, say.html(&format!("desk-rounds-do-{verb}"), &[]));
    let (works, decides) = (sheet.may(round, Act::Work), sheet.may(round, Act::Decide));
    let run = shown.and_then(|shown| shown.kept.run).unwrap_or(0);
    html! {
        @match stage {
            Stage::Before | Stage::Open if works && !is_sealed => {
                section.panel aria-labelledby="seal" {
                    h2 #seal { (say.html("desk-rounds-do-seal", &[])) }
                    p { (say.html("desk-rounds-seal-help", &[])) }
                    div.row.actions { (button("seal", Weight::Primary)) }
                }
            }
            Stage::Closed if works => div.row.actions { (button("score", Weight::Primary)) },
            Stage::Announced => div.row.actions {
                (parts::link_button(Weight::Primary, &format!("/desk/rounds/{}/later", round.id), say.html("desk-rounds-later-open", &[])))
            },
            Stage::Scored if works => div.row.actions { (button("allocate", Weight::Primary)) (button("score", Weight::Second)) },
            Stage::Allocated => {
                div.row.actions {
                    @if decides {
                        form method="post" action=(to("review")) {
                            (csrf_input(csrf))
                            input type="hidden" name="run" value=(run);
                            (parts::button(Weight::Primary, say.html("desk-rounds-do-review", &[])))
                        }
                    }
                    @if works { (button("allocate", Weight::Second)) (button("score", Weight::Quiet)) }
                }
            }
            Stage::Reviewed if works => {
                (left(sheet, shown, Fate::Scored))
                div.row.actions { (button("propose", Weight::Primary)) }
            }
            Stage::Decided if works && !decides => {
                (left(sheet, shown, Fate::Proposed))
                div.row.actions { (button("propose", Weight::Second)) }
            }
            Stage::Decided if decides => {
                (left(sheet, shown, Fate::Proposed))
                @if is_time(round, sheet.face.clock.now()) { div.row.actions { (button("announce", Weight::Primary)) } }
                @else { (parts::notice(Tone::Info, html! { p { (say.html("desk-rounds-wait-for-day", &[("at", sheet.words.moment(say.language, round.announce).into())])) } })) }
            }
            _ => {}
        }
    }
}

fn left(sheet: &Sheet, shown: Option<&Shown>, fate: Fate) -> Markup {
    let counts = shown.map_or(&[][..], |shown| &shown.counts);
    let open: i64 = counts.iter().filter(|(of, _)| *of == fate).map(|(_, count)| count).sum();
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    html! { p { (sheet.say().html("desk-rounds-left", &[("left", open.into()), ("all", all.into())])) } }
}

/// Cases that the round cannot decide, points that wait for a second person, combinations that were given up.
fn troubles(sheet: &Sheet, round: &Round, shown: &Shown) -> Markup {
    let say = sheet.say();
    let (troubled, classless) = (&shown.troubled, &shown.classless);
    let given_up = shown.allocation.as_ref().map_or(&[][..], |allocation| &allocation.given_up);
    let link = |number: &str| html! { a href={ "/desk/rounds/" (round.id) "/cases/" (number) } { (number) } };
    let waits = |number: &String| html! { li { (link(number)) "　" (say.html("desk-rounds-points-wait", &[])) } };
    let waiting: Vec<Markup> = shown.points_waiting.iter().map(waits).collect();
    let nothing = troubled.is_empty() && classless.is_empty() && waiting.is_empty() && given_up.is_empty();
    html! {
        @if !nothing {
            section.panel aria-labelledby="to-see" {
                h2 #to-see { (say.html("desk-rounds-to-see", &[])) }
                ul {
                    @for entrant in troubled {
                        li { (link(&entrant.number)) "　" (entrant.name) "　" (say.html(entrant.trouble.as_deref().unwrap_or("desk-rounds-trouble-stage"), &[])) }
                    }
                    @for entrant in classless { li { (link(&entrant.number)) "　" (entrant.name) "　" (say.html("desk-rounds-no-class", &[])) } }
                    @for one in &waiting { (one) }
                    @for one in given_up { li { (link(&one.family)) "　" (say.html("desk-rounds-given-up", &[])) } }
                }
            }
        }
    }
}

/// Everybody by how they stand at their first wish, a page at a time; each name that the page shows is noted as looked at.
async fn ranked_list(sheet: &Sheet, round: &Round, shown: &Shown, from: usize) -> Result<Markup, PageError> {
    let named = shown.page.iter().map(|(entrant, _, _)| entrant).chain(&shown.troubled).chain(&shown.classless);
    let looked: std::collections::BTreeSet<String> = named.filter_map(|entrant| entrant.case).map(|case| case.to_string()).collect();
    note_looks(sheet, round, looked.into_iter().collect()).await?;
    let say = sheet.say();
    let title = sheet.word("desk-rounds-list-title");
    let labels = [
        "desk-rounds-column-rank",
        "desk-rounds-column-child",
        "desk-rounds-column-class",
        "rounds-points",
        "desk-rounds-column-first-wish",
        "desk-rounds-column-result",
        "desk-rounds-column-case",
    ]
    .map(|id| sheet.word(id));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: matches!(at, 0 | 3) }).collect();
    let name = |facility: &str| {
        shown.seats.iter().find(|seats| seats.facility == facility).map_or(facility.to_owned(), |seats| seats.name.clone())
    };
    let row = |(at, (entrant, which, added)): (usize, &(Entrant, usize, i64))| {
        let Some(child) = entrant.children.get(*which) else { return Vec::new() };
        let result = shown.allocation.as_ref().and_then(|allocation| allocation.of(&entrant.number, *which));
        let points = child.wishes.first().map_or(0, |wish| wish.score.total()) + added;
        let got = result.and_then(|result| child.wishes.get(result.wish?)).map(|wish| name(&wish.facility));
        vec![
            html! { (from + at + 1) },
            html! { a href={ "/desk/rounds/" (round.id) "/cases/" (entrant.number) } { (child.name) } },
            html! { (class_label(round, child)) },
            html! { (points) },
            html! { (child.wishes.first().map(|wish| name(&wish.facility)).unwrap_or_default()) },
            html! {
                @match (&shown.allocation, &got) {
                    (None, _) => {}
                    (_, Some(facility)) => (facility),
                    (_, None) => (parts::chip(ChipTone::Wait, &sheet.word("desk-rounds-waits"))),
                }
            },
            parts::chip(ChipTone::Still, &sheet.word(&format!("desk-rounds-fate-{}", entrant.fate.code()))),
        ]
    };
    let rows: Vec<Vec<Markup>> = shown.page.iter().enumerate().map(row).collect();
    let here = format!("/desk/rounds/{}", round.id);
    let more = (((from + A_PAGE) as i64) < shown.children).then(|| format!("{here}?from={}", from + A_PAGE));
    Ok(html! {
        h2 { (title) }
        (parts::table(Some(&title), &columns, &rows))
        (parts::next_page(say, rows.len(), more.as_deref(), (from > 0).then_some(here.as_str())))
    })
}

/// The class of a child in words.
pub(super) fn class_label(round: &Round, child: &crate::round::Entering) -> String {
    child.class.as_ref().and_then(|class| round.classes.get(class)).map(|class| class.label.ja.clone()).unwrap_or_default()
}

/// Notes that these cases were looked at.
pub(super) async fn note_looks(sheet: &Sheet, round: &Round, cases: Vec<String>) -> Result<(), PageError> {
    let Some(seen) = attributes(&sheet.town, round) else { return Ok(()) };
    let Some(authority) = access::may(&sheet.staff, Act::Read, &seen) else { return Ok(()) };
    sheet
        .write(move |tx, acting| {
            let looks: Vec<_> = cases.iter().map(|case| (case.clone(), authority.clone())).collect();
            Ok(looked_at(tx, acting.staff, RecordKind::Case, &looks, "round")?)
        })
        .await
        .map_err(refusal)
}

fn runs(sheet: &Sheet, round: &Round, shown: &Shown) -> Markup {
    let say = sheet.say();
    html! {
        @if !shown.runs.is_empty() {
            section.panel aria-labelledby="runs" {
                h2 #runs { (say.html("desk-rounds-runs", &[])) }
                ul {
                    @for run in &shown.runs {
                        li {
                            a href={ "/desk/rounds/" (round.id) "/runs/" (run.run) } { (say.html("desk-rounds-run", &[("run", run.run.into())])) }
                            "　" (sheet.words.moment(say.language, cases::clock::local(run.at)))
                            "　" (say.html("desk-rounds-run-placed", &[("placed", run.placed.into())])) "　" code { (run.digest) }
                            @if shown.kept.run == Some(run.run) { "　" (parts::chip(ChipTone::Good, &sheet.word("desk-rounds-run-chosen"))) }
                        }
                    }
                }
            }
        }
    }
}
