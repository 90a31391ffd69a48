//! A host of your own, in sixty lines: `cargo run --example your_host -- COMPONENT.wasm SETTINGS.json`. It does the
//! initial sync. `docs/embedding.md` goes through it and says what a host must see to beyond this.

#![allow(unreachable_pub, reason = "the files are to be copied into a crate of one's own")]

mod host;
mod imports;

use std::{env, fs};

use koppeling_egress::Reach;

#[tokio::main]
async fn main() -> wasmtime::Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(component), Some(settings)) = (arguments.next(), arguments.next()) else {
        return Err(wasmtime::Error::msg("usage: your_host COMPONENT.wasm SETTINGS.json"));
    };
    // An object of texts: {"advocaatcentraal-url": "https://…", …}.
    let values = serde_json::from_slice(&fs::read(settings)?)?;
    let settings = imports::Settings { values: std::sync::Arc::new(values), reach: Reach::Internet };
    // Yours is behind a database: what stands here is gone at the end.
    host::sync(&fs::read(component)?, &settings, &imports::Keys::default()).await
}
