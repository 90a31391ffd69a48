//! Values that were sent and answered as a success, of which something else stands there, or nobody knows yet.

use serde::{Deserialize, Serialize};

use crate::link::brake::Side;
use crate::link::fingerprint::Fingerprint;
use crate::relation::Instant;

/// A system took a value and stores another one: a field that only its own users may change, a right that is missing, a
/// text that is cut. Both sides differ there until either changes, and nothing is sent again before that, or before a
/// person asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredOtherwise {
    /// The side that stores another value.
    pub by: Side,
    /// What it was sent.
    pub sent: Fingerprint,
    /// What it stores.
    pub stored: Fingerprint,
}

/// A value that was sent, of which neither the answer nor a reading has told what became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderWay {
    /// The side that got it.
    pub to: Side,
    /// The value.
    pub sent: Fingerprint,
    /// What stood there before.
    pub before: Fingerprint,
    /// When, by this machine's clock.
    pub at: Instant,
    /// Whether that side said that it will store it: where the old value stays, it passed the new one over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// Whether it went along with a new record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_of_create: bool,
}
