//! What the residents' side counts and tells the desk: how far forms were walked, what people answered after filing. Once a day, counts alone;
//! all of each day, so that a parcel that comes twice, or after a newer one, changes nothing.

use std::collections::BTreeMap;

use access::TownHandle;
use cases::walked::{self, Reached};
use definitions::{
    ids::{DepartmentId, ProcedureId},
    procedure::Version,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Parcel, Read, Row, StoreError, Write,
    hatch::{Failure, Receiver},
    params,
};
use uuid::Uuid;

use crate::{
    counted::{Change, Counted, Measure, Place, short_version},
    rows,
};

/// The kind of parcel that carries the counts.
pub const COUNTS: &str = "figures.counts";

/// So many days are told anew each time: a draft is kept for thirty days after its last touch.
const DAYS_TOLD: i64 = 75;

/// What is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// When it was counted.
    at: Timestamp,
    counts: Vec<ToldCount>,
}

/// One count of one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ToldCount {
    day: Date,
    procedure: ProcedureId,
    version: String,
    measure: Measure,
    detail: String,
    value: i64,
    n: i64,
}

const VOICES: &str = "select day, procedure, version, question, value, n from figures_voice where day >= $1 \
    order by day, procedure, version, question, value";

/// Tells the desk; a daily job of the portal calls it. Says how many counts.
///
/// # Errors
/// When the store fails.
pub fn tell(tx: &Write<'_>, today: Date, at: Timestamp) -> Result<usize, StoreError> {
    let from = today.saturating_sub(DAYS_TOLD.days());
    let mut sums: BTreeMap<(Date, ProcedureId, String, Measure, String, i64), i64> = BTreeMap::new();
    for walked in walked::counts(tx, from)? {
        let (measure, detail) = match walked.reached {
            Reached::Begun => (Measure::FormBegun, String::new()),
            Reached::Page(page) => (Measure::FormPage, page),
            Reached::Wrong(field) => (Measure::FormWrong, field),
            Reached::Filed => (Measure::FormFiled, String::new()),
        };
        let version = short_version(&Version(walked.version));
        *sums.entry((walked.day, walked.procedure, version, measure, detail, 0)).or_default() += walked.drafts;
    }
    for row in tx.all(VOICES, params![from])? {
        let voice = voice(&row)?;
        *sums.entry((voice.day, voice.procedure, voice.version, Measure::Voice, voice.detail, voice.value)).or_default() += voice.n;
    }
    let counts: Vec<ToldCount> = sums
        .into_iter()
        .map(|((day, procedure, version, measure, detail, value), n)| ToldCount { day, procedure, version, measure, detail, value, n })
        .collect();
    let count = counts.len();
    if count > 0 {
        let body = serde_json::to_vec(&Told { at, counts }).map_err(|_| StoreError::damaged("a parcel of counts"))?;
        tx.send(&Parcel { kind: COUNTS.to_owned(), id: at.as_microsecond().to_string(), body })?;
    }
    Ok(count)
}

fn voice(row: &Row) -> Result<ToldCount, StoreError> {
    Ok(ToldCount {
        day: row.get(0)?,
        procedure: row.get::<String>(1)?.parse().map_err(|_| StoreError::damaged("figures_voice.procedure"))?,
        version: row.get(2)?,
        measure: Measure::Voice,
        detail: row.get(3)?,
        value: row.get(4)?,
        n: row.get(5)?,
    })
}

/// Takes in the counts at the desk.
pub struct CountsReceiver {
    /// The town's definitions: they say whose a procedure is.
    pub town: TownHandle,
}

const KNOWN: &str = "select department, n, at from figures_told \
    where procedure = $1 and day = $2 and version = $3 and measure = $4 and detail = $5 and value = $6";
const KEEP: &str = "insert into figures_told (procedure, day, version, measure, detail, value, department, n, at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (procedure, day, version, measure, detail, value) \
    do update set n = excluded.n, at = excluded.at";

impl Receiver for CountsReceiver {
    fn kind(&self) -> &str {
        COUNTS
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let told: Told = serde_json::from_slice(&parcel.body)?;
        let town = self.town.current();
        let mut change = Change::default();
        for count in told.counts.iter().filter(|count| is_honest(count)) {
            let Some(procedure) = town.procedures.get(&count.procedure) else { continue };
            take_in(tx, &mut change, count, &procedure.department, told.at)?;
        }
        Ok(rows::add(tx, &change)?)
    }
}

/// Only what the residents' side has to tell, and nothing that an honest one cannot say: it is less trusted than the desk.
fn is_honest(count: &ToldCount) -> bool {
    let is_id = count.detail.parse::<definitions::ids::FieldId>().is_ok();
    let is_told = match count.measure {
        Measure::FormBegun | Measure::FormFiled => count.detail.is_empty() && count.value == 0,
        Measure::FormPage | Measure::FormWrong => is_id && count.value == 0,
        Measure::Voice => matches!(count.detail.as_str(), "ease" | "got") && (1..=5).contains(&count.value),
        _ => false,
    };
    let is_version = count.version.len() <= crate::counted::VERSION_LETTERS && count.version.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_told && is_version && (0..=COUNT_MOST).contains(&count.n)
}

/// More than a town has people who file in a day.
const COUNT_MOST: i64 = 10_000_000;

fn take_in(tx: &Write<'_>, change: &mut Change, count: &ToldCount, department: &DepartmentId, at: Timestamp) -> Result<(), StoreError> {
    let ToldCount { day, procedure, version, measure, detail, value, n } = count;
    let known = tx.first(KNOWN, params![procedure.to_string(), *day, version, measure.code(), detail, *value])?;
    let (department, before) = match known {
        Some(row) if row.get::<Timestamp>(2)? >= at => return Ok(()),
        Some(row) => (row.get::<String>(0)?.parse().map_err(|_| StoreError::damaged("figures_told.department"))?, row.get(1)?),
        None => (department.clone(), 0_i64),
    };
    let values = params![procedure.to_string(), *day, version, measure.code(), detail, *value, department.to_string(), *n, at];
    tx.run(KEEP, values)?;
    let place = Place { procedure: procedure.clone(), version: version.clone(), department };
    change.add(&place, &Counted { day: *day, measure: *measure, detail: detail.clone(), value: *value, n: n - before }, 1);
    Ok(())
}

/// The kind of parcel that carries what somebody wrote in their own words.
pub const SAID: &str = "figures.said";

/// What somebody wrote, tied to a procedure and a month and to nothing else.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    pub procedure: ProcedureId,
    pub month: String,
    pub text: String,
}

/// Keeps what somebody wrote, sealed, at the desk.
pub struct SaidReceiver {
    /// The desk's keys.
    pub keys: std::sync::Arc<store::keys::Keys>,
}

const KEEP_SAID: &str = "insert into figures_said (id, procedure, month, said) values ($1, $2, $3, $4) on conflict (id) do nothing";
const SAID_OF: &str = "select month, said from figures_said where procedure = $1 order by month desc, id limit $2";
const SEALED: &str = "figures_said.said";

impl Receiver for SaidReceiver {
    fn kind(&self) -> &str {
        SAID
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let said: Said = cases::parcel::opened(&self.keys, &parcel.body)?;
        let text: String = said.text.chars().take(crate::voice::CHARACTERS_MAX).collect();
        let sealed = self.keys.seal(SEALED, text.as_bytes())?;
        let month: crate::period::Month = said.month.parse()?;
        tx.run(KEEP_SAID, params![parcel.id.clone(), said.procedure.to_string(), month.to_string(), sealed])?;
        Ok(())
    }
}

/// The newest of what was written about a procedure: the month and the words.
///
/// # Errors
/// When the store fails.
pub fn said_of(tx: &Read<'_>, keys: &store::keys::Keys, procedure: &ProcedureId, most: i64) -> Result<Vec<(String, String)>, StoreError> {
    let opened = |row: &Row| {
        let text = keys.unseal(SEALED, &row.get::<Vec<u8>>(1)?).map_err(|_| StoreError::damaged(SEALED))?;
        Ok((row.get(0)?, String::from_utf8_lossy(&text).into_owned()))
    };
    tx.all(SAID_OF, params![procedure.to_string(), most])?.iter().map(opened).collect()
}

/// A name for a parcel that says nothing of whose it is.
pub(crate) fn unnamed() -> String {
    Uuid::now_v7().simple().to_string().chars().rev().collect()
}
