//! How a sheet came: by which way, and on which day it was stamped (収受日). The day is typed as days on paper are: 5081201, 20261201, R8.12.1.

use definitions::procedure::Procedure;
use jiff::civil::Date;
use jp::era::{DateError, parse_date};
use maud::{Markup, html};
use ui::parts::{Mistake, icons};

use super::{OpenSheet, Sheet, form::Wrong};
use crate::receiving;

/// The input of the day.
pub(super) const CAME_ON: &str = "came-on";

/// The day on which a sheet was stamped; none when that is today. A day that has not come stamps no sheet.
pub(super) fn received(typed: &str, today: Date) -> Result<Option<Date>, &'static str> {
    match parse_date(typed) {
        Err(DateError::Empty) => Ok(None),
        Err(_) => Err("desk-paper-received-unreadable"),
        Ok(day) if day > today => Err("desk-paper-received-future"),
        Ok(day) => Ok(Some(day).filter(|day| *day != today)),
    }
}

/// The mistake in it, for the summary.
pub(super) fn mistake(sheet: &Sheet, wrong: &Wrong) -> Option<Mistake> {
    wrong.came.map(|words| Mistake { anchor: "received".to_owned(), text: sheet.word(words) })
}

/// The two inputs.
pub(super) fn inputs(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet, wrong: &Wrong) -> Markup {
    let day = open.received.unwrap_or_else(|| sheet.today());
    let value = match wrong.came {
        Some(_) => wrong.posted.first(CAME_ON).unwrap_or_default().to_owned(),
        None => jp::era::Wareki::of(day).map_or_else(|| day.to_string(), |day| day.short()),
    };
    let described = if wrong.came.is_some() { "received-help received-wrong" } else { "received-help" };
    html! {
        div.came {
            div.field {
                label.label for="channel" { (sheet.word("desk-paper-channel")) }
                select.in id="channel" name="came-channel" {
                    @for channel in receiving::taken_in_by(procedure) {
                        option value=(channel.code()) selected[*channel == open.channel] { (sheet.word(&format!("cases-channel-{}", channel.code()))) }
                    }
                }
            }
            div.field {
                label.label for="received" { (sheet.word("desk-paper-received")) }
                input.in.nums id="received" type="text" inputmode="numeric" name=(CAME_ON) value=(value) autocomplete="off"
                    aria-describedby=(described) aria-invalid=[wrong.came.map(|_| "true")];
                p.help #received-help { (sheet.say().html("ui-date-keyed-help", &[])) }
                @if let Some(words) = wrong.came { p.err #received-wrong { (icons::CIRCLE_ALERT) span { (sheet.word(words)) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_sheet_is_stamped_today_or_before_and_never_tomorrow() {
        let today = date(2026, 12, 1);
        for typed in ["", "5081201", "2026-12-01", "R8.12.1"] {
            assert_eq!(received(typed, today), Ok(None), "{typed}");
        }
        assert_eq!(received("5081130", today), Ok(Some(date(2026, 11, 30))));
        assert_eq!(received("20251231", today), Ok(Some(date(2025, 12, 31))));
        assert_eq!(received("5081202", today), Err("desk-paper-received-future"));
        assert_eq!(received("2027-01-01", today), Err("desk-paper-received-future"));
        for typed in ["きのう", "5081301", "508120", "4310501"] {
            assert_eq!(received(typed, today), Err("desk-paper-received-unreadable"), "{typed}");
        }
    }
}
