//! Answers: what was typed, understood.
//!
//! They are stored with a case for as long as the law keeps it, so the shapes here only grow: every shape that ever landed
//! must load for ever (`tests/form_answers.rs` holds one of each).

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{decimal::Decimal, facts::Person, field::Field, ids::FieldId, kinds, place::Position, text::Language, town::Town};

/// One understood answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A line, or several.
    Text(String),
    /// フリガナ in full-width katakana.
    Kana(String),
    /// 氏名.
    PersonName(Name),
    /// A day.
    Date(Date),
    /// A count.
    Number(i64),
    /// A number with decimals: an area, a share.
    Decimal(Decimal),
    /// Yen.
    Money(i64),
    /// One option, by id or by the register's key.
    Choice(String),
    /// Options in the order of the definition.
    Choices(Vec<String>),
    /// Wishes, the first first.
    Ranked(Vec<String>),
    /// はい or いいえ.
    YesNo(bool),
    /// 住所.
    Address(PostalAddress),
    /// 場所.
    Place(Spot),
    /// Someone of the household, chosen or typed.
    Member(Member),
    /// 電話番号: digits only, with a leading + when it is foreign.
    Phone(String),
    /// メールアドレス.
    Mail(String),
    /// 口座. Encrypted where it is stored.
    BankAccount(Account),
    /// 個人番号, twelve digits. Kept apart and encrypted; never shown.
    IndividualNumber(String),
    /// Documents, already uploaded.
    Files(Vec<FileAnswer>),
    /// Documents of which the counter has seen or keeps the paper, with scans or without.
    Papers(Papers),
    /// 署名.
    Signature(Signature),
    /// Agreed.
    Consent,
    /// The rows of a repeating group.
    Group(Vec<Answers>),
}

/// 氏名 as given: in one line, or as 氏 and 名. A single name and a name in Latin letters are names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// 氏, or the whole name when it has no parts.
    pub family: String,
    /// 名.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

impl Name {
    /// The name in one line: 佐藤 花子, NGUYEN THI LAN.
    pub fn whole(&self) -> String {
        match &self.given {
            Some(given) => format!("{} {given}", self.family),
            None => self.family.clone(),
        }
    }
}

/// 郵便番号 and 住所.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Seven digits, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// 都道府県・市区町村・町名・番地.
    pub line: String,
    /// 建物名・部屋番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
}

/// A place: words, a position, or both; at least one of them is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// 住所や目印: what a crew drives to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where it was pointed at on a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Someone of the household: chosen from what the town knows, or typed with name and birth date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The registry's id, when chosen from the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 氏名.
    pub name: String,
    /// フリガナ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 生年月日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
}

impl Member {
    /// Who of a household this is: chosen by id, or typed by hand with a name and a birth day that exactly one of them has.
    pub fn among<'p>(&self, household: &'p [Person]) -> Option<&'p Person> {
        if self.id.is_some() {
            return household.iter().find(|person| person.id == self.id);
        }
        let name = jp::kana::fold(&self.name);
        let is_meant = |person: &&Person| self.born.is_some() && person.born == self.born && jp::kana::fold(&person.name) == name;
        let mut meant = household.iter().filter(is_meant);
        meant.next().filter(|_| meant.next().is_none())
    }
}

/// 口座.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// A bank, 信用金庫, JA …
    Bank {
        /// 金融機関コード, four digits.
        bank: String,
        /// 支店コード, three digits.
        branch: String,
        /// 預金種目.
        deposit: Deposit,
        /// 口座番号, seven digits.
        number: String,
        /// 口座名義, in the kana that 全銀 files carry.
        holder: String,
    },
    /// ゆうちょ銀行 by 記号 and 番号.
    PostBank {
        /// 記号, five digits.
        symbol: String,
        /// 番号, up to eight digits.
        number: String,
        /// 口座名義.
        holder: String,
    },
}

/// 預金種目.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deposit {
    /// 普通.
    Ordinary,
    /// 当座.
    Current,
    /// 貯蓄.
    Savings,
}

/// A document that was uploaded before: the upload puts this, as JSON, among the [`crate::typed::Typed`] values of its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAnswer {
    /// Where the file store keeps it.
    pub file: String,
    /// Its name on the person's device, as shown back to them.
    pub name: String,
    /// What it was found to be: `image/jpeg`, `application/pdf`.
    pub media: String,
    /// How large it is.
    pub bytes: u64,
}

/// Documents that were shown or handed in on paper. Only staff say so: nobody vouches for paper from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Papers {
    /// What was scanned of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileAnswer>,
    /// What became of the paper, at least one.
    pub ways: Vec<PaperWay>,
    /// A short note: what it is, where it lies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What became of a paper at the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperWay {
    /// 原本を確認: the original was seen and given back.
    Seen,
    /// 紙で保管: it is kept on paper.
    Kept,
}

impl PaperWay {
    /// All of them, as they are offered.
    pub const ALL: [PaperWay; 2] = [PaperWay::Seen, PaperWay::Kept];

    /// As it is posted and stored.
    pub fn code(self) -> &'static str {
        match self {
            PaperWay::Seen => "seen",
            PaperWay::Kept => "kept",
        }
    }
}

/// 署名: drawn, or the name typed, which counts the same. Nobody is kept out by a frame to draw in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Drawn.
    Drawn(Strokes),
    /// The name, typed in place of drawing it.
    Typed(String),
}

/// A drawn signature: strokes of points in a box of 1000 × 400.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Strokes(pub Vec<Vec<(u16, u16)>>);

/// Answers by question, in the order of the form. Only what was asked and understood is here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers {
    answers: IndexMap<FieldId, Answer>,
}

impl Answers {
    /// The answer to a question: `start`, or within a group `guardians.0.name`.
    pub fn get(&self, path: &str) -> Option<&Answer> {
        let Some((group, rest)) = path.split_once('.') else {
            return self.answers.get(path);
        };
        let (row, rest) = rest.split_once('.')?;
        match self.answers.get(group)? {
            Answer::Group(rows) => rows.get(row.parse::<usize>().ok()?)?.get(rest),
            _ => None,
        }
    }

    /// Puts an answer in place of what stood there; a new one goes last.
    pub fn insert(&mut self, id: FieldId, answer: Answer) {
        self.answers.insert(id, answer);
    }

    /// Puts or takes out an answer, as a correction (補正) does, and gives back what stood there.
    pub fn replace(&mut self, id: &FieldId, answer: Option<Answer>) -> Option<Answer> {
        match answer {
            Some(answer) => self.answers.insert(id.clone(), answer),
            None => self.answers.shift_remove(id),
        }
    }

    /// Only the answers to these questions.
    pub fn only(&self, ids: &[FieldId]) -> Answers {
        Answers { answers: ids.iter().filter_map(|id| Some((id.clone(), self.answers.get(id)?.clone()))).collect() }
    }

    /// All answers in order.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldId, &Answer)> {
        self.answers.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

impl IntoIterator for Answers {
    type Item = (FieldId, Answer);
    type IntoIter = indexmap::map::IntoIter<FieldId, Answer>;

    fn into_iter(self) -> Self::IntoIter {
        self.answers.into_iter()
    }
}

impl FromIterator<(FieldId, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (FieldId, Answer)>>(answers: I) -> Answers {
        Answers { answers: answers.into_iter().collect() }
    }
}

impl Answer {
    /// The documents of a question, as they were uploaded.
    pub fn attached(&self) -> &[FileAnswer] {
        match self {
            Answer::Files(files) | Answer::Papers(Papers { files, .. }) => files,
            _ => &[],
        }
    }

    /// How it reads: on check-your-answers, on the staff's screen, in letters. Guarded kinds are masked (an account but for its
    /// last digits; an individual number wholly). Rows of a group are on lines of their own.
    pub fn shown(&self, field: &Field, town: &Town, language: Language) -> String {
        kinds::shown(self, field, town, language)
    }

    /// By which folded texts staff find a case that holds it: names, kana, numbers, days, addresses. Guarded kinds give none.
    pub fn search_texts(&self) -> Vec<String> {
        kinds::search_texts(self)
    }
}
