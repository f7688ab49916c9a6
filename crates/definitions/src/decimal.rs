//! # 小数 Decimals
//!
//! Areas, shares, degrees of latitude: exact, as they are written. 12.5 ㎡ is never 12.499…, so that a rule decides at its edge as the
//! law has it.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal as Exact, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The most digits before and behind the point; nothing that a town hall counts has more.
const DIGITS_MAX: usize = 18;

/// An exact number with decimals. 1.0 and 1.00 are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(Exact);

/// What is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NoDecimal;

impl Decimal {
    /// How many digits stand behind the point, zeros at the end left out.
    pub fn places(self) -> u32 {
        self.0.normalize().scale()
    }

    /// 切り捨て: the whole number not above it.
    pub fn floor(self) -> Option<i64> {
        self.0.floor().to_i64()
    }

    /// 切り上げ: the whole number not below it.
    pub fn ceil(self) -> Option<i64> {
        self.0.ceil().to_i64()
    }

    /// 四捨五入: the nearest whole number; a half goes away from zero.
    pub fn round(self) -> Option<i64> {
        self.0.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64()
    }

    /// The sum, where it can be held.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// The difference, where it can be held.
    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_sub(other.0).map(Decimal)
    }

    /// The product, where it can be held.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_mul(other.0).map(Decimal)
    }

    /// The quotient; none when divided by zero.
    pub fn over(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_div(other.0).map(Decimal)
    }

    /// What is left of a division; none when divided by zero.
    pub fn rest(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_rem(other.0).map(Decimal)
    }

    /// With the sign turned.
    pub fn negated(self) -> Decimal {
        Decimal(-self.0)
    }

    /// Nearly the same, for drawing and distances; never for a rule.
    pub fn nearly(self) -> f64 {
        self.0.to_f64().unwrap_or_default()
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The least step in its last written place: 0.1 for 12.5. `bend` shifts constants by it.
    pub fn step(self) -> Decimal {
        Decimal(Exact::new(1, self.0.scale()))
    }

    /// With commas between thousands: 1,234.5.
    pub fn with_commas(self) -> String {
        let text = self.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
        let (whole, behind) = digits.split_once('.').map_or((digits, None), |(whole, behind)| (whole, Some(behind)));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), crate::kinds::with_commas);
        match behind {
            Some(behind) => format!("{sign}{whole}.{behind}"),
            None => format!("{sign}{whole}"),
        }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Decimal {
        Decimal(Exact::from(number))
    }
}

/// Zeros at the end are left out: 12.50 reads 12.5.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

/// Digits with one point at most, and a sign: no spaces, commas or exponents.
impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Decimal, NoDecimal> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, behind) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.len() <= DIGITS_MAX && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(behind) || whole.len() + behind.len() > DIGITS_MAX + 9 {
            return Err(NoDecimal);
        }
        text.parse().map(Decimal).map_err(|_| NoDecimal)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn of(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn reckoning_is_exact() {
        assert_eq!(of("0.1").plus(of("0.2")), Some(of("0.3")));
        assert_eq!(of("12.5").times(of("0.08")), Some(of("1")));
        assert_eq!(of("1").over(of("0")), None);
        assert_eq!(of("12.50"), of("12.5"));
        assert_eq!(of("12.50").to_string(), "12.5");
        assert_eq!(of("-1234567.25").with_commas(), "-1,234,567.25");
    }

    #[test]
    fn rounding_is_that_of_the_counter() {
        assert_eq!((of("2.5").round(), of("-2.5").round(), of("2.49").round()), (Some(3), Some(-3), Some(2)));
        assert_eq!((of("2.1").ceil(), of("2.9").floor(), of("-2.1").floor()), (Some(3), Some(2), Some(-3)));
        assert_eq!(of("999999999999999999").round(), Some(999_999_999_999_999_999));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", ".", "1.", ".5", "1e3", "1.2.3", "+1", " 1", "１", "1,000", "--1", "1234567890123456789", "NaN"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}
