//! # 文書係 The bureau
//!
//! What a letter says of the town itself: sender, department, 教示, number, the page that verifies it. All of it comes from the town's folder as
//! it is on that day, so that the rooms that order letters only tell their case.

use std::sync::Arc;

use access::LetterId;
use definitions::{department::Department, text::Text, town::Town};
use jiff::{Timestamp, civil::Date};
use jp::fiscal::FiscalYear;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use store::{Entry, NewJob, StoreError, Write, keys::Keys};
use ui::words::ruby;

use crate::{
    code::VerifyCode,
    fonts::Character,
    given::{AuthorityGiven, DepartmentGiven, Given, TownGiven, paragraphs},
    instruction::Instruction,
    letter::{Content, Order, document_number},
    press::Press,
    problem::LetterProblem,
    rows,
    template::Templates,
    typeset::{Job, Sheet, missing_in},
    verify,
};

/// The kind of the job that sets letters.
pub const RENDER: &str = "letter.render";

/// For what inputs are sealed.
pub(crate) const SEALED_FOR: &str = "letter.inputs";

/// Why a letter was not ordered.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// It could not become a letter; staff read why and mend it.
    #[error(transparent)]
    Letter(#[from] LetterProblem),
    /// The letter that should be ordered again did not fail.
    #[error("only a letter that failed is ordered again")]
    NotFailed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The town as letters know it.
#[derive(Clone)]
pub struct Bureau {
    /// The town.
    pub town: Arc<Town>,
    /// Its keys, since inputs are sealed.
    pub keys: Arc<Keys>,
    /// Where people reach the portal, without a slash at the end: `https://mihon.example`. The QR code leads there.
    pub portal: String,
}

impl Bureau {
    /// The templates of the town.
    pub fn templates(&self) -> Templates {
        Templates::of_town(&self.town)
    }

    /// The page that verifies a code.
    pub fn verify_url(&self, code: &VerifyCode) -> String {
        format!("{}/verify/{}", self.portal, code.plain())
    }

    fn given(&self, content: &Content, date: Date, number: String, verify: Option<&VerifyCode>) -> Result<Given, LetterProblem> {
        let town = &*self.town;
        let authority = town.authorities.get(content.authority.as_str()).ok_or_else(|| unknown("authority", content.authority.as_str()))?;
        let department = self.department(content)?;
        let template = town.letters.get(content.template.as_str()).ok_or_else(|| LetterProblem::NoTemplate(content.template.clone()))?;
        let instruction = match &content.act {
            None => Vec::new(),
            Some(act) => {
                let instruction = Instruction::of(&authority.appeal)
                    .ok_or_else(|| LetterProblem::NoInstruction(format!("処分庁「{}」に appeal がありません", plain(&authority.name))))?;
                instruction.paragraphs(act)
            }
        };
        Ok(Given {
            town: TownGiven {
                name: plain(&town.name),
                post: town.office.post.clone(),
                address: plain(&town.office.address),
                phone: town.office.phone.clone(),
                hours: plain(&town.office.hours),
            },
            authority: AuthorityGiven {
                name: plain(&authority.name),
                holder: authority.holder_on(date).map(str::to_owned),
                seal: content.seal.clone(),
            },
            department: DepartmentGiven {
                name: plain(&department.name),
                place: department.place.as_ref().map(plain),
                phone: department.phone.clone().unwrap_or_else(|| town.office.phone.clone()),
                mail: department.mail.clone(),
            },
            applicant: content.to.clone(),
            case: content.case.clone(),
            outcome: content.outcome.clone(),
            reason: paragraphs(&content.reason),
            instruction,
            number,
            title: plain(&template.title),
            form: template.form.as_ref().map(plain),
            date,
            verify: verify.map(|code| (code.clone(), self.verify_url(code))),
            draft: None,
        })
    }

    fn department(&self, content: &Content) -> Result<&Department, LetterProblem> {
        self.town.departments.get(content.department.as_str()).ok_or_else(|| unknown("department", content.department.as_str()))
    }

    /// 記号 of the department, or its name where the folder gives none.
    fn mark(&self, content: &Content) -> Result<String, LetterProblem> {
        let department = self.department(content)?;
        Ok(department.mark.clone().unwrap_or_else(|| plain(&department.name)))
    }
}

fn plain(text: &Text) -> String {
    ruby::plain(&text.ja)
}

fn unknown(kind: &str, id: &str) -> LetterProblem {
    LetterProblem::Template(crate::problem::TemplateFault {
        file: "town.yaml".into(),
        line: 1,
        column: 1,
        message: format!("no {kind} {id}"),
        hint: None,
    })
}

/// The characters in a content that no font has; staff see them while they still write. The town's own words are looked at by the press.
pub fn missing_characters(content: &Content) -> Vec<Character> {
    let mut all = Map::new();
    let applicant = serde_json::to_value(&content.to).unwrap_or(Json::Null);
    all.insert("applicant".into(), applicant);
    all.insert("case".into(), Json::Object(content.case.clone()));
    all.insert("outcome".into(), Json::Object(content.outcome.clone()));
    all.insert("reason".into(), Json::String(content.reason.clone()));
    missing_in(&all)
}

/// The letter as it would be, marked 下書き on every page, without a number and without a code. Same template, same press.
///
/// # Errors
/// What would keep it from being issued.
pub fn preview(bureau: &Bureau, press: &Press, content: &Content, date: Date) -> Result<Sheet, LetterProblem> {
    let mut given = bureau.given(content, date, format!("{}第　　号", bureau.mark(content)?), None)?;
    given.draft = Some("下書き".into());
    let job = Job { template: content.template.clone(), given: given.into_json(), date, ident: "draft".into() };
    press.set(&bureau.templates(), &job)
}

/// Orders a letter in the transaction of the decision: gives it its number, freezes everything that goes into it, asks the press for it. The
/// same id orders once. Gives the 文書番号.
///
/// # Errors
/// When a character cannot be printed, the authority has no 教示 for a disposition, or the template is not there: then nothing is decided.
pub fn order(tx: &Write<'_>, bureau: &Bureau, order: &Order) -> Result<String, OrderError> {
    if let Some((number, ..)) = rows::numbered(tx, order.id)? {
        return Ok(number);
    }
    let content = &order.content;
    let fiscal_year = FiscalYear::of(order.date);
    let mark = bureau.mark(content)?;
    let serial = rows::next_serial(tx, content.department.as_str(), fiscal_year.year())?;
    let number = document_number(&mark, order.date, serial);
    let given = bureau.given(content, order.date, number.clone(), Some(&order.verify))?;
    let frozen = freeze(tx, bureau, content, given)?;
    let new = rows::NewLetter {
        id: order.id,
        case: order.case,
        department: content.department.as_str(),
        template: &content.template,
        document_number: &number,
        date: order.date,
        verify: &order.verify,
        frozen: &frozen,
        now: tx.now(),
    };
    rows::add(tx, &new)?;
    tx.journal(&entry(&order.actor, "ordered", order.id, &order.granted, ""))?;
    tx.enqueue(&render_job(order.id, 1, tx.now()))?;
    Ok(number)
}

/// Orders a letter again that failed, with what was mended. It keeps its number, its day and its code.
///
/// # Errors
/// As [`order`], and when the letter did not fail.
pub fn order_again(tx: &Write<'_>, bureau: &Bureau, id: LetterId, content: &Content, actor: &str, granted: &str) -> Result<(), OrderError> {
    let (number, date, verify) = rows::numbered(tx, id)?.ok_or(OrderError::NotFailed)?;
    let given = bureau.given(content, date, number, Some(&verify))?;
    let frozen = freeze(tx, bureau, content, given)?;
    let run = rows::order_again(tx, id, &content.template, &frozen)?.ok_or(OrderError::NotFailed)?;
    tx.journal(&entry(actor, "ordered-again", id, granted, ""))?;
    tx.enqueue(&render_job(id, run, tx.now()))?;
    Ok(())
}

/// 取消し: says from now on that this letter is no longer true. `why` is a code. Says no when it was not issued, or was voided before.
///
/// # Errors
/// When the store fails.
pub fn void(tx: &Write<'_>, bureau: &Bureau, id: LetterId, on: Date, why: &str, actor: &str, granted: &str) -> Result<bool, StoreError> {
    if !rows::void(tx, id, on, why)? {
        return Ok(false);
    }
    let letter = rows::rendered(tx, id)?.ok_or(StoreError::damaged("letter.state"))?;
    tx.journal(&entry(actor, "voided", id, granted, why))?;
    tx.send(&verify::Notice::of(&letter, &bureau.town_name(), Some(on)).parcel(id)?)?;
    Ok(true)
}

impl Bureau {
    /// Who says on the verify page that it issued a letter.
    pub(crate) fn town_name(&self) -> String {
        plain(&self.town.name)
    }
}

fn freeze(tx: &Write<'_>, bureau: &Bureau, content: &Content, given: Given) -> Result<rows::Inputs, OrderError> {
    let templates = bureau.templates();
    let given = given.into_json();
    let missing = missing_in(&given);
    if !missing.is_empty() {
        return Err(LetterProblem::MissingCharacters(missing).into());
    }
    let template_digest = templates.digest();
    rows::keep_templates(tx, &template_digest, &templates.to_bytes())?;
    let inputs =
        serde_json::to_vec(&Frozen { template: content.template.clone(), given }).map_err(|_| StoreError::damaged("letter.inputs"))?;
    Ok(rows::Inputs { template_digest, inputs_digest: inputs_digest(&inputs), sealed: bureau.keys.seal(SEALED_FOR, &inputs)? })
}

/// What is sealed in the row.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Frozen {
    pub(crate) template: String,
    pub(crate) given: Map<String, Json>,
}

pub(crate) fn inputs_digest(inputs: &[u8]) -> String {
    crate::hex(&Sha256::digest(inputs))
}

pub(crate) fn entry(actor: &str, what: &'static str, id: LetterId, granted: &str, why: &str) -> Entry {
    Entry { actor: actor.into(), what, kind: "letter", record: id.to_string(), authority: granted.into(), why: why.into() }
}

fn render_job(id: LetterId, run: i64, at: Timestamp) -> NewJob {
    NewJob { kind: RENDER, key: format!("{id} {run}"), body: serde_json::json!({ "letter": id.to_string() }), at }
}
