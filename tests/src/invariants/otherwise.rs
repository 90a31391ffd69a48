//! Fields that a system stores otherwise than it is sent: both sides may differ there, as long as the connector says so.

use advocaatcentraal_tribe::link::{Link, OfficeState, Subject};
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use sandbox::advocaatcentraal::List;
use sandbox::comparison::Difference;

use crate::World;
use crate::manual::{self, Field, InAc, Who};

/// Whether AC stores a field otherwise.
pub(crate) fn is_altered_in_ac(world: &World, field: &Field) -> bool {
    let (InAc::Own(member) | InAc::Koppeling(member) | InAc::Address(_, member)) = field.ac;
    world.ac.borrow().variants().altered.iter().any(|(of, _)| *of == member)
}

/// Whether Tribe stores a field otherwise.
pub(crate) fn is_altered_in_tribe(world: &World, field: &Field) -> bool {
    let tribe = world.tribe.borrow();
    field.tribe.iter().any(|(_, property)| tribe.character().altered.iter().any(|(of, _)| of == property))
}

/// Whether the connector tells that a system stores a field of a record otherwise: its link says so, and it has a dead
/// letter; or what became of the value does not show before its next reading.
pub(super) fn is_told(world: &World, who: &Who, field: &str) -> bool {
    let state = OfficeState::new(&world.store, "12345");
    let letters = state.dead_letters().unwrap_or_default();
    let subjects = match who.list {
        List::Relaties => {
            let id = RelatieId::new(&who.id);
            vec![Subject::Organisation(id.clone()), Subject::PrivatePerson(id)]
        }
        List::Contactpersonen => vec![Subject::ContactPerson(ContactpersoonId::new(&who.id))],
    };
    let is_of_field =
        |slot: &String| slot.strip_prefix(field).is_some_and(|rest| rest.is_empty() || !rest.starts_with('-'));
    subjects.iter().any(|subject| {
        let Link { otherwise, under_way, .. } = state.link(subject).unwrap_or_default();
        let is_named = otherwise.keys().any(is_of_field) && letters.0.contains_key(subject);
        is_named || under_way.keys().any(is_of_field)
    })
}

/// Whether a difference is one that a system makes by storing something else, and that the connector tells.
pub(super) fn explains(world: &World, difference: &Difference) -> bool {
    let (marker, address) = match difference.record.split_once(' ') {
        Some((marker, address)) => (marker, Some(if address == "prive" { "priveadres" } else { address })),
        None => (difference.record.as_str(), None),
    };
    let name = address.map_or(difference.field.to_owned(), |address| format!("{address}.{}", difference.field));
    let Some((who, _)) = Who::of_marker(marker) else { return false };
    let record = world.fields_in_ac(&who).unwrap_or_default();
    let field = manual::fields(&who, &record).into_iter().find(|field| field.name == name);
    let is_altered = field.is_some_and(|field| is_altered_in_ac(world, field) || is_altered_in_tribe(world, field));
    is_altered && is_told(world, &who, &name)
}
