//! Staff's pages: one inbox over all procedures and channels, the case, its verbs, and what came on paper or by telephone.

mod side;

mod attached;
mod bulk;
mod caller;
mod case;
mod compare;
mod dead_letters;
mod decision;
mod definitions_page;
mod delay;
mod filters;
mod inbox;
mod individual_number;
mod panels;
mod paper;
mod person;
mod print;
mod story;
mod straight;
mod unfound;
mod verbs;
mod voiding;

use std::{ops::Deref, sync::Arc};

use access::{Act, DeskFace, PageError, RecordAttributes, RecordKind, Staff};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRequestParts},
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use definitions::{
    field::Sensitivity,
    text::{Language, Text},
    town::Town,
};
use letters::Bureau;
use maud::{Markup, html};
use store::Read;
use ui::{
    page::{Crumb, DeskPage, NavItem, StaffMenu, TownLook, Urgency},
    parts::{self, KeyHint, Say, Tone},
    words::Words,
};

pub(crate) use paper::OpenSheet;
pub(crate) use side::{Side, side};

use crate::{
    clock,
    tools::Tools,
    verbs::{Acting, Refused},
};

/// Pages below `/desk`.
pub fn router(tools: Tools) -> Router<DeskFace> {
    let sheets_max = DefaultBodyLimit::max(crate::incoming::SHEET_BYTES_MAX);
    Router::new()
        .route("/desk", get(inbox::home))
        .route("/desk/cases", get(inbox::show))
        .route("/desk/cases/live", get(inbox::live))
        .route("/desk/search", post(inbox::search))
        .route("/desk/bulk", post(bulk::bulk))
        .route("/desk/filters", post(filters::keep))
        .route("/desk/filters/{filter}", post(filters::drop))
        .route("/desk/caller", get(caller::ask).post(caller::tell))
        .route("/desk/definitions", get(definitions_page::show))
        .route("/desk/unfound", get(unfound::show))
        .route("/desk/straight-through", get(straight::show))
        .route("/desk/straight-through/{procedure}", post(straight::switch))
        .route("/desk/dead-letters", get(dead_letters::show).post(dead_letters::resume))
        .route("/desk/cases/{number}", get(case::show))
        .route("/desk/cases/{number}/files/{file}", get(attached::file))
        .route("/desk/cases/{number}/attached/{turn}", get(attached::show))
        .route("/desk/cases/{number}/letters/{letter}", get(case::letter))
        .route("/desk/cases/{number}/letters/{letter}/void", get(voiding::ask).post(voiding::void))
        .route("/desk/cases/{number}/correction", get(verbs::correction_page).post(verbs::correction))
        .route("/desk/cases/{number}/print", get(print::show))
        .route("/desk/cases/{number}/person", get(person::choose).post(person::identify))
        .route("/desk/cases/{number}/individual-number", get(individual_number::ask).post(individual_number::open))
        .route("/desk/cases/{number}/propose", get(decision::propose_page).post(decision::propose))
        .route("/desk/cases/{number}/preview", post(decision::preview))
        .route("/desk/cases/{number}/send-back", get(decision::send_back_page).post(decision::send_back))
        .route("/desk/cases/{number}/hand-over", get(verbs::hand_over_page).post(verbs::hand_over))
        .route("/desk/cases/{number}/delay", get(delay::show).post(delay::notify))
        .route("/desk/cases/{number}/delay-preview", post(delay::preview))
        .route("/desk/cases/{number}/do/{verb}", post(verbs::act))
        .route("/desk/postal", post(paper::postal))
        .route("/desk/paper", get(paper::choose).post(paper::take_over))
        .merge(Router::new().route("/desk/paper/{procedure}", get(paper::form::show).post(paper::filing::file)).layer(sheets_max))
        .route("/desk/paper/{procedure}/give-back", post(paper::give_back))
        .route("/desk/paper/{procedure}/files/{case}/{turn}", get(paper::scans::show))
        .layer(Extension(tools))
}

/// What every page here holds.
pub(crate) struct Sheet {
    pub face: DeskFace,
    pub staff: Staff,
    pub tools: Tools,
    pub town: Arc<Town>,
    pub words: Arc<Words>,
}

impl FromRequestParts<DeskFace> for Sheet {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Sheet, PageError> {
        let staff = Staff::from_request_parts(parts, face).await?;
        let Extension(tools) = Extension::<Tools>::from_request_parts(parts, face).await.map_err(PageError::internal)?;
        let (town, words) = (face.town.current(), face.words());
        Ok(Sheet { face: face.clone(), staff, tools, town, words })
    }
}

impl Deref for Sheet {
    type Target = DeskFace;
    fn deref(&self) -> &DeskFace {
        &self.face
    }
}

impl Sheet {
    pub(crate) fn say(&self) -> Say<'_> {
        Say { words: &self.words, language: Language::Ja }
    }

    pub(crate) fn word(&self, id: &str) -> String {
        self.say().text(id, &[])
    }

    pub(crate) fn plain(&self, text: &Text) -> String {
        ui::words::ruby::plain(&text.ja)
    }

    pub(crate) fn today(&self) -> jiff::civil::Date {
        clock::day(self.face.clock.now())
    }

    /// The page around `body`, with the queues at the side.
    pub(crate) fn page(
        &self,
        title: &str,
        side: &Side,
        prepare: impl for<'p> FnOnce(DeskPage<'p>) -> DeskPage<'p>,
        body: Markup,
    ) -> Markup {
        self.page_with(title, side, &[], &[], prepare, body)
    }

    /// The same with the way back up and the keys of the page.
    pub(crate) fn page_with(
        &self,
        title: &str,
        side: &Side,
        trail: &[Crumb<'_>],
        keys: &[KeyHint<'_>],
        prepare: impl for<'p> FnOnce(DeskPage<'p>) -> DeskPage<'p>,
        body: Markup,
    ) -> Markup {
        let posts = access::shell::posts_shown(&self.staff, &self.town);
        let doors = access::shell::open_doors(&self.staff, &self.face, &self.town, self.say());
        let mut navigation = side.navigation();
        if let Some(looking) = navigation.last_mut() {
            looking.items.extend(doors.iter().map(|(label, href)| NavItem { label, href, count: None, urgency: Urgency::Calm }));
        }
        let body = html! { (self.definitions_banner()) (body) };
        access::shell::with_look(&self.town, Language::Ja, self.face.demo, |look: &TownLook<'_>| {
            let who = StaffMenu { name: &self.staff.name, post: &posts, csrf: &self.staff.csrf };
            let page = DeskPage::new(&self.words, look, title).navigation(&navigation, &side.here).who(Some(who)).trail(trail).keys(keys);
            prepare(page).show(body)
        })
    }

    /// Whether this person looks after the town itself: its definitions, its dead letters.
    pub(crate) fn may_administer(&self, kind: RecordKind) -> bool {
        access::may(&self.staff, Act::Administer, &RecordAttributes::of_town(kind, Sensitivity::Ordinary)).is_some()
    }

    /// A changed folder that was not taken is said to those who can mend it, on every page.
    fn definitions_banner(&self) -> Markup {
        let refused = self.may_administer(RecordKind::Definition) && self.face.town.problem().is_some();
        html! {
            @if refused {
                (parts::notice(Tone::Warn, html! {
                    p { (self.say().html("desk-definitions-banner", &[])) " " a href="/desk/definitions" { (self.say().html("desk-definitions-look", &[])) } }
                }))
            }
        }
    }

    /// What was just done, read out first: it has the focus when the page comes. `done` is a word from an address: only known ones say anything.
    pub(crate) fn done(&self, done: Option<&str>) -> Markup {
        const SAID: &[&str] = &[
            "claim",
            "release",
            "give",
            "advance",
            "correction",
            "end-correction",
            "propose",
            "approve",
            "decided",
            "send-back",
            "hand-over",
            "delay",
            "write",
            "note",
            "look-afterwards",
            "agree",
            "object",
            "ask-change",
            "reached",
            "identify",
            "filter",
            "resume",
            "paper",
            "give-back",
            "void",
            "straight",
        ];
        let said = SAID.iter().find(|known| Some(**known) == done);
        html! {
            @if let Some(said) = said {
                div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Good, html! { p { (self.word(&format!("desk-done-{said}"))) } })) }
            }
        }
    }

    /// Runs a closure in a reading transaction of the desk.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl Fn(&Read<'_>, &Acting<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (staff, bureau, now) = self.acting();
        self.face.store.reading(move |tx| act(tx, &Acting::new(&staff, &bureau, now))).await
    }

    /// Runs a closure in a writing transaction of the desk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl Fn(&store::Write<'_>, &Acting<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (staff, bureau, now) = self.acting();
        self.face.store.writing(move |tx| act(tx, &Acting::new(&staff, &bureau, now))).await
    }

    fn acting(&self) -> (Staff, Bureau, jiff::Timestamp) {
        (self.staff.clone(), self.bureau(), self.face.clock.now())
    }

    /// The town as letters know it.
    pub(crate) fn bureau(&self) -> Bureau {
        Bureau { town: Arc::clone(&self.town), keys: Arc::clone(&self.face.keys), portal: self.tools.portal.to_string() }
    }
}

/// What a refusal becomes where a page has no better answer.
pub(crate) fn refusal(refused: Refused) -> PageError {
    match refused {
        Refused::NotFound => PageError::NotFound,
        Refused::NotPermitted(_) => PageError::Refused,
        Refused::Changed(_) => PageError::say(StatusCode::CONFLICT, "desk-error-changed"),
        Refused::NotNow(_) | Refused::Letter(_) | Refused::Register(_) => PageError::say(StatusCode::CONFLICT, "desk-error-not-now"),
        Refused::Store(error) => error.into(),
    }
}
