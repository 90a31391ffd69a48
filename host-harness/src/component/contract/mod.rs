//! The versions of the contract that this host drives, one module for each that differs.
//!
//! The rest of the host knows `latest` alone. A connector of a later version of the same major (below 1.0.0: the same
//! minor) is driven as one of `latest`: what it can do beyond that is not asked. When the contract itself moves on, the
//! WIT of this module's version is the copy in `wit/released/`, a new module becomes `latest`, and this one converts to
//! it: every released version stays loadable.

pub(super) mod since_v0_1_0;

pub(super) use since_v0_1_0 as latest;
