//! What a run does.

use crate::component::{Change, Which};

/// What a run does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Takes every relation to Tribe.
    InitialSync,
    /// One cycle of the periodic sync.
    Poll,
    /// Compares every linked record.
    Sweep,
    /// Lets through what a brake holds back, by its id; without one, what all of them do.
    ReleaseBrake(Option<String>),
    /// Gives these values back; `even_if_moved`: also where something else was written since.
    Undo {
        /// Which.
        which: Which,
        /// Whatever was written since.
        even_if_moved: bool,
    },
    /// Takes these edits to AdvocaatCentraal.
    Push(Vec<Change>),
}

impl Work {
    /// The names of all works.
    pub const NAMES: [&'static str; 7] =
        ["initial-sync", "poll", "sweep", "release-brake", "take-back", "undo", "push"];

    /// Whether it is what an office gets by itself: none of it is done for one that is paused or deactivated. What is given
    /// back or let through is asked for by a person, who may have paused the office for that.
    pub fn goes_by_itself(&self) -> bool {
        match self {
            Self::InitialSync | Self::Poll | Self::Sweep | Self::Push(_) => true,
            Self::ReleaseBrake(_) | Self::Undo { .. } => false,
        }
    }

    /// Its name in the history and in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InitialSync => "initial-sync",
            Self::Poll => "poll",
            Self::Sweep => "sweep",
            Self::ReleaseBrake(_) => "release-brake",
            Self::Undo { which: Which::OfBrake(_), .. } => "take-back",
            Self::Undo { .. } => "undo",
            Self::Push(_) => "push",
        }
    }
}
