//! うしろで進む仕事: batches and imports that somebody began on a page go on behind it, and again after a power cut.

use std::{io::BufReader, sync::Arc};

use access::{StaffId, TownHandle, WordsHandle};
use definitions::mapping::Mapping;
use jiff::Timestamp;
use store::{
    Desk, NewJob, StoreError, Write,
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
};

use crate::{
    batch, file,
    import::{self, Way},
    office::{By, Office},
    pieces::Pieces,
    problem::LineProblem,
    rows,
};

/// The job that makes a batch.
pub const BATCH: &str = "exchange.batch";
/// The job that goes through a file.
pub const IMPORT: &str = "exchange.import";

/// What both jobs need.
#[derive(Clone)]
pub struct Worker {
    /// Staff's store.
    pub desk: Desk,
    /// The town of today.
    pub town: TownHandle,
    /// What pages say.
    pub words: WordsHandle,
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// Where people reach the portal.
    pub portal: String,
}

/// The handlers of this room's jobs.
pub fn handlers(worker: &Worker) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(MakeBatch(worker.clone())), Arc::new(GoThrough(worker.clone()))]
}

/// Makes batches.
struct MakeBatch(Worker);
/// Goes through files.
struct GoThrough(Worker);

/// Asks for a batch to be made.
///
/// # Errors
/// When the store fails.
pub(crate) fn ask_batch(tx: &Write<'_>, batch: &batch::Batch) -> Result<(), StoreError> {
    let body = serde_json::json!({ "batch": batch.id, "mapping": batch.mapping });
    // A batch whose first job died can be asked for again.
    let key = format!("{}:{}", batch.id, tx.now().as_microsecond());
    tx.enqueue(&NewJob { kind: BATCH, key, body, at: tx.now() }).map(drop)
}

/// Asks for a file to be gone through.
///
/// # Errors
/// When the store fails.
pub(crate) fn ask_import(tx: &Write<'_>, import: &import::Import, way: Way, at: Timestamp) -> Result<(), StoreError> {
    let take = way == Way::Take;
    let body = serde_json::json!({ "import": import.id, "mapping": import.mapping, "take": take });
    let key = format!("{}:{take}:{}", import.id, at.as_microsecond());
    tx.enqueue(&NewJob { kind: IMPORT, key, body, at: tx.now() }).map(drop)
}

impl Worker {
    fn office(&self) -> Office {
        Office { town: self.town.current(), keys: Arc::clone(&self.keys), words: self.words.current(), portal: self.portal.clone() }
    }

    fn mapping(&self, office: &Office, job: &Job) -> Result<Mapping, JobError> {
        let id = job.body["mapping"].as_str().unwrap_or_default();
        office.town.mappings.get(id).cloned().ok_or_else(|| JobError::Dead("the town has no such mapping any more".to_owned()))
    }

    /// On behalf of whom: with the grants that they hold now.
    fn by(&self, office: &Office, who: Option<StaffId>) -> Result<By, JobError> {
        let Some(who) = who else { return Err(JobError::Dead("nobody asked for it".to_owned())) };
        let (office, now) = (office.clone(), self.desk.store().now());
        let staff = self.desk.read(move |tx| office.staff(tx, who, now))?;
        staff.map(|staff| By::Staff(Box::new(staff))).ok_or_else(|| JobError::Dead("who asked for it works here no more".to_owned()))
    }
}

impl JobHandler for MakeBatch {
    fn kind(&self) -> &'static str {
        BATCH
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let worker = &self.0;
        let office = worker.office();
        let mapping = worker.mapping(&office, job)?;
        let id = job.body["batch"].as_str().unwrap_or_default().to_owned();
        let of = id.clone();
        let Some(batch) = worker.desk.read(move |tx| rows::batch_by_id(tx, &of))? else { return Ok(()) };
        let by = worker.by(&office, batch.staff)?;
        loop {
            let (of, office, mapping, by) = (id.clone(), office.clone(), mapping.clone(), by.clone());
            let gone = worker.desk.write(move |tx| batch::go_on(tx, &office, &mapping, &by, &of)).map_err(|error| match error {
                batch::NotHanded::Store(error) => JobError::from(error),
                other => JobError::Dead(other.to_string()),
            })?;
            if gone.is_ready {
                return Ok(());
            }
            if !job.progress(worker.desk.store(), &gone.cases.to_string())? {
                return Ok(());
            }
        }
    }
}

impl JobHandler for GoThrough {
    fn kind(&self) -> &'static str {
        IMPORT
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let worker = &self.0;
        let office = worker.office();
        let mapping = worker.mapping(&office, job)?;
        let id = job.body["import"].as_str().unwrap_or_default().to_owned();
        let way = if job.body["take"].as_bool() == Some(true) { Way::Take } else { Way::Look };
        let of = id.clone();
        let Some(import) = worker.desk.read(move |tx| rows::import_by_id(tx, &of))? else { return Ok(()) };
        let is_due = match way {
            Way::Look => import.state == import::State::Looking,
            Way::Take => import.state == import::State::Taking,
        };
        if !is_due {
            return Ok(());
        }
        let by = worker.by(&office, import.staff)?;
        // Whoever took the job over after this claim was lost goes on from the import's own place; see `import::go_through`.
        let told = |gone: &import::Import| drop(job.progress(worker.desk.store(), &gone.next_row.to_string()));
        go_through(&worker.desk, &office, &mapping, &by, &id, way, Pieces::of(&worker.desk, &worker.keys, &id), told)?;
        Ok(())
    }
}

/// Opens what was brought and goes through it; a file that cannot be opened is refused with its reason.
///
/// # Errors
/// When the store fails.
#[allow(clippy::too_many_arguments)]
pub fn go_through(
    desk: &Desk,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    id: &str,
    way: Way,
    from: impl std::io::Read,
    told: impl FnMut(&import::Import),
) -> Result<import::Import, StoreError> {
    let headers: Vec<String> = mapping.headers().map(str::to_owned).collect();
    match file::rows(mapping, BufReader::with_capacity(256 << 10, from)) {
        Ok(mut lines) => import::go_through(desk, office, mapping, by, id, way, &mut lines, told),
        // A disk or a network that failed says nothing of the file.
        Err(wrong) if matches!(wrong.why, file::FileWrong::Io(_)) => {
            Err(StoreError::Other("the file could not be read; it is tried again".to_owned()))
        }
        Err(wrong) => import::refuse(desk, office, by, id, &LineProblem::of_file(&wrong, &headers)),
    }
}
