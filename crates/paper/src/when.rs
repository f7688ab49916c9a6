//! A condition as a sentence on paper: 「3」で「転入」を選んだ方. What has no such words points to the questions that it rests on.

use std::collections::HashMap;

use definitions::{
    condition::{Comparison, Condition, Node},
    field::{Field, Kind, Options},
    ids::FieldId,
    procedure::Procedure,
    text::Language,
    town::Town,
};

use crate::prefill::Prefill;

/// The questions of a form with their numbers, and what their options are called.
pub(crate) struct Numbered {
    by_id: HashMap<String, Known>,
}

struct Known {
    number: String,
    kind: Asked,
    options: HashMap<String, String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// はい or いいえ.
    YesNo,
    /// Options, a date, a count …
    Other,
}

impl Numbered {
    /// Numbers the questions that a form asks, through all its pages.
    pub(crate) fn of(town: &Town, procedure: &Procedure, prefill: Option<&Prefill>) -> Numbered {
        let mut by_id = HashMap::new();
        let mut next = 0;
        for page in procedure.pages.values().filter(|page| prefill.is_none_or(|prefill| prefill.shows(page))) {
            for field in page.fields.values().filter(|field| !matches!(field.kind, Kind::Note)) {
                if prefill.is_some_and(|prefill| !prefill.asks(field.id.as_str())) {
                    continue;
                }
                next += 1;
                by_id.insert(field.id.to_string(), Known::of(town, field, next.to_string()));
                for (place, inner) in field.kind.group_fields().into_iter().flat_map(|fields| fields.values()).enumerate() {
                    by_id.entry(inner.id.to_string()).or_insert_with(|| Known::of(town, inner, format!("({})", place + 1)));
                }
            }
        }
        Numbered { by_id }
    }

    pub(crate) fn number_of(&self, field: &FieldId) -> String {
        self.by_id.get(field.as_str()).map(|known| known.number.clone()).unwrap_or_default()
    }
}

impl Known {
    fn of(town: &Town, field: &Field, number: String) -> Known {
        let options = match &field.kind {
            Kind::Choice { options: Options::Listed(listed), .. }
            | Kind::Choices { options: Options::Listed(listed), .. }
            | Kind::Ranked { options: Options::Listed(listed), .. } => {
                listed.iter().map(|(id, text)| (id.to_string(), town.say_plainly(text, Language::Ja))).collect()
            }
            _ => HashMap::new(),
        };
        let kind = if matches!(field.kind, Kind::YesNo | Kind::Consent) { Asked::YesNo } else { Asked::Other };
        Known { number, kind, options }
    }
}

/// Whom a condition lets through: …の方のみ.
pub(crate) fn in_words(condition: &Condition, numbered: &Numbered) -> String {
    let nodes = condition.plan.nodes();
    let whole = nodes.len().checked_sub(1).and_then(|last| sentence(nodes, last, numbered, true));
    match whole {
        Some(whole) => format!("{whole}方のみ"),
        None => {
            let names = condition.references().names;
            let mut questions: Vec<&str> =
                names.iter().filter_map(|name| numbered.by_id.get(name.split('.').next()?)).map(|known| known.number.as_str()).collect();
            questions.sort_by_key(|number| number.trim_matches(['(', ')']).parse::<u32>().unwrap_or(u32::MAX));
            questions.dedup();
            match questions.as_slice() {
                [] => "該当する方のみ".to_owned(),
                questions => format!("該当する方のみ（{}の答えによります）", questions.join("・")),
            }
        }
    }
}

/// A node as what comes before 「方」; `holds` false: its opposite. `None`: it has no words.
fn sentence(nodes: &[Node], place: usize, numbered: &Numbered, holds: bool) -> Option<String> {
    let at = |place: &u32| nodes.get(*place as usize);
    match nodes.get(place)? {
        Node::Name(name) => {
            let known = numbered.by_id.get(name).filter(|known| known.kind == Asked::YesNo)?;
            Some(format!("{}が「{}」の", known.number, if holds { "はい" } else { "いいえ" }))
        }
        Node::Not(inner) => sentence(nodes, *inner as usize, numbered, !holds),
        Node::And(all) | Node::Or(all) => {
            let is_and = matches!(nodes.get(place)?, Node::And(_)) == holds;
            let parts: Option<Vec<String>> = all.iter().map(|part| sentence(nodes, *part as usize, numbered, holds)).collect();
            let parts = merged(parts?, is_and);
            // Longer than a person follows on paper.
            (parts.len() <= 3).then(|| parts.join(if is_and { "方で、かつ、" } else { "方、または、" }))
        }
        Node::Compare(sign @ (Comparison::Equal | Comparison::NotEqual), a, b) => {
            let (name, option) = match (at(a)?, at(b)?) {
                (Node::Name(name), Node::Text(option)) | (Node::Text(option), Node::Name(name)) => (name, option),
                _ => return None,
            };
            chosen(numbered, name, &[option.as_str()], (*sign == Comparison::Equal) == holds)
        }
        Node::In(a, b) => match (at(a)?, at(b)?) {
            (Node::Text(option), Node::Name(name)) => chosen(numbered, name, &[option.as_str()], holds),
            (Node::Name(name), Node::List(options)) => {
                let options: Option<Vec<&str>> = options.iter().map(|place| text(at(place)?)).collect();
                chosen(numbered, name, &options?, holds)
            }
            _ => None,
        },
        Node::Has(inner) => match at(inner)? {
            Node::Name(name) => {
                let known = numbered.by_id.get(name)?;
                Some(format!("{}に{}", known.number, if holds { "書いた" } else { "何も書かない" }))
            }
            _ => None,
        },
        _ => None,
    }
}

fn text(node: &Node) -> Option<&str> {
    if let Node::Text(text) = node { Some(text) } else { None }
}

fn chosen(numbered: &Numbered, name: &str, options: &[&str], is_chosen: bool) -> Option<String> {
    let known = numbered.by_id.get(name)?;
    let labels: Option<Vec<&str>> = options.iter().map(|option| known.options.get(*option).map(String::as_str)).collect();
    let labels: Vec<String> = labels?.iter().map(|label| format!("「{label}」")).collect();
    // 1 で「A」「B」のどれかを選んだ
    let which = if labels.len() > 1 { format!("{}のどれか", labels.concat()) } else { labels.concat() };
    Some(if is_chosen {
        format!("{}で{which}を選んだ", known.number)
    } else {
        format!("{}で{which}以外を選んだ", known.number)
    })
}

/// `a == 'x' || a == 'y'` is one question with two options: 「x」か「y」を選んだ.
fn merged(parts: Vec<String>, is_and: bool) -> Vec<String> {
    if is_and {
        return parts;
    }
    let mut merged: Vec<String> = Vec::new();
    for part in parts {
        let split =
            |text: &str| text.strip_suffix("を選んだ").and_then(|text| text.split_once('で')).map(|(n, o)| (n.to_owned(), o.to_owned()));
        match (merged.last().and_then(|last| split(last)), split(&part)) {
            (Some((before, options)), Some((number, option)))
                if before == number && !option.ends_with("以外") && !options.ends_with("以外") =>
            {
                if let Some(last) = merged.last_mut() {
                    *last = format!("{number}で{options}か{option}を選んだ");
                }
            }
            _ => merged.push(part),
        }
    }
    merged
}
