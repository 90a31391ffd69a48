//! Since when an office waits for a system without a sign of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The waits of one office. Cheap to clone: a clone is the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    waits: usize,
    /// When a wait began or ended last.
    last: Option<Instant>,
}

/// A wait; over when it is dropped.
pub(crate) struct Wait(Waits);

impl Waits {
    pub(crate) fn begin(&self) -> Wait {
        self.change(|waits| waits + 1);
        Wait(self.clone())
    }

    /// How long nothing came while something was waited for; nothing where nothing is waited for.
    pub(crate) fn since(&self) -> Duration {
        let under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = under_way.last.filter(|_| under_way.waits > 0);
        last.map_or(Duration::ZERO, |last| last.elapsed())
    }

    fn change(&self, change: impl FnOnce(usize) -> usize) {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *under_way = UnderWay { waits: change(under_way.waits), last: Some(Instant::now()) };
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.change(|waits| waits.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_office_waits_since_something_last_began_or_ended() {
        let waits = Waits::default();
        let second = Duration::from_secs(1);
        let one = waits.begin();
        tokio::time::sleep(second).await;
        let other = waits.begin();
        tokio::time::sleep(2 * second).await;
        assert_eq!(waits.since(), 2 * second);
        drop(one);
        tokio::time::sleep(second).await;
        assert_eq!(waits.since(), second);
        drop(other);
        assert_eq!(waits.since(), Duration::ZERO);
    }
}
