//! A day: the era to choose, and year, month and day to type. No calendar to page through: who was born in 昭和26年 types 26.

use definitions::text::Language;
use maud::{Markup, html};

use super::{Asked, anchor};

/// The eras by the value that is posted, newest first, with the words they are chosen by.
const ERAS: [(&str, &str); 6] = [
    ("reiwa", "ui-era-reiwa"),
    ("heisei", "ui-era-heisei"),
    ("showa", "ui-era-showa"),
    ("taisho", "ui-era-taisho"),
    ("meiji", "ui-era-meiji"),
    ("western", "ui-era-western"),
];

pub(super) fn render(asked: &Asked<'_>) -> Markup {
    if asked.view.keying.is_some() {
        return asked.single(Some(asked.say("ui-date-keyed-help")), |described| keyed(asked, &asked.path, described));
    }
    asked.several(Some(asked.say("ui-date-help")), parts(asked, &asked.path, "bday"))
}

/// A day in one line, for who types many of them: 5080401, 20260401, R8.4.1. What was understood is read back beside it.
pub(super) fn keyed(asked: &Asked<'_>, path: &str, described: Option<String>) -> Markup {
    let value = whole(asked, path);
    let is_wrong = asked.problems().any(|problem| problem.path == asked.path || problem.path.starts_with(path));
    let understood = jp::era::parse_date(&value).ok();
    html! {
        div.row {
            input.in.w-m.nums id=(anchor(path)) name=(path) value=(value) type="text" inputmode="numeric" autocomplete="off"
                aria-describedby=[described] aria-invalid=[is_wrong.then_some("true")];
            span.understood data-understood=(path) { @if let Some(day) = understood { (jp::era::wareki(day)) } }
        }
    }
}

/// What stands in the one line: what was typed there, or what was typed in parts.
fn whole(asked: &Asked<'_>, path: &str) -> String {
    let part = |part: &str| asked.typed(&format!("{path}.{part}"));
    let (year, month, day) = (part("year"), part("month"), part("day"));
    if !asked.typed(path).is_empty() || [year, month, day].iter().all(|part| part.is_empty()) {
        return asked.typed(path).to_owned();
    }
    // Whoever types 2026 under 令和 means the year that they typed.
    let era = match part("era") {
        _ if year.chars().count() > 2 => "",
        "reiwa" => "R",
        "heisei" => "H",
        "showa" => "S",
        "taisho" => "T",
        "meiji" => "M",
        _ => "",
    };
    format!("{era}{year}.{month}.{day}")
}

/// The four inputs of a day under a path; also used for the birth date of a person who is not listed.
pub(super) fn parts(asked: &Asked<'_>, path: &str, token: &str) -> Markup {
    let era = format!("{path}.era");
    let chosen = match (asked.typed(&era), asked.view.say.language) {
        ("", Language::Ja) => "reiwa",
        ("", Language::Easy | Language::En) => "western",
        (typed, _) => typed,
    };
    let token = |part: &str| if asked.is_own() && token == "bday" && is_birth(asked) { format!("bday-{part}") } else { "off".into() };
    html! {
        div.parts {
            select.in id=(anchor(&era)) name=(era) aria-label=(asked.view.say.text("ui-era", &[])) autocomplete="off" {
                @for (value, words) in ERAS { option value=(value) selected[value == chosen] { (asked.view.say.text(words, &[])) } }
            }
            (number(asked, path, "year", "ui-year", &token("year")))
            (number(asked, path, "month", "ui-month-part", &token("month")))
            (number(asked, path, "day", "ui-day-part", &token("day")))
        }
    }
}

/// A birthday is filled in by browsers in western years only, so the token is given where such a year is the default.
fn is_birth(asked: &Asked<'_>) -> bool {
    let id = asked.field.id.as_str();
    (id.contains("born") || id.contains("birth")) && asked.view.say.language != Language::Ja
}

fn number(asked: &Asked<'_>, path: &str, part: &str, words: &str, token: &str) -> Markup {
    let name = format!("{path}.{part}");
    html! {
        label {
            input.in.w-s id=(anchor(&name)) name=(name) value=(asked.typed(&name)) type="text" inputmode="numeric" autocomplete=(token)
                aria-invalid=[asked.invalid(&name)];
            span { (asked.say(words)) }
        }
    }
}
