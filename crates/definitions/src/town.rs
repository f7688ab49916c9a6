//! # 市町村 A town
//!
//! The loaded result of a folder laid over a prefecture's laid over the nation's: what all other rooms ask.

use std::{collections::HashMap, path::Path, sync::Arc};

use indexmap::IndexMap;
use jiff::civil::Date;
use jp::calendar::BusinessCalendar;

use crate::{
    authority::Authority,
    department::{Department, Role},
    grant::Grant,
    ids::*,
    inventory::InventoryId,
    letter::LetterTemplate,
    library::Library,
    mapping::Mapping,
    message::Message,
    place::TownMap,
    problem::Problem,
    procedure::Procedure,
    register::{Column, Register},
    round::Round,
    sources::Sources,
    text::{Language, Text},
    words::Translations,
};

/// A town, merged and checked.
#[derive(Clone, Debug)]
pub struct Town {
    /// Its id: the name of its folder.
    pub id: TownId,
    /// 見本市.
    pub name: Text,
    /// みほんし.
    pub kana: Option<String>,
    /// 全国地方公共団体コード with its check digit.
    pub code: Option<String>,
    /// Where the town hall is and how to reach it: every refusal ends here.
    pub office: Office,
    /// Colour, seal, mark.
    pub look: Look,
    /// Languages that are offered, with how complete they are. Japanese is always first.
    pub languages: IndexMap<Language, Completeness>,
    /// When the town hall is open and closed (地方自治法4条の2).
    pub closed: BusinessCalendar,
    /// 人件費: what an hour of staff costs in yen, by which the figures say what a case costs. None: they do not say it.
    pub staff_hour: Option<i64>,
    /// The map that is shown where a place is asked for. None: places are told in words, or by numbers from another map.
    pub map: Option<TownMap>,
    /// 処分庁.
    pub authorities: IndexMap<AuthorityId, Authority>,
    /// Facts that the town holds of people besides name, birth and address: conditions may ask for them.
    pub person_facts: IndexMap<FieldId, Column>,
    /// 部・課.
    pub departments: IndexMap<DepartmentId, Department>,
    /// 職.
    pub roles: IndexMap<RoleId, Role>,
    /// 権限. Whatever no grant gives is refused.
    pub grants: Vec<Grant>,
    /// 手続.
    pub procedures: IndexMap<ProcedureId, Arc<Procedure>>,
    /// 台帳.
    pub registers: IndexMap<RegisterId, Register>,
    /// 対応表 to and from systems behind.
    pub mappings: IndexMap<MappingId, Mapping>,
    /// 一斉受付.
    pub rounds: IndexMap<RoundId, Arc<Round>>,
    /// Templates of letters.
    pub letters: IndexMap<LetterId, LetterTemplate>,
    /// Files beside the templates that these import, by file name: `_frame.typ`.
    pub letter_parts: IndexMap<String, Arc<str>>,
    /// Messages.
    pub messages: IndexMap<MessageId, Message>,
    /// Life events by which people look for procedures.
    pub life_events: IndexMap<LifeEventId, LifeEvent>,
    /// The town's own wording of the pages (Fluent), language by language, room by room; base first, the municipality last.
    pub words: IndexMap<Language, IndexMap<String, Vec<Arc<str>>>>,
    /// Translations of the definitions' texts.
    pub translations: Translations,
    /// The cast of the town's examples; the demo's people.
    pub cast: crate::cast::Cast,
    /// Files that `look:` names, by name: the seal, the mark.
    pub pictures: HashMap<String, Arc<[u8]>>,
    /// The postal codes that complete addresses.
    pub postal: Arc<crate::postal::PostalCodes>,
    /// Rows of the national inventory that this town does not carry out, with the reason.
    pub inventory_excluded: IndexMap<InventoryId, String>,
    /// Digest of everything that was read: two towns with the same digest are the same.
    pub digest: String,
}

/// 役所: address, hours, number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Postal code.
    pub post: String,
    /// 所在地.
    pub address: Text,
    /// 代表電話.
    pub phone: String,
    /// 開庁時間.
    pub hours: Text,
    /// Mail address that answers, if there is one.
    pub mail: Option<String>,
}

/// How a town looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// A named colour of the design system.
    pub key_colour: String,
    /// File of the seal (公印) for letters.
    pub seal: Option<String>,
    /// File of the mark (市章).
    pub mark: Option<String>,
}

/// How far a language is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// A missing or stale translation is a problem.
    Complete,
    /// It is a counted warning, and Japanese is shown.
    Partial,
}

/// ライフイベント.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeEvent {
    /// Its id.
    pub id: LifeEventId,
    /// 引っ越し.
    pub title: Text,
    /// Everyday words by which people look for it.
    pub words: Vec<String>,
}

/// What stands between 《 and 》, and the bar that begins a base, is left out.
fn without_readings(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('《') {
        let Some((_, behind)) = after.split_once('》') else { break };
        plain.push_str(before);
        rest = behind;
    }
    plain.push_str(rest);
    plain.replace('｜', "")
}

impl Town {
    /// Reads a town's folder and those that it lies over (its siblings), and gives the merged result.
    ///
    /// # Errors
    /// All mistakes of the folders at once. Nothing is run: examples are [`crate::check::check`]'s.
    pub fn load(folder: &Path) -> Result<Town, Vec<Problem>> {
        Library::default().load(folder)
    }

    /// The same from what was read before: published definitions are kept as their sources, by digest.
    ///
    /// # Errors
    /// As [`Town::load`].
    pub fn from_sources(sources: &Sources) -> Result<Town, Vec<Problem>> {
        Library::default().town(sources)
    }

    /// A text in a language: its translation, or the Japanese where there is none that is fresh.
    pub fn say<'a>(&'a self, text: &'a Text, language: Language) -> &'a str {
        self.translations.find(text, language).unwrap_or(&text.ja)
    }

    /// The same without its readings (`申請《しんせい》`): for a line in which it stands beside what a person wrote, so that nothing of theirs is
    /// taken for a reading.
    pub fn say_plainly(&self, text: &Text, language: Language) -> String {
        without_readings(self.say(text, language))
    }

    /// A procedure by its id.
    pub fn procedure(&self, id: &str) -> Option<&Arc<Procedure>> {
        self.procedures.get(id)
    }

    /// The department that looks after a procedure.
    pub fn department_of(&self, procedure: &Procedure) -> Option<&Department> {
        self.departments.get(&procedure.department)
    }

    /// The day by which a case that was filed on a day is answered: the statutory limit, the standard period, or the earlier of both.
    pub fn due(&self, procedure: &Procedure, filed_on: Date) -> Option<Date> {
        let law = &procedure.law;
        [law.statutory_limit, law.standard_period].into_iter().flatten().map(|period| period.last_day(filed_on, &self.closed)).min()
    }

    /// The departments below one, itself first: whose cases a head of 部 sees.
    pub fn departments_below(&self, id: &DepartmentId) -> Vec<&DepartmentId> {
        let mut found: Vec<&DepartmentId> = self.departments.get_key_value(id).map(|(key, _)| key).into_iter().collect();
        let mut next = 0;
        while let Some(above) = found.get(next).copied() {
            for (key, department) in &self.departments {
                if department.under.as_ref() == Some(above) && !found.contains(&key) {
                    found.push(key);
                }
            }
            next += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::without_readings;

    #[test]
    fn readings_are_left_out_of_a_plain_line() {
        assert_eq!(without_readings("お父《とう》さん・｜お母さん《おかあさん》など"), "お父さん・お母さんなど");
        assert_eq!(without_readings("理由"), "理由");
        assert_eq!(without_readings("半分《はんぶん"), "半分《はんぶん", "an author's slip stays to be seen");
    }
}
