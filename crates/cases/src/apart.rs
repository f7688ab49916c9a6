//! 個人番号, kept apart: an individual number never stands among the other answers of a case. It travels sealed, lies in a table of its own
//! under a seal of its own, and is read only by those whose grants reach it, each time on record (番号法12条, 19条).

use access::{Act, Authority, CaseId, RecordKind, Staff, looked};
use definitions::{
    answer::{Answer, Answers},
    field::Sensitivity,
    ids::FieldId,
    procedure::Procedure,
};
use jiff::Timestamp;
use store::{Read, StoreError, Write, keys::Keys, params};

use crate::{
    CaseNumber,
    case::Case,
    correction::Whole,
    sealed::{seal, unseal},
    verbs::{self, Acting, Refused},
};

const KEEP: &str = "insert into case_apart (case_id, field, sealed) values ($1, $2, $3) \
    on conflict (case_id, field) do update set sealed = excluded.sealed";
const KEPT: &str = "select field, sealed from case_apart where case_id = $1 order by field";
const FORGET: &str = "delete from case_apart where case_id = $1 and field = $2";
const KEEP_LATE: &str = "insert into case_apart_late (case_id, at, field, sealed) values ($1, $2, $3, $4) \
    on conflict (case_id, at, field) do nothing";
const KEPT_LATE: &str = "select field, sealed, at from case_apart_late where case_id = $1 order by at, field";
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
pub(crate) fn keep(tx: &Write<'_>, keys: &Keys, case: CaseId, numbers: &[Number]) -> Result<(), StoreError> {
    for (field, number) in numbers {
        tx.run(KEEP, params![case.to_string(), field.as_str(), seal(keys, SEALED_FOR, number)?])?;
    }
    Ok(())
}

/// Keeps numbers of a correction that came too late: beside those that the case holds, never in their place.
pub(crate) fn keep_late(tx: &Write<'_>, keys: &Keys, case: CaseId, at: Timestamp, numbers: &[Number]) -> Result<(), StoreError> {
    for (field, number) in numbers {
        tx.run(KEEP_LATE, params![case.to_string(), at, field.as_str(), seal(keys, SEALED_FOR, number)?])?;
    }
    Ok(())
}

/// Forgets the numbers of questions that a correction hides: they are asked for no more, so nobody may keep them (番号法20条). Gives the
/// questions.
pub(crate) fn drop_hidden(tx: &Write<'_>, case: CaseId, whole: &Whole) -> Result<Vec<FieldId>, StoreError> {
    let mut dropped = Vec::new();
    for row in tx.all(KEPT, params![case.to_string()])? {
        let field: String = row.get(0)?;
        if whole.hides(&field) {
            tx.run(FORGET, params![case.to_string(), field.as_str()])?;
            dropped.extend(field.split('.').next().and_then(|id| id.parse::<FieldId>().ok()).filter(|id| !dropped.contains(id)));
        }
    }
    Ok(dropped)
}

/// What an individual number is needed for, said before it is shown. A closed list: the journal holds no words of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 番号確認: against the card or the certificate that the person brought (番号法16条).
    Identity,
    /// 情報照会 over the network of the nation (番号法19条8号).
    Inquiry,
    /// Entering it in the system of the benefit (番号法9条1項).
    Entry,
    /// Finding out whether it was written wrongly.
    Mistake,
}

impl Purpose {
    /// All, in the order in which they are offered.
    pub const ALL: [Purpose; 4] = [Purpose::Identity, Purpose::Inquiry, Purpose::Entry, Purpose::Mistake];

    /// As forms send it and the journal keeps it.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Identity => "identity",
            Purpose::Inquiry => "inquiry",
            Purpose::Entry => "entry",
            Purpose::Mistake => "mistake",
        }
    }

    /// What [`Purpose::code`] stands for.
    pub fn from_code(code: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// That an individual number lies apart: which question it answers, and whether it came too late to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lies {
    /// The question, by its path.
    pub field: String,
    /// When the correction came that was too late.
    pub too_late: Option<Timestamp>,
}

/// An individual number that was opened. It has no `Debug`, so that no log can hold it.
pub struct Opened {
    /// Where it lies.
    pub lies: Lies,
    /// The twelve digits.
    pub number: String,
}

/// Which individual numbers of a case lie apart.
///
/// # Errors
/// When the store fails.
pub fn lies(tx: &Read<'_>, case: CaseId) -> Result<Vec<Lies>, StoreError> {
    Ok(kept(tx, case)?.into_iter().map(|(lies, _)| lies).collect())
}

fn kept(tx: &Read<'_>, case: CaseId) -> Result<Vec<(Lies, Vec<u8>)>, StoreError> {
    let mut kept = Vec::new();
    for row in tx.all(KEPT, params![case.to_string()])? {
        kept.push((Lies { field: row.get(0)?, too_late: None }, row.get(1)?));
    }
    for row in tx.all(KEPT_LATE, params![case.to_string()])? {
        kept.push((Lies { field: row.get(0)?, too_late: Some(row.get(2)?) }, row.get(1)?));
    }
    Ok(kept)
}

/// Whether this person may open the individual numbers of a case, and on what authority.
pub fn may_open(who: &Staff, case: &Case) -> Option<Authority> {
    access::may(who, Act::Read, &verbs::attributes(case, Sensitivity::IndividualNumber))
}

/// The case, its definition and what lies apart, for somebody who may open it. Shows no number.
///
/// # Errors
/// [`Refused::NotFound`] for everybody else alike: no such case, not theirs to know of, no number, no grant that reaches so far.
pub fn asked(tx: &Read<'_>, acting: &Acting<'_>, number: CaseNumber) -> Result<(Case, Procedure, Vec<Lies>), Refused> {
    let (case, procedure) = verbs::read(tx, acting, number)?;
    may_open(acting.staff, &case).ok_or(Refused::NotFound)?;
    let lies = lies(tx, case.id)?;
    if lies.is_empty() { Err(Refused::NotFound) } else { Ok((case, procedure, lies)) }
}

/// Opens the individual numbers of one case for a stated purpose. Who looked, on which grant and what for is recorded in the same
/// transaction: without the record there is no look.
///
/// # Errors
/// As [`asked`].
pub fn open(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, purpose: Purpose) -> Result<(Case, Procedure, Vec<Opened>), Refused> {
    let (case, procedure, _) = asked(tx, acting, number)?;
    let authority = may_open(acting.staff, &case).ok_or(Refused::NotFound)?;
    let why = format!("individual-number:{}", purpose.code());
    looked::looked(tx, acting.staff, &authority, RecordKind::Case, &case.id.to_string(), &why)?;
    let opened = kept(tx, case.id)?.into_iter().map(|(lies, sealed)| {
        let number = unseal(acting.keys, SEALED_FOR, &sealed)?;
        Ok(Opened { lies, number })
    });
    let opened = opened.collect::<Result<_, StoreError>>()?;
    Ok((case, procedure, opened))
}
