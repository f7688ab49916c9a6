//! 都道府県: the only places whose names are known here by heart (JIS X 0401).

use serde::{Deserialize, Serialize};
use std::fmt;

const NAMES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A prefecture, by its number in JIS X 0401 (1 to 47).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Prefecture(u8);

/// A number that is no prefecture's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a prefecture is 1 to 47")]
pub struct NoSuchPrefecture;

impl Prefecture {
    /// 京都府.
    pub const KYOTO: Self = Self(26);
    /// 東京都.
    pub const TOKYO: Self = Self(13);

    /// All, from 北海道 to 沖縄県.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=47).map(Self)
    }

    /// Its name: 北海道, 東京都.
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0) - 1).copied().unwrap_or_default()
    }

    /// Its number, the first two digits of every 団体コード in it.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// By its full name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|prefecture| prefecture.name() == name)
    }

    /// Its name as people shorten it: 東京, 大阪; 北海道 stays.
    fn short(self) -> &'static str {
        let name = self.name();
        name.strip_suffix(['都', '府', '県']).unwrap_or(name)
    }
}

impl TryFrom<u8> for Prefecture {
    type Error = NoSuchPrefecture;
    fn try_from(number: u8) -> Result<Self, NoSuchPrefecture> {
        if (1..=47).contains(&number) { Ok(Self(number)) } else { Err(NoSuchPrefecture) }
    }
}

impl From<Prefecture> for u8 {
    fn from(prefecture: Prefecture) -> Self {
        prefecture.0
    }
}

impl fmt::Display for Prefecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Municipalities whose names begin like a shortened prefecture and go on like another municipality: 大阪狭山市 is no 狭山市 of Osaka.
const NO_SHORT_PREFECTURE: [&str; 4] = ["大阪狭山市", "長野原町", "佐賀関町", "宮城野区"];

/// The prefecture that a text begins with, and the rest. A shortened one (岩手花巻市) only where a municipality follows it.
pub(super) fn split(text: &str) -> (Option<Prefecture>, &str) {
    for prefecture in Prefecture::all() {
        if let Some(rest) = text.strip_prefix(prefecture.name()) {
            return (Some(prefecture), rest.trim_start());
        }
    }
    if NO_SHORT_PREFECTURE.iter().any(|name| text.starts_with(name)) {
        return (None, text);
    }
    for prefecture in Prefecture::all() {
        let Some(rest) = text.strip_prefix(prefecture.short()) else { continue };
        // 千葉市, 石川郡, 福島町: the short name is the municipality's own.
        if !rest.starts_with(['市', '区', '町', '村', '郡']) && super::municipality::split(rest, Some(prefecture)).0.is_some() {
            return (Some(prefecture), rest.trim_start());
        }
    }
    (None, text)
}
