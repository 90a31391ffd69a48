//! Each excuse of I6: a small case in which it is given, and one in which it is not.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

use advocaatcentraal_tribe::link::{Fingerprint, Kept, Reason, Side, Subject};
use advocaatcentraal_tribe::relation::{Instant, RelatieId};
use sandbox::advocaatcentraal::{List, NewAddresses};
use sandbox::tribe::{Character, Tenant};
use serde_json::json;

use super::*;
use crate::support::{company_of, edit_relatie, synced_company, synced_person};

const PHONE: &str = "organisatie.telefoonnummer";

fn company(id: &str) -> Who {
    Who { list: List::Relaties, id: id.to_owned() }
}

fn said(place: &str, value: &str) -> Saying {
    Saying {
        who: company("1001"),
        field: PHONE,
        at: None,
        place: place.to_owned(),
        value: value.to_owned(),
        before: "+31201".to_owned(),
        when: 10,
        known: true,
    }
}

fn phone() -> &'static Field {
    let record = json!({"soort": "bedrijf"});
    let fields = manual::fields(&company("1001"), record.as_object().unwrap());
    fields.into_iter().find(|field| field.name == PHONE).unwrap()
}

#[test]
fn a_value_in_a_conflict_of_its_own_field_is_excused() {
    let conflict = |id: &str, slot: &str, lost: &str| Kept {
        subject: Subject::Organisation(RelatieId::new(id)),
        slot: slot.to_owned(),
        side: Side::Tribe,
        lost: lost.to_owned(),
        instead: Fingerprint::EMPTY,
        reason: Reason::Conflict,
        at: Instant::from_millis(0),
        later: Default::default(),
    };
    let tribe = Tribe::new(Tenant::default(), Character::default());
    let excuse = |conflict| in_conflict(&said("AC", "+31205551001"), phone(), &[conflict], &tribe);
    assert_eq!(excuse(conflict("1001", PHONE, "020 555 10 01")), Some(Excuse::InConflict));
    assert_eq!(excuse(conflict("1001", PHONE, "020 555 10 02")), None);
    assert_eq!(excuse(conflict("1001", "organisatie.email", "020 555 10 01")), None);
    assert_eq!(excuse(conflict("1002", PHONE, "020 555 10 01")), None);
}

#[test]
fn a_word_beside_which_another_stood_is_excused_once_a_later_one_went_over_it() {
    let world = World::new(1, 4);
    let excuse = |first: Saying, later: Saying| {
        let now = [later.value.clone()];
        sibling_replaced(&world, &first, &[Saying { when: 11, ..later }], &now)
    };
    let in_tribe = || said("x.PhoneNumber", "+31205551001");
    assert_eq!(excuse(in_tribe(), said("AC", "")), None);
    world.watch.note_told(Code::SiblingStays, "1001", PHONE);
    assert_eq!(excuse(in_tribe(), said("AC", "")), Some(Excuse::SiblingReplaced));
    assert_eq!(excuse(in_tribe(), said("y.PhoneNumber", "")), None);
    assert_eq!(excuse(said("AC", ""), in_tribe()), Some(Excuse::SiblingReplaced));
    assert_eq!(excuse(said("AC", "+31205551002"), in_tribe()), None);
}

#[test]
fn the_beginning_of_ours_is_excused_once_it_was_told_as_what_ac_stores_and_ours_stands_there_again() {
    let world = World::new(1, 4);
    let shortened = Saying { before: "+31205551001".to_owned(), ..said("AC", "+312055") };
    let excuse = |saying: &Saying, now: &str| shortened_and_sent_again(&world, saying, &[now.to_owned()]);
    assert_eq!(excuse(&shortened, "+31205551001"), None);
    world.watch.note_told(Code::StoredOtherwise, "1001", PHONE);
    assert_eq!(excuse(&shortened, "+31205551001"), Some(Excuse::ShortenedInAcOnce));
    assert_eq!(excuse(&shortened, "+31205551002"), None);
    assert_eq!(excuse(&Saying { value: "+3161".to_owned(), ..shortened.clone() }, "+31205551001"), None);
    assert_eq!(excuse(&Saying { place: "x.PhoneNumber".to_owned(), ..shortened }, "+31205551001"), None);
}

#[test]
fn an_emptied_field_is_excused_where_the_member_is_absent_or_nothing_was_agreed() {
    let now = ["+31201".to_owned()];
    let emptied = said("AC", "");
    assert_eq!(of_emptied(&emptied, &[]), Some(Excuse::AbsentMember));
    assert_eq!(of_emptied(&emptied, &now), None);
    assert_eq!(of_emptied(&Saying { known: false, ..emptied }, &now), Some(Excuse::NothingAgreed));
    assert_eq!(of_emptied(&Saying { known: false, ..said("AC", "+31202") }, &now), None);
}

#[test]
fn a_word_in_tribe_is_excused_once_ac_had_it() {
    let word = said("a.PhoneNumber", "+31202");
    let excuse = |versions| of_tribe(&word, &[], |_| versions, &BTreeSet::new());
    assert_eq!(excuse(1), Some(Excuse::OnceInAc));
    assert_eq!(excuse(0), None);
}

#[test]
fn a_word_in_tribe_is_excused_where_no_read_could_show_it() {
    let word = said("a.PhoneNumber", "+31202");
    let excuse =
        |place: &str, value: &str| of_tribe(&word, &[], |_| 0, &BTreeSet::from([(place.to_owned(), value.to_owned())]));
    assert_eq!(excuse("a.PhoneNumber", "+31202"), Some(Excuse::UnseenEdit));
    assert_eq!(excuse("a.PhoneNumber", "+31203"), None);
    assert_eq!(excuse("b.PhoneNumber", "+31202"), None);
}

#[test]
fn a_word_in_tribe_is_excused_where_it_changes_back_what_reached_nobody() {
    let word = said("a.PhoneNumber", "+31202");
    let earlier = Saying { before: "+31202".to_owned(), when: 5, ..said("a.PhoneNumber", "+31209") };
    let excuse = |earlier: Saying, of_earlier: usize| {
        let versions = |value: &str| if value == "+31209" { of_earlier } else { 0 };
        of_tribe(&word, &[earlier, word.clone()], versions, &BTreeSet::new())
    };
    assert_eq!(excuse(earlier.clone(), 0), Some(Excuse::ChangedBackInTribe));
    assert_eq!(excuse(earlier.clone(), 1), None, "the value in between reached AC");
    assert_eq!(excuse(Saying { place: "b.PhoneNumber".to_owned(), ..earlier.clone() }, 0), None);
    assert_eq!(excuse(Saying { before: "+31208".to_owned(), ..earlier }, 0), None);
}

#[test]
fn a_word_in_ac_is_excused_once_it_was_written_to_tribe() {
    let word = said("AC", "+31202");
    let excuse = |value: &str| of_ac(&word, &[], 1, &BTreeSet::from([(company("1001"), PHONE, value.to_owned())]));
    assert_eq!(excuse("+31202"), Some(Excuse::OnceInTribe));
    assert_eq!(excuse("+31203"), None);
}

#[test]
fn a_word_in_ac_is_excused_where_it_was_written_under_another_name_of_the_record() {
    let person = |id: &str| Who { list: List::Contactpersonen, id: id.to_owned() };
    let word = |id: &str| Saying { who: person(id), ..said("AC", "+31202") };
    let written = |id: &str| BTreeSet::from([(person(id), PHONE, "+31202".to_owned())]);
    assert_eq!(of_ac(&word("1004/5002"), &[], 1, &written("1001/5002")), Some(Excuse::OnceInTribe));
    assert_eq!(of_ac(&word("1004/5002"), &[], 1, &written("1001/5003")), None);
    assert_eq!(of_ac(&word("5002"), &[], 1, &written("5003")), None);
}

#[test]
fn a_word_in_ac_is_excused_where_a_user_of_tribe_wrote_the_same() {
    let word = said("AC", "+31202");
    let excuse = |other: Saying| of_ac(&word, &[word.clone(), other], 1, &BTreeSet::new());
    assert_eq!(excuse(said("a.PhoneNumber", "+31202")), Some(Excuse::WrittenInTribeToo));
    assert_eq!(excuse(said("a.PhoneNumber", "+31203")), None);
    assert_eq!(excuse(Saying { who: company("1002"), ..said("a.PhoneNumber", "+31202") }), None);
}

#[test]
fn a_word_in_ac_is_excused_where_ac_had_it_before() {
    let word = said("AC", "+31202");
    assert_eq!(of_ac(&word, &[], 2, &BTreeSet::new()), Some(Excuse::ChangedBackInAc));
    assert_eq!(of_ac(&word, &[], 1, &BTreeSet::new()), None);
}

fn synced() -> World {
    let world = World::new(3, 13);
    world.initial_sync().unwrap();
    world
}

/// The excuse that the place of a word gives, if any.
fn excuse_of_place(world: &World, saying: &Saying) -> Option<Excuse> {
    place::of(world, saying).err()
}

#[test]
fn a_record_or_a_field_that_ac_has_no_more_is_excused() {
    let world = synced();
    let word = Saying { who: company(&synced_company(&world)), ..said("AC", "+31202") };
    assert_eq!(excuse_of_place(&world, &word), None);
    assert_eq!(excuse_of_place(&world, &Saying { who: company("0"), ..word.clone() }), Some(Excuse::RecordGone));
    assert_eq!(excuse_of_place(&world, &Saying { field: "particulier.naam", ..word }), Some(Excuse::FieldGone));
}

#[test]
fn a_record_that_is_not_synced_is_excused() {
    let world = synced();
    let id = synced_company(&world);
    let word = Saying { who: company(&id), ..said("AC", "+31202") };
    edit_relatie(&world, &id, json!({"relatietypen": ["advocaat"]}));
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::RecordNotSynced));
    edit_relatie(&world, &id, json!({"relatietypen": ["client"]}));
    assert_eq!(excuse_of_place(&world, &word), None);
    world.delete_in_tribe(&word.who.marker());
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::RecordNotSynced));
}

#[test]
fn an_address_that_ac_has_no_more_is_excused() {
    let world = synced();
    let word = Saying { field: "hoofdkantoor.straat", ..said("AC", "Herengracht") };
    assert_eq!(excuse_of_place(&world, &word), None);
    edit_relatie(&world, "1001", json!({"adressen": []}));
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::NoPlaceInAc));
}

#[test]
fn an_address_that_ac_never_had_is_excused_only_where_ac_keeps_none() {
    let world = synced();
    let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Voorbeeld", "adressen": []});
    let id = world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone());
    world.settle().unwrap();
    let owner = *world.tribe.borrow().find_by_import_id(&company(&id).marker()).first().unwrap();
    world.add_address_in_tribe(owner, "VisitingAddress", &json!({"Street": "Herengracht"})).unwrap();
    let word = world.watch.said.borrow().last().cloned().unwrap();
    assert_eq!(excuse_of_place(&world, &word), None);
    world.ac.borrow_mut().variants_mut().new_addresses = NewAddresses::PassedOver;
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::NoPlaceInAc));
}

#[test]
fn a_contact_relationship_that_is_not_synced_is_excused() {
    let world = synced();
    let person = synced_person(&world);
    let at = company_of(&world, &person);
    let who = Who { list: List::Contactpersonen, id: person };
    let word = Saying { who, field: "contactpersoon.functie", at: Some(at.clone()), ..said("AC", "Directeur") };
    assert_eq!(excuse_of_place(&world, &word), None);
    world.delete_in_tribe(&format!("{}@{at}", word.who.marker()));
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::OrganisationNotSynced));
}

#[test]
fn a_tribe_record_that_belongs_to_this_record_no_longer_is_excused() {
    let world = synced();
    let id_of = |marker: &str| *world.tribe.borrow().find_by_import_id(marker).first().unwrap();
    let word = |id| said(&format!("{id}.PhoneNumber"), "+31202");
    assert_eq!(excuse_of_place(&world, &word(id_of("ac:12345:relatie:1001"))), None);
    let another = world.tribe.borrow().own_organisation();
    assert_eq!(excuse_of_place(&world, &word(another)), Some(Excuse::NoPlaceInTribe));
}

#[test]
fn an_address_that_tribe_has_no_more_is_excused() {
    let world = synced();
    let word = Saying { field: "hoofdkantoor.straat", ..said("AC", "Herengracht") };
    assert_eq!(excuse_of_place(&world, &word), None);
    world.edit_in_tribe("ac:12345:relatie:1001", &json!({"VisitingAddress": null}));
    assert_eq!(excuse_of_place(&world, &word), Some(Excuse::NoPlaceInTribe));
}

#[test]
fn a_lost_word_breaks_the_invariant_unless_the_state_was_lost_after_it() {
    let world = synced();
    world.watch.said.borrow_mut().push(said("AC", "+31209"));
    let broken = every_edit_is_kept(&world).expect("AC has another number");
    assert_eq!(broken.invariant, Invariant::I6);
    assert_eq!(world.watch.excused(), [].into());
    world.watch.state_is_lost();
    assert_eq!(every_edit_is_kept(&world), None);
    assert_eq!(world.watch.excused(), [(Excuse::EditBeforeStateLost, 1)].into());
}

#[test]
fn the_judge_says_which_excuse_held() {
    let world = synced();
    let record = world.fields_in_ac(&company("1001")).unwrap();
    let number = phone().in_ac(&record, None, &world.tribe.borrow()).remove(0);
    assert_eq!(judge(&world, &said("AC", &number), &[], &[]), Verdict::Kept);
    assert_eq!(judge(&world, &said("AC", "+31209"), &[], &[]), Verdict::Lost);
    edit_relatie(&world, "1001", json!({"telefoonnummer": "020 555 10 02"}));
    let id = *world.tribe.borrow().find_by_import_id("ac:12345:relatie:1001").first().unwrap();
    let in_tribe = said(&format!("{id}.PhoneNumber"), &number);
    assert_eq!(judge(&world, &in_tribe, &[], &[]), Verdict::Excused(Excuse::OnceInAc));
    let gone = Saying { who: company("0"), ..said("AC", &number) };
    assert_eq!(judge(&world, &gone, &[], &[]), Verdict::Excused(Excuse::RecordGone));
}
