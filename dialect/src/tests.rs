#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn wrong(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
    change(&mut document);
    match Dialect::parse(&document.to_string()) {
        Ok(_) => panic!("it is taken"),
        Err(misfit) => misfit.to_string(),
    }
}

#[test]
fn the_examples_are_dialects() {
    for example in [PRACTICE, BOOKKEEPING, REGISTER, LEDGER] {
        assert_eq!(Dialect::parse(example).err(), None);
    }
}

#[test]
fn the_built_in_dialect_is_one() {
    assert_eq!(Dialect::parse(BUILT_IN).unwrap().name, BUILT_IN_NAME);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    assert_eq!(wrong(|d| d["dialect"] = 2.into()), "/dialect: here must stand 1: the only version of this format");
    assert_eq!(
        wrong(|d| d["server"]["kye"] = "bearer".into()),
        "/server: kye is not known here; known are key, headers"
    );
    assert_eq!(
        wrong(|d| d["relations"]["record"]["organisation"]["email"] = "/website".into()),
        "/relations/record/organisation/website: this stands where email stands"
    );
    assert_eq!(
        wrong(|d| d["relations"]["record"]["id"] = "/rows/0".into()),
        "/relations/record/id: here must stand a JSON Pointer: empty, or names that each follow a slash; it never counts rows"
    );
    assert_eq!(
        wrong(|d| d["relations"]["lists"][0]["paging"] = "curser".into()),
        "/relations/lists/0/paging: choose one of cursor, link, page, offset, none"
    );
}

#[test]
fn a_path_leads_nowhere_else() {
    for path in ["relaties", "//elsewhere.example/x", "https://elsewhere.example/x", "/../x", "/x?y=1", "/{key}", ""] {
        let told = wrong(|d| d["relations"]["lists"][0]["path"] = path.into());
        assert!(told.starts_with("/relations/lists/0/path: "), "{path}: {told}");
    }
}

#[cfg(feature = "describe")]
#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/dialect.schema.json");
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(kept == schema(), "print it anew: koppeling dialect schema > docs/dialect.schema.json");
}
