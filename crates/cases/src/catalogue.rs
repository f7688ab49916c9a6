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

/// Procedures that fit what somebody typed, the best first. Kana, width and case do not matter: everything is folded as names are, in all
/// languages that the town writes. A word counts most in the title, then in the words by which people ask for it, then in the summary.
pub fn search<'t>(town: &'t Town, typed: &str) -> Vec<&'t Procedure> {
    let wanted: Vec<Wanted> = typed.split_whitespace().map(Wanted::of).filter(|wanted| !wanted.whole.is_empty()).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Procedure)> = town
        .procedures
        .values()
        .filter_map(|procedure| {
            let texts = texts(town, procedure);
            let score: u32 = wanted.iter().map(|word| score(&texts, word)).try_fold(0u32, |sum, score| Some(sum + score?))?;
            Some((score, procedure.as_ref()))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, procedure)| procedure).collect()
}

/// What a procedure is found by, folded, with what it is worth.
fn texts(town: &Town, procedure: &Procedure) -> Vec<(u32, String)> {
    let mut texts = Vec::new();
    for language in [Language::Ja, Language::Easy, Language::En] {
        let said = |text| jp::kana::fold(&ui::words::ruby::plain(town.say(text, language)));
        for (worth, text) in [(8, said(&procedure.title)), (2, said(&procedure.summary))] {
            // What is not translated reads as in Japanese, and counts once.
            if !texts.contains(&(worth, text.clone())) {
                texts.push((worth, text));
            }
        }
    }
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

/// A word that somebody typed, folded: as a whole, and in its pieces, such as 水道 and とめ of 「水道とめたい」.
struct Wanted {
    whole: String,
    /// The whole without what only says that something is wanted.
    stem: String,
    /// Runs of kanji, katakana or Latin letters: each must be there.
    nouns: Vec<String>,
    /// Runs of hiragana without what only says that something is wanted: each is worth more when it is there.
    rest: Vec<String>,
}

/// What people put behind a verb or a noun when they ask for it, longest first.
const ENDINGS: [&str; 12] =
    ["してください", "ください", "たいです", "したい", "ほしい", "たい", "する", "には", "って", "です", "ます", "る"];

fn without_ending(text: &str) -> &str {
    ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text)
}

impl Wanted {
    fn of(typed: &str) -> Wanted {
        let (mut nouns, mut rest) = (Vec::new(), Vec::new());
        let is_hiragana = |c: char| matches!(c, '\u{3041}'..='\u{3096}');
        let letters: Vec<char> = typed.chars().collect();
        for run in letters.chunk_by(|before, after| is_hiragana(*before) == is_hiragana(*after)) {
            let text: String = run.iter().collect();
            if !run.first().copied().is_some_and(is_hiragana) {
                nouns.push(jp::kana::fold(&text));
                continue;
            }
            let stem = without_ending(&text);
            // A particle between two nouns says nothing of what is looked for.
            if stem.chars().count() > 1 {
                rest.push(jp::kana::fold(stem));
            }
        }
        nouns.retain(|noun| !noun.is_empty());
        // A single kana is in everything.
        let whole = if letters.len() == 1 && letters.iter().copied().all(is_hiragana) { String::new() } else { jp::kana::fold(typed) };
        Wanted { whole, stem: jp::kana::fold(without_ending(typed)), nouns, rest }
    }
}

/// How well the texts of a procedure fit, none when not at all: a text that holds the whole is worth most; one that is held by it, such as
/// 学童 by 学童保育, by its share of it; then its pieces, and the share of its pairs of characters that stand together.
fn score(texts: &[(u32, String)], wanted: &Wanted) -> Option<u32> {
    let length = wanted.whole.chars().count() as u32;
    let whole = |(worth, text): &(u32, String)| match text.chars().count() as u32 {
        _ if text.contains(&wanted.whole) => worth * 10,
        part if part > 1 && wanted.whole.contains(text.as_str()) => worth * 10 * part / length,
        _ => 0,
    };
    let sum = texts.iter().map(whole).sum::<u32>() + in_pieces(texts, wanted) + in_pairs(texts, &wanted.stem);
    (sum > 0).then_some(sum)
}

/// Each noun is somewhere; a text that holds the verb too is what was meant: 「水道とめたい」 is 水道をとめる before 水道を使う.
fn in_pieces(texts: &[(u32, String)], wanted: &Wanted) -> u32 {
    let worth = |piece: &String| texts.iter().filter(|(_, text)| text.contains(piece)).map(|(worth, _)| worth * 2).max().unwrap_or(0);
    let nouns = wanted.nouns.iter().map(worth).try_fold(0u32, |sum, found| (found > 0).then_some(sum + found));
    nouns.map_or(0, |nouns| nouns + 5 * wanted.rest.iter().map(worth).sum::<u32>())
}

fn in_pairs(texts: &[(u32, String)], word: &str) -> u32 {
    let characters: Vec<char> = word.chars().collect();
    let pairs: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
    let hits = |text: &str| pairs.iter().filter(|pair| text.contains(pair.as_str())).count();
    let best = texts.iter().map(|(worth, text)| (hits(text), *worth)).max().unwrap_or((0, 0));
    if pairs.len() >= 2 && best.0 * 2 >= pairs.len() { best.1 * best.0 as u32 } else { 0 }
}
