//! A small town that is right in everything, to be made wrong in one place at a time.

#![allow(dead_code)] // Each test file uses its own part.

use definitions::{
    check::{Report, check_sources},
    problem::Problem,
    sources::Sources,
    town::Town,
};

/// The town's own file.
pub const TOWN: &str = "\
town: small
name: 小さな村
code: \"990019\"
office: { post: 000-0000, address: 村の道1, phone: 0000-00-0000, hours: 平日 }
languages: { ja: complete }
closed: [saturday, sunday, holiday, 12-29..01-03]
authorities:
  mayor: { name: 村長, appeal: { to: 村長, within: 3 months, sue: 6 months, defendant: 村 } }
  water: { name: 水道, appeal: none }
";

/// Departments and roles.
pub const OFFICE: &str = "\
departments:
  hall: { name: 役場 }
roles:
  clerk: { name: 係 }
  chief: { name: 課長 }
letters:
  notice: { title: 通知書 }
residents:
  hanako: { name: 佐藤 花子, born: 1990-08-02, household: sato, relation: head }
  sakura: { name: 佐藤 さくら, born: 2019-05-03, household: sato, relation: child }
---
message: told
subject: お知らせ
outside: 村からのお知らせです {case.link}
my_page: \"{applicant.name} 様\"
channels: [my_page, mail]
---
register: dogs
title: 犬
key: tag
owner: keeper
fields:
  tag: { kind: text, label: 鑑札 }
  keeper: { kind: resident, label: 飼い主 }
";

/// One procedure.
pub const PROCEDURE: &str = "\
procedure: dog
title: 犬の登録
summary: 犬を飼いはじめたら登録します。
department: hall
authority: mayor
law: { basis: 狂犬病予防法, standard_period: 14 days, disposition: yes }
channels: { online: yes, counter: yes, paper: yes, line: 窓口へ }
applicant: { who: 飼い主, identity: self_asserted, session: none, name: name }
minutes: 5
keep: 5 fiscal years
pages:
  dog:
    title: 犬のこと
    fields:
      name: { kind: text, label: 飼い主の氏名 }
      dogs: { kind: number, label: 頭数, at_least: 0 }
      since: { kind: date, label: 飼いはじめた日 }
      breed: { kind: choice, label: 犬種, options: { shiba: 柴, other: その他 } }
      which: { kind: text, label: その他の犬種, when: breed == 'other' }
formal:
  has_a_dog: { holds: dogs >= 1, say: 一頭から, at: dogs }
merit:
  in_time: { holds: since + days(30) >= today, say: 30日を過ぎています }
steps:
  receive: { title: 受付, role: clerk }
  propose: { title: 起案, act: propose, role: clerk }
  decide: { title: 決裁, act: decide, role: [chief] }
outcomes:
  done: { title: 登録する, sense: granted, do: { notice: { letter: notice, starts_appeal: yes } } }
  refuse: { title: 登録しない, sense: refused, do: { notice: { letter: notice, starts_appeal: yes }, told: { tell: told } } }
complete: yes
examples:
  one_shiba:
    on: 2026-11-24
    as: hanako
    answers: { name: 佐藤 花子, dogs: 1, since: 2026-10-25, breed: shiba }
    decide: { outcome: done }
    gives: { accepted: yes, warned: [], formal: [], due: 2026-12-08, fee: 0, steps: [receive, propose, decide], letters: [notice] }
  no_dog: { like: one_shiba, answers: { dogs: 0 }, gives: { accepted: no, formal: [has_a_dog] } }
  late: { like: one_shiba, answers: { since: 2026-10-24, breed: other, which: 秋田 }, decide: { outcome: refuse }, gives: { warned: [in_time] } }
";

/// The small town's files, with some replaced or added.
pub fn sources(changed: &[(&str, &str)]) -> Sources {
    let mut sources = Sources { town: "small".to_owned(), ..Sources::default() };
    let files = sources.folders.entry("small".to_owned()).or_default();
    let own = [("town.yaml", TOWN), ("office.yaml", OFFICE), ("procedures/dog.yaml", PROCEDURE), ("letters/notice.typ", "= 通知")];
    for (path, text) in own.iter().chain(changed) {
        files.insert((*path).to_owned(), text.as_bytes().to_vec());
    }
    sources
}

/// The small town with one text in its procedure replaced by another.
pub fn with_procedure(from: &str, to: &str) -> Sources {
    assert!(PROCEDURE.contains(from), "the procedure has no {from}");
    sources(&[("procedures/dog.yaml", &PROCEDURE.replacen(from, to, 1))])
}

/// The town, which must load.
pub fn town(sources: &Sources) -> Town {
    Town::from_sources(sources).unwrap_or_else(|problems| panic!("{}", lines(&problems).join("\n")))
}

/// What loading finds wrong, as it is shown.
pub fn wrong(sources: &Sources) -> Vec<String> {
    lines(&Town::from_sources(sources).map(|_| ()).err().unwrap_or_default())
}

/// What a check finds.
pub fn checked(sources: &Sources) -> Report {
    check_sources(sources)
}

/// Problems as they are shown.
pub fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
