//! 一斉受付 at the desk: the list of rounds, a round with its places and its list by rank, a case in it with how its points came about.

mod acts;
mod entrant;
mod later;
mod page;
mod places;

use std::{collections::BTreeMap, sync::Arc};

use access::{Act, DeskDoor, DeskFace, PageError, Staff, shell::desk_page};
use axum::{
    Extension, Router,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use cases::verbs::{Acting, Refused};
use definitions::{round::Round, text::Language, town::Town};
use letters::Bureau;
use maud::Markup;
use store::Read;
use ui::{parts::Say, words::Words};

use crate::verbs::{NotNow, may};

/// The link at the side, for those who may see a round.
pub(crate) const DOOR: DeskDoor = DeskDoor { word: "desk-rounds-title", href: "/desk/rounds", open: sees_any };

fn sees_any(staff: &Staff, town: &Town) -> bool {
    town.rounds.values().any(|round| may(staff, town, round, Act::Read).is_ok())
}

/// `/desk/rounds`.
pub fn router(tools: cases::Tools) -> Router<DeskFace> {
    Router::new()
        .route("/desk/rounds", get(page::list))
        .route("/desk/rounds/{round}", get(page::show))
        .route("/desk/rounds/{round}/places", get(places::show))
        .route("/desk/rounds/{round}/runs/{run}", get(places::compare))
        .route("/desk/rounds/{round}/later", get(later::show))
        .route("/desk/rounds/{round}/later/{verb}", post(later::act))
        .route("/desk/rounds/{round}/do/{verb}", post(acts::act))
        .route("/desk/rounds/{round}/cases/{number}", get(entrant::show).post(entrant::add_points))
        .layer(Extension(tools))
}

/// What every page here holds.
pub(crate) struct Sheet {
    pub face: DeskFace,
    pub staff: Staff,
    pub town: Arc<Town>,
    pub words: Arc<Words>,
    portal: Arc<str>,
}

impl FromRequestParts<DeskFace> for Sheet {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Sheet, PageError> {
        let staff = Staff::from_request_parts(parts, face).await?;
        let Extension(tools) = Extension::<cases::Tools>::from_request_parts(parts, face).await.map_err(PageError::internal)?;
        Ok(Sheet { face: face.clone(), staff, town: face.town.current(), words: face.words(), portal: tools.portal })
    }
}

impl Sheet {
    pub(crate) fn say(&self) -> Say<'_> {
        Say { words: &self.words, language: Language::Ja }
    }

    pub(crate) fn word(&self, id: &str) -> String {
        self.say().text(id, &[])
    }

    /// A round that this person may look at; others do not exist for them.
    pub(crate) fn round(&self, id: &str) -> Result<Arc<Round>, PageError> {
        let round = self.town.rounds.get(id).ok_or(PageError::NotFound)?;
        may(&self.staff, &self.town, round, Act::Read).map_err(|_| PageError::NotFound)?;
        Ok(Arc::clone(round))
    }

    pub(crate) fn may(&self, round: &Round, act: Act) -> bool {
        may(&self.staff, &self.town, round, act).is_ok()
    }

    pub(crate) fn page(&self, title: &str, body: Markup) -> Markup {
        desk_page(&self.face, Some(&self.staff), title, |page| page, body)
    }

    /// Runs a closure in a reading transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl Fn(&Read<'_>, &Acting<'_>) -> Result<T, NotNow> + Send + 'static,
    ) -> Result<T, NotNow> {
        let (staff, bureau, now) = (self.staff.clone(), self.bureau(), self.face.clock.now());
        self.face.store.reading(move |tx| act(tx, &Acting::new(&staff, &bureau, now))).await
    }

    /// Runs a closure in a writing transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl Fn(&store::Write<'_>, &Acting<'_>) -> Result<T, NotNow> + Send + 'static,
    ) -> Result<T, NotNow> {
        let (staff, bureau, now) = (self.staff.clone(), self.bureau(), self.face.clock.now());
        self.face.store.writing(move |tx| act(tx, &Acting::new(&staff, &bureau, now))).await
    }

    fn bureau(&self) -> Bureau {
        Bureau { town: Arc::clone(&self.town), keys: Arc::clone(&self.face.keys), portal: self.portal.to_string() }
    }

    /// The names of these members of staff, by id.
    pub(crate) async fn names(&self, ids: Vec<String>) -> Result<BTreeMap<String, String>, PageError> {
        let named = move |tx: &Read<'_>, _: &Acting<'_>| {
            let mut names = BTreeMap::new();
            for id in &ids {
                let Ok(parsed) = id.parse::<access::StaffId>() else { continue };
                if let Some(person) = access::staff::directory::by_id(tx, parsed)? {
                    names.insert(id.clone(), person.name);
                }
            }
            Ok(names)
        };
        self.read(named).await.map_err(refusal)
    }
}

/// What a refusal becomes where a page has no better answer.
pub(crate) fn refusal(refused: NotNow) -> PageError {
    match refused {
        NotNow::Refused(Refused::NotFound) => PageError::NotFound,
        NotNow::Refused(Refused::NotPermitted(_)) => PageError::Refused,
        NotNow::Refused(Refused::Store(error)) => error.into(),
        NotNow::Stage | NotNow::Refused(_) => PageError::say(StatusCode::CONFLICT, "desk-rounds-error-stage"),
        NotNow::TooSoon => PageError::say(StatusCode::CONFLICT, "desk-rounds-error-too-soon"),
        NotNow::Changed => PageError::say(StatusCode::CONFLICT, "desk-rounds-error-changed"),
        NotNow::SecondPerson => PageError::say(StatusCode::CONFLICT, "desk-rounds-error-second-person"),
        NotNow::NoDecision => PageError::say(StatusCode::CONFLICT, "desk-rounds-error-no-decision"),
        NotNow::ReasonDue => PageError::say(StatusCode::UNPROCESSABLE_ENTITY, "desk-rounds-error-reason"),
    }
}
