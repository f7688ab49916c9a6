//! 一手 What the editor's form does to a procedure's text in one step, over what lies under it: a town's text may say only where it differs, and
//! then a question is taken away by `~` and moved by `after:`.

use definitions::{ids::ProcedureId, procedure::Procedure, sources::Sources};

use crate::{
    reshape::{self, Beside},
    spot::{self, Written, quoted},
    texts,
};

/// A procedure with the texts that lie under its own.
pub struct Ground {
    procedure: ProcedureId,
    under: Vec<(ProcedureId, String)>,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the first.
    Up,
    /// Towards the last.
    Down,
}

impl Ground {
    /// What lies under the text of a procedure in the town's folder.
    pub fn of(sources: &Sources, procedure: &ProcedureId, text: &str) -> Ground {
        Ground { procedure: procedure.clone(), under: texts::under(sources, procedure, text) }
    }

    fn written_below(&self, path: &[&str]) -> Vec<String> {
        let source = |(id, text): &(ProcedureId, String)| {
            let is_there = Written::of(text, id.as_str())?.find(path).is_some_and(|there| !there.is_removal());
            is_there.then(|| reshape::source(text, id.as_str(), path).unwrap_or_default())
        };
        self.under.iter().filter_map(source).collect()
    }

    fn stands_below(&self, path: &[&str]) -> bool {
        !self.written_below(path).is_empty()
    }

    /// The text with a value set.
    pub fn set(&self, text: &str, path: &[&str], value: &str) -> Option<String> {
        spot::set(text, self.procedure.as_str(), path, value)
    }

    /// The text without what stands at a path, here or below.
    pub fn remove(&self, text: &str, path: &[&str]) -> Option<String> {
        reshape::remove(text, self.procedure.as_str(), path, self.stands_below(path))
    }

    /// The text with a new entry; `value` is YAML in one line. `None`: it is there already.
    pub fn add(&self, text: &str, path: &[&str], value: &str) -> Option<String> {
        let own = Written::of(text, self.procedure.as_str())?;
        let is_gone = own.find(path).is_some_and(|there| there.is_removal());
        if self.stands_below(path) && !is_gone { None } else { reshape::add(text, self.procedure.as_str(), path, value) }
    }

    /// The text with one of a map's entries one place further; `order` are its entries as they come out of all texts together.
    pub fn shift(&self, text: &str, path: &[&str], order: &[String], way: Way) -> Option<String> {
        let (key, map) = path.split_last()?;
        let at = order.iter().position(|id| id == key)?;
        let other = match way {
            Way::Up => order.get(at.checked_sub(1)?)?,
            Way::Down => order.get(at + 1)?,
        };
        let written = Written::of(text, self.procedure.as_str())?;
        let of = |id: &str, more: &[&str]| [map, &[id], more].concat().iter().map(|part| (*part).to_owned()).collect::<Vec<String>>();
        let is_own = |id: &String| {
            let (path, wish) = (of(id, &[]), of(id, &["after"]));
            let (path, wish): (Vec<&str>, Vec<&str>) =
                (path.iter().map(String::as_str).collect(), wish.iter().map(String::as_str).collect());
            written.find(&path).is_some() && written.find(&wish).is_none() && !self.stands_below(&path)
        };
        if order.iter().all(is_own) {
            let beside = if way == Way::Up { Beside::Before(other) } else { Beside::Behind(other) };
            return reshape::put_beside(text, self.procedure.as_str(), path, beside);
        }
        // `after:` names the one before: who shall be the first makes way by the other's wish.
        let (who, behind) = match way {
            Way::Down => (*key, other.as_str()),
            Way::Up if at >= 2 => (*key, order.get(at - 2)?.as_str()),
            Way::Up => (other.as_str(), *key),
        };
        self.set(text, &[map, &[who, "after"]].concat(), behind)
    }

    /// The text with a question on another page.
    pub fn put_into(&self, text: &str, path: &[&str], to_map: &[&str]) -> Option<String> {
        let written = Written::of(text, self.procedure.as_str())?;
        let below = self.written_below(path);
        match (written.find(path).is_some(), below.as_slice()) {
            (true, []) => reshape::put_into(text, self.procedure.as_str(), path, to_map),
            // What only one text below says is said here, at the new place.
            (false, [source]) if !source.is_empty() => {
                let there = self.add(text, &[to_map, &[path.last()?]].concat(), source)?;
                self.remove(&there, path)
            }
            _ => None,
        }
    }

    /// The text with options as they are typed, one in a line: `id: 見出し`. `None`: a line is no option, or there is no place for it.
    pub fn options(&self, text: &str, path: &[&str], was: &str, now: &str) -> Option<String> {
        let (was, now) = (options(was)?, options(now)?);
        let at = |id: &str| [path, &[id]].concat().iter().map(|part| (*part).to_owned()).collect::<Vec<String>>();
        let mut changed = text.to_owned();
        for (id, label) in &now {
            let path = at(id);
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if !was.contains(&(id.clone(), label.clone())) {
                changed = self.set(&changed, &path, label)?;
            }
        }
        for (id, _) in was.iter().filter(|(id, _)| !now.iter().any(|(kept, _)| kept == id)) {
            let path = at(id);
            changed = self.remove(&changed, &path.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        // Where all of them stand here, they come in the order typed.
        let written = Written::of(&changed, self.procedure.as_str())?;
        let there = written.find(path).and_then(|map| map.map()).is_some_and(|entries| entries.len() == now.len());
        if there && !self.stands_below(path) {
            for pair in now.windows(2) {
                if let [(before, _), (id, _)] = pair {
                    let path = at(id);
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    changed = reshape::put_beside(&changed, self.procedure.as_str(), &path, Beside::Behind(before))?;
                }
            }
        }
        Some(changed)
    }

    /// The text with another kind. What a kind must say besides is begun in 〔 〕, which `check` asks to be written; options go with their kind.
    pub fn kind(&self, text: &str, path: &[&str], kind: &str) -> Option<String> {
        let mut changed = self.set(text, path, kind)?;
        let (_, question) = path.split_last()?;
        let options = [question, &["options"]].concat();
        let has = |text: &str| Written::of(text, self.procedure.as_str()).is_some_and(|own| own.find(&options).is_some());
        if !takes_options(kind) {
            if has(&changed) || self.stands_below(&options) {
                changed = self.remove(&changed, &options)?;
            }
            return Some(changed);
        }
        let from = [question, &["from"]].concat();
        let is_drawn =
            Written::of(&changed, self.procedure.as_str()).is_some_and(|own| own.find(&from).is_some()) || self.stands_below(&from);
        if !has(&changed) && !is_drawn && !self.stands_below(&options) {
            self.add(&changed, &options, FIRST_OPTIONS)
        } else {
            Some(changed)
        }
    }
}

const FIRST_OPTIONS: &str = "{ one: \"〔一つ目〕\", two: \"〔二つ目〕\" }";

/// Whether a kind is chosen from options.
pub fn takes_options(kind: &str) -> bool {
    matches!(kind, "choice" | "choices" | "ranked")
}

/// Options as they are typed, one in a line. `None`: a line is none, or one comes twice.
pub fn options(typed: &str) -> Option<Vec<(String, String)>> {
    let mut options: Vec<(String, String)> = Vec::new();
    for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, label) = line.split_once([':', '：'])?;
        let (id, label) = (id.trim(), label.trim());
        let is_good = id.parse::<definitions::ids::OptionId>().is_ok() && !label.is_empty();
        if !is_good || options.iter().any(|(known, _)| known == id) {
            return None;
        }
        options.push((id.to_owned(), label.to_owned()));
    }
    Some(options)
}

/// A new question, as its author writes it in one line.
pub fn question(kind: &str, label: &str, is_required: bool, chosen: &[(String, String)]) -> String {
    let mut written = format!("{{ kind: {kind}, label: {}", quoted(label));
    if !is_required && !matches!(kind, "group" | "note") {
        written += ", required: no";
    }
    if takes_options(kind) {
        let all: Vec<String> = chosen.iter().map(|(id, label)| format!("{id}: {}", quoted(label))).collect();
        written += &if all.is_empty() { format!(", options: {FIRST_OPTIONS}") } else { format!(", options: {{ {} }}", all.join(", ")) };
    }
    written += match kind {
        "group" => ", each: \"〔一つの呼び名〕\", count: 1..3, fields: { first: { kind: text, label: \"〔たずねること〕\" } }",
        "individual_number" => ", number_use: \"〔番号法の根拠〕\"",
        _ => "",
    };
    written + " }"
}

/// The entries of a map of pages or questions, in the order that residents see.
pub fn order(procedure: &Procedure, map: &[&str]) -> Vec<String> {
    let ids = |fields: &indexmap::IndexMap<definitions::ids::FieldId, definitions::field::Field>| {
        fields.keys().map(ToString::to_string).collect()
    };
    let ["pages", rest @ ..] = map else { return Vec::new() };
    let [page, rest @ ..] = rest else { return procedure.pages.keys().map(ToString::to_string).collect() };
    let Some(page) = procedure.pages.iter().find(|(id, _)| id.as_str() == *page).map(|(_, page)| page) else { return Vec::new() };
    let mut fields = &page.fields;
    let mut parts = rest.iter();
    while let (Some(_), Some(group)) = (parts.next(), parts.next()) {
        let inner = fields.iter().find(|(id, _)| id.as_str() == *group).and_then(|(_, field)| field.kind.group_fields());
        let Some(inner) = inner else { return Vec::new() };
        fields = inner;
    }
    ids(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELOW: &str = "procedure: tree\npages:\n  p:\n    title: 一\n    fields:\n      a: { kind: text, label: あ }\n      b: { kind: choice, label: い, \
                         options: { x: エ, y: ワ } }\n      c: { kind: text, label: う }\n  q: { title: 二, fields: { d: { kind: text, label: え } } }\n";
    const OVER: &str = "# 重ねる\nprocedure: tree\n";

    fn over() -> Ground {
        let id: ProcedureId = "tree".parse().unwrap();
        Ground { procedure: id.clone(), under: vec![(id, BELOW.to_owned())] }
    }

    fn alone() -> Ground {
        Ground { procedure: "tree".parse().unwrap(), under: Vec::new() }
    }

    fn order() -> Vec<String> {
        ["a", "b", "c"].map(str::to_owned).to_vec()
    }

    #[test]
    fn over_a_folder_below_what_moves_says_after_and_what_goes_is_a_tilde() {
        let down = over().shift(OVER, &["pages", "p", "fields", "a"], &order(), Way::Down).unwrap();
        assert_eq!(down, format!("{OVER}pages: {{ p: {{ fields: {{ a: {{ after: b }} }} }} }}\n"));
        let up = over().shift(OVER, &["pages", "p", "fields", "c"], &order(), Way::Up).unwrap();
        assert!(up.contains("c: { after: a }"), "{up}");
        let first = over().shift(OVER, &["pages", "p", "fields", "b"], &order(), Way::Up).unwrap();
        assert!(first.contains("a: { after: b }"), "{first}");
        assert_eq!(over().shift(OVER, &["pages", "p", "fields", "a"], &order(), Way::Up), None, "it is the first");
        let gone = over().remove(OVER, &["pages", "p", "fields", "c"]).unwrap();
        assert!(gone.contains("c: ~"), "{gone}");
        assert_eq!(over().add(OVER, &["pages", "p", "fields", "c"], "{ kind: text }"), None, "it stands below");
        let moved = over().put_into(OVER, &["pages", "p", "fields", "c"], &["pages", "q", "fields"]).unwrap();
        assert_eq!(
            moved,
            format!("{OVER}pages: {{ q: {{ fields: {{ c: {{ kind: text, label: う }} }} }}, p: {{ fields: {{ c: ~ }} }} }}\n")
        );
    }

    #[test]
    fn where_all_stands_in_one_text_the_lines_move() {
        let down = alone().shift(BELOW, &["pages", "p", "fields", "a"], &order(), Way::Down).unwrap();
        assert!(down.find("b: {").unwrap() < down.find("a: {").unwrap() && !down.contains("after"), "{down}");
        let gone = alone().remove(BELOW, &["pages", "q"]).unwrap();
        assert!(!gone.contains("二") && !gone.contains('~'), "{gone}");
    }

    #[test]
    fn options_are_changed_one_by_one_and_a_kind_brings_and_takes_them() {
        let path = ["pages", "p", "fields", "b", "options"];
        let changed = alone().options(BELOW, &path, "x: エ\ny: ワ", "z: オ\r\nx： エックス").unwrap();
        assert!(changed.contains("options: { z: オ, x: エックス }"), "{changed}");
        let changed = over().options(OVER, &path, "x: エ\ny: ワ", "x: エ").unwrap();
        assert!(changed.contains("options: { y: ~ }"), "{changed}");
        assert_eq!(alone().options(BELOW, &path, "x: エ", "エ"), None, "no option");
        let text = alone().kind(BELOW, &["pages", "p", "fields", "b", "kind"], "text").unwrap();
        assert!(text.contains("b: { kind: text, label: い }"), "{text}");
        let choice = alone().kind(BELOW, &["pages", "p", "fields", "a", "kind"], "choice").unwrap();
        assert!(choice.contains("a: { kind: choice, label: あ, options: { one: \"〔一つ目〕\""), "{choice}");
        assert_eq!(
            question("choice", "色: 何", false, &[("r".into(), "赤".into())]),
            "{ kind: choice, label: \"色: 何\", required: no, options: { r: 赤 } }"
        );
    }
}
