//! Everything that one instance can reach.

use std::sync::Arc;
use std::time::Duration;

use koppeling_egress::OfficeEgress;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::limits::MemoryMeter;
use super::office::{CallContext, Keys};
use crate::settings::Config;

/// Handles that one call may hold at once: requests, responses, streams. A leak ends the call and not the host.
const MOST_HANDLES: usize = 10_000;

/// What one instance can reach, and no more.
pub(super) struct CallState {
    pub(super) table: ResourceTable,
    pub(super) config: Arc<Config>,
    pub(super) keys: Keys,
    pub(super) operation_limit: Duration,
    pub(super) memory: MemoryMeter,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: OfficeEgress,
}

impl CallState {
    /// For one call; `operation_limit` is the time of one operation on the store.
    pub(super) fn new(context: CallContext, operation_limit: Duration, memory: MemoryMeter) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_HANDLES);
        Self {
            table,
            config: context.config,
            keys: context.keys,
            operation_limit,
            memory,
            // Nothing is given: no arguments, no environment, no folders, no sockets; standard error goes nowhere.
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            egress: context.egress,
        }
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
