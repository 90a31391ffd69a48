//! What a database must do. It sees sealed values only.

use std::path::Path;
use std::time::Duration;

use super::access::{Deed, Ended, Hashed, LoginLink, Session};
use super::activity::{Activity, Wanted};
use super::history::Run;
use super::lease::Left;
use super::quota::{Quota, Used};
use super::seal::Place;
use super::summary::Summary;
use super::trouble::Trouble;
use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// Runs that are kept for each office: three and a half days of cycles of five minutes.
pub(super) const RUNS_KEPT: u32 = 1_000;

/// And no longer than this.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Entries of the audit trail that are kept for each office.
pub(super) const DEEDS_KEPT: u32 = 1_000;

/// And no longer than this.
pub(super) const DEEDS_KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DatabaseError {
    #[error("the lease is not the newest")]
    Fenced,
    #[error("the office's state would grow beyond {0}")]
    OfficeFull(Quota),
    #[error(transparent)]
    Failed(#[from] Trouble),
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer version wrote it.
    #[error(
        "the data folder was written by a newer koppeling (state {found}, this one knows {known}); install that version"
    )]
    Newer {
        /// The version of the stored state.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The key does not fit the state.
    #[error("the key does not fit the state in this data folder; give the key that it was made with")]
    WrongKey,
    /// The file cannot be opened.
    #[error(transparent)]
    Failed(#[from] Trouble),
}

/// The answer to a request for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Acquired {
    /// Greater than every token of that office before; and what the last owner left.
    Token(u64, Left),
    /// Another owner has it, which lives as far as can be told.
    Busy,
}

/// A key with the sealed value to put there; none to remove it.
pub(super) type Write = (String, Option<Vec<u8>>);

/// A change to what is kept of an office. It may be asked for more than once, where another one came in between.
pub(super) type Change<'a> = &'a dyn Fn(Summary) -> Summary;

/// A page of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// In an order that stays the same while keys come and go.
    pub keys: Vec<String>,
    /// Where the next page begins; none at the end.
    pub next: Option<u64>,
}

/// A record of Tribe's that a delivery speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Tribe's id of it.
    pub id: String,
    /// Whether the delivery says that it was deleted.
    pub deleted: bool,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Tribe's id of the record.
    pub id: String,
    /// Whether any of its deliveries said that it was deleted.
    pub deleted: bool,
    /// Moves on with every delivery, so that one that arrives while the record is worked on is not lost.
    pub(super) sequence: u64,
}

/// An office, and what its runs add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeSummary {
    /// Its number.
    pub office: OfficeNumber,
    /// When it was added.
    pub added: Timestamp,
    /// Whether it is worked for.
    pub activity: Activity,
    /// What its runs add up to.
    pub summary: Summary,
    /// What its state holds.
    pub used: Used,
}

impl OfficeSummary {
    /// When it last gave a sign that its sync goes on; of one that gave none, when it was added.
    pub fn last_sign(&self) -> Timestamp {
        self.summary.last_sign().unwrap_or(self.added)
    }
}

/// The life of an office in a database.
pub(super) trait Offices: Send + Sync {
    /// Nothing happens where there is no such office.
    fn put_activity(&self, office: &OfficeNumber, wanted: Wanted, since: Timestamp) -> Result<(), DatabaseError>;
    fn activity(&self, office: &OfficeNumber) -> Result<Activity, DatabaseError>;
    /// The offices that are not worked for.
    fn inactive(&self) -> Result<Vec<OfficeNumber>, DatabaseError>;
    /// Removes all that is kept of an office. Of its leases the newest token stays, as an old one and without a note: whoever
    /// works for the office finds out, also after it was added anew.
    fn remove_office(&self, office: &OfficeNumber) -> Result<(), DatabaseError>;
    /// Of that office, or of all; sorted by their numbers.
    fn summaries(&self, office: Option<&OfficeNumber>) -> Result<Vec<OfficeSummary>, DatabaseError>;
}

/// What a backup held that was put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Offices.
    pub offices: u64,
    /// Records of Tribe's that deliveries spoke of, and that are looked at again.
    pub waiting: u64,
    /// When the newest run in it ended.
    pub newest_run: Option<Timestamp>,
}

/// Seals a value of a place anew; none where it does not open.
pub(super) type Reseal<'a> = &'a dyn Fn(Place<'_>, &[u8]) -> Option<Vec<u8>>;

/// All of a database at once. A copy is one file in a form of the database's own: another kind of database takes none of
/// it, and puts it back in its own way.
pub(super) trait Copies: Send + Sync {
    /// Writes it as it is at one instant into an empty file, while others work.
    fn copy_to(&self, file: &Path) -> Result<(), DatabaseError>;
    /// Takes back what an old copy must not claim: ends every lease, and makes every token an old one that was given since. It
    /// lets nobody in either who was out since.
    fn take_back_claims(&self) -> Result<Restored, DatabaseError>;
    /// Seals every value anew, all of them or none; gives how many do not open, and stay as they are.
    fn reseal(&self, reseal: Reseal<'_>) -> Result<u64, DatabaseError>;
}

/// The entry of the audit trail about a session that began.
pub(super) type DeedOf<'a> = &'a dyn Fn(&Session) -> Deed;

/// Who may look at the pages, and what was done by whom. What is done is written into the audit trail in the same step.
pub(super) trait Logins: Send + Sync {
    /// Keeps a link. False, and nothing, for an office that is not there.
    fn put_login_link(&self, link: &LoginLink, deed: &Deed) -> Result<bool, DatabaseError>;
    /// Makes a session of a link, which is gone then, and ends the one that the same person had before. None, and nothing is
    /// written, for a link that is not there or too old: of two who enter with one at once, one gets in.
    fn spend_login_link(
        &self,
        link: &Hashed,
        session_and_before: (&Hashed, Option<&Hashed>),
        now: Timestamp,
        deed: DeedOf<'_>,
    ) -> Result<Option<Session>, DatabaseError>;
    /// While it lasts.
    fn session(&self, session: &Hashed, now: Timestamp) -> Result<Option<Session>, DatabaseError>;
    /// Those that last, by their numbers.
    fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, DatabaseError>;
    fn end_session(&self, session: &Hashed, deed: &Deed) -> Result<(), DatabaseError>;
    /// Sessions and links of that office's people, or of all. It stands in the trail of each whose people had any.
    fn end_logins(&self, office: Option<&OfficeNumber>, deed: &Deed) -> Result<Ended, DatabaseError>;
    /// Newest first; the last [`DEEDS_KEPT`] of the last [`DEEDS_KEPT_FOR`].
    fn deeds(&self, office: Option<&OfficeNumber>, limit: u32) -> Result<Vec<Deed>, DatabaseError>;
}

/// A database. Each operation is atomic, what it wrote is durable when it returns, and every process sees it at once. What
/// that means is written down in `suite/`, operation by operation, and each kind of database is tried by it.
///
/// Operations on keys name the token of a lease and fail with [`DatabaseError::Fenced`] unless it is the newest one
/// of that office; the check and the operation are one step.
///
/// An operation may block: it is called where that is fine. [`get`](Database::get), [`holds`](Database::holds) and a
/// [`sign`](Database::sign) before a request that changes something are called in the middle of other work, though, so a
/// database that asks a network for them needs a thread of its own to do so.
pub(super) trait Database: Offices + Copies + Logins {
    /// Keeps the proof if there is none yet; gives the one that is kept.
    fn keep_proof(&self, proof: &[u8]) -> Result<Vec<u8>, DatabaseError>;

    /// Writes to the disk, and leaves everything as it was.
    fn try_write(&self) -> Result<(), DatabaseError>;

    fn put_office(&self, office: &OfficeNumber, sealed: &[u8], now: Timestamp) -> Result<(), DatabaseError>;
    fn office(&self, office: &OfficeNumber) -> Result<Option<Vec<u8>>, DatabaseError>;
    /// Sorted.
    fn offices(&self) -> Result<Vec<OfficeNumber>, DatabaseError>;
    /// With which interval the schedule is kept.
    fn put_interval(&self, interval: Duration) -> Result<(), DatabaseError>;
    fn interval(&self) -> Result<Option<Duration>, DatabaseError>;

    /// A lease whose owner is known to be dead, or gave no sign for [`super::LEASE`], is given to the next who asks; another to
    /// nobody. Who cannot tell the dead waits for [`super::LEASE`].
    fn acquire(&self, office: &OfficeNumber, now: &Moment) -> Result<Acquired, DatabaseError>;
    /// Makes this process known to work, as its first lease does.
    fn enter(&self) -> Result<(), DatabaseError>;
    /// The owner lives. A note takes the place of the last one, whoever wrote that; it is a few hundred bytes, and whoever
    /// acquires the lease next gets it. It costs no write of its own.
    fn sign(&self, office: &OfficeNumber, token: u64, now: &Moment, note: Option<&str>) -> Result<(), DatabaseError>;
    /// Makes the token an old one, with the same of a note. Nothing happens if it was one already.
    fn release(&self, office: &OfficeNumber, token: u64, note: Option<&str>) -> Result<(), DatabaseError>;

    /// Whether the token is the newest one.
    fn holds(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError>;
    /// Without a token for who only reads, here and for the keys.
    fn get(&self, office: &OfficeNumber, token: Option<u64>, key: &str) -> Result<Option<Vec<u8>>, DatabaseError>;
    /// Puts the values under their keys, and removes the keys that have none: all of it or nothing. Nothing, by
    /// [`DatabaseError::OfficeFull`], where the office would hold more than before and more than the quota; what it holds is
    /// counted with the write, and never by looking at all of it.
    fn write(&self, office: &OfficeNumber, token: u64, writes: &[Write], quota: Quota) -> Result<(), DatabaseError>;
    fn keys(
        &self,
        office: &OfficeNumber,
        token: Option<u64>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, DatabaseError>;

    /// One row per record, however often it is delivered; see [`Queued::sequence`]. None for an office that is not there.
    fn enqueue(&self, office: &OfficeNumber, changes: &[Delivered], now: Timestamp) -> Result<(), DatabaseError>;
    /// Rows last delivered at or before `quiet_since`, or first delivered at or before `waiting_since`; and those of after
    /// `now`, which came while the clock was ahead.
    fn due(
        &self,
        office: &OfficeNumber,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Queued>, DatabaseError>;
    /// The offices that have rows, and whether [`Database::due`] gives any of an office's.
    fn due_offices(
        &self,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(OfficeNumber, bool)>, DatabaseError>;
    fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, DatabaseError>;
    /// When the first of the rows was first delivered, of the offices that are worked for.
    fn oldest_waiting(&self) -> Result<Option<Timestamp>, DatabaseError>;
    /// Removes the rows whose sequence is still the one given.
    fn done(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError>;
    fn failed(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError>;

    /// Keeps the last [`RUNS_KEPT`] of the last [`KEPT_FOR`], and what all of them add up to. Nothing for an office that is not
    /// there.
    fn record_run(&self, office: &OfficeNumber, run: &Run) -> Result<(), DatabaseError>;
    /// Newest first.
    fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, DatabaseError>;
    /// Changes what is kept beside what the runs of an office add up to. Nothing for an office that is not there.
    fn sum_up(&self, office: &OfficeNumber, change: Change<'_>) -> Result<(), DatabaseError>;
}
