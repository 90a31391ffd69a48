//! What a store must give to be tried, and what the behaviours are written with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Duration;

use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::store::DATABASE_FILE;
use crate::store::database::{Acquired, Copies, Database, Delivered, Restored};
use crate::store::history::{Run, RunResult};
use crate::store::lease::Left;
use crate::store::quota::Quota;
use crate::store::sqlite::Sqlite;
use crate::timestamp::Timestamp;

/// A database to try, and whoever works on it.
pub(in crate::store) trait Fixture: Sized {
    /// Whether a store finds out that a process ended without giving its leases back. One that does not waits for
    /// [`LEASE`](crate::store::LEASE).
    const TELLS_THE_DEAD: bool;

    /// A database that holds nothing.
    fn empty() -> Self;

    /// As one more process has it; it ends when that is dropped.
    fn process(&self) -> Box<dyn Database>;

    /// A copy of it, put back elsewhere; and what that held.
    fn restored(&self) -> (Self, Restored);
}

/// SQLite in a folder of its own.
pub(in crate::store) struct OnDisk(tempfile::TempDir);

impl OnDisk {
    fn opened(&self) -> Sqlite {
        Sqlite::open(&self.0.path().join(DATABASE_FILE)).unwrap()
    }
}

impl Fixture for OnDisk {
    const TELLS_THE_DEAD: bool = true;

    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn process(&self) -> Box<dyn Database> {
        Box::new(self.opened())
    }

    fn restored(&self) -> (Self, Restored) {
        let elsewhere = Self::empty();
        self.opened().copy_to(&elsewhere.0.path().join(DATABASE_FILE)).unwrap();
        let restored = elsewhere.opened().take_back_claims().unwrap();
        (elsewhere, restored)
    }
}

/// A quota that nothing here reaches.
pub(super) const ROOM: Quota = Quota { keys: 1_000, bytes: 10 << 20 };

/// That office.
pub(super) fn office(number: &str) -> OfficeNumber {
    number.parse().unwrap()
}

/// So many seconds after a beginning.
pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
}

/// So many seconds from now.
pub(super) fn after(seconds: u64) -> Moment {
    Moment::now().plus(Duration::from_secs(seconds))
}

/// Adds an office.
pub(super) fn add(database: &dyn Database, number: &str) {
    database.put_office(&office(number), b"settings", at(0)).unwrap();
}

/// Takes an office that is free.
pub(super) fn take(database: &dyn Database, number: &str, now: &Moment) -> u64 {
    take_over(database, number, now).0
}

/// The same, and what the owner before left.
pub(super) fn take_over(database: &dyn Database, number: &str, now: &Moment) -> (u64, Left) {
    match database.acquire(&office(number), now).unwrap() {
        Acquired::Token(token, left) => (token, left),
        Acquired::Busy => panic!("office {number} is busy"),
    }
}

/// Whether somebody else has an office. Nothing is taken where nobody has.
pub(super) fn is_busy(database: &dyn Database, number: &str, now: &Moment) -> bool {
    match database.acquire(&office(number), now).unwrap() {
        Acquired::Busy => true,
        Acquired::Token(token, _) => {
            database.release(&office(number), token, None).unwrap();
            false
        }
    }
}

/// Puts one value.
pub(super) fn put(database: &dyn Database, number: &str, token: u64, key: &str, value: &[u8]) {
    database.write(&office(number), token, &[(key.to_owned(), Some(value.to_vec()))], ROOM).unwrap();
}

/// What stands under a key, for who only reads.
pub(super) fn read(database: &dyn Database, number: &str, key: &str) -> Option<Vec<u8>> {
    database.get(&office(number), None, key).unwrap()
}

/// All keys of an office, page by page.
pub(super) fn all_keys(database: &dyn Database, number: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let page = database.keys(&office(number), None, next, 10).unwrap();
        all.extend(page.keys);
        next = page.next;
        if next.is_none() {
            return all;
        }
    }
}

/// What a delivery speaks of.
pub(super) fn changes(ids: &[&str]) -> Vec<Delivered> {
    ids.iter().map(|id| Delivered { id: (*id).to_owned(), deleted: false }).collect()
}

/// A run that ended then.
pub(super) fn run(work: &str, finished: u64, result: RunResult) -> Run {
    Run {
        work: work.to_owned(),
        started: at(finished.saturating_sub(1)),
        finished: at(finished),
        result,
        counts: BTreeMap::from([("read".to_owned(), 3)]),
        notes: BTreeMap::new(),
        standing: None,
        reason: None,
    }
}
