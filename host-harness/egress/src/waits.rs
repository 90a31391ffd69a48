//! Since when an office waits for a system without a sign of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::allow::Place;

/// The waits of one office. Cheap to clone: a clone is the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    /// For what, the longest wait first.
    waits: Vec<Place>,
    /// When a wait began or ended last.
    last: Option<Instant>,
}

/// A wait; over when it is dropped.
pub(crate) struct Wait(Waits, Place);

impl Waits {
    pub(crate) fn begin(&self, place: Place) -> Wait {
        self.change(|waits| waits.push(place));
        Wait(self.clone(), place)
    }

    /// How long nothing came while something was waited for; nothing where nothing is waited for.
    pub(crate) fn since(&self) -> Duration {
        let under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = under_way.last.filter(|_| !under_way.waits.is_empty());
        last.map_or(Duration::ZERO, |last| last.elapsed())
    }

    /// For what the longest wait is; none where nothing is waited for.
    pub(crate) fn place(&self) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waits.first().copied()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Place>)) {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut under_way.waits);
        under_way.last = Some(Instant::now());
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let ended = self.1;
        self.0.change(|waits| {
            if let Some(at) = waits.iter().position(|place| *place == ended) {
                waits.remove(at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_office_waits_since_something_last_began_or_ended() {
        let waits = Waits::default();
        let second = Duration::from_secs(1);
        let one = waits.begin(Place::AdvocaatCentraal);
        tokio::time::sleep(second).await;
        let other = waits.begin(Place::Tribe);
        tokio::time::sleep(2 * second).await;
        assert_eq!((waits.since(), waits.place()), (2 * second, Some(Place::AdvocaatCentraal)));
        drop(one);
        tokio::time::sleep(second).await;
        assert_eq!((waits.since(), waits.place()), (second, Some(Place::Tribe)));
        drop(other);
        assert_eq!((waits.since(), waits.place()), (Duration::ZERO, None));
    }
}
