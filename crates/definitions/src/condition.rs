//! Conditions: what a definition says in CEL, checked when it is read.

use serde::{Deserialize, Serialize};

/// A condition or expression of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// As the author wrote it.
    pub source: String,
}
