//! 連携の画面: what a member of staff may hand over and take in, what became of it, and what is to be mended.

mod come;
mod go;
mod show;

use access::{Act, DeskFace, PageError, Staff};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    routing::{get, post},
};
use definitions::{
    mapping::{Direction, Mapping},
    text::Language,
    town::Town,
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::parts::{self, Card, Say, icons};

use crate::{
    office::{By, Office, cases_of},
    pieces::FILE_BYTES_MAX,
};

/// Pages below `/desk/exchange`.
pub(crate) fn router() -> Router<DeskFace> {
    let upload = Router::new()
        .route("/desk/exchange/{mapping}/imports", post(come::upload))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + (1 << 20)));
    Router::new()
        .route("/desk/exchange", get(list))
        .route("/desk/exchange/{mapping}", get(page))
        .route("/desk/exchange/{mapping}/batches", post(go::begin))
        .route("/desk/exchange/{mapping}/batches/{number}/stop", post(go::stop))
        .route("/desk/exchange/{mapping}/batches/{number}/file", post(go::file))
        .merge(upload)
        .route("/desk/exchange/{mapping}/imports/{import}", get(come::show))
        .route("/desk/exchange/{mapping}/imports/{import}/{verb}", post(come::act))
}

/// Whether this person may use any mapping of the town.
pub(crate) fn is_for(staff: &Staff, town: &Town) -> bool {
    town.mappings.values().any(|mapping| may_use(staff, town, mapping))
}

/// Whether a mapping is for this person: to take cases out needs `export`, to bring results in `work`, to bring a list in `correct`.
pub(crate) fn may_use(staff: &Staff, town: &Town, mapping: &Mapping) -> bool {
    let procedure = mapping.procedure.as_ref().and_then(|id| town.procedures.get(id));
    match (mapping.direction, procedure, &mapping.find) {
        (Direction::Out, Some(procedure), _) => access::may(staff, Act::Export, &cases_of(procedure)).is_some(),
        (Direction::In, Some(procedure), Some(_)) => access::may(staff, Act::Work, &cases_of(procedure)).is_some(),
        (Direction::In, _, None) => {
            let register = mapping.does.record.as_ref().and_then(|record| town.registers.get(&record.register));
            register.is_some_and(|register| {
                let state = register.states.keys().next().map(|state| state.as_str());
                registry::permitted::may_on_register(staff, Act::Correct, register, state).is_some()
            })
        }
        (Direction::Intake, Some(procedure), _) => access::may(staff, Act::Work, &cases_of(procedure)).is_some(),
        _ => false,
    }
}

/// The mapping of an address, for somebody whom it is for; to all others there is none.
fn mapping_for(face: &DeskFace, staff: &Staff, id: &str) -> Result<Mapping, PageError> {
    let town = face.town.current();
    town.mappings.get(id).filter(|mapping| may_use(staff, &town, mapping)).cloned().ok_or(PageError::NotFound)
}

/// The same of one direction: nothing is brought in by a mapping out, nor taken out by one in.
fn mapping_of(face: &DeskFace, staff: &Staff, id: &str, direction: Direction) -> Result<Mapping, PageError> {
    mapping_for(face, staff, id).and_then(|mapping| if mapping.direction == direction { Ok(mapping) } else { Err(PageError::NotFound) })
}

fn office(face: &DeskFace) -> Office {
    // No letter is set and no link is made by this room's verbs: the portal's address is not asked for.
    Office { town: face.town.current(), keys: std::sync::Arc::clone(&face.keys), words: face.words(), portal: String::new() }
}

fn by(staff: &Staff) -> By {
    By::Staff(Box::new(staff.clone()))
}

fn plain(text: &definitions::text::Text) -> String {
    ui::words::ruby::plain(&text.ja)
}

async fn list(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let mine: Vec<&Mapping> = town.mappings.values().filter(|mapping| may_use(&staff, &town, mapping)).collect();
    let title = say.text("desk-exchange-title", &[]);
    let groups = [
        (Direction::Out, "desk-exchange-out", "desk-exchange-out-help"),
        (Direction::In, "desk-exchange-in", "desk-exchange-in-help"),
        (Direction::Intake, "desk-exchange-intake", "desk-exchange-intake-help"),
    ];
    let body = html! {
        @if mine.is_empty() {
            (parts::empty(icons::FILES, say.html("desk-exchange-none", &[]), say.html("desk-exchange-none-help", &[])))
        }
        @for (direction, heading, help) in groups {
            @let of: Vec<(&Mapping, String)> =
                mine.iter().filter(|mapping| mapping.direction == direction).map(|mapping| (*mapping, format!("/desk/exchange/{}", mapping.id))).collect();
            @if !of.is_empty() {
                h2 { (say.html(heading, &[])) }
                p { (say.html(help, &[])) }
                (parts::cards(&of.iter().map(|(mapping, href)| Card {
                    href: Some(href),
                    icon: None,
                    title: html! { (plain(&mapping.title)) },
                    text: html! { (show::form_in_words(say, mapping)) },
                }).collect::<Vec<_>>()))
            }
        }
    };
    Ok(access::shell::desk_page(&face, Some(&staff), &title, |page| page, body))
}

/// Where a page of what arrived begins.
#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

async fn page(
    state: State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Result<Markup, PageError> {
    let mapping = mapping_for(&state.0, &staff, &id)?;
    match mapping.direction {
        Direction::Out => go::show(&state.0, &staff, &mapping).await,
        Direction::In => come::list(&state.0, &staff, &mapping, None).await,
        Direction::Intake => {
            let before = before.map(|id| id.parse().map_err(|_| PageError::NotFound)).transpose()?;
            come::arrived(&state.0, &staff, &mapping, before).await
        }
    }
}
