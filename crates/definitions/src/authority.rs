//! # 処分庁 Authorities: who decides in law
//!
//! The sender of letters, whose seal stands on them, and whom an appeal goes to (教示): an authority above or beside it, or a court.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ids::AuthorityId, procedure::Period, text::Text};

/// Who decides in law.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authority {
    /// Its id.
    pub id: AuthorityId,
    /// As it signs: 見本市長, 見本市教育委員会.
    pub name: Text,
    /// Who held the office from which day: letters carry the name valid on their date.
    pub holders: BTreeMap<Date, String>,
    /// What may be done against its dispositions.
    pub appeal: Appeal,
}

impl Authority {
    /// Who held the office on a day, if the town says so.
    pub fn holder_on(&self, day: Date) -> Option<&str> {
        self.holders.range(..=day).next_back().map(|(_, name)| name.as_str())
    }
}

/// 教示.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appeal {
    /// No disposition follows from this authority, only contracts (水道の契約): no notice of appeal.
    None,
    /// What a letter about a disposition must say (行政不服審査法82条, 行政事件訴訟法46条).
    Open(AppealNotice),
    /// Only a court looks again, on a complaint that the law makes for it: 戸籍事件 (戸籍法122条).
    Court(CourtNotice),
}

/// Whom to turn to, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppealNotice {
    /// 審査請求, or the law that excludes it.
    pub review: Review,
    /// 出訴期間, counted from the day after the person knew of it (行政事件訴訟法14条: 6 months).
    pub sue: Period,
    /// 被告とすべき者: the municipality, and who represents it in court.
    pub defendant: Text,
    /// 審査請求前置: nobody may sue before the review is decided (行政事件訴訟法8条1項ただし書), as 地方税法19条の12, 介護保険法196条, 国民健康保険法103条,
    /// 生活保護法69条 and 障害者総合支援法105条 have it.
    #[serde(default)]
    pub review_first: bool,
}

/// 審査請求.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// It can be asked for.
    To {
        /// 審査請求をすべき行政庁.
        to: Text,
        /// 審査請求期間, counted from the day after the person knew of the disposition (行政不服審査法18条: 3 months).
        within: Period,
    },
    /// The law leaves only the suit: against a decision of 固定資産評価審査委員会 (地方税法434条).
    Excluded {
        /// That law.
        by: Text,
    },
}

/// 裁判所への不服の申立て: no review, no period; the court of the town hall's seat (家事事件手続法226条4号).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourtNotice {
    /// The court: 家庭裁判所.
    pub to: Text,
    /// The law that opens this way: 戸籍法第122条.
    pub by: Text,
    /// The law that closes the usual one: 戸籍法第123条.
    pub no_review: Text,
}
