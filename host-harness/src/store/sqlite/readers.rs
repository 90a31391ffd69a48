//! Connections that read: they wait for no writer, and see what is durable.

use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::tables::nothing_beside;
use crate::store::database::DatabaseError;

/// How long an operation waits for another process that writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// So many read at once, each for some microseconds; each has a cache of its own.
const MOST: usize = 8;

#[derive(Default)]
pub(super) struct Readers {
    kept: Mutex<Kept>,
    given_back: Condvar,
}

#[derive(Default)]
struct Kept {
    free: Vec<Connection>,
    /// Those that read now.
    lent: usize,
}

impl Readers {
    /// Does an operation on a connection that is free, or a new one.
    pub(super) fn read<T>(
        &self,
        file: &Path,
        operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut lent = Lent { readers: self, connection: self.lend() };
        let connection = match &mut lent.connection {
            Some(connection) => connection,
            none => none.insert(open(file)?),
        };
        operation(connection)
    }

    /// One that is free; none where a new one may be made. Either is given back by [`Lent`].
    fn lend(&self) -> Option<Connection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.free.is_empty() && kept.lent >= MOST {
            kept = self.given_back.wait(kept).unwrap_or_else(PoisonError::into_inner);
        }
        kept.lent += 1;
        kept.free.pop()
    }
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let reader = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    reader.busy_timeout(PATIENCE)?;
    nothing_beside(&reader)?;
    reader.set_prepared_statement_cache_capacity(32);
    Ok(reader)
}

/// The right to read, and the connection for it once there is one.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut kept = self.readers.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.lent = kept.lent.saturating_sub(1);
        kept.free.extend(self.connection.take());
        drop(kept);
        self.readers.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_read_at_once_than_may_and_all_of_them_do_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state");
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE one (one INTEGER)").unwrap();
        let (readers, now, most, done) =
            (Readers::default(), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..MOST * 4 {
                scope.spawn(|| {
                    let read = readers.read(&file, |connection| {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        let count = connection.query_row("SELECT count(*) FROM one", [], |row| row.get::<_, i64>(0))?;
                        thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                        Ok(count)
                    });
                    done.fetch_add(usize::from(read == Ok(0)), Ordering::SeqCst);
                });
            }
        });
        assert!(most.into_inner() <= MOST);
        assert_eq!(done.into_inner(), MOST * 4);
        // One that cannot be opened keeps no place.
        for _ in 0..=MOST {
            assert!(Readers::default().read(&folder.path().join("none"), |_| Ok(())).is_err());
        }
    }
}
