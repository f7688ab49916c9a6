//! A form that is opened from a record which the town holds: what the record says need not be typed again.

use crate::{
    answer::Answers,
    field::{Field, Kind},
    kinds,
    procedure::Procedure,
    register::{ColumnKind, Register},
    typed::Typed,
};

/// What a record says to the questions of a procedure that is started from it. A question is answered by the column of the same id: the
/// owner's by whose record it is, others by what stands there, as long as both hold the same kind of answer. Kinds that must be given anew
/// stay empty, and so does what the record does not say. Everything can be changed by the person like whatever they typed themself; who may
/// be chosen and what may be answered is asked of the form as always ([`super::fill`]).
pub fn of_record(procedure: &Procedure, register: &Register, owner: &str, values: &Answers) -> Typed {
    let mut typed = Typed::default();
    for field in procedure.pages.values().flat_map(|page| page.fields.values()) {
        if register.owner.as_ref().is_some_and(|column| column.as_str() == field.id.as_str()) {
            if let Kind::HouseholdMember { .. } = field.kind {
                typed.set(field.id.to_string(), [owner]);
            }
        } else if let Some(answer) = said(field, register, values) {
            kinds::type_back(&answer, field.id.as_str(), &mut typed);
        }
    }
    typed
}

fn said(field: &Field, register: &Register, values: &Answers) -> Option<crate::answer::Answer> {
    let answer = values.get(field.id.as_str())?;
    let kept = match (&register.fields.get(field.id.as_str())?.kind, &field.kind) {
        (ColumnKind::Answer(kept), _) => kept,
        // The number by which the record is named, as it is written on a tag.
        (ColumnKind::Code, Kind::Text { .. }) => &field.kind,
        _ => return None,
    };
    let is_same_kind = std::mem::discriminant(kept) == std::mem::discriminant(&field.kind);
    if is_same_kind { kinds::prefilled(&field.kind, &kinds::value_of(kept, answer, &[])) } else { None }
}
