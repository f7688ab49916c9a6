//! # 住所 Addresses
//!
//! An address is kept as it was typed, always; beside it stands what could be read from the text: prefecture, municipality, town, block,
//! building. Reading goes by the text alone. The only tables here are the 47 prefectures, the designated cities with their wards, the special
//! wards of Tokyo, and the few municipalities whose names hold a 市, 町, 村 or 郡 in their middle. How often that is enough, `tests/addresses.rs`
//! prints against published cases.
//!
//! So some things stay undecided, and the answer says so rather than guess:
//!
//! - 紀尾井町1-2 and 奈佐原2-1 look alike, and only the second has a 丁目. Two numbers stay a block and a house; of *three* the first is taken
//!   for the 丁目 and marked as inferred ([`Town::chome_is_inferred`]).
//! - 府中市 lies in Tokyo and in Hiroshima: without a prefecture it has none.
//! - A 小字 that no 字 announces is part of the town's name (西根大谷), and a 町 that was left out stays out.
//!
//! Who holds a town's list of towns (アドレス・ベース・レジストリ) compares by [`match_key`], never by text.
//!
//! Sources: 政府相互運用性フレームワーク(GIF) 442 コアデータパーツ 住所; 住居表示に関する法律 (昭和37年法律第119号); JIS X 0401.
//!
//! ```
//! use jp::address::Address;
//!
//! let address = Address::read("大阪府高槻市奈佐原２丁目１－２　コーポ見本２０３");
//! assert_eq!(address.prefecture.unwrap().name(), "大阪府");
//! assert_eq!(address.municipality.as_ref().unwrap().to_string(), "高槻市");
//! assert_eq!(address.town.to_string(), "奈佐原二丁目");
//! assert_eq!(address.block, "1-2");
//! assert_eq!(address.building, "コーポ見本203");
//! assert_eq!(address.one_line(), "大阪府高槻市奈佐原2-1-2 コーポ見本203");
//! ```

mod block;
mod clean;
mod key;
mod municipality;
mod prefecture;
mod town;

pub use key::match_key;
pub use municipality::Municipality;
pub use prefecture::Prefecture;
use serde::{Deserialize, Serialize};
use std::fmt;
pub use town::Town;

/// An address as typed, with what could be read from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// As typed; this is what is stored, printed and mailed to until somebody corrects it.
    pub typed: String,
    /// 都道府県: written, or certain from a designated city or special ward.
    pub prefecture: Option<Prefecture>,
    /// 市区町村.
    pub municipality: Option<Municipality>,
    /// 町字.
    pub town: Town,
    /// 番地以下: numbers joined by hyphens, with a sign before them (甲1324) where there is one. Empty when there are none.
    pub block: String,
    /// 方書: building, room, and whatever else stood behind the block.
    pub building: String,
}

/// The town whose people write, and whose name they leave out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Its prefecture.
    pub prefecture: Prefecture,
    /// The town itself.
    pub municipality: Municipality,
}

impl Home {
    /// A town by its full name: 岩手県胆沢郡金ケ崎町. None when it does not begin with a prefecture or something follows the municipality.
    pub fn named(name: &str) -> Option<Self> {
        let (prefecture, rest) = prefecture::split(name);
        let (municipality, rest) = municipality::split(rest, prefecture);
        rest.is_empty().then_some(())?;
        Some(Self { prefecture: prefecture?, municipality: municipality? })
    }
}

/// How far an address could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchLevel {
    /// Not even the prefecture.
    Unknown,
    /// The prefecture.
    Prefecture,
    /// The municipality.
    City,
    /// The town.
    Town,
    /// The block or more.
    Block,
}

impl Address {
    /// The longest text that is read; of a longer one the beginning. Real addresses stay below 100 letters.
    pub const LETTERS_MAX: usize = 300;

    /// Reads what can be read. Never fails: an address that nothing is known of has all of its text in the town's name.
    pub fn read(typed: &str) -> Self {
        Self::read_with(typed, None)
    }

    /// Reads an address as the people of a town write it: without the prefecture and municipality where they are the town's own.
    ///
    /// ```
    /// use jp::address::{Address, Home};
    /// let home = Home::named("埼玉県川口市").unwrap();
    /// assert_eq!(Address::read_within("本町2-1-1", &home).one_line(), "埼玉県川口市本町2-1-1");
    /// assert_eq!(Address::read_within("さいたま市浦和区高砂3-15-1", &home).municipality.unwrap().to_string(), "さいたま市浦和区");
    /// ```
    pub fn read_within(typed: &str, home: &Home) -> Self {
        Self::read_with(typed, Some(home))
    }

    fn read_with(typed: &str, home: Option<&Home>) -> Self {
        let plain = clean::plain(typed);
        let (prefecture, after_prefecture) = prefecture::split(&plain);
        let (municipality, rest) = municipality::split(after_prefecture, prefecture);
        let (prefecture, municipality, rest) = match (home, municipality) {
            (Some(home), found) if prefecture.is_none_or(|prefecture| prefecture == home.prefecture) => match found {
                None => (Some(home.prefecture), Some(home.municipality.clone()), rest),
                Some(found) if found.city == home.municipality.city => {
                    let found = Municipality { county: found.county.or_else(|| home.municipality.county.clone()), ..found };
                    (Some(home.prefecture), Some(found), rest)
                }
                Some(found) if prefecture.is_none() && found.may_be_part_of_a_city() => {
                    (Some(home.prefecture), Some(home.municipality.clone()), after_prefecture)
                }
                Some(found) => {
                    let within = found.clone().within(&home.municipality);
                    (if within == found { prefecture } else { Some(home.prefecture) }, Some(within), rest)
                }
            },
            (_, found) => (prefecture, found, rest),
        };
        let prefecture = prefecture.or_else(|| municipality.as_ref().and_then(Municipality::certain_prefecture));
        let town::Split { mut town, block, rest } = town::split(rest, municipality.as_ref());
        let block::Split { mut numbers, building } = block::split(block, rest);
        town.take_chome(&mut numbers);
        Self { typed: typed.to_string(), prefecture, municipality, town, block: numbers.to_string(), building }
    }

    /// How far it could be read.
    pub fn level(&self) -> MatchLevel {
        if self.municipality.is_none() {
            return if self.prefecture.is_some() { MatchLevel::Prefecture } else { MatchLevel::Unknown };
        }
        match (self.town.is_empty(), self.block.is_empty()) {
            (_, false) => MatchLevel::Block,
            (false, true) => MatchLevel::Town,
            (true, true) => MatchLevel::City,
        }
    }

    /// One line as GIF 442 has it: names as they are, 丁目 and below in digits joined by hyphens, the building one space behind.
    pub fn one_line(&self) -> String {
        let mut line = String::new();
        if let Some(prefecture) = self.prefecture {
            line.push_str(prefecture.name());
        }
        if let Some(municipality) = &self.municipality {
            line.push_str(&municipality.to_string());
        }
        line.push_str(&self.town.before_chome());
        let numbers: Vec<String> = self.town.chome().map(|chome| chome.to_string()).into_iter().collect();
        let block = Some(self.block.clone()).filter(|block| !block.is_empty());
        line.push_str(&numbers.into_iter().chain(block).collect::<Vec<_>>().join("-"));
        if !self.building.is_empty() {
            line.push(' ');
            line.push_str(&self.building);
        }
        line
    }

    /// The key under which two writings of one place meet; for finding, never for storing.
    pub fn match_key(&self) -> String {
        match_key(&self.one_line())
    }
}

impl fmt::Display for Address {
    /// As typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}
