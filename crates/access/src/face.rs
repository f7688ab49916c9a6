//! What the handlers of a face hold in their hands: the store of that face only, the town, its words, its keys, the clock.

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use store::{Desk, Portal, StoreError, Write, files::Files, keys::Keys};
use ui::words::Words;

use crate::{
    AccountId, ResidentId,
    clock::Clock,
    current::{TownHandle, WordsHandle},
    session::SessionId,
    staff::password::PasswordChecks,
};

/// 住民の面: the state of residents' pages. It has no way to the desk's store.
#[derive(Clone)]
pub struct PortalFace {
    /// Residents' store.
    pub store: Portal,
    /// The town as it is now.
    pub town: TownHandle,
    /// The words as they are now.
    pub words: WordsHandle,
    /// The town's keys.
    pub keys: Arc<Keys>,
    /// What people attached.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    /// Whether this is `yakuba demo`.
    pub demo: bool,
    /// Whether people reach it over https: then cookies say `Secure` and bear the `__Host-` prefix.
    pub https: bool,
    /// What other rooms do when someone signs in, in the same transaction: drafts begun before move to the account.
    pub on_sign_in: Arc<[OnSignIn]>,
}

/// 職員の面: the state of staff's pages.
#[derive(Clone)]
pub struct DeskFace {
    /// Staff's store.
    pub store: Desk,
    /// The town as it is now.
    pub town: TownHandle,
    /// The words as they are now.
    pub words: WordsHandle,
    /// The town's keys.
    pub keys: Arc<Keys>,
    /// What people attached.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    /// Whether this is `yakuba demo`.
    pub demo: bool,
    /// Whether staff reach it over https.
    pub https: bool,
    /// How many passwords are checked at once.
    pub passwords: PasswordChecks,
    /// What other rooms do when an account is linked to a resident, in the same transaction: the registry sends the person's facts.
    pub on_link: Arc<[OnLink]>,
}

impl PortalFace {
    /// The words now.
    pub fn words(&self) -> Arc<Words> {
        self.words.current()
    }
}

impl DeskFace {
    /// The words now.
    pub fn words(&self) -> Arc<Words> {
        self.words.current()
    }
}

/// What a room does when a resident has signed in.
pub type OnSignIn = fn(&Write<'_>, &SignedIn) -> Result<(), StoreError>;

/// What a room does when a clerk has linked an account to a resident.
pub type OnLink = fn(&Write<'_>, &Linked) -> Result<(), StoreError>;

/// A resident has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session in which they read and typed before; it has ended.
    pub before: SessionId,
    /// The session from now on.
    pub session: SessionId,
    /// Who they are.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

/// An account was linked to a resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The account.
    pub account: AccountId,
    /// The resident whose identity was seen.
    pub resident: ResidentId,
    /// When.
    pub at: Timestamp,
}

/// From where a request comes, put into its extensions by the server (which knows whether a proxy stands before it). Used to slow down
/// guessing; stored only as a keyed digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);
