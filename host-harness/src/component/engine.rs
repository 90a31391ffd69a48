//! The engine that all connectors of a process share, and the store of each call.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use super::contract::latest as bindings;
use super::limits::{Limits, MemoryMeter};
use super::office::CallContext;
use super::sending;
use super::state::CallState;
use crate::metrics::GuestMetrics;

/// An epoch is the longest that a component computes before another task gets its turn.
const EPOCH: Duration = Duration::from_millis(10);

/// So many calls can be under way at once; more fail. The callers' own limits are far below this.
const CALLS_AT_ONCE: u32 = 256;

/// The compiler, the pool of instances and the clock that interrupts them. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(super) engine: Engine,
    pub(super) linker: Arc<Linker<CallState>>,
    pub(super) limits: Limits,
    memory: MemoryMeter,
}

impl Runtime {
    /// Starts the engine and its ticker.
    pub fn new(limits: Limits) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model(true).epoch_interruption(true).allocation_strategy(pool(limits.memory));
        let engine = Engine::new(&config)?;
        tick(&engine)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        sending::add_to_linker(&mut linker)?;
        bindings::wasi::keyvalue::store::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
        bindings::wasi::config::store::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
        Ok(Self { engine, linker: Arc::new(linker), limits, memory: MemoryMeter::new(limits.memory) })
    }

    /// The limits that it was started with.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The most linear memory, in bytes, that any one call has used so far.
    pub fn peak_memory(&self) -> usize {
        self.memory.peak()
    }

    /// What is counted and measured of the calls.
    pub fn metrics(&self) -> &GuestMetrics {
        self.memory.metrics()
    }

    /// A store for one call under the limits.
    pub(super) fn store(&self, context: CallContext) -> Store<CallState> {
        let state = CallState::new(context, self.limits, self.memory.call());
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(self.limits.handed_over);
        // At every epoch another task gets its turn, which is also when a deadline can end the call.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

/// Memory for instances, reserved once and reused: starting an instance then takes microseconds.
fn pool(memory: usize) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::new();
    // A component of Rust's is one core module, its adapters, and the shims between them.
    pool.total_component_instances(CALLS_AT_ONCE)
        .total_core_instances(CALLS_AT_ONCE * 8)
        .total_memories(CALLS_AT_ONCE)
        .total_tables(CALLS_AT_ONCE * 4)
        .total_stacks(CALLS_AT_ONCE)
        .max_core_instances_per_component(16)
        .max_memories_per_component(2)
        .max_tables_per_component(8)
        .max_memory_size(memory)
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(1 << 16);
    InstanceAllocationStrategy::Pooling(pool)
}

/// A thread rather than a task: it must tick while every task is busy. It ends with the engine.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new().name("epoch".to_owned()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    })?;
    Ok(())
}
