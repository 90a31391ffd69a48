//! What a run does.

use crate::component::Change;

/// What a run does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Takes every relation to Tribe.
    InitialSync,
    /// One cycle of the periodic sync.
    Poll,
    /// Compares every linked record.
    Sweep,
    /// Lets through what the brake holds back.
    ReleaseBrake,
    /// Takes these edits to AdvocaatCentraal.
    Push(Vec<Change>),
}

impl Work {
    /// Its name in the history and in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InitialSync => "initial-sync",
            Self::Poll => "poll",
            Self::Sweep => "sweep",
            Self::ReleaseBrake => "release-brake",
            Self::Push(_) => "push",
        }
    }
}
