//! Everything that one instance can reach.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::limits::CallMeter;
use super::office::{CallContext, Keys};
use super::saved_first::SavedFirst;
use super::unsaved::{Right, Unsaved};
use crate::settings::Config;

/// Handles that one call may hold at once: requests, responses, streams. A leak ends the call and not the host.
const MOST_HANDLES: usize = 10_000;

/// What one instance can reach, and no more.
pub(super) struct CallState {
    pub(super) table: ResourceTable,
    pub(super) config: Arc<Config>,
    pub(super) memory: CallMeter,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: SavedFirst,
}

impl CallState {
    /// For one call; `operation_limit` is the time of one operation on the store.
    pub(super) fn new(context: CallContext, operation_limit: Duration, memory: CallMeter) -> Self {
        let unsaved = match context.keys {
            Keys::None => None,
            Keys::Leased(store, lease) => Some(Unsaved::new(store, Right::Lease(lease), operation_limit)),
            Keys::Reading(store, office) => Some(Unsaved::new(store, Right::Reading(office), operation_limit)),
        };
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_HANDLES);
        Self {
            table,
            config: context.config,
            memory,
            // Nothing is given: no arguments, no environment, no folders, no sockets; standard error goes nowhere.
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            egress: SavedFirst::new(context.egress, unsaved),
        }
    }

    /// The office's keys, if the call has them.
    pub(super) fn unsaved(&self) -> Option<Unsaved> {
        self.egress.unsaved.clone()
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
