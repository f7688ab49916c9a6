//! What is done with a revision. Each verb has the order of the house: *may they → still possible → change → story → journal → what follows*.

use access::{Act, Authority, RecordAttributes, RecordKind, Staff};
use definitions::{
    field::Sensitivity,
    ids::{DepartmentId, ProcedureId},
};
use jiff::{Timestamp, civil::Date};
use store::{Parcel, Read, StoreError, Write, journal::Entry};

use crate::{
    layer,
    revision::{Event, File, Refused, Revision, RevisionId, State},
    rows,
};

/// What a grant looks at in a procedure's definition.
fn attributes(department: &DepartmentId) -> RecordAttributes {
    let of_town = RecordAttributes::of_town(RecordKind::Definition, Sensitivity::Ordinary);
    RecordAttributes { department: Some(department.clone()), ..of_town }
}

/// Whether this person may do this to the definition of a procedure of this department: read, `work` (write) or `decide` (approve).
pub fn may(staff: &Staff, act: Act, department: &DepartmentId) -> Option<Authority> {
    access::may(staff, act, &attributes(department))
}

/// What a new revision begins with.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its id, drawn before the transaction.
    pub id: RevisionId,
    /// Of which procedure.
    pub procedure: ProcedureId,
    /// Whose procedure it is.
    pub department: DepartmentId,
    /// 手続名.
    pub title: String,
    /// The texts.
    pub files: Vec<File>,
    /// The revision whose texts it brings back.
    pub restores: Option<RevisionId>,
    /// Why, when it is known already.
    pub why: String,
}

/// Begins a revision.
///
/// # Errors
/// Without a grant to write, and while another revision of the procedure is on its way.
pub fn begin(tx: &Write<'_>, staff: &Staff, begun: &Begun, now: Timestamp) -> Result<RevisionId, Refused> {
    let authority = may(staff, Act::Work, &begun.department).ok_or(Refused::NotPermitted)?;
    if let Some(open) = rows::open_of(tx, &begun.procedure)? {
        return Err(Refused::Open(open.id));
    }
    let new = Revision {
        id: begun.id,
        procedure: begun.procedure.clone(),
        department: begun.department.clone(),
        title: begun.title.clone(),
        state: State::Draft,
        author: staff.id,
        author_name: staff.name.clone(),
        reviewer: None,
        reviewer_name: None,
        why: begun.why.clone(),
        publish_on: None,
        published: None,
        published_at: None,
        restores: begun.restores,
        refused: None,
        folded: false,
        turn: 0,
        created_at: now,
        changed_at: now,
    };
    rows::add(tx, &new)?;
    begun.files.iter().try_for_each(|file| rows::put_file(tx, new.id, file))?;
    told(tx, &new, Some((staff, &authority)), "begun", "", now)?;
    Ok(new.id)
}

/// Keeps texts as somebody wrote them, right or wrong.
///
/// # Errors
/// When somebody else changed the revision since `turn`, or it is not being written any more.
pub fn save(
    tx: &Write<'_>,
    staff: &Staff,
    id: RevisionId,
    turn: i64,
    title: &str,
    texts: &[(String, String)],
    now: Timestamp,
) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Work, id)?;
    let mut revision = revision.moved(&[State::Draft], State::Draft, turn, now)?;
    if !title.is_empty() {
        title.clone_into(&mut revision.title);
    }
    for file in rows::files(tx, id)? {
        if let Some((_, text)) = texts.iter().find(|(path, text)| *path == file.path && *text != file.text) {
            rows::put_file(tx, id, &File { text: text.clone(), ..file })?;
        }
    }
    kept(tx, revision, staff, &authority, "saved", "", now)
}

/// Takes the texts of today as what the revision changes: what the author wrote stays.
///
/// # Errors
/// As [`save`].
pub fn rebase(tx: &Write<'_>, staff: &Staff, id: RevisionId, turn: i64, bases: &[File], now: Timestamp) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Work, id)?;
    let revision = revision.moved(&[State::Draft], State::Draft, turn, now)?;
    for file in rows::files(tx, id)? {
        let base = bases.iter().find(|now| now.path == file.path).and_then(|now| now.base.clone());
        rows::put_file(tx, id, &File { base, ..file })?;
    }
    kept(tx, revision, staff, &authority, "rebased", "", now)
}

/// 確認に出す. The caller has checked the texts of this turn and found no mistake.
///
/// # Errors
/// When nothing differs, or as [`save`].
pub fn submit(tx: &Write<'_>, staff: &Staff, id: RevisionId, turn: i64, why: &str, now: Timestamp) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Work, id)?;
    let mut revision = revision.moved(&[State::Draft], State::Review, turn, now)?;
    if rows::files(tx, id)?.iter().all(|file| file.base.as_deref() == Some(file.text.as_str())) {
        return Err(Refused::Nothing);
    }
    why.clone_into(&mut revision.why);
    kept(tx, revision, staff, &authority, "submitted", why, now)
}

/// 承認する: from `day` on it is in force. Only by somebody who wrote none of it.
///
/// # Errors
/// Without a grant to decide, for one's own work, for a day that has passed, or as [`save`].
pub fn approve(
    tx: &Write<'_>,
    staff: &Staff,
    id: RevisionId,
    turn: i64,
    (day, today): (Date, Date),
    note: &str,
    now: Timestamp,
) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Decide, id)?;
    let wrote = |event: &Event| event.staff == Some(staff.id) && matches!(event.what.as_str(), "begun" | "saved" | "rebased" | "submitted");
    if revision.author == staff.id || rows::events(tx, id)?.iter().any(wrote) {
        return Err(Refused::OwnWork);
    }
    if day < today {
        return Err(Refused::Past);
    }
    let mut revision = revision.moved(&[State::Review], State::Scheduled, turn, now)?;
    (revision.reviewer, revision.reviewer_name, revision.publish_on) = (Some(staff.id), Some(staff.name.clone()), Some(day));
    revision.refused = None;
    kept(tx, revision, staff, &authority, "approved", note, now)
}

/// 差し戻す: back to writing, with what is to be mended. A revision that waits for its day can be sent back too.
///
/// # Errors
/// Without a grant to decide, or as [`save`].
pub fn send_back(tx: &Write<'_>, staff: &Staff, id: RevisionId, turn: i64, note: &str, now: Timestamp) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Decide, id)?;
    let mut revision = revision.moved(&[State::Review, State::Scheduled], State::Draft, turn, now)?;
    (revision.reviewer, revision.reviewer_name, revision.publish_on, revision.refused) = (None, None, None, None);
    kept(tx, revision, staff, &authority, "sent-back", note, now)
}

/// 書くことに戻す or 取りやめる, by those who write.
///
/// # Errors
/// As [`save`].
pub fn withdraw(tx: &Write<'_>, staff: &Staff, id: RevisionId, turn: i64, now: Timestamp) -> Result<Revision, Refused> {
    let (revision, authority) = found(tx, staff, Act::Work, id)?;
    let mut revision = revision.moved(&[State::Draft, State::Review, State::Scheduled], State::Withdrawn, turn, now)?;
    revision.publish_on = None;
    kept(tx, revision, staff, &authority, "withdrawn", "", now)
}

/// On its day: it is in force, and the portal is told. `false`: another node was faster.
///
/// # Errors
/// When the store fails.
pub fn publish(tx: &Write<'_>, id: RevisionId, now: Timestamp) -> Result<bool, Refused> {
    let revision = rows::by_id(tx, id)?.ok_or(Refused::NotFound)?;
    let turn = revision.turn;
    let Ok(mut revision) = revision.moved(&[State::Scheduled], State::Published, turn, now) else { return Ok(false) };
    revision.published = Some(rows::next_place(tx)?);
    (revision.published_at, revision.refused) = (Some(now), None);
    if !rows::change(tx, &revision)? {
        return Ok(false);
    }
    told(tx, &revision, None, "published", "", now)?;
    let body = layer::Down::of(&revision, rows::files(tx, id)?);
    let body = serde_json::to_vec(&body).map_err(|_| StoreError::damaged("a parcel of revisions"))?;
    tx.send(&Parcel { kind: layer::PUBLISHED.to_owned(), id: revision.id.to_string(), body })?;
    Ok(true)
}

/// On its day it did not fit into the folder any more: what is in force stays, and staff read why.
///
/// # Errors
/// When the store fails.
pub fn refuse(tx: &Write<'_>, id: RevisionId, problems: &str, now: Timestamp) -> Result<(), Refused> {
    let revision = rows::by_id(tx, id)?.ok_or(Refused::NotFound)?;
    if revision.refused.as_deref() == Some(problems) {
        return Ok(());
    }
    let turn = revision.turn;
    let Ok(mut revision) = revision.moved(&[State::Scheduled], State::Scheduled, turn, now) else { return Ok(()) };
    revision.refused = Some(problems.to_owned());
    if rows::change(tx, &revision)? {
        told(tx, &revision, None, "refused", "", now)?;
    }
    Ok(())
}

/// A revision that this person may see.
///
/// # Errors
/// When there is none, or no grant to read it.
pub fn seen(tx: &Read<'_>, staff: &Staff, id: RevisionId) -> Result<Revision, Refused> {
    let revision = rows::by_id(tx, id)?.ok_or(Refused::NotFound)?;
    may(staff, Act::Read, &revision.department).map(|_| revision).ok_or(Refused::NotFound)
}

fn found(tx: &Read<'_>, staff: &Staff, act: Act, id: RevisionId) -> Result<(Revision, Authority), Refused> {
    let revision = rows::by_id(tx, id)?.ok_or(Refused::NotFound)?;
    match may(staff, act, &revision.department) {
        Some(authority) => Ok((revision, authority)),
        None if may(staff, Act::Read, &revision.department).is_some() => Err(Refused::NotPermitted),
        None => Err(Refused::NotFound),
    }
}

fn kept(
    tx: &Write<'_>,
    revision: Revision,
    staff: &Staff,
    authority: &Authority,
    what: &'static str,
    note: &str,
    now: Timestamp,
) -> Result<Revision, Refused> {
    if !rows::change(tx, &revision)? {
        return Err(Refused::Clash);
    }
    told(tx, &revision, Some((staff, authority)), what, note, now)?;
    Ok(revision)
}

/// The story and the journal.
fn told(
    tx: &Write<'_>,
    revision: &Revision,
    by: Option<(&Staff, &Authority)>,
    what: &'static str,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = Event {
        at: now,
        staff: by.map(|(staff, _)| staff.id),
        name: by.map(|(staff, _)| staff.name.clone()).unwrap_or_default(),
        what: what.to_owned(),
        note: note.to_owned(),
    };
    rows::add_event(tx, revision.id, revision.turn, &event)?;
    tx.journal(&Entry {
        actor: by.map_or_else(|| "town".to_owned(), |(staff, _)| format!("staff:{}", staff.id)),
        what: journal_word(what),
        kind: "definition",
        record: revision.id.to_string(),
        authority: by.map_or_else(|| "approved-day".to_owned(), |(_, authority)| authority.to_string()),
        why: String::new(),
    })
}

fn journal_word(what: &'static str) -> &'static str {
    const WORDS: [(&str, &str); 9] = [
        ("begun", "revision-begun"),
        ("saved", "revision-saved"),
        ("rebased", "revision-rebased"),
        ("submitted", "revision-submitted"),
        ("approved", "revision-approved"),
        ("sent-back", "revision-sent-back"),
        ("withdrawn", "revision-withdrawn"),
        ("published", "revision-published"),
        ("refused", "revision-refused"),
    ];
    WORDS.iter().find(|(known, _)| *known == what).map_or("revision-changed", |(_, word)| word)
}
