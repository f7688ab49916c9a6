//! 決定のあと: what an outcome's `do:` orders, in the transaction of the decision: letters are frozen and set by a job, registers are changed,
//! amounts are recorded as due. Each verb runs once: its id is made of the case and the verb's own name.

use std::sync::Arc;

use access::{CaseId, LetterId};
use base64::{Engine, engine::general_purpose::STANDARD};
use definitions::{
    answer::{Answer, Answers},
    field::Field,
    ids::{EffectId, MessageId},
    procedure::{Effect, Outcome, Procedure, Step},
    text::{Language, Text},
    town::Town,
};
use jiff::civil::Date;
use letters::{Addressee, AfterRender, Content, OrderError, RenderedLetter, Seal, VerifyCode, given::day};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use store::{StoreError, Write, keys::Keys};

use crate::{
    case::{Case, Stage},
    clock,
    event::{Event, Who},
    parcel::News,
    rows,
    verbs::{self, Acting, Happened, Refused},
};

/// The name of an effect within its case: what it records as due, enters or issues is known by it. An author names effects within one `do:`
/// only, so the step or the outcome stands before it; the fee and the notices of delay, which no `do:` names, hold no dot.
pub(crate) struct Name(pub String);

impl Name {
    /// Of an outcome's `do:`.
    pub(crate) fn of_outcome(outcome: &Outcome, id: &EffectId) -> Name {
        Name(format!("outcome.{}.{id}", outcome.id))
    }
}

/// Orders all that an outcome's `do:` says.
pub(crate) fn order(tx: &Write<'_>, acting: &Acting<'_>, case: &Case, procedure: &Procedure, outcome: &Outcome) -> Result<(), Refused> {
    let Stage::Decided { proposal, on, .. } = &case.stage else { return Ok(()) };
    for (id, effect) in &outcome.effects {
        let name = Name::of_outcome(outcome, id);
        match effect {
            Effect::Letter { .. } => {
                let Some(content) = content(acting.town, case, procedure, outcome, effect, &proposal.reason, &proposal.details, *on) else {
                    continue;
                };
                order_letter(tx, acting, case, &name.0, content, *on)?;
            }
            // The person is told through the hatch: the news names the message.
            Effect::Tell { .. } => {}
            Effect::Enter { .. } | Effect::Change { .. } | Effect::Charge { .. } => {
                crate::registers::apply(tx, acting, case, procedure, &proposal.details, &name, effect, *on)?;
            }
        }
    }
    Ok(())
}

/// Orders one letter of a case. `effect` names it once: ordered again, it is the same letter.
pub(crate) fn order_letter(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    case: &Case,
    effect: &str,
    content: Content,
    on: Date,
) -> Result<(), Refused> {
    let letter = effect_id(case, effect);
    let order = letters::Order {
        id: letter,
        case: case.id,
        content,
        date: on,
        verify: verify_code(acting.keys, letter),
        actor: acting.staff.actor(),
        granted: format!("case:{}", case.id),
    };
    letters::order(tx, acting.bureau, &order).map(drop).map_err(|error| match error {
        OrderError::Letter(problem) => Refused::Letter(problem),
        OrderError::NotFailed => Refused::NotFound,
        OrderError::Store(error) => Refused::Store(error),
    })
}

/// What a notice says that decides nothing, such as an extension: no 教示 stands on it.
pub(crate) fn notice(
    town: &Town,
    case: &Case,
    procedure: &Procedure,
    template: &definitions::ids::LetterId,
    days: &[(&str, Option<Date>)],
    reason: &str,
    on: Date,
) -> Content {
    Content {
        template: template.to_string(),
        department: case.department.clone(),
        authority: procedure.authority_of(&case.department).clone(),
        seal: Seal::Omitted,
        to: addressee(case),
        case: about(town, case, procedure, on),
        outcome: days.iter().filter_map(|(name, on)| Some(((*name).to_owned(), day((*on)?)))).collect(),
        reason: reason.to_owned(),
        act: None,
    }
}

/// Does what a step's `do:` says once its work is done. The person is told through the news.
pub(crate) fn of_step(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    case: &Case,
    procedure: &Procedure,
    step: &Step,
    noted: &Answers,
) -> Result<(), Refused> {
    for (id, effect) in &step.effects {
        if !matches!(effect, Effect::Tell { .. } | Effect::Letter { .. }) {
            let name = Name(format!("step.{}.{id}", step.id));
            crate::registers::apply(tx, acting, case, procedure, noted, &name, effect, acting.today())?;
        }
    }
    Ok(())
}

/// The message that a `do:` tells.
pub(crate) fn told_by<'e>(mut effects: impl Iterator<Item = &'e Effect>) -> Option<MessageId> {
    effects.find_map(|effect| match effect {
        Effect::Tell { message } => Some(message.clone()),
        _ => None,
    })
}

/// The letter that an effect of this case makes: the same however often the transaction runs.
pub(crate) fn effect_id(case: &Case, effect: &str) -> LetterId {
    let digest = Sha256::new().chain_update(case.id.uuid().as_bytes()).chain_update(effect.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    LetterId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The code by which a letter is verified, derived from the town's key: nobody else can guess it, and a re-run draws the same.
pub(crate) fn verify_code(keys: &Keys, letter: LetterId) -> VerifyCode {
    let mut chance = [0; 40];
    chance[..32].copy_from_slice(&keys.mac("letter verify", letter.uuid().as_bytes()));
    chance[32..].copy_from_slice(&keys.mac("letter verify more", letter.uuid().as_bytes())[..8]);
    VerifyCode::draw(chance)
}

/// What a letter about this case says; none when the effect is no letter.
#[allow(clippy::too_many_arguments)]
pub(crate) fn content(
    town: &Town,
    case: &Case,
    procedure: &Procedure,
    outcome: &Outcome,
    effect: &Effect,
    reason: &str,
    details: &Answers,
    on: Date,
) -> Option<Content> {
    let Effect::Letter { letter, starts_appeal } = effect else { return None };
    let asked = outcome.ask.values();
    Some(Content {
        template: letter.to_string(),
        department: case.department.clone(),
        authority: procedure.authority_of(&case.department).clone(),
        seal: Seal::Omitted,
        to: addressee(case),
        case: case_given(town, case, procedure, outcome, details, on),
        outcome: asked.filter_map(|field| Some((field.id.to_string(), written(details.get(field.id.as_str())?, field, town)))).collect(),
        reason: reason.to_owned(),
        // 教示 stands on what is a disposition (行政不服審査法82条); a contract has none.
        act: (procedure.law.disposition && *starts_appeal).then(|| "この決定".to_owned()),
    })
}

/// The first letter of an outcome as it would be: for previewing, and for finding characters that no font has.
pub(crate) fn first_content(
    town: &Town,
    case: &Case,
    procedure: &Procedure,
    outcome: &Outcome,
    reason: &str,
    details: &Answers,
    on: Date,
) -> Option<Content> {
    outcome.effects.values().find_map(|effect| content(town, case, procedure, outcome, effect, reason, details, on))
}

/// 宛先: name and address as the person wrote them.
pub(crate) fn addressee(case: &Case) -> Addressee {
    let address = case.contacts.address.as_deref().unwrap_or_default();
    let (post, line) = match address.strip_prefix('〒').and_then(|rest| rest.split_once(' ')) {
        Some((post, line)) => (Some(post), line),
        None => (None, address),
    };
    let lines: Vec<&str> = line.split_whitespace().collect();
    Addressee::person(&case.contacts.name, post, &lines)
}

fn plain(text: &Text) -> String {
    ui::words::ruby::plain(&text.ja)
}

/// `case` as a letter names it once it is decided.
fn case_given(town: &Town, case: &Case, procedure: &Procedure, outcome: &Outcome, details: &Answers, on: Date) -> Map<String, Json> {
    let added: Vec<Json> = outcome
        .ask
        .values()
        .filter_map(|field| {
            let answer = details.get(field.id.as_str())?;
            Some(json!({ "label": plain(&field.label), "value": answer.shown(field, town, Language::Ja) }))
        })
        .collect();
    let mut given = about(town, case, procedure, on);
    given.insert("details".to_owned(), Json::Array(added));
    given.insert("outcome".to_owned(), json!(plain(&outcome.title)));
    given
}

/// `case` as every letter names it.
fn about(town: &Town, case: &Case, procedure: &Procedure, on: Date) -> Map<String, Json> {
    let asked = procedure.pages.values().flat_map(|page| page.fields.values());
    let fields: Map<String, Json> =
        asked.filter_map(|field| Some((field.id.to_string(), written(case.answers.get(field.id.as_str())?, field, town)))).collect();
    let answers: Vec<Json> = shown(town, case, procedure).map(|(label, value)| json!({ "label": label, "value": value })).collect();
    let given = json!({
        "number": case.number.to_string(),
        "receipt_number": case.receipt_number,
        "procedure": plain(&procedure.title),
        "basis": plain(&procedure.law.basis),
        "filed_on": day(clock::day(case.filed_at)),
        "decided_on": day(on),
        "fields": fields,
        "answers": answers,
    });
    match given {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// An answer as templates write it: a day in each way of writing it, all else as it reads.
fn written(answer: &Answer, field: &Field, town: &Town) -> Json {
    match answer {
        Answer::Date(on) => day(*on),
        other => json!(other.shown(field, town, Language::Ja)),
    }
}

/// All answers as they read: question, answer.
fn shown<'a>(town: &'a Town, case: &'a Case, procedure: &'a Procedure) -> impl Iterator<Item = (String, String)> + 'a {
    procedure.pages.values().flat_map(|page| page.fields.values()).filter_map(|field| {
        let answer = case.answers.get(field.id.as_str())?;
        Some((plain(&field.label), answer.shown(field, town, Language::Ja)))
    })
}

/// What follows when the press has set a letter: a line in the case's story, and the letter itself on its way to the person.
pub struct LetterToPerson {
    /// The town of today.
    pub town: access::TownHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
}

impl AfterRender for LetterToPerson {
    fn issued(&self, tx: &Write<'_>, letter: &RenderedLetter, pdf: &[u8]) -> Result<(), StoreError> {
        let event = Event::LetterIssued {
            title: letter.title.clone(),
            document_number: letter.document_number.clone(),
            letter: letter.id.to_string(),
        };
        let news = News::Letter {
            letter: letter.id.to_string(),
            title: letter.title.clone(),
            document_number: letter.document_number.clone(),
            verify: letter.verify.plain(),
            issued_on: letter.issued_on,
            pdf: STANDARD.encode(pdf),
        };
        self.happened(tx, letter.case, Happened::told(event, news))
    }

    fn failed(&self, tx: &Write<'_>, case: CaseId, _: LetterId, problem: &str) -> Result<(), StoreError> {
        self.happened(tx, case, Happened::inside(Event::LetterFailed { why: problem.to_owned() }))
    }
}

impl LetterToPerson {
    fn happened(&self, tx: &Write<'_>, case: CaseId, happened: Happened) -> Result<(), StoreError> {
        let mut case = rows::desk::by_id(tx, &self.keys, case)?.ok_or(StoreError::damaged("letter.case"))?;
        let town = self.town.current();
        match verbs::keep(tx, &town, &self.keys, &mut case, &Who::System, "letter", vec![happened], tx.now()) {
            Ok(()) => Ok(()),
            Err(Refused::Store(error)) => Err(error),
            Err(_) => Err(StoreError::Busy),
        }
    }
}
