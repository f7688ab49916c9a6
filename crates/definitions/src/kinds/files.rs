//! 書類・写真: uploaded before; here stand only the references that the upload left among what was typed. At the counter the paper itself may
//! stand for them: `certificate.paper` says what became of it, `certificate.note` what it is. No page of a resident posts these
//! ([`Typed::post_papers`]).

use super::{Asked, Nature, Parsed, Shape, Wrong, in_language};
use crate::{
    answer::{Answer, FileAnswer, PaperWay, Papers},
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::{PAPER_NOTE, PAPER_WAYS, Typed},
};

/// 書類・写真.
pub(super) struct Files;

/// Longest note on a paper: what it is and where it lies, in a sentence.
pub const NOTE_CHARACTERS_MAX: usize = 200;

impl Nature for Files {
    fn shape(&self) -> Shape {
        Shape::Files
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        let Kind::Files { at_most, .. } = &asked.field.kind else { return Ok(None) };
        let read: Result<Vec<FileAnswer>, _> = asked.several().map(serde_json::from_str).collect();
        let files = read.map_err(|_| vec![Wrong::whole("kind-files-unreadable")])?;
        if files.len() > *at_most as usize {
            return Err(vec![Wrong::whole("kind-files-too-many").with("most", at_most)]);
        }
        let said = asked.typed.all(&format!("{}.{PAPER_WAYS}", asked.path));
        let ways: Vec<PaperWay> = PaperWay::ALL.into_iter().filter(|way| said.iter().any(|said| said == way.code())).collect();
        if ways.is_empty() {
            return Ok((!files.is_empty()).then_some(Answer::Files(files)));
        }
        let note = asked.part(PAPER_NOTE).to_owned();
        let count = note.chars().count();
        if count > NOTE_CHARACTERS_MAX {
            return Err(vec![Wrong::part(PAPER_NOTE, "kind-text-too-long").with("count", count).with("most", NOTE_CHARACTERS_MAX)]);
        }
        Ok(Some(Answer::Papers(Papers { files, ways, note })))
    }

    fn when_missing(&self) -> &'static str {
        "kind-files-required"
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::list(Type::Text))
    }

    /// The names of the files: conditions ask how many there are. A paper counts as one more.
    fn value(&self, answer: &Answer) -> Value {
        let names = answer.attached().iter().map(|file| file.name.as_str());
        match answer {
            Answer::Files(_) => Value::list(names.map(Value::text)),
            Answer::Papers(papers) => Value::list(names.chain([papers.note.as_str()]).map(Value::text)),
            _ => Value::Absent,
        }
    }

    fn no_value(&self) -> Value {
        Value::list([])
    }

    fn prefilled(&self, _: &Value) -> Option<Answer> {
        None
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        into.set(path, answer.attached().iter().filter_map(|file| serde_json::to_string(file).ok()));
        if let Answer::Papers(papers) = answer {
            into.set(format!("{path}.{PAPER_WAYS}"), papers.ways.iter().map(|way| way.code()));
            into.set(format!("{path}.{PAPER_NOTE}"), [&papers.note]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, language: Language) -> String {
        let mut lines: Vec<String> = answer.attached().iter().map(|file| file.name.clone()).collect();
        if let Answer::Papers(papers) = answer {
            lines.push(on_paper(papers, language));
        }
        lines.join("\n")
    }
}

/// What became of the paper, in one line: 原本を確認・紙で保管（就労証明書 2枚）.
pub fn on_paper(papers: &Papers, language: Language) -> String {
    let way = |way: &PaperWay| match way {
        PaperWay::Seen => in_language(language, "原本を確認", "本物の 紙を 見ました", "original seen"),
        PaperWay::Kept => in_language(language, "紙で保管", "紙で あずかりました", "kept on paper"),
    };
    let ways = papers.ways.iter().map(way).collect::<Vec<_>>().join(in_language(language, "・", "・", ", "));
    match papers.note.as_str() {
        "" => ways,
        note => format!("{ways}（{note}）"),
    }
}
