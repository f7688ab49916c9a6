//! Checks a town's folder: `cargo run -p definitions --example check -- towns/mihon`.
fn main() {
    for folder in std::env::args().skip(1) {
        let report = definitions::check::check(std::path::Path::new(&folder));
        for problem in &report.problems {
            println!("{problem}");
        }
        for warning in &report.warnings {
            println!("（注意）{warning}");
        }
        println!("{folder}: {} problems, {} warnings", report.problems.len(), report.warnings.len());
    }
}
