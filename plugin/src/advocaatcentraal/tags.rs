//! Tags: the `ETag` of a record, and whether a write that bears it in `If-Match` is taken (A9).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::relation::Instant;

/// After so long a tag is tried once more: what stood between us and AC may be gone.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What writes have shown of AC's tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Tags {
    /// A write that bore one was taken.
    Fit,
    /// A write that bore one was refused though nobody had changed the record, and taken without it: something on the
    /// way gives each answer a tag of its own. Writes go without, as where AC gives none.
    DoNotFit {
        /// When that was seen, by this machine's clock.
        since: Instant,
    },
}

impl Tags {
    /// Whether tags are to be left out of writes.
    pub(super) fn are_left_out(self, now: Instant) -> bool {
        match self {
            Self::Fit => false,
            Self::DoNotFit { since } => now.since(since).is_some_and(|age| age < TRIED_AGAIN_AFTER),
        }
    }
}

/// A tag that `If-Match` can be answered by: a weak one never matches. Source: RFC 9110, 13.1.1.
pub(super) fn strong(etag: Option<&str>) -> Option<&str> {
    etag.filter(|etag| !etag.starts_with("W/"))
}
