//! From the path of a question (`guardians.0.address.postal`) to the JSON pointer of its answer (RFC 6901).

use definitions::{field::Kind, procedure::Procedure};

/// A member's name within a pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The pointer of a question or of one part of it, as the form names it, below the answers.
pub(crate) fn of(procedure: &Procedure, path: &str) -> String {
    let (question, part) = split(procedure, path);
    let pointer = format!("/{}", question.split('.').map(escaped).collect::<Vec<_>>().join("/"));
    let part = part.and_then(|part| member(&procedure.field(question)?.kind, part));
    part.map_or_else(|| pointer.clone(), |part| format!("{pointer}/{part}"))
}

/// The question of a path, and the part of its input where the path names one.
pub(crate) fn split<'p>(procedure: &Procedure, path: &'p str) -> (&'p str, Option<&'p str>) {
    let mut question = path;
    loop {
        // A path may end in the number of a row, which is no question.
        let names_field = question.rsplit('.').next().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
        if names_field && procedure.field(question).is_some() {
            return (question, path.get(question.len() + 1..));
        }
        match question.rsplit_once('.') {
            Some((above, _)) => question = above,
            None => return (path, None),
        }
    }
}

/// What the part of an input is called in JSON; none where the answer is one value.
fn member(kind: &Kind, part: &str) -> Option<String> {
    let name = match (kind, part) {
        (Kind::Address, "postal") => "postal_code",
        (Kind::Address, "text") => "line",
        (Kind::BankAccount, "post_number") => "number",
        (Kind::HouseholdMember { .. }, part) if part.starts_with("born") => "born",
        (Kind::Address | Kind::BankAccount | Kind::PersonName | Kind::HouseholdMember { .. }, part) => part,
        (Kind::Group { .. }, part) => return part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.to_owned()),
        _ => return None,
    };
    Some(name.to_owned())
}
