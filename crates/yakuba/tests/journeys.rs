//! `docs/journeys.md` stays true: each test that a clause names is there, each link leads somewhere, and the count at its head is right.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn journeys() -> String {
    fs::read_to_string(root().join("docs/journeys.md")).expect("the journeys")
}

/// The rows of the tables: number, clause, what shows it.
fn rows(text: &str) -> Vec<(String, String)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        let number = cells.first()?.trim();
        let is_clause = number.contains('.') && number.len() <= 5 && !number.contains(' ');
        is_clause.then(|| (number.to_owned(), cells[1..].join(" | ")))
    };
    text.lines().filter_map(row).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn each_clause_names_tests_that_are_there() {
    let mut wrong = Vec::new();
    let text = journeys();
    for (number, shown) in rows(&text) {
        for (path, name) in quoted(&shown).filter_map(|quoted| quoted.split_once("::")).filter(|(path, _)| path.contains('/')) {
            let Ok(source) = fs::read_to_string(root().join(path)) else {
                wrong.push(format!("{number}: {path} is not there"));
                continue;
            };
            // The title of a journey may go on with what the row leaves out: which person, with scripts or without.
            let is_there = if path.ends_with(".mjs") {
                source.lines().any(|line| line.trim_start().starts_with("test(") && line.contains(name))
            } else {
                source.contains(&format!("fn {name}(")) || source.contains(&format!("mod {name} "))
            };
            if !is_there {
                wrong.push(format!("{number}: {path} has no test {name:?}"));
            }
        }
        for target in shown.split("](../").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !root().join(target).exists() {
                wrong.push(format!("{number}: {target} is not there"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_clause_shows_something_or_says_what_is_missing_and_the_head_counts_them() {
    let text = journeys();
    let rows = rows(&text);
    let bare: Vec<&String> = rows
        .iter()
        .filter(|(_, shown)| !shown.contains('`') && !shown.contains("](../") && !shown.contains("**missing:**"))
        .map(|(number, _)| number)
        .collect();
    assert!(bare.is_empty(), "clauses that show nothing: {bare:?}");
    let missing = rows.iter().filter(|(_, shown)| shown.contains("**missing:**")).count();
    let said = format!("Of {} clauses, {} have all of their rows and {missing} miss something.", rows.len(), rows.len() - missing);
    let head = text.split("## ").next().unwrap_or_default().replace('\n', " ");
    assert!(head.contains(&said), "the head should say: {said}");
}
