//! The towns that we give away are right.

use std::path::Path;

use definitions::check::check;

#[test]
fn the_nation_the_prefecture_and_the_sample_towns_are_right() {
    for town in ["base", "mihon_ken", "mihon", "ookina"] {
        let report = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns").join(town));
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert!(report.procedures >= 1 && report.examples >= 9, "{town}");
    }
}

#[test]
fn every_bend_of_the_disclosure_request_is_noticed() {
    let report = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon"));
    let unnoticed: Vec<String> =
        report.warnings.iter().filter(|warning| warning.place.file.contains("disclosure_request")).map(ToString::to_string).collect();
    assert!(unnoticed.iter().all(|warning| !warning.contains("どの例も気づかない")), "{}", unnoticed.join("\n"));
}
