//! `yakuba bench check`: how long a whole catalogue takes to be loaded, as `serve` does it, and to be checked with every example walked and
//! every condition bent, as its authors do it all day.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use definitions::{check::check_sources, sources::Sources, town::Town};
use serde_json::{Value, json};

use super::{facts, open::FOLDER, rounded, spread};
use crate::Failure;

/// How often it is loaded, and how often checked.
const LOADS: usize = 20;
const CHECKS: usize = 3;

/// Questions on each of four pages: twenty, as a long application of a town hall has.
const QUESTIONS: usize = 5;
/// The pages.
const PAGES: [&str; 4] = ["a", "b", "c", "d"];

/// Measures a folder, or a synthetic town with so many procedures.
///
/// # Errors
/// When the folder has mistakes, or the synthetic one cannot be written.
pub fn run(town: Option<&Path>, procedures: usize) -> Result<Value, Failure> {
    let ground = tempfile::Builder::new().prefix("yakuba-bench-").tempdir()?;
    let folder = match town {
        Some(folder) => folder.to_owned(),
        None => lay_out(ground.path(), procedures)?,
    };
    let (mut reads, mut loads, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..LOADS {
        let began = Instant::now();
        let sources = Sources::read(&folder).map_err(said)?;
        reads.push(micros(began));
        Town::from_sources(&sources).map_err(said)?;
        loads.push(micros(began));
    }
    eprintln!("loaded {LOADS} times");
    let sources = Sources::read(&folder).map_err(said)?;
    let mut report = None;
    for round in 1..=CHECKS {
        let began = Instant::now();
        let found = check_sources(&sources);
        checks.push(micros(began));
        eprintln!("check {round}: {:.2} s, {} warnings", began.elapsed().as_secs_f64(), found.warnings.len());
        report = Some(found);
    }
    let report = report.ok_or("nothing was checked")?;
    if !report.is_good() {
        return Err(said(report.problems));
    }
    checks.sort_unstable();
    Ok(json!({
        "bench": "check",
        "town": town.map_or_else(|| "synthetic".into(), |town| town.file_name().unwrap_or_default().to_string_lossy()),
        "procedures": report.procedures,
        "examples": report.examples,
        "bends": report.bends,
        "files": sources.folders.values().map(|files| files.len()).sum::<usize>(),
        "read": spread(reads),
        "load": spread(loads),
        "check_s": rounded(checks.get(checks.len() / 2).copied().unwrap_or(0) as f64 / 1e6),
        "machine": facts::machine(),
    }))
}

fn micros(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn said(problems: Vec<definitions::problem::Problem>) -> Failure {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into()
}

/// The bench town with so many procedures of which none is another's copy, each in three languages.
fn lay_out(ground: &Path, procedures: usize) -> Result<PathBuf, Failure> {
    let folder = ground.join("bench");
    for (path, text) in FOLDER {
        write(&folder.join(path), text)?;
    }
    for number in 0..procedures.saturating_sub(1) {
        let id = format!("application_{number}");
        write(&folder.join(format!("procedures/{id}.yaml")), &named(procedure(&id, number), number))?;
        for language in ["easy", "en"] {
            write(&folder.join(format!("words/{language}/{id}.yaml")), &named(words(&id, number, language), number))?;
        }
    }
    Ok(folder)
}

/// The same with ids of the procedure's own: `a0` becomes `a0_12`.
fn named(text: String, number: usize) -> String {
    let ids = PAGES.into_iter().flat_map(|page| (0..QUESTIONS).map(move |question| format!("{page}{question}")));
    ids.fold(text, |text, id| text.replace(&id, &format!("{id}_{number}")))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
    Ok(fs::write(path, text)?)
}

/// Twenty questions of many kinds, six of them asked under a condition; rules with borders, and examples on both sides of each.
fn procedure(id: &str, number: usize) -> String {
    let mut text = format!(
        "\
procedure: {id}
title: 計測のための申請 {number}
summary: {number} 番めの、20問の申請です。
department: general_affairs
authority: mayor
law: {{ basis: 計測要綱第{number}条, standard_period: 14 days, statutory_limit: none, disposition: no }}
channels: {{ online: yes, counter: yes, paper: yes, line: LINEではできません。 }}
applicant: {{ who: どなたでも, relation: own, identity: self_asserted, session: none, name: a0 }}
minutes: 10
keep: 5 fiscal years
fee: {{ amount: 300 * b0, text: 一枚 300 円です。 }}
pages:
"
    );
    for page in PAGES {
        text.push_str(&format!("  {page}:\n    title: {}\n    fields:\n", page_title(page, number)));
        for question in 0..QUESTIONS {
            text.push_str(&format!("      {page}{question}: {{ {}, label: {} }}\n", kind(page, question), label(page, question, number)));
        }
    }
    text.push_str(&format!(
        "\
formal:
  ends_after_it_begins: {{ holds: c1 >= c0, say: {number} の終わる日が、始める日より前です。, at: c1 }}
  few: {{ holds: b0 <= 9 && b0 >= 1, say: {number} は九枚までです。, at: b0 }}
merit:
  in_time: {{ holds: c0 + days(30) >= today, say: {number} の期限を過ぎています。 }}
  of_age: {{ holds: \"age(c2, today) >= 18\", say: {number} は成年の方に限ります。, at: c2 }}
steps:
  receive: {{ title: 受付, resident: 確かめています。, role: clerk, due: 2 business days }}
  look: {{ title: 調査, role: clerk, when: b1 == 'y' }}
  propose: {{ title: 起案, act: propose, role: clerk }}
  decide: {{ title: 決裁, act: decide, role: [chief] }}
outcomes:
  granted: {{ title: 承認, resident: 承認されました, sense: granted, do: {{ told: {{ tell: decided }} }} }}
  refused: {{ title: 不承認, resident: 承認されませんでした, sense: refused, reason: required, do: {{ told: {{ tell: decided }} }} }}
complete: yes
examples:
  one:
    on: 2026-11-24
    as: hanako
    answers: {{ a0: 佐藤 花子, a1: サトウ ハナコ, a2: 090-0000-0001, a3: 件名, a4: くわしい内容です, b0: 2, b1: x, b2: [p, q], c0: 2026-10-25, c1: 2026-10-25, c2: 2008-11-24, c3: yes, d0: 1000, d3: 備考 }}
    decide: {{ outcome: granted }}
    gives: {{ accepted: yes, warned: [], formal: [], fee: 600, asks: [c4], skips: [b3, b4, d1, d2, d4], steps: [receive, propose, decide] }}
  other_way: {{ like: one, answers: {{ b1: y, b3: 理由, b4: 5, c3: no, d1: 2026-12-01, d2: 甲, d4: あ }}, gives: {{ asks: [b3, b4, d1, d2, d4], skips: ~, steps: [receive, look, propose, decide] }} }}
  third_way: {{ like: one, answers: {{ b1: z, c3: no, d1: 2026-12-01, d2: 甲 }}, gives: {{ asks: [d1, d2], skips: [b3, b4, d4] }} }}
  too_soon_an_end: {{ like: one, answers: {{ c1: 2026-10-24 }}, gives: {{ accepted: no, formal: [ends_after_it_begins] }} }}
  a_day_late: {{ like: one, answers: {{ c0: 2026-10-24 }}, decide: {{ outcome: refused }}, gives: {{ warned: [in_time] }} }}
  seventeen: {{ like: one, answers: {{ c2: 2008-11-25 }}, gives: {{ warned: [of_age] }} }}
  nine: {{ like: one, answers: {{ b0: 9 }}, gives: {{ fee: 2700 }} }}
  ten: {{ like: one, answers: {{ b0: 10 }}, gives: {{ accepted: no, formal: [few] }} }}
  just_one: {{ like: one, answers: {{ b0: 1 }}, gives: {{ fee: 300 }} }}
  none: {{ like: one, answers: {{ b0: 0 }}, gives: {{ accepted: no, formal: [few] }} }}
"
    ));
    text
}

fn page_title(page: &str, number: usize) -> String {
    format!("{number} の画面 {page}")
}

fn label(page: &str, question: usize, number: usize) -> String {
    format!("{number} の質問 {page}{question}")
}

fn kind(page: &str, question: usize) -> &'static str {
    match (page, question) {
        ("a", 0) => "kind: person_name",
        ("a", 1) => "kind: kana",
        ("a", 2) => "kind: phone",
        ("a", 4) => "kind: long_text",
        ("b", 0) => "kind: number",
        ("b", 1) => "kind: choice, options: { x: 甲, y: 乙, z: 丙 }",
        ("b", 2) => "kind: choices, options: { p: 道路, q: 公園, r: 学校 }",
        ("b", 3) => "kind: text, when: b1 == 'y'",
        ("b", 4) => "kind: number, when: b1 == 'y' && b0 >= 1",
        ("c", 0..=2) => "kind: date",
        ("c", 3) => "kind: yes_no",
        ("c", _) => "kind: files, required: no",
        ("d", 0) => "kind: money",
        ("d", 1) => "kind: date, when: '!c3'",
        ("d", 2) => "kind: text, when: '!c3 || b1 == ''y'''",
        ("d", 4) => "kind: text, when: has(b3)",
        _ => "kind: text",
    }
}

fn words(id: &str, number: usize, language: &str) -> String {
    let mut text = format!("words: {language}\nat: procedures.{id}\ntexts:\n");
    let mut say = |path: &str, of: &str| text.push_str(&format!("  {path}: {{ of: {of}, say: {language} {of} }}\n"));
    say("title", &format!("計測のための申請 {number}"));
    say("summary", &format!("{number} 番めの、20問の申請です。"));
    for page in PAGES {
        say(&format!("pages.{page}.title"), &page_title(page, number));
        for question in 0..QUESTIONS {
            say(&format!("pages.{page}.fields.{page}{question}.label"), &label(page, question, number));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_synthetic_town_is_right_and_every_bend_of_it_is_noticed_or_told() {
        let ground = tempfile::tempdir().expect("a folder");
        let folder = lay_out(ground.path(), 3).expect("laid out");
        let report = check_sources(&Sources::read(&folder).expect("read"));
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!((report.procedures, report.examples), (3, 27));
        assert!(report.bends > 80, "{}", report.bends);
        assert!(!report.warnings.iter().any(|warning| warning.what.contains("と同じ")), "none is another's copy: {:#?}", report.warnings);
    }
}
