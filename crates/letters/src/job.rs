//! # 施行 Issuing
//!
//! The job that takes an ordered letter to the press, once, and keeps what comes out. Whatever follows from it (the copy for the person's page,
//! the line in the case's story) happens in the same transaction, through [`AfterRender`].

use std::sync::Arc;

use access::{CaseId, LetterId};
use store::{
    Desk, StoreError, Write,
    files::Files,
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
};

use crate::{
    bureau::{Frozen, RENDER, SEALED_FOR, entry, inputs_digest},
    fonts,
    letter::RenderedLetter,
    press::Press,
    problem::LetterProblem,
    rows,
    template::Templates,
    typeset::{self, Sheet},
    verify,
};

/// A press that fell over or took too long is tried this often; then a person looks.
const TRIES_MAX: i64 = 4;

/// What another room does in the transaction that issues a letter, or says that it could not be set.
pub trait AfterRender: Send + Sync {
    /// The letter is issued; `pdf` is what was kept.
    ///
    /// # Errors
    /// When the store fails. Then the letter is not issued and the job comes again.
    fn issued(&self, tx: &Write<'_>, letter: &RenderedLetter, pdf: &[u8]) -> Result<(), StoreError>;

    /// The letter could not be set; `problem` is for staff, who mend it and order it again.
    ///
    /// # Errors
    /// When the store fails.
    fn failed(&self, tx: &Write<'_>, case: CaseId, letter: LetterId, problem: &str) -> Result<(), StoreError>;
}

/// The handler of [`RENDER`].
pub struct Typesetter {
    /// Staff's store.
    pub desk: Desk,
    /// Where the PDF is kept.
    pub files: Files,
    /// The keys that open the inputs.
    pub keys: Arc<Keys>,
    /// Where it is set.
    pub press: Arc<Press>,
    /// The office's name on the verify page: 見本市.
    pub sender: String,
    /// What follows.
    pub after: Arc<dyn AfterRender>,
}

impl JobHandler for Typesetter {
    fn kind(&self) -> &'static str {
        RENDER
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let id: LetterId =
            job.body["letter"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| JobError::Dead("no letter named".into()))?;
        let Some(frozen) = self.desk.read(move |tx| rows::frozen(tx, id))? else {
            // Done before, or ordered again since: the other run's job does it.
            return Ok(());
        };
        match self.set(id, &frozen) {
            Ok(sheet) => self.issue(id, &frozen, sheet),
            Err(problem) if problem.may_pass() && job.tries < TRIES_MAX => Err(JobError::Retry(problem.code().into())),
            Err(problem) => self.fail(id, &frozen, &problem),
        }
    }
}

impl Typesetter {
    fn set(&self, id: LetterId, frozen: &rows::Frozen) -> Result<Sheet, LetterProblem> {
        if frozen.fonts_digest != fonts::digest() {
            return Err(LetterProblem::FontsChanged);
        }
        let damaged = |what: &str| LetterProblem::Press(format!("{what} cannot be read"));
        let inputs = self.keys.unseal(SEALED_FOR, &frozen.inputs).map_err(|_| damaged("inputs"))?;
        if inputs_digest(&inputs) != frozen.inputs_digest {
            return Err(damaged("inputs"));
        }
        let Frozen { template, given } = serde_json::from_slice(&inputs).map_err(|_| damaged("inputs"))?;
        let templates = Templates::from_bytes(&frozen.templates).ok_or_else(|| damaged("templates"))?;
        self.press.set(&templates, &typeset::Job { template, given, date: frozen.date, ident: id.to_string() })
    }

    fn issue(&self, id: LetterId, frozen: &rows::Frozen, sheet: Sheet) -> Result<(), JobError> {
        // Kept before the row names it; should the transaction fail, the orphan is swept.
        let pdf = self.files.put(&sheet.pdf)?;
        let letter = RenderedLetter {
            id,
            case: frozen.case,
            title: sheet.title.clone(),
            document_number: frozen.document_number.clone(),
            verify: frozen.verify.clone(),
            issued_on: frozen.date,
            pdf,
            voided: false,
        };
        let (run, sender, after) = (frozen.run, self.sender.clone(), Arc::clone(&self.after));
        let pages = i64::try_from(sheet.pages).unwrap_or(i64::MAX);
        self.desk.write(move |tx| -> Result<(), StoreError> {
            if rows::issue(tx, &letter, run, pages)? {
                tx.journal(&entry("town", "issued", id, "order", ""))?;
                tx.send(&verify::Notice::of(&letter, &sender, None).parcel(id)?)?;
                after.issued(tx, &letter, &sheet.pdf)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn fail(&self, id: LetterId, frozen: &rows::Frozen, problem: &LetterProblem) -> Result<(), JobError> {
        let (words, code) = (problem.to_string(), problem.code());
        let (case, run, after) = (frozen.case, frozen.run, Arc::clone(&self.after));
        tracing::warn!(letter = %id, problem = code, "a letter could not be set");
        self.desk.write(move |tx| -> Result<(), StoreError> {
            if rows::fail(tx, id, run, &words)? {
                tx.journal(&entry("town", "failed", id, "order", code))?;
                after.failed(tx, case, id, &words)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}
