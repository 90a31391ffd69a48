//! Both systems as they stand, without ids and stamps that differ from run to run.

use std::collections::BTreeMap;

use advocaatcentraal_tribe::sync::care;
use sandbox::Tribe;
use sandbox::tribe::{Entity, Guid};
use serde_json::{Map, Value};
use tests::{World, manual};

/// What one record says.
type Said = BTreeMap<String, String>;

/// Both systems, and the values that gave way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    ac: BTreeMap<String, Map<String, Value>>,
    tribe: Vec<(String, Said)>,
    conflicts: Vec<(String, String, String)>,
}

pub(crate) fn snapshot(world: &World) -> Snapshot {
    let ac = world.ac.borrow();
    let all = ac.relaties().map(|(id, record)| (format!("relatie {id}"), record));
    let all = all.chain(ac.contactpersonen().map(|(id, record)| (format!("contactpersoon {id}"), record)));
    let tribe = world.tribe.borrow();
    let mut records: Vec<(String, Said)> = tribe
        .set("Relation")
        .chain(tribe.set("Relationship"))
        .chain(tribe.set("Address"))
        .map(|entity| (entity.set().to_owned(), said(&tribe, &entity)))
        .collect();
    records.sort();
    let conflicts = care::conflicts(world.ports(), &world.read_settings()).unwrap();
    let mut conflicts: Vec<(String, String, String)> = conflicts
        .into_iter()
        .map(|(_, conflict)| (conflict.subject.to_string(), conflict.slot, conflict.lost))
        .collect();
    conflicts.sort();
    Snapshot {
        ac: all.map(|(name, record)| (name, record.current().fields().clone())).collect(),
        tribe: records,
        conflicts,
    }
}

/// Properties as text, links as the name of what they lead to.
fn said(tribe: &Tribe, entity: &Entity<'_>) -> Said {
    let owners = ["Relation", "Organization", "Person"];
    let members = manual::may_be_written(entity.set()).iter().chain(&owners);
    let mut said = Said::new();
    for member in members {
        let value = match entity.link(member) {
            Some(end) => name(tribe, end),
            None => entity.text(member),
        };
        said.insert((*member).to_owned(), value);
    }
    said
}

fn name(tribe: &Tribe, id: Guid) -> String {
    let Some(entity) = tribe.entity(id) else { return "nothing".to_owned() };
    let marker = entity.text("ImportId");
    if !marker.is_empty() {
        return marker;
    }
    let known = ["Code", "Name", "Street"].map(|property| entity.text(property)).join(" ");
    format!("{} {known}", entity.set())
}
