//! Translations of the definitions' texts: read, and held against the Japanese.

use std::collections::{BTreeMap, HashMap};

use super::{Gathered, Merged};
use crate::{
    keys::{self, TRANSLATION_FILE, nearest},
    problem::{Place, Problem},
    text::{Language, Text},
    town::{Completeness, Town},
    words::braces,
};

/// Where each translation stands.
type Places<'m> = HashMap<(Language, &'m str), &'m Place>;

/// The texts of the town by their path, each with its place.
type Texts<'g> = BTreeMap<&'g str, &'g (Text, Place)>;

/// Reads all translations into the town; what is missing or stale is a problem where the language is said to be complete.
pub(super) fn translations(
    merged: &Merged,
    gathered: &Gathered,
    town: &mut Town,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) {
    for key in ["words", "at", "texts"].into_iter().filter(|_| !merged.translations.is_empty()) {
        gathered.asked.borrow_mut().insert((TRANSLATION_FILE.name, key));
    }
    let gathered = gathered.texts.borrow();
    let texts: Texts<'_> = gathered.iter().map(|text| (text.0.path.as_str(), text)).collect();
    let mut places = Places::new();
    for file in &merged.translations {
        problems.extend_from_slice(&file.problems);
        let Some((language, said)) = &file.said else { continue };
        for said in said {
            places.insert((*language, said.path.as_str()), &said.place);
            if let Some(translation) = &said.translation {
                town.translations.insert(*language, &said.path, translation.clone());
            }
        }
    }
    for ((_, path), place) in places.iter().filter(|((_, path), _)| !path.starts_with("common.") && !texts.contains_key(path)) {
        let near = nearest(path, texts.keys().copied());
        let hint = near.map_or_else(|| "この訳を消す".to_owned(), |near| format!("`{near}` のことか"));
        warnings.push(Problem::new(place, format!("`{path}` という文は定義にない"), hint));
    }
    fill_in_alike(town, &texts, &places, problems);
    for (language, completeness) in town.languages.clone() {
        if language != Language::Ja {
            completeness_of(language, completeness, town, &texts, &places, problems, warnings);
        }
    }
}

/// Braces are for messages; and a translation fills in nothing that the Japanese does not, so that nothing slips out of my page by it.
fn fill_in_alike(town: &Town, texts: &Texts<'_>, places: &Places<'_>, problems: &mut Vec<Problem>) {
    for (text, place) in texts.values().filter(|(text, _)| !text.path.starts_with("messages.")).copied() {
        if let Some(name) = braces(&text.ja).first() {
            problems.push(Problem::new(
                place,
                format!("ここでは `{{{name}}}` に何も差し込めない"),
                "波かっこを消す（差し込めるのは お知らせの文だけ）",
            ));
        }
    }
    for ((language, path), place) in places {
        let Some((text, translation)) = texts.get(path).zip(town.translations.at(path, *language)) else { continue };
        let japanese = braces(&text.0.ja);
        if let Some(name) = braces(&translation.say).into_iter().find(|name| !japanese.contains(name)) {
            let hint = "日本語にあるものだけを差し込む";
            problems.push(Problem::new(place, format!("訳の `{{{name}}}` が日本語にない"), hint));
        }
    }
}

fn completeness_of(
    language: Language,
    completeness: Completeness,
    town: &Town,
    texts: &Texts<'_>,
    places: &Places<'_>,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) {
    let code = language.code();
    let mut missing = Vec::new();
    let read_by_residents = texts.values().copied().filter(|(text, _)| is_for_residents(&text.path));
    for (text, place) in read_by_residents.clone() {
        // What is yet to be written is told where it stands; until then there is nothing to translate.
        if keys::is_to_be_written(&text.ja) || town.translations.find(text, language).is_some() {
            continue;
        }
        let stale = places.get(&(language, text.path.as_str())).copied();
        // A place for a translation that is still empty has been told.
        if stale.is_some() && town.translations.at(&text.path, language).is_none() {
            continue;
        }
        let (what, place) = match stale {
            Some(at) => (format!("`{}` の {code} の訳が古い：日本語は「{}」", text.path, text.ja), at),
            None => (format!("`{}` の {code} の訳がない：「{}」", text.path, text.ja), place),
        };
        let hint = format!("words/{code}/ のファイルの `texts:` に `{{ of: 日本語, say: 訳 }}` を書く");
        missing.push(Problem::new(place, what, hint));
    }
    if completeness == Completeness::Complete {
        problems.append(&mut missing);
    } else if let Some(first) = missing.first() {
        let what = format!(
            "{code} の訳が {} 件のうち {} 件ない（日本語で出す）。はじめの一つ：{}",
            read_by_residents.count(),
            missing.len(),
            first.what
        );
        warnings.push(Problem::new(&first.place, what, first.hint.clone()));
    }
}

/// What only staff read needs no translation.
pub(crate) fn is_for_residents(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["roles" | "grants" | "mappings", ..] | ["registers", _, "fields", ..] | ["letters", _, "form"] => false,
        // 教示 stands in letters, which are Japanese.
        ["town", "authorities", _, "appeal" | "court", ..] | ["town", "person_facts", ..] => false,
        ["procedures", _, "straight_through", ..] => false,
        ["procedures", _, "steps", _, key, ..] => *key == "resident",
        ["procedures", _, "outcomes", _, key, ..] => *key == "resident",
        ["rounds", _, "examples", ..] => false,
        _ => true,
    }
}
