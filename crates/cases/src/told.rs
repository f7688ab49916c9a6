//! お知らせ: what a person is told when something happens on their case, on my page and by mail, and what became of each message.

use std::sync::Arc;

use access::{CaseId, TownHandle};
use definitions::{answer::Answers, message::Message, town::Town};
use jiff::civil::Date;
use messages::{Content, FateNews, Notice, mailing::FateHook};
use store::{Entry, StoreError, Write, keys::Keys};

use crate::{
    own::OwnCase,
    parcel::{self, News, Up},
};

/// Tells the person of the case that something happened. `turn` names it once.
pub(crate) fn tell(
    tx: &Write<'_>,
    town: &Town,
    keys: &Keys,
    case: &OwnCase,
    turn: &str,
    what: &News,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let Some(kind) = kind(what) else { return Ok(()) };
    let message = message_of(town, what);
    let if_unread = message.and_then(|message| if_unread(town, message, now));
    let content = content(town, case, kind, message, Some(what));
    told(tx, keys, case, (kind, turn), content, (now, if_unread))
}

/// Offices open half an hour later: the list of those to call is there by then.
const BEFORE_NOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(4);

/// When staff are to be told that a message of the town was not read: from the morning after the last day that its folder gives.
fn if_unread(town: &Town, message: &Message, now: jiff::Timestamp) -> Option<messages::IfUnread> {
    let follows = message.if_unread?;
    let last = follows.after.last_day(crate::clock::day(now), &town.closed);
    let morning = crate::clock::noon(last.tomorrow().ok()?) - BEFORE_NOON;
    Some(messages::IfUnread { at: morning, then: follows.then })
}

/// The receipt of a filing.
pub(crate) fn tell_filed(tx: &Write<'_>, town: &Town, keys: &Keys, case: &OwnCase) -> Result<(), StoreError> {
    let content = content(town, case, "received", town.messages.get("received"), None);
    told(tx, keys, case, ("received", "filed"), content, (case.filed_at, None))
}

/// What stands on my page: the town's own message where the definition names one, else our words.
fn content(town: &Town, case: &OwnCase, kind: &str, message: Option<&Message>, what: Option<&News>) -> Content {
    let until = what.and_then(until);
    let usual = Content::Words { id: format!("messages-notice-{kind}"), args: usual_values(town, case, until) };
    match message {
        Some(message) => Content::of_town(town, message, case.language, &|place| value(town, case, what, place), usual),
        None => usual,
    }
}

/// Hands a notice over. `occasion` names it once within the case.
fn told(
    tx: &Write<'_>,
    keys: &Keys,
    case: &OwnCase,
    (kind, occasion): (&'static str, &str),
    content: Content,
    (now, if_unread): (jiff::Timestamp, Option<messages::IfUnread>),
) -> Result<(), StoreError> {
    let notice = Notice {
        id: format!("case:{}:{occasion}", case.id),
        account: case.account.as_deref().and_then(|account| account.parse().ok()),
        case: Some(case.id),
        kind,
        language: case.language,
        contacts: messages::Contacts {
            mail: case.contacts.mail.clone(),
            phone: case.contacts.phone.is_some(),
            post: case.contacts.address.is_some(),
        },
        content,
        link: format!("/status/{}", case.number.plain()),
        if_unread,
    };
    let told = messages::tell(tx, &notice, now)?;
    match told.news {
        Some(news) => fate_up(tx, keys, &news),
        None => Ok(()),
    }
}

/// What sort of news a person is told of; what they did themselves, or what is no news to them, is not sent.
fn kind(what: &News) -> Option<&'static str> {
    match what {
        News::CorrectionRequested { .. } => Some("correction"),
        News::Decided { .. } => Some("decided"),
        News::Letter { .. } => Some("letter"),
        News::Wrote { .. } => Some("wrote"),
        News::Delayed { .. } => Some("delayed"),
        News::Step { message: Some(_), .. } => Some("step"),
        News::FeeChanged { .. } => Some("fee"),
        News::Received { .. }
        | News::HandedOver { .. }
        | News::Step { .. }
        | News::Deciding
        | News::BackToReview
        | News::Withdrawn
        | News::CameTooLate { .. } => None,
    }
}

/// The day that a piece of news names.
fn until(what: &News) -> Option<Date> {
    match what {
        News::CorrectionRequested { until, .. } | News::Delayed { until, .. } => Some(*until),
        _ => None,
    }
}

/// The town's message for a piece of news: the one that the definition names, or the one that stands for what happened on any case
/// (`definitions::message::OCCASIONS`).
fn message_of<'t>(town: &'t Town, what: &News) -> Option<&'t Message> {
    let of_occasion = match what {
        News::Decided { message, .. } | News::Step { message, .. } => return town.messages.get(message.as_ref()?),
        News::CorrectionRequested { .. } => "correction_asked",
        News::Wrote { .. } => "wrote",
        News::Delayed { .. } => "delayed",
        News::Letter { .. } => "letter_ready",
        _ => return None,
    };
    town.messages.get(of_occasion)
}

fn title(town: &Town, case: &OwnCase) -> String {
    let procedure = town.procedures.get(&case.procedure);
    procedure.map_or_else(|| case.procedure.to_string(), |procedure| ui::words::ruby::plain(town.say(&procedure.title, case.language)))
}

fn usual_values(town: &Town, case: &OwnCase, until: Option<Date>) -> Vec<(String, String)> {
    let mut values = vec![("procedure".to_owned(), title(town, case)), ("number".to_owned(), case.number.to_string())];
    values.extend(until.map(|day| ("until".to_owned(), jp::era::wareki(day))));
    values
}

/// What staff added, which a message may name as `{outcome.…}`.
fn details_of(what: &News) -> Option<&Answers> {
    match what {
        News::Decided { details, .. } => Some(details),
        News::Step { noted, .. } => Some(noted),
        _ => None,
    }
}

/// The places of a town's message: `{applicant.name}`, `{case.number}`, `{department.phone}`, `{outcome.from}`, or an answer by its id.
fn value(town: &Town, case: &OwnCase, what: Option<&News>, place: &str) -> Option<String> {
    let details = what.and_then(details_of);
    let department = town.departments.get(&case.department);
    match place {
        "town.name" => Some(ui::words::ruby::plain(town.say(&town.name, case.language))),
        "procedure.title" => Some(title(town, case)),
        "department.name" => department.map(|department| ui::words::ruby::plain(town.say(&department.name, case.language))),
        "department.phone" => Some(department.and_then(|department| department.phone.clone()).unwrap_or_else(|| town.office.phone.clone())),
        "office.phone" => Some(town.office.phone.clone()),
        "office.hours" => Some(ui::words::ruby::plain(town.say(&town.office.hours, case.language))),
        "case.filed_on" => Some(jp::era::wareki(crate::clock::day(case.filed_at))),
        "correction.until" => match what? {
            News::CorrectionRequested { until, .. } => Some(jp::era::wareki(*until)),
            _ => None,
        },
        "letter.title" => match what? {
            News::Letter { title, .. } => Some(title.clone()),
            _ => None,
        },
        "message.text" => match what? {
            News::CorrectionRequested { say, .. } => Some(say.clone()),
            News::Wrote { text, .. } => Some(text.clone()),
            News::Delayed { reason, .. } => Some(reason.clone()),
            _ => None,
        },
        "case.due" => case.hear_by.map(jp::era::wareki),
        "outcome.title" => {
            let crate::own::OwnState::Decided { outcome, .. } = &case.state else { return None };
            let procedure = town.procedures.get(&case.procedure)?;
            Some(ui::words::ruby::plain(town.say(&procedure.outcomes.get(outcome)?.resident, case.language)))
        }
        added if added.starts_with("outcome.") => {
            let id = added.trim_start_matches("outcome.");
            let procedure = town.procedures.get(&case.procedure)?;
            let asked = procedure.outcomes.values().map(|outcome| &outcome.ask).chain(procedure.steps.values().map(|step| &step.ask));
            let field = asked.filter_map(|fields| fields.get(id)).next()?;
            Some(details?.get(id)?.shown(field, town, case.language))
        }
        "applicant.name" => Some(case.contacts.name.clone()),
        "case.number" => Some(case.number.to_string()),
        "case.title" => Some(title(town, case)),
        "case.link" => Some(format!("/status/{}", case.number.plain())),
        field => {
            let procedure = town.procedures.get(&case.procedure)?;
            Some(case.answers.get(field)?.shown(procedure.field(field)?, town, case.language))
        }
    }
}

/// What became of a message goes up to the desk: it stands on the case, with what to do next.
pub struct FateToDesk {
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl FateHook for FateToDesk {
    fn told(&self, tx: &Write<'_>, news: &FateNews) -> Result<(), StoreError> {
        fate_up(tx, &self.keys, news)
    }
}

fn fate_up(tx: &Write<'_>, keys: &Keys, news: &FateNews) -> Result<(), StoreError> {
    let Some(case) = news.case.as_deref().and_then(|case| case.parse::<CaseId>().ok()) else { return Ok(()) };
    let up = Up::Fate { case: case.to_string(), channel: news.fate.channel().to_owned(), fate: news.fate.word(), at: news.at };
    parcel::send_up(tx, keys, case, &format!("fate-{}-{}", news.notice, news.turn), &up)
}

/// What a parcel from the desk needs on the residents' side.
pub struct PortalReceiver {
    /// The town of today.
    pub town: TownHandle,
    /// The town's keys.
    pub keys: Arc<Keys>,
    /// Where letters are kept.
    pub files: store::files::Files,
}

impl store::hatch::Receiver for PortalReceiver {
    fn kind(&self) -> &str {
        parcel::DOWN
    }

    fn receive(&self, tx: &Write<'_>, came: &store::Parcel) -> Result<(), store::hatch::Failure> {
        let down: parcel::Down = parcel::opened(&self.keys, &came.body)?;
        let id: CaseId = down.case.parse().map_err(|_| StoreError::damaged("parcel case.down: case"))?;
        // A case that came on paper has no copy here: its person is told by letter. A draft that a clerk filed for them is not filed again.
        let Some(mut case) = crate::rows::portal::own_by_id(tx, &self.keys, id)? else {
            return Ok(crate::rows::portal::filed_at_desk(tx, id)?);
        };
        let town = self.town.current();
        case.take(&down);
        crate::rows::portal::update_own(tx, &self.keys, &case)?;
        let mut news = down.news;
        if let News::Letter { pdf, letter, title, document_number, verify, issued_on } = &mut news {
            let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, std::mem::take(pdf).as_bytes())?;
            let kept = crate::own::OwnLetter {
                id: letter.clone(),
                title: title.clone(),
                document_number: document_number.clone(),
                issued_on: *issued_on,
                verify: verify.clone(),
                file: self.files.put(&bytes)?.to_string(),
                voided_on: None,
            };
            crate::rows::portal::add_letter(tx, id, &kept)?;
        }
        tell(tx, &town, &self.keys, &case, &down.turn.to_string(), &news, down.at)?;
        // Live pages follow the journal: without a line nobody would be shown the news.
        tx.journal(&Entry {
            actor: "desk".to_owned(),
            what: "told",
            kind: "case",
            record: id.to_string(),
            authority: "hatch".to_owned(),
            why: format!("turn-{}", down.turn),
        })?;
        crate::rows::portal::add_event(tx, &self.keys, id, down.at, &crate::own::Seen::Desk { news: Box::new(news) })?;
        Ok(())
    }
}
