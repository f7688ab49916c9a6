//! One letter: what is asked for, how it is numbered, where it stands.

use access::{CaseId, LetterId};
use definitions::ids::{AuthorityId, DepartmentId};
use jiff::civil::Date;
use jp::{era::Wareki, fiscal::FiscalYear};
use serde_json::{Map, Value as Json};
use store::files::FileRef;

use crate::{
    code::VerifyCode,
    given::{Addressee, Seal},
};

/// What a letter is to say. The same content is shown to staff as a draft and becomes the letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The template's id: `disclosure_full`.
    pub template: String,
    /// Whose 記号 its number bears and whom people ask.
    pub department: DepartmentId,
    /// The sender.
    pub authority: AuthorityId,
    /// How the sender's seal stands on it.
    pub seal: Seal,
    /// To whom.
    pub to: Addressee,
    /// `case` as templates name it; days by [`crate::given::day`].
    pub case: Map<String, Json>,
    /// `outcome` as templates name it.
    pub outcome: Map<String, Json>,
    /// The reason as staff typed it; each line is a paragraph.
    pub reason: String,
    /// How the 教示 names the act: `この決定`. `None` for what is no 処分, such as a contract for water or a request to correct.
    pub act: Option<String>,
}

/// A letter to be issued.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id, drawn beforehand.
    pub id: LetterId,
    /// The case that it belongs to.
    pub case: CaseId,
    /// What it says.
    pub content: Content,
    /// The day it bears.
    pub date: Date,
    /// The code by which it is verified, drawn beforehand.
    pub verify: VerifyCode,
    /// Who ordered it, as the journal names them.
    pub actor: String,
    /// On what grant or delegation.
    pub granted: String,
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything is frozen; the press has not set it yet.
    Ordered,
    /// It could not be set; staff read why, mend it and order it again under the same number.
    Failed,
    /// 施行済: set once, kept, and never set again.
    Issued,
    /// 取消し: it was issued and is no longer true. Whoever verifies it reads so.
    Voided,
}

impl State {
    /// As it is stored.
    pub fn code(self) -> &'static str {
        match self {
            State::Ordered => "ordered",
            State::Failed => "failed",
            State::Issued => "issued",
            State::Voided => "voided",
        }
    }

    /// What [`State::code`] stands for.
    pub fn from_code(code: &str) -> Option<State> {
        [State::Ordered, State::Failed, State::Issued, State::Voided].into_iter().find(|state| state.code() == code)
    }
}

/// 文書番号: 記号, fiscal year and serial, such as 8見総第123号. Each department counts from 1 in each fiscal year.
pub fn document_number(mark: &str, date: Date, serial: i64) -> String {
    let year = Wareki::of(FiscalYear::of(date).first_day()).map(|first| first.year().to_string()).unwrap_or_default();
    format!("{year}{mark}第{serial}号")
}

/// A letter that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedLetter {
    /// Its id.
    pub id: LetterId,
    /// Its case.
    pub case: CaseId,
    /// 公文書開示決定通知書.
    pub title: String,
    /// 文書番号.
    pub document_number: String,
    /// The code by which it is verified.
    pub verify: VerifyCode,
    /// The day it bears.
    pub issued_on: Date,
    /// The PDF.
    pub pdf: FileRef,
    /// Whether it was voided since.
    pub voided: bool,
}

/// A letter as staff see it on the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: LetterId,
    /// Its template.
    pub template: String,
    /// Where it stands.
    pub state: State,
    /// 文書番号.
    pub document_number: String,
    /// The day it bears.
    pub date: Date,
    /// Its title, once it was set.
    pub title: Option<String>,
    /// Why it could not be set, in words for staff.
    pub problem: Option<String>,
    /// Since when it is void.
    pub voided_on: Option<Date>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_bears_the_fiscal_year_and_not_the_calendar_year() {
        assert_eq!(document_number("見総", date(2026, 11, 24), 123), "8見総第123号");
        assert_eq!(document_number("見総", date(2027, 3, 31), 124), "8見総第124号");
        assert_eq!(document_number("見総", date(2027, 4, 1), 1), "9見総第1号");
    }
}
