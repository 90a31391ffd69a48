//! Keeps an office below the number of calls that Tribe allows, by waiting.
//!
//! Tribe: documented, 1000 calls per minute per application and environment, counted over a sliding window; who goes
//! over it repeatedly is limited further. A 429 must therefore never come from our own pace.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::sliding::{Sent, Sliding};

/// What was sent before a window began has its place in it too.
const BEFORE: Duration = Duration::from_secs(120);

/// How many calls an office may make to Tribe's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many in any minute.
    PerMinute(std::num::NonZeroU32),
    /// As many as it likes: for a stand-in.
    Unlimited,
}

impl Default for Pace {
    /// All that Tribe allows: 1000.
    fn default() -> Self {
        Self::PerMinute(std::num::NonZeroU32::new(1000).unwrap_or(std::num::NonZeroU32::MIN))
    }
}

/// The calls of the last minute. Waiting calls go in the order in which they came.
#[derive(Debug)]
pub(crate) struct Window {
    began: Instant,
    /// Whose turn it is. Held while waiting: the next in line could not go earlier anyway.
    turn: tokio::sync::Mutex<()>,
    /// None where there is no limit.
    calls: Option<Mutex<Sliding>>,
}

impl Window {
    pub(crate) fn new(pace: Pace) -> Self {
        let calls = match pace {
            Pace::PerMinute(most) => Some(Mutex::new(Sliding::new(most))),
            Pace::Unlimited => None,
        };
        Self { began: Instant::now(), turn: tokio::sync::Mutex::default(), calls }
    }

    /// Waits until one more call is allowed, and counts it.
    pub(crate) async fn admit(&self) {
        let Some(calls) = &self.calls else { return };
        let _turn = self.turn.lock().await;
        loop {
            let room = lock(calls).take(self.now());
            let Err(room) = room else { return };
            tokio::time::sleep_until(self.began + room.saturating_sub(BEFORE)).await;
        }
    }

    /// What was sent in the last minute, by a clock that whoever goes on has too; none where there is no limit. Waits for no
    /// call that waits.
    pub(crate) fn sent(&self, clock: Duration) -> Option<Vec<Sent>> {
        self.calls.as_ref().map(|calls| lock(calls).sent(self.now(), clock))
    }

    /// Counts what another process sent, by the same clock.
    pub(crate) fn count_in(&self, clock: Duration, others: &[Sent]) {
        if let Some(calls) = &self.calls {
            lock(calls).count_in(self.now(), clock, others);
        }
    }

    fn now(&self) -> Duration {
        BEFORE + self.began.elapsed()
    }
}

fn lock(calls: &Mutex<Sliding>) -> MutexGuard<'_, Sliding> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::num::NonZeroU32;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);
    /// A minute, and the time that a call may be held up on its way.
    const APART: Duration = Duration::from_millis(61_500);

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
            // Those before it may have been held up on their way by so much.
            let span = WINDOW + Duration::from_secs(1);
            let within = times.iter().skip(position).take_while(|time| time.duration_since(*first) < span).count();
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
        assert_eq!(start.elapsed(), APART);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifted_limit_never_waits() {
        let (window, start) = (Window::new(Pace::Unlimited), Instant::now());
        for _ in 0..10_000 {
            window.admit().await;
        }
        assert_eq!((start.elapsed(), window.sent(Duration::ZERO)), (Duration::ZERO, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_given_up_while_waiting_is_not_counted() {
        let window = Arc::new(Window::new(per_minute(1)));
        window.admit().await;
        let start = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(1), window.admit()).await.is_err());
        window.admit().await;
        assert_eq!(start.elapsed(), APART);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_on_for_another_process_waits_for_what_that_one_sent() {
        let clock = Duration::from_secs(1_000_003);
        let other = Window::new(per_minute(50));
        for _ in 0..50 {
            other.admit().await;
        }
        let (window, start) = (Window::new(per_minute(50)), Instant::now());
        window.count_in(clock, &other.sent(clock).unwrap());
        window.admit().await;
        assert_eq!(start.elapsed(), APART);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_grow_no_younger_however_often_they_are_taken_over() {
        let began = Instant::now();
        let clock = || Duration::from_secs(1_000_003) + began.elapsed();
        let [one, other] = [Window::new(per_minute(50)), Window::new(per_minute(50))];
        for _ in 0..50 {
            one.admit().await;
            tokio::time::advance(Duration::from_millis(230)).await;
        }
        for second in 0..62 {
            let [from, to] = if second % 2 == 0 { [&one, &other] } else { [&other, &one] };
            let sent = from.sent(clock()).unwrap();
            assert!(sent.iter().map(|sent| sent.calls).sum::<u32>() <= 50, "none is counted twice");
            to.count_in(clock(), &sent);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!([one.sent(clock()), other.sent(clock())], [Some(vec![]), Some(vec![])]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_is_told_while_a_call_waits() {
        let window = Window::new(per_minute(1));
        window.admit().await;
        tokio::select! {
            biased;
            () = window.admit() => unreachable!("there is no room"),
            () = tokio::time::sleep(Duration::from_secs(1)) => unreachable!("it is told at once"),
            sent = async { window.sent(Duration::from_secs(1_000)) } => assert_eq!(sent.unwrap().len(), 1),
        }
    }
}
