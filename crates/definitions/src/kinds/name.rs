//! 氏名: in one line, or as 氏 and 名. A single name and a name in Latin letters are names; selectors (IVS) stay.

use jp::name::{NAME_LETTERS_MAX, NameError, WrittenName};

use super::{Asked, Nature, Parsed, Shape, Wrong};
use crate::{
    answer::{Answer, Name},
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 氏名.
pub(super) struct PersonName;

impl Nature for PersonName {
    fn shape(&self) -> Shape {
        Shape::Parts
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let (whole, family, given) = (asked.whole(), asked.part("family"), asked.part("given"));
        // 氏 and 名 are what the page shows; a name in one line came from paper or was prefilled. Who has one name may have put it
        // into either box.
        match (family, given, whole) {
            ("", "", "") => Ok(None),
            ("", "", whole) => read(whole, "").map(|name| Some(Answer::PersonName(name))),
            ("", given, _) => read(given, "").map(|name| Some(Answer::PersonName(name))),
            (family, given, _) => read(family, given).map(|name| Some(Answer::PersonName(name))),
        }
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::PersonName(name) = answer { Value::text(name.whole()) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        let Value::Text(text) = value else { return None };
        // 佐藤 花子 is 氏 and 名; a name of one or of more than two words is not ours to divide.
        let words: Vec<&str> = text.split_whitespace().collect();
        let name = match words.as_slice() {
            [family, given] if !text.is_ascii() => read(family, given),
            _ => read(text, ""),
        };
        name.ok().map(Answer::PersonName)
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        let Answer::PersonName(name) = answer else { return };
        into.set(format!("{path}.family"), [&name.family]);
        into.set(format!("{path}.given"), [name.given.as_deref().unwrap_or("")]);
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        if let Answer::PersonName(name) = answer { name.whole() } else { String::new() }
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::PersonName(name) = answer { vec![name.whole()] } else { Vec::new() }
    }
}

/// Also for a member of the household who is typed by hand.
pub(super) fn read(family: &str, given: &str) -> Result<Name, Vec<Wrong>> {
    let family = WrittenName::parse(family).map_err(|error| vec![wrong("family", error)])?;
    let given = match given {
        "" => None,
        given => Some(WrittenName::parse(given).map_err(|error| vec![wrong("given", error)])?.to_string()),
    };
    Ok(Name { family: family.to_string(), given })
}

fn wrong(part: &'static str, error: NameError) -> Wrong {
    match error {
        NameError::TooLong => {
            let most = NAME_LETTERS_MAX;
            Wrong::part(part, "kind-text-too-long").with("count", format!("{most}+")).with("most", most)
        }
        NameError::Empty | NameError::Control => Wrong::part(part, "kind-name-unreadable"),
    }
}
