//! The time that figures are asked for: a month, a quarter or the whole of a fiscal year (April to March).

use std::{fmt, str::FromStr};

use jiff::civil::Date;

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

/// A text is no month or period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month 2026-11, a quarter of a fiscal year 2026-q3, or a fiscal year 2026")]
pub struct NotAPeriod;

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Month {
        Month(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    /// So many months later; earlier when negative.
    pub fn plus(self, months: i32) -> Month {
        Month(self.0.saturating_add(months))
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn month(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        let (year, month) = (i16::try_from(self.year()), i8::try_from(self.month()));
        year.ok().zip(month.ok()).and_then(|(year, month)| Date::new(year, month, 1).ok()).unwrap_or(Date::MIN)
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl FromStr for Month {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Month, NotAPeriod> {
        let (year, month) = text.split_once('-').ok_or(NotAPeriod)?;
        let is_plain = year.len() == 4 && month.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let (year, month): (i32, i32) = (year.parse().map_err(|_| NotAPeriod)?, month.parse().map_err(|_| NotAPeriod)?);
        if is_plain && (1..=12).contains(&month) { Ok(Month(year * 12 + month - 1)) } else { Err(NotAPeriod) }
    }
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A month.
    Month,
    /// 四半期: three months, the first from April.
    Quarter,
    /// 年度.
    Year,
}

/// A period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first month.
    pub first: Month,
    /// How long it is.
    pub length: Length,
}

impl Period {
    /// The period of this length in which a month lies.
    pub fn around(month: Month, length: Length) -> Period {
        let since_april = (month.month() + 8) % 12;
        let back = match length {
            Length::Month => 0,
            Length::Quarter => since_april % 3,
            Length::Year => since_april,
        };
        Period { first: month.plus(-back), length }
    }

    /// How many months it has.
    pub fn months(self) -> i32 {
        match self.length {
            Length::Month => 1,
            Length::Quarter => 3,
            Length::Year => 12,
        }
    }

    /// Its last month.
    pub fn last(self) -> Month {
        self.first.plus(self.months() - 1)
    }

    /// The one before it.
    pub fn before(self) -> Period {
        Period { first: self.first.plus(-self.months()), ..self }
    }

    /// The same a year earlier.
    pub fn a_year_before(self) -> Period {
        Period { first: self.first.plus(-12), ..self }
    }

    /// The one after it.
    pub fn after(self) -> Period {
        Period { first: self.first.plus(self.months()), ..self }
    }

    /// The fiscal year in which it begins.
    pub fn fiscal_year(self) -> i32 {
        if self.first.month() >= 4 { self.first.year() } else { self.first.year() - 1 }
    }

    /// 1 to 4: the quarter in which it begins.
    pub fn quarter(self) -> i32 {
        (self.first.month() + 8) % 12 / 3 + 1
    }

    /// Whether a month lies in it.
    pub fn contains(self, month: Month) -> bool {
        (self.first..=self.last()).contains(&month)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Length::Month => self.first.fmt(f),
            Length::Quarter => write!(f, "{:04}-q{}", self.fiscal_year(), self.quarter()),
            Length::Year => write!(f, "{:04}", self.fiscal_year()),
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Period, NotAPeriod> {
        let april = |year: &str| format!("{year}-04").parse::<Month>();
        if let Some((year, quarter)) = text.split_once("-q") {
            let quarter: i32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter)).ok_or(NotAPeriod)?;
            return Ok(Period { first: april(year)?.plus((quarter - 1) * 3), length: Length::Quarter });
        }
        if text.contains('-') {
            return Ok(Period { first: text.parse()?, length: Length::Month });
        }
        Ok(Period { first: april(text)?, length: Length::Year })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_as_it_is_written_and_knows_its_neighbours() {
        let table = [
            ("2026-11", "2026-11", "2026-11", "2026-10", "2025-11"),
            ("2027-01", "2027-01", "2027-01", "2026-12", "2026-01"),
            ("2026-q1", "2026-04", "2026-06", "2025-q4", "2025-q1"),
            ("2026-q4", "2027-01", "2027-03", "2026-q3", "2025-q4"),
            ("2026", "2026-04", "2027-03", "2025", "2025"),
        ];
        for (text, first, last, before, a_year_before) in table {
            let period: Period = text.parse().unwrap();
            let said = [period.to_string(), period.first.to_string(), period.last().to_string()];
            assert_eq!(said, [text, first, last]);
            assert_eq!([period.before().to_string(), period.a_year_before().to_string()], [before, a_year_before]);
            assert_eq!(period.before().after(), period);
        }
        for bad in ["", "2026-13", "2026-00", "2026-q0", "2026-q5", "26-11", "2026-1", "next", "2026-11-24", "-2026", "2026-+1"] {
            assert_eq!(bad.parse::<Period>(), Err(NotAPeriod), "{bad}");
        }
    }

    #[test]
    fn a_month_finds_its_quarter_and_its_fiscal_year() {
        let of = |text: &str, length| Period::around(text.parse().unwrap(), length).to_string();
        assert_eq!(of("2027-03", Length::Year), "2026");
        assert_eq!(of("2026-04", Length::Year), "2026");
        assert_eq!(of("2027-02", Length::Quarter), "2026-q4");
        assert_eq!(of("2026-11", Length::Quarter), "2026-q3");
        assert_eq!("2027-02".parse::<Month>().unwrap().last_day().to_string(), "2027-02-28");
    }
}
