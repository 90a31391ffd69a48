//! Runs the connector: one compiled component, a fresh instance for every call.
//!
//! The component is not trusted. It gets memory up to a limit, time up to a deadline, the hosts of one office's
//! settings, that office's keys under a lease, and nothing else: no files, no sockets, no environment. What traps is
//! thrown away. Nothing that a component writes on its standard error, and no text of a trap, is ever kept: only
//! the kind of a trap and the names of the functions it went through.

mod bucket;
mod call;
mod connector;
mod contract;
mod engine;
mod examine;
mod imports;
mod label;
mod limits;
mod load;
#[cfg(test)]
pub(crate) mod misbehaving;
mod office;
mod saved_first;
mod sending;
mod state;
mod unsaved;

pub use call::{CallError, TrapKind};
pub use connector::Connector;
pub use contract::latest::advocaatcentraal::tribe_sync::types::{
    Budget, Change, Counts, Error, Next, Note, Outage, Outcome, Pause, Progress, PushOutcome, RecordId, RecordKind,
    SettingProblem, Standing, Stopped, System, Text, Write, WriteResult,
};
pub use contract::latest::exports::advocaatcentraal::tribe_sync::differences::{Comparison, Difference};
pub use contract::latest::exports::advocaatcentraal::tribe_sync::records::{
    Absence, DeadLetter, Explanation, KeptValue, Link, Linked, LinksPage, Reason, Which,
};
pub use contract::latest::exports::advocaatcentraal::tribe_sync::setup::{
    ChangedMembers, Finding, PossibleDuplicate, PreviewReport, Probed, Relatietype, RelationTypeLists, Trial,
    TribeType, TypeCount, Verdict,
};
pub use contract::latest::exports::advocaatcentraal::tribe_sync::sync::{Brake, BrakeState, Instead};
pub use contract::latest::exports::advocaatcentraal::tribe_sync::webhook::{Refusal, Registrations};
pub use engine::Runtime;
pub use examine::{About, CONTRACT, NotLoadable, Version, examine};
pub use label::{Label, Package, PackageKind};
pub use limits::{Excess, Limits};
pub use load::{LoadError, Source};
pub use office::{CallContext, Keys};

#[cfg(test)]
#[path = "component_tests.rs"]
mod tests;

#[cfg(test)]
mod hostile_tests;
