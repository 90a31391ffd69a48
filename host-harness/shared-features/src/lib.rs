//! Nothing but the list of dependencies and features in `Cargo.toml`.
