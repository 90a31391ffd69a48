//! What one call may use, and how its memory is watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wasmtime::ResourceLimiter;

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
}

impl Default for Limits {
    /// 64 MiB; two minutes, which is a slice of work and one slow request after it; ten seconds for the store.
    fn default() -> Self {
        Self { memory: 64 << 20, call: Duration::from_secs(120), store_operation: Duration::from_secs(10) }
    }
}

/// Refuses memory beyond the limit and remembers the most that was used.
#[derive(Clone)]
pub(super) struct MemoryMeter {
    limit: usize,
    peak: Arc<AtomicUsize>,
}

/// The limit on linear memory was reached. Told apart from every other trap by its type.
#[derive(Debug, thiserror::Error)]
#[error("the memory limit is reached")]
pub(super) struct MemoryReached;

impl MemoryMeter {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, peak: Arc::default() }
    }

    /// The most linear memory, in bytes, that any one call has used so far.
    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limit {
            // An error traps; `false` would let the component go on and fail somewhere else.
            return Err(MemoryReached.into());
        }
        self.peak.fetch_max(desired, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}
