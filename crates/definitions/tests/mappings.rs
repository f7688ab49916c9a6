//! Lines of mappings: what is written in a cell is what is read out of one, and what cannot be is told with its column.

mod language_world;

use definitions::{
    answer::{Account, Answer, Answers, Deposit, Name, PostalAddress},
    mapping::{CaseFacts, CellWrong, Mapping, lines, read_line},
    procedure::Procedure,
    town::Town,
};
use jiff::civil::date;

const DOG: &str = "\
mapping: dogs_out
title: 犬 → 基幹
direction: out
procedure: dog
file: { format: csv, encoding: cp932 }
columns:
  name: { header: 氏名, answer: name, as: wide, at_most: 10 }
  dogs: { header: 頭数, answer: dogs, zero_pad: 3 }
  iso: { header: 日1, answer: since }
  plain: { header: 日2, answer: since, as: yyyymmdd }
  code: { header: 日3, answer: since, as: wareki_code }
  letter: { header: 日4, answer: since, as: wareki_letter }
  words: { header: 日5, answer: since, as: wareki }
  breed: { header: 犬種, answer: breed, codes: { shiba: \"10\", other: \"99\" } }
  which: { header: 種類, answer: which, empty: なし }
  many: { header: 多い, value: dogs >= 2 }
  decided: { header: 決定日, case: decided_on, as: slash, required: yes }
  spare: { header: 予備, blank: yes }
examples: {}
---
mapping: dogs_in
title: 鑑札
direction: in
procedure: dog
file: { format: csv }
columns:
  number: { header: 受付番号 }
  day: { header: 交付日, as: wareki_code }
  kana: { header: カナ, as: half_kana }
  tag: { header: 鑑札, zero_pad: 6 }
  breed: { header: 犬種, codes: { shiba: \"10\", other: \"99\" }, empty: \"00\" }
find: { by: number, column: number }
do: { note: \"鑑札 {tag} {day} {kana} {breed}\" }
";

fn town() -> Town {
    language_world::town(&language_world::sources(&[("mappings/dogs.yaml", DOG)]))
}

fn facts() -> CaseFacts {
    let answers = [
        ("name", Answer::Text("佐藤 ﾊﾅ".to_owned())),
        ("dogs", Answer::Number(2)),
        ("since", Answer::Date(date(2026, 11, 4))),
        ("breed", Answer::Choice("shiba".to_owned())),
    ];
    CaseFacts {
        number: "K7P4M29".to_owned(),
        decided_on: Some(date(2026, 12, 1)),
        answers: answers.into_iter().map(|(id, answer)| (id.parse().unwrap(), answer)).collect::<Answers>(),
        ..CaseFacts::default()
    }
}

fn line(town: &Town, facts: &CaseFacts) -> Vec<Result<String, CellWrong>> {
    let (mapping, procedure): (&Mapping, &Procedure) = (&town.mappings["dogs_out"], &town.procedures["dog"]);
    lines(mapping, procedure, facts).remove(0)
}

#[test]
fn each_form_of_a_cell_is_written() {
    let town = town();
    let written: Vec<String> = line(&town, &facts()).into_iter().map(Result::unwrap).collect();
    assert_eq!(
        written,
        ["佐藤　ハナ", "002", "2026-11-04", "20261104", "5081104", "R08.11.04", "令和8年11月4日", "10", "なし", "1", "2026/12/01", ""]
    );
}

#[test]
fn what_cannot_be_written_is_told_and_never_cut() {
    let town = town();
    let mut facts = facts();
    facts.decided_on = None;
    facts.answers.insert("name".parse().unwrap(), Answer::Text("あ".repeat(11)));
    facts.answers.insert("breed".parse().unwrap(), Answer::Choice("akita".to_owned()));
    facts.answers.insert("which".parse().unwrap(), Answer::Text("秋\0田".to_owned()));
    let wrong: Vec<(usize, CellWrong)> =
        line(&town, &facts).into_iter().enumerate().filter_map(|(place, cell)| Some((place, cell.err()?))).collect();
    assert_eq!(
        wrong,
        [
            (0, CellWrong::TooLong { count: 11, most: 10 }),
            (7, CellWrong::NoCode { value: "akita".to_owned() }),
            (8, CellWrong::Control { code: 0 }),
            (10, CellWrong::Empty),
        ]
    );
    assert!(wrong.iter().all(|(_, wrong)| wrong.to_string().chars().count() > 10), "each says how to mend it");
}

#[test]
fn what_is_written_is_read_back() {
    let town = town();
    let mapping = &town.mappings["dogs_in"];
    let brought = read_line(mapping, &["K7P-4M2-9", "5081104", "ﾊﾅｺ", "000123", "10"]).unwrap();
    assert_eq!(brought.find, "K7P-4M2-9");
    assert_eq!(brought.note.as_deref(), Some("鑑札 123 2026-11-04 ハナコ shiba"));
    let empty = read_line(mapping, &["K7P-4M2-9", "", "", "", "00"]).unwrap();
    assert_eq!(empty.note.as_deref(), Some("鑑札    "));
}

#[test]
fn what_cannot_be_read_names_all_its_columns() {
    let town = town();
    let mapping = &town.mappings["dogs_in"];
    let wrong = read_line(mapping, &["K7P", "9991332", "x", "1", "77"]).unwrap_err();
    let columns: Vec<&str> = wrong.iter().map(|(column, _)| column.as_str()).collect();
    assert_eq!(columns, ["day", "breed"]);
    let nothing = read_line(mapping, &["", "", "", "", ""]).unwrap_err();
    assert_eq!(nothing, [("number".parse().unwrap(), CellWrong::Empty)]);
    assert!(read_line(mapping, &[]).is_err(), "a line with too few cells misses its number");
}

#[test]
fn parts_of_names_addresses_and_accounts_are_handed_over() {
    let procedure = language_world::PROCEDURE.replace(
        "name: { kind: text, label: 飼い主の氏名 }",
        "name: { kind: person_name, label: 氏名 }\n      home: { kind: address, label: 住所, required: no }\n      \
         account: { kind: bank_account, label: 口座, required: no }\n      wishes: { kind: choices, label: 曜日, options: { mon: 月, tue: 火 }, required: no }",
    );
    let mapping = "\
mapping: parts
title: 部分
direction: out
procedure: dog
file: { format: csv }
columns:
  family: { header: 氏, answer: name.family }
  whole: { header: 氏名, answer: name }
  post: { header: 郵便, answer: home.postal_code }
  line: { header: 住所, answer: home.line }
  bank: { header: 銀行, answer: account.bank }
  deposit: { header: 種目, answer: account.deposit, codes: { ordinary: \"1\", current: \"2\", savings: \"4\" } }
  symbol: { header: 記号, answer: account.symbol }
  both: { header: 曜日, answer: wishes, codes: { mon: \"1\", tue: \"2\" } }
  second: { header: 二つ目, answer: wishes.2 }
examples: {}
";
    let town = language_world::town(&language_world::sources(&[("procedures/dog.yaml", &procedure), ("mappings/parts.yaml", mapping)]));
    let bank = Account::Bank {
        bank: "0001".to_owned(),
        branch: "001".to_owned(),
        deposit: Deposit::Savings,
        number: "1234567".to_owned(),
        holder: "ｻﾄｳ ﾊﾅｺ".to_owned(),
    };
    let answers = [
        ("name", Answer::PersonName(Name { family: "佐藤".to_owned(), given: Some("花子".to_owned()) })),
        ("home", Answer::Address(PostalAddress { postal_code: Some("1000001".to_owned()), line: "中央1".to_owned(), building: None })),
        ("account", Answer::BankAccount(bank)),
        ("wishes", Answer::Choices(vec!["mon".to_owned(), "tue".to_owned()])),
    ];
    let facts = CaseFacts {
        answers: answers.into_iter().map(|(id, answer)| (id.parse().unwrap(), answer)).collect::<Answers>(),
        ..CaseFacts::default()
    };
    let written: Vec<String> =
        lines(&town.mappings["parts"], &town.procedures["dog"], &facts).remove(0).into_iter().map(Result::unwrap).collect();
    assert_eq!(written, ["佐藤", "佐藤 花子", "1000001", "中央1", "0001", "4", "", "1;2", "tue"]);
}
