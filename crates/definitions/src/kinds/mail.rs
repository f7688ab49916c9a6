//! メールアドレス: what a mail server could take; whether it reaches someone only a code sent there shows.

use super::{Parsed, Wrong, half_width, written::Written};
use crate::answer::Answer;

/// メールアドレス.
pub(super) const MAIL: Written =
    Written { read, line: |answer| if let Answer::Mail(mail) = answer { Some(mail) } else { None }, shown: str::to_owned };

fn read(typed: &str) -> Parsed {
    let plain = half_width(typed);
    if plain.is_empty() {
        return Ok(None);
    }
    let unreadable = || vec![Wrong::whole("kind-mail-unreadable")];
    let (local, domain) = plain.rsplit_once('@').ok_or_else(unreadable)?;
    if !is_local(local) || !is_domain(domain) {
        return Err(unreadable());
    }
    Ok(Some(Answer::Mail(format!("{local}@{}", domain.to_ascii_lowercase()))))
}

/// RFC 5321: at most 64 bytes. Dots may stand anywhere: Japanese carriers gave out `taro..@` for years.
fn is_local(local: &str) -> bool {
    (1..=64).contains(&local.len()) && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte))
}

/// At least two labels of letters, digits and inner hyphens.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label)
}
