//! What pages of this room need beside their face: the press that sets letters, and where people reach the portal.

use std::sync::Arc;

use letters::Press;

use crate::catalogue::Finders;

/// Tools that both faces share.
#[derive(Clone)]
pub struct Tools {
    /// Where letters and receipts are set.
    pub press: Arc<Press>,
    /// Where people reach the portal, without a slash at the end. Codes on letters lead there.
    pub portal: Arc<str>,
    /// By what procedures are found.
    pub finders: Finders,
}
