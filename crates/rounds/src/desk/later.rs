//! 空きと繰上げ: what is free, who stands next and why, offers that wait for an answer, answers by telephone, and what became of each offer.

use std::{collections::BTreeSet, sync::Arc};

use access::{Act, PageError, Posted};
use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use definitions::{round::Round, text::Language, typed::Typed};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Fact, Tone, Weight, icons},
};

use super::{Sheet, page::note_looks, refusal};
use crate::{
    later::{
        BY_FAMILY, BY_TIME, Freed, OfferState, Offered, What, parcels,
        verbs::{self, Answer, Standing},
    },
    waiting,
};

/// People on the list of those who wait for one place.
const WAITING_SHOWN: usize = 50;
/// Offers of the log.
const OFFERS_SHOWN: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
    /// The place whose list is shown, as `facility.class`.
    #[serde(default)]
    place: String,
}

pub(super) async fn show(sheet: Sheet, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Markup, PageError> {
    let round = sheet.round(&id)?;
    let of = Arc::clone(&round);
    let standing = sheet.read(move |tx, acting| verbs::standing(tx, acting.keys, &of, &BTreeSet::new())).await.map_err(refusal)?;
    let next = waiting::next(&standing.contest, &standing.later.waiting);
    let listed = place_of(&standing, &asked.place);
    note(&sheet, &round, &standing, next.as_ref(), listed).await?;
    let by = standing.offers.iter().flat_map(|offer| std::iter::once(offer.by.clone()).chain(offer.answered_by.clone()));
    let names = sheet.names(by.collect()).await?;
    let works = sheet.may(&round, Act::Work);
    let title = sheet.word("desk-rounds-later-title");
    let body = html! {
        p { (parts::back_link(&format!("/desk/rounds/{}", round.id), html! { (round.title.ja) })) }
        (done(&sheet, &asked.done))
        (next_one(&sheet, &round, &standing, next.as_ref(), works))
        (open_offers(&sheet, &round, &standing, works))
        (accepted(&sheet, &round, &standing, works))
        (free_places(&sheet, &round, &standing))
        @if works { (free_forms(&sheet, &round, &standing)) }
        @if let Some(listed) = listed { (waiting_list(&sheet, &round, &standing, listed)) }
        (log(&sheet, &standing, &names))
    };
    Ok(sheet.page(&title, body))
}

fn done(sheet: &Sheet, verb: &str) -> Markup {
    const SAID: &[&str] = &["freed", "offered", "nobody", "accepted", "declined", "proposed"];
    html! {
        @if SAID.contains(&verb) {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (sheet.word(&format!("desk-rounds-later-done-{verb}"))) } })) }
        }
    }
}

fn place_of(standing: &Standing, asked: &str) -> Option<usize> {
    let (facility, class) = asked.split_once('.')?;
    standing.contest.places.iter().position(|place| place.facility == facility && place.class == class)
}

/// The names on the page are noted as looked at.
async fn note(
    sheet: &Sheet,
    round: &Round,
    standing: &Standing,
    next: Option<&waiting::Offer>,
    listed: Option<usize>,
) -> Result<(), PageError> {
    let mut shown: BTreeSet<&str> = standing.offers.iter().rev().take(OFFERS_SHOWN).map(|offer| offer.number.as_str()).collect();
    shown.extend(next.map(|offer| offer.family.as_str()));
    shown.extend(standing.later.holders.keys().map(|(number, _)| number.as_str()));
    if let Some(place) = listed {
        let ranked = waiting::ranked(&standing.contest, &standing.later.waiting, place);
        shown.extend(ranked.into_iter().take(WAITING_SHOWN).map(|(number, _, _)| number));
    }
    let entrants = standing.held.entrants.iter().filter(|entrant| shown.contains(entrant.number.as_str()));
    note_looks(sheet, round, entrants.filter_map(|entrant| entrant.case).map(|case| case.to_string()).collect()).await
}

fn class<'r>(round: &'r Round, class: &str) -> &'r str {
    round.classes.get(class).filter(|_| round.classes.len() > 1).map(|class| class.label.ja.as_str()).unwrap_or_default()
}

fn case_link(round: &Round, number: &str, name: &str) -> Markup {
    html! { a href={ "/desk/rounds/" (round.id) "/cases/" (number) } { (name) } }
}

/// Who stands next, why, and the one button that offers.
fn next_one(sheet: &Sheet, round: &Round, standing: &Standing, next: Option<&waiting::Offer>, works: bool) -> Markup {
    let say = sheet.say();
    let Some(next) = next else {
        let any_free = standing.later.waiting.free.values().any(|free| *free > 0);
        let id = if any_free { "desk-rounds-later-nobody" } else { "desk-rounds-later-none-free" };
        return parts::empty(icons::USERS, say.html(id, &[]), say.html("desk-rounds-later-nobody-help", &[]));
    };
    let places = standing.places_of(next);
    let until = round.offer.last_day(access::day_in_japan(sheet.face.clock.now()), &sheet.town.closed);
    let wish = |child: usize, wish: usize| {
        let family = standing.contest.families.iter().find(|family| family.key == next.family)?;
        family.children.get(child)?.wishes.get(wish)
    };
    html! {
        section.panel aria-labelledby="next" {
            h2 #next { (say.html("desk-rounds-later-next", &[])) }
            @for place in &places {
                p { b { (case_link(round, &next.family, &place.name)) } "　" (place.facility_name) "　" (class(round, place.class.as_str())) }
                @if let Some(wish) = wish(place.child, place.wish) {
                    (parts::facts(&why(sheet, round, &wish.standing)))
                }
            }
            @if places.len() > 1 { p { (say.html("desk-rounds-later-together", &[])) } }
            p { (say.html("desk-rounds-later-until", &[("day", sheet.words.day(Language::Ja, until).into())])) }
            p.hint { (say.html("desk-rounds-later-goes-on", &[])) }
            @if works {
                form method="post" action={ "/desk/rounds/" (round.id) "/later/offer" } {
                    (csrf_input(&sheet.staff.csrf))
                    input type="hidden" name="number" value=(next.family);
                    div.row.actions { (parts::button(Weight::Primary, say.html("desk-rounds-later-do-offer", &[]))) }
                }
            }
        }
    }
}

/// Points, each tie rule, the lot: in the order in which they are compared.
fn why(sheet: &Sheet, round: &Round, standing: &crate::allocation::Standing) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !round.points.is_empty() {
        facts.push(Fact { label: sheet.say().html("rounds-points", &[]), value: html! { (standing.points) } });
    }
    for (tie, value) in round.ties.values().zip(&standing.ties) {
        let value = if *value == i64::MIN {
            sheet.say().html("desk-rounds-later-unknown", &[])
        } else {
            html! { (value) }
        };
        facts.push(Fact { label: html! { (tie.label.ja) }, value });
    }
    facts
        .push(Fact { label: sheet.say().html("desk-rounds-later-lot", &[]), value: html! { code { (format!("{:016x}", standing.lot)) } } });
    facts
}

fn open_offers(sheet: &Sheet, round: &Round, standing: &Standing, works: bool) -> Markup {
    let say = sheet.say();
    let open: Vec<&Offered> = standing.offers.iter().filter(|offer| offer.state == OfferState::Open).collect();
    let to = |verb: &str| format!("/desk/rounds/{}/later/{verb}", round.id);
    html! {
        @if !open.is_empty() {
            h2 { (say.html("desk-rounds-later-open-offers", &[])) }
            @for offer in open {
                section.panel {
                    @for place in &offer.places {
                        p { b { (case_link(round, &offer.number, &place.name)) } "　" (place.facility_name) "　" (class(round, place.class.as_str())) }
                    }
                    p { (say.html("desk-rounds-later-waits-until", &[("day", sheet.words.day(Language::Ja, offer.until).into())])) }
                    @if works {
                        form method="post" action=(to("answer")) {
                            (csrf_input(&sheet.staff.csrf))
                            input type="hidden" name="offer" value=(offer.id);
                            div.field {
                                label for={ "note-" (offer.turn) } { (say.html("desk-rounds-later-call-note", &[])) }
                                input.in #{ "note-" (offer.turn) } name="note" maxlength="300" autocomplete="off";
                            }
                            div.row.actions {
                                (parts::submit(Weight::Second, "answer", "accept", say.html("desk-rounds-later-do-accept", &[])))
                                (parts::submit(Weight::Second, "answer", "decline", say.html("desk-rounds-later-do-decline", &[])))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Places that were accepted and wait for the decision.
fn accepted(sheet: &Sheet, round: &Round, standing: &Standing, works: bool) -> Markup {
    let say = sheet.say();
    let accepted: Vec<&Offered> = standing.offers.iter().filter(|offer| offer.state == OfferState::Accepted && !offer.followed).collect();
    html! {
        @if !accepted.is_empty() {
            h2 { (say.html("desk-rounds-later-accepted", &[])) }
            @for offer in accepted {
                section.panel {
                    @for place in &offer.places {
                        p { b { (case_link(round, &offer.number, &place.name)) } "　" (place.facility_name) "　" (class(round, place.class.as_str())) }
                    }
                    @if works {
                        form method="post" action={ "/desk/rounds/" (round.id) "/later/propose" } {
                            (csrf_input(&sheet.staff.csrf))
                            input type="hidden" name="offer" value=(offer.id);
                            div.row.actions { (parts::button(Weight::Primary, say.html("desk-rounds-later-do-propose", &[]))) }
                        }
                    }
                }
            }
        }
    }
}

/// What each place takes in, who has it, what is free, how many wait.
fn free_places(sheet: &Sheet, round: &Round, standing: &Standing) -> Markup {
    let say = sheet.say();
    let labels = [
        "desk-rounds-column-facility",
        "desk-rounds-column-class",
        "desk-rounds-later-capacity",
        "desk-rounds-later-offered",
        "desk-rounds-later-free",
        "desk-rounds-later-waiting",
    ]
    .map(|id| sheet.word(id));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: at > 1 }).collect();
    let offered = |facility: &str, class: &str| {
        let open = standing.offers.iter().filter(|offer| offer.state == OfferState::Open).flat_map(|offer| &offer.places);
        open.filter(|place| place.facility == facility && place.class.as_str() == class).count()
    };
    let row = |(at, seats): (usize, &crate::round::Seats)| {
        let waiting = waiting::ranked(&standing.contest, &standing.later.waiting, at).len();
        let here = format!("/desk/rounds/{}/later?place={}.{}#waiting", round.id, seats.facility, seats.class);
        let label = say.html("desk-rounds-later-list-of", &[("count", waiting.into()), ("facility", seats.name.as_str().into())]);
        vec![
            html! { (seats.name) },
            html! { (round.classes.get(&seats.class).map(|class| class.label.ja.as_str()).unwrap_or_default()) },
            html! { (standing.later.capacity.get(at).copied().unwrap_or_default()) },
            html! { (offered(&seats.facility, seats.class.as_str())) },
            html! { b { (standing.later.waiting.free.get(&at).copied().unwrap_or_default()) } },
            html! { @if waiting > 0 { a href=(here) { (label) } } @else { "0" } },
        ]
    };
    let rows: Vec<Vec<Markup>> = standing.held.seats.iter().enumerate().map(row).collect();
    let title = sheet.word("desk-rounds-later-places");
    html! { h2 { (title) } (parts::table(Some(&title), &columns, &rows)) }
}

/// Entering that a place became free: a child that gives it up or left, or more places.
fn free_forms(sheet: &Sheet, round: &Round, standing: &Standing) -> Markup {
    let say = sheet.say();
    let holders = standing.later.holders.iter().filter_map(|((number, child), wish)| {
        let of = standing.held.entrants.iter().find(|entrant| entrant.number == *number)?.children.get(*child)?;
        let facility = standing.facility(&of.wishes.get(*wish)?.facility);
        Some((format!("{number}.{child}"), format!("{}　{facility}", of.name)))
    });
    let holders: Vec<(String, String)> = holders.collect();
    let action = format!("/desk/rounds/{}/later/free", round.id);
    html! {
        @if !holders.is_empty() {
            form.panel method="post" action=(action) data-guard {
                (csrf_input(&sheet.staff.csrf))
                h2 { (say.html("desk-rounds-later-free-child", &[])) }
                p.hint { (say.html("desk-rounds-later-free-child-help", &[])) }
                div.field {
                    label for="child" { (say.html("desk-rounds-column-child", &[])) }
                    select.in #child name="child" { @for (value, label) in &holders { option value=(value) { (label) } } }
                }
                fieldset {
                    legend { (say.html("desk-rounds-later-why", &[])) }
                    label.pick { input type="radio" name="what" value="declined" checked; span { (say.html("desk-rounds-later-what-declined", &[])) } }
                    label.pick { input type="radio" name="what" value="left"; span { (say.html("desk-rounds-later-what-left", &[])) } }
                }
                div.field {
                    label for="reason" { (say.html("desk-rounds-points-reason", &[])) }
                    input.in #reason name="reason" maxlength="500" required autocomplete="off";
                }
                div.row.actions { (parts::button(Weight::Second, say.html("desk-rounds-later-do-free", &[]))) }
            }
        }
        form.panel method="post" action=(action) data-guard {
            (csrf_input(&sheet.staff.csrf))
            h2 { (say.html("desk-rounds-later-more", &[])) }
            input type="hidden" name="what" value="more";
            // The same page sent twice is once.
            input type="hidden" name="id" value=(access::CaseId::draw(sheet.face.clock.now()));
            div.field {
                label for="place" { (say.html("desk-rounds-what-if-place", &[])) }
                select.in #place name="place" {
                    @for seats in &standing.held.seats {
                        option value={ (seats.facility) "." (seats.class) } { (seats.name) " " (class(round, seats.class.as_str())) }
                    }
                }
            }
            div.field {
                label for="count" { (say.html("desk-rounds-later-more-count", &[])) }
                input.in.w-s.nums #count name="count" inputmode="numeric" maxlength="3" required;
            }
            div.field {
                label for="more-reason" { (say.html("desk-rounds-points-reason", &[])) }
                input.in #more-reason name="reason" maxlength="500" required autocomplete="off";
            }
            div.row.actions { (parts::button(Weight::Second, say.html("desk-rounds-later-do-more", &[]))) }
        }
    }
}

/// Who waits for one place, by rank.
fn waiting_list(sheet: &Sheet, round: &Round, standing: &Standing, place: usize) -> Markup {
    let ranked = waiting::ranked(&standing.contest, &standing.later.waiting, place);
    let Some(seats) = standing.held.seats.get(place) else { return html! {} };
    let labels = ["desk-rounds-column-rank", "desk-rounds-column-child", "rounds-points", "desk-rounds-later-lot"].map(|id| sheet.word(id));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: matches!(at, 0 | 2) }).collect();
    let row = |(at, (number, child, standing_there)): (usize, &(&str, usize, &crate::allocation::Standing))| {
        let entrant = standing.held.entrants.iter().find(|entrant| entrant.number == *number);
        let name = entrant.and_then(|entrant| entrant.children.get(*child)).map(|child| child.name.as_str()).unwrap_or_default();
        let has_offer = standing.later.waiting.offered.contains(*number);
        vec![
            html! { (at + 1) },
            html! { (case_link(round, number, name)) @if has_offer { " " (parts::chip(ChipTone::Wait, &sheet.word("desk-rounds-later-state-open"))) } },
            html! { (standing_there.points) },
            html! { code { (format!("{:016x}", standing_there.lot)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = ranked.iter().take(WAITING_SHOWN).enumerate().map(row).collect();
    let title = sheet.say().text(
        "desk-rounds-later-waiting-for",
        &[("facility", seats.name.as_str().into()), ("class", class(round, seats.class.as_str()).into())],
    );
    html! {
        h2 #waiting { (title) }
        p.hint { (sheet.say().html("desk-rounds-later-waiting-help", &[("shown", rows.len().into()), ("all", ranked.len().into())])) }
        (parts::table(Some(&title), &columns, &rows))
    }
}

/// Every offer with what became of it, the newest first.
fn log(sheet: &Sheet, standing: &Standing, names: &std::collections::BTreeMap<String, String>) -> Markup {
    let say = sheet.say();
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    let moment = |at| sheet.words.moment(Language::Ja, cases::clock::local(at));
    let step = |offer: &Offered| {
        let places: Vec<String> = offer.places.iter().map(|place| format!("{}　{}", place.name, place.facility_name)).collect();
        let said = match (offer.answered_by.as_deref(), offer.answered_at) {
            (Some(BY_FAMILY), Some(at)) => say.html("desk-rounds-later-log-family", &[("at", moment(at).into())]),
            (Some(BY_TIME), Some(at)) => say.html("desk-rounds-later-log-time", &[("at", moment(at).into())]),
            (Some(by), Some(at)) => say.html("desk-rounds-later-log-call", &[("at", moment(at).into()), ("who", name(by).as_str().into())]),
            _ => say.html("desk-rounds-later-waits-until", &[("day", sheet.words.day(Language::Ja, offer.until).into())]),
        };
        let tone = match offer.state {
            OfferState::Open => ChipTone::Wait,
            OfferState::Accepted => ChipTone::Good,
            OfferState::Declined | OfferState::Lapsed => ChipTone::Still,
        };
        parts::Step {
            stage: if offer.state == OfferState::Open { parts::Stage::Now } else { parts::Stage::Done },
            title: html! { (places.join("・")) " " (parts::chip(tone, &sheet.word(&format!("desk-rounds-later-state-{}", offer.state.code())))) },
            when: Some(
                html! { (say.html("desk-rounds-later-log-offered", &[("at", moment(offer.at).into()), ("who", name(&offer.by).as_str().into())])) },
            ),
            more: Some(said),
        }
    };
    let steps: Vec<parts::Step> = standing.offers.iter().rev().take(OFFERS_SHOWN).map(step).collect();
    html! {
        @if !steps.is_empty() { h2 { (say.html("desk-rounds-later-log", &[])) } (parts::timeline(say, &steps)) }
        @if !standing.freed.is_empty() {
            h2 { (say.html("desk-rounds-later-freed", &[])) }
            ul { @for freed in standing.freed.iter().rev().take(OFFERS_SHOWN) { li { (freed_line(sheet, standing, freed)) } } }
        }
    }
}

fn freed_line(sheet: &Sheet, standing: &Standing, freed: &Freed) -> Markup {
    let (what, whom) = match &freed.what {
        What::GaveUp { number, child } => ("declined", child_name(standing, number, *child)),
        What::Left { number, child } => ("left", child_name(standing, number, *child)),
        What::More { facility, count, .. } => ("more", format!("{}　+{count}", standing.facility(facility))),
    };
    html! {
        (sheet.words.moment(Language::Ja, cases::clock::local(freed.at))) "　" (whom) "　"
        (sheet.say().html(&format!("desk-rounds-later-what-{what}"), &[])) "　" span.written { (freed.reason) }
    }
}

fn child_name(standing: &Standing, number: &str, child: usize) -> String {
    let entrant = standing.held.entrants.iter().find(|entrant| entrant.number == number);
    entrant.and_then(|entrant| entrant.children.get(child)).map(|child| child.name.clone()).unwrap_or_default()
}

/// The verbs of the page.
pub(super) async fn act(sheet: Sheet, Path((id, verb)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let round = sheet.round(&id)?;
    let done = match verb.as_str() {
        "free" => free(&sheet, &round, &typed).await?,
        "offer" => offer(&sheet, &round, &typed).await?,
        "answer" => answer(&sheet, &round, &typed).await?,
        "propose" => {
            let (of, offer) = (Arc::clone(&round), typed.first("offer").unwrap_or_default().to_owned());
            sheet.write(move |tx, acting| verbs::propose(tx, acting, &of, &offer)).await.map_err(refusal)?;
            "proposed"
        }
        _ => return Err(PageError::NotFound),
    };
    Ok(Redirect::to(&format!("/desk/rounds/{}/later?done={done}", round.id)).into_response())
}

async fn free(sheet: &Sheet, round: &Arc<Round>, typed: &Typed) -> Result<&'static str, PageError> {
    let now = sheet.face.clock.now();
    let child = typed.first("child").and_then(|text| text.split_once('.'));
    let child = child.and_then(|(number, child)| Some((number.to_owned(), child.parse::<usize>().ok()?)));
    let what = match (typed.first("what").unwrap_or_default(), child) {
        ("declined", Some((number, child))) => What::GaveUp { number, child },
        ("left", Some((number, child))) => What::Left { number, child },
        ("more", _) => {
            let place = typed.first("place").and_then(|place| place.split_once('.')).ok_or(PageError::NotFound)?;
            let count = typed.first("count").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
            What::More { facility: place.0.to_owned(), class: place.1.parse().map_err(|_| PageError::NotFound)?, count }
        }
        _ => return Err(PageError::NotFound),
    };
    let given = typed.first("id").filter(|id| id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
    let id = given.map_or_else(|| access::CaseId::draw(now).to_string(), str::to_owned);
    let reason = typed.first("reason").unwrap_or_default().trim().to_owned();
    let freed = Freed { id, what, reason, by: sheet.staff.id.to_string(), at: now };
    let of = Arc::clone(round);
    sheet.write(move |tx, acting| verbs::free(tx, acting, &of, &freed)).await.map_err(refusal)?;
    Ok("freed")
}

async fn offer(sheet: &Sheet, round: &Arc<Round>, typed: &Typed) -> Result<&'static str, PageError> {
    let (of, shown) = (Arc::clone(round), typed.first("number").unwrap_or_default().to_owned());
    let (words, town) = (Arc::clone(&sheet.words), Arc::clone(&sheet.town));
    let offered = sheet.write(move |tx, acting| {
        verbs::offer_next(tx, acting, &of, Some(&shown), &|language, offered| parcels::letter(&words, &town, &of, language, offered))
    });
    Ok(if offered.await.map_err(refusal)?.is_some() { "offered" } else { "nobody" })
}

async fn answer(sheet: &Sheet, round: &Arc<Round>, typed: &Typed) -> Result<&'static str, PageError> {
    let accepts = match typed.first("answer") {
        Some("accept") => true,
        Some("decline") => false,
        _ => return Err(PageError::NotFound),
    };
    let said = typed.first("note").unwrap_or_default().trim().chars().take(300).collect::<String>();
    let id = if accepts { "desk-rounds-later-note-accepted" } else { "desk-rounds-later-note-declined" };
    let note = format!("{}{said}", sheet.word(id));
    let (of, offer, at) = (Arc::clone(round), typed.first("offer").unwrap_or_default().to_owned(), sheet.face.clock.now());
    let answered = sheet.write(move |tx, acting| verbs::answer_for(tx, acting, &of, &Answer { offer: &offer, accepts, at }, note.clone()));
    answered.await.map_err(refusal)?;
    Ok(if accepts { "accepted" } else { "declined" })
}
