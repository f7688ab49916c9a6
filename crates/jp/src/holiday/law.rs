//! The law's rules, year by year, and the acts about single days.

use jiff::civil::{Date, Weekday, date};

/// 振替休日 from the amendment of 12 April 1973.
pub(super) const SUBSTITUTES_FROM: Date = date(1973, 4, 12);
/// From 2007 a substitute day passes over holidays, and the Sunday exception for days between is gone (平成17年法律第43号).
pub(super) const SUBSTITUTES_PASS_HOLIDAYS_FROM: Date = date(2007, 1, 1);
/// 国民の休日 from the amendment of 27 December 1985.
pub(super) const BETWEEN_FROM: Date = date(1985, 12, 27);
/// The law came into force on this day in 1948.
const LAW_FROM: Date = date(1948, 7, 20);

/// Acts about single days: the day and its name. A holiday of that name stands there *instead* of where the rule
/// puts it in that year. For what is announced later a town adds a notice of its own.
pub const KNOWN_NOTICES: &[(Date, &str)] = &[
    (date(1959, 4, 10), "皇太子明仁親王の結婚の儀"),
    (date(1989, 2, 24), "昭和天皇の大喪の礼"),
    (date(1990, 11, 12), "即位礼正殿の儀"),
    (date(1993, 6, 9), "皇太子徳仁親王の結婚の儀"),
    (date(2019, 5, 1), "天皇の即位の日"),
    (date(2019, 10, 22), "即位礼正殿の儀"),
    // 平成三十二年東京オリンピック競技大会・東京パラリンピック競技大会特別措置法 (平成27年法律第33号) 29条, as amended in 2020.
    (date(2020, 7, 23), "海の日"),
    (date(2020, 7, 24), "スポーツの日"),
    (date(2020, 8, 10), "山の日"),
    (date(2021, 7, 22), "海の日"),
    (date(2021, 7, 23), "スポーツの日"),
    (date(2021, 8, 8), "山の日"),
];

/// The named holidays of a year, each with its day.
pub(super) fn named(year: i16) -> Vec<(&'static str, Date)> {
    let mut days = Vec::with_capacity(20);
    let mut add = |name: &'static str, on: Option<Date>| days.extend(on.filter(|on| *on >= LAW_FROM).map(|on| (name, on)));
    let fixed = |month: i8, day: i8| Date::new(year, month, day).ok();
    let monday = |month: i8, nth: i8| fixed(month, 1).and_then(|first| first.nth_weekday_of_month(nth, Weekday::Monday).ok());

    add("元日", fixed(1, 1));
    add("成人の日", if year >= 2000 { monday(1, 2) } else { fixed(1, 15) });
    add("建国記念の日", fixed(2, 11).filter(|_| year >= 1967));
    add("春分の日", vernal_equinox(year));
    add("天皇誕生日", emperors_birthday(year));
    add("昭和の日", fixed(4, 29).filter(|_| year >= 2007));
    add("憲法記念日", fixed(5, 3));
    add("みどりの日", if year >= 2007 { fixed(5, 4) } else { fixed(4, 29).filter(|_| year >= 1989) });
    add("こどもの日", fixed(5, 5));
    add("海の日", if year >= 2003 { monday(7, 3) } else { fixed(7, 20).filter(|_| year >= 1996) });
    add("山の日", fixed(8, 11).filter(|_| year >= 2016));
    add("敬老の日", if year >= 2003 { monday(9, 3) } else { fixed(9, 15).filter(|_| year >= 1966) });
    add("秋分の日", autumnal_equinox(year));
    let sports = if year >= 2020 { "スポーツの日" } else { "体育の日" };
    add(sports, if year >= 2000 { monday(10, 2) } else { fixed(10, 10).filter(|_| year >= 1966) });
    add("文化の日", fixed(11, 3));
    add("勤労感謝の日", fixed(11, 23));

    for (on, name) in KNOWN_NOTICES.iter().filter(|(on, _)| on.year() == year) {
        days.retain(|(known, _)| known != name);
        days.push((*name, *on));
    }
    days
}

/// 天皇誕生日 follows the reign; in 2019 there was none.
fn emperors_birthday(year: i16) -> Option<Date> {
    match year {
        ..=1988 => Date::new(year, 4, 29),
        1989..=2018 => Date::new(year, 12, 23),
        2019 => return None,
        _ => Date::new(year, 2, 23),
    }
    .ok()
}

/// The formula's constants in millionths of a day, so that no rounding of floating point decides a holiday.
const YEAR_DRIFT: i64 = 242_194;
const MILLION: i64 = 1_000_000;

fn vernal_equinox(year: i16) -> Option<Date> {
    equinox(year, 3, 20_835_700, 20_843_100)
}

fn autumnal_equinox(year: i16) -> Option<Date> {
    equinox(year, 9, 23_258_800, 23_248_800)
}

/// ⌊c + 0.242194 (year − 1980)⌋ less the leap days: forecast of 海上保安庁水路部, 暦計算研究会編『新こよみ便利帳』. Good to 2099; later
/// years keep the formula and stay a forecast.
fn equinox(year: i16, month: i8, to_1979: i64, from_1980: i64) -> Option<Date> {
    let since = i64::from(year) - 1980;
    let (constant, leap_days) = if year < 1980 { (to_1979, (i64::from(year) - 1983) / 4) } else { (from_1980, since / 4) };
    let day = (constant + YEAR_DRIFT * since).div_euclid(MILLION) - leap_days;
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}
