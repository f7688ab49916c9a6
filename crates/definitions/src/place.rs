//! # 場所 Places
//!
//! A spot that has no address: a hole in the road, rubbish in the woods, a lamp that is out. Said in words, by a position, or both;
//! and the map that a town shows for it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{decimal::Decimal, text::Text};

/// Digits behind the point of a degree: some ten centimetres.
const DEGREE_PLACES: u32 = 6;

/// 北緯 and 東経 in degrees (世界測地系, JGD2011, which maps of the web use alike).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// 北緯.
    pub latitude: Decimal,
    /// 東経.
    pub longitude: Decimal,
}

/// What is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPosition {
    /// Not two numbers.
    #[error("not two numbers")]
    Unreadable,
    /// Not in Japan, with its farthest islands.
    #[error("not in Japan")]
    Outside,
}

impl Position {
    fn new(latitude: Decimal, longitude: Decimal) -> Result<Position, NoPosition> {
        let within = |degrees: Decimal, from: i64, to: i64| degrees >= Decimal::from(from) && degrees <= Decimal::from(to);
        // 沖ノ鳥島 lies at 20°25′ N, 択捉島 reaches 45°33′ N, 与那国島 122°55′ E, 南鳥島 153°59′ E (国土地理院「日本の東西南北端点の経度緯度」).
        if within(latitude, 20, 46) && within(longitude, 122, 154) {
            Ok(Position { latitude, longitude })
        } else {
            Err(NoPosition::Outside)
        }
    }
}

/// `35.681236,139.767125`: what maps put on the clipboard and what the page's own map posts.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.latitude, self.longitude)
    }
}

/// Two numbers with a comma or a space between.
impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Position, NoPosition> {
        let mut parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let (Some(latitude), Some(longitude), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoPosition::Unreadable);
        };
        let degrees = |text: &str| text.parse::<Decimal>().map_err(|_| NoPosition::Unreadable).map(cut);
        Position::new(degrees(latitude)?, degrees(longitude)?)
    }
}

/// More digits than anyone can point at are left out.
fn cut(degrees: Decimal) -> Decimal {
    if degrees.places() <= DEGREE_PLACES {
        return degrees;
    }
    let text = degrees.to_string();
    let behind = text.find('.').map_or(text.len(), |point| point + 1 + DEGREE_PLACES as usize);
    text.get(..behind).and_then(|text| text.parse().ok()).unwrap_or(degrees)
}

/// The map of a town.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TownMap {
    /// Where pictures of 256 × 256 points come from, with `{z}`, `{x}` and `{y}` (地理院タイル and others alike). The town hall fetches them,
    /// not the person's browser: no one else learns who looks where.
    pub tiles: String,
    /// Who made the map; stands below it, as its terms ask.
    pub credit: Text,
    /// What is shown first.
    pub center: Position,
    /// How closely: 15 shows a neighbourhood.
    pub zoom: u8,
}

/// The farthest and the closest view that is fetched.
pub const ZOOMS: std::ops::RangeInclusive<u8> = 5..=18;

impl TownMap {
    /// Where the picture of a tile is; none where there is no such tile or it shows nothing near the town: nobody draws the world through a
    /// town hall.
    pub fn tile(&self, zoom: u8, x: u32, y: u32) -> Option<String> {
        let side = 1u32.checked_shl(u32::from(zoom))?;
        if !ZOOMS.contains(&zoom) || x >= side || y >= side || !self.is_near(f64::from(side), x, y) {
            return None;
        }
        let numbers = [("{z}", zoom.to_string()), ("{x}", x.to_string()), ("{y}", y.to_string())];
        Some(numbers.into_iter().fold(self.tiles.clone(), |url, (name, number)| url.replace(name, &number)))
    }
}

/// So far from the center a map reaches, in degrees: some hundred kilometres.
const REACH: f64 = 1.0;

impl TownMap {
    /// Whether a tile shows anything within reach of the center (Web Mercator).
    fn is_near(&self, side: f64, x: u32, y: u32) -> bool {
        let (latitude, longitude) = (self.center.latitude.nearly(), self.center.longitude.nearly());
        let column = |longitude: f64| (longitude + 180.0) / 360.0 * side;
        let row = |latitude: f64| (0.5 - latitude.to_radians().sin().atanh() / std::f64::consts::TAU) * side;
        let meets = |from: f64, to: f64, at: u32| from < f64::from(at) + 1.0 && to >= f64::from(at);
        meets(column(longitude - REACH), column(longitude + REACH), x) && meets(row(latitude + REACH), row(latitude - REACH), y)
    }
}

#[cfg(test)]
mod tests {
    use super::{NoPosition, Position, TownMap};
    use crate::text::Text;

    fn of(text: &str) -> Result<Position, NoPosition> {
        text.parse()
    }

    #[test]
    fn a_position_reads_as_maps_write_it() {
        assert_eq!(of("35.681236, 139.767125").unwrap().to_string(), "35.681236,139.767125");
        assert_eq!(of("35.68123699 139.76712543").unwrap().to_string(), "35.681236,139.767125");
        assert_eq!(of("26,127").unwrap().to_string(), "26,127");
    }

    #[test]
    fn only_tiles_near_the_town_are_fetched() {
        let tiles = "https://maps.example.jp/{z}/{x}/{y}.png".to_owned();
        let map = TownMap { tiles, credit: Text::default(), center: of("35.681236,139.767125").unwrap(), zoom: 15 };
        assert_eq!(map.tile(15, 29105, 12903).as_deref(), Some("https://maps.example.jp/15/29105/12903.png"));
        for (zoom, x, y) in [(5, 28, 12), (12, 3638, 1612), (12, 3627, 1612), (18, 232840, 103224)] {
            assert!(map.tile(zoom, x, y).is_some(), "{zoom}/{x}/{y}");
        }
        for (zoom, x, y) in
            [(5, 0, 0), (12, 1, 1), (12, 3600, 1612), (12, 3638, 1590), (4, 14, 6), (19, 465680, 206448), (15, 32768, 12903)]
        {
            assert_eq!(map.tile(zoom, x, y), None, "{zoom}/{x}/{y}");
        }
    }

    #[test]
    fn what_lies_elsewhere_or_is_none_is_refused() {
        assert_eq!(of("139.767125,35.681236"), Err(NoPosition::Outside));
        assert_eq!(of("51.5,-0.1"), Err(NoPosition::Outside));
        for text in ["", "35.68", "35.68,139.76,1", "中央,公園", "35.68;139.76"] {
            assert_eq!(of(text), Err(NoPosition::Unreadable), "{text}");
        }
    }
}
