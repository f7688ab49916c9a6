//! # 手続 Procedures
//!
//! One procedure carries every channel: the web form, the counter sheet, the staff's screen, the letters and the figures
//! come from this one value. It is the merged, checked result of base, prefecture and municipality.

mod reach;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, field::Field, ids::*, inventory::InventoryId, text::Text};

pub use reach::Reach;

/// The digest of a merged procedure without its wording. A filed case keeps the version under which it was filed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(pub String);

/// 手続: what a resident asks for and how the town answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// Its id in files, links and conditions.
    pub id: ProcedureId,
    /// See [`Version`].
    pub version: Version,
    /// 手続名.
    pub title: Text,
    /// One sentence: what it is for.
    pub summary: Text,
    /// Everyday words by which people ask for it.
    pub words: Vec<String>,
    /// Said before the form: when you need none of this.
    pub needless: Option<Text>,
    /// What to have at hand before beginning.
    pub needs: Vec<Text>,
    /// 所管課.
    pub department: DepartmentId,
    /// 区役所・支所 that take it in, by an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches: Option<crate::branches::Branches>,
    /// 処分庁: who decides in law, whose name stands on the letters.
    pub authority: AuthorityId,
    /// Life events under which it is listed.
    pub life_events: Vec<LifeEventId>,
    /// Basis, time limits, nature.
    pub law: Law,
    /// Through which channels it may be done, and why not through the others.
    pub channels: Channels,
    /// Who may file, how surely they must be known.
    pub applicant: Applicant,
    /// How long filling in takes, in minutes.
    pub minutes: u16,
    /// Retention (保存期間), counted from the 1 April after completion.
    pub keep_fiscal_years: u16,
    /// 手数料, as people read it. `None`: free of charge.
    pub fee: Option<Fee>,
    /// 分類: file plan code under which staff file it.
    pub classification: Option<String>,
    /// The rows of the national inventory that it covers.
    #[serde(default)]
    pub inventory: Vec<InventoryId>,
    /// The form, page by page.
    pub pages: IndexMap<PageId, Page>,
    /// 形式要件 (行政手続法7条): without these it is not yet an application; the person is asked to complete it.
    pub formal: IndexMap<RuleId, Rule>,
    /// 実体要件: what speaks for or against it; said to the person, who may file all the same, and marked for staff.
    pub merit: IndexMap<RuleId, Rule>,
    /// What staff do, in order.
    pub steps: IndexMap<StepId, Step>,
    /// How it can end.
    pub outcomes: IndexMap<OutcomeId, Outcome>,
    /// 自動決定: what is decided without a person, as of today's definition.
    #[serde(default, skip)]
    pub straight_through: Option<StraightThrough>,
    /// What happens to drafts when the definition changes.
    pub drafts: DraftRule,
}

impl Procedure {
    /// A field by the dotted path of ids below the pages: `name` or `guardians.reason`. Field ids are unique in a procedure
    /// outside groups, so the page needs no naming.
    pub fn field(&self, path: &str) -> Option<&Field> {
        let mut ids = path.split('.');
        let first = ids.next()?;
        let mut field = self.pages.values().find_map(|page| page.fields.get(first))?;
        for id in ids {
            if id.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            field = field.kind.group_fields()?.get(id)?;
        }
        Some(field)
    }
}

/// What the law says of a procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Law {
    /// 根拠法令, as written on letters.
    pub basis: Text,
    /// 標準処理期間 (行政手続法6条): a promise; it stops while a correction is asked for.
    pub standard_period: Option<Period>,
    /// 法定期限: binding; it stops only where [`Law::correction_excluded`] says that the law excludes the correction's days.
    pub statutory_limit: Option<Period>,
    /// How far a written notice may extend the statutory limit.
    pub extension: Option<Period>,
    /// Whether the notice itself names the day until which it is extended, as 子ども・子育て支援法20条6項 has it: within the limit the town tells
    /// how long it still needs (処理見込期間) and why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extension_named: bool,
    /// The notice by which it is extended (期間延長通知書).
    #[serde(default)]
    pub extension_letter: Option<LetterId>,
    /// The notice of 特例延長 (情報公開法11条 and 条例): of very many documents a fair part is decided by the extended limit and the rest by
    /// a day that the notice names. `None`: the law knows no such thing.
    #[serde(default)]
    pub special_extension_letter: Option<LetterId>,
    /// Whether the law leaves the days of a correction (補正) out of the statutory limit, as 情報公開条例 do.
    pub correction_excluded: bool,
    /// Whether the answer is a 処分, so that reasons and 教示 are due.
    pub disposition: bool,
}

/// A length of time as law counts it: the first day is not counted (民法140条) and an end on a closed day moves on
/// (地方自治法4条の2), unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Calendar days.
    Days(u16),
    /// 開庁日: days on which the town hall is open.
    BusinessDays(u16),
    /// Calendar months (民法143条).
    Months(u16),
}

impl Period {
    /// The same for counting.
    pub fn in_law(self) -> jp::period::Period {
        match self {
            Period::Days(count) => jp::period::Period::Days(count),
            Period::BusinessDays(count) => jp::period::Period::BusinessDays(count),
            Period::Months(count) => jp::period::Period::Months(count),
        }
    }

    /// The last day of the period that begins with an event on a day.
    pub fn last_day(self, event: jiff::civil::Date, calendar: &jp::calendar::BusinessCalendar) -> jiff::civil::Date {
        jp::period::last_day(event, self.in_law(), calendar)
    }
}

/// A channel of filing: open, or closed for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// It may be done this way.
    Open,
    /// It may not, and this is why and what to do instead.
    Closed(Text),
}

/// What can be done online.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Online {
    /// It is filed here.
    Open,
    /// 準備: it is filled in here and takes effect at the counter, where the law asks for presence (住民基本台帳法27条, 戸籍法27条の2). The
    /// sentence says so to residents.
    Prepare(Text),
    /// It may not be done here, and this is why and what to do instead.
    Closed(Text),
}

impl Online {
    /// Whether a form is filled in here, to be filed or to be prepared.
    pub fn has_form(&self) -> bool {
        !matches!(self, Online::Closed(_))
    }
}

/// Through which channels a procedure may be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// オンライン.
    pub online: Online,
    /// 窓口.
    pub counter: Channel,
    /// 郵送・紙.
    pub paper: Channel,
    /// LINE.
    pub line: Channel,
}

/// How surely the person must be known: on *identity*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// 自己申告.
    SelfAsserted,
    /// A letter with a code reached the registered address.
    Letter,
    /// Seen at the counter (対面).
    Seen,
    /// Electronic signature.
    Signature,
}

/// How surely the session must be theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// No account; a contact address is enough.
    None,
    /// A code was sent to their mail address or telephone.
    Contact,
    /// Passkey.
    Passkey,
    /// My Number card.
    Card,
}

/// Who files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applicant {
    /// Who may ask, in words.
    pub who: Text,
    /// The field that names the person on whose behalf it is filed, if any.
    pub acts_for: Option<FieldId>,
    /// What the applicant must be to the person on whose behalf it is filed, or to the household.
    pub relation: Relation,
    /// Least identity assurance.
    pub identity: Identity,
    /// Least session assurance.
    pub session: Session,
    /// The field whose answer is the applicant's name in lists and letters.
    pub name: FieldId,
    /// The field whose answer is the name's reading.
    pub kana: Option<FieldId>,
    /// The field that holds the postal address for letters.
    pub address: Option<FieldId>,
    /// The field that holds the mail address for notices.
    pub mail: Option<FieldId>,
    /// The field that holds the telephone number.
    pub phone: Option<FieldId>,
}

impl Applicant {
    /// Whether the account is linked to a person of the registry, so that the portal holds facts of the family.
    /// Below that assurance a procedure must live without them: people type.
    pub fn is_linked(&self) -> bool {
        self.session != Session::None && self.identity >= Identity::Letter
    }
}

/// What the applicant is to the person on whose behalf a procedure is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 本人.
    #[default]
    Own,
    /// 法定代理人: a parent or guardian.
    LegalGuardian,
    /// A member of the same household (同一世帯).
    SameHousehold,
    /// 生計の中心者: the parent with the higher income.
    MainEarner,
    /// 任意代理人, with a power of attorney (委任状).
    Delegate,
}

/// 手数料. Amounts are integer yen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    /// What is due when it is known beforehand.
    pub yen: Option<i64>,
    /// What is due as an expression over the answers, such as `300 * copies`. Recorded as due when the case is filed.
    pub amount: Option<Condition>,
    /// As people read it.
    pub text: Text,
}

/// One topic on one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// The page's heading, often a question.
    pub title: Text,
    /// A sentence or two below the heading.
    pub lead: Option<Text>,
    /// Shown only when this holds.
    pub when: Option<Condition>,
    /// The questions in order.
    pub fields: IndexMap<FieldId, Field>,
}

/// A formal or merit rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What must be true.
    pub holds: Condition,
    /// What the person reads when it is not.
    pub say: Text,
    /// The field beside which it is said.
    pub at: Option<FieldId>,
    /// The procedure that fits better.
    pub instead: Option<ProcedureId>,
}

/// A step that staff take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// What staff call it.
    pub title: Text,
    /// What the resident reads while it lasts.
    pub resident: Option<Text>,
    /// Who acts: one role, or for a decision the chain of roles in order (決裁の順).
    pub role: Vec<RoleId>,
    /// Departments that must agree (合議) before the chain ends.
    pub consult: Vec<DepartmentId>,
    /// How long this step may take.
    pub due: Option<Period>,
    /// What the clerk ticks off, by id.
    pub checks: IndexMap<RuleId, Text>,
    /// What this step is.
    pub act: StepAct,
    /// Taken only when this holds; otherwise the case goes past it.
    pub when: Option<Condition>,
    /// What staff write down in this step, such as the day of an interview.
    pub ask: IndexMap<FieldId, Field>,
    /// 専決: a role that ends the chain when its condition over `outcome`, `case` and the answers holds.
    pub sole_decision: IndexMap<RoleId, Condition>,
    /// What happens, in order, when the step is done.
    pub effects: IndexMap<EffectId, Effect>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAct {
    /// Look, check, correct, go on.
    Work,
    /// 起案: choose an outcome and write the reason.
    Propose,
    /// 決裁: approve or send back along the chain.
    Decide,
}

/// How a case can end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its id.
    pub id: OutcomeId,
    /// What staff choose.
    pub title: Text,
    /// What the resident reads.
    pub resident: Text,
    /// Whether it grants, grants in part, or refuses: decides whether reasons are due (行政手続法8条).
    pub sense: Sense,
    /// Whether a reason must be written.
    pub reason_required: bool,
    /// What staff add when choosing it, such as the day and place of disclosure.
    pub ask: IndexMap<FieldId, Field>,
    /// What happens, in order, once decided.
    pub effects: IndexMap<EffectId, Effect>,
}

/// 自動決定: which filings are decided by named criteria, under the standing approval of the chief who switched it on.
#[derive(Clone, Debug, PartialEq)]
pub struct StraightThrough {
    /// All must hold. Their names stand in the case's story.
    pub criteria: IndexMap<RuleId, Criterion>,
    /// How it ends then: never by refusing, which needs a person's reasons (行政手続法8条).
    pub outcome: OutcomeId,
    /// Of a hundred such decisions, how many the chief looks at afterwards. The first of each day always is.
    pub sample_percent: u8,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Its name.
    pub title: Text,
    /// What must be true; what is not known is not.
    pub holds: Condition,
}

/// What an outcome means for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// What was asked for is granted.
    Granted,
    /// Granted in part.
    Partly,
    /// Refused.
    Refused,
    /// Neither: told, passed on, dropped.
    Neutral,
}

/// A verb of a `do:` map. Each runs once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Issue a letter; `starts_appeal`: its arrival starts the appeal period (教示).
    Letter {
        /// The template.
        letter: LetterId,
        /// See above.
        starts_appeal: bool,
    },
    /// Send a message.
    Tell {
        /// The template.
        message: MessageId,
    },
    /// Enter a record in a register.
    Enter {
        /// The register.
        register: RegisterId,
        /// Column → expression over answers and `outcome`.
        values: IndexMap<FieldId, Condition>,
        /// The state in which the record begins.
        state: Option<StateId>,
        /// The day from which it is valid; without it, the day of the decision.
        from: Option<Condition>,
        /// The last day on which it is valid, if it is known.
        until: Option<Condition>,
    },
    /// Change the record that is valid for someone, from a day on; the history keeps what it was.
    Change {
        /// The register.
        register: RegisterId,
        /// Whose record: an expression that yields the owner or the key.
        of: Condition,
        /// Column → expression over answers and `outcome`.
        values: IndexMap<FieldId, Condition>,
        /// The new state.
        state: Option<StateId>,
        /// The day from which the change holds; without it, the day of the decision.
        from: Option<Condition>,
        /// The last day on which the record is valid.
        until: Option<Condition>,
    },
    /// Record an amount as due (調定), to be paid at the counter or by slip.
    Charge {
        /// Yen, as an expression.
        amount: Condition,
        /// What it is for.
        text: Text,
    },
}

/// What happens to drafts when a new version is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftRule {
    /// They go on; the person is told what changed.
    Keep,
    /// These pages are asked again.
    AskAgain(Vec<PageId>),
    /// No filing after this moment, local time of Japan.
    Close(jiff::civil::DateTime),
}
