//! Cursors and counters.

use std::collections::BTreeMap;

use advocaatcentraal_tribe::link::{OfficeState, Stream};
use advocaatcentraal_tribe::relation::Instant;
use advocaatcentraal_tribe::sync::{Outcome, System, WriteResult};

use super::otherwise::success_says_nothing;
use super::{Broken, Excuse, Invariant, broken};
use crate::World;

const STREAMS: [Stream; 6] = [
    Stream::Relaties,
    Stream::Contactpersonen,
    Stream::Organisations,
    Stream::Persons,
    Stream::Contacts,
    Stream::Addresses,
];

/// The cursors at the last check.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    cursors: BTreeMap<Stream, Instant>,
}

/// I9: a cursor only rises, and never past the server's clock. Faults do not strike this read of the store.
pub fn cursors_only_rise(world: &World, remembered: &mut Remembered) -> Option<Broken> {
    let state = OfficeState::new(&world.store, "12345");
    let now = world.now().as_millis();
    for stream in STREAMS {
        let Ok(cursor) = state.cursor(stream) else {
            return Some(broken(Invariant::I9, format!("the cursor of {} cannot be read", stream.name())));
        };
        let known = remembered.cursors.get(&stream).copied();
        if cursor.stamp < known {
            return Some(broken(Invariant::I9, format!("the cursor of {} went back", stream.name())));
        }
        let Some(stamp) = cursor.stamp else { continue };
        if stamp.as_millis() > now {
            return Some(broken(Invariant::I9, format!("the cursor of {} is ahead of the server", stream.name())));
        }
        remembered.cursors.insert(stream, stamp);
    }
    None
}

/// I10: what was read is the sum of what became of it.
pub fn counters_add_up(outcome: &Outcome) -> Option<Broken> {
    let counts = outcome.counts;
    let sum = counts.unchanged + counts.created + counts.updated + counts.dead_lettered + counts.skipped;
    (counts.read != sum).then(|| broken(Invariant::I10, format!("{counts:?}")))
}

/// I10: an outcome lists writes to a system if any was carried out there, and lists none as carried out if none was.
/// `before` and the world tell how many were.
pub fn writes_are_told(world: &World, before: (u64, u64), outcome: &Outcome) -> Option<Broken> {
    let now = world.writes();
    let systems = [(System::AdvocaatCentraal, before.0 != now.0), (System::Tribe, before.1 != now.1)];
    systems.into_iter().find_map(|(system, wrote)| {
        let told = || outcome.writes.iter().filter(|write| write.to == system);
        let is_taken = |result| matches!(result, WriteResult::Made | WriteResult::Taken);
        let is_told = if wrote { told().next().is_some() } else { !told().any(|write| is_taken(write.result)) };
        if !is_told && system == System::AdvocaatCentraal && success_says_nothing(world) {
            world.watch.excuse(Excuse::SuccessSaysNothing);
            return None;
        }
        (!is_told).then(|| broken(Invariant::I10, format!("wrote to {system:?}: {wrote}; {:?}", outcome.writes)))
    })
}
