//! The component: exports and ports on WASI. Compiled for wasm only; what it calls is not.

mod calls;
mod clock;
mod differences;
mod http;
mod losses;
mod results;
mod store;

wit_bindgen::generate!({
    path: "../wit",
    world: "advocaatcentraal:tribe-sync/connector",
    with: {
        "wasi:clocks/monotonic-clock@0.2.12": ::wasi::clocks::monotonic_clock,
        "wasi:clocks/wall-clock@0.2.12": ::wasi::clocks::wall_clock,
        "wasi:http/outgoing-handler@0.2.12": ::wasi::http::outgoing_handler,
        "wasi:http/types@0.2.12": ::wasi::http::types,
        "wasi:io/error@0.2.12": ::wasi::io::error,
        "wasi:io/poll@0.2.12": ::wasi::io::poll,
        "wasi:io/streams@0.2.12": ::wasi::io::streams,
        "wasi:random/random@0.2.12": ::wasi::random::random,
    },
    generate_all,
});

/// Made for WebAssembly: a fifth of the time in the component, where the standard library's took a quarter.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Connector;

export!(Connector);
