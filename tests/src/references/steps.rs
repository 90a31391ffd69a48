//! The steps of the reference scenarios: how the systems behave, what is done before the work, and the work itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a world that is not as a scenario says fails it"
)]

use std::time::Duration;

use advocaatcentraal_tribe::link::Reason;
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId, Which};
use advocaatcentraal_tribe::sync::{Budget, Stopped};
use sandbox::advocaatcentraal::{ChildEditsMoveParent, Etag, List, Rows, Variants};
use sandbox::tribe::{Character, PutAnswer};
use serde_json::{Value, json};

use crate::World;
use crate::faults::Kind;
use crate::support::{company_of, edit_contact, edit_relatie, synced_company, synced_person};

pub(super) fn small(_: &mut Variants, _: &mut Character) {}

pub(super) fn lagging(_: &mut Variants, character: &mut Character) {
    character.read_lag = Duration::from_secs(10);
}

/// A token that ends before the next poll.
pub(super) fn by_consent(_: &mut Variants, character: &mut Character) {
    character.token_life = Duration::from_secs(200);
}

pub(super) fn logged_in(world: &World) {
    world.log_in_by_consent();
    world.consent().unwrap();
}

pub(super) fn silent(_: &mut Variants, character: &mut Character) {
    character.put_answer = PutAnswer::NoContent;
}

pub(super) fn lean(variants: &mut Variants, _: &mut Character) {
    variants.rows = Rows::Lean;
}

pub(super) fn no_etag(variants: &mut Variants, _: &mut Character) {
    variants.etag = Etag::No;
}

pub(super) fn unseen_edits(variants: &mut Variants, _: &mut Character) {
    variants.child_edits_move_parent = ChildEditsMoveParent::No;
}

pub(super) fn tiny_slices(world: &World) {
    world.budget.set(Budget { time: Duration::from_secs(60), requests: 3 });
}

pub(super) fn synced(world: &World) {
    world.initial_sync().unwrap();
    world.settle().unwrap();
}

pub(super) fn initial(world: &World) -> Result<(), Stopped> {
    world.initial_sync().map(drop)
}

pub(super) fn poll(world: &World) -> Result<(), Stopped> {
    world.poll().map(drop)
}

pub(super) fn sweep(world: &World) -> Result<(), Stopped> {
    world.sweep().map(drop)
}

pub(super) fn push_company(world: &World) -> Result<(), Stopped> {
    let id = world.tribe.borrow().find_by_import_id(&marker(world)).first().unwrap().to_string();
    world.push(&[&id]).map(drop)
}

fn marker(world: &World) -> String {
    format!("ac:12345:relatie:{}", synced_company(world))
}

pub(super) fn edit_company(world: &World, patch: Value) {
    edit_relatie(world, &synced_company(world), patch);
}

pub(super) fn edit_person(world: &World, patch: Value) {
    edit_contact(world, &synced_person(world), patch);
}

pub(super) fn in_tribe(world: &World, patch: Value) {
    world.edit_in_tribe(&marker(world), &patch);
}

fn edit_addresses(world: &World, edit: impl FnOnce(&mut Vec<Value>)) {
    world.edit_in_ac(List::Relaties, "1001", |record| edit(record["adressen"].as_array_mut().unwrap()));
}

pub(super) fn move_house(world: &World) {
    edit_addresses(world, |addresses| {
        addresses[0]["straat"] = "Herengracht".into();
        addresses[0]["huisnummer"] = "7".into();
    });
}

pub(super) fn add_address(world: &World) {
    edit_addresses(world, |addresses| {
        addresses.push(json!({"type": "postadres", "straat": "Postbus", "huisnummer": "12", "toevoeging": null,
            "postcode": "1000 AA", "plaats": "Amsterdam", "land": "NL"}));
    });
}

pub(super) fn street_in_tribe(world: &World) {
    let address = world.address_in_tribe("ac:12345:relatie:1001", "VisitingAddress");
    world.edit_by_id(&address, &json!({"Street": "Prinsengracht", "City": "Haarlem"}));
}

pub(super) fn mobile_in_tribe(world: &World) {
    let person = synced_person(world);
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}"), &json!({"MobilePhoneNumber": "06 5550 2001"}));
}

pub(super) fn business_mobile_in_tribe(world: &World) {
    let person = synced_person(world);
    let marker = format!("ac:12345:contactpersoon:{person}@{}", company_of(world, &person));
    world.edit_in_tribe(&marker, &json!({"MobilePhoneNumber": "06 5550 2002"}));
}

pub(super) fn add_company(world: &World) {
    let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "telefoonnummer": "020 555 10 04", "email": null, "website": null, "kvk": null, "adressen": []});
    let company = world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone());
    let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": null, "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "06 5550 2003", "prive_telefoon": null,
        "emailadres": null, "adressen": [],
        "koppelingen": [{"relatie_id": company, "functie": "Directeur", "doorkiesnummer": null}]});
    world.ac.borrow_mut().add_contactpersoon(world.now(), fields.as_object().unwrap().clone());
}

/// A synced company other than the person's own.
fn another_company(world: &World, person: &str) -> String {
    let own = company_of(world, person);
    let ids = ["1001", "1002", "1003", "1004"];
    ids.into_iter().find(|id| *id != own).unwrap().to_owned()
}

pub(super) fn second_organisation(world: &World) {
    let person = synced_person(world);
    let other = another_company(world, &person);
    world.edit_in_ac(List::Contactpersonen, &person, |record| {
        let row = json!({"relatie_id": other, "functie": "Commissaris", "doorkiesnummer": "020 555 10 05"});
        record["koppelingen"].as_array_mut().unwrap().push(row);
    });
}

pub(super) fn move_person(world: &World) {
    let person = synced_person(world);
    let other = another_company(world, &person);
    world.edit_in_ac(List::Contactpersonen, &person, |record| record["koppelingen"][0]["relatie_id"] = other.into());
}

/// The first poll sees that the type is gone, and the type comes back before the second. A repetition after a crash
/// finds the type back and edits no more.
pub(super) fn type_back(world: &World) -> Result<(), Stopped> {
    world.poll()?;
    let gone = |record: &serde_json::Map<String, Value>| record["relatietypen"] == json!(["advocaat"]);
    let ids: Vec<String> = {
        let ac = world.ac.borrow();
        ac.relaties()
            .filter(|(id, r)| *id == "1001" && gone(r.current().fields()))
            .map(|(id, _)| id.to_owned())
            .collect()
    };
    for id in ids {
        edit_relatie(world, &id, json!({"relatietypen": ["client"], "telefoonnummer": "020 555 10 06"}));
    }
    world.poll().map(drop)
}

pub(super) fn archive(world: &World) {
    world.ac.borrow_mut().archive(world.now(), List::Relaties, "1001").unwrap();
    world.poll().unwrap();
    edit_relatie(world, "1001", json!({"telefoonnummer": "020 555 10 07"}));
    world.poll().unwrap();
}

pub(super) fn unarchive(world: &World) -> Result<(), Stopped> {
    let archived = world.ac.borrow().relatie("1001").unwrap().current().text("status") == "gearchiveerd";
    if archived {
        world.ac.borrow_mut().unarchive(world.now(), List::Relaties, "1001").unwrap();
    }
    world.poll().map(drop)
}

pub(super) fn remove_in_tribe(world: &World) {
    world.delete_in_tribe("ac:12345:relatie:1001");
    edit_relatie(world, "1001", json!({"telefoonnummer": "020 555 10 08"}));
}

pub(super) fn make_company_anew(world: &World) -> Result<(), Stopped> {
    let id = RecordId::Relatie(RelatieId::new("1001"));
    records::make_anew(world.ports(), &world.read_settings(), world.budget.get(), &id).map(drop)
}

pub(super) fn there_again(world: &World) {
    let copy = world.tribe.borrow().copy();
    remove_in_tribe(world);
    world.poll().unwrap();
    world.poll().unwrap();
    world.tribe.borrow_mut().put_back(copy);
}

pub(super) fn older_copy(world: &World) {
    let copy = world.store.dump();
    add_company(world);
    world.poll().unwrap();
    world.store.put_back(copy);
}

pub(super) fn lost_answer(world: &World) {
    synced(world);
    add_company(world);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::ResetAfter), 1);
}

pub(super) fn not_sent(world: &World) {
    synced(world);
    add_company(world);
    world.faults.plan(Kind::Refused, "POST", "Customer", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::Refused), 1);
}

/// A new organisation gets a mapped type, and its contact person waits for that.
pub(super) fn somebody_waits(world: &World) {
    synced(world);
    add_company(world);
    let id = world.ac.borrow().relaties().last().unwrap().0.to_owned();
    edit_relatie(world, &id, json!({"relatietypen": ["advocaat"]}));
    world.poll().unwrap();
    edit_relatie(world, &id, json!({"relatietypen": ["client"]}));
}

pub(super) fn conflict(world: &World) {
    synced(world);
    edit_company(world, json!({"email": "ac@voorbeeld.example"}));
    in_tribe(world, json!({"EmailAddress": "t@voorbeeld.example"}));
    world.poll().unwrap();
}

pub(super) fn give_back(world: &World) -> Result<(), Stopped> {
    // After a crash the value may be back already; then none is kept.
    let kept = records::kept(world.ports(), &world.read_settings())?;
    let Some((id, _)) = kept.into_iter().find(|(_, kept)| kept.reason == Reason::Conflict) else { return Ok(()) };
    let which = Which::One(id.as_str().to_owned());
    records::undo(world.ports(), &world.read_settings(), world.budget.get(), &which, false).map(drop)
}
