//! What `wit/connector.wit` promises, as Rust. Generated; the WASI packages are those of wasmtime's own crates.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "advocaatcentraal:tribe-sync/connector",
    imports: { default: async | trappable },
    exports: { default: async },
    require_store_data_send: true,
    additional_derives: [PartialEq, Eq],
    with: {
        "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
        "wasi:http": wasmtime_wasi_http::p2::bindings::http,
        "wasi:io": wasmtime_wasi::p2::bindings::io,
        "wasi:random": wasmtime_wasi::p2::bindings::random,
        "wasi:keyvalue/store.bucket": super::imports::Bucket,
    },
    trappable_error_type: {
        "wasi:keyvalue/store.error" => super::imports::BucketFault,
    },
});
