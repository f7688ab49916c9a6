//! 文書の取消しと再発行: a letter that was issued with a mistake is declared void, and ordered again. The void one stays where it is, with its
//! number, and says so to whoever verifies it; the new one has a number of its own, the day on which it is made, and what the decision says.
//! The decision itself is not touched: to change that takes another decision.

use access::{Act, Authority, LetterId, RecordKind, Staff};
use definitions::procedure::{Effect, Outcome, Procedure};
use letters::{Addressee, Listed, OrderError};
use store::Write;

use crate::{
    CaseNumber,
    case::{Case, NotNow, Stage},
    effects,
    event::{Event, Who},
    parcel::News,
    verbs::{self, Acting, Happened, Refused},
};

/// What was wrong. A closed list: the journal holds no words of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// 宛先の誤り.
    Addressee,
    /// 内容の誤り: the letter does not say what was decided.
    Content,
    /// 重複: it was issued twice.
    Twice,
    /// 交付不能: it never reached anybody and must not turn up.
    Lost,
}

impl Mistake {
    /// All, in the order in which they are offered.
    pub const ALL: [Mistake; 4] = [Mistake::Addressee, Mistake::Content, Mistake::Twice, Mistake::Lost];

    /// As forms send it and the journal keeps it.
    pub fn code(self) -> &'static str {
        match self {
            Mistake::Addressee => "wrong-addressee",
            Mistake::Content => "wrong-content",
            Mistake::Twice => "twice",
            Mistake::Lost => "lost",
        }
    }

    /// What [`Mistake::code`] stands for.
    pub fn from_code(code: &str) -> Option<Mistake> {
        Mistake::ALL.into_iter().find(|mistake| mistake.code() == code)
    }
}

/// What becomes of a letter that was issued with a mistake.
#[derive(Clone, Debug)]
pub struct Voiding {
    /// Which letter.
    pub letter: LetterId,
    /// What was wrong.
    pub mistake: Mistake,
    /// In words, for the story and for the person.
    pub reason: String,
    /// To whom it is issued again; none: it is not.
    pub again_to: Option<Addressee>,
    /// What the person is told, in the town's words.
    pub told: String,
    /// Names that message once, drawn beforehand.
    pub message: String,
}

/// Whether this person may declare letters of a case void, and on what authority. A grant of its own: seeing letters, or deciding, is not it.
pub fn may_void(who: &Staff, case: &Case) -> Option<Authority> {
    access::may(who, Act::Correct, &verbs::attributes_beside(RecordKind::Letter, case))
}

/// Declares a letter void and, where asked to, orders it again, in one transaction.
///
/// # Errors
/// [`Refused::NotFound`] without the case or the letter, [`Refused::NotPermitted`] without the grant, [`Refused::NotNow`] when it is void
/// already, has not been issued, no reason is written, or it cannot be made again; [`Refused::Letter`] when the new one cannot be printed.
pub fn void(tx: &Write<'_>, acting: &Acting<'_>, number: CaseNumber, voiding: &Voiding) -> Result<Case, Refused> {
    let (mut case, procedure) = verbs::read(tx, acting, number)?;
    let authority = may_void(acting.staff, &case).ok_or(Refused::NotPermitted(Act::Correct))?.to_string();
    let letters = letters::of_case(tx, case.id)?;
    let letter = letters.into_iter().find(|letter| letter.id == voiding.letter).ok_or(Refused::NotFound)?;
    let reason = voiding.reason.trim();
    if reason.is_empty() {
        return Err(NotNow::ReasonDue.into());
    }
    if reason.chars().count() > verbs::WRITTEN_CHARACTERS_MAX {
        return Err(NotNow::Unknown("reason").into());
    }
    let why = voiding.mistake.code();
    if !letters::void(tx, acting.bureau, letter.id, acting.today(), why, &acting.staff.actor(), &authority)? {
        return Err(NotNow::Stage(letter.state.code()).into());
    }
    let again = match &voiding.again_to {
        Some(to) => Some(order_again(tx, acting, &case, &procedure, &letter, to.clone(), &authority)?),
        None => None,
    };
    let happened = told(&case, &letter, voiding, again);
    verbs::keep(tx, acting.town, acting.keys, &mut case, &Who::Staff(acting.staff.id), &authority, happened, acting.now)?;
    Ok(case)
}

/// A line of the story, and a message to the person: the letter that they hold is no longer true.
fn told(case: &Case, letter: &Listed, voiding: &Voiding, again: Option<String>) -> Vec<Happened> {
    let title = letter.title.clone().unwrap_or_else(|| letter.template.clone());
    let reason = voiding.reason.trim().to_owned();
    let news = News::Wrote { id: voiding.message.clone(), text: voiding.told.clone(), department: case.department.clone() };
    vec![
        Happened::inside(Event::LetterVoided {
            title,
            document_number: letter.document_number.clone(),
            letter: letter.id.to_string(),
            reason,
            again,
        }),
        Happened::told(Event::WroteToApplicant { text: voiding.told.clone() }, news),
    ]
}

/// Which `do:` of the outcome made a letter, by its name, and how often it was made again before. Letters of earlier releases bear the name
/// that the author gave, without the outcome.
fn made_by<'o>(case: &Case, outcome: &'o Outcome, letter: LetterId) -> Option<(String, &'o Effect, u32)> {
    let names = outcome.effects.iter().flat_map(|(id, effect)| {
        let now = effects::Name::of_outcome(outcome, id).0;
        [(now, effect), (id.to_string(), effect)]
    });
    names
        .flat_map(|(id, effect)| (0..AGAIN_MOST).map(move |times| (id.clone(), effect, times)))
        .find(|(id, _, times)| effects::effect_id(case, &name(id, *times)) == letter)
}

/// Nobody issues one letter more often; the bound keeps the search for its origin short.
const AGAIN_MOST: u32 = 20;

fn name(effect: &str, times: u32) -> String {
    if times == 0 { effect.to_owned() } else { format!("{effect} again {times}") }
}

/// Whether a letter can be made again: the decision that it tells is at hand, and so is the place where its template is named.
pub fn can_be_made_again(case: &Case, procedure: &Procedure, letter: LetterId) -> bool {
    let Stage::Decided { proposal, .. } = &case.stage else { return false };
    let outcome = procedure.outcomes.get(proposal.outcome.as_str());
    outcome.and_then(|outcome| made_by(case, outcome, letter)).is_some_and(|(_, _, times)| times + 1 < AGAIN_MOST)
}

/// Orders the letter again under a new number, a new code and today's date. Gives the number.
fn order_again(
    tx: &Write<'_>,
    acting: &Acting<'_>,
    case: &Case,
    procedure: &Procedure,
    letter: &Listed,
    to: Addressee,
    authority: &str,
) -> Result<String, Refused> {
    let Stage::Decided { proposal, on, .. } = &case.stage else { return Err(NotNow::Stage(case.stage.code()).into()) };
    let outcome = procedure.outcomes.get(proposal.outcome.as_str()).ok_or(NotNow::Unknown("outcome"))?;
    let (effect_id, effect, times) = made_by(case, outcome, letter.id).ok_or(NotNow::Unknown("letter"))?;
    if times + 1 >= AGAIN_MOST {
        return Err(NotNow::Unknown("letter").into());
    }
    let content = effects::content(acting.town, case, procedure, outcome, effect, &proposal.reason, &proposal.details, *on);
    let mut content = content.ok_or(NotNow::Unknown("letter"))?;
    content.to = to;
    let id = effects::effect_id(case, &name(&effect_id, times + 1));
    let order = letters::Order {
        id,
        case: case.id,
        content,
        date: acting.today(),
        verify: effects::verify_code(acting.keys, id),
        actor: acting.staff.actor(),
        granted: authority.to_owned(),
    };
    letters::order(tx, acting.bureau, &order).map_err(|error| match error {
        OrderError::Letter(problem) => Refused::Letter(problem),
        OrderError::NotFailed => Refused::NotFound,
        OrderError::Store(error) => Refused::Store(error),
    })
}
