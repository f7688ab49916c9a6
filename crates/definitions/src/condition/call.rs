//! The functions: what they take and give, and what they do.

use jiff::{Span, civil::Date};

use jp::{
    age,
    calendar::BusinessCalendar,
    fiscal::{FiscalYear, school_entry},
    period::{Period, last_day_before_extension},
};

use super::{Fault, Function, Length, Type, Value, evaluate::TEXT_BYTES_MAX};

/// What a function takes and gives.
pub(super) struct Signature {
    name: &'static str,
    is_method: bool,
    pub(super) function: Function,
    pub(super) takes: &'static [Shape],
    pub(super) gives: Shape,
    /// How it is written, for a hint.
    pub(super) form: &'static str,
}

/// A type in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Int,
    Decimal,
    Text,
    Date,
    Length,
    List,
    /// The same as the first argument.
    Same,
}

impl Shape {
    pub(super) fn fits(self, given: &Type) -> bool {
        match self {
            Shape::Same => false,
            Shape::List => matches!(given, Type::List(_) | Type::Any),
            _ => given.fits(&self.type_of(None)),
        }
    }

    pub(super) fn type_of(self, first: Option<&Type>) -> Type {
        match self {
            Shape::Bool => Type::Bool,
            Shape::Int => Type::Int,
            Shape::Decimal => Type::Decimal,
            Shape::Text => Type::Text,
            Shape::Date => Type::Date,
            Shape::Length => Type::Length,
            Shape::List => Type::list(Type::Any),
            Shape::Same => first.cloned().unwrap_or(Type::Any),
        }
    }
}

const fn function(name: &'static str, function: Function, takes: &'static [Shape], gives: Shape, form: &'static str) -> Signature {
    Signature { name, is_method: false, function, takes, gives, form }
}

const fn method(name: &'static str, function: Function, takes: &'static [Shape], gives: Shape, form: &'static str) -> Signature {
    Signature { name, is_method: true, function, takes, gives, form }
}

use Shape::{Bool, Decimal, Int, Length as Long, List, Same, Text};

const SIGNATURES: &[Signature] = &[
    function("days", Function::Days, &[Int], Long, "`days(7)`"),
    function("months", Function::Months, &[Int], Long, "`months(3)`"),
    function("years", Function::Years, &[Int], Long, "`years(1)`"),
    function("date", Function::Date, &[Text], Shape::Date, "`date('2027-04-01')`"),
    function("year", Function::Year, &[Shape::Date], Int, "`year(start)`"),
    function("month", Function::Month, &[Shape::Date], Int, "`month(start)`"),
    function("day", Function::Day, &[Shape::Date], Int, "`day(start)`"),
    function("age", Function::Age, &[Shape::Date, Shape::Date], Int, "`age(born, on)`"),
    function("grade", Function::Grade, &[Shape::Date, Shape::Date], Int, "`grade(born, on)`"),
    function("attained", Function::Attained, &[Shape::Date, Int], Shape::Date, "`attained(born, 18)`: a day"),
    function(
        "before_fiscal_year_end_after",
        Function::BeforeFiscalYearEndAfter,
        &[Shape::Date, Int, Shape::Date],
        Bool,
        "`before_fiscal_year_end_after(born, 18, on)`",
    ),
    function("start_of_fiscal_year", Function::StartOfFiscalYear, &[Shape::Date], Shape::Date, "`start_of_fiscal_year(d)`"),
    function("end_of_fiscal_year", Function::EndOfFiscalYear, &[Shape::Date], Shape::Date, "`end_of_fiscal_year(d)`"),
    function("limit", Function::Limit, &[Shape::Date, Long], Shape::Date, "`limit(event_on, days(15))`: a day"),
    function("size", Function::Size, &[List], Int, "`size(list)`"),
    function("size", Function::Size, &[Text], Int, "`size(text)`"),
    method("size", Function::Size, &[List], Int, "`list.size()`"),
    method("size", Function::Size, &[Text], Int, "`text.size()`"),
    method("contains", Function::Contains, &[Text, Text], Bool, "`text.contains('…')`"),
    method("startsWith", Function::StartsWith, &[Text, Text], Bool, "`text.startsWith('…')`"),
    method("endsWith", Function::EndsWith, &[Text, Text], Bool, "`text.endsWith('…')`"),
    function("floor", Function::Floor, &[Decimal], Int, "`floor(area)`"),
    function("ceil", Function::Ceil, &[Decimal], Int, "`ceil(area)`"),
    function("round", Function::Round, &[Decimal], Int, "`round(area)`"),
    function("min", Function::Min, &[Int, Int], Same, "`min(a, b)`"),
    function("min", Function::Min, &[Decimal, Decimal], Decimal, "`min(a, b)`"),
    function("min", Function::Min, &[Shape::Date, Shape::Date], Same, "`min(a, b)`"),
    function("max", Function::Max, &[Int, Int], Same, "`max(a, b)`"),
    function("max", Function::Max, &[Decimal, Decimal], Decimal, "`max(a, b)`"),
    function("max", Function::Max, &[Shape::Date, Shape::Date], Same, "`max(a, b)`"),
];

pub(super) fn named(name: &str, is_method: bool) -> impl Iterator<Item = &'static Signature> {
    SIGNATURES.iter().filter(move |signature| signature.is_method == is_method && signature.name == name)
}

pub(super) fn names(is_method: bool) -> impl Iterator<Item = &'static str> {
    let macros: &[&str] = if is_method { &["exists", "exists_one", "all", "filter", "map", "count"] } else { &["has"] };
    SIGNATURES
        .iter()
        .filter(move |signature| signature.is_method == is_method)
        .map(|signature| signature.name)
        .chain(macros.iter().copied())
}

/// The last day of a legal period, before a closed day moves it: in days, or in months and years, never both.
pub(super) fn last_day(event: Date, length: Length) -> Result<Date, Fault> {
    let months = i64::from(length.years) * 12 + i64::from(length.months);
    let count = |n: i64| u16::try_from(n).map_err(|_| Fault::OutOfRange);
    let period = match (months, i64::from(length.days)) {
        (0, days) => Period::Days(count(days)?),
        (months, 0) => Period::Months(count(months)?),
        _ => return Err(Fault::Misfit),
    };
    Ok(last_day_before_extension(event, period, &BusinessCalendar::common()))
}

/// Does it. The arguments are values in the ordinary sense.
pub(super) fn call(function: Function, arguments: &[Value]) -> Value {
    let done = match (function, arguments) {
        (Function::Days, [Value::Int(n)]) => length(*n, |days| Length { days, ..Length::default() }),
        (Function::Months, [Value::Int(n)]) => length(*n, |months| Length { months, ..Length::default() }),
        (Function::Years, [Value::Int(n)]) => length(*n, |years| Length { years, ..Length::default() }),
        (Function::Date, [Value::Text(text)]) => text.parse().map(Value::Date).map_err(|_| Fault::NoDate),
        (Function::Year, [Value::Date(day)]) => Ok(Value::Int(day.year().into())),
        (Function::Month, [Value::Date(day)]) => Ok(Value::Int(day.month().into())),
        (Function::Day, [Value::Date(day)]) => Ok(Value::Int(day.day().into())),
        (Function::Age, [Value::Date(born), Value::Date(on)]) => {
            age::age_on(*born, *on).map(|years| Value::Int(years.into())).map_err(|_| Fault::BornLater)
        }
        (Function::Grade, [Value::Date(born), Value::Date(on)]) => {
            let entry = i64::from(school_entry(*born).year());
            Ok(Value::Int(i64::from(FiscalYear::of(*on).year()) - entry + 1))
        }
        (Function::Attained, [Value::Date(born), Value::Int(n)]) => years(*n).map(|n| Value::Date(age::attainment_date(*born, n))),
        (Function::BeforeFiscalYearEndAfter, [Value::Date(born), Value::Int(n), Value::Date(on)]) => {
            years(*n).map(|n| Value::Bool(age::is_until_fiscal_year_end_after(*born, n, *on)))
        }
        (Function::StartOfFiscalYear, [Value::Date(day)]) => Ok(Value::Date(FiscalYear::of(*day).first_day())),
        (Function::EndOfFiscalYear, [Value::Date(day)]) => Ok(Value::Date(FiscalYear::of(*day).last_day())),
        (Function::Size, [Value::List(values)]) => i64::try_from(values.len()).map(Value::Int).map_err(|_| Fault::OutOfRange),
        (Function::Size, [Value::Text(text)]) => i64::try_from(text.chars().count()).map(Value::Int).map_err(|_| Fault::OutOfRange),
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.contains(&**part))),
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.starts_with(&**part))),
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.ends_with(&**part))),
        (Function::Min, [Value::Int(a), Value::Int(b)]) => Ok(Value::Int(*a.min(b))),
        (Function::Floor | Function::Ceil | Function::Round, [Value::Int(n)]) => Ok(Value::Int(*n)),
        (Function::Floor, [Value::Decimal(x)]) => x.floor().map(Value::Int).ok_or(Fault::OutOfRange),
        (Function::Ceil, [Value::Decimal(x)]) => x.ceil().map(Value::Int).ok_or(Fault::OutOfRange),
        (Function::Round, [Value::Decimal(x)]) => x.round().map(Value::Int).ok_or(Fault::OutOfRange),
        (Function::Min, [Value::Date(a), Value::Date(b)]) => Ok(Value::Date(*a.min(b))),
        (Function::Max, [Value::Int(a), Value::Int(b)]) => Ok(Value::Int(*a.max(b))),
        (Function::Max, [Value::Date(a), Value::Date(b)]) => Ok(Value::Date(*a.max(b))),
        (Function::Min | Function::Max, [a, b]) => match (a.as_decimal(), b.as_decimal()) {
            (Some(a), Some(b)) => Ok(Value::Decimal(if function == Function::Min { a.min(b) } else { a.max(b) })),
            _ => Err(Fault::Misfit),
        },
        _ => Err(Fault::Misfit),
    };
    done.unwrap_or_else(Value::Fault)
}

/// Beyond this many days, months or years we do not reckon: ten thousand years of days.
const UNITS_MAX: i64 = 3_660_000;

fn length(n: i64, make: impl Fn(i32) -> Length) -> Result<Value, Fault> {
    if n.abs() > UNITS_MAX {
        return Err(Fault::OutOfRange);
    }
    i32::try_from(n).map(|n| Value::Length(make(n))).map_err(|_| Fault::OutOfRange)
}

/// The oldest age that a rule may name.
const YEARS_MAX: u16 = 200;

fn years(n: i64) -> Result<u16, Fault> {
    u16::try_from(n).ok().filter(|n| *n <= YEARS_MAX).ok_or(Fault::OutOfRange)
}

/// A day so much later; the end of a shorter month where the day does not exist.
pub(super) fn later(day: Date, by: Length, sign: i64) -> Result<Date, Fault> {
    let span = span(by, sign).ok_or(Fault::OutOfRange)?;
    day.checked_add(span).map_err(|_| Fault::OutOfRange)
}

fn span(by: Length, sign: i64) -> Option<Span> {
    Span::new()
        .try_years(i64::from(by.years) * sign)
        .ok()?
        .try_months(i64::from(by.months) * sign)
        .ok()?
        .try_days(i64::from(by.days) * sign)
        .ok()
}

/// Days between two days.
pub(super) fn between(later: Date, earlier: Date) -> Result<Length, Fault> {
    let days = later.since((jiff::Unit::Day, earlier)).map_err(|_| Fault::OutOfRange)?.get_days();
    Ok(Length { days, ..Length::default() })
}

/// Both lengths together.
pub(super) fn together(a: Length, b: Length, sign: i32) -> Result<Length, Fault> {
    let add = |a: i32, b: i32| b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or(Fault::OutOfRange);
    Ok(Length { years: add(a.years, b.years)?, months: add(a.months, b.months)?, days: add(a.days, b.days)? })
}

/// Two texts behind each other.
pub(super) fn joined(a: &str, b: &str) -> Result<Value, Fault> {
    if a.len() + b.len() > TEXT_BYTES_MAX {
        return Err(Fault::TooLong);
    }
    Ok(Value::text(format!("{a}{b}")))
}
