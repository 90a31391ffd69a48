//! The connector's memory: which records belong together, what both sides last agreed on, how far each list was
//! read, and which records are dead letters.
//!
//! It holds ids, fingerprints, instants and codes. The one exception is a [`Kept`] value, and the tokens of Tribe's
//! login beside it; the host keeps everything encrypted at rest. Safety comes from the order of atomic
//! single-key writes, which `sync/` keeps: intent → create → owner → link, dead letter → cursor.

mod absence;
mod brake;
mod dead_letter;
mod fingerprint;
mod gaps;
mod kept;
mod keys;
mod links;
mod mapped;
mod otherwise;
mod progress;
mod rules;
mod state;
mod subject;
mod took;

pub use absence::{Absence, AbsenceBrake, Absences, Sureness};
pub use brake::{Brake, BrakeState, Braked, COUNTS_FOR, Column, Cycle, Holding, Losing, Loss, Side};
pub use dead_letter::{DeadLetter, DeadLetters};
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use gaps::{Gaps, GapsByList};
pub use kept::{KeepFor, Kept, KeptId, KeptSince, MOST_DAYS, Reason};
pub use links::{Apart, Base, Link, Part, PartState, Pause, RefusedBy, RefusedValue, ToldAddress, WhyApart, Written};
pub use mapped::{MappedTypes, Mapping};
pub use otherwise::{StoredOtherwise, UnderWay};
pub use progress::{Cursor, Handled, Position, Stream, Walk};
pub use rules::Rules;
pub use state::{CutOff, DeepInsert, EmptyMembers, FailedTrial, Header, OfficeState, StateError};
pub use subject::{Kind, Subject};
