//! Revisions in rows.

use definitions::ids::ProcedureId;
use jiff::{Timestamp, civil::Date};
use store::{Read, Row, StoreError, Write, params};
use uuid::Uuid;

use crate::revision::{Event, File, Revision, RevisionId, State};

const COLUMNS: &str = "select id, procedure, department, title, state, author, author_name, reviewer, reviewer_name, why, publish_on, published, \
    published_at, restores, refused, folded, turn, created_at, changed_at from revision";
const ADD: &str = "insert into revision (id, procedure, department, title, state, open, author, author_name, why, restores, turn, created_at, \
    changed_at) values ($1, $2, $3, $4, 'draft', 1, $5, $6, $7, $8, 0, $9, $9)";
const CHANGE: &str = "update revision set state = $2, open = $3, title = $4, reviewer = $5, reviewer_name = $6, why = $7, publish_on = $8, \
    published = $9, published_at = $10, refused = $11, turn = $12, changed_at = $13 where id = $1 and turn = $12 - 1";
const PUT_FILE: &str = "insert into revision_file (revision, path, base, body) values ($1, $2, $3, $4) \
    on conflict (revision, path) do update set base = $3, body = $4";
const ADD_EVENT: &str = "insert into revision_event (revision, turn, at, staff, name, what, note) values ($1, $2, $3, $4, $5, $6, $7)";

fn revision(row: &Row) -> Result<Revision, StoreError> {
    let uuid = |text: String| Uuid::parse_str(&text).map_err(|_| StoreError::damaged("revision.id"));
    let staff = |text: String| uuid(text).map(access::StaffId::new);
    let text = |at: usize| row.get::<String>(at);
    Ok(Revision {
        id: RevisionId(uuid(text(0)?)?),
        procedure: text(1)?.parse().map_err(|_| StoreError::damaged("revision.procedure"))?,
        department: text(2)?.parse().map_err(|_| StoreError::damaged("revision.department"))?,
        title: text(3)?,
        state: State::of_code(&text(4)?).ok_or(StoreError::damaged("revision.state"))?,
        author: staff(text(5)?)?,
        author_name: text(6)?,
        reviewer: row.get::<Option<String>>(7)?.map(staff).transpose()?,
        reviewer_name: row.get(8)?,
        why: text(9)?,
        publish_on: row.get::<Option<Date>>(10)?,
        published: row.get(11)?,
        published_at: row.get::<Option<Timestamp>>(12)?,
        restores: row.get::<Option<String>>(13)?.map(uuid).transpose()?.map(RevisionId),
        refused: row.get(14)?,
        folded: row.get::<i64>(15)? != 0,
        turn: row.get(16)?,
        created_at: row.get(17)?,
        changed_at: row.get(18)?,
    })
}

/// Enters a new one.
pub(crate) fn add(tx: &Write<'_>, new: &Revision) -> Result<(), StoreError> {
    let author = new.author.to_string();
    let restores = new.restores.map(|id| id.to_string());
    tx.run(
        ADD,
        params![
            new.id.to_string(),
            new.procedure.as_str(),
            new.department.as_str(),
            new.title.as_str(),
            author,
            new.author_name.as_str(),
            new.why.as_str(),
            restores,
            new.created_at
        ],
    )?;
    Ok(())
}

/// Writes what changed; `false`: somebody was faster.
pub(crate) fn change(tx: &Write<'_>, to: &Revision) -> Result<bool, StoreError> {
    let reviewer = to.reviewer.map(|id| id.to_string());
    let changed = tx.run(
        CHANGE,
        params![
            to.id.to_string(),
            to.state.code(),
            i64::from(to.state.is_open()),
            to.title.as_str(),
            reviewer,
            to.reviewer_name.clone(),
            to.why.as_str(),
            to.publish_on,
            to.published,
            to.published_at,
            to.refused.clone(),
            to.turn,
            to.changed_at
        ],
    )?;
    Ok(changed == 1)
}

/// One by its id.
pub fn by_id(tx: &Read<'_>, id: RevisionId) -> Result<Option<Revision>, StoreError> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id.to_string()])?.as_ref().map(revision).transpose()
}

/// All of a procedure, the newest first.
pub fn of_procedure(tx: &Read<'_>, procedure: &ProcedureId) -> Result<Vec<Revision>, StoreError> {
    let rows = tx.all(&format!("{COLUMNS} where procedure = $1 order by created_at desc, id desc"), params![procedure.as_str()])?;
    rows.iter().map(revision).collect()
}

/// Those on their way, by procedure.
pub fn open(tx: &Read<'_>) -> Result<Vec<Revision>, StoreError> {
    tx.all(&format!("{COLUMNS} where open = 1 order by procedure"), params![])?.iter().map(revision).collect()
}

/// The one on its way for a procedure.
pub fn open_of(tx: &Read<'_>, procedure: &ProcedureId) -> Result<Option<Revision>, StoreError> {
    tx.first(&format!("{COLUMNS} where procedure = $1 and open = 1"), params![procedure.as_str()])?.as_ref().map(revision).transpose()
}

/// Those that lie over the town's folder, in the order of publication.
pub fn in_force(tx: &Read<'_>) -> Result<Vec<Revision>, StoreError> {
    tx.all(&format!("{COLUMNS} where state = 'published' and folded = 0 order by published"), params![])?.iter().map(revision).collect()
}

/// Those whose day has come.
pub fn due(tx: &Read<'_>, today: Date) -> Result<Vec<Revision>, StoreError> {
    tx.all(&format!("{COLUMNS} where state = 'scheduled' and publish_on <= $1 order by publish_on, changed_at, id"), params![today])?
        .iter()
        .map(revision)
        .collect()
}

/// The next place in the order of publication.
pub(crate) fn next_place(tx: &Read<'_>) -> Result<i64, StoreError> {
    let row = tx.first("select coalesce(max(published), 0) + 1 from revision", params![])?;
    row.ok_or(StoreError::damaged("revision.published"))?.get(0)
}

/// Marks those that the folder has taken in.
pub(crate) fn fold(tx: &Write<'_>, id: RevisionId) -> Result<bool, StoreError> {
    Ok(tx.run("update revision set folded = 1 where id = $1 and folded = 0", params![id.to_string()])? == 1)
}

/// Puts a text in.
pub(crate) fn put_file(tx: &Write<'_>, id: RevisionId, file: &File) -> Result<(), StoreError> {
    tx.run(PUT_FILE, params![id.to_string(), file.path.as_str(), file.base.clone(), file.text.as_str()])?;
    Ok(())
}

/// The texts of a revision, the procedure's own file first.
pub fn files(tx: &Read<'_>, id: RevisionId) -> Result<Vec<File>, StoreError> {
    let rows = tx.all(
        "select path, base, body from revision_file where revision = $1 order by case when path like 'words/%' then 1 else 0 end, path",
        params![id.to_string()],
    )?;
    rows.iter().map(|row| Ok(File { path: row.get(0)?, base: row.get(1)?, text: row.get(2)? })).collect()
}

/// Writes what happened, at the turn that it made.
pub(crate) fn add_event(tx: &Write<'_>, id: RevisionId, turn: i64, event: &Event) -> Result<(), StoreError> {
    let staff = event.staff.map(|id| id.to_string());
    let values = params![id.to_string(), turn, event.at, staff, event.name.as_str(), event.what.as_str(), event.note.as_str()];
    tx.run(ADD_EVENT, values)?;
    Ok(())
}

/// The story of a revision, from its beginning.
pub fn events(tx: &Read<'_>, id: RevisionId) -> Result<Vec<Event>, StoreError> {
    let rows =
        tx.all("select at, staff, name, what, note from revision_event where revision = $1 order by turn", params![id.to_string()])?;
    rows.iter()
        .map(|row| {
            let staff = row.get::<Option<String>>(1)?.and_then(|id| id.parse().ok());
            Ok(Event { at: row.get(0)?, staff, name: row.get(2)?, what: row.get(3)?, note: row.get(4)? })
        })
        .collect()
}
