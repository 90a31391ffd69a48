//! Tribe's quota: so many calls in any sixty seconds. Tribe: documented (1000, sliding).

use std::collections::VecDeque;
use std::time::Duration;

use super::character::{Character, RetryAfter};
use crate::http::http_date;
use crate::{Instant, Response};

const WINDOW: Duration = Duration::from_secs(60);

/// The calls of the last sixty seconds. Refused calls are not among them.
#[derive(Default)]
pub(super) struct Quota {
    calls: VecDeque<Instant>,
}

impl Quota {
    /// Counts a call, or gives the 429 that it gets.
    pub(super) fn take(&mut self, now: Instant, character: &Character) -> Result<(), Response> {
        let Some(limit) = character.calls_per_minute else {
            return Ok(());
        };
        while self.calls.pop_front_if(|call| call.plus(WINDOW) <= now).is_some() {}
        if self.calls.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
            self.calls.push_back(now);
            return Ok(());
        }
        let free = self.calls.front().map_or(now, |call| call.plus(WINDOW));
        let seconds = (free.as_millis() - now.as_millis()).div_ceil(1000);
        let refused = Response::text(429, "text/plain", "Too Many Requests");
        Err(match character.retry_after {
            RetryAfter::None => refused,
            RetryAfter::Seconds => refused.with_header("retry-after", seconds.to_string()),
            // Rounded up: at that second there is room again.
            RetryAfter::Date => refused.with_header("retry-after", http_date(free.plus(Duration::from_millis(999)))),
        })
    }
}
