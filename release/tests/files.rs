//! The files of a release, made from this workspace, read as others read them. Needs Node 20 with npm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use release::files::{Files, MOST_BYTES, MOST_BYTES_COMPRESSED, SUMS};
use release::names::function_names;
use release::workspace;
use serde_json::Value;
use wasmparser::{Parser, Payload};

/// In the target folder, where the host's build has compiled the same thing already.
fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        Files::make(workspace(), &target.join("component")).unwrap()
    })
}

fn component() -> &'static [u8] {
    files().component().unwrap()
}

fn section(name: &str) -> Vec<u8> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component()) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == name => return section.data().to_vec(),
            _ => {}
        }
    }
    panic!("there is no section {name}");
}

fn bill() -> Value {
    let (_, bytes) = files().iter().find(|(name, _)| name.ends_with(".cdx.json")).unwrap();
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_component_is_not_larger_than_a_host_should_compile() {
    let size = component().len();
    assert!(size <= MOST_BYTES, "{size} bytes");
    let mut compressed = flate2::read::GzEncoder::new(component(), flate2::Compression::best());
    let size = compressed.read_to_end(&mut Vec::new()).unwrap();
    assert!(size <= MOST_BYTES_COMPRESSED, "{size} bytes with gzip");
}

#[test]
fn nothing_of_the_builders_folders_stands_in_a_file() {
    let home = std::env::home_dir().unwrap();
    let workspace = workspace().canonicalize().unwrap();
    for (name, bytes) in files().iter() {
        for folder in [home.join(".cargo"), home.join(".rustup"), workspace.clone()] {
            let folder = folder.to_str().unwrap().as_bytes();
            assert!(!bytes.windows(folder.len()).any(|bytes| bytes == folder), "{name} names {folder:?}");
        }
    }
}

#[test]
fn every_function_has_a_name_that_a_person_reads() {
    let names = function_names(component()).unwrap();
    for wanted in ["sync::batch::sync", "sync::walk::walk", "advocaatcentraal:tribe-sync/sync@0.1.0#poll"] {
        assert!(names.iter().any(|name| name == wanted), "{wanted}");
    }
    let raw = names.iter().find(|name| name.starts_with("_ZN") || name.starts_with("_R"));
    assert_eq!(raw, None);
}

#[test]
fn it_says_what_it_is() {
    let text = |name| String::from_utf8(section(name)).unwrap();
    assert_eq!(text("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(text("licenses"), "Apache-2.0");
    assert!(text("description").contains("Tribe CRM"));
    let revision = text("revision");
    assert_eq!(revision.trim_end_matches('+').len(), 40, "{revision}");
}

#[test]
fn the_dependencies_inside_are_read_as_cargo_auditable_writes_them() {
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(section(".dep-v0").as_slice()).read_to_string(&mut text).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    let kinds: BTreeMap<&str, Option<&str>> = list["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["kind"].as_str()))
        .collect();
    assert_eq!(kinds.get("quick-xml"), Some(&None), "runs in the component");
    assert_eq!(kinds.get("thiserror-impl"), Some(&Some("build")));
    assert!(!kinds.contains_key("proptest") && !kinds.contains_key("sandbox"), "{kinds:?}");
    let roots = list["packages"].as_array().unwrap().iter().filter(|package| package["root"] == true);
    assert_eq!(roots.map(|root| &root["name"]).collect::<Vec<_>>(), ["advocaatcentraal-tribe"]);
}

#[test]
fn the_bill_of_materials_names_the_same_packages_with_licence_and_sum() {
    let bill = bill();
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let components = bill["components"].as_array().unwrap();
    for component in components {
        let hash = component["hashes"][0]["content"].as_str().map_or(0, str::len);
        let is_published = component["purl"].as_str().is_some_and(|purl| purl.starts_with("pkg:cargo/"));
        assert_eq!((hash, is_published), if is_of_this_repository(component) { (0, false) } else { (64, true) });
        assert!(component["licenses"][0]["expression"].is_string(), "{component}");
    }
    assert_eq!(components.iter().filter(|component| is_of_this_repository(component)).count(), 1, "the dialect");
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(section(".dep-v0").as_slice()).read_to_string(&mut text).unwrap();
    let inside: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(components.len() + 1, inside["packages"].as_array().unwrap().len());
    assert_eq!(bill["dependencies"].as_array().unwrap().len(), components.len() + 1);
}

/// A package of this repository is told by the revision of the component, not by a sum.
fn is_of_this_repository(component: &Value) -> bool {
    component["name"] == "dialect"
}

#[test]
fn the_sums_are_those_of_the_written_files() {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    std::fs::create_dir(&dist).unwrap();
    std::fs::write(dist.join("left-over"), "").unwrap();
    files().write(&dist).unwrap();
    let mut written: Vec<PathBuf> = std::fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().path()).collect();
    written.sort();
    let sums = std::fs::read_to_string(dist.join(SUMS)).unwrap();
    assert_eq!(sums.lines().count() + 1, written.len(), "{written:?}");
    let bill = bill();
    let of_component = bill["metadata"]["component"]["hashes"][0]["content"].as_str().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(sums.contains(&format!("{of_component}  advocaatcentraal-tribe-{version}.wasm\n")), "{sums}");
    if let Ok(checked) = std::process::Command::new("sha256sum").args(["--check", SUMS]).current_dir(&dist).output() {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}
