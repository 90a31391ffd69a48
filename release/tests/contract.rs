//! What was built keeps the contract, and the contract keeps its promises.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use compose::{Component, Effort, Workspace};
use release::contract::{Contract, ContractError};
use release::workspace;

/// In the target folder, where the host's build has compiled the same thing already.
fn component() -> Vec<u8> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    Workspace::at(workspace().to_owned(), target.join("component")).build(Component::Connector, Effort::Quick).unwrap()
}

#[test]
fn the_component_has_exactly_the_imports_of_its_world() {
    let contract = Contract::read(&workspace().join("wit")).unwrap();
    let component = component();
    contract.check(&component).unwrap();

    // Against a world that names one thing less, or one more, it fails.
    for (text, with, expected) in [
        ("import wasi:random/random@0.2.12;", "", "the component imports wasi:random/random@0.2.12"),
        (
            "import wasi:random/random@0.2.12;",
            "import wasi:random/random@0.2.12; import wasi:random/insecure@0.2.12;",
            "names wasi:random/insecure@0.2.12, which it does not import",
        ),
        ("done: u32,", "done: u64,", "does not fit its world"),
    ] {
        let error = contract_with(text, with).check(&component).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn the_contract_keeps_what_the_released_versions_promised() {
    Contract::keeps_its_promise(workspace()).unwrap();
}

#[test]
fn the_contract_itself_could_not_lose_a_function_unseen() {
    let contract = Contract::read(&workspace().join("wit")).unwrap();
    let without = contract_with("sweep: func(budget: budget) -> result<outcome, stopped>;", "");
    assert!(matches!(without.follows(&contract), Err(ContractError::Breaks { .. })));
    assert!(matches!(contract.follows(&without), Err(ContractError::SameNumber { .. })));
}

/// The contract with one passage changed.
fn contract_with(passage: &str, with: &str) -> Contract {
    let folder = tempfile::tempdir().unwrap();
    let wit = workspace().join("wit");
    std::fs::create_dir(folder.path().join("deps")).unwrap();
    let copy = |from: &Path, to: &Path| std::fs::copy(from, to).unwrap();
    for entry in std::fs::read_dir(wit.join("deps")).unwrap() {
        let path = entry.unwrap().path();
        copy(&path, &folder.path().join("deps").join(path.file_name().unwrap()));
    }
    copy(&wit.join("drafts.wit"), &folder.path().join("drafts.wit"));
    let text = std::fs::read_to_string(wit.join("connector.wit")).unwrap();
    assert!(text.contains(passage), "{passage}");
    std::fs::write(folder.path().join("connector.wit"), text.replace(passage, with)).unwrap();
    Contract::read(folder.path()).unwrap()
}
