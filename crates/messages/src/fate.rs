//! What becomes of a message. Every fate ends in what to do next, for staff on the case and for the person on their page.
//!
//! ```text
//!            ┌────────────── 4xx, no connection: next try ───────────────┐
//!            ▼                                                          │
//!  tell ─▶ queued ─▶ handing ─▶ handed over            (the relay took it: 250 after the last dot)
//!            │          ├─────▶ refused                (5xx for this recipient: for good)
//!            │          └─────▶ unsure                 (the line broke after the last dot)
//!            ├────────────────▶ given up               (two days of 4xx)
//!            └─ no mail ──────▶ call · post · unreachable   (work for staff)
//!
//!  handed over ─▶ not read in the time that the folder gives ─▶ unread-call · unread-post   (work for staff)
//! ```
//!
//! **The window.** `handing` is committed after the relay has said 354 to DATA and before the first byte of the content leaves us. A
//! crash before it repeats the try: nothing had been handed over. A crash, or a broken line, between the last dot and our commit of
//! the answer leaves a message of which nobody can know whether the relay took it. SMTP has no way to ask. Such a message is never
//! sent again (nobody is told twice); it becomes `unsure`, and staff are told to look. Its `Message-ID` is the same in each try, so that
//! a relay or a mail program that sees both can drop one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contact::{BadMail, Instead};

/// Why a relay did not take a message, as far as staff can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// There is no such mailbox or domain (5.1.x).
    NoSuchAddress,
    /// The mailbox is full or too small (5.2.2, 5.2.3).
    Full,
    /// The receiver blocks the sender, as 指定受信 of carriers does (5.7.x).
    Blocked,
    /// Another refusal.
    Other,
    /// Our own relay could not be reached or does not let us in: nothing of it is the person's doing.
    Relay,
    /// The address is of a kind that mail cannot be sent to from here.
    BadAddress,
}

impl Why {
    /// As it is stored and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            Why::NoSuchAddress => "no-such-address",
            Why::Full => "full",
            Why::Blocked => "blocked",
            Why::Other => "other",
            Why::Relay => "relay",
            Why::BadAddress => "bad-address",
        }
    }

    /// What [`Why::code`] stands for; what was stored by a newer version reads as another refusal.
    pub fn from_code(code: &str) -> Why {
        [Why::NoSuchAddress, Why::Full, Why::Blocked, Why::Relay, Why::BadAddress]
            .into_iter()
            .find(|why| why.code() == code)
            .unwrap_or(Why::Other)
    }

    /// Reads a relay's answer to RCPT or DATA: the enhanced code (RFC 3463) where there is one, else the plain one.
    pub fn from_reply(code: u16, enhanced: Option<&str>) -> Why {
        let mut parts = enhanced.unwrap_or_default().split('.').skip(1);
        match (parts.next(), parts.next()) {
            (Some("1"), _) => Why::NoSuchAddress,
            (Some("2"), Some("1")) => Why::NoSuchAddress,
            (Some("2"), _) => Why::Full,
            (Some("7"), _) => Why::Blocked,
            (Some(_), _) => Why::Other,
            (None, _) => match code {
                550 | 551 | 553 => Why::NoSuchAddress,
                552 | 452 => Why::Full,
                _ => Why::Other,
            },
        }
    }
}

impl From<BadMail> for Why {
    fn from(_: BadMail) -> Why {
        Why::BadAddress
    }
}

/// What has become of a message to one person on one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// It waits to be handed over.
    Queued,
    /// The relay took it. What happens behind the relay is not known to us: "handed over" is not "read".
    HandedOver,
    /// It will be tried again.
    TryingAgain {
        /// When.
        next_try: Timestamp,
        /// What the relay said.
        why: Why,
    },
    /// Refused for good.
    Refused {
        /// What was said.
        why: Why,
        /// How to reach the person instead.
        instead: Instead,
    },
    /// Tried for two days in vain.
    GivenUp {
        /// What was said last.
        why: Why,
        /// How to reach the person instead.
        instead: Instead,
    },
    /// Nobody can know whether the relay took it; it is not sent again.
    Unsure {
        /// How to reach the person instead.
        instead: Instead,
    },
    /// 電話のみ: staff call.
    Call,
    /// 郵便のみ: staff write.
    Post,
    /// No way is known but the person's own page.
    Unreachable,
    /// Told, and not read in the time that the town's folder gives: staff call.
    UnreadCall,
    /// The same: staff write.
    UnreadPost,
}

impl Fate {
    /// As it is stored.
    pub fn code(&self) -> &'static str {
        match self {
            Fate::Queued => "queued",
            Fate::HandedOver => "handed-over",
            Fate::TryingAgain { .. } => "trying-again",
            Fate::Refused { .. } => "refused",
            Fate::GivenUp { .. } => "given-up",
            Fate::Unsure { .. } => "unsure",
            Fate::Call => "call",
            Fate::Post => "post",
            Fate::Unreachable => "unreachable",
            Fate::UnreadCall => "unread-call",
            Fate::UnreadPost => "unread-post",
        }
    }

    /// The word id of the sentence for staff; it ends in what to do next. [`Fate::args`] fills it.
    pub fn word(&self) -> String {
        format!("messages-fate-{}", self.code())
    }

    /// Values of the sentence: the time of the next try in Japan, what was said, how to reach the person instead.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Fate::TryingAgain { next_try, .. } => vec![("next", clock_time(*next_try))],
            Fate::Refused { why, instead } => vec![("why", why.code().into()), ("instead", instead.code().into())],
            Fate::GivenUp { instead, .. } | Fate::Unsure { instead } => vec![("instead", instead.code().into())],
            _ => Vec::new(),
        }
    }

    /// In one text, for those who keep it in the story of a case.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What [`Fate::to_stored`] kept.
    pub fn from_stored(text: &str) -> Option<Fate> {
        serde_json::from_str(text).ok()
    }

    /// The channel that the fate is about: `mail`, `phone`, `post`, `my-page`.
    pub fn channel(&self) -> &'static str {
        match self {
            Fate::Call | Fate::UnreadCall => "phone",
            Fate::Post | Fate::UnreadPost => "post",
            Fate::Unreachable => "my-page",
            _ => "mail",
        }
    }

    /// Whether somebody has to do something: these stand in a list of their own at the desk.
    pub fn is_work_for_staff(&self) -> bool {
        !matches!(self, Fate::Queued | Fate::HandedOver | Fate::TryingAgain { .. })
    }
}

/// `11月24日 15:04`, Japan's time; it is the same in each language since staff read it.
fn clock_time(at: Timestamp) -> String {
    // Japan is UTC+9 all year.
    let local = jiff::tz::Offset::constant(9).to_datetime(at);
    format!("{}月{}日 {}:{:02}", local.month(), local.day(), local.hour(), local.minute())
}

/// What became of one message, for whoever keeps the story of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FateNews {
    /// The notice's id.
    pub notice: String,
    /// The case it is about, if any.
    pub case: Option<String>,
    /// Counts the fates of this notice from 1, so that an older one never overwrites a newer one.
    pub turn: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub fate: Fate,
}

/// How long after the first try a notice is given up. RFC 5321 4.5.4.1 suggests four to five days for a mail server; a town's letter would have
/// arrived after two, so that staff should know by then.
const NOTICE_TRIED_FOR: SignedDuration = SignedDuration::from_hours(48);
/// A sign-in code is worthless after ten minutes.
const CODE_TRIED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What is being sent: it decides how patiently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A notice: minutes, then hours, for two days.
    Notice,
    /// A sign-in code: seconds, for ten minutes; somebody is waiting before the screen.
    Code,
}

/// The next try after `tries` tries that failed for now, or none when it is time to give up.
pub fn next_try(urgency: Urgency, first_try: Timestamp, tries: i64, now: Timestamp) -> Option<Timestamp> {
    let (waits, tried_for): (&[i64], _) = match urgency {
        Urgency::Notice => (&[60, 300, 900, 3_600, 7_200, 14_400], NOTICE_TRIED_FOR),
        Urgency::Code => (&[5, 15, 30, 60, 120], CODE_TRIED_FOR),
    };
    let index = usize::try_from(tries.max(1) - 1).unwrap_or(usize::MAX).min(waits.len() - 1);
    let next = now.checked_add(SignedDuration::from_secs(waits[index])).ok()?;
    (next.duration_since(first_try) <= tried_for).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relays_answer_becomes_what_staff_can_do() {
        let check = |code, enhanced: &str, why| {
            assert_eq!(Why::from_reply(code, Some(enhanced).filter(|e| !e.is_empty())), why, "{code} {enhanced}")
        };
        check(550, "5.1.1", Why::NoSuchAddress);
        check(550, "5.2.1", Why::NoSuchAddress);
        check(552, "5.2.2", Why::Full);
        check(550, "5.7.1", Why::Blocked);
        check(550, "", Why::NoSuchAddress);
        check(552, "", Why::Full);
        check(554, "5.6.0", Why::Other);
        check(554, "", Why::Other);
    }

    #[test]
    fn a_notice_is_tried_for_two_days_and_a_code_for_ten_minutes() {
        let begin: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let tries = |urgency| {
            let (mut now, mut tries) = (begin, 0);
            while let Some(next) = next_try(urgency, begin, tries + 1, now) {
                assert!(next > now);
                now = next;
                tries += 1;
            }
            (tries, now.duration_since(begin))
        };
        let (count, lasted) = tries(Urgency::Notice);
        assert!((12..=20).contains(&count) && lasted >= SignedDuration::from_hours(44) && lasted <= NOTICE_TRIED_FOR, "{count} {lasted}");
        let (count, lasted) = tries(Urgency::Code);
        assert!((5..=9).contains(&count) && lasted <= CODE_TRIED_FOR, "{count} {lasted}");
    }

    #[test]
    fn the_time_of_the_next_try_is_said_in_japan() {
        let fate = Fate::TryingAgain { next_try: "2026-11-24T15:05:00Z".parse().unwrap(), why: Why::Relay };
        assert_eq!(fate.args(), [("next", "11月25日 0:05".to_string())]);
    }
}
