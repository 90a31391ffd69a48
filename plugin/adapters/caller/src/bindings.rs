//! What `wit/connector.wit` promises, as Rust. Generated.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

wit_bindgen::generate!({
    path: "../../../wit",
    inline: "
        package advocaatcentraal:tribe-adapters;

        world caller {
            import advocaatcentraal:tribe-sync/sync@0.1.0;
            import advocaatcentraal:tribe-sync/setup@0.1.0;
            import advocaatcentraal:tribe-sync/webhook@0.1.0;
            import wasi:config/store@0.2.0-rc.1;
        }
    ",
    generate_all,
});
