//! Printing: the form of a procedure through the press.

use definitions::{
    procedure::{Channel, Procedure},
    text::{Language, Text},
    town::Town,
};
use jiff::civil::Date;
use letters::{LetterProblem, Press, code::qr_svg, template::Templates, typeset::Job};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::{
    code::{SheetCode, short_version},
    form::{self, Wish, Words},
    map::{Map, NoPlace},
};

/// The one template of all forms. It is the program's and no town's: a map is only true of the drawing that it was taken from.
const TEMPLATE: &str = include_str!("form.typ");
const NAME: &str = "form";

/// How much larger 拡大文字 is.
const LARGE: f64 = 1.4;

/// A printed form.
#[derive(Clone, Debug)]
pub struct PrintedForm {
    /// The document, tagged for screen readers.
    pub pdf: Vec<u8>,
    /// Where each box lies.
    pub map: Map,
}

/// Why a form could not be printed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PaperProblem {
    /// The press did not set it.
    #[error(transparent)]
    Press(#[from] LetterProblem),
    /// The map would not be whole.
    #[error(transparent)]
    Map(#[from] NoPlace),
}

/// Prints a procedure's form. `on` is the day that the document bears as its creation date; nothing on the sheet shows it.
///
/// # Errors
/// What the press says; [`NoPlace`].
pub fn print(press: &Press, town: &Town, procedure: &Procedure, wish: &Wish<'_>, on: Date) -> Result<PrintedForm, PaperProblem> {
    let laid = form::lay_out(town, procedure, wish);
    let mut given = given(town, procedure, wish, &laid);
    break_long_words(&mut given);
    let unprinted = letters::typeset::with_geta(&mut given);
    if let Some(form) = given.get_mut("form").and_then(Json::as_object_mut) {
        form.insert("unprinted".into(), Json::Bool(unprinted));
    }
    let ident = format!("{}-{}-{}-{}", procedure.id, procedure.version.0, wish.language.code(), wish.large);
    let job = Job { template: NAME.to_owned(), given, date: on, ident };
    let templates = Templates::from_files([(format!("{NAME}.typ"), TEMPLATE.as_bytes().to_vec())]);
    let sheet = press.set(&templates, &job)?;
    let kind = (wish.language, wish.large, wish.prefill.is_some());
    let map = Map::of(procedure, kind, sheet.pages, &laid.boxes, &sheet.places)?;
    Ok(PrintedForm { pdf: sheet.pdf, map })
}

fn given(town: &Town, procedure: &Procedure, wish: &Wish<'_>, laid: &form::Form) -> JsonMap<String, Json> {
    let plain = |text: &Text| town.say_plainly(text, Language::Ja);
    let code = wish.prefill.and_then(|prefill| prefill.code.clone());
    let sheet_code = SheetCode::of(procedure, code.clone()).to_string();
    let mut form = json!(laid);
    if let Some(form) = form.as_object_mut() {
        form.insert("scale".into(), json!(if wish.large { LARGE } else { 1.0 }));
        form.insert("beside".into(), json!(wish.language.tag()));
        form.insert("id".into(), json!(format!("{}　第{}版", procedure.id, short_version(procedure))));
        form.insert("qr".into(), json!(qr_svg(&sheet_code)));
        form.insert("draft".into(), json!(code.as_deref().map(grouped)));
        form.insert("how".into(), json!(how(wish)));
        form.insert("ending".into(), json!(ending(town, procedure, wish)));
    }
    let authority = town.authorities.get(&procedure.authority).map_or_else(|| plain(&town.name), |authority| plain(&authority.name));
    let given = json!({ "form": form, "authority": { "name": authority } });
    if let Json::Object(given) = given { given } else { JsonMap::new() }
}

/// Four and four, as it is read aloud.
fn grouped(code: &str) -> String {
    let symbols: Vec<char> = code.chars().collect();
    symbols.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn one(wish: &Wish<'_>, ja: &str, easy: &str, en: &str) -> Words {
    let beside = match wish.language {
        Language::Ja => None,
        Language::Easy => Some(easy),
        Language::En => Some(en),
    };
    Words { ja: ja.to_owned(), beside: beside.map(str::to_owned) }
}

/// How the sheet is filled in.
fn how(wish: &Wish<'_>) -> Words {
    if wish.prefill.is_some() {
        return one(
            wish,
            "画面で入力した内容を印刷しています。空いているところを黒のペンで書き、署名して出してください。",
            "画面で 書いたことが 印刷してあります。空いている ところを 黒い ペンで 書いて、名前を 書いて 出してください。",
            "What you typed is printed here. Fill in what is empty in black ink, sign, and hand it in.",
        );
    }
    one(
        wish,
        "黒のペンで書いてください（消せるペンは使えません）。□にはレ印を付け、○は当てはまる年号に印を付けてください。",
        "黒い ペンで 書いてください。□には レを 書きます。消せる ペンは 使えません。",
        "Write in black ink (not erasable). Tick the boxes that apply.",
    )
}

/// Where it is handed in, what goes with it, what it costs.
fn ending(town: &Town, procedure: &Procedure, wish: &Wish<'_>) -> Vec<(String, Vec<Words>)> {
    let plain = |text: &Text| town.say_plainly(text, Language::Ja);
    let same = |ja: String| Words { ja, beside: None };
    let department = town.department_of(procedure);
    let name = department.map_or_else(String::new, |department| plain(&department.name));
    let place =
        department.and_then(|department| department.place.as_ref()).map_or_else(String::new, |place| format!("（{}）", plain(place)));
    let phone = department.and_then(|department| department.phone.clone()).unwrap_or_else(|| town.office.phone.clone());
    let mut handed = vec![
        same(format!("{}　{name}{place}", plain(&town.name))),
        same(format!("〒{}　{}　電話 {phone}", town.office.post, plain(&town.office.address))),
    ];
    let by = (&procedure.channels.counter, &procedure.channels.paper);
    handed.push(match by {
        (Channel::Open, Channel::Open) => {
            one(wish, "窓口でも郵送でも出せます。", "窓口でも 郵便でも 出せます。", "At the counter or by post.")
        }
        (Channel::Open, Channel::Closed(why)) => same(format!("窓口で出してください。{}", plain(why))),
        (Channel::Closed(why), _) => same(format!("郵送で出してください。{}", plain(why))),
    });
    let mut ending = vec![("提出先".to_owned(), handed)];
    if !procedure.needs.is_empty() {
        let beside = |text: &Text| {
            let beside = (wish.language != Language::Ja).then(|| town.say_plainly(text, wish.language));
            let ja = plain(text);
            Words { beside: beside.filter(|beside| *beside != ja), ja: format!("□ {ja}") }
        };
        ending.push(("用意するもの".to_owned(), procedure.needs.iter().map(beside).collect()));
    }
    if let Some(fee) = &procedure.fee {
        ending.push(("手数料".to_owned(), vec![same(plain(&fee.text))]));
    }
    ending
}

/// A word without an end (a mail address of two hundred letters) would stand out of its box: it may break after every few letters.
fn break_long_words(given: &mut JsonMap<String, Json>) {
    given.values_mut().for_each(break_in);
}

fn break_in(value: &mut Json) {
    match value {
        Json::String(text) if text.len() > WORD_LETTERS_MAX && !text.starts_with('<') => {
            let mut run = 0;
            let mut broken = String::with_capacity(text.len());
            for letter in text.chars() {
                run = if letter.is_ascii_graphic() { run + 1 } else { 0 };
                broken.push(letter);
                if run == WORD_LETTERS_MAX {
                    broken.push('\u{200b}');
                    run = 0;
                }
            }
            *text = broken;
        }
        Json::Array(values) => values.iter_mut().for_each(break_in),
        Json::Object(values) => values.iter_mut().filter(|(name, _)| name.as_str() != "qr").for_each(|(_, value)| break_in(value)),
        _ => {}
    }
}

/// Letters of a word that stand in the narrowest box at the largest print.
const WORD_LETTERS_MAX: usize = 16;
