//! A form to fill in, built in a few lines: 放課後児童会の入会, and whatever a test asks for.
#![allow(dead_code, reason = "each test takes what it needs")]

use definitions::{
    condition::{Condition, Scope, Type},
    facts::{Facts, FactsSheet, Held, Listed, Person},
    field::{ChoiceStyle, Field, Kind, Options, Sensitivity},
    form::{Filled, Form},
    ids::{FieldId, PageId, RuleId},
    procedure::{Page, Rule},
    text::Text,
    typed::Typed,
};
use indexmap::IndexMap;
use jiff::civil::{Date, date};

/// 2026-12-24.
pub const TODAY: Date = date(2026, 12, 24);

/// A question with its conditions still as text.
pub struct Question {
    id: &'static str,
    kind: Kind,
    required: bool,
    when: Option<&'static str>,
    default: Option<&'static str>,
}

pub fn ask(id: &'static str, kind: Kind) -> Question {
    Question { id, kind, required: true, when: None, default: None }
}

impl Question {
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }
    pub fn when(mut self, condition: &'static str) -> Self {
        self.when = Some(condition);
        self
    }
    pub fn default(mut self, expression: &'static str) -> Self {
        self.default = Some(expression);
        self
    }

    fn bare(&self) -> (FieldId, Field) {
        let id: FieldId = self.id.parse().unwrap();
        let field = Field {
            id: id.clone(),
            label: Text::new(self.id, self.id),
            hint: None,
            kind: self.kind.clone(),
            required: self.required,
            when: None,
            default: None,
            sensitivity: Sensitivity::Ordinary,
        };
        (id, field)
    }

    fn compiled(&self, scope: &Scope) -> (FieldId, Field) {
        let (id, mut field) = self.bare();
        let of = definitions::kinds::type_of(&self.kind).unwrap_or(Type::Any);
        field.when = self.when.map(|source| compile(source, scope, &Type::Bool));
        field.default = self.default.map(|source| compile(source, scope, &of));
        (id, field)
    }
}

fn compile(source: &str, scope: &Scope, of: &Type) -> Condition {
    Condition::compile_as(source, scope, of).unwrap_or_else(|problems| panic!("{source}: {problems:?}"))
}

pub fn scope() -> Scope {
    let registers = ["afterschool_membership", "afterschool_facility"].map(|id| id.parse().unwrap());
    Scope::of_town(&registers, &IndexMap::new())
}

/// A repeating group; its questions see each other and those given here as `around`.
pub fn group(at_least: u32, at_most: u32, around: &[Question], questions: &[Question]) -> Kind {
    let bare: Vec<_> = around.iter().chain(questions).map(Question::bare).collect();
    let scope = scope().with_fields(bare.iter().map(|(id, field)| (id, field)));
    let fields = questions.iter().map(|question| question.compiled(&scope)).collect();
    Kind::Group { each: Text::new("each", "保護者"), at_least, at_most, fields }
}

pub fn listed(ids: &[&str]) -> Options {
    Options::Listed(ids.iter().map(|id| (id.parse().unwrap(), Text::new(*id, *id))).collect())
}

pub fn choice(ids: &[&str]) -> Kind {
    Kind::Choice { options: listed(ids), style: ChoiceStyle::Radio }
}

pub fn text() -> Kind {
    Kind::Text { at_most: 100, pattern: None }
}

pub fn facilities() -> Options {
    Options::Register { register: "afterschool_facility".parse().unwrap(), show: vec!["name".parse().unwrap()] }
}

/// Pages with their rules.
pub struct Built {
    pub pages: IndexMap<PageId, Page>,
    pub formal: IndexMap<RuleId, Rule>,
    pub merit: IndexMap<RuleId, Rule>,
    scope: Scope,
}

/// Pages: id, `when`, questions.
pub fn form(pages: Vec<(&'static str, Option<&'static str>, Vec<Question>)>) -> Built {
    let bare: Vec<_> = pages.iter().flat_map(|(_, _, questions)| questions.iter().map(Question::bare)).collect();
    let scope = scope().with_fields(bare.iter().map(|(id, field)| (id, field)));
    let built = pages.into_iter().map(|(id, when, questions)| {
        let id: PageId = id.parse().unwrap();
        let page = Page {
            id: id.clone(),
            title: Text::default(),
            lead: None,
            when: when.map(|source| compile(source, &scope, &Type::Bool)),
            fields: questions.iter().map(|question| question.compiled(&scope)).collect(),
        };
        (id, page)
    });
    Built { pages: built.collect(), formal: IndexMap::new(), merit: IndexMap::new(), scope }
}

impl Built {
    fn rule(&self, id: &str, source: &str) -> (RuleId, Rule) {
        let id: RuleId = id.parse().unwrap();
        let holds = compile(source, &self.scope, &Type::Bool);
        (id.clone(), Rule { id, holds, say: Text::default(), at: None, instead: None })
    }
    pub fn formal(mut self, id: &str, source: &str) -> Self {
        let (id, rule) = self.rule(id, source);
        self.formal.insert(id, rule);
        self
    }
    pub fn merit(mut self, id: &str, source: &str) -> Self {
        let (id, rule) = self.rule(id, source);
        self.merit.insert(id, rule);
        self
    }
    pub fn form(&self) -> Form<'_> {
        Form { pages: &self.pages, formal: &self.formal, merit: &self.merit }
    }
    pub fn fill(&self, typed: &Typed, facts: &dyn Facts) -> Filled {
        self.form().fill(typed, facts, TODAY)
    }
    pub fn fields(&self, page: &str) -> &IndexMap<FieldId, Field> {
        &self.pages[page].fields
    }
}

pub fn typed(pairs: &[(&str, &str)]) -> Typed {
    Typed::from_pairs(pairs.iter().copied()).unwrap()
}

/// What is wrong, as `path id`.
pub fn problems(filled: &Filled) -> Vec<String> {
    filled.problems.iter().map(|problem| format!("{} {}", problem.path, problem.id)).collect()
}

pub fn ids<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(T::to_string).collect()
}

pub fn person(id: &str, name: &str, born: Date, relation: &str) -> Person {
    Person {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        kana: None,
        born: Some(born),
        relation: Some(relation.to_owned()),
        more: IndexMap::new(),
    }
}

/// What the town knows of 佐藤花子: a child of six and a baby who has a place already.
pub fn hanako() -> FactsSheet {
    let hanako = person("hanako", "佐藤 花子", date(1990, 8, 2), "head");
    let listed = |key: &str, name: &str| Listed { key: key.to_owned(), shown: vec![name.to_owned()] };
    FactsSheet {
        applicant: Some(hanako.clone()),
        household: Some(vec![
            hanako,
            person("sakura", "佐藤 さくら", date(2020, 5, 3), "child"),
            person("baby", "佐藤 空", date(2026, 1, 10), "child"),
        ]),
        records: IndexMap::from([(
            "afterschool_membership".parse().unwrap(),
            vec![Held { owner: "baby".to_owned(), from: Some(date(2026, 4, 1)), until: None }],
        )]),
        options: IndexMap::from([(
            "afterschool_facility".parse().unwrap(),
            vec![listed("chuo", "中央児童会"), listed("higashi", "東児童会")].into(),
        )]),
        calendar: None,
    }
}

/// 放課後児童会の入会, as in the town's folder.
pub fn afterschool_join() -> Built {
    let reason = || ask("reason", choice(&["work", "ill", "care", "study"]));
    let certificate = || ask("work_certificate", Kind::Files { at_most: 3, later_days: Some(14) }).when("reason == 'work'");
    let when_listed = Condition::compile(
        "grade(it.born, start) >= 1 && grade(it.born, start) <= 6",
        &scope().with("it", Type::person(&IndexMap::new())).with("start", Type::Date),
    );
    let guardians = group(1, 2, &[], &[ask("name", Kind::PersonName), reason(), certificate()]);
    form(vec![
        (
            "child",
            None,
            vec![
                ask("child", Kind::HouseholdMember { when_listed: Some(when_listed.unwrap()) }),
                ask("start", Kind::Date).default("start_of_fiscal_year(today) + years(1)"),
            ],
        ),
        ("guardians", None, vec![ask("guardians", guardians)]),
        (
            "place",
            None,
            vec![
                ask("school", Kind::Ranked { options: facilities(), at_most: 3 }),
                ask("days", Kind::Choices { options: listed(&["mon", "tue", "wed", "thu", "fri"]), at_least: 1, at_most: None }),
            ],
        ),
        (
            "health",
            None,
            vec![
                ask("allergy", Kind::YesNo),
                ask("allergies", Kind::LongText { at_most: 500 }).when("allergy"),
                ask("agree", Kind::Consent),
            ],
        ),
    ])
    .formal("a_child_is_named", "has(child)")
    .merit("a_week_ahead", "start >= today + days(7)")
    .merit("not_member_yet", "!register.afterschool_membership.of(child).holds(start)")
}

/// Everything that 佐藤花子 types.
pub fn all_typed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("child", "sakura"),
        ("start.era", "reiwa"),
        ("start.year", "9"),
        ("start.month", "4"),
        ("start.day", "1"),
        ("guardians.rows", "1"),
        ("guardians.0.name.family", "佐藤"),
        ("guardians.0.name.given", "花子"),
        ("guardians.0.reason", "work"),
        ("school", "chuo"),
        ("school", "higashi"),
        ("days", "mon"),
        ("days", "tue"),
        ("allergy", "no"),
        ("agree", "yes"),
    ]
}
