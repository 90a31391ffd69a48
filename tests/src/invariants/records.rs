//! Which records exist in Tribe, and whether both systems say the same.

use std::collections::BTreeMap;

use advocaatcentraal_tribe::link::{OfficeState, WhyApart};
use sandbox::comparison::{Difference, Fault};

use super::differences::all_differences;
use super::otherwise::{explains, is_not_in_one_line, is_put_back, is_shortened_in_ac, place_of};
use super::{Broken, Excuse, Invariant, broken};
use crate::World;
use crate::manual::{self, Who};

/// I3: at most one Tribe record per marker.
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

/// I4, as far as the judge of the stand-ins can tell before everything is at rest.
pub fn nothing_in_tribe_that_must_not_be(world: &World) -> Option<Broken> {
    let wrong = [Fault::NotToBeInTribe, Fault::WrongParent, Fault::WrongMarker];
    let comparison = world.compare_records();
    let found = comparison.differences().iter().find(|difference| wrong.contains(&difference.fault));
    found.map(|difference| broken(Invariant::I4, difference.to_string()))
}

/// I14: the judge of the stand-ins finds no difference, but for those that D3 leaves.
pub fn both_say_the_same(world: &World) -> Option<Broken> {
    let comparison = world.compare();
    let wrong: Vec<String> = comparison
        .differences()
        .iter()
        .filter(|difference| match excuse(world, difference) {
            Some(excuse) => {
                world.watch.excuse(excuse);
                false
            }
            None => true,
        })
        .map(ToString::to_string)
        .collect();
    let shown = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
    (!wrong.is_empty()).then(|| {
        let told = all_differences(world).unwrap_or_default();
        let of_these = told.iter().filter(|told| shown.contains(told.subject.id()));
        let whys: Vec<String> = of_these.map(|told| format!("{:?} {:?}", told.field, told.why)).collect();
        broken(Invariant::I14, format!("{} differences: {shown}; told of these: {}", wrong.len(), whys.join(", ")))
    })
}

/// Mobiel and E-mail stand in Tribe at several places. AC has what a user of Tribe wrote at one of them; the others
/// stay. That holds even where this one place is at an organisation that is not synced any more, which the judge of the
/// stand-ins cannot know.
fn excuse(world: &World, difference: &Difference) -> Option<Excuse> {
    if explains(world, difference) {
        return Some(Excuse::StoredOtherwise);
    }
    if place_of(world, difference).is_some_and(|(who, field)| is_not_in_one_line(world, &who, field)) {
        return Some(Excuse::NotInOneLine);
    }
    if is_put_back(world, difference) {
        return Some(Excuse::PutBackInTribe);
    }
    if is_shortened_in_ac(world, difference) {
        return Some(Excuse::ShortenedInAc);
    }
    if is_left(world, difference, |why| why != WhyApart::Sibling) {
        return Some(Excuse::LeftBySetting);
    }
    if !["contactpersoon.mobiel", "contactpersoon.emailadres"].contains(&difference.field) {
        return None;
    }
    if world.faults.lost_state() {
        return Some(Excuse::PlaceForgotten);
    }
    let (who, _) = Who::of_marker(&difference.record)?;
    let record = world.fields_in_ac(&who)?;
    let field = manual::fields(&who, &record).into_iter().find(|field| field.name == difference.field)?;
    let now = field.in_ac(&record, None, &world.tribe.borrow());
    let said = world.watch.said.borrow();
    let is_from_tribe =
        said.iter().any(|s| s.who == who && s.field == difference.field && s.place != "AC" && now.contains(&s.value));
    match is_from_tribe {
        true => Some(Excuse::OtherPlaceEdited),
        false => is_left(world, difference, |why| why == WhyApart::Sibling).then_some(Excuse::OtherPlaceGone),
    }
}

/// Whether the connector's state says that the two values were left different for such a reason.
fn is_left(world: &World, difference: &Difference, is_reason: impl Fn(WhyApart) -> bool) -> bool {
    let Some((who, _)) = Who::of_marker(&difference.record) else { return false };
    who.subjects().iter().any(|subject| {
        let Ok(link) = OfficeState::new(&world.store, "12345").link(subject) else { return false };
        let slots = link.apart.keys().filter(|slot| slot.starts_with(difference.field));
        slots.filter_map(|slot| link.why_apart(slot)).any(&is_reason)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use sandbox::advocaatcentraal::Variants;
    use sandbox::comparison::Table;
    use sandbox::tribe::{Character, PutAnswer};
    use serde_json::json;

    use super::*;
    use crate::faults::Kind;
    use crate::support::{edit_relatie, synced_company, synced_person};
    use crate::world::Saying;

    const MOBILE: &str = "contactpersoon.mobiel";

    fn of(person: &str, field: &'static str) -> Difference {
        let record = format!("ac:12345:contactpersoon:{person}");
        Difference { table: Table::ContactPersons, record, field, fault: Fault::NotToBeInTribe }
    }

    /// A synced world, a contact person of it, and the mobile number that AC has.
    fn synced() -> (World, String, String) {
        let world = World::new(3, 13);
        world.initial_sync().unwrap();
        let person = synced_person(&world);
        let (who, _) = Who::of_marker(&of(&person, MOBILE).record).unwrap();
        let record = world.fields_in_ac(&who).unwrap();
        let field = manual::fields(&who, &record).into_iter().find(|field| field.name == MOBILE).unwrap();
        let now = field.in_ac(&record, None, &world.tribe.borrow()).remove(0);
        (world, person, now)
    }

    #[test]
    fn a_place_beside_the_one_that_a_user_of_tribe_edited_is_excused() {
        let (world, person, now) = synced();
        assert_eq!(excuse(&world, &of(&person, MOBILE)), None);
        let (who, _) = Who::of_marker(&of(&person, MOBILE).record).unwrap();
        let say = |place: &str| {
            let (place, value, before) = (place.to_owned(), now.clone(), String::new());
            let who = who.clone();
            let saying = Saying { who, field: MOBILE, at: None, place, value, before, when: 0, known: true };
            world.watch.said.borrow_mut().push(saying);
        };
        say("AC");
        assert_eq!(excuse(&world, &of(&person, MOBILE)), None);
        say("a.MobilePhoneNumber");
        assert_eq!(excuse(&world, &of(&person, MOBILE)), Some(Excuse::OtherPlaceEdited));
        assert_eq!(excuse(&world, &of(&person, "contactpersoon.functie")), None);
    }

    #[test]
    fn several_places_are_excused_once_the_state_was_lost() {
        let (world, person, _) = synced();
        assert_eq!(excuse(&world, &of(&person, MOBILE)), None);
        world.faults.hit(Kind::StateLost);
        assert_eq!(excuse(&world, &of(&person, MOBILE)), Some(Excuse::PlaceForgotten));
        assert_eq!(excuse(&world, &of(&person, "contactpersoon.functie")), None);
    }

    #[test]
    fn a_value_that_was_put_back_before_ours_could_show_is_excused_where_it_is_told() {
        let read_lag = Duration::from_secs(30);
        let character = Character { put_answer: PutAnswer::NoContent, read_lag, ..Character::default() };
        let world = World::with(3, 13, Variants::default(), character);
        let rest = || {
            world.wait(Duration::from_secs(600));
            world.settle().unwrap();
        };
        world.initial_sync().unwrap();
        rest();
        let company = synced_company(&world);
        let marker = format!("ac:12345:relatie:{company}");
        let of = |field: &'static str| Difference { record: marker.clone(), ..of("", field) };
        let write = || world.edit_in_tribe(&marker, &json!({"Website": "www.eerst.example"}));
        write();
        rest();
        edit_relatie(&world, &company, json!({"website": "www.nieuw.example"}));
        world.poll().unwrap();
        write();
        assert_eq!(excuse(&world, &of("organisatie.website")), None);
        rest();
        assert_eq!(excuse(&world, &of("organisatie.website")), Some(Excuse::PutBackInTribe));
        assert_eq!(excuse(&world, &of("organisatie.email")), None);
    }
}
