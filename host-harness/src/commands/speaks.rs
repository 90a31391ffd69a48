//! As which kind of system the stand-in of AdvocaatCentraal speaks.

use clap::ValueEnum;

use super::stand_ins::Wire;

/// As which kind of system AdvocaatCentraal speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Speaks {
    /// As the connector assumes
    Assumed,
    /// As a practice system does
    Practice,
    /// As an accounting system does
    Bookkeeping,
    /// As a register of names and addresses does
    Register,
    /// As a ledger of debtors does
    Ledger,
}

impl Speaks {
    /// The API that the stand-in speaks then.
    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Assumed => Wire::Assumed,
            Self::Practice => Wire::Practice,
            Self::Bookkeeping => Wire::Bookkeeping,
            Self::Register => Wire::Register,
            Self::Ledger => Wire::Ledger,
        }
    }
}
