//! Whatever is typed, no parser panics; whatever was read, reads back.

use jiff::civil::Date;
use jp::address::{Address, match_key};
use jp::age::{age_on, attainment_date};
use jp::bank::{AccountHolder, AccountNumber, YuchoNumber};
use jp::calendar::{BusinessCalendar, ClosedDays};
use jp::era::{PastEraEnd, Wareki, parse_date, read_date, wareki};
use jp::fiscal::{FiscalYear, school_entry};
use jp::kana::{Kana, fold, grams, query_grams, sort_key, to_half_width, to_hiragana, to_katakana};
use jp::name::{PersonName, letters};
use jp::number::{CorporateNumber, IndividualNumber, LocalGovernmentCode, ResidentCode};
use jp::period::{ClosedEnd, FirstDay, Limit, Period};
use jp::phone::Phone;
use jp::postal::PostalCode;
use proptest::prelude::*;

/// Text as it comes: anything at all, and soups of the letters that the parsers look for.
fn anything() -> impl Strategy<Value = String> {
    let soup = "[0-9０-９一二三十百千〇元年月日令和平成昭MTSHRmtshr㋿㍻.\\-ー−－の之ノ丁目番地号条区市町村郡県府都道京上る下る東入大字甲乙丙A-Fア-ンぁ-んｦ-ﾟ゛゜ 　()（）〒+#・ヶヴ髙﨑\u{E0100}\u{FE00}\u{3099}\u{200D}𠮷]{0,40}";
    prop_oneof![any::<String>(), soup]
}

fn day(from: i16, to: i16) -> impl Strategy<Value = Date> {
    (from..=to, 1..=12_i8, 1..=31_i8).prop_filter_map("no such day", |(year, month, day)| Date::new(year, month, day).ok())
}

/// Kanji, kana, digits and Latin letters as names hold them.
const NAMES: &str = "[佐藤髙﨑渡邊齋𠮷あ-んア-ヴA-Za-z0-9ー]{1,12}";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_parser_panics(text in anything(), other in anything()) {
        let _ = (parse_date(&text), read_date(&text, PastEraEnd::Convert), Kana::parse(&text), PersonName::parse(&text), letters(&text));
        let _ = (fold(&text), grams(&text), query_grams(&text), sort_key(&text), to_half_width(&text), to_hiragana(&text));
        let _ = (IndividualNumber::parse(&text), CorporateNumber::parse(&text), ResidentCode::parse(&text), LocalGovernmentCode::parse(&text));
        let _ = (Phone::parse(&text), PostalCode::parse(&text), AccountHolder::parse(&text), AccountNumber::parse(&text));
        let _ = (YuchoNumber::parse(&text, &other), text.parse::<ClosedDays>(), match_key(&text));
        let address = Address::read(&text);
        let _ = (address.one_line(), address.match_key(), address.level(), address.town.to_string());
        prop_assert_eq!(address.typed, text);
    }

    #[test]
    fn a_day_reads_back_from_its_era_and_from_the_west(day in day(1873, 9000)) {
        prop_assert_eq!(parse_date(&wareki(day)), Ok(day));
        prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
        for written in Wareki::all_of(day) {
            prop_assert_eq!(parse_date(&written.to_string()), Ok(day));
            prop_assert_eq!(parse_date(&written.short()), Ok(day));
            prop_assert_eq!(Wareki::new(written.era(), written.year(), day.month(), day.day()), Ok(written));
        }
    }

    #[test]
    fn an_age_is_said_the_day_after_it_is_attained_and_never_sooner(birth in day(1880, 2100), years in 1..120_u16) {
        let attained = attainment_date(birth, years);
        prop_assert_eq!(age_on(birth, attained).unwrap(), years - 1);
        prop_assert_eq!(age_on(birth, attained.tomorrow().unwrap()).unwrap(), years);
    }

    #[test]
    fn every_child_is_six_and_not_yet_seven_when_school_begins(birth in day(1950, 2100)) {
        let first = school_entry(birth).first_day();
        // Law's six: attained on the day before at the latest.
        prop_assert!(attainment_date(birth, 6) < first);
        prop_assert!(attainment_date(birth, 7) >= first);
        prop_assert!(FiscalYear::of(birth).contains(birth));
    }

    #[test]
    fn a_limit_ends_on_an_open_day_and_a_longer_one_no_sooner(event in day(1990, 2060), length in 1..400_u16) {
        let town = BusinessCalendar::common();
        for (period, longer) in [
            (Period::Days(length), Period::Days(length + 1)),
            (Period::Months(length), Period::Months(length + 1)),
            (Period::BusinessDays(length), Period::BusinessDays(length + 1)),
        ] {
            let limit = |period, first_day| Limit { period, first_day, closed_end: ClosedEnd::MovesOn }.last_day(event, &town);
            let last = limit(period, FirstDay::NotCounted);
            prop_assert!(town.is_open(last) && last > event);
            prop_assert!(limit(longer, FirstDay::NotCounted) >= last);
            prop_assert!(limit(period, FirstDay::Counted) <= last);
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in anything()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
        let key = match_key(&text);
        prop_assert_eq!(to_katakana(&to_katakana(&text)), to_katakana(&text));
        prop_assert!(key.chars().count() <= 20 * Address::LETTERS_MAX);
    }

    #[test]
    fn a_name_is_found_by_every_part_of_it(name in NAMES, from in 0..12_usize, length in 1..12_usize) {
        let part: String = name.chars().skip(from).take(length).collect();
        let all = grams(&name);
        // A long mark or dash at the edge of a part leans on a neighbour that the part lacks.
        if !part.starts_with('ー') && !part.ends_with('ー') {
            for gram in query_grams(&part) {
                prop_assert!(all.contains(&gram), "{} in {}", gram, name);
            }
        }
    }

    #[test]
    fn widths_of_kana_turn_back(kana in "[ア-ンヴー]{0,20}") {
        prop_assert_eq!(to_katakana(&to_half_width(&kana)), kana.clone());
        prop_assert_eq!(to_katakana(&to_hiragana(&kana)), kana);
    }

    #[test]
    fn a_reading_and_a_name_read_back(reading in "[ぁ-んァ-ヴｱ-ﾝ ー]{1,30}", name in NAMES) {
        if let Ok(kana) = Kana::parse(&reading) {
            prop_assert_eq!(Kana::parse(kana.as_str()), Ok(kana));
        }
        let person = PersonName::parse(&name).unwrap();
        prop_assert_eq!(PersonName::parse(&person.full()), Ok(person));
    }

    #[test]
    fn a_holder_s_name_reads_back(text in anything()) {
        if let Ok(holder) = AccountHolder::parse(&text) {
            prop_assert_eq!(AccountHolder::parse(holder.as_str()), Ok(holder));
        }
    }

    #[test]
    fn one_wrong_digit_of_a_corporate_number_is_noticed_unless_0_and_9(base in "[0-9]{12}", at in 0..12_usize, digit in 0..10_u8) {
        let number = (1..=9).find_map(|check| CorporateNumber::parse(&format!("{check}{base}")).ok()).unwrap().to_string();
        let mut wrong = number.clone().into_bytes();
        let before = wrong[at + 1] - b'0';
        wrong[at + 1] = b'0' + digit;
        let passes = CorporateNumber::parse(&String::from_utf8(wrong).unwrap()).is_ok();
        prop_assert_eq!(passes, before == digit || (before.is_multiple_of(9) && digit.is_multiple_of(9)));
    }

    #[test]
    fn an_address_in_one_line_is_read_as_itself(number in 1..21_u16, block in 1..200_u16, house in 1..60_u16) {
        let address = Address::read(&format!("大阪府高槻市奈佐原{number}丁目{block}番{house}号"));
        let again = Address::read(&address.one_line());
        prop_assert_eq!(&again.town.to_string(), &address.town.to_string());
        prop_assert_eq!(again.block, address.block);
        prop_assert_eq!(match_key(&address.town.to_string()), match_key(&format!("奈佐原{number}丁目")));
    }
}
