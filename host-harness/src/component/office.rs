//! What one call gets of the host: an office's settings, its keys, and its egress.

use std::fmt;
use std::sync::Arc;

use koppeling_egress::OfficeEgress;

use crate::settings::{Config, OfficeNumber};
use crate::store::{Lease, Store};

/// The keys that a call may use.
#[derive(Clone)]
pub enum Keys {
    /// None: for a call that needs the settings only.
    None,
    /// One office's, for as long as the lease holds.
    Leased(Store, Lease),
    /// One office's, to read them only. A call that wants to write, or to change one of the systems, ends with
    /// [`super::CallError::NoLease`].
    Reading(Store, OfficeNumber),
}

/// What one call gets. Cheap to clone; it holds secrets and cannot be printed.
#[derive(Clone)]
pub struct CallContext {
    /// The office's settings, as `wasi:config` gives them.
    pub config: Arc<Config>,
    /// The office's keys.
    pub keys: Keys,
    /// The office's egress.
    pub egress: OfficeEgress,
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallContext")
    }
}
