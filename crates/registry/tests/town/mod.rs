//! 見本市's desk and some of its people, for the tests of this room.
#![allow(dead_code)] // Each test file uses a part of it.

use access::{Clause, HouseholdId, ResidentId};
use jiff::civil::date;
use jp::{kana::Kana, name::PersonName};
use registry::{
    DESK_MIGRATIONS,
    resident::{Address, Resident, Sex, State},
    rows,
};
use store::{Desk, StoreError, testing::Place};
use uuid::Uuid;

pub fn desk(place: &Place) -> Desk {
    Desk::new(place.open("desk", DESK_MIGRATIONS))
}

/// What a grant on ordinary residents allows.
pub fn ordinary() -> Clause {
    Clause { sql: "p.sensitivity <= $1".into(), params: vec![0_i64.into()] }
}

/// What a grant up to 支援措置 allows.
pub fn all() -> Clause {
    Clause { sql: "p.sensitivity <= $1".into(), params: vec![3_i64.into()] }
}

pub fn put(desk: &Desk, people: &[Resident]) {
    let people = people.to_vec();
    desk.write::<_, StoreError>(move |tx| people.iter().try_for_each(|person| rows::put(tx, person).map(drop))).unwrap();
}

/// A person called so, alone in a household, otherwise like 佐藤花子.
pub fn hanako(name: &str, kana: &str, number: u32) -> Resident {
    let mut name = PersonName::parse(name).unwrap();
    let mut readings = kana.split_whitespace().map(|part| Kana::parse(part).unwrap());
    name.family_kana = readings.next();
    name.given_kana = readings.next();
    Resident {
        id: ResidentId::new(Uuid::from_u128(u128::from(number))),
        number: format!("{number:010}"),
        household: Some(HouseholdId::new(Uuid::from_u128(1_000 + u128::from(number)))),
        place: 1,
        relation: "head".into(),
        name,
        born: date(1990, 8, 2),
        sex: Sex::NotStated,
        address: Address { postal_code: Some("0000002".into()), line: "見本県見本市緑町3丁目12番5号".into(), building: None },
        phone: Some("0000123456".into()),
        mail: None,
        state: State::Resident,
        since: date(1990, 8, 2),
        protected_until: None,
        residence: None,
    }
}

/// 佐藤花子 and her daughter さくら; 田中太郎, 85, without a telephone.
pub fn cast() -> Vec<Resident> {
    let hanako_ = hanako("佐藤 花子", "サトウ ハナコ", 1);
    let sakura = Resident {
        household: hanako_.household,
        place: 2,
        relation: "child".into(),
        born: date(2020, 5, 3),
        phone: None,
        ..hanako("佐藤 さくら", "サトウ サクラ", 2)
    };
    let taro = Resident { born: date(1941, 2, 11), phone: None, ..hanako("田中 太郎", "タナカ タロウ", 3) };
    vec![hanako_, sakura, taro]
}

/// The town of these tests.
pub fn mihon() -> std::sync::Arc<definitions::town::Town> {
    static TOWN: std::sync::OnceLock<std::sync::Arc<definitions::town::Town>> = std::sync::OnceLock::new();
    TOWN.get_or_init(|| {
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mihon"));
        let town = definitions::town::Town::load(folder).unwrap_or_else(|problems| panic!("{problems:?}"));
        std::sync::Arc::new(town)
    })
    .clone()
}

pub fn resident_id(number: u128) -> ResidentId {
    ResidentId::new(Uuid::from_u128(number))
}

pub fn member(number: u128) -> definitions::answer::Answer {
    let id = Some(resident_id(number).to_string());
    definitions::answer::Answer::Member(definitions::answer::Member { id, name: "佐藤 さくら".into(), kana: None, born: None })
}

/// A child in a facility for the school year, with a note that is guarded more closely.
pub fn joined(desk: &Desk, child: u128, facility: &str) -> access::RecordId {
    use definitions::answer::Answer;
    use registry::{
        history::Days,
        records::{self, Cause, Doing, New},
    };
    let id = access::RecordId::new(Uuid::from_u128(500 + child));
    let values = [("child", member(child)), ("facility", Answer::Choice(facility.into())), ("note", Answer::Text("食物アレルギー".into()))];
    let new = New {
        id,
        register: "afterschool_membership".parse().unwrap(),
        state: Some("member".parse().unwrap()),
        values: values.into_iter().map(|(id, answer)| (id.parse().unwrap(), answer)).collect(),
        days: Days { from: date(2026, 4, 1), until: Some(date(2027, 3, 31)) },
    };
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let doing = Doing { actor: "staff:1".into(), authority: "grant:x".into(), cause: Cause::Load, today: date(2026, 3, 1), now };
    desk.write(move |tx| records::enter(tx, &mihon(), &doing, &new)).unwrap()
}
