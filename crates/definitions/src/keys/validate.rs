//! A tree against the table: unknown keys, missing keys, values that are not what their key asks for.

use jiff::civil::{Date, DateTime};

use super::{Form, Shape, kind_form, kind_words, verb_form};
use crate::{
    ids::FieldId,
    inventory::InventoryId,
    problem::Problem,
    read::{Node, Value},
    values,
};

/// Longest text. A page's lead or a message on my page has some 600 characters.
const TEXT_CHARACTERS_MAX: usize = 8_000;

/// Checks a node against a shape; everything that is wrong below it is reported.
pub fn validate(node: &Node, shape: Shape, problems: &mut Vec<Problem>) {
    if node.is_nothing() {
        let hint = "値を書くか、キーごと消す（`~` は、下に重ねたフォルダにあるものを消すときだけ）";
        problems.push(Problem::new(&node.place, "何も書かれていない", hint));
        return;
    }
    match shape {
        Shape::Anything => {}
        Shape::List(inner) => list(node, *inner, problems),
        Shape::OneOrList(inner) => {
            if node.list().is_some() {
                list(node, *inner, problems);
            } else {
                validate(node, *inner, problems);
            }
        }
        Shape::Map(inner) => map(node, *inner, is_id, "英小文字で始まる英小文字・数字・_", problems),
        Shape::DayMap(inner) => map(node, *inner, |key| key.parse::<Date>().is_ok(), "2026-11-24 のような日付", problems),
        Shape::InventoryMap(inner) => {
            map(node, *inner, |key| key.parse::<InventoryId>().is_ok(), "棚卸調査の手続ID（9108 など）", problems)
        }
        Shape::Options => match node.list() {
            Some(_) => list(node, Shape::Id, problems),
            None => map(node, Shape::Words, is_id, "英小文字で始まる英小文字・数字・_", problems),
        },
        Shape::Form(form) => keyed(node, form, problems),
        Shape::WordOrForm(words, form) => {
            if node.text().is_some() {
                scalar(node, Shape::OneOf(words), problems);
            } else {
                keyed(node, form, problems);
            }
        }
        Shape::YesWhyNotOrForm(form) => {
            if node.map().is_some() {
                keyed(node, form, problems);
            } else {
                scalar(node, Shape::YesOrWhyNot, problems);
            }
        }
        Shape::Field => by_kind(node, false, problems),
        Shape::Column => by_kind(node, true, problems),
        Shape::Verb => by_verb(node, problems),
        _ => scalar(node, shape, problems),
    }
}

fn list(node: &Node, inner: Shape, problems: &mut Vec<Problem>) {
    match node.list() {
        Some(members) => members.iter().for_each(|member| validate(member, inner, problems)),
        None => problems.push(Problem::new(&node.place, "一覧ではない", "[a, b] の形で書く")),
    }
}

fn map(node: &Node, inner: Shape, good: fn(&str) -> bool, must: &str, problems: &mut Vec<Problem>) {
    let Some(map) = node.map() else {
        problems.push(Problem::new(&node.place, "id と中身の組ではない", "`id: 中身` を一行ずつ字下げして書く"));
        return;
    };
    for (key, entry) in map {
        if !good(key) {
            problems.push(Problem::new(&entry.key, format!("`{key}` は名前にできない"), format!("{must}で書く")));
        }
        validate(&entry.node, inner, problems);
    }
}

fn keyed(node: &Node, form: &'static Form, problems: &mut Vec<Problem>) {
    let Some(map) = node.map() else {
        let keys = form.all().map(|key| key.name).collect::<Vec<_>>().join("、");
        problems.push(Problem::new(&node.place, format!("{}のキーがない", form.says), format!("書けるキー：{keys}")));
        return;
    };
    for (name, entry) in map {
        match (form.key(name), form.others) {
            (Some(key), _) => validate(&entry.node, key.shape, problems),
            (None, Some(others)) if is_id(name) => validate(&entry.node, others, problems),
            (None, _) => problems.push(Problem::new(&entry.key, format!("`{name}` というキーはここにない"), instead(name, form))),
        }
    }
    for key in form.all().filter(|key| key.required && !map.contains_key(key.name)) {
        problems.push(Problem::new(&node.place, format!("`{}` がない", key.name), format!("`{}:` を書く：{}", key.name, key.says)));
    }
}

fn instead(name: &str, form: &'static Form) -> String {
    if name.contains([')', '(', '\'', '=', '<', '>']) {
        return "条件にコンマがあるときは、条件を引用符で囲む：\"age(born, today) >= 18\"".to_owned();
    }
    match nearest(name, form.all().map(|key| key.name)) {
        Some(near) => format!("`{near}` のことか"),
        None => format!("書けるキー：{}", form.all().map(|key| key.name).collect::<Vec<_>>().join("、")),
    }
}

fn by_kind(node: &Node, column: bool, problems: &mut Vec<Problem>) {
    let words = kind_words(column);
    let Some(kind) = node.get("kind").and_then(Node::text) else {
        problems.push(Problem::new(&node.place, "`kind` がない", format!("答えの種類を書く：{}", words.join("、"))));
        return;
    };
    match kind_form(kind, column) {
        Some(form) => keyed_column(node, form, column, problems),
        None => {
            let place = node.get("kind").map_or(&node.place, |kind| &kind.place);
            problems.push(Problem::new(place, format!("`{kind}` という種類はない"), one_of(kind, &words)));
        }
    }
}

/// A register's column need not be headed: it is never asked.
fn keyed_column(node: &Node, form: &'static Form, column: bool, problems: &mut Vec<Problem>) {
    let before = problems.len();
    keyed(node, form, problems);
    if column && node.get("label").is_none() {
        let mut kept = problems.split_off(before);
        kept.retain(|problem| problem.what != "`label` がない");
        problems.append(&mut kept);
    }
}

fn by_verb(node: &Node, problems: &mut Vec<Problem>) {
    let verbs: Vec<&str> = super::VERBS.iter().map(|(verb, _)| *verb).collect();
    let found = node.map().and_then(|map| map.keys().find_map(|key| verb_form(key)));
    match found {
        Some(form) => keyed(node, form, problems),
        None => problems.push(Problem::new(&node.place, "することが書かれていない", format!("動詞のどれかを書く：{}", verbs.join("、")))),
    }
}

fn scalar(node: &Node, shape: Shape, problems: &mut Vec<Problem>) {
    let Value::Text { text, .. } = &node.value else {
        problems.push(Problem::new(&node.place, "ここには一つの値を書く", "一覧や字下げした組ではなく、値そのものを書く"));
        return;
    };
    if text.trim().is_empty() {
        problems.push(Problem::new(&node.place, "空の文", "中身を書くか、キーごと消す"));
    } else if matches!(shape, Shape::Words | Shape::Line) && is_to_be_written(text) {
        problems.push(Problem::new(&node.place, format!("`{text}` は書きかけのまま"), "〔 〕ごと、中身に書きかえる"));
    } else if text.chars().count() > TEXT_CHARACTERS_MAX {
        problems.push(Problem::new(&node.place, "長すぎる", format!("{TEXT_CHARACTERS_MAX} 文字までにする")));
    } else if let Some((what, hint)) = wrong_scalar(text, shape) {
        problems.push(Problem::new(&node.place, what, hint));
    }
}

/// Whether a text stands where its author has yet to write one: `〔何のための手続か〕`, as `yakuba new` leaves it.
pub fn is_to_be_written(text: &str) -> bool {
    text.trim().strip_prefix('〔').is_some_and(|rest| rest.ends_with('〕'))
}

/// What is wrong with a scalar, and how to mend it.
fn wrong_scalar(text: &str, shape: Shape) -> Option<(String, String)> {
    let not = |good: bool, what: &str, hint: &str| if good { None } else { Some((format!("`{text}` は{what}"), hint.to_owned())) };
    match shape {
        Shape::Id => not(is_id(text), "id ではない", "英小文字で始め、英小文字・数字・_ で 64 文字まで"),
        Shape::InventoryId => not(
            text.parse::<InventoryId>().is_ok(),
            "棚卸調査の手続ID ではない",
            "`9108` のような 7 桁までの数、または `DP24108216` のような P・DP と 8 桁を書く",
        ),
        Shape::Number => not(text.parse::<i64>().is_ok(), "整数ではない", "数字だけで書く"),
        Shape::YesNo => not(matches!(text, "yes" | "no"), "yes か no ではない", "yes か no と書く"),
        Shape::YesOrWhyNot => not(text != "no", "理由になっていない", "できるなら yes、できないなら理由と代わりの方法を文で書く"),
        Shape::Period => not(values::period(text).is_some(), "期間ではない", "`14 days`、`2 business days`、`3 months` のように書く"),
        Shape::PeriodOrNone => not(
            text == "none" || values::period(text).is_some(),
            "期間ではない",
            "`14 days`、`2 business days`、`3 months`、`none` のように書く",
        ),
        Shape::PeriodOrNamed => not(
            matches!(text, "none" | "named") || values::period(text).is_some(),
            "期間ではない",
            "`30 days`、`none`、`named`（いつまでかを通知書で定める）のように書く",
        ),
        Shape::FiscalYears => not(values::fiscal_years(text).is_some(), "保存期間ではない", "`5 fiscal years` のように書く"),
        Shape::Day => not(text.parse::<Date>().is_ok(), "日付ではない", "`2026-11-24` のように書く"),
        // A day alone would mean its first moment, which nobody means who writes when something closes.
        Shape::Moment => not(text.contains('T') && text.parse::<DateTime>().is_ok(), "日時ではない", "`2027-01-31T17:00` のように書く"),
        Shape::Range => not(values::range(text).is_some(), "範囲ではない", "`1..4` のように、少ないほうから書く"),
        Shape::OneOf(words) if !words.contains(&text) => Some((format!("`{text}` は使えない"), one_of(text, words))),
        _ => None,
    }
}

fn one_of(text: &str, words: &[&str]) -> String {
    match nearest(text, words.iter().copied()) {
        Some(near) => format!("`{near}` のことか（{}）", words.join("、")),
        None => format!("どれかを書く：{}", words.join("、")),
    }
}

fn is_id(text: &str) -> bool {
    text.parse::<FieldId>().is_ok()
}

/// The known word that is nearest to a mistyped one, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two letters that changed places are two edits away.
    let letters = word.chars().count();
    let far = if letters < 4 { 1 } else { (letters / 3).max(2) };
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, near)| near)
}

/// Edit distance (Levenshtein), by rows.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(80).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            left = here;
            *cell = here;
        }
    }
    row.last().copied().unwrap_or(0)
}
