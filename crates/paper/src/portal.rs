//! The blank form of a procedure: `GET /procedures/ID/paper.pdf`, larger with `?large=1`, in the reader's language beside the Japanese.
//!
//! Everybody gets the same sheet, so it is set once and kept. What is not kept costs the press a fraction of a second: how often one client
//! and all together may make it work is bounded, and so is how many wait for it at a time, so that letters never wait for long.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use access::{PageError, PortalFace, Visitor, throttle};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use definitions::{ids::ProcedureId, procedure::Procedure, text::Language, town::Town};
use indexmap::IndexMap;
use jiff::civil::Date;
use letters::Press;
use tokio::sync::Semaphore;

use crate::{PaperProblem, Prefill, PrintedForm, Wish, is_offered, print};

/// Sheets that one client may make the press set: a kiosk in a library, where people print all day, asks for some thirty different ones an hour.
const A_CLIENT: throttle::Rate = throttle::Rate { most: 60, per: Duration::from_secs(3600) };

/// Sheets that all together may make it set. 600 × 0.3 s = 3 minutes of one processor in an hour.
const ALL: throttle::Rate = throttle::Rate { most: 600, per: Duration::from_secs(3600) };

/// Sheets that wait for the press at a time, in the whole process: a letter waits for no more than these.
static WAITING: Semaphore = Semaphore::const_new(4);

/// What is kept of blank forms: 32 MB hold some 300 sheets of 100 kB, all that a town's residents ask for in a day.
const KEPT_BYTES_MAX: usize = 32 << 20;

/// `/procedures/…/paper.pdf`.
pub fn router(press: Arc<Press>) -> Router<PortalFace> {
    let kept = Arc::new(Kept { press, sheets: Mutex::default() });
    Router::new().route("/procedures/{procedure}/paper.pdf", get(move |face, visitor, path, query| blank(kept, face, visitor, path, query)))
}

/// Blank forms, and the press that sets them.
struct Kept {
    press: Arc<Press>,
    sheets: Mutex<Sheets>,
}

/// Which sheet: the town as it was read, the procedure, the language, larger or not.
type Key = (String, ProcedureId, Language, bool);

/// The sheets that were set, those longest unasked first.
#[derive(Default)]
struct Sheets {
    by_key: IndexMap<Key, Bytes>,
    bytes: usize,
}

impl Sheets {
    fn get(&mut self, key: &Key) -> Option<Bytes> {
        let place = self.by_key.get_index_of(key)?;
        self.by_key.move_index(place, self.by_key.len() - 1);
        self.by_key.get(key).cloned()
    }

    fn keep(&mut self, key: Key, sheet: Bytes) {
        self.bytes += sheet.len();
        if let Some(before) = self.by_key.insert(key, sheet) {
            self.bytes -= before.len();
        }
        while self.bytes > KEPT_BYTES_MAX
            && let Some((_, oldest)) = self.by_key.shift_remove_index(0)
        {
            self.bytes -= oldest.len();
        }
    }
}

#[derive(serde::Deserialize)]
struct Asked {
    large: Option<String>,
}

async fn blank(
    kept: Arc<Kept>,
    State(face): State<PortalFace>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let town = face.town.current();
    let procedure = town.procedure(&id).filter(|procedure| is_offered(procedure)).cloned().ok_or(PageError::NotFound)?;
    let large = asked.large.as_deref() == Some("1");
    let key = (town.digest.clone(), procedure.id.clone(), visitor.language, large);
    let there = kept.sheets.lock().unwrap_or_else(PoisonError::into_inner).get(&key);
    let bytes = match there {
        Some(bytes) => bytes,
        None => {
            may_print(&face, &visitor).await?;
            let printed = set(&kept.press, &town, &procedure, (visitor.language, large, None), face.clock.today()).await?;
            let bytes = Bytes::from(printed.pdf);
            kept.sheets.lock().unwrap_or_else(PoisonError::into_inner).keep(key, bytes.clone());
            bytes
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}.pdf\"", procedure.id)),
        (header::CACHE_CONTROL, "private, max-age=600".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Takes one try of this client and one of all.
///
/// # Errors
/// When either has made the press work too often.
pub async fn may_print(face: &PortalFace, visitor: &Visitor) -> Result<(), PageError> {
    let (client, now) = (visitor.client_key(&face.keys), face.clock.now());
    let taken = face
        .store
        .writing(move |tx| match throttle::take(tx, "paper-client", &client, A_CLIENT, now)? {
            Ok(()) => throttle::take(tx, "paper", "all", ALL, now),
            wait => Ok(wait),
        })
        .await;
    taken.map_err(|error: store::StoreError| PageError::from(error))?.map_err(PageError::TooMany)
}

/// Sets a sheet, without holding up whoever answers pages. See [`may_print`], which is asked before.
///
/// # Errors
/// [`PageError::Busy`] when too many wait for the press; our own fault when it could not be set.
pub async fn set(
    press: &Arc<Press>,
    town: &Arc<Town>,
    procedure: &Arc<Procedure>,
    (language, large, prefill): (Language, bool, Option<Prefill>),
    on: Date,
) -> Result<PrintedForm, PageError> {
    let _place = WAITING.try_acquire().map_err(|_| PageError::Busy)?;
    let (press, town, procedure) = (Arc::clone(press), Arc::clone(town), Arc::clone(procedure));
    let setting = move || print(&press, &town, &procedure, &Wish { language, large, prefill: prefill.as_ref() }, on);
    let printed = tokio::task::spawn_blocking(setting).await.map_err(PageError::internal)?;
    printed.map_err(|problem: PaperProblem| PageError::internal(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        ("digest".into(), name.parse().unwrap(), Language::Ja, false)
    }

    #[test]
    fn what_was_asked_for_longest_ago_goes_first_and_the_bytes_are_bounded() {
        let mut sheets = Sheets::default();
        let sheet = Bytes::from(vec![0; KEPT_BYTES_MAX / 3]);
        for name in ["a", "b", "c"] {
            sheets.keep(key(name), sheet.clone());
        }
        assert!(sheets.get(&key("a")).is_some());
        sheets.keep(key("d"), sheet.clone());
        assert!(sheets.get(&key("b")).is_none() && sheets.get(&key("a")).is_some() && sheets.bytes <= KEPT_BYTES_MAX);
        // The same twice counts once; what is larger than all is not kept.
        sheets.keep(key("d"), sheet.clone());
        assert_eq!(sheets.bytes, sheet.len() * 3);
        sheets.keep(key("e"), Bytes::from(vec![0; KEPT_BYTES_MAX + 1]));
        assert_eq!((sheets.bytes, sheets.by_key.len()), (0, 0));
    }
}
