//! What `wit/connector.wit` promises, as Rust. Generated.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "advocaatcentraal:tribe-sync/connector",
    imports: { default: trappable },
    with: {
        "wasi:io/poll.pollable": super::waiting::Pollable,
    },
});
