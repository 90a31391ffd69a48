//! A sliding window over calls, without a clock of its own.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

/// What Tribe counts over. Tribe: documented.
const MINUTE: Duration = Duration::from_secs(60);
/// How much later than others a call may arrive and still be counted in time: two calls that are a minute apart here
/// are no less apart there, though the first was held up on its way for so long.
const HELD_UP: Duration = Duration::from_millis(1_500);

/// The calls of the last minute, by any clock that does not go back.
#[derive(Debug)]
pub struct Sliding {
    most: NonZeroU32,
    recent: VecDeque<Duration>,
}

impl Sliding {
    /// No call yet; so many are allowed in any minute.
    pub fn new(most: NonZeroU32) -> Self {
        Self { most, recent: VecDeque::new() }
    }

    /// Counts a call at that time, or tells when there is room for it.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let span = MINUTE + HELD_UP;
        while self.recent.pop_front_if(|first| *first + span <= now).is_some() {}
        match self.recent.front() {
            Some(first) if self.recent.len() >= self.most.get() as usize => Err(*first + span),
            _ => {
                self.recent.push_back(now);
                Ok(())
            }
        }
    }
}
