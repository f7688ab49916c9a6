//! 参照のないファイル: what lies in a face's folder of files and no row names. A file is put before the row that names it is written; where the row
//! was never written, or went with its draft, the file is an orphan. Once a day a job deletes those that are older than a day.
//!
//! Never one that is named: the old files are listed first, then what rows name is read, then what is in the one list and not in the other
//! goes. What is filed meanwhile is younger than a day and not on the list.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::civil::Date;
use store::{
    Entry, NewJob, Read, Store, StoreError, Write,
    files::{FileRef, Files},
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
    params,
};

use crate::rows;

/// The job that deletes them.
pub const SWEEP_FILES: &str = "files.sweep";

/// How long a file that nothing names is kept: a person may take a while to save the page that names it.
pub const ORPHANS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const OF_CASES: &str = "select case_id, filed, kept from case_file where case_id > $1 or (case_id = $1 and filed > $2) \
    order by case_id, filed limit 500";

/// Which files the rows of a face name, by their addresses.
pub type InUse = Arc<dyn Fn(&Read<'_>) -> Result<HashSet<String>, StoreError> + Send + Sync>;

/// Deletes what nothing names. One for each face.
pub struct SweepFiles {
    /// The face's store.
    pub store: Store,
    /// Its files.
    pub files: Files,
    /// What its rows name.
    pub in_use: InUse,
}

/// Residents' side: what a draft, a person's copy of a case or a letter names. One row that cannot be opened stops the sweep.
pub fn of_portal(keys: &Arc<Keys>) -> InUse {
    let keys = Arc::clone(keys);
    Arc::new(move |tx| rows::portal::files_in_use(tx, &keys))
}

/// Staff's side: what a case or a letter names.
pub fn of_desk() -> InUse {
    Arc::new(|tx| {
        let mut used: HashSet<String> = letters::files_in_use(tx)?;
        let (mut case, mut filed) = (String::new(), String::new());
        loop {
            let rows = tx.all(OF_CASES, params![&case, &filed])?;
            let Some(last) = rows.last() else { return Ok(used) };
            (case, filed) = (last.get(0)?, last.get(1)?);
            for row in &rows {
                used.insert(FileRef(row.get(2)?).address().to_owned());
            }
        }
    })
}

/// Asks for the sweep of a day.
///
/// # Errors
/// When the store fails.
pub fn ask(tx: &Write<'_>, today: Date) -> Result<(), StoreError> {
    tx.enqueue(&NewJob { kind: SWEEP_FILES, key: today.to_string(), body: serde_json::json!({}), at: tx.now() }).map(drop)
}

impl JobHandler for SweepFiles {
    fn kind(&self) -> &'static str {
        SWEEP_FILES
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let mut orphans = self.files.older_than(ORPHANS_KEPT)?;
        let in_use = Arc::clone(&self.in_use);
        let used = self.store.read(move |tx| in_use(tx))?;
        orphans.retain(|address| !used.contains(address));
        if orphans.is_empty() {
            return Ok(());
        }
        // Said before it is done: should this end half way, the next run says the rest again, and nothing goes unsaid.
        let (day, count) = (job.key.clone(), orphans.len().to_string());
        self.store.write(move |tx| {
            let (record, why) = (day.clone(), count.clone());
            let authority = "orphans".to_owned();
            tx.journal(&Entry { actor: "town".to_owned(), what: "files-swept", kind: "files", record, authority, why })
        })?;
        self.files.remove(&orphans)?;
        tracing::info!(swept = orphans.len(), "files that nothing names were deleted");
        Ok(())
    }
}
