//! What both sides say of one record: the fingerprint of every synced field on either side.
//!
//! AC's half is taken when AC was read, Tribe's half when Tribe was read, each once for each reading. The planner, the
//! question whether anything moved, `explain` and the stored bases all look at these same fingerprints.

use std::rc::Rc;

use litemap::LiteMap;

use crate::link::{Fingerprint, FingerprintKey, Link, Rules, Subject, ToldAddress};
use crate::mapping::{
    AcField, AcRecord, CellView, FUNCTION_FIELD, FieldMapper, Place, Row, SlotView, TribeField, TribeSide,
    address_name, cells, stands_in_ac,
};
use crate::plan::{Direction, Taken};
use crate::relation::{AddressType, Presence, RelatieId, Unreadable};
use crate::set::Set;
use crate::settings::Settings;
use crate::sync::books::Books;
use crate::sync::closed::Closed;
use crate::sync::outcome::System;
use crate::tribe::{AddressSlot, Record, SinceMade};

/// How a record of AC's was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a row of a list: good for telling what changed.
    #[default]
    InList,
    /// By itself: with every field and its `ETag`, good for writing.
    Single,
}

/// One synced field of a record.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// Shared: each plan holds it.
    pub(super) cell: Rc<CellView>,
    pub(super) direction: Direction,
    /// What AC says; none if it says nothing.
    pub(super) ac: Option<Fingerprint>,
    /// AC says something that cannot be read (D9).
    pub(super) is_unreadable_in_ac: bool,
    /// Whether AC's record has what the field stands on: itself, the koppeling, or the address.
    pub(super) place: Place,
    /// Tribe's fields, in the order of the cell's slots.
    pub(super) tribe: Vec<InTribe>,
}

/// What Tribe says of one slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct InTribe {
    /// None if it says nothing.
    pub(super) says: Option<Fingerprint>,
    /// It says something that cannot be read (D9).
    pub(super) is_unreadable: bool,
    /// It holds a part of what AC has in one field, and so says nothing (D13).
    pub(super) is_split: bool,
    /// What the record that holds the field tells of the time since it was made.
    pub(super) since_made: SinceMade,
    /// It is of an address that both sides agreed on, and that Tribe has no more.
    pub(super) is_removed: bool,
    /// What a change of the settings makes of a difference.
    pub(super) taken: Taken,
}

impl Observed {
    /// The slots with what Tribe says of each.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&SlotView, InTribe)> {
        self.cell.slots.iter().zip(self.tribe.iter().copied())
    }

    /// The slot of Tribe's for the address that it is a part of.
    pub(super) fn address(&self) -> Option<AddressSlot> {
        match self.cell.row.tribe {
            [TribeField::Address(of, _), ..] => Some(*of),
            _ => None,
        }
    }
}

/// What both sides say of every synced field of one record.
#[derive(Clone, Debug, Default)]
pub(super) struct Observation {
    pub(super) fields: Vec<Observed>,
    /// How AC's half was read.
    pub(super) reading: Reading,
    /// Whether AC leaves empty members out of its single records.
    pub(super) leaves_out_empties: bool,
    /// Which side gets nothing for now.
    pub(super) closed: Closed,
    /// All that Tribe says of the address in a slot, where AC has none.
    pub(super) addresses: LiteMap<AddressSlot, Fingerprint>,
    /// The slot of Tribe's that holds the address of another.
    pub(super) shares: Option<AddressSlot>,
}

impl Observation {
    /// Whether AC says the same as when both sides last agreed, and every field has agreed once.
    pub(super) fn is_unchanged_in_ac(&self, link: &Link) -> bool {
        self.fields.iter().all(|field| {
            let Some(ac) = field.ac else { return !is_removed_in_ac(field, link) };
            field.slots().all(|(slot, _)| link.bases.get(&slot.key).is_some_and(|base| base.ac == ac))
        })
    }

    /// The slots of which Tribe says something.
    pub(super) fn readable_in_tribe(&self) -> Set<String> {
        let slots = self.fields.iter().flat_map(Observed::slots);
        slots.filter(|(_, tribe)| tribe.says.is_some()).map(|(slot, _)| slot.key.clone()).collect()
    }

    /// The slots of which Tribe says something that cannot be read.
    pub(super) fn unreadable_in_tribe(&self) -> impl Iterator<Item = &str> {
        let slots = self.fields.iter().flat_map(Observed::slots);
        slots.filter(|(_, tribe)| tribe.is_unreadable).map(|(slot, _)| slot.key.as_str())
    }

    /// What Tribe says of that slot; none if it says nothing.
    pub(super) fn tribe_says(&self, slot: &str) -> Option<Fingerprint> {
        let mut slots = self.fields.iter().flat_map(Observed::slots);
        slots.find(|(of, _)| of.key == slot).and_then(|(_, tribe)| tribe.says)
    }

    /// Whether Tribe says the same as when both sides last agreed, and every field has agreed once.
    pub(super) fn is_unchanged_in_tribe(&self, link: &Link) -> bool {
        self.fields.iter().flat_map(Observed::slots).all(|(slot, tribe)| {
            match (tribe.says, link.bases.get(&slot.key)) {
                (None, _) => true,
                (Some(now), Some(base)) => base.tribe == now,
                // Empty and never agreed on: there is nothing in Tribe to take anywhere.
                (Some(now), None) => now == Fingerprint::EMPTY,
            }
        })
    }

    /// The field of AC's that stands in several fields of Tribe's, if one does: neither goes over the other (D13).
    pub(super) fn split(&self) -> Option<&'static str> {
        let is_split = |field: &&Observed| field.tribe.iter().any(|tribe| tribe.is_split);
        self.fields.iter().find(is_split).map(|field| field.cell.row.name)
    }

    /// The slots for addresses of which a person should know.
    pub(super) fn told_addresses(&self) -> LiteMap<AddressSlot, ToldAddress> {
        let removed = self.fields.iter().filter(|field| field.tribe.iter().any(|tribe| tribe.is_removed));
        let removed = removed.filter_map(|field| Some((field.address()?, ToldAddress::Removed)));
        let shared = self.shares.map(|slot| (slot, ToldAddress::Shared));
        removed.chain(shared).collect()
    }

    /// Whether AC has the address that belongs in that slot.
    pub(super) fn stands_in_ac(&self, slot: AddressSlot) -> bool {
        let mut fields = self.fields.iter().filter(|field| field.address() == Some(slot));
        fields.any(|field| field.place == Place::Stands)
    }

    /// Tells the books which fields could be read, and which could not.
    pub(super) fn tell(&self, subject: &Subject, books: &mut Books) {
        for field in &self.fields {
            let mut tell = |system, is_unreadable, says: Option<Fingerprint>| match says {
                _ if is_unreadable => books.could_not_read(system, field.cell.row.name, subject),
                Some(says) if says != Fingerprint::EMPTY => books.could_read(system, field.cell.row.name),
                _ => {}
            };
            tell(System::AdvocaatCentraal, field.is_unreadable_in_ac, field.ac);
            field.tribe.iter().for_each(|tribe| tell(System::Tribe, tribe.is_unreadable, tribe.says));
        }
    }

    /// The fields of which either side now says something else than when both last agreed.
    pub(super) fn differing(&self, link: &Link) -> Vec<&'static str> {
        let mut differing = Vec::new();
        for field in &self.fields {
            let name = field.cell.row.name;
            let differs = field.slots().any(|(slot, tribe)| {
                let base = link.base(&slot.key);
                // What never agreed on anything and is empty has nothing to differ in.
                let moved = |now: Option<Fingerprint>, then: Option<Fingerprint>| {
                    now.is_some_and(|now| now != then.unwrap_or(Fingerprint::EMPTY))
                };
                moved(field.ac, base.map(|base| base.ac)) || moved(tribe.says, base.map(|base| base.tribe))
            });
            if differs && !differing.contains(&name) {
                differing.push(name);
            }
        }
        differing
    }
}

/// Takes fingerprints of what both sides say.
#[derive(Clone, Copy)]
pub(super) struct Observer<'a> {
    pub(super) mapper: FieldMapper<'a>,
    pub(super) key: &'a FingerprintKey,
    pub(super) settings: &'a Settings,
    pub(super) rules: &'a Rules,
    pub(super) leaves_out_empties: bool,
    pub(super) closed: Closed,
}

impl Observer<'_> {
    /// The synced fields of a record, of which neither side has said anything yet; for a contact person those at these
    /// organisations.
    pub(super) fn blank(&self, subject: &Subject, organisations: &[RelatieId]) -> Observation {
        let dialect = &self.settings.advocaatcentraal.dialect;
        let known = cells(subject, organisations).into_iter().filter(|cell| stands_in_ac(dialect, subject, cell.row));
        let fields = known.filter_map(|cell| {
            let direction = self.settings.direction(cell.row.name)?;
            let unseen = InTribe {
                says: None,
                is_unreadable: false,
                is_split: false,
                since_made: SinceMade::Unchanged,
                is_removed: false,
                taken: Taken::AsMoved,
            };
            let tribe = vec![unseen; cell.slots.len()];
            Some(Observed {
                cell: Rc::new(cell),
                direction,
                ac: None,
                is_unreadable_in_ac: false,
                place: Place::Nowhere,
                tribe,
            })
        });
        Observation { fields: fields.collect(), ..Observation::default() }
    }

    /// Takes what AC says into an observation.
    pub(super) fn see_ac(&self, observation: &mut Observation, ac: &AcRecord, reading: Reading) {
        observation.reading = reading;
        observation.leaves_out_empties = self.leaves_out_empties;
        observation.closed = self.closed;
        // Each type once: it takes the reading of every address.
        let mut places: LiteMap<AddressType, Place> = LiteMap::new();
        for field in &mut observation.fields {
            let said = self.mapper.ac_value(&field.cell, ac);
            field.ac = self.key.fingerprint(field.cell.row.name, &said);
            field.is_unreadable_in_ac = said == Presence::Unreadable;
            field.place = match field.cell.row.ac {
                AcField::Address(of, _) => *places.entry(of).or_insert_with(|| ac.place(&field.cell)),
                AcField::Own(_) | AcField::Functie | AcField::Doorkiesnummer => ac.place(&field.cell),
            };
        }
    }

    /// Takes what Tribe says into an observation.
    pub(super) fn see_tribe(&self, observation: &mut Observation, tribe: &TribeSide, link: &Link) {
        for field in &mut observation.fields {
            for (slot, seen) in field.cell.slots.iter().zip(&mut field.tribe) {
                let said = self.mapper.tribe_value(field.cell.row, slot, tribe, link);
                *seen = InTribe {
                    says: self.key.fingerprint(field.cell.row.name, &said),
                    is_unreadable: said == Presence::Unreadable,
                    is_split: self.mapper.is_split(field.cell.row, slot, tribe),
                    since_made: since_made(tribe, slot),
                    is_removed: self.mapper.is_removed(slot, tribe, link),
                    taken: self.taken(field.cell.row, slot, tribe, link),
                };
            }
        }
        observation.shares = tribe.shares;
        let with_room = observation.fields.iter().filter(|field| field.place == Place::Room);
        let slots: Set<AddressSlot> = with_room.filter_map(Observed::address).collect();
        let whole = slots.into_iter().filter_map(|slot| Some((slot, self.whole_address(&observation.fields, slot)?)));
        observation.addresses = whole.collect();
    }

    /// One fingerprint of all that Tribe says of the address in a slot.
    fn whole_address(&self, fields: &[Observed], slot: AddressSlot) -> Option<Fingerprint> {
        let mut all = String::new();
        for field in fields.iter().filter(|field| field.address() == Some(slot)) {
            all.extend(field.tribe.iter().filter_map(|tribe| tribe.says).map(|says| says.to_string()));
            all.push('/');
        }
        self.key.fingerprint(address_name(slot), &Presence::of(all))
    }

    /// What a change of the settings makes of a slot (D17).
    fn taken(&self, row: &Row, slot: &SlotView, tribe: &TribeSide, link: &Link) -> Taken {
        let is_read_anew = self.rules.read_anew.get(row.name).is_some_and(|change| link.read_as < *change);
        let changed_at = tribe.holder(slot).and_then(Record::changed_at);
        let since = self.rules.both_ways_since.get(row.name);
        let is_before = since.zip(changed_at).is_some_and(|(since, changed_at)| changed_at < *since);
        match (is_read_anew, is_before) {
            // Its place in Tribe is a setting too.
            (true, _) if row.name == FUNCTION_FIELD => Taken::BothAsAgreed,
            (true, _) => Taken::AcAsAgreed,
            (false, true) => Taken::TribeAsAgreed,
            (false, false) => Taken::AsMoved,
        }
    }

    /// A text as a value of a field.
    pub(super) fn text(&self, row: &Row, text: &str) -> Option<Fingerprint> {
        self.key.fingerprint(row.name, &self.mapper.text_value(row, text))
    }

    /// What AC says of one field.
    pub(super) fn ac(&self, cell: &CellView, ac: &AcRecord) -> Option<Fingerprint> {
        self.key.fingerprint(cell.row.name, &self.mapper.ac_value(cell, ac))
    }

    /// What Tribe says of one slot.
    pub(super) fn tribe(&self, row: &Row, slot: &SlotView, tribe: &TribeSide, link: &Link) -> Option<Fingerprint> {
        self.key.fingerprint(row.name, &self.mapper.tribe_value(row, slot, tribe, link))
    }

    /// As [`Observer::ac`], of AC's answer to a write: what it leaves out is empty; none if it cannot be read.
    pub(super) fn stored_in_ac(&self, cell: &CellView, ac: &AcRecord) -> Option<Fingerprint> {
        match self.mapper.ac_value(cell, ac) {
            Presence::Unreadable => None,
            said => Some(self.key.fingerprint(cell.row.name, &said).unwrap_or(Fingerprint::EMPTY)),
        }
    }

    /// As [`Observer::tribe`], of what Tribe holds after a write.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn stored_in_tribe(
        &self,
        row: &Row,
        slot: &SlotView,
        tribe: &TribeSide,
        link: &Link,
    ) -> Result<Option<Fingerprint>, Unreadable> {
        match self.mapper.tribe_value(row, slot, tribe, link) {
            Presence::Unreadable => Err(Unreadable),
            said => Ok(self.key.fingerprint(row.name, &said)),
        }
    }

    /// One fingerprint of all that AC says of a record: the same again would be refused again.
    pub(super) fn whole(
        &self,
        subject: &Subject,
        organisations: &[RelatieId],
        roles: &[String],
        ac: &AcRecord,
    ) -> Option<Fingerprint> {
        let mut all = roles.join("/");
        for at in organisations {
            all.push('@');
            all.push_str(at.as_str());
        }
        for cell in cells(subject, organisations) {
            all.extend(self.ac(&cell, ac).map(|fingerprint| fingerprint.to_string()));
            all.push('/');
        }
        self.key.fingerprint("record", &Presence::of(all))
    }
}

/// Whether AC tells that it has no more the address that a field is a part of.
pub(super) fn is_removed_in_ac(field: &Observed, link: &Link) -> bool {
    let mut bases = field.cell.slots.iter().filter_map(|slot| link.base(&slot.key));
    field.place == Place::Room && bases.any(|base| base.ac != Fingerprint::EMPTY)
}

/// What the record that holds a field tells of the time since it was made. One that is not seen is as it was made.
pub(super) fn since_made(tribe: &TribeSide, slot: &SlotView) -> SinceMade {
    tribe.holder(slot).map_or(SinceMade::Unchanged, Record::since_made)
}
