//! Two clocks run over a case.
//!
//! 標準処理期間 (行政手続法6条) is the town's promise: it stops while the person is asked to complete something. 法定期限 is the law's
//! limit: it goes on, unless the law itself leaves the days of the correction out (情報公開条例 do), and only a written notice extends it,
//! once. What the person reads as "the day you will hear" is the earlier of the two.

use definitions::procedure::{Law, Period};
use jiff::{Timestamp, civil::Date};
use jp::calendar::BusinessCalendar;
use serde::{Deserialize, Serialize};

/// What the law counts on one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// 到達日: the day it arrived; it is not counted itself (民法140条).
    pub arrived_on: Date,
    /// 標準処理期間 of the definition under which it was filed.
    pub standard: Option<Period>,
    /// 法定期限 likewise.
    pub statutory: Option<Period>,
    /// How far it may be extended.
    pub extension: Option<Period>,
    /// Whether the notice of an extension itself names the day.
    #[serde(default)]
    pub extension_named: bool,
    /// Whether the law leaves a correction's days out of its limit.
    pub correction_excluded: bool,
    /// Days on which a correction was awaited: from the day after it was asked to the day it came.
    pub pauses: Vec<Pause>,
    /// 決定期間の延長, once.
    pub extended: Option<Extension>,
    /// 特例延長, once.
    #[serde(default)]
    pub special: Option<Special>,
    /// The new day that was told when the promise could not be kept.
    #[serde(default)]
    pub promised: Option<Date>,
}

/// The offset of Japan, which has known no summer time since 1951.
const JAPAN: jiff::tz::Offset = jiff::tz::offset(9);

/// A period of a definition as `jp` counts it.
fn counted(period: Period) -> jp::period::Period {
    match period {
        Period::Days(days) => jp::period::Period::Days(days),
        Period::BusinessDays(days) => jp::period::Period::BusinessDays(days),
        Period::Months(months) => jp::period::Period::Months(months),
    }
}

/// The day in Japan on which a moment falls.
pub fn day(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}

/// Noon of a day in Japan: when only the day of an arrival is known.
pub fn noon(day: Date) -> Timestamp {
    JAPAN.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The time of day and the day in Japan.
pub fn local(at: Timestamp) -> jiff::civil::DateTime {
    JAPAN.to_datetime(at)
}

/// A correction that was awaited.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// The day it was asked for.
    pub from: Date,
    /// The day it came; none while it is awaited.
    pub until: Option<Date>,
}

/// An extension of the statutory limit by written notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// The day of the notice.
    pub on: Date,
    /// Why, as written on the notice.
    pub reason: String,
    /// Until when, where the notice names the day.
    #[serde(default)]
    pub until: Option<Date>,
}

/// 特例延長 (情報公開法11条 and 条例): a fair part is decided by the extended limit, the rest by a day that the notice names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Special {
    /// The day of the notice.
    pub on: Date,
    /// Why, as written on the notice.
    pub reason: String,
    /// By when the rest is decided.
    pub until: Date,
}

/// How a limit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// So many days are left, this one not counted.
    Left(i32),
    /// It stands still while a correction is awaited.
    Stopped,
    /// It passed so many days ago.
    Late(i32),
}

impl Clock {
    /// Starts both clocks on the day of arrival.
    pub fn start(law: &Law, arrived_on: Date) -> Clock {
        Clock {
            arrived_on,
            standard: law.standard_period,
            statutory: law.statutory_limit,
            extension: law.extension,
            extension_named: law.extension_named,
            correction_excluded: law.correction_excluded,
            pauses: Vec::new(),
            extended: None,
            special: None,
            promised: None,
        }
    }

    /// The clocks stop as far as they may: a correction was asked for.
    pub fn pause(&mut self, today: Date) {
        if !self.is_paused() {
            self.pauses.push(Pause { from: today, until: None });
        }
    }

    /// The correction came, or is not awaited any more.
    pub fn go_on(&mut self, today: Date) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(today.max(pause.from));
        }
    }

    /// Whether a correction is awaited.
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.until.is_none())
    }

    /// The last day of 標準処理期間. While a correction is awaited it is counted as if it came today.
    pub fn standard_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        if let Some(promised) = self.promised {
            return Some(promised);
        }
        Some(end(self.arrived_on, &[self.standard?], &self.pauses, calendar, today))
    }

    /// The last day of the statutory limit, with its extension.
    pub fn statutory_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        match (&self.special, &self.extended) {
            (Some(special), _) => Some(special.until),
            (None, Some(extended)) => extended.until.or_else(|| self.extended_due(calendar, today)),
            (None, None) => self.first_due(calendar, today),
        }
    }

    /// The statutory limit before any extension.
    pub fn first_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        self.limit(&[self.statutory?], calendar, today)
    }

    /// The statutory limit as a notice extends or would extend it; after 特例延長 the day for a fair part.
    pub fn extended_due(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        self.limit(&[self.statutory?, self.extension?], calendar, today)
    }

    fn limit(&self, periods: &[Period], calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        let pauses: &[Pause] = if self.correction_excluded { &self.pauses } else { &[] };
        Some(end(self.arrived_on, periods, pauses, calendar, today))
    }

    /// The day by which the person hears: the earlier of the two; none when neither is set or while it stands still.
    pub fn hear_by(&self, calendar: &BusinessCalendar, today: Date) -> Option<Date> {
        // A written extension names a new day and thereby replaces the promise.
        let standard =
            if self.is_paused() || self.extended.is_some() || self.special.is_some() { None } else { self.standard_due(calendar, today) };
        let statutory = if self.is_paused() && self.correction_excluded { None } else { self.statutory_due(calendar, today) };
        match (standard, statutory) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// How the nearer limit stands today; none when the procedure has no limit.
    pub fn standing(&self, calendar: &BusinessCalendar, today: Date) -> Option<Standing> {
        if self.standard.is_none() && self.statutory.is_none() && self.promised.is_none() {
            return None;
        }
        Some(match self.hear_by(calendar, today) {
            None => Standing::Stopped,
            Some(due) => {
                let days = days_between(today, due);
                if days < 0 { Standing::Late(-days) } else { Standing::Left(days) }
            }
        })
    }

    /// Whether the law knows an extension by notice that was not used yet.
    pub fn may_be_extended(&self) -> bool {
        let is_known = self.extension.is_some() || self.extension_named;
        self.statutory.is_some() && is_known && self.extended.is_none() && self.special.is_none()
    }
}

/// Days from one to the other; negative when the other lies before.
pub fn days_between(from: Date, to: Date) -> i32 {
    // Both lie within jiff's years −9999 to 9999, so the difference fits.
    (to - from).get_days()
}

/// Open days after `from`, up to and with `until`.
fn open_days(from: Date, until: Date, calendar: &BusinessCalendar) -> u16 {
    let days = u16::try_from(days_between(from, until)).unwrap_or(0);
    let open = (1..=i32::from(days)).filter(|day| calendar.is_open(from.saturating_add(jiff::Span::new().days(*day))));
    u16::try_from(open.count()).unwrap_or(days)
}

/// The end of one or more periods one after another, the days of each pause left out, moved on from a closed day at the very end.
fn end(arrived_on: Date, periods: &[Period], pauses: &[Pause], calendar: &BusinessCalendar, today: Date) -> Date {
    let mut last = arrived_on;
    for period in periods {
        last = jp::period::last_day_before_extension(last, counted(*period), calendar);
    }
    // A pause counts only as far as it lies before the end that it moves: each is added in order.
    for pause in pauses {
        let until = pause.until.unwrap_or(today).max(pause.from);
        // An end on a closed day is the next open day (民法142条; 地方自治法4条の2第4項: その翌日をもってその期限とみなす): who is asked on
        // that day is asked in time, and of the period nothing is left but the day on which they answer.
        if pause.from <= calendar.next_open(last) {
            let from = last.max(pause.from);
            last = match periods.last() {
                // Where open days are counted, only the open days of the pause were missed.
                Some(Period::BusinessDays(_)) => calendar.add_business_days(from, open_days(pause.from, until, calendar)),
                _ => from.saturating_add(jiff::Span::new().days(days_between(pause.from, until))),
            };
        }
    }
    calendar.next_open(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 土日祝と12月29日から1月3日までが閉まる, as 見本市 writes it.
    fn calendar() -> BusinessCalendar {
        let town = definitions::town::Town::load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/town")));
        town.unwrap_or_else(|problems| panic!("{problems:?}")).closed
    }

    fn on(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn law(standard: Option<Period>, statutory: Option<Period>, correction_excluded: bool) -> Law {
        Law {
            basis: definitions::text::Text::default(),
            standard_period: standard,
            statutory_limit: statutory,
            extension: statutory.map(|_| Period::Days(30)),
            extension_named: false,
            extension_letter: None,
            special_extension_letter: None,
            correction_excluded,
            disposition: true,
        }
    }

    fn statutory(days: u16, excluded: bool, arrived: &str) -> Clock {
        Clock::start(&law(None, Some(Period::Days(days)), excluded), on(arrived))
    }

    /// When corrections were asked for, and when they came.
    type Awaited = &'static [(&'static str, Option<&'static str>)];

    fn paused(mut clock: Clock, pauses: Awaited) -> Clock {
        for (from, until) in pauses {
            clock.pause(on(from));
            if let Some(until) = until {
                clock.go_on(on(until));
            }
        }
        clock
    }

    #[test]
    fn fifteen_days_end_as_the_civil_code_counts_them() {
        // (到達日, last day): the first day is not counted (民法140条), the end of a closed day moves on.
        let table = [
            ("2026-11-24", "2026-12-09"), // Tuesday to Wednesday
            ("2026-11-27", "2026-12-14"), // Saturday 12 moves to Monday
            ("2026-11-28", "2026-12-14"), // Sunday 13 moves to Monday
            ("2026-12-13", "2026-12-28"), // the last open day of the year
            ("2026-12-14", "2027-01-04"), // 29 December: closed until 3 January
            ("2026-12-18", "2027-01-04"), // 2 January
            ("2026-12-19", "2027-01-04"), // 3 January, a Sunday
            ("2026-12-20", "2027-01-04"),
            ("2026-12-27", "2027-01-12"), // 11 January is 成人の日
            ("2026-04-20", "2026-05-07"), // 5 May and the substitute holiday of 6 May
        ];
        for (arrived, last) in table {
            assert_eq!(statutory(15, true, arrived).statutory_due(&calendar(), on(arrived)), Some(on(last)), "arrived {arrived}");
        }
    }

    #[test]
    fn the_common_cases_of_deadlines_agree() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/procedures/deadline_cases.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("NOT TESTED: {path} is not here");
            return;
        };
        let all: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut compared = 0;
        for case in all["cases"].as_array().unwrap() {
            let days = case["period"].as_str().unwrap().strip_suffix('日').and_then(|days| days.parse().ok());
            // A limit of the town begins with the day after; those that count the first day are the applicant's own limits.
            if let (Some(days), Some(false)) = (days, case["first_day_counts"].as_bool()) {
                let arrived = case["event_date"].as_str().unwrap();
                let due = statutory(days, false, arrived).statutory_due(&calendar(), on(arrived));
                assert_eq!(due, Some(on(case["deadline_after_holiday_rule"].as_str().unwrap())), "{case}");
                compared += 1;
            }
        }
        assert!(compared > 20, "only {compared} cases were compared");
    }

    #[test]
    fn a_correction_moves_the_limit_only_where_the_law_leaves_its_days_out() {
        // (pauses, last day when left out); without exclusion it is always 9 December.
        let table: [(Awaited, &str); 6] = [
            (&[], "2026-12-09"),
            (&[("2026-11-25", Some("2026-11-25"))], "2026-12-09"), // came the same day
            (&[("2026-11-25", Some("2026-11-27"))], "2026-12-11"), // two days
            (&[("2026-11-25", Some("2026-11-27")), ("2026-12-01", Some("2026-12-04"))], "2026-12-14"), // two and three
            (&[("2026-12-09", Some("2026-12-16"))], "2026-12-16"), // asked on the last day
            (&[("2026-12-10", Some("2026-12-20"))], "2026-12-09"), // asked when it was over
        ];
        for (pauses, last) in table {
            let out = paused(statutory(15, true, "2026-11-24"), pauses);
            assert_eq!(out.statutory_due(&calendar(), on("2026-12-31")), Some(on(last)), "{pauses:?}");
            let counted = paused(statutory(15, false, "2026-11-24"), pauses);
            assert_eq!(counted.statutory_due(&calendar(), on("2026-12-31")), Some(on("2026-12-09")), "{pauses:?}");
        }
    }

    /// 地方自治法4条の2第4項: 休日に当たるときは、休日の翌日をもってその期限とみなす (民法142条 likewise). The fifteen days from 27 November end on
    /// Saturday 12 December, and therefore on Monday 14.
    #[test]
    fn a_correction_that_is_asked_for_after_a_closed_last_day_and_before_the_limit_moves_it() {
        let table: [(&str, Awaited, &str); 10] = [
            ("2026-11-27", &[("2026-12-11", Some("2026-12-16"))], "2026-12-17"), // Friday: a day was left, and five were lost
            ("2026-11-27", &[("2026-12-12", Some("2026-12-16"))], "2026-12-16"), // the closed last day itself
            ("2026-11-27", &[("2026-12-13", Some("2026-12-16"))], "2026-12-16"), // Sunday between
            ("2026-11-27", &[("2026-12-14", Some("2026-12-16"))], "2026-12-16"), // the day that counts as the limit
            ("2026-11-27", &[("2026-12-14", Some("2026-12-14"))], "2026-12-14"), // came the same day
            ("2026-11-27", &[("2026-12-14", Some("2026-12-19"))], "2026-12-21"), // came on a Saturday
            ("2026-11-27", &[("2026-12-15", Some("2026-12-16"))], "2026-12-14"), // it was over
            // Asked on 4 January, to which the closed days from 29 December moved the end.
            ("2026-12-14", &[("2027-01-04", Some("2027-01-08"))], "2027-01-08"),
            ("2026-12-14", &[("2027-01-05", Some("2027-01-08"))], "2027-01-04"),
            // A first correction moves the end to a Saturday, the second comes on the Monday after.
            ("2026-11-24", &[("2026-12-01", Some("2026-12-04")), ("2026-12-14", Some("2026-12-17"))], "2026-12-17"),
        ];
        for (arrived, pauses, last) in table {
            let out = paused(statutory(15, true, arrived), pauses);
            assert_eq!(out.statutory_due(&calendar(), on("2027-02-01")), Some(on(last)), "{arrived} {pauses:?}");
        }
    }

    #[test]
    fn a_notice_that_names_the_day_extends_until_then() {
        let mut law = law(None, Some(Period::Days(30)), false);
        (law.extension, law.extension_named) = (None, true);
        let mut clock = Clock::start(&law, on("2026-11-24"));
        assert!(clock.may_be_extended());
        assert_eq!(clock.statutory_due(&calendar(), on("2026-11-24")), Some(on("2026-12-24")));
        clock.extended =
            Some(Extension { on: on("2026-12-20"), reason: "調査に日時を要するため".into(), until: Some(on("2027-01-29")) });
        assert_eq!(clock.hear_by(&calendar(), on("2026-12-21")), Some(on("2027-01-29")));
        assert!(!clock.may_be_extended(), "once");
    }

    #[test]
    fn while_a_correction_is_awaited_the_limit_stands_still_or_runs_on() {
        let out = paused(statutory(15, true, "2026-11-24"), &[("2026-12-01", None)]);
        assert_eq!(out.hear_by(&calendar(), on("2026-12-20")), None);
        assert_eq!(out.standing(&calendar(), on("2026-12-20")), Some(Standing::Stopped));
        let counted = paused(statutory(15, false, "2026-11-24"), &[("2026-12-01", None)]);
        assert_eq!(counted.hear_by(&calendar(), on("2026-12-20")), Some(on("2026-12-09")));
        assert_eq!(counted.standing(&calendar(), on("2026-12-20")), Some(Standing::Late(11)));
    }

    #[test]
    fn a_second_request_while_one_is_open_stops_nothing_anew() {
        let mut clock = paused(statutory(15, true, "2026-11-24"), &[("2026-11-25", None), ("2026-11-26", None)]);
        assert_eq!(clock.pauses.len(), 1);
        clock.go_on(on("2026-11-27"));
        clock.go_on(on("2026-12-27"));
        assert_eq!(clock.pauses, [Pause { from: on("2026-11-25"), until: Some(on("2026-11-27")) }]);
    }

    #[test]
    fn a_correction_never_came_before_it_was_asked_for() {
        let clock = paused(statutory(15, true, "2026-11-24"), &[("2026-11-27", Some("2026-11-20"))]);
        assert_eq!(clock.statutory_due(&calendar(), on("2026-12-01")), Some(on("2026-12-09")));
    }

    #[test]
    fn thirty_days_are_added_once_to_the_limit_as_counted() {
        let mut clock = statutory(15, true, "2026-11-27");
        assert!(clock.may_be_extended());
        clock.extended = Some(Extension { on: on("2026-12-01"), reason: "事務処理上の困難".into(), until: None });
        // 12 December, a Saturday, and 30 days: 11 January is a holiday. The first end is not moved on before the days are added.
        assert_eq!(clock.statutory_due(&calendar(), on("2026-12-01")), Some(on("2027-01-12")));
        assert!(!clock.may_be_extended());
        assert!(!Clock { extension: None, extended: None, ..clock.clone() }.may_be_extended());
        assert!(!Clock { statutory: None, extended: None, ..clock }.may_be_extended());
    }

    #[test]
    fn an_extension_by_notice_replaces_the_promise() {
        let mut clock = Clock::start(&law(Some(Period::Days(10)), Some(Period::Days(15)), true), on("2026-11-24"));
        assert_eq!(clock.hear_by(&calendar(), on("2026-11-24")), Some(on("2026-12-04")), "the earlier of the two");
        clock.extended = Some(Extension { on: on("2026-12-01"), reason: "多数の文書".into(), until: None });
        assert_eq!(clock.hear_by(&calendar(), on("2026-12-01")), Some(on("2027-01-08")));
    }

    #[test]
    fn a_promise_in_open_days_stops_for_the_open_days_of_a_correction() {
        // Ten open days from Tuesday 24 November end on Tuesday 8 December.
        let table: [(Awaited, &str); 4] = [
            (&[], "2026-12-08"),
            (&[("2026-11-27", Some("2026-11-30"))], "2026-12-09"), // Friday to Monday: one open day
            (&[("2026-11-27", Some("2026-11-29"))], "2026-12-08"), // over a weekend: none
            (&[("2026-11-25", Some("2026-12-02"))], "2026-12-15"), // five
        ];
        for (pauses, last) in table {
            let clock = paused(Clock::start(&law(Some(Period::BusinessDays(10)), None, false), on("2026-11-24")), pauses);
            assert_eq!(clock.hear_by(&calendar(), on("2026-12-20")), Some(on(last)), "{pauses:?}");
        }
    }

    #[test]
    fn a_promised_day_counts_instead_of_the_period() {
        let mut clock = Clock::start(&law(Some(Period::Days(14)), None, false), on("2026-11-24"));
        clock.promised = Some(on("2026-12-25"));
        assert_eq!(clock.hear_by(&calendar(), on("2026-12-20")), Some(on("2026-12-25")));
        assert_eq!(clock.standing(&calendar(), on("2026-12-20")), Some(Standing::Left(5)));
        clock.standard = None;
        assert_eq!(clock.standing(&calendar(), on("2026-12-26")), Some(Standing::Late(1)), "a promise without a period is late too");
    }

    #[test]
    fn a_procedure_without_limits_has_no_day() {
        let clock = Clock::start(&law(None, None, false), on("2026-11-24"));
        assert_eq!(clock.hear_by(&calendar(), on("2027-11-24")), None);
        assert_eq!(clock.standing(&calendar(), on("2027-11-24")), None);
    }

    #[test]
    fn on_the_last_day_nothing_is_late_yet() {
        let clock = statutory(15, true, "2026-11-24");
        for (today, standing) in [("2026-12-08", Standing::Left(1)), ("2026-12-09", Standing::Left(0)), ("2026-12-10", Standing::Late(1))] {
            assert_eq!(clock.standing(&calendar(), on(today)), Some(standing), "{today}");
        }
    }

    #[test]
    fn the_day_in_japan_begins_nine_hours_before_that_of_greenwich() {
        for (at, expected) in [("2026-12-31T14:59:59Z", "2026-12-31"), ("2026-12-31T15:00:00Z", "2027-01-01")] {
            assert_eq!(day(at.parse().unwrap()), on(expected));
        }
        assert_eq!(day(noon(on("2026-12-31"))), on("2026-12-31"));
    }
}
