//! Connectors that behave badly, one per way to do so. Made from the contract itself, so that none can be forgotten
//! when the contract changes: every export of the world is there, and does the same wrong thing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const WORLD: &str = "advocaatcentraal:tribe-sync/connector";

/// What every function of a connector does.
#[derive(Clone, Copy)]
pub(crate) enum Behaviour {
    /// Panics.
    Panics,
    /// Computes for ever.
    Loops,
    /// Takes all the memory that it gets, and then some.
    Hogs,
    /// Calls itself for ever.
    Recurses,
}

impl Behaviour {
    /// The body of a function; it calls nothing but itself.
    fn body(self) -> &'static str {
        match self {
            Self::Panics => "unreachable",
            Self::Loops => "(loop (br 0)) unreachable",
            Self::Hogs => "(loop (drop (memory.grow (i32.const 16))) (br 0)) unreachable",
            Self::Recurses => "call $recurse unreachable",
        }
    }
}

/// A connector of this contract that behaves so.
pub(crate) fn connector(behaviour: Behaviour) -> Vec<u8> {
    build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit"), WORLD, behaviour)
}

/// A connector of another version of the contract.
pub(crate) fn connector_of(version: &str) -> Vec<u8> {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("deps")).unwrap();
    for folder in ["", "deps"] {
        for entry in std::fs::read_dir(wit.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wit") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text
                    .replace("advocaatcentraal:tribe-sync@0.1.0", &format!("advocaatcentraal:tribe-sync@{version}"));
                std::fs::write(copy.path().join(folder).join(path.file_name().unwrap()), text).unwrap();
            }
        }
    }
    build(copy.path(), WORLD, Behaviour::Panics)
}

/// A component of a world that has nothing to do with ours.
pub(crate) fn another_world() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let text = "package voorbeeld:other; world other { export run: func(); }";
    std::fs::write(folder.path().join("other.wit"), text).unwrap();
    build(folder.path(), "voorbeeld:other/other", Behaviour::Panics)
}

/// A core module.
pub(crate) fn core_module() -> Vec<u8> {
    wat::parse_str("(module (func (export \"run\")))").unwrap()
}

fn build(wit: &Path, world: &str, behaviour: Behaviour) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let dummy = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    // Every body of the dummy is `unreachable`.
    let text = wasmprinter::print_bytes(&dummy).unwrap();
    assert!(text.contains("unreachable"), "the dummy has bodies");
    let mut text = text.replace("unreachable", behaviour.body());
    if matches!(behaviour, Behaviour::Recurses) {
        let end = text.rfind(')').unwrap();
        text.insert_str(end, "(func $recurse call $recurse)");
    }
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}
