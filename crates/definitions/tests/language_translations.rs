//! Other languages stand beside the Japanese that they translate.

mod language_world;

use definitions::{text::Language, words::short_digest};
use language_world::{TOWN, checked, lines, sources, town, wrong};

fn with_english(completeness: &str, words: &str) -> definitions::sources::Sources {
    let town = TOWN.replace("{ ja: complete }", &format!("{{ ja: complete, en: {completeness} }}"));
    sources(&[("town.yaml", &town), ("words/en/dog.yaml", words)])
}

#[test]
fn what_is_missing_is_a_problem_where_the_language_is_complete_and_a_counted_warning_else() {
    let words = "words: en\nat: procedures.dog\ntexts:\n  title: { of: 犬の登録, say: Registering a dog }\n";
    let complete = wrong(&with_english("complete", words));
    assert!(complete.iter().any(|problem| problem.contains("`procedures.dog.summary` の en の訳がない")), "{complete:#?}");
    assert!(complete.iter().all(|problem| !problem.contains("`procedures.dog.title`")), "{complete:#?}");
    assert!(complete.iter().all(|problem| !problem.contains("roles.")), "staff read Japanese: {complete:#?}");
    let report = checked(&with_english("partial", words));
    assert!(report.is_good());
    assert!(lines(&report.warnings).iter().any(|warning| warning.contains("en の訳が")), "{:#?}", lines(&report.warnings));
    let town = town(&with_english("partial", words));
    assert_eq!(town.say(&town.procedures["dog"].title, Language::En), "Registering a dog");
}

#[test]
fn a_stale_translation_is_named_with_its_own_line() {
    let words = "words: en\nat: procedures.dog\ntexts:\n  title: { of: 犬の届出, say: Registering a dog }\n";
    let found = wrong(&with_english("complete", words));
    assert!(
        found
            .iter()
            .any(|problem| problem
                .starts_with("small/words/en/dog.yaml:4:10: `procedures.dog.title` の en の訳が古い：日本語は「犬の登録」")),
        "{found:#?}"
    );
    let digest = format!("words: en\nat: procedures.dog\ntexts:\n  title: {{ of: \"sha256:{}\", say: A dog }}\n", short_digest("犬の登録"));
    let town = town(&with_english("partial", &digest));
    assert_eq!(town.say(&town.procedures["dog"].title, Language::En), "A dog");
}

#[test]
fn a_translation_of_nothing_and_one_without_its_japanese_are_named() {
    let words = "words: en\nat: procedures.dog\ntexts:\n  titel: { of: 犬の登録, say: A dog }\n";
    let report = checked(&with_english("partial", words));
    let warnings = lines(&report.warnings);
    assert!(
        warnings.iter().any(|warning| warning.contains("`procedures.dog.titel` という文は定義にない; `procedures.dog.title` のことか")),
        "{warnings:#?}"
    );
    let found = wrong(&with_english("partial", "words: en\ntexts: { a: Dog }\n"));
    assert!(found.iter().any(|problem| problem.contains("訳になっていない")), "{found:#?}");
    let found = wrong(&with_english("partial", "words: fr\ntexts: {}\n"));
    assert!(found.iter().any(|problem| problem.contains("`fr` は使えない")), "{found:#?}");
}

#[test]
fn a_translation_fills_in_nothing_that_the_japanese_does_not() {
    let words = "words: en\ntexts:\n  messages.told.outside: { of: \"村からのお知らせです {case.link}\", say: \"{procedure.title} {case.link}\" }\n";
    let found = wrong(&with_english("partial", words));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("訳の `{procedure.title}` が日本語にない"), "{found:#?}");
    let found = wrong(&language_world::with_procedure("title: 犬の登録", "title: 犬の登録{dogs}"));
    assert!(found.iter().any(|problem| problem.contains("ここでは `{dogs}` に何も差し込めない")), "{found:#?}");
}
