//! What `wit/connector.wit` promises since version 0.1.0, as Rust. Generated; the WASI packages are those of wasmtime's own crates.

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
        "wasi:keyvalue/store.bucket": crate::component::bucket::Bucket,
    },
    trappable_error_type: {
        "wasi:keyvalue/store.error" => crate::component::bucket::BucketFault,
    },
});
