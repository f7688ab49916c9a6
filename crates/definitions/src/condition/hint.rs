//! How to mend a mistake in an expression.

use super::Type;

/// What is usually meant where one type is needed and another given.
pub(super) fn hint_for(expected: &Type, given: &Type) -> &'static str {
    match (expected, given) {
        (Type::Date, Type::Text) | (Type::Text, Type::Date) => "write a day as `date('2027-04-01')`",
        (Type::Length, Type::Int) | (Type::Int, Type::Length) => "write a length of time as `days(7)`",
        (Type::Int, Type::Decimal) => "round it: `floor(x)`, `ceil(x)` or `round(x)`",
        (Type::Bool, _) => "say when it holds: `has(x)`, `x == …`, `x >= …`",
        (Type::Int, Type::Text) | (Type::Text, Type::Int) => "numbers stand without quotes, options and texts in quotes",
        _ => "compare the types of both",
    }
}

/// "did you mean": the nearest of the names that are known.
pub(super) fn nearest_hint<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    let nearest = known.iter().map(|other| (distance(name, other), *other)).min();
    match nearest {
        Some((steps, other)) if steps <= 1 + name.chars().count() / 3 => format!("did you mean `{other}`?"),
        _ if known.is_empty() => "nothing can be named here".to_owned(),
        _ if known.len() <= 12 => format!("there are: {}", known.join(", ")),
        _ => format!("there are: {} …", known[..12].join(", ")),
    }
}

/// How many letters must be changed, added or dropped.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
