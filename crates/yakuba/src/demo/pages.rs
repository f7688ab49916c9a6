//! The demo's own pages: who to try it as, and the mail that was caught. They are mounted by `demo` alone.

use access::{DeskFace, PageError, PortalFace, Posted, Visitor, staff::session::Guest};
use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};
use messages::catcher::Caughts;
use serde::Deserialize;
use serde_json::{Value, json};
use ui::{
    page::csrf_input,
    parts::{self, Say, Weight},
};

use super::people;

/// Residents' side.
pub fn portal(caught: Caughts) -> Router<PortalFace> {
    Router::new()
        .route("/demo", get(start))
        .route("/demo/resident/{cast}", post(as_resident))
        .route("/demo/mail", get(mail))
        .route("/demo/mail.json", get(mail_json))
        .layer(Extension(caught))
}

/// Staff's side.
pub fn desk() -> Router<DeskFace> {
    Router::new().route("/desk/demo", get(staff_page)).route("/desk/demo/{cast}", post(as_staff))
}

async fn start(State(face): State<PortalFace>, visitor: Visitor) -> Result<Markup, PageError> {
    let (town, words) = (face.town.current(), face.words());
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("demo-title", &[]);
    let body = html! {
        h1 { (say.html("demo-title", &[])) }
        p.lead { (say.html("demo-lead", &[])) }
        h2 { (say.html("demo-resident", &[])) }
        p { a href="/" { (say.html("demo-anonymous", &[])) } }
        ul.grid {
            @for person in town.cast.residents.values() {
                li.panel {
                    b { (person.name) }
                    p { small { (person.note.as_deref().unwrap_or_default()) } }
                    form method="post" action={ "/demo/resident/" (person.id) } {
                        (csrf_input(&visitor.csrf))
                        (parts::button(Weight::Second, say.html("demo-try", &[("name", person.name.as_str().into())])))
                    }
                }
            }
        }
        h2 { (say.html("demo-staff", &[])) }
        p { a.btn href="/desk/demo" { (say.html("demo-staff-go", &[])) } }
        h2 { (say.html("demo-mail", &[])) }
        p { a href="/demo/mail" { (say.html("demo-mail-go", &[])) } }
    };
    Ok(access::shell::portal_page(&face, &visitor, &title, |page| page, body))
}

async fn as_resident(
    State(face): State<PortalFace>,
    visitor: Visitor,
    Path(cast): Path<String>,
    Posted(_): Posted,
) -> Result<Response, PageError> {
    if !face.town.current().cast.residents.keys().any(|id| id.as_str() == cast) {
        return Err(PageError::NotFound);
    }
    access::portal::sign_in_as(&face, &visitor, people::account_of(&cast), "/my").await
}

async fn staff_page(State(face): State<DeskFace>, guest: Guest) -> Result<Markup, PageError> {
    let (town, words) = (face.town.current(), face.words());
    let say = Say { words: &words, language: definitions::text::Language::Ja };
    let title = say.text("demo-staff", &[]);
    let plain = |text: Option<&definitions::text::Text>| text.map(|text| ui::words::ruby::plain(&text.ja)).unwrap_or_default();
    let body = html! {
        p { (say.html("demo-staff-lead", &[])) }
        ul.grid {
            @for person in town.cast.staff.values() {
                li.panel {
                    b { (person.name) }
                    p {
                        (plain(town.departments.get(&person.department).map(|department| &department.name)))
                        " " (plain(town.roles.get(&person.role).map(|role| &role.name)))
                    }
                    form method="post" action={ "/desk/demo/" (person.id) } {
                        (csrf_input(&guest.csrf))
                        (parts::button(Weight::Primary, say.html("demo-try", &[("name", person.name.as_str().into())])))
                    }
                }
            }
        }
        p { a href="/demo" { (say.html("demo-back", &[])) } }
    };
    Ok(access::shell::desk_page(&face, None, &title, |page| page, body))
}

async fn as_staff(
    State(face): State<DeskFace>,
    guest: Guest,
    Path(cast): Path<String>,
    headers: HeaderMap,
    Posted(_): Posted,
) -> Result<Response, PageError> {
    access::desk::sign_in_as(&face, &guest, people::staff_of(&cast), &headers, "/desk/cases?queue=all").await
}

async fn mail(State(face): State<PortalFace>, visitor: Visitor, Extension(caught): Extension<Caughts>) -> Result<Markup, PageError> {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("demo-mail", &[]);
    let body = html! {
        h1 { (say.html("demo-mail", &[])) }
        p { (say.html("demo-mail-lead", &[])) }
        @for mail in caught.newest() {
            @let read = messages::catcher::readable(&mail.content);
            article.panel {
                p { b { (read.subject) } br; small { (mail.to.join("、")) " ← " (mail.from) } }
                pre.written { (read.text) }
            }
        }
    };
    Ok(access::shell::portal_page(&face, &visitor, &title, |page| page.personal(), body))
}

#[derive(Deserialize)]
struct To {
    to: Option<String>,
}

async fn mail_json(Query(asked): Query<To>, Extension(caught): Extension<Caughts>) -> Json<Value> {
    let mails = caught.newest();
    let wanted = mails.iter().filter(|mail| asked.to.as_ref().is_none_or(|to| mail.to.iter().any(|address| address == to)));
    Json(
        wanted
            .map(|mail| {
                let read = messages::catcher::readable(&mail.content);
                json!({ "to": mail.to, "subject": read.subject, "text": read.text })
            })
            .collect(),
    )
}
