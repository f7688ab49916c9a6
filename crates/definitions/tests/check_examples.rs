//! Examples are walked, and conditions bent: what nobody would see break is said.

mod language_world;

use language_world::{PROCEDURE, checked, lines, sources, with_procedure};

fn problems(from: &str, to: &str) -> Vec<String> {
    lines(&checked(&with_procedure(from, to)).problems)
}

fn finds(found: &[String], what: &str) {
    assert!(found.iter().any(|problem| problem.contains(what)), "{found:#?} lacks {what}");
}

#[test]
fn an_example_that_does_not_hold_says_what_came_out() {
    finds(&problems("due: 2026-12-08", "due: 2026-12-09"), "例 `one_shiba`：お返事の期限は 2026-12-09 のはずが 2026-12-08");
    finds(&problems("fee: 0", "fee: 300"), "手数料は 300 円のはずが 0 円");
    finds(&problems("warned: [in_time]", "warned: []"), "例 `late`：warned は [] のはずが [in_time]");
    finds(&problems("accepted: no,", "accepted: yes,"), "例 `no_dog`：受け付けるはずが、受け付けない（満たさない形式要件：has_a_dog）");
    finds(&problems("letters: [notice]", "letters: []"), "letters は [] のはずが [notice]");
    finds(&problems("breed: other, which: 秋田", "which: 秋田"), "例 `late` は、たずねられない質問 `which` に答えている");
    finds(&problems("as: hanako", "as: hanaka"), "`hanaka` という人はいない; `hanako` のことか");
    finds(&problems("{ name: 佐藤 花子, dogs: 1,", "{ name: 佐藤 花子, dog: 1,"), "`dog` という質問はない; `dogs` のことか");
    finds(&problems("decide: { outcome: done }", "decide: { outcome: dune }"), "`dune` という結論はない; `done` のことか");
    finds(&problems("no_dog: { like: one_shiba", "no_dog: { like: one_shibo"), "`one_shibo` という例はない; `one_shiba` のことか");
}

#[test]
fn each_rule_has_an_example_that_breaks_it_and_each_outcome_one_that_reaches_it() {
    finds(&problems(", decide: { outcome: refuse }", ""), "結論 `refuse` に至る例がない");
    let without_no_dog: String = PROCEDURE.lines().filter(|line| !line.contains("no_dog")).map(|line| format!("{line}\n")).collect();
    let report = checked(&sources(&[("procedures/dog.yaml", &without_no_dog)]));
    finds(&lines(&report.problems), "形式要件 `has_a_dog` を満たさない例がない");
    let incomplete = without_no_dog.replace("complete: yes\n", "");
    let report = checked(&sources(&[("procedures/dog.yaml", &incomplete)]));
    assert!(report.is_good(), "a file that does not say it is complete is warned only: {:#?}", lines(&report.problems));
    finds(&lines(&report.warnings), "形式要件 `has_a_dog` を満たさない例がない");
}

#[test]
fn a_condition_whose_edge_no_example_stands_on_is_a_warning() {
    // 25 October is the last day in time; without it nobody would notice 29 or 31 days.
    let blunt = PROCEDURE.replace("2026-10-25", "2026-11-01").replace("2026-10-24", "2026-01-01");
    let report = checked(&sources(&[("procedures/dog.yaml", &blunt)]));
    assert!(report.is_good(), "{:#?}", lines(&report.problems));
    let warnings = lines(&report.warnings);
    finds(&warnings, "small/procedures/dog.yaml:23:");
    finds(&warnings, "どの例も気づかない; その境目の両側の例を書く");
    assert!(report.bends >= 6, "{}", report.bends);
}

#[test]
fn the_same_folder_gives_the_same_report_and_another_digest_when_it_changes() {
    let (a, b) = (sources(&[]), with_procedure("犬の登録", "犬を登録"));
    assert_eq!(a.digest(), sources(&[]).digest());
    assert_ne!(a.digest(), b.digest());
}
