//! `yakuba coverage FOLDER --inventory FILE`: what a town's procedures cover of the national inventory, as a table or as JSON.

use std::process::ExitCode;

use definitions::{
    inventory::{self, Coverage, Inventory, Sum},
    problem::Problem,
    sources::Sources,
};
use serde_json::{Value, json};

use crate::{
    command,
    table::{self, Side, grouped, lines, percent},
};

/// Prints the coverage; the mistakes of folder or inventory instead, with exit code 1, when there are any.
pub fn run(asked: &command::Coverage) -> ExitCode {
    match found(asked) {
        Ok(coverage) if asked.json => table::print(&format!("{:#}\n", as_json(&coverage))),
        Ok(coverage) => table::print(&as_text(&coverage, asked.gaps)),
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            eprintln!("{} mistakes", problems.len());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn found(asked: &command::Coverage) -> Result<Coverage, Vec<Problem>> {
    let inventory = Inventory::read(&asked.inventory)?;
    inventory::coverage(&Sources::read(&asked.folder)?, &inventory)
}

/// The coverage with its shares.
fn as_json(coverage: &Coverage) -> Value {
    let with_shares = |sum: &Sum| {
        let whole = &coverage.ours;
        json!({ "rows": sum.rows, "filings": sum.filings, "share_of_rows": sum.share_of_rows(whole), "share_of_filings": sum.share_of_filings(whole) })
    };
    let mut value = json!(coverage);
    value["covered"] = with_shares(&coverage.covered);
    for (reach, of) in value["by_reach"].as_array_mut().into_iter().flatten().zip(&coverage.by_reach) {
        reach["covered"] = with_shares(&of.covered);
    }
    value
}

fn as_text(coverage: &Coverage, gaps: usize) -> String {
    let mut text = vec![
        format!("{}：国の棚卸調査の手続 {} のうち、このまちの手続は {}", coverage.town, coverage.inventory.rows, coverage.ours.rows),
        format!("  （扱わないもの {}、住民から市町村への手続でないもの {}）", coverage.not_ours.rows, coverage.left_out),
        String::new(),
    ];
    text.extend(shares(coverage));
    text.push(String::new());
    text.push(format!(
        "手続 {}（うち棚卸にないもの {}）、画面の形 {} とおり、仕事の形 {} とおり",
        coverage.procedures, coverage.without_row, coverage.page_graphs, coverage.step_graphs
    ));
    text.extend(largest_gaps(coverage, gaps));
    if !coverage.alike.is_empty() {
        text.push(String::new());
        text.push("質問と仕事の 8 割を超えて同じなのに、`like:` で結ばれていない手続".to_owned());
        let rows: Vec<Vec<String>> = coverage
            .alike
            .iter()
            .map(|pair| vec![pair.one.to_string(), pair.other.to_string(), format!("{} / {}", pair.shared, pair.of)])
            .collect();
        text.extend(lines(&[Side::Left, Side::Left, Side::Right], &rows));
    }
    if !coverage.not_in_inventory.is_empty() {
        text.push(String::new());
        text.push("定義にあって、棚卸調査の表にない手続ID".to_owned());
        let said = |claimed: &inventory::Claimed| claimed.procedure.as_ref().map_or("inventory_excluded".to_owned(), ToString::to_string);
        let rows: Vec<Vec<String>> = coverage.not_in_inventory.iter().map(|claimed| vec![claimed.id.to_string(), said(claimed)]).collect();
        text.extend(lines(&[Side::Left, Side::Left], &rows));
    }
    text.iter().map(|line| format!("{line}\n")).collect()
}

fn shares(coverage: &Coverage) -> Vec<String> {
    let row = |name: &str, sum: &Sum| {
        let whole = &coverage.ours;
        vec![
            name.to_owned(),
            grouped(sum.rows as u64),
            percent(sum.share_of_rows(whole)),
            grouped(sum.filings),
            percent(sum.share_of_filings(whole)),
        ]
    };
    let mut rows = vec![["", "手続", "", "年間の件数", ""].map(str::to_owned).to_vec()];
    rows.push(row("このまちの手続", &coverage.ours));
    rows.push(row("扱っている", &coverage.covered));
    rows.extend(coverage.by_reach.iter().map(|of| row(&format!("　{}", of.reach.words()), &of.covered)));
    lines(&[Side::Left, Side::Right, Side::Right, Side::Right, Side::Right], &rows)
}

fn largest_gaps(coverage: &Coverage, most: usize) -> Vec<String> {
    if coverage.gaps.is_empty() {
        return vec![String::new(), "扱っていない手続はない".to_owned()];
    }
    let head = format!("扱っていない手続 {} のうち、件数の多いもの", coverage.gaps.len());
    let rows: Vec<Vec<String>> = coverage
        .gaps
        .iter()
        .take(most)
        .map(|gap| vec![gap.id.to_string(), gap.filings.map_or_else(|| "—".to_owned(), grouped), gap.name.clone()])
        .collect();
    [String::new(), head].into_iter().chain(lines(&[Side::Left, Side::Right, Side::Left], &rows)).collect()
}
