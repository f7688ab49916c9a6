//! 職員の画面と離職・停止: one member of staff, and the way to end their work here.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use jiff::civil::Date;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Fact, Say, Tone, Weight},
};

use super::directory::{held, permitted, state_words};
use crate::{
    StaffId,
    error::PageError,
    face::DeskFace,
    posted::Posted,
    shell,
    staff::{
        Farewell, Leaving, Post, Staff,
        directory::{self, Listed},
        leave as let_go,
    },
};

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    permitted(&staff)?;
    let (who, posts) = found(&face, &id).await?;
    Ok(page(&face, &staff, &who, &posts, None))
}

async fn found(face: &DeskFace, id: &str) -> Result<(Listed, Vec<Post>), PageError> {
    let id: StaffId = id.parse().map_err(|_| PageError::NotFound)?;
    let found = face
        .store
        .reading(move |tx| -> Result<_, StoreError> {
            let Some(who) = directory::by_id(tx, id)? else { return Ok(None) };
            Ok(Some((who, directory::posts(tx, id)?)))
        })
        .await?;
    found.ok_or(PageError::NotFound)
}

fn page(face: &DeskFace, staff: &Staff, who: &Listed, posts: &[Post], wrong: Option<&'static str>) -> Markup {
    let (words, town, today) = (face.words(), face.town.current(), face.clock.today());
    let say = Say { words: &words, language: Language::Ja };
    let mut facts = vec![
        Fact { label: say.html("access-desk-login", &[]), value: html! { (who.login) } },
        Fact { label: say.html("access-staff-state", &[]), value: say.html(state_words(who), &[]) },
        Fact { label: say.html("access-staff-posts", &[]), value: held(say, &town, posts, today) },
    ];
    if let Some(last) = who.last {
        facts.push(Fact { label: say.html("access-leaving-last-day", &[]), value: say.words.day_html(Language::Ja, last) });
    }
    let body = html! {
        (parts::facts(&facts))
        @if who.active {
            section.panel { div.row {
                (parts::post_button(Weight::Second, &format!("/desk/staff/{}/set-up-code", who.id), &staff.csrf, say.html("access-staff-give-code", &[])))
                (parts::post_button(Weight::Second, &format!("/desk/staff/{}/sign-out", who.id), &staff.csrf, say.html("access-staff-sign-out", &[])))
            } }
            section.panel aria-labelledby="leaving" {
                h2 #leaving { (say.html("access-leaving-title", &[])) }
                @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (say.html(wrong, &[])) } })) }
                @if who.id == staff.id { p { (say.html("access-leaving-oneself", &[])) } } @else { (form(say, staff, who, today)) }
            }
        }
        (parts::back_link("/desk/staff", say.html("access-staff-title", &[])))
    };
    shell::desk_page_at(face, Some(staff), &who.name, "/desk/staff", |page| page, body)
}

fn form(say: Say<'_>, staff: &Staff, who: &Listed, today: Date) -> Markup {
    html! {
        p { (say.html("access-leaving-lead", &[])) }
        form method="post" action={ "/desk/staff/" (who.id) "/leave" } data-guard {
            (csrf_input(&staff.csrf))
            fieldset.q {
                legend.label { (say.html("access-leaving-why", &[])) }
                div.picks {
                    @for (why, words) in [(Leaving::Left, "access-leaving-left"), (Leaving::Suspended, "access-leaving-suspended")] {
                        label.pick { input type="radio" name="why" value=(why.code()) required; span { (say.html(words, &[])) } }
                    }
                }
            }
            div.q {
                label.label for="last-day" { (say.html("access-leaving-last-day", &[])) }
                p.help id="last-day-help" { (say.html("access-leaving-last-day-help", &[])) }
                input.in.m id="last-day" type="date" name="last-day" value=(today) min=(today) aria-describedby="last-day-help" required;
            }
            div.row.actions { (parts::button(Weight::Second, say.html("access-leaving-do", &[]))) }
        }
    }
}

/// Ends somebody's work here: at once, or on a later last day.
pub(super) async fn leave(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let authority = permitted(&staff)?;
    let (who, posts) = found(&face, &id).await?;
    let today = face.clock.today();
    let refused = |wrong| Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&face, &staff, &who, &posts, Some(wrong))).into_response());
    if who.id == staff.id {
        // Another keeper does it: so there always is one.
        return refused("access-leaving-oneself");
    }
    let Some(why) = typed.first("why").and_then(Leaving::from_code) else { return refused("access-leaving-why-due") };
    let last = typed.first("last-day").unwrap_or_default().parse::<Date>();
    let Some(last) = last.ok().filter(|last| *last >= today) else { return refused("access-leaving-day-wrong") };
    let farewell = Farewell { by: staff.actor(), authority: authority.to_string(), why, today, now: face.clock.now() };
    let (leaver, rooms) = (who.id, face.on_leave.clone());
    let left = face.store.writing(move |tx| let_go(tx, leaver, last, &farewell, &rooms)).await?;
    if !left {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to(&format!("/desk/staff/{leaver}")).into_response())
}
