//! Where the people of 見本市 live.

use super::{Chance, names};
use crate::resident::Address;

/// An address: in a town with 丁目 as 住居表示, elsewhere by 地番.
pub(super) fn draw(chance: &mut Chance) -> Address {
    let (town, postal_code, quarters) = chance.one_of_the_first(names::TOWNS);
    let line = if *quarters > 0 {
        let quarter = chance.between(1, u64::from(*quarters));
        format!("見本県見本市{town}{quarter}丁目{}番{}号", chance.between(1, 30), chance.between(1, 25))
    } else if chance.in_thousand(300) {
        format!("見本県見本市{town}{}番地の{}", chance.between(1, 2_400), chance.between(1, 9))
    } else {
        format!("見本県見本市{town}{}番地", chance.between(1, 2_400))
    };
    let building = (*quarters > 0 && chance.in_thousand(420)).then(|| {
        let name = chance.one(names::BUILDINGS);
        format!("{name} {}{:02}号室", chance.between(1, 8), chance.between(1, 12))
    });
    Address { postal_code: Some((*postal_code).to_owned()), line, building }
}

/// Where a household of the cast lives whose file names no address.
pub(super) fn of_cast(number: usize) -> Address {
    Address { postal_code: Some("0000001".into()), line: format!("見本県見本市中央1丁目1番{number}号"), building: None }
}

/// A telephone number that nobody has.
pub(super) fn phone(chance: &mut Chance) -> String {
    format!("0000{:06}", chance.below(1_000_000))
}
