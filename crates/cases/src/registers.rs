//! 台帳への記入 and 調定: what a decision writes into the town's registers, and what is due because of it.

use access::{CaseId, RecordId};
use definitions::{
    answer::Answers,
    condition::Value,
    facts::Facts,
    form::Known,
    ids::EffectId,
    kinds,
    procedure::{Effect, Procedure},
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
    decide, rows,
    verbs::{Acting, Refused},
};

const CHARGE: &str =
    "insert into case_charge (case_id, effect, yen, what) values ($1, $2, $3, $4) on conflict (case_id, effect) do nothing";

/// Applies one effect on a register, or records an amount as due.
#[allow(clippy::too_many_arguments)]
pub(crate) fn apply(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    case: &Case,
    procedure: &Procedure,
    details: &Answers,
    id: &EffectId,
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
            tx.run(CHARGE, params![case.id.to_string(), id.to_string(), yen, text.ja.as_str()])?;
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
    match records::carry_out(tx, acting.town, &doing, effect, &names, record_id(case, id)) {
        Ok(_) => Ok(()),
        Err(RegisterError::Refused(refused)) => Err(Refused::Register(refused)),
        Err(RegisterError::Store(error)) => Err(error.into()),
    }
}

/// 手数料: what is due when the case is filed is recorded as due (調定), to be paid at the counter or by slip.
pub(crate) fn charge_fee(tx: &Write<'_>, case: &Case, procedure: &Procedure, facts: &dyn Facts, today: Date) -> Result<(), StoreError> {
    let Some(fee) = &procedure.fee else { return Ok(()) };
    let names = Known::new(procedure, &case.answers, facts, today);
    let reckoned = fee.amount.as_ref().and_then(|amount| match amount.value(&names) {
        Value::Int(yen) => Some(yen),
        _ => None,
    });
    if let Some(yen) = reckoned.or(fee.yen).filter(|yen| *yen > 0) {
        tx.run(CHARGE, params![case.id.to_string(), FEE, yen, fee.text.ja.as_str()])?;
    }
    Ok(())
}

/// What the registry knows for a case: of the applicant and their household where a clerk has linked their account or found them in the
/// registry, else of registers only.
pub(crate) fn facts<'t, 'c>(tx: &'t Read<'c>, town: &'t Town, case: &Case, on: Date) -> Result<DeskFacts<'t, 'c>, StoreError> {
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
fn record_id(case: &Case, effect: &EffectId) -> RecordId {
    let digest = Sha256::new().chain_update("record").chain_update(case.id.uuid().as_bytes()).chain_update(effect.as_str()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    RecordId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
