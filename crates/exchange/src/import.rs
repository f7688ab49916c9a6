//! 取込み: results and lists that come in, line by line.
//!
//! A file is known by its digest: the same file is the same import. It is *looked at* first (試し): each line is done and undone, so that the
//! report says what would happen and not what ought to. Then it is *taken*, some lines in a transaction, each transaction saying how far it
//! came. What was taken before changes nothing: a list is compared with the register, a result of a case is known by its line.

use access::{RecordId, StaffId};
use definitions::{ids::MappingId, mapping::Mapping};
use jiff::Timestamp;
use store::{Desk, Entry, StoreError, Write};

use crate::{
    file::{FileWrong, Row, RowWrong},
    office::{By, Office},
    problem::LineProblem,
    rows,
    taking::{Listings, Outcome, Stop, take_row},
};

/// Lines of one transaction.
const TOGETHER: usize = 100;
/// Problems that are kept for the report; those beyond are counted.
pub const PROBLEMS_MAX: i64 = 10_000;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 試し中.
    Looking,
    /// The report waits for a yes.
    Looked,
    /// 取込み中.
    Taking,
    /// Somebody stopped it; it can go on.
    Stopped,
    /// All lines were gone through.
    Done,
    /// The file itself cannot be read to its end.
    Refused,
}

impl State {
    const ALL: [(State, &'static str); 6] = [
        (State::Looking, "looking"),
        (State::Looked, "looked"),
        (State::Taking, "taking"),
        (State::Stopped, "stopped"),
        (State::Done, "done"),
        (State::Refused, "refused"),
    ];

    /// As it is stored and as word ids end.
    pub fn word(self) -> &'static str {
        State::ALL.iter().find(|(state, _)| *state == self).map_or("done", |(_, word)| word)
    }

    /// What a word stands for.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }
}

/// A file that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// By which mapping.
    pub mapping: MappingId,
    /// Of its bytes.
    pub digest: String,
    /// As it was called.
    pub name: String,
    /// Who brought it, by name.
    pub by: String,
    /// Likewise, where they are staff.
    pub staff: Option<StaffId>,
    /// When.
    pub made_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// Lines that were gone through; the next one's place.
    pub next_row: i64,
    /// Lines that changed something, or would.
    pub taken: i64,
    /// Lines that said what is known.
    pub same: i64,
    /// Lines that cannot be taken.
    pub wrong: i64,
    /// Its size.
    pub bytes: i64,
}

/// How a file is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// 試し: nothing stays changed.
    Look,
    /// 取込み.
    Take,
}

/// Enters a file, or finds it: one that was looked at is looked at anew, one that was taken is not taken twice.
///
/// # Errors
/// When the store failed.
pub fn enter(tx: &Write<'_>, mapping: &Mapping, new: &Import) -> Result<Import, StoreError> {
    if let Some(there) = rows::import_by_digest(tx, &mapping.id, &new.digest)? {
        return Ok(there);
    }
    rows::insert_import(tx, new)?;
    tx.journal(&Entry {
        actor: new.staff.map_or_else(|| "terminal".to_owned(), |id| format!("staff:{id}")),
        what: "import-entered",
        kind: "import",
        record: new.id.clone(),
        authority: format!("mapping:{}", mapping.id),
        why: String::new(),
    })?;
    Ok(new.clone())
}

/// Sets an import to a way from its beginning or from where it stopped: what was looked at or refused begins anew, what was stopped goes on.
///
/// # Errors
/// When the store failed.
pub fn set_out(tx: &Write<'_>, import: &mut Import, way: Way, by: &By, name: &str) -> Result<(), StoreError> {
    let goes_on = way == Way::Take && matches!(import.state, State::Stopped | State::Taking);
    if !goes_on {
        rows::forget_lines(tx, &import.id)?;
        (import.next_row, import.taken, import.same, import.wrong) = (0, 0, 0, 0);
    }
    import.state = if way == Way::Look { State::Looking } else { State::Taking };
    (import.by, import.staff) = (name.to_owned(), by.staff());
    rows::keep_import(tx, import)
}

/// What became of some lines.
struct Gone {
    import: Import,
    problems: Vec<LineProblem>,
}

/// Goes through a file from where it stands to its end, or until somebody stops it. After a power cut, called again, it goes on with the next line.
///
/// # Errors
/// When the store failed: all that was gone through before stays gone through.
#[allow(clippy::too_many_arguments)]
pub fn go_through(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    id: &str,
    way: Way,
    lines: &mut dyn Iterator<Item = Result<Row, RowWrong>>,
    mut told: impl FnMut(&Import),
) -> Result<Import, StoreError> {
    let of = id.to_owned();
    let mut import = desk.read(move |tx| rows::import_by_id(tx, &of))?.ok_or(StoreError::damaged("exchange_import"))?;
    let mut lines = lines.skip(usize::try_from(import.next_row).unwrap_or(0));
    loop {
        let mut some: Vec<Result<Row, RowWrong>> = lines.by_ref().take(TOGETHER).collect();
        let is_end = some.len() < TOGETHER;
        // A disk or a network that failed says nothing of the file: what was read is kept, and the rest is tried again.
        let cut_off = some.iter().position(|line| line.as_ref().is_err_and(|wrong| matches!(wrong.why, FileWrong::Io(_))));
        some.truncate(cut_off.unwrap_or(some.len()));
        let broken = some.iter().any(|line| line.as_ref().is_err_and(|wrong| wrong.why.ends()));
        import = match some_lines(desk, office, mapping, by, &import.id, At { way, place: import.next_row }, &some)? {
            Some(gone) => gone,
            // Somebody stopped it, or goes through it too and is further on.
            None => {
                let of = import.id.clone();
                return desk.read(move |tx| rows::import_by_id(tx, &of))?.ok_or(StoreError::damaged("exchange_import"));
            }
        };
        told(&import);
        if cut_off.is_some() {
            return Err(StoreError::Other(format!(
                "the file could not be read on behind its {}th line; it is tried again",
                import.next_row
            )));
        }
        if is_end || broken {
            let end = match (broken, way) {
                (true, _) => State::Refused,
                (_, Way::Look) => State::Looked,
                (_, Way::Take) => State::Done,
            };
            return ended(desk, by, &import.id, At { way, place: import.next_row }, end);
        }
    }
}

/// How far whoever goes through a file has come. Two who go through the same one at once, after a claim was lost or at the terminal beside the page,
/// must not pass over lines: only the one who stands where the import stands goes on.
#[derive(Clone, Copy)]
struct At {
    way: Way,
    place: i64,
}

impl At {
    fn is_here(self, import: &Import) -> bool {
        let state = if self.way == Way::Look { State::Looking } else { State::Taking };
        (import.state, import.next_row) == (state, self.place)
    }
}

/// Stops an import where it stands: what was taken stays, and it can go on with the next line. A look ends.
///
/// # Errors
/// When the store failed.
pub fn stop(tx: &Write<'_>, by: &By, id: &str) -> Result<(), StoreError> {
    let Some(mut import) = rows::import_by_id(tx, id)? else { return Ok(()) };
    import.state = match import.state {
        State::Taking => State::Stopped,
        // What was only looked at begins anew when it is taken.
        State::Looking => State::Looked,
        _ => return Ok(()),
    };
    rows::keep_import(tx, &import)?;
    journal_end(tx, by, &import)
}

fn journal_end(tx: &Write<'_>, by: &By, import: &Import) -> Result<(), StoreError> {
    tx.journal(&Entry {
        actor: by.actor(),
        what: "import-ended",
        kind: "import",
        record: import.id.clone(),
        authority: format!("mapping:{}", import.mapping),
        why: import.state.word().to_owned(),
    })
}

fn ended(desk: &Desk, by: &By, id: &str, at: At, state: State) -> Result<Import, StoreError> {
    let (id, by) = (id.to_owned(), by.clone());
    desk.write(move |tx| {
        let mut import = rows::import_by_id(tx, &id)?.ok_or(StoreError::damaged("exchange_import"))?;
        if !at.is_here(&import) {
            return Ok(import);
        }
        import.state = state;
        rows::keep_import(tx, &import)?;
        if state == State::Done {
            rows::forget_pieces(tx, &id)?;
        }
        journal_end(tx, &by, &import)?;
        Ok(import)
    })
}

/// How a transaction over some lines ended without being kept.
enum Undone {
    /// 試し: as it should.
    Looked(Box<Gone>),
    /// The import stands elsewhere.
    Elsewhere,
    /// A line was refused half way: nothing of this transaction stays.
    Line(Box<Refused>),
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Undone {
        Undone::Store(error)
    }
}

/// None: the import stands elsewhere. A line that is refused half way undoes the lines before it; they are gone through once more, up to it, and it
/// is only noted. So each line is gone through twice at most, and a transaction holds as many as it can.
fn some_lines(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    id: &str,
    mut at: At,
    lines: &[Result<Row, RowWrong>],
) -> Result<Option<Import>, StoreError> {
    let (mut rest, mut end, mut refused) = (lines, lines.len(), None);
    loop {
        let (some, behind) = rest.split_at(end.min(rest.len()));
        let import = match together(desk, office, mapping, by, id, at, some, refused.as_ref()) {
            Ok(import) => import,
            Err(Undone::Looked(gone)) => match counted(desk, office, at, &gone)? {
                Some(import) => import,
                None => return Ok(None),
            },
            Err(Undone::Elsewhere) => return Ok(None),
            Err(Undone::Store(error)) => return Err(error),
            Err(Undone::Line(line)) => {
                end = line.place + 1;
                refused = Some(*line);
                continue;
            }
        };
        if behind.is_empty() {
            return Ok(Some(import));
        }
        at.place = import.next_row;
        (rest, end, refused) = (behind, behind.len(), None);
    }
}

/// A line that was refused half way: its place among those of the transaction, and with what.
#[derive(Clone)]
struct Refused {
    place: usize,
    problem: LineProblem,
}

#[allow(clippy::too_many_arguments)]
fn together(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    id: &str,
    at: At,
    lines: &[Result<Row, RowWrong>],
    refused: Option<&Refused>,
) -> Result<Import, Undone> {
    let (office, mapping, by, id, lines) = (office.clone(), mapping.clone(), by.clone(), id.to_owned(), lines.to_vec());
    let refused = refused.cloned();
    desk.write(move |tx| {
        let import = rows::import_by_id(tx, &id)?.ok_or(StoreError::damaged("exchange_import"))?;
        if !at.is_here(&import) {
            return Err(Undone::Elsewhere);
        }
        let listed = Listings::default();
        let mut gone = Gone { import, problems: Vec::new() };
        for (nth, line) in lines.iter().enumerate() {
            gone.import.next_row += 1;
            let place = gone.import.next_row;
            let wrong = |gone: &mut Gone, problem: LineProblem| {
                gone.import.wrong += 1;
                gone.problems.push(problem);
            };
            let row = match line {
                Err(broken) => {
                    let headers: Vec<String> = mapping.headers().map(str::to_owned).collect();
                    wrong(&mut gone, LineProblem::of_file(broken, &headers));
                    continue;
                }
                Ok(row) => row,
            };
            if let Some(refused) = refused.as_ref().filter(|refused| refused.place == nth) {
                wrong(&mut gone, refused.problem.clone());
                continue;
            }
            let record = drawn(&office, &id, place);
            match take_row(tx, &office, &mapping, &by, &id, &listed, row, record) {
                Ok(Outcome::Taken) => gone.import.taken += 1,
                Ok(Outcome::Same) => gone.import.same += 1,
                Ok(Outcome::Wrong(problem)) => wrong(&mut gone, problem),
                Err(Stop::Store(error)) => return Err(Undone::Store(error)),
                Err(Stop::Refused(problem)) => return Err(Undone::Line(Box::new(Refused { place: nth, problem }))),
            }
        }
        if at.way == Way::Look {
            return Err(Undone::Looked(Box::new(gone)));
        }
        keep(tx, &office, &gone)?;
        Ok(gone.import)
    })
}

/// The id of a record that a line may enter: the same however often the transaction runs.
fn drawn(office: &Office, import: &str, place: i64) -> RecordId {
    let mac = office.keys.mac("exchange record", format!("{import}:{place}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&mac[..16]);
    RecordId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn counted(desk: &Desk, office: &Office, at: At, gone: &Gone) -> Result<Option<Import>, StoreError> {
    let (office, import, problems) = (office.clone(), gone.import.clone(), gone.problems.clone());
    desk.write(move |tx| {
        let now = rows::import_by_id(tx, &import.id)?.ok_or(StoreError::damaged("exchange_import"))?;
        if !at.is_here(&now) {
            return Ok(None);
        }
        let gone = Gone { import: import.clone(), problems: problems.clone() };
        keep(tx, &office, &gone)?;
        Ok(Some(gone.import))
    })
}

fn keep(tx: &Write<'_>, office: &Office, gone: &Gone) -> Result<(), StoreError> {
    rows::keep_import(tx, &gone.import)?;
    let before = gone.import.wrong - i64::try_from(gone.problems.len()).unwrap_or(0);
    for (at, problem) in gone.problems.iter().enumerate() {
        let place = before + i64::try_from(at).unwrap_or(0) + 1;
        if place <= PROBLEMS_MAX {
            rows::add_line(tx, &office.keys, &gone.import.id, place, problem)?;
        }
    }
    Ok(())
}

/// Notes that the file itself cannot be opened.
///
/// # Errors
/// When the store failed.
pub fn refuse(desk: &Desk, office: &Office, by: &By, id: &str, problem: &LineProblem) -> Result<Import, StoreError> {
    let (office, by, id, problem) = (office.clone(), by.clone(), id.to_owned(), problem.clone());
    desk.write(move |tx| {
        let mut import = rows::import_by_id(tx, &id)?.ok_or(StoreError::damaged("exchange_import"))?;
        rows::forget_lines(tx, &id)?;
        rows::add_line(tx, &office.keys, &id, 1, &problem)?;
        (import.next_row, import.taken, import.same, import.wrong) = (0, 0, 0, 1);
        import.state = State::Refused;
        rows::keep_import(tx, &import)?;
        journal_end(tx, &by, &import)?;
        Ok(import)
    })
}

/// What could not be taken, after a place.
///
/// # Errors
/// When the store failed.
pub fn problems(tx: &store::Read<'_>, office: &Office, id: &str, after: i64, limit: i64) -> Result<Vec<(i64, LineProblem)>, StoreError> {
    rows::lines_after(tx, &office.keys, id, after, limit)
}

/// An import by its id.
///
/// # Errors
/// When the store failed.
pub fn by_id(tx: &store::Read<'_>, id: &str) -> Result<Option<Import>, StoreError> {
    rows::import_by_id(tx, id)
}
