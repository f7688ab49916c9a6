//! # 処分庁 Authorities: who decides in law
//!
//! The sender of letters, whose seal stands on them, and whom an appeal goes to (教示).

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
}

/// Whom to turn to, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppealNotice {
    /// 審査請求をすべき行政庁.
    pub to: Text,
    /// 審査請求期間, counted from the day after the person knew of the disposition (行政不服審査法18条: 3 months).
    pub within: Period,
    /// 出訴期間, counted from the day after the person knew of it (行政事件訴訟法14条: 6 months).
    pub sue: Period,
    /// 被告とすべき者: the municipality, and who represents it in court.
    pub defendant: Text,
    /// 審査請求前置: nobody may sue before the review is decided (行政事件訴訟法8条1項ただし書), as 地方税法19条の12, 介護保険法196条, 国民健康保険法103条,
    /// 生活保護法69条 and 障害者総合支援法105条 have it.
    #[serde(default)]
    pub review_first: bool,
}
