//! The jobs that hand mail over, and what they write down before and after. The order is told in [`crate::fate`].

use std::sync::Arc;

use access::Clock;
use definitions::text::Language;
use jiff::{SignedDuration, Timestamp};
use store::{NewJob, Portal, StoreError, Write};

use crate::{
    compose::{Composed, NotComposed, Sender, Words, compose},
    contact::{Instead, MailAddress},
    fate::{Fate, FateNews, Urgency, Why, next_try},
    notice::MAIL_NOTICE,
    relay::{PostOffice, Try},
    rows::{self, Outgoing, Reached, What},
};

/// Who keeps the story of a case is told what became of its messages, in the transaction that knows it: a fate on the portal goes up
/// the hatch to the desk.
pub trait FateHook: Send + Sync {
    /// A message took a turn.
    ///
    /// # Errors
    /// As [`Write::run`]; nothing of the turn is kept then, and the job is done again.
    fn told(&self, tx: &Write<'_>, news: &FateNews) -> Result<(), StoreError>;
}

/// For those who keep no story.
pub struct NobodyIsTold;

impl FateHook for NobodyIsTold {
    fn told(&self, _: &Write<'_>, _: &FateNews) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What stands on everything that leaves the house, as the town's folder says it today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// 見本市.
    pub town: String,
    /// The office's telephone number.
    pub phone: String,
}

/// The town's voice: its name and the words of this room in a language.
pub trait Voice: Send + Sync {
    /// Whose mail it is.
    fn letterhead(&self, language: Language) -> Letterhead;
    /// A word of `words/<language>/messages.ftl` with its values.
    fn say(&self, language: Language, id: &str, args: &[(&str, &str)]) -> String;
}

/// What the jobs need. One value serves all of them.
#[derive(Clone)]
pub struct Mailing {
    /// The residents' side: it holds the addresses.
    pub store: Portal,
    /// The line to the town's mail server.
    pub office: Arc<PostOffice>,
    /// The address that mail comes from.
    pub from: MailAddress,
    /// Where residents reach the portal, without a slash at its end: `https://mihon.example.jp`.
    pub site: String,
    /// See there.
    pub voice: Arc<dyn Voice>,
    /// See there.
    pub hook: Arc<dyn FateHook>,
    /// See there.
    pub clock: Clock,
}

/// A sign-in code to be mailed, opened from the job that kept it sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeMail {
    /// Where to.
    pub to: String,
    /// The code.
    pub code: String,
    /// In which language.
    pub language: Language,
}

/// How a try came out, for the job that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing more to do for this job.
    Done,
    /// There is no such message.
    Gone,
}

/// One message on its way through a try.
struct Delivery<'a> {
    row: Outgoing,
    urgency: Urgency,
    /// The job that tries again; its key and time are filled in.
    again: &'a dyn Fn(String, Timestamp) -> NewJob,
}

impl Mailing {
    /// Tries to hand a notice's mail over.
    ///
    /// # Errors
    /// When the store could not be asked or could not write: the job is to be run again, and finds what was written.
    pub fn notice(&self, id: &str) -> Result<Outcome, StoreError> {
        let again = |key, at| NewJob { kind: MAIL_NOTICE, key, body: serde_json::json!({ "id": id }), at };
        self.deliver(id, Urgency::Notice, &again, |row| {
            let address = row.address.as_deref().unwrap_or_default().parse().map_err(Why::from)?;
            self.notice_mail(row, &address).map_err(|NotComposed| Why::Other)
        })
    }

    /// Tries to hand a sign-in code over. `id` is the same in each try; `body` is what the next try is given.
    ///
    /// # Errors
    /// As [`Mailing::notice`].
    pub fn code(&self, id: &str, code: &CodeMail, body: serde_json::Value) -> Result<Outcome, StoreError> {
        let (row_id, language, now) = (id.to_owned(), code.language, self.clock.now());
        self.store.write(move |tx| {
            let (fate, instead) = (Fate::Queued, Instead::Nothing);
            let new =
                rows::NewOutgoing { id: &row_id, case: None, what: What::Code, fate: &fate, instead, address: None, language, link: "" };
            rows::insert_outgoing(tx, &new, now)
        })?;
        let again = |key, at| NewJob { kind: access::accounts::MAIL_CODE_JOB, key, body: body.clone(), at };
        self.deliver(id, Urgency::Code, &again, |row| {
            let address = code.to.parse().map_err(Why::from)?;
            self.code_mail(row, &address, &code.code).map_err(|NotComposed| Why::Other)
        })
    }

    fn deliver(
        &self,
        id: &str,
        urgency: Urgency,
        again: &dyn Fn(String, Timestamp) -> NewJob,
        mail: impl Fn(&Outgoing) -> Result<Composed, Why>,
    ) -> Result<Outcome, StoreError> {
        let key = id.to_owned();
        let Some(row) = self.store.read(move |tx| rows::outgoing(tx, &key))? else { return Ok(Outcome::Gone) };
        let delivery = Delivery { row, urgency, again };
        if let Some(since) = delivery.row.handing_since {
            return self.interrupted(&delivery, since);
        }
        if !delivery.row.waits() {
            return Ok(Outcome::Done);
        }
        match mail(&delivery.row) {
            Err(why) => self.ended(&delivery, delivery.row.tries, Fate::Refused { why, instead: delivery.row.instead }),
            Ok(mail) => self.hand_over(&delivery, &mail),
        }
    }

    fn hand_over(&self, delivery: &Delivery<'_>, mail: &Composed) -> Result<Outcome, StoreError> {
        std::thread::sleep(self.office.wait());
        let (id, tries) = (delivery.row.id.clone(), delivery.row.tries);
        let mut reached = Reached::Envelope;
        let came = self.office.hand_over(mail, || {
            reached = Reached::Content;
            let (id, now) = (id.clone(), self.clock.now());
            self.store.write(move |tx| rows::begin_handing(tx, &id, tries, now))
        })?;
        let tries = if reached == Reached::Content { tries + 1 } else { tries };
        let instead = delivery.row.instead;
        match came {
            Try::Taken => self.ended(delivery, tries, Fate::HandedOver),
            Try::Unsure => self.ended(delivery, tries, Fate::Unsure { instead }),
            Try::Never(answer) => self.ended(delivery, tries, Fate::Refused { why: answer.why, instead }),
            Try::NotYet(answer) => self.not_yet(delivery, reached, answer.why),
            Try::NotOurs => Ok(Outcome::Done),
        }
    }

    /// A try began to hand over and its end was never written down. It may still be under way in another worker: it is given the time
    /// that a relay may take, then nobody can know.
    fn interrupted(&self, delivery: &Delivery<'_>, since: Timestamp) -> Result<Outcome, StoreError> {
        let row = &delivery.row;
        let patience = SignedDuration::try_from(self.office.hand_over_at_most()).unwrap_or(SignedDuration::from_mins(10));
        let over_at = since.checked_add(patience).unwrap_or(since);
        if self.clock.now() >= over_at {
            return self.ended(delivery, row.tries, Fate::Unsure { instead: row.instead });
        }
        let job = (delivery.again)(format!("{}#{}?", row.id, row.tries), over_at);
        self.store.write(move |tx| tx.enqueue(&job))?;
        Ok(Outcome::Done)
    }

    fn not_yet(&self, delivery: &Delivery<'_>, reached: Reached, why: Why) -> Result<Outcome, StoreError> {
        let (row, now) = (&delivery.row, self.clock.now());
        let tries = row.tries + 1;
        let Some(next) = next_try(delivery.urgency, row.first_try.unwrap_or(now), tries, now) else {
            let counted = if reached == Reached::Content { tries } else { row.tries };
            return self.ended(delivery, counted, Fate::GivenUp { why, instead: row.instead });
        };
        let job = (delivery.again)(format!("{}#{tries}", row.id), next);
        let news = news(row, Fate::TryingAgain { next_try: next, why }, now);
        let hook = self.hook.clone();
        let row = row.clone();
        self.persist(move |tx| {
            if rows::try_again(tx, &row, reached, why, next, now)? {
                tx.enqueue(&job)?;
                hook.told(tx, &news)?;
            }
            Ok(())
        })
    }

    fn ended(&self, delivery: &Delivery<'_>, tries: i64, fate: Fate) -> Result<Outcome, StoreError> {
        let now = self.clock.now();
        let news = news(&delivery.row, fate, now);
        let hook = self.hook.clone();
        self.persist(move |tx| {
            if rows::end(tx, &news.notice, tries, &news.fate, now)? {
                hook.told(tx, &news)?;
            }
            Ok(())
        })
    }

    /// What the relay answered is known only here: a busy store is asked again before the answer is lost and the mail becomes unsure.
    fn persist(&self, write: impl Fn(&Write<'_>) -> Result<(), StoreError> + Clone + Send + 'static) -> Result<Outcome, StoreError> {
        let mut tries = 0;
        loop {
            match self.store.write(write.clone()) {
                Ok(()) => return Ok(Outcome::Done),
                Err(error) if error.is_busy() && tries < 5 => {
                    tries += 1;
                    std::thread::sleep(std::time::Duration::from_millis(50 << tries));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn notice_mail(&self, row: &Outgoing, to: &MailAddress) -> Result<Composed, NotComposed> {
        let head = self.voice.letterhead(row.language);
        let link = format!("{}{}", self.site, row.link);
        let args = [("town", head.town.as_str()), ("phone", head.phone.as_str()), ("link", link.as_str())];
        self.mail(row, to, &head, ["messages-mail-subject", "messages-mail-body"], &args)
    }

    fn code_mail(&self, row: &Outgoing, to: &MailAddress, code: &str) -> Result<Composed, NotComposed> {
        let head = self.voice.letterhead(row.language);
        let args = [("town", head.town.as_str()), ("phone", head.phone.as_str()), ("code", code)];
        self.mail(row, to, &head, ["messages-code-subject", "messages-code-body"], &args)
    }

    fn mail(
        &self,
        row: &Outgoing,
        to: &MailAddress,
        head: &Letterhead,
        ids: [&str; 2],
        args: &[(&str, &str)],
    ) -> Result<Composed, NotComposed> {
        let [subject, body] = ids.map(|id| self.voice.say(row.language, id, args));
        let sender = Sender { name: head.town.clone(), address: self.from.clone() };
        let words = Words { subject: &subject, body: &body, language: row.language.tag() };
        compose(&sender, to, &row.id, &words, self.clock.now())
    }
}

fn news(row: &Outgoing, fate: Fate, at: Timestamp) -> FateNews {
    FateNews { notice: row.id.clone(), case: row.case.clone(), turn: row.turn + 1, at, fate }
}
