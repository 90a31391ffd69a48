//! Which records stand in Tribe.

use std::collections::BTreeMap;

use sandbox::comparison::{Difference, Fault};

use super::{Broken, Invariant, broken};
use crate::World;
use crate::faults::Kind;
use crate::manual::{self, Who};

/// I3.
pub fn never_twice_in_tribe(world: &World) -> Option<Broken> {
    let tribe = world.tribe.borrow();
    let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    for entity in tribe.set("Relation").chain(tribe.set("Relationship")) {
        let marker = entity.text("ImportId");
        if marker.starts_with("ac:") {
            *seen.entry((entity.set().to_owned(), marker)).or_default() += 1;
        }
    }
    let twice = seen.into_iter().find(|(_, count)| *count > 1);
    twice.map(|((set, marker), count)| broken(Invariant::I3, format!("{count} of {marker} in {set}")))
}

/// I4: the judge's word, of what can be told before everything is at rest.
pub fn nothing_in_tribe_that_must_not_be(world: &World) -> Option<Broken> {
    let wrong = [Fault::NotToBeInTribe, Fault::WrongParent, Fault::WrongMarker];
    let comparison = world.compare_records();
    let found = comparison.differences().iter().find(|difference| wrong.contains(&difference.fault));
    found.map(|difference| broken(Invariant::I4, difference.to_string()))
}

/// I14: the judge's word, but for what D3 leaves as it is.
pub fn both_say_the_same(world: &World) -> Option<Broken> {
    let comparison = world.compare();
    let wrong: Vec<String> = comparison
        .differences()
        .iter()
        .filter(|difference| !left_beside_an_edit(world, difference))
        .map(ToString::to_string)
        .collect();
    let shown = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
    (!wrong.is_empty()).then(|| broken(Invariant::I14, format!("{} differences: {shown}", wrong.len())))
}

/// Mobiel and E-mail stand in Tribe at several places. AC has what a user of Tribe wrote at one of them; the others
/// stay, even when that one place is at an organisation that is not synced any more, which the judge cannot know.
fn left_beside_an_edit(world: &World, difference: &Difference) -> bool {
    if !["contactpersoon.mobiel", "contactpersoon.emailadres"].contains(&difference.field) {
        return false;
    }
    // Of a lost state nobody knows any more which of them was AC's.
    if world.faults.count(Kind::StateLost) > 0 {
        return true;
    }
    let Some((who, _)) = Who::of_marker(&difference.record) else { return false };
    let Some(record) = world.fields_in_ac(&who) else { return false };
    let field = manual::fields(&who, &record).into_iter().find(|field| field.name == difference.field);
    let now = field.map(|field| field.in_ac(&record, None, &world.tribe.borrow())).unwrap_or_default();
    let said = world.watch.said.borrow();
    said.iter().any(|s| s.who == who && s.field == difference.field && s.place != "AC" && now.contains(&s.value))
}
