//! The words of this room.

mod town;

use definitions::text::Language;
use messages::{Fate, contact::Instead, fate::Why};

#[test]
fn the_words_of_this_room_are_whole_in_every_language() {
    let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    assert_eq!(ui::words::check::problems(messages::words(), &[src], &["messages"]), Vec::<String>::new());
}

#[test]
fn every_fate_ends_in_what_to_do_next() {
    let words = town::words();
    let next = "2026-11-24T06:05:00Z".parse().unwrap();
    let mut fates = vec![
        Fate::Queued,
        Fate::HandedOver,
        Fate::TryingAgain { next_try: next, why: Why::Relay },
        Fate::Call,
        Fate::Post,
        Fate::Unreachable,
        Fate::UnreadCall,
        Fate::UnreadPost,
    ];
    for instead in [Instead::Phone, Instead::Post, Instead::Nothing] {
        fates.extend([Fate::GivenUp { why: Why::Relay, instead }, Fate::Unsure { instead }]);
        let whys = [Why::NoSuchAddress, Why::Full, Why::Blocked, Why::BadAddress, Why::Other];
        fates.extend(whys.map(|why| Fate::Refused { why, instead }));
    }
    for fate in fates {
        assert_eq!(Fate::from_stored(&fate.to_stored()), Some(fate.clone()));
        let args: Vec<(&str, ui::words::Value<'_>)> = fate.args().into_iter().map(|(name, value)| (name, value.into())).collect();
        let said = words.say(Language::Ja, &fate.word(), &args);
        let ends_in_a_verb = [
            "してください。",
            "待ってください。",
            "することはありません。",
            "伝えてください。",
            "聞いてください。",
            "出ています。",
            "分かりません）。",
        ];
        assert!(ends_in_a_verb.iter().any(|end| said.ends_with(end)), "{fate:?}: {said}");
        assert!(!said.contains('{') && !said.contains("messages-"), "{said}");
    }
    assert!(words.missing().is_empty());
}
