//! Connectors that behave badly, one per way to do so, and one that does nothing ([`hostile`] has what they do). Made from
//! the contract itself, so that none can be forgotten when the contract changes: every export of the world is there, and
//! does the same wrong thing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod hostile;

use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

pub(crate) use hostile::Hostile;

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
    /// Answers that there was nothing to do.
    Idles,
    /// Asks its host for too much.
    Asks(Hostile),
}

/// Where the memory of an idle connector holds nothing but zeros: an answer that is `ok`, empty and `done`.
const ZEROS: &str = "i32.const 1024";

impl Behaviour {
    /// The body of a function; it calls nothing but itself.
    fn body(self) -> &'static str {
        match self {
            Self::Panics => "unreachable",
            Self::Loops => "(loop (br 0)) unreachable",
            Self::Hogs => "(loop (drop (memory.grow (i32.const 16))) (br 0)) unreachable",
            Self::Recurses => "call $recurse unreachable",
            Self::Idles | Self::Asks(_) => ZEROS,
        }
    }
}

/// A connector of this contract that behaves so.
pub(crate) fn connector(behaviour: Behaviour) -> Vec<u8> {
    build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit"), WORLD, behaviour)
}

/// A connector of another version of the contract, otherwise the same.
pub(crate) fn connector_of(version: &str) -> Vec<u8> {
    changed(version, &[], Behaviour::Panics)
}

/// A connector of a version to come, that gives a function and an interface more than this contract asks.
pub(crate) fn connector_with_more(version: &str, behaviour: Behaviour) -> Vec<u8> {
    let more = [
        ("    sweep: func(", "    later: func(budget: budget) -> result<outcome, stopped>;\n    sweep: func("),
        ("    export sync;", "    export sync;\n    export later: interface { more: func() -> u32; }"),
    ];
    changed(version, &more, behaviour)
}

fn changed(version: &str, passages: &[(&str, &str)], behaviour: Behaviour) -> Vec<u8> {
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
                let text = passages.iter().fold(text, |text, (passage, with)| text.replace(passage, with));
                std::fs::write(copy.path().join(folder).join(path.file_name().unwrap()), text).unwrap();
            }
        }
    }
    build(copy.path(), WORLD, behaviour)
}

/// The versions of the contract that were released, as folders of WIT.
pub(crate) fn released() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/released");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

/// A connector of the contract in that folder.
pub(crate) fn connector_from(wit: &Path, behaviour: Behaviour) -> Vec<u8> {
    build(wit, WORLD, behaviour)
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
    let mut text = match behaviour {
        Behaviour::Idles => idle(&text),
        Behaviour::Asks(hostile) => hostile.asking(&text),
        _ => text.replace("unreachable", behaviour.body()),
    };
    if matches!(behaviour, Behaviour::Recurses) {
        let end = text.rfind(')').unwrap();
        text.insert_str(end, "(func $recurse call $recurse)");
    }
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

/// Bodies that give what their function promises, and a memory for it to lie in.
fn idle(text: &str) -> String {
    let mut promises = false;
    let lines = text.lines().map(|line| {
        if line.trim_start().starts_with("(func") {
            promises = line.contains("(result");
        }
        let line = line.replace("unreachable", if promises { ZEROS } else { "" });
        line.replace("(memory (;0;) 0)", "(memory (;0;) 1)") + "\n"
    });
    lines.collect()
}
