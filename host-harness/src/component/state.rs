//! Everything that one instance can reach.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::limits::{CallMeter, Ended, Limits, Stored};
use super::office::{CallContext, Keys};
use super::saved_first::SavedFirst;
use super::unsaved::{Right, Unsaved};
use crate::settings::Config;

/// Bytes of the headers of a request, as this host holds them: each handle may have so many.
const MOST_OF_HEADERS: usize = 32 << 10;

/// Random bytes that are asked for at once.
const MOST_RANDOM: u64 = 64 << 10;

/// What one instance can reach, and no more.
pub(super) struct CallState {
    pub(super) table: ResourceTable,
    pub(super) config: Arc<Config>,
    pub(super) memory: CallMeter,
    pub(super) stored: Stored,
    pub(super) limits: Limits,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: SavedFirst,
}

impl CallState {
    /// For one call under those limits.
    pub(super) fn new(context: CallContext, limits: Limits, memory: CallMeter) -> Self {
        let operation_limit = limits.store_operation;
        let unsaved = match context.keys {
            Keys::None => None,
            Keys::Leased(store, lease) => Some(Unsaved::new(store, Right::Lease(lease), operation_limit)),
            Keys::Reading(store, office) => Some(Unsaved::new(store, Right::Reading(office), operation_limit)),
        };
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(MOST_OF_HEADERS);
        Self {
            table,
            config: context.config,
            memory,
            stored: Stored::default(),
            limits,
            // Nothing is given: no arguments, no environment, no folders, no sockets; standard error goes nowhere.
            wasi: WasiCtx::builder().max_random_size(MOST_RANDOM).build(),
            http,
            egress: SavedFirst::new(context.egress, unsaved, limits.requests),
        }
    }

    /// The office's keys, if the call has them.
    pub(super) fn unsaved(&self) -> Option<Unsaved> {
        self.egress.unsaved.clone()
    }

    /// What may end the call from within.
    pub(super) fn ended(&self) -> Ended {
        self.egress.ended.clone()
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
