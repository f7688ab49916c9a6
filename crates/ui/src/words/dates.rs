//! Days, times and counts as people of each language read them: 令和8年11月24日（火）, 2026年11月24日（火曜日） with furigana,
//! Tuesday 24 November 2026. Times have 24 hours, in やさしい日本語 with 午前 and 午後, as the guideline of 出入国在留管理庁・文化庁 asks.

use definitions::text::Language;
use jiff::civil::{Date, DateTime, Weekday};
use jp::era::Wareki;
use maud::Markup;

use super::{Value, Words, ruby};

impl Words {
    /// A day with its weekday: `令和8年11月24日（火）`.
    pub fn day(&self, language: Language, day: Date) -> String {
        ruby::plain(&self.raw_day(language, "ui-day", day))
    }

    /// [`Words::day`] with furigana, in a `<time>`.
    pub fn day_html(&self, language: Language, day: Date) -> Markup {
        let said = ruby::html(&self.raw_day(language, "ui-day", day));
        maud::html! { time datetime=(day) { (said) } }
    }

    /// A day of a year that is clear to the reader: `11月24日（火）`.
    pub fn short_day(&self, language: Language, day: Date) -> String {
        ruby::plain(&self.raw_day(language, "ui-short-day", day))
    }

    /// A moment on the clock of the town hall: `11月24日（火）10:48`.
    pub fn moment(&self, language: Language, at: DateTime) -> String {
        ruby::plain(&self.raw_moment(language, at))
    }

    /// [`Words::moment`] with furigana, in a `<time>`.
    pub fn moment_html(&self, language: Language, at: DateTime) -> Markup {
        let said = ruby::html(&self.raw_moment(language, at));
        maud::html! { time datetime=(at.strftime("%Y-%m-%dT%H:%M+09:00")) { (said) } }
    }

    /// A time of day: `10:48`, 午前10時48分.
    pub fn time(&self, language: Language, at: DateTime) -> String {
        ruby::plain(&self.raw_time(language, at))
    }

    fn raw_day(&self, language: Language, id: &str, day: Date) -> String {
        let year = match language {
            Language::Ja => era_year(day),
            Language::Easy | Language::En => day.year().to_string(),
        };
        let weekday = self.raw(language, weekday_id(day.weekday()), &[]);
        let month = self.raw(language, "ui-month", &[("month", i64::from(day.month()).into())]);
        let args: [(&str, Value<'_>); 4] =
            [("year", year.into()), ("month", month.into()), ("day", i64::from(day.day()).into()), ("weekday", weekday.into())];
        unshielded(self.raw(language, id, &args))
    }

    fn raw_time(&self, language: Language, at: DateTime) -> String {
        let hour = i64::from(at.hour());
        let (id, hour) = match language {
            Language::Easy if hour >= 12 => ("ui-time-after-noon", hour - 12),
            _ => ("ui-time", hour),
        };
        self.raw(language, id, &[("hour", hour.into()), ("minute", format!("{:02}", at.minute()).into())])
    }

    fn raw_moment(&self, language: Language, at: DateTime) -> String {
        let day = self.raw_day(language, "ui-short-day", at.date());
        let time = self.raw_time(language, at);
        unshielded(self.raw(language, "ui-moment", &[("day", day.into()), ("time", time.into())]))
    }
}

/// A weekday or month that was said by another message keeps its furigana inside this one: these parts are ours, nobody typed them.
fn unshielded(said: String) -> String {
    ruby::open(&said)
}

fn weekday_id(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "ui-weekday-monday",
        Weekday::Tuesday => "ui-weekday-tuesday",
        Weekday::Wednesday => "ui-weekday-wednesday",
        Weekday::Thursday => "ui-weekday-thursday",
        Weekday::Friday => "ui-weekday-friday",
        Weekday::Saturday => "ui-weekday-saturday",
        Weekday::Sunday => "ui-weekday-sunday",
    }
}

/// 令和8, 平成31, 令和元: the year as its era counts it on that day. Before 明治6年 Japan had another calendar; such years stay western.
fn era_year(day: Date) -> String {
    Wareki::of(day).map_or_else(|| day.year().to_string(), |wareki| format!("{}{}", wareki.era().name(), wareki.year_in_words()))
}

/// 1,234: a count as it is written in Japan.
pub fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::from(if count < 0 { "−" } else { "" });
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// 1,234円.
pub fn yen(amount: i64) -> String {
    format!("{}円", grouped(amount))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn words() -> Words {
        Words::new(crate::words::words().iter().copied(), []).unwrap()
    }

    #[test]
    fn a_day_is_said_as_each_reader_says_it() {
        let day = date(2026, 11, 24);
        assert_eq!(words().day(Language::Ja, day), "令和8年11月24日（火）");
        assert_eq!(words().day(Language::Easy, day), "2026年11月24日（火曜日）");
        assert_eq!(words().day(Language::En, day), "Tuesday 24 November 2026");
        let html = words().day_html(Language::Easy, day).into_string();
        assert!(html.contains("<ruby>火曜日<rp>(</rp><rt>かようび</rt>"), "{html}");
    }

    #[test]
    fn the_clock_has_24_hours_and_the_easy_clock_has_a_morning_and_an_afternoon() {
        let at = date(2026, 11, 24).at(15, 5, 0, 0);
        assert_eq!(words().moment(Language::Ja, at), "11月24日（火）15:05");
        assert_eq!(words().moment(Language::Easy, at), "11月24日（火曜日） 午後 3時05分");
        assert_eq!(words().moment(Language::En, at), "Tuesday 24 November, 15:05");
    }

    #[test]
    fn the_first_year_of_an_era_is_gannen_and_begins_on_its_day() {
        assert_eq!(era_year(date(2019, 4, 30)), "平成31");
        assert_eq!(era_year(date(2019, 5, 1)), "令和元");
        assert_eq!(era_year(date(1926, 12, 24)), "大正15");
        assert_eq!(era_year(date(1873, 1, 1)), "明治6");
    }

    #[test]
    fn money_is_grouped() {
        assert_eq!(yen(1_234_567), "1,234,567円");
        assert_eq!(grouped(-999), "−999");
    }
}
