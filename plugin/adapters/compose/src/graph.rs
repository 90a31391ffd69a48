//! Which component's exports answer which one's imports.

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};

use crate::{Adapters, ComposeError};

/// What a host calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// `wasi:http/incoming-handler`.
    Http,
    /// `wasi:cli/run`.
    Cron,
}

/// The connector with a store beneath it and that front before it.
///
/// # Errors
/// The parts do not fit together.
pub fn compose(front: Front, connector: &[u8], adapters: &Adapters) -> Result<Vec<u8>, ComposeError> {
    // From the inside out: what is plugged in is not looked at for imports again.
    let kept = plugged("connector", connector, "store", &adapters.store)?;
    match front {
        Front::Http => plugged("webhook", &adapters.webhook, "connector", &kept),
        Front::Cron => plugged("cron", &adapters.cron, "connector", &kept),
    }
}

/// The socket, with its imports answered by the plug where the plug has them.
fn plugged(
    socket_name: &'static str,
    socket: &[u8],
    plug_name: &'static str,
    plug_bytes: &[u8],
) -> Result<Vec<u8>, ComposeError> {
    let unfit = |part| move |reason: String| ComposeError::Unfit { part, reason };
    let mut graph = CompositionGraph::new();
    let mut register = |name, bytes: &[u8]| {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut());
        let package = package.map_err(|error| unfit(name)(error.to_string()))?;
        graph.register_package(package).map_err(|error| unfit(name)(error.to_string()))
    };
    let (socket, plugged_in) = (register(socket_name, socket)?, register(plug_name, plug_bytes)?);
    plug(&mut graph, vec![plugged_in], socket).map_err(|error| unfit(plug_name)(error.to_string()))?;
    graph.encode(EncodeOptions::default()).map_err(|error| unfit(plug_name)(error.to_string()))
}
