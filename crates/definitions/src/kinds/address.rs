//! 住所: 郵便番号, the line, and the building. The line is kept as typed: it is what letters are sent to.

use std::sync::Arc;

use jp::postal::PostalCode;

use super::{Asked, Nature, Parsed, Shape, Wrong};
use crate::{
    answer::{Answer, PostalAddress},
    condition::{RecordValue, Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 住所.
pub(super) struct Address;

impl Nature for Address {
    fn shape(&self) -> Shape {
        Shape::Parts
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let one_line = |part: &str| asked.part(part).replace('\n', " ");
        let (code, building) = (asked.part("postal"), one_line("building"));
        let line = if asked.part("text").is_empty() { asked.whole().replace('\n', " ") } else { one_line("text") };
        if code.is_empty() && building.is_empty() && line.is_empty() {
            return Ok(None);
        }
        let mut wrongs = Vec::new();
        let postal_code = match code {
            "" => None,
            code => PostalCode::parse(code)
                .map(|code| code.digits())
                .map_err(|_| wrongs.push(Wrong::part("postal", "kind-address-postal-code")))
                .ok(),
        };
        if line.is_empty() {
            wrongs.push(Wrong::part("text", "kind-address-line-required"));
        }
        let most = jp::address::Address::LETTERS_MAX;
        for (part, text) in [("text", &line), ("building", &building)] {
            let count = jp::name::letters(text);
            if count > most {
                wrongs.push(Wrong::part(part, "kind-text-too-long").with("count", count).with("most", most));
            }
        }
        if !wrongs.is_empty() {
            return Err(wrongs);
        }
        let building = (!building.is_empty()).then_some(building);
        Ok(Some(Answer::Address(PostalAddress { postal_code, line, building })))
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::address())
    }

    fn value(&self, answer: &Answer) -> Value {
        let Answer::Address(address) = answer else { return Value::Absent };
        let mut fields = std::collections::BTreeMap::from([("line".to_owned(), Value::text(&address.line))]);
        for (name, text) in [("postal_code", &address.postal_code), ("building", &address.building)] {
            fields.extend(text.as_ref().map(|text| (name.to_owned(), Value::text(text))));
        }
        Value::Record(Arc::new(RecordValue { id: None, fields, missing: Value::Absent }))
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        let Value::Record(record) = value else { return None };
        let text = |name: &str| match record.fields.get(name) {
            Some(Value::Text(text)) if !text.is_empty() => Some(text.to_string()),
            _ => None,
        };
        let line = text("line")?;
        Some(Answer::Address(PostalAddress { postal_code: text("postal_code"), line, building: text("building") }))
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::Address(address) = answer else { return };
        into.set(format!("{path}.postal"), [address.postal_code.as_deref().unwrap_or("")]);
        into.set(format!("{path}.text"), [&address.line]);
        into.set(format!("{path}.building"), [address.building.as_deref().unwrap_or("")]);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        let Answer::Address(address) = answer else { return String::new() };
        let code = address.postal_code.as_deref().and_then(|code| PostalCode::parse(code).ok());
        let code = code.map(|code| format!("〒{code}"));
        let parts = [code.as_deref(), Some(address.line.as_str()), address.building.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        let Answer::Address(address) = answer else { return Vec::new() };
        let whole = format!("{}{}", address.line, address.building.as_deref().unwrap_or(""));
        let key = jp::address::match_key(&whole);
        address.postal_code.iter().cloned().chain([whole, key]).collect()
    }
}
