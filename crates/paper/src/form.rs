//! What stands on a form: sections of numbered questions, each with rows of printed words and boxes. Pure: nothing here knows a millimetre
//! of where anything comes to lie. The typesetter finds that out, and [`crate::map`] hears it from there.

use std::collections::BTreeMap;

use definitions::{
    field::{Field, Kind},
    form::Filled,
    procedure::{Page, Procedure},
    text::{Language, Text},
    town::Town,
    typed::Typed,
};
use indexmap::IndexMap;
use serde::Serialize;

use crate::{
    kinds,
    prefill::Prefill,
    when::{self, Numbered},
};

/// What is wished of a form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish<'a> {
    /// The language that stands beside the Japanese; Japanese alone where it is Japanese.
    pub language: Language,
    /// 拡大文字: everything 1.4 times as large.
    pub large: bool,
    /// What is printed into the boxes, so that the sheet is only to be signed.
    pub prefill: Option<&'a Prefill>,
}

/// A form, ready to be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Form {
    /// 手続名.
    pub title: Words,
    /// 提出する日, at the head; never printed into.
    pub filed_on: Vec<Piece>,
    /// Its sections: a page of the screen each.
    pub sections: Vec<Section>,
    /// The boxes, by the numbers that [`Piece`]s name.
    #[serde(skip)]
    pub boxes: Vec<FormBox>,
}

/// Japanese, and another language beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The Japanese.
    pub ja: String,
    /// The same in the reader's language, where it differs.
    pub beside: Option<String>,
}

/// A page of the screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: Words,
    /// The sentence below.
    pub lead: Option<Words>,
    /// Whom it concerns, when not everybody.
    pub when: Option<String>,
    /// Its questions.
    pub parts: Vec<Part>,
}

/// What a section is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A question.
    Question(Question),
    /// The bar over the questions of one of several: お子さん（1人目）.
    Bar(Bar),
    /// Something to read.
    Note(Question),
}

/// The bar over one of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bar {
    /// The question's number; only over the first.
    pub number: Option<String>,
    /// What one of them is called, and which it is.
    pub title: Words,
    /// Whom it concerns, and what to do when there are more; only over the first.
    pub says: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Question {
    /// 1, 2 …; within one of several (1), (2) ….
    pub number: String,
    /// What is asked.
    pub label: Words,
    /// A line of help.
    pub hint: Option<Words>,
    /// Whether it may be left empty.
    pub optional: bool,
    /// Whom it concerns, when not everybody.
    pub when: Option<String>,
    /// Whether it may go over the end of a page: what is long by nature. Everything else stays together.
    pub long: bool,
    /// What is printed to its right, from top to bottom.
    pub rows: Vec<Row>,
}

/// One row at the right of a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Words, combs and ticks that follow each other and wrap.
    Flow(Vec<Piece>),
    /// Ticks in columns.
    Columns {
        /// How many.
        columns: usize,
        /// The ticks, row by row.
        ticks: Vec<Piece>,
    },
    /// A label and the whole rest of the width to write in.
    Space {
        /// Words before it: 第1希望.
        label: Option<String>,
        /// The number of its box.
        at: usize,
        /// Lines to write on.
        lines: usize,
        /// Room for a signature.
        tall: bool,
        /// Its width in letters; `None`: all there is.
        letters: Option<usize>,
        /// What is printed into it.
        value: String,
        /// Words behind it: 円.
        unit: Option<String>,
    },
    /// Options that are only to be read, in columns.
    Reading {
        /// How many columns.
        columns: usize,
        /// What is read.
        items: Vec<Words>,
    },
}

/// A piece of a [`Row::Flow`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Printed words.
    Words(String),
    /// A row of cells, one letter each.
    Comb {
        /// The number of its box.
        at: usize,
        /// How many cells.
        cells: usize,
        /// What is printed into them, a letter a cell; a space leaves one empty.
        value: String,
    },
    /// A box to tick, or a circle.
    Tick {
        /// The number of its box.
        at: usize,
        /// What it means.
        label: Words,
        /// Whether it is ticked.
        ticked: bool,
        /// A circle: an era, which is ringed as much as ticked.
        round: bool,
    },
}

/// What a box on the form is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormBox {
    /// The question, as conditions and inputs name it: `guardians.0.name`. Empty: the day of filing at the head.
    pub field: String,
    /// The name of the input that would be typed on the screen: `born.year`. What is read back goes there. `None`: a help for whoever keys it
    /// in, such as a bank's name beside its code.
    pub input: Option<String>,
    /// The word of the question's kind.
    pub kind: &'static str,
    /// How it is written in.
    pub shape: Shape,
    /// Which option a tick stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// How many equal cells a comb has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<usize>,
    /// From which letter of the input on, where it is written in several boxes: 〒 123-4567.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// Which of several values of the same name, from 0: the first wish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<usize>,
}

/// How a box is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Free writing.
    Space,
    /// A letter in each cell.
    Comb,
    /// Ticked or not.
    Tick,
}

/// How many of several are printed when the definition asks for none in particular; of long ones, which take half a page each, fewer.
const ROWS_PRINTED: u32 = 3;
const LONG_ROWS_PRINTED: u32 = 2;
/// From so many questions on one of several is long.
const LONG_QUESTIONS: usize = 4;

/// Lays out a procedure's form.
pub fn lay_out(town: &Town, procedure: &Procedure, wish: &Wish<'_>) -> Form {
    let mut laying = Laying {
        town,
        language: wish.language,
        large: wish.large,
        prefill: wish.prefill,
        boxes: Vec::new(),
        numbered: Numbered::of(town, procedure, wish.prefill),
    };
    let shown = |page: &&Page| wish.prefill.is_none_or(|prefill| prefill.shows(page));
    let mut sections: Vec<Section> = procedure.pages.values().filter(shown).map(|page| laying.section(page)).collect();
    sections.retain(|section| !section.parts.is_empty());
    let filed_on = filed_on(&mut laying);
    Form { title: laying.words(&procedure.title), filed_on, sections, boxes: laying.boxes }
}

/// The numbers that the questions bear on the printed form, by question, and by `group.question` inside a group: eyes go by them between the
/// sheet and the screen. `printed`: of a sheet that was printed from these answers, which counts only what it asked.
pub fn numbers(town: &Town, procedure: &Procedure, printed: Option<&Filled>) -> BTreeMap<String, String> {
    let prefill = printed.map(|filled| Prefill::of(procedure, filled, None));
    let numbered = Numbered::of(town, procedure, prefill.as_ref());
    let mut numbers = BTreeMap::new();
    for field in procedure.pages.values().flat_map(|page| page.fields.values()).filter(|field| !matches!(field.kind, Kind::Note)) {
        for (place, inner) in field.kind.group_fields().into_iter().flat_map(|fields| fields.values()).enumerate() {
            numbers.insert(format!("{}.{}", field.id, inner.id), inner_number(place));
        }
        numbers.insert(field.id.to_string(), numbered.number_of(&field.id));
    }
    numbers.retain(|_, number| !number.is_empty());
    numbers
}

/// The number of a question on one of several, by its place from 0.
fn inner_number(place: usize) -> String {
    format!("({})", place + 1)
}

/// The day on which the sheet is handed in.
fn filed_on(laying: &mut Laying<'_>) -> Vec<Piece> {
    let mut pieces = vec![Piece::Words("令和".to_owned())];
    for (part, unit) in [("year", "年"), ("month", "月"), ("day", "日")] {
        let at = laying.add(FormBox {
            field: String::new(),
            input: Some(format!("filed_on.{part}")),
            kind: "date",
            shape: Shape::Comb,
            option: None,
            cells: Some(2),
            from: None,
            value: None,
        });
        pieces.push(Piece::Comb { at, cells: 2, value: String::new() });
        pieces.push(Piece::Words(unit.to_owned()));
    }
    pieces
}

/// A form while it is laid out.
pub(crate) struct Laying<'a> {
    pub town: &'a Town,
    pub language: Language,
    pub large: bool,
    pub prefill: Option<&'a Prefill>,
    pub boxes: Vec<FormBox>,
    pub numbered: Numbered,
}

impl Laying<'_> {
    /// A text of the definition in Japanese and beside it.
    pub(crate) fn words(&self, text: &Text) -> Words {
        let ja = self.town.say_plainly(text, Language::Ja);
        let beside = match self.language {
            Language::Ja => None,
            // Readings stay readable: 申請（しんせい）.
            Language::Easy => Some(self.town.say(text, Language::Easy).replace('｜', "").replace('《', "（").replace('》', "）")),
            Language::En => Some(self.town.say_plainly(text, Language::En)),
        };
        Words { beside: beside.filter(|beside| *beside != ja), ja }
    }

    /// Notes a box and gives its number.
    pub(crate) fn add(&mut self, new: FormBox) -> usize {
        self.boxes.push(new);
        self.boxes.len() - 1
    }

    /// What is printed into an input.
    pub(crate) fn value(&self, input: &str) -> String {
        self.typed().and_then(|typed| typed.first(input)).unwrap_or_default().to_owned()
    }

    pub(crate) fn typed(&self) -> Option<&Typed> {
        self.prefill.map(|prefill| &prefill.typed)
    }

    fn section(&mut self, page: &Page) -> Section {
        let when = self.when(page.when.as_ref());
        let mut parts = Vec::new();
        for field in page.fields.values() {
            if !self.is_asked(field.id.as_str()) {
                continue;
            }
            let number = self.numbered.number_of(&field.id);
            match &field.kind {
                Kind::Group { each, at_least, at_most, fields } => {
                    self.group(field, &number, (each, *at_least, *at_most, fields), &mut parts)
                }
                _ => parts.push(self.question(field, number, field.id.as_str())),
            }
        }
        Section { title: self.words(&page.title), lead: page.lead.as_ref().map(|lead| self.words(lead)), when, parts }
    }

    fn is_asked(&self, path: &str) -> bool {
        self.prefill.is_none_or(|prefill| prefill.asks(path))
    }

    /// Whom a condition lets through, in words. On a prefilled sheet only what concerns the person is printed.
    fn when(&self, condition: Option<&definitions::condition::Condition>) -> Option<String> {
        condition.filter(|_| self.prefill.is_none()).map(|condition| when::in_words(condition, &self.numbered))
    }

    fn question(&mut self, field: &Field, number: String, path: &str) -> Part {
        let mut question = Question {
            number,
            label: self.words(&field.label),
            hint: field.hint.as_ref().map(|hint| self.words(hint)),
            optional: !field.required && !matches!(field.kind, Kind::Note | Kind::Consent),
            when: self.when(field.when.as_ref()),
            long: false,
            rows: Vec::new(),
        };
        if matches!(field.kind, Kind::Note) {
            question.number = String::new();
            return Part::Note(question);
        }
        kinds::rows(self, field, path, &mut question);
        Part::Question(question)
    }

    /// One of several after the other. So many are printed as must be, or a few; whoever has more takes another sheet.
    fn group(
        &mut self,
        field: &Field,
        number: &str,
        (each, at_least, at_most, fields): (&Text, u32, u32, &IndexMap<definitions::ids::FieldId, Field>),
        parts: &mut Vec<Part>,
    ) {
        let printed = if fields.len() < LONG_QUESTIONS { ROWS_PRINTED } else { LONG_ROWS_PRINTED };
        let filled = self.typed().map(|typed| typed.rows(field.id.as_str(), at_least, at_most));
        let rows = filled.unwrap_or_else(|| at_least.max(printed.min(at_most)));
        for row in 0..rows {
            let mut title = self.words(each);
            title.ja = format!("{}（{}）", title.ja, row + 1);
            let mut bar = Bar { number: None, title, says: Vec::new() };
            if row == 0 {
                bar.number = Some(number.to_owned());
                let all = self.words(&field.label).ja;
                if all != self.words(each).ja {
                    bar.title.ja = format!("{all}　{}", bar.title.ja);
                }
                bar.says.extend(self.when(field.when.as_ref()));
                bar.says.extend(field.hint.as_ref().map(|hint| self.words(hint).ja));
                if self.prefill.is_none() && rows < at_most {
                    bar.says.push(format!("{rows}つより多いときは、この用紙をもう1枚使って、続きを書いてください（{at_most}まで）。"));
                }
            }
            parts.push(Part::Bar(bar));
            let asked: Vec<(usize, &Field)> = fields.values().enumerate().collect();
            for (place, inner) in asked {
                let path = format!("{}.{row}.{}", field.id, inner.id);
                if self.is_asked(&path) {
                    parts.push(self.question(inner, inner_number(place), &path));
                }
            }
        }
    }
}
