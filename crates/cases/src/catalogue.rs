//! 手続の一覧: finding a procedure by everyday words, by life event, by department.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use definitions::{
    ids::{DepartmentId, LifeEventId},
    procedure::Procedure,
    text::Language,
    town::Town,
};

/// Procedures of a life event: those first that name it first, as what the event itself asks for does; then in the order of the folder.
pub fn of_event<'t>(town: &'t Town, event: &'t LifeEventId) -> impl Iterator<Item = &'t Procedure> {
    let place = |procedure: &'t Procedure| procedure.life_events.iter().position(|known| known == event).map(|at| (at, procedure));
    let mut found: Vec<(usize, &Procedure)> = town.procedures.values().map(AsRef::as_ref).filter_map(place).collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, procedure)| procedure)
}

/// Procedures of a department.
pub fn of_department<'t>(town: &'t Town, department: &'t DepartmentId) -> impl Iterator<Item = &'t Procedure> {
    town.procedures.values().map(AsRef::as_ref).filter(move |procedure| procedure.departments().any(|known| known == department))
}

/// The finder of the town as it is now: made when somebody first looks for something after a change, shared by all.
#[derive(Clone, Default)]
pub struct Finders(Arc<Mutex<Option<Kept>>>);

/// A finder and the town that it was made of.
type Kept = (Weak<Town>, Arc<Finder>);

impl Finders {
    /// Of this town. While one is made, others wait for it instead of making their own.
    pub fn of(&self, town: &Arc<Town>) -> Arc<Finder> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_ref() {
            Some((known, finder)) if std::ptr::eq(known.as_ptr(), Arc::as_ptr(town)) => Arc::clone(finder),
            _ => {
                let finder = Arc::new(Finder::of(town));
                *kept = Some((Arc::downgrade(town), Arc::clone(&finder)));
                finder
            }
        }
    }
}

/// The procedures of a town with all that they are found by.
pub struct Finder {
    all: Vec<(Arc<Procedure>, Texts)>,
    /// In how many procedures each pair of neighbours stands.
    said_by: HashMap<[char; 2], u32>,
    /// In which texts, counted through all procedures.
    stands_in: HashMap<[char; 2], Vec<u32>>,
    /// How many texts there are.
    texts: usize,
}

/// Most pairs of a word that are looked for: nobody types a longer one.
const PAIRS_MAX: usize = 128;

/// Which pairs of a list stand in a text: a bit for each.
type Mask = u128;

impl Finder {
    /// Of a town.
    pub fn of(town: &Town) -> Finder {
        let all: Vec<_> = town.procedures.values().map(|procedure| (Arc::clone(procedure), texts(town, procedure))).collect();
        let mut said_by = HashMap::new();
        for (_, texts) in &all {
            let pairs: HashSet<[char; 2]> = texts.iter().flat_map(|(_, text)| neighbours(text)).collect();
            pairs.into_iter().for_each(|pair| *said_by.entry(pair).or_default() += 1);
        }
        let mut stands_in: HashMap<[char; 2], Vec<u32>> = HashMap::new();
        let mut count = 0;
        for (at, (_, text)) in (0..).zip(all.iter().flat_map(|(_, texts)| texts)) {
            let pairs: HashSet<[char; 2]> = neighbours(text).collect();
            pairs.into_iter().for_each(|pair| stands_in.entry(pair).or_default().push(at));
            count += 1;
        }
        Finder { all, said_by, stands_in, texts: count }
    }

    /// For each text, which of these pairs it holds. By the pairs' own lists: a word of twenty pairs is not looked for in seven thousand texts.
    fn held<'p>(&self, pairs: impl Iterator<Item = &'p str>) -> Vec<Mask> {
        let mut held = vec![0; self.texts];
        for (bit, pair) in pairs.take(PAIRS_MAX).enumerate() {
            let mut note = |at: usize| {
                if let Some(mask) = held.get_mut(at) {
                    *mask |= 1 << bit;
                }
            };
            match neighbours(pair).next() {
                Some(pair) => self.stands_in.get(&pair).into_iter().flatten().for_each(|at| note(*at as usize)),
                // A single character.
                None => {
                    let texts = self.all.iter().flat_map(|(_, texts)| texts).enumerate();
                    texts.filter(|(_, (_, text))| text.contains(pair)).for_each(|(at, _)| note(at));
                }
            }
        }
        held
    }

    /// Procedures that fit what somebody typed, the best first. Kana, width and case do not matter: everything is folded as names are, in all
    /// languages that the town writes. A word counts most in the title, then in the words by which people ask for it, then in the summary;
    /// and what few procedures say counts more than what many say, such as 届 and 申請.
    pub fn search(&self, typed: &str) -> Vec<&Procedure> {
        let wanted: Vec<Wanted> = typed.split_whitespace().map(Wanted::of).filter(|wanted| !wanted.whole.is_empty()).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let looks: Vec<Look<'_>> = wanted.iter().map(|wanted| self.look(wanted)).collect();
        let mut from = 0;
        let mut found: Vec<(u32, &Procedure)> = self
            .all
            .iter()
            .filter_map(|(procedure, texts)| {
                let here = from..from + texts.len();
                from = here.end;
                let score: u32 =
                    looks.iter().map(|look| score(texts, look, here.clone())).try_fold(0u32, |sum, score| Some(sum + score?))?;
                Some((score, procedure.as_ref()))
            })
            .collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, procedure)| procedure).collect()
    }

    /// What is looked for of a word. The weight of a pair is how rare it is among the procedures (the logarithm of the inverse of its share), less
    /// in hiragana.
    fn look<'w>(&self, wanted: &'w Wanted) -> Look<'w> {
        let all = self.all.len() as f64 + 1.0;
        let weigh = |(pair, weight): &(String, f64)| weight * (all / (self.in_so_many(pair) + 0.5)).ln().max(0.0);
        let stem = windows_of(&wanted.stem);
        Look {
            wanted,
            weights: wanted.pairs.iter().take(PAIRS_MAX).map(weigh).collect(),
            rare: self.held(wanted.pairs.iter().map(|(pair, _)| pair.as_str())),
            stem_pairs: stem.len().min(PAIRS_MAX),
            stem: self.held(stem.iter().map(String::as_str)),
        }
    }

    fn in_so_many(&self, pair: &str) -> f64 {
        match neighbours(pair).next() {
            Some(pair) => f64::from(self.said_by.get(&pair).copied().unwrap_or(0)),
            // A single character.
            None => self.all.iter().filter(|(_, texts)| texts.iter().any(|(_, text)| text.contains(pair))).count() as f64,
        }
    }
}

/// A word with what of it stands in which text.
struct Look<'w> {
    wanted: &'w Wanted,
    /// The weight of each pair of its runs.
    weights: Vec<f64>,
    /// Which of them each text holds.
    rare: Vec<Mask>,
    /// How many pairs its stem has.
    stem_pairs: usize,
    /// Which of them each text holds.
    stem: Vec<Mask>,
}

/// What a word counts in the title: the most of all.
const TITLE: u32 = 8;
/// And in the summary.
const SUMMARY: u32 = 2;

/// Texts, folded, each with what it is worth.
type Texts = Vec<(u32, String)>;

/// What a procedure is found by.
fn texts(town: &Town, procedure: &Procedure) -> Texts {
    let mut texts = Vec::new();
    for language in [Language::Ja, Language::Easy, Language::En] {
        let said = |text| jp::kana::fold(&ui::words::ruby::plain(town.say(text, language)));
        for (worth, text) in [(TITLE, said(&procedure.title)), (SUMMARY, said(&procedure.summary))] {
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
    /// Pairs of neighbours in the runs, each once, with the weight of its run: a noun says more than a verb's ending.
    pairs: Vec<(String, f64)>,
}

/// What people put behind a verb or a noun when they ask for it, longest first.
const ENDINGS: [&str; 12] =
    ["してください", "ください", "たいです", "したい", "ほしい", "たい", "する", "には", "って", "です", "ます", "る"];

/// How verbs end when somebody tells what happened or asks for something, longest first.
const VERB_ENDINGS: [&str; 24] = [
    "してください",
    "してほしい",
    "りました",
    "しました",
    "ください",
    "てほしい",
    "っている",
    "たいです",
    "ている",
    "ています",
    "ました",
    "りたい",
    "したい",
    "ほしい",
    "たい",
    "には",
    "です",
    "ます",
    "った",
    "んだ",
    "した",
    "する",
    "る",
    "い",
];
/// Particles that stand before a verb.
const PARTICLES: [char; 9] = ['を', 'に', 'が', 'は', 'で', 'と', 'の', 'も', 'へ'];
/// What the pairs of a run of hiragana weigh beside those of a noun.
const HIRAGANA_WEIGHT: f64 = 0.6;

/// The stem of a run of hiragana: without the particle before it and the ending behind it.
fn verb_stem(run: &str) -> &str {
    let stem = VERB_ENDINGS.iter().find_map(|ending| run.strip_suffix(ending)).unwrap_or(run);
    match stem.strip_prefix(PARTICLES) {
        Some(rest) if rest.chars().count() > 1 => rest,
        _ => stem,
    }
}

/// Each character with the next.
fn neighbours(text: &str) -> impl Iterator<Item = [char; 2]> {
    text.chars().zip(text.chars().skip(1)).map(|(first, second)| [first, second])
}

/// The pairs of neighbours in a folded run; of a single character that one.
fn pairs_of(run: &str) -> Vec<String> {
    let characters: Vec<char> = run.chars().collect();
    if characters.len() < 2 { vec![run.to_owned()] } else { characters.windows(2).map(|pair| pair.iter().collect()).collect() }
}

fn without_ending(text: &str) -> &str {
    ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text)
}

impl Wanted {
    fn of(typed: &str) -> Wanted {
        let (mut nouns, mut rest, mut pairs) = (Vec::new(), Vec::new(), Vec::<(String, f64)>::new());
        let is_hiragana = |c: char| matches!(c, '\u{3041}'..='\u{3096}');
        let letters: Vec<char> = typed.chars().collect();
        for run in letters.chunk_by(|before, after| is_hiragana(*before) == is_hiragana(*after)) {
            let text: String = run.iter().collect();
            if !run.first().copied().is_some_and(is_hiragana) {
                nouns.push(jp::kana::fold(&text));
                continue;
            }
            let verb = jp::kana::fold(verb_stem(&text));
            if verb.chars().count() > 1 {
                add_pairs(&verb, HIRAGANA_WEIGHT, &mut pairs);
            }
            let stem = without_ending(&text);
            // A particle between two nouns says nothing of what is looked for.
            if stem.chars().count() > 1 {
                rest.push(jp::kana::fold(stem));
            }
        }
        nouns.retain(|noun| !noun.is_empty());
        nouns.iter().for_each(|noun: &String| add_pairs(noun, 1.0, &mut pairs));
        // A single kana is in everything.
        let whole = if letters.len() == 1 && letters.iter().copied().all(is_hiragana) { String::new() } else { jp::kana::fold(typed) };
        Wanted { whole, stem: jp::kana::fold(without_ending(typed)), nouns, rest, pairs }
    }
}

fn add_pairs(run: &str, weight: f64, into: &mut Vec<(String, f64)>) {
    for pair in pairs_of(run) {
        match into.iter_mut().find(|(known, _)| *known == pair) {
            Some((_, known)) => *known = known.max(weight),
            None => into.push((pair, weight)),
        }
    }
}

/// How well the texts of a procedure fit, none when not at all: a text that holds the whole is worth most; one that is held by it, such as
/// 学童 by 学童保育, by its share of it; then its pieces, the share of its pairs of characters that stand together, and the share of its rare pairs.
fn score(texts: &[(u32, String)], look: &Look<'_>, here: Range<usize>) -> Option<u32> {
    let wanted = look.wanted;
    let (rare, stem) = (look.rare.get(here.clone()).unwrap_or_default(), look.stem.get(here).unwrap_or_default());
    let length = wanted.whole.chars().count() as u32;
    let whole = |(worth, text): &(u32, String)| match text.chars().count() as u32 {
        // The very word by which people ask for it.
        _ if *text == wanted.whole => worth * 20,
        _ if text.contains(&wanted.whole) => worth * 10,
        part if part > 1 && wanted.whole.contains(text.as_str()) => worth * 10 * part / length,
        _ => 0,
    };
    // A title says the same in each language: its best one counts, not their sum.
    let best_of = |worth: u32| texts.iter().filter(|text| text.0 == worth).map(whole).max().unwrap_or(0);
    let others = texts.iter().filter(|(worth, _)| ![TITLE, SUMMARY].contains(worth)).map(whole).sum::<u32>();
    let sum = best_of(TITLE) + best_of(SUMMARY) + others + in_pieces(texts, wanted) + in_pairs(texts, stem, look.stem_pairs);
    let (rare, share) = in_rare_pairs(texts, rare, &look.weights);
    (sum > 0 || share >= SHARE_MIN).then_some(sum + rare)
}

/// What is not there as a whole or in its pieces is found all the same when so much of it, by weight, is.
const SHARE_MIN: f64 = 0.45;
/// What a title that holds every pair is worth.
const RARE_WORTH: f64 = 100.0;

/// What the text that holds most of the weight is worth, and the share of the weight that all texts together hold.
fn in_rare_pairs(texts: &[(u32, String)], held: &[Mask], weights: &[f64]) -> (u32, f64) {
    let all: f64 = weights.iter().sum();
    if all <= 0.0 {
        return (0, 0.0);
    }
    let share =
        |held: Mask| weights.iter().enumerate().filter(|(bit, _)| held >> bit & 1 == 1).map(|(_, weight)| weight).sum::<f64>() / all;
    let worths = texts.iter().zip(held).filter(|(_, held)| **held != 0);
    let best = worths.map(|((worth, _), held)| share(*held) * f64::from(*worth) / f64::from(TITLE)).fold(0.0, f64::max);
    ((best * RARE_WORTH) as u32, share(held.iter().fold(0, |all, held| all | held)))
}

/// Each noun is somewhere; a text that holds the verb too is what was meant: 「水道とめたい」 is 水道をとめる before 水道を使う.
fn in_pieces(texts: &[(u32, String)], wanted: &Wanted) -> u32 {
    let worth = |piece: &String| texts.iter().filter(|(_, text)| text.contains(piece)).map(|(worth, _)| worth * 2).max().unwrap_or(0);
    let nouns = wanted.nouns.iter().map(worth).try_fold(0u32, |sum, found| (found > 0).then_some(sum + found));
    nouns.map_or(0, |nouns| nouns + 5 * wanted.rest.iter().map(worth).sum::<u32>())
}

/// What the text is worth that holds the most pairs of the stem, when it holds half of them.
fn in_pairs(texts: &[(u32, String)], held: &[Mask], pairs: usize) -> u32 {
    let best = texts.iter().zip(held).map(|((worth, _), held)| (held.count_ones(), *worth)).max().unwrap_or((0, 0));
    if pairs >= 2 && best.0 as usize * 2 >= pairs { best.1 * best.0 } else { 0 }
}

/// Each pair of neighbours of a text as a text of its own.
fn windows_of(text: &str) -> Vec<String> {
    neighbours(text).map(|pair| pair.iter().collect()).collect()
}
