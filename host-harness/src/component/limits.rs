//! What one call may use, and how its memory is watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
}

impl Default for Limits {
    /// 64 MiB; two minutes, which is a slice of work and one slow request after it; ten seconds for the store.
    fn default() -> Self {
        Self { memory: 64 << 20, call: Duration::from_secs(120), store_operation: Duration::from_secs(10) }
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
