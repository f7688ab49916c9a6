//! Eras, ages, fiscal and school years: tables from the law.

use jiff::civil::{Date, date};
use jp::age::{BornLater, age_on, attainment_date, fiscal_year_end_after, has_attained, is_until_fiscal_year_end_after};
use jp::era::{DateError, DateWarning, Era, PastEraEnd, Wareki, parse_date, read_date, wareki};
use jp::fiscal::{FiscalYear, SchoolYear, nursery_class, school_entry};

#[test]
fn a_day_is_written_in_its_era() {
    for (day, long, short) in [
        (date(2026, 11, 24), "令和8年11月24日", "R8.11.24"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
    ] {
        assert_eq!(wareki(day), long);
        assert_eq!(Wareki::of(day).unwrap().short(), short);
        assert_eq!(parse_date(long), Ok(day));
        assert_eq!(parse_date(short), Ok(day));
    }
    assert_eq!(wareki(date(1872, 12, 31)), "1872年12月31日");
    assert_eq!(Wareki::of(date(1872, 12, 31)), None);
}

#[test]
fn two_days_belong_to_two_eras_and_either_is_read() {
    for (early, late, day) in
        [("明治45年7月30日", "大正元年7月30日", date(1912, 7, 30)), ("T15.12.25", "昭和1年12月25日", date(1926, 12, 25))]
    {
        assert_eq!(parse_date(early), Ok(day));
        assert_eq!(parse_date(late), Ok(day));
        assert_eq!(Wareki::all_of(day).len(), 2);
    }
    // 平成 and 令和 changed at midnight.
    assert_eq!(Wareki::all_of(date(2019, 5, 1)).len(), 1);
    assert_eq!(read_date("明治45年7月30日", PastEraEnd::Refuse).unwrap().era, Some(Era::Meiji));
}

#[test]
fn a_day_is_read_however_it_is_typed() {
    let day = Ok(date(2026, 4, 1));
    for typed in [
        "R8.4.1",
        "r8.4.1",
        "R8/4/1",
        "R8-4-1",
        "R08.04.01",
        "R.8.4.1",
        "R080401",
        "Ｒ８．４．１",
        "令和8年4月1日",
        "令和８年４月１日",
        "令和 8年 4月 1日",
        "令8.4.1",
        "㋿8年4月1日",
        "令和八年四月一日",
        "令和8年4月1日生",
        "令和8年4月1日生まれ",
        "2026-04-01",
        "2026/4/1",
        "2026.4.1",
        "2026年4月1日",
        "西暦2026年4月1日",
        "20260401",
        "5080401",
        "５０８０４０１",
        "２０２６年４月１日",
        "二〇二六年四月一日",
        "　2026-04-01　",
        "2026−4−1",
        "2026年4月1",
    ] {
        assert_eq!(parse_date(typed), day, "{typed}");
    }
    for (typed, day) in [
        ("㍻元年1月8日", date(1989, 1, 8)),
        ("㍼64年1月7日", date(1989, 1, 7)),
        ("㍽2年2月3日", date(1913, 2, 3)),
        ("㍾6年1月1日", date(1873, 1, 1)),
        ("昭和二十三年十二月三十一日", date(1948, 12, 31)),
        ("昭和六十四年一月七日", date(1989, 1, 7)),
        ("S39-10-10", date(1964, 10, 10)),
        ("4050101", date(1993, 1, 1)),
        ("3640107", date(1989, 1, 7)),
        ("2011225", date(1912, 12, 25)),
        ("1060101", date(1873, 1, 1)),
    ] {
        assert_eq!(parse_date(typed), Ok(day), "{typed}");
    }
}

#[test]
fn what_is_no_day_is_refused_with_the_reason() {
    for (typed, why) in [
        ("", DateError::Empty),
        ("　", DateError::Empty),
        ("きのう", DateError::Unreadable),
        ("2026", DateError::Unreadable),
        ("令和8年4月", DateError::Unreadable),
        ("4/1", DateError::Unreadable),
        ("2026-04-01-01", DateError::Unreadable),
        ("令和8年", DateError::Unreadable),
        ("26/4/1x", DateError::Unreadable),
        ("0080401", DateError::Unreadable),
        ("6080401", DateError::Unreadable),
        ("508040", DateError::Unreadable),
        ("5081301", DateError::NoSuchDay),
        ("4310501", DateError::PastEraEnd { era: Era::Heisei }),
        ("2026-02-29", DateError::NoSuchDay),
        ("令和8年2月29日", DateError::NoSuchDay),
        ("R8.13.1", DateError::NoSuchDay),
        ("R0.1.1", DateError::NoSuchDay),
        ("令和999年1月1日", DateError::Unreadable),
        ("平成31年5月1日", DateError::PastEraEnd { era: Era::Heisei }),
        ("昭和64年1月8日", DateError::PastEraEnd { era: Era::Showa }),
        ("平成35年4月1日", DateError::PastEraEnd { era: Era::Heisei }),
        ("令和元年4月30日", DateError::BeforeEra { era: Era::Reiwa }),
        ("昭和元年1月1日", DateError::BeforeEra { era: Era::Showa }),
        ("明治5年12月2日", DateError::Lunar),
        ("明治5年12月30日", DateError::Lunar),
        ("明治元年9月8日", DateError::Lunar),
    ] {
        let got = parse_date(typed);
        // A year of three digits is a day, only far ahead.
        if typed.starts_with("令和999") { assert_eq!(got, Ok(date(3017, 1, 1))) } else { assert_eq!(got, Err(why), "{typed}") }
    }
}

#[test]
fn a_paper_printed_before_the_era_ended_is_converted_with_a_warning() {
    let read = read_date("平成35年4月1日", PastEraEnd::Convert).unwrap();
    assert_eq!((read.date, read.era, read.warning), (date(2023, 4, 1), Some(Era::Heisei), Some(DateWarning::PastEraEnd)));
    assert_eq!(read_date("平成31年4月30日", PastEraEnd::Convert).unwrap().warning, None);
    assert_eq!(read_date("平成35年2月29日", PastEraEnd::Convert), Err(DateError::NoSuchDay));
    assert_eq!(read_date("明治5年1月1日", PastEraEnd::Convert), Err(DateError::Lunar));
}

#[test]
fn an_era_day_travels_as_its_parts_and_is_checked_on_arrival() {
    let day = Wareki::of(date(2026, 4, 1)).unwrap();
    let json = serde_json::to_string(&day).unwrap();
    assert_eq!(json, r#"{"era":"reiwa","year":8,"month":4,"day":1}"#);
    assert_eq!(serde_json::from_str::<Wareki>(&json).unwrap(), day);
    assert!(serde_json::from_str::<Wareki>(r#"{"era":"heisei","year":32,"month":4,"day":1}"#).is_err());
}

#[test]
fn an_age_is_attained_the_day_before_the_birthday() {
    for (birth, attained, birthday) in [
        (date(2008, 4, 1), date(2026, 3, 31), date(2026, 4, 1)),
        (date(2008, 4, 2), date(2026, 4, 1), date(2026, 4, 2)),
        (date(2008, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),
        (date(2008, 1, 1), date(2025, 12, 31), date(2026, 1, 1)),
    ] {
        assert_eq!(attainment_date(birth, 18), attained);
        assert_eq!(age_on(birth, birthday), Ok(18));
        assert_eq!(age_on(birth, birthday.yesterday().unwrap()), Ok(17));
        assert!(has_attained(birth, 18, attained));
        assert!(!has_attained(birth, 18, attained.yesterday().unwrap()));
    }
    // In a leap year too the 29th is the day before nothing else than the 29th's own birthday.
    assert_eq!(attainment_date(date(2008, 2, 29), 20), date(2028, 2, 28));
    assert_eq!(age_on(date(2008, 2, 29), date(2028, 2, 29)), Ok(20));
    assert_eq!(age_on(date(2026, 4, 2), date(2026, 4, 1)), Err(BornLater));
    assert_eq!(age_on(date(2026, 4, 2), date(2026, 4, 2)), Ok(0));
}

#[test]
fn an_allowance_is_paid_until_the_first_31_march_after_the_eighteenth_birthday() {
    for (birth, last) in [
        (date(2008, 4, 1), date(2026, 3, 31)),
        (date(2008, 4, 2), date(2027, 3, 31)),
        (date(2008, 3, 31), date(2026, 3, 31)),
        (date(2008, 12, 1), date(2027, 3, 31)),
        (date(2008, 2, 29), date(2026, 3, 31)),
    ] {
        assert_eq!(fiscal_year_end_after(birth, 18), last, "{birth}");
        assert!(is_until_fiscal_year_end_after(birth, 18, last));
        assert!(!is_until_fiscal_year_end_after(birth, 18, last.tomorrow().unwrap()));
    }
    assert!(!is_until_fiscal_year_end_after(date(2008, 4, 1), 18, date(2008, 3, 31)));
}

#[test]
fn a_fiscal_year_runs_from_april_to_march() {
    let year = FiscalYear::of(date(2027, 3, 31));
    assert_eq!(
        (year, year.first_day(), year.last_day(), year.books_close()),
        (FiscalYear::starting_in(2026), date(2026, 4, 1), date(2027, 3, 31), date(2027, 5, 31))
    );
    assert_eq!(FiscalYear::of(date(2027, 4, 1)), year.next());
    assert!(year.contains(date(2026, 4, 1)) && !year.contains(date(2026, 3, 31)));
    for (year, name) in [(2026, "令和8年度"), (2019, "令和元年度"), (2018, "平成30年度"), (1989, "平成元年度"), (1988, "昭和63年度")]
    {
        assert_eq!(FiscalYear::starting_in(year).to_string(), name);
    }
}

#[test]
fn a_child_enters_school_the_april_after_it_attains_six() {
    for (birth, entry) in [
        (date(2020, 4, 1), 2026),
        (date(2020, 4, 2), 2027),
        (date(2020, 3, 31), 2026),
        (date(2020, 1, 1), 2026),
        (date(2020, 12, 31), 2027),
        (date(2020, 2, 29), 2026),
    ] {
        assert_eq!(school_entry(birth), FiscalYear::starting_in(entry), "{birth}");
    }
}

#[test]
fn school_years_and_nursery_classes_follow_the_fiscal_year() {
    let birth = date(2020, 4, 1);
    let grade = |year| SchoolYear::of(birth, FiscalYear::starting_in(year)).map(|grade| grade.to_string());
    assert_eq!(grade(2025), None);
    assert_eq!(grade(2026).as_deref(), Some("小学1年生"));
    assert_eq!(grade(2031).as_deref(), Some("小学6年生"));
    assert_eq!(grade(2032).as_deref(), Some("中学1年生"));
    assert_eq!(grade(2034).as_deref(), Some("中学3年生"));
    assert_eq!(grade(2035), None);
    let class = |birth: Date| nursery_class(birth, FiscalYear::starting_in(2026));
    assert_eq!(class(date(2020, 4, 1)), None);
    assert_eq!(class(date(2020, 4, 2)), Some(5));
    assert_eq!(class(date(2025, 4, 2)), Some(0));
    assert_eq!(class(date(2025, 4, 1)), Some(1));
    assert_eq!(class(date(2026, 10, 1)), Some(0));
    assert_eq!(class(date(2027, 4, 1)), None);
    assert_eq!(serde_json::from_str::<SchoolYear>("10").ok(), None);
}
