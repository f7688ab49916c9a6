//! 手続をさがす: what people type finds what they mean, however they write it; the towns that we give away are searched.

use std::path::Path;

use cases::catalogue;
use definitions::town::Town;

fn mihon() -> Town {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon");
    Town::load(&folder).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn found(town: &Town, typed: &str) -> Vec<String> {
    catalogue::Finder::of(town).search(typed).iter().map(|procedure| procedure.id.to_string()).collect()
}

#[test]
fn what_people_type_finds_what_they_mean_first() {
    let town = mihon();
    let rows = [
        // Kanji, kana, half width, katakana, with a long mark or without.
        ("住民票", "resident_record_copy"),
        ("じゅうみんひょう", "resident_record_copy"),
        ("ｼﾞｭｳﾐﾝﾋｮｳ", "resident_record_copy"),
        ("ジュウミンヒョウ", "resident_record_copy"),
        ("じゅうみんひょうがほしい", "resident_record_copy"),
        ("情報公開", "disclosure_request"),
        ("じょうほうこうかい", "disclosure_request"),
        ("しょとくしょうめい", "tax_certificate"),
        ("り災証明", "disaster_certificate"),
        ("りさい証明書", "disaster_certificate"),
        // Everyday words.
        ("学童", "afterschool_join"),
        ("がくどう", "afterschool_join"),
        ("学童保育に入りたい", "afterschool_join"),
        ("学童をやめたい", "afterschool_leave"),
        ("学童やめる", "afterschool_leave"),
        ("学童を休みたい", "afterschool_suspend"),
        ("水道とめたい", "water_stop"),
        ("水道を止めたい", "water_stop"),
        ("すいどうをとめたい", "water_stop"),
        ("水道 止める", "water_stop"),
        ("水道を使いたい", "water_start"),
        ("水が出ない", "water_start"),
        ("保育園に入りたい", "nursery_admission"),
        ("ほいくえん", "nursery_admission"),
        ("子どもを預けたい", "nursery_admission"),
        ("ワンちゃん", "dog_registration"),
        ("犬を飼いたい", "dog_registration"),
        ("犬が死んだ", "dog_change"),
        ("児童手当", "child_allowance"),
        ("こどもてあて", "child_allowance"),
        ("台風で屋根が飛んだ", "disaster_certificate"),
        // In the other languages of the town.
        ("ＷＡＴＥＲ", "water_start"),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(typed, meant)| {
            let found = found(&town, typed);
            (found.first().map(String::as_str) != Some(*meant)).then(|| format!("{typed}: {meant} is not first in {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn moving_finds_all_that_there_is_to_do_however_it_is_written() {
    let town = mihon();
    for typed in ["引っ越し", "ひっこし", "引越し", "ヒッコシ"] {
        let found = found(&town, typed);
        for meant in ["water_start", "water_stop"] {
            assert!(found.iter().any(|id| id == meant), "{typed}: {meant} in {found:?}");
        }
    }
}

#[test]
fn what_the_town_does_not_do_finds_nothing_rather_than_anything() {
    let town = mihon();
    for typed in ["宇宙旅行", "zzzz", "　", "", "を", "。、"] {
        assert_eq!(found(&town, typed), Vec::<String>::new(), "{typed}");
    }
}
