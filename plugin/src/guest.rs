//! tmp
wit_bindgen::generate!({
    path: ["../wit"],
    world: "advocaatcentraal:tribe-sync/connector",
    with: {
        "wasi:clocks/wall-clock@0.2.12": ::wasi::clocks::wall_clock,
        "wasi:clocks/monotonic-clock@0.2.12": ::wasi::clocks::monotonic_clock,
        "wasi:random/random@0.2.12": ::wasi::random::random,
        "wasi:http/outgoing-handler@0.2.12": ::wasi::http::outgoing_handler,
        "wasi:http/types@0.2.12": ::wasi::http::types,
        "wasi:io/poll@0.2.12": ::wasi::io::poll,
        "wasi:io/error@0.2.12": ::wasi::io::error,
        "wasi:io/streams@0.2.12": ::wasi::io::streams,
    },
    generate_all,
});
