//! A sliding window over calls, without a clock of its own.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;

/// What Tribe counts over. Tribe: documented.
const MINUTE: Duration = Duration::from_secs(60);
/// How much later than others a call may arrive and still be counted in time: two calls that are a minute apart here
/// are no less apart there, though the first was held up on its way for so long.
const HELD_UP: Duration = Duration::from_millis(1_500);
/// How long a call counts.
const SPAN: Duration = MINUTE.saturating_add(HELD_UP);
/// How long the calls last that are told together.
const STEP: Duration = Duration::from_secs(5);

/// Calls of a few seconds, told together: a dozen of these are all that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How long ago the last of them was.
    pub ago: Duration,
    /// How many.
    pub calls: u32,
}

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
        self.forget(now);
        match self.recent.front() {
            Some(first) if self.recent.len() >= self.most.get() as usize => Err(*first + SPAN),
            _ => {
                self.recent.push_back(now);
                Ok(())
            }
        }
    }

    fn forget(&mut self, now: Duration) {
        while self.recent.pop_front_if(|first| *first + SPAN <= now).is_some() {}
    }

    /// What still counts now, the oldest first. `clock` is what time it is by a clock that whoever goes on has too: the steps
    /// are its own, and so the same whoever tells them, or calls would grow younger with each who takes them over.
    pub fn sent(&mut self, now: Duration, clock: Duration) -> Vec<Sent> {
        self.forget(now);
        let mut steps: BTreeMap<u128, Sent> = BTreeMap::new();
        for call in &self.recent {
            let ago = now.saturating_sub(*call);
            let step = steps.entry(step(ago, clock)).or_insert(Sent { ago, calls: 0 });
            *step = Sent { ago: step.ago.min(ago), calls: step.calls + 1 };
        }
        steps.into_values().collect()
    }

    /// Counts the calls that another made, by the same clock. Those that both know of are counted once.
    pub fn count_in(&mut self, now: Duration, clock: Duration, others: &[Sent]) {
        let mut known: BTreeMap<u128, u32> =
            self.sent(now, clock).iter().map(|sent| (step(sent.ago, clock), sent.calls)).collect();
        for sent in others.iter().filter(|sent| sent.ago < SPAN) {
            let known = known.entry(step(sent.ago, clock)).or_default();
            let both = sent.calls.min(*known);
            *known -= both;
            // More than there may be hold nothing back for longer.
            let new = (sent.calls - both).min(self.most.get());
            self.recent.extend(std::iter::repeat_n(now.saturating_sub(sent.ago), new as usize));
        }
        self.recent.make_contiguous().sort_unstable();
    }
}

/// In which step of the clock a call was.
fn step(ago: Duration, clock: Duration) -> u128 {
    clock.saturating_sub(ago).as_millis() / STEP.as_millis()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn window(most: u32) -> Sliding {
        Sliding::new(NonZeroU32::new(most).unwrap())
    }

    #[test]
    fn what_was_sent_is_told_in_few_steps_whatever_there_was_of_it() {
        let mut sliding = window(1_000);
        for call in 0..1_000 {
            sliding.take(seconds(1_000) + Duration::from_millis(call * 60)).unwrap();
        }
        let told = sliding.sent(seconds(1_060), seconds(77_777));
        assert!(told.len() <= 13, "{told:?}");
        assert_eq!(told.iter().map(|sent| sent.calls).sum::<u32>(), 1_000);
        assert!(told.is_sorted_by(|one, next| one.ago > next.ago), "{told:?}");
    }

    #[test]
    fn what_both_know_of_is_counted_once() {
        let mut sliding = window(10);
        for _ in 0..4 {
            sliding.take(seconds(100)).unwrap();
        }
        let known = sliding.sent(seconds(101), seconds(50_001));
        sliding.count_in(seconds(101), seconds(50_001), &known);
        assert_eq!(sliding.sent(seconds(101), seconds(50_001)), known);
        // Another knows of more in the same step, and of another step.
        let more = [Sent { ago: seconds(30), calls: 2 }, Sent { ago: seconds(1), calls: 7 }];
        sliding.count_in(seconds(101), seconds(50_001), &more);
        assert_eq!(sliding.sent(seconds(101), seconds(50_001)), more);
    }

    #[test]
    fn what_is_over_and_what_is_more_than_there_may_be_hold_nothing_back_for_longer() {
        let mut sliding = window(3);
        let others = [Sent { ago: seconds(62), calls: 9 }, Sent { ago: seconds(10), calls: u32::MAX }];
        sliding.count_in(seconds(100), seconds(70), &others);
        assert_eq!(sliding.take(seconds(100)), Err(seconds(90) + SPAN));
        assert_eq!(sliding.take(seconds(90) + SPAN), Ok(()));
    }
}
