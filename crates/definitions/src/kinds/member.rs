//! 世帯員: someone of the household, chosen from those the town knows for this account; everyone else by name and birth date.

use std::{collections::BTreeMap, sync::Arc};

use super::{Asked, Nature, Parsed, Shape, Wrong, date, name};
use crate::{
    answer::{self, Answer},
    condition::{RecordValue, Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 世帯員.
pub(super) struct Member;

/// What is posted for someone who is not listed.
const OTHER: &str = "other";

impl Nature for Member {
    fn shape(&self) -> Shape {
        Shape::OneOf
    }

    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        let is_empty = |name: &str| typed.first(name).is_none_or(|value| value.trim().is_empty());
        is_empty(path) && is_empty(&format!("{path}.name")) && date::is_blank(typed, &format!("{path}.born"))
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        match asked.whole() {
            "" | OTHER => by_hand(asked, asked.whole() == OTHER),
            id => chosen(asked, id),
        }
    }

    fn when_missing(&self) -> &'static str {
        "kind-choice-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::person(&indexmap::IndexMap::new()))
    }

    /// As it was answered; [`super::value`] knows more of someone who was chosen.
    fn value(&self, answer: &Answer) -> Value {
        let Answer::Member(member) = answer else { return Value::Absent };
        let mut fields = BTreeMap::from([("name".to_owned(), Value::text(&member.name))]);
        fields.extend(member.id.as_ref().map(|id| ("id".to_owned(), Value::text(id))));
        fields.extend(member.kana.as_ref().map(|kana| ("kana".to_owned(), Value::text(kana))));
        fields.extend(member.born.map(|born| ("born".to_owned(), Value::Date(born))));
        let id = member.id.as_deref().map(Into::into);
        Value::Record(Arc::new(RecordValue { id, fields, missing: Value::Unknown }))
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        let Value::Record(record) = value else { return None };
        let text = |name: &str| match record.fields.get(name) {
            Some(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let born = if let Some(Value::Date(born)) = record.fields.get("born") { Some(*born) } else { None };
        let id = record.id.as_deref().map(str::to_owned);
        Some(Answer::Member(answer::Member { id, name: text("name")?, kana: text("kana"), born }))
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Member(member) = answer else { return };
        match &member.id {
            Some(id) => into.set(path, [id]),
            None => {
                into.set(path, [OTHER]);
                into.set(format!("{path}.name"), [&member.name]);
                if let Some(born) = member.born {
                    date::type_back(born, &format!("{path}.born"), into);
                }
            }
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        let Answer::Member(member) = answer else { return String::new() };
        let born = member.born.map(|born| match language {
            Language::Ja => format!("（{}生まれ）", date::in_words(born, language)),
            Language::Easy => format!("（{} 生まれ）", date::in_words(born, language)),
            Language::En => format!(" (born {})", date::in_words(born, language)),
        });
        format!("{}{}", member.name, born.unwrap_or_default())
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        let Answer::Member(member) = answer else { return Vec::new() };
        let born = member.born.map(|born| born.to_string());
        [Some(member.name.clone()), member.kana.clone(), born].into_iter().flatten().collect()
    }
}

/// Someone of the list. Who is not on it is refused: another household's child is nobody's to enrol.
fn chosen(asked: &Asked<'_>, id: &str) -> Parsed {
    let is_listed = asked.listed.is_some_and(|listing| listing.iter().any(|one| one.key == id));
    let person = asked.household.iter().find(|person| person.id.as_deref() == Some(id)).filter(|_| is_listed);
    let Some(person) = person else { return Err(vec![Wrong::whole("kind-member-not-listed")]) };
    Ok(Some(Answer::Member(answer::Member {
        id: person.id.clone(),
        name: person.name.clone(),
        kana: person.kana.clone(),
        born: person.born,
    })))
}

fn by_hand(asked: &Asked<'_>, was_said: bool) -> Parsed {
    let born_path = format!("{}.born", asked.path);
    let typed_name = asked.part("name");
    if !was_said && typed_name.is_empty() && date::is_blank(asked.typed, &born_path) {
        return Ok(None);
    }
    let mut wrongs = Vec::new();
    let name = match typed_name {
        "" => {
            wrongs.push(Wrong::part("name", "kind-member-name-required"));
            None
        }
        typed_name => {
            name::read(typed_name, "").map_err(|found| wrongs.extend(found.into_iter().map(|wrong| Wrong { part: "name", ..wrong }))).ok()
        }
    };
    let born = match date::read(asked.typed, &born_path) {
        Ok(None) => {
            wrongs.push(Wrong::part("born", "kind-member-born-required"));
            None
        }
        Ok(born) => born,
        Err(found) => {
            wrongs.extend(found.into_iter().map(|wrong| Wrong { part: "born", ..wrong }));
            None
        }
    };
    match name {
        Some(name) if wrongs.is_empty() => Ok(Some(Answer::Member(answer::Member { id: None, name: name.whole(), kana: None, born }))),
        _ => Err(wrongs),
    }
}
