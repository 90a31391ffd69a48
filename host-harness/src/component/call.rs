//! One call: its state, its limits, and what can go wrong around it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Store, Trap, WasmBacktrace};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::engine::Runtime;
use super::imports::BucketFault;
use super::office::{CallContext, Keys};
use crate::egress::OfficeEgress;
use crate::settings::Config;

/// Handles that one call may hold at once: requests, responses, streams. A leak ends the call and not the host.
const MOST_HANDLES: usize = 10_000;
/// Bytes that one call of an import may hand over. The largest is a body, which is written in smaller parts.
const MOST_HANDED_OVER: usize = 64 << 20;
/// Function names of a trap that are kept.
const MOST_FRAMES: usize = 8;

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
    /// Another process works for this office now.
    #[error("another koppeling took over this office")]
    LeaseLost,
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

/// The limit on linear memory was reached. Told apart from every other trap by its type.
#[derive(Debug, thiserror::Error)]
#[error("the memory limit is reached")]
struct MemoryReached;

impl CallError {
    /// What an error of the engine means. Its text is dropped: it may repeat what the component handled.
    pub(super) fn from_engine(error: &wasmtime::Error, limit: usize) -> Self {
        if error.is::<MemoryReached>() {
            return Self::Memory { limit };
        }
        if let Some(BucketFault::LeaseLost) = error.downcast_ref() {
            return Self::LeaseLost;
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

/// Everything that one instance can reach.
pub(super) struct CallState {
    pub(super) table: ResourceTable,
    pub(super) config: Arc<Config>,
    pub(super) keys: Keys,
    pub(super) operation_limit: Duration,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: OfficeEgress,
    memory: MemoryMeter,
}

impl CallState {
    /// A store for one call under the runtime's limits.
    pub(super) fn store(runtime: &Runtime, context: CallContext) -> Store<Self> {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_HANDLES);
        let state = Self {
            table,
            config: context.config,
            keys: context.keys,
            operation_limit: runtime.limits.store_operation,
            // Nothing is given: no arguments, no environment, no folders, no sockets; standard error goes nowhere.
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            egress: context.egress,
            memory: MemoryMeter { runtime: runtime.clone() },
        };
        let mut store = Store::new(&runtime.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(MOST_HANDED_OVER);
        // At every epoch another task gets its turn, which is also when a deadline can end the call.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for CallState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.egress }
    }
}

/// Refuses memory beyond the limit and remembers the most that was used.
struct MemoryMeter {
    runtime: Runtime,
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.runtime.limits.memory {
            // An error traps; `false` would let the component go on and fail somewhere else.
            return Err(MemoryReached.into());
        }
        self.runtime.saw_memory(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}
