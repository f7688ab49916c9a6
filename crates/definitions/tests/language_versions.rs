//! A version is what a filed case keeps: questions and rules, not wording, departments or roles.

mod language_world;

use definitions::{procedure::Procedure, version::diff};
use language_world::{PROCEDURE, sources, town};

fn dog(text: &str) -> Procedure {
    Procedure::clone(&town(&sources(&[("procedures/dog.yaml", text)])).procedures["dog"])
}

fn changed(from: &str, to: &str) -> Procedure {
    assert!(PROCEDURE.contains(from), "{from}");
    dog(&PROCEDURE.replacen(from, to, 1))
}

#[test]
fn wording_roles_and_examples_change_no_version() {
    let version = dog(PROCEDURE).version;
    let same = [
        ("title: 犬の登録", "title: 犬を登録する"),
        ("柴", "柴犬"),
        ("say: 一頭から", "say: 一頭から登録できます"),
        ("line: 窓口へ", "line: お電話ください"),
        ("role: [chief]", "role: [clerk, chief]"),
        ("minutes: 5", "minutes: 8"),
        ("minutes: 5", "minutes: 5\ninventory: [9108, DP24108216]"),
        ("fee: 0, ", ""),
        ("complete: yes", "complete: no"),
        ("minutes: 5\nkeep: 5 fiscal years", "keep: 5 fiscal years\nminutes: 5"),
        ("{ kind: number, label: 頭数, at_least: 0 }", "{ at_least: 0, label: 頭数, kind: number } # 頭"),
    ];
    for (from, to) in same {
        assert_eq!(changed(from, to).version, version, "{from} → {to}");
    }
}

#[test]
fn questions_rules_steps_and_effects_make_a_new_version() {
    let version = dog(PROCEDURE).version;
    let other = [
        ("at_least: 0", "at_least: 1"),
        ("kind: date", "kind: date, required: no"),
        ("dogs >= 1", "dogs >= 2"),
        ("14 days", "15 days"),
        ("{ shiba: 柴, other: その他 }", "{ other: その他, shiba: 柴 }"),
        (", told: { tell: told }", ""),
        ("line: 窓口へ", "line: yes"),
    ];
    for (from, to) in other {
        let text = PROCEDURE.replacen(from, to, 1).replace("complete: yes", "complete: no");
        assert_ne!(dog(&text).version, version, "{from} → {to}");
    }
}

#[test]
fn a_person_with_a_draft_is_told_what_changed_and_where() {
    let old = dog(PROCEDURE);
    let told =
        |from: &str, to: &str| -> Vec<String> { diff(&old, &changed(from, to)).iter().map(|difference| difference.words()).collect() };
    assert_eq!(told("title: 犬の登録", "title: 犬を登録する"), Vec::<String>::new());
    assert_eq!(told("other: その他 }", "other: その他, mix: 雑種 }"), ["「犬種」の答え方が変わりました"]);
    assert_eq!(told("dogs >= 1", "dogs >= 2"), ["確かめることが変わりました：一頭から"]);
    assert_eq!(told("when: breed == 'other'", "when: breed != 'shiba'"), ["「その他の犬種」をたずねる場合が変わりました"]);
    let more = told("    title: 犬のこと\n", "    title: 犬のこと\n    when: true\n");
    assert_eq!(more, ["「犬のこと」をたずねる場合が変わりました"]);
    let added = changed("      since:", "      colour: { kind: text, label: 毛色 }\n      since:");
    let differences = diff(&old, &added);
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].words(), "「毛色」をたずねることになりました");
    assert_eq!(differences[0].page().map(|page| page.as_str()), Some("dog"));
    let removed: Vec<String> = diff(&added, &old).iter().map(|difference| difference.words()).collect();
    assert_eq!(removed, ["「毛色」はたずねないことになりました"]);
    assert_eq!(diff(&old, &old), []);
}

#[test]
fn a_procedure_survives_being_stored() {
    let old = dog(PROCEDURE);
    let stored = serde_json::to_string(&old).unwrap();
    assert_eq!(serde_json::from_str::<Procedure>(&stored).unwrap(), old);
}
