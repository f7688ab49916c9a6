//! 個人番号 (マイナンバー): twelve digits with a check digit. Never prefilled, never shown, never searched, sealed to conditions
//! (番号法19条, 20条: no more of it anywhere than its purpose needs).

use jp::number::{IndividualNumber, IndividualNumberError};

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language, signature::sealed};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// 個人番号.
pub(super) struct Number;

impl Nature for Number {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let typed = asked.whole();
        if typed.is_empty() {
            return Ok(None);
        }
        let id = match IndividualNumber::parse(typed) {
            Ok(number) => return Ok(Some(Answer::IndividualNumber(number.digits()))),
            Err(IndividualNumberError::NotTwelveDigits) => "kind-individual-number-digits",
            Err(IndividualNumberError::CheckDigit | IndividualNumberError::Placeholder) => "kind-individual-number-check",
        };
        Err(vec![Wrong::whole(id)])
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Sealed)
    }

    fn value(&self, _: &Answer) -> Value {
        sealed()
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    /// Not even back to the person: who corrects it types it again.
    fn type_back(&self, _: &Answer, _: &str, _: &mut Typed) {}

    fn shown(&self, _: &Answer, _: &Field, _: &Town, language: Language) -> String {
        in_language(language, "入力済み（表示しません）", "書きました（ここには 出しません）", "Given (not shown)").to_owned()
    }
}
