//! Numbers and times as SQLite has them.

use crate::timestamp::Timestamp;

/// SQLite's integers are signed; no time or token of ours is that large.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub(super) fn timestamp(number: i64) -> Timestamp {
    Timestamp::from_millis(unsigned(number))
}
