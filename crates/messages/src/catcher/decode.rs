//! Reads a caught mail back: RFC 2047 words in headers, base64 or quoted-printable in a single text part. Enough for what we send.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A mail as a person reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readable {
    /// `From`.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Subject`.
    pub subject: String,
    /// `Date` as written.
    pub date: String,
    /// Language of the text, for the `lang` attribute.
    pub language: String,
    /// The text; what cannot be decoded is shown as it came.
    pub text: String,
}

/// Decodes a mail. It never fails: what it does not know stays as it is.
pub fn readable(content: &[u8]) -> Readable {
    let raw = String::from_utf8_lossy(content);
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((&raw, ""));
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let text = match header("Content-Transfer-Encoding").to_ascii_lowercase().as_str() {
        "base64" => base64_text(body),
        "quoted-printable" => quoted_printable_text(body),
        _ => None,
    };
    Readable {
        from: decoded_words(&header("From")),
        to: decoded_words(&header("To")),
        subject: decoded_words(&header("Subject")),
        date: header("Date"),
        language: header("Content-Language"),
        text: text.unwrap_or_else(|| body.to_owned()).replace("\r\n", "\n"),
    }
}

fn base64_text(body: &str) -> Option<String> {
    let packed: String = body.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(packed).ok()?).ok()
}

fn quoted_printable_text(body: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.split("\r\n") {
        let soft = line.strip_suffix('=');
        bytes.extend(quoted_bytes(soft.unwrap_or(line), b'=')?);
        if soft.is_none() {
            bytes.extend_from_slice(b"\r\n");
        }
    }
    String::from_utf8(bytes).ok()
}

fn quoted_bytes(text: &str, mark: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == mark {
            let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
            bytes.push(u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// `=?utf-8?b?…?=`; white space between two such words is no part of the text (RFC 2047 6.2).
fn decoded_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let Some((word, after)) = encoded_word(from) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            after_word = false;
            continue;
        };
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&word);
        rest = after;
        after_word = true;
    }
    out.push_str(rest);
    out
}

fn encoded_word(from: &str) -> Option<(String, &str)> {
    let inner = from.strip_prefix("=?")?;
    let (charset, inner) = inner.split_once('?')?;
    let (encoding, inner) = inner.split_once('?')?;
    let (text, after) = inner.split_once("?=")?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => STANDARD.decode(text).ok()?,
        "q" | "Q" => quoted_bytes(&text.replace('_', " "), b'=')?,
        _ => return None,
    };
    Some((String::from_utf8(bytes).ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_compose_is_read_back_in_each_language() {
        let sender = crate::compose::Sender { name: "見本市".into(), address: "oshirase@mihon.example.jp".parse().unwrap() };
        let to = "hanako@example.jp".parse().unwrap();
        for (language, subject, body) in [
            (
                "ja",
                "【見本市】お知らせが届いています。長い件名が幾つかの語に分かれても元どおりに読めること",
                "辻󠄀さん、𠮷さん、髙橋さん\n.\n..点",
            ),
            ("en", "A notice from Mihon City", "Something has come.\n\nSign in to read it."),
        ] {
            let words = crate::compose::Words { subject, body, language };
            let mail = crate::compose::compose(&sender, &to, "x", &words, "2026-11-24T06:00:00Z".parse().unwrap()).unwrap();
            let read = readable(mail.content());
            assert_eq!((read.subject.as_str(), read.text.trim_end(), read.language.as_str()), (subject, body, language));
            assert!(read.from.contains("見本市") && read.from.contains("oshirase@mihon.example.jp"), "{}", read.from);
        }
    }

    #[test]
    fn other_encodings_are_read_and_nonsense_is_shown_as_it_came() {
        let mail = b"Subject: =?UTF-8?Q?Caf=C3=A9_=26_Tee?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nein=\r\ns =C3=A9\r\n";
        let read = readable(mail);
        assert_eq!((read.subject.as_str(), read.text.trim_end()), ("Café & Tee", "eins é"));
        assert_eq!(decoded_words("a =?utf-8?b?!!!?= b"), "a =?utf-8?b?!!!?= b");
        assert_eq!(decoded_words("=?utf-8?b?4ob?= =?"), "=?utf-8?b?4ob?= =?");
        assert_eq!(readable(b"\xff\xfe").text, "");
        assert_eq!(readable(b"A: b\r\nContent-Transfer-Encoding: base64\r\n\r\n***").text, "***");
    }
}
