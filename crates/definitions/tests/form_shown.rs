//! How answers read: to the person who checks them, to staff, in letters.

mod form_world;

use definitions::{
    answer::{Account, Answer, Answers, Deposit, FileAnswer, Member, Name, PostalAddress, Signature, Spot, Strokes},
    facts::NoFacts,
    field::{Field, Kind},
    sources::Sources,
    text::{Language, Text},
    town::Town,
};
use form_world::*;
use jiff::civil::date;

/// A town of one page.
fn town() -> Town {
    let yaml = "town: mini\nname: 見本市\noffice: { post: 000-0000, address: 見本市中央1-1, phone: 0000-00-0000, hours: 平日 }\nlook: { key_colour: green }\nlanguages: { ja: complete }\n";
    let mut sources = Sources { town: "mini".to_owned(), ..Sources::default() };
    sources.folders.insert("mini".to_owned(), [("town.yaml".to_owned(), yaml.as_bytes().to_vec())].into_iter().collect());
    Town::from_sources(&sources).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn field(kind: Kind) -> Field {
    let built = form(vec![("one", None, vec![ask("q", kind)])]);
    built.pages[0].fields[0].clone()
}

#[test]
fn answers_read_as_people_write_them_in_three_languages() {
    let town = town();
    let days = Kind::Choices { options: listed(&["mon", "tue"]), at_least: 1, at_most: None };
    let wishes = Kind::Ranked { options: listed(&["chuo", "higashi"]), at_most: 2 };
    let people = Kind::Number { at_least: None, at_most: None, unit: Some(Text::new("u", "人")) };
    let table = [
        (Kind::Date, Answer::Date(date(2026, 11, 24)), "令和8年11月24日", "2026年（令和8年）11月24日", "24 November 2026"),
        (people, Answer::Number(1_234), "1,234人", "1,234人", "1,234 人"),
        (
            Kind::Decimal { places: 1, at_least: None, at_most: None, unit: Some(Text::new("", "㎡")) },
            Answer::Decimal("1234.5".parse().unwrap()),
            "1,234.5㎡",
            "1,234.5㎡",
            "1,234.5 ㎡",
        ),
        (
            Kind::Place,
            Answer::Place(Spot { words: "橋の上".into(), position: "35.5,139.25".parse().ok() }),
            "橋の上（北緯35.5 東経139.25）",
            "橋の上（北緯35.5 東経139.25）",
            "橋の上（N 35.5 E 139.25）",
        ),
        (Kind::Money, Answer::Money(-30_000), "-30,000円", "-30,000円", "-30,000 yen"),
        (Kind::YesNo, Answer::YesNo(true), "はい", "はい", "Yes"),
        (Kind::YesNo, Answer::YesNo(false), "いいえ", "いいえ", "No"),
        (Kind::Consent, Answer::Consent, "同意する", "同意する（いいと 言う）", "Agreed"),
        (days, Answer::Choices(vec!["mon".into(), "tue".into()]), "mon、tue", "mon、tue", "mon, tue"),
        (
            wishes,
            Answer::Ranked(vec!["higashi".into(), "chuo".into()]),
            "1. higashi\n2. chuo",
            "1. higashi\n2. chuo",
            "1. higashi\n2. chuo",
        ),
        (
            Kind::PersonName,
            Answer::PersonName(Name { family: "佐藤".into(), given: Some("花子".into()) }),
            "佐藤 花子",
            "佐藤 花子",
            "佐藤 花子",
        ),
        (
            Kind::Address,
            Answer::Address(PostalAddress {
                postal_code: Some("1008918".into()),
                line: "見本市中央1-1".into(),
                building: Some("101".into()),
            }),
            "〒100-8918 見本市中央1-1 101",
            "〒100-8918 見本市中央1-1 101",
            "〒100-8918 見本市中央1-1 101",
        ),
        (Kind::Phone, Answer::Phone("09012345678".into()), "090-1234-5678", "090-1234-5678", "090-1234-5678"),
        (
            Kind::HouseholdMember { when_listed: None },
            Answer::Member(Member { id: None, name: "佐藤 さくら".into(), kana: None, born: Some(date(2020, 5, 3)) }),
            "佐藤 さくら（令和2年5月3日生まれ）",
            "佐藤 さくら（2020年（令和2年）5月3日 生まれ）",
            "佐藤 さくら (born 3 May 2020)",
        ),
    ];
    for (kind, answer, ja, easy, en) in table {
        let field = field(kind);
        let shown = Language::ALL.map(|language| answer.shown(&field, &town, language));
        assert_eq!(shown, [ja, easy, en]);
    }
}

#[test]
fn guarded_answers_are_masked_wherever_they_are_shown() {
    let town = town();
    let number = Answer::IndividualNumber("123456789018".into());
    let account = Answer::BankAccount(Account::Bank {
        bank: "0001".into(),
        branch: "001".into(),
        deposit: Deposit::Ordinary,
        number: "7654321".into(),
        holder: "ｻﾄｳ".into(),
    });
    let post = Answer::BankAccount(Account::PostBank { symbol: "14010".into(), number: "12345671".into(), holder: "ｻﾄｳ".into() });
    let of_number = field(Kind::IndividualNumber { number_use: Text::default() });
    let of_account = field(Kind::BankAccount);
    for language in Language::ALL {
        assert!(!number.shown(&of_number, &town, language).contains(char::is_numeric));
        assert!(account.shown(&of_account, &town, language).contains("****321"));
        assert!(!account.shown(&of_account, &town, language).contains("7654"));
        assert!(post.shown(&of_account, &town, language).contains("14010-*****671"));
    }
    assert!(number.search_texts().is_empty() && account.search_texts().is_empty());
    let strokes = Answer::Signature(Signature::Drawn(Strokes(vec![vec![(1, 1)]])));
    assert_eq!(strokes.shown(&field(Kind::Signature), &town, Language::Ja), "署名済み");
}

#[test]
fn a_group_reads_row_by_row() {
    let town = town();
    let rows = group(1, 2, &[], &[ask("name", text()), ask("reason", choice(&["work"]))]);
    let row: Answers = [("name".parse().unwrap(), Answer::Text("花子".into())), ("reason".parse().unwrap(), Answer::Choice("work".into()))]
        .into_iter()
        .collect();
    let shown = Answer::Group(vec![row.clone(), row]).shown(&field(rows), &town, Language::Ja);
    assert_eq!(shown, "保護者 1\nname: 花子\nreason: work\n保護者 2\nname: 花子\nreason: work");
}

#[test]
fn an_answer_whose_question_has_changed_since_still_reads() {
    let town = town();
    let now_a_text = field(text());
    assert_eq!(Answer::Choice("gone".into()).shown(&now_a_text, &town, Language::Ja), "gone");
    assert_eq!(Answer::Group(vec![Answers::default()]).shown(&now_a_text, &town, Language::Ja), "");
    let file = FileAnswer { file: "f".into(), name: "証明書.pdf".into(), media: "application/pdf".into(), bytes: 1 };
    assert_eq!(Answer::Files(vec![file.clone(), file]).shown(&now_a_text, &town, Language::En), "証明書.pdf\n証明書.pdf");
}

#[test]
fn what_is_shown_in_japanese_can_be_typed_again() {
    let town = town();
    let unit = Some(Text::new("u", "人"));
    let table = [
        (Kind::LongText { at_most: 100 }, Answer::Text("二\n行".into())),
        (Kind::Kana, Answer::Kana("サトウ　ハナコ".into())),
        (Kind::Date, Answer::Date(date(1951, 5, 3))),
        (Kind::Date, Answer::Date(date(2019, 5, 1))),
        (Kind::Number { at_least: None, at_most: None, unit }, Answer::Number(-1_234)),
        (Kind::Money, Answer::Money(1_234_567)),
        (Kind::Phone, Answer::Phone("09012345678".into())),
        (Kind::Mail, Answer::Mail("a@example.jp".into())),
        (choice(&["work"]), Answer::Choice("work".into())),
    ];
    for (kind, answer) in table {
        let built = form(vec![("one", None, vec![ask("q", kind.clone())])]);
        let shown = answer.shown(&field(kind), &town, Language::Ja);
        let filled = built.fill(&typed(&[("q", &shown)]), &NoFacts);
        assert_eq!(filled.answers.get("q"), Some(&answer), "{shown}");
    }
}
