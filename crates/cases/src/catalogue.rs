//! 手続の一覧: finding a procedure by everyday words, by life event, by department.

use definitions::{
    ids::{DepartmentId, LifeEventId},
    procedure::Procedure,
    text::Language,
    town::Town,
};

/// Procedures of a life event, in the order of the folder.
pub fn of_event<'t>(town: &'t Town, event: &'t LifeEventId) -> impl Iterator<Item = &'t Procedure> {
    town.procedures.values().map(AsRef::as_ref).filter(move |procedure| procedure.life_events.contains(event))
}

/// Procedures of a department.
pub fn of_department<'t>(town: &'t Town, department: &'t DepartmentId) -> impl Iterator<Item = &'t Procedure> {
    town.procedures.values().map(AsRef::as_ref).filter(move |procedure| procedure.department == *department)
}

/// Procedures that fit what somebody typed, the best first. Kana, width and case do not matter: everything is folded as names are.
/// A word counts most in the title, then in the words by which people ask for it, then in the summary.
pub fn search<'t>(town: &'t Town, typed: &str, language: Language) -> Vec<&'t Procedure> {
    let wanted: Vec<String> = typed.split_whitespace().map(jp::kana::fold).filter(|word| !word.is_empty()).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Procedure)> = town
        .procedures
        .values()
        .filter_map(|procedure| {
            let texts = texts(town, procedure, language);
            let score: u32 = wanted.iter().map(|word| score(&texts, word)).try_fold(0u32, |sum, score| Some(sum + score?))?;
            Some((score, procedure.as_ref()))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, procedure)| procedure).collect()
}

/// What a procedure is found by, folded, with what it is worth.
fn texts(town: &Town, procedure: &Procedure, language: Language) -> Vec<(u32, String)> {
    let mut texts = vec![
        (8, jp::kana::fold(&procedure.title.ja)),
        (8, jp::kana::fold(&ui::words::ruby::plain(town.say(&procedure.title, language)))),
        (2, jp::kana::fold(&procedure.summary.ja)),
        (2, jp::kana::fold(&ui::words::ruby::plain(town.say(&procedure.summary, language)))),
    ];
    texts.extend(procedure.words.iter().map(|word| (6, jp::kana::fold(word))));
    for event in procedure.life_events.iter().filter_map(|id| town.life_events.get(id)) {
        texts.push((1, jp::kana::fold(&event.title.ja)));
        texts.extend(event.words.iter().map(|word| (1, jp::kana::fold(word))));
    }
    if let Some(department) = town.departments.get(&procedure.department) {
        texts.push((1, jp::kana::fold(&department.name.ja)));
    }
    texts
}

/// A whole word is worth most; else the share of its pairs of characters that are there, so that 学童保育 finds 学童.
fn score(texts: &[(u32, String)], word: &str) -> Option<u32> {
    let whole = texts.iter().filter(|(_, text)| text.contains(word) || (text.chars().count() > 1 && word.contains(text.as_str())));
    let whole: u32 = whole.map(|(worth, _)| worth * 10).sum();
    if whole > 0 {
        return Some(whole);
    }
    let characters: Vec<char> = word.chars().collect();
    let pairs: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
    if pairs.len() < 2 {
        return None;
    }
    let hits = |text: &str| pairs.iter().filter(|pair| text.contains(pair.as_str())).count();
    let best = texts.iter().map(|(worth, text)| (hits(text), *worth)).max()?;
    (best.0 * 2 >= pairs.len()).then(|| best.1 * best.0 as u32)
}
