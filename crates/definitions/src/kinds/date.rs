//! 日付: in 西暦 or 和暦, as parts (era, year, month, day) or as one text (R8.4.1, 2026-04-01).

use jiff::civil::Date;
use jp::era::{DateError, Era, Wareki, parse_date};

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 日付.
pub(super) struct Day;

/// The names of the three inputs that make a day beside its era.
const PARTS: [&str; 3] = ["year", "month", "day"];

impl Nature for Day {
    fn shape(&self) -> Shape {
        Shape::Parts
    }

    /// An era that a list shows chosen is no answer.
    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        is_blank(typed, path)
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        read(asked.typed, asked.path).map(|day| day.map(Answer::Date))
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Date)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Date(day) = answer { Value::Date(*day) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Date(day) = value { Some(Answer::Date(*day)) } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Date(day) = answer else { return };
        type_back(*day, path, into);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        if let Answer::Date(day) = answer { in_words(*day, language) } else { String::new() }
    }

    /// As staff type it: the digits of the day.
    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Date(day) = answer { vec![day.to_string()] } else { Vec::new() }
    }
}

/// A day as people read it: 令和8年11月24日; 2026年（令和8年）11月24日; 24 November 2026.
pub fn in_words(day: Date, language: Language) -> String {
    const MONTHS: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    match language {
        Language::Ja => jp::era::wareki(day),
        Language::Easy => match Wareki::of(day) {
            Some(wareki) => {
                format!("{}年（{}{}年）{}月{}日", day.year(), wareki.era().name(), wareki.year_in_words(), day.month(), day.day())
            }
            None => jp::era::wareki(day),
        },
        Language::En => {
            let month = usize::try_from(day.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or("");
            format!("{} {month} {}", day.day(), day.year())
        }
    }
}

pub(super) fn is_blank(typed: &Typed, path: &str) -> bool {
    let is_empty = |name: &str| typed.first(name).is_none_or(|value| value.trim().is_empty());
    is_empty(path) && PARTS.iter().all(|part| is_empty(&format!("{path}.{part}")))
}

/// The day under a name, also for the birth date of a person who is typed by hand.
pub(super) fn read(typed: &Typed, path: &str) -> Result<Option<Date>, Vec<Wrong>> {
    let part = |part: &str| half_width(typed.first(&format!("{path}.{part}")).unwrap_or("").trim());
    let parts = PARTS.map(part);
    if parts.iter().all(String::is_empty) {
        let whole = typed.first(path).unwrap_or("").trim();
        if whole.is_empty() {
            return Ok(None);
        }
        return parse_date(whole).map(Some).map_err(|error| vec![wrong("", error)]);
    }
    if let Some(missing) = PARTS.into_iter().zip(&parts).find(|(_, value)| value.is_empty()) {
        return Err(vec![Wrong::part(missing.0, "kind-date-incomplete")]);
    }
    of_parts(&part("era"), &parts).map(Some)
}

fn of_parts(era: &str, [year, month, day]: &[String; 3]) -> Result<Date, Vec<Wrong>> {
    let unreadable = |part: &'static str| vec![Wrong::part(part, "kind-date-unreadable")];
    let era = match era {
        "" | "western" => None,
        "reiwa" => Some(Era::Reiwa),
        "heisei" => Some(Era::Heisei),
        "showa" => Some(Era::Showa),
        "taisho" => Some(Era::Taisho),
        "meiji" => Some(Era::Meiji),
        _ => return Err(unreadable("era")),
    };
    // Who types 2026 under 令和 means the year that they typed; 元 is the first year.
    let digits = year.trim_end_matches('年');
    let year: i16 = if digits == "元" { 1 } else { digits.parse().map_err(|_| unreadable("year"))? };
    let month: i8 = month.trim_end_matches('月').parse().map_err(|_| unreadable("month"))?;
    let day: i8 = day.trim_end_matches('日').parse().map_err(|_| unreadable("day"))?;
    match era.filter(|_| year < 1000) {
        Some(era) => Wareki::new(era, year, month, day).map(|wareki| wareki.date()).map_err(|error| vec![wrong("", error)]),
        // A year of two digits without an era is nobody's year.
        None if year < 1000 => Err(unreadable("year")),
        None => Date::new(year, month, day).map_err(|_| vec![Wrong::whole("kind-date-no-such-day")]),
    }
}

fn wrong(part: &'static str, error: DateError) -> Wrong {
    match error {
        DateError::Empty => Wrong::part(part, "kind-date-incomplete"),
        DateError::Unreadable => Wrong::part(part, "kind-date-unreadable"),
        DateError::NoSuchDay => Wrong::part(part, "kind-date-no-such-day"),
        DateError::Lunar => Wrong::part(part, "kind-date-lunar"),
        DateError::PastEraEnd { era } => Wrong::part(part, "kind-date-past-era").with("era", era.name()),
        DateError::BeforeEra { era } => Wrong::part(part, "kind-date-before-era").with("era", era.name()),
    }
}

/// Into the parts that a page shows, in the era of the day.
pub(super) fn type_back(day: Date, path: &str, into: &mut Typed) {
    let (era, year) = match Wareki::of(day) {
        Some(wareki) => (era_id(wareki.era()), wareki.year()),
        None => ("western", day.year()),
    };
    // Days before the year 1000 and after 9999 have no parts that would be read again.
    into.set(format!("{path}.era"), [era]);
    into.set(format!("{path}.year"), [year.to_string()]);
    into.set(format!("{path}.month"), [day.month().to_string()]);
    into.set(format!("{path}.day"), [day.day().to_string()]);
}

fn era_id(era: Era) -> &'static str {
    match era {
        Era::Meiji => "meiji",
        Era::Taisho => "taisho",
        Era::Showa => "showa",
        Era::Heisei => "heisei",
        Era::Reiwa => "reiwa",
    }
}
