//! Options: each with its words beside a box to tick, in as many columns as their words allow.

use definitions::{
    field::{Field, Kind, Options},
    ids::RegisterId,
    text::Language,
};

use super::Boxes;
use crate::form::{FormBox, Piece, Question, Row, Shape, Words};

/// Options that are all printed. A longer list (all schools of a prefecture) is written in words.
const OPTIONS_MAX: usize = 60;
/// So many rows of options stay together on one page.
const ROWS_TOGETHER: usize = 16;
/// Half-width letters that stand beside a tick, by columns: four, three, two; and in a row without columns.
const WIDTHS: [(usize, usize); 3] = [(4, 11), (3, 17), (2, 29)];
/// Half-width letters of all options that stand in one row.
const ROW_WIDTH: usize = 48;

/// One of several.
pub(super) fn one(boxes: &mut Boxes<'_, '_>, options: &Options, question: &mut Question) -> Vec<Row> {
    let Some(offered) = offered(boxes, options) else { return in_words(boxes) };
    ticks(boxes, offered, question)
}

/// Any of several.
pub(super) fn many(boxes: &mut Boxes<'_, '_>, options: &Options, at_most: Option<u32>, question: &mut Question) -> Vec<Row> {
    let Some(offered) = offered(boxes, options) else { return in_words(boxes) };
    let most = at_most.filter(|most| (*most as usize) < offered.len());
    let says = match most {
        Some(most) => boxes.say(&format!("{most}つまで"), &format!("{most}つまで"), &format!("up to {most}")),
        None => boxes.say("いくつでも", "いくつでも えらべます", "any number"),
    };
    let mut rows = vec![Row::Flow(vec![Piece::Words(match says.beside {
        Some(beside) => format!("（{}　{beside}）", says.ja),
        None => format!("（{}）", says.ja),
    })])];
    rows.extend(ticks(boxes, offered, question));
    rows
}

/// Wishes in order: a line each, and what may be wished for.
pub(super) fn ranked(boxes: &mut Boxes<'_, '_>, options: &Options, at_most: u32, question: &mut Question) -> Vec<Row> {
    let offered = offered(boxes, options);
    let chosen: Vec<String> = boxes.form.typed().map(|typed| typed.all(boxes.path).to_vec()).unwrap_or_default();
    let mut rows: Vec<Row> = (0..at_most as usize)
        .map(|place| {
            let key = chosen.get(place).map(String::as_str).unwrap_or_default();
            let label = offered.iter().flatten().find(|(option, _)| option == key).map_or(key, |(_, words)| words.ja.as_str());
            let at = boxes.form.add(FormBox { value: Some(place), ..boxes.new_box("", Shape::Space) });
            let label = label.to_owned();
            Row::Space {
                label: Some(format!("第{}希望", place + 1)), at, lines: 1, tall: false, letters: None, value: label, unit: None
            }
        })
        .collect();
    if let Some(offered) = offered.filter(|_| boxes.form.prefill.is_none()) {
        let items: Vec<Words> = offered.into_iter().map(|(_, words)| words).collect();
        let columns = columns(boxes, &items);
        question.long |= items.len().div_ceil(columns) + rows.len() > ROWS_TOGETHER;
        rows.push(Row::Reading { columns, items });
    }
    rows
}

/// The options with their words; `None` where they are not known here or are too many: then the answer is written in words.
fn offered(boxes: &Boxes<'_, '_>, options: &Options) -> Option<Vec<(String, Words)>> {
    let offered: Vec<(String, Words)> = match options {
        Options::Listed(listed) => listed.iter().map(|(id, text)| (id.to_string(), boxes.form.words(text))).collect(),
        Options::Register { register, show } => {
            let here = boxes.form.prefill.and_then(|prefill| prefill.listed.get(boxes.path));
            let plain = |key: &str, shown: String| {
                (key.to_owned(), Words { ja: if shown.is_empty() { key.to_owned() } else { shown }, beside: None })
            };
            match here {
                Some(listing) => listing.iter().map(|one| plain(&one.key, one.shown.join("　"))).collect(),
                None => {
                    let records = &boxes.form.town.registers.get(register)?.records;
                    let shown = |record: &indexmap::IndexMap<_, String>| {
                        let columns = show.iter().filter_map(|column| Some((column, record.get(column)?)));
                        columns.map(|(column, value)| column_words(boxes, register, column, value)).collect::<Vec<_>>().join("　")
                    };
                    records.iter().map(|(key, record)| plain(key.as_str(), shown(record))).collect()
                }
            }
        }
    };
    (!offered.is_empty() && offered.len() <= OPTIONS_MAX).then_some(offered)
}

/// A record's column as people read it: the words of a choice, not its id.
fn column_words(boxes: &Boxes<'_, '_>, register: &RegisterId, column: &definitions::ids::FieldId, value: &str) -> String {
    let field: Option<Field> =
        boxes.form.town.registers.get(register).and_then(|register| register.fields.get(column)).and_then(|column| column.question());
    match field.map(|field| field.kind) {
        Some(Kind::Choice { options: Options::Listed(listed), .. }) => {
            listed.get(value).map_or_else(|| value.to_owned(), |text| boxes.form.town.say_plainly(text, Language::Ja))
        }
        _ => value.to_owned(),
    }
}

fn in_words(boxes: &mut Boxes<'_, '_>) -> Vec<Row> {
    vec![boxes.space("", None, None)]
}

fn ticks(boxes: &mut Boxes<'_, '_>, offered: Vec<(String, Words)>, question: &mut Question) -> Vec<Row> {
    let items: Vec<Words> = offered.iter().map(|(_, words)| words.clone()).collect();
    let ticks: Vec<Piece> = offered.into_iter().map(|(option, words)| boxes.tick("", &option, words)).collect();
    let all: usize = items.iter().map(|words| width(words) + 6).sum();
    if all <= ROW_WIDTH && !boxes.form.large {
        return vec![Row::Flow(ticks)];
    }
    let columns = columns(boxes, &items);
    question.long |= ticks.len().div_ceil(columns) > ROWS_TOGETHER;
    vec![Row::Columns { columns, ticks }]
}

fn columns(boxes: &Boxes<'_, '_>, items: &[Words]) -> usize {
    let widest = items.iter().map(width).max().unwrap_or(0);
    let widest = if boxes.form.large { widest * 14 / 10 + 2 } else { widest };
    WIDTHS.iter().find(|(_, width)| widest <= *width).map_or(1, |(columns, _)| *columns)
}

/// In half-width letters; the smaller words beside it count three quarters.
fn width(words: &Words) -> usize {
    let of = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    of(&words.ja).max(words.beside.as_deref().map_or(0, of) * 3 / 4)
}
