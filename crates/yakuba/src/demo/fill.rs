//! Filling in a form as one of the demo's residents would: by the kind of each question, until the definition is content.

use definitions::{
    answer::{Account, Answer, Answers, Deposit, Member, Name, PostalAddress, Signature, Spot},
    facts::{Facts, NoFacts},
    field::{Field, Kind, Options},
    form,
    ids::FieldId,
    procedure::Procedure,
    typed::Typed,
};
use indexmap::IndexMap;
use jiff::{Span, civil::Date};
use registry::resident::Resident;

/// Who fills in.
#[derive(Clone, Debug)]
pub struct Person {
    /// 氏.
    pub family: String,
    /// 名.
    pub given: String,
    /// フリガナ; people whose name is written in Latin letters have none.
    pub kana: Option<String>,
    /// 住所.
    pub address: String,
    /// Number within the demo: makes telephone, mail and choices differ.
    pub number: usize,
}

impl Person {
    /// Someone of the invented register.
    pub fn of(resident: &Resident, number: usize) -> Person {
        let whole = resident.name.full();
        let (family, given) = whole.split_once(['\u{3000}', ' ']).unwrap_or((whole.as_str(), ""));
        Person {
            family: family.to_owned(),
            given: given.to_owned(),
            kana: resident.name.full_kana().filter(|kana| !kana.is_empty()),
            address: resident.address.line.clone(),
            number,
        }
    }

    /// 氏名.
    fn whole(&self) -> String {
        [self.family.as_str(), self.given.as_str()].join(" ").trim().to_owned()
    }

    /// What people say though they need not: the reading of their name, and mostly how to reach them. A few have neither telephone nor
    /// mail, so that staff see what is to be done then.
    fn tells(&self, procedure: &Procedure, field: &FieldId) -> bool {
        let asked = &procedure.applicant;
        asked.kana.as_ref() == Some(field)
            || (asked.phone.as_ref() == Some(field) && !self.number.is_multiple_of(8))
            || (asked.mail.as_ref() == Some(field) && !self.number.is_multiple_of(4))
    }
}

/// What people ask to see (情報公開請求), and write where a text is asked.
const DOCUMENTS: [&str; 8] = [
    "令和7年度の道路舗装工事（市道中央12号線）の設計書と契約書",
    "見本市立図書館の指定管理者の選定に関する会議録",
    "令和8年度の学校給食の食材納入業者の一覧と契約金額",
    "市長の令和8年10月分の交際費の支出が分かる文書",
    "中央公園の樹木伐採の計画と、住民からの意見への回答",
    "災害時の避難所の備蓄品の一覧（令和8年4月1日現在）",
    "ごみ収集の委託契約書と、直近3年の委託料の推移が分かるもの",
    "市民プールの改修に関する見積書と入札の結果",
];

/// Fills in until nothing is wrong, or gives up after a few rounds: then this person does not file this procedure.
pub fn fill(procedure: &Procedure, person: &Person, facts: &dyn Facts, today: Date) -> Option<Typed> {
    let mut answers = Answers::default();
    let mut typed = form::begin(procedure, &Typed::default(), facts, today);
    for _ in 0..6 {
        let filled = form::fill(procedure, &typed, facts, today);
        if filled.may_be_filed() {
            return Some(typed);
        }
        for page in procedure.pages.values() {
            for field in page.fields.values().filter(|field| filled.is_asked(field.id.as_str())) {
                let wrong = filled.problems_of(field.id.as_str()).next().is_some();
                let told = person.tells(procedure, &field.id) && filled.answers.get(field.id.as_str()).is_none();
                if (wrong || told)
                    && let Some(answer) = answer(field, person, facts, today)
                {
                    answers.insert(field.id.clone(), answer);
                }
            }
        }
        typed = form::begin(procedure, &Typed::default(), facts, today).over(Typed::of_answers(&answers));
    }
    None
}

fn answer(field: &Field, person: &Person, facts: &dyn Facts, today: Date) -> Option<Answer> {
    Some(match &field.kind {
        // What has a shape of its own is left to who has one.
        Kind::Text { pattern: Some(_), .. } => return None,
        Kind::Text { .. } => Answer::Text(person.whole()),
        Kind::LongText { .. } => Answer::Text(DOCUMENTS[person.number % DOCUMENTS.len()].to_owned()),
        Kind::Kana => Answer::Kana(person.kana.clone()?),
        Kind::PersonName => Answer::PersonName(Name { family: person.family.clone(), given: Some(person.given.clone()) }),
        Kind::Date => Answer::Date(today.checked_add(Span::new().days(20)).ok()?),
        Kind::Number { at_least, .. } => Answer::Number(at_least.unwrap_or(1).max(1)),
        Kind::Decimal { at_least, .. } => Answer::Decimal(at_least.unwrap_or(1.into())),
        Kind::Money => Answer::Money(1_000),
        Kind::Choice { options, .. } => Answer::Choice(option(options, person.number, facts)?),
        Kind::Choices { options, .. } => Answer::Choices(vec![option(options, person.number, facts)?]),
        Kind::Ranked { options, .. } => Answer::Ranked(vec![option(options, person.number, facts)?]),
        Kind::YesNo => Answer::YesNo(person.number.is_multiple_of(3)),
        Kind::Address => {
            Answer::Address(PostalAddress { postal_code: Some("1000001".to_owned()), line: person.address.clone(), building: None })
        }
        Kind::Place => Answer::Place(Spot { words: person.address.clone(), position: None }),
        Kind::HouseholdMember { .. } => Answer::Member(Member {
            id: None,
            name: format!("{} さくら", person.family),
            kana: None,
            born: Some(Date::new(today.year() - 7, 6, 1).ok()?),
        }),
        Kind::Phone => Answer::Phone(format!("0900000{:04}", person.number % 10_000)),
        Kind::Mail => Answer::Mail(format!("resident{}@mail.mihon.example", person.number)),
        Kind::BankAccount => Answer::BankAccount(Account::Bank {
            bank: "0001".to_owned(),
            branch: "001".to_owned(),
            deposit: Deposit::Ordinary,
            number: format!("{:07}", person.number % 10_000_000),
            holder: person.kana.clone().unwrap_or_else(|| "ミホン タロウ".to_owned()),
        }),
        Kind::Signature => Answer::Signature(Signature::Typed(person.whole())),
        Kind::Consent => Answer::Consent,
        Kind::Group { fields, at_least, .. } => {
            let row: Answers = fields.values().filter_map(|field| Some((field.id.clone(), answer(field, person, facts, today)?))).collect();
            Answer::Group(vec![row; (*at_least).max(1) as usize])
        }
        Kind::IndividualNumber { .. } | Kind::Files { .. } | Kind::Note => return None,
    })
}

fn option(options: &Options, number: usize, facts: &dyn Facts) -> Option<String> {
    match options {
        Options::Listed(listed) if listed.is_empty() => None,
        Options::Listed(listed) => listed.get_index(number % listed.len()).map(|(id, _)| id.to_string()),
        Options::Register { register, .. } => {
            let listed = facts.options(register)?;
            listed.get(number % listed.len().max(1)).map(|listed| listed.key.clone())
        }
    }
}

/// What a clerk of the demo writes down in a step or with an outcome: only what must be.
pub fn noted(asked: &IndexMap<FieldId, Field>, today: Date) -> Answers {
    let at_the_counter = Person {
        family: "本庁舎1階".to_owned(),
        given: "総合窓口".to_owned(),
        kana: None,
        address: "見本県見本市中央1-1-1".to_owned(),
        number: 1,
    };
    let required = asked.values().filter(|field| field.required);
    required.filter_map(|field| Some((field.id.clone(), answer(field, &at_the_counter, &NoFacts, today)?))).collect()
}
