//! A host of your own, in forty lines: `cargo run --example your_host -- COMPONENT.wasm OFFICE.toml`. It does the
//! initial sync. `docs/embedding.md` goes through it and says what a host must see to beyond this.

#![allow(unreachable_pub, reason = "the files are to be copied into a crate of one's own")]

mod host;
mod imports;

use std::{env, fs};

use host_harness::settings::OfficeSettings;

#[tokio::main]
async fn main() -> wasmtime::Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(component), Some(office)) = (arguments.next(), arguments.next()) else {
        return Err(wasmtime::Error::msg("usage: your_host COMPONENT.wasm OFFICE.toml"));
    };
    let office = OfficeSettings::from_toml(&fs::read_to_string(office)?)?;
    // Yours is behind a database: what stands here is gone at the end.
    host::sync(&fs::read(component)?, &office, &imports::Keys::default()).await
}
