//! What can go wrong around a call.

use std::fmt;
use std::time::Duration;

use wasmtime::component::ResourceTableError;
use wasmtime::{Trap, WasmBacktrace};

use super::bucket::BucketFault;
use super::limits::{Excess, Limits, MemoryReached};
use crate::store::{Quota, StoreError, Trouble};

/// Function names of a trap that are kept.
const MOST_FRAMES: usize = 8;

/// How the engine says that too much was handed over; it has no type for it.
const NO_FUEL: &str = "fuel allocated for hostcalls has been exhausted";

/// Why a call gave no answer. The instance is gone; everything that it stored stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It took too long.
    #[error("the connector was stopped after {} s", .0.as_secs())]
    Deadline(Duration),
    /// It wanted more memory than it may have.
    #[error("the connector wanted more than its {} MiB of memory", limit >> 20)]
    Memory {
        /// Bytes.
        limit: usize,
    },
    /// It had too much of something else.
    #[error("the connector was stopped: {0}")]
    TooMuch(Excess),
    /// Another process works for this office now.
    #[error("another koppeling took over this office")]
    LeaseLost,
    /// It only reads, and was about to write or to change something.
    #[error("the connector wanted to write in a call that only reads")]
    NoLease,
    /// The database failed it.
    #[error("{0}")]
    Store(Trouble),
    /// The office's state would grow beyond its quota.
    #[error("{}", StoreError::OfficeFull(*.0))]
    OfficeFull(Quota),
    /// A value that it asked for is not what was sealed there.
    #[error("a stored value of this office is damaged; put a backup in its place with `koppeling restore`")]
    Damaged,
    /// It trapped.
    #[error("the connector failed ({kind}) in {}", .frames.first().map_or("an unknown function", String::as_str))]
    Trap {
        /// What kind of trap.
        kind: TrapKind,
        /// The functions that it went through, innermost first.
        frames: Vec<String>,
    },
    /// The host failed it, or it broke the contract.
    #[error("the connector and this koppeling do not fit together")]
    Broken,
}

/// What a trap was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapKind {
    /// A panic of the component: `unreachable` in WebAssembly.
    Panic,
    /// Too deep a recursion.
    StackOverflow,
    /// An access outside its memory.
    OutOfBounds,
    /// Anything else.
    Other,
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Panic => "panic",
            Self::StackOverflow => "stack overflow",
            Self::OutOfBounds => "memory access",
            Self::Other => "trap",
        })
    }
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            StoreError::NoLease => Self::NoLease,
            StoreError::OfficeFull(quota) => Self::OfficeFull(quota),
            StoreError::Damaged => Self::Damaged,
            StoreError::Failed(trouble) => Self::Store(trouble),
        }
    }
}

impl CallError {
    /// What an error of the engine means. Its text is dropped: it may repeat what the component handled.
    pub(super) fn from_engine(error: &wasmtime::Error, limits: &Limits) -> Self {
        if error.is::<MemoryReached>() {
            return Self::Memory { limit: limits.memory };
        }
        let too_many_handles = Self::TooMuch(Excess::Handles(limits.handles));
        match error.downcast_ref() {
            Some(BucketFault::LeaseLost) => return Self::LeaseLost,
            Some(BucketFault::NoLease) => return Self::NoLease,
            Some(BucketFault::TooMuch(excess)) => return Self::TooMuch(*excess),
            Some(BucketFault::Handle(ResourceTableError::Full)) => return too_many_handles,
            _ => {}
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            return too_many_handles;
        }
        if error.root_cause().to_string().ends_with(NO_FUEL) {
            return Self::TooMuch(Excess::HandedOver(limits.handed_over));
        }
        let Some(trap) = error.downcast_ref::<Trap>() else { return Self::Broken };
        let kind = match trap {
            Trap::UnreachableCodeReached => TrapKind::Panic,
            Trap::StackOverflow => TrapKind::StackOverflow,
            Trap::MemoryOutOfBounds | Trap::TableOutOfBounds | Trap::HeapMisaligned => TrapKind::OutOfBounds,
            _ => TrapKind::Other,
        };
        let frames = error.downcast_ref::<WasmBacktrace>().map_or_else(Vec::new, |backtrace| {
            let names = backtrace.frames().iter().filter_map(|frame| frame.func_name());
            names.take(MOST_FRAMES).map(|name| format!("{:#}", rustc_demangle::demangle(name))).collect()
        });
        Self::Trap { kind, frames }
    }
}
