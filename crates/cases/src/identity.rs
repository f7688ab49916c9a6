//! 本人確認: who came to the counter, and what they showed. The law asks for it where a person must be present (住民基本台帳法27条2項・3項,
//! 戸籍法27条の2); which papers count is in 住民基本台帳法施行規則 and the town's own rules, so the clerk says what it was.

use definitions::typed::Typed;
use serde::{Deserialize, Serialize};

/// Longest note: what two papers were, or whose proxy somebody is.
pub const NOTE_CHARACTERS_MAX: usize = 200;

/// Names of the inputs. No question has a hyphen in its id.
pub(crate) const WHO: &str = "seen-who";
pub(crate) const PROOF: &str = "seen-proof";
pub(crate) const NOTE: &str = "seen-note";

/// Who was seen, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identified {
    /// Who came.
    pub who: WhoCame,
    /// What they showed.
    pub proof: Proof,
    /// What it was, where the kind does not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Who came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoCame {
    /// 本人.
    Own,
    /// 同じ世帯の人.
    Household,
    /// 代理人, with a power of attorney.
    Delegate,
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// マイナンバーカード.
    Card,
    /// 運転免許証.
    Licence,
    /// 旅券.
    Passport,
    /// 在留カード・特別永住者証明書.
    ResidenceCard,
    /// Two papers without a photograph.
    TwoPapers,
    /// Another official paper with a photograph.
    Other,
}

impl WhoCame {
    /// All of them, as they are offered.
    pub const ALL: [WhoCame; 3] = [WhoCame::Own, WhoCame::Household, WhoCame::Delegate];

    /// As it is posted and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            WhoCame::Own => "own",
            WhoCame::Household => "household",
            WhoCame::Delegate => "delegate",
        }
    }
}

impl Proof {
    /// All of them, as they are offered.
    pub const ALL: [Proof; 6] = [Proof::Card, Proof::Licence, Proof::Passport, Proof::ResidenceCard, Proof::TwoPapers, Proof::Other];

    /// As it is posted and as word ids end.
    pub fn code(self) -> &'static str {
        match self {
            Proof::Card => "card",
            Proof::Licence => "licence",
            Proof::Passport => "passport",
            Proof::ResidenceCard => "residence-card",
            Proof::TwoPapers => "two-papers",
            Proof::Other => "other",
        }
    }

    /// Whether it has to be said which papers they were.
    fn wants_note(self) -> bool {
        matches!(self, Proof::TwoPapers | Proof::Other)
    }
}

impl Identified {
    /// What the clerk ticked off.
    ///
    /// # Errors
    /// The input at which something is missing, and the words that say it.
    pub fn of(typed: &Typed) -> Result<Identified, (&'static str, &'static str)> {
        let said = |name: &str| typed.first(name).unwrap_or_default().trim();
        let who = WhoCame::ALL.into_iter().find(|who| who.code() == said(WHO)).ok_or((WHO, "desk-seen-who-due"))?;
        let proof = Proof::ALL.into_iter().find(|proof| proof.code() == said(PROOF)).ok_or((PROOF, "desk-seen-proof-due"))?;
        let note = said(NOTE);
        if note.is_empty() && (proof.wants_note() || who == WhoCame::Delegate) {
            return Err((NOTE, "desk-seen-note-due"));
        }
        if note.chars().count() > NOTE_CHARACTERS_MAX {
            return Err((NOTE, "desk-seen-note-long"));
        }
        Ok(Identified { who, proof, note: note.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Identified, &'static str> {
        Identified::of(&Typed::from_pairs(pairs.iter().copied()).unwrap()).map_err(|(input, _)| input)
    }

    #[test]
    fn what_was_seen_is_said_or_asked_for() {
        let card = of(&[("seen-who", "own"), ("seen-proof", "card"), ("seen-note", " ")]).unwrap();
        assert_eq!(card, Identified { who: WhoCame::Own, proof: Proof::Card, note: String::new() });
        assert_eq!(of(&[("seen-proof", "card")]), Err("seen-who"));
        assert_eq!(of(&[("seen-who", "king"), ("seen-proof", "card")]), Err("seen-who"));
        assert_eq!(of(&[("seen-who", "own")]), Err("seen-proof"));
        assert_eq!(of(&[("seen-who", "own"), ("seen-proof", "two-papers")]), Err("seen-note"));
        assert_eq!(of(&[("seen-who", "delegate"), ("seen-proof", "card")]), Err("seen-note"), "whose proxy they are");
        assert!(of(&[("seen-who", "delegate"), ("seen-proof", "passport"), ("seen-note", "委任状")]).is_ok());
        assert_eq!(of(&[("seen-who", "own"), ("seen-proof", "other"), ("seen-note", &"長".repeat(201))]), Err("seen-note"));
    }
}
