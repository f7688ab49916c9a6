//! 下書き on the residents' side: beginning, saving a page, files, throwing away.

use access::CaseId;
use definitions::{
    answer::FileAnswer,
    field::{Field, Kind},
    form::{self, Filled},
    ids::{FieldId, PageId, ProcedureId},
    procedure::{Page, Procedure},
    text::Language,
    typed::{TooMuch, Typed},
};
use indexmap::IndexMap;
use store::{Read, Write, keys::Keys};

use super::{FilingRefused, Terms, prepare};
use crate::{
    clock,
    draft::{Changed, Draft, DraftId, Owner, changed},
    rows, walked,
};

/// What a new draft needs from chance.
pub struct DraftIds {
    /// The draft's id.
    pub draft: DraftId,
    /// The id that the case will have.
    pub case: CaseId,
}

/// Begins a draft with the values that the definition gives to begin with, over what is `known` already, such as of the record from which
/// the person started.
///
/// # Errors
/// When the procedure is unknown or not offered on this channel.
pub fn begin(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    procedure: &ProcedureId,
    owner: &Owner,
    language: Language,
    ids: &DraftIds,
    known: &Typed,
) -> Result<Draft, FilingRefused> {
    let definition = terms.town.procedures.get(procedure).ok_or(FilingRefused::NotOffered)?;
    terms.may_begin(definition)?;
    let draft = Draft {
        id: ids.draft,
        owner: owner.clone(),
        procedure: procedure.clone(),
        version: definition.version.clone(),
        ask_again: Vec::new(),
        language,
        typed: form::begin(definition, known, terms.facts, clock::day(terms.now)),
        case: ids.case,
        filed: false,
        touched_at: terms.now,
        row: 0,
        prepared: None,
    };
    rows::portal::insert_draft(tx, terms.keys, &draft, terms.now)?;
    walked::begun(tx, &draft)?;
    Ok(draft)
}

/// The person's own draft.
///
/// # Errors
/// [`FilingRefused::NotFound`] when there is none or it is another's; [`FilingRefused::AlreadyFiled`] with the case's number.
pub fn own_draft(tx: &Read<'_>, keys: &Keys, id: DraftId, owner: &Owner) -> Result<Draft, FilingRefused> {
    let draft = rows::portal::draft_by_id(tx, keys, id)?.filter(|draft| draft.belongs_to(owner)).ok_or(FilingRefused::NotFound)?;
    if draft.filed {
        let case = rows::portal::own_by_id(tx, keys, draft.case)?.ok_or(FilingRefused::NotFound)?;
        return Err(FilingRefused::AlreadyFiled(case.number));
    }
    Ok(draft)
}

/// A draft as today's definition sees it.
pub struct Opened<'t> {
    /// The draft.
    pub draft: Draft,
    /// The definition.
    pub procedure: &'t Procedure,
    /// What the definition makes of what was typed.
    pub filled: Filled,
    /// What changed since the last page was saved.
    pub changed: Changed,
}

/// Opens the person's own draft and evaluates it.
///
/// # Errors
/// As [`own_draft`]; also when the procedure is no longer offered.
pub fn open<'t>(tx: &Read<'_>, terms: &Terms<'t>, id: DraftId, owner: &Owner) -> Result<Opened<'t>, FilingRefused> {
    let draft = own_draft(tx, terms.keys, id, owner)?;
    let procedure = terms.town.procedures.get(&draft.procedure).ok_or(FilingRefused::NotOffered)?;
    let filled = terms.fill(procedure, &draft.typed);
    let changed = shown(changed(&draft.version, &draft.ask_again, procedure, clock::local(terms.now)), &filled);
    Ok(Opened { draft, procedure, filled, changed })
}

/// Only a page that is shown can be asked again.
fn shown(changed: Changed, filled: &Filled) -> Changed {
    let Changed::AskAgain(mut pages) = changed else { return changed };
    pages.retain(|page| filled.pages.iter().any(|state| state.id == *page && state.visible));
    if pages.is_empty() { Changed::Carried } else { Changed::AskAgain(pages) }
}

/// Saves what came in from one page: `change` lays it over the draft. Right or wrong, it is kept as typed. Of the pages that a new version
/// asks again this one is done with, and no other.
///
/// # Errors
/// As [`open`].
pub fn save_page<'t>(
    tx: &Write<'_>,
    terms: &Terms<'t>,
    id: DraftId,
    owner: &Owner,
    page: &PageId,
    change: impl FnOnce(&mut Typed, &Page) -> Result<(), TooMuch>,
) -> Result<Opened<'t>, FilingRefused> {
    let mut draft = own_draft(tx, terms.keys, id, owner)?;
    let procedure = terms.town.procedures.get(&draft.procedure).ok_or(FilingRefused::NotOffered)?;
    let page = procedure.pages.get(page).ok_or(FilingRefused::NotFound)?;
    let before = files_in(&draft.typed, procedure);
    change(&mut draft.typed, page)?;
    let opened = keep(tx, terms, draft, procedure, (Some(&page.id), before))?;
    walked::saved(tx, &opened.draft, page, &opened.filled)?;
    Ok(opened)
}

/// Keeps a changed draft under today's definition; `saved` is the page that was saved as a whole, if one was; `files` are those before.
fn keep<'t>(
    tx: &Write<'_>,
    terms: &Terms<'t>,
    mut draft: Draft,
    procedure: &'t Procedure,
    (saved, files): (Option<&PageId>, Vec<FileAnswer>),
) -> Result<Opened<'t>, FilingRefused> {
    if let Changed::AskAgain(pages) = changed(&draft.version, &draft.ask_again, procedure, clock::local(terms.now)) {
        draft.ask_again = pages.into_iter().filter(|page| Some(page) != saved).collect();
    }
    draft.version = procedure.version.clone();
    draft.touched_at = terms.now;
    if !rows::portal::save_draft(tx, terms.keys, &draft, terms.now)? {
        return Err(taken_meanwhile(tx, terms, &draft));
    }
    draft.row += 1;
    prepare::show_the_desk(tx, terms, &draft, procedure, &files)?;
    let filled = terms.fill(procedure, &draft.typed);
    let changed = match shown(changed(&draft.version, &draft.ask_again, procedure, clock::local(terms.now)), &filled) {
        Changed::AskAgain(pages) => Changed::AskAgain(pages),
        _ => Changed::No,
    };
    Ok(Opened { draft, procedure, filled, changed })
}

/// Why a draft is no longer what was read a moment ago: another tap has filed it, another window has saved it, it was thrown away.
pub(super) fn taken_meanwhile(tx: &Read<'_>, terms: &Terms<'_>, draft: &Draft) -> FilingRefused {
    own_draft(tx, terms.keys, draft.id, &draft.owner).map_or_else(|refused| refused, |_| FilingRefused::SavedMeanwhile)
}

/// Adds or takes out files of one question, and says on which page it stands.
///
/// # Errors
/// As [`open`]; also when the procedure has no such question.
pub fn change_files(
    tx: &Write<'_>,
    terms: &Terms<'_>,
    id: DraftId,
    owner: &Owner,
    field: &str,
    change: impl FnOnce(&mut Typed, &Page) -> Result<(), TooMuch>,
) -> Result<PageId, FilingRefused> {
    let mut draft = own_draft(tx, terms.keys, id, owner)?;
    let procedure = terms.town.procedures.get(&draft.procedure).ok_or(FilingRefused::NotOffered)?;
    let asks = |page: &&Page| matches!(kind_at(&draft.typed, &page.fields, field), Some(Kind::Files { .. }));
    let page = procedure.pages.values().find(asks).ok_or(FilingRefused::NotFound)?;
    let before = files_in(&draft.typed, procedure);
    change(&mut draft.typed, page)?;
    keep(tx, terms, draft, procedure, (None, before))?;
    Ok(page.id.clone())
}

/// The kind of a question by its path: `papers`, or in a row that the group has now, `guardians.0.papers`.
pub fn kind_at<'f>(typed: &Typed, fields: &'f IndexMap<FieldId, Field>, path: &str) -> Option<&'f Kind> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let kind = &fields.get(first)?.kind;
    let Some(rest) = rest else { return Some(kind) };
    let Kind::Group { at_least, at_most, fields, .. } = kind else { return None };
    let (row, inner) = rest.split_once('.')?;
    let is_there = row.parse::<u32>().is_ok_and(|row| row < typed.rows(first, *at_least, *at_most));
    if is_there { fields.get(inner).map(|field| &field.kind) } else { None }
}

/// The documents that a draft holds, in groups too. What was typed into another question is no file, whatever it looks like.
pub fn files_in(typed: &Typed, procedure: &Procedure) -> Vec<FileAnswer> {
    let asks = |name: &str| procedure.pages.values().any(|page| matches!(kind_at(typed, &page.fields, name), Some(Kind::Files { .. })));
    let values = typed.iter().filter(|(name, _)| asks(name)).flat_map(|(_, values)| values);
    values.filter_map(|json| serde_json::from_str(json).ok()).collect()
}

/// Throws away the person's own draft.
///
/// # Errors
/// As [`own_draft`].
pub fn drop_draft(tx: &Write<'_>, terms: &Terms<'_>, id: DraftId, owner: &Owner) -> Result<(), FilingRefused> {
    let draft = own_draft(tx, terms.keys, id, owner)?;
    if rows::portal::is_lent(tx, id)? {
        prepare::take_back(tx, terms, draft.case)?;
    }
    rows::uploads::discard_of(tx, id)?;
    Ok(rows::portal::delete_draft(tx, id)?)
}
