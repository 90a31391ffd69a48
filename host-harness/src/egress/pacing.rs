//! Keeps an office below the number of calls that Tribe allows, by waiting.
//!
//! Tribe: documented, 1000 calls per minute per application and environment, counted over a sliding window; who goes
//! over it repeatedly is limited further. A 429 must therefore never come from our own pace.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// Tribe: documented.
const WINDOW: Duration = Duration::from_secs(60);

/// How many calls an office may make to Tribe's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many in any minute.
    PerMinute(std::num::NonZeroU32),
    /// As many as it likes: for a stand-in.
    Unlimited,
}

impl Default for Pace {
    /// 950 per minute: some room for calls that Tribe counts a little later than we do.
    fn default() -> Self {
        Self::PerMinute(std::num::NonZeroU32::new(950).unwrap_or(std::num::NonZeroU32::MIN))
    }
}

/// The calls of the last minute. Waiting calls go in the order in which they came.
#[derive(Debug)]
pub(super) struct Window {
    pace: Pace,
    recent: Mutex<VecDeque<Instant>>,
}

impl Window {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, recent: Mutex::default() }
    }

    /// Waits until one more call is allowed, and counts it.
    pub(super) async fn admit(&self) {
        let Pace::PerMinute(most) = self.pace else { return };
        // Held while waiting: the next in line could not go earlier anyway.
        let mut recent = self.recent.lock().await;
        loop {
            let now = Instant::now();
            while recent.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
                recent.pop_front();
            }
            match recent.front() {
                Some(first) if recent.len() >= most.get() as usize => tokio::time::sleep_until(*first + WINDOW).await,
                _ => break recent.push_back(now),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::num::NonZeroU32;
    use std::sync::Arc;

    use super::*;

    fn per_minute(calls: u32) -> Pace {
        Pace::PerMinute(NonZeroU32::new(calls).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_ever_holds_more_calls_than_allowed() {
        let window = Window::new(per_minute(50));
        let mut times = Vec::new();
        for call in 0..400_u64 {
            // Bursts with pauses between them, so that the window slides over uneven ground.
            tokio::time::advance(Duration::from_millis(if call.is_multiple_of(37) { 9_000 } else { 13 })).await;
            window.admit().await;
            times.push(Instant::now());
        }
        for (position, first) in times.iter().enumerate() {
            let within = times.iter().skip(position).take_while(|time| time.duration_since(*first) < WINDOW).count();
            assert!(within <= 50, "{within} calls in one minute");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_below_the_limit_do_not_wait() {
        let (window, start) = (Window::new(per_minute(50)), Instant::now());
        for _ in 0..50 {
            window.admit().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        window.admit().await;
        assert_eq!(start.elapsed(), WINDOW);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifted_limit_never_waits() {
        let (window, start) = (Window::new(Pace::Unlimited), Instant::now());
        for _ in 0..10_000 {
            window.admit().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_given_up_while_waiting_is_not_counted() {
        let window = Arc::new(Window::new(per_minute(1)));
        window.admit().await;
        let start = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(1), window.admit()).await.is_err());
        window.admit().await;
        assert_eq!(start.elapsed(), WINDOW);
    }
}
