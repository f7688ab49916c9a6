//! How far forms are walked: begun, which pages were completed, which questions did not take what was typed, filed. Noted by draft, so that a
//! page that is saved ten times is one page, and forgotten with time; what leaves here are counts by the day on which drafts were begun.
//!
//! Each note is a row of its own: nobody who files waits for somebody else's count.

use definitions::{form::Filled, ids::ProcedureId, procedure::Page};
use jiff::civil::Date;
use store::{Read, Row, StoreError, Write, params};

use crate::{
    clock,
    draft::{Draft, DraftId},
    sealed::column,
};

/// Days that notes are kept: a draft is kept for 30 after its last touch, and may be touched for long.
pub const NOTES_KEPT_DAYS: i64 = 120;

const BEGUN: &str =
    "insert into form_walked (draft, reached, procedure, version, day) values ($1, '', $2, $3, $4) on conflict (draft, reached) do nothing";
const REACHED: &str = "insert into form_walked (draft, reached, procedure, version, day) \
    select draft, $2, procedure, version, day from form_walked where draft = $1 and reached = '' on conflict (draft, reached) do nothing";
/// Reads `form_walked_day` from a day on, and no other row.
const COUNTS: &str = "select day, procedure, version, reached, count(*) from form_walked where day >= $1 \
    group by day, procedure, version, reached order by day, procedure, version, reached";
const SWEEP: &str = "delete from form_walked where day < $1";

/// What of a form was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// It was begun.
    Begun,
    /// A page was completed.
    Page(String),
    /// A question did not take what was typed into it.
    Wrong(String),
    /// It was filed.
    Filed,
}

impl Reached {
    fn read(code: &str) -> Reached {
        match code {
            "" => Reached::Begun,
            "+" => Reached::Filed,
            other => other.strip_prefix('!').map_or_else(|| Reached::Page(other.to_owned()), |field| Reached::Wrong(field.to_owned())),
        }
    }
}

/// A count of drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// The day on which they were begun.
    pub day: Date,
    /// Of what.
    pub procedure: ProcedureId,
    /// Under which version.
    pub version: String,
    /// What they reached.
    pub reached: Reached,
    /// How many.
    pub drafts: i64,
}

pub(crate) fn begun(tx: &Write<'_>, draft: &Draft) -> Result<(), StoreError> {
    let day = clock::day(draft.touched_at);
    tx.run(BEGUN, params![draft.id.to_string(), draft.procedure.to_string(), draft.version.0.clone(), day]).map(drop)
}

/// A page was saved: it is complete, or some of its questions do not take what was typed. What is merely missing is no mistake: the person may
/// have pressed "back".
pub(crate) fn saved(tx: &Write<'_>, draft: &Draft, page: &Page, filled: &Filled) -> Result<(), StoreError> {
    let is_complete = filled.pages.iter().any(|state| state.id == page.id && state.complete);
    if is_complete {
        return reached(tx, draft.id, page.id.as_str());
    }
    for field in page.fields.keys() {
        let is_wrong = filled.problems.iter().any(|problem| problem.path.split('.').next() == Some(field.as_str()));
        let is_typed = draft
            .typed
            .iter()
            .any(|(name, values)| name.split('.').next() == Some(field.as_str()) && values.iter().any(|value| !value.trim().is_empty()));
        if is_wrong && is_typed {
            reached(tx, draft.id, &format!("!{field}"))?;
        }
    }
    Ok(())
}

pub(crate) fn filed(tx: &Write<'_>, draft: DraftId) -> Result<(), StoreError> {
    reached(tx, draft, "+")
}

fn reached(tx: &Write<'_>, draft: DraftId, what: &str) -> Result<(), StoreError> {
    tx.run(REACHED, params![draft.to_string(), what]).map(drop)
}

/// The counts of drafts that were begun from a day on: all of each day, so that whoever keeps them may write them over what they had.
///
/// # Errors
/// When the store fails.
pub fn counts(tx: &Read<'_>, from: Date) -> Result<Vec<Walked>, StoreError> {
    let found = |row: &Row| {
        Ok(Walked {
            day: row.get(0)?,
            procedure: column(row, 1, "form_walked.procedure")?,
            version: row.get(2)?,
            reached: Reached::read(&row.get::<String>(3)?),
            drafts: row.get(4)?,
        })
    };
    tx.all(COUNTS, params![from])?.iter().map(found).collect()
}

/// Forgets what is older than [`NOTES_KEPT_DAYS`]; a daily job calls it.
///
/// # Errors
/// When the store fails.
pub fn sweep(tx: &Write<'_>, today: Date) -> Result<u64, StoreError> {
    tx.run(SWEEP, params![today.saturating_sub(jiff::Span::new().days(NOTES_KEPT_DAYS))])
}
