//! Holidays, open days and limits: tables from the law, the published holidays and the worked deadlines.

use jiff::civil::{Date, date};
use jp::calendar::{BusinessCalendar, ClosedDays, ClosedDaysError, ClosedRule};
use jp::holiday::{HolidayKind, Holidays, Notice};
use jp::period::{ClosedEnd, FirstDay, Limit, Period, last_day, last_day_ahead_of, last_day_before_extension};

mod shared;

#[test]
fn the_holidays_of_every_published_year_are_ours_and_no_others() {
    let Some(text) = shared::read("procedures/national_holidays.json") else { return };
    let published: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let holidays = Holidays::by_law();
    let ours: Vec<String> = (2015..=2050).flat_map(|year| holidays.of_year(year)).map(|holiday| holiday.on.to_string()).collect();
    let theirs: Vec<String> = published.keys().cloned().collect();
    assert_eq!(theirs.len(), 645);
    assert_eq!(ours, theirs);
    for (day, name) in &published {
        let ours = holidays.on(day.parse().unwrap()).unwrap();
        let name = name.as_str().unwrap();
        match ours.kind {
            HolidayKind::Named => {
                assert!(name.starts_with(&ours.name) || name.contains("祝日扱い") || name.contains(&ours.name), "{day}: {name}")
            }
            HolidayKind::Substitute => assert!(name.contains("振替休日"), "{day}: {name}"),
            HolidayKind::Between => assert_eq!(name, "休日", "{day}"),
        }
    }
}

#[test]
fn the_year_2026_has_its_eighteen_days() {
    let days: Vec<String> =
        Holidays::by_law().of_year(2026).iter().map(|holiday| format!("{}/{}", holiday.on.month(), holiday.on.day())).collect();
    let law = "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23";
    assert_eq!(days.join(" "), law);
}

#[test]
fn the_equinoxes_fall_where_the_almanac_has_them() {
    let holidays = Holidays::by_law();
    let vernal = [20, 20, 20, 21, 20, 20, 20, 21, 20, 20, 20, 21];
    let autumnal = [22, 23, 23, 23, 22, 23, 23, 23, 22, 23, 23, 23];
    for (at, year) in (2024..=2035).enumerate() {
        assert_eq!(holidays.on(date(year, 3, vernal[at])).unwrap().name, "春分の日", "{year}");
        assert_eq!(holidays.on(date(year, 9, autumnal[at])).unwrap().name, "秋分の日", "{year}");
    }
    // 1979 and before go by the other constant.
    assert_eq!(holidays.on(date(1979, 3, 21)).unwrap().name, "春分の日");
    assert_eq!(holidays.on(date(1979, 9, 24)).unwrap().name, "秋分の日");
}

#[test]
fn days_that_are_holidays_only_by_their_neighbours() {
    let holidays = Holidays::by_law();
    let kind = |day: Date| holidays.on(day).map(|holiday| holiday.kind);
    for (day, expected) in [
        (date(2026, 5, 6), Some(HolidayKind::Substitute)),
        (date(2026, 9, 22), Some(HolidayKind::Between)),
        (date(2032, 9, 21), Some(HolidayKind::Between)),
        (date(2019, 4, 30), Some(HolidayKind::Between)),
        (date(2019, 5, 2), Some(HolidayKind::Between)),
        (date(2019, 12, 23), None),
        // The first 振替休日 of all, and a Sunday before the amendment that had none.
        (date(1973, 4, 30), Some(HolidayKind::Substitute)),
        (date(1973, 2, 12), None),
        // Between 憲法記念日 and こどもの日: from 1986, before 2007 not on a Sunday.
        (date(1985, 5, 4), None),
        (date(1988, 5, 4), Some(HolidayKind::Between)),
        (date(1997, 5, 4), None),
        // A substitute day is no neighbour of another.
        (date(2009, 9, 22), Some(HolidayKind::Between)),
        (date(1948, 5, 3), None),
    ] {
        assert_eq!(kind(day), expected, "{day}");
    }
}

#[test]
fn an_announcement_wins_over_the_forecast() {
    let notices = vec![
        Notice::Stands { name: "春分の日".into(), on: date(2031, 3, 20) },
        Notice::Stands { name: "国葬".into(), on: date(2031, 6, 4) },
        Notice::None { name: "海の日".into(), year: 2031 },
    ];
    let holidays = Holidays::with_notices(notices);
    assert!(Holidays::by_law().on(date(2031, 3, 21)).is_some());
    assert!(holidays.on(date(2031, 3, 21)).is_none());
    assert_eq!(holidays.on(date(2031, 3, 20)).unwrap().name, "春分の日");
    assert_eq!(holidays.on(date(2031, 6, 4)).unwrap().name, "国葬");
    assert!(holidays.on(date(2031, 7, 21)).is_none());
    assert!(holidays.on(date(2032, 7, 19)).is_some());
}

#[test]
fn every_worked_deadline_comes_out() {
    let Some(text) = shared::read("procedures/deadline_cases.json") else { return };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let town = BusinessCalendar::common();
    let cases = file["cases"].as_array().unwrap();
    for case in cases {
        let words = case["period"].as_str().unwrap();
        let number: u16 = words.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        let period = if words.ends_with("箇月") { Period::Months(number) } else { Period::Days(number) };
        let first_day = if case["first_day_counts"].as_bool().unwrap() { FirstDay::Counted } else { FirstDay::NotCounted };
        let limit = Limit { period, first_day, closed_end: ClosedEnd::MovesOn };
        let event: Date = case["event_date"].as_str().unwrap().parse().unwrap();
        assert_eq!(limit.last_day_before_extension(event, &town).to_string(), case["statutory_last_day"].as_str().unwrap(), "{case}");
        assert_eq!(limit.last_day(event, &town).to_string(), case["deadline_after_holiday_rule"].as_str().unwrap(), "{case}");
    }
    eprintln!("deadline_cases: {} of {} alike", cases.len(), cases.len());
    assert_eq!(cases.len(), 83);
}

#[test]
fn months_end_before_the_corresponding_day_or_with_the_month() {
    let open = BusinessCalendar::always_open();
    for (event, period, first_day, expected) in [
        // 1 April counted: to 30 April. Not counted: from the 2nd to 1 May.
        (date(2026, 4, 1), Period::Months(1), FirstDay::Counted, date(2026, 4, 30)),
        (date(2026, 4, 1), Period::Months(1), FirstDay::NotCounted, date(2026, 5, 1)),
        // The count begins on the 31st, which February lacks.
        (date(2026, 1, 30), Period::Months(1), FirstDay::NotCounted, date(2026, 2, 28)),
        (date(2028, 1, 30), Period::Months(1), FirstDay::NotCounted, date(2028, 2, 29)),
        // The count begins on the 1st: a whole month.
        (date(2026, 1, 31), Period::Months(1), FirstDay::NotCounted, date(2026, 2, 28)),
        (date(2026, 2, 28), Period::Months(1), FirstDay::NotCounted, date(2026, 3, 31)),
        (date(2024, 2, 28), Period::Years(1), FirstDay::NotCounted, date(2025, 2, 28)),
        (date(2024, 2, 29), Period::Years(1), FirstDay::Counted, date(2025, 2, 28)),
        (date(2026, 12, 1), Period::Months(3), FirstDay::Counted, date(2027, 2, 28)),
        (date(2026, 4, 1), Period::Days(14), FirstDay::NotCounted, date(2026, 4, 15)),
        (date(2026, 4, 1), Period::Days(14), FirstDay::Counted, date(2026, 4, 14)),
        (date(2026, 4, 1), Period::Days(0), FirstDay::NotCounted, date(2026, 4, 1)),
        (date(2026, 4, 1), Period::BusinessDays(0), FirstDay::NotCounted, date(2026, 4, 1)),
    ] {
        let limit = Limit { period, first_day, closed_end: ClosedEnd::Stays };
        assert_eq!(limit.last_day_before_extension(event, &open), expected, "{event} {period:?} {first_day:?}");
    }
}

#[test]
fn a_limit_that_ends_at_the_turn_of_the_year_moves_to_the_first_open_day() {
    let town = BusinessCalendar::common();
    // 15 days after 14 December 2026 is the 29th; the town hall opens on Monday 4 January.
    assert_eq!(last_day_before_extension(date(2026, 12, 14), Period::Days(15), &town), date(2026, 12, 29));
    assert_eq!(last_day(date(2026, 12, 14), Period::Days(15), &town), date(2027, 1, 4));
    let kept = Limit { period: Period::Days(15), first_day: FirstDay::NotCounted, closed_end: ClosedEnd::Stays };
    assert_eq!(kept.last_day(date(2026, 12, 14), &town), date(2026, 12, 29));
}

#[test]
fn open_days_are_counted_over_holidays() {
    let town = BusinessCalendar::common();
    // Friday 1 May 2026; 2 to 6 May are closed.
    assert_eq!(town.add_business_days(date(2026, 5, 1), 1), date(2026, 5, 7));
    assert_eq!(last_day(date(2026, 5, 1), Period::BusinessDays(2), &town), date(2026, 5, 8));
    assert_eq!(town.business_days_between(date(2026, 5, 1), date(2026, 5, 8)), 2);
    assert_eq!(town.business_days_between(date(2026, 5, 8), date(2026, 5, 1)), 0);
    // The law's day counted, when it is open, is the first of them.
    let counted = Limit { period: Period::BusinessDays(1), first_day: FirstDay::Counted, closed_end: ClosedEnd::MovesOn };
    assert_eq!(counted.last_day(date(2026, 5, 1), &town), date(2026, 5, 1));
    assert_eq!(counted.last_day(date(2026, 5, 2), &town), date(2026, 5, 7));
    // Seven days before Saturday 16 May is Saturday 9 May; the last open day before is the 8th.
    assert_eq!(last_day_ahead_of(date(2026, 5, 16), 7, &town), date(2026, 5, 8));
}

#[test]
fn the_town_s_own_closed_days_hold_only_between_their_days() {
    let rule = |days: &str, from: Option<Date>, until: Option<Date>| ClosedRule { days: days.parse().unwrap(), from, until };
    let town = BusinessCalendar::new(
        vec![
            rule("sunday", None, None),
            // Saturdays were open until the ordinance of 1992 closed them.
            rule("saturday", Some(date(1992, 9, 12)), None),
            rule("11-14", None, Some(date(2020, 12, 31))),
            rule("2026-08-10..2026-08-16", None, None),
        ],
        vec![date(2026, 3, 28)],
        Holidays::by_law(),
    );
    for (day, open) in [
        (date(1992, 9, 5), true),
        (date(1992, 9, 12), false),
        (date(2019, 11, 14), false),
        (date(2022, 11, 14), true),
        (date(2026, 8, 12), false),
        (date(2026, 8, 17), true),
        // A Saturday of 繁忙期 on which the counter opens.
        (date(2026, 3, 28), true),
        (date(2026, 4, 4), false),
        // No rule closes holidays in this town.
        (date(2026, 11, 3), true),
    ] {
        assert_eq!(town.is_open(day), open, "{day}");
    }
}

#[test]
fn banks_and_the_town_hall_close_on_different_days() {
    let (bank, town) = (BusinessCalendar::bank(), BusinessCalendar::common());
    assert!(bank.is_open(date(2026, 12, 30)) && !town.is_open(date(2026, 12, 30)));
    assert!(!bank.is_open(date(2026, 12, 31)) && !bank.is_open(date(2027, 1, 3)));
    assert!(town.is_open(date(2026, 12, 28)));
}

#[test]
fn rules_of_closed_days_are_written_as_they_are_read() {
    for text in ["saturday", "holiday", "12-29..01-03", "08-15", "02-29", "2026-10-01", "2026-08-10..2026-08-16"] {
        assert_eq!(text.parse::<ClosedDays>().unwrap().to_string(), text);
    }
}

#[test]
fn rules_of_closed_days_that_mean_nothing_are_refused() {
    for (text, why) in [
        ("Saturday", ClosedDaysError::Unknown),
        ("", ClosedDaysError::Unknown),
        ("weekend", ClosedDaysError::Unknown),
        ("02-30", ClosedDaysError::NoSuchDay),
        ("13-01", ClosedDaysError::NoSuchDay),
        ("2026-02-29", ClosedDaysError::NoSuchDay),
        ("2026-10-02..2026-10-01", ClosedDaysError::Backwards),
    ] {
        assert_eq!(text.parse::<ClosedDays>(), Err(why), "{text}");
    }
}

#[test]
fn a_calendar_that_never_opens_answers_with_the_day_it_was_asked_for() {
    let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let shut =
        BusinessCalendar::new(weekdays.iter().map(|day| ClosedRule::always(day.parse().unwrap())).collect(), vec![], Holidays::by_law());
    assert_eq!(shut.next_open(date(2026, 4, 1)), date(2026, 4, 1));
    assert_eq!(shut.previous_open(date(2026, 4, 1)), date(2026, 4, 1));
}
