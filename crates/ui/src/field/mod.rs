//! # Questions as shapes
//!
//! A definition says *what* is asked; here stands *how* it is shown on a page. [`render`] draws every kind in
//! [`definitions::field::Kind`]: label above, 必須 or 任意 in words, help before the input, what is wrong beside it and tied to it. What was
//! typed always reappears, wrong or not. Everything works without a script; `data-` attributes tell the scripts what they may make better.
//!
//! Inputs are named as [`Typed`] expects them: `field`, `field.part`, `group.0.field`.

mod address;
mod bank;
mod date;
mod files;
mod group;
mod line;
mod member;
mod mistakes;
mod name;
mod pick;
pub mod place;
mod ranked;
mod signature;

use std::collections::BTreeMap;

use definitions::{
    field::{Field, Kind},
    form::{FieldProblem, Filled},
    text::Text,
    town::Town,
    typed::Typed,
};
use maud::{Markup, PreEscaped, html};

pub use group::{Pressed, pressed};
pub use mistakes::{mistakes, problem_text};

use crate::{
    parts::{Say, icons},
    words::{Value, ruby},
};

/// What a question needs to be drawn.
#[derive(Clone, Copy)]
pub struct FieldView<'a> {
    /// The words of the reader's language.
    pub say: Say<'a>,
    /// The town, for the texts of its definitions.
    pub town: &'a Town,
    /// What was typed so far.
    pub typed: &'a Typed,
    /// What the evaluation made of it: which questions are hidden, what may be chosen.
    pub filled: &'a Filled,
    /// What is wrong and to be said now. A page that was not sent yet shows none.
    pub problems: &'a [FieldProblem],
    /// Where the question lies: empty, or `guardians.0`.
    pub prefix: &'a str,
    /// How scripts send files ahead of the form. None: files go with the form.
    pub upload: Option<Uploads<'a>>,
    /// Whether the paper itself may stand for a file.
    pub papers: Papers,
    /// How a postal code completes an address; none where the town has no postal codes.
    pub postal: Option<Postal<'a>>,
    /// How it is drawn for somebody who keys in sheets of paper; none for everybody else.
    pub keying: Option<Keying<'a>>,
}

/// How questions are drawn for somebody who keys in sheets of paper: with the numbers of the printed form, a day in one line, and each named
/// by `data-path`, so that scripts can tell which are there.
#[derive(Clone, Copy)]
pub struct Keying<'a> {
    /// The number of each question: of one inside a group under `group.question`.
    pub numbers: &'a BTreeMap<String, String>,
}

/// How scripts send files ahead of the form, in pieces: `upload.js` says how.
#[derive(Clone, Copy)]
pub struct Uploads<'a> {
    /// Where to: `/`, the question's path and `/uploads` are added.
    pub url: &'a str,
    /// Files of this page that were not sent to the end.
    pub half_sent: &'a [HalfSent],
}

/// A file that was not sent to the end. Chosen again, it goes on where it stopped.
#[derive(Clone, Debug)]
pub struct HalfSent {
    /// The path of its question.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u32,
    /// How many of them have arrived.
    pub received: u32,
    /// Where the rest goes.
    pub url: String,
}

/// Whether the paper itself may stand for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Papers {
    /// Only files: nobody vouches for paper from outside.
    NotAsked,
    /// At the counter: 原本を確認, 紙で保管.
    Asked,
}

/// How a postal code completes an address.
#[derive(Clone, Copy)]
pub struct Postal<'a> {
    /// Where scripts post a code to (`code`, with the form's token): the answer is `{"address": "…", "towns": ["…"]}`, with more than one town
    /// where the code decides none, or `{}` when no such code is known (200, so that no error stands in anyone's console).
    pub url: &'a str,
    /// What is said beside one address after its button was pressed: its path, and the words.
    pub said: Option<(&'a str, &'a str)>,
}

/// A question with all its inputs; nothing when it is not asked now.
pub fn render(field: &Field, view: &FieldView<'_>) -> Markup {
    let asked = Asked { field, view, path: joined(view.prefix, field.id.as_str()) };
    if !view.filled.is_asked(&asked.path) {
        return PreEscaped(String::new());
    }
    match &field.kind {
        Kind::Text { at_most, pattern } => line::text(&asked, *at_most, pattern.as_ref()),
        Kind::LongText { at_most } => line::long_text(&asked, *at_most),
        Kind::Kana => line::kana(&asked),
        Kind::PersonName => name::render(&asked),
        Kind::Date => date::render(&asked),
        Kind::Number { unit, .. } => line::number(&asked, unit.as_ref()),
        Kind::Decimal { unit, .. } => line::decimal(&asked, unit.as_ref()),
        Kind::Money => line::money(&asked),
        Kind::Choice { options, style } => pick::choice(&asked, options, *style),
        Kind::Choices { options, at_most, .. } => pick::choices(&asked, options, *at_most),
        Kind::Ranked { options, at_most } => ranked::render(&asked, options, *at_most),
        Kind::YesNo => pick::yes_no(&asked),
        Kind::Address => address::render(&asked),
        Kind::Place => place::render(&asked),
        Kind::HouseholdMember { .. } => member::render(&asked),
        Kind::Phone => line::phone(&asked),
        Kind::Mail => line::mail(&asked),
        Kind::BankAccount => bank::render(&asked),
        Kind::IndividualNumber { number_use } => line::individual_number(&asked, number_use),
        Kind::Files { at_most, later_days } => files::render(&asked, *at_most, *later_days),
        Kind::Signature => signature::render(&asked),
        Kind::Consent => pick::consent(&asked),
        Kind::Note => note(&asked),
        Kind::Group { each, at_least, at_most, fields } => {
            group::render(&asked, &group::Shape { each, at_least: *at_least, at_most: *at_most, fields })
        }
    }
}

/// The id of the element to go to for a question or one of its parts: `guardians.0.born.month` → `f-guardians-0-born-month`.
pub fn anchor(path: &str) -> String {
    format!("f-{}", path.replace('.', "-"))
}

fn joined(prefix: &str, id: &str) -> String {
    if prefix.is_empty() { id.to_owned() } else { format!("{prefix}.{id}") }
}

/// A question on its way to the page.
struct Asked<'a> {
    field: &'a Field,
    view: &'a FieldView<'a>,
    path: String,
}

impl<'a> Asked<'a> {
    /// The name of a part's input.
    fn part(&self, part: &str) -> String {
        format!("{}.{part}", self.path)
    }

    /// What was typed under a name.
    fn typed(&self, name: &str) -> &'a str {
        self.view.typed.first(name).unwrap_or_default()
    }

    fn text(&self, text: &'a Text) -> Markup {
        ruby::html(self.view.town.say(text, self.view.say.language))
    }

    fn say(&self, id: &str) -> Markup {
        self.view.say.html(id, &[])
    }

    fn say_with(&self, id: &str, args: &[(&str, Value<'_>)]) -> Markup {
        self.view.say.html(id, args)
    }

    /// What is wrong with this question itself or its parts. The rows of a group speak for themselves.
    fn problems(&self) -> impl Iterator<Item = &'a FieldProblem> {
        let rows_speak = matches!(self.field.kind, Kind::Group { .. });
        self.view.problems.iter().filter(move |problem| match problem.path.strip_prefix(self.path.as_str()) {
            Some("") => true,
            Some(rest) => rest.starts_with('.') && !rows_speak,
            None => false,
        })
    }

    /// Whether an input is wrong: it was named, or the question as a whole was.
    fn is_wrong(&self, name: &str) -> bool {
        self.problems().any(|problem| problem.path == self.path || problem.path == name)
    }

    /// `aria-invalid` of an input.
    fn invalid(&self, name: &str) -> Option<&'static str> {
        self.is_wrong(name).then_some("true")
    }

    fn help_id(&self) -> String {
        anchor(&self.path).replacen('f', "h", 1)
    }

    fn error_id(&self) -> String {
        anchor(&self.path).replacen('f', "e", 1)
    }

    /// `aria-describedby`: the help, then what is wrong.
    fn described(&self, has_help: bool) -> Option<String> {
        let mut ids = Vec::new();
        if has_help {
            ids.push(self.help_id());
        }
        if self.problems().next().is_some() {
            ids.push(self.error_id());
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Its path where someone keys in paper: scripts tell by it which questions are there.
    fn keyed_path(&self) -> Option<&str> {
        self.view.keying.map(|_| self.path.as_str())
    }

    /// Its number on the printed form. Rows of a group bear the same numbers.
    fn number(&self) -> Option<&'a str> {
        let parts = self.path.split('.').filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
        let name = parts.collect::<Vec<_>>().join(".");
        self.view.keying.and_then(|keying| keying.numbers.get(&name)).map(String::as_str)
    }

    fn label(&self) -> Markup {
        html! {
            @if let Some(number) = self.number() { span.no { (number) } }
            (self.text(&self.field.label))
            @if self.field.required { span.req { (self.say("ui-required")) } } @else { span.opt { (self.say("ui-optional")) } }
        }
    }

    /// The hint of the definition, then the help of the kind.
    fn help(&self, of_kind: Option<Markup>) -> Option<Markup> {
        let hint = self.field.hint.as_ref().map(|hint| self.text(hint));
        match (hint, of_kind) {
            (None, None) => None,
            (Some(hint), None) => Some(hint),
            (None, Some(kind)) => Some(kind),
            (Some(hint), Some(kind)) => Some(html! { (hint) br; (kind) }),
        }
    }

    fn errors(&self) -> Markup {
        let mut seen: Vec<String> = Vec::new();
        for problem in self.problems() {
            let text = mistakes::text(self.view.say, problem, self.view.town.say(&self.field.label, self.view.say.language)).into_string();
            if !seen.contains(&text) {
                seen.push(text);
            }
        }
        html! {
            @if !seen.is_empty() {
                div id=(self.error_id()) {
                    @for text in seen {
                        p.err { (icons::CIRCLE_ALERT) span { span.sr { (self.say("ui-error")) } (PreEscaped(text)) } }
                    }
                }
            }
        }
    }

    fn class(&self) -> &'static str {
        if self.problems().next().is_some() { "q wrong" } else { "q" }
    }

    /// A question with one control. `control` gets the value of `aria-describedby`.
    fn single(&self, of_kind: Option<Markup>, control: impl FnOnce(Option<String>) -> Markup) -> Markup {
        let help = self.help(of_kind);
        let described = self.described(help.is_some());
        html! {
            div class=(self.class()) data-path=[self.keyed_path()] {
                label.label for=(anchor(&self.path)) { (self.label()) }
                @if let Some(help) = help { p.help id=(self.help_id()) { (help) } }
                (self.errors())
                (control(described))
            }
        }
    }

    /// A question with several controls: a fieldset, which the summary of errors can go to.
    fn several(&self, of_kind: Option<Markup>, controls: Markup) -> Markup {
        let help = self.help(of_kind);
        html! {
            fieldset class=(self.class()) id=(anchor(&self.path)) data-path=[self.keyed_path()] tabindex="-1" aria-describedby=[self.described(help.is_some())] {
                legend.label { (self.label()) }
                @if let Some(help) = help { p.help id=(self.help_id()) { (help) } }
                (self.errors())
                (controls)
            }
        }
    }

    /// Whether the question is about the person who types, so that their browser may fill it in (WCAG 1.3.5). Inside a group it is about
    /// someone else; elsewhere the id says it.
    fn is_own(&self) -> bool {
        let id = self.field.id.as_str();
        self.view.prefix.is_empty()
            && (id.starts_with("applicant")
                || id.starts_with("my_")
                || matches!(id, "name" | "address" | "phone" | "mail" | "born" | "birth_date"))
    }

    fn autocomplete(&self, token: &'static str) -> &'static str {
        if self.is_own() { token } else { "off" }
    }
}

/// Something to read: no label, no answer.
fn note(asked: &Asked<'_>) -> Markup {
    html! {
        div.q data-path=[asked.keyed_path()] {
            div.reads {
                b { (asked.text(&asked.field.label)) }
                @if let Some(hint) = &asked.field.hint { "\n" (asked.text(hint)) }
            }
        }
    }
}
