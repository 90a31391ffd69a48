//! All that the stand-in for Tribe holds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::character::{Character, Tenant};
use super::delivery::{Delivery, Webhook};
use super::guid::Guid;
use super::limits::Quota;
use super::store::Store;
use super::tokens::Tokens;
use crate::Instant;
use crate::counters::Counters;

/// Tribe CRM, for one tenant.
pub struct Tribe {
    pub(super) tenant: Tenant,
    pub(super) character: Character,
    pub(super) store: Store,
    pub(super) tokens: Tokens,
    pub(super) quota: Quota,
    pub(super) webhooks: Vec<Webhook>,
    pub(super) deliveries: Vec<Delivery>,
    /// What the server will do by itself: when, and to which address.
    pub(super) follow_ups: VecDeque<(Instant, Guid)>,
    pub(super) deleted_by_users: BTreeSet<String>,
    /// When a user last took the address out of a slot, by owner and slot.
    pub(super) emptied_slots: BTreeMap<(Guid, String), Instant>,
    pub(super) own_organisation: Guid,
    pub(super) current_employee: Guid,
    pub(super) metadata: Arc<str>,
    pub(super) random: fastrand::Rng,
    pub(super) counters: Counters,
    pub(super) reads: u64,
}

/// Every record of a tenant at some time.
pub struct Records(Store);

impl Tribe {
    /// Another tenant with the records of this one, which both share until either changes them: thousands of tenants fit in
    /// one process so. Its seed is to be another one, or new records would get the ids of old ones.
    #[must_use]
    pub fn another(&self, tenant: Tenant) -> Self {
        Self {
            character: self.character.clone(),
            store: self.store.clone(),
            tokens: Tokens::default(),
            quota: Quota::default(),
            webhooks: Vec::new(),
            deliveries: Vec::new(),
            follow_ups: VecDeque::new(),
            deleted_by_users: self.deleted_by_users.clone(),
            emptied_slots: self.emptied_slots.clone(),
            own_organisation: self.own_organisation,
            current_employee: self.current_employee,
            metadata: Arc::clone(&self.metadata),
            random: fastrand::Rng::with_seed(tenant.seed),
            counters: Counters::default(),
            reads: 0,
            tenant,
        }
    }

    /// What was called so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Starts counting anew.
    pub fn reset_counters(&mut self) {
        self.counters = Counters::default();
    }

    /// Writes through the API since the counter stood so high: `let before = tribe.counters().writes();`.
    pub fn writes_since(&self, before: u64) -> u64 {
        self.counters.writes().saturating_sub(before)
    }

    /// The tenant and its API client.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The character.
    pub fn character(&self) -> &Character {
        &self.character
    }

    /// The character, to change while it runs. What shapes the schema (types, fields, the name of the function
    /// property, genders) is read only when a tenant is made.
    pub fn character_mut(&mut self) -> &mut Character {
        &mut self.character
    }

    /// A copy of every record, as a backup of the environment holds it.
    pub fn copy(&self) -> Records {
        Records(self.store.clone())
    }

    /// Puts an environment back to a copy that was made of it: records of today are gone, those of then stand as they
    /// stood, under their stamps of then.
    pub fn put_back(&mut self, copy: Records) {
        self.store = copy.0;
    }

    pub(super) fn new_guid(&mut self) -> Guid {
        Guid::from_random(self.random.u128(..))
    }
}
