//! Why a call is refused. How that is said is each wire's own.

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Key,
    Office,
    Unknown,
    Deleted,
    Method,
    ChangedInBetween,
    Parameter(&'static str),
    /// A value, by the stored name of its field or the wire's name of its parameter.
    Field(&'static str),
    Body,
}
