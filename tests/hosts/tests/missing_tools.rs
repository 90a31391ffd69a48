//! A host whose programs are missing is a failure, never passed over.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::process::Command;

fn without_programs(host: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreign-hosts"));
    command.arg(host).arg("--tools").arg(folder.path()).env("PATH", folder.path()).env("CARGO", "no-such-cargo");
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_host_whose_programs_are_missing_fails_and_names_them() {
    for (host, program) in [("wasmtime", "no-such-cargo"), ("node", "npm"), ("python", "python3")] {
        let (good, said) = without_programs(host);
        assert!(!good, "{said}");
        assert!(said.contains(&format!("{program} is missing; install it")), "{said}");
        assert!(said.contains(&format!("{host}: FAILED")), "{said}");
    }
}
