//! メールアドレス: where a code is sent. Only its keyed digest finds an account; the address itself is kept sealed.

use std::fmt;

/// 64 before the @ and 255 behind it (RFC 5321, section 4.5.3.1); 254 in all fit a path of 256 with its brackets.
const ADDRESS_BYTES_MAX: usize = 254;
const LOCAL_BYTES_MAX: usize = 64;

/// Why a text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct NotAMailAddress;

/// A mail address, typed by a person: blanks around it are dropped and full-width letters (ＡＢＣ＠) become ASCII.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(String);

impl MailAddress {
    /// Reads what was typed. Two dots in a row and a dot before the @ are let through: Japanese carriers gave such addresses out
    /// until 2009 and people still use them.
    ///
    /// # Errors
    /// When there is not exactly one @, when a part is empty or too long, or when a character is none that mail servers take.
    pub fn parse(typed: &str) -> Result<MailAddress, NotAMailAddress> {
        let address: String = typed.trim().chars().map(half_width).collect();
        let (local, domain) = address.split_once('@').ok_or(NotAMailAddress)?;
        let is_local = (1..=LOCAL_BYTES_MAX).contains(&local.len()) && local.bytes().all(is_local_byte);
        let is_domain = domain.contains('.') && domain.split('.').all(is_label);
        if is_local && is_domain && address.len() <= ADDRESS_BYTES_MAX { Ok(MailAddress(address)) } else { Err(NotAMailAddress) }
    }

    /// As it is written on the envelope.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What finds the account: capital letters do not make another person.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Enough to recognise one's own address, not enough to learn another's: `h•••@example.jp`.
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        let domain = self.0.split_once('@').map_or("", |(_, domain)| domain);
        format!("{first}•••@{domain}")
    }
}

impl std::str::FromStr for MailAddress {
    type Err = NotAMailAddress;
    fn from_str(typed: &str) -> Result<MailAddress, NotAMailAddress> {
        MailAddress::parse(typed)
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_read() {
        for (typed, read) in [
            (" hanako@example.jp ", "hanako@example.jp"),
            ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
            ("hana..ko.@docomo.ne.jp", "hana..ko.@docomo.ne.jp"),
            ("h+yakuba@sub.example.co.jp", "h+yakuba@sub.example.co.jp"),
        ] {
            assert_eq!(MailAddress::parse(typed).unwrap().as_str(), read);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.jp", "a".repeat(65));
        for typed in
            ["", "hanako", "@example.jp", "a@b", "a@b@c.jp", "a b@c.jp", "a@-b.jp", "a@b..jp", "花子@example.jp", "a@b.jp\nBcc: x", &long]
        {
            assert_eq!(MailAddress::parse(typed), Err(NotAMailAddress), "{typed}");
        }
    }

    #[test]
    fn the_masked_address_keeps_the_name_to_itself() {
        assert_eq!(MailAddress::parse("hanako@example.jp").unwrap().masked(), "h•••@example.jp");
    }
}
