//! Translations of the definitions' texts, held against the Japanese.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::{Gathered, workers::several_at_a_time};
use crate::{
    keys::{self, TRANSLATION_FILE, nearest},
    library::{Library, Texts},
    problem::{Place, Problem},
    text::{Language, Text},
    town::{Completeness, Town},
    words::{Layer, Standing, Translations, braces},
};

/// Below so many parts for each, a second worker costs more than it saves.
const PARTS_MIN: usize = 16;

/// What is wrong with the translations of some texts.
#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    /// Languages in which a text is missing or stale, with its path.
    missing: Vec<(Language, String, Problem)>,
    /// Texts that residents read.
    residents: usize,
}

/// Holds the town's translations against its texts; what is missing or stale is a problem where the language is said to be complete.
pub(super) fn check(gathered: &Gathered, town: &Town, problems: &mut Vec<Problem>, warnings: &mut Vec<Problem>) {
    let is_said = town.translations.each().next().is_some();
    for key in ["words", "at", "texts"].into_iter().filter(|_| is_said) {
        gathered.asked.borrow_mut().insert((TRANSLATION_FILE.name, key));
    }
    let parts = gathered.all_texts();
    said_of_no_text(&parts, &town.translations, warnings);
    let (missing, residents) = join(several_at_a_time(&parts, PARTS_MIN, |part| hold(part, &town.translations, town)), problems);
    let mut by_language: HashMap<Language, Vec<(String, Problem)>> = HashMap::default();
    for (language, path, problem) in missing {
        by_language.entry(language).or_default().push((path, problem));
    }
    for (language, mut missing) in by_language {
        if town.languages.get(&language) == Some(&Completeness::Complete) {
            problems.extend(missing.into_iter().map(|(_, problem)| problem));
            continue;
        }
        missing.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if let Some((_, first)) = missing.first() {
            let what = format!(
                "{} の訳が {residents} 件のうち {} 件ない（日本語で出す）。はじめの一つ：{}",
                language.code(),
                missing.len(),
                first.what
            );
            warnings.push(Problem::new(&first.place, what, first.hint.clone()));
        }
    }
}

/// The same for a town that is to be served: what is only a warning is not looked for, and what a folder below says of its own procedures was
/// looked at when the first town over it was read.
pub(super) fn serve(gathered: &Gathered, town: &Town, library: &Library, problems: &mut Vec<Problem>) {
    let parts = gathered.all_texts();
    let lowest = town.translations.lowest().map(|(lowest, above)| (lowest, above.map(thing_of).collect::<HashSet<_>>()));
    let found = several_at_a_time(&parts, PARTS_MIN, |part| {
        if let (Some((lowest, above)), Some((first, _))) = (&lowest, part.first())
            && !above.contains(thing_of(&first.path))
            && library.says_all(part, lowest, || says_all(part, lowest))
        {
            return Found::default();
        }
        hold(part, &town.translations, town)
    });
    let (missing, _) = join(found, problems);
    let is_complete = |language: &Language| town.languages.get(language) == Some(&Completeness::Complete);
    problems.extend(missing.into_iter().filter(|(language, ..)| is_complete(language)).map(|(.., problem)| problem));
}

/// Whether a folder alone says all of these texts in every language, and nothing wrong. Asked of the texts of one thing.
fn says_all(part: &Texts, lowest: &Arc<Layer>) -> bool {
    let thing = part.first().map_or("", |(first, _)| thing_of(&first.path));
    if part.iter().any(|(text, _)| thing_of(&text.path) != thing) {
        return false;
    }
    let Found { problems, missing, .. } = hold_in(part, &Translations::of(vec![Arc::clone(lowest)]), |_| true);
    problems.is_empty() && missing.is_empty()
}

/// `procedures.dog` of `procedures.dog.pages.who.title`.
fn thing_of(path: &str) -> &str {
    path.match_indices('.').nth(1).map_or(path, |(at, _)| path.get(..at).unwrap_or(path))
}

fn join(found: Vec<Found>, problems: &mut Vec<Problem>) -> (Vec<(Language, String, Problem)>, usize) {
    let (mut missing, mut residents) = (Vec::new(), 0);
    for mut found in found {
        problems.append(&mut found.problems);
        missing.append(&mut found.missing);
        residents += found.residents;
    }
    (missing, residents)
}

fn hold(part: &Texts, translations: &Translations, town: &Town) -> Found {
    hold_in(part, translations, |language| town.languages.contains_key(&language))
}

/// Braces are for messages; and a translation fills in nothing that the Japanese does not, so that nothing slips out of my page by it. Of what
/// residents read, nothing is missing or stale in a language that is offered.
fn hold_in(part: &Texts, translations: &Translations, is_offered: impl Fn(Language) -> bool) -> Found {
    let mut found = Found::default();
    for (text, place) in part.iter() {
        let japanese = braces(&text.ja);
        if let Some(name) = japanese.first().filter(|_| !text.path.starts_with("messages.")) {
            let what = format!("ここでは `{{{name}}}` に何も差し込めない");
            found.problems.push(Problem::new(place, what, "波かっこを消す（差し込めるのは お知らせの文だけ）"));
        }
        let is_for_residents = is_for_residents(&text.path);
        found.residents += usize::from(is_for_residents);
        for language in Language::ALL.into_iter().filter(|language| *language != Language::Ja) {
            let said = translations.at(&text.path, language);
            let filled_in = said.map(|said| braces(&said.say)).unwrap_or_default();
            if let Some(name) = filled_in.into_iter().find(|name| !japanese.contains(name)) {
                let at = translations.place(&text.path, language).unwrap_or(place);
                let what = format!("訳の `{{{name}}}` が日本語にない");
                found.problems.push(Problem::new(at, what, "日本語にあるものだけを差し込む"));
            }
            let is_fresh = said.is_some_and(|said| said.is_fresh(&text.ja));
            if is_for_residents && !is_fresh && is_offered(language) {
                found.missing.extend(missing(text, place, language, translations).map(|problem| (language, text.path.clone(), problem)));
            }
        }
    }
    found
}

/// Why a text is not said in a language; none when it is said by another path, or when that was told already.
fn missing(text: &Text, place: &Place, language: Language, translations: &Translations) -> Option<Problem> {
    // What is yet to be written is told where it stands; until then there is nothing to translate.
    if keys::is_to_be_written(&text.ja) || translations.find(text, language).is_some() {
        return None;
    }
    let stale = translations.place(&text.path, language);
    // A place for a translation that is still empty has been told.
    if stale.is_some() && translations.at(&text.path, language).is_none() {
        return None;
    }
    let code = language.code();
    let (what, place) = match stale {
        Some(at) => (format!("`{}` の {code} の訳が古い：日本語は「{}」", text.path, text.ja), at),
        None => (format!("`{}` の {code} の訳がない：「{}」", text.path, text.ja), place),
    };
    Some(Problem::new(place, what, format!("words/{code}/ のファイルの `texts:` に `{{ of: 日本語, say: 訳 }}` を書く")))
}

/// Translations that belong to no text.
fn said_of_no_text(parts: &[Texts], translations: &Translations, warnings: &mut Vec<Problem>) {
    let mut things: HashMap<&str, Vec<&str>> = HashMap::default();
    for (text, _) in parts.iter().flat_map(|part| part.iter()) {
        things.entry(thing_of(&text.path)).or_default().push(&text.path);
    }
    things.values_mut().for_each(|paths| paths.sort_unstable());
    for (_, path, Standing { place, .. }) in translations.each().filter(|(_, path, _)| !path.starts_with("common.")) {
        let of_thing = things.get(thing_of(path)).map(Vec::as_slice).unwrap_or_default();
        if of_thing.binary_search(&path).is_ok() {
            continue;
        }
        // What is misspelt is most often the end of a path; of a thing that is not there, its name.
        let near = nearest(path, of_thing.iter().copied()).or_else(|| {
            let thing = nearest(thing_of(path), things.keys().copied().filter(|_| of_thing.is_empty()))?;
            nearest(path, things.get(thing)?.iter().copied())
        });
        let hint = near.map_or_else(|| "この訳を消す".to_owned(), |near| format!("`{near}` のことか"));
        warnings.push(Problem::new(place, format!("`{path}` という文は定義にない"), hint));
    }
}

/// What only staff read needs no translation.
pub(crate) fn is_for_residents(path: &str) -> bool {
    let mut parts = path.split('.');
    let mut next = || parts.next().unwrap_or_default();
    match (next(), next(), next(), next(), next()) {
        ("roles" | "grants" | "mappings", ..) => false,
        ("registers", _, "fields", ..) | ("letters", _, "form", "", _) => false,
        // 教示 stands in letters, which are Japanese.
        ("town", "authorities", _, "appeal" | "court", _) | ("town", "person_facts", ..) => false,
        ("procedures", _, "straight_through", ..) => false,
        ("procedures", _, "steps" | "outcomes", _, key) => key.is_empty() || key == "resident",
        ("rounds", _, "examples", ..) => false,
        _ => true,
    }
}
