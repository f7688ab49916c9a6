//! Staff's pages of this room: the procedures with their state, the editor with its preview, the review, the history.

mod begin;
mod editor;
mod frame;
mod history;
mod items;
mod list;
mod moves;
mod review;
mod shown;

use std::{
    collections::VecDeque,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use access::{DeskFace, PageError, Staff, StaffId, shell::desk_page};
use axum::{
    Extension, Router,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use definitions::{sources::Sources, text::Language, town::Town};
use maud::{Markup, html};
use ui::{assets, parts::Say, words::Words};

use crate::{
    layer,
    preview::Tryout,
    revision::{Refused, RevisionId},
};

/// Tryouts that are kept in the process: each holds a whole town. Who comes back later looks at the texts again.
const TRYOUTS_MAX: usize = 8;

/// Where texts are written: the town's folder, and what people try at this moment. A process that ends forgets what was typed into a preview.
#[derive(Clone)]
pub struct Workshop {
    folder: Arc<Path>,
    tryouts: Arc<Mutex<VecDeque<(Key, Tryout)>>>,
}

type Key = (StaffId, RevisionId);

impl Workshop {
    /// Over this folder.
    pub fn new(folder: PathBuf) -> Workshop {
        Workshop { folder: folder.into(), tryouts: Arc::default() }
    }

    fn tryout(&self, key: Key) -> Option<Tryout> {
        let tryouts = self.tryouts.lock().unwrap_or_else(PoisonError::into_inner);
        tryouts.iter().find(|(one, _)| *one == key).map(|(_, tryout)| tryout.clone())
    }

    fn keep(&self, key: Key, tryout: Tryout) {
        let mut tryouts = self.tryouts.lock().unwrap_or_else(PoisonError::into_inner);
        tryouts.retain(|(one, _)| *one != key);
        tryouts.push_back((key, tryout));
        while tryouts.len() > TRYOUTS_MAX {
            tryouts.pop_front();
        }
    }
}

/// Pages below `/desk/revisions`.
pub(crate) fn router(workshop: Workshop) -> Router<DeskFace> {
    Router::new()
        .route("/desk/revisions", get(list::show))
        .route("/desk/revisions/begin", post(begin::begin))
        .route("/desk/revisions/new", get(begin::ask).post(begin::create))
        .route("/desk/revisions/of/{procedure}", get(history::show))
        .route("/desk/revisions/{revision}", get(editor::show).post(editor::change))
        .route("/desk/revisions/{revision}/review", post(review::decide))
        .route("/desk/revisions/{revision}/files/{number}", get(history::file))
        .route("/desk/revisions/{revision}/preview/start", get(frame::start))
        .route("/desk/revisions/{revision}/preview/begin", post(frame::begin))
        .route("/desk/revisions/{revision}/preview/check", get(frame::check))
        .route("/desk/revisions/{revision}/preview/after", get(frame::after).post(frame::after))
        .route("/desk/revisions/{revision}/preview/elsewhere", get(frame::elsewhere).post(frame::elsewhere))
        .route("/desk/revisions/{revision}/preview/pages/{page}", get(frame::page).post(frame::send))
        .layer(Extension(workshop))
}

/// What every page here holds.
pub(crate) struct Sheet {
    pub face: DeskFace,
    pub staff: Staff,
    pub workshop: Workshop,
    pub town: Arc<Town>,
    pub words: Arc<Words>,
}

impl FromRequestParts<DeskFace> for Sheet {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &DeskFace) -> Result<Sheet, PageError> {
        let staff = Staff::from_request_parts(parts, face).await?;
        let Extension(workshop) = Extension::<Workshop>::from_request_parts(parts, face).await.map_err(PageError::internal)?;
        Ok(Sheet { face: face.clone(), staff, workshop, town: face.town.current(), words: face.words() })
    }
}

impl Deref for Sheet {
    type Target = DeskFace;
    fn deref(&self) -> &DeskFace {
        &self.face
    }
}

impl Sheet {
    fn say(&self) -> Say<'_> {
        Say { words: &self.words, language: Language::Ja }
    }

    fn word(&self, id: &str) -> String {
        self.say().text(id, &[])
    }

    fn page(&self, title: &str, body: Markup) -> Markup {
        let body = html! { link rel="stylesheet" href=(assets::href(assets::REVISE_LOOK)); (body) };
        desk_page(&self.face, Some(&self.staff), title, |page| page, body)
    }

    /// The town's folder with what was published over it, as it is at this moment.
    async fn sources(&self) -> Result<Sources, PageError> {
        let layer = self.face.store.reading(layer::at_desk).await?;
        let folder = Arc::clone(&self.workshop.folder);
        let read = tokio::task::spawn_blocking(move || Sources::read(&folder)).await.map_err(PageError::internal)?;
        let sources = read.map_err(|_| PageError::say(StatusCode::CONFLICT, "desk-revisions-error-folder"))?;
        Ok(layer.over(sources))
    }
}

/// What a refusal becomes where a page has no better answer.
fn refusal(refused: Refused) -> PageError {
    match refused {
        Refused::NotFound => PageError::NotFound,
        Refused::NotPermitted => PageError::Refused,
        Refused::OwnWork => PageError::say(StatusCode::FORBIDDEN, "desk-revisions-error-own"),
        Refused::Open(_) => PageError::say(StatusCode::CONFLICT, "desk-revisions-error-open"),
        Refused::Clash => PageError::say(StatusCode::CONFLICT, "desk-revisions-error-clash"),
        Refused::NotNow => PageError::say(StatusCode::CONFLICT, "desk-revisions-error-not-now"),
        Refused::Past => PageError::say(StatusCode::CONFLICT, "desk-revisions-error-past"),
        Refused::Nothing => PageError::say(StatusCode::CONFLICT, "desk-revisions-error-nothing"),
        Refused::Store(error) => error.into(),
    }
}

fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

fn revision_id(text: &str) -> Result<RevisionId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}
