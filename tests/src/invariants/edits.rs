//! I6: no edit of a user's is lost without a word.

use advocaatcentraal_tribe::link::Conflict;
use advocaatcentraal_tribe::sync::records;
use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};

use super::{Broken, Invariant, broken};
use crate::manual::{self, Field, Holder, InAc, Who};
use crate::world::Saying;
use crate::{TYPES, World};

/// Every last word of a user on a field, of a record that is still synced, was once on both sides, or is kept as a
/// value that gave way.
pub fn every_edit_is_kept(world: &World) -> Option<Broken> {
    let conflicts = records::conflicts(world.ports(), &world.read_settings());
    let conflicts: Vec<Conflict> = conflicts.unwrap_or_default().into_iter().map(|(_, conflict)| conflict).collect();
    let said = world.watch.said_since_loss();
    for (number, saying) in said.iter().enumerate() {
        let later = said.iter().skip(number + 1);
        let same_place = |other: &&Saying| {
            other.who == saying.who
                && other.field == saying.field
                && other.at == saying.at
                && other.place == saying.place
        };
        if later.clone().any(|other| same_place(&other)) || is_kept(world, saying, &said, &conflicts) {
            continue;
        }
        let Saying { who, field, place, value, before, .. } = saying;
        let what = format!("{field} of {}: {before:?} became {value:?} at {place}, and is lost", who.marker());
        return Some(broken(Invariant::I6, what));
    }
    None
}

fn is_kept(world: &World, saying: &Saying, said: &[Saying], conflicts: &[Conflict]) -> bool {
    let Some(record) = world.fields_in_ac(&saying.who) else { return true };
    let Some(field) = manual::fields(&saying.who, &record).into_iter().find(|field| field.name == saying.field) else {
        return true;
    };
    if !is_synced(world, &saying.who, &record) || !has_place(world, saying, field, &record) {
        return true;
    }
    let kept_aside = conflicts.iter().any(|conflict| {
        conflict.subject.id() == saying.who.id
            && conflict.slot.starts_with(field.name)
            && manual::plain(field.form, &conflict.lost, &world.tribe.borrow()) == saying.value
    });
    if kept_aside {
        return true;
    }
    let tribe = world.tribe.borrow();
    let now = field.in_ac(&record, saying.at.as_deref(), &tribe);
    // A record that leaves the field out has it empty.
    let says = |found: &[String], value: &String| found.contains(value) || (found.is_empty() && value.is_empty());
    if says(&now, &saying.value) {
        return true;
    }
    // Of a record that is not linked, or no longer, nobody can tell an emptied field from one that was never filled.
    if saying.value.is_empty() && !saying.known {
        return true;
    }
    let ac = world.ac.borrow();
    let record = match saying.who.list {
        List::Relaties => ac.relatie(&saying.who.id),
        List::Contactpersonen => ac.contactpersoon(&saying.who.id),
    };
    let times_in_ac = |value: &String| {
        let versions = record.into_iter().flat_map(|record| record.versions());
        versions.filter(|v| says(&field.in_ac(v.fields(), saying.at.as_deref(), &tribe), value)).count()
    };
    let times = times_in_ac(&saying.value);
    if saying.place != "AC" {
        let unseen = world.watch.unseen.borrow().contains(&(saying.place.clone(), saying.value.clone()));
        // Changed and changed back before anyone looked, or where nobody looks: what was changed to reached nobody.
        let before = said.iter().rev().find(|other| other.place == saying.place && other.when < saying.when);
        let taken_back = before.is_some_and(|other| other.before == saying.value && times_in_ac(&other.value) == 0);
        return times > 0 || unseen || taken_back;
    }
    // Also said in Tribe, or changed and changed back before anyone looked.
    let elsewhere = said.iter().any(|other| {
        other.who == saying.who && other.field == saying.field && other.place != "AC" && other.value == saying.value
    });
    let written = world.watch.written.borrow().contains(&(saying.who.clone(), field.name, saying.value.clone()));
    written || elsewhere || times > 1
}

/// Whether the record is synced as it stands.
fn is_synced(world: &World, who: &Who, record: &Map<String, Value>) -> bool {
    if record.get("status").is_none_or(|status| status != "actief") {
        return false;
    }
    match who.list {
        List::Relaties => {
            let company = record.get("soort").is_some_and(|soort| soort == "bedrijf");
            let set = if company { "Relation_Organization" } else { "Relation_Person" };
            let types = record.get("relatietypen").and_then(Value::as_array).into_iter().flatten();
            let mapped = types
                .filter_map(Value::as_str)
                .any(|of| TYPES.iter().any(|(ac, tribe)| *ac == of && (company || *tribe != "supplier")));
            mapped && stands_in(world, &who.marker(), set)
        }
        List::Contactpersonen => {
            let rows = record.get("koppelingen").and_then(Value::as_array).into_iter().flatten();
            let organisations = rows.filter_map(|row| row.get("relatie_id").map(manual::text));
            stands_in(world, &who.marker(), "Relation_Person")
                && organisations.into_iter().any(|id| organisation_is_synced(world, &id))
        }
    }
}

fn organisation_is_synced(world: &World, id: &str) -> bool {
    let who = Who { list: List::Relaties, id: id.to_owned() };
    world.fields_in_ac(&who).is_some_and(|record| {
        record.get("soort").is_some_and(|soort| soort == "bedrijf") && is_synced(world, &who, &record)
    })
}

fn stands_in(world: &World, marker: &str, set: &str) -> bool {
    let tribe = world.tribe.borrow();
    let found = tribe.find_by_import_id(marker);
    found.into_iter().filter_map(|id| tribe.entity(id)).any(|entity| entity.set() == set)
}

/// Whether what was said still has a place on the other side.
fn has_place(world: &World, saying: &Saying, field: &Field, record: &Map<String, Value>) -> bool {
    let tribe = world.tribe.borrow();
    let has_row = |list: &str, key: &str, value: &str| {
        let rows = record.get(list).and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(|row| row.get(key)).any(|found| manual::text(found) == value)
    };
    let in_ac = match field.ac {
        InAc::Own(_) => true,
        InAc::Koppeling(_) => saying.at.as_deref().is_some_and(|at| has_row("koppelingen", "relatie_id", at)),
        InAc::Address(kind, _) => has_row("adressen", "type", kind),
    };
    // A contact relationship is synced as long as its organisation is, and as long as it stands there itself.
    let at_organisation = saying.at.as_deref().is_none_or(|at| {
        has_row("koppelingen", "relatie_id", at)
            && organisation_is_synced(world, at)
            && !tribe.find_by_import_id(&format!("{}@{at}", saying.who.marker())).is_empty()
    });
    let place = saying.place.split_once('.').and_then(|(id, _)| id.parse().ok());
    let in_tribe = match place {
        None => match field.ac {
            InAc::Address(..) => has_address(world, &saying.who, field),
            InAc::Own(_) | InAc::Koppeling(_) => true,
        },
        Some(id) => manual::owner(&tribe, id).is_some_and(|(who, ..)| who == saying.who),
    };
    in_ac && at_organisation && in_tribe
}

fn has_address(world: &World, who: &Who, field: &Field) -> bool {
    let tribe = world.tribe.borrow();
    let slot = field.tribe.iter().find_map(|(holder, _)| match holder {
        Holder::Address(slot) => Some(*slot),
        Holder::Relation | Holder::Contact => None,
    });
    let owners = tribe.find_by_import_id(&who.marker());
    owners
        .into_iter()
        .filter_map(|id| tribe.entity(id))
        .any(|owner| slot.is_some_and(|slot| owner.link(slot).is_some()))
}
