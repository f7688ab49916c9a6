//! What the QR code of a printed form says: which procedure, which version, and of a prefilled sheet the code under which a clerk takes the
//! draft over. Never anything of the person: a sheet that lies about tells nothing to a telephone.

use std::{fmt, str::FromStr};

use definitions::procedure::Procedure;

/// The beginning of every code of this kind; the digit counts its versions.
const PREFIX: &str = "YAKUBA1";

/// Digits of the version that are printed: 16⁸ versions are told apart, of which a procedure has some dozens.
const VERSION_DIGITS: usize = 8;

/// What a form's QR code says, such as `YAKUBA1/dog_registration/3f2a9c01/K7P4M29ACDEX`.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetCode {
    /// The procedure's id.
    pub procedure: String,
    /// The beginning of the version's digest.
    pub version: String,
    /// 準備番号 without hyphens, on a prefilled sheet.
    pub draft: Option<String>,
}

impl SheetCode {
    /// Of a procedure's form.
    pub fn of(procedure: &Procedure, draft: Option<String>) -> SheetCode {
        SheetCode { procedure: procedure.id.to_string(), version: short_version(procedure), draft }
    }
}

/// The beginning of a version's digest, as it is printed.
pub fn short_version(procedure: &Procedure) -> String {
    procedure.version.0.chars().take(VERSION_DIGITS).collect()
}

impl fmt::Display for SheetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}/{}/{}", self.procedure, self.version)?;
        self.draft.as_ref().map_or(Ok(()), |draft| write!(f, "/{draft}"))
    }
}

impl fmt::Debug for SheetCode {
    /// Never the draft's code: whoever reads a log could open drafts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SheetCode({}/{})", self.procedure, self.version)
    }
}

/// It is no code of a form of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no code of a printed form")]
pub struct NoSheetCode;

impl FromStr for SheetCode {
    type Err = NoSheetCode;

    fn from_str(read: &str) -> Result<SheetCode, NoSheetCode> {
        let mut parts = read.trim().split('/');
        let is_id = |text: &str, most: usize| {
            !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let (Some(PREFIX), Some(procedure), Some(version)) = (parts.next(), parts.next(), parts.next()) else { return Err(NoSheetCode) };
        let draft = parts.next();
        if parts.next().is_some()
            || !is_id(procedure, 100)
            || !is_id(version, VERSION_DIGITS)
            || !draft.is_none_or(|draft| is_id(draft, 20))
        {
            return Err(NoSheetCode);
        }
        Ok(SheetCode { procedure: procedure.to_owned(), version: version.to_owned(), draft: draft.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back_and_nothing_else() {
        let blank = SheetCode { procedure: "dog_registration".into(), version: "3f2a9c01".into(), draft: None };
        let filled = SheetCode { draft: Some("K7P4M29ACDEX".into()), ..blank.clone() };
        assert_eq!(blank.to_string(), "YAKUBA1/dog_registration/3f2a9c01");
        for code in [blank, filled] {
            assert_eq!(code.to_string().parse(), Ok(code.clone()));
            assert!(!format!("{code:?}").contains("K7P4"));
        }
        let long = format!("YAKUBA1/{}/3f2a9c01", "a".repeat(200));
        for wrong in
            ["", "K7P4M29ACDEX", "YAKUBA2/dog/3f2a", "YAKUBA1/dog", "YAKUBA1/../3f2a", "YAKUBA1/dog/3f2a/K/L", "YAKUBA1/dog/3f2a/", &long]
        {
            assert_eq!(wrong.parse::<SheetCode>(), Err(NoSheetCode), "{wrong}");
        }
    }
}
