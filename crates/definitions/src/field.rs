//! # Questions
//!
//! A field says its kind and what differs from it; error texts, hints, keyboard, autofill and mask come from the kind.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, decimal::Decimal, ids::*, pattern::Pattern, text::Text};

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its id, in conditions and in the names of inputs.
    pub id: FieldId,
    /// What is asked.
    pub label: Text,
    /// A line of help below the label.
    pub hint: Option<Text>,
    /// What is answered.
    pub kind: Kind,
    /// Whether it may be left empty.
    pub required: bool,
    /// Asked only when this holds.
    pub when: Option<Condition>,
    /// A value to begin with, as an expression.
    pub default: Option<Condition>,
    /// How closely the answer is guarded.
    pub sensitivity: Sensitivity,
}

/// How closely a value is guarded; grants name the highest that they reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Ordinary personal data.
    #[default]
    Ordinary,
    /// 税情報 (地方税法22条).
    Tax,
    /// 要配慮個人情報 of health.
    Health,
    /// 児童福祉, 支援措置.
    ChildWelfare,
    /// 個人番号 (番号法).
    IndividualNumber,
}

/// What kind of answer a question takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One line.
    Text {
        /// Most characters.
        at_most: u32,
        /// The shape that it must have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<Pattern>,
    },
    /// Several lines.
    LongText {
        /// Most characters.
        at_most: u32,
    },
    /// フリガナ: full-width katakana, folded from whatever was typed.
    Kana,
    /// 氏名 in one line or as 氏 and 名; a single or Latin name is a name.
    PersonName,
    /// A day, typed in 西暦 or 和暦.
    Date,
    /// A whole number.
    Number {
        /// Smallest.
        at_least: Option<i64>,
        /// Largest.
        at_most: Option<i64>,
        /// What is counted: 人, 枚 …
        unit: Option<Text>,
    },
    /// A number with decimals.
    Decimal {
        /// Most digits behind the point.
        places: u8,
        /// Smallest.
        at_least: Option<Decimal>,
        /// Largest.
        at_most: Option<Decimal>,
        /// What is measured: ㎡, km …
        unit: Option<Text>,
    },
    /// Yen.
    Money,
    /// One of several.
    Choice {
        /// Where the options come from.
        options: Options,
        /// Radio buttons or a list.
        style: ChoiceStyle,
    },
    /// Any of several.
    Choices {
        /// Where the options come from.
        options: Options,
        /// Fewest.
        at_least: u32,
        /// Most.
        at_most: Option<u32>,
    },
    /// Wishes in order.
    Ranked {
        /// Where the options come from.
        options: Options,
        /// Most wishes.
        at_most: u32,
    },
    /// はい or いいえ.
    YesNo,
    /// 郵便番号 and 住所; the postal code completes it.
    Address,
    /// A spot that may have no address, in words and on a map.
    Place,
    /// A member of the applicant's household; asks name and birth date when the account is not linked.
    HouseholdMember {
        /// Which members are listed; `it` is the member.
        when_listed: Option<Condition>,
    },
    /// 電話番号.
    Phone,
    /// メールアドレス.
    Mail,
    /// 口座, incl. ゆうちょ. Encrypted.
    BankAccount,
    /// 個人番号. Never prefilled, kept apart, encrypted; refused by `check` without its basis.
    IndividualNumber {
        /// 番号法 basis.
        number_use: Text,
    },
    /// Documents and photographs.
    Files {
        /// Most files.
        at_most: u32,
        /// May be handed in after filing, within this many days.
        later_days: Option<u16>,
    },
    /// 署名, drawn. Always given anew.
    Signature,
    /// A box to tick. Always given anew.
    Consent,
    /// Something to read; takes no answer.
    Note,
    /// The same questions for each of several.
    Group {
        /// What one of them is called: 保護者, お子さん.
        each: Text,
        /// Fewest.
        at_least: u32,
        /// Most.
        at_most: u32,
        /// The questions.
        fields: IndexMap<FieldId, Field>,
    },
}

impl Kind {
    /// The word for it in definitions: what stands behind `kind:`.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Text { .. } => "text",
            Kind::LongText { .. } => "long_text",
            Kind::Kana => "kana",
            Kind::PersonName => "person_name",
            Kind::Date => "date",
            Kind::Number { .. } => "number",
            Kind::Decimal { .. } => "decimal",
            Kind::Money => "money",
            Kind::Choice { .. } => "choice",
            Kind::Choices { .. } => "choices",
            Kind::Ranked { .. } => "ranked",
            Kind::YesNo => "yes_no",
            Kind::Address => "address",
            Kind::Place => "place",
            Kind::HouseholdMember { .. } => "household_member",
            Kind::Phone => "phone",
            Kind::Mail => "mail",
            Kind::BankAccount => "bank_account",
            Kind::IndividualNumber { .. } => "individual_number",
            Kind::Files { .. } => "files",
            Kind::Signature => "signature",
            Kind::Consent => "consent",
            Kind::Note => "note",
            Kind::Group { .. } => "group",
        }
    }

    /// The questions of a group.
    pub fn group_fields(&self) -> Option<&IndexMap<FieldId, Field>> {
        match self {
            Kind::Group { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// Whether it must be given anew each time, never prefilled (署名, 同意, 個人番号).
    pub fn is_given_anew(&self) -> bool {
        matches!(self, Kind::Signature | Kind::Consent | Kind::IndividualNumber { .. })
    }
}

/// How a choice is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceStyle {
    /// Radio buttons: up to about ten options.
    Radio,
    /// A list to open.
    Select,
}

/// Where options come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Options {
    /// Written in the definition.
    Listed(IndexMap<OptionId, Text>),
    /// The records of a register, shown by these columns.
    Register {
        /// Which.
        register: RegisterId,
        /// Shown columns.
        show: Vec<FieldId>,
    },
}
