//! The demo's cases, in all stages: filed, checked, corrected, proposed, approved and decided by the same functions that pages call.

use std::{collections::BTreeMap, path::Path};

use access::{Assurance, CaseId, Staff, StaffId, staff::directory};
use cases::{
    Case, CaseNumber, Channel,
    decide::{self, Draft},
    draft::{DraftId, Owner},
    filing::{self, Candidates, DraftIds, FilingRefused, Terms},
    verbs::{self, Acting, Correction},
};
use definitions::{
    procedure::{Identity, Procedure, Session, StepAct},
    text::Language,
    town::Town,
    typed::Typed,
};
use jiff::{SignedDuration, Timestamp};
use letters::Bureau;
use registry::known::PortalFacts;
use store::{keys::Face, params};
use uuid::Uuid;

use super::{
    counter,
    fill::{self, Person},
    mix::Mix,
    voices,
};
use crate::{Failure, open_town::OpenTown};

/// The demo's people have no account: they file online what asks for none, and come to the counter with the rest.
pub(super) const WITHOUT_ACCOUNT: Assurance = Assurance { identity: Identity::SelfAsserted, session: Session::Contact };

/// One in so many comes to the counter anyway.
const TO_THE_COUNTER: usize = 9;

fn comes_to_the_counter(procedure: &Procedure, number: usize) -> bool {
    let withdraws = number.is_multiple_of(WITHDRAWN);
    procedure.applicant.identity > Identity::SelfAsserted || (number.is_multiple_of(TO_THE_COUNTER) && !withdraws)
}

/// How far back the demo's cases reach at most, in days.
const DAYS_MAX: usize = 60;

/// And of a small demo: so many cases come in a day at least, else nearly all would be decided and nothing left to do.
const CASES_A_DAY: usize = 4;

/// Files and works cases until there are as many as asked for. A second start finds them there.
///
/// # Errors
/// When the stores fail.
pub fn bring_in(open: &OpenTown, town: &Town, folder: &Path, wanted: usize) -> Result<(), Failure> {
    let (Some(_), Some(desk)) = (&open.portal, &open.desk) else { return Err("a demo needs both faces".into()) };
    // Those that came over the counter have no copy on residents' side.
    carry(open)?;
    let there: i64 = desk.store.read(|tx| tx.first("select count(*) from case_", params![])?.map_or(Ok(0), |row| row.get(0)))?;
    let there = usize::try_from(there).unwrap_or(0);
    if there >= wanted {
        return Ok(());
    }
    let people = residents(town, wanted)?;
    let mix = Mix::of(town, folder);
    let now = Timestamp::now();
    let days = i64::try_from((wanted / CASES_A_DAY).clamp(1, DAYS_MAX))?;
    let staff = all_staff(open, town)?;
    let bureau = Bureau { town: desk.town.current(), keys: desk.keys.clone(), portal: open.tools.portal.to_string() };
    let mut filed = Vec::new();
    for number in there..wanted {
        // The newest last, spread over the days before today, in office hours and in the evening.
        let back = days * 24 * 3600 * i64::try_from(wanted - number)? / i64::try_from(wanted)?;
        let at = now - SignedDuration::from_secs(back + i64::try_from(number * 37 % 3600)?);
        // Some procedures ask for papers that an invented person does not have; then the next one is filed.
        for procedure in mix.for_case(number) {
            let person = &people[number % people.len()];
            // Who withdraws does so where they filed.
            if number.is_multiple_of(WITHDRAWN) && comes_to_the_counter(procedure, number) {
                continue;
            }
            if !comes_to_the_counter(procedure, number) {
                voices::leave(open, procedure, person, at, number)?;
            }
            let case = if comes_to_the_counter(procedure, number) {
                counter::take_in(open, &bureau, &staff, procedure, person, (at, number))?
            } else {
                file(open, procedure, person, at, number)?
            };
            if let Some(case) = case {
                filed.push((case, number, at));
                break;
            }
        }
        if number % 100 == 99 {
            eprint!("\rcases filed: {} of {wanted}", number + 1);
        }
    }
    eprintln!("\rcases filed: {wanted}            ");
    open.tell_figures(now)?;
    carry(open)?;
    for (worked, (case, number, at)) in filed.iter().enumerate() {
        work(open, &bureau, &staff, *case, *number, *at)?;
        if worked % 100 == 99 {
            eprint!("\rcases worked: {} of {}", worked + 1, filed.len());
        }
    }
    eprintln!("\rcases worked: {}            ", filed.len());
    Ok(())
}

fn residents(town: &Town, wanted: usize) -> Result<Vec<Person>, Failure> {
    let households = registry::synthetic::town(super::SEED, wanted.clamp(200, 20_000), &town.cast);
    let members = households.into_iter().flat_map(|household| household.members);
    let people: Vec<Person> = members.enumerate().map(|(number, member)| Person::of(&member, number)).collect();
    if people.is_empty() { Err("the demo has no people".into()) } else { Ok(people) }
}

pub(super) fn id(kind: &str, number: usize, at: Timestamp) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(kind).chain_update(number.to_be_bytes()).finalize();
    // Time-ordered like every other case's id, and the same for the same moment.
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// One person in so many withdraws what they filed.
const WITHDRAWN: usize = 41;

/// So soon after they filed.
const SECOND_THOUGHTS: SignedDuration = SignedDuration::from_mins(50);

fn file(open: &OpenTown, procedure: &Procedure, person: &Person, at: Timestamp, number: usize) -> Result<Option<CaseNumber>, Failure> {
    let Some(portal) = &open.portal else { return Ok(None) };
    let facts = facts(open, at)?;
    let today = access::day_in_japan(at);
    let Some(typed) = fill::fill(procedure, person, &facts, today) else { return Ok(None) };
    let ids = DraftIds { draft: DraftId(id("draft", number, at)), case: CaseId::new(id("case", number, at)) };
    let owner = Owner { session: format!("{:064x}", number), account: None };
    let mut chance = [[0; 6]; 4];
    for (round, bytes) in chance.iter_mut().enumerate() {
        bytes.copy_from_slice(&id("number", number * 4 + round, at).into_bytes()[10..]);
    }
    let candidates = Candidates(chance.map(|chance| CaseNumber::draw_for(Face::Portal, chance)));
    let language = [Language::Ja, Language::Ja, Language::Ja, Language::Easy, Language::En][number % 5];
    let (definition, version, keys) = (procedure.id.clone(), procedure.version.clone(), portal.keys.clone());
    let town = portal.town.current();
    let filed = portal.store.write(move |tx| {
        let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance: WITHOUT_ACCOUNT, now: at };
        let draft = filing::begin(tx, &terms, &definition, &owner, language, &ids, &definitions::typed::Typed::default())?;
        for page in town.procedures[&definition].pages.keys() {
            let typed: &Typed = &typed;
            filing::save_page(tx, &terms, draft.id, &owner, page, |draft, page| draft.post_page(&page.fields, typed))?;
        }
        let case = filing::file(tx, &terms, draft.id, &owner, &version, Channel::Online, &candidates)?;
        if !number.is_multiple_of(WITHDRAWN) {
            return Ok::<_, FilingRefused>(case);
        }
        filing::withdraw(tx, &Terms { now: at + SECOND_THOUGHTS, ..terms }, &owner, case.id)
    })?;
    voices::answer(open, &filed, at, number)?;
    Ok(Some(filed.number))
}

pub(super) fn facts(open: &OpenTown, at: Timestamp) -> Result<PortalFacts, Failure> {
    let Some(portal) = &open.portal else { return Ok(PortalFacts::default()) };
    let town = portal.town.current();
    Ok(portal.store.read(move |tx| PortalFacts::of(tx, &town, None, None, access::day_in_japan(at)))?)
}

/// Carries everything through the hatch now.
fn carry(open: &OpenTown) -> Result<(), Failure> {
    let (Some(portal), Some(desk)) = (&open.portal, &open.desk) else { return Ok(()) };
    let to_portal = crate::hatch::to_portal(&portal.town, &portal.keys, &portal.files);
    store::hatch::carry_all(&portal.store, &desk.store, &desk.receivers, &to_portal)?;
    Ok(())
}

fn all_staff(open: &OpenTown, town: &Town) -> Result<BTreeMap<StaffId, Staff>, Failure> {
    let Some(desk) = &open.desk else { return Ok(BTreeMap::new()) };
    let town = town.clone();
    let today = access::day_in_japan(Timestamp::now());
    Ok(desk.store.read(move |tx| -> Result<_, store::StoreError> {
        let mut all = BTreeMap::new();
        for person in town.cast.staff.keys() {
            let id = super::people::staff_of(person.as_str());
            if let Some(staff) = directory::as_of(tx, id, &town, today)? {
                all.insert(id, staff);
            }
        }
        Ok(all)
    })?)
}

/// How much longer than the quickest a case takes, one after the other.
const PACES: [i64; 6] = [1, 2, 1, 3, 1, 4];

/// One in so many is asked to mend something on its way.
const ASKED_BACK: usize = 6;

/// After so many days a case is decided, but for one in [`FORGOTTEN`].
const SETTLED_DAYS: i64 = 14;

/// One old case in so many was left lying: what is late must be seen.
const FORGOTTEN: usize = 17;

/// Outcomes of a procedure that are tried, the most favourable first.
const OUTCOMES_TRIED: usize = 8;

/// Works a case as far as its age and its number say: of the newer ones a fifth is untouched, others are claimed, checked, asked to be
/// corrected, proposed, decided; of the older ones nearly all are decided. What a register refuses, such as a change for a child that is
/// not enrolled, is decided in another way.
fn work(
    open: &OpenTown,
    bureau: &Bureau,
    staff: &BTreeMap<StaffId, Staff>,
    number: CaseNumber,
    turn: usize,
    at: Timestamp,
) -> Result<(), Failure> {
    let is_old = Timestamp::now().duration_since(at) > SignedDuration::from_hours(24 * SETTLED_DAYS);
    let goal = if is_old && !turn.is_multiple_of(FORGOTTEN) { 9 } else { turn / 7 % 10 };
    if goal < 2 {
        return Ok(());
    }
    for outcome in 0..OUTCOMES_TRIED {
        match work_towards(open, bureau, staff, number, (goal, outcome, if is_old { turn } else { 0 }), at) {
            Ok(()) => return Ok(()),
            Err(verbs::Refused::Store(error)) => return Err(error.into()),
            Err(other) => tracing::debug!(%other, "a case of the demo is decided in another way"),
        }
    }
    Ok(())
}

fn work_towards(
    open: &OpenTown,
    bureau: &Bureau,
    staff: &BTreeMap<StaffId, Staff>,
    number: CaseNumber,
    (goal, outcome, turn): (usize, usize, usize),
    at: Timestamp,
) -> Result<(), verbs::Refused> {
    let Some(desk) = &open.desk else { return Ok(()) };
    let (bureau, staff) = (bureau.clone(), staff.clone());
    // Some cases take longer than others; those of the last days go on as fast as they can.
    let later = move |hours: i64| at + SignedDuration::from_hours(hours * PACES[turn % PACES.len()]);
    desk.store.write(move |tx| -> Result<(), verbs::Refused> {
        let Some(clerk) = staff.values().find(|staff| {
            may_work(staff)
                && verbs::read(tx, &Acting::new(staff, &bureau, at), number)
                    .is_ok_and(|(case, procedure)| !decides(staff, &case, &procedure))
        }) else {
            return Ok(());
        };
        let acting = |hours| Acting::new(clerk, &bureau, later(hours));
        let (mut case, procedure) = verbs::read(tx, &acting(2), number)?;
        case = verbs::claim(tx, &acting(2), number, case.row)?;
        if goal == 2 {
            return Ok(());
        }
        if goal == 3 {
            let field = procedure.pages.values().flat_map(|page| page.fields.keys()).next().cloned();
            if let Some(field) = field {
                let until = access::day_in_japan(later(24 * 21));
                let correction =
                    Correction {
                        fields: vec![field], say: "お名前の字が住民登録と違うようです。ご確認ください。".to_owned(), until
                    };
                verbs::request_correction(tx, &acting(5), number, case.row, correction)?;
            }
            return Ok(());
        }
        if turn % ASKED_BACK == 1 {
            // Asked to mend something, and settled on the telephone a day later.
            let fields: Vec<_> = procedure.pages.values().flat_map(|page| page.fields.keys()).collect();
            if let Some(field) = fields.get(turn / ASKED_BACK % fields.len().max(1)) {
                let until = access::day_in_japan(later(24 * 21));
                let say = "記入の内容を確認させてください。".to_owned();
                let correction = Correction { fields: vec![(*field).clone()], say, until };
                case = verbs::request_correction(tx, &acting(5), number, case.row, correction)?;
                case = verbs::end_correction(tx, &acting(24), number, case.row)?;
            }
        }
        while case.step(&procedure).is_some_and(|step| step.act == StepAct::Work) {
            let checks = case.step(&procedure).map(|step| step.checks.keys().map(ToString::to_string).collect()).unwrap_or_default();
            let noted = case.step(&procedure).map(|step| fill::noted(&step.ask, access::day_in_japan(later(26)))).unwrap_or_default();
            case = verbs::advance(tx, &acting(26), number, case.row, verbs::StepDone { checks, noted })?;
        }
        if goal == 4 {
            return Ok(());
        }
        let Some(outcome) = procedure.outcomes.values().nth(outcome) else { return Ok(()) };
        let mut details = fill::noted(&outcome.ask, access::day_in_japan(later(50)));
        for (id, answer) in decide::beforehand(tx, &acting(50), number, &outcome.id)?.iter() {
            details.replace(id, Some(answer.clone()));
        }
        let reason = "請求のあった文書を確認し、条例の基準に当てはめた結果です。".to_owned();
        let draft = Draft { outcome: outcome.id.clone(), reason, details };
        case = decide::propose(tx, &acting(50), number, case.row, draft)?;
        if goal <= 6 {
            return Ok(());
        }
        for _ in 0..4 {
            // Each in their own place: nobody of the demo is away.
            let is_next = |staff: &&Staff| {
                let place = decide::place(tx, &Acting::new(staff, &bureau, later(70)), &case, &procedure);
                place.is_ok_and(|place| place.capacity().is_some())
            };
            let Some(chief) = staff.values().find(is_next) else { return Ok(()) };
            case = decide::approve(tx, &Acting::new(chief, &bureau, later(70)), number, case.row)?;
        }
        Ok(())
    })
}

/// Whether they stand in the chain of decision: nobody approves what they drafted themselves.
fn decides(staff: &Staff, case: &Case, procedure: &Procedure) -> bool {
    let deciding = procedure.steps.values().filter(|step| step.act == StepAct::Decide);
    deciding.flat_map(|step| &step.role).any(|role| staff.holds_role(&case.department, role))
}

fn may_work(staff: &Staff) -> bool {
    access::grants::may_ever(staff, access::Act::Work, access::RecordKind::Case)
}
