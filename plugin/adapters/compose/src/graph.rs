//! Which component's exports answer which one's imports.

use std::collections::BTreeMap;

use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::{Adapters, ComposeError};

/// What a host calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// `wasi:http/incoming-handler`.
    Http,
    /// `wasi:cli/run`.
    Cron,
}

/// The connector with settings and a store beneath it and that front before it.
///
/// # Errors
/// The parts do not fit together.
pub fn compose(front: Front, connector: &[u8], adapters: &Adapters) -> Result<Vec<u8>, ComposeError> {
    let mut composition = Composition::default();
    composition.add("settings", &adapters.settings)?;
    composition.add("store", &adapters.store)?;
    composition.add("connector", connector)?;
    match front {
        Front::Http => composition.add("webhook", &adapters.webhook)?,
        Front::Cron => composition.add("cron", &adapters.cron)?,
    };
    composition.encode()
}

/// Components from the ground up: each asks those before it first, and the host for the rest.
#[derive(Default)]
struct Composition {
    graph: CompositionGraph,
    /// What the components so far answer, by the name of the interface.
    answers: BTreeMap<String, NodeId>,
    /// What the last of them exports.
    top: Vec<(String, NodeId)>,
}

impl Composition {
    fn add(&mut self, part: &'static str, bytes: &[u8]) -> Result<(), ComposeError> {
        let unfit = |reason: String| ComposeError::Unfit { part, reason };
        let graph = &mut self.graph;
        let package = Package::from_bytes(part, None, bytes.to_vec(), graph.types_mut());
        let package = package.map_err(|error| unfit(error.to_string()))?;
        let package = graph.register_package(package).map_err(|error| unfit(error.to_string()))?;
        let world = &graph.types()[graph[package].ty()];
        let imports: Vec<String> = world.imports.keys().cloned().collect();
        let exports: Vec<String> = world.exports.keys().cloned().collect();

        let instance = graph.instantiate(package);
        for import in imports {
            let fits = |name: &&String| **name == import || are_semver_compatible(name, &import);
            let Some(answer) = self.answers.keys().find(fits).and_then(|name| self.answers.get(name)) else { continue };
            let argued = graph.set_instantiation_argument(instance, &import, *answer);
            argued.map_err(|error| unfit(error.to_string()))?;
        }
        self.top.clear();
        for export in exports {
            let answer = graph.alias_instance_export(instance, &export).map_err(|error| unfit(error.to_string()))?;
            self.answers.insert(export.clone(), answer);
            self.top.push((export, answer));
        }
        Ok(())
    }

    /// The whole, with the exports of the part that was added last.
    fn encode(mut self) -> Result<Vec<u8>, ComposeError> {
        let unfit = |reason: String| ComposeError::Unfit { part: "the whole", reason };
        for (name, node) in self.top {
            self.graph.export(node, &name).map_err(|error| unfit(error.to_string()))?;
        }
        self.graph.encode(EncodeOptions::default()).map_err(|error| unfit(error.to_string()))
    }
}
