//! Staff's pages: one inbox over all procedures and channels, the case, its verbs, and what came on paper or by telephone.

mod case;
mod compare;
mod inbox;
mod paper;
mod story;
mod verbs;

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use access::{Act, DeskFace, KindSql, PageError, Staff};
use axum::{
    Extension, Router,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use definitions::{
    text::{Language, Text},
    town::Town,
};
use letters::Bureau;
use maud::Markup;
use store::Read;
use ui::{
    page::{Crumb, DeskPage, NavGroup, NavItem, StaffMenu, TownLook, Urgency},
    parts::{KeyHint, Say},
    words::Words,
};

use crate::{
    clock,
    rows::{self, desk::Queue},
    tools::Tools,
    verbs::{Acting, Refused},
};

/// Pages below `/desk`.
pub fn router(tools: Tools) -> Router<DeskFace> {
    Router::new()
        .route("/desk", get(inbox::home))
        .route("/desk/cases", get(inbox::show))
        .route("/desk/cases/live", get(inbox::live))
        .route("/desk/search", post(inbox::search))
        .route("/desk/bulk", post(verbs::bulk))
        .route("/desk/cases/{number}", get(case::show))
        .route("/desk/cases/{number}/files/{file}", get(case::file))
        .route("/desk/cases/{number}/letters/{letter}", get(case::letter))
        .route("/desk/cases/{number}/correction", get(verbs::correction_page).post(verbs::correction))
        .route("/desk/cases/{number}/propose", get(verbs::propose_page).post(verbs::propose))
        .route("/desk/cases/{number}/preview", post(verbs::preview))
        .route("/desk/cases/{number}/hand-over", get(verbs::hand_over_page).post(verbs::hand_over))
        .route("/desk/cases/{number}/delay", get(verbs::delay_page).post(verbs::delay))
        .route("/desk/cases/{number}/do/{verb}", post(verbs::act))
        .route("/desk/paper", get(paper::choose).post(paper::take_over))
        .route("/desk/paper/{procedure}", get(paper::form).post(paper::file))
        .layer(Extension(tools))
}

/// How grants see a case in SQL: the same as [`crate::verbs::attributes`] says of a record.
pub(crate) const CASE: KindSql = KindSql {
    kind: access::RecordKind::Case,
    department: "c.department",
    consulted: None,
    assignee: "c.assignee",
    sensitivity: "c.sensitivity",
    attributes: &[("step", "c.step"), ("stage", "c.stage"), ("procedure", "c.procedure")],
};

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
        let navigation = side.navigation();
        access::shell::with_look(&self.town, Language::Ja, self.face.demo, |look: &TownLook<'_>| {
            let who = StaffMenu { name: &self.staff.name, post: &posts, csrf: &self.staff.csrf };
            let page = DeskPage::new(&self.words, look, title).navigation(&navigation, &side.here).who(Some(who)).trail(trail).keys(keys);
            prepare(page).show(body)
        })
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

/// The links at the side with how many wait behind each.
pub(crate) struct Side {
    groups: Vec<(String, Vec<(String, String, Option<i64>, Urgency)>)>,
    pub here: String,
}

impl Side {
    fn navigation(&self) -> Vec<NavGroup<'_>> {
        self.groups
            .iter()
            .map(|(title, items)| NavGroup {
                title,
                items: items
                    .iter()
                    .map(|(label, href, count, urgency)| NavItem {
                        label,
                        href,
                        count: count.and_then(|count| u64::try_from(count).ok()),
                        urgency: *urgency,
                    })
                    .collect(),
            })
            .collect()
    }
}

/// Counts stop here: beyond it a number says no more than "many", and counting a city costs.
const COUNTED_MOST: i64 = 1_000;

/// Reads the counts at the side.
pub(crate) fn side(tx: &Read<'_>, acting: &Acting<'_>, words: &Words, here: &str) -> Result<Side, Refused> {
    let say = Say { words, language: Language::Ja };
    let count = |queue: &Queue| -> Result<Option<i64>, Refused> {
        let filter = access::filter(acting.staff, Act::Read, &CASE, 1);
        Ok(Some(rows::desk::count(tx, filter, queue, COUNTED_MOST)?))
    };
    let item = |id: &str, href: &str, queue: &Queue, urgency| -> Result<_, Refused> {
        Ok((say.text(id, &[]), href.to_owned(), count(queue)?, urgency))
    };
    let soon = acting.town.closed.add_business_days(acting.today(), inbox::SOON_BUSINESS_DAYS);
    let mine = vec![
        item("desk-nav-mine", "/desk/cases?queue=mine", &Queue::Mine(acting.staff.id), Urgency::Calm)?,
        item("desk-nav-soon", "/desk/cases?queue=soon", &Queue::DueBy(soon), Urgency::Hot)?,
        item("desk-nav-approving", "/desk/cases?queue=approving", &Queue::At("approving"), Urgency::Calm)?,
    ];
    let department = vec![
        item("desk-nav-all", "/desk/cases?queue=all", &Queue::All, Urgency::Calm)?,
        item("desk-nav-unclaimed", "/desk/cases?queue=unclaimed", &Queue::Unclaimed, Urgency::Calm)?,
        item("desk-nav-correcting", "/desk/cases?queue=correcting", &Queue::At("correcting"), Urgency::Calm)?,
        (say.text("desk-nav-ended", &[]), "/desk/cases?queue=ended".to_owned(), None, Urgency::Calm),
    ];
    let counter = vec![(say.text("desk-nav-paper", &[]), "/desk/paper".to_owned(), None, Urgency::Calm)];
    let mut groups = vec![
        (say.text("desk-nav-group-mine", &[]), mine),
        (say.text("desk-nav-group-department", &[]), department),
        (say.text("desk-nav-group-counter", &[]), counter),
    ];
    let links = |items: &[(&str, &str)]| {
        items.iter().map(|(id, href)| (say.text(id, &[]), (*href).to_owned(), None, Urgency::Calm)).collect::<Vec<_>>()
    };
    groups.push((
        say.text("desk-nav-group-look", &[]),
        links(&[
            ("desk-nav-residents", "/desk/residents"),
            ("desk-nav-registers", "/desk/registers"),
            ("desk-nav-log", "/desk/access-log"),
        ]),
    ));
    Ok(Side { groups, here: here.to_owned() })
}

/// Everybody in the directory, for naming who has what; a town hall has some hundred, a city some ten thousand people.
pub(crate) fn names(tx: &Read<'_>) -> Result<BTreeMap<access::StaffId, String>, store::StoreError> {
    let listed = access::staff::directory::all(tx, "", NAMES_MOST)?;
    Ok(listed.into_iter().map(|person| (person.id, person.name)).collect())
}

/// Beyond this a page names nobody it does not find; it still says that somebody has the case.
const NAMES_MOST: i64 = 20_000;

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
