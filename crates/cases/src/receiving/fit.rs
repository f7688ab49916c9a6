//! What the desk makes of what the portal says. The portal stands outside and may be broken into: whatever of a filing the desk can know
//! by itself it does not take from the parcel. Two things come out of it. *Refused* is only what a portal of ours can never send, so that
//! nobody's filing is lost. All else is taken in, and what does not fit is written into the story for staff ([`Doubt`]): facts may have
//! changed since the person filed, and a link may have been taken back.

use access::AccountId;
use definitions::{
    answer::{Answer, Answers},
    condition::Condition,
    facts::{Facts, Listing, NoFacts, Person},
    field::{Field, Kind, Options},
    form::{self, Filled},
    ids::{FieldId, RegisterId, RuleId},
    procedure::{Identity, Online, Procedure},
    typed::Typed,
};
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp, civil::Date};
use jp::calendar::BusinessCalendar;
use store::{StoreError, Write, hatch::Failure};

use crate::{
    Contacts, clock,
    correction::{Correcting, Whole},
    event::Doubt,
    parcel::Filed,
};

/// The two machines' clocks may differ by so much before staff hear of it.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(10);

/// A parcel that says to be older than this is no parcel that waited while the desk was down: staff hear of it.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 62);

/// Nothing is counted from longer ago.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// When something reached us, as the portal says: never later than now, never more than a year ago.
pub(super) fn moment(said: Timestamp, now: Timestamp) -> Timestamp {
    if said > now || now.duration_since(said) > OLDEST { now } else { said }
}

/// Why a parcel is refused, as a word for staff. No portal of ours sends such a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Forged {
    /// It says to have come on paper, by telephone or at the counter.
    #[error("desk-refused-channel")]
    Channel,
    /// Its version is another procedure's.
    #[error("desk-refused-procedure")]
    Procedure,
    /// The procedure was not filed online under this version.
    #[error("desk-refused-not-online")]
    NotOnline,
    /// It answers what is not asked, or with an answer of another kind.
    #[error("desk-refused-answers")]
    Answers,
    /// Something is missing or a formal rule is broken, whatever the facts were.
    #[error("desk-refused-incomplete")]
    Incomplete,
    /// No such case came before it.
    #[error("desk-refused-case")]
    Case,
    /// A message without text or too long.
    #[error("desk-refused-message")]
    Message,
}

/// Holds a filing against its definition and the desk's own facts. What the desk knows better is put in its place; what does not fit is
/// said.
pub(super) fn filing(
    tx: &Write<'_>,
    procedure: &Procedure,
    filed: &mut Filed,
    facts: &dyn Facts,
    now: Timestamp,
) -> Result<Vec<Doubt>, Failure> {
    if !filed.channel.is_of_portal() {
        return Err(Forged::Channel.into());
    }
    if filed.procedure != procedure.id {
        return Err(Forged::Procedure.into());
    }
    if procedure.channels.online != Online::Open {
        return Err(Forged::NotOnline.into());
    }
    belong_to(procedure, &filed.answers)?;
    let mut doubts = Vec::new();
    let said = filed.at;
    filed.at = moment(said, now);
    if said > now + CLOCKS_APART || now.duration_since(said) > LATE {
        doubts.push(Doubt::Moment { said });
    }
    if !is_known(tx, filed.account.as_deref(), procedure.applicant.identity)? {
        doubts.push(Doubt::Identity);
    }
    let fit = Fit::of(procedure, &filed.answers, facts, clock::day(filed.at));
    if fit.is_exact && !fit.filled.may_be_filed() && !rests_on_facts(procedure) {
        return Err(Forged::Incomplete.into());
    }
    doubts.extend(fit.doubts(&filed.answers));
    // From the answers that were looked at, not from what stands beside them.
    filed.contacts = Contacts::of(procedure, &filed.answers);
    filed.warned.retain(|rule| procedure.merit.contains_key(rule.as_str()));
    Ok(doubts)
}

/// What a correction makes of a case, as the desk judges it.
pub(super) struct Mended {
    /// The answers as corrected.
    pub answers: Answers,
    /// Questions that the form asked because of it.
    pub opened: Vec<FieldId>,
    /// Questions that it does not ask any more.
    pub dropped: Vec<FieldId>,
    /// What does not fit.
    pub doubts: Vec<Doubt>,
    /// The form with the correction in it.
    pub whole: Whole,
}

/// Judges a correction as the portal judged it: what was asked for, what follows from it, what it hides. `dropped` is what the portal says
/// that it hides.
pub(super) fn correction(on: Correcting<'_>, sent: &Answers, dropped: &[FieldId]) -> Result<Mended, Failure> {
    belong_to(on.procedure, sent)?;
    let less = WithoutPeople(on.facts);
    // The portal knew what the desk knows, or less, or nothing of the person: the first that comes to what the portal said counts.
    let fits = |whole: &Whole| doubtful(whole, sent, dropped).is_empty();
    let judged = |facts| {
        let on = Correcting { facts, ..on };
        let whole = on.whole(|typed, field| {
            typed.forget(field.id.as_str());
            *typed = std::mem::take(typed).over(typed_again(&sent.only(std::slice::from_ref(&field.id))));
            Ok(())
        });
        whole.map(|whole| (on, whole)).map_err(|_| Forged::Answers)
    };
    let mut best = judged(on.facts)?;
    for facts in [&less as &dyn Facts, &NoFacts] {
        if fits(&best.1) {
            break;
        }
        let other = judged(facts)?;
        if fits(&other.1) {
            best = other;
        }
    }
    let (on, whole) = best;
    let strays: Vec<_> = sent.iter().filter(|(id, _)| !whole.open.contains(id)).collect();
    if !strays.is_empty() && !rests_on_facts(on.procedure) {
        return Err(Forged::Answers.into());
    }
    let mut answers = on.answers(&whole, sent);
    strays.into_iter().for_each(|(id, answer)| answers.insert(id.clone(), answer.clone()));
    let mut doubts = Vec::new();
    let fields = doubtful(&whole, sent, dropped);
    if !fields.is_empty() {
        doubts.push(Doubt::Answers { fields });
    }
    let rules: Vec<RuleId> = on.broken(&whole).iter().map(|broken| broken.rule.id.clone()).collect();
    if !rules.is_empty() {
        doubts.push(Doubt::Rules { rules });
    }
    Ok(Mended { answers, opened: whole.opened.clone(), dropped: whole.dropped.clone(), doubts, whole })
}

/// In which questions of a correction the form does not come to what was sent.
fn doubtful(whole: &Whole, sent: &Answers, dropped: &[FieldId]) -> Vec<FieldId> {
    let is_kept = |id: &FieldId, answer: &Answer| whole.open.contains(id) && whole.filled.answers.get(id.as_str()) == Some(answer);
    let mut fields: Vec<FieldId> = sent.iter().filter(|(id, answer)| !is_kept(id, answer)).map(|(id, _)| id.clone()).collect();
    fields.extend(whole.open.iter().filter(|id| whole.filled.problems_of(id.as_str()).next().is_some()).cloned());
    fields.extend(
        whole.dropped.iter().filter(|id| !dropped.contains(id)).chain(dropped.iter().filter(|id| !whole.dropped.contains(id))).cloned(),
    );
    let mut seen = Vec::new();
    fields.retain(|id| {
        !seen.contains(id) && {
            seen.push(id.clone());
            true
        }
    });
    fields
}

/// Whether each answer is to a question of the procedure and of its kind.
pub(super) fn belong_to(procedure: &Procedure, answers: &Answers) -> Result<(), Forged> {
    belong(&fields_of(procedure), answers)
}

/// Whether the desk itself knows the account as surely as the procedure asks.
fn is_known(tx: &Write<'_>, account: Option<&str>, asked: Identity) -> Result<bool, StoreError> {
    if asked == Identity::SelfAsserted {
        return Ok(true);
    }
    let Some(account) = account.and_then(|account| account.parse::<AccountId>().ok()) else { return Ok(false) };
    Ok(access::link::identity_of(tx, account)?.is_some_and(|identity| identity >= asked))
}

fn fields_of(procedure: &Procedure) -> IndexMap<&FieldId, &Field> {
    procedure.pages.values().flat_map(|page| &page.fields).collect()
}

/// Whether each answer is to one of these questions and of its kind.
fn belong(fields: &IndexMap<&FieldId, &Field>, answers: &Answers) -> Result<(), Forged> {
    let fits = |(id, answer): (&FieldId, &Answer)| fields.get(id).is_some_and(|field| is_of(&field.kind, answer));
    if answers.iter().all(fits) { Ok(()) } else { Err(Forged::Answers) }
}

fn is_of(kind: &Kind, answer: &Answer) -> bool {
    match (kind, answer) {
        (Kind::Text { .. } | Kind::LongText { .. }, Answer::Text(_))
        | (Kind::Kana, Answer::Kana(_))
        | (Kind::PersonName, Answer::PersonName(_))
        | (Kind::Date, Answer::Date(_))
        | (Kind::Number { .. }, Answer::Number(_))
        | (Kind::Decimal { .. }, Answer::Decimal(_))
        | (Kind::Money, Answer::Money(_))
        // Told in words where the options were not at hand.
        | (Kind::Choice { .. }, Answer::Choice(_) | Answer::Text(_))
        | (Kind::Choices { .. }, Answer::Choices(_) | Answer::Text(_))
        | (Kind::Ranked { .. }, Answer::Ranked(_) | Answer::Text(_))
        | (Kind::YesNo, Answer::YesNo(_))
        | (Kind::Address, Answer::Address(_))
        | (Kind::Place, Answer::Place(_))
        | (Kind::HouseholdMember { .. }, Answer::Member(_))
        | (Kind::Phone, Answer::Phone(_))
        | (Kind::Mail, Answer::Mail(_))
        | (Kind::BankAccount, Answer::BankAccount(_))
        | (Kind::IndividualNumber { .. }, Answer::IndividualNumber(_))
        | (Kind::Files { .. }, Answer::Files(_))
        | (Kind::Signature, Answer::Signature(_))
        | (Kind::Consent, Answer::Consent) => true,
        (Kind::Group { fields, .. }, Answer::Group(rows)) => {
            let fields: IndexMap<&FieldId, &Field> = fields.iter().collect();
            rows.iter().all(|row| belong(&fields, row).is_ok())
        }
        _ => false,
    }
}

/// Answers typed once more into their own form: the portal's own evaluation, as far as the desk can repeat it.
struct Fit {
    filled: Filled,
    /// Whether the form gives these very answers back. Then what it says of them is what the portal's said.
    is_exact: bool,
}

impl Fit {
    /// The portal knew what the desk knows, or less, or nothing of the person: the best of these counts.
    fn of(procedure: &Procedure, answers: &Answers, facts: &dyn Facts, today: Date) -> Fit {
        let typed = typed_again(answers);
        let fit = |facts: &dyn Facts| {
            let filled = form::fill(procedure, &typed, facts, today);
            Fit { is_exact: filled.answers == *answers, filled }
        };
        let mut best = fit(facts);
        for less in [&WithoutPeople(facts) as &dyn Facts, &NoFacts] {
            if best.is_exact && best.filled.may_be_filed() {
                break;
            }
            let other = fit(less);
            if other.is_exact && (other.filled.may_be_filed() || !best.is_exact) {
                best = other;
            }
        }
        best
    }

    /// What does not fit.
    fn doubts(&self, answers: &Answers) -> Vec<Doubt> {
        let is_wrong = |id: &FieldId| self.filled.problems_of(id.as_str()).next().is_some();
        let is_kept = |id: &FieldId, answer: &Answer| self.filled.answers.get(id.as_str()) == Some(answer);
        let odd = answers.iter().filter(|(id, answer)| is_wrong(id) || !is_kept(id, answer));
        let mut fields: Vec<FieldId> = odd.map(|(id, _)| id.clone()).collect();
        // What is missing has no answer to stand by.
        for problem in &self.filled.problems {
            let first: Option<FieldId> = problem.path.split('.').next().and_then(|id| id.parse().ok());
            fields.extend(first.filter(|id| !fields.contains(id)));
        }
        let mut doubts = Vec::new();
        if !fields.is_empty() {
            doubts.push(Doubt::Answers { fields });
        }
        if !self.filled.formal.is_empty() {
            doubts.push(Doubt::Rules { rules: self.filled.formal.clone() });
        }
        doubts
    }
}

/// What would have been typed to give these answers. An individual number comes along here: it is looked at, not kept.
fn typed_again(answers: &Answers) -> Typed {
    let mut typed = Typed::of_answers(answers);
    for (path, number) in crate::apart::taken_out(answers.clone()).1 {
        typed.set(path, [number]);
    }
    typed
}

/// Whether what the form asks or forbids rests on anything that the portal knew and the desk may not.
fn rests_on_facts(procedure: &Procedure) -> bool {
    let rests = |condition: &Condition| {
        let references = condition.references();
        !references.registers.is_empty()
            || references.names.iter().any(|name| name.starts_with("applicant") || name.starts_with("household"))
    };
    let mut fields = procedure.pages.values().flat_map(|page| page.fields.values());
    fields.any(|field| field_rests(field, &rests))
        || procedure.pages.values().any(|page| page.when.as_ref().is_some_and(rests))
        || procedure.formal.values().any(|rule| rests(&rule.holds))
}

fn field_rests(field: &Field, rests: &dyn Fn(&Condition) -> bool) -> bool {
    let of_kind = match &field.kind {
        Kind::HouseholdMember { .. } => true,
        Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } => {
            matches!(options, Options::Register { .. })
        }
        Kind::Group { fields, .. } => fields.values().any(|field| field_rests(field, rests)),
        _ => false,
    };
    of_kind || field.when.as_ref().is_some_and(rests)
}

/// What is known to somebody of whom nothing is known.
struct WithoutPeople<'a>(&'a dyn Facts);

impl Facts for WithoutPeople<'_> {
    fn applicant(&self) -> Option<Person> {
        None
    }

    fn household(&self) -> Option<Vec<Person>> {
        None
    }

    fn holds(&self, _: &RegisterId, _: &str, _: Date) -> Option<bool> {
        None
    }

    fn options(&self, register: &RegisterId) -> Option<Listing> {
        self.0.options(register)
    }

    fn calendar(&self) -> Option<&BusinessCalendar> {
        self.0.calendar()
    }
}
