//! The time and random bytes, from WASI.

use crate::ports::{Clock, Random};
use crate::relation::Instant;

pub(super) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Instant {
        let now = ::wasi::clocks::wall_clock::now();
        Instant::from_millis(now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000)))
    }
}

pub(super) struct HostRandom;

impl Random for HostRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let bytes = ::wasi::random::random::get_random_bytes(buffer.len() as u64);
        for (into, byte) in buffer.iter_mut().zip(bytes) {
            *into = byte;
        }
    }
}
