//! 連絡先: the ways by which a person can be reached. Telephone only and post only are ways too; they become work for staff.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The ways by which one person can be reached, beside their own page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// A mail address as the person typed it; parsed when it is used.
    pub mail: Option<String>,
    /// Whether a telephone number is known.
    pub phone: bool,
    /// Whether a postal address is known.
    pub post: bool,
}

impl Contacts {
    /// What is told apart from my page: mail where it is known, else a call by staff, else a letter by post.
    pub fn way(&self) -> Way {
        match &self.mail {
            Some(typed) if !typed.trim().is_empty() => match typed.parse::<MailAddress>() {
                Ok(address) => Way::Mail(address),
                Err(bad) => Way::BadMail(bad),
            },
            _ if self.phone => Way::Phone,
            _ if self.post => Way::Post,
            _ => Way::None,
        }
    }

    /// What staff can do when mail has failed for good.
    pub fn instead_of_mail(&self) -> Instead {
        match (self.phone, self.post) {
            (true, _) => Instead::Phone,
            (false, true) => Instead::Post,
            (false, false) => Instead::Nothing,
        }
    }
}

/// The way that a notice takes outside my page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By mail.
    Mail(MailAddress),
    /// A mail address was given that no mail can be sent to: staff ask for the right one.
    BadMail(BadMail),
    /// 電話のみ: staff call.
    Phone,
    /// 郵便のみ: staff send a letter.
    Post,
    /// Nothing is known but the person's own page.
    None,
}

/// How to reach a person whose mail does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// Call.
    Phone,
    /// Write by post.
    Post,
    /// Neither is known: wait until the person comes back.
    Nothing,
}

impl Instead {
    /// As it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Instead::Phone => "phone",
            Instead::Post => "post",
            Instead::Nothing => "nothing",
        }
    }

    /// What [`Instead::code`] stands for.
    pub fn from_code(code: &str) -> Option<Instead> {
        [Instead::Phone, Instead::Post, Instead::Nothing].into_iter().find(|instead| instead.code() == code)
    }
}

/// メールアドレス that may be put into an envelope: ASCII, one line, no quoting, no comment, no list.
///
/// Old addresses of Japanese carriers have dots in a row or before the `@` (`hana..ko.@example.ne.jp`). RFC 5321 allows them only in
/// quotes; they are accepted here, and quoted on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MailAddress {
    local: String,
    domain: String,
}

/// Why a text is no address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMail {
    /// Characters outside ASCII in the name or the domain (RFC 6531). Few mail servers between here and there carry them, so that
    /// a notice would be lost without a word; the person is asked for another address.
    #[error("internationalised address")]
    International,
    /// No `@`, or more than one.
    #[error("not one @")]
    NoAt,
    /// A character that has no place in an address, such as a space, a line end or a bracket.
    #[error("a character that has no place in an address")]
    Character,
    /// Longer than 254, the name longer than 64 (RFC 5321 4.5.3.1).
    #[error("too long")]
    Long,
    /// The part after the `@` is no domain name.
    #[error("not a domain name")]
    Domain,
}

/// Everything before the `@`, RFC 5321 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;
/// The whole path without its brackets, RFC 5321 4.5.3.1.3 (256 with them).
const ADDRESS_BYTES_MAX: usize = 254;

impl FromStr for MailAddress {
    type Err = BadMail;

    fn from_str(typed: &str) -> Result<MailAddress, BadMail> {
        let text: String = typed.trim_matches([' ', '\u{3000}', '\t']).chars().map(half_width).collect();
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(BadMail::Character);
        }
        if !text.is_ascii() {
            return Err(BadMail::International);
        }
        let (local, domain) = text.split_once('@').ok_or(BadMail::NoAt)?;
        if domain.contains('@') || local.is_empty() {
            return Err(BadMail::NoAt);
        }
        if local.len() > LOCAL_BYTES_MAX || text.len() > ADDRESS_BYTES_MAX {
            return Err(BadMail::Long);
        }
        // atext and the dot, RFC 5322 3.2.3.
        if !local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b)) {
            return Err(BadMail::Character);
        }
        if !is_domain(domain) {
            return Err(BadMail::Domain);
        }
        Ok(MailAddress { local: local.into(), domain: domain.to_ascii_lowercase() })
    }
}

/// Full-width ASCII as a phone's keyboard types it: `ｈａｎａ＠example.jp`.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let mut labels = domain.split('.').collect::<Vec<_>>();
    let top = labels.pop().unwrap_or_default();
    !labels.is_empty() && labels.into_iter().all(label) && label(top) && top.bytes().any(|b| b.is_ascii_alphabetic())
}

impl MailAddress {
    /// The name before the `@` as RFC 5321 wants it: quoted where its dots are not between letters.
    pub fn local_on_the_wire(&self) -> String {
        let dots_stand_between = self.local.split('.').all(|atom| !atom.is_empty());
        if dots_stand_between { self.local.clone() } else { format!("\"{}\"", self.local) }
    }

    /// The whole address as it stands in a header.
    pub fn on_the_wire(&self) -> String {
        format!("{}@{}", self.local_on_the_wire(), self.domain)
    }

    /// The part after the `@`, lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub(crate) fn for_envelope(&self) -> lettre::Address {
        // Parsed above; lettre's own parser refuses what carriers gave out.
        lettre::Address::new_dangerous(self.local_on_the_wire(), &self.domain)
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, expect: Result<&str, BadMail>) {
        assert_eq!(typed.parse::<MailAddress>().map(|address| address.to_string()).as_deref().map_err(|bad| *bad), expect, "{typed:?}");
    }

    #[test]
    fn addresses_as_people_type_them_are_read() {
        check("hanako@example.jp", Ok("hanako@example.jp"));
        check("  hanako+machi@Example.JP ", Ok("hanako+machi@example.jp"));
        check("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", Ok("hanako@example.jp"));
        check("hana..ko.@carrier.ne.jp", Ok("hana..ko.@carrier.ne.jp"));
        check("o'brien@xn--wgv71a.jp", Ok("o'brien@xn--wgv71a.jp"));
    }

    #[test]
    fn an_address_that_could_carry_a_second_line_is_refused() {
        check("hanako@example.jp\r\nBcc: all@example.jp", Err(BadMail::Character));
        check("hanako@example.jp\nRCPT TO:<x@example.jp>", Err(BadMail::Character));
        check("hanako@example.jp\u{2028}x", Err(BadMail::Character));
        check("a@example.jp\0", Err(BadMail::Character));
        check("hanako>@example.jp", Err(BadMail::Character));
        check("\"hanako\"@example.jp", Err(BadMail::Character));
        check("a,b@example.jp", Err(BadMail::Character));
    }

    #[test]
    fn what_is_no_address_says_why() {
        check("hanako", Err(BadMail::NoAt));
        check("@example.jp", Err(BadMail::NoAt));
        check("a@b@example.jp", Err(BadMail::NoAt));
        check("花子@example.jp", Err(BadMail::International));
        check("hanako@見本.jp", Err(BadMail::International));
        check("hanako@localhost", Err(BadMail::Domain));
        check("hanako@[127.0.0.1]", Err(BadMail::Domain));
        check("hanako@127.0.0.1", Err(BadMail::Domain));
        check("hanako@-example.jp", Err(BadMail::Domain));
        check(&format!("{}@example.jp", "a".repeat(65)), Err(BadMail::Long));
        check(&format!("a@{}.jp", "a.".repeat(130)), Err(BadMail::Long));
    }

    #[test]
    fn dots_in_a_row_are_quoted_on_the_wire() {
        let wire = |typed: &str| typed.parse::<MailAddress>().unwrap().local_on_the_wire();
        assert_eq!(wire("hana.ko@example.jp"), "hana.ko");
        assert_eq!(wire("hana..ko@example.jp"), "\"hana..ko\"");
        assert_eq!(wire("hanako.@example.jp"), "\"hanako.\"");
    }

    #[test]
    fn a_person_without_mail_is_called_and_without_telephone_written_to() {
        let contacts = |mail: Option<&str>, phone, post| Contacts { mail: mail.map(Into::into), phone, post };
        assert_eq!(contacts(None, true, true).way(), Way::Phone);
        assert_eq!(contacts(Some("  "), false, true).way(), Way::Post);
        assert_eq!(contacts(None, false, false).way(), Way::None);
        assert_eq!(contacts(Some("花子@example.jp"), true, true).way(), Way::BadMail(BadMail::International));
        assert!(matches!(contacts(Some("hanako@example.jp"), true, true).way(), Way::Mail(_)));
    }
}
