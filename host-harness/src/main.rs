//! `koppeling`: runs the connector between AdvocaatCentraal and Tribe CRM.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_harness::commands::main()
}
