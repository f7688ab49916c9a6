//! Each kind of question as a table: what people type, what it is understood as, what they are told when it is not.

mod form_world;

use definitions::{
    answer::{Answer, Answers, FileAnswer},
    facts::NoFacts,
    field::Kind,
    kinds,
    pattern::Pattern,
    text::Text,
    typed::Typed,
};
use form_world::*;
use jiff::civil::date;

/// What one question makes of what was typed below it (`""` is the question itself, `"year"` a part): an answer as JSON, nothing
/// (`-`), or what is wrong.
fn read(kind: &Kind, pairs: &[(&str, &str)]) -> String {
    let form = form(vec![("one", None, vec![ask("q", kind.clone()).optional()])]);
    let name = |part: &str| if part.is_empty() { "q".to_owned() } else { format!("q.{part}") };
    let typed = Typed::from_pairs(pairs.iter().map(|(part, value)| (name(part), *value))).unwrap();
    let filled = form.fill(&typed, &NoFacts);
    for problem in &filled.problems {
        assert!(kinds::PROBLEMS.contains(&problem.id), "{} has no words", problem.id);
    }
    match filled.answers.get("q") {
        Some(answer) => {
            assert!(filled.problems.is_empty());
            round_trip(kind, answer);
            serde_json::to_string(answer).unwrap()
        }
        None if filled.problems.is_empty() => "-".to_owned(),
        None => {
            let told = filled.problems.iter().map(|problem| {
                let args: Vec<String> = problem.args.iter().map(|(_, value)| value.clone()).collect();
                format!("{} {} {}", problem.path.trim_start_matches("q."), problem.id, args.join(" ")).trim_end().to_owned()
            });
            told.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What is typed back gives the same answer.
fn round_trip(kind: &Kind, answer: &Answer) {
    if matches!(answer, Answer::IndividualNumber(_)) {
        return;
    }
    let answers: Answers = [("q".parse().unwrap(), answer.clone())].into_iter().collect();
    let typed = Typed::of_answers(&answers);
    let form = form(vec![("one", None, vec![ask("q", kind.clone()).optional()])]);
    assert_eq!(form.fill(&typed, &NoFacts).answers.get("q"), Some(answer), "typed back as {typed:?}");
}

#[track_caller]
fn check(kind: &Kind, table: &[(&str, &str)]) {
    for (typed, expected) in table {
        assert_eq!(read(kind, &[("", typed)]), *expected, "{typed:?}");
    }
}

#[test]
fn a_line_is_one_line_of_so_many_letters_as_the_eye_counts() {
    check(
        &Kind::Text { at_most: 4, pattern: None },
        &[
            ("", "-"),
            (" 　 ", "-"),
            (" 見本 ", r#"{"text":"見本"}"#),
            ("二\n行", r#"{"text":"二 行"}"#),
            ("辻\u{E0100}田辻\u{E0100}田", "{\"text\":\"辻\u{E0100}田辻\u{E0100}田\"}"),
            ("五文字です", "q kind-text-too-long 5 4"),
            ("a\u{0}b\u{202e}", r#"{"text":"ab"}"#),
        ],
    );
    check(&Kind::LongText { at_most: 10 }, &[("二\r\n行\n", r#"{"text":"二\n行"}"#), ("12345678901", "q kind-text-too-long 11 10")]);
}

#[test]
fn a_line_of_a_given_shape_is_taken_in_either_width_and_refused_otherwise() {
    let pattern = Pattern::new("[A-Z]{2}[0-9]{6}", Text::new("", "英字2字と数字6けた")).unwrap();
    check(
        &Kind::Text { at_most: 20, pattern: Some(pattern) },
        &[
            ("", "-"),
            ("AB123456", r#"{"text":"AB123456"}"#),
            ("ＡＢ１２３４５６", r#"{"text":"AB123456"}"#),
            ("AB12345", "q kind-text-pattern"),
            ("AB123456x", "q kind-text-pattern"),
        ],
    );
}

#[test]
fn a_decimal_is_exact_and_has_so_many_digits_behind_its_point() {
    let number = |text: &str| text.parse().ok();
    check(
        &Kind::Decimal { places: 2, at_least: number("0.01"), at_most: number("1000"), unit: Some(Text::new("", "㎡")) },
        &[
            ("", "-"),
            ("12.5", r#"{"decimal":"12.5"}"#),
            ("１２．５０㎡", r#"{"decimal":"12.5"}"#),
            ("1,000", r#"{"decimal":"1000"}"#),
            ("0.10", r#"{"decimal":"0.1"}"#),
            ("12.345", "q kind-decimal-places 2"),
            ("0.001", "q kind-decimal-places 2"),
            ("0", "q kind-number-too-small 0.01"),
            ("1000.01", "q kind-number-too-large 1,000"),
            ("約12", "q kind-number-unreadable"),
            ("1.2.3", "q kind-number-unreadable"),
            ("1e3", "q kind-number-unreadable"),
        ],
    );
}

#[test]
fn a_place_is_words_a_position_or_both() {
    let said = |pairs: &[(&str, &str)]| read(&Kind::Place, pairs);
    assert_eq!(said(&[("words", " "), ("position", "")]), "-");
    assert_eq!(said(&[("words", "中央公園の北側")]), r#"{"place":{"words":"中央公園の北側"}}"#);
    let position = r#""position":{"latitude":"35.681236","longitude":"139.767125"}"#;
    assert_eq!(said(&[("position", "35.681236,139.767125")]), format!(r#"{{"place":{{{position}}}}}"#));
    assert_eq!(
        said(&[("words", "橋"), ("position", "３５．６８１２３６、 １３９．７６７１２５４９")]),
        format!(r#"{{"place":{{"words":"橋",{position}}}}}"#)
    );
    assert_eq!(said(&[("words", "橋"), ("position", "北のほう")]), "position kind-place-unreadable");
    assert_eq!(said(&[("position", "139.767125,35.681236")]), "position kind-place-outside");
    assert_eq!(said(&[("words", &"道".repeat(201))]), "words kind-text-too-long 201 200");
}

#[test]
fn a_reading_is_katakana_whatever_was_typed() {
    check(
        &Kind::Kana,
        &[
            ("さとう はなこ", r#"{"kana":"サトウ　ハナコ"}"#),
            ("ｻﾄｳ ﾊﾅｺ", r#"{"kana":"サトウ　ハナコ"}"#),
            ("佐藤", "q kind-kana-not-kana 佐"),
            ("sato", "q kind-kana-not-kana s"),
            ("", "-"),
        ],
    );
}

#[test]
fn a_name_may_be_single_latin_or_undivided_and_keeps_its_selectors() {
    let name = |pairs: &[(&str, &str)]| read(&Kind::PersonName, pairs);
    assert_eq!(name(&[("family", "佐藤"), ("given", "花子")]), r#"{"person_name":{"family":"佐藤","given":"花子"}}"#);
    assert_eq!(name(&[("family", "NGUYEN THI LAN"), ("given", "")]), r#"{"person_name":{"family":"NGUYEN THI LAN"}}"#);
    assert_eq!(name(&[("family", ""), ("given", "スカルノ")]), r#"{"person_name":{"family":"スカルノ"}}"#);
    assert_eq!(name(&[("family", "辻\u{E0100}")]), "{\"person_name\":{\"family\":\"辻\u{E0100}\"}}");
    assert_eq!(name(&[("", "佐藤 花子")]), r#"{"person_name":{"family":"佐藤　花子"}}"#);
    assert_eq!(name(&[("family", " "), ("given", "")]), "-");
    assert_eq!(name(&[("family", &"あ".repeat(101))]), "family kind-text-too-long 100+ 100");
}

#[test]
fn a_day_is_read_in_either_calendar_from_one_text() {
    check(
        &Kind::Date,
        &[
            ("2027-04-01", r#"{"date":"2027-04-01"}"#),
            ("R9.4.1", r#"{"date":"2027-04-01"}"#),
            ("令和９年４月１日", r#"{"date":"2027-04-01"}"#),
            ("昭和26年5月3日", r#"{"date":"1951-05-03"}"#),
            ("平成元年1月8日", r#"{"date":"1989-01-08"}"#),
            ("平成35年1月1日", "q kind-date-past-era 平成"),
            ("2027-02-29", "q kind-date-no-such-day"),
            ("あした", "q kind-date-unreadable"),
            ("明治3年1月1日", "q kind-date-lunar"),
        ],
    );
}

#[test]
fn a_day_is_read_in_either_calendar_from_its_parts() {
    let day =
        |era: &str, year: &str, month: &str, day: &str| read(&Kind::Date, &[("era", era), ("year", year), ("month", month), ("day", day)]);
    assert_eq!(day("reiwa", "9", "4", "1"), r#"{"date":"2027-04-01"}"#);
    assert_eq!(day("reiwa", "９", "０４", "１日"), r#"{"date":"2027-04-01"}"#);
    assert_eq!(day("showa", "26", "5", "3"), r#"{"date":"1951-05-03"}"#);
    assert_eq!(day("heisei", "元", "1", "8"), r#"{"date":"1989-01-08"}"#);
    assert_eq!(day("western", "2027", "4", "1"), r#"{"date":"2027-04-01"}"#);
    assert_eq!(day("reiwa", "2027", "4", "1"), r#"{"date":"2027-04-01"}"#, "a western year under 令和 is that year");
    assert_eq!(day("reiwa", "", "", ""), "-", "the era that the list shows is no answer");
    assert_eq!(day("reiwa", "9", "", "1"), "month kind-date-incomplete");
    assert_eq!(day("reiwa", "9", "", ""), "month kind-date-incomplete");
    assert_eq!(day("reiwa", "九", "4", "1"), "year kind-date-unreadable");
    assert_eq!(day("western", "27", "4", "1"), "year kind-date-unreadable");
    assert_eq!(day("reiwa", "9", "2", "30"), "q kind-date-no-such-day");
    assert_eq!(day("reiwa", "元", "4", "30"), "q kind-date-before-era 令和");
    assert_eq!(day("keio", "3", "1", "1"), "era kind-date-unreadable");
    assert_eq!(day("reiwa", "9", "1000", "1"), "month kind-date-unreadable");
}

#[test]
fn numbers_and_yen_are_read_as_people_write_them() {
    let people = Kind::Number { at_least: Some(1), at_most: Some(1_000), unit: Some(Text::new("unit", "人")) };
    check(
        &people,
        &[
            ("3", r#"{"number":3}"#),
            ("３人", r#"{"number":3}"#),
            ("１，０００", r#"{"number":1000}"#),
            ("0", "q kind-number-too-small 1"),
            ("1001", "q kind-number-too-large 1,000"),
            ("三", "q kind-number-unreadable"),
            ("3.5", "q kind-number-unreadable"),
            ("99999999999999999999", "q kind-number-unreadable"),
        ],
    );
    check(&Kind::Number { at_least: None, at_most: None, unit: None }, &[("-５", r#"{"number":-5}"#), ("--5", "q kind-number-unreadable")]);
    check(
        &Kind::Money,
        &[
            ("30,000円", r#"{"money":30000}"#),
            ("￥３００", r#"{"money":300}"#),
            ("¥300-", r#"{"money":300}"#),
            ("-1", "q kind-number-too-small 0"),
            ("三万円", "q kind-money-unreadable"),
        ],
    );
}

#[test]
fn choices_are_kept_in_the_order_of_the_definition_and_wishes_in_their_own() {
    let days = Kind::Choices { options: listed(&["mon", "tue", "wed"]), at_least: 2, at_most: Some(2) };
    assert_eq!(read(&days, &[("", "wed"), ("", "mon"), ("", "wed")]), r#"{"choices":["mon","wed"]}"#);
    assert_eq!(read(&days, &[("", "wed")]), "q kind-choices-too-few 2");
    assert_eq!(read(&days, &[("", "mon"), ("", "tue"), ("", "wed")]), "q kind-choices-too-many 2");
    assert_eq!(read(&days, &[("", "mon"), ("", "sun")]), "q kind-choice-not-offered");
    let wishes = Kind::Ranked { options: listed(&["a", "b", "c"]), at_most: 2 };
    assert_eq!(read(&wishes, &[("", "c"), ("", ""), ("", "a")]), r#"{"ranked":["c","a"]}"#);
    assert_eq!(read(&wishes, &[("", "c"), ("", "c")]), "q kind-ranked-twice");
    assert_eq!(read(&wishes, &[("", "a"), ("", "b"), ("", "c")]), "q kind-choices-too-many 2");
}

#[test]
fn an_address_is_kept_as_typed_and_needs_no_postal_code() {
    let address = |pairs: &[(&str, &str)]| read(&Kind::Address, pairs);
    assert_eq!(
        address(&[("postal", "〒１００ー８９１８"), ("text", "見本県見本市中央1-1"), ("building", "コーポ101")]),
        r#"{"address":{"postal_code":"1008918","line":"見本県見本市中央1-1","building":"コーポ101"}}"#
    );
    assert_eq!(address(&[("postal", ""), ("text", "中央１丁目"), ("building", "")]), r#"{"address":{"line":"中央１丁目"}}"#);
    assert_eq!(address(&[("postal", "12"), ("text", "")]), "postal kind-address-postal-code; text kind-address-line-required");
    assert_eq!(address(&[("postal", ""), ("text", " "), ("building", "")]), "-");
}

#[test]
fn telephones_and_mail_addresses_are_read_in_any_width() {
    check(
        &Kind::Phone,
        &[
            ("０９０－１２３４－５６７８", r#"{"phone":"09012345678"}"#),
            ("+81 90 1234 5678", r#"{"phone":"09012345678"}"#),
            ("+1 202 555 0100", r#"{"phone":"+12025550100"}"#),
            ("119", "q kind-phone-short"),
            ("#7119", "q kind-phone-short"),
            ("1234-5678", "q kind-phone-area-code"),
            ("090-1234", "q kind-phone-length"),
            ("電話なし", "q kind-phone-not-digits"),
        ],
    );
    check(
        &Kind::Mail,
        &[
            ("ｈａｎａｋｏ＠Example.JP", r#"{"mail":"hanako@example.jp"}"#),
            ("taro..@docomo.example.jp", r#"{"mail":"taro..@docomo.example.jp"}"#),
            ("hanako@localhost", "q kind-mail-unreadable"),
            ("hanako", "q kind-mail-unreadable"),
            ("a b@example.jp", "q kind-mail-unreadable"),
            ("花子@example.jp", "q kind-mail-unreadable"),
            ("a@-example.jp", "q kind-mail-unreadable"),
        ],
    );
}

#[test]
fn accounts_at_banks_and_at_the_post_are_read_as_a_passbook_has_them() {
    let account = |pairs: &[(&str, &str)]| read(&Kind::BankAccount, pairs);
    let bank = [("kind", "bank"), ("bank", "０００１"), ("branch", "001"), ("number", "12345"), ("holder", "さとう はなこ")];
    assert_eq!(
        account(&bank),
        r#"{"bank_account":{"bank":{"bank":"0001","branch":"001","deposit":"ordinary","number":"0012345","holder":"ｻﾄｳ ﾊﾅｺ"}}}"#
    );
    let post = [("kind", "post"), ("symbol", "14010"), ("post_number", "1234567-1"), ("holder", "サトウ ハナコ")];
    assert!(account(&post).starts_with(r#"{"bank_account":{"post_bank":{"symbol":"14010","number":"12345671""#), "{}", account(&post));
    assert_eq!(account(&[("kind", "bank"), ("deposit", "ordinary"), ("bank", "")]), "-", "what the lists show is no answer");
    assert_eq!(account(&[("bank", "0001")]), "kind kind-account-kind-required");
    assert_eq!(
        account(&[("kind", "bank"), ("bank", "1"), ("branch", "1"), ("number", "x"), ("holder", "")]),
        "bank kind-account-bank; branch kind-account-branch; number kind-account-number; holder kind-account-holder-required"
    );
    assert_eq!(
        account(&[("kind", "bank"), ("bank", "0001"), ("branch", "001"), ("number", "1"), ("holder", "佐藤")]),
        "holder kind-account-holder-letter 佐"
    );
}

#[test]
fn an_individual_number_is_checked_and_never_typed_back() {
    let kind = Kind::IndividualNumber { number_use: Text::default() };
    // 番号法施行令 check digit: 12345678901 has the check digit 8.
    check(
        &kind,
        &[
            ("1234 5678 9018", r#"{"individual_number":"123456789018"}"#),
            ("１２３４５６７８９０１８", r#"{"individual_number":"123456789018"}"#),
            ("123456789012", "q kind-individual-number-check"),
            ("000000000000", "q kind-individual-number-check"),
            ("12345", "q kind-individual-number-digits"),
        ],
    );
    let number = Answer::IndividualNumber("123456789018".into());
    let answers: Answers = [("q".parse().unwrap(), number.clone())].into_iter().collect();
    assert!(Typed::of_answers(&answers).is_empty());
    assert!(number.search_texts().is_empty());
}

#[test]
fn files_are_references_that_the_upload_left() {
    let files = Kind::Files { at_most: 1, later_days: None };
    let file =
        serde_json::to_string(&FileAnswer { file: "f1".into(), name: "証明書.jpg".into(), media: "image/jpeg".into(), bytes: 120 })
            .unwrap();
    assert!(read(&files, &[("", &file)]).starts_with(r#"{"files":[{"file":"f1""#));
    assert_eq!(read(&files, &[("", &file), ("", &file)]), "q kind-files-too-many 1");
    assert_eq!(read(&files, &[("", "C:\\fakepath\\x.jpg")]), "q kind-files-unreadable");
}

#[test]
fn paper_that_was_seen_or_is_kept_stands_for_a_file() {
    let files = Kind::Files { at_most: 1, later_days: None };
    let read = |pairs: &[(&str, &str)]| read(&files, pairs);
    assert_eq!(read(&[("paper", "seen"), ("note", "就労証明書")]), r#"{"papers":{"ways":["seen"],"note":"就労証明書"}}"#);
    assert_eq!(read(&[("paper", "kept"), ("paper", "seen"), ("note", " ")]), r#"{"papers":{"ways":["seen","kept"]}}"#);
    let file = serde_json::to_string(&FileAnswer { file: "f".into(), name: "x".into(), media: "image/png".into(), bytes: 1 }).unwrap();
    assert!(read(&[("", &file), ("paper", "kept")]).starts_with(r#"{"papers":{"files":[{"file":"f""#));
    for nothing in [&[("paper", "lost")][..], &[("note", "机の上")], &[("paper", "")]] {
        assert_eq!(read(nothing), "-", "{nothing:?}");
    }
    let long = "長".repeat(201);
    assert_eq!(read(&[("paper", "kept"), ("note", &long)]), "note kind-text-too-long 201 200");
}

#[test]
fn a_signature_is_drawn_or_typed_and_bounded() {
    let signature = |pairs: &[(&str, &str)]| read(&Kind::Signature, pairs);
    assert_eq!(signature(&[("", "[[[0,0],[1000,400]]]")]), r#"{"signature":{"drawn":[[[0,0],[1000,400]]]}}"#);
    assert_eq!(signature(&[("", ""), ("typed", "佐藤花子")]), r#"{"signature":{"typed":"佐藤花子"}}"#);
    assert_eq!(signature(&[("", "[]"), ("typed", "")]), "-");
    for bad in ["[[]]", "[[[1001,0]]]", "[[[0]]]", "<svg>", "[[[-1,0]]]", &format!("[{}[[0,0]]]", "[[0,0]],".repeat(300))] {
        assert_eq!(signature(&[("", bad)]), "q kind-signature-unreadable");
    }
}

#[test]
fn yes_no_and_consent_are_what_they_say() {
    check(&Kind::YesNo, &[("yes", r#"{"yes_no":true}"#), ("no", r#"{"yes_no":false}"#), ("はい", "q kind-choice-not-offered"), ("", "-")]);
    check(&Kind::Consent, &[("yes", r#""consent""#), ("", "-"), ("on", "q kind-choice-not-offered")]);
}

#[test]
fn staff_find_a_case_by_what_people_wrote_however_it_was_written() {
    let finds = |answer: Answer| answer.search_texts();
    assert_eq!(finds(Answer::Kana("サトウ　ハナコ".into())), [jp::kana::fold("さとう はなこ")]);
    let name = Answer::PersonName(definitions::answer::Name { family: "髙橋".into(), given: Some("花子".into()) });
    assert_eq!(finds(name), [jp::kana::fold("高橋花子")]);
    assert_eq!(finds(Answer::Phone("09012345678".into())), ["09012345678"]);
    assert_eq!(finds(Answer::Date(date(1951, 5, 3))), [jp::kana::fold("1951-05-03")]);
    let answers: Answers = [("x".parse().unwrap(), Answer::Phone("0312345678".into()))].into_iter().collect();
    assert_eq!(finds(Answer::Group(vec![answers])), ["0312345678"]);
    assert!(finds(Answer::Text("書いた内容".into())).is_empty());
}

#[test]
fn every_shape_of_an_answer_that_ever_landed_can_be_read() {
    let landed = r#"[
        {"text":"a"},{"kana":"サトウ"},{"person_name":{"family":"佐藤","given":"花子"}},{"person_name":{"family":"LAN"}},
        {"date":"2027-04-01"},{"number":3},{"money":300},{"choice":"work"},{"choices":["mon"]},{"ranked":["chuo"]},{"yes_no":true},
        {"address":{"postal_code":"1008918","line":"見本市","building":"101"}},{"address":{"line":"見本市"}},
        {"member":{"id":"r1","name":"佐藤 さくら","kana":"サトウ サクラ","born":"2020-05-03"}},{"member":{"name":"x"}},
        {"phone":"0312345678"},{"mail":"a@example.jp"},
        {"bank_account":{"bank":{"bank":"0001","branch":"001","deposit":"ordinary","number":"0012345","holder":"ｻﾄｳ"}}},
        {"bank_account":{"post_bank":{"symbol":"14010","number":"12345671","holder":"ｻﾄｳ"}}},
        {"individual_number":"123456789018"},{"files":[{"file":"f","name":"n","media":"image/png","bytes":1}]},
        {"signature":{"drawn":[[[0,0]]]}},{"signature":{"typed":"佐藤"}},"consent",{"group":[{"name":{"text":"a"}}]}
    ]"#;
    let answers: Vec<Answer> = serde_json::from_str(landed).unwrap();
    let again: Vec<Answer> = serde_json::from_str(&serde_json::to_string(&answers).unwrap()).unwrap();
    assert_eq!(again, answers);
}
