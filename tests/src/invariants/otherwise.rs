//! Fields that a system stores otherwise than it is sent: both sides may differ there, as long as the connector says so.

use advocaatcentraal_tribe::link::{Link, OfficeState, Subject};
use sandbox::advocaatcentraal::Wire;
use sandbox::comparison::Difference;

use crate::World;
use crate::faults::Kind;
use crate::manual::{self, Field, InAc, Who};

/// Whether AC stores a field otherwise.
pub(crate) fn is_altered_in_ac(world: &World, field: &Field) -> bool {
    let (InAc::Own(member) | InAc::Koppeling(member) | InAc::Address(_, member)) = field.ac;
    success_says_nothing(world) || world.ac.borrow().variants().altered.iter().any(|(of, _)| *of == member)
}

/// Whether a fault answered a success in AC's place, on a wire whose answers to writes say no more than that: nothing was
/// stored then.
pub(super) fn success_says_nothing(world: &World) -> bool {
    matches!(world.ac.borrow().wire(), Wire::Register | Wire::Ledger) && world.faults.count(Kind::Error200) > 0
}

/// Whether Tribe stores a field otherwise.
pub(crate) fn is_altered_in_tribe(world: &World, field: &Field) -> bool {
    let tribe = world.tribe.borrow();
    field.tribe.iter().any(|(_, property)| tribe.character().altered.iter().any(|(of, _)| of == property))
}

/// Whether the connector tells that a system stores a field of a record otherwise; or what became of the value does not
/// show before its next reading.
pub(super) fn is_told(world: &World, who: &Who, field: &str) -> bool {
    let state = OfficeState::new(&world.store, "12345");
    let is_under_way = |subject: &Subject| {
        let Link { under_way, .. } = state.link(subject).unwrap_or_default();
        under_way.keys().any(|slot| is_of_field(slot, field))
    };
    has_letter(world, who, field) || who.subjects().iter().any(is_under_way)
}

/// Whether the link of a record says that a system stores a field of it otherwise, and it has a dead letter.
fn has_letter(world: &World, who: &Who, field: &str) -> bool {
    let state = OfficeState::new(&world.store, "12345");
    let letters = state.dead_letters().unwrap_or_default();
    who.subjects().iter().any(|subject| {
        let Link { otherwise, .. } = state.link(subject).unwrap_or_default();
        otherwise.keys().any(|slot| is_of_field(slot, field)) && letters.0.contains_key(subject)
    })
}

fn is_of_field(slot: &str, field: &str) -> bool {
    slot.strip_prefix(field).is_some_and(|rest| rest.is_empty() || !rest.starts_with('-'))
}

/// Whether the connector tells that a part of an address is not in AC, whose one line for street and number would be
/// read otherwise. A new address is left out whole.
pub(super) fn is_not_in_one_line(world: &World, who: &Who, field: &Field) -> bool {
    let InAc::Address(_, part) = field.ac else { return false };
    let is_of_line = part == "straat" || part == "huisnummer";
    let (address, _) = field.name.rsplit_once('.').unwrap_or((field.name, ""));
    let is_named = |named: &String| named == field.name || (is_of_line && named.starts_with(address));
    let letters = OfficeState::new(&world.store, "12345").dead_letters().unwrap_or_default();
    let subjects = who.subjects();
    let mut named = subjects.iter().filter_map(|subject| letters.0.get(subject)).flat_map(|letter| &letter.fields);
    world.ac.borrow().wire().has_one_line() && named.any(is_named)
}

/// The record and the field of a difference.
pub(super) fn place_of(world: &World, difference: &Difference) -> Option<(Who, &'static Field)> {
    let (marker, address) = match difference.record.split_once(' ') {
        Some((marker, address)) => (marker, Some(if address == "prive" { "priveadres" } else { address })),
        None => (difference.record.as_str(), None),
    };
    let name = address.map_or(difference.field.to_owned(), |address| format!("{address}.{}", difference.field));
    let (who, _) = Who::of_marker(marker)?;
    let record = world.fields_in_ac(&who).unwrap_or_default();
    let field = manual::fields(&who, &record).into_iter().find(|field| field.name == name)?;
    Some((who, field))
}

/// Whether a difference is one that a system makes by storing something else, and that the connector tells.
pub(super) fn explains(world: &World, difference: &Difference) -> bool {
    let place = place_of(world, difference);
    place.is_some_and(|(who, field)| {
        let is_altered = is_altered_in_ac(world, field) || is_altered_in_tribe(world, field);
        is_altered && is_told(world, &who, field.name)
    })
}

/// Whether a user of Tribe put back at the place of a difference what stood there before the connector's value, and the
/// connector tells that Tribe stores it otherwise.
pub(super) fn is_put_back(world: &World, difference: &Difference) -> bool {
    let Some((who, field)) = place_of(world, difference) else { return false };
    let said = world.watch.said.borrow();
    let mut of_tribe = said.iter().rev().filter(|of| of.who == who && of.field == field.name && of.place != "AC");
    let Some(last) = of_tribe.next() else { return false };
    let stood_before = of_tribe.any(|of| of.place == last.place && of.value == last.value);
    let tribe = world.tribe.borrow();
    let stands = || {
        let (id, property) = last.place.split_once('.')?;
        Some(field.in_tribe(&tribe.entity(id.parse().ok()?)?, property, &tribe) == last.value)
    };
    let record = world.fields_in_ac(&who).unwrap_or_default();
    let is_over_ours = field.in_ac(&record, last.at.as_deref(), &tribe).contains(&last.before);
    stood_before && is_over_ours && stands() == Some(true) && has_letter(world, &who, field.name)
}

/// Whether a user of AC left the beginning of what the connector had written at the place of a difference, and the
/// connector tells that AC stores it otherwise.
pub(super) fn is_shortened_in_ac(world: &World, difference: &Difference) -> bool {
    let Some((who, field)) = place_of(world, difference) else { return false };
    let said = world.watch.said.borrow();
    let last = said.iter().rev().find(|of| of.who == who && of.field == field.name && of.place == "AC");
    let record = world.fields_in_ac(&who).unwrap_or_default();
    let is_shortened = last.is_some_and(|last| {
        let is_beginning = !last.value.is_empty() && last.before.starts_with(&last.value);
        is_beginning && field.in_ac(&record, last.at.as_deref(), &world.tribe.borrow()).contains(&last.value)
    });
    is_shortened && has_letter(world, &who, field.name)
}
