//! What passes the hatch, on each side.

use std::sync::Arc;

use access::{Clock, TownHandle};
use store::{files::Files, hatch::Receiver, keys::Keys};

/// What the desk does with parcels from residents.
pub fn to_desk(town: &TownHandle, keys: &Arc<Keys>, files: &Files, clock: &Clock) -> Vec<Arc<dyn Receiver>> {
    let mut receivers = cases::receiving::desk_receivers(town, keys, files, clock);
    receivers.push(Arc::new(cases::unfound::UnfoundReceiver));
    receivers.push(Arc::new(figures::telling::CountsReceiver { town: town.clone() }));
    receivers.push(Arc::new(figures::telling::SaidReceiver { keys: Arc::clone(keys) }));
    receivers.extend(access::program::desk_receivers());
    receivers.extend(rounds::desk_receivers(town, keys, clock));
    receivers
}

/// What the portal does with parcels from the desk.
pub fn to_portal(town: &TownHandle, keys: &Arc<Keys>, files: &Files) -> Vec<Arc<dyn Receiver>> {
    let mut receivers = access::link::portal_receivers();
    receivers.extend(access::program::portal_receivers());
    receivers.push(Arc::new(letters::VerifyReceiver));
    receivers.extend(registry::known::portal_receivers());
    receivers.extend(revisions::layer::portal_receivers());
    let to_person = cases::told::PortalReceiver { town: town.clone(), keys: Arc::clone(keys), files: files.clone() };
    receivers.push(Arc::new(api::webhook::TellPrograms { inner: Arc::new(to_person), keys: Arc::clone(keys) }));
    receivers.extend(rounds::portal_receivers(keys));
    receivers
}
