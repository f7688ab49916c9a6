//! 収受 and its answer: what each face does with a parcel that came through the hatch. Each parcel takes effect once, whatever the
//! transport repeats.

use std::{collections::BTreeMap, sync::Arc};

use access::{AccountId, CaseId, ResidentId, TownHandle};
use definitions::{answer::Answers, form, procedure::Procedure, town::Town};
use jiff::Timestamp;
use registry::known::DeskFacts;
use store::{
    Entry, Parcel, StoreError, Write,
    files::Files,
    hatch::{Failure, Receiver},
    keys::Keys,
};

use crate::{
    Contacts, apart,
    attachments::ReceiveFile,
    case::{Case, NotNow},
    clock::{self, Clock},
    event::{Event, Who},
    filing::code_mark,
    parcel::{self, Filed, News, Up},
    registers, rows,
    verbs::{self, Acting, Happened, Refused},
};

/// Takes in what residents filed, corrected, wrote and withdrew.
pub struct DeskReceiver {
    /// The town of today.
    pub town: TownHandle,
    /// The town's keys.
    pub keys: Arc<Keys>,
}

/// All that the desk receives from the residents' side: what carries parcels and what sends a stopped one on by hand know the same kinds.
pub fn desk_receivers(town: &TownHandle, keys: &Arc<Keys>, files: &Files) -> Vec<Arc<dyn Receiver>> {
    let mut receivers = access::link::desk_receivers();
    receivers.push(Arc::new(ReceiveFile { keys: Arc::clone(keys), files: files.clone() }));
    receivers.push(Arc::new(DeskReceiver { town: town.clone(), keys: Arc::clone(keys) }));
    receivers
}

impl Receiver for DeskReceiver {
    fn kind(&self) -> &str {
        parcel::UP
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let up: Up = parcel::opened(&self.keys, &parcel.body)?;
        let town = self.town.current();
        match up {
            Up::Filed(filed) => received(tx, &town, &self.keys, *filed, &Who::Applicant, "own"),
            Up::Fate { case, channel, fate, at } => self
                .change(
                    tx,
                    &town,
                    &case,
                    at,
                    |_| Ok(vec![Happened::inside(Event::MessageFate { channel: channel.clone(), fate: fate.clone() })]),
                    nothing_of_it,
                )
                .map(drop),
            Up::Lent(mut lent) => {
                let code = lent.code.parse().map_err(|_| StoreError::damaged("parcel case.up: code"))?;
                lent.code = code_mark(&self.keys, code);
                rows::desk::keep_lent(tx, &self.keys, &lent)
            }
            Up::Corrected { case, asked, answers, at } => {
                let procedure = self.procedure_of(tx, &case)?;
                let (answers, numbers) = apart::taken_out(answers);
                let corrected = |case: &mut Case| {
                    let before = case.answers.clone();
                    let (stage, answers) = case.corrected(&asked, answers.clone())?;
                    case.stage = stage;
                    case.answers = answers;
                    // Letters go to the name and address as corrected.
                    case.contacts = Contacts::of(&procedure, &case.answers);
                    case.clock.go_on(clock::day(at));
                    Ok(vec![Happened::told(Event::Corrected { before }, News::BackToReview)])
                };
                let too_late = |case: &Case| {
                    let stands = case.answers.only(&asked);
                    Happened::told(
                        Event::CameTooLate { sent: answers.clone() },
                        News::CameTooLate { fields: asked.clone(), answers: stands },
                    )
                };
                if self.change(tx, &town, &case, at, corrected, too_late)? {
                    apart::keep(tx, &self.keys, self.case(tx, &case)?.id, &numbers)?;
                    self.index(tx, &case)?;
                } else {
                    apart::keep_late(tx, &self.keys, self.case(tx, &case)?.id, at, &numbers)?;
                }
                Ok(())
            }
            Up::Wrote { case, text, at, .. } => self
                .change(tx, &town, &case, at, |_| Ok(vec![Happened::inside(Event::ApplicantWrote { text: text.clone() })]), nothing_of_it)
                .map(drop),
            Up::Withdrew { case, at } => {
                let withdrawn = |case: &mut Case| {
                    case.stage = case.withdraw(clock::day(at))?;
                    Ok(vec![Happened::told(Event::Withdrawn, News::Withdrawn)])
                };
                self.change(tx, &town, &case, at, withdrawn, nothing_of_it)?;
                // Nobody's turn comes any more, and no department is asked.
                rows::marks::chain(tx, &self.case(tx, &case)?, &self.procedure_of(tx, &case)?)
            }
        }?;
        Ok(())
    }
}

impl DeskReceiver {
    fn case(&self, tx: &Write<'_>, case: &str) -> Result<Case, StoreError> {
        let id: CaseId = case.parse().map_err(|_| StoreError::damaged("parcel case.up: case"))?;
        rows::desk::by_id(tx, &self.keys, id)?.ok_or(StoreError::damaged("parcel case.up: unknown case"))
    }

    /// The definition under which a case was filed.
    fn procedure_of(&self, tx: &Write<'_>, case: &str) -> Result<Procedure, StoreError> {
        rows::procedure(tx, &self.case(tx, case)?.version)?.ok_or(StoreError::damaged("case_procedure"))
    }

    /// What was corrected is found by its new words.
    fn index(&self, tx: &Write<'_>, case: &str) -> Result<(), StoreError> {
        let case = self.case(tx, case)?;
        rows::desk::index(tx, case.id, &case.search_texts())
    }

    /// A change that the applicant made, and whether it was possible. One that came too late, such as a withdrawal after the decision,
    /// changes nothing: what `too_late` makes of it stands in the story, and the person reads where the case stands.
    fn change(
        &self,
        tx: &Write<'_>,
        town: &Town,
        case: &str,
        at: Timestamp,
        verb: impl FnOnce(&mut Case) -> Result<Vec<Happened>, NotNow>,
        too_late: impl FnOnce(&Case) -> Happened,
    ) -> Result<bool, StoreError> {
        let mut case = self.case(tx, case)?;
        let id = case.id;
        let (happened, possible) = match verb(&mut case) {
            Ok(happened) => (happened, true),
            Err(reason) => {
                tracing::info!(case = %id, %reason, "a resident's change came too late");
                (vec![too_late(&case)], false)
            }
        };
        kept(verbs::keep(tx, town, &self.keys, &mut case, &Who::Applicant, "own", happened, at))?;
        Ok(possible)
    }
}

/// What is said of a change that came too late and carried nothing that staff would miss.
fn nothing_of_it(_: &Case) -> Happened {
    Happened::inside(Event::CameTooLate { sent: Answers::default() })
}

fn kept(kept: Result<(), Refused>) -> Result<(), StoreError> {
    match kept {
        Ok(()) => Ok(()),
        Err(Refused::Store(error)) => Err(error),
        // The case was read in this very transaction, so nothing else can refuse; another try finds out.
        Err(_) => Err(StoreError::Busy),
    }
}

/// 収受: the case is there, has its number, and the person hears that the office has it.
fn received(tx: &Write<'_>, town: &Town, keys: &Keys, filed: Filed, who: &Who, authority: &str) -> Result<(), StoreError> {
    let id: CaseId = filed.case.parse().map_err(|_| StoreError::damaged("parcel case.up: case"))?;
    let number = filed.number.parse().map_err(|_| StoreError::damaged("parcel case.up: number"))?;
    // Before a 収受番号 is drawn: a repetition leaves no gap in the year's numbers.
    if rows::desk::by_id(tx, keys, id)?.is_some() {
        return Ok(());
    }
    let current = town.procedures.get(&filed.procedure).filter(|procedure| procedure.version == filed.version).cloned();
    let procedure = match current {
        Some(procedure) => procedure,
        // The desk has not loaded this definition yet, or the portal is behind: the parcel waits and is tried again.
        None => Arc::new(rows::procedure(tx, &filed.version)?.ok_or(StoreError::damaged("a definition that is not here yet"))?),
    };
    let today = clock::day(filed.at);
    let facts = DeskFacts::of(tx, town, applicant_of(tx, filed.account.as_deref())?, today)?;
    // What the portal could not judge for want of facts is judged here, on receipt; what the person was warned of stays marked.
    let mut warned = filed.warned;
    let judged = form::judge(&procedure, &filed.answers, &facts, today);
    warned.extend(judged.warned.iter().map(ToString::to_string).filter(|rule| !warned.contains(rule)).collect::<Vec<_>>());
    let (answers, numbers) = apart::taken_out(filed.answers);
    let case = Case {
        id,
        number,
        receipt_number: receipt_number(tx, today)?,
        procedure: procedure.id.clone(),
        version: procedure.version.clone(),
        department: procedure.department.clone(),
        account: filed.account,
        channel: filed.channel,
        filed_at: filed.at,
        language: filed.language,
        contacts: filed.contacts,
        answers,
        warned,
        noted: BTreeMap::new(),
        stage: Case::first_stage(&procedure).map_err(|_| StoreError::damaged("a procedure without steps"))?,
        clock: Clock::start(&procedure.law, today),
        assignee: None,
        assigned_at: None,
        row: 0,
    };
    let hear_by = case.hear_by(&town.closed, today);
    rows::keep_procedure(tx, &procedure)?;
    if !rows::desk::insert(tx, keys, &case, hear_by, access::grants::sensitivity_code(crate::case::sensitivity(&procedure)))? {
        return Ok(());
    }
    apart::keep(tx, keys, case.id, &numbers)?;
    rows::desk::index(tx, case.id, &case.search_texts())?;
    registers::charge_fee(tx, &case, &procedure, &facts, today)?;
    let turn = rows::desk::tell(tx, keys, case.id, filed.at, who, &Event::Received)?;
    tx.journal(&Entry {
        actor: who.code(),
        what: "received",
        kind: "case",
        record: case.id.to_string(),
        authority: authority.to_owned(),
        why: String::new(),
    })?;
    let news = News::Received { receipt_number: case.receipt_number.clone(), department: case.department.clone() };
    parcel::send_down(tx, keys, case.id, turn, filed.at, hear_by, news)
}

/// 収受 at the desk: what came on paper, at the counter or by telephone, typed by a clerk.
pub(crate) fn taken_in(tx: &Write<'_>, acting: &Acting<'_>, filed: Filed) -> Result<(), Refused> {
    let procedure = acting.town.procedures.get(&filed.procedure).ok_or(Refused::NotFound)?;
    let attributes = access::RecordAttributes {
        department: Some(procedure.department.clone()),
        ..access::RecordAttributes::of_town(access::RecordKind::Case, crate::case::sensitivity(procedure))
    };
    let authority = access::may(acting.staff, access::Act::Work, &attributes).ok_or(Refused::NotFound)?.to_string();
    let id: CaseId = filed.case.parse().map_err(|_| StoreError::damaged("case"))?;
    if let Some(there) = rows::desk::by_id(tx, acting.keys, id)? {
        // The person filed the draft that they lent: it is here already, under the number that they know.
        return Err(NotNow::Stage(there.stage.code()).into());
    }
    Ok(received(tx, acting.town, acting.keys, filed, &Who::Staff(acting.staff.id), &authority)?)
}

/// The resident whose account filed, once a clerk has seen who they are.
fn applicant_of(tx: &Write<'_>, account: Option<&str>) -> Result<Option<ResidentId>, StoreError> {
    match account.and_then(|account| account.parse::<AccountId>().ok()) {
        Some(account) => access::link::resident_of(tx, account),
        None => Ok(None),
    }
}

/// 収受番号: counted in each fiscal year, such as `令和8年度 収受第123号`.
fn receipt_number(tx: &Write<'_>, today: jiff::civil::Date) -> Result<String, StoreError> {
    let year = jp::fiscal::FiscalYear::of(today);
    let serial = rows::desk::next_serial(tx, &format!("receipt:{}", year.year()))?;
    Ok(format!("{year}収受第{serial}号"))
}
