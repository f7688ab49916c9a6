//! Every mistake is found with its place and how to mend it; all of them at once.

mod language_world;

use language_world::{OFFICE, PROCEDURE, TOWN, checked, lines, sources, with_procedure, wrong};

/// Replacing `from` by `to` in the procedure gives a problem that contains `what`.
fn mistake(from: &str, to: &str, what: &str) {
    let found = wrong(&with_procedure(from, to));
    assert!(found.iter().any(|problem| problem.contains(what)), "{from} → {to} gives {found:#?}, not {what}");
}

#[test]
fn the_small_town_is_right() {
    let report = checked(&sources(&[]));
    assert!(report.is_good(), "{:#?}", lines(&report.problems));
    assert_eq!(lines(&report.warnings), Vec::<String>::new());
    assert!(report.town.is_some());
    assert_eq!((report.procedures, report.examples), (1, 3));
}

#[test]
fn a_misspelt_key_names_the_nearest_known_one() {
    mistake(
        "    title: 犬のこと",
        "    titel: 犬のこと",
        "small/procedures/dog.yaml:13:5: `titel` というキーはここにない; `title` のことか",
    );
    mistake("summary:", "summry:", "`summry` というキーはここにない; `summary` のことか");
    mistake("kind: number", "kind: nunber", "`nunber` という種類はない; `number` のことか");
    mistake("at_least: 0", "at_lest: 0", "`at_lest` というキーはここにない; `at_least` のことか");
    mistake("label: 頭数, ", "label: 頭数, style: radio, ", "`style` というキーはここにない");
    mistake("sense: granted", "sense: grantd", "`grantd` は使えない; `granted` のことか");
    mistake("{ letter: notice,", "{ lettr: notice,", "することが書かれていない");
}

#[test]
fn a_missing_key_says_what_it_is_for() {
    mistake("summary: 犬を飼いはじめたら登録します。\n", "", "`summary` がない; `summary:` を書く：何のための手続か、一文で");
    mistake("label: 頭数, ", "", "`label` がない");
    mistake("title: 受付, ", "", "`title` がない");
}

#[test]
fn a_value_that_is_not_what_its_key_asks_for_is_named() {
    mistake("minutes: 5", "minutes: 五", "`五` は整数ではない");
    mistake("minutes: 5", "minutes: 99999", "`99999` は大きすぎる");
    mistake("standard_period: 14 days", "standard_period: two weeks", "`two weeks` は期間ではない");
    mistake("keep: 5 fiscal years", "keep: 5 years", "`5 years` は保存期間ではない");
    mistake("disposition: yes", "disposition: maybe", "`maybe` はyes か no ではない");
    mistake("line: 窓口へ", "line: no", "`no` は理由になっていない");
    mistake("title: 犬の登録", "title: [犬]", "ここには一つの値を書く");
    mistake("title: 犬の登録", "title:", "何も書かれていない");
    mistake("      dogs:", "      Dogs:", "`Dogs` は名前にできない");
    // Only a check reads examples.
    let impossible = with_procedure("on: 2026-11-24", "on: 2026-11-31");
    let found = lines(&checked(&impossible).problems);
    assert!(found.iter().any(|problem| problem.contains("`2026-11-31` は日付ではない")), "{found:#?}");
    assert_eq!(wrong(&impossible), Vec::<String>::new());
}

#[test]
fn ids_that_point_nowhere_are_found() {
    mistake("department: hall", "department: hal", "small/procedures/dog.yaml:4:13: `hal` という課はない; `hall` のことか");
    mistake("authority: mayor", "authority: major", "`major` という処分庁はない; `mayor` のことか");
    mistake("role: [chief]", "role: [cheif]", "`cheif` という職はない; `chief` のことか");
    mistake("{ letter: notice,", "{ letter: notise,", "`notise` という文書（letters/ のひな形）はない; `notice` のことか");
    mistake("{ tell: told }", "{ tell: tolled }", "`tolled` というお知らせはない");
    mistake("at: dogs", "at: dog", "`dog` という質問はない; `dogs` のことか");
    mistake("session: none, name: name", "session: none, name: nam", "`nam` という質問はない; `name` のことか");
    mistake("session: none, name: name", "session: none, name: name, mail: name", "`name` は mail に使える種類の質問ではない");
    mistake("say: 30日を過ぎています", "say: 遅い, instead: cat", "`cat` という手続はない");
    mistake("options: { shiba: 柴, other: その他 }", "from: dog", "`dog` という台帳はない; `dogs` のことか");
    mistake("{ tell: told }", "{ enter: dogs, keeper: name }", "台帳 `dogs` の `tag` に入れる値がない");
    mistake("{ tell: told }", "{ enter: dogs, tag: name, keeper: name, coat: name }", "台帳 `dogs` に `coat` という欄はない");
    mistake("complete: yes", "complete: yes\ndrafts: { ask_again: [cat] }", "`cat` という画面はない");
    mistake("minutes: 5", "minutes: 5\nlife_events: [pets]", "`pets` というライフイベントはない");
}

#[test]
fn what_is_prepared_online_says_so_and_is_finished_at_a_counter() {
    let prepared = |online: &str| with_procedure("online: yes", &format!("online: {online}"));
    assert_eq!(wrong(&prepared("{ prepare: 窓口で届け出ます。 }")), Vec::<String>::new());
    mistake("online: yes", "online: { prepar: 窓口で届け出ます。 }", "dog.yaml:7:23: `prepar` というキーはここにない; `prepare` のことか");
    mistake("online: yes", "online: { }", "`prepare` がない");
    mistake("online: yes", "online: { prepare: ~ }", "何も書かれていない");
    mistake("online: yes", "online: no", "理由になっていない");
    mistake("online: yes", "online: [prepare]", "ここには一つの値を書く");
    mistake(
        "online: yes, counter: yes",
        "online: { prepare: 窓口で届け出ます。 }, counter: 窓口ではできません",
        "dog.yaml:7:21: 準備したものを済ませる窓口がない; `counter: yes` にする",
    );
    mistake("counter: yes", "counter: { prepare: 窓口で届け出ます。 }", "ここには一つの値を書く");
}

#[test]
fn conditions_are_typed_and_their_mistakes_stand_at_their_column() {
    let found = wrong(&with_procedure("holds: dogs >= 1", "holds: dog >= 1"));
    let column = PROCEDURE.lines().nth(20).and_then(|line| line.find("dogs >= 1")).unwrap() + 1;
    assert!(found.iter().any(|problem| problem.starts_with(&format!("small/procedures/dog.yaml:21:{column}: "))), "{found:#?}");
    mistake("breed == 'other'", "breed == 'othr'", "othr");
    mistake("holds: dogs >= 1", "holds: dogs + 1", "dog.yaml:21");
    mistake("since + days(30) >= today", "since >= dogs", "dog.yaml:23");
    mistake("since + days(30) >= today", "soon(since)", "dog.yaml:23");
    mistake("when: breed == 'other'", "when: breed ==", "dog.yaml:19");
    mistake("dogs >= 1", "min(dogs, 1) >= 1", "条件にコンマがあるときは、条件を引用符で囲む");
}

#[test]
fn what_law_asks_of_a_disposition_is_asked() {
    mistake("authority: mayor", "authority: water", "処分なのに、処分庁 `water` に教示がない（行政不服審査法82条）");
    mistake("standard_period: 14 days, ", "", "処分なのに期限がない（行政手続法6条）");
    mistake("standard_period: 14 days, ", "statutory_limit: 15 days, extension: 30 days, ", "延長を知らせる文書がない");
    mistake("  receive: { title: 受付, role: clerk }\n", "", "受け付ける仕事がない");
    mistake("  decide: { title: 決裁, act: decide, role: [chief] }\n", "", "決裁がない");
    mistake(", do: { notice: { letter: notice, starts_appeal: yes } }", "", "この結論では何も起こらない");
    mistake(
        "title: 登録しない, sense: refused,",
        "title: 登録しない, sense: refused, reason: optional,",
        "理由を任意にはできない（行政手続法8条）",
    );
    mistake("{ letter: notice, starts_appeal: yes }, told", "{ letter: notice }, told", "教示のある文書が出ない");
    mistake("{ kind: number, label: 頭数, at_least: 0 }", "{ kind: individual_number, label: 個人番号 }", "個人番号を使う根拠がない");
    let contract = with_procedure("disposition: yes", "disposition: no");
    assert_eq!(wrong(&contract), Vec::<String>::new());
}

#[test]
fn what_rests_on_facts_that_are_not_at_hand_is_refused() {
    mistake("when: breed == 'other'", "when: size(household) >= 2", "手もとにない事実 `household` による");
    mistake("holds: dogs >= 1", "holds: 'age(applicant.born, today) >= 18'", "手もとにない事実 `applicant.born` による");
    let linked = PROCEDURE
        .replace("identity: self_asserted, session: none", "identity: seen, session: contact")
        .replace("when: breed == 'other'", "when: size(household) >= 2");
    assert_eq!(wrong(&sources(&[("procedures/dog.yaml", &linked)])), Vec::<String>::new());
    let merit = with_procedure("since + days(30) >= today", "'!register.dogs.of(name).holds(today)'");
    assert_eq!(wrong(&merit), Vec::<String>::new(), "a merit rule is judged at the desk");
    let prefilled = with_procedure("label: 飼い主の氏名", "label: 飼い主の氏名, default: applicant.name");
    assert_eq!(wrong(&prefilled), Vec::<String>::new(), "a question can be asked instead of prefilled");
    mistake(
        "label: 飼い主の氏名 }",
        "label: 飼い主の氏名 }\n      sign: { kind: signature, label: 署名, default: name }",
        "この種類には はじめの値を入れられない",
    );
}

#[test]
fn a_message_names_nothing_that_nobody_fills() {
    for name in ["letter.title", "correction.until", "message.text", "letter.link", "case.reason"] {
        let office = OFFICE.replace("{applicant.name} 様", &format!("{{applicant.name}} 様 {{{name}}}"));
        let found = wrong(&sources(&[("office.yaml", &office)]));
        assert!(found.iter().any(|problem| problem.contains(&format!("`{{{name}}}` に入れるものがない"))), "{name}: {found:#?}");
    }
    let office = OFFICE.replace("{applicant.name} 様", "{applicant.name} 様 {case.filed_on} {department.phone} {office.hours}");
    assert_eq!(wrong(&sources(&[("office.yaml", &office)])), Vec::<String>::new(), "these are filled wherever a message is told");
}

#[test]
fn a_message_of_a_step_names_no_outcome() {
    let found = |sources| lines(&checked(&sources).problems);
    let office = OFFICE.replace("{applicant.name} 様", "{applicant.name} 様 {outcome.title}");
    assert_eq!(found(sources(&[("office.yaml", &office)])), Vec::<String>::new(), "an outcome tells it");
    let step = PROCEDURE.replace("{ title: 受付, role: clerk }", "{ title: 受付, role: clerk, do: { told: { tell: told } } }");
    let told = found(sources(&[("office.yaml", &office), ("procedures/dog.yaml", &step)]));
    let what = "`{outcome.title}` は、手続 `dog` の仕事 `receive` が送るときには、まだ決まっていない; 仕事が送るお知らせを、結論が送るものと分ける";
    assert!(matches!(told.as_slice(), [one] if one.contains(what) && one.starts_with("small/office.yaml:")), "{told:#?}");
    let office = OFFICE.replace("message: told", "message: delayed").replace("{applicant.name} 様", "{outcome.title}");
    let silent = PROCEDURE.replace(", told: { tell: told }", "");
    let told = found(sources(&[("office.yaml", &office), ("procedures/dog.yaml", &silent)]));
    assert!(told.iter().any(|problem| problem.contains("`{outcome.title}` は、`delayed` を送るときには、まだ決まっていない")), "{told:#?}");
}

#[test]
fn what_names_a_record_is_never_emptied() {
    mistake(
        "{ tell: told }",
        "{ change: dogs, of: name, tag: 'null' }",
        "台帳 `dogs` の `tag` は、記録を見つける手がかりなので、空にできない",
    );
    mistake("{ tell: told }", "{ change: dogs, of: name, keeper: 'null' }", "`keeper` は、記録を見つける手がかりなので、空にできない");
}

#[test]
fn a_record_is_shown_to_a_resident_where_its_key_finds_it() {
    let shown = OFFICE.replace("owner: keeper", "shown_to: keeper");
    assert_eq!(wrong(&sources(&[("office.yaml", &shown)])), Vec::<String>::new());
    for (office, what) in [
        (OFFICE.replace("owner: keeper", "owner: keeper\nshown_to: keeper"), "`shown_to` の使いどころではない"),
        (OFFICE.replace("owner: keeper", "shown_to: tag"), "`tag` は住民の欄ではない"),
        (OFFICE.replace("owner: keeper", "shown_to: kepeer"), "`kepeer` という台帳 `dogs` の欄はない; `keeper` のことか"),
    ] {
        let found = wrong(&sources(&[("office.yaml", &office)]));
        assert!(found.iter().any(|problem| problem.contains(what)), "{what}: {found:#?}");
    }
    // Nobody need be known, and it may be emptied.
    let emptied = PROCEDURE.replace("{ tell: told }", "{ change: dogs, of: name, keeper: 'null' }");
    assert_eq!(wrong(&sources(&[("office.yaml", &shown), ("procedures/dog.yaml", &emptied)])), Vec::<String>::new());
}

#[test]
fn an_extension_of_which_the_notice_names_the_day_needs_the_notice_too() {
    mistake("standard_period: 14 days, ", "statutory_limit: 30 days, extension: named, ", "延長を知らせる文書がない");
    let law = "statutory_limit: 30 days, extension: named, extension_letter: notice, ";
    assert_eq!(wrong(&with_procedure("standard_period: 14 days, ", law)), Vec::<String>::new());
    mistake("standard_period: 14 days, ", "statutory_limit: named, ", "`named` は期間ではない");
}

#[test]
fn nothing_of_the_matter_stands_outside_my_page() {
    let office = OFFICE.replace("村からのお知らせです", "村の {procedure.title}");
    let found = wrong(&sources(&[("office.yaml", &office)]));
    assert!(
        found.iter().any(|problem| problem.contains("`{procedure.title}` は、画面の外（メール・LINE など）に出してはならない")),
        "{found:#?}"
    );
    let office = OFFICE.replace("{applicant.name} 様", "{aplicant.name} 様 {dogs} 頭");
    let found = wrong(&sources(&[("office.yaml", &office)]));
    assert!(
        found.iter().any(|problem| problem.contains("`{aplicant.name}` に入れるものがない; `{applicant.name}` のことか")),
        "{found:#?}"
    );
    assert_eq!(found.len(), 1, "an answer of the procedure that tells it may be named: {found:#?}");
}

#[test]
fn a_letter_needs_its_template_and_a_look_its_picture() {
    let office = OFFICE.replace("  notice: { title: 通知書 }", "  notice: { title: 通知書 }\n  notise: { title: 控え }");
    let found = wrong(&sources(&[("office.yaml", &office)]));
    assert!(found.iter().any(|problem| problem.contains("文書 `notise` のひな形がない; letters/notice.typ のことか")), "{found:#?}");
    let town = format!("{TOWN}look: {{ key_colour: green, seal: seal.svg }}\n");
    let found = wrong(&sources(&[("town.yaml", &town)]));
    assert!(found.iter().any(|problem| problem.contains("`seal.svg` というファイルがない")), "{found:#?}");
}

#[test]
fn one_mistake_does_not_make_others_up() {
    for (from, to) in [
        ("    title: 犬のこと\n", ""),
        ("label: 頭数, ", ""),
        ("kind: number", "kind: nunber"),
        ("minutes: 5\n", ""),
        ("department: hall\n", ""),
        ("{ who: 飼い主, identity", "{ identity"),
        ("say: 一頭から, ", ""),
        ("title: 起案, ", ""),
        ("basis: 狂犬病予防法, ", ""),
    ] {
        let found = wrong(&with_procedure(from, to));
        assert_eq!(found.len(), 1, "{from} → {to} gives {found:#?}");
    }
}

#[test]
fn all_mistakes_come_at_once_in_the_order_of_the_files() {
    let procedure =
        PROCEDURE.replace("minutes: 5", "minutes: five").replace("role: [chief]", "role: [boss]").replace("dogs >= 1", "dog >= 1");
    let town = TOWN.replace("saturday", "caturday").replace("990019", "990018");
    let found = wrong(&sources(&[("procedures/dog.yaml", &procedure), ("town.yaml", &town)]));
    let starts = ["small/procedures/dog.yaml:9:", "small/procedures/dog.yaml:21:", "small/town.yaml:3:", "small/town.yaml:6:"];
    for start in starts {
        assert!(found.iter().any(|problem| problem.starts_with(start)), "{start} is missing of {found:#?}");
    }
    assert!(found.iter().all(|problem| problem.contains("; ")), "each says how to mend it: {found:#?}");
}

#[test]
fn a_document_of_no_known_kind_and_a_thing_told_twice_are_named() {
    let found = wrong(&sources(&[("more.yaml", "guide: moving_in\ntitle: 引っ越し\n")]));
    assert!(found.iter().any(|problem| problem.starts_with("small/more.yaml:1:1: `guide` では何の文書か分からない")), "{found:#?}");
    let found = wrong(&sources(&[("more.yaml", "procedur: dog\n")]));
    assert!(found.iter().any(|problem| problem.ends_with("`procedure` のことか")), "{found:#?}");
    let found = wrong(&sources(&[("more.yaml", PROCEDURE)]));
    assert!(found.iter().any(|problem| problem.contains("`dog` がこのフォルダに二度ある")), "{found:#?}");
    let found = wrong(&sources(&[("words/ja/cases.ftl", "title = \n  }")]));
    assert!(found.iter().any(|problem| problem.contains("small/words/ja/cases.ftl:")), "{found:#?}");
}
