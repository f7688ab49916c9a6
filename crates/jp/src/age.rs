//! # 年齢 Age, in law and in everyday life
//!
//! The law counts a person's years from the day of birth itself (年齢計算ニ関スル法律, 明治35年法律第50号), so a year is full at the *end of
//! the day before* the birthday (民法143条). Everyday life lets a person grow older on the birthday. The two differ by one day, and that day
//! decides who enters school and until when an allowance is paid. Hence two families of functions, named so that nobody mixes them:
//!
//! - [`attainment_date`], [`has_attained`], [`fiscal_year_end_after`]: 「…歳に達した日」, school entry, 国民年金, 介護保険, 児童手当.
//! - [`age_on`]: the age one says; 後期高齢者医療 (75) starts with it.
//!
//! ```
//! use jiff::civil::date;
//! use jp::age::{age_on, attainment_date, fiscal_year_end_after};
//!
//! let birth = date(2008, 4, 1);
//! assert_eq!(attainment_date(birth, 18), date(2026, 3, 31));
//! assert_eq!(age_on(birth, date(2026, 3, 31)), Ok(17));
//! assert_eq!(fiscal_year_end_after(birth, 18), date(2026, 3, 31));
//! assert_eq!(fiscal_year_end_after(date(2008, 4, 2), 18), date(2027, 3, 31));
//! ```

use crate::fiscal::FiscalYear;
use jiff::{Span, civil::Date};

/// A day lies before the birth. Imported rows can hold such dates: show them to staff, never guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the day lies before the birth")]
pub struct BornLater;

/// The day at whose end a person has completed `years` years: the day before that birthday. Born on 29 February: always 28 February.
///
/// The day of birth itself belongs to the count, so nobody completes 0 years: for 0 it is the day before the birth.
pub fn attainment_date(birth: Date, years: u16) -> Date {
    let anniversary = birth.saturating_add(Span::new().years(i64::from(years)));
    // Where the year lacks 29 February the anniversary falls on the 28th, which is the month's end that 民法143条 names.
    if anniversary.day() < birth.day() { anniversary } else { anniversary.yesterday().unwrap_or(anniversary) }
}

/// Whether a person counts on a day as having attained an age (「達した者」): from the day before the birthday on.
pub fn has_attained(birth: Date, years: u16, day: Date) -> bool {
    attainment_date(birth, years) <= day
}

/// Age in full years as one says it: it grows on the birthday; born on 29 February, in common years on 1 March.
///
/// # Errors
/// When `day` lies before the birth.
pub fn age_on(birth: Date, day: Date) -> Result<u16, BornLater> {
    if day < birth {
        return Err(BornLater);
    }
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    // Both years lie within ±9999, so the difference fits.
    let years = i32::from(day.year()) - i32::from(birth.year()) - i32::from(!had_birthday);
    u16::try_from(years).map_err(|_| BornLater)
}

/// The first 31 March on or after the day on which an age is attained (「…歳に達する日以後の最初の3月31日」): 児童手当 to 18 (児童手当法3条),
/// children's medical aid, after-school care to 12.
pub fn fiscal_year_end_after(birth: Date, years: u16) -> Date {
    FiscalYear::of(attainment_date(birth, years)).last_day()
}

/// Whether a person is on a day still within that first 31 March.
pub fn is_until_fiscal_year_end_after(birth: Date, years: u16, day: Date) -> bool {
    birth <= day && day <= fiscal_year_end_after(birth, years)
}
