//! The reference scenarios: each prepares a world and does one piece of work in it. Whatever fault strikes the work and
//! however the systems behave, in the end both say the same, and an idle poll writes nothing.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a world that is not as a scenario says fails it"
)]

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{Budget, Stop, Stopped, System};
use sandbox::advocaatcentraal::{ChildEditsMoveParent, Etag, List, Rows, Variants};
use sandbox::tribe::{Character, NestedCreate, PutAnswer};
use serde_json::{Value, json};

use crate::World;
use crate::faults::Kind;
use crate::simulation::Quirk;
use crate::support::{company_of, edit_contact, edit_relatie, synced_company, synced_person};

/// A host waits so long before it takes over.
pub const LEASE: Duration = Duration::from_secs(150);
/// Longer than any pause before a record is tried again.
const QUIET: Duration = Duration::from_secs(2 * 60 * 60);

/// One reference scenario.
#[derive(Clone, Copy)]
pub struct Reference {
    /// Its name.
    pub name: &'static str,
    /// What it asks of the systems.
    shape: fn(&mut Variants, &mut Character),
    /// What stands before the work.
    prepare: fn(&World),
    /// The work; asked for once more, it goes on or finds nothing left.
    pub work: fn(&World) -> Result<(), Stopped>,
}

impl Reference {
    /// A world in which the work is to be done.
    pub fn prepared(&self) -> World {
        self.prepared_under(&[])
    }

    /// The same where the systems behave so. What the reference itself asks of them weighs more.
    pub fn prepared_under(&self, quirks: &[Quirk]) -> World {
        let (mut variants, mut character) = (Variants::default(), Character::default());
        quirks.iter().for_each(|quirk| quirk.apply(&mut variants, &mut character));
        (self.shape)(&mut variants, &mut character);
        let world = World::with(3, 13, variants, character);
        if quirks.contains(&Quirk::ConsentLogin) {
            logged_in(&world);
        }
        (self.prepare)(&world);
        world
    }

    /// Does the work as a host does it: a call that is refused or stopped is made again, and a person logs in where
    /// that is asked.
    pub fn work_until_done(&self, world: &World) -> Login {
        let mut login = Login::Held;
        for _ in 0..5 {
            match (self.work)(world) {
                Ok(()) => return login,
                Err(stopped) => {
                    world.wait(LEASE);
                    if stopped.because == Stop::Credentials(System::Tribe) {
                        login = Login::GivenAnew;
                        world.consent().unwrap();
                    }
                }
            }
        }
        panic!("{}: the work does not end", self.name);
    }
}

/// Whether somebody had to log in to Tribe again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nobody had to.
    Held,
    /// Somebody had to.
    GivenAnew,
}

/// Waits until nothing is left to do, and fails unless both systems say the same then.
pub fn come_to_rest(world: &World) {
    for _ in 0..3 {
        world.wait(QUIET);
        world.poll().unwrap();
    }
    let before = world.writes();
    world.poll().unwrap();
    assert_eq!(world.writes(), before, "an idle poll writes");
    world.assert_same();
}

macro_rules! references {
    ($($name:ident: $shape:expr, $prepare:expr, $work:expr;)+) => {
        /// Every reference scenario.
        pub const ALL: &[Reference] = &[
            $(Reference { name: stringify!($name), shape: $shape, prepare: $prepare, work: $work },)+
        ];
    };
}

#[rustfmt::skip]
references! {
    initial_sync: small, |_| {}, initial;
    initial_sync_in_small_slices: small, tiny_slices, initial;
    initial_sync_with_nested_records_left_out: |_, c| c.nested_create = NestedCreate::Ignored, |_| {}, initial;
    initial_sync_with_nested_records_refused: |_, c| c.nested_create = NestedCreate::Refused, |_| {}, initial;
    initial_sync_with_lagging_reads: lagging, |_| {}, initial;
    initial_sync_from_lean_rows: lean, |_| {}, initial;
    initial_sync_again: small, synced, initial;
    a_company_edited_in_ac: small, |w| { synced(w); edit_company(w, json!({"telefoonnummer": "020 555 10 01"})) }, poll;
    a_company_edited_in_ac_empty_answers: silent, |w| { synced(w); edit_company(w, json!({"telefoonnummer": "020 555 10 02"})) }, poll;
    a_private_person_edited_in_ac: small, |w| { synced(w); edit_relatie(w, "1013", json!({"naam": "E. Voorbeeld-de Wit"})) }, poll;
    a_contact_person_edited_in_ac: small, |w| { synced(w); edit_person(w, json!({"mobiel": "06 5550 1001", "geslacht": "X"})) }, poll;
    an_address_edited_in_ac: small, |w| { synced(w); move_house(w) }, poll;
    an_address_added_in_ac: small, |w| { synced(w); add_address(w) }, poll;
    an_address_added_in_ac_nothing_nested: |_, c| c.nested_create = NestedCreate::Ignored, |w| { synced(w); add_address(w) }, poll;
    a_field_emptied_in_ac: small, |w| { synced(w); edit_company(w, json!({"email": null})) }, poll;
    an_edit_in_tribe_pushed: small, |w| { synced(w); in_tribe(w, json!({"PhoneNumber": "020 555 10 03"})) }, push_company;
    an_edit_in_tribe_polled: small, |w| { synced(w); in_tribe(w, json!({"Website": "www.tribe.example"})) }, poll;
    an_edit_in_tribe_ac_without_etag: no_etag, |w| { synced(w); in_tribe(w, json!({"Website": "www.tribe.example"})) }, poll;
    an_address_edited_in_tribe: small, |w| { synced(w); street_in_tribe(w) }, poll;
    a_field_emptied_in_tribe: small, |w| { synced(w); in_tribe(w, json!({"PhoneNumber": null})) }, poll;
    one_of_two_mobiles_edited_in_tribe: small, |w| { synced(w); mobile_in_tribe(w) }, poll;
    both_mobiles_edited_in_tribe: small, |w| { synced(w); mobile_in_tribe(w); business_mobile_in_tribe(w) }, poll;
    the_same_field_on_both_sides: small, |w| { synced(w); edit_company(w, json!({"email": "ac@voorbeeld.example"})); in_tribe(w, json!({"EmailAddress": "t@voorbeeld.example"})) }, poll;
    other_fields_on_both_sides: small, |w| { synced(w); edit_company(w, json!({"email": "ac@voorbeeld.example"})); in_tribe(w, json!({"Website": "www.t.example"})) }, poll;
    a_new_company_with_a_contact_person: small, |w| { synced(w); add_company(w) }, poll;
    a_contact_person_at_a_second_organisation: small, |w| { synced(w); second_organisation(w) }, poll;
    a_contact_person_moved: small, |w| { synced(w); move_person(w) }, poll;
    a_second_role: small, |w| { synced(w); edit_company(w, json!({"relatietypen": ["client", "leverancier"]})) }, poll;
    a_type_gone_and_back: small, |w| { synced(w); edit_relatie(w, "1001", json!({"relatietypen": ["advocaat"]})) }, type_back;
    archived_edited_and_taken_out: small, |w| { synced(w); archive(w) }, unarchive;
    removed_in_tribe: small, |w| { synced(w); remove_in_tribe(w) }, poll;
    removed_in_tribe_and_asked_for_again: small, |w| { synced(w); remove_in_tribe(w); w.poll().unwrap(); }, resync_company;
    the_state_lost: small, |w| { synced(w); w.store.lose_everything() }, initial;
    a_sweep_that_finds_what_no_stamp_shows: unseen_edits, |w| { synced(w); move_house(w) }, sweep;
    a_create_whose_answer_was_lost: small, lost_answer, poll;
    a_create_that_was_not_sent: small, not_sent, poll;
    an_organisation_for_which_somebody_waits: small, somebody_waits, poll;
    a_create_in_doubt_for_which_somebody_waits: small, |w| { somebody_waits(w); w.faults.plan(Kind::ResetAfter, "POST", "Customer", 1); w.poll().unwrap(); }, poll;
    a_value_given_back: small, conflict, give_back;
    initial_sync_by_consent: by_consent, |w| { logged_in(w); w.wait(Duration::from_secs(600)) }, initial;
    a_login_renewed_in_a_poll: by_consent, |w| { logged_in(w); synced(w); edit_company(w, json!({"telefoonnummer": "020 555 10 09"})) }, poll;
    a_login_refused_in_a_poll: small, |w| { logged_in(w); synced(w); edit_company(w, json!({"telefoonnummer": "020 555 10 10"})); w.faults.plan(Kind::Status401, "PUT", "Relation_Organization", 1) }, poll;
}

fn small(_: &mut Variants, _: &mut Character) {}

fn lagging(_: &mut Variants, character: &mut Character) {
    character.read_lag = Duration::from_secs(10);
}

/// A token lasts shorter than the time between two polls.
fn by_consent(_: &mut Variants, character: &mut Character) {
    character.token_life = Duration::from_secs(200);
}

fn logged_in(world: &World) {
    world.log_in_by_consent();
    world.consent().unwrap();
}

fn silent(_: &mut Variants, character: &mut Character) {
    character.put_answer = PutAnswer::NoContent;
}

fn lean(variants: &mut Variants, _: &mut Character) {
    variants.rows = Rows::Lean;
}

fn no_etag(variants: &mut Variants, _: &mut Character) {
    variants.etag = Etag::No;
}

fn unseen_edits(variants: &mut Variants, _: &mut Character) {
    variants.child_edits_move_parent = ChildEditsMoveParent::No;
}

fn tiny_slices(world: &World) {
    world.budget.set(Budget { time: Duration::from_secs(60), requests: 3 });
}

fn synced(world: &World) {
    world.initial_sync().unwrap();
    world.settle().unwrap();
}

fn initial(world: &World) -> Result<(), Stopped> {
    world.initial_sync().map(drop)
}

fn poll(world: &World) -> Result<(), Stopped> {
    world.poll().map(drop)
}

fn sweep(world: &World) -> Result<(), Stopped> {
    world.sweep().map(drop)
}

fn push_company(world: &World) -> Result<(), Stopped> {
    let id = world.tribe.borrow().find_by_import_id(&marker(world)).first().unwrap().to_string();
    world.push(&[&id]).map(drop)
}

fn marker(world: &World) -> String {
    format!("ac:12345:relatie:{}", synced_company(world))
}

fn edit_company(world: &World, patch: Value) {
    edit_relatie(world, &synced_company(world), patch);
}

fn edit_person(world: &World, patch: Value) {
    edit_contact(world, &synced_person(world), patch);
}

fn in_tribe(world: &World, patch: Value) {
    world.edit_in_tribe(&marker(world), &patch);
}

fn edit_addresses(world: &World, edit: impl FnOnce(&mut Vec<Value>)) {
    world.edit_in_ac(List::Relaties, "1001", |record| edit(record["adressen"].as_array_mut().unwrap()));
}

fn move_house(world: &World) {
    edit_addresses(world, |addresses| {
        addresses[0]["straat"] = "Herengracht".into();
        addresses[0]["huisnummer"] = "7".into();
    });
}

fn add_address(world: &World) {
    edit_addresses(world, |addresses| {
        addresses.push(json!({"type": "postadres", "straat": "Postbus", "huisnummer": "12", "toevoeging": null,
            "postcode": "1000 AA", "plaats": "Amsterdam", "land": "NL"}));
    });
}

fn street_in_tribe(world: &World) {
    let address = world.address_in_tribe("ac:12345:relatie:1001", "VisitingAddress");
    world.edit_by_id(&address, &json!({"Street": "Prinsengracht", "City": "Haarlem"}));
}

fn mobile_in_tribe(world: &World) {
    let person = synced_person(world);
    world.edit_in_tribe(&format!("ac:12345:contactpersoon:{person}"), &json!({"MobilePhoneNumber": "06 5550 2001"}));
}

fn business_mobile_in_tribe(world: &World) {
    let person = synced_person(world);
    let marker = format!("ac:12345:contactpersoon:{person}@{}", company_of(world, &person));
    world.edit_in_tribe(&marker, &json!({"MobilePhoneNumber": "06 5550 2002"}));
}

fn add_company(world: &World) {
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

fn second_organisation(world: &World) {
    let person = synced_person(world);
    let other = another_company(world, &person);
    world.edit_in_ac(List::Contactpersonen, &person, |record| {
        let row = json!({"relatie_id": other, "functie": "Commissaris", "doorkiesnummer": "020 555 10 05"});
        record["koppelingen"].as_array_mut().unwrap().push(row);
    });
}

fn move_person(world: &World) {
    let person = synced_person(world);
    let other = another_company(world, &person);
    world.edit_in_ac(List::Contactpersonen, &person, |record| record["koppelingen"][0]["relatie_id"] = other.into());
}

/// The type goes with the first poll and comes back before the second. Made again after a crash, it is one edit more.
fn type_back(world: &World) -> Result<(), Stopped> {
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

fn archive(world: &World) {
    world.ac.borrow_mut().archive(world.now(), List::Relaties, "1001").unwrap();
    world.poll().unwrap();
    edit_relatie(world, "1001", json!({"telefoonnummer": "020 555 10 07"}));
    world.poll().unwrap();
}

fn unarchive(world: &World) -> Result<(), Stopped> {
    let archived = world.ac.borrow().relatie("1001").unwrap().current().text("status") == "gearchiveerd";
    if archived {
        world.ac.borrow_mut().unarchive(world.now(), List::Relaties, "1001").unwrap();
    }
    world.poll().map(drop)
}

fn remove_in_tribe(world: &World) {
    world.delete_in_tribe("ac:12345:relatie:1001");
    edit_relatie(world, "1001", json!({"telefoonnummer": "020 555 10 08"}));
}

fn resync_company(world: &World) -> Result<(), Stopped> {
    let id = RecordId::Relatie(RelatieId::new("1001"));
    records::resync(world.ports(), &world.read_settings(), world.budget.get(), &id).map(drop)
}

fn lost_answer(world: &World) {
    synced(world);
    add_company(world);
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::ResetAfter), 1);
}

fn not_sent(world: &World) {
    synced(world);
    add_company(world);
    world.faults.plan(Kind::Refused, "POST", "Customer", 1);
    world.poll().unwrap();
    assert_eq!(world.faults.count(Kind::Refused), 1);
}

/// A new organisation has just got a type that is mapped, and its contact person waited for that.
fn somebody_waits(world: &World) {
    synced(world);
    add_company(world);
    let id = world.ac.borrow().relaties().last().unwrap().0.to_owned();
    edit_relatie(world, &id, json!({"relatietypen": ["advocaat"]}));
    world.poll().unwrap();
    edit_relatie(world, &id, json!({"relatietypen": ["client"]}));
}

fn conflict(world: &World) {
    synced(world);
    edit_company(world, json!({"email": "ac@voorbeeld.example"}));
    in_tribe(world, json!({"EmailAddress": "t@voorbeeld.example"}));
    world.poll().unwrap();
}

fn give_back(world: &World) -> Result<(), Stopped> {
    records::restore(world.ports(), &world.read_settings(), world.budget.get(), 0).map(drop)
}
