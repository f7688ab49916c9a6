//! How points come of answers: the best item or all, the sum, the least or the most of the rows, facts that are not at hand, the facility wished for.

mod language_world;

use definitions::{
    answer::{Answer, Answers},
    facts::NoFacts,
    form::Known,
    round::{Fate, Round, Score},
    town::Town,
};
use jiff::civil::date;

const PROCEDURE: &str = "procedure: places
title: 入所
summary: 申し込みます。
department: hall
authority: mayor
law: { basis: 条例, standard_period: 30 days, disposition: no }
channels: { online: yes, counter: yes, paper: yes, line: LINEではできません。窓口へ。 }
applicant: { who: どなたでも, identity: self_asserted, session: none, name: name }
minutes: 3
keep: 1 fiscal years
pages:
  all:
    title: 申込み
    fields:
      name: { kind: person_name, label: 氏名 }
      parents: { kind: group, each: 保護者, count: 1..2, fields: { hours: { kind: number, label: 時間 } } }
      wishes: { kind: ranked, label: 希望, from: places, at_most: 3 }
steps:
  receive: { title: 受付, role: clerk }
  propose: { title: 起案, act: propose, role: clerk }
  decide: { title: 決裁, act: decide, role: clerk }
outcomes: { done: { title: 済み, resident: 済みました, sense: granted, do: { told: { tell: told } } } }
";

fn town(take: &str, pick: &str) -> Result<Town, String> {
    let round = format!(
        "round: spring
title: 春
procedure: places
opens: 2026-11-01T09:00
closes: 2026-12-01T09:00
announce: 2027-01-01T09:00
offer: 7 days
wishes: wishes
places: {{ register: places, classes: {{ one: {{ label: 一つ, column: seats }} }} }}
points:
  base:
    title: 基準
    each: parents
    take: {take}
    pick: {pick}
    items:
      long: {{ when: it.hours >= 160, label: 長い, points: 20 }}
      some: {{ when: it.hours >= 100, label: ある, points: 14 }}
  more:
    title: 調整
    pick: all
    items:
      near: {{ when: wish == 'a', label: 近い, points: 3 }}
      known: {{ when: applicant.name == 'x', label: 分からない, points: 9 }}
ties:
  base: {{ label: 基準, points: base }}
  few: {{ label: 少ない, less: size(parents) }}
decisions: {{ all: {{ when: asked > 0, outcome: done }} }}
"
    );
    let sources = language_world::sources(&[
        ("procedures/places.yaml", PROCEDURE),
        ("rounds/spring.yaml", &round),
        ("registers/places.yaml", PLACES),
    ]);
    Town::from_sources(&sources).map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect())
}

const PLACES: &str = "register: places
title: 施設
key: code
fields: { code: { kind: code }, seats: { kind: number, label: 枠 } }
records: { a: { code: a, seats: \"1\" }, b: { code: b, seats: \"2\" } }
";

fn score(town: &Town, hours: &[i64], wish: &str) -> (Score, Vec<String>) {
    let row = |hours: &i64| Answers::from_iter([("hours".parse().unwrap(), Answer::Number(*hours))]);
    let answers = Answers::from_iter([
        ("parents".parse().unwrap(), Answer::Group(hours.iter().map(row).collect())),
        ("wishes".parse().unwrap(), Answer::Ranked(vec!["a".into(), "b".into()])),
    ]);
    let procedure = &town.procedures["places"];
    let names = Known::new(procedure, &answers, &NoFacts, date(2026, 12, 1));
    let round: &Round = &town.rounds["spring"];
    (round.score(&names, None, wish), round.wishes(&answers))
}

#[test]
fn rows_are_added_or_the_least_or_the_most_counts() {
    for (take, points) in [("sum", 34), ("least", 14), ("most", 20)] {
        let town = town(take, "best").unwrap_or_else(|said| panic!("{said}"));
        let (score, wishes) = score(&town, &[160, 100], "b");
        assert_eq!((score.total(), wishes), (points, vec!["a".to_owned(), "b".to_owned()]), "{take}");
        assert_eq!(score.total(), score.counting().map(|line| line.points).sum::<i64>(), "they add up");
    }
}

#[test]
fn the_best_counts_once_and_the_facility_may_matter() {
    let best = town("sum", "best").unwrap();
    let (there, _) = score(&best, &[160], "a");
    let (elsewhere, _) = score(&best, &[160], "b");
    assert_eq!((there.total(), elsewhere.total()), (23, 20));
    let beaten: Vec<&str> = there.lines.iter().filter(|line| line.fate == Fate::Beaten).map(|line| line.item.as_str()).collect();
    assert_eq!(beaten, ["some"], "what is true and does not count is shown all the same");
    assert_eq!(score(&town("sum", "all").unwrap(), &[160], "b").0.total(), 34);
    assert_eq!(there.ties, [20, -1]);
}

#[test]
fn what_the_office_does_not_know_is_open_and_counts_for_nothing() {
    let (score, _) = score(&town("sum", "best").unwrap(), &[], "b");
    assert_eq!(score.total(), 0);
    let open: Vec<&str> = score.lines.iter().filter(|line| line.fate == Fate::Open).map(|line| line.item.as_str()).collect();
    assert_eq!(open, ["known"]);
}
