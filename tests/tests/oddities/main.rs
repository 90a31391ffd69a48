//! Where the two systems are odd: nothing is detached, doubled, flattened or emptied in silence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod addresses;
mod direction;
mod fields;
mod gone;
mod merged;
mod older_copy;
mod outcomes;
mod refused;
mod siblings;
mod stored_otherwise;
mod unmapped;
mod unseen;

use std::time::Duration;

use advocaatcentraal_tribe::sync::Budget;
use serde_json::{Map, Value, json};
use tests::World;
use tests::support::edit_relatie;

/// What a call may cost that is to come to its end.
const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };

/// An office that is synced and at rest.
fn office() -> World {
    let world = World::new(7, 18);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn object(fields: Value) -> Map<String, Value> {
    fields.as_object().unwrap().clone()
}

/// A new company of a mapped type, with an address.
fn add_company(world: &World, name: &str) -> String {
    let address = json!({"id": "a1", "type": "hoofdkantoor", "straat": "Keizersgracht", "huisnummer": "12",
        "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"});
    let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": name, "telefoonnummer": null,
        "email": "info@voorbeeld.example", "website": null, "kvk": null, "adressen": [address]});
    world.ac.borrow_mut().add_relatie(world.now(), object(fields))
}

/// A new company of a mapped type in which no field is empty.
fn with_all_fields(world: &World) -> String {
    let id = add_company(world, "Nieuw Voorbeeld B.V.");
    edit_relatie(world, &id, json!({"telefoonnummer": "020 555 01 44", "website": "www.nieuw.example"}));
    id
}

/// A new private person of a mapped type.
fn add_private_person(world: &World, name: &str) -> String {
    let fields = json!({"soort": "particulier", "relatietypen": ["client"], "naam": name, "email": null,
        "telefoon": null, "adressen": []});
    world.ac.borrow_mut().add_relatie(world.now(), object(fields))
}

/// A new contact person at these organisations.
fn add_contact_person(world: &World, at: &[&str]) -> String {
    let koppelingen: Vec<Value> =
        at.iter().map(|id| json!({"relatie_id": id, "functie": "Directeur", "doorkiesnummer": null})).collect();
    let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": null, "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "0612345678", "prive_telefoon": null,
        "emailadres": null, "adressen": [], "koppelingen": koppelingen});
    world.ac.borrow_mut().add_contactpersoon(world.now(), object(fields))
}
