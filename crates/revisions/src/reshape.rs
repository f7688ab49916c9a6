//! 質問と画面の組みかえ Questions and pages added, moved and taken away in a text: what is not touched stays as it is, to the byte. Comments
//! that stand right above a question go with it when it moves, and stay when it is taken away.

use crate::spot::{Spot, What, Written, quoted};

/// Next to which sibling something is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside<'s> {
    /// Before it.
    Before(&'s str),
    /// Behind it.
    Behind(&'s str),
}

/// The text with an entry at a path that is not there yet, below its siblings. `value` is YAML in one line.
pub fn add(text: &str, procedure: &str, path: &[&str], value: &str) -> Option<String> {
    let written = Written::of(text, procedure)?;
    match written.find(path) {
        // What was taken away can come back.
        Some(at) if at.is_removal() => Some(written.with_value(at, value)),
        Some(_) => None,
        None => written.with_key(path, value),
    }
}

/// The text without what stands at a path. What stands in a folder below as well is taken away by `~`.
pub fn remove(text: &str, procedure: &str, path: &[&str], stands_below: bool) -> Option<String> {
    let written = Written::of(text, procedure)?;
    match written.find(path) {
        None if stands_below => written.with_key(path, "~"),
        None => None,
        Some(at) if stands_below => Some(written.with_value(at, "~")),
        Some(at) => {
            let (_, map) = path.split_last()?;
            let map = written.find(map)?;
            // A key with nothing behind it would take the whole away.
            if map.map()?.len() == 1 { Some(written.with_value(map, "{}")) } else { cut(&written, map, at, false) }
        }
    }
}

/// The text with an entry put next to a sibling of the same map. Both must stand in this text.
pub fn put_beside(text: &str, procedure: &str, path: &[&str], beside: Beside<'_>) -> Option<String> {
    let written = Written::of(text, procedure)?;
    let (key, map_path) = path.split_last()?;
    let (sibling, is_before) = match beside {
        Beside::Before(sibling) => (sibling, true),
        Beside::Behind(sibling) => (sibling, false),
    };
    let (at, map) = (written.find(path)?, written.find(map_path)?);
    if *key == sibling {
        return None;
    }
    if written.is_flow(map) {
        let source = written.source(at.key?.0, written.end(at));
        let without = Written::of(&cut(&written, map, at, true)?, procedure)?;
        let sibling = without.find(&[map_path, &[sibling]].concat())?;
        let (place, new) = if is_before { (sibling.key?.0, format!("{source}, ")) } else { (without.end(sibling), format!(", {source}")) };
        return Some(without.spliced(place, place, &new));
    }
    let (from, to) = lines(&written, at, true)?;
    let block = closed(written.source(from, to));
    let without = Written::of(&written.spliced(from, to, ""), procedure)?;
    let (first, next) = lines(&without, without.find(&[map_path, &[sibling]].concat())?, is_before)?;
    let place = if is_before { first } else { next };
    Some(without.spliced(place, place, &block))
}

/// The text with an entry taken from one map and put below the last of another. It must stand in this text.
pub fn put_into(text: &str, procedure: &str, path: &[&str], to_map: &[&str]) -> Option<String> {
    let written = Written::of(text, procedure)?;
    let (key, from_map) = path.split_last()?;
    let at = written.find(path)?;
    let target = [to_map, &[key]].concat();
    if from_map == to_map || written.find(&target).is_some_and(|there| !there.is_removal()) {
        return None;
    }
    let without = Written::of(&remove(text, procedure, path, false)?, procedure)?;
    let map = without.find(to_map);
    let are_lines = written.find(from_map).is_some_and(|map| !written.is_flow(map));
    if let Some((_, last)) = map.filter(|map| are_lines && !without.is_flow(map)).and_then(Spot::map).and_then(<[_]>::last) {
        let (start, end) = lines(&written, at, true)?;
        let commented = lines(&written, at, true)?.0 != lines(&written, at, false)?.0;
        let block = closed(written.source(start, end));
        let (was, now) = (indent(&written, at)?, indent(&without, last)?);
        let moved: String = block.split_inclusive('\n').map(|line| indented(line, was, now)).collect();
        // Comments went along: they stay behind only where something is taken away for good.
        let without = if commented { Written::of(&drop_comments(text, procedure, path)?, procedure)? } else { without };
        let place = lines(&without, without.find(to_map)?.map()?.last().map(|(_, last)| last)?, false)?.1;
        return Some(without.spliced(place, place, &moved));
    }
    add(&without.source(0, without.characters.len()), procedure, &target, &in_one_line(&written, at)?)
}

/// What stands at a path, in one line: to be written over what a folder below says. `None`: it is not there, or a comment would be lost.
pub fn source(text: &str, procedure: &str, path: &[&str]) -> Option<String> {
    let written = Written::of(text, procedure)?;
    in_one_line(&written, written.find(path)?)
}

/// The text without an entry and the comments right above it.
fn drop_comments(text: &str, procedure: &str, path: &[&str]) -> Option<String> {
    let written = Written::of(text, procedure)?;
    let (from, _) = lines(&written, written.find(path)?, true)?;
    let (own, _) = lines(&written, written.find(path)?, false)?;
    let bare = written.spliced(from, own, "");
    remove(&bare, procedure, path, false)
}

/// Takes an entry out of its map, which has others.
fn cut(written: &Written, map: &Spot, at: &Spot, with_comments: bool) -> Option<String> {
    if !written.is_flow(map) {
        let (from, to) = lines(written, at, with_comments)?;
        return Some(written.spliced(from, to, ""));
    }
    let (from, to) = (at.key?.0, written.end(at));
    let blank = |c: &char| *c == ' ';
    let rest = written.characters.get(to..)?;
    let gap = rest.iter().take_while(|c| blank(c)).count();
    if rest.get(gap) == Some(&',') {
        let after = rest.get(gap + 1..)?.iter().take_while(|c| blank(c)).count();
        return Some(written.spliced(from, to + gap + 1 + after, ""));
    }
    // The last: the comma before it goes too.
    let before = map.map()?.iter().rev().nth(1).map(|(_, spot)| written.end(spot))?;
    let comma = before + written.characters.get(before..from)?.iter().position(|c| *c == ',')?;
    let between = written.source(comma + 1, from);
    Some(written.source(0, comma) + between.trim_end_matches(' ') + &written.source(to, written.characters.len()))
}

/// The lines of an entry of a map in lines; with the comments right above it, as far in as it is.
fn lines(written: &Written, at: &Spot, with_comments: bool) -> Option<(usize, usize)> {
    let key = at.key?.0;
    let mut from = written.line(key);
    if !written.source(from, key).chars().all(|c| c == ' ') {
        return None;
    }
    let far_in = key - from;
    while with_comments && from > 0 {
        let above = written.line(from - 1);
        let line = written.source(above, from);
        if !line.trim_start_matches(' ').starts_with('#') || line.len() - line.trim_start_matches(' ').len() != far_in {
            break;
        }
        from = above;
    }
    Some((from, written.next_line(written.end(at))))
}

fn indent(written: &Written, at: &Spot) -> Option<usize> {
    let key = at.key?.0;
    Some(key - written.line(key))
}

fn indented(line: &str, was: usize, now: usize) -> String {
    let own = line.len() - line.trim_start_matches(' ').len();
    if line.trim().is_empty() { line.to_owned() } else { " ".repeat((own + now).saturating_sub(was)) + line.trim_start_matches(' ') }
}

fn closed(block: String) -> String {
    if block.ends_with('\n') { block } else { block + "\n" }
}

/// A node as YAML in one line. `None`: a comment in it would be lost.
fn in_one_line(written: &Written, at: &Spot) -> Option<String> {
    let source = written.source(at.from, written.end(at));
    if !matches!(at.what, What::Scalar(_)) && source.lines().any(|line| line.trim_start().starts_with('#') || line.contains(" #")) {
        return None;
    }
    match &at.what {
        What::Scalar(_) if source.starts_with(['"', '\'']) && !source.contains('\n') => Some(source),
        What::Scalar(_) if at.is_removal() && !source.starts_with(['"', '\'']) => Some("~".to_owned()),
        What::Scalar(word) => Some(quoted(word.trim_end())),
        _ if written.is_flow(at) && !source.contains('\n') => Some(source),
        What::List(members) => {
            let members: Option<Vec<String>> = members.iter().map(|member| in_one_line(written, member)).collect();
            Some(format!("[{}]", members?.join(", ")))
        }
        What::Map(entries) => {
            let entries: Option<Vec<String>> =
                entries.iter().map(|(key, value)| Some(format!("{key}: {}", in_one_line(written, value)?))).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# 木\nprocedure: tree # id\npages:\n  what:   # 一つ目\n    title: どの木か\n    fields:\n      # 場所について\n      \
                        place: { kind: text, label: 場所 } # 所\n      more:\n        kind: text\n        label: \"その他\"\n\n      \
                        # ここまで\n      last: { kind: note, label: 終 }\n  who:\n    title: 申し出る方\n    fields: { name: { kind: text, label: 氏名 }, \
                        mail: { kind: mail, label: メール } }\n  plain:\n    title: ほか\n    fields:\n        one: { kind: text, label: 一 }\n\
                        complete: yes\n";

    const PLACE: &str = "      # 場所について\n      place: { kind: text, label: 場所 } # 所\n";
    const MORE: &str = "      more:\n        kind: text\n        label: \"その他\"\n";

    fn parts(path: &str) -> Vec<&str> {
        path.split('.').collect()
    }

    #[test]
    fn a_question_is_added_below_the_last() {
        let value = "{ kind: text, label: 二 }";
        let added = add(TEXT, "tree", &parts("pages.plain.fields.two"), value).unwrap();
        assert_eq!(added, TEXT.replace("一 }\n", "一 }\n        two: { kind: text, label: 二 }\n"));
        let added = add(TEXT, "tree", &parts("pages.who.fields.two"), value).unwrap();
        assert_eq!(added, TEXT.replace("メール } }", "メール }, two: { kind: text, label: 二 } }"));
        assert_eq!(add(TEXT, "tree", &parts("pages.who.fields.name"), value), None, "it is there");
        // Over a folder below nothing of the map is there yet.
        let over = "procedure: tree\n";
        let added = add(over, "tree", &parts("pages.who.fields.two"), value).unwrap();
        assert_eq!(added, "procedure: tree\npages: { who: { fields: { two: { kind: text, label: 二 } } } }\n");
    }

    #[test]
    fn a_question_is_taken_away_and_comments_stay() {
        let gone = remove(TEXT, "tree", &parts("pages.what.fields.place"), false).unwrap();
        assert_eq!(gone, TEXT.replace("      place: { kind: text, label: 場所 } # 所\n", ""));
        assert_eq!(remove(TEXT, "tree", &parts("pages.what.fields.more"), false).unwrap(), TEXT.replace(MORE, ""));
        let gone = remove(TEXT, "tree", &parts("pages.who.fields.name"), false).unwrap();
        assert_eq!(gone, TEXT.replace("name: { kind: text, label: 氏名 }, ", ""));
        let gone = remove(TEXT, "tree", &parts("pages.who.fields.mail"), false).unwrap();
        assert_eq!(gone, TEXT.replace(", mail: { kind: mail, label: メール }", ""));
        let gone = remove(TEXT, "tree", &parts("pages.plain.fields.one"), false).unwrap();
        assert_eq!(gone, TEXT.replace("fields:\n        one: { kind: text, label: 一 }\n", "fields: {}\n"));
        assert_eq!(remove(TEXT, "tree", &parts("pages.plain.fields.two"), false), None);
    }

    #[test]
    fn what_stands_below_as_well_is_taken_away_by_a_tilde() {
        let gone = remove(TEXT, "tree", &parts("pages.what.fields.more"), true).unwrap();
        assert_eq!(gone, TEXT.replace(MORE, "      more: ~\n"));
        let gone = remove("procedure: tree\n", "tree", &parts("pages.what.fields.more"), true).unwrap();
        assert_eq!(gone, "procedure: tree\npages: { what: { fields: { more: ~ } } }\n");
        let back = add(&gone, "tree", &parts("pages.what.fields.more"), "{ kind: text }").unwrap();
        assert_eq!(back, "procedure: tree\npages: { what: { fields: { more: { kind: text } } } }\n");
    }

    #[test]
    fn a_question_moves_with_its_comments() {
        let moved = put_beside(TEXT, "tree", &parts("pages.what.fields.place"), Beside::Behind("more")).unwrap();
        assert_eq!(moved, TEXT.replace(&format!("{PLACE}{MORE}"), &format!("{MORE}{PLACE}")));
        let moved = put_beside(TEXT, "tree", &parts("pages.what.fields.more"), Beside::Before("place")).unwrap();
        assert_eq!(moved, TEXT.replace(&format!("{PLACE}{MORE}"), &format!("{MORE}{PLACE}")));
        let moved = put_beside(TEXT, "tree", &parts("pages.who.fields.mail"), Beside::Before("name")).unwrap();
        let swapped = "{ mail: { kind: mail, label: メール }, name: { kind: text, label: 氏名 } }";
        assert_eq!(moved, TEXT.replace("{ name: { kind: text, label: 氏名 }, mail: { kind: mail, label: メール } }", swapped));
        assert_eq!(put_beside(TEXT, "tree", &parts("pages.who.fields.mail"), Beside::Behind("name")).unwrap(), TEXT);
        let pages = put_beside(TEXT, "tree", &parts("pages.plain"), Beside::Before("what")).unwrap();
        assert!(pages.starts_with("# 木\nprocedure: tree # id\npages:\n  plain:\n    title: ほか"), "{pages}");
    }

    #[test]
    fn a_question_goes_to_another_page() {
        let moved = put_into(TEXT, "tree", &parts("pages.what.fields.place"), &parts("pages.plain.fields")).unwrap();
        let there = "一 }\n        # 場所について\n        place: { kind: text, label: 場所 } # 所\n";
        assert_eq!(moved, TEXT.replace(PLACE, "").replace("一 }\n", there));
        let moved = put_into(TEXT, "tree", &parts("pages.what.fields.more"), &parts("pages.who.fields")).unwrap();
        assert_eq!(moved, TEXT.replace(MORE, "").replace("メール } }", "メール }, more: { kind: text, label: \"その他\" } }"));
        let moved = put_into(TEXT, "tree", &parts("pages.who.fields.name"), &parts("pages.plain.fields")).unwrap();
        let there = "一 }\n        name: { kind: text, label: 氏名 }\n";
        assert_eq!(moved, TEXT.replace("name: { kind: text, label: 氏名 }, ", "").replace("一 }\n", there));
    }

    /// A map of questions in lines, each written in one of the ways authors write it.
    fn questions() -> impl Strategy<Value = Vec<String>> {
        let one = ("[ぁ-んa-z#: ]{0,6}", 0..4_u8);
        proptest::collection::vec(one, 2..6).prop_map(|all| {
            let block = |(at, (word, way)): (usize, (String, u8))| {
                let label = serde_json::to_string(&word).unwrap();
                match way {
                    0 => format!("      q{at}: {{ kind: text, label: {label} }} # {word}\n"),
                    1 => format!("      # {word}\n      q{at}:\n        kind: text\n        label: {label} # {word}\n"),
                    2 => format!(
                        "      q{at}:\n        kind: choice\n        # {word}\n        options:\n          - a\n          - {label}\n"
                    ),
                    _ => format!("      q{at}: {{\n        kind: text,\n        label: {label}\n      }}\n"),
                }
            };
            all.into_iter().enumerate().map(block).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_not_touched_stays_to_the_byte(all in questions(), one in 0..6_usize, other in 0..6_usize) {
            let (one, other) = (one % all.len(), other % all.len());
            let whole = |all: &[String]| format!("# 頭\nprocedure: tree\npages:\n  p:\n    fields:\n{}  # 足\ncomplete: yes # 終\n", all.concat());
            let text = whole(&all);
            let key = format!("q{one}");
            let path = ["pages", "p", "fields", key.as_str()];
            let gone = remove(&text, "tree", &path, false).unwrap();
            let mut rest = all.clone();
            let mut cut = rest.remove(one);
            let comment = cut.starts_with("      #").then(|| cut.split_off(cut.find('\n').unwrap() + 1)).map(|_| cut.clone());
            let mut kept = rest.clone();
            kept.insert(one, comment.unwrap_or_default());
            prop_assert_eq!(gone, whole(&kept));
            if one != other {
                let sibling = format!("q{other}");
                let moved = put_beside(&text, "tree", &path, Beside::Behind(&sibling)).unwrap();
                let at = rest.iter().position(|block| *block == all[other]).unwrap();
                rest.insert(at + 1, all[one].clone());
                prop_assert_eq!(moved, whole(&rest));
            }
            let added = add(&text, "tree", &["pages", "p", "fields", "new"], "{ kind: text }").unwrap();
            let mut more = all.clone();
            more.push("      new: { kind: text }\n".to_owned());
            prop_assert_eq!(added, whole(&more));
        }
    }
}
