//! Places in a town's own message texts: `{applicant.name} 様`. Filled on my page only; a text that goes outside holds none but the link.

/// A place in a text for which there is no value. Such a text is never shown with a gap or with braces in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlace {
    /// Nothing is known under this name.
    #[error("no value for {{{0}}}")]
    Missing(String),
    /// A brace was opened and not closed.
    #[error("a brace is not closed")]
    Open,
}

/// Fills `{name}` by `value_of`; `{{` and `}}` stand for braces themselves. What a value holds is never looked into again, so that
/// nobody writes a place into their own name.
///
/// # Errors
/// When a value is missing or a brace stays open: the caller falls back to the room's own words.
pub fn fill(text: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Result<String, BadPlace> {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        let brace = &rest[at..at + 1];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            filled.push_str(brace);
            rest = after;
        } else if brace == "}" {
            filled.push('}');
        } else {
            let end = rest.find('}').ok_or(BadPlace::Open)?;
            let name = rest[..end].trim();
            filled.push_str(&value_of(name).ok_or_else(|| BadPlace::Missing(name.to_owned()))?);
            rest = &rest[end + 1..];
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(name: &str) -> Option<String> {
        match name {
            "applicant.name" => Some("佐藤 花子".into()),
            "child.name" => Some("{applicant.name}".into()),
            _ => None,
        }
    }

    #[test]
    fn places_are_filled_once_and_values_are_not_read_again() {
        assert_eq!(fill("{applicant.name} 様", &value_of).unwrap(), "佐藤 花子 様");
        assert_eq!(fill("{ child.name } さん", &value_of).unwrap(), "{applicant.name} さん");
        assert_eq!(fill("{{まま}} }", &value_of).unwrap(), "{まま} }");
    }

    #[test]
    fn a_missing_value_is_refused_and_never_shown_as_a_gap() {
        assert_eq!(fill("{outcome.facility.name} へ", &value_of), Err(BadPlace::Missing("outcome.facility.name".into())));
        assert_eq!(fill("{applicant.name", &value_of), Err(BadPlace::Open));
    }
}
