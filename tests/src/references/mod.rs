//! The reference scenarios: each prepares a world and does one piece of work in it. Whatever fault strikes the work and
//! however the systems behave, in the end both say the same, and an idle poll writes nothing.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a world that is not as a scenario says fails it")]

mod steps;

use std::time::Duration;

use advocaatcentraal_tribe::sync::{Stop, Stopped, System};
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, NestedCreate};
use serde_json::json;

use crate::World;
use crate::faults::Kind;
use crate::invariants::both_say_the_same;
use crate::simulation::Quirk;
use crate::support::edit_relatie;
use steps::*;

/// How long a host waits before it takes over from one that is silent.
pub const LEASE: Duration = Duration::from_secs(150);
/// Longer than any pause before a record is tried again.
const QUIET: Duration = Duration::from_secs(2 * 60 * 60);

/// One reference scenario.
#[derive(Clone, Copy)]
pub struct Reference {
    /// Its name.
    pub name: &'static str,
    /// How the systems must behave.
    shape: fn(&mut Variants, &mut Character),
    /// What happens before the work.
    prepare: fn(&World),
    /// The work. A second call goes on with it or finds nothing left to do.
    pub work: fn(&World) -> Result<(), Stopped>,
}

impl Reference {
    /// A world that is ready for the work.
    pub fn prepared(&self) -> World {
        self.prepared_under(&[])
    }

    /// The same with these quirks. Where they contradict what the reference needs, the reference wins.
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

    /// Does the work as a host does: repeats a call that stopped, and lets a person log in where the connector asks for
    /// that.
    pub fn work_until_done(&self, world: &World) -> Login {
        let mut login = Login::Held;
        for _ in 0..5 {
            match (self.work)(world) {
                Ok(()) => return login,
                Err(stopped) => {
                    world.wait(LEASE);
                    if stopped.error == Stop::Credentials(System::Tribe) {
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
    let is_altered = !world.tribe.borrow().character().altered.is_empty();
    if is_altered {
        // What Tribe stores otherwise may differ, if the connector says so.
        assert_eq!(both_say_the_same(world), None);
    } else {
        world.assert_same();
    }
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
    removed_in_tribe_and_looked_for: small, |w| { synced(w); remove_in_tribe(w); w.poll().unwrap(); }, poll;
    removed_in_tribe_and_made_anew: small, |w| { synced(w); remove_in_tribe(w); w.poll().unwrap(); w.poll().unwrap(); }, make_company_anew;
    removed_in_tribe_and_there_again: small, |w| { synced(w); there_again(w) }, sweep;
    an_older_copy_of_the_store: small, |w| { synced(w); older_copy(w) }, poll;
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
