//! What every room asserts of its words in one test: each language has the same messages with the same arguments, and each id that the Rust
//! code names exists.
//!
//! ```ignore
//! #[test]
//! fn the_words_of_this_room_are_whole_in_every_language() {
//!     let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
//!     assert_eq!(ui::words::check::problems(crate::words(), &[src], &["cases"]), Vec::<String>::new());
//! }
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use definitions::text::Language;
use fluent_syntax::{
    ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};

use super::RoomWords;

type Messages = BTreeMap<String, BTreeSet<String>>;

/// Every mistake in the words of a room. `sources` are folders of Rust code; in them a string such as `"cases-title"` that begins with
/// one of `rooms` and a hyphen is taken for an id.
pub fn problems(words: &[RoomWords], sources: &[&str], rooms: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let by_language: BTreeMap<Language, Messages> =
        Language::ALL.into_iter().map(|language| (language, messages(words, language, &mut problems))).collect();
    let japanese = &by_language[&Language::Ja];
    for (language, messages) in by_language.iter().filter(|(language, _)| **language != Language::Ja) {
        let code = language.code();
        for (id, args) in japanese {
            match messages.get(id) {
                None => problems.push(format!("{code}: `{id}` is missing; translate it")),
                Some(theirs) if theirs != args => {
                    problems.push(format!("{code}: `{id}` uses {theirs:?}, Japanese uses {args:?}; use the same arguments"))
                }
                Some(_) => {}
            }
        }
        for id in messages.keys().filter(|id| !japanese.contains_key(*id)) {
            problems.push(format!("{code}: `{id}` is not in Japanese; write the Japanese first"));
        }
    }
    for source in sources {
        let mut ids = BTreeSet::new();
        if let Err(error) = ids_below(Path::new(source), rooms, &mut ids) {
            problems.push(format!("{source}: {error}"));
        }
        for id in ids.iter().filter(|id| !japanese.contains_key(*id)) {
            problems.push(format!("code says `{id}`, which no words file has"));
        }
    }
    problems
}

fn messages(words: &[RoomWords], language: Language, problems: &mut Vec<String>) -> Messages {
    let mut found = Messages::new();
    for (_, text) in words.iter().filter(|(of, _)| *of == language) {
        let resource = parser::parse(*text).unwrap_or_else(|(resource, errors)| {
            problems.extend(errors.iter().map(|error| format!("{}: {error}", language.code())));
            resource
        });
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let Some(pattern) = &message.value else { continue };
            let mut args = BTreeSet::new();
            in_pattern(pattern, &mut args);
            if found.insert(message.id.name.to_owned(), args).is_some() {
                problems.push(format!("{}: `{}` is there twice", language.code(), message.id.name));
            }
        }
    }
    found
}

fn in_pattern(pattern: &Pattern<&str>, args: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, args);
        }
    }
}

fn in_expression(expression: &Expression<&str>, args: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, args),
        Expression::Select { selector, variants } => {
            in_inline(selector, args);
            for variant in variants {
                in_pattern(&variant.value, args);
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, args: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            args.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, args),
        InlineExpression::FunctionReference { arguments, .. } => in_call(arguments, args),
        InlineExpression::TermReference { arguments: Some(arguments), .. } => in_call(arguments, args),
        _ => {}
    }
}

fn in_call(call: &CallArguments<&str>, args: &mut BTreeSet<String>) {
    for inline in &call.positional {
        in_inline(inline, args);
    }
}

fn ids_below(folder: &Path, rooms: &[&str], ids: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            ids_below(&path, rooms, ids)?;
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            ids_in(&fs::read_to_string(&path)?, rooms, ids);
        }
    }
    Ok(())
}

/// Strings in code that look like ids of these rooms. Comments are left out; a test's made-up id must not begin with a room's name.
fn ids_in(code: &str, rooms: &[&str], ids: &mut BTreeSet<String>) {
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for literal in line.split('"').skip(1).step_by(2) {
            let is_id = literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if is_id
                && !literal.ends_with('-')
                && rooms.iter().any(|room| literal.strip_prefix(room).is_some_and(|rest| rest.starts_with('-')))
            {
                ids.insert(literal.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_translation_an_argument_too_few_and_an_orphan_are_found() {
        let found = problems(
            &[
                (Language::Ja, "a = { $n ->\n  [one] { $n }件\n *[other] { $n }件\n }\nb = 届出"),
                (Language::Easy, "a = たくさん\nb = とどけ"),
                (Language::En, "a = { $n } cases\nc = only here"),
            ],
            &[],
            &[],
        );
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn ids_are_read_from_code_but_not_from_comments() {
        let mut ids = BTreeSet::new();
        ids_in("// \"cases-no\"\nwords.say(l, \"cases-title\", &[(\"n\", 1)]); class=\"cases-\"", &["cases"], &mut ids);
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["cases-title"]);
    }
}
