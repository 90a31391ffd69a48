//! Whether what a user said still has a place on both sides.

use advocaatcentraal_tribe::link::{OfficeState, Pause, Subject};
use advocaatcentraal_tribe::relation::RelatieId;
use sandbox::advocaatcentraal::{List, NewAddresses, Wire};
use serde_json::{Map, Value};

use super::Excuse;
use crate::manual::{self, Field, Holder, InAc, Who};
use crate::world::Saying;
use crate::{TYPES, World};

/// The record and the field of a word, or why the connector does not have to sync it.
pub(super) fn of(world: &World, saying: &Saying) -> Result<(Map<String, Value>, &'static Field), Excuse> {
    let record = world.fields_in_ac(&saying.who).ok_or(Excuse::RecordGone)?;
    let fields = manual::fields(&saying.who, &record);
    let field = fields.into_iter().find(|field| field.name == saying.field).ok_or(Excuse::FieldGone)?;
    if !is_synced(world, &saying.who, &record) {
        return Err(Excuse::RecordNotSynced);
    }
    let lacks_place = !is_in_ac(saying, field, &record);
    if lacks_place && !can_be_added(world, saying, field, &record) {
        return Err(Excuse::NoPlaceInAc);
    }
    if !saying.at.as_deref().is_none_or(|at| is_contact_synced(world, &saying.who, at, &record)) {
        return Err(Excuse::OrganisationNotSynced);
    }
    if !is_in_tribe(world, saying, field) {
        return Err(Excuse::NoPlaceInTribe);
    }
    if field.name == "particulier.naam" && is_name_split(world, &saying.who) {
        return Err(Excuse::NameSplit);
    }
    Ok((record, field))
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
            mapped && stands_in(world, &who.marker(), set) && !is_linked_as_other_kind(world, who, company)
        }
        List::Contactpersonen => {
            let rows = record.get("koppelingen").and_then(Value::as_array).into_iter().flatten();
            let organisations = rows.filter_map(|row| row.get("relatie_id").map(manual::text));
            stands_in(world, &who.marker(), "Relation_Person")
                && organisations.into_iter().any(|id| organisation_is_synced(world, &id))
        }
    }
}

/// Whether the connector made the relation while AC had it as one of the other kind, and so syncs neither (D31). The record
/// of its present kind may stand in Tribe since before the connector's state was lost.
fn is_linked_as_other_kind(world: &World, who: &Who, company: bool) -> bool {
    let state = OfficeState::new(&world.store, "12345");
    let id = RelatieId::new(&who.id);
    let (own, other) = (Subject::Organisation(id.clone()), Subject::PrivatePerson(id));
    let (own, other) = if company { (own, other) } else { (other, own) };
    let link = |subject: &Subject| state.link(subject).unwrap_or_default();
    link(&own).is_new() && link(&other).paused == Some(Pause::OtherKind)
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

/// Whether a list of the record has a row with that value.
fn has_row(record: &Map<String, Value>, list: &str, key: &str, value: &str) -> bool {
    let rows = record.get(list).and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| row.get(key)).any(|found| manual::text(found) == value)
}

/// Whether AC has the koppeling or address that holds the field.
fn is_in_ac(saying: &Saying, field: &Field, record: &Map<String, Value>) -> bool {
    match field.ac {
        InAc::Own(_) => true,
        InAc::Koppeling(_) => saying.at.as_deref().is_some_and(|at| has_row(record, "koppelingen", "relatie_id", at)),
        InAc::Address(kind, _) => has_row(record, "adressen", "type", kind),
    }
}

/// Whether an address of which AC has none, and never had one, is taken by AC when it comes from Tribe.
fn can_be_added(world: &World, saying: &Saying, field: &Field, record: &Map<String, Value>) -> bool {
    let InAc::Address(kind, _) = field.ac else { return false };
    let ac = world.ac.borrow();
    // A ledger's relations get no new address.
    let may_be_new = !(ac.wire() == Wire::Ledger && saying.who.list == List::Relaties);
    let is_kept = may_be_new && matches!(ac.variants().new_addresses, NewAddresses::Kept | NewAddresses::KeptTwice);
    let history = ac.known_record(saying.who.list, &saying.who.id);
    let mut versions = history.iter().flat_map(|record| record.versions());
    let had_one = versions.any(|version| has_row(version.fields(), "adressen", "type", kind));
    is_kept && !had_one && record.get("adressen").is_some_and(Value::is_array)
}

/// Whether the person is a contact at that organisation on both sides, and the organisation is synced.
fn is_contact_synced(world: &World, who: &Who, at: &str, record: &Map<String, Value>) -> bool {
    let marker = format!("{}@{at}", who.marker());
    has_row(record, "koppelingen", "relatie_id", at)
        && organisation_is_synced(world, at)
        && !world.tribe.borrow().find_by_import_id(&marker).is_empty()
}

/// Whether the Tribe record at which the word was said still belongs to the record; for a word in AC, whether Tribe has
/// the address that should hold it.
fn is_in_tribe(world: &World, saying: &Saying, field: &Field) -> bool {
    let tribe = world.tribe.borrow();
    let said_at = saying.place.split_once('.').and_then(|(id, _)| id.parse().ok());
    match (said_at, field.ac) {
        (Some(id), _) => manual::owner(&tribe, id).is_some_and(|(who, ..)| who == saying.who),
        (None, InAc::Address(..)) => has_address(world, &saying.who, field),
        (None, InAc::Own(_) | InAc::Koppeling(_)) => true,
    }
}

/// Whether Tribe has parts of the person's name beside the last name.
fn is_name_split(world: &World, who: &Who) -> bool {
    let tribe = world.tribe.borrow();
    let owners = tribe.find_by_import_id(&who.marker());
    let parts = ["FirstName", "MiddleName", "Initials"];
    let mut entities = owners.into_iter().filter_map(|id| tribe.entity(id));
    entities.any(|entity| parts.iter().any(|part| !entity.text(part).is_empty()))
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
