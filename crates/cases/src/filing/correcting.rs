//! 補正 on the residents' side: what was asked for, and what follows from it, is answered and sent once.

use access::CaseId;
use definitions::{
    answer::{Answers, FileAnswer},
    field::{Field, Kind},
    form,
    ids::{FieldId, RuleId},
    procedure::{Procedure, Rule},
    typed::{TooMuch, Typed},
};
use indexmap::IndexMap;
use store::Write;

use super::{FilingRefused, Terms, as_it_is, journal, kind_at};
use crate::{
    Contacts, apart, attachments,
    case::NotNow,
    correction::{Correcting, Whole},
    draft::Owner,
    own::{OwnCase, OwnState, Seen},
    parcel::{self, Up},
    rows,
};

/// What a person sends when they correct.
#[derive(Clone, Debug, Default)]
pub struct Corrected {
    /// What was typed.
    pub typed: Typed,
    /// Files that came in, by the path of their question. What the typed part claims about files is not believed.
    pub files: Vec<(String, FileAnswer)>,
    /// The questions that stood on the page; where it says nothing, those that were asked for.
    pub shown: Vec<FieldId>,
    /// The rules that the page told of: the person has read them and sends all the same.
    pub told: Vec<RuleId>,
}

/// The form of a case that is to be corrected, with what came in. Files of a question replace those that were filed; where none came in, the
/// old ones stay. Questions that open begin with what the definition gives them.
///
/// # Errors
/// When nothing is asked for, or more came in than a filing may hold.
pub fn corrected(terms: &Terms<'_>, procedure: &Procedure, case: &OwnCase, input: &Corrected) -> Result<Whole, FilingRefused> {
    let on = correcting(terms, procedure, case)?;
    on.whole(|typed, field| lay(terms, &on, input, typed, field)).map_err(FilingRefused::from)
}

/// The formal rules that do not hold and have to do with the correction: which, beside what they are told, and whether they must hold before it
/// is sent ([`crate::correction::Broken`]).
///
/// # Errors
/// As [`corrected`].
pub fn broken(
    terms: &Terms<'_>,
    procedure: &Procedure,
    case: &OwnCase,
    whole: &Whole,
) -> Result<Vec<(Rule, Option<FieldId>, bool)>, FilingRefused> {
    let broken = correcting(terms, procedure, case)?.broken(whole);
    Ok(broken.into_iter().map(|broken| (broken.rule.clone(), broken.at, broken.is_theirs)).collect())
}

fn correcting<'a>(terms: &'a Terms<'_>, procedure: &'a Procedure, case: &'a OwnCase) -> Result<Correcting<'a>, FilingRefused> {
    let OwnState::Correct { asked } = &case.state else { return Err(NotNow::Stage(case.state.code()).into()) };
    Ok(Correcting { procedure, stands: &case.answers, asked: &asked.fields, facts: terms.facts, today: crate::clock::day(terms.now) })
}

/// What came in for one question, over what stood.
fn lay(terms: &Terms<'_>, on: &Correcting<'_>, input: &Corrected, typed: &mut Typed, field: &Field) -> Result<(), TooMuch> {
    let id = &field.id;
    let one = IndexMap::from([(id.clone(), field.clone())]);
    if input.shown.contains(id) || input.typed.is_touched(id.as_str()) || (input.shown.is_empty() && !input.typed.is_empty()) {
        typed.post_page(&one, &input.typed)?;
    } else if !on.asked.contains(id) && !typed.is_touched(id.as_str()) {
        let begun = form::begin(on.procedure, typed, terms.facts, on.today);
        begun.iter().filter(|(name, _)| is_of(name, id)).for_each(|(name, values)| typed.set(name, values));
    }
    let mut replaced: Vec<&str> = Vec::new();
    for (path, file) in input.files.iter().filter(|(path, _)| is_of(path, id)) {
        let Some(Kind::Files { at_most, .. }) = kind_at(typed, &one, path) else { continue };
        let at_most = *at_most as usize;
        if !replaced.contains(&path.as_str()) {
            typed.forget(path);
            replaced.push(path);
        }
        if let (true, Ok(json)) = (typed.all(path).len() < at_most, serde_json::to_string(file)) {
            typed.push(path.clone(), json)?;
        }
    }
    Ok(())
}

/// Whether an input belongs to a question: `guardians.0.name` to `guardians`.
fn is_of(name: &str, id: &FieldId) -> bool {
    name.strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// 補正: sends what was asked for and what follows from it, and no other answers. What the corrected form does not ask for any more is
/// dropped.
///
/// # Errors
/// When nothing is asked for any more, something is still wrong, or something opened or does not fit that the person has not seen yet (then
/// [`corrected`] says what).
pub fn correct(tx: &Write<'_>, terms: &Terms<'_>, owner: &Owner, case: CaseId, input: &Corrected) -> Result<OwnCase, FilingRefused> {
    let mut case = as_it_is(tx, terms, case)?;
    // The definition of the case, whatever the town's folder says by now.
    let procedure = rows::procedure(tx, &case.version)?.ok_or(FilingRefused::NotOffered)?;
    let whole = corrected(terms, &procedure, &case, input)?;
    let on = correcting(terms, &procedure, &case)?;
    let is_in_the_way = |broken: &crate::correction::Broken<'_>| broken.is_theirs || !input.told.contains(&broken.rule.id);
    if whole.is_wrong() || on.broken(&whole).iter().any(|broken| broken.at.is_some() && is_in_the_way(broken)) {
        return Err(FilingRefused::Incomplete(None));
    }
    if whole.opened.iter().any(|id| !input.shown.contains(id)) {
        return Err(FilingRefused::MoreAsked);
    }
    let answers = on.answers(&whole, &whole.filled.answers);
    let sent = sent(&whole);
    let OwnState::Correct { asked } = std::mem::replace(&mut case.state, OwnState::Corrected) else { return Err(FilingRefused::NotFound) };
    case.answers = apart::taken_out(answers).0;
    case.contacts = Contacts::of(&procedure, &case.answers);
    rows::portal::update_own(tx, terms.keys, &case)?;
    rows::portal::add_event(tx, terms.keys, case.id, terms.now, &Seen::Corrected { dropped: whole.dropped.clone() })?;
    journal(tx, owner, "corrected", case.id)?;
    let turn = case.turn.to_string();
    attachments::hand_up(tx, case.id, &format!("corrected-{turn}"), &sent)?;
    let up = Up::Corrected { case: case.id.to_string(), asked: asked.fields, answers: sent, dropped: whole.dropped, at: terms.now };
    parcel::send_up(tx, terms.keys, case.id, &format!("corrected-{turn}"), &up)?;
    Ok(case)
}

/// What goes up: the answers to the questions that could be changed.
fn sent(whole: &Whole) -> Answers {
    whole.filled.answers.only(&whole.open)
}
