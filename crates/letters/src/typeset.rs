//! # 組版 Typesetting
//!
//! One letter: templates and what they are given in, a tagged PDF out. The typesetter sees the frozen files and values and nothing else: no
//! disk, no network, no clock, no packages. The same inputs give the same bytes.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use typst::{
    Feature, Library, LibraryExt, World, WorldExt,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Array, Bytes, Content, Datetime, Dict, Duration, Label, Selector, Smart, Str, Value},
    introspection::{Introspector, MetadataElem},
    layout::{Abs, Frame, FrameItem},
    model::Document,
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook, TextItem},
    utils::{LazyHash, PicoStr},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{
    fonts::{self, Character, characters, fonts},
    problem::{LetterProblem, TemplateFault},
    template::Templates,
};

/// What a template is given, by name. A template that names anything else is refused with file, line and column.
pub const GIVEN: [&str; 13] = [
    "applicant",
    "authority",
    "case",
    "department",
    "draft",
    "form",
    "instruction",
    "outcome",
    "paper",
    "reason",
    "town",
    "unusual",
    "verify",
];

/// A letter of more pages is a mistake in the template or in what was pasted into the reason.
pub const PAGES_MAX: usize = 40;

/// All that goes into one letter, frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The template's id.
    pub template: String,
    /// What it is given, by the names of [`GIVEN`]. A name left out is `none`.
    pub given: Map<String, Json>,
    /// The day that the letter bears; the PDF's creation date too, since no clock is read.
    pub date: Date,
    /// What tells this PDF from all others: the letter's id.
    pub ident: String,
}

/// A letter as it came from the press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The document, tagged for screen readers.
    #[serde(skip)]
    pub pdf: Vec<u8>,
    /// Its title, as the template says.
    pub title: String,
    /// How many pages.
    pub pages: usize,
    /// Its text without spaces, for what must stand in it.
    pub text: String,
    /// What the template marked, where it came to lie.
    #[serde(default)]
    pub places: Vec<Marked>,
}

/// A place that a template marked by `#metadata(…) <place>`: where the typesetter has put it, and what was said there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// The page, from 1.
    pub page: usize,
    /// From the left edge of the page, in thousandths of a millimetre.
    pub x_um: i64,
    /// From its top edge, likewise.
    pub y_um: i64,
    /// What the template put there.
    pub says: Json,
}

/// Typesets one letter. Call it through [`crate::press::Press`], which holds it to limits of time and memory.
///
/// # Errors
/// When a character has no glyph, the template does not fit, the 教示 that was given is not printed, or it has too many pages.
pub fn typeset(templates: &Templates, job: &Job) -> Result<Sheet, LetterProblem> {
    if !templates.has(&job.template) {
        return Err(LetterProblem::NoTemplate(job.template.clone()));
    }
    let missing = missing_in(&job.given);
    if !missing.is_empty() {
        return Err(LetterProblem::MissingCharacters(missing));
    }
    let desk = Desk::lay_out(templates, job)?;
    let done = set(&desk, job);
    // Typst remembers parts of what it has set; the next letter is another person's.
    typst::comemo::evict(0);
    done
}

fn set(desk: &Desk, job: &Job) -> Result<Sheet, LetterProblem> {
    let document: PagedDocument = typst::compile(desk).output.map_err(|errors| desk.fault(&errors))?;
    let pages = document.pages().len();
    if pages > PAGES_MAX {
        return Err(LetterProblem::TooManyPages { pages, limit: PAGES_MAX });
    }
    let mut printed = Printed::default();
    for page in document.pages() {
        printed.read(&page.frame);
    }
    printed.complete(&job.given)?;
    let title = document.info().title.clone().unwrap_or_default();
    let pdf = typst_pdf::pdf(&document, &options(job)?).map_err(|errors| desk.fault(&errors))?;
    Ok(Sheet { pdf, title: title.into(), pages, text: printed.text, places: places(&document) })
}

/// The label of what [`Marked`] is made of.
const PLACE: &str = "place";

/// What the template marked, as the typesetter itself knows its place. Nothing is measured twice.
fn places(document: &PagedDocument) -> Vec<Marked> {
    let Some(label) = Label::new(PicoStr::intern(PLACE)) else { return Vec::new() };
    let introspector = document.introspector();
    let marked = introspector.query(&Selector::Label(label));
    let place = |content: &Content| {
        let at = introspector.position(content.location()?)?;
        let value = &content.to_packed::<MetadataElem>()?.value;
        let um = |length: Abs| (length.to_mm() * 1000.0).round() as i64;
        Some(Marked { page: at.page.get(), x_um: um(at.point.x), y_um: um(at.point.y), says: serde_json::to_value(value).ok()? })
    };
    marked.iter().filter_map(place).collect()
}

/// PDF/A-2a for keeping and PDF/UA-1 for reading aloud: Typst refuses what does not conform.
fn options(job: &Job) -> Result<PdfOptions, LetterProblem> {
    let date = job.date;
    let midnight = Datetime::from_ymd_hms(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs(), 0, 0, 0);
    Ok(PdfOptions {
        ident: Smart::Custom(job.ident.clone()),
        creator: Smart::Custom(Some("Yakuba".into())),
        timestamp: midnight.and_then(|midnight| Timestamp::new_local(midnight, 9 * 60)),
        page_ranges: None,
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|error| LetterProblem::Press(error.message().to_string()))?,
        tagged: true,
        pretty: false,
    })
}

/// The characters in what a template is given that no font has.
pub fn missing_in(given: &Map<String, Json>) -> Vec<Character> {
    let mut missing = Vec::new();
    each_text(given, &mut |text| missing.extend(fonts::missing_characters(text)));
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// Puts 〓 (下駄) where no font has the character, for a receipt: that must not fail for a name, since it decides nothing and all of it stands
/// on the page too. Says so in `case.unprinted`, which the receipt explains. Gives whether anything was replaced. Never for a letter.
pub fn with_geta(given: &mut Map<String, Json>) -> bool {
    fn each(value: &mut Json, missing: &[Character]) {
        match value {
            Json::String(text) => *text = without(text, missing),
            Json::Array(values) => values.iter_mut().for_each(|value| each(value, missing)),
            Json::Object(values) => values.values_mut().for_each(|value| each(value, missing)),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
    let missing = missing_in(given);
    if missing.is_empty() {
        return false;
    }
    given.values_mut().for_each(|value| each(value, &missing));
    if let Some(case) = given.get_mut("case").and_then(Json::as_object_mut) {
        case.insert("unprinted".into(), Json::Bool(true));
    }
    true
}

fn without(text: &str, missing: &[Character]) -> String {
    missing.iter().fold(text.to_owned(), |text, character| {
        let wanted: String = [Some(character.base), character.selector].into_iter().flatten().collect();
        text.replace(&wanted, "〓")
    })
}

/// 異体字 that must be taken from the fallback, as a template's `unusual`: the typesetter would print their ordinary form.
fn unusual_in(given: &Map<String, Json>) -> Vec<String> {
    let mut unusual: Vec<Character> = Vec::new();
    each_text(given, &mut |text| unusual.extend(characters(text).filter(|character| fonts().needs_fallback(*character))));
    unusual.sort_unstable();
    unusual.dedup();
    unusual.iter().map(|character| [Some(character.base), character.selector].into_iter().flatten().collect()).collect()
}

fn each_text(given: &Map<String, Json>, look: &mut impl FnMut(&str)) {
    fn each(value: &Json, look: &mut impl FnMut(&str)) {
        match value {
            Json::String(text) => look(text),
            Json::Array(values) => values.iter().for_each(|value| each(value, look)),
            Json::Object(values) => values.values().for_each(|value| each(value, look)),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
    given.values().for_each(|value| each(value, look));
}

/// JSON as Typst's values. Money and counts are integers; a fraction keeps being one.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Float)).unwrap_or(Value::None),
        Json::String(text) => Value::Str(text.as_str().into()),
        Json::Array(values) => Value::Array(values.iter().map(value).collect::<Array>()),
        Json::Object(values) => Value::Dict(values.iter().map(|(name, json)| (Str::from(name.as_str()), value(json))).collect::<Dict>()),
    }
}

/// All that the typesetter can reach.
struct Desk {
    library: LazyHash<Library>,
    main: FileId,
    files: HashMap<FileId, Bytes>,
    sources: HashMap<FileId, Source>,
}

impl Desk {
    fn lay_out(templates: &Templates, job: &Job) -> Result<Desk, LetterProblem> {
        let no_template = || LetterProblem::NoTemplate(job.template.clone());
        let place = |name: &str| {
            let path = VirtualPath::new(format!("/letters/{name}")).ok()?;
            Some(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let main = place(&format!("{}.typ", job.template)).ok_or_else(no_template)?;
        let mut desk = Desk { library: LazyHash::new(library(job)), main, files: HashMap::new(), sources: HashMap::new() };
        for (name, bytes) in templates.iter() {
            let Some(id) = place(name) else { continue };
            if let Ok(text) = std::str::from_utf8(bytes)
                && name.ends_with(".typ")
            {
                desk.sources.insert(id, Source::new(id, text.to_owned()));
            }
            desk.files.insert(id, Bytes::new(bytes.to_vec()));
        }
        Ok(desk)
    }

    fn fault(&self, errors: &[SourceDiagnostic]) -> LetterProblem {
        let Some(error) = errors.first() else { return LetterProblem::Press("no reason was given".into()) };
        let at = error.span.id().zip(self.range(error.span)).and_then(|(id, range)| {
            let (line, column) = self.sources.get(&id)?.lines().byte_to_line_column(range.start)?;
            Some((id.vpath().get_without_slash().to_owned(), line + 1, column + 1))
        });
        let (file, line, column) = at.unwrap_or_else(|| (self.main.vpath().get_without_slash().to_owned(), 1, 1));
        let hint = error.hints.first().map(|hint| hint.v.to_string());
        LetterProblem::Template(TemplateFault { file, line, column, message: error.message.to_string(), hint })
    }
}

fn library(job: &Job) -> Library {
    // Row headers of tables are part of what makes a letter readable aloud; Typst still counts them among its extras.
    let mut library = Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build();
    let scope = library.global.scope_mut();
    for name in GIVEN {
        let given = match name {
            "unusual" => Value::Array(unusual_in(&job.given).into_iter().map(|text| Value::Str(text.into())).collect()),
            name => job.given.get(name).map_or(Value::None, value),
        };
        scope.define(name, given);
    }
    library.std = typst::foundations::Binding::detached(library.global.clone());
    library
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &fonts().book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().fonts.get(index).cloned()
    }

    /// A letter bears the day it is given, never the day on which it happens to be typeset.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What stands on the pages.
#[derive(Default)]
struct Printed {
    text: String,
    missing: Vec<Character>,
}

impl Printed {
    fn read(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.read(&group.frame),
                FrameItem::Text(text) => self.read_text(text),
                FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn read_text(&mut self, item: &TextItem) {
        self.text.extend(item.text.chars().filter(|c| !c.is_whitespace()));
        for glyph in &item.glyphs {
            if glyph.id == 0 {
                let text = item.text.get(glyph.range()).unwrap_or(&item.text);
                self.missing.extend(characters(text));
            }
        }
        // A font without the variation prints the ordinary form and no box: look again.
        for character in characters(&item.text) {
            if let Some(selector) = character.selector
                && item.font.ttf().glyph_variation_index(character.base, selector).is_none()
            {
                self.missing.push(character);
            }
        }
    }

    fn complete(&mut self, given: &Map<String, Json>) -> Result<(), LetterProblem> {
        if !self.missing.is_empty() {
            self.missing.sort_unstable();
            self.missing.dedup();
            return Err(LetterProblem::MissingCharacters(std::mem::take(&mut self.missing)));
        }
        let instruction = given.get("instruction").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for paragraph in instruction {
            // The first characters stand on one line; further on a page may end and its footer come between.
            let beginning: String = paragraph.chars().filter(|c| !c.is_whitespace()).take(12).collect();
            if !self.text.contains(&beginning) {
                return Err(LetterProblem::NoInstruction("ひな形が教示を印字していません".into()));
            }
        }
        Ok(())
    }
}
