//! Both systems as they stand, without ids and stamps that differ from run to run.

use std::collections::BTreeMap;

use advocaatcentraal_tribe::sync::records;
use sandbox::Tribe;
use sandbox::tribe::{Entity, Guid};
use serde_json::{Map, Value};
use tests::{World, manual};

/// What one record says.
type Said = BTreeMap<String, String>;

/// Both systems, and the values that are kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    ac: BTreeMap<String, Map<String, Value>>,
    tribe: Vec<(String, Said)>,
    kept: Vec<(String, String, String, &'static str)>,
}

impl Snapshot {
    /// The first record of either that the other does not have.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        fn first<T: PartialEq + std::fmt::Debug>(these: &[T], those: &[T]) -> Option<String> {
            these.iter().find(|record| !those.contains(record)).map(|record| format!("{record:?}"))
        }
        let ac = |of: &Self| of.ac.clone().into_iter().collect::<Vec<_>>();
        if self == other {
            return None;
        }
        let expected = first(&ac(self), &ac(other))
            .or_else(|| first(&self.tribe, &other.tribe))
            .or_else(|| first(&self.kept, &other.kept));
        let found = first(&ac(other), &ac(self))
            .or_else(|| first(&other.tribe, &self.tribe))
            .or_else(|| first(&other.kept, &self.kept));
        Some(format!("expected {expected:?}\nfound {found:?}, or one of them once more"))
    }
}

pub(crate) fn snapshot(world: &World) -> Snapshot {
    let ac = world.ac.borrow();
    let all = ac.relaties().map(|(id, record)| (format!("relatie {id}"), record));
    let all = all.chain(ac.contactpersonen().map(|(id, record)| (format!("contactpersoon {id}"), record)));
    let tribe = world.tribe.borrow();
    let mut records: Vec<(String, Said)> = tribe
        .set("Relation")
        .chain(tribe.set("Relationship"))
        .chain(tribe.set("Address").filter(|address| stands_in_a_slot(&tribe, address)))
        .map(|entity| (entity.set().to_owned(), said(&tribe, &entity)))
        .collect();
    records.sort();
    let kept = records::kept(world.ports(), &world.read_settings()).unwrap().into_iter();
    let mut kept: Vec<(String, String, String, &str)> =
        kept.map(|(_, kept)| (kept.subject.to_string(), kept.slot, kept.lost, kept.side.as_str())).collect();
    kept.sort();
    Snapshot { ac: all.map(|(name, record)| (name, record.current().fields().clone())).collect(), tribe: records, kept }
}

/// An address without an owner is left out: where Tribe takes no nested ones, a crash between an address and its owner
/// can leave one, and no marker finds it.
fn stands_in_a_slot(tribe: &Tribe, address: &Entity<'_>) -> bool {
    manual::SLOTS.iter().any(|slot| {
        let owner = address.link("Person").or_else(|| address.link("Organization")).and_then(|id| tribe.entity(id));
        owner.is_some_and(|owner| owner.link(slot) == Some(address.id()))
    })
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
