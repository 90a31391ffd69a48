#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const FIRST: &str = "interface sync { record report { read: u32 } poll: func() -> report; sweep: func(); }\n\
                     world connector { import clock: interface { now: func() -> u64; } export sync; }";

/// A contract of that number and text.
fn contract(version: &str, text: &str) -> Contract {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("package voorbeeld:sync@{version};\n{text}");
    fs::write(folder.path().join("connector.wit"), text).unwrap();
    Contract::read(folder.path()).unwrap()
}

fn verdict(version: &str, text: &str) -> Result<(), ContractError> {
    contract(version, text).follows(&contract("0.1.0", FIRST))
}

#[test]
fn what_is_the_same_may_keep_its_number() {
    verdict("0.1.0", FIRST).unwrap();
    verdict("0.1.0", &FIRST.replace("poll:", "/// One cycle.\npoll:")).unwrap();
    verdict("0.1.1", FIRST).unwrap();
    assert!(matches!(verdict("0.0.9", FIRST), Err(ContractError::SameNumber { .. })));
}

#[test]
fn what_was_added_needs_a_new_number() {
    let added = FIRST.replace("sweep: func();", "sweep: func(); resume: func();");
    assert!(matches!(verdict("0.1.0", &added), Err(ContractError::SameNumber { .. })));
    verdict("0.1.1", &added).unwrap();
    let interface =
        "interface more { go: func(); }\n".to_owned() + &FIRST.replace("export sync;", "export sync; export more;");
    assert!(matches!(verdict("0.1.0", &interface), Err(ContractError::SameNumber { .. })));
    verdict("0.1.1", &interface).unwrap();
}

#[test]
fn what_was_removed_or_changed_needs_the_number_that_breaks() {
    for (what, broken) in [
        ("a function removed", FIRST.replace("sweep: func();", "")),
        ("an export removed", FIRST.replace("export sync;", "")),
        ("a function renamed", FIRST.replace("sweep", "sweep-all")),
        ("an argument added", FIRST.replace("sweep: func()", "sweep: func(all: u32)")),
        ("a field added", FIRST.replace("read: u32", "read: u32, created: u32")),
        ("a field's type changed", FIRST.replace("read: u32", "read: u64")),
        ("an import added", FIRST.replace("export sync;", "export sync; import more: interface { go: func(); }")),
        ("an import changed", FIRST.replace("-> u64", "-> u32")),
    ] {
        for version in ["0.1.0", "0.1.9", "0.0.1"] {
            let found = verdict(version, &broken);
            assert!(matches!(found, Err(ContractError::Breaks { .. })), "{what} in {version}: {found:?}");
            assert!(!found.unwrap_err().to_string().contains('\n'), "{what}");
        }
        verdict("0.2.0", &broken).unwrap();
        verdict("1.0.0", &broken).unwrap();
    }
}

#[test]
fn a_frozen_contract_reads_as_what_was_frozen_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let wit = folder.path().join("wit");
    fs::create_dir(&wit).unwrap();
    let put = |version: &str, text: &str| {
        fs::write(wit.join("connector.wit"), format!("package voorbeeld:sync@{version};\n{text}")).unwrap();
    };
    // Nothing is released yet: the contract may change and keep its number.
    for text in [FIRST.replace("sweep: func();", "").as_str(), FIRST] {
        put("0.1.0", text);
        Contract::keeps_its_promise(folder.path()).unwrap();
    }
    let frozen = freeze(folder.path()).unwrap();
    assert_eq!(frozen, wit.join("released/0.1.0"));
    assert_eq!(Contract::read(&wit).unwrap().since(&Contract::read(&frozen).unwrap()).unwrap(), Change::None);

    put("0.1.0", &FIRST.replace("sweep: func();", ""));
    assert!(Contract::keeps_its_promise(folder.path()).is_err());
    assert!(freeze(folder.path()).is_err());
    // The newest counts, by number and not by letter.
    put("0.10.0", &FIRST.replace("sweep: func();", ""));
    freeze(folder.path()).unwrap();
    put("0.10.0", FIRST);
    assert!(matches!(Contract::keeps_its_promise(folder.path()), Err(ContractError::SameNumber { .. })));
}
