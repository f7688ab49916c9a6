//! 一か所だけを書きかえる One value of a text changed where it stands: comments, order and everything else stay as their author wrote them.

use saphyr_parser::{Event, Parser};

/// A node of a text with where it stands, in characters.
struct Spot {
    from: usize,
    to: usize,
    entries: Option<Vec<(String, Spot)>>,
}

/// A map or list that is not closed yet.
struct Open {
    from: usize,
    is_map: bool,
    key: Option<String>,
    entries: Vec<(String, Spot)>,
}

/// The text with a value at a path set; a key that is not there is added to the map that is. `None`: the text cannot be read, has no procedure,
/// or the path leads through something that is no map.
pub fn set(text: &str, path: &[&str], value: &str) -> Option<String> {
    let documents = read(text)?;
    let root = documents.iter().find(|document| document.get("procedure").is_some())?;
    let characters: Vec<char> = text.chars().collect();
    let mut at = root;
    let mut known = 0;
    while let Some(next) = path.get(known).and_then(|key| at.get(key)) {
        at = next;
        known += 1;
    }
    let written = quoted(value);
    let (from, to, new) = match path.get(known..)? {
        [] if at.entries.is_none() => (at.from, written_end(&characters, at), written),
        [] => return None,
        rest => insertion(&characters, at, rest, &written)?,
    };
    let mut changed: String = characters.get(..from)?.iter().collect();
    changed.push_str(&new);
    changed.extend(characters.get(to..)?);
    Some(changed)
}

/// Where a scalar ends, without the blanks and the line's end that follow it.
fn written_end(characters: &[char], at: &Spot) -> usize {
    let written = characters.get(at.from..at.to).unwrap_or_default();
    at.from + written.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1)
}

/// What is put in, and where, for keys that are not there yet.
fn insertion(characters: &[char], map: &Spot, rest: &[&str], written: &str) -> Option<(usize, usize, String)> {
    let entries = map.entries.as_ref().filter(|entries| !entries.is_empty())?;
    let (last, before) = rest.split_last()?;
    let flow = before.iter().rev().fold(format!("{last}: {written}"), |inner, key| format!("{key}: {{ {inner} }}"));
    if characters.get(map.from) == Some(&'{') {
        let end = written_end(characters, &entries.last()?.1);
        return Some((end, end, format!(", {flow}")));
    }
    // Below the last entry, as far in as the first.
    let line = characters.get(..map.from)?.iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
    let indent = " ".repeat(map.from - line);
    let end = written_end(characters, &entries.last()?.1);
    let end = characters.get(end..)?.iter().position(|c| *c == '\n').map_or(characters.len(), |at| end + at);
    Some((end, end, format!("\n{indent}{flow}")))
}

/// What JSON writes is YAML too. A word that needs no quotes gets none.
fn quoted(value: &str) -> String {
    let is_plain = !value.is_empty()
        && value.chars().all(|c| c.is_alphanumeric() || "ー・。、（）「」".contains(c))
        && !matches!(value, "null" | "~" | "true" | "false");
    if is_plain { value.to_owned() } else { serde_json::to_string(value).unwrap_or_default() }
}

impl Spot {
    fn get(&self, key: &str) -> Option<&Spot> {
        self.entries.as_ref()?.iter().find(|(name, _)| name == key).map(|(_, spot)| spot)
    }
}

fn read(text: &str) -> Option<Vec<Spot>> {
    let (mut documents, mut open): (Vec<Spot>, Vec<Open>) = (Vec::new(), Vec::new());
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let (from, to) = (span.start.index(), span.end.index());
        let closed = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                open.push(Open { from, is_map: matches!(event, Event::MappingStart(..)), key: None, entries: Vec::new() });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let one = open.pop()?;
                Spot { from: one.from, to, entries: one.is_map.then_some(one.entries) }
            }
            Event::Scalar(value, ..) => {
                if let Some(one) = open.last_mut().filter(|one| one.is_map && one.key.is_none()) {
                    one.key = Some(value.into_owned());
                    continue;
                }
                Spot { from, to, entries: None }
            }
            _ => continue,
        };
        match open.last_mut() {
            Some(one) => {
                let key = one.key.take().unwrap_or_default();
                one.entries.push((key, closed));
            }
            None => documents.push(closed),
        }
    }
    Some(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 木\nprocedure: tree # id\ntitle: 街路樹の伐採   # 名\npages:\n  what:\n    title: どの木か\n    fields:\n      \
                        place: { kind: text, label: 場所 } # 所\n      more:\n        kind: text\n        label: \"その他\"\ncomplete: yes\n";

    fn set_in(path: &str, value: &str) -> String {
        let path: Vec<&str> = path.split('.').collect();
        set(TEXT, &path, value).unwrap()
    }

    #[test]
    fn a_value_is_changed_where_it_stands_and_nothing_else() {
        assert_eq!(set_in("title", "生け垣の伐採"), TEXT.replace("街路樹の伐採", "生け垣の伐採"));
        assert_eq!(set_in("pages.what.fields.place.label", "木: どこ"), TEXT.replace("label: 場所", "label: \"木: どこ\""));
        assert_eq!(set_in("pages.what.fields.more.label", "ほか"), TEXT.replace("\"その他\"", "ほか"));
    }

    #[test]
    fn a_key_that_is_not_there_is_added_to_its_map() {
        assert_eq!(set_in("pages.what.fields.place.hint", "住所"), TEXT.replace("label: 場所 }", "label: 場所, hint: 住所 }"));
        assert_eq!(set_in("pages.what.fields.more.hint", "住所"), TEXT.replace("\"その他\"", "\"その他\"\n        hint: 住所"));
        assert_eq!(set_in("minutes", "5"), format!("{TEXT}minutes: 5\n").replace("yes\nminutes: 5\n", "yes\nminutes: 5\n"));
        assert_eq!(set_in("law.basis", "要綱"), TEXT.replace("complete: yes", "complete: yes\nlaw: { basis: 要綱 }"));
    }

    #[test]
    fn what_is_no_place_for_a_value_is_left_alone() {
        assert_eq!(set(TEXT, &["pages"], "x"), None);
        assert_eq!(set("procedure: [", &["title"], "x"), None);
        assert_eq!(set("words: en\n", &["title"], "x"), None);
    }
}
