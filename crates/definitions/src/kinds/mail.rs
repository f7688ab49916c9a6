//! メールアドレス: what a mail server could take; whether it reaches someone only a code sent there shows.

use super::{Asked, Nature, Parsed, Shape, Wrong, half_width};
use crate::{
    answer::Answer,
    condition::{Type, Value},
    field::{Field, Kind},
    text::Language,
    town::Town,
    typed::Typed,
};

/// メールアドレス.
pub(super) struct Mail;

impl Nature for Mail {
    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn parse(&self, asked: &Asked<'_>) -> Parsed {
        read(asked.whole())
    }

    fn type_of(&self, _: &Kind) -> Option<Type> {
        Some(Type::Text)
    }

    fn value(&self, answer: &Answer) -> Value {
        if let Answer::Mail(mail) = answer { Value::text(mail) } else { Value::Absent }
    }

    fn prefilled(&self, value: &Value) -> Option<Answer> {
        if let Value::Text(text) = value { read(text).ok().flatten() } else { None }
    }

    fn type_back(&self, answer: &Answer, path: &str, into: &mut Typed) {
        if let Answer::Mail(mail) = answer {
            into.set(path, [mail]);
        }
    }

    fn shown(&self, answer: &Answer, _: &Field, _: &Town, _: Language) -> String {
        if let Answer::Mail(mail) = answer { mail.clone() } else { String::new() }
    }

    fn search_texts(&self, answer: &Answer) -> Vec<String> {
        if let Answer::Mail(mail) = answer { vec![mail.clone()] } else { Vec::new() }
    }
}

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
