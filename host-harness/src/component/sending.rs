//! `wasi:http`: the engine's, save that the options of a request are let go with it. The engine keeps them until the call
//! ends, and no component can let them go itself: they are the request's.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host;
use wasmtime_wasi_http::p2::bindings::http::types::{self, ErrorCode, RequestOptions};
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{WasiHttp, WasiHttpView};

use super::state::CallState;

type Sent = Result<Resource<HostFutureIncomingResponse>, ErrorCode>;

/// Gives a component `wasi:http`, of any version that goes with this one.
pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    types::add_to_linker::<_, WasiHttp>(linker, &types::LinkOptions::default(), CallState::http)?;
    linker.instance("wasi:http/outgoing-handler@0.2.12")?.func_wrap("handle", handle)
}

/// `handle: func(request: outgoing-request, options: option<request-options>) -> result<future-incoming-response, error-code>`
fn handle(
    mut store: StoreContextMut<'_, CallState>,
    (request, options): (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>),
) -> wasmtime::Result<(Sent,)> {
    let held = options.as_ref().map(|options| Resource::<RequestOptions>::new_own(options.rep()));
    let state = store.data_mut();
    let sent = state.http().handle(request, options);
    if let Some(held) = held {
        state.table.delete(held)?;
    }
    match sent {
        Ok(answer) => Ok((Ok(answer),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}
