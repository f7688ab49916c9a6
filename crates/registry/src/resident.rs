//! 住民: a person as the resident register (住民基本台帳) knows them, as far as the town hall asks it.
//!
//! The legal record stays in the base system; this is a copy to read. It holds people who live here, and those who moved out or died
//! (除票), for as long as cases ask about them.

use access::{HouseholdId, ResidentId};
use definitions::{answer, answer::Answer, facts, field::Sensitivity};
use indexmap::IndexMap;
use jiff::civil::Date;
use jp::name::PersonName;
use serde::{Deserialize, Serialize};

/// 住民.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resident {
    /// Its id inside.
    pub id: ResidentId,
    /// 宛名番号: unique in a town, printed on what staff exchange.
    pub number: String,
    /// 世帯; none after death or moving out when the household has gone on without them.
    pub household: Option<HouseholdId>,
    /// 記載順位 in the household, from 1.
    pub place: u16,
    /// 続柄 as an id: `head`, `spouse`, `child`, `parent` …
    pub relation: String,
    /// 氏名 with readings, 旧氏 and 通称.
    pub name: PersonName,
    /// 生年月日.
    pub born: Date,
    /// 性別.
    pub sex: Sex,
    /// 住所; of who moved out the last one here.
    pub address: Address,
    /// 電話番号, digits.
    pub phone: Option<String>,
    /// Mail address known to the town.
    pub mail: Option<String>,
    /// Whether they live here.
    pub state: State,
    /// Since when [`Resident::state`] is so.
    pub since: Date,
    /// 支援措置 (住民基本台帳事務処理要領 第6): the last day, if protected. That it is so is itself a secret. Past that day protection goes on
    /// until staff have confirmed that it ended and the field is emptied: nobody is laid open by a calendar.
    pub protected_until: Option<Date>,
    /// 在留資格 as an id, of people from abroad.
    pub residence: Option<String>,
}

/// 性別 as the register has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Not stated.
    NotStated,
}

/// Whether a person lives here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 在住.
    Resident,
    /// 転出.
    MovedOut,
    /// 死亡.
    Dead,
}

impl State {
    /// As it is stored and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            State::Resident => "resident",
            State::MovedOut => "moved-out",
            State::Dead => "dead",
        }
    }

    /// What [`State::code`] stands for.
    pub fn from_code(code: &str) -> Option<State> {
        [State::Resident, State::MovedOut, State::Dead].into_iter().find(|state| state.code() == code)
    }
}

/// 住所.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Seven digits.
    pub postal_code: Option<String>,
    /// 都道府県・市区町村・町名・番地.
    pub line: String,
    /// 方書: building and room.
    pub building: Option<String>,
}

impl Address {
    /// In one line.
    pub fn whole(&self) -> String {
        match &self.building {
            Some(building) => format!("{} {building}", self.line),
            None => self.line.clone(),
        }
    }
}

/// An adult by civil law since 1 April 2022 (民法4条).
const ADULT_YEARS: u16 = 18;

impl Resident {
    /// How closely the record is guarded: grants below this do not find it at all.
    pub fn sensitivity(&self) -> Sensitivity {
        if self.protected_until.is_some() { Sensitivity::ChildWelfare } else { Sensitivity::Ordinary }
    }

    /// The address as it stands wherever a person does: none of who is protected. Their own page alone shows it, for a reason.
    pub fn address_shown(&self) -> Option<String> {
        if self.protected_until.is_some() { None } else { Some(self.address.whole()) }
    }

    /// 成年, on a day.
    pub fn is_adult(&self, on: Date) -> bool {
        jp::age::has_attained(self.born, ADULT_YEARS, on)
    }

    /// Whether this person may act for `other` of the same household: an adult who is head or spouse for the minor children of the
    /// household (親権, 民法818条・824条, as far as the register shows it). Everything else needs a power of attorney that staff see.
    pub fn may_act_for(&self, other: &Resident, on: Date) -> bool {
        if self.id == other.id {
            return self.state == State::Resident;
        }
        self.state == State::Resident
            && other.state == State::Resident
            && self.household.is_some()
            && self.household == other.household
            && self.is_adult(on)
            && !other.is_adult(on)
            && matches!(self.relation.as_str(), "head" | "spouse")
            && other.relation == "child"
    }

    /// Whether the portal may tell this person of `other`, for whom they may act. Someone whose protection differs from theirs is left out
    /// whole, with their records: a parent who did not flee must not read of the child who did. The gap looks like a child who moved out, of
    /// whom nothing is told either; a name without an address would say that there is something to hide.
    pub fn may_be_told_of(&self, other: &Resident) -> bool {
        self.id == other.id || self.protected_until.is_some() == other.protected_until.is_some()
    }

    /// The person as forms and conditions know them. `told` says how much of them.
    pub fn as_fact(&self, told: Told) -> facts::Person {
        let mut more = IndexMap::new();
        if told == Told::InWhole && self.protected_until.is_none() {
            more.insert("address".to_owned(), Answer::Address(self.postal_address()));
        }
        if told == Told::InWhole {
            if let Some(phone) = &self.phone {
                more.insert("phone".to_owned(), Answer::Phone(phone.clone()));
            }
            if let Some(mail) = &self.mail {
                more.insert("mail".to_owned(), Answer::Mail(mail.clone()));
            }
        }
        facts::Person {
            id: Some(self.id.to_string()),
            name: self.name.full(),
            kana: self.name.full_kana(),
            born: Some(self.born),
            relation: Some(self.relation.clone()),
            more,
        }
    }

    fn postal_address(&self) -> answer::PostalAddress {
        let Address { postal_code, line, building } = self.address.clone();
        answer::PostalAddress { postal_code, line, building }
    }

    /// Every text under which the person is looked for by name.
    pub(crate) fn names_to_find(&self) -> Vec<String> {
        self.name.search_texts()
    }
}

/// How much of a person a fact carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Of the person themself, and at the desk: also how to reach them. An address that is protected is never said.
    InWhole,
    /// Of others, to one who acts for them: who they are, never how to reach them.
    ToOthers,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn resident(relation: &str, born: Date) -> Resident {
        let household = Some(HouseholdId::new(uuid::Uuid::from_u128(1)));
        Resident {
            id: ResidentId::new(uuid::Uuid::from_u128(u128::from(born.year().unsigned_abs()))),
            number: "0000000001".into(),
            household,
            place: 1,
            relation: relation.into(),
            name: PersonName::parse("佐藤 花子").unwrap(),
            born,
            sex: Sex::NotStated,
            address: Address { postal_code: None, line: "見本県見本市中央1丁目1番1号".into(), building: None },
            phone: None,
            mail: None,
            state: State::Resident,
            since: born,
            protected_until: None,
            residence: None,
        }
    }

    #[test]
    fn a_parent_acts_for_minor_children_and_nobody_for_another_adult() {
        let today = date(2026, 11, 24);
        let mother = resident("head", date(1990, 8, 2));
        let child = resident("child", date(2020, 5, 3));
        let grown = resident("child", date(2008, 11, 24));
        let grandmother = resident("parent", date(1950, 1, 1));
        assert!(mother.may_act_for(&mother, today));
        assert!(mother.may_act_for(&child, today));
        assert!(!mother.may_act_for(&grown, today), "18 today: an adult");
        assert!(mother.may_act_for(&grown, date(2026, 11, 22)));
        assert!(!mother.may_act_for(&grandmother, today));
        assert!(!grandmother.may_act_for(&child, today));
        assert!(!child.may_act_for(&mother, today));
    }

    #[test]
    fn nobody_acts_for_people_of_another_household_or_for_the_dead() {
        let today = date(2026, 11, 24);
        let mother = resident("head", date(1990, 8, 2));
        let mut child = resident("child", date(2020, 5, 3));
        child.household = None;
        assert!(!mother.may_act_for(&child, today));
        let mut dead = resident("child", date(2021, 5, 3));
        dead.state = State::Dead;
        assert!(!mother.may_act_for(&dead, today));
        let mut gone = mother.clone();
        gone.state = State::MovedOut;
        assert!(!gone.may_act_for(&gone.clone(), today));
    }

    #[test]
    fn the_address_of_a_protected_person_is_no_fact() {
        let mut akiko = resident("head", date(1985, 10, 30));
        assert!(akiko.as_fact(Told::InWhole).more.contains_key("address"));
        assert_eq!(akiko.address_shown().as_deref(), Some("見本県見本市中央1丁目1番1号"));
        akiko.protected_until = Some(date(2027, 6, 30));
        assert!(!akiko.as_fact(Told::InWhole).more.contains_key("address"));
        assert_eq!(akiko.address_shown(), None, "nor does it stand in any list");
    }
}
