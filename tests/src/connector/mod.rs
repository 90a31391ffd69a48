//! The connector's exports as a host calls them, for both builds.

mod native;

use advocaatcentraal_tribe::link::{Absence, DeadLetter, Kept, KeptId, Subject};
use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::setup::{AcType, Finding, Probed, TribeType};
use advocaatcentraal_tribe::sync::differences::Differences;
use advocaatcentraal_tribe::sync::preview::Preview;
use advocaatcentraal_tribe::sync::records::{Explanation, RecordId, Which};
use advocaatcentraal_tribe::sync::{Budget, Outcome, Stop, Stopped, Trial, WhichLetters};

use crate::World;
use crate::component::Component;
use native::Native;

/// Which build of the connector runs in a world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The crate, linked into the test.
    #[default]
    Native,
    /// The compiled component, in wasmtime.
    Component,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Native, Self::Component];

    /// Its name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Component => "component",
        }
    }

    /// The connector in that build.
    pub fn connector(self) -> &'static dyn Connector {
        match self {
            Self::Native => &Native,
            Self::Component => &Component,
        }
    }
}

/// The exports of `wit/connector.wit`, on a world. Each is one call; its state is in the world's store.
///
/// When the world's faults end the process, the answer means nothing; [`Faults::is_dead`](crate::faults::Faults) tells.
#[expect(missing_docs, reason = "each is described in the contract")]
pub trait Connector {
    fn initial_sync(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped>;
    fn poll(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped>;
    fn sweep(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped>;
    fn on_tribe_change(
        &self,
        world: &World,
        changes: &[TribeId],
        budget: Budget,
    ) -> Result<(Outcome, Vec<TribeId>), Stopped>;
    fn explain(&self, world: &World, id: &RecordId) -> Result<Explanation, Stop>;
    fn resync(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped>;
    fn make_anew(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped>;
    fn retry_letters(&self, world: &World, which: &WhichLetters, budget: Budget) -> Result<Outcome, Stopped>;
    fn forget(&self, world: &World, id: &RecordId) -> Result<(), Stop>;
    fn undo(&self, world: &World, which: &Which, even_if_moved: bool, budget: Budget) -> Result<Outcome, Stopped>;
    fn release_brake(&self, world: &World, brake: Option<u64>, budget: Budget) -> Result<Outcome, Stopped>;
    fn dead_letters(&self, world: &World) -> Result<Vec<(Subject, DeadLetter)>, Stop>;
    fn not_shown(&self, world: &World) -> Result<Vec<(Subject, Absence)>, Stop>;
    fn kept(&self, world: &World) -> Result<Vec<(KeptId, Kept)>, Stop>;
    fn consent(&self, world: &World, code: &str, redirect_uri: &str) -> Result<(), Stop>;
    fn check(&self, world: &World) -> Result<Vec<Finding>, Stop>;
    fn relation_types(&self, world: &World) -> Result<(Vec<AcType>, Vec<TribeType>), Stop>;
    fn preview(&self, world: &World, budget: Budget) -> Result<Preview, Stop>;
    fn probe(&self, world: &World) -> Result<Vec<Probed>, Stop>;
    fn try_dialect(&self, world: &World, id: &RecordId, even_if_changed: bool) -> Result<Trial, Stop>;
    fn differences(&self, world: &World, after: Option<&str>, budget: Budget) -> Result<Differences, Stop>;
}
