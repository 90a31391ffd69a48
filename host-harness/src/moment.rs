//! Instants that leases are measured by.

use std::sync::LazyLock;
use std::time::Duration;

use crate::timestamp::Timestamp;

/// Which start of this machine it is; empty where that cannot be told.
static START: LazyLock<String> = LazyLock::new(start);

/// An instant by the time since the machine started, which nobody can set and which counts while the machine or a program
/// is suspended. Beside it the machine's clock: of another start only that tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    start: String,
    since_start: Duration,
    clock: Timestamp,
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        let clock = Timestamp::now();
        Self { start: START.clone(), since_start: since_start(clock), clock }
    }

    /// As it was stored.
    pub(crate) fn stored(start: String, since_start: u64, clock: Timestamp) -> Self {
        Self { start, since_start: Duration::from_millis(since_start), clock }
    }

    /// Which start of the machine it is.
    pub(crate) fn start(&self) -> &str {
        &self.start
    }

    /// Milliseconds since that start.
    pub(crate) fn since_start(&self) -> u64 {
        u64::try_from(self.since_start.as_millis()).unwrap_or(u64::MAX)
    }

    /// What the clock of the machine said.
    pub(crate) fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Later by so much.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self { since_start: self.since_start.saturating_add(time), clock: self.clock.plus(time), ..self }
    }

    /// How far two instants are apart, whichever is the later: one of the future is one of a clock that was wrong.
    pub(crate) fn apart(&self, other: &Self) -> Duration {
        if self.start == other.start {
            self.since_start.abs_diff(other.since_start)
        } else {
            self.clock.since(other.clock).max(other.clock.since(self.clock))
        }
    }
}

#[cfg(target_os = "linux")]
fn start() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

#[cfg(target_os = "linux")]
fn since_start(_: Timestamp) -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

#[cfg(not(target_os = "linux"))]
fn start() -> String {
    String::new()
}

/// Elsewhere the machine's clock has to do.
#[cfg(not(target_os = "linux"))]
fn since_start(clock: Timestamp) -> Duration {
    Duration::from_millis(clock.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_moves_no_instant_of_the_same_start() {
        let now = Moment::now();
        let set_back = Moment { clock: Timestamp::from_millis(0), ..now.clone().plus(Duration::from_secs(3)) };
        assert_eq!(now.apart(&set_back), Duration::from_secs(3));
        assert_eq!(set_back.apart(&now), Duration::from_secs(3));
    }

    #[test]
    fn of_another_start_the_clock_tells_in_both_directions() {
        let now = Moment::now();
        let before = Moment { start: "another".to_owned(), since_start: Duration::MAX, clock: now.clock };
        let later = Moment { clock: now.clock.plus(Duration::from_secs(7)), ..now.clone() };
        assert_eq!(before.apart(&later), Duration::from_secs(7));
        assert_eq!(later.apart(&before), Duration::from_secs(7));
    }

    #[test]
    fn time_goes_on() {
        let before = Moment::now();
        std::thread::sleep(Duration::from_millis(2));
        assert!(before.apart(&Moment::now()) >= Duration::from_millis(1));
    }
}
