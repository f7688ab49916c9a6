//! `yakuba bench page`: how long residents' pages take. One client asks one page after another over a connection that stays open, so a time
//! is that of the page itself, its queries, its rendering and the way over loopback.

use serde_json::{Map, Value, json};

use super::{
    clients::{Ask, Clients, Round},
    facts,
    open::{Ground, OpenBench, PROCEDURE},
    people::draw_residents,
    spread,
};
use crate::Failure;

/// Looks at each page.
const LOOKS: usize = 1_000;

/// Looks before the clock runs.
const WARM: usize = 50;

/// Measures.
///
/// # Errors
/// When something cannot be set up, or a page is answered by anything but a page.
pub fn run(database: Option<&str>) -> Result<Value, Failure> {
    let ground = Ground::lay_out(database)?;
    let mut process = Clients::start(1)?;
    let bench = OpenBench::open(&ground, &process)?;
    let residents = draw_residents(&bench, &mut process, 2)?;
    let (typing, filed) = (&residents[0], &residents[1]);
    let receipt = process.round(bench.address, vec![filed.files()])?;
    let place =
        receipt.answers.first().and_then(|answer| answer.location.strip_suffix("/filed")).ok_or("the case was not filed")?.to_owned();
    // The desk has it, and its answer has come back, before the page is looked at.
    std::thread::sleep(std::time::Duration::from_secs(1));
    let pages: [(&str, Ask); 6] = [
        ("front", typing.goes_to("/")),
        ("guide", typing.goes_to(&format!("/procedures/{PROCEDURE}"))),
        ("question", typing.looks_at("what")),
        ("check", typing.looks_at("check")),
        ("status", filed.goes_to(&place)),
        ("answers", filed.goes_to(&format!("{place}/answers"))),
    ];
    let mut figures = Map::new();
    for (name, ask) in pages {
        eprintln!("{name}: {}", ask.path);
        only_pages(&process.round(bench.address, vec![ask.clone(); WARM])?)?;
        let round = process.round(bench.address, vec![ask; LOOKS])?;
        only_pages(&round)?;
        let mut times = spread(round.answers.iter().map(|answer| answer.micros).collect());
        times["html_bytes"] = json!(round.answers.first().map(|answer| answer.bytes));
        figures.insert(name.to_owned(), times);
    }
    bench.close()?;
    Ok(json!({ "bench": "page", "engine": ground.engine_name(), "pages": figures, "machine": facts::machine() }))
}

fn only_pages(round: &Round) -> Result<(), Failure> {
    match round.answers.iter().find(|answer| answer.status != 200) {
        None => Ok(()),
        Some(other) => Err(format!("a page was answered by {} {:?}", other.status, other.location).into()),
    }
}
