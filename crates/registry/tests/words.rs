//! The words of this room: staff read Japanese, so that the other languages have none.

#[test]
fn every_sentence_that_the_code_says_exists() {
    let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let problems = ui::words::check::problems(registry::words(), &[src], &["registry"]);
    let of_japanese: Vec<String> =
        problems.into_iter().filter(|problem| !problem.starts_with("easy:") && !problem.starts_with("en:")).collect();
    assert_eq!(of_japanese, Vec::<String>::new());
}
