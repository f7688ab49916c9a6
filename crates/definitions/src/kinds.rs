//! # 項目の種類 Kinds of question
//!
//! One file for each kind, with the same names in all of them ([`Nature`]): how it is read from what was typed, what conditions see
//! of it, how it is prefilled, shown, masked and found. They give data, never HTML: a channel draws *shapes*, of which there are
//! eight.

mod account;
mod address;
mod choice;
mod consent;
mod date;
mod decimal;
mod files;
mod group;
mod individual_number;
mod kana;
mod mail;
mod member;
mod money;
mod name;
mod note;
mod number;
mod phone;
mod place;
mod signature;
mod text;
mod wishes;
mod written;
mod yes_no;

use std::sync::Arc;

use crate::{
    answer::{Answer, Answers},
    condition::{RecordValue, Type, Value},
    facts::{Listing, Person},
    field::{Field, Kind, Options},
    text::Language,
    town::Town,
    typed::Typed,
};

pub use date::in_words as date_in_words;
pub use files::on_paper;

/// The ids of the words that say what is wrong with an answer, each with the names of what it fills in behind it. The page's language says
/// them; a test of that room goes through this list.
pub const PROBLEMS: &[&str] = &[
    "kind-required",
    "kind-choice-required",
    "kind-consent-required",
    "kind-files-required",
    "kind-signature-required",
    "kind-text-too-long", // count, most
    "kind-text-pattern",
    "kind-kana-not-kana", // letter
    "kind-name-unreadable",
    "kind-date-incomplete",
    "kind-date-unreadable",
    "kind-date-no-such-day",
    "kind-date-lunar",
    "kind-date-past-era",   // era
    "kind-date-before-era", // era
    "kind-number-unreadable",
    "kind-number-too-small", // least
    "kind-number-too-large", // most
    "kind-decimal-places",   // places
    "kind-money-unreadable",
    "kind-choice-not-offered",
    "kind-choices-too-few",  // least
    "kind-choices-too-many", // most
    "kind-ranked-twice",
    "kind-address-postal-code",
    "kind-address-line-required",
    "kind-place-unreadable",
    "kind-place-outside",
    "kind-member-not-listed",
    "kind-member-name-required",
    "kind-member-born-required",
    "kind-phone-not-digits",
    "kind-phone-short",
    "kind-phone-area-code",
    "kind-phone-length",
    "kind-mail-unreadable",
    "kind-account-kind-required",
    "kind-account-bank",
    "kind-account-branch",
    "kind-account-number",
    "kind-account-symbol",
    "kind-account-post-number",
    "kind-account-post-other-account",
    "kind-account-holder-required",
    "kind-account-holder-letter", // letter
    "kind-individual-number-digits",
    "kind-individual-number-check",
    "kind-files-too-many", // most
    "kind-files-unreadable",
    "kind-signature-unreadable",
    "kind-group-too-few",  // least
    "kind-group-too-many", // most
];

/// What is wrong with one answer, before it has a place in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The part that is wrong: `month`. Empty: the whole.
    pub part: &'static str,
    /// One of [`PROBLEMS`].
    pub id: &'static str,
    /// What its words fill in.
    pub args: Vec<(&'static str, String)>,
}

impl Wrong {
    fn whole(id: &'static str) -> Wrong {
        Wrong { part: "", id, args: Vec::new() }
    }

    fn part(part: &'static str, id: &'static str) -> Wrong {
        Wrong { part, id, args: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Wrong {
        self.args.push((name, value.to_string()));
        self
    }
}

/// What reading gives: an answer, nothing (it was left blank), or what is wrong.
pub type Parsed = Result<Option<Answer>, Vec<Wrong>>;

/// A question with what came in for it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The question.
    pub field: &'a Field,
    /// The name of its input.
    pub path: &'a str,
    /// Everything that came in.
    pub typed: &'a Typed,
    /// What may be chosen, where that comes from a register or the household.
    pub listed: Option<&'a Listing>,
    /// The people of the household, where they are known.
    pub household: &'a [Person],
}

impl<'a> Asked<'a> {
    /// What came in under the question's own name, without spaces around it.
    fn whole(&self) -> &'a str {
        self.typed.first(self.path).unwrap_or("").trim()
    }

    /// What came in for a part.
    fn part(&self, part: &str) -> &'a str {
        self.typed.first(&format!("{}.{part}", self.path)).unwrap_or("").trim()
    }

    /// What came in several times, blanks left out.
    fn several(&self) -> impl Iterator<Item = &'a str> {
        self.typed.all(self.path).iter().map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// What a channel draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One line of letters or digits.
    Line,
    /// Several lines.
    Lines,
    /// Several small inputs that make one answer: a day, a name, an address, an account.
    Parts,
    /// One of several.
    OneOf,
    /// Any of several, ordered or not.
    ManyOf,
    /// Documents.
    Files,
    /// Something drawn.
    Strokes,
    /// The same questions for each of several.
    Rows,
    /// Only to read.
    Reading,
}

/// What every kind says of itself.
trait Nature: Sync {
    /// What a channel draws.
    fn shape(&self) -> Shape;

    /// Whether nothing was typed; what a list shows chosen from the beginning does not count.
    fn is_blank(&self, typed: &Typed, path: &str) -> bool {
        typed.is_blank(path)
    }

    /// Reads what came in.
    fn parse(&self, asked: &Asked<'_>) -> Parsed;

    /// What is said when it is required and blank.
    fn when_missing(&self) -> &'static str {
        "kind-required"
    }

    /// What conditions see of it, if anything.
    fn type_of(&self, kind: &Kind) -> Option<Type>;

    /// The answer as conditions see it.
    fn value(&self, answer: &Answer) -> Value;

    /// What conditions see when nothing was answered.
    fn no_value(&self) -> Value {
        Value::Absent
    }

    /// The answer that a value makes: for defaults and prefilling. Kinds that must be given anew make none.
    fn prefilled(&self, value: &Value) -> Option<Answer>;

    /// Writes an answer back as what would have been typed.
    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed);

    /// How it reads; guarded kinds mask.
    fn shown(&self, answer: &Answer, field: &Field, town: &Town, language: Language) -> String;

    /// By what staff find it, unfolded. Guarded kinds give nothing.
    fn search_texts(&self, _answer: &Answer) -> Vec<String> {
        Vec::new()
    }
}

/// How each kind behaves. A new kind gets a file and a line here, in [`of_answer`], and in each channel.
fn of(kind: &Kind) -> &'static dyn Nature {
    match kind {
        Kind::Text { .. } => &text::Line,
        Kind::LongText { .. } => &text::Lines,
        Kind::Kana => &kana::KANA,
        Kind::PersonName => &name::PersonName,
        Kind::Date => &date::Day,
        Kind::Number { .. } => &number::Number,
        Kind::Decimal { .. } => &decimal::Decimal,
        Kind::Money => &money::Money,
        Kind::Choice { .. } => &choice::One,
        Kind::Choices { .. } => &choice::Many,
        Kind::Ranked { .. } => &wishes::Ranked,
        Kind::YesNo => &yes_no::YesNo,
        Kind::Address => &address::Address,
        Kind::Place => &place::Place,
        Kind::HouseholdMember { .. } => &member::Member,
        Kind::Phone => &phone::PHONE,
        Kind::Mail => &mail::MAIL,
        Kind::BankAccount => &account::Account,
        Kind::IndividualNumber { .. } => &individual_number::Number,
        Kind::Files { .. } => &files::Files,
        Kind::Signature => &signature::Signature,
        Kind::Consent => &consent::Consent,
        Kind::Note => &note::Note,
        Kind::Group { .. } => &group::Group,
    }
}

/// How an answer behaves, whatever its question has become since.
fn of_answer(answer: &Answer) -> &'static dyn Nature {
    match answer {
        Answer::Text(_) => &text::Lines,
        Answer::Kana(_) => &kana::KANA,
        Answer::PersonName(_) => &name::PersonName,
        Answer::Date(_) => &date::Day,
        Answer::Number(_) => &number::Number,
        Answer::Decimal(_) => &decimal::Decimal,
        Answer::Money(_) => &money::Money,
        Answer::Choice(_) => &choice::One,
        Answer::Choices(_) => &choice::Many,
        Answer::Ranked(_) => &wishes::Ranked,
        Answer::YesNo(_) => &yes_no::YesNo,
        Answer::Address(_) => &address::Address,
        Answer::Place(_) => &place::Place,
        Answer::Member(_) => &member::Member,
        Answer::Phone(_) => &phone::PHONE,
        Answer::Mail(_) => &mail::MAIL,
        Answer::BankAccount(_) => &account::Account,
        Answer::IndividualNumber(_) => &individual_number::Number,
        Answer::Files(_) | Answer::Papers(_) => &files::Files,
        Answer::Signature(_) => &signature::Signature,
        Answer::Consent => &consent::Consent,
        Answer::Group(_) => &group::Group,
    }
}

/// What a channel draws for a kind.
pub fn shape(kind: &Kind) -> Shape {
    of(kind).shape()
}

/// Reads what came in for a question. Groups are read row by row by [`crate::form`].
pub fn parse(asked: &Asked<'_>) -> Parsed {
    of(&asked.field.kind).parse(asked)
}

/// Whether nothing was typed for a question.
pub fn is_blank(kind: &Kind, typed: &Typed, path: &str) -> bool {
    of(kind).is_blank(typed, path)
}

/// What is said when a required question is blank.
pub fn when_missing(kind: &Kind) -> &'static str {
    of(kind).when_missing()
}

/// What conditions see of a kind.
pub fn type_of(kind: &Kind) -> Option<Type> {
    of(kind).type_of(kind)
}

/// What conditions see of a question that was not answered: an empty list where several can be answered, else that it is absent.
pub fn no_value(kind: &Kind) -> Value {
    of(kind).no_value()
}

/// An answer as conditions see it; a member of the household, chosen or typed by name and birth day, with all that is known of them.
pub fn value(answer: &Answer, household: &[Person]) -> Value {
    match answer {
        Answer::Member(chosen) => match chosen.among(household) {
            Some(person) => person_value(person),
            None => of_answer(answer).value(answer),
        },
        Answer::Group(rows) => Value::list(rows.iter().map(|row| record(row, household))),
        answer => of_answer(answer).value(answer),
    }
}

/// The answer to a question as conditions see it. A wish told in words, because the options were not at hand, is unknown until
/// someone at the desk has read it.
pub fn value_of(kind: &Kind, answer: &Answer, household: &[Person]) -> Value {
    match (kind, answer) {
        (Kind::Choice { .. } | Kind::Choices { .. } | Kind::Ranked { .. }, Answer::Text(_)) => Value::Unknown,
        (Kind::Group { fields, .. }, Answer::Group(rows)) => {
            let field_value = |(id, answer): (&crate::ids::FieldId, &Answer)| {
                let of = |field: &Field| value_of(&field.kind, answer, household);
                (id.as_str().to_owned(), fields.get(id).map_or_else(|| value(answer, household), of))
            };
            let row = |row: &Answers| RecordValue { id: None, fields: row.iter().map(field_value).collect(), missing: Value::Absent };
            Value::list(rows.iter().map(|answers| Value::Record(Arc::new(row(answers)))))
        }
        (_, answer) => value(answer, household),
    }
}

/// Answers as one record: a row of a group, what staff added to an outcome.
pub fn record(answers: &Answers, household: &[Person]) -> Value {
    let fields = answers.iter().map(|(id, answer)| (id.as_str().to_owned(), value(answer, household))).collect();
    Value::Record(Arc::new(RecordValue { id: None, fields, missing: Value::Absent }))
}

/// A person as conditions see them. What is not known of them is unknown.
pub fn person_value(person: &Person) -> Value {
    let mut fields: std::collections::BTreeMap<String, Value> =
        person.more.iter().map(|(name, answer)| (name.clone(), value(answer, &[]))).collect();
    let mut known = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    known("id", person.id.as_deref().map(Value::text));
    known("name", (!person.name.is_empty()).then(|| Value::text(&person.name)));
    known("kana", person.kana.as_deref().map(Value::text));
    known("born", person.born.map(Value::Date));
    known("relation", person.relation.as_deref().map(Value::text));
    Value::Record(Arc::new(RecordValue { id: person.id.as_deref().map(Into::into), fields, missing: Value::Unknown }))
}

/// The answer that a default makes, where the kind may be prefilled.
pub fn prefilled(kind: &Kind, value: &Value) -> Option<Answer> {
    if kind.is_given_anew() || !value.is_there() {
        return None;
    }
    of(kind).prefilled(value)
}

/// Writes an answer back as what would have been typed: for corrections and for prefilling.
pub fn type_back(answer: &Answer, path: &str, into: &mut Typed) {
    of_answer(answer).type_back(answer, path, into);
}

/// How an answer reads.
pub fn shown(answer: &Answer, field: &Field, town: &Town, language: Language) -> String {
    of_answer(answer).shown(answer, field, town, language)
}

/// Folded texts by which staff find a case that holds the answer.
pub fn search_texts(answer: &Answer) -> Vec<String> {
    let folded = of_answer(answer).search_texts(answer).into_iter().map(|text| jp::kana::fold(&text));
    folded.filter(|text| !text.is_empty()).collect()
}

/// One of three wordings.
fn in_language(language: Language, ja: &'static str, easy: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ja => ja,
        Language::Easy => easy,
        Language::En => en,
    }
}

/// Full-width letters, digits, signs and spaces as half-width ones: how machines read what a Japanese keyboard writes.
fn half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '　' => ' ',
        '−' | '‐' | '–' | '—' => '-',
        c => c,
    };
    text.chars().map(half).collect()
}

/// 1234567 → 1,234,567.
pub(crate) fn with_commas(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What an option is called: from the definition, or from the records that the town's folder holds of a register.
fn option_label(key: &str, field: &Field, town: &Town, language: Language) -> String {
    let options = match &field.kind {
        Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } => options,
        _ => return key.to_owned(),
    };
    match options {
        Options::Listed(listed) => listed.get(key).map_or_else(|| key.to_owned(), |text| town.say_plainly(text, language)),
        Options::Register { register, show } => {
            let record = town.registers.get(register).and_then(|register| register.records.get(key));
            let shown = record.and_then(|record| show.iter().find_map(|column| record.get(column)));
            shown.map_or(key, String::as_str).to_owned()
        }
    }
}
