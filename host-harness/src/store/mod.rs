//! Everything that must outlive a process: offices and their settings, the component's keys, leases, webhook
//! deliveries that wait, the history of runs, and who may look at the pages.
//!
//! Values are sealed before a database sees them ([`seal`]): a copy of the file without the key tells office numbers,
//! record ids and counts, and nothing of a client. A value cannot be moved to another office or key.
//!
//! An office is worked on under a *lease* with a number that only grows. Every operation on its keys names that
//! number, and the database refuses one that is no longer the newest: a process that was away too long finds out at
//! its first write, instead of writing over what another did in between.
//!
//! [`Database`] is the seam for another kind of database; its contract is written there, and tested for each.

mod access;
mod activity;
mod backup;
mod database;
mod history;
mod key;
mod lease;
mod logins;
mod owner;
mod private_file;
mod quota;
mod seal;
mod sqlite;
mod stands;
#[cfg(test)]
mod suite;
mod summary;
mod trouble;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, io};

pub use access::{By, Deed, Done, Ended, Secret, Session, Whom};
pub use activity::{Activity, Direction, Wanted};
pub use backup::{BackupError, restore};
use database::{Acquired, Database, DatabaseError};
pub use database::{Delivered, KeyPage, OfficeSummary, OpenError, Queued, Restored};
pub use history::{ADVOCAATCENTRAAL, DIFFERENCES, Reason, Run, RunResult, Standing, TOO_MANY_REQUESTS, TRIBE};
pub use key::{KeyError, MasterKey, Origin, State};
pub use lease::{Claim, LEASE, Lease, Left, SIGN_EVERY};
pub(crate) use private_file::only_mine;
pub use quota::{Quota, Used};
use seal::{Place, Seal};
use sqlite::Sqlite;
pub use summary::{
    Failing, InitialSync, LastDeliveries, Reached, RefusedDelivery, SECRET_CHANGED, Summary, WRONG_SIGNATURE,
};
pub use trouble::Trouble;

use tokio::sync::Semaphore;

use crate::metrics::StoreMetrics;
use crate::moment::Moment;
use crate::settings::{OfficeNumber, OfficeSettings};
use crate::timestamp::Timestamp;

/// The name of the database in the data folder.
pub const DATABASE_FILE: &str = "koppeling.sqlite";

/// Operations at once, each on a thread: as many as become durable together.
const AT_ONCE: usize = 64;

/// The store of a whole process. Cheap to clone; its operations are short, and run where blocking is fine.
#[derive(Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    seal: Arc<Seal>,
    metrics: StoreMetrics,
    quota: Quota,
    /// Operations that are under way on threads of their own.
    places: Arc<Semaphore>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The lease is no longer the newest: stop.
    #[error("another koppeling took over this office")]
    LeaseLost,
    /// What only reads was about to write: it must be done under a lease.
    #[error("nothing can be written without a lease")]
    NoLease,
    /// The office's state would grow beyond its quota: a person must see why.
    #[error(
        "this office's state may hold no more than {0}, and would; see in `koppeling status` what it holds, and raise \
         --office-keys or --office-bytes where its records are that many, or else report it"
    )]
    OfficeFull(Quota),
    /// A value is not what was sealed there.
    #[error("a stored value is damaged or was moved; put a backup in its place with `koppeling restore`")]
    Damaged,
    /// The database failed; it may work later.
    #[error(transparent)]
    Failed(#[from] Trouble),
}

impl StoreError {
    /// Its name in metrics.
    const fn kind(self) -> &'static str {
        match self {
            Self::LeaseLost | Self::NoLease => "lease-lost",
            Self::OfficeFull(_) => "office-full",
            Self::Damaged => "damaged",
            Self::Failed(_) => "failed",
        }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Fenced => Self::LeaseLost,
            DatabaseError::OfficeFull(quota) => Self::OfficeFull(quota),
            DatabaseError::Failed(trouble) => Self::Failed(trouble),
        }
    }
}

/// Whether any process works on the state of a data folder now.
pub fn is_at_work(folder: &Path) -> bool {
    owner::does_any_live(folder)
}

impl Store {
    /// Opens the database of a data folder, and makes it at first use.
    pub fn open(folder: &Path, key: &MasterKey) -> Result<Self, OpenError> {
        Self::over(Arc::new(Sqlite::open(&folder.join(DATABASE_FILE))?), key)
    }

    /// Whether a data folder holds a database; an error where that cannot be seen.
    pub fn exists(folder: &Path) -> io::Result<bool> {
        folder.join(DATABASE_FILE).try_exists()
    }

    fn over(database: Arc<dyn Database>, key: &MasterKey) -> Result<Self, OpenError> {
        let seal = Seal::new(key);
        // A known text under this key: a wrong key is told at once, and not at the first value that is read.
        const PROOF: &[u8] = b"koppeling";
        let fresh = seal.seal(Place::Proof, PROOF);
        let kept = database.keep_proof(&fresh).map_err(|error| match error {
            DatabaseError::Failed(trouble) => OpenError::Failed(trouble),
            DatabaseError::Fenced | DatabaseError::OfficeFull(_) => OpenError::Failed(Trouble::Other),
        })?;
        match seal.open(Place::Proof, &kept) {
            Some(text) if text.as_slice() == PROOF => {
                let (metrics, places) = (StoreMetrics::default(), Arc::new(Semaphore::new(AT_ONCE)));
                Ok(Self { database, seal: Arc::new(seal), metrics, quota: Quota::default(), places })
            }
            _ => Err(OpenError::WrongKey),
        }
    }

    /// The same, where the state of each office may hold so much.
    #[must_use]
    pub fn with_quota(self, quota: Quota) -> Self {
        Self { quota, ..self }
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&dyn Database, &Seal) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (database, seal) = (Arc::clone(&self.database), Arc::clone(&self.seal));
        // Whoever waits for a place holds no thread, of which thousands would ask for one each when a host starts.
        let place = Arc::clone(&self.places).acquire_owned().await;
        let begun = Instant::now();
        let done = tokio::task::spawn_blocking(move || operation(&*database, &seal)).await;
        drop(place);
        let done = done.unwrap_or(Err(Trouble::Other.into()));
        self.measured(begun, done)
    }

    /// Counts an operation that began then.
    fn measured<T>(&self, begun: Instant, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.metrics.operation(begun.elapsed(), done.as_ref().err().map(|error| error.kind()));
        done
    }

    /// What is counted and measured here.
    pub fn metrics(&self) -> &StoreMetrics {
        &self.metrics
    }

    /// Reads and writes something that nobody misses: whether the database does both now.
    pub async fn try_out(&self) -> Result<(), StoreError> {
        self.run(|database, _| {
            database.interval()?;
            Ok(database.try_write()?)
        })
        .await
    }

    /// Adds an office, or puts new settings in place of its old ones.
    pub async fn put_office(&self, settings: &OfficeSettings) -> Result<(), StoreError> {
        let (office, text) = (settings.office.clone(), settings.to_stored().map_err(|_| Trouble::Other)?);
        self.run(move |database, seal| {
            let sealed = seal.seal(Place::Office(&office), &text);
            Ok(database.put_office(&office, &sealed, Timestamp::now())?)
        })
        .await
    }

    /// The settings of an office; none where there is no such office.
    pub async fn office(&self, office: &OfficeNumber) -> Result<Option<OfficeSettings>, StoreError> {
        let office = office.clone();
        self.run(move |database, seal| {
            database.office(&office)?.map(|sealed| open_settings(seal, &office, &sealed)).transpose()
        })
        .await
    }

    /// The numbers of all offices, sorted.
    pub async fn offices(&self) -> Result<Vec<OfficeNumber>, StoreError> {
        self.run(|database, _| Ok(database.offices()?)).await
    }

    /// Says whether an office is worked for.
    pub async fn put_activity(
        &self,
        office: &OfficeNumber,
        wanted: Wanted,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.put_activity(&office, wanted, since)?)).await
    }

    /// Whether an office is worked for.
    pub async fn activity(&self, office: &OfficeNumber) -> Result<Activity, StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.activity(&office)?)).await
    }

    /// The offices that are not worked for.
    pub async fn inactive(&self) -> Result<Vec<OfficeNumber>, StoreError> {
        self.run(|database, _| Ok(database.inactive()?)).await
    }

    /// Removes all that is kept of an office. What still works for it is refused at its next write.
    pub async fn remove_office(&self, office: &OfficeNumber) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.remove_office(&office)?)).await
    }

    /// Remembers with which interval the schedule is kept, for whoever tells how the offices stand.
    pub async fn put_interval(&self, interval: Duration) -> Result<(), StoreError> {
        self.run(move |database, _| Ok(database.put_interval(interval)?)).await
    }

    /// The interval with which the schedule was last kept; none if it never was.
    pub async fn interval(&self) -> Result<Option<Duration>, StoreError> {
        self.run(|database, _| Ok(database.interval()?)).await
    }

    /// Makes this process known to work: nobody restores a backup or changes the key under it.
    pub async fn enter(&self) -> Result<(), StoreError> {
        self.run(|database, _| Ok(database.enter()?)).await
    }

    /// Seals every value with another key, which opens the state from then on; gives how many did not open, and stay as they
    /// are. Nobody else may work on the state meanwhile.
    pub async fn change_key(&self, key: &MasterKey) -> Result<u64, StoreError> {
        let new = Seal::new(key);
        self.run(move |database, seal| {
            Ok(database.reseal(&|place, sealed| Some(new.seal(place, &seal.open(place, sealed)?)))?)
        })
        .await
    }

    /// Asks for the right to work for an office.
    pub async fn claim(&self, office: &OfficeNumber, now: Moment) -> Result<Claim, StoreError> {
        let office = office.clone();
        self.run(move |database, _| match database.acquire(&office, &now)? {
            Acquired::Token(token, left) => Ok(Claim::Granted(Lease::new(office, (token, left), &now))),
            Acquired::Busy => Ok(Claim::Busy),
        })
        .await
    }

    /// Gives a sign of life: the lease lasts [`LEASE`] from then on.
    pub async fn sign(&self, lease: &Lease, now: Moment) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.run(move |database, _| sign(database, &lease, &now)).await
    }

    /// Gives a lease back. Nothing can be written under it afterwards.
    pub async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        let note = lease.note(&Moment::now());
        self.run(move |database, _| Ok(database.release(&lease.office, lease.token, note.as_deref())?)).await
    }

    /// Whether a request that changes something may leave now: nobody took the office over, and nobody will before it has
    /// long left. A process that was suspended gives its sign of life first. As [`Store::get`], here and now.
    pub fn may_change(&self, lease: &Lease, now: &Moment) -> Result<(), StoreError> {
        let begun = Instant::now();
        let may = if lease.is_fresh(now) {
            self.database.holds(&lease.office, lease.token).map_err(StoreError::from)
        } else {
            sign(&*self.database, lease, now)
        };
        self.measured(begun, may)
    }

    /// The component's value under a key. Read here and now: it takes microseconds, and another thread takes longer to wake.
    pub async fn get(&self, lease: &Lease, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.value(&lease.office, Some(lease.token), &key)
    }

    /// The same for who only reads, whoever works for the office.
    pub async fn peek(&self, office: &OfficeNumber, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.value(office, None, &key)
    }

    fn value(&self, office: &OfficeNumber, token: Option<u64>, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let begun = Instant::now();
        let kept = self.database.get(office, token, key).map_err(StoreError::from);
        let opened = kept.and_then(|sealed| {
            let opened = sealed.map(|sealed| {
                self.seal
                    .open(Place::Value { office, key }, &sealed)
                    .map(|value| value.to_vec())
                    .ok_or(StoreError::Damaged)
            });
            opened.transpose()
        });
        self.measured(begun, opened)
    }

    /// Puts the component's values under their keys, and removes the keys that have none: all of it or nothing. Durable when
    /// it returns. What would grow beyond the quota is refused.
    pub async fn write(&self, lease: &Lease, writes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StoreError> {
        lease.writes();
        let (lease, quota) = (lease.clone(), self.quota);
        self.run(move |database, seal| {
            let sealed = writes.into_iter().map(|(key, value)| {
                let place = Place::Value { office: &lease.office, key: &key };
                let sealed = value.map(|value| seal.seal(place, &value));
                (key, sealed)
            });
            Ok(database.write(&lease.office, lease.token, &sealed.collect::<Vec<_>>(), quota)?)
        })
        .await
    }

    /// Puts the component's value under a key. Durable when it returns.
    pub async fn set(&self, lease: &Lease, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        self.write(lease, vec![(key, Some(value))]).await
    }

    /// Removes a key of the component's, if it is there.
    pub async fn delete(&self, lease: &Lease, key: String) -> Result<(), StoreError> {
        self.write(lease, vec![(key, None)]).await
    }

    /// A page of the component's keys, at most `limit`, and where the next begins.
    pub async fn keys(&self, lease: &Lease, after: Option<u64>, limit: u32) -> Result<KeyPage, StoreError> {
        self.page(lease.office.clone(), Some(lease.token), after, limit).await
    }

    /// The same for who only reads.
    pub async fn peek_keys(
        &self,
        office: &OfficeNumber,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, StoreError> {
        self.page(office.clone(), None, after, limit).await
    }

    async fn page(
        &self,
        office: OfficeNumber,
        token: Option<u64>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, StoreError> {
        self.run(move |database, _| Ok(database.keys(&office, token, after, limit)?)).await
    }

    /// Keeps what a delivery speaks of. Durable when it returns.
    pub async fn enqueue(
        &self,
        office: &OfficeNumber,
        changes: Vec<Delivered>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.enqueue(&office, &changes, now)?)).await
    }

    /// Changes of an office that were quiet for `quiet`, or have waited for `longest`; those that failed least come
    /// first.
    pub async fn due(
        &self,
        office: &OfficeNumber,
        now: Timestamp,
        quiet: Duration,
        longest: Duration,
        limit: u32,
    ) -> Result<Vec<Queued>, StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.due(&office, now.minus(quiet), now.minus(longest), now, limit)?)).await
    }

    /// The offices that have changes waiting, and whether any of an office's are due as [`Store::due`] has it.
    pub async fn due_offices(
        &self,
        now: Timestamp,
        quiet: Duration,
        longest: Duration,
    ) -> Result<Vec<(OfficeNumber, bool)>, StoreError> {
        self.run(move |database, _| Ok(database.due_offices(now.minus(quiet), now.minus(longest), now)?)).await
    }

    /// Offices that have changes waiting, with how many.
    pub async fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, StoreError> {
        self.run(|database, _| Ok(database.waiting()?)).await
    }

    /// Since when the first of the changes that wait has waited; none where nothing does.
    pub async fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError> {
        self.run(|database, _| Ok(database.oldest_waiting()?)).await
    }

    /// Takes changes out of the queue, except those that were delivered anew in the meantime.
    pub async fn done(&self, office: &OfficeNumber, changes: Vec<Queued>) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.done(&office, &changes)?)).await
    }

    /// Counts one more failure of each change.
    pub async fn failed(&self, office: &OfficeNumber, changes: Vec<Queued>) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.failed(&office, &changes)?)).await
    }

    /// Writes a run into the history.
    pub async fn record_run(&self, office: &OfficeNumber, run: Run) -> Result<(), StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.record_run(&office, &run)?)).await
    }

    /// The last runs of an office, newest first.
    pub async fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, StoreError> {
        let office = office.clone();
        self.run(move |database, _| Ok(database.runs(&office, limit)?)).await
    }
}

fn sign(database: &dyn Database, lease: &Lease, now: &Moment) -> Result<(), StoreError> {
    database.sign(&lease.office, lease.token, now, lease.note(now).as_deref())?;
    lease.signed(now);
    Ok(())
}

fn open_settings(seal: &Seal, office: &OfficeNumber, sealed: &[u8]) -> Result<OfficeSettings, StoreError> {
    let text = seal.open(Place::Office(office), sealed).ok_or(StoreError::Damaged)?;
    OfficeSettings::from_stored(&text).map_err(|_| StoreError::Damaged)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
