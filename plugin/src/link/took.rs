//! What came of writes, and how a link forgets it.

use crate::link::brake::Side;
use crate::link::fingerprint::Fingerprint;
use crate::link::links::{Base, Link};
use crate::link::otherwise::{StoredOtherwise, UnderWay};
use crate::relation::Instant;

impl StoredOtherwise {
    /// The base that goes with it: neither side moves by itself.
    pub fn base(self) -> Base {
        match self.by {
            Side::Tribe => Base { ac: self.sent, tribe: self.stored },
            Side::AdvocaatCentraal => Base { ac: self.stored, tribe: self.sent },
        }
    }
}

impl Link {
    /// What a write to a slot came to: the new base, and whether that side stores another value than it was sent. Tells
    /// whether it does.
    pub fn took(&mut self, slot: &str, by: Side, base: Base) -> bool {
        self.bases.insert(slot.to_owned(), base);
        self.under_way.remove(slot);
        let (sent, stored) = match by {
            Side::Tribe => (base.ac, base.tribe),
            Side::AdvocaatCentraal => (base.tribe, base.ac),
        };
        if sent == stored {
            self.otherwise.remove(slot);
            return false;
        }
        self.otherwise.insert(slot.to_owned(), StoredOtherwise { by, sent, stored });
        true
    }

    /// Tribe took a write, and what it stores cannot be read. Both sides agree on what was sent, for now; the next reading
    /// that can be read tells what became of it.
    pub fn took_unseen(&mut self, slot: &str, sent: Fingerprint, at: Instant) {
        let before = Fingerprint::EMPTY;
        let unknown = UnderWay { to: Side::Tribe, sent, before, at, accepted: false, is_of_create: false };
        self.under_way.entry(slot.to_owned()).or_insert(unknown);
        self.sent.remove(slot);
        self.bases.insert(slot.to_owned(), Base { ac: sent, tribe: sent });
    }

    /// Tribe took a new record, and what it stores in that slot cannot be read: as [`Link::took_unseen`].
    pub fn made_unseen(&mut self, slot: &str, sent: Fingerprint, at: Instant) {
        self.took_unseen(slot, sent, at);
        if let Some(under_way) = self.under_way.get_mut(slot) {
            under_way.is_of_create = true;
        }
    }

    /// What went along with a new record was never seen to stand there.
    pub fn was_never_seen(&mut self, slot: &str, sent: Fingerprint) {
        self.under_way.remove(slot);
        self.bases.remove(slot);
        self.sent.insert(slot.to_owned(), Base { ac: sent, tribe: sent });
    }

    /// Forgets what is no longer so: another base tells that either side changed since.
    pub fn forget_what_is_not_otherwise(&mut self) {
        let bases = &self.bases;
        self.otherwise.retain(|slot, otherwise| bases.get(slot) == Some(&otherwise.base()));
    }

    /// Whether a slot holds what a system stored in place of what the other side still says: sent once more, that is no
    /// loss.
    pub fn is_sent_again(&self, slot: &str, ac: Option<Fingerprint>, tribe: Option<Fingerprint>) -> bool {
        let said = |otherwise: &StoredOtherwise| Some(otherwise.base()) == base_of(ac, tribe);
        self.otherwise.get(slot).is_some_and(said)
    }

    /// What was refused or stored otherwise may be sent again; tells whether anything was. The side that stores another
    /// value is taken to have agreed to that, so that the other one has moved. What stands there instead is remembered
    /// until then: it is no loss.
    pub fn ask_again(&mut self) -> bool {
        self.forget_what_is_not_otherwise();
        let is_any = !self.refused.is_empty() || !self.otherwise.is_empty();
        self.refused.clear();
        for (slot, StoredOtherwise { stored, .. }) in &self.otherwise {
            self.bases.insert(slot.clone(), Base { ac: *stored, tribe: *stored });
        }
        is_any
    }
}

fn base_of(ac: Option<Fingerprint>, tribe: Option<Fingerprint>) -> Option<Base> {
    Some(Base { ac: ac?, tribe: tribe? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Fingerprint = Fingerprint::sample(1);
    const STORED: Fingerprint = Fingerprint::sample(2);

    #[test]
    fn what_is_stored_otherwise_is_forgotten_as_soon_as_either_side_agrees_on_something_else() {
        for (by, base) in [
            (Side::Tribe, Base { ac: SENT, tribe: STORED }),
            (Side::AdvocaatCentraal, Base { ac: STORED, tribe: SENT }),
        ] {
            let mut link = Link::default();
            assert!(link.took("slot", by, base));
            link.forget_what_is_not_otherwise();
            assert_eq!(link.otherwise.get("slot"), Some(&StoredOtherwise { by, sent: SENT, stored: STORED }));
            link.bases.insert("slot".to_owned(), Base { ac: SENT, tribe: SENT });
            link.forget_what_is_not_otherwise();
            assert!(link.otherwise.is_empty());
        }
    }

    #[test]
    fn a_value_that_is_stored_as_it_was_sent_is_no_difference() {
        let mut link = Link::default();
        link.took("slot", Side::Tribe, Base { ac: SENT, tribe: STORED });
        assert!(!link.took("slot", Side::Tribe, Base { ac: SENT, tribe: SENT }));
        assert!(link.otherwise.is_empty());
    }

    #[test]
    fn asked_again_the_sent_value_counts_as_moved() {
        let mut link = Link::default();
        link.took("slot", Side::Tribe, Base { ac: SENT, tribe: STORED });
        assert!(link.ask_again());
        assert_eq!(link.bases.get("slot"), Some(&Base { ac: STORED, tribe: STORED }));
        assert!(link.is_sent_again("slot", Some(SENT), Some(STORED)));
        assert!(!link.is_sent_again("slot", Some(SENT), Some(SENT)));
        assert!(!link.ask_again() && link.otherwise.is_empty());
    }
}
