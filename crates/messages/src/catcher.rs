//! The catcher: a small mail server on loopback for the demo, so that a newcomer reads the mails that a town would have sent.
//!
//! It speaks RFC 5321 as far as a server must (EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT, SIZE, 8BITMIME), takes mail for anyone,
//! hands it on to nobody and keeps the newest 500 in memory, for a page of the demo to show ([`readable`]). It exists under `yakuba demo` only:
//! [`listen`] refuses any address but loopback.

mod decode;
mod session;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{net::TcpListener, sync::Semaphore};

pub use self::decode::{Readable, readable};

/// A demo's day makes some hundred mails; 500 × 256 kB = 128 MB is the very most that they can take.
const KEPT_MAX: usize = 500;
/// Our own mails are below 4 kB.
const MAIL_BYTES_MAX: usize = 256 * 1024;
/// RFC 5321 4.5.3.1.8: at least a hundred.
const RECIPIENTS_MAX: usize = 100;
/// RFC 5321 4.5.3.1.6 allows 1,000 for a line of text; some senders write longer ones.
const LINE_BYTES_MAX: usize = 4_096;
/// More at once than a demo's workers open.
const SESSIONS_MAX: usize = 32;

/// How long the catcher waits for the next line. RFC 5321 4.5.3.2.7 names five minutes.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// A caught mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Counts from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// MAIL FROM.
    pub from: String,
    /// RCPT TO.
    pub to: Vec<String>,
    /// The content, dots unstuffed.
    pub content: Vec<u8>,
}

/// The box that caught mails lie in; clones share it.
#[derive(Clone, Default)]
pub struct Caughts(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    last: u64,
    mails: VecDeque<Arc<Caught>>,
}

impl Caughts {
    /// An empty box.
    pub fn new() -> Caughts {
        Caughts::default()
    }

    /// The newest first.
    pub fn newest(&self) -> Vec<Arc<Caught>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).mails.iter().rev().cloned().collect()
    }

    /// One mail, unless it has been pushed out by newer ones.
    pub fn number(&self, number: u64) -> Option<Arc<Caught>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).mails.iter().find(|mail| mail.number == number).cloned()
    }

    fn put(&self, at: Timestamp, from: String, to: Vec<String>, content: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let number = kept.last;
        kept.mails.push_back(Arc::new(Caught { number, at, from, to, content }));
        while kept.mails.len() > KEPT_MAX {
            kept.mails.pop_front();
        }
    }
}

/// A catcher that listens. Dropping it stops it.
pub struct Catcher {
    /// Where it listens: the demo's relay.
    pub address: SocketAddr,
    /// What it caught.
    pub caughts: Caughts,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Begins to listen on a loopback address; port 0 takes a free one. `now` stamps what arrives.
///
/// # Errors
/// When the address is taken, or is not loopback: a catcher takes mail for anybody, so that it never faces a network.
pub async fn listen(address: SocketAddr, patience: Duration, now: fn() -> Timestamp) -> io::Result<Catcher> {
    if !address.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the catcher listens on loopback only"));
    }
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let caughts = Caughts::new();
    let into = caughts.clone();
    let task = tokio::spawn(async move {
        let places = Arc::new(Semaphore::new(SESSIONS_MAX));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let into = into.clone();
                    tokio::spawn(async move {
                        if let Err(error) = session::serve(stream, &into, patience, now).await {
                            tracing::debug!(%error, "a session with the catcher ended early");
                        }
                        drop(place);
                    });
                }
                // Out of file handles, mostly: a pause keeps the loop from spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    });
    Ok(Catcher { address, caughts, task })
}
