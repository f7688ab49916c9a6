//! 文書: the templates of letters that a town's folder holds.

use std::sync::Arc;

use crate::{ids::LetterId, text::Text};

/// A template: `letters/<id>.typ` and its title in `letters:`.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterTemplate {
    /// Its id.
    pub id: LetterId,
    /// 公文書開示決定通知書.
    pub title: Text,
    /// What it is based on, such as 様式第2号（第5条関係）.
    pub form: Option<Text>,
    /// The file, below the towns' folder.
    pub file: Arc<str>,
    /// Typst.
    pub source: Arc<str>,
}
