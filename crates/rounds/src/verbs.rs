//! What staff do with a round, in the order in which it is done: score, allocate, look through, propose, announce. Each is a transaction or a row of
//! small ones; one that was cut off goes on where it stopped, and done twice it does nothing more. Decisions are made by the verbs of `cases`: a round
//! only says which.
//!
//! Two people: who chose the run does not look it through, who corrected points does not agree to it, and who proposed does not approve.

mod points;

use std::collections::BTreeMap;

use access::{Act, RecordAttributes, Staff};
use cases::{
    CaseNumber, decide, gathered,
    verbs::{Acting, Refused},
};
use definitions::{
    form::Known,
    ids::OutcomeId,
    procedure::Procedure,
    round::{Placed, Round},
    town::Town,
};
use jiff::Timestamp;
pub use points::{add_points, agree_points};
use sha2::{Digest, Sha256};
use store::{Entry, Read, StoreError, Write, keys::Keys};

use crate::{
    allocation::{Allocation, allocate},
    lots::Seed,
    round::{self, Entrant, Fate, Override, Seats, Stage, contest, moment},
    rows::{self, Kept, Run, ranks::Ranked},
    waiting::Ranks,
};

/// Cases that are scored in one transaction.
const SCORED_TOGETHER: i64 = 50;

/// Why a round's verb was refused.
#[derive(Debug, thiserror::Error)]
pub enum NotNow {
    /// It stands where this is not possible.
    #[error("the round is at another stage")]
    Stage,
    /// The time for it has not come.
    #[error("not before its time")]
    TooSoon,
    /// Somebody changed it meanwhile.
    #[error("changed meanwhile")]
    Changed,
    /// It takes a second person.
    #[error("a second person does this")]
    SecondPerson,
    /// The round has no decision for what is to be decided: a person sees to it.
    #[error("the round has no decision for it")]
    NoDecision,
    /// A reason must be written, or a number within bounds.
    #[error("a reason or a number is due")]
    ReasonDue,
    /// They may not, or there is no such thing for them.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<StoreError> for NotNow {
    fn from(error: StoreError) -> NotNow {
        NotNow::Refused(error.into())
    }
}

/// What grants see of a round: the cases that it holds.
pub fn attributes(town: &Town, round: &Round) -> Option<RecordAttributes> {
    let procedure = town.procedures.get(&round.procedure)?;
    Some(RecordAttributes {
        kind: access::RecordKind::Case,
        department: Some(procedure.department.clone()),
        consulted: Vec::new(),
        assignee: None,
        sensitivity: cases::case::sensitivity(procedure),
        attributes: vec![("procedure", Some(round.procedure.to_string()))],
    })
}

/// On what authority somebody does something with a round.
///
/// # Errors
/// Not found, where they may not even look; not permitted, where they may.
pub fn may(staff: &Staff, town: &Town, round: &Round, act: Act) -> Result<access::Authority, Refused> {
    let seen = attributes(town, round).ok_or(Refused::NotFound)?;
    access::may(staff, Act::Read, &seen).ok_or(Refused::NotFound)?;
    access::may(staff, act, &seen).ok_or(Refused::NotPermitted(act))
}

pub(crate) fn journal(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, act: Act, what: &'static str, why: String) -> Result<(), NotNow> {
    let authority = may(acting.staff, acting.town, round, act)?.to_string();
    let (actor, record) = (acting.staff.actor(), round.id.to_string());
    Ok(tx.journal(&Entry { actor, what, kind: "round", record, authority, why })?)
}

/// Begins to score, or begins anew: places as the register has them today, and the seed that was sealed while the round was open; `drawn` where none
/// was. It is one seed for good.
///
/// # Errors
/// See [`NotNow`].
pub fn begin_scoring(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, drawn: &Seed) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    if acting.now < moment(round.closes) {
        return Err(NotNow::TooSoon);
    }
    let seed = crate::lottery::sealed_or(tx, acting, round, drawn)?;
    rows::begin(tx, &round.id, &seed)?;
    let mut kept = rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    if kept.stage > Stage::Allocated {
        return Err(NotNow::Stage);
    }
    rows::forget_entrants(tx, &round.id)?;
    for (seq, seats) in (0..).zip(seats_of_register(tx, acting, round)?) {
        rows::put_seats(tx, &round.id, &seats, seq)?;
    }
    let seed = kept.seed.to_string();
    (kept.stage, kept.scored_at, kept.run, kept.chosen_by) = (Stage::Scored, Some(acting.now), None, None);
    change(tx, round, &kept)?;
    journal(tx, acting, round, Act::Work, "round-scored", format!("seed:{seed}"))
}

fn change(tx: &Write<'_>, round: &Round, kept: &Kept) -> Result<(), NotNow> {
    if rows::update(tx, &round.id, kept)? { Ok(()) } else { Err(NotNow::Changed) }
}

fn seats_of_register(tx: &Read<'_>, acting: &Acting<'_>, round: &Round) -> Result<Vec<Seats>, StoreError> {
    let Some(register) = acting.town.registers.get(&round.register) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for key in register.records.keys() {
        let Some(record) = registry::records::keyed_on(tx, register, key.as_str(), acting.today())? else { continue };
        let name = register.fields.keys().find_map(|column| match record.values.get(column.as_str()) {
            Some(definitions::answer::Answer::Text(text)) if text != key.as_str() => Some(text.clone()),
            _ => None,
        });
        for (class, said) in &round.classes {
            if let Some(definitions::answer::Answer::Number(capacity)) = record.values.get(said.column.as_str()) {
                found.push(Seats {
                    facility: key.to_string(),
                    class: class.clone(),
                    name: name.clone().unwrap_or_else(|| key.to_string()),
                    capacity: u32::try_from(*capacity).unwrap_or(0),
                });
            }
        }
    }
    Ok(found)
}

/// Scores some cases and says after which number to go on; none: all are done.
///
/// # Errors
/// See [`NotNow`].
pub fn score_some(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, after: Option<CaseNumber>) -> Result<Option<CaseNumber>, NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let within = (moment(round.opens), moment(round.closes));
    let cases = gathered::filed_between(tx, acting.keys, &round.procedure, within, after, SCORED_TOGETHER)?;
    for case in cases.iter().filter(|case| case.stage.is_open()) {
        let Some(procedure) = gathered::definition(tx, &case.version)? else { continue };
        let facts = cases::registers::facts(tx, acting.town, case, round.closes.date())?;
        let names = Known::new(&procedure, &case.answers, &facts, round.closes.date());
        if !round.is_for(&names) {
            continue;
        }
        let mut entrant = round::entrant(round, &names, &case.answers, &case.contacts.name);
        if round.children.is_none()
            && let (Some(child), Some(name)) = (entrant.children.first_mut(), round::child_named(&case.answers))
        {
            child.name = name;
        }
        entrant.number = case.number.plain();
        entrant.case = Some(case.id);
        rows::put_entrant(tx, acting.keys, &round.id, &entrant)?;
        gathered::decided_with(tx, case.id, &round.id)?;
    }
    let is_last = (cases.len() as i64) < SCORED_TOGETHER;
    if is_last {
        rank(tx, acting.keys, round)?;
    }
    Ok(cases.last().map(|case| case.number).filter(|_| !is_last))
}

/// Keeps the list by rank: everybody by how they stand at their first wish.
fn rank(tx: &Write<'_>, keys: &Keys, round: &Round) -> Result<(), StoreError> {
    let Some(held) = held(tx, keys, round)? else { return Ok(()) };
    let contest = held.contest(round);
    let mut lines = Vec::new();
    for (entrant, family) in held.entrants.iter().zip(&contest.families) {
        for (child, (of, placed)) in entrant.children.iter().zip(&family.children).enumerate() {
            let standing = placed.wishes.first().map(|wish| wish.standing.clone()).unwrap_or_default();
            lines.push((standing, Ranked { number: entrant.number.clone(), child, class: of.class.clone() }));
        }
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| (&a.1.number, a.1.child).cmp(&(&b.1.number, b.1.child))));
    let lines: Vec<Ranked> = lines.into_iter().map(|(_, line)| line).collect();
    rows::ranks::put(tx, &round.id, &lines)
}

/// All that an allocation is reckoned from.
#[derive(Clone, Debug)]
pub struct Held {
    /// What is kept of the round.
    pub kept: Kept,
    /// Its places.
    pub seats: Vec<Seats>,
    /// Who is in it.
    pub entrants: Vec<Entrant>,
    /// Corrections of points.
    pub overrides: Vec<Override>,
}

/// Reads a round; none where it was not scored yet.
///
/// # Errors
/// When the store fails.
pub fn held(tx: &Read<'_>, keys: &Keys, round: &Round) -> Result<Option<Held>, StoreError> {
    let Some(kept) = rows::kept(tx, &round.id)? else { return Ok(None) };
    Ok(Some(Held {
        kept,
        seats: rows::seats(tx, &round.id)?,
        entrants: rows::entrants(tx, keys, &round.id)?,
        overrides: rows::overrides(tx, keys, &round.id)?,
    }))
}

impl Held {
    /// The contest as it stands now.
    pub fn contest(&self, round: &Round) -> crate::allocation::Contest {
        contest(round, &self.kept.seed, &self.seats, &self.entrants, &self.overrides)
    }
}

/// Reckons an allocation and keeps it as a run, which is then the one to be decided.
///
/// # Errors
/// See [`NotNow`]; also a round that changed since it was read.
pub fn keep_run(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, held: &Held, allocation: &Allocation) -> Result<i64, NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    let mut kept = rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    if kept.row != held.kept.row {
        return Err(NotNow::Changed);
    }
    if !matches!(kept.stage, Stage::Scored | Stage::Allocated) {
        return Err(NotNow::Stage);
    }
    let by = acting.staff.id.to_string();
    let digest = digest(&held.contest(round));
    let placed = i64::try_from(allocation.placed()).unwrap_or(i64::MAX);
    let run = Run { run: 0, at: acting.now, by: by.clone(), placed, digest: digest.clone() };
    let number = rows::add_run(tx, acting.keys, &round.id, &run, allocation)?;
    (kept.stage, kept.run, kept.chosen_by) = (Stage::Allocated, Some(number), Some(by));
    change(tx, round, &kept)?;
    journal(tx, acting, round, Act::Work, "round-allocated", format!("run:{number} digest:{digest}"))?;
    Ok(number)
}

/// A name for all that an allocation follows from.
pub fn digest(contest: &crate::allocation::Contest) -> String {
    let text = format!("{contest:?}");
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Reckons the allocation of a round as it stands; keeps nothing.
pub fn reckon(round: &Round, held: &Held) -> Allocation {
    allocate(&held.contest(round))
}

/// 確認: a second person, who may decide, has looked the run through.
///
/// # Errors
/// See [`NotNow`].
pub fn review(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, run: i64) -> Result<(), NotNow> {
    may(acting.staff, acting.town, round, Act::Decide)?;
    let mut kept = rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    if kept.stage != Stage::Allocated {
        return Err(NotNow::Stage);
    }
    if kept.run != Some(run) {
        return Err(NotNow::Changed);
    }
    let by = acting.staff.id.to_string();
    if kept.chosen_by.as_ref() == Some(&by) {
        return Err(NotNow::SecondPerson);
    }
    (kept.stage, kept.reviewed_by) = (Stage::Reviewed, Some(by));
    change(tx, round, &kept)?;
    journal(tx, acting, round, Act::Decide, "round-reviewed", format!("run:{run}"))
}

/// What a run says of one case, as the outcome that its procedure knows.
pub fn draft(
    round: &Round,
    procedure: &Procedure,
    case: &cases::Case,
    names: &Known<'_>,
    (allocation, ranks): (&Allocation, &Ranks),
) -> Option<decide::Draft> {
    let results = allocation.results.get(&case.number.plain())?;
    let given: Vec<usize> = results.iter().filter_map(|result| result.wish).collect();
    let first = round.wishes(&case.answers).into_iter().next().unwrap_or_default();
    let waiting = ranks.get(&(first, case.number.plain(), 0)).copied().unwrap_or(0);
    drafted(round, procedure, case, names, &given, (results.len(), waiting))
}

/// The outcome for a case whose children have the places of these wishes; of how many who were to be placed, and who waits at which rank.
pub(crate) fn drafted(
    round: &Round,
    procedure: &Procedure,
    case: &cases::Case,
    names: &Known<'_>,
    given: &[usize],
    (asked, waiting): (usize, usize),
) -> Option<decide::Draft> {
    let wishes = round.wishes(&case.answers);
    let facilities = given.iter().filter_map(|wish| wishes.get(*wish).cloned()).collect();
    let placed = Placed { names, facilities, asked, waiting };
    let (decision, details) = round.decision(&placed, procedure)?;
    let outcome: OutcomeId = decision.outcome.clone();
    Some(decide::Draft { outcome, reason: decision.reason.clone(), details })
}

fn stands_at(tx: &Read<'_>, round: &Round, stages: &[Stage]) -> Result<(), NotNow> {
    let stage = rows::kept(tx, &round.id)?.map(|kept| kept.stage);
    if stage.is_some_and(|stage| stages.contains(&stage)) { Ok(()) } else { Err(NotNow::Stage) }
}

/// 起案 of one case as the run says. What the round cannot decide is noted, for a person to see to.
///
/// # Errors
/// See [`NotNow`]; that one case cannot be proposed is no error.
pub fn propose_one(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    round: &Round,
    (allocation, ranks): (&Allocation, &Ranks),
    number: &str,
) -> Result<Fate, NotNow> {
    may(acting.staff, acting.town, round, Act::Work)?;
    stands_at(tx, round, &[Stage::Reviewed, Stage::Decided])?;
    let Some(entrant) = rows::one(tx, acting.keys, &round.id, number)? else { return Err(Refused::NotFound.into()) };
    if !matches!(entrant.fate, Fate::Scored | Fate::ByHand) {
        return Ok(entrant.fate);
    }
    let by_hand = |why: &str| {
        rows::set_fate(tx, &round.id, number, Fate::ByHand, Some(why))?;
        Ok(Fate::ByHand)
    };
    let parsed: CaseNumber = number.parse().map_err(|_| Refused::NotFound)?;
    let (case, procedure) = match cases::verbs::read(tx, acting, parsed) {
        Ok(found) => found,
        Err(Refused::NotFound) => return by_hand("desk-rounds-trouble-gone"),
        Err(other) => return Err(other.into()),
    };
    if !matches!(case.stage, cases::Stage::Working { .. }) {
        return by_hand("desk-rounds-trouble-stage");
    }
    let facts = cases::registers::facts(tx, acting.town, &case, acting.today())?;
    let names = Known::new(&procedure, &case.answers, &facts, acting.today());
    let Some(draft) = draft(round, &procedure, &case, &names, (allocation, ranks)) else {
        return by_hand("desk-rounds-trouble-no-decision");
    };
    match decide::propose(tx, acting, parsed, case.row, draft) {
        Ok(_) => {
            rows::set_fate(tx, &round.id, number, Fate::Proposed, None)?;
            Ok(Fate::Proposed)
        }
        Err(Refused::NotNow(_)) => by_hand("desk-rounds-trouble-stage"),
        Err(Refused::Letter(_) | Refused::Register(_)) => by_hand("desk-rounds-trouble-effects"),
        Err(other) => Err(other.into()),
    }
}

/// 決裁 of one case on the day, and its result for the family. Before the round's moment nothing is decided, and so nothing is seen.
///
/// # Errors
/// See [`NotNow`]; that one case cannot be approved is no error.
pub fn announce_one(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    round: &Round,
    news: &crate::result::Announcing,
    number: &str,
) -> Result<Fate, NotNow> {
    may(acting.staff, acting.town, round, Act::Decide)?;
    if acting.now < moment(round.announce) {
        return Err(NotNow::TooSoon);
    }
    stands_at(tx, round, &[Stage::Decided, Stage::Announced])?;
    let Some(entrant) = rows::one(tx, acting.keys, &round.id, number)? else { return Err(Refused::NotFound.into()) };
    if !matches!(entrant.fate, Fate::Proposed | Fate::ByHand) {
        return Ok(entrant.fate);
    }
    let parsed: CaseNumber = number.parse().map_err(|_| Refused::NotFound)?;
    let stays = |why: &str| {
        rows::set_fate(tx, &round.id, number, entrant.fate, Some(why))?;
        Ok(entrant.fate)
    };
    let (case, _) = match cases::verbs::read(tx, acting, parsed) {
        Ok(found) => found,
        Err(Refused::NotFound) => return stays("desk-rounds-trouble-gone"),
        Err(other) => return Err(other.into()),
    };
    let decided = match &case.stage {
        // What a person proposed by hand, the chain decides by hand.
        cases::Stage::Approving { .. } if entrant.fate == Fate::ByHand => false,
        cases::Stage::Approving { .. } => match decide::approve(tx, acting, parsed, case.row) {
            Ok(case) => !case.stage.is_open(),
            Err(Refused::NotNow(cases::case::NotNow::OwnDraft)) => return Err(NotNow::SecondPerson),
            Err(Refused::NotNow(_)) => return stays("desk-rounds-trouble-chain"),
            Err(Refused::Letter(_) | Refused::Register(_)) => return stays("desk-rounds-trouble-effects"),
            Err(other) => return Err(other.into()),
        },
        cases::Stage::Decided { .. } => true,
        // Withdrawn meanwhile, or sent back.
        _ => return stays("desk-rounds-trouble-stage"),
    };
    if !decided {
        return stays("desk-rounds-trouble-chain");
    }
    crate::result::send(tx, acting.keys, &case, &entrant, news)?;
    rows::set_fate(tx, &round.id, number, Fate::Announced, None)?;
    Ok(Fate::Announced)
}

/// After a row of [`propose_one`] or [`announce_one`]: the round goes on to its next stage when none is left.
///
/// # Errors
/// See [`NotNow`].
pub fn go_on(tx: &Write<'_>, acting: &Acting<'_>, round: &Round, to: Stage) -> Result<bool, NotNow> {
    let mut kept = rows::kept(tx, &round.id)?.ok_or(NotNow::Stage)?;
    let left = if to == Stage::Decided { Fate::Scored } else { Fate::Proposed };
    let open = rows::counts(tx, &round.id)?.into_iter().any(|(fate, count)| fate == left && count > 0);
    let from = if to == Stage::Decided { Stage::Reviewed } else { Stage::Decided };
    if open || kept.stage != from {
        return Ok(false);
    }
    kept.stage = to;
    change(tx, round, &kept)?;
    if to == Stage::Announced
        && let Some(held) = held(tx, acting.keys, round)?
        && let Some(allocation) = kept.run.map(|run| rows::allocation(tx, acting.keys, &round.id, run)).transpose()?.flatten()
    {
        crate::lottery::reveal(tx, acting.keys, round, &held, &allocation)?;
    }
    let act = if to == Stage::Decided { Act::Work } else { Act::Decide };
    journal(tx, acting, round, act, if to == Stage::Decided { "round-decided" } else { "round-announced" }, String::new())?;
    Ok(true)
}

/// A change of capacities, tried out: who would get what instead. It is never kept.
pub fn what_if(round: &Round, held: &Held, capacities: &BTreeMap<(String, String), u32>) -> Allocation {
    let mut other = held.clone();
    for seats in &mut other.seats {
        if let Some(capacity) = capacities.get(&(seats.facility.clone(), seats.class.to_string())) {
            seats.capacity = *capacity;
        }
    }
    reckon(round, &other)
}

/// Whether the moment of announcing has come.
pub fn is_time(round: &Round, now: Timestamp) -> bool {
    now >= moment(round.announce)
}
