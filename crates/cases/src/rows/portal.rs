//! SQL of the portal: what residents are typing, and their own copies of what they filed.

use std::collections::HashSet;

use access::CaseId;
use definitions::{
    answer::FileAnswer,
    ids::{DepartmentId, ProcedureId, StepId},
    procedure::Version,
    text::Language,
    typed::Typed,
};
use jiff::{Timestamp, civil::Date};
use store::{Read, Row, StoreError, Write, files::FileRef, keys::Keys, params};

use crate::{
    CaseNumber, Contacts,
    draft::{Draft, DraftId, Owner},
    own::{OwnCase, OwnLetter, OwnState, Seen},
    sealed::{column, seal, unseal},
};

const INSERT_DRAFT: &str = "insert into case_draft (id, session, account, procedure, version, language, typed, row_count, resume_mark, \
    case_id, filed, created_at, touched_at, ask_again) values ($1, $2, $3, $4, $5, $6, $7, 0, null, $8, 0, $9, $9, '')";
const SAVE_DRAFT: &str = "update case_draft set typed = $2, version = $3, language = $4, touched_at = $5, ask_again = $6, \
    row_count = row_count + 1 where id = $1 and filed = 0 and row_count = $7";
const FILE_DRAFT: &str = "update case_draft set filed = 1, typed = $3, touched_at = $2 where id = $1 and filed = 0 and row_count = $4";
const DRAFT: &str = "select id, session, account, procedure, version, language, typed, case_id, filed, touched_at, ask_again, row_count, \
    prepared from case_draft where id = $1";
const DRAFTS_OF_SESSION: &str = "select id, session, account, procedure, version, language, typed, case_id, filed, touched_at, ask_again, \
    row_count, prepared from case_draft where session = $1 and filed = 0 order by touched_at desc limit 20";
const DRAFTS_OF_ACCOUNT: &str = "select id, session, account, procedure, version, language, typed, case_id, filed, touched_at, ask_again, \
    row_count, prepared from case_draft where account = $1 and filed = 0 order by touched_at desc limit 20";
const ADOPT_DRAFTS: &str = "update case_draft set account = $2 where session = $1 and account is null";
const FILED_AT_DESK: &str = "update case_draft set filed = 1 where case_id = $1 and filed = 0 \
    and (resume_mark is not null or prepared is not null)";
const PREPARE_DRAFT: &str = "update case_draft set prepared = $2, touched_at = $3, row_count = row_count + 1 \
    where id = $1 and filed = 0 and row_count = $4";
const SWEEP_DRAFTS: &str = "delete from case_draft where touched_at < $1";

const INSERT_OWN: &str = "insert into own_case (id, number, account, procedure, version, language, filed_at, stage, step, department, \
    hear_by, turn, answers, contacts, state) values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, $10, 0, $11, $12, $13)";
const OWN: &str = "select id, number, account, procedure, version, language, filed_at, stage, step, department, hear_by, turn, answers, \
    contacts, state from own_case";
const UPDATE_OWN: &str = "update own_case set stage = $2, step = $3, department = $4, hear_by = $5, turn = $6, answers = $7, state = $8, \
    contacts = $9 where id = $1";
const NUMBER_TAKEN: &str = "select 1 from own_case where number = $1";
const ADD_EVENT: &str = "insert into own_event (case_id, seq, at, news) values \
    ($1, (select coalesce(max(seq), 0) + 1 from own_event where case_id = $1), $2, $3)";
const EVENTS: &str = "select at, news from own_event where case_id = $1 order by seq limit 1000";
const ADD_LETTER: &str = "insert into own_letter (id, case_id, title, document_number, issued_on, verify, file) \
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing";
const LETTERS: &str =
    "select id, title, document_number, issued_on, verify, file from own_letter where case_id = $1 order by issued_on, id";
const CODES_OF_ACCOUNT: &str = "select l.case_id, l.verify from own_letter l join own_case c on c.id = l.case_id where c.account = $1 \
    order by c.filed_at desc limit 500";

fn draft(keys: &Keys, row: &Row) -> Result<Draft, StoreError> {
    let filed: bool = row.get(8)?;
    Ok(Draft {
        id: column(row, 0, "case_draft.id")?,
        owner: Owner { session: row.get(1)?, account: row.get(2)? },
        procedure: column(row, 3, "case_draft.procedure")?,
        version: Version(row.get(4)?),
        language: Language::from_code(&row.get::<String>(5)?).unwrap_or_default(),
        // Once filed, the answers live in the case alone.
        typed: if filed { Typed::default() } else { unseal(keys, "case_draft.typed", &row.get::<Vec<u8>>(6)?)? },
        case: column(row, 7, "case_draft.case_id")?,
        filed,
        touched_at: row.get(9)?,
        ask_again: row.get::<String>(10)?.split(',').filter_map(|page| page.parse().ok()).collect(),
        row: row.get(11)?,
        prepared: row.get::<Option<Vec<u8>>>(12)?.map(|sealed| unseal(keys, "case_draft.prepared", &sealed)).transpose()?,
    })
}

/// Begins a draft.
pub(crate) fn insert_draft(tx: &Write<'_>, keys: &Keys, draft: &Draft, now: Timestamp) -> Result<(), StoreError> {
    tx.run(
        INSERT_DRAFT,
        params![
            draft.id.to_string(),
            draft.owner.session.clone(),
            draft.owner.account.clone(),
            draft.procedure.to_string(),
            draft.version.0.clone(),
            draft.language.code(),
            seal(keys, "case_draft.typed", &draft.typed)?,
            draft.case.to_string(),
            now
        ],
    )?;
    Ok(())
}

/// Saves what was typed; says no when the draft was filed, or saved by somebody else, since it was read.
pub(crate) fn save_draft(tx: &Write<'_>, keys: &Keys, draft: &Draft, now: Timestamp) -> Result<bool, StoreError> {
    let typed = seal(keys, "case_draft.typed", &draft.typed)?;
    let again = draft.ask_again.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let (id, version, language) = (draft.id.to_string(), draft.version.0.clone(), draft.language.code());
    Ok(tx.run(SAVE_DRAFT, params![id, typed, version, language, now, again, draft.row])? == 1)
}

/// Marks a draft as filed; says no when it was filed, or saved, since it was read.
pub(crate) fn mark_filed(tx: &Write<'_>, draft: &Draft, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(FILE_DRAFT, params![draft.id.to_string(), now, Vec::<u8>::new(), draft.row])? == 1)
}

/// Notes that a draft is prepared; says no when it was filed, or saved, since it was read.
pub(crate) fn prepare_draft(tx: &Write<'_>, keys: &Keys, draft: &Draft, now: Timestamp) -> Result<bool, StoreError> {
    let prepared = draft.prepared.as_ref().map(|prepared| seal(keys, "case_draft.prepared", prepared)).transpose()?;
    Ok(tx.run(PREPARE_DRAFT, params![draft.id.to_string(), prepared, now, draft.row])? == 1)
}

/// Whether the desk was ever let go on with a draft.
pub(crate) fn is_lent(tx: &Read<'_>, id: DraftId) -> Result<bool, StoreError> {
    let lent = "select 1 from case_draft where id = $1 and (resume_mark is not null or prepared is not null)";
    Ok(tx.first(lent, params![id.to_string()])?.is_some())
}

/// What was typed for a case that has no copy here, also once the desk has filed it.
pub(crate) fn typed_for(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Option<Typed>, StoreError> {
    let Some(row) = tx.first("select typed from case_draft where case_id = $1", params![case.to_string()])? else { return Ok(None) };
    let sealed: Vec<u8> = row.get(0)?;
    if sealed.is_empty() { Ok(None) } else { unseal(keys, "case_draft.typed", &sealed).map(Some) }
}

/// A lent draft was filed at the desk: it is filed here too. Of one that was never lent the desk can know only by a filing of which this side
/// knows nothing since it was restored from a backup: it stays, to be filed anew.
pub(crate) fn filed_at_desk(tx: &Write<'_>, case: CaseId) -> Result<(), StoreError> {
    tx.run(FILED_AT_DESK, params![case.to_string()]).map(drop)
}

/// The draft of this id, whoever owns it.
pub(crate) fn draft_by_id(tx: &Read<'_>, keys: &Keys, id: DraftId) -> Result<Option<Draft>, StoreError> {
    tx.first(DRAFT, params![id.to_string()])?.map(|row| draft(keys, &row)).transpose()
}

/// Open drafts of a session and its account, newest first.
pub(crate) fn drafts_of(tx: &Read<'_>, keys: &Keys, owner: &Owner) -> Result<Vec<Draft>, StoreError> {
    let rows = match &owner.account {
        Some(account) => tx.all(DRAFTS_OF_ACCOUNT, params![account.clone()])?,
        None => tx.all(DRAFTS_OF_SESSION, params![owner.session.clone()])?,
    };
    rows.iter().map(|row| draft(keys, row)).collect()
}

/// After signing in: what was begun before belongs to the account.
pub(crate) fn adopt_drafts(tx: &Write<'_>, session: &str, account: &str) -> Result<u64, StoreError> {
    tx.run(ADOPT_DRAFTS, params![session, account])
}

/// Deletes drafts not touched since; filed ones leave only their mark until then.
pub(crate) fn sweep_drafts(tx: &Write<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(SWEEP_DRAFTS, params![before])
}

/// Addresses of all files that are named here: by what is being typed, by what was filed, by letters. Read in pages of so many rows.
pub(crate) fn files_in_use(tx: &Read<'_>, keys: &Keys) -> Result<HashSet<String>, StoreError> {
    let mut used = HashSet::new();
    let mut name = |file: &str| {
        used.insert(FileRef(file.to_owned()).address().to_owned());
    };
    each(tx, "select id, typed from case_draft where id > $1 order by id limit 500", |row| {
        let sealed: Vec<u8> = row.get(1)?;
        // Once filed here, the answers live in the case alone. What the desk filed may still be on its way up.
        if sealed.is_empty() {
            return Ok(());
        }
        let typed: Typed = unseal(keys, "case_draft.typed", &sealed)?;
        for (_, values) in typed.iter() {
            values.iter().filter_map(|json| serde_json::from_str::<FileAnswer>(json).ok()).for_each(|file| name(&file.file));
        }
        Ok(())
    })?;
    each(tx, "select id, answers from own_case where id > $1 order by id limit 500", |row| {
        let answers = unseal(keys, "own_case.answers", &row.get::<Vec<u8>>(1)?)?;
        crate::attachments::of(&answers).iter().for_each(|file| name(&file.file));
        Ok(())
    })?;
    each(tx, "select id, file from own_letter where id > $1 order by id limit 500", |row| {
        name(&row.get::<String>(1)?);
        Ok(())
    })?;
    Ok(used)
}

/// All rows of a statement that goes on behind the id of the last one.
fn each(tx: &Read<'_>, sql: &str, mut take: impl FnMut(&Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut last = String::new();
    loop {
        let rows = tx.all(sql, params![last.clone()])?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.get(0)?;
        rows.iter().try_for_each(&mut take)?;
    }
}

/// Throws a draft away.
pub(crate) fn delete_draft(tx: &Write<'_>, id: DraftId) -> Result<(), StoreError> {
    tx.run("delete from case_draft where id = $1 and filed = 0", params![id.to_string()]).map(drop)
}

/// Notes the code by which the desk may go on with a draft.
pub(crate) fn lend_draft(tx: &Write<'_>, id: DraftId, mark: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.run("update case_draft set resume_mark = $2, touched_at = $3 where id = $1", params![id.to_string(), mark, now]).map(drop)
}

/// Whether a number is in use.
pub(crate) fn number_taken(tx: &Read<'_>, number: CaseNumber) -> Result<bool, StoreError> {
    Ok(tx.first(NUMBER_TAKEN, params![number.plain()])?.is_some())
}

/// Keeps the person's copy of what they filed.
pub(crate) fn insert_own(tx: &Write<'_>, keys: &Keys, case: &OwnCase) -> Result<(), StoreError> {
    tx.run(
        INSERT_OWN,
        params![
            case.id.to_string(),
            case.number.plain(),
            case.account.clone(),
            case.procedure.to_string(),
            case.version.0.clone(),
            case.language.code(),
            case.filed_at,
            case.state.code(),
            case.department.to_string(),
            case.hear_by.map(|day| day.to_string()),
            seal(keys, "own_case.answers", &case.answers)?,
            seal(keys, "own_case.contacts", &case.contacts)?,
            seal(keys, "own_case.state", &case.state)?
        ],
    )?;
    Ok(())
}

/// Stores what the desk said of the case.
pub(crate) fn update_own(tx: &Write<'_>, keys: &Keys, case: &OwnCase) -> Result<(), StoreError> {
    tx.run(
        UPDATE_OWN,
        params![
            case.id.to_string(),
            case.state.code(),
            case.step.as_ref().map(StepId::to_string),
            case.department.to_string(),
            case.hear_by.map(|day| day.to_string()),
            case.turn,
            seal(keys, "own_case.answers", &case.answers)?,
            seal(keys, "own_case.state", &case.state)?,
            seal(keys, "own_case.contacts", &case.contacts)?
        ],
    )?;
    Ok(())
}

fn own(keys: &Keys, row: &Row) -> Result<OwnCase, StoreError> {
    let state: OwnState = unseal(keys, "own_case.state", &row.get::<Vec<u8>>(14)?)?;
    Ok(OwnCase {
        id: column(row, 0, "own_case.id")?,
        number: column(row, 1, "own_case.number")?,
        account: row.get(2)?,
        procedure: column::<ProcedureId>(row, 3, "own_case.procedure")?,
        version: Version(row.get(4)?),
        language: Language::from_code(&row.get::<String>(5)?).unwrap_or_default(),
        filed_at: row.get(6)?,
        step: row.get::<Option<String>>(8)?.and_then(|step| step.parse().ok()),
        department: column::<DepartmentId>(row, 9, "own_case.department")?,
        hear_by: row.get::<Option<String>>(10)?.and_then(|day| day.parse::<Date>().ok()),
        turn: row.get(11)?,
        answers: unseal(keys, "own_case.answers", &row.get::<Vec<u8>>(12)?)?,
        contacts: unseal::<Contacts>(keys, "own_case.contacts", &row.get::<Vec<u8>>(13)?)?,
        state,
    })
}

/// The person's copy of a case.
pub(crate) fn own_by_id(tx: &Read<'_>, keys: &Keys, id: CaseId) -> Result<Option<OwnCase>, StoreError> {
    tx.first(&format!("{OWN} where id = $1"), params![id.to_string()])?.map(|row| own(keys, &row)).transpose()
}

/// The same, by its number.
pub(crate) fn own_by_number(tx: &Read<'_>, keys: &Keys, number: CaseNumber) -> Result<Option<OwnCase>, StoreError> {
    tx.first(&format!("{OWN} where number = $1"), params![number.plain()])?.map(|row| own(keys, &row)).transpose()
}

/// Puts a page of another room beside a case.
pub(crate) fn put_beside(tx: &Write<'_>, case: CaseId, word: &str, page: &str) -> Result<(), StoreError> {
    let sql = "insert into case_beside (case_id, page, word) values ($1, $2, $3) on conflict (case_id, page) do nothing";
    tx.run(sql, params![case.to_string(), page, word]).map(drop)
}

/// The pages that stand beside a case: the word on each link, and where it leads.
pub(crate) fn beside(tx: &Read<'_>, case: CaseId) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.all("select word, page from case_beside where case_id = $1 order by page limit 20", params![case.to_string()])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// All cases of an account, newest first.
pub(crate) fn own_of_account(tx: &Read<'_>, keys: &Keys, account: &str) -> Result<Vec<OwnCase>, StoreError> {
    tx.all(&format!("{OWN} where account = $1 order by filed_at desc limit 100"), params![account])?
        .iter()
        .map(|row| own(keys, row))
        .collect()
}

/// Appends news to the person's copy.
pub(crate) fn add_event(tx: &Write<'_>, keys: &Keys, case: CaseId, at: Timestamp, seen: &Seen) -> Result<(), StoreError> {
    tx.run(ADD_EVENT, params![case.to_string(), at, seal(keys, "own_event.news", seen)?])?;
    Ok(())
}

/// The person's story of the case, oldest first.
pub(crate) fn events(tx: &Read<'_>, keys: &Keys, case: CaseId) -> Result<Vec<(Timestamp, Seen)>, StoreError> {
    tx.all(EVENTS, params![case.to_string()])?
        .iter()
        .map(|row| Ok((row.get(0)?, unseal(keys, "own_event.news", &row.get::<Vec<u8>>(1)?)?)))
        .collect()
}

/// Keeps a letter; `file` names its sealed bytes.
pub(crate) fn add_letter(tx: &Write<'_>, case: CaseId, letter: &OwnLetter) -> Result<(), StoreError> {
    tx.run(
        ADD_LETTER,
        params![
            letter.id.clone(),
            case.to_string(),
            letter.title.clone(),
            letter.document_number.clone(),
            letter.issued_on.to_string(),
            letter.verify.clone(),
            letter.file.clone()
        ],
    )?;
    Ok(())
}

/// The letters of a case, void ones too.
pub(crate) fn letters(tx: &Read<'_>, case: CaseId) -> Result<Vec<OwnLetter>, StoreError> {
    let rows = tx.all(LETTERS, params![case.to_string()])?;
    let letter = |row: &Row| {
        Ok::<_, StoreError>(OwnLetter {
            id: row.get(0)?,
            title: row.get(1)?,
            document_number: row.get(2)?,
            issued_on: column(row, 3, "own_letter.issued_on")?,
            verify: row.get(4)?,
            file: row.get(5)?,
            voided_on: None,
        })
    };
    let mut letters = rows.iter().map(letter).collect::<Result<Vec<OwnLetter>, _>>()?;
    let voided = letters::verify::voided(tx, letters.iter().map(|letter| letter.verify.as_str()))?;
    for letter in &mut letters {
        letter.voided_on = voided.get(&letter.verify).copied();
    }
    Ok(letters)
}

/// Which cases of an account have a void letter.
pub(crate) fn with_void_letter(tx: &Read<'_>, account: &str) -> Result<HashSet<String>, StoreError> {
    let rows = tx.all(CODES_OF_ACCOUNT, params![account])?;
    let codes = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(String, String)>, StoreError>>()?;
    let voided = letters::verify::voided(tx, codes.iter().map(|(_, code)| code.as_str()))?;
    Ok(codes.into_iter().filter(|(_, code)| voided.contains_key(code)).map(|(case, _)| case).collect())
}
