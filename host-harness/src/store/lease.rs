//! The right to work for one office, and when it ends.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::moment::Moment;
use crate::settings::OfficeNumber;

/// How long after its owner's last sign of life a lease ends. One whose owner is known to be dead ends at once.
pub const LEASE: Duration = Duration::from_secs(20);
/// How often an owner gives a sign of life while it works.
pub const SIGN_EVERY: Duration = Duration::from_secs(5);
/// A request that may change something leaves only while the last sign is younger: then nobody takes over for as long
/// again.
const FRESH: Duration = Duration::from_secs(LEASE.as_secs() / 2);

/// What an owner of a lease left for the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What it said with its last sign of life or when it gave the lease back; empty where it said nothing.
    pub note: String,
    /// Whether it gave the lease back: one that did not may have gone on after its note.
    pub given_back: bool,
}

/// What an owner has to leave at an instant; nothing where that is as before.
type Leaves = Box<dyn Fn(&Moment) -> Option<String> + Send + Sync>;

/// The right to work for one office. Cheap to clone.
#[derive(Clone)]
pub struct Lease {
    pub(super) office: OfficeNumber,
    pub(super) token: u64,
    left: Arc<Left>,
    leaves: Arc<OnceLock<Leaves>>,
    has_written: Arc<AtomicBool>,
    /// When its last sign of life was given, in milliseconds since this machine started.
    last_sign: Arc<AtomicU64>,
}

impl Lease {
    pub(super) fn new(office: OfficeNumber, (token, left): (u64, Left), taken: &Moment) -> Self {
        let last_sign = Arc::new(AtomicU64::new(taken.since_start()));
        Self { office, token, left: Arc::new(left), leaves: Arc::default(), has_written: Arc::default(), last_sign }
    }

    /// What the owner before left.
    pub fn left(&self) -> &Left {
        &self.left
    }

    /// Has what this gives left for the next owner: with every sign of life, and when the lease is given back. No client's
    /// data: it is not sealed. The first that is set holds.
    pub fn leave(&self, leaves: impl Fn(&Moment) -> Option<String> + Send + Sync + 'static) {
        let _ = self.leaves.set(Box::new(leaves));
    }

    /// Whether anything was stored under it.
    pub fn has_written(&self) -> bool {
        self.has_written.load(Ordering::Relaxed)
    }

    pub(super) fn writes(&self) {
        self.has_written.store(true, Ordering::Relaxed);
    }

    pub(super) fn note(&self, now: &Moment) -> Option<String> {
        self.leaves.get()?(now)
    }

    /// The office.
    pub fn office(&self) -> &OfficeNumber {
        &self.office
    }

    pub(super) fn signed(&self, at: &Moment) {
        self.last_sign.fetch_max(at.since_start(), Ordering::Relaxed);
    }

    /// Whether nobody can take it over before a request that leaves now has long left.
    pub(super) fn is_fresh(&self, now: &Moment) -> bool {
        let last = Duration::from_millis(self.last_sign.load(Ordering::Relaxed));
        Duration::from_millis(now.since_start()).abs_diff(last) < FRESH
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("office", &self.office).field("token", &self.token).finish_non_exhaustive()
    }
}

/// Whether an office may be worked on.
#[derive(Clone, Debug)]
pub enum Claim {
    /// It may.
    Granted(Lease),
    /// Another process works for it.
    Busy,
}
