//! 収受 and its answer: what each face does with a parcel that came through the hatch. Each parcel takes effect once, whatever the
//! transport repeats.

mod fit;

use std::{collections::BTreeMap, sync::Arc};

use access::{AccountId, CaseId, ResidentId, TownHandle};
use definitions::{
    answer::{Answers, FileAnswer},
    form,
    ids::{FieldId, ProcedureId},
    procedure::{Online, Procedure, Version},
    town::Town,
};
use jiff::Timestamp;
use registry::known::DeskFacts;
use store::{
    Entry, Parcel, Read, StoreError, Write,
    files::Files,
    hatch::{Failure, NotYet, Receiver},
    keys::Keys,
};

use crate::{
    CaseNumber, Channel, Contacts, apart,
    attachments::{self, ReceiveFile},
    case::{Case, NotNow},
    clock::{self, Clock},
    correction::Correcting,
    event::{Doubt, Event, Who},
    filing::MESSAGE_CHARACTERS_MAX,
    identity::Identified,
    parcel::{self, FILED, Filed, News, Up},
    preparation::DraftCode,
    registers, rows, straight,
    verbs::{self, Acting, Happened, Refused},
};
use fit::{Forged, moment};

/// Takes in what residents filed, corrected, wrote and withdrew.
pub struct DeskReceiver {
    /// The town of today.
    pub town: TownHandle,
    /// The town's keys.
    pub keys: Arc<Keys>,
    /// The desk's own time: what the portal says of the time is held against it.
    pub clock: access::Clock,
}

/// All that the desk receives from the residents' side: what carries parcels and what sends a stopped one on by hand know the same kinds.
pub fn desk_receivers(town: &TownHandle, keys: &Arc<Keys>, files: &Files, clock: &access::Clock) -> Vec<Arc<dyn Receiver>> {
    let mut receivers = access::link::desk_receivers();
    receivers.push(Arc::new(ReceiveFile { keys: Arc::clone(keys), files: files.clone() }));
    receivers.push(Arc::new(DeskReceiver { town: town.clone(), keys: Arc::clone(keys), clock: clock.clone() }));
    receivers
}

impl Receiver for DeskReceiver {
    fn kind(&self) -> &str {
        parcel::UP
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let up: Up = parcel::opened(&self.keys, &parcel.body)?;
        let (town, now) = (self.town.current(), self.clock.now());
        match up {
            Up::Filed(filed) => self.filed(tx, &town, *filed),
            Up::Fate { case, channel, fate, at } => {
                let fate = |_: &mut Case| Ok(vec![Happened::inside(Event::MessageFate { channel: channel.clone(), fate: fate.clone() })]);
                self.change(tx, &town, &case, moment(at, now), fate, nothing_of_it).map(drop)
            }
            Up::Lent(mut lent) => {
                let code: DraftCode = lent.code.parse().map_err(|_| StoreError::damaged("parcel case.up: code"))?;
                lent.case = case_id(&lent.case)?.to_string();
                lent.code = code.mark(&self.keys);
                lent.at = moment(lent.at, now);
                // A code for weeks is long; a short one works for minutes, whatever is said of it.
                lent.until = lent.until.filter(|_| matches!(code, DraftCode::Prepared(_)));
                Ok(rows::sheets::keep_lent(tx, &self.keys, &lent)?)
            }
            Up::TakenBack { case, at } => Ok(rows::sheets::give_back(tx, case_id(&case)?, moment(at, now))?),
            Up::Corrected { case, asked, answers, dropped, at } => {
                self.corrected(tx, &town, &case, &Sent { asked, answers, dropped, at: moment(at, now) })
            }
            Up::Wrote { text, .. } if text.trim().is_empty() || text.chars().count() > MESSAGE_CHARACTERS_MAX => {
                Err(Forged::Message.into())
            }
            Up::Wrote { case, text, at, .. } => {
                let wrote = |_: &mut Case| Ok(vec![Happened::inside(Event::ApplicantWrote { text: text.clone() })]);
                self.change(tx, &town, &case, moment(at, now), wrote, nothing_of_it).map(drop)
            }
            Up::Withdrew { case, at } => {
                let at = moment(at, now);
                let withdrawn = |case: &mut Case| {
                    case.stage = case.withdraw(clock::day(at))?;
                    Ok(vec![Happened::told(Event::Withdrawn, News::Withdrawn)])
                };
                self.change(tx, &town, &case, at, withdrawn, nothing_of_it)?;
                // Nobody's turn comes any more, and no department is asked.
                let case = self.case(tx, &case)?;
                Ok(rows::marks::chain(tx, &case, &procedure_of(tx, &case)?)?)
            }
        }
    }
}

impl DeskReceiver {
    fn case(&self, tx: &Write<'_>, case: &str) -> Result<Case, Failure> {
        let id = case_id(case)?;
        match rows::desk::by_id(tx, &self.keys, id)? {
            Some(case) => Ok(case),
            // Its filing came and was set aside; what builds on it is done after it.
            None if tx.is_set_aside(parcel::UP, &format!("{id}:{FILED}"))? => Err(NotYet("desk-waits-filing".to_owned()).into()),
            None => Err(Forged::Case.into()),
        }
    }

    /// 収受 of what a resident filed on the portal.
    fn filed(&self, tx: &Write<'_>, town: &Town, mut filed: Filed) -> Result<(), Failure> {
        let id = case_id(&filed.case)?;
        // Before a 収受番号 is drawn: a repetition leaves no gap in the year's numbers.
        if let Some(there) = rows::desk::by_id(tx, &self.keys, id)? {
            return self.filed_again(tx, town, there, filed);
        }
        let procedure = version_of(tx, town, &filed.procedure, &filed.version)?;
        let now = self.clock.now();
        let facts = DeskFacts::of(tx, town, applicant_of(tx, filed.account.as_deref())?, clock::day(moment(filed.at, now)))?;
        let doubts = fit::filing(tx, &procedure, &mut filed, &facts, now)?;
        Ok(received(tx, &Taking { town, keys: &self.keys, procedure: &procedure }, filed, &Who::Applicant, "own", &doubts)?)
    }

    /// A draft is filed twice: by the clerk to whom it was lent and by its owner before the news reached them, or by its owner alone, when the
    /// portal was restored from a backup made before the first time. One case, and nothing that anybody said is lost: what was filed first
    /// stands, the other is read in the story. Each number that the owner was given finds it.
    fn filed_again(&self, tx: &Write<'_>, town: &Town, mut there: Case, filed: Filed) -> Result<(), Failure> {
        let number: CaseNumber = filed.number.parse().map_err(|_| StoreError::damaged("parcel case.up: number"))?;
        if there.number == number || there.also.contains(&number) {
            return Ok(());
        }
        let procedure = version_of(tx, town, &filed.procedure, &filed.version)?;
        if there.procedure != filed.procedure {
            return Err(Forged::Procedure.into());
        }
        let now = self.clock.now();
        let mut filed = filed;
        let facts = DeskFacts::of(tx, town, applicant_of(tx, filed.account.as_deref())?, clock::day(moment(filed.at, now)))?;
        let doubts = fit::filing(tx, &procedure, &mut filed, &facts, now)?;
        let (sent, numbers) = apart::taken_out(filed.answers);
        there.also.push(number);
        let news = News::Received { receipt_number: there.receipt_number.clone(), department: there.department.clone() };
        let mut happened = vec![Happened::told(Event::FiledAgain { number: number.plain(), sent }, news)];
        happened.extend(doubted(&doubts));
        kept(verbs::keep(tx, town, &self.keys, &mut there, &Who::Applicant, "own", happened, filed.at))?;
        // What came from the portal has said already whose it is.
        let lent = !there.channel.is_of_portal();
        if let Some(account) = filed.account.filter(|account| lent && account.parse::<AccountId>().is_ok()) {
            rows::desk::set_account(tx, there.id, &account)?;
        }
        // What the clerk wrote down stands; a number of the owner's lies beside it.
        apart::keep_late(tx, &self.keys, there.id, filed.at, &numbers)?;
        Ok(rows::desk::index(tx, there.id, &there.search_texts())?)
    }

    /// 補正: the form is judged again as a whole, as the portal judged it; the fee with it.
    fn corrected(&self, tx: &Write<'_>, town: &Town, case: &str, sent: &Sent) -> Result<(), Failure> {
        let there = self.case(tx, case)?;
        let procedure = procedure_of(tx, &there)?;
        if there.corrected(&sent.asked).is_err() {
            fit::belong_to(&procedure, &sent.answers)?;
            return self.corrected_too_late(tx, town, case, sent);
        }
        let facts = DeskFacts::of(tx, town, applicant_of(tx, there.account.as_deref())?, clock::day(sent.at))?;
        let (stands, today) = (&there.answers, clock::day(sent.at));
        let on = Correcting { procedure: &procedure, stands, asked: &sent.asked, facts: &facts, today };
        let mended = fit::correction(on, &sent.answers, &sent.dropped)?;
        let (answers, numbers) = apart::taken_out(mended.answers);
        let mut dropped = mended.dropped;
        dropped.extend(apart::drop_hidden(tx, there.id, &mended.whole)?);
        // What a case rests on is reckoned for the day on which it was filed: only the answers have changed.
        let at_filing = registers::facts(tx, town, &there, clock::day(there.filed_at))?;
        let corrected = |case: &mut Case| {
            case.stage = case.corrected(&sent.asked)?;
            let before = std::mem::replace(&mut case.answers, answers);
            // Letters go to the name and address as corrected.
            case.contacts = Contacts::of(&procedure, &case.answers);
            judge_again(case, &procedure, &at_filing);
            case.clock.go_on(clock::day(sent.at));
            let corrected = Event::Corrected { before, opened: mended.opened, dropped };
            Ok([Happened::told(corrected, News::BackToReview)].into_iter().chain(doubted(&mended.doubts)).collect())
        };
        self.change(tx, town, case, sent.at, corrected, nothing_of_it)?;
        apart::keep(tx, &self.keys, there.id, &numbers)?;
        // What was corrected is found by its new words.
        let mut case = self.case(tx, case)?;
        rows::desk::index(tx, case.id, &case.search_texts())?;
        if let Some((before, yen)) = registers::charge_fee_anew(tx, &case, &procedure, &at_filing)? {
            let changed = Happened::told(Event::FeeChanged { before, yen }, News::FeeChanged { yen });
            kept(verbs::keep(tx, town, &self.keys, &mut case, &Who::System, "own", vec![changed], sent.at))?;
        }
        Ok(())
    }

    /// The office had gone on: staff read what came, and the person's copy is set to what stands here.
    fn corrected_too_late(&self, tx: &Write<'_>, town: &Town, case: &str, sent: &Sent) -> Result<(), Failure> {
        let (answers, numbers) = apart::taken_out(sent.answers.clone());
        let mut fields = sent.asked.clone();
        fields.extend(sent.answers.iter().map(|(id, _)| id).chain(&sent.dropped).filter(|id| !sent.asked.contains(id)).cloned());
        let id = self.case(tx, case)?.id;
        let too_late = |case: &Case| {
            let stands = case.answers.only(&fields);
            Happened::told(Event::CameTooLate { sent: answers }, News::CameTooLate { fields, answers: stands })
        };
        self.change(tx, town, case, sent.at, |case| case.corrected(&sent.asked).map(|_| Vec::new()), too_late)?;
        Ok(apart::keep_late(tx, &self.keys, id, sent.at, &numbers)?)
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
    ) -> Result<bool, Failure> {
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

/// 補正 as it came up.
struct Sent {
    /// The fields whose request it answers.
    asked: Vec<FieldId>,
    /// The answers to what could be changed.
    answers: Answers,
    /// What the form does not ask any more, as the portal judged it.
    dropped: Vec<FieldId>,
    /// When it reached us.
    at: Timestamp,
}

/// The merit rules of a case whose answers changed. What rests on facts that only the portal had stays marked.
fn judge_again(case: &mut Case, procedure: &Procedure, facts: &DeskFacts<'_, '_>) {
    let judged = form::judge(procedure, &case.answers, facts, clock::day(case.filed_at));
    case.warned.retain(|rule| judged.unknown.iter().any(|unknown| unknown.as_str() == rule));
    case.warned.extend(judged.warned.iter().map(ToString::to_string));
}

fn case_id(said: &str) -> Result<CaseId, StoreError> {
    said.parse().map_err(|_| StoreError::damaged("parcel case.up: case"))
}

/// The definition under which a case was filed.
fn procedure_of(tx: &Read<'_>, case: &Case) -> Result<Procedure, StoreError> {
    rows::procedure(tx, &case.version)?.ok_or(StoreError::damaged("case_procedure"))
}

/// The definition of a version: today's, or one that the desk had before. One that it never had is not taken from the portal, which is
/// less trusted: the parcel waits until somebody lays the folder here.
fn version_of(tx: &Read<'_>, town: &Town, id: &ProcedureId, version: &Version) -> Result<Arc<Procedure>, Failure> {
    if let Some(today) = town.procedures.get(id).filter(|procedure| procedure.version == *version) {
        return Ok(Arc::clone(today));
    }
    let shown: String = version.0.chars().filter(char::is_ascii_hexdigit).take(12).collect();
    match rows::procedure(tx, version)? {
        Some(procedure) => Ok(Arc::new(procedure)),
        None => Err(NotYet(format!("desk-waits-definition {id} {shown}")).into()),
    }
}

/// Keeps every procedure of a town by its version, so that what was filed under it is taken in and worked under it for ever, also after
/// the folder has changed: at the start and at each change of the folder, before anything is filed under it.
///
/// # Errors
/// When the store fails.
pub fn keep_definitions(tx: &Write<'_>, town: &Town) -> Result<(), StoreError> {
    town.procedures.values().try_for_each(|procedure| rows::keep_procedure(tx, procedure))
}

fn doubted(doubts: &[Doubt]) -> Option<Happened> {
    (!doubts.is_empty()).then(|| Happened::inside(Event::Doubted { doubts: doubts.to_vec() }))
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

/// On what terms a filing is taken in.
struct Taking<'a> {
    town: &'a Town,
    keys: &'a Keys,
    procedure: &'a Procedure,
}

/// 収受: the case is there, has its number, and the person hears that the office has it.
fn received(tx: &Write<'_>, on: &Taking<'_>, filed: Filed, who: &Who, authority: &str, doubts: &[Doubt]) -> Result<(), StoreError> {
    let Taking { town, keys, procedure } = *on;
    let id = case_id(&filed.case)?;
    let number = filed.number.parse().map_err(|_| StoreError::damaged("parcel case.up: number"))?;
    let today = clock::day(filed.at);
    let facts = DeskFacts::of(tx, town, applicant_of(tx, filed.account.as_deref())?, today)?;
    // What the portal could not judge for want of facts is judged here, on receipt; what the person was warned of stays marked.
    let mut warned = filed.warned;
    let judged = form::judge(procedure, &filed.answers, &facts, today);
    warned.extend(judged.warned.iter().map(ToString::to_string).filter(|rule| !warned.contains(rule)).collect::<Vec<_>>());
    let (answers, numbers) = apart::taken_out(filed.answers);
    let department = procedure.department_for(&answers).clone();
    let case = Case {
        id,
        number,
        also: Vec::new(),
        receipt_number: receipt_number(tx, today)?,
        procedure: procedure.id.clone(),
        version: procedure.version.clone(),
        department,
        account: filed.account,
        channel: filed.channel,
        filed_at: filed.at,
        language: filed.language,
        contacts: filed.contacts,
        answers,
        warned,
        noted: BTreeMap::new(),
        stage: Case::first_stage(procedure).map_err(|_| StoreError::damaged("a procedure without steps"))?,
        clock: Clock::start(&procedure.law, today),
        assignee: None,
        assigned_at: None,
        row: 0,
    };
    let hear_by = case.hear_by(&town.closed, today);
    rows::keep_procedure(tx, procedure)?;
    if !rows::desk::insert(tx, keys, &case, hear_by, access::grants::sensitivity_code(crate::case::sensitivity(procedure)))? {
        return Ok(());
    }
    apart::keep(tx, keys, case.id, &numbers)?;
    rows::desk::index(tx, case.id, &case.search_texts())?;
    registers::charge_fee(tx, &case, procedure, &facts, today)?;
    let turn = rows::desk::tell(tx, keys, case.id, filed.at, who, &Event::Received)?;
    tx.journal(&Entry {
        actor: who.code(),
        what: "received",
        kind: "case",
        record: case.id.to_string(),
        authority: authority.to_owned(),
        why: String::new(),
    })?;
    if let Some(Happened { event, .. }) = doubted(doubts) {
        rows::desk::tell(tx, keys, case.id, filed.at, &Who::System, &event)?;
    }
    let news = News::Received { receipt_number: case.receipt_number.clone(), department: case.department.clone() };
    parcel::send_down(tx, keys, case.id, turn, filed.at, hear_by, news)?;
    // A code on a printed sheet leads nowhere any more; what a clerk had begun to type from it is theirs to finish.
    rows::sheets::is_lent_no_more(tx, id)?;
    straight::ask(tx, town, &case)
}

/// What another e-application service took in and handed over.
pub struct HandedOver<'a> {
    /// As a filing. Its channel says who took it in; it has no account here.
    pub filed: Filed,
    /// What of it does not fit the form: marked for staff.
    pub doubts: Vec<Doubt>,
    /// What could not be understood as an answer, in the service's own words: staff read it as a note, and nothing is lost.
    pub unread: String,
    /// Its attachments, put at the desk already.
    pub files: &'a [FileAnswer],
    /// On what authority it is taken in: which service, under which number of theirs.
    pub authority: String,
}

/// 収受 of what another service handed over: the same case in the same inbox as one from the residents' side. It never stops for what does
/// not fit; that is marked.
///
/// # Errors
/// When the town has no such procedure any more, or the store failed.
pub fn handed_over(tx: &Write<'_>, town: &Town, keys: &Keys, handed: HandedOver<'_>) -> Result<(), Refused> {
    let HandedOver { filed, doubts, unread, files, authority } = handed;
    let procedure = town.procedures.get(&filed.procedure).ok_or(Refused::NotFound)?;
    let (id, at) = (case_id(&filed.case)?, filed.at);
    for file in files {
        attachments::keep_here(tx, id, file)?;
    }
    received(tx, &Taking { town, keys, procedure }, filed, &Who::Applicant, &authority, &doubts)?;
    if !unread.is_empty() {
        rows::desk::tell(tx, keys, id, at, &Who::System, &Event::Note { text: unread })?;
    }
    Ok(())
}

/// By which channels a clerk may take in a procedure. Where residents can only prepare it, it takes effect with the person there; where the
/// folder allows it, on paper too.
pub fn taken_in_by(procedure: &Procedure) -> &'static [Channel] {
    match (&procedure.channels.online, &procedure.channels.paper) {
        (Online::Prepare(_), definitions::procedure::Channel::Closed(_)) => &[Channel::Counter],
        (Online::Prepare(_), definitions::procedure::Channel::Open) => &[Channel::Counter, Channel::Paper],
        _ => &[Channel::Paper, Channel::Counter, Channel::Phone],
    }
}

/// Whether the clerk must have seen who stands before them (本人確認): what residents can only prepare asks for their presence.
pub fn asks_identity(procedure: &Procedure, channel: Channel) -> bool {
    channel == Channel::Counter && matches!(procedure.channels.online, Online::Prepare(_))
}

/// 収受 at the desk: what came on paper, at the counter or by telephone, typed by a clerk. Gives the number of the case: of a form that was
/// sent a second time, the one that the first made.
///
/// # Errors
/// When this person may not take in filings of the procedure, or not by this channel, or has not seen who came; when the person filed the
/// draft that they lent: it is here already, under the number that they know.
pub fn taken_in(tx: &Write<'_>, acting: &Acting<'_>, filed: Filed, identified: Option<&Identified>) -> Result<CaseNumber, Refused> {
    let procedure = acting.town.procedures.get(&filed.procedure).ok_or(Refused::NotFound)?;
    let attributes = access::RecordAttributes {
        department: Some(procedure.department_for(&filed.answers).clone()),
        ..access::RecordAttributes::of_town(access::RecordKind::Case, crate::case::sensitivity(procedure))
    };
    let authority = access::may(acting.staff, access::Act::Work, &attributes).ok_or(Refused::NotFound)?.to_string();
    let id: CaseId = filed.case.parse().map_err(|_| StoreError::damaged("case"))?;
    let number = filed.number.parse().map_err(|_| StoreError::damaged("number"))?;
    let is_unseen = asks_identity(procedure, filed.channel) && identified.is_none();
    if is_unseen || !taken_in_by(procedure).contains(&filed.channel) {
        return Err(NotNow::Channel.into());
    }
    match rows::desk::by_id(tx, acting.keys, id)? {
        Some(there) if there.procedure != filed.procedure => return Err(Refused::NotFound),
        Some(there) if there.channel.is_of_portal() => return Err(NotNow::Stage(there.stage.code()).into()),
        // The same form once more. Another one under its name is not thrown away unseen.
        Some(there) if attachments::say_the_same(&there.answers, &apart::taken_out(filed.answers.clone()).0) => return Ok(there.number),
        Some(_) => return Err(NotNow::Changed.into()),
        None => {}
    }
    let (who, at) = (Who::Staff(acting.staff.id), filed.at);
    received(tx, &Taking { town: acting.town, keys: acting.keys, procedure }, filed, &who, &authority, &[])?;
    if let Some(identified) = identified {
        rows::desk::tell(tx, acting.keys, id, at, &who, &Event::Identity { identified: identified.clone() })?;
        let record = id.to_string();
        tx.journal(&Entry {
            actor: who.code(),
            what: "identity-seen",
            kind: "case",
            record,
            authority,
            why: identified.proof.code().to_owned(),
        })?;
    }
    rows::sheets::is_filed(tx, id)?;
    Ok(number)
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
