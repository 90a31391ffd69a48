//! Writes that are made durable together.
//!
//! A transaction becomes durable when the disk says so, which takes milliseconds however little was written. So whoever
//! writes does it in the transaction that is open, within a savepoint of its own, and waits for its end with all others.
//! The first of them ends it, as soon as nobody else is about to write. Nobody is told of a write before it is durable, and
//! who fails takes nothing back but its own.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::store::database::DatabaseError;
use crate::store::trouble::Trouble;

/// So many writes wait for one end at most.
const MOST: usize = 256;
/// The first waits so long for others that are on their way: they have at most a few pages to write.
const GATHERS: Duration = Duration::from_millis(2);
/// After so long the first of a transaction will not end it any more: it panicked.
const LONGEST: Duration = Duration::from_millis(500);

/// The connection that writes: SQLite writes one at a time anyway.
pub(super) struct Together {
    state: Mutex<State>,
    /// Callers that wait for the lock.
    coming: AtomicUsize,
    /// Whether a transaction is open, for who must not wait for the lock.
    writing: AtomicBool,
    /// For the first of a transaction: somebody has written.
    written: Condvar,
    /// For the others: a transaction has ended.
    ended: Condvar,
}

struct State {
    connection: Connection,
    open: Option<Open>,
}

/// A transaction that is open.
struct Open {
    end: End,
    writes: usize,
}

/// How a transaction ended, once it has.
type End = Arc<OnceLock<Result<(), DatabaseError>>>;

impl Together {
    pub(super) fn new(connection: Connection) -> Self {
        let state = Mutex::new(State { connection, open: None });
        let (coming, writing) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { state, coming, writing, written: Condvar::new(), ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.coming.fetch_add(1, Ordering::Relaxed);
        // A panic in between cannot leave a write half done: its savepoint is rolled back when dropped.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.coming.fetch_sub(1, Ordering::Relaxed);
        state
    }

    /// Whether this process has a transaction open, and keeps others from writing by it. Does not wait.
    pub(super) fn is_writing(&self) -> bool {
        self.writing.load(Ordering::Relaxed)
    }

    /// Does an operation that needs the connection for itself, with no transaction open.
    pub(super) fn alone<T>(
        &self,
        operation: impl FnOnce(&mut Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut state = self.lock();
        self.end(&mut state);
        operation(&mut state.connection)
    }

    /// Does an operation: all of it or nothing. It is durable when this returns.
    pub(super) fn write<T>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut state = self.lock();
        let (end, is_first) = state.begin()?;
        self.writing.store(true, Ordering::Relaxed);
        let done = state.within_savepoint(operation);
        if state.connection.is_autocommit() {
            // A disk that is full, for instance, takes back the whole transaction, and with it what others wrote.
            let failed = done.as_ref().err().copied().unwrap_or(DatabaseError::Failed(Trouble::Other));
            self.tell(&mut state, Err(failed));
            return done.and(Err(failed));
        }
        let ended = if is_first { self.gather(state, &end) } else { self.wait(state, &end) };
        done.and_then(|done| ended.map(|()| done))
    }

    /// Lets in who is on the way, and ends the transaction unless somebody else did.
    fn gather(&self, mut state: MutexGuard<'_, State>, end: &End) -> Result<(), DatabaseError> {
        loop {
            if let Some(ended) = end.get() {
                return *ended;
            }
            let is_full = state.open.as_ref().is_none_or(|open| open.writes >= MOST);
            if is_full || self.coming.load(Ordering::Relaxed) == 0 {
                break;
            }
            let (waited, time) = self.written.wait_timeout(state, GATHERS).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if time.timed_out() {
                break;
            }
        }
        if end.get().is_none() {
            self.end(&mut state);
        }
        end.get().copied().unwrap_or(Err(DatabaseError::Failed(Trouble::Other)))
    }

    fn wait(&self, mut state: MutexGuard<'_, State>, end: &End) -> Result<(), DatabaseError> {
        self.written.notify_one();
        loop {
            if let Some(ended) = end.get() {
                return *ended;
            }
            let (waited, time) = self.ended.wait_timeout(state, LONGEST).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            // Who ends a transaction holds the lock meanwhile: nobody is about to.
            if time.timed_out() && end.get().is_none() {
                self.end(&mut state);
            }
        }
    }

    /// Ends the transaction that is open, if one is.
    fn end(&self, state: &mut State) {
        if state.open.is_some() {
            let committed = state.connection.execute_batch("COMMIT").map_err(DatabaseError::from);
            if committed.is_err() {
                // As far as it is not taken back already.
                let _ = state.connection.execute_batch("ROLLBACK");
            }
            self.tell(state, committed);
        }
    }

    /// Tells everybody who waits for the transaction how it ended.
    fn tell(&self, state: &mut State, how: Result<(), DatabaseError>) {
        if let Some(open) = state.open.take() {
            let _ = open.end.set(how);
        }
        self.writing.store(false, Ordering::Relaxed);
        self.ended.notify_all();
        self.written.notify_all();
    }
}

impl State {
    /// The transaction that is open, or a new one; whether it is new.
    fn begin(&mut self) -> Result<(End, bool), DatabaseError> {
        if let Some(open) = &mut self.open {
            open.writes += 1;
            return Ok((Arc::clone(&open.end), false));
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let end = End::default();
        self.open = Some(Open { end: Arc::clone(&end), writes: 1 });
        Ok((end, true))
    }

    fn within_savepoint<T>(
        &mut self,
        operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let savepoint = self.connection.savepoint()?;
        let done = operation(&savepoint)?;
        savepoint.commit()?;
        Ok(done)
    }
}

#[cfg(test)]
#[path = "together_tests.rs"]
mod tests;
