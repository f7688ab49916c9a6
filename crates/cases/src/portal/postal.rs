//! 郵便番号から住所を入れる: the postal code completes an address down to the town. What was written is never overwritten; a code that names
//! several towns fills in what they have in common and names them.

use std::sync::Arc;

use access::{PageError, Posted};
use axum::Json;
use definitions::{
    field::{Field, Kind},
    ids::FieldId,
    town::Town,
    typed::Typed,
};
use indexmap::IndexMap;
use jp::postal::{PostalCode, PostalPlace, in_common};
use ui::{
    field::{Postal, Pressed},
    parts::Say,
};

use super::{Reader, Sheet};
use crate::filing;

/// Where scripts ask. By POST: what somebody types into a form stands in no address and in no log.
pub(super) const URL: &str = "/postal";

/// Most towns that are named to choose from: the most that one code has in a municipality is some sixty.
const TOWNS_TOLD_MAX: usize = 80;

/// What the script is told.
#[derive(serde::Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    towns: Option<Vec<String>>,
}

pub(super) async fn ask(sheet: Sheet, Posted(typed): Posted) -> Result<Json<Answer>, PageError> {
    Ok(Json(answer(&sheet.town, &typed).await?))
}

/// What is told of the `code` that a script posted.
pub(crate) async fn answer(town: &Town, typed: &Typed) -> Result<Answer, PageError> {
    let places = places(town, typed.first("code").unwrap_or_default()).await?.unwrap_or_default();
    Ok(match places.is_empty() {
        true => Answer { address: None, towns: None },
        false => Answer { address: Some(in_common(&places)), towns: Some(towns(&places)) },
    })
}

/// The places of a code as it was typed; none when it is no code. The table may be read now, so this waits elsewhere.
async fn places(town: &Town, typed: &str) -> Result<Option<Vec<PostalPlace>>, PageError> {
    let Ok(code) = PostalCode::parse(typed) else { return Ok(None) };
    let codes = Arc::clone(&town.postal);
    tokio::task::spawn_blocking(move || codes.places(code)).await.map(Some).map_err(PageError::internal)
}

/// The towns of places, or, where there are several municipalities, the whole places.
fn towns(places: &[PostalPlace]) -> Vec<String> {
    let is_one_city = places.windows(2).all(|pair| pair[0].city == pair[1].city && pair[0].prefecture == pair[1].prefecture);
    let name = |place: &PostalPlace| if is_one_city { place.town.clone() } else { place.to_string() };
    places.iter().map(name).filter(|name| !name.is_empty() || places.len() == 1).take(TOWNS_TOLD_MAX).collect()
}

/// What is filled in when the button of an address was pressed.
pub(crate) struct Completion {
    path: String,
    address: String,
}

/// Looks up what a press of the button means, before the draft is written.
pub(crate) async fn completion(town: &Town, pressed: Option<&Pressed>, posted: &Typed) -> Result<Option<Completion>, PageError> {
    let Some(Pressed::Postal { path }) = pressed else { return Ok(None) };
    let found = places(town, posted.first(&format!("{path}.postal")).unwrap_or_default()).await?.unwrap_or_default();
    Ok(Some(Completion { path: path.clone(), address: in_common(&found) }))
}

impl Completion {
    /// Fills in the address of a draft, where nothing was written and the question is one of these.
    pub(crate) fn apply(&self, draft: &mut Typed, fields: &IndexMap<FieldId, Field>) {
        let text = format!("{}.text", self.path);
        let is_empty = draft.first(&text).is_none_or(|text| text.trim().is_empty());
        if is_empty && !self.address.is_empty() && matches!(filing::kind_at(draft, fields, &self.path), Some(Kind::Address)) {
            draft.set(text, [&self.address]);
        }
    }
}

/// What is said beside an address after its button was pressed.
pub(crate) async fn said(town: &Town, say: Say<'_>, typed: &Typed, path: &str) -> Result<String, PageError> {
    let say = |id: &str| say.text(id, &[]);
    let part = |part: &str| typed.first(&format!("{path}.{part}")).unwrap_or_default();
    let Some(places) = places(town, part("postal")).await? else { return Ok(say("ui-postal-digits")) };
    let (address, towns) = (in_common(&places), towns(&places));
    let written = part("text").trim();
    let list = if towns.len() > 1 { towns.join("、") } else { address.clone() };
    Ok(if places.is_empty() {
        say("ui-postal-unknown")
    } else if !written.is_empty() && (address.is_empty() || !written.starts_with(&address)) {
        format!("{}{list}", say("ui-postal-kept-lead"))
    } else if towns.len() > 1 {
        format!("{}{list}", say("ui-postal-several-lead"))
    } else {
        say("ui-postal-found")
    })
}

/// How the address of a page says that the button of an address on it was pressed.
pub(super) fn query(pressed: &Pressed) -> String {
    // A path is made of letters of ids, digits and dots; another is no question of ours.
    let is_path = |path: &str| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    match pressed {
        Pressed::Postal { path } if is_path(path) => format!("&postal={path}"),
        _ => String::new(),
    }
}

/// The path read back from an address.
pub(super) fn of_query(query: &str) -> Option<String> {
    query.split('&').find_map(|part| part.strip_prefix("postal=")).map(ToOwned::to_owned)
}

/// How addresses of a page are completed; none where the town has no postal codes.
pub(super) fn view<'a>(sheet: &Reader, said: Option<&'a (String, String)>) -> Option<Postal<'a>> {
    sheet.town.postal.are_there().then(|| Postal { url: URL, said: said.map(|(path, words)| (path.as_str(), words.as_str())) })
}
