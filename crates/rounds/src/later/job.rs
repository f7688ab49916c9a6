//! Offers whose time has passed, and the next one after an offer that was not taken: done by itself, in the name of whoever made the offer, as long as they
//! may still do it. If they may not, the place waits for somebody to press.

use std::sync::Arc;

use access::{Clock, DeskFace, TownHandle, WordsHandle, staff::directory};
use cases::verbs::Acting;
use jiff::{SignedDuration, Timestamp, civil::Date};
use letters::Bureau;
use store::{
    Desk,
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
};

use super::{OfferState, parcels, rows, verbs};
use crate::verbs::NotNow;

/// The job that looks after an offer.
pub const KIND: &str = "round.offer";

/// Before noon: when the town hall opens, so that who is asked next can be rung up the same day.
const BEFORE_NOON: SignedDuration = SignedDuration::from_hours(4);

/// The morning after the last day to answer.
pub(crate) fn morning_after(until: Date) -> Timestamp {
    cases::clock::noon(until.tomorrow().unwrap_or(until)) - BEFORE_NOON
}

/// Looks after offers.
pub struct AfterOffer {
    /// Staff's store.
    pub desk: Desk,
    /// The town of today.
    pub town: TownHandle,
    /// What families are written.
    pub words: WordsHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// Where people reach the portal.
    pub portal: String,
    /// The time.
    pub clock: Clock,
}

impl AfterOffer {
    /// For a desk; `portal`: where people reach the portal.
    pub fn of(desk: &DeskFace, portal: &str) -> AfterOffer {
        AfterOffer {
            desk: desk.store.clone(),
            town: desk.town.clone(),
            words: desk.words.clone(),
            keys: Arc::clone(&desk.keys),
            portal: portal.to_owned(),
            clock: desk.clock.clone(),
        }
    }
}

impl JobHandler for AfterOffer {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let id = job.body["offer"].as_str().ok_or_else(|| JobError::Dead("no offer named".into()))?;
        self.look_after(id)
    }
}

impl AfterOffer {
    /// Looks after one offer: if its time has passed it lapses; if it was not taken, the next one is asked. Twice is once.
    ///
    /// # Errors
    /// When the store fails, or somebody changed the round meanwhile: try again.
    pub fn look_after(&self, id: &str) -> Result<(), JobError> {
        match self.lapse(id.to_owned()).and_then(|()| self.go_on(id.to_owned())) {
            Ok(()) => Ok(()),
            Err(NotNow::Refused(cases::verbs::Refused::Store(error))) => Err(error.into()),
            Err(NotNow::Changed) => Err(JobError::Retry("the round changed meanwhile".to_owned())),
            Err(refused) => {
                tracing::info!(%refused, "the next one is not asked by itself; the place waits for somebody to press");
                Ok(())
            }
        }
    }

    fn lapse(&self, id: String) -> Result<(), NotNow> {
        let (town, keys, now) = (self.town.current(), Arc::clone(&self.keys), self.clock.now());
        self.desk.write(move |tx| {
            let Some((round, offer)) = rows::offer(tx, &keys, &id)? else { return Ok(()) };
            let Some(round) = town.rounds.get(&round) else { return Ok(()) };
            verbs::lapse(tx, &keys, round, &offer, now).map(drop)
        })
    }

    /// Asks the next one after an offer that was not taken, once.
    fn go_on(&self, id: String) -> Result<(), NotNow> {
        let (town, words, now) = (self.town.current(), self.words.current(), self.clock.now());
        let bureau = Bureau { town: Arc::clone(&town), keys: Arc::clone(&self.keys), portal: self.portal.clone() };
        self.desk.write(move |tx| {
            let Some((round, offer)) = rows::offer(tx, &bureau.keys, &id)? else { return Ok(()) };
            let Some(round) = town.rounds.get(&round) else { return Ok(()) };
            if !matches!(offer.state, OfferState::Declined | OfferState::Lapsed) || offer.followed {
                return Ok(());
            }
            let by = offer.by.parse().map_err(|_| cases::verbs::Refused::NotFound)?;
            let staff = directory::as_of(tx, by, &town, access::day_in_japan(now))?.ok_or(cases::verbs::Refused::NotFound)?;
            let acting = Acting::new(&staff, &bureau, now);
            if rows::follow(tx, &id)? {
                verbs::offer_next(tx, &acting, round, None, &|language, offered| parcels::letter(&words, &town, round, language, offered))?;
            }
            Ok(())
        })
    }
}
