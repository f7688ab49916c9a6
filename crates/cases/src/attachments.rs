//! 添付 on their way to the desk: what residents attach lies in the portal's file store under the portal's key. After a filing or a
//! correction a job reads each file once and hands its bytes through the hatch; the desk keeps its own copy under its own key.

use std::{collections::BTreeSet, sync::Arc};

use access::CaseId;
use definitions::answer::{Answer, Answers, FileAnswer};
use serde::{Deserialize, Serialize};
use store::{
    NewJob, Parcel, Portal, Read, StoreError, Write,
    files::{FileRef, Files},
    hatch::{Failure, Receiver},
    jobs::{Job, JobError, JobHandler},
    keys::{Face, Keys},
    params,
};

use crate::rows;

/// The hatch's name for an attachment.
pub const FILE: &str = "case.file";

/// The job that hands the attachments of a case up.
pub const HAND_UP: &str = "case.files";

/// 10 MB a file: an A4 page at 300 dpi is 1–3 MB, a phone's photograph 2–8 MB.
pub(crate) const FILE_BYTES_MAX: usize = 10 << 20;

/// The one kind of document among what is taken.
pub(crate) const PDF: &str = "application/pdf";

/// What a browser shows in place without running anything.
const ACCEPTED: [&str; 5] = [PDF, "image/jpeg", "image/png", "image/heif", "image/webp"];

/// What a file is by its first bytes, when that is something we take. What anybody says of it is not believed: not what a browser says to
/// the portal, not what the portal says to the desk.
pub(crate) fn media_of(bytes: &[u8]) -> Option<&'static str> {
    let media = infer::get(bytes)?.mime_type();
    ACCEPTED.into_iter().find(|accepted| *accepted == media)
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileRefused {
    /// There is nothing in it.
    Empty,
    /// Over 10 MB.
    Large,
    /// Its bytes are neither a photograph nor a PDF, whatever its name says.
    Kind,
    /// Its question takes no more files.
    Full,
    /// More files in a short time than anybody needs.
    TooMany,
}

/// What a file is, when it is one that we take: the one check of all files, whichever way they come.
///
/// # Errors
/// When it is empty, too large, or something else.
pub fn look_at(bytes: &[u8]) -> Result<&'static str, FileRefused> {
    may_be_so_large(bytes.len())?;
    media_of(bytes).ok_or(FileRefused::Kind)
}

/// Whether a file may have so many bytes.
///
/// # Errors
/// When it is empty or too large.
pub fn may_be_so_large(bytes: usize) -> Result<(), FileRefused> {
    match bytes {
        0 => Err(FileRefused::Empty),
        1..=FILE_BYTES_MAX => Ok(()),
        _ => Err(FileRefused::Large),
    }
}

const KEEP: &str = "insert into case_file (case_id, filed, kept) values ($1, $2, $3) on conflict (case_id, filed) do nothing";
const KEPT: &str = "select kept from case_file where case_id = $1 and filed = $2";

const HERE: &str = "select filed from case_file where case_id = $1";

/// Every attachment among answers, those in rows of groups included.
pub fn of(answers: &Answers) -> Vec<FileAnswer> {
    let mut found = Vec::new();
    for (_, answer) in answers.iter() {
        match answer {
            Answer::Files(files) => found.extend(files.iter().cloned()),
            Answer::Group(rows) => found.extend(rows.iter().flat_map(of)),
            _ => {}
        }
    }
    found
}

/// Asks the job to hand up what these answers attach. `what` names the occasion once within the case.
pub(crate) fn hand_up(tx: &Write<'_>, case: CaseId, what: &str, answers: &Answers) -> Result<(), StoreError> {
    if of(answers).is_empty() {
        return Ok(());
    }
    let body = serde_json::json!({ "case": case.to_string() });
    tx.enqueue(&NewJob { kind: HAND_UP, key: format!("{case}:{what}"), body, at: tx.now() }).map(drop)
}

/// What stands before an attachment's bytes in its parcel.
#[derive(Serialize, Deserialize)]
struct Label {
    case: String,
    filed: String,
}

/// Hands the attachments of a case up, each once.
pub struct HandUp {
    /// Residents' store.
    pub portal: Portal,
    /// Their files.
    pub files: Files,
    /// The portal's keys.
    pub keys: Arc<Keys>,
}

impl JobHandler for HandUp {
    fn kind(&self) -> &'static str {
        HAND_UP
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let case: CaseId =
            job.body["case"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| JobError::Dead("the job names no case".into()))?;
        let keys = Arc::clone(&self.keys);
        let own =
            self.portal.read(move |tx| rows::portal::own_by_id(tx, &keys, case))?.ok_or_else(|| JobError::Dead("no such case".into()))?;
        for file in of(&own.answers) {
            let bytes = self.files.get(&FileRef(file.file.clone()))?;
            let parcel = packed(&self.keys, case, &file.file, &bytes)?;
            self.portal.write(move |tx| tx.send(&parcel))?;
        }
        Ok(())
    }
}

fn packed(keys: &Keys, case: CaseId, filed: &str, bytes: &[u8]) -> Result<Parcel, StoreError> {
    let label = Label { case: case.to_string(), filed: filed.to_owned() };
    let mut body = serde_json::to_vec(&label).map_err(|_| StoreError::damaged("parcel case.file"))?;
    body.push(b'\n');
    body.extend_from_slice(bytes);
    Ok(Parcel { kind: FILE.to_owned(), id: format!("{case}:{filed}"), body: keys.seal_to(Face::Desk, &body)? })
}

/// Keeps an attachment at the desk.
pub struct ReceiveFile {
    /// The desk's keys.
    pub keys: Arc<Keys>,
    /// The desk's files.
    pub files: Files,
}

impl Receiver for ReceiveFile {
    fn kind(&self) -> &str {
        FILE
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let body = self.keys.unseal_own(&parcel.body)?;
        let end = body.iter().position(|byte| *byte == b'\n').ok_or(StoreError::damaged("parcel case.file"))?;
        let (label, bytes) = body.split_at(end);
        let label: Label = serde_json::from_slice(label).map_err(|_| StoreError::damaged("parcel case.file"))?;
        let bytes = bytes.get(1..).unwrap_or_default();
        // No portal of ours takes such a file; one that is broken into may send it.
        if media_of(bytes).is_none() || bytes.len() > FILE_BYTES_MAX {
            return Err("desk-refused-file".into());
        }
        let case: CaseId = label.case.parse().map_err(|_| StoreError::damaged("parcel case.file: case"))?;
        // Written before the row names it; should the transaction run again, the first copy is an orphan and is swept.
        let kept = self.files.put(bytes)?;
        tx.run(KEEP, params![case.to_string(), label.filed, kept.to_string()])?;
        Ok(())
    }
}

/// Which of a case's attachments the desk has its copies of, by the names under which they were filed.
///
/// # Errors
/// When the store fails.
pub fn here(tx: &Read<'_>, case: CaseId) -> Result<BTreeSet<String>, StoreError> {
    tx.all(HERE, params![case.to_string()])?.iter().map(|row| row.get(0)).collect()
}

/// The desk's copy of an attachment; none while it is on its way.
///
/// # Errors
/// When the store fails.
pub fn kept(tx: &Read<'_>, case: CaseId, filed: &str) -> Result<Option<String>, StoreError> {
    tx.first(KEPT, params![case.to_string(), filed])?.map(|row| row.get(0)).transpose()
}
