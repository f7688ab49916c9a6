//! # 番号 Numbers with check digits
//!
//! A check digit finds slips of the hand. It never proves whose number it is, nor that it was ever given out. All are kept as text of
//! digits; full-width digits, spaces and dashes are accepted and left out. Each has *its own* arithmetic: what two rules do with a
//! remainder of 0 differs, so nothing is shared between them.
//!
//! | number | digits | check digit | source |
//! |---|---|---|---|
//! | [`IndividualNumber`] 個人番号 | 12 | last, mod 11 | 平成26年総務省令第85号 5条 |
//! | [`CorporateNumber`] 法人番号 | 13 | **first**, mod 9 | 平成26年財務省令第70号 2条 |
//! | [`ResidentCode`] 住民票コード | 11 | last; the formula is not public: warns only | 住民基本台帳法施行規則1条 |
//! | [`LocalGovernmentCode`] 全国地方公共団体コード | 6 | last, mod 11 | JIS X 0401, 0402; 総務省告示 |

mod corporate;
mod individual;
mod local_government;
mod resident;

pub use corporate::{CorporateNumber, CorporateNumberError};
pub use individual::{IndividualNumber, IndividualNumberError};
pub use local_government::{GovernmentKind, LocalGovernmentCode, LocalGovernmentCodeError};
pub use resident::{ResidentCode, ResidentCodeError};
