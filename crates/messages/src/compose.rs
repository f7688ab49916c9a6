//! The mail itself: plain text in one of three languages, from the town, saying that something has come and where to read it.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::{
    address::Envelope,
    message::{
        Body, Mailbox, Message, SinglePart,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use crate::contact::MailAddress;

/// Who writes: the same for every mail of a town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The town's name, shown by mail programs.
    pub name: String,
    /// The address that the mail comes from; bounces come back here.
    pub address: MailAddress,
}

/// One mail, ready to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    pub(crate) from: MailAddress,
    pub(crate) to: MailAddress,
    /// Header and content, ASCII with CRLF.
    pub(crate) content: Vec<u8>,
}

impl Composed {
    /// The message as it goes over the wire, without dot-stuffing.
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    /// The subject: one line.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
    /// BCP 47 tag of its language.
    pub language: &'a str,
}

/// A mail could not be composed. It names no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mail could not be composed")]
pub struct NotComposed;

/// Composes the mail for a message id. The same id gives the same `Message-ID` in each try.
///
/// # Errors
/// When lettre refuses a header; no input that passed [`MailAddress`] is known to lead there.
pub fn compose(sender: &Sender, to: &MailAddress, id: &str, words: &Words<'_>, at: Timestamp) -> Result<Composed, NotComposed> {
    let from = Mailbox::new(Some(one_line(&sender.name)), sender.address.for_envelope());
    let body = Body::new_with_encoding(lines(words.body), ContentTransferEncoding::Base64).map_err(|_| NotComposed)?;
    let part = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body);
    let message = Message::builder()
        .from(from)
        // Not through lettre's parser of mailboxes, which refuses the old addresses of carriers; ours let only one line of ASCII through.
        .raw_header(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str("To"), to.on_the_wire(), to.on_the_wire()))
        .envelope(Envelope::new(Some(sender.address.for_envelope()), vec![to.for_envelope()]).map_err(|_| NotComposed)?)
        .subject(one_line(words.subject))
        .message_id(Some(message_id(id, sender.address.domain())))
        .date(system_time(at))
        // RFC 3834: automatic answers (vacation notes) stay away; the second line is the one that Exchange reads.
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .header(ContentLanguage(words.language.to_owned()))
        .singlepart(part)
        .map_err(|_| NotComposed)?;
    Ok(Composed { from: sender.address.clone(), to: to.clone(), content: message.formatted() })
}

/// `<digest@domain>`: stable for an id, and tells nothing of it.
pub fn message_id(id: &str, domain: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("<{hex}@{domain}>")
}

/// No header of ours holds a control character or a line separator, whatever a town's folder or a person typed.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Lines end in CRLF; other control characters go.
fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    for line in text.trim_end().lines() {
        out.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
        out.push_str("\r\n");
    }
    out
}

/// Mail counts whole seconds.
fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0))
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// RFC 3282, so that a screen reader speaks the right language.
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ContentLanguage(text.into()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(name: &str) -> Sender {
        Sender { name: name.into(), address: "oshirase@mihon.example.jp".parse().unwrap() }
    }

    fn compose_text(name: &str, subject: &str, body: &str) -> String {
        let words = Words { subject, body, language: "ja" };
        let at = "2026-11-24T06:00:00Z".parse().unwrap();
        let mail = compose(&sender(name), &"hanako@example.jp".parse().unwrap(), "case:1:2", &words, at).unwrap();
        String::from_utf8(mail.content).unwrap()
    }

    fn header_names(mail: &str) -> Vec<&str> {
        let head = mail.split("\r\n\r\n").next().unwrap();
        head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split(':').next().unwrap()).collect()
    }

    #[test]
    fn the_same_message_has_the_same_message_id_and_the_id_tells_nothing() {
        assert_eq!(message_id("case:1:2", "a.jp"), message_id("case:1:2", "a.jp"));
        assert_ne!(message_id("case:1:2", "a.jp"), message_id("case:1:3", "a.jp"));
        assert!(!message_id("case:1:2", "a.jp").contains("case"));
    }

    #[test]
    fn no_town_name_and_no_word_makes_a_second_header() {
        let plain = compose_text("見本市", "お知らせ", "届きました。");
        for evil in
            ["x\r\nBcc: all@example.jp", "x\nBcc: all@example.jp", "x\rBcc: a@b.jp", "x\u{85}Bcc: a@b.jp", "x\u{2028}Bcc: a@b.jp", "x\0"]
        {
            let mail = compose_text(evil, evil, evil);
            assert_eq!(header_names(&mail), header_names(&plain), "{evil:?}");
            assert!(mail.is_ascii());
            assert!(mail.split("\r\n").all(|line| !line.contains(['\r', '\n']) && line.len() <= 998));
        }
    }

    #[test]
    fn a_mail_says_that_a_machine_wrote_it() {
        let mail = compose_text("見本市", "お知らせ", "届きました。");
        assert!(mail.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(mail.contains("Content-Language: ja\r\n"));
        assert!(mail.contains("Content-Type: text/plain; charset=utf-8\r\n"));
        assert!(mail.contains("Date: Tue, 24 Nov 2026 06:00:00 +0000\r\n"));
    }
}
