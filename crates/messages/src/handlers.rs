//! The kinds of job of this room, and the town's voice as a face holds it.

use std::sync::Arc;

use access::{
    TownHandle, WordsHandle,
    accounts::{MAIL_CODE_JOB, MailCode},
};
use definitions::text::Language;
use store::{
    jobs::{Job, JobError, JobHandler},
    keys::Keys,
};
use ui::words::Value;

use crate::{
    mailing::{CodeMail, Letterhead, Mailing, Outcome, Voice},
    notice::MAIL_NOTICE,
    unread::LookUnread,
};

/// The handlers of `mail.notice`, `mail.code` and `notice.unread`, for [`store::jobs::run`]. Give them threads of their own: a mail server that hangs then
/// keeps no letter waiting.
pub fn handlers(mailing: &Mailing, keys: &Arc<Keys>) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(MailNotice(mailing.clone())),
        Arc::new(SendCode { mailing: mailing.clone(), keys: keys.clone() }),
        Arc::new(LookUnread(mailing.clone())),
    ]
}

struct MailNotice(Mailing);

impl JobHandler for MailNotice {
    fn kind(&self) -> &'static str {
        MAIL_NOTICE
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let id = job.body["id"].as_str().ok_or_else(|| JobError::Dead("the job names no notice".into()))?;
        match self.0.notice(id)? {
            Outcome::Done => Ok(()),
            Outcome::Gone => Err(JobError::Dead("there is no such notice".into())),
        }
    }
}

struct SendCode {
    mailing: Mailing,
    keys: Arc<Keys>,
}

impl JobHandler for SendCode {
    fn kind(&self) -> &'static str {
        MAIL_CODE_JOB
    }

    fn run(&self, job: &Job) -> Result<(), JobError> {
        let sealed: MailCode = serde_json::from_value(job.body.clone()).map_err(|_| JobError::Dead("the job holds no code".into()))?;
        // A key that does not fit today fits no better tomorrow.
        let (to, code) = sealed.open(&self.keys).map_err(|error| JobError::Dead(error.to_string()))?;
        let id = job.body["id"].as_str().unwrap_or(&job.key).to_owned();
        let mut again = job.body.clone();
        again["id"] = id.clone().into();
        self.mailing.code(&id, &CodeMail { to, code, language: sealed.language }, again)?;
        Ok(())
    }
}

/// The voice of the town whose folder and words these are today.
pub struct TownVoice {
    /// The town.
    pub town: TownHandle,
    /// Its words.
    pub words: WordsHandle,
}

impl Voice for TownVoice {
    fn letterhead(&self, language: Language) -> Letterhead {
        let town = self.town.current();
        let name = ui::words::ruby::plain(town.say(&town.name, language));
        Letterhead { town: name, phone: town.office.phone.clone() }
    }

    fn say(&self, language: Language, id: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<(&str, Value<'_>)> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.words.current().say(language, id, &args)
    }
}
