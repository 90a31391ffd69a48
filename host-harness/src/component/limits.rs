//! What one call may use, and how what it uses is watched.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use wasmtime::ResourceLimiter;

use crate::metrics::GuestMetrics;

/// What one call may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of linear memory.
    pub memory: usize,
    /// Wall-clock time of a whole call, instantiation included.
    pub call: Duration,
    /// Wall-clock time of one operation on the store. Outgoing requests have limits of their own, in
    /// [`koppeling_egress::Timeouts`].
    pub store_operation: Duration,
    /// Handles held at once: buckets, requests, answers, streams, pollables.
    pub handles: usize,
    /// Bytes, as this host holds them, that the component hands over at once: what it gives to an import, or an answer.
    pub handed_over: usize,
    /// Requests of a call.
    pub requests: u32,
    /// Bytes of a value that is stored, with its key.
    pub value: usize,
    /// Bytes that a call stores, with their keys.
    pub stored: usize,
}

impl Default for Limits {
    /// 64 MiB; two minutes, which is a slice of work and one slow request after it; ten seconds for the store. The rest is
    /// ten times what the connector of this repository was seen to use, or more.
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            call: Duration::from_secs(120),
            store_operation: Duration::from_secs(10),
            handles: 1_000,
            handed_over: 32 << 20,
            requests: 5_000,
            value: 8 << 20,
            stored: 128 << 20,
        }
    }
}

/// What a call had too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// Of handles at once.
    #[error("it held more than {0} requests, streams and other handles at once")]
    Handles(usize),
    /// Of bytes in one answer, or in what it gave to one import.
    #[error("it handed over more than {} KiB at once", .0 >> 10)]
    HandedOver(usize),
    /// Of requests.
    #[error("it made more than {0} requests in one call")]
    Requests(u32),
    /// Of bytes in one value.
    #[error("it wanted to store a value of more than {} KiB", .0 >> 10)]
    Value(usize),
    /// Of bytes that were stored.
    #[error("it wanted to store more than {} KiB in one call", .0 >> 10)]
    Stored(usize),
}

impl Excess {
    /// Its code in the history and the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Handles(_) => "too-many-handles",
            Self::HandedOver(_) => "handed-over-too-much",
            Self::Requests(_) => "too-many-requests",
            Self::Value(_) => "value-too-large",
            Self::Stored(_) => "stored-too-much",
        }
    }
}

/// What a stored row takes besides its key and its value: many empty ones are much, too.
const ROW: usize = 64;

/// What a call has stored.
#[derive(Debug, Default)]
pub(super) struct Stored(usize);

impl Stored {
    /// Counts one more write, unless it is too much.
    pub(super) fn add(&mut self, size: usize, limits: &Limits) -> Result<(), Excess> {
        if size > limits.value {
            return Err(Excess::Value(limits.value));
        }
        self.0 = self.0.saturating_add(size).saturating_add(ROW);
        if self.0 > limits.stored { Err(Excess::Stored(limits.stored)) } else { Ok(()) }
    }
}

/// Ends a call for what it asked in a place where nothing can trap. Cheap to clone: a clone is the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended {
    why: Arc<OnceLock<Excess>>,
    token: CancellationToken,
}

impl Ended {
    /// Ends it.
    pub(super) fn end(&self, why: Excess) {
        let _ = self.why.set(why);
        self.token.cancel();
    }

    /// Why it was ended, where it was.
    pub(super) fn why(&self) -> Option<Excess> {
        self.why.get().copied()
    }

    /// Waits until it is ended.
    pub(super) async fn wait(&self) {
        self.token.cancelled().await;
    }
}

/// Remembers what the calls of a runtime used.
#[derive(Clone)]
pub(super) struct MemoryMeter {
    limit: usize,
    peak: Arc<AtomicUsize>,
    metrics: GuestMetrics,
}

/// Refuses one call memory beyond the limit. What the call used is told when it is dropped.
pub(super) struct CallMeter {
    meter: MemoryMeter,
    begun: Instant,
    used: usize,
}

/// The limit on linear memory was reached. Told apart from every other trap by its type.
#[derive(Debug, thiserror::Error)]
#[error("the memory limit is reached")]
pub(super) struct MemoryReached;

impl MemoryMeter {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, peak: Arc::default(), metrics: GuestMetrics::default() }
    }

    /// The most linear memory, in bytes, that any one call has used so far.
    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// What is counted and measured of the calls.
    pub(super) fn metrics(&self) -> &GuestMetrics {
        &self.metrics
    }

    /// For a call that begins now.
    pub(super) fn call(&self) -> CallMeter {
        CallMeter { meter: self.clone(), begun: Instant::now(), used: 0 }
    }
}

impl Drop for CallMeter {
    fn drop(&mut self) {
        self.meter.metrics.called(self.begun.elapsed(), self.used);
    }
}

impl ResourceLimiter for CallMeter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.meter.limit {
            // An error traps; `false` would let the component go on and fail somewhere else.
            return Err(MemoryReached.into());
        }
        self.used = self.used.max(desired);
        self.meter.peak.fetch_max(desired, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}
