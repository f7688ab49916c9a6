//! 職員名簿 The directory: who works here with which posts; forced sign-out; a code for a first or a new sign-in.

use axum::{
    extract::{Path, Query, State},
    response::Redirect,
};
use definitions::{text::Language, town::Town};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Entry, StoreError};
use ui::parts::{self, Column, Say, Tone, Weight};

use crate::{
    StaffId,
    error::PageError,
    face::DeskFace,
    grants::Authority,
    posted::Posted,
    shell,
    staff::{
        Post, Staff,
        directory::{self, Listed, SetUpCode, entry},
        session,
    },
    token::percent,
};

/// Lines on a page.
const PER_PAGE: i64 = 50;

#[derive(Deserialize)]
pub(super) struct From {
    #[serde(default)]
    after: String,
}

pub(super) fn permitted(who: &Staff) -> Result<Authority, PageError> {
    directory::may_administer(who).ok_or(PageError::NotFound)
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Query(from): Query<From>) -> Result<Markup, PageError> {
    permitted(&staff)?;
    page(&face, &staff, from.after, None).await
}

/// `given`: a code that was just made, and for whom. It is shown once.
async fn page(face: &DeskFace, staff: &Staff, after: String, given: Option<(String, String)>) -> Result<Markup, PageError> {
    let found = face
        .store
        .reading(move |tx| -> Result<_, StoreError> {
            let people = directory::all(tx, &after, PER_PAGE)?;
            people.into_iter().map(|who| Ok((directory::posts(tx, who.id)?, who))).collect::<Result<Vec<_>, StoreError>>()
        })
        .await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-staff-title", &[]);
    let headings: Vec<String> = ["access-staff-name", "access-desk-login", "access-staff-posts", "access-staff-state", "access-staff-do"]
        .map(|id| say.text(id, &[]))
        .to_vec();
    let columns: Vec<Column<'_>> = headings.iter().map(|label| Column { label, numeric: false }).collect();
    let lines: Vec<Vec<Markup>> = found.iter().map(|(posts, who)| line(face, staff, say, posts, who)).collect();
    let full = i64::try_from(found.len()).is_ok_and(|count| count == PER_PAGE);
    let more = found.last().filter(|_| full).map(|(_, who)| format!("/desk/staff?after={}", percent(&who.login)));
    let body = html! {
        @if let Some((name, code)) = &given {
            div role="status" {
                (parts::notice(Tone::Info, html! {
                    p { (say.html("access-staff-code-given", &[("name", name.as_str().into())])) }
                    p { span.number { (code) } }
                }))
            }
        }
        (parts::table(Some(&title), &columns, &lines))
        (parts::next_page(say, found.len(), more.as_deref(), None))
    };
    Ok(shell::desk_page_at(face, Some(staff), &title, "/desk/staff", |page| page, body))
}

fn line(face: &DeskFace, staff: &Staff, say: Say<'_>, posts: &[Post], who: &Listed) -> Vec<Markup> {
    let town = face.town.current();
    let today = face.clock.today();
    let held = held(say, &town, posts, today);
    let verbs = html! {
        @if who.active {
            (parts::post_button(Weight::Second, &format!("/desk/staff/{}/set-up-code", who.id), &staff.csrf, say.html("access-staff-give-code", &[])))
            (parts::post_button(Weight::Second, &format!("/desk/staff/{}/sign-out", who.id), &staff.csrf, say.html("access-staff-sign-out", &[])))
        }
    };
    vec![html! { a href={ "/desk/staff/" (who.id) } { (who.name) } }, html! { (who.login) }, held, say.html(state_words(who), &[]), verbs]
}

/// Whether somebody may sign in, as word id.
pub(super) fn state_words(who: &Listed) -> &'static str {
    match (who.active, who.is_set_up) {
        (false, _) => "access-staff-left",
        (true, false) => "access-staff-not-set-up",
        (true, true) => "access-staff-active",
    }
}

/// Posts with their days.
pub(super) fn held(say: Say<'_>, town: &Town, posts: &[Post], today: Date) -> Markup {
    html! {
        @for post in posts {
            div {
                (shell::post_shown(post, town)) "　" (post.from) "〜" (post.until)
                @if !post.is_held_on(today) { " " (say.html("access-staff-not-today", &[])) }
            }
        }
    }
}

/// Ends all sessions of someone: a terminal was left open, a person has gone.
pub(super) async fn sign_out(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>, _: Posted) -> Result<Redirect, PageError> {
    let authority = permitted(&staff)?;
    let (id, now): (StaffId, _) = (id.parse().map_err(|_| PageError::NotFound)?, face.clock.now());
    face.store
        .writing(move |tx| -> Result<_, PageError> {
            directory::by_id(tx, id)?.ok_or(PageError::NotFound)?;
            session::end_all(tx, id, "forced", now)?;
            Ok(tx.journal(&Entry { authority: authority.to_string(), ..entry(&staff.actor(), "signed-out-by-force", id) })?)
        })
        .await?;
    Ok(Redirect::to("/desk/staff"))
}

/// A new one-time code: for someone new, and for someone who lost the telephone.
pub(super) async fn set_up_code(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Markup, PageError> {
    permitted(&staff)?;
    let (id, now): (StaffId, _) = (id.parse().map_err(|_| PageError::NotFound)?, face.clock.now());
    let code = SetUpCode::draw()?;
    let (given, by) = (code.clone(), staff.actor());
    let who = face
        .store
        .writing(move |tx| -> Result<_, PageError> {
            let who = directory::by_id(tx, id)?.filter(|who| who.active).ok_or(PageError::NotFound)?;
            directory::set_up_code(tx, id, &given, &by, now)?;
            Ok(who)
        })
        .await?;
    page(&face, &staff, String::new(), Some((who.name, code.shown()))).await
}
