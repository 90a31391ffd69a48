//! What a probe tells of an assumption.

use super::super::errors::Answered;
use crate::answer::Failure;
use crate::wording::Probed;

/// What was found of an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number: `A4`.
    pub assumption: &'static str,
    /// What was found.
    pub what: What,
    /// The member of the dialect that it is about, as a JSON Pointer.
    pub at: Option<String>,
    /// What the server answered, where that is what is wrong.
    pub answered: Option<Answered>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// As the connector needs it.
    Holds(Probed),
    /// Not as assumed, or not as the dialect says.
    Differs(Probed),
    /// Not to be told by reading, or not from these records.
    Unknown(Probed),
    /// It was asked in vain.
    Failed(Failure),
}
