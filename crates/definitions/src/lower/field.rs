//! Questions.

use indexmap::IndexMap;

use super::{At, Gathered, town::SENSITIVITIES};
use crate::{
    condition::{Scope, Type},
    field::{ChoiceStyle, Field, Kind, Options},
    ids::*,
    keys::kind_form,
    kinds,
    pattern::Pattern,
    procedure::Period,
    read::{Node, Value},
    text::Text,
    values,
};

/// Characters of a line, when nothing else is said: longer than any name, shorter than a paragraph.
const TEXT_CHARACTERS: u32 = 200;
/// Characters of a long text: about two and a half pages of A4.
const LONG_TEXT_CHARACTERS: u32 = 4_000;
/// Digits behind the point of a decimal number, when nothing else is said: 12.5 ㎡.
const DECIMAL_PLACES: u8 = 1;
/// Files of one question: pages of a contract, photographed.
const FILES: u32 = 10;
/// Wishes in order.
const WISHES: u32 = 5;
/// Up to so many options are radio buttons; more are a list to open.
const RADIO_OPTIONS_MAX: usize = 8;

/// The questions under a key. Without a scope their conditions are left out: types first, conditions second.
pub(super) fn fields(at: &At<'_>, key: &str, scope: Option<&Scope>) -> IndexMap<FieldId, Field> {
    let base = at.path_of(key);
    at.map(key)
        .filter_map(|(id, node)| field(at.gathered, id, node, &format!("{base}.{id}"), scope))
        .map(|field| (field.id.clone(), field))
        .collect()
}

fn field(gathered: &Gathered, id: &str, node: &Node, path: &str, scope: Option<&Scope>) -> Option<Field> {
    let word = node.get("kind")?.text()?;
    let at = At::new(gathered, node, kind_form(word, false)?, path);
    let kind = kind(&at, word, scope)?;
    let label = match (at.text("label"), &kind) {
        (Some(label), _) => label,
        (None, Kind::Group { each, .. }) => each.clone(),
        (None, _) => at.needed_text("label"),
    };
    let expected = kinds::type_of(&kind);
    let default = match &expected {
        Some(expected) => at.condition("default", scope, expected),
        None => None,
    };
    if let Some(node) = at.key("default").filter(|_| kind.is_given_anew() || expected.is_none()) {
        gathered.problem(&node.place, "この種類には はじめの値を入れられない", "`default` を消す（署名・同意・個人番号は毎回あらためて）");
    }
    Some(Field {
        id: id.parse().ok()?,
        label,
        hint: at.text("hint"),
        required: at.yes("required").unwrap_or(!matches!(kind, Kind::Note)),
        when: at.condition("when", scope, &Type::Bool),
        default,
        sensitivity: at.word("sensitivity", SENSITIVITIES).unwrap_or_else(|| sensitivity(&kind)),
        kind,
    })
}

fn sensitivity(kind: &Kind) -> crate::field::Sensitivity {
    match kind {
        Kind::IndividualNumber { .. } => crate::field::Sensitivity::IndividualNumber,
        _ => crate::field::Sensitivity::Ordinary,
    }
}

/// What is answered, by the word for it.
pub(super) fn kind(at: &At<'_>, word: &str, scope: Option<&Scope>) -> Option<Kind> {
    Some(match word {
        "text" => Kind::Text { at_most: at.number("at_most").unwrap_or(TEXT_CHARACTERS), pattern: pattern(at) },
        "long_text" => Kind::LongText { at_most: at.number("at_most").unwrap_or(LONG_TEXT_CHARACTERS) },
        "kana" => Kind::Kana,
        "person_name" => Kind::PersonName,
        "date" => Kind::Date,
        "number" => Kind::Number { at_least: at.number("at_least"), at_most: at.number("at_most"), unit: at.text("unit") },
        "decimal" => Kind::Decimal {
            places: at.number("places").unwrap_or(DECIMAL_PLACES),
            at_least: at.decimal("at_least"),
            at_most: at.decimal("at_most"),
            unit: at.text("unit"),
        },
        "money" => Kind::Money,
        "choice" => choice(at)?,
        "choices" => Kind::Choices { options: options(at)?, at_least: at.number("at_least").unwrap_or(0), at_most: at.number("at_most") },
        "ranked" => Kind::Ranked { options: options(at)?, at_most: at.number("at_most").unwrap_or(WISHES) },
        "yes_no" => Kind::YesNo,
        "address" => Kind::Address,
        "place" => Kind::Place,
        "household_member" => Kind::HouseholdMember { when_listed: when_listed(at, scope) },
        "phone" => Kind::Phone,
        "mail" => Kind::Mail,
        "bank_account" => Kind::BankAccount,
        "individual_number" => Kind::IndividualNumber { number_use: number_use(at) },
        "files" => Kind::Files { at_most: at.number("at_most").unwrap_or(FILES), later_days: later_days(at) },
        "signature" => Kind::Signature,
        "consent" => Kind::Consent,
        "note" => Kind::Note,
        "group" => group(at, scope)?,
        _ => return None,
    })
}

/// The shape of a line; it is told to people in words, since nobody reads an expression.
fn pattern(at: &At<'_>) -> Option<Pattern> {
    let node = at.key("pattern")?;
    let Some(says) = at.text("pattern_says") else {
        at.gathered.problem(
            &node.place,
            "形の言い方がない",
            "`pattern_says:` に、どう書けばよいかを言葉で書く（半角の英字2字と数字6けた）",
        );
        return None;
    };
    let pattern = Pattern::new(node.text()?, says);
    pattern.map_err(|why| at.gathered.problem(&node.place, format!("形が読めない（{why}）"), "正規表現を直す（[0-9]{6} は数字6けた）")).ok()
}

fn choice(at: &At<'_>) -> Option<Kind> {
    let options = options(at)?;
    let many = match &options {
        Options::Listed(listed) => listed.len() > RADIO_OPTIONS_MAX,
        Options::Register { .. } => true,
    };
    let usual = if many { ChoiceStyle::Select } else { ChoiceStyle::Radio };
    let style = at.word("style", &[("radio", ChoiceStyle::Radio), ("select", ChoiceStyle::Select)]).unwrap_or(usual);
    Some(Kind::Choice { options, style })
}

fn options(at: &At<'_>) -> Option<Options> {
    let show = at.ids("show");
    let from = at.id::<RegisterId>("from");
    let node = at.key("options");
    match (node, from) {
        (None, Some(register)) => Some(Options::Register { register, show }),
        (Some(node), None) => Some(Options::Listed(listed(at, node))),
        _ => {
            at.gathered.problem(at.place(), "選択肢の出どころが一つに決まらない", "`options:`（id: 見出し）か `from:`（台帳）の一方を書く");
            None
        }
    }
}

/// Options by id with their words; a bare list of ids (days of the week) shows what another place says for the id.
fn listed(at: &At<'_>, node: &Node) -> IndexMap<OptionId, Text> {
    match &node.value {
        Value::List(list) => list
            .iter()
            .filter_map(|id| {
                let id = id.text()?;
                let shown = usual_words(id).unwrap_or(id);
                Some((id.parse().ok()?, Text::new(format!("{}.{id}", at.path_of("options")), shown)))
            })
            .collect(),
        _ => at.texts("options"),
    }
}

/// Days of the week need no words of their own.
fn usual_words(id: &str) -> Option<&'static str> {
    let days = [
        ("mon", "月曜日"),
        ("tue", "火曜日"),
        ("wed", "水曜日"),
        ("thu", "木曜日"),
        ("fri", "金曜日"),
        ("sat", "土曜日"),
        ("sun", "日曜日"),
    ];
    days.into_iter().find(|(day, _)| *day == id).map(|(_, words)| words)
}

fn when_listed(at: &At<'_>, scope: Option<&Scope>) -> Option<crate::condition::Condition> {
    let person = scope?.get("applicant").cloned().unwrap_or(Type::Any);
    let scope = scope?.clone().with("it", person);
    at.condition("when_listed", Some(&scope), &Type::Bool)
}

/// Without its basis in 番号法 an individual number may not be asked for at all.
fn number_use(at: &At<'_>) -> Text {
    at.text("number_use").unwrap_or_else(|| {
        let hint = "`number_use:` に番号法の根拠（番号法第9条第1項・別表の項）を書く。なければ、たずねない";
        at.gathered.problem(at.place(), "個人番号を使う根拠がない", hint);
        Text::new(at.path_of("number_use"), "")
    })
}

fn later_days(at: &At<'_>) -> Option<u16> {
    match at.period("later")? {
        Period::Days(days) => Some(days),
        Period::BusinessDays(_) | Period::Months(_) => {
            let place = at.key("later").map_or(at.place(), |node| &node.place);
            at.gathered.problem(place, "あとで出す期限は暦日で書く", "`14 days` のように書く");
            None
        }
    }
}

fn group(at: &At<'_>, scope: Option<&Scope>) -> Option<Kind> {
    let (at_least, at_most) = at.key("count").and_then(|node| values::range(node.text()?))?;
    // Inside, a question sees those of its own row too: the types of the row first, then its conditions.
    let scope = scope.map(|scope| {
        let quiet = at.gathered.quiet.replace(true);
        let row = fields(at, "fields", None);
        at.gathered.quiet.set(quiet);
        scope.clone().with_fields(&row)
    });
    let fields = fields(at, "fields", scope.as_ref());
    if let Some(inner) = fields.values().find(|field| matches!(field.kind, Kind::Group { .. })) {
        let place = at.node.get("fields").and_then(|node| node.get(inner.id.as_str())).map_or(at.place(), |node| &node.place);
        at.gathered.problem(place, "くりかえしの中に くりかえしは置けない", "内側を別の画面に出す");
    }
    Some(Kind::Group { each: at.needed_text("each"), at_least, at_most, fields })
}
