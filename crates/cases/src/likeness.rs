//! 台帳との一致: whether an answer says what the registry has of the applicant and of whom they live with.

use definitions::{
    answer::{Answer, Member},
    field::Field,
    ids::FieldId,
    procedure::Procedure,
};
use registry::resident::Resident;

use crate::case::Case;

/// The applicant as the registry has them, with those who live with them.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    /// The applicant.
    pub person: &'a Resident,
    /// Those who live with them.
    pub household: &'a [Resident],
}

/// Whom of a household an answer means, and whether it is them.
pub(crate) enum Meant<'a> {
    /// The one who is named.
    Themselves(&'a Resident),
    /// Chosen from the list as this one, but named otherwise.
    OtherName(&'a Resident),
    /// Named as this one, but chosen from the list as somebody who is not here.
    OtherId(&'a Resident),
    /// Nobody of this household.
    Nobody,
}

/// How many answers the registry has too, and how many of these it has otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// The same.
    pub same: i64,
    /// Otherwise.
    pub differs: i64,
}

impl<'a> Of<'a> {
    /// All answers of a case.
    pub(crate) fn compare(self, procedure: &Procedure, case: &Case) -> Compared {
        let fields = procedure.pages.values().flat_map(|page| page.fields.values());
        let answered = fields.filter_map(|field| Some((field, case.answers.get(field.id.as_str())?)));
        let mut compared = Compared::default();
        for same in answered.filter_map(|(field, answer)| self.is_same(procedure, field, answer)) {
            *(if same { &mut compared.same } else { &mut compared.differs }) += 1;
        }
        compared
    }

    /// Whether the registry says the same; none when it says nothing of it. Known by what the question asks of the applicant: name, reading,
    /// address, telephone, birth date; or of somebody of the household.
    pub(crate) fn is_same(self, procedure: &Procedure, field: &Field, answer: &Answer) -> Option<bool> {
        let (person, applicant) = (self.person, &procedure.applicant);
        let is = |id: &Option<FieldId>| id.as_ref() == Some(&field.id);
        let same = |filed: &str, held: &str| bare(filed) == bare(held);
        match answer {
            Answer::Member(member) => Some(matches!(self.meant(member), Meant::Themselves(_))),
            Answer::PersonName(name) if field.id == applicant.name => Some(same(&name.whole(), &person.name.full())),
            Answer::Text(name) if field.id == applicant.name => Some(same(name, &person.name.full())),
            Answer::Kana(kana) if is(&applicant.kana) => person.name.full_kana().map(|held| same(kana, &held)),
            Answer::Address(address) if is(&applicant.address) => {
                let whole = |line: &str, building: Option<&str>| format!("{line}{}", building.unwrap_or_default());
                let filed = whole(&address.line, address.building.as_deref());
                let held = whole(&person.address.line, person.address.building.as_deref());
                let key = |text: &str| bare(&registry::search::address_key(text));
                Some(key(&filed) == key(&held) || key(&address.line) == key(&person.address.line))
            }
            Answer::Phone(phone) if is(&applicant.phone) => person.phone.as_ref().map(|held| digits(phone) == digits(held)),
            Answer::Date(day) if is_own_birth(field) => Some(*day == person.born),
            _ => None,
        }
    }

    /// Whom of the household an answer means: by the registry's id where it was chosen from a list, else by name. An id and a name that are of
    /// two people are told: the list was chosen from outside, and who reads the name must not take it for the other.
    pub(crate) fn meant(self, member: &Member) -> Meant<'a> {
        let everybody = || self.household.iter().chain([self.person]);
        let is_named =
            |other: &Resident| bare(&other.name.full()) == bare(&member.name) && member.born.is_none_or(|born| born == other.born);
        let named = everybody().find(|other| is_named(other));
        let chosen = member.id.as_ref().map(|id| everybody().find(|other| other.id.to_string() == *id));
        match (chosen, named) {
            (Some(Some(found)), _) if is_named(found) => Meant::Themselves(found),
            (Some(Some(found)), _) => Meant::OtherName(found),
            (Some(None), Some(named)) => Meant::OtherId(named),
            (None, Some(named)) => Meant::Themselves(named),
            (_, None) => Meant::Nobody,
        }
    }
}

pub(crate) fn bare(text: &str) -> String {
    jp::kana::fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A number is the same however it is grouped.
fn digits(phone: &str) -> String {
    jp::kana::fold(phone).chars().filter(char::is_ascii_digit).collect()
}

/// A question whose answer begins as the applicant's birth date.
pub(crate) fn is_own_birth(field: &Field) -> bool {
    field.default.as_ref().is_some_and(|default| default.source.trim() == "applicant.born")
}
