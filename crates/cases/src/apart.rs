//! 個人番号, kept apart: an individual number never stands among the other answers of a case. It travels sealed, lies in a table of its own
//! under a seal of its own, and is read only by those whose grants reach it, each time on record (番号法12条, 19条).

use access::{Act, CaseId, RecordKind, looked};
use definitions::{
    answer::{Answer, Answers},
    field::Sensitivity,
};
use store::{Read, StoreError, Write, params};

use crate::{
    CaseNumber,
    sealed::{seal, unseal},
    verbs::{self, Acting, Refused},
};

const KEEP: &str = "insert into case_apart (case_id, field, sealed) values ($1, $2, $3) \
    on conflict (case_id, field) do update set sealed = excluded.sealed";
const KEPT: &str = "select field, sealed from case_apart where case_id = $1 order by field";
const SEALED_FOR: &str = "case_apart.sealed";

/// An individual number and the question that it answers, by its path.
pub(crate) type Number = (String, String);

/// Takes individual numbers out of answers, those in rows of groups included.
pub(crate) fn taken_out(answers: Answers) -> (Answers, Vec<Number>) {
    let mut numbers = Vec::new();
    let rest = without(answers, "", &mut numbers);
    (rest, numbers)
}

fn without(answers: Answers, prefix: &str, numbers: &mut Vec<Number>) -> Answers {
    let mut rest = Answers::default();
    for (id, answer) in answers.iter() {
        let path = format!("{prefix}{id}");
        match answer {
            Answer::IndividualNumber(number) => numbers.push((path, number.clone())),
            Answer::Group(rows) => {
                let rows = rows.iter().enumerate().map(|(row, answers)| without(answers.clone(), &format!("{path}.{row}."), numbers));
                let rows = rows.collect();
                rest.insert(id.clone(), Answer::Group(rows));
            }
            other => rest.insert(id.clone(), other.clone()),
        }
    }
    rest
}

/// Keeps the numbers of a case apart.
pub(crate) fn keep(tx: &Write<'_>, keys: &store::keys::Keys, case: CaseId, numbers: &[Number]) -> Result<(), StoreError> {
    for (field, number) in numbers {
        tx.run(KEEP, params![case.to_string(), field.as_str(), seal(keys, SEALED_FOR, number)?])?;
    }
    Ok(())
}

/// Which questions of a case are answered by a number that is kept apart.
///
/// # Errors
/// When the store fails.
pub fn fields(tx: &Read<'_>, case: CaseId) -> Result<Vec<String>, StoreError> {
    tx.all(KEPT, params![case.to_string()])?.iter().map(|row| row.get(0)).collect()
}

/// The numbers of a case, for somebody whose grants reach individual numbers. The look is recorded in the same transaction.
///
/// # Errors
/// As [`verbs::read`]; also when the grants do not reach so far.
pub fn read(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<Vec<Number>, Refused> {
    let (case, _) = verbs::read(tx, acting, number)?;
    let guarded = verbs::attributes(&case, Sensitivity::IndividualNumber);
    access::may(acting.staff, Act::Read, &guarded).ok_or(Refused::NotPermitted(Act::Read))?;
    looked::looked(tx, acting.staff, RecordKind::Case, &case.id.to_string(), "individual-number")?;
    let rows = tx.all(KEPT, params![case.id.to_string()])?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get(0)?, unseal(acting.keys, SEALED_FOR, &row.get::<Vec<u8>>(1)?)?)))
        .collect::<Result<_, StoreError>>()?)
}
