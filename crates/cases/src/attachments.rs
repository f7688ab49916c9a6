//! 添付 on their way to the desk: what residents attach lies in the portal's file store under the portal's key. After a filing or a
//! correction a job reads each file once and hands its bytes through the hatch; the desk keeps its own copy under its own key.

use std::{collections::BTreeSet, sync::Arc};

use access::CaseId;
use definitions::{
    answer::{Answer, Answers, FileAnswer, Papers},
    procedure::Version,
};
use serde::{Deserialize, Serialize};
use store::{
    NewJob, Parcel, Portal, Read, StoreError, Write,
    files::{FileRef, Files},
    hatch::{Failure, Receiver},
    jobs::{Job, JobError, JobHandler},
    keys::{Face, Keys},
    params,
};

use crate::{filing, rows};

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
            Answer::Group(rows) => found.extend(rows.iter().flat_map(of)),
            one => found.extend(one.attached().iter().cloned()),
        }
    }
    found
}

/// Whether two filings say the same. A form that is sent once more brings its files once more, under other names of the store.
pub(crate) fn say_the_same(one: &Answers, other: &Answers) -> bool {
    plain(one) == plain(other)
}

fn plain(answers: &Answers) -> Answers {
    let named = |files: &[FileAnswer]| {
        let mut files: Vec<FileAnswer> = files.iter().map(|file| FileAnswer { file: String::new(), ..file.clone() }).collect();
        files.sort_by(|a, b| (&a.name, a.bytes).cmp(&(&b.name, b.bytes)));
        files.dedup();
        files
    };
    let plain = |answer: &Answer| match answer {
        Answer::Files(files) => Answer::Files(named(files)),
        Answer::Papers(papers) => Answer::Papers(Papers { files: named(&papers.files), ..papers.clone() }),
        Answer::Group(rows) => Answer::Group(rows.iter().map(self::plain).collect()),
        other => other.clone(),
    };
    answers.iter().map(|(id, answer)| (id.clone(), plain(answer))).collect()
}

/// Asks the job to hand up what these answers attach. `what` names the occasion once within the case.
pub(crate) fn hand_up(tx: &Write<'_>, case: CaseId, what: &str, answers: &Answers) -> Result<(), StoreError> {
    if of(answers).is_empty() {
        return Ok(());
    }
    let body = serde_json::json!({ "case": case.to_string(), "what": what });
    tx.enqueue(&NewJob { kind: HAND_UP, key: format!("{case}:{what}"), body, at: tx.now() }).map(drop)
}

/// The same for a draft that the desk may go on with. Its definition is kept already.
pub(crate) fn hand_up_draft(tx: &Write<'_>, case: CaseId, what: &str, version: &Version) -> Result<(), StoreError> {
    let body = serde_json::json!({ "case": case.to_string(), "what": what, "version": version.0 });
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
        let what = job.body["what"].as_str().unwrap_or("filed");
        let version = job.body["version"].as_str().map(|version| Version(version.to_owned()));
        for file in self.attached(case, version)? {
            let bytes = self.files.get(&FileRef(file.file.clone()))?;
            let parcel = packed(&self.keys, case, what, &file.file, &bytes)?;
            self.portal.write(move |tx| tx.send(&parcel))?;
        }
        Ok(())
    }
}

impl HandUp {
    /// What was filed; else what the draft that was lent holds. One that was thrown away meanwhile holds nothing.
    fn attached(&self, case: CaseId, version: Option<Version>) -> Result<Vec<FileAnswer>, JobError> {
        let keys = Arc::clone(&self.keys);
        let is_draft = version.is_some();
        let found = self.portal.read(move |tx| -> Result<Option<Vec<FileAnswer>>, StoreError> {
            if let Some(own) = rows::portal::own_by_id(tx, &keys, case)? {
                return Ok(Some(of(&own.answers)));
            }
            let Some(version) = &version else { return Ok(None) };
            let procedure = rows::procedure(tx, version)?.ok_or(StoreError::damaged("case_procedure"))?;
            let typed = rows::portal::typed_for(tx, &keys, case)?;
            Ok(typed.map(|typed| filing::files_in(&typed, &procedure)))
        })?;
        match found {
            Some(files) => Ok(files),
            None if is_draft => Ok(Vec::new()),
            None => Err(JobError::Dead("no such case".into())),
        }
    }
}

/// `what` is the occasion: the desk may have forgotten what came with an earlier one.
fn packed(keys: &Keys, case: CaseId, what: &str, filed: &str, bytes: &[u8]) -> Result<Parcel, StoreError> {
    let label = Label { case: case.to_string(), filed: filed.to_owned() };
    let mut body = serde_json::to_vec(&label).map_err(|_| StoreError::damaged("parcel case.file"))?;
    body.push(b'\n');
    body.extend_from_slice(bytes);
    Ok(Parcel { kind: FILE.to_owned(), id: format!("{case}:{what}:{filed}"), body: keys.seal_to(Face::Desk, &body)? })
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
        // It came on an earlier occasion.
        if kept(tx, case, &label.filed)?.is_some() {
            return Ok(());
        }
        // Written before the row names it; should the transaction run again, the first copy is an orphan and is swept.
        let kept = self.files.put(bytes)?;
        tx.run(KEEP, params![case.to_string(), label.filed, kept.to_string()])?;
        Ok(())
    }
}

/// Notes that a file was put at the desk itself: it lies under its own name.
pub(crate) fn keep_here(tx: &Write<'_>, case: CaseId, file: &FileAnswer) -> Result<(), StoreError> {
    tx.run(KEEP, params![case.to_string(), &file.file, &file.file]).map(drop)
}

/// Forgets what came or was put for a case that nobody filed: nothing names the bytes any more, and they are swept ([`crate::orphans`]).
pub(crate) fn forget(tx: &Write<'_>, case: CaseId) -> Result<(), StoreError> {
    tx.run("delete from case_file where case_id = $1", params![case.to_string()]).map(drop)
}

/// Of the files that were put at the desk itself for a case, forgets those that are not among these: a clerk took them out again.
pub(crate) fn keep_only(tx: &Write<'_>, case: CaseId, held: &[FileAnswer]) -> Result<(), StoreError> {
    for row in tx.all("select kept from case_file where case_id = $1 and filed = kept", params![case.to_string()])? {
        let kept: String = row.get(0)?;
        if !held.iter().any(|file| file.file == kept) {
            tx.run("delete from case_file where case_id = $1 and filed = $2", params![case.to_string(), &kept])?;
        }
    }
    Ok(())
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
