//! What the handlers of a face hold in their hands: the store of that face only, the town, its words, its keys, the clock.

use std::{net::IpAddr, sync::Arc};

use definitions::town::Town;
use jiff::Timestamp;
use store::{Desk, Portal, StoreError, Write, files::Files, hatch::Receiver, keys::Keys};
use ui::words::Words;

use crate::{
    AccountId, ResidentId, StaffId,
    clock::Clock,
    current::{TownHandle, WordsHandle},
    session::SessionId,
    staff::{Staff, password::PasswordChecks},
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
    /// Pages of other rooms in the navigation, for those whose grants open them.
    pub doors: Arc<[DeskDoor]>,
    /// What other rooms do when an account is linked to a resident, in the same transaction: the registry sends the person's facts.
    pub on_link: Arc<[OnLink]>,
    /// What other rooms do when a link is taken back, in the same transaction: the registry sends an empty sheet after it.
    pub on_unlink: Arc<[OnUnlink]>,
    /// What other rooms do when somebody stops working here, in the same transaction: their cases wait for everybody again.
    pub on_leave: Arc<[OnLeave]>,
    /// What all rooms do with parcels of the residents' side. What carries them and what gives a stopped one on by hand read this one list, so
    /// that no kind can stop and have nobody who takes it again.
    pub receivers: Arc<[Arc<dyn Receiver>]>,
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

/// A page of a room that stands in the desk's navigation.
#[derive(Clone, Copy)]
pub struct DeskDoor {
    /// The word on it.
    pub word: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// For whom it is shown. The page itself asks again.
    pub open: fn(&Staff, &Town) -> bool,
}

/// What a room does when a resident has signed in.
pub type OnSignIn = fn(&Write<'_>, &SignedIn) -> Result<(), StoreError>;

/// What a room does when a clerk has linked an account to a resident.
pub type OnLink = fn(&Write<'_>, &Linked) -> Result<(), StoreError>;

/// What a room does when a clerk has taken a link back.
pub type OnUnlink = fn(&Write<'_>, &Unlinked) -> Result<(), StoreError>;

/// What a room does when a member of staff has left.
pub type OnLeave = Arc<dyn Fn(&Write<'_>, &Left) -> Result<(), StoreError> + Send + Sync>;

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

/// A link was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlinked {
    /// The account, which is nobody's in particular now.
    pub account: AccountId,
    /// The resident whom it was linked to.
    pub resident: ResidentId,
    /// When.
    pub at: Timestamp,
}

/// A member of staff works here no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Who.
    pub staff: StaffId,
    /// When.
    pub at: Timestamp,
}

/// From where a request comes, put into its extensions by the server (which knows whether a proxy stands before it). Used to slow down
/// guessing; stored only as a keyed digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);
