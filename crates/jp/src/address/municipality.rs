//! 市区町村: where its name ends.
//!
//! The name ends at the first 市, 区, 町 or 村 that is not part of the name itself. Which letters belong to a name can be told for almost all:
//! a 郡 comes before a 町 or 村, a ward only after a designated city, no name begins with its own suffix. The rest are named here.

use super::Prefecture;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A municipality as an address writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Municipality {
    /// 郡, before a town or village; may have been left out.
    pub county: Option<String>,
    /// 市, 町, 村 or 特別区.
    pub city: String,
    /// 区 of a designated city (行政区).
    pub ward: Option<String>,
}

impl fmt::Display for Municipality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [self.county.as_deref(), Some(&*self.city), self.ward.as_deref()].into_iter().flatten() {
            f.write_str(part)?;
        }
        Ok(())
    }
}

/// 指定都市 (地方自治法252条の19第1項の指定都市の指定に関する政令), the number of their prefecture, and their wards by each city's ordinance;
/// 浜松市 with those before and after 1 January 2024. Only they have wards.
const DESIGNATED: [(&str, u8, &str); 20] = [
    ("札幌市", 1, "中央区 北区 東区 白石区 豊平区 南区 西区 厚別区 手稲区 清田区"),
    ("仙台市", 4, "青葉区 宮城野区 若林区 太白区 泉区"),
    ("さいたま市", 11, "西区 北区 大宮区 見沼区 中央区 桜区 浦和区 南区 緑区 岩槻区"),
    ("千葉市", 12, "中央区 花見川区 稲毛区 若葉区 緑区 美浜区"),
    ("横浜市", 14, "鶴見区 神奈川区 西区 中区 南区 保土ケ谷区 磯子区 金沢区 港北区 戸塚区 港南区 旭区 緑区 瀬谷区 栄区 泉区 青葉区 都筑区"),
    ("川崎市", 14, "川崎区 幸区 中原区 高津区 多摩区 宮前区 麻生区"),
    ("相模原市", 14, "緑区 中央区 南区"),
    ("新潟市", 15, "北区 東区 中央区 江南区 秋葉区 南区 西区 西蒲区"),
    ("静岡市", 22, "葵区 駿河区 清水区"),
    ("浜松市", 22, "中央区 浜名区 天竜区 中区 東区 西区 南区 北区 浜北区"),
    ("名古屋市", 23, "千種区 東区 北区 西区 中村区 中区 昭和区 瑞穂区 熱田区 中川区 港区 南区 守山区 緑区 名東区 天白区"),
    ("京都市", 26, "北区 上京区 左京区 中京区 東山区 下京区 南区 右京区 伏見区 山科区 西京区"),
    (
        "大阪市",
        27,
        "都島区 福島区 此花区 西区 港区 大正区 天王寺区 浪速区 西淀川区 東淀川区 東成区 生野区 旭区 城東区 阿倍野区 住吉区 東住吉区 \
         西成区 淀川区 鶴見区 住之江区 平野区 北区 中央区",
    ),
    ("堺市", 27, "堺区 中区 東区 西区 南区 北区 美原区"),
    ("神戸市", 28, "東灘区 灘区 兵庫区 長田区 須磨区 垂水区 北区 中央区 西区"),
    ("岡山市", 33, "北区 中区 東区 南区"),
    ("広島市", 34, "中区 東区 南区 西区 安佐南区 安佐北区 安芸区 佐伯区"),
    ("北九州市", 40, "門司区 若松区 戸畑区 小倉北区 小倉南区 八幡東区 八幡西区"),
    ("福岡市", 40, "東区 博多区 中央区 南区 西区 城南区 早良区"),
    ("熊本市", 43, "中央区 東区 西区 南区 北区"),
];

/// 特別区 (地方自治法281条).
const SPECIAL_WARDS: [&str; 23] = [
    "千代田区",
    "中央区",
    "港区",
    "新宿区",
    "文京区",
    "台東区",
    "墨田区",
    "江東区",
    "品川区",
    "目黒区",
    "大田区",
    "世田谷区",
    "渋谷区",
    "中野区",
    "杉並区",
    "豊島区",
    "北区",
    "荒川区",
    "板橋区",
    "練馬区",
    "足立区",
    "葛飾区",
    "江戸川区",
];

/// Names, present and merged, with a 市, 町, 村 or 郡 before their end that would be taken for it.
const SUFFIX_WITHIN: [&str; 32] = [
    "四日市市",
    "廿日市市",
    "野々市市",
    "八日市場市",
    "八日市市",
    "今市市",
    "十日町市",
    "大町市",
    "羽村市",
    "田村市",
    "大村市",
    "中村市",
    "東村山市",
    "武蔵村山市",
    "大和郡山市",
    "蒲郡市",
    "小郡市",
    "余市町",
    "上市町",
    "上郡町",
    "下市町",
    "六日市町",
    "五日市町",
    "玉村町",
    "大町町",
    "高市郡",
    "余市郡",
    "西村山郡",
    "北村山郡",
    "東村山郡",
    "田村郡",
    "古市郡",
];

/// The longest names have six letters before their suffix: かすみがうら市, つくばみらい市.
const NAME_LETTERS_MAX: usize = 7;

impl Municipality {
    fn plain(city: &str) -> Self {
        Self { county: None, city: city.to_string(), ward: None }
    }

    /// The prefecture, where the name alone decides: designated cities, and special wards that no other city shares.
    pub(super) fn certain_prefecture(&self) -> Option<Prefecture> {
        if SPECIAL_WARDS.contains(&&*self.city) && cities_with(&self.city, None).next().is_none() {
            return Some(Prefecture::TOKYO);
        }
        let number = DESIGNATED.iter().find(|(name, ..)| *name == self.city).map(|(_, number, _)| *number)?;
        Prefecture::try_from(number).ok()
    }

    /// What is meant within a town: a ward alone is one of its own.
    pub(super) fn within(self, home: &Self) -> Self {
        let is_own_ward = DESIGNATED.iter().any(|(city, _, wards)| *city == home.city && wards.split(' ').any(|ward| ward == self.city));
        if is_own_ward { Self { ward: Some(self.city), ..Self::plain(&home.city) } } else { self }
    }

    /// Whether only a 町 or 村 was written, which can as well be a part of some city.
    pub(super) fn may_be_part_of_a_city(&self) -> bool {
        self.county.is_none() && self.city.ends_with(['町', '村'])
    }
}

/// Designated cities that have a ward of this name.
fn cities_with<'a>(ward: &'a str, prefecture: Option<Prefecture>) -> impl Iterator<Item = &'static str> + 'a {
    let in_prefecture = move |number: u8| prefecture.is_none_or(|prefecture| prefecture.number() == number);
    let cities = DESIGNATED.iter().filter(move |(_, number, wards)| in_prefecture(*number) && wards.split(' ').any(|own| own == ward));
    cities.map(|(city, ..)| *city)
}

/// The municipality that a text begins with, and the rest.
pub(super) fn split(text: &str, prefecture: Option<Prefecture>) -> (Option<Municipality>, &str) {
    let text = text.trim_start();
    let found =
        special_ward(text, prefecture).or_else(|| in_county(text)).or_else(|| city(text)).or_else(|| without_county(text, prefecture));
    match found {
        Some((municipality, rest)) => (Some(municipality), rest.trim_start()),
        None => (None, text),
    }
}

fn special_ward(text: &str, prefecture: Option<Prefecture>) -> Option<(Municipality, &str)> {
    if prefecture.is_some_and(|prefecture| prefecture != Prefecture::TOKYO) {
        return None;
    }
    let name = SPECIAL_WARDS.iter().find(|name| text.starts_with(*name))?;
    Some((Municipality::plain(name), &text[name.len()..]))
}

/// 胆沢郡金ケ崎町.
fn in_county(text: &str) -> Option<(Municipality, &str)> {
    let county = end_of_name(text, &['郡'], &['市'])?;
    let (county, rest) = text.split_at(county);
    let rest = rest.trim_start();
    let end = end_of_name(rest, &['町', '村'], &[])?;
    let (city, rest) = rest.split_at(end);
    Some((Municipality { county: Some(county.to_string()), ..Municipality::plain(city) }, rest))
}

/// 四日市市, and 横浜市港北区.
fn city(text: &str) -> Option<(Municipality, &str)> {
    let (city, rest) = text.split_at(end_of_name(text, &['市'], &['区', '郡', '町', '村'])?);
    let wards = DESIGNATED.iter().find(|(name, ..)| *name == city).map_or("", |(.., wards)| *wards);
    let after = rest.trim_start();
    // ヶ and ケ are written either way in 保土ケ谷区.
    let written = after.replacen('ヶ', "ケ", 1);
    match wards.split(' ').find(|ward| !ward.is_empty() && written.starts_with(ward)) {
        Some(ward) => Some((Municipality { ward: Some(ward.to_string()), ..Municipality::plain(city) }, &after[ward.len()..])),
        None => Some((Municipality::plain(city), rest)),
    }
}

/// 串本町 and the villages of islands, whose county was left out or does not exist; a ward whose city was left out.
fn without_county(text: &str, prefecture: Option<Prefecture>) -> Option<(Municipality, &str)> {
    let (name, rest) = text.split_at(end_of_name(text, &['町', '村', '区'], &['市', '郡'])?);
    // 紀尾井町1-3 alone is a town within some city: a municipality would be followed by a town.
    let alone = rest.trim_start().chars().next().is_none_or(|c| c.is_ascii_digit() || crate::digits::kanji_digit(c).is_some());
    if prefecture.is_none() && alone && !name.ends_with('区') {
        return None;
    }
    let mut cities = cities_with(name, prefecture);
    match (cities.next(), cities.next()) {
        // 左京区 is Kyoto's alone.
        (Some(city), None) => Some((Municipality { ward: Some(name.to_string()), ..Municipality::plain(city) }, rest)),
        _ => Some((Municipality::plain(name), rest)),
    }
}

/// Where the name that a text begins with ends, suffix included: the first suffix that does not stand at the very beginning; a known name
/// goes before. None when another of the `barring` letters comes first, or none within a name's length.
fn end_of_name(text: &str, suffixes: &[char], barring: &[char]) -> Option<usize> {
    if let Some(name) = SUFFIX_WITHIN.iter().find(|name| text.starts_with(*name)) {
        return name.ends_with(suffixes).then_some(name.len());
    }
    for (count, (at, c)) in text.char_indices().take(NAME_LETTERS_MAX + 1).enumerate() {
        if c.is_ascii_digit() || c == ' ' || (count > 0 && barring.contains(&c)) {
            return None;
        }
        if count > 0 && suffixes.contains(&c) {
            return Some(at + c.len_utf8());
        }
    }
    None
}
