//! お知らせ: what a person is told, and how little of it stands outside their my page.

use serde::{Deserialize, Serialize};

use crate::{grant::words_of_grants, ids::MessageId, procedure::Period, text::Text};

/// What may happen on any case: the message of the town that then stands on my page, where it has one of this id, and what its braces may
/// name beside what every message may name. A procedure that tells such a message by itself fills none of these.
pub const OCCASIONS: &[(&str, &[&str])] = &[
    ("received", &[]),
    ("correction_asked", &["correction.until", "message.text"]),
    ("wrote", &["message.text"]),
    ("delayed", &["message.text"]),
    ("letter_ready", &["letter.title"]),
];

/// A message. Braces hold what is filled in: `{case.number}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Whether it only says that something has come; the formal notice is the letter.
    pub courtesy: bool,
    /// Subject of a mail: never what it is about.
    pub subject: Text,
    /// Mail, LINE, SMS, push, lock screens: never what it is about, only where to read on.
    pub outside: Text,
    /// What the person reads after signing in.
    pub my_page: Text,
    /// A mail's body where it says more than [`Message::outside`]; as little about the matter.
    pub body: Option<Text>,
    /// By which ways it goes, in this order.
    pub channels: Vec<Way>,
    /// What follows when nobody reads it.
    pub if_unread: Option<IfUnread>,
}

words_of_grants! {
    /// A way to a person.
    Way {
        /// My page.
        MyPage = "my_page",
        /// Mail.
        Mail = "mail",
        /// LINE.
        Line = "line",
        /// Push to a browser.
        Push = "push",
        /// SMS.
        Sms = "sms",
        /// A call by staff.
        Phone = "phone",
        /// Post.
        Post = "post",
    }
}

/// What follows when a message is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IfUnread {
    /// After how long.
    pub after: Period,
    /// What then.
    pub then: Then,
}

words_of_grants! {
    /// What follows an unread message.
    Then {
        /// The person is put on the list of those to call.
        PhoneList = "phone_list",
        /// A letter goes by post.
        Post = "post",
    }
}
