//! Residents' pages: finding a procedure, filling it in, seeing where it stands, my page.

mod catalogue;
mod check;
mod correct;
mod door;
mod form;
mod held;
mod my;
mod pieces;
pub(crate) mod postal;
mod prepare;
mod print;
mod status;
mod timeline;
mod trial;
mod upload;
mod verbs;

pub use check::drawn;
pub use trial::{Next, Trial};
pub(crate) use upload::served;

use std::{ops::Deref, sync::Arc};

use access::{AccountId, Assurance, PageError, PortalFace, ResidentId, Visitor};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRequestParts},
    http::request::Parts,
    routing::{get, post},
};
use definitions::{
    text::{Language, Text},
    town::Town,
};
use maud::Markup;
use store::Read;
use ui::{
    page::{Crumb, PortalPage, SignedIn, TownLook},
    parts::Say,
    words::Words,
};

use registry::known::PortalFacts;

use crate::{clock, draft::Owner, filing::Terms, tools::Tools};

/// Pages below `/`.
pub fn router(tools: Tools) -> Router<PortalFace> {
    let uploads = Router::new()
        .route("/drafts/{draft}/{page}", get(form::show).post(form::save))
        .route("/drafts/{draft}/files/{field}", post(upload::add))
        .route("/status/{number}/correct", get(correct::show).post(correct::send))
        .layer(DefaultBodyLimit::max(crate::incoming::BODY_BYTES_MAX));
    Router::new()
        .route("/", get(catalogue::front))
        .route("/procedures", get(catalogue::list))
        .route("/procedures/{procedure}", get(catalogue::guide))
        .route("/procedures/{procedure}/begin", post(form::begin))
        .route("/drafts/{draft}", get(form::go_on))
        .route("/drafts/{draft}/check", get(check::show))
        .route("/drafts/{draft}/file", post(check::file))
        .route("/drafts/{draft}/prepare", post(prepare::finish))
        .route("/drafts/{draft}/prepared", get(prepare::show))
        .route("/drafts/{draft}/print", get(print::show).post(print::ask))
        .route("/drafts/{draft}/sheet.pdf", get(print::sheet))
        .route("/drafts/{draft}/drop", post(my::drop_draft))
        .route("/drafts/{draft}/code", post(form::read_aloud))
        .route("/drafts/{draft}/files/{field}/{file}", get(upload::show))
        .route("/drafts/{draft}/files/{field}/uploads", post(pieces::open))
        .route("/drafts/{draft}/files/{field}/uploads/{upload}", get(pieces::ask).patch(pieces::append).delete(pieces::discard))
        .merge(uploads)
        .route("/status", get(status::ask).post(status::open))
        .route("/status/{number}", get(status::show))
        .route("/status/{number}/live", get(status::live))
        .route("/status/{number}/filed", get(check::filed))
        .route("/status/{number}/receipt.pdf", get(check::receipt))
        .route("/status/{number}/answers", get(status::answers))
        .route("/status/{number}/letters/{letter}", get(status::letter))
        .route("/status/{number}/write", post(verbs::write))
        .route("/status/{number}/withdraw", get(verbs::withdraw_page).post(verbs::withdraw))
        .route(postal::URL, post(postal::ask))
        .route("/my", get(my::show))
        .layer(Extension(tools))
}

/// What every page here holds: who asks, and what the page says to them.
pub(crate) struct Sheet {
    pub face: PortalFace,
    pub visitor: Visitor,
    pub tools: Tools,
    pub reader: Reader,
}

/// What a page says and to whom: the town and the words of this request, the reader's language, how surely they are known. A page that is
/// tried before anybody can file it has a reader too, and neither store nor session.
pub(crate) struct Reader {
    pub town: Arc<Town>,
    pub words: Arc<Words>,
    pub language: Language,
    /// The token that each form carries.
    pub csrf: String,
    pub assurance: Assurance,
    /// How the account is called on pages, once signed in.
    pub account: Option<String>,
    pub demo: bool,
}

impl FromRequestParts<PortalFace> for Sheet {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, face: &PortalFace) -> Result<Sheet, PageError> {
        let visitor = Visitor::from_request_parts(parts, face).await?;
        let Extension(tools) = Extension::<Tools>::from_request_parts(parts, face).await.map_err(PageError::internal)?;
        let reader = Reader {
            town: face.town.current(),
            words: face.words(),
            language: visitor.language,
            csrf: visitor.csrf.clone(),
            assurance: visitor.assurance(),
            account: visitor.account.as_ref().map(|account| account.shown().to_owned()),
            demo: face.demo,
        };
        Ok(Sheet { face: face.clone(), visitor, tools, reader })
    }
}

impl Deref for Sheet {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Reader {
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn say(&self) -> Say<'_> {
        Say { words: &self.words, language: self.language() }
    }

    /// A text of a definition in the reader's language.
    pub(crate) fn text(&self, text: &Text) -> Markup {
        ui::words::ruby::html(self.town.say(text, self.language()))
    }

    /// The same without furigana, for titles and attributes.
    pub(crate) fn plain(&self, text: &Text) -> String {
        ui::words::ruby::plain(self.town.say(text, self.language()))
    }

    /// The department's name and telephone: where every refusal ends.
    pub(crate) fn department(&self, id: &definitions::ids::DepartmentId) -> (String, String) {
        let department = self.town.departments.get(id);
        let name = department.map_or_else(|| self.plain(&self.town.name), |department| self.plain(&department.name));
        let phone = department.and_then(|department| department.phone.clone()).unwrap_or_else(|| self.town.office.phone.clone());
        (name, phone)
    }

    /// The page around `body`. `prepare` says what differs from an ordinary one.
    pub(crate) fn page(&self, title: &str, prepare: impl for<'p> FnOnce(PortalPage<'p>) -> PortalPage<'p>, body: Markup) -> Markup {
        self.page_below(title, &[], prepare, body)
    }

    /// The same with the way back up.
    pub(crate) fn page_below(
        &self,
        title: &str,
        trail: &[Crumb<'_>],
        prepare: impl for<'p> FnOnce(PortalPage<'p>) -> PortalPage<'p>,
        body: Markup,
    ) -> Markup {
        access::shell::with_look(&self.town, self.language(), self.demo, |look: &TownLook<'_>| {
            let who = self.account.as_ref().map(|name| SignedIn { name, csrf: &self.csrf });
            prepare(PortalPage::new(&self.words, self.language(), look, title).signed_in(who)).trail(trail).show(body)
        })
    }
}

impl Sheet {
    /// Whose drafts these are.
    pub(crate) fn owner(&self) -> Owner {
        Owner { session: self.visitor.session.to_string(), account: self.visitor.account.as_ref().map(|account| account.id.to_string()) }
    }

    /// Runs a closure in a reading transaction of the portal.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl Fn(&Read<'_>, &Terms<'_>) -> Result<T, crate::FilingRefused> + Send + 'static,
    ) -> Result<T, crate::FilingRefused> {
        let (town, keys, now, (account, resident)) = self.known();
        let assurance = self.visitor.assurance();
        self.face
            .store
            .reading(move |tx| {
                let facts = PortalFacts::of(tx, &town, account, resident, clock::day(now))?;
                act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance, now })
            })
            .await
    }

    /// Runs a closure in a writing transaction of the portal: what it reads holds until it has written.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl Fn(&store::Write<'_>, &Terms<'_>) -> Result<T, crate::FilingRefused> + Send + 'static,
    ) -> Result<T, crate::FilingRefused> {
        let (town, keys, now, (account, resident)) = self.known();
        let assurance = self.visitor.assurance();
        self.face
            .store
            .writing(move |tx| {
                let facts = PortalFacts::of(tx, &town, account, resident, clock::day(now))?;
                act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance, now })
            })
            .await
    }

    /// The same for 申請する alone, the one act that comes in a rush: its conditional updates and unique keys hold what must hold.
    pub(crate) async fn write_filing<T: Send + 'static>(
        &self,
        act: impl Fn(&store::Write<'_>, &Terms<'_>) -> Result<T, crate::FilingRefused> + Send + 'static,
    ) -> Result<T, crate::FilingRefused> {
        let (town, keys, now, (account, resident)) = self.known();
        let assurance = self.visitor.assurance();
        self.face
            .store
            .writing_relaxed(move |tx| {
                let facts = PortalFacts::of(tx, &town, account, resident, clock::day(now))?;
                act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance, now })
            })
            .await
    }

    fn known(&self) -> Known {
        let account = self.visitor.account.as_ref();
        let who = (account.map(|account| account.id), account.and_then(|account| account.resident));
        (Arc::clone(&self.town), Arc::clone(&self.face.keys), self.face.clock.now(), who)
    }
}

/// What a transaction takes along: the town, its keys, now, and who asks with what account.
type Known = (Arc<Town>, Arc<store::keys::Keys>, jiff::Timestamp, (Option<AccountId>, Option<ResidentId>));

/// What a refusal becomes on a page. Redirects are the handlers' own.
pub(crate) fn refusal(refused: crate::FilingRefused) -> PageError {
    use crate::FilingRefused;
    use axum::http::StatusCode;
    match refused {
        FilingRefused::NotFound | FilingRefused::NotOffered | FilingRefused::AlreadyFiled(_) => PageError::NotFound,
        FilingRefused::NotSure => PageError::NoAccount,
        FilingRefused::TooMuch(_) => PageError::TooLarge,
        FilingRefused::Store(error) => error.into(),
        FilingRefused::Closed(_) => PageError::say(StatusCode::CONFLICT, "cases-error-closed"),
        FilingRefused::Incomplete(_)
        | FilingRefused::MoreAsked
        | FilingRefused::DefinitionChanged
        | FilingRefused::SavedMeanwhile
        | FilingRefused::NotNow(_) => PageError::say(StatusCode::CONFLICT, "cases-error-not-now"),
    }
}

/// Goes to another page after a form was sent (303: the way back does not send it again).
pub(crate) fn see(path: &str) -> axum::response::Response {
    use axum::response::{IntoResponse, Redirect};
    Redirect::to(path).into_response()
}
