//! 空きの申出: places that became free, offered to a family; it answers here, once. Whoever may see the case may answer; for everybody else it does not
//! exist.

use access::{CaseId, PageError, PortalFace, Posted, Visitor, shell::with_look};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use cases::CaseNumber;
use definitions::{round::Round, town::Town};
use maud::{Markup, html};
use serde::Deserialize;
use store::StoreError;
use ui::{
    page::{Crumb, PortalPage, SignedIn, csrf_input},
    parts::{self, ChipTone, Say, Tone, Weight},
};

use crate::later::{
    OfferState,
    parcels::{self, OwnOffer},
};

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// The offers of a case that this visitor may see; none where there is no such case for them, or nothing was offered.
async fn offers(face: &PortalFace, visitor: &Visitor, number: CaseNumber) -> Result<(CaseId, Vec<(OwnOffer, bool)>), PageError> {
    let (keys, session, account, now) =
        (face.keys.clone(), visitor.session.clone(), visitor.account.as_ref().map(|account| account.id), face.clock.now());
    let found = face.store.reading(move |tx| {
        let Some(case) = cases::gathered::own_of(tx, &keys, &session, account, number, now)? else { return Ok::<_, StoreError>(None) };
        Ok(Some((case.id, parcels::of_case(tx, &keys, case.id)?)))
    });
    found.await?.filter(|(_, offers)| !offers.is_empty()).ok_or(PageError::NotFound)
}

pub(super) async fn show(
    State(face): State<PortalFace>,
    visitor: Visitor,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let (_, found) = offers(&face, &visitor, number).await?;
    let said = ["accepted", "declined"].into_iter().find(|said| *said == asked.done);
    let above = html! {
        @if let Some(said) = said {
            div role="status" tabindex="-1" autofocus {
                (parts::notice(Tone::Good, html! { p { (say(&face.words(), &visitor).html(&format!("rounds-offer-sent-{said}"), &[])) } }))
            }
        }
    };
    Ok(page(&face, &visitor, number, &found, above))
}

fn say<'w>(words: &'w ui::words::Words, visitor: &Visitor) -> Say<'w> {
    Say { words, language: visitor.language }
}

fn page(face: &PortalFace, visitor: &Visitor, number: CaseNumber, found: &[(OwnOffer, bool)], above: Markup) -> Markup {
    let (words, town) = (face.words(), face.town.current());
    let say = say(&words, visitor);
    let today = access::day_in_japan(face.clock.now());
    let status = format!("/status/{}", number.plain());
    let (title, back) = (say.text("rounds-offer-title", &[]), say.text("rounds-result-back", &[]));
    let trail = [Crumb { label: &back, href: Some(&status) }, Crumb { label: &title, href: None }];
    let body = html! {
        h1 { (say.html("rounds-offer-title", &[])) }
        (above)
        @for (offer, sent) in found {
            (one(say, &town, town.rounds.get(offer.round.as_str()).map(AsRef::as_ref), &Shown { offer, sent: *sent, today, number, csrf: &visitor.csrf }))
        }
        p { (parts::back_link(&status, say.html("rounds-result-back", &[]))) }
    };
    let who = visitor.account.as_ref().map(|account| SignedIn { name: account.shown(), csrf: &visitor.csrf });
    with_look(&town, visitor.language, face.demo, |look| {
        PortalPage::new(&words, visitor.language, look, &title).signed_in(who).personal().here("/status").trail(&trail).show(body)
    })
}

struct Shown<'a> {
    offer: &'a OwnOffer,
    sent: bool,
    today: jiff::civil::Date,
    number: CaseNumber,
    csrf: &'a str,
}

fn one(say: Say<'_>, town: &Town, round: Option<&Round>, shown: &Shown<'_>) -> Markup {
    let offer = shown.offer;
    let is_open = offer.state == OfferState::Open && !shown.sent && shown.today <= offer.until;
    let (tone, word) = match offer.state {
        OfferState::Open if shown.sent => (ChipTone::Wait, "rounds-offer-state-sent"),
        OfferState::Open if shown.today > offer.until => (ChipTone::Still, "rounds-offer-state-lapsed"),
        OfferState::Open => (ChipTone::Act, "rounds-offer-state-open"),
        OfferState::Accepted => (ChipTone::Good, "rounds-offer-state-accepted"),
        OfferState::Declined => (ChipTone::Still, "rounds-offer-state-declined"),
        OfferState::Lapsed => (ChipTone::Still, "rounds-offer-state-lapsed"),
    };
    html! {
        section.panel {
            p { (parts::chip(tone, &say.text(word, &[]))) }
            @if let Some(round) = round { p { (ui::words::ruby::html(town.say(&round.title, say.language))) } }
            @for place in &offer.places {
                h2 { (place.facility_name) }
                p { (place.name) "　" @if let Some(round) = round { (parcels::class_label(town, round, place, say.language)) } }
            }
            p { b { (say.html("rounds-offer-until", &[("day", say.words.day(say.language, offer.until).into())])) } }
            @if is_open { (answer_form(say, round, shown)) }
            @else if offer.state == OfferState::Accepted { p { (say.html("rounds-offer-accepted-next", &[])) } }
            @if offer.by_staff { p { small { (say.html("rounds-offer-by-staff", &[])) } } }
        }
    }
}

fn answer_form(say: Say<'_>, round: Option<&Round>, shown: &Shown<'_>) -> Markup {
    html! {
        @if shown.offer.places.len() > 1 { p { (say.html("rounds-offer-together", &[])) } }
        @if let Some(round) = round {
            ul {
                li { (say.html(parcels::if_declined(round), &[])) }
                li { (say.html(parcels::if_silent(round), &[])) }
            }
        }
        form method="post" action={ "/status/" (shown.number.plain()) "/offer" } {
            (csrf_input(shown.csrf))
            input type="hidden" name="offer" value=(shown.offer.id);
            p { (say.html("rounds-offer-once", &[])) }
            div.row.actions {
                (parts::submit(Weight::Primary, "answer", "accept", say.html("rounds-offer-accept", &[])))
                (parts::submit(Weight::Second, "answer", "decline", say.html("rounds-offer-decline", &[])))
            }
        }
    }
}

/// The answer. Sent twice it counts once; what comes too late is told how the offer stands.
pub(super) async fn answer(
    State(face): State<PortalFace>,
    visitor: Visitor,
    Path(number): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let (case, found) = offers(&face, &visitor, number).await?;
    let asked = typed.first("offer").unwrap_or_default();
    let offer = found.iter().find(|(offer, _)| offer.id == asked).map(|(offer, _)| offer.clone()).ok_or(PageError::NotFound)?;
    let accepts = match typed.first("answer") {
        Some("accept") => true,
        Some("decline") => false,
        _ => return Err(PageError::NotFound),
    };
    let (keys, now, sure) = (face.keys.clone(), face.clock.now(), offer.case == case.to_string());
    let taken = face.store.writing(move |tx| Ok::<_, StoreError>(sure && parcels::answer(tx, &keys, &offer, accepts, now)?)).await?;
    if taken {
        let said = if accepts { "accepted" } else { "declined" };
        return Ok(Redirect::to(&format!("/status/{}/offer?done={said}", number.plain())).into_response());
    }
    let (_, found) = offers(&face, &visitor, number).await?;
    let words = face.words();
    let above = html! { div role="alert" { (parts::notice(Tone::Error, html! { p { (say(&words, &visitor).html("rounds-offer-not-open", &[])) } })) } };
    Ok((StatusCode::CONFLICT, page(&face, &visitor, number, &found, above)).into_response())
}
