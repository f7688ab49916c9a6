//! 台帳への記入 and 調定: what a decision writes into the town's registers, and what is due because of it.

use access::{CaseId, RecordId};
use definitions::{
    answer::Answers,
    condition::Value,
    facts::Facts,
    form::Known,
    kinds,
    procedure::{Effect, Fee, Procedure},
    town::Town,
};
use jiff::civil::Date;
use registry::{
    known::DeskFacts,
    records::{self, Cause, Doing, RegisterError},
};
use sha2::{Digest, Sha256};
use store::{Read, StoreError, Write, params};

use crate::{
    asked,
    case::Case,
    clock, decide,
    effects::Name,
    rows,
    verbs::{Acting, Refused},
};

const CHARGE: &str =
    "insert into case_charge (case_id, effect, yen, what) values ($1, $2, $3, $4) on conflict (case_id, effect) do nothing";
const CHARGED: &str = "select yen from case_charge where case_id = $1 and effect = $2";
const CHANGE: &str = "update case_charge set yen = $3 where case_id = $1 and effect = $2";

/// Applies one effect on a register, or records an amount as due.
#[allow(clippy::too_many_arguments)]
pub(crate) fn apply(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    case: &Case,
    procedure: &Procedure,
    details: &Answers,
    name: &Name,
    effect: &Effect,
    on: Date,
) -> Result<(), Refused> {
    let facts = facts(tx, acting.town, case, on)?;
    let due = decide::consult::due_so_far(tx, case)?;
    let names = Known::new(procedure, &case.answers, &facts, on)
        .with("case", asked::of_case(case, Some(due), on))
        .with("outcome", kinds::record(details, &[]));
    if let Effect::Charge { amount, text } = effect {
        if let Value::Int(yen) = amount.value(&names) {
            tx.run(CHARGE, params![case.id.to_string(), name.0.as_str(), yen, text.ja.as_str()])?;
        }
        return Ok(());
    }
    let doing = Doing {
        actor: acting.staff.actor(),
        authority: format!("case:{}", case.id),
        cause: Cause::Decision { case: case.id },
        today: on,
        now: acting.now,
    };
    match records::carry_out(tx, acting.town, &doing, effect, &names, record_id(case, name)) {
        Ok(_) => Ok(()),
        Err(RegisterError::Refused(refused)) => Err(Refused::Register(refused)),
        Err(RegisterError::Store(error)) => Err(error.into()),
    }
}

/// 手数料: what is due when the case is filed is recorded as due (調定), to be paid at the counter or by slip.
pub(crate) fn charge_fee(tx: &Write<'_>, case: &Case, procedure: &Procedure, facts: &dyn Facts, today: Date) -> Result<(), StoreError> {
    let Some(fee) = &procedure.fee else { return Ok(()) };
    if let Some(yen) = fee_of(fee, procedure, case, facts, today).filter(|yen| *yen > 0) {
        tx.run(CHARGE, params![case.id.to_string(), FEE, yen, fee.text.ja.as_str()])?;
    }
    Ok(())
}

/// What is due for these answers; none where it cannot be reckoned.
fn fee_of(fee: &Fee, procedure: &Procedure, case: &Case, facts: &dyn Facts, today: Date) -> Option<i64> {
    let names = Known::new(procedure, &case.answers, facts, today);
    match fee.amount.as_ref().map(|amount| amount.value(&names)) {
        Some(Value::Int(yen)) => Some(yen),
        // What the amount rests on is not asked: nothing is due for it.
        Some(Value::Absent) => fee.yen.or(Some(0)),
        Some(_) | None => fee.yen,
    }
}

/// 調定の変更: the fee of a case whose answers were corrected, reckoned for the day on which it was filed. Gives what was due before and what is
/// due now, where that changed. What cannot be reckoned stays as it was recorded.
pub(crate) fn charge_fee_anew(
    tx: &Write<'_>,
    case: &Case,
    procedure: &Procedure,
    facts: &dyn Facts,
) -> Result<Option<(i64, i64)>, StoreError> {
    let Some(fee) = &procedure.fee else { return Ok(None) };
    let Some(yen) = fee_of(fee, procedure, case, facts, clock::day(case.filed_at)).map(|yen| yen.max(0)) else { return Ok(None) };
    let row = tx.first(CHARGED, params![case.id.to_string(), FEE])?;
    let before: Option<i64> = row.map(|row| row.get(0)).transpose()?;
    if before.unwrap_or(0) == yen {
        return Ok(None);
    }
    match before {
        Some(_) => tx.run(CHANGE, params![case.id.to_string(), FEE, yen])?,
        None => tx.run(CHARGE, params![case.id.to_string(), FEE, yen, fee.text.ja.as_str()])?,
    };
    Ok(Some((before.unwrap_or(0), yen)))
}

/// What the registry knows for a case: of the applicant and their household where a clerk has linked their account or found them in the
/// registry, else of registers only.
///
/// # Errors
/// When the store fails.
pub fn facts<'t, 'c>(tx: &'t Read<'c>, town: &'t Town, case: &Case, on: Date) -> Result<DeskFacts<'t, 'c>, StoreError> {
    DeskFacts::of(tx, town, rows::marks::resident_of(tx, case)?, on)
}

/// The fee's name among what is due.
const FEE: &str = "fee";

/// What is due on a case: what for, and how many yen.
///
/// # Errors
/// When the store fails.
pub fn due(tx: &Read<'_>, case: CaseId) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx.all("select what, yen from case_charge where case_id = $1 order by effect", params![case.to_string()])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The record that an effect of this case enters: the same in each run.
fn record_id(case: &Case, effect: &Name) -> RecordId {
    let digest = Sha256::new().chain_update("record").chain_update(case.id.uuid().as_bytes()).chain_update(&effect.0).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    RecordId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
