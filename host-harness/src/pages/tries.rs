//! How often somebody may try to enter.
//!
//! Nobody guesses a secret of 256 bits. This keeps the work small that strangers can make, and the log of those who try.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Tries that lead nowhere, from one address and from all, in each window.
const OF_ONE: u32 = 10;
const OF_ALL: u32 = 120;
const WINDOW: Duration = Duration::from_secs(60);

/// The tries of the last minute. There are never more addresses in it than tries.
#[derive(Debug)]
pub(super) struct Tries(Mutex<Counted>);

#[derive(Debug)]
struct Counted {
    since: Instant,
    all: u32,
    of: HashMap<IpAddr, u32>,
}

impl Tries {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Counted { since: Instant::now(), all: 0, of: HashMap::new() }))
    }

    /// Counts a try, and says whether it may be made.
    pub(super) fn may_try(&self, address: IpAddr) -> bool {
        self.may_try_at(address, Instant::now())
    }

    fn may_try_at(&self, address: IpAddr, now: Instant) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(counted.since) >= WINDOW {
            *counted = Counted { since: now, all: 0, of: HashMap::new() };
        }
        let of_one = counted.of.get(&network(address)).copied().unwrap_or_default();
        if counted.all >= OF_ALL || of_one >= OF_ONE {
            return false;
        }
        counted.all += 1;
        counted.of.insert(network(address), of_one + 1);
        true
    }

    /// It led somewhere, and counts no longer.
    pub(super) fn succeeded(&self, address: IpAddr) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.all = counted.all.saturating_sub(1);
        if let Some(of_one) = counted.of.get_mut(&network(address)) {
            *of_one = of_one.saturating_sub(1);
        }
    }
}

/// Who has one address of version 6 has as many as he likes below its first half.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_address_may_try_a_few_times_a_minute_and_all_of_them_some_more() {
        let (tries, now) = (Tries::new(), Instant::now());
        let address = |last: u8| IpAddr::from([192, 0, 2, last]);
        let allowed = (0..30).filter(|_| tries.may_try_at(address(1), now)).count();
        assert_eq!(allowed, OF_ONE as usize);
        assert!(tries.may_try_at(address(2), now));
        tries.succeeded(address(1));
        assert!(tries.may_try_at(address(1), now) && !tries.may_try_at(address(1), now));
        let all = (3..=250).filter(|last| tries.may_try_at(address(*last), now)).count();
        assert_eq!(all, OF_ALL as usize - OF_ONE as usize - 1);
        assert!(!tries.may_try_at(address(251), now));
        assert!(tries.may_try_at(address(1), now + WINDOW));
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let (tries, now) = (Tries::new(), Instant::now());
        let tried = |last: u16| tries.may_try_at(format!("2001:db8::{last:x}").parse().unwrap(), now);
        assert_eq!((0..30).filter(|last| tried(*last)).count(), OF_ONE as usize);
        assert!(tries.may_try_at("2001:db8:0:1::1".parse().unwrap(), now));
    }
}
