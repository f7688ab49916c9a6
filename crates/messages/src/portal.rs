//! Residents' pages of this room: the notices on my page.

use access::{AccountId, PageError, PortalFace, Posted, Visitor, shell::with_look};
use axum::{
    Router,
    extract::{Query, State},
    response::{Html, Redirect},
    routing::{get, post},
};
use definitions::text::Language;
use jiff::Timestamp;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::{Crumb, Flash, PortalPage, SignedIn, csrf_input},
    parts::{self, ChipTone, Say, Tone, Weight, icons},
    words::{Value, Words},
};

use crate::notice::{self, Before, Content, Shown};

/// Notices on a page; more than a household gets in a year.
const A_PAGE: i64 = 20;

/// `/my/notices`.
pub fn router() -> Router<PortalFace> {
    Router::new().route("/my/notices", get(list)).route("/my/notices/open", post(open)).route("/my/notices/read-all", post(read_all))
}

/// Where a page of the list begins: after the notice with this moment and id. `done`: all were just marked as read.
#[derive(serde::Deserialize)]
struct Page {
    at: Option<i64>,
    id: Option<String>,
    done: Option<String>,
}

impl Page {
    fn before(&self) -> Option<Before> {
        let at = Timestamp::from_microsecond(self.at?).ok()?;
        Some(Before { at, id: self.id.clone()? })
    }
}

async fn list(State(face): State<PortalFace>, visitor: Visitor, Query(page): Query<Page>) -> Result<Html<String>, PageError> {
    let account = visitor.signed_in()?.id;
    let before = page.before();
    let is_first = before.is_none();
    let (mut shown, unread) = face
        .store
        .reading(move |tx| {
            let shown = notice::notices(tx, account, before.as_ref(), A_PAGE + 1)?;
            Ok::<_, StoreError>((shown, notice::unread(tx, account)?))
        })
        .await?;
    let more = shown.len() as i64 > A_PAGE;
    shown.truncate(usize::try_from(A_PAGE).unwrap_or(usize::MAX));
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let body = html! {
        h1 { (say.html("messages-notices-title", &[])) }
        (notices(say, &shown, unread, &visitor.csrf, more, is_first))
    };
    let title = say.text("messages-notices-title", &[]);
    let done = say.text("messages-notices-read-all-done", &[]);
    let flash = page.done.is_some().then_some(Flash { tone: Tone::Good, text: &done });
    let my_page = say.text("messages-my-page", &[]);
    let trail = [Crumb { label: &my_page, href: Some("/my") }, Crumb { label: &title, href: None }];
    let town = face.town.current();
    let who = visitor.account.as_ref().map(|account| SignedIn { name: account.shown(), csrf: &visitor.csrf });
    let page = with_look(&town, visitor.language, face.demo, |look| {
        PortalPage::new(&words, visitor.language, look, &title).signed_in(who).here("/my").trail(&trail).flash(flash).show(body)
    });
    Ok(Html(page.into_string()))
}

/// The list, for this page and, cut short, for my page.
pub fn notices(say: Say<'_>, shown: &[Shown], unread: i64, csrf: &str, more: bool, is_first: bool) -> Markup {
    if shown.is_empty() {
        return parts::empty(icons::MAIL, say.html("messages-notices-none", &[]), say.html("messages-notices-empty", &[]));
    }
    let last = shown.last().map(|last| format!("/my/notices?at={}&id={}", last.at.as_microsecond(), encoded(&last.id)));
    html! {
        p.lead { (say.html("messages-notices-lead", &[])) }
        @if unread > 0 {
            div.row.actions {
                p { (say.html("messages-notices-unread-count", &[("count", unread.into())])) }
                (parts::post_button(Weight::Quiet, "/my/notices/read-all", csrf, say.html("messages-notices-read-all", &[])))
            }
        }
        ol.thread {
            @for one in shown { (line(say, one, csrf)) }
        }
        (parts::next_page(say, shown.len(), last.as_deref().filter(|_| more), (!is_first).then_some("/my/notices")))
    }
}

fn line(say: Say<'_>, one: &Shown, csrf: &str) -> Markup {
    html! {
        li {
            header {
                @if one.read_at.is_none() { (parts::chip(ChipTone::Act, &say.text("messages-notices-unread", &[]))) " " }
                small { (moment(say.words, say.language, one.at)) }
            }
            @for text in text(say, &one.content).lines().filter(|line| !line.trim().is_empty()) { p { (text) } }
            form method="post" action="/my/notices/open" {
                (csrf_input(csrf))
                input type="hidden" name="id" value=(one.id);
                button.btn.second.small type="submit" { (say.html("messages-notices-open", &[])) (icons::ARROW_RIGHT) }
            }
        }
    }
}

/// What a notice says, in the language that is read now where it is in our words.
pub fn text(say: Say<'_>, content: &Content) -> String {
    match content {
        Content::Words { id, args } => {
            let args: Vec<(&str, Value<'_>)> = args.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
            say.text(id, &args)
        }
        Content::Text(text) => text.clone(),
    }
}

fn moment(words: &Words, language: Language, at: Timestamp) -> Markup {
    // Japan is UTC+9 all year.
    words.moment_html(language, jiff::tz::Offset::constant(9).to_datetime(at))
}

/// Ids are ours, with colons and hyphens; everything else is encoded all the same.
fn encoded(id: &str) -> String {
    id.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'-' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

async fn open(State(face): State<PortalFace>, visitor: Visitor, Posted(typed): Posted) -> Result<Redirect, PageError> {
    let account = visitor.signed_in()?.id;
    let id = typed.first("id").unwrap_or_default().to_owned();
    let now = face.clock.now();
    let link = face.store.writing(move |tx| notice::open(tx, account, &id, now)).await?.ok_or(PageError::NotFound)?;
    Ok(Redirect::to(&link))
}

async fn read_all(State(face): State<PortalFace>, visitor: Visitor, Posted(_): Posted) -> Result<Redirect, PageError> {
    let account: AccountId = visitor.signed_in()?.id;
    let now = face.clock.now();
    face.store.writing(move |tx| notice::read_all(tx, account, now)).await?;
    Ok(Redirect::to("/my/notices?done=1"))
}
