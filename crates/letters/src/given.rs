//! # 差込み What a letter is given
//!
//! The values that a template may name, typed here, frozen as JSON when the letter is ordered. Days come with every way of writing them, so
//! that no template computes an era: `case.filed_on.wareki`.
//!
//! | Name | Holds |
//! | --- | --- |
//! | `town` | `name`, `post`, `address`, `phone`, `hours` |
//! | `authority` | `name` as it signs, `holder` who held the office on the letter's day, `seal` (`omitted`, `box` or a file) |
//! | `department` | `name`, `place`, `phone`, `mail` |
//! | `applicant` | `name`, `honorific`, `post`, `address` |
//! | `case` | `number`, `procedure`, `basis`, `filed_on`, `decided_on`, `fields` by id, `answers` and `details` (of the outcome) as (`label`, `value`) in order, `outcome` its title, … |
//! | `outcome` | what staff added when deciding, by id |
//! | `reason` | the paragraphs of the reason |
//! | `instruction` | the paragraphs of the 教示; empty for what is no disposition |
//! | `paper` | `number` (文書番号), `date`, `title`, `form` (様式第2号) |
//! | `verify` | `code`, `url`, `qr` (SVG); `none` on a draft |
//! | `form` | a printed form (`paper`): what stands in its boxes, in order; `none` on letters |
//! | `draft` | what is written across a page that is not yet the letter: 下書き |

use jiff::civil::{Date, Weekday};
use jp::era;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::code::{VerifyCode, qr_svg};

/// A day as templates write it: `iso`, `wareki` 令和8年11月24日, `western` 2026年11月24日, `weekday` 火, `year`, `month`, `day`.
pub fn day(date: Date) -> Json {
    let weekday = match date.weekday() {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    };
    json!({
        "iso": date.to_string(),
        "wareki": era::wareki(date),
        "western": format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        "weekday": weekday,
        "year": date.year(), "month": date.month(), "day": date.day(),
    })
}

/// The paragraphs of what staff typed into one box.
pub fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// 役所.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TownGiven {
    /// 見本市.
    pub name: String,
    /// Postal code.
    pub post: String,
    /// 所在地.
    pub address: String,
    /// 代表電話.
    pub phone: String,
    /// 開庁時間.
    pub hours: String,
}

/// The sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthorityGiven {
    /// As it signs: 見本市長.
    pub name: String,
    /// Who held the office on the letter's day.
    pub holder: Option<String>,
    /// How its seal stands: see [`Seal`].
    pub seal: Seal,
}

/// 公印 on the letter, as the town's 公印規程 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Seal {
    /// （公印省略）.
    #[default]
    Omitted,
    /// A place where the seal is put by hand.
    Box,
    /// A drawing of the seal among the templates' files (刷込み).
    #[serde(untagged)]
    File(String),
}

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepartmentGiven {
    /// 総務課.
    pub name: String,
    /// 本庁舎2階.
    pub place: Option<String>,
    /// Its number, or the town's.
    pub phone: String,
    /// Its mail address.
    pub mail: Option<String>,
}

/// To whom the letter goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addressee {
    /// The name exactly as the person writes it.
    pub name: String,
    /// 様 for people, 御中 for bodies.
    pub honorific: String,
    /// Postal code.
    pub post: Option<String>,
    /// Address in lines, for the envelope's window.
    pub address: Vec<String>,
}

impl Addressee {
    /// A person.
    pub fn person(name: &str, post: Option<&str>, address: &[&str]) -> Addressee {
        Addressee {
            name: name.into(),
            honorific: "様".into(),
            post: post.map(Into::into),
            address: address.iter().map(|line| (*line).to_owned()).collect(),
        }
    }
}

/// All that a letter is given.
#[derive(Clone, Debug)]
pub struct Given {
    /// 役所.
    pub town: TownGiven,
    /// The sender.
    pub authority: AuthorityGiven,
    /// Whom to ask.
    pub department: DepartmentGiven,
    /// To whom it goes.
    pub applicant: Addressee,
    /// The case, as the room `cases` tells it.
    pub case: Map<String, Json>,
    /// What staff added when deciding.
    pub outcome: Map<String, Json>,
    /// The reason in paragraphs.
    pub reason: Vec<String>,
    /// The 教示 in paragraphs.
    pub instruction: Vec<String>,
    /// 文書番号.
    pub number: String,
    /// The title that the town's folder gives this letter; a template may have its own.
    pub title: String,
    /// 様式第2号（第5条関係）.
    pub form: Option<String>,
    /// The day it bears.
    pub date: Date,
    /// How it is verified, and the address of the page that does; none on a draft.
    pub verify: Option<(VerifyCode, String)>,
    /// Written across the pages of a draft.
    pub draft: Option<String>,
}

impl Given {
    /// As it is frozen and as a template names it.
    pub fn into_json(self) -> Map<String, Json> {
        let verify = self.verify.map_or(Json::Null, |(code, url)| {
            let qr = qr_svg(&url);
            json!({ "code": code.to_string(), "url": url, "qr": qr })
        });
        let all = json!({
            "town": self.town,
            "authority": self.authority,
            "department": self.department,
            "applicant": self.applicant,
            "case": self.case,
            "outcome": self.outcome,
            "reason": self.reason,
            "instruction": self.instruction,
            "paper": { "number": self.number, "date": day(self.date), "title": self.title, "form": self.form },
            "verify": verify,
            "draft": self.draft,
        });
        match all {
            Json::Object(map) => map,
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_comes_in_every_way_of_writing_it() {
        let given = day(date(2019, 5, 1));
        assert_eq!(
            (given["wareki"].as_str(), given["western"].as_str(), given["weekday"].as_str()),
            (Some("令和元年5月1日"), Some("2019年5月1日"), Some("水"))
        );
    }

    #[test]
    fn a_reason_is_cut_into_paragraphs() {
        assert_eq!(paragraphs("第7条第2号に当たるため\n\n  個人の氏名を除く。\r\n"), ["第7条第2号に当たるため", "個人の氏名を除く。"]);
    }

    #[test]
    fn seals_have_names_that_templates_know() {
        let shown = |seal: Seal| serde_json::to_value(seal).unwrap();
        assert_eq!(
            (shown(Seal::Omitted), shown(Seal::Box), shown(Seal::File("seal.svg".into()))),
            (json!("omitted"), json!("box"), json!("seal.svg"))
        );
    }
}
