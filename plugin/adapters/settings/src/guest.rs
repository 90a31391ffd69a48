//! The export: the file's settings before the host's.

use std::collections::BTreeMap;
use std::{fs, io, panic};

use bindings::exports::wasi::config::store::{Error, Guest};
use bindings::wasi::config::store as host;

use crate::file;

/// Where the host puts the file: `wasmtime … --dir some-folder::/settings`. Read at each call, so that a change counts
/// from the next on.
const FILE: &str = "/settings/settings.json";

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package advocaatcentraal:tribe-adapters;

            world settings {
                import wasi:config/store@0.2.0-rc.1;
                export wasi:config/store@0.2.0-rc.1;
            }
        ",
        generate_all,
    });
}

struct Adapter;

bindings::export!(Adapter with_types_in bindings);

impl Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, Error> {
        match of_file()?.remove(&key) {
            Some(value) => Ok(Some(value)),
            None => host::get(&key).map_err(of_host),
        }
    }

    fn get_all() -> Result<Vec<(String, String)>, Error> {
        let mut all: BTreeMap<String, String> = host::get_all().map_err(of_host)?.into_iter().collect();
        all.extend(of_file()?);
        Ok(all.into_iter().collect())
    }
}

/// None of them where there is no file.
fn of_file() -> Result<BTreeMap<String, String>, Error> {
    // A panic is a trap without words, which might hold a secret.
    panic::set_hook(Box::new(|_| {}));
    match fs::read(FILE) {
        Ok(text) => file::read(&text).map_err(|problem| Error::Upstream(problem.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(Error::Io(format!("{FILE} cannot be read ({})", error.kind()))),
    }
}

fn of_host(error: host::Error) -> Error {
    match error {
        host::Error::Upstream(text) => Error::Upstream(text),
        host::Error::Io(text) => Error::Io(text),
    }
}
