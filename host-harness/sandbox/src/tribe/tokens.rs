//! The tokens of the login.

use std::collections::{BTreeMap, BTreeSet};

use crate::Instant;

/// Everything that was handed out, by what it was.
#[derive(Default)]
pub(super) struct Tokens {
    /// Access tokens: until when, and of which chain.
    pub(super) access: BTreeMap<String, (Instant, u64)>,
    /// Refresh tokens, spent ones too.
    pub(super) refresh: BTreeMap<String, Refresh>,
    /// Codes that were not exchanged yet: redirect URI and scope.
    pub(super) codes: BTreeMap<String, (String, String)>,
    /// Chains in which a spent refresh token came back.
    pub(super) dead: BTreeSet<u64>,
    pub(super) last_chain: u64,
}

pub(super) struct Refresh {
    pub(super) chain: u64,
    pub(super) scope: String,
    pub(super) state: Spent,
}

#[derive(PartialEq, Eq)]
pub(super) enum Spent {
    No,
    Yes,
}
