//! The residents of a bench: each with a session and a complete draft, made by the ordinary form and functions.

use access::{Assurance, CaseId, SessionId, token::Token};
use cases::{
    draft::{DraftId, Owner},
    filing::{self, Terms},
};
use definitions::{
    procedure::{Identity, Session},
    typed::Typed,
};
use jiff::Timestamp;
use registry::known::PortalFacts;

use super::{
    clients::{Ask, Clients},
    open::{OpenBench, PROCEDURE},
};
use crate::{
    Failure,
    demo::fill::{self, Person},
};

/// Who has answered all questions and only has to tap 申請する.
#[derive(Clone)]
pub struct Resident {
    /// The session's name in the store.
    pub session: String,
    /// Their draft.
    pub draft: DraftId,
    /// The id that the case will have.
    pub case: CaseId,
    cookie: String,
    csrf: String,
    version: String,
}

impl Resident {
    /// The last tap.
    pub fn files(&self) -> Ask {
        let body = format!("csrf={}&version={}", self.csrf, self.version);
        Ask::post(&format!("/drafts/{}/file", self.draft), &self.cookie, &body)
    }

    /// A question page of the draft.
    pub fn looks_at(&self, page: &str) -> Ask {
        Ask::get(&format!("/drafts/{}/{page}", self.draft), &self.cookie)
    }

    /// A page of the portal, as this resident.
    pub fn goes_to(&self, path: &str) -> Ask {
        Ask::get(path, &self.cookie)
    }
}

/// Answers saved in one transaction.
const CHUNK: usize = 50;

/// What a resident brings: the secret of a browser and who they are.
struct Browser {
    session: SessionId,
    cookie: String,
    csrf: String,
    person: Person,
}

/// Draws residents; each begins a draft over HTTP, which makes the session's row, and answers every page.
///
/// # Errors
/// When the town refuses one of them.
pub fn draw_residents(bench: &OpenBench, clients: &mut Clients, count: usize) -> Result<Vec<Resident>, Failure> {
    let people = people(count)?;
    let keys = bench.portal()?.keys.clone();
    let mut browsers = Vec::with_capacity(count);
    for person in people {
        let token = Token::draw()?;
        let session = SessionId::of(&token);
        let csrf = session.csrf(&keys);
        browsers.push(Browser { session, cookie: format!("yakuba={}", token.shown()), csrf, person });
    }
    let begin =
        |browser: &Browser| Ask::post(&format!("/procedures/{PROCEDURE}/begin"), &browser.cookie, &format!("csrf={}", browser.csrf));
    let begun = clients.round(bench.address, browsers.iter().map(begin).collect())?;
    let mut residents = Vec::with_capacity(count);
    for (chunk, (browsers, begun)) in browsers.chunks(CHUNK).zip(begun.answers.chunks(CHUNK)).enumerate() {
        let drafts: Vec<DraftId> = begun
            .iter()
            .map(|answer| answer.location.strip_prefix("/drafts/").and_then(|id| id.parse().ok()))
            .collect::<Option<_>>()
            .ok_or_else(|| format!("a draft was not begun: {:?}", begun.first()))?;
        residents.extend(answer_all(bench, browsers, drafts)?);
        if chunk % 20 == 19 {
            eprint!("\rdrafts: {}", residents.len());
        }
    }
    eprintln!("\rdrafts: {}      ", residents.len());
    Ok(residents)
}

fn answer_all(bench: &OpenBench, browsers: &[Browser], drafts: Vec<DraftId>) -> Result<Vec<Resident>, Failure> {
    let portal = bench.portal()?;
    let (town, keys, now) = (portal.town.current(), portal.keys.clone(), Timestamp::now());
    let procedure = town.procedures.get(PROCEDURE).ok_or("the bench town has lost its procedure")?.clone();
    let facts = PortalFacts::default();
    let today = access::day_in_japan(now);
    let typed: Vec<Typed> = browsers
        .iter()
        .map(|browser| fill::fill(&procedure, &browser.person, &facts, today))
        .collect::<Option<_>>()
        .ok_or("the bench town's procedure cannot be filled in")?;
    let owners: Vec<Owner> = browsers.iter().map(|browser| Owner { session: browser.session.to_string(), account: None }).collect();
    let (asked, kept) = (procedure.clone(), drafts.clone());
    let ids = portal.store.write(move |tx| -> Result<Vec<CaseId>, filing::FilingRefused> {
        let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance: NOBODY, now };
        let mut ids = Vec::new();
        for ((draft, owner), typed) in kept.iter().zip(&owners).zip(&typed) {
            let mut last = None;
            for page in asked.pages.keys() {
                last = Some(filing::save_page(tx, &terms, *draft, owner, page, |draft, page| draft.post_page(&page.fields, typed))?);
            }
            let saved = last.ok_or(filing::FilingRefused::NotOffered)?;
            if saved.filled.answers.iter().count() != QUESTIONS {
                return Err(filing::FilingRefused::Incomplete(None));
            }
            ids.push(saved.draft.case);
        }
        Ok(ids)
    })?;
    let resident = |((browser, draft), case): ((&Browser, DraftId), CaseId)| Resident {
        session: browser.session.to_string(),
        draft,
        case,
        cookie: browser.cookie.clone(),
        csrf: browser.csrf.clone(),
        version: procedure.version.0.clone(),
    };
    Ok(browsers.iter().zip(drafts).zip(ids).map(resident).collect())
}

/// Somebody without an account: the bench town's procedure asks for none.
const NOBODY: Assurance = Assurance { identity: Identity::SelfAsserted, session: Session::None };

/// Answers of a complete draft.
const QUESTIONS: usize = 20;

/// Synthetic people, the same each time.
fn people(count: usize) -> Result<Vec<Person>, Failure> {
    let members = registry::synthetic::households(SEED, count).flat_map(|household| household.members).take(count);
    // The bench town asks everybody for a reading.
    let read_aloud = |person: Person| Person { kana: person.kana.or_else(|| Some("ミホン タロウ".to_owned())), ..person };
    let people: Vec<Person> = members.enumerate().map(|(number, member)| read_aloud(Person::of(&member, number))).collect();
    if people.len() == count { Ok(people) } else { Err(format!("only {} of {count} people were drawn", people.len()).into()) }
}

const SEED: u64 = 20;

/// A person's name and its reading, as an inbox shows them.
#[derive(Clone, Debug)]
pub struct Name {
    /// 氏名.
    pub name: String,
    /// フリガナ.
    pub kana: String,
}

/// Names of synthetic people, the same each time.
///
/// # Errors
/// When fewer can be drawn.
pub fn names(count: usize) -> Result<Vec<Name>, Failure> {
    let named = |person: Person| Name { name: format!("{} {}", person.family, person.given), kana: person.kana.unwrap_or_default() };
    Ok(people(count)?.into_iter().map(named).collect())
}
