//! What stands in the frame of the telephone: the portal's own pages of the texts as they are being tried.

use access::{PageError, Posted};
use axum::{
    extract::{Path, RawQuery},
    response::{IntoResponse, Response},
};
use cases::tried::{Next, Trial};
use definitions::text::Language;
use maud::{Markup, html};

use super::{Sheet, editor, revision_id, see};
use crate::{
    preview::{self, Tryout},
    revision::Revision,
};

/// A trial at hand: the tryout of this person, begun from what is kept when there is none.
struct Frame {
    sheet: Sheet,
    revision: Revision,
    tryout: Tryout,
}

impl Frame {
    async fn of(sheet: Sheet, id: &str, query: Option<&str>) -> Result<Frame, PageError> {
        let id = revision_id(id)?;
        let (revision, files) = editor::opened(&sheet, id).await?;
        let mut tryout = match sheet.workshop.tryout((sheet.staff.id, id)) {
            Some(tryout) => tryout,
            None => editor::looked_at(&sheet, &revision, files).await?.0,
        };
        let wished = query.and_then(|query| query.split('&').find_map(|part| part.strip_prefix("lang=")));
        if let Some(language) = wished.and_then(Language::from_code) {
            tryout.language = language;
            sheet.workshop.keep((sheet.staff.id, id), tryout.clone());
        }
        Ok(Frame { sheet, revision, tryout })
    }

    fn base(&self) -> String {
        format!("/desk/revisions/{}/preview", self.revision.id)
    }

    fn trial(&self) -> Option<Trial> {
        self.tryout.trial(self.sheet.words.clone(), self.revision.procedure.as_str(), &self.sheet.staff.csrf)
    }

    /// A page of the trial, its addresses turned.
    fn shown(&self, page: impl FnOnce(&Trial) -> Option<Markup>) -> Response {
        match self.trial().as_ref().and_then(page) {
            Some(page) => preview::turned(page, &self.base(), self.revision.procedure.as_str()).into_response(),
            None => self.nothing().into_response(),
        }
    }

    fn nothing(&self) -> Markup {
        let say = self.sheet.say();
        preview::plain_page(
            &self.sheet.word("desk-revisions-preview-none"),
            html! { p { (say.html("desk-revisions-preview-none-next", &[])) } },
        )
    }
}

pub(super) async fn start(sheet: Sheet, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    Ok(Frame::of(sheet, &id, query.as_deref()).await?.shown(|trial| Some(trial.guide())))
}

pub(super) async fn begin(sheet: Sheet, Path(id): Path<String>, Posted(_): Posted) -> Result<Response, PageError> {
    let frame = Frame::of(sheet, &id, None).await?;
    let first = frame.trial().and_then(|trial| trial.filled().pages.iter().find(|state| state.visible).map(|state| state.id.clone()));
    Ok(match first {
        Some(page) => see(&format!("{}/pages/{page}", frame.base())),
        None => see(&format!("{}/check", frame.base())),
    })
}

pub(super) async fn page(sheet: Sheet, Path((id, page)): Path<(String, String)>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let frame = Frame::of(sheet, &id, query.as_deref()).await?;
    let is_wrong = query.is_some_and(|query| query.split('&').any(|part| part == "wrong=1"));
    Ok(frame.shown(|trial| trial.page(&page, is_wrong)))
}

pub(super) async fn send(sheet: Sheet, Path((id, page)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let mut frame = Frame::of(sheet, &id, None).await?;
    let Some(mut trial) = frame.trial() else { return Ok(frame.nothing().into_response()) };
    let next = trial.send(&page, &typed).ok_or(PageError::NotFound)?;
    frame.tryout.typed = trial.typed().clone();
    frame.sheet.workshop.keep((frame.sheet.staff.id, frame.revision.id), frame.tryout.clone());
    let base = frame.base();
    Ok(see(&match next {
        Next::Wrong(page) => format!("{base}/pages/{page}?wrong=1"),
        Next::Again(page, anchor) => format!("{base}/pages/{page}#{anchor}"),
        Next::Page(page) => format!("{base}/pages/{page}"),
        Next::Check => format!("{base}/check"),
    }))
}

pub(super) async fn check(sheet: Sheet, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    Ok(Frame::of(sheet, &id, query.as_deref()).await?.shown(|trial| Some(trial.check())))
}

pub(super) async fn after(sheet: Sheet, Path(id): Path<String>) -> Result<Response, PageError> {
    let frame = Frame::of(sheet, &id, None).await?;
    Ok(match frame.trial() {
        Some(trial) => preview::after(&trial, &frame.tryout).into_response(),
        None => frame.nothing().into_response(),
    })
}

pub(super) async fn elsewhere(sheet: Sheet, Path(id): Path<String>) -> Result<Response, PageError> {
    let frame = Frame::of(sheet, &id, None).await?;
    let say = frame.sheet.say();
    let body = html! {
        p { (say.html("desk-revisions-preview-elsewhere-next", &[])) }
        p { a href={ (frame.base()) "/start" } { (say.html("desk-revisions-preview-start", &[])) } }
    };
    Ok(preview::plain_page(&frame.sheet.word("desk-revisions-preview-elsewhere"), body).into_response())
}
