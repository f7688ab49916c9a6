//! Answers in JSON, in the shapes that [`crate::schema`] describes.
//!
//! What comes in becomes what a person would have typed into the form: from there on the same reading, the same rules and the same words as on
//! the pages. Only what has no shape at all (a list where a text belongs, a question that nobody asks) is told here.

use definitions::{
    answer::{Account, Answer, Answers, Deposit, FileAnswer, Signature},
    field::{Field, Kind},
    ids::FieldId,
    procedure::Procedure,
    typed::{TooMuch, Typed, rows_name},
};
use serde_json::{Map, Value, json};

use crate::pointer;

/// What is wrong with the shape of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misshapen {
    /// Where, as a JSON pointer below the answers (RFC 6901).
    pub(crate) pointer: String,
    /// The id of the words that say it.
    pub(crate) id: &'static str,
    /// What those fill in.
    pub(crate) expected: &'static str,
}

/// The value of a list of the household for somebody who is typed by hand.
const BY_HAND: &str = "other";

/// What would have been typed to give these answers.
///
/// # Errors
/// Every shape that fits no question.
pub(crate) fn typed(procedure: &Procedure, answers: &Value) -> Result<Typed, Vec<Misshapen>> {
    let mut reading = Reading::default();
    reading.object(answers, |id| procedure.pages.values().find_map(|page| page.fields.get(id)), "", "");
    let pairs = std::mem::take(&mut reading.pairs);
    match Typed::from_pairs(pairs) {
        Ok(typed) if reading.wrong.is_empty() => Ok(typed),
        Ok(_) => Err(reading.wrong),
        Err(TooMuch::Name) => Err(vec![wrong("", "api-answer-unknown", "")]),
        Err(_) => Err(vec![wrong("", "api-answer-too-much", "")]),
    }
}

fn wrong(pointer: &str, id: &'static str, expected: &'static str) -> Misshapen {
    Misshapen { pointer: pointer.to_owned(), id, expected }
}

#[derive(Default)]
struct Reading {
    pairs: Vec<(String, String)>,
    wrong: Vec<Misshapen>,
}

impl Reading {
    fn object<'f>(&mut self, value: &Value, find: impl Fn(&str) -> Option<&'f Field>, path: &str, at: &str) {
        let Value::Object(members) = value else { return self.not(at, "object") };
        for (id, value) in members {
            let below = format!("{at}/{}", pointer::escaped(id));
            match find(id) {
                Some(field) if !matches!(field.kind, Kind::Note) => {
                    let path = if path.is_empty() { id.clone() } else { format!("{path}.{id}") };
                    self.field(field, value, path, &below);
                }
                _ => self.wrong.push(wrong(&below, "api-answer-unknown", "")),
            }
        }
    }

    fn field(&mut self, field: &Field, value: &Value, path: String, at: &str) {
        if value.is_null() {
            return;
        }
        match &field.kind {
            Kind::Text { .. } | Kind::LongText { .. } | Kind::Kana | Kind::Date | Kind::Choice { .. } | Kind::Phone | Kind::Mail => {
                self.text(value, path, at);
            }
            Kind::IndividualNumber { .. } => self.text(value, path, at),
            Kind::Number { .. } | Kind::Money => match value.as_i64() {
                Some(number) => self.pairs.push((path, number.to_string())),
                None => self.not(at, "integer"),
            },
            // As a text it is exact; a number is taken as it is written.
            Kind::Decimal { .. } => match value {
                Value::String(text) => self.pairs.push((path, text.clone())),
                Value::Number(number) => self.pairs.push((path, number.to_string())),
                _ => self.not(at, "string"),
            },
            Kind::Choices { .. } | Kind::Ranked { .. } => match value.as_array() {
                Some(several) => {
                    several.iter().enumerate().for_each(|(place, one)| self.text(one, path.clone(), &format!("{at}/{place}")));
                }
                None => self.not(at, "array"),
            },
            Kind::YesNo => match value.as_bool() {
                Some(yes) => self.pairs.push((path, if yes { "yes" } else { "no" }.to_owned())),
                None => self.not(at, "boolean"),
            },
            Kind::Consent => match value.as_bool() {
                Some(true) => self.pairs.push((path, "yes".to_owned())),
                Some(false) => {}
                None => self.not(at, "boolean"),
            },
            Kind::PersonName if value.is_string() => self.text(value, path, at),
            Kind::PersonName => self.parts(value, &path, at, &["family", "given"]),
            Kind::Address => self.parts(value, &path, at, &["postal_code", "line", "building"]),
            Kind::Place => self.parts(value, &path, at, &["words", "position"]),
            Kind::BankAccount => self.parts(value, &path, at, &["kind", "bank", "branch", "deposit", "number", "holder", "symbol"]),
            Kind::HouseholdMember { .. } => {
                self.pairs.push((path.clone(), BY_HAND.to_owned()));
                self.parts(value, &path, at, &["name", "kana", "born"]);
            }
            Kind::Signature if value.is_string() => self.text(value, format!("{path}.typed"), at),
            Kind::Signature if value.is_array() => self.pairs.push((path, value.to_string())),
            Kind::Signature => self.not(at, "string"),
            Kind::Files { .. } => self.wrong.push(wrong(at, "api-answer-document", "")),
            Kind::Note => {}
            Kind::Group { fields, .. } => match value.as_array() {
                Some(rows) => {
                    self.pairs.push((rows_name(&path), rows.len().to_string()));
                    for (row, value) in rows.iter().enumerate() {
                        self.object(value, |id| fields.get(id), &format!("{path}.{row}"), &format!("{at}/{row}"));
                    }
                }
                None => self.not(at, "array"),
            },
        }
    }

    fn text(&mut self, value: &Value, path: String, at: &str) {
        match value.as_str() {
            Some(text) => self.pairs.push((path, text.to_owned())),
            None => self.not(at, "string"),
        }
    }

    fn parts(&mut self, value: &Value, path: &str, at: &str, known: &[&str]) {
        let Value::Object(members) = value else { return self.not(at, "object") };
        let is_post = members.get("kind").and_then(Value::as_str) == Some("post");
        for (part, value) in members {
            let below = format!("{at}/{}", pointer::escaped(part));
            if !known.contains(&part.as_str()) {
                self.wrong.push(wrong(&below, "api-answer-unknown", ""));
                continue;
            }
            let input = match part.as_str() {
                "postal_code" => "postal",
                "line" => "text",
                "number" if is_post => "post_number",
                part => part,
            };
            if !value.is_null() {
                self.text(value, format!("{path}.{input}"), &below);
            }
        }
    }

    fn not(&mut self, at: &str, expected: &'static str) {
        self.wrong.push(wrong(at, "api-answer-type", expected));
    }
}

/// What was typed into a draft, in the shapes in which it comes in. A number that is none comes back as the text that it is; documents stand
/// apart ([`documents`]) and an individual number does not come back.
pub(crate) fn of_typed(procedure: &Procedure, typed: &Typed) -> Value {
    Value::Object(typed_fields(procedure.pages.values().flat_map(|page| &page.fields), typed, ""))
}

fn typed_fields<'f>(fields: impl Iterator<Item = (&'f FieldId, &'f Field)>, typed: &Typed, prefix: &str) -> Map<String, Value> {
    fields.filter_map(|(id, field)| Some((id.to_string(), typed_field(field, typed, &format!("{prefix}{id}"))?))).collect()
}

fn typed_field(field: &Field, typed: &Typed, path: &str) -> Option<Value> {
    let part = |name: &str| typed.first(&format!("{path}.{name}")).filter(|text| !text.is_empty());
    let object = |parts: &[(&str, &str)]| {
        let found: Map<String, Value> = parts.iter().filter_map(|(name, input)| Some(((*name).to_owned(), part(input)?.into()))).collect();
        (!found.is_empty()).then_some(Value::Object(found))
    };
    let whole = || typed.first(path).filter(|text| !text.is_empty());
    match &field.kind {
        Kind::Note | Kind::Files { .. } | Kind::IndividualNumber { .. } => None,
        Kind::Number { .. } | Kind::Money => whole().map(|text| text.parse::<i64>().map_or_else(|_| text.into(), Value::from)),
        Kind::Choices { .. } | Kind::Ranked { .. } => {
            let several: Vec<&String> = typed.all(path).iter().filter(|text| !text.is_empty()).collect();
            (!several.is_empty()).then(|| json!(several))
        }
        Kind::YesNo | Kind::Consent => whole().map(|text| json!(text == "yes")),
        Kind::PersonName => whole().map(Value::from).or_else(|| object(&[("family", "family"), ("given", "given")])),
        Kind::Address => object(&[("postal_code", "postal"), ("line", "text"), ("building", "building")]),
        Kind::Place => object(&[("words", "words"), ("position", "position")]),
        Kind::BankAccount if part("kind") == Some("post") => {
            object(&[("kind", "kind"), ("symbol", "symbol"), ("number", "post_number"), ("holder", "holder")])
        }
        Kind::BankAccount => {
            let parts = ["kind", "bank", "branch", "deposit", "number", "holder"];
            object(&parts.map(|part| (part, part)))
        }
        Kind::HouseholdMember { .. } => object(&[("name", "name"), ("kana", "kana"), ("born", "born")]),
        Kind::Signature => part("typed").map(Value::from).or_else(|| whole().and_then(|drawn| serde_json::from_str(drawn).ok())),
        Kind::Group { fields, at_most, .. } => {
            let rows = if typed.is_touched(path) { typed.rows(path, 0, *at_most) } else { 0 };
            let rows = (0..rows).map(|row| Value::Object(typed_fields(fields.iter(), typed, &format!("{path}.{row}."))));
            let mut rows: Vec<Value> = rows.collect();
            // Rows at the end that hold nothing are no rows, as the form has it.
            while rows.last().is_some_and(|row| row.as_object().is_some_and(Map::is_empty)) {
                rows.pop();
            }
            (!rows.is_empty()).then_some(Value::Array(rows))
        }
        _ => whole().map(Value::from),
    }
}

/// The documents of a draft by the path of their question.
pub(crate) fn documents(procedure: &Procedure, typed: &Typed) -> Value {
    let asks = |path: &str| {
        procedure.pages.values().any(|page| matches!(cases::filing::kind_at(typed, &page.fields, path), Some(Kind::Files { .. })))
    };
    let of = |values: &[String]| -> Vec<Value> {
        values.iter().filter_map(|json| serde_json::from_str::<FileAnswer>(json).ok()).map(|file| document(&file)).collect()
    };
    let found = typed.iter().filter(|(path, values)| !values.is_empty() && asks(path));
    Value::Object(found.map(|(path, values)| (path.to_owned(), Value::Array(of(values)))).collect())
}

fn document(file: &FileAnswer) -> Value {
    json!({ "file": handle(&file.file), "name": file.name, "media": file.media, "bytes": file.bytes })
}

/// What a document is called outside: where the file store keeps it stays inside.
pub(crate) fn handle(file: &str) -> String {
    use sha2::Digest;
    access::token::hex(&sha2::Sha256::digest(file.as_bytes())[..16])
}

/// Understood answers in the same shapes, with documents as name, kind and size.
pub(crate) fn of_answers(answers: &Answers) -> Value {
    Value::Object(answers.iter().map(|(id, answer)| (id.to_string(), of_answer(answer))).collect())
}

fn of_answer(answer: &Answer) -> Value {
    let files = |files: &[FileAnswer]| files.iter().map(document).collect::<Vec<_>>();
    match answer {
        Answer::Text(text) | Answer::Kana(text) | Answer::Choice(text) | Answer::Phone(text) | Answer::Mail(text) => text.as_str().into(),
        Answer::PersonName(name) => some_of(&[("family", Some(&name.family)), ("given", name.given.as_ref())]),
        Answer::Date(day) => day.to_string().into(),
        Answer::Number(number) | Answer::Money(number) => (*number).into(),
        Answer::Decimal(number) => number.to_string().into(),
        Answer::Choices(several) | Answer::Ranked(several) => json!(several),
        Answer::YesNo(yes) => (*yes).into(),
        Answer::Address(address) => some_of(&[
            ("postal_code", address.postal_code.as_ref()),
            ("line", Some(&address.line)),
            ("building", address.building.as_ref()),
        ]),
        Answer::Place(spot) => {
            let position = spot.position.map(|position| position.to_string());
            some_of(&[("words", Some(&spot.words).filter(|words| !words.is_empty())), ("position", position.as_ref())])
        }
        Answer::Member(member) => {
            let born = member.born.map(|born| born.to_string());
            some_of(&[("name", Some(&member.name)), ("kana", member.kana.as_ref()), ("born", born.as_ref())])
        }
        Answer::BankAccount(account) => of_account(account),
        // Kept apart, never handed out (番号法).
        Answer::IndividualNumber(_) => Value::Null,
        Answer::Files(kept) => json!(files(kept)),
        Answer::Papers(papers) => {
            json!({ "files": files(&papers.files), "ways": papers.ways.iter().map(|way| way.code()).collect::<Vec<_>>(), "note": papers.note })
        }
        Answer::Signature(Signature::Typed(name)) => name.as_str().into(),
        Answer::Signature(Signature::Drawn(strokes)) => json!(strokes),
        Answer::Consent => true.into(),
        Answer::Group(rows) => rows.iter().map(of_answers).collect(),
    }
}

fn some_of(parts: &[(&str, Option<&String>)]) -> Value {
    Value::Object(parts.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.as_ref()?.as_str().into()))).collect())
}

fn of_account(account: &Account) -> Value {
    match account {
        Account::Bank { bank, branch, deposit, number, holder } => {
            let deposit = match deposit {
                Deposit::Ordinary => "ordinary",
                Deposit::Current => "current",
                Deposit::Savings => "savings",
            };
            json!({ "kind": "bank", "bank": bank, "branch": branch, "deposit": deposit, "number": number, "holder": holder })
        }
        Account::PostBank { symbol, number, holder } => json!({ "kind": "post", "symbol": symbol, "number": number, "holder": holder }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use definitions::town::Town;
    use serde_json::json;

    use super::{of_typed, typed};

    #[test]
    fn decimals_and_places_come_in_exact_and_go_out_as_they_came() {
        let town = Town::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/mihon")).unwrap();
        let (road, felling) = (&town.procedures["road_damage"], &town.procedures["felling_report"]);
        let place = json!({ "place": { "words": "北町の橋", "position": "35.681236,139.767125" } });
        let read = typed(road, &place).unwrap();
        assert_eq!((read.first("place.words"), read.first("place.position")), (Some("北町の橋"), Some("35.681236,139.767125")));
        assert_eq!(of_typed(road, &read), place);
        let read = typed(felling, &json!({ "area": "0.80" })).unwrap();
        assert_eq!(of_typed(felling, &read), json!({ "area": "0.80" }));
        assert_eq!(typed(felling, &json!({ "area": 12.5 })).unwrap().first("area"), Some("12.5"));
        let told = |answers| typed(road, &answers).unwrap_err().remove(0);
        assert_eq!(told(json!({ "place": "北町の橋" })).expected, "object");
        assert_eq!(told(json!({ "place": { "latitude": "35" } })).pointer, "/place/latitude");
        assert_eq!(typed(felling, &json!({ "area": [1] })).unwrap_err()[0].expected, "string");
    }
}
