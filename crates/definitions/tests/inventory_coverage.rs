//! How much of the national inventory a town covers: the table as it is published, and a town held against it.

mod language_world;

use std::path::Path;

use definitions::{
    inventory::{Coverage, Inventory, coverage},
    procedure::Reach,
    sources::Sources,
};
use language_world::{PROCEDURE, lines, sources};

/// As the survey is published: byte order mark, quoted cells over several lines, numbers with commas, columns that we do not need.
const TABLE: &str = "\u{feff}手続ID,所管府省庁,手続名,手続類型,手続主体,手続の受け手,総手続件数,申請を提出する機関\r
9108,総務省,\"住民票の写し等の\r\n交付請求\",1 申請等,5 国民等,3 地方等,\"1,000\",市役所・町村役場\r
9112,総務省,\"戸籍の附票の写しの交付請求（\"\"本人等\"\"）\",1 申請等,7 国民等、民間事業者等,3 地方等,600,都道府県庁; 市役所・町村役場\r
DP24108216,厚生労働省,犬の登録,1 申請等,5 国民等,4-3 国又は地方等,300,市役所・町村役場\r
31262,国土交通省,建築確認,1 申請等,5 国民等,3 地方等,5000,都道府県庁; 市役所・町村役場\r
40000,国土交通省,国への届出,1 申請等,5 国民等,1 国,90000,本府省庁\r
40001,総務省,役所どうしの照会,2 申請等以外,3 地方等,3 地方等,90000,市役所・町村役場\r
50000,環境省,数えられていない届出,1 申請等,5 国民等,3 地方等,,市役所・町村役場\r
50001,環境省,少ない届出,1 申請等,5 国民等,3 地方等,100,市役所・町村役場\r
";

fn inventory() -> Inventory {
    Inventory::of("inventory.csv", TABLE.as_bytes()).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)))
}

/// A procedure of its own with a channel and a row.
fn another(id: &str, channels: &str, inventory: &str, question: &str) -> String {
    PROCEDURE
        .replace("procedure: dog", &format!("procedure: {id}\ninventory: [{inventory}]"))
        .replace("{ online: yes, counter: yes, paper: yes, line: 窓口へ }", channels)
        .replace("      dogs: {", &format!("{question}\n      dogs: {{"))
}

fn covered(files: &[(&str, &str)]) -> Coverage {
    coverage(&sources(files), &inventory()).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)))
}

#[test]
fn the_published_table_is_read_with_all_its_peculiarities() {
    let inventory = inventory();
    let rows: Vec<(&str, &str, Option<u64>)> = inventory.rows.iter().map(|row| (row.id.as_str(), row.name.as_str(), row.filings)).collect();
    let expect = [
        ("9108", "住民票の写し等の 交付請求", Some(1_000)),
        ("9112", "戸籍の附票の写しの交付請求（\"本人等\"）", Some(600)),
        ("DP24108216", "犬の登録", Some(300)),
        ("31262", "建築確認", Some(5_000)),
        ("50000", "数えられていない届出", None),
        ("50001", "少ない届出", Some(100)),
    ];
    assert_eq!(rows, expect);
    assert_eq!(inventory.others.len(), 2, "what is asked of the state, and what offices ask of each other");
}

#[test]
fn a_part_of_the_table_is_taken_as_it_is() {
    let part = Inventory::of("part.csv", "手続名,手続ID,総手続件数\n犬の登録,9108,\"1,234,567\"\n".as_bytes()).unwrap();
    assert_eq!((part.rows[0].filings, part.others.len()), (Some(1_234_567), 0));
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_line() {
    let check = |text: &[u8], expect: &[&str]| {
        let found = lines(&Inventory::of("t.csv", text).expect_err("a mistake"));
        assert_eq!(found, expect, "{}", String::from_utf8_lossy(text));
    };
    check(b"", &["t.csv:1:0: 空のファイル; 棚卸調査の CSV を指す"]);
    check(
        "手続 ID,手続名\n9108,x\n".as_bytes(),
        &[
            "t.csv:1:0: `手続ID` という列がない; `手続 ID` がそれなら、列の名を直す",
            "t.csv:1:0: `総手続件数` という列がない; 一行目に列の名を書く（手続ID・手続名・総手続件数）",
        ],
    );
    check("手続ID,手続名,総手続件数,手続名\n".as_bytes(), &["t.csv:1:0: `手続名` という列が二つある（4 列目）; 片方を消す"]);
    let head = "手続ID,手続名,総手続件数\n";
    let rows = "9108,\"a\nb\",1\n9112,a,b,1\n犬,a,1\n9113,a,百\n9108,c,2\n9114,\"d,3\n";
    let expect = [
        "t.csv:4:0: 列が 4 ある（3 のはず）; コンマのある値を引用符（\"）で囲む",
        "t.csv:5:0: `犬` は手続ID ではない; `9108`、`DP24108216` のような手続ID を書く",
        "t.csv:6:0: `百` は件数ではない; `1,234,567` のような数を書く（分からなければ空にする）",
        "t.csv:7:0: 手続ID `9108` が二度ある; 片方を消す。もう一つは 2 行目",
        "t.csv:8:0: 引用符（\"）が閉じていない; 引用符（\"）を閉じる。中の引用符は \"\" と書く",
    ];
    check(format!("{head}{rows}").as_bytes(), &expect);
    check(b"\x8e\xe8\x91\xb1ID\n", &["t.csv:0:0: UTF-8 ではない; UTF-8 で保存する（Shift_JIS ではなく）"]);
    let many = format!("{head}{}", "x,y,z\n".repeat(100));
    assert_eq!(Inventory::of("t.csv", many.as_bytes()).expect_err("mistakes").len(), 20, "who took the wrong file is told so soon");
    let nowhere = Inventory::read(Path::new("/nowhere/t.csv")).expect_err("nowhere");
    assert!(lines(&nowhere)[0].contains("読めない"), "{nowhere:#?}");
}

#[test]
fn shares_are_of_what_is_the_towns_and_each_channel_is_the_honest_one() {
    let question = "      colour: { kind: text, label: 色, required: no }";
    let files = [
        ("procedures/dog.yaml", another("dog", "{ online: yes, counter: yes, paper: yes, line: 窓口へ }", "9108", "")),
        (
            "procedures/cat.yaml",
            another("cat", "{ online: { prepare: 届出は窓口で }, counter: yes, paper: yes, line: 窓口へ }", "9112", question),
        ),
        (
            "procedures/bird.yaml",
            "procedure: bird\nlike: dog\ntitle: 鳥の登録\nchannels: { online: できません。 }\ninventory: [9108, DP24108216, 77777]\n"
                .to_owned(),
        ),
        ("not_ours.yaml", "inventory_excluded: { 31262: 県が扱います。, 88888: 国が扱います。 }\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let found = covered(&files);
    assert_eq!((found.inventory.rows, found.left_out, found.not_ours.rows, found.ours.rows), (6, 2, 1, 5));
    assert_eq!((found.ours.filings, found.covered.rows, found.covered.filings), (2_000, 3, 1_900));
    assert!((found.covered.share_of_filings(&found.ours) - 0.95).abs() < 1e-9);
    // A row that a procedure takes by post alone is not wholly online, though another takes it so.
    let by: Vec<(Reach, usize, usize, u64)> =
        found.by_reach.iter().map(|of| (of.reach, of.procedures, of.covered.rows, of.covered.filings)).collect();
    assert_eq!(by, [(Reach::Online, 1, 0, 0), (Reach::Prepared, 1, 1, 600), (Reach::Post, 1, 2, 1_300), (Reach::Counter, 0, 0, 0)]);
    let gaps: Vec<(&str, Option<u64>)> = found.gaps.iter().map(|gap| (gap.id.as_str(), gap.filings)).collect();
    assert_eq!(gaps, [("50001", Some(100)), ("50000", None)], "the most filed first; what is not ours is no gap");
    let unknown: Vec<(&str, Option<&str>)> =
        found.not_in_inventory.iter().map(|claimed| (claimed.id.as_str(), claimed.procedure.as_ref().map(|id| id.as_str()))).collect();
    assert_eq!(unknown, [("77777", Some("bird")), ("88888", None)]);
    assert_eq!((found.procedures, found.page_graphs, found.step_graphs), (3, 2, 1), "a question more is another form");
    let pairs: Vec<(&str, &str)> = found.alike.iter().map(|pair| (pair.one.as_str(), pair.other.as_str())).collect();
    assert_eq!(pairs, [("bird", "cat"), ("cat", "dog")], "what is like another is not told");
}

#[test]
fn a_graph_is_what_is_asked_and_done_not_what_it_is_called() {
    let graphs = |from: &str, to: &str| {
        assert!(PROCEDURE.contains(from), "{from}");
        let other = PROCEDURE.replace("procedure: dog", "procedure: cat").replace(from, to).replace("complete: yes", "complete: no");
        let found = covered(&[("procedures/cat.yaml", &other)]);
        (found.page_graphs, found.step_graphs)
    };
    assert_eq!(graphs("label: 頭数", "label: 猫の数"), (1, 1), "words are no shape");
    assert_eq!(graphs("breed", "species"), (1, 1), "nor are ids, in conditions too");
    assert_eq!(graphs("kind: number, label: 頭数, at_least: 0", "kind: money, label: 頭数"), (2, 1), "another kind");
    assert_eq!(graphs("when: breed == 'other'", "when: dogs > 3"), (2, 1), "another condition");
    assert_eq!(graphs("when: breed == 'other'", "when: breed == 'shiba'"), (1, 1), "another option of the same question");
    assert_eq!(graphs("role: [chief]", "role: [clerk, chief]"), (1, 2), "another chain");
    assert_eq!(graphs("  propose:", "  look: { title: 調べる, role: clerk, when: dogs > 3 }\n  propose:"), (1, 2), "one step more");
}

#[test]
fn a_town_with_mistakes_has_no_coverage() {
    let broken = sources(&[("procedures/dog.yaml", "procedure: dog\ntitel: x\n")]);
    assert!(!coverage(&broken, &inventory()).expect_err("mistakes").is_empty());
}

/// The real table lies beside the checkout, or beside the folder that holds it.
#[test]
fn the_nations_own_table_is_read_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let places = root.ancestors().skip(1).map(|above| above.join("shared/data/procedures/national_inventory_r6.csv"));
    let Some(file) = places.into_iter().find(|file| file.is_file()) else {
        eprintln!("ABSENT: shared/data/procedures/national_inventory_r6.csv beside the checkout — nothing was compared");
        return;
    };
    let inventory = Inventory::read(&file).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)));
    assert_eq!((inventory.rows.len(), inventory.others.len()), (1_143, 0));
    assert_eq!(inventory.rows.iter().filter_map(|row| row.filings).sum::<u64>(), 214_475_846);
    let base = Sources::read(&root.join("towns/base")).unwrap();
    let found = coverage(&base, &inventory).unwrap_or_else(|problems| panic!("{:#?}", lines(&problems)));
    assert_eq!(found.covered.rows + found.gaps.len(), found.ours.rows, "each row of ours is covered or a gap");
    assert_eq!(found.by_reach.iter().map(|of| of.covered.filings).sum::<u64>(), found.covered.filings, "each is of one channel");
}
