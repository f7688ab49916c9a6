//! # 言葉 Wording
//!
//! Rust holds ids; the words that people read are files, one per room and language (`words/<language>/<room>.ftl`, Fluent), and a town lays
//! its own over them message by message. What a language lacks is said in Japanese and counted, so that the gap is seen by the town and not
//! by the person at the counter as an empty box.
//!
//! A message may carry furigana ([`ruby`]): [`Words::html`] shows them, [`Words::say`] drops them for attributes, titles and mail.

pub mod check;
mod dates;
pub mod ruby;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use definitions::text::Language;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use maud::Markup;
use unic_langid::LanguageIdentifier;

pub use dates::{grouped, yen};
pub use fluent_bundle::FluentValue as Value;

/// A file of messages that a room brings: its language and its text, usually by `include_str!`.
pub type RoomWords = (Language, &'static str);

/// The messages of this room: shells, parts, fields, dates.
pub fn words() -> &'static [RoomWords] {
    &[
        (Language::Ja, include_str!("../../words/ja/ui.ftl")),
        (Language::Ja, include_str!("../../words/ja/problems.ftl")),
        (Language::Easy, include_str!("../../words/easy/ui.ftl")),
        (Language::Easy, include_str!("../../words/easy/problems.ftl")),
        (Language::En, include_str!("../../words/en/ui.ftl")),
        (Language::En, include_str!("../../words/en/problems.ftl")),
    ]
}

/// Why a file of messages was not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadWords {
    /// Fluent could not read a message; it names the place.
    #[error("words in {language}: {message}; write `id = text` and close every {{ }}")]
    Unreadable {
        /// Of which language.
        language: &'static str,
        /// What Fluent said, with the position in the file.
        message: String,
    },
    /// Two rooms use one id.
    #[error("words in {language}: the id `{id}` is there twice; begin each id with the name of its room")]
    Twice {
        /// Of which language.
        language: &'static str,
        /// The id.
        id: String,
    },
}

/// Every message of every language, ready to be said.
pub struct Words {
    bundles: Arc<BTreeMap<Language, FluentBundle<FluentResource>>>,
    /// How often something was not there to be said. Ids come from our code, so the map is as small as the code.
    missing: Mutex<BTreeMap<(Language, String), u64>>,
}

impl Words {
    /// The messages that rooms bring, and over them those of the town.
    ///
    /// # Errors
    /// When a file cannot be read as Fluent or two rooms use the same id. All mistakes at once.
    pub fn new<'a>(
        rooms: impl IntoIterator<Item = RoomWords>,
        town: impl IntoIterator<Item = (Language, &'a str)>,
    ) -> Result<Words, Vec<BadWords>> {
        let mut problems = Vec::new();
        let mut bundles: BTreeMap<_, _> = Language::ALL.into_iter().map(|language| (language, empty(language))).collect();
        for (language, text) in rooms {
            let resource = parsed(language, text, &mut problems);
            if let Some(Err(errors)) = bundles.get_mut(&language).map(|bundle| bundle.add_resource(resource)) {
                problems.extend(errors.into_iter().map(|error| twice(language, error)));
            }
        }
        for (language, text) in town {
            let resource = parsed(language, text, &mut problems);
            if let Some(bundle) = bundles.get_mut(&language) {
                bundle.add_resource_overriding(resource);
            }
        }
        if problems.is_empty() { Ok(Words { bundles: Arc::new(bundles), missing: Mutex::default() }) } else { Err(problems) }
    }

    /// The same messages for another town that has none of its own: kept once, whatever is missing counted for each.
    pub fn shared(&self) -> Words {
        Words { bundles: Arc::clone(&self.bundles), missing: Mutex::default() }
    }

    /// A message as text, without furigana.
    pub fn say(&self, language: Language, id: &str, args: &[(&str, Value<'_>)]) -> String {
        ruby::plain(&self.raw(language, id, args))
    }

    /// A message for a page, with furigana where it has them. What is put in by `args` is escaped.
    pub fn html(&self, language: Language, id: &str, args: &[(&str, Value<'_>)]) -> Markup {
        ruby::html(&self.raw(language, id, args))
    }

    /// Whether Japanese has this message. A town's definitions may name ids; `check` asks this.
    pub fn knows(&self, id: &str) -> bool {
        self.bundles.get(&Language::Ja).is_some_and(|bundle| bundle.has_message(id))
    }

    /// What was asked for and not there, with how often: for the town's figures.
    pub fn missing(&self) -> Vec<(Language, String, u64)> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.iter().map(|((language, id), times)| (*language, id.clone(), *times)).collect()
    }

    /// The message with its readings in it, in the language or else in Japanese, or else its id: an id on a page is ugly and can be reported.
    fn raw(&self, language: Language, id: &str, args: &[(&str, Value<'_>)]) -> String {
        if let Some(said) = self.said(language, id, args) {
            return said;
        }
        *self.missing.lock().unwrap_or_else(PoisonError::into_inner).entry((language, id.to_owned())).or_default() += 1;
        self.said(Language::Ja, id, args).unwrap_or_else(|| id.to_owned())
    }

    fn said(&self, language: Language, id: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = self.bundles.get(&language)?;
        let pattern = bundle.get_message(id)?.value()?;
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value {
                Value::String(text) => Value::from(ruby::shield(text)),
                other => other.clone(),
            };
            given.set(*name, value);
        }
        // An argument that is not given shows as {$name}; `check::problems` finds those before a reader does.
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned())
    }
}

fn empty(language: Language) -> FluentBundle<FluentResource> {
    // Our own tags can always be read; if one could not, `und` only loses plural forms.
    let tag = language.tag().parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks that isolate directions show as boxes in some Japanese fonts, and all our languages run left to right.
    bundle.set_use_isolating(false);
    bundle
}

fn parsed(language: Language, text: &str, problems: &mut Vec<BadWords>) -> FluentResource {
    FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
        problems.extend(errors.into_iter().map(|error| BadWords::Unreadable { language: language.code(), message: error.to_string() }));
        resource
    })
}

fn twice(language: Language, error: fluent_bundle::FluentError) -> BadWords {
    let id = match error {
        fluent_bundle::FluentError::Overriding { id, .. } => id,
        other => other.to_string(),
    };
    BadWords::Twice { language: language.code(), id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(rooms: &[RoomWords], town: &[(Language, &str)]) -> Words {
        Words::new(rooms.iter().copied(), town.iter().copied()).unwrap()
    }

    #[test]
    fn a_town_lays_its_own_words_over_one_message() {
        let words = made(&[(Language::Ja, "a = 申請\nb = 届出")], &[(Language::Ja, "a = 申込み")]);
        assert_eq!(words.say(Language::Ja, "a", &[]), "申込み");
        assert_eq!(words.say(Language::Ja, "b", &[]), "届出");
    }

    #[test]
    fn what_a_language_lacks_is_said_in_japanese_and_counted() {
        let words = made(&[(Language::Ja, "a = 申請"), (Language::En, "b = file")], &[]);
        assert_eq!(words.say(Language::En, "a", &[]), "申請");
        assert_eq!(words.say(Language::En, "a", &[]), "申請");
        assert_eq!(words.missing(), vec![(Language::En, "a".to_owned(), 2)]);
    }

    #[test]
    fn a_name_inside_a_message_is_text_not_markup() {
        let words = made(&[(Language::Ja, "a = { $name } さんの申請《しんせい》")], &[]);
        let said = words.html(Language::Ja, "a", &[("name", "<山《》>".into())]).into_string();
        assert_eq!(said, "&lt;山《》&gt; さんの<ruby>申請<rp>(</rp><rt>しんせい</rt><rp>)</rp></ruby>");
    }

    #[test]
    fn two_rooms_cannot_use_one_id_and_broken_files_are_refused() {
        let Err(problems) = Words::new([(Language::Ja, "a = 一"), (Language::Ja, "a = 二"), (Language::Ja, "b = { $x")], []) else {
            panic!("taken")
        };
        assert_eq!(problems.len(), 2, "{problems:?}");
    }

    #[test]
    fn every_mistake_that_an_answer_can_have_is_said_in_every_language() {
        let words = Words::new(words().iter().copied(), []).unwrap();
        for id in definitions::kinds::PROBLEMS {
            for language in Language::ALL {
                let args = ["label", "most", "least", "count", "letter", "era", "places"].map(|name| (name, Value::from("七")));
                let said = words.say(language, id, &args);
                assert!(said.contains('七') && !said.contains("{$"), "{}: {id}: {said}", language.code());
            }
        }
        assert_eq!(words.missing(), vec![]);
    }

    #[test]
    fn the_words_of_this_room_are_whole_in_every_language() {
        let problems = check::problems(words(), &[concat!(env!("CARGO_MANIFEST_DIR"), "/src")], &["ui", "kind"]);
        assert_eq!(problems, Vec::<String>::new());
    }
}
