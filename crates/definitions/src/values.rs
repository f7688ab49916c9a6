//! Scalars of the language that are more than text: lengths of time, ranges.

use crate::procedure::Period;

/// `14 days`, `2 business days`, `3 months`.
pub fn period(text: &str) -> Option<Period> {
    let (count, unit) = text.split_once(' ')?;
    let count: u16 = count.parse().ok().filter(|count| *count > 0)?;
    match unit.trim() {
        "day" | "days" => Some(Period::Days(count)),
        "business day" | "business days" => Some(Period::BusinessDays(count)),
        "month" | "months" => Some(Period::Months(count)),
        _ => None,
    }
}

/// `5 fiscal years`.
pub fn fiscal_years(text: &str) -> Option<u16> {
    let (count, unit) = text.split_once(' ')?;
    matches!(unit.trim(), "fiscal year" | "fiscal years").then(|| count.parse().ok()).flatten().filter(|count| *count > 0)
}

/// `1..4`.
pub fn range(text: &str) -> Option<(u32, u32)> {
    let (fewest, most) = text.split_once("..")?;
    let (fewest, most) = (fewest.trim().parse().ok()?, most.trim().parse().ok()?);
    // More than fifty of the same questions is no form any more.
    (fewest <= most && most <= 50 && most > 0).then_some((fewest, most))
}
