//! What passes the hatch of an offer: the offer and how it stands go down, the family's answer comes up. Each side believes what it cannot know itself.

use std::sync::Arc;

use access::{CaseId, Clock, TownHandle};
use definitions::{
    ids::RoundId,
    round::{Declined, Round, Silent},
    text::Language,
    town::Town,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Parcel, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    keys::{Face, Keys},
    params,
};
use ui::words::{Value, Words};

use super::{BY_FAMILY, OfferState, Offered, OfferedPlace, rows, verbs};
use crate::rows::{seal, unseal};

/// The kind of parcel that brings an offer, or how it stands, to the portal.
const DOWN: &str = "round.offer";
/// The kind of parcel that brings an answer to the desk.
const UP: &str = "round.answer";

/// An offer as the portal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnOffer {
    /// Its id.
    pub id: String,
    /// The case.
    pub case: String,
    /// The round.
    pub round: RoundId,
    /// When it was made.
    pub at: Timestamp,
    /// The last day to answer.
    pub until: Date,
    /// Where it stands at the desk.
    pub state: OfferState,
    /// Whether staff wrote the answer down, after a call.
    pub by_staff: bool,
    /// What is offered.
    pub places: Vec<OfferedPlace>,
}

/// What a family answered on its own page.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Answered {
    offer: String,
    case: String,
    accepts: bool,
    at: Timestamp,
}

/// Tells the portal how an offer stands. Twice is once.
pub(crate) fn send_down(tx: &Write<'_>, keys: &Keys, round: &Round, case: CaseId, offer: &Offered) -> Result<(), StoreError> {
    let own = OwnOffer {
        id: offer.id.clone(),
        case: case.to_string(),
        round: round.id.clone(),
        at: offer.at,
        until: offer.until,
        state: offer.state,
        by_staff: offer.answered_by.as_deref().is_some_and(|by| by != BY_FAMILY && by != super::BY_TIME),
        places: offer.places.clone(),
    };
    let body = cases::parcel::sealed(keys, Face::Portal, &own)?;
    tx.send(&Parcel { kind: DOWN.to_owned(), id: format!("{}:{}", offer.id, offer.state.code()), body })
}

/// The letter in which an offer is told, in the family's language: what is offered, until when, and what follows of either answer and of none.
pub fn letter(words: &Words, town: &Town, round: &Round, language: Language, offer: &Offered) -> String {
    let say = |id: &str, args: &[(&str, Value<'_>)]| ui::words::ruby::plain(&words.say(language, id, args));
    let title = ui::words::ruby::plain(town.say(&round.title, language));
    let mut lines = vec![say("rounds-offer-letter", &[("round", title.as_str().into())])];
    for place in &offer.places {
        let class = class_label(town, round, place, language);
        let args =
            [("name", place.name.as_str().into()), ("facility", place.facility_name.as_str().into()), ("class", class.as_str().into())];
        lines.push(say("rounds-offer-place", &args));
    }
    lines.push(say("rounds-offer-answer-by", &[("day", words.day(language, offer.until).into())]));
    lines.push(say(if_silent(round), &[]));
    lines.push(say(if_declined(round), &[]));
    lines.join("\n")
}

/// A class in words; empty where a round has one class only, which tells nothing.
pub(crate) fn class_label(town: &Town, round: &Round, place: &OfferedPlace, language: Language) -> String {
    let class = round.classes.get(&place.class).filter(|_| round.classes.len() > 1);
    class.map(|class| ui::words::ruby::plain(town.say(&class.label, language))).unwrap_or_default()
}

/// What follows of no answer, as a word.
pub(crate) fn if_silent(round: &Round) -> &'static str {
    match (round.silent, round.declined) {
        (Silent::Stays, _) | (Silent::Declines, Declined::Keeps) => "rounds-offer-silent-keeps",
        (Silent::Declines, Declined::Leaves) => "rounds-offer-silent-leaves",
    }
}

/// What follows of declining, as a word.
pub(crate) fn if_declined(round: &Round) -> &'static str {
    match round.declined {
        Declined::Keeps => "rounds-offer-declined-keeps",
        Declined::Leaves => "rounds-offer-declined-leaves",
    }
}

/// What the portal does with offers.
pub struct OfferReceiver {
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl Receiver for OfferReceiver {
    fn kind(&self) -> &str {
        DOWN
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let offer: OwnOffer = cases::parcel::opened(&self.keys, &parcel.body)?;
        let case: CaseId = offer.case.parse().map_err(|_| StoreError::damaged("round.offer"))?;
        let body = seal(&self.keys, "round_offer.body", &offer)?;
        // What was settled is not opened again by an older parcel.
        let sql = "insert into round_offer (id, case_id, at, state, body) values ($1, $2, $3, $4, $5) on conflict (id) do update \
            set state = excluded.state, body = excluded.body where round_offer.state in ('open', 'sent') or excluded.state <> 'open'";
        tx.run(sql, params![offer.id.clone(), case.to_string(), offer.at, offer.state.code(), body])?;
        cases::gathered::put_beside(tx, case, "rounds-offer-open", "offer")?;
        Ok(())
    }
}

/// The offers of a case, the newest first, and of each whether an answer is on its way.
///
/// # Errors
/// When the store fails.
pub fn of_case(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Vec<(OwnOffer, bool)>, StoreError> {
    let sql = "select state, body from round_offer where case_id = $1 order by at desc, id desc limit 100";
    tx.all(sql, params![case.to_string()])?
        .iter()
        .map(|row| Ok((unseal(keys, "round_offer.body", &row.get::<Vec<u8>>(1)?)?, row.get::<String>(0)? == "sent")))
        .collect()
}

/// A family answers an offer of its own case. Says whether it was open for an answer; twice is once.
///
/// # Errors
/// When the store fails.
pub fn answer(tx: &Write<'_>, keys: &Keys, offer: &OwnOffer, accepts: bool, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update round_offer set state = 'sent' where id = $1 and case_id = $2 and state = 'open'";
    if access::day_in_japan(now) > offer.until || tx.run(sql, params![offer.id.clone(), offer.case.clone()])? == 0 {
        return Ok(false);
    }
    let answered = Answered { offer: offer.id.clone(), case: offer.case.clone(), accepts, at: now };
    let body = cases::parcel::sealed(keys, Face::Desk, &answered)?;
    tx.send(&Parcel { kind: UP.to_owned(), id: offer.id.clone(), body })?;
    let entry = store::Entry {
        actor: "applicant".to_owned(),
        what: "round-offer-answered",
        kind: "case",
        record: offer.case.clone(),
        authority: "own".to_owned(),
        why: String::new(),
    };
    tx.journal(&entry)?;
    Ok(true)
}

/// What the desk does with answers.
pub struct AnswerReceiver {
    /// The town of today.
    pub town: TownHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// The time: an answer from the future was given now.
    pub clock: Clock,
}

impl Receiver for AnswerReceiver {
    fn kind(&self) -> &str {
        UP
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let said: Answered = cases::parcel::opened(&self.keys, &parcel.body)?;
        let (round, offer) = rows::offer(tx, &self.keys, &said.offer)?.ok_or(StoreError::damaged("round.answer: offer"))?;
        let town = self.town.current();
        let round = town.rounds.get(&round).ok_or_else(|| store::hatch::NotYet("the folder has no such round".to_owned()))?;
        let number = offer.number.parse().map_err(|_| StoreError::damaged("round_offer.number"))?;
        let case = cases::gathered::by_number(tx, &self.keys, number)?.ok_or(StoreError::damaged("round_offer.number"))?;
        // Whose offer it is the desk knows itself.
        if case.id.to_string() != said.case {
            return Err(StoreError::damaged("round.answer: case").into());
        }
        let answer =
            verbs::Answer { offer: &said.offer, accepts: said.accepts, at: said.at.clamp(offer.at, self.clock.now().max(offer.at)) };
        Ok(verbs::answered(tx, &self.keys, round, &offer, case.id, &answer)?)
    }
}
