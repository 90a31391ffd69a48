//! One bad value never blocks a record.

use std::collections::BTreeSet;
use std::time::Duration;

use advocaatcentraal_tribe::link::{DeadLetter, Subject};
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{Budget, Next, WhichLetters, retry_letters};
use sandbox::advocaatcentraal::{List, Refusals, Variants};
use sandbox::tribe::{Character, NestedCreate, RefusedText};
use serde_json::{Value, json};
use tests::World;
use tests::support::{conflicts, edit_relatie, kept, person_of, relation_in_ac, relation_of};

use super::{add_company, add_contact_person, object};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
const COMPANY: &str = "1001";
/// In a value that Tribe refuses.
const BAD: &str = "onmogelijk";

fn office_with(variants: Variants, character: Character) -> World {
    let world = World::with(7, 18, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn refusing(names_it: bool) -> Character {
    Character { refused_text: Some(RefusedText { word: BAD.to_owned(), names_it }), ..Character::default() }
}

fn letters(world: &World) -> Vec<(Subject, DeadLetter)> {
    records::dead_letters(world.ports(), &world.read_settings()).unwrap()
}

/// The fields that the dead letter of a record names.
fn refused(world: &World, id: &str) -> Vec<String> {
    let all = letters(world);
    let of = all.into_iter().find(|(subject, _)| subject.id() == id);
    of.map(|(_, letter)| letter.fields.into_iter().collect()).unwrap_or_default()
}

fn record(id: &str) -> RecordId {
    RecordId::Relatie(RelatieId::new(id))
}

fn every_field() -> Value {
    json!({"telefoonnummer": "020 555 09 09", "email": "nieuw@voorbeeld.example",
        "bedrijfsnaam": "Anders Voorbeeld B.V.", "website": format!("www.{BAD}.example")})
}

#[test]
fn an_update_of_tribe_goes_on_without_the_value_that_is_refused() {
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        let writes = world.writes().1;
        edit_relatie(&world, COMPANY, every_field());
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 09 09", "{names_it}");
        assert_eq!(relation_of(&world, COMPANY, "Name"), "Anders Voorbeeld B.V.");
        assert_eq!(relation_of(&world, COMPANY, "EmailAddress"), "nieuw@voorbeeld.example");
        assert_ne!(relation_of(&world, COMPANY, "Website"), format!("www.{BAD}.example"));
        assert_eq!(refused(&world, COMPANY), ["organisatie.website"]);
        assert!(world.writes().1 - writes <= 3, "at most three more calls");
        let before = world.writes();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!((world.writes(), letters(&world).len()), (before, 1), "it is not sent again, and not forgotten");
    }
}

#[test]
fn a_letter_names_what_was_refused_before_beside_what_is_refused_now() {
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        for (field, all) in [("website", 1), ("email", 2)] {
            edit_relatie(&world, COMPANY, json!({field: format!("{BAD}@{BAD}.example")}));
            world.settle().unwrap();
            assert_eq!(refused(&world, COMPANY).len(), all, "{field} {names_it}");
        }
        edit_relatie(&world, COMPANY, json!({"website": "www.goed.example"}));
        world.settle().unwrap();
        assert_eq!(refused(&world, COMPANY), ["organisatie.email"], "what went through is named no more");
    }
}

#[test]
fn a_refused_value_is_sent_again_when_it_changes() {
    let world = office_with(Variants::default(), refusing(true));
    edit_relatie(&world, COMPANY, every_field());
    world.settle().unwrap();
    edit_relatie(&world, COMPANY, json!({"website": "www.mogelijk.example"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "Website"), "www.mogelijk.example");
    assert!(letters(&world).is_empty());
    world.assert_same();
}

#[test]
fn a_record_is_created_without_the_value_that_is_refused() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        for names_it in [true, false] {
            let character = Character { nested_create, ..refusing(names_it) };
            let world = office_with(Variants::default(), character);
            let id = add_company(&world, "Nieuw Voorbeeld B.V.");
            edit_relatie(&world, &id, json!({"telefoonnummer": BAD, "website": "www.nieuw.example"}));
            world.poll().unwrap();
            let person = add_contact_person(&world, &[id.as_str()]);
            world.edit_in_ac(sandbox::advocaatcentraal::List::Contactpersonen, &person, |person| {
                person["voornamen"] = BAD.into();
            });
            world.settle().unwrap();
            let case = format!("{nested_create:?}, {names_it}");
            assert_eq!(relation_of(&world, &id, "Website"), "www.nieuw.example", "{case}");
            assert_eq!(relation_of(&world, &id, "EmailAddress"), "info@voorbeeld.example", "{case}");
            assert_eq!(refused(&world, &id), ["organisatie.telefoonnummer"], "{case}");
            assert_eq!(refused(&world, &person), ["contactpersoon.voornamen"], "{case}");
            let street = world.address_in_tribe(&format!("ac:12345:relatie:{id}"), "VisitingAddress");
            assert!(!street.is_empty(), "{case}");
            let standing = world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{id}")).len();
            assert_eq!(standing, 1, "{case}");
            world.tribe.borrow_mut().character_mut().refused_text = None;
            world.wait(Duration::from_secs(25 * 60 * 60));
            world.settle().unwrap();
            world.assert_same();
        }
    }
}

#[test]
fn what_a_new_record_goes_without_is_brought_back_though_tribe_does_not_show_the_record_yet() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::Ignored] {
        let character = Character { nested_create, read_lag: Duration::from_secs(30), ..refusing(false) };
        let world = office_with(Variants::default(), character);
        let id = add_company(&world, "Nieuw Voorbeeld B.V.");
        world.settle().unwrap();
        let person = add_contact_person(&world, &[id.as_str()]);
        world.edit_in_ac(sandbox::advocaatcentraal::List::Contactpersonen, &person, |person| {
            person["voornamen"] = BAD.into();
        });
        world.poll().unwrap();
        world.settle().unwrap();
        assert_eq!(refused(&world, &person), ["contactpersoon.voornamen"], "{nested_create:?}");
        let tribe = world.tribe.borrow();
        let standing = tribe.find_by_import_id(&format!("ac:12345:contactpersoon:{person}"));
        let gender = tribe.entity(standing[0]).unwrap().link("Gender");
        assert_eq!(gender, tribe.lookup("Datastore_Gender", "Female"), "{nested_create:?}");
    }
}

#[test]
fn a_bad_part_of_an_address_takes_no_other_part_with_it() {
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        let id = add_company(&world, "Nieuw Voorbeeld B.V.");
        world.edit_in_ac(sandbox::advocaatcentraal::List::Relaties, &id, |relatie| {
            relatie["adressen"][0]["plaats"] = BAD.into();
        });
        world.settle().unwrap();
        assert_eq!(refused(&world, &id), ["hoofdkantoor.plaats"], "{names_it}");
        let marker = format!("ac:12345:relatie:{id}");
        let address = world.address_in_tribe(&marker, "VisitingAddress");
        let address =
            world.tribe.borrow().set("Address").find(|of| of.id().to_string() == address).unwrap().text("Street");
        assert_eq!(address, "Keizersgracht", "{names_it}");
        world.tribe.borrow_mut().character_mut().refused_text = None;
        world.wait(Duration::from_secs(25 * 60 * 60));
        world.settle().unwrap();
        world.assert_same();
    }
}

#[test]
fn a_new_address_of_which_tribe_refuses_a_part_is_made_once_and_keeps_the_others() {
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        let id = add_company(&world, "Nieuw Voorbeeld B.V.");
        world.settle().unwrap();
        world.edit_in_ac(List::Relaties, &id, |relatie| {
            let mut postal = relatie["adressen"][0].clone();
            (postal["id"], postal["type"], postal["straat"]) = ("a2".into(), "postadres".into(), BAD.into());
            relatie["adressen"].as_array_mut().unwrap().push(postal);
        });
        let in_ac = relation_in_ac(&world, &id);
        world.settle().unwrap();
        assert_eq!(refused(&world, &id), ["postadres.straat"], "{names_it}");
        let marker = format!("ac:12345:relatie:{id}");
        let postal = world.address_in_tribe(&marker, "PostalAddress");
        let tribe = world.tribe.borrow();
        let company = tribe.find_by_import_id(&marker)[0];
        let addresses: Vec<_> = tribe.referring(company, "Organization").filter(|of| of.set() == "Address").collect();
        assert_eq!(addresses.len(), 2, "{names_it}: the visiting address and the new one");
        let postal = addresses.into_iter().find(|of| of.id().to_string() == postal).unwrap();
        let parts = ["City", "Postalcode", "HouseNumber", "Street"].map(|part| postal.text(part));
        assert_eq!(parts, ["Amsterdam", "1015 CS", "12", ""], "{names_it}");
        assert_eq!(relation_in_ac(&world, &id), in_ac, "{names_it}");
    }
}

#[test]
fn an_edit_in_tribe_reaches_ac_without_the_value_that_ac_refuses() {
    for refusals in [Refusals::NameTheMember, Refusals::Bare] {
        let world = office_with(Variants { refusals, ..Variants::default() }, Character::default());
        let marker = format!("ac:12345:relatie:{COMPANY}");
        world.edit_in_tribe(
            &marker,
            &json!({"EmailAddress": "geen adres", "PhoneNumber": "020 555 09 09", "Website": "www.t.example"}),
        );
        world.settle().unwrap();
        let in_ac = relation_in_ac(&world, COMPANY);
        assert_eq!((&in_ac["telefoonnummer"], &in_ac["website"]), (&json!("020 555 09 09"), &json!("www.t.example")));
        assert_ne!(in_ac["email"], "geen adres");
        assert_eq!(refused(&world, COMPANY), ["organisatie.email"], "{refusals:?}");
        let before = world.writes();
        world.settle().unwrap();
        assert_eq!(world.writes(), before);
        world.edit_in_tribe(&marker, &json!({"EmailAddress": "wel@voorbeeld.example"}));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["email"], "wel@voorbeeld.example");
        assert!(letters(&world).is_empty());
        world.assert_same();
    }
}

#[test]
fn a_refusal_ends_when_the_old_value_is_put_back() {
    for refusals in [Refusals::NameTheMember, Refusals::Bare] {
        let world = office_with(Variants { refusals, ..Variants::default() }, Character::default());
        let marker = format!("ac:12345:relatie:{COMPANY}");
        let before = relation_of(&world, COMPANY, "EmailAddress");
        world.edit_in_tribe(&marker, &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        assert_eq!(refused(&world, COMPANY), ["organisatie.email"], "{refusals:?}");
        world.wait(std::time::Duration::from_secs(60));
        world.edit_in_tribe(&marker, &json!({"EmailAddress": before}));
        world.settle().unwrap();
        assert!(letters(&world).is_empty(), "{refusals:?}");
        world.assert_same();
    }
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        let before = relation_in_ac(&world, COMPANY)["website"].clone();
        for website in [format!("www.{BAD}.example").into(), before] {
            edit_relatie(&world, COMPANY, json!({"website": website}));
            world.settle().unwrap();
            world.wait(std::time::Duration::from_secs(60));
        }
        assert!(letters(&world).is_empty(), "{names_it}");
        world.assert_same();
    }
}

#[test]
fn what_ac_takes_back_reaches_tribe_though_the_record_is_again_as_it_was_when_a_value_was_refused() {
    for refusals in [Refusals::NameTheMember, Refusals::Bare] {
        let world = office_with(Variants { refusals, ..Variants::default() }, Character::default());
        let marker = format!("ac:12345:relatie:{COMPANY}");
        let website = relation_in_ac(&world, COMPANY)["website"].clone();
        let in_tribe = relation_of(&world, COMPANY, "Website");
        world.edit_in_tribe(&marker, &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        world.edit_in_tribe(&marker, &json!({"Website": "www.anders.example"}));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.anders.example", "{refusals:?}");
        edit_relatie(&world, COMPANY, json!({"website": website}));
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "Website"), in_tribe, "{refusals:?}");
        assert_eq!(refused(&world, COMPANY), ["organisatie.email"], "{refusals:?}");
    }
}

#[test]
fn a_list_that_leaves_a_member_out_takes_no_refusal_of_it_back() {
    let world = World::new(7, 18);
    world.edit_in_ac(List::Relaties, COMPANY, |record| drop(record.remove("email")));
    world.initial_sync().unwrap();
    world.edit_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), &json!({"EmailAddress": "geen adres"}));
    world.settle().unwrap();
    assert_eq!(refused(&world, COMPANY), ["organisatie.email"]);
    world.sweep().unwrap();
    world.settle().unwrap();
    assert_eq!(refused(&world, COMPANY), ["organisatie.email"]);
}

/// A tenant with a rule that refuses a value of several relations, until an administrator takes it away.
fn several_refused(names_it: bool) -> (World, Vec<String>) {
    let world = office_with(Variants::default(), refusing(names_it));
    let names = ["Een", "Twee", "Drie"];
    let ids: Vec<String> = names.iter().map(|name| add_company(&world, &format!("Voorbeeld {name} B.V."))).collect();
    // Each another: one same value for all would be held by the brake.
    ids.iter().for_each(|id| edit_relatie(&world, id, json!({"telefoonnummer": format!("{BAD} {id}")})));
    world.settle().unwrap();
    assert_eq!(letters(&world).len(), 3);
    world.tribe.borrow_mut().character_mut().refused_text = None;
    (world, ids)
}

#[test]
fn letters_are_retried_all_or_by_code_or_by_field() {
    let which = |code: Option<&str>, field: Option<&str>| WhichLetters {
        code: code.map(str::to_owned),
        field: field.map(str::to_owned),
        only_resting: false,
    };
    for (which, left) in [
        (which(None, None), 0),
        (which(Some("refused-by-tribe"), None), 0),
        (which(None, Some("organisatie.telefoonnummer")), 0),
        (which(Some("refused-by-advocaatcentraal"), None), 3),
        (which(None, Some("organisatie.email")), 3),
    ] {
        let (world, ids) = several_refused(true);
        let few = Budget { requests: 8, ..AMPLE };
        let mut calls = 0;
        while retry_letters(world.ports(), &world.read_settings(), &which, few).unwrap().next == Next::Again {
            calls += 1;
            assert!(calls < 20, "it ends");
        }
        assert_eq!(letters(&world).len(), left, "{which:?}");
        let taken = ids.iter().filter(|id| relation_of(&world, id, "PhoneNumber").starts_with(BAD)).count();
        assert_eq!(taken, 3 - left);
    }
}

#[test]
fn synchroniseren_tries_them_and_so_does_a_resync() {
    let (world, _) = several_refused(false);
    world.initial_sync().unwrap();
    assert!(letters(&world).is_empty());
    world.settle().unwrap();
    world.assert_same();
    let (world, ids) = several_refused(false);
    records::resync(world.ports(), &world.read_settings(), AMPLE, &record(&ids[0])).unwrap();
    assert_eq!(letters(&world).len(), 2);
}

#[test]
fn one_of_several_is_tried_daily_and_its_success_brings_the_others() {
    let (world, _) = several_refused(true);
    let before = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "not before a day has passed");
    world.wait(Duration::from_secs(24 * 60 * 60));
    world.settle().unwrap();
    assert!(letters(&world).is_empty());
    world.assert_same();
}

#[test]
fn a_probe_that_is_refused_again_leaves_the_others_alone() {
    let (world, ids) = several_refused(true);
    world.tribe.borrow_mut().character_mut().refused_text = Some(RefusedText { word: BAD.to_owned(), names_it: true });
    world.wait(Duration::from_secs(24 * 60 * 60));
    let before = world.writes();
    world.settle().unwrap();
    let named: BTreeSet<Vec<String>> = ids.iter().map(|id| refused(&world, id)).collect();
    assert_eq!((world.writes(), named.len(), letters(&world).len()), (before, 1, 3));
}

#[test]
fn a_record_of_which_even_the_name_is_refused_waits_as_a_whole() {
    let world = office_with(Variants::default(), refusing(false));
    let fields = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": BAD, "telefoonnummer": null,
        "email": null, "website": null, "kvk": null, "adressen": []});
    let id = world.ac.borrow_mut().add_relatie(world.now(), object(fields));
    world.settle().unwrap();
    assert_eq!((letters(&world).len(), refused(&world, &id).len()), (1, 0));
    edit_relatie(&world, &id, json!({"bedrijfsnaam": "Mogelijk B.V."}));
    world.settle().unwrap();
    assert!(letters(&world).is_empty());
    world.assert_same();
}

#[test]
fn a_refused_value_keeps_no_new_role_and_no_new_organisation_back() {
    let world = office_with(Variants::default(), refusing(true));
    let (one, other) = (add_company(&world, "Voorbeeld Een B.V."), add_company(&world, "Voorbeeld Twee B.V."));
    world.settle().unwrap();
    edit_relatie(&world, &one, json!({"telefoonnummer": BAD}));
    let person = add_contact_person(&world, &[one.as_str()]);
    world.edit_in_ac(sandbox::advocaatcentraal::List::Contactpersonen, &person, |person| {
        person["voornamen"] = BAD.into();
    });
    world.settle().unwrap();
    assert_eq!(letters(&world).len(), 2);
    edit_relatie(&world, &one, json!({"relatietypen": ["client", "leverancier"]}));
    world.edit_in_ac(sandbox::advocaatcentraal::List::Contactpersonen, &person, |person| {
        person["koppelingen"][0]["relatie_id"] = other.as_str().into();
    });
    world.settle().unwrap();
    let standing = |marker: &str| world.tribe.borrow().find_by_import_id(marker).len();
    assert_eq!(standing(&format!("ac:12345:relatie:{one}#leverancier")), 1);
    assert_eq!(standing(&format!("ac:12345:contactpersoon:{person}@{other}")), 1);
}

#[test]
fn a_contact_relationship_that_is_refused_keeps_nothing_else_of_the_person_back() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        let world = office_with(Variants::default(), Character { nested_create, ..Character::default() });
        let (one, other) = (add_company(&world, "Voorbeeld Een B.V."), add_company(&world, "Voorbeeld Twee B.V."));
        world.settle().unwrap();
        // No reading has shown yet that this one is gone, and Tribe refuses what leads to it.
        world.delete_in_tribe(&format!("ac:12345:relatie:{one}"));
        let person = add_contact_person(&world, &[one.as_str(), other.as_str()]);
        world.poll().unwrap();
        let said = |property: &str| person_of(&world, &person, property);
        assert_eq!([said("FirstName"), said("MobilePhoneNumber")], ["Eva", "0612345678"], "{nested_create:?}");
        let standing = |marker: &str| world.tribe.borrow().find_by_import_id(marker).len();
        let at = |company: &str| standing(&format!("ac:12345:contactpersoon:{person}@{company}"));
        assert_eq!((at(&one), at(&other), letters(&world).len()), (0, 1, 1), "{nested_create:?}");
        world.settle().unwrap();
        world.settle().unwrap();
        assert_eq!((at(&one), at(&other)), (0, 1), "{nested_create:?}");
    }
}

#[test]
fn what_is_refused_gave_way_to_nothing() {
    for names_it in [true, false] {
        let world = office_with(Variants::default(), refusing(names_it));
        edit_relatie(&world, COMPANY, every_field());
        world.settle().unwrap();
        world.sweep().unwrap();
        let kept: Vec<String> = kept(&world).into_iter().map(|(_, kept)| kept.slot).collect();
        assert!(kept.contains(&"organisatie.bedrijfsnaam".to_owned()), "{kept:?}");
        assert!(!kept.contains(&"organisatie.website".to_owned()), "its value stands in Tribe: {names_it}");
    }
    for refusals in [Refusals::NameTheMember, Refusals::Bare] {
        let world = office_with(Variants { refusals, ..Variants::default() }, Character::default());
        let edit = json!({"EmailAddress": "geen adres", "PhoneNumber": "020 555 09 09"});
        world.edit_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), &edit);
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 09 09");
        let kept: Vec<String> = kept(&world).into_iter().map(|(_, kept)| kept.slot).collect();
        assert!(!kept.contains(&"organisatie.email".to_owned()), "its value stands in AC: {refusals:?}");
    }
}

#[test]
fn a_conflict_of_before_stays_kept_when_the_same_value_is_to_give_way_to_one_that_is_refused() {
    let world = office_with(Variants::default(), refusing(true));
    let marker = format!("ac:12345:relatie:{COMPANY}");
    world.edit_in_tribe(&marker, &json!({"Website": "www.een.example"}));
    edit_relatie(&world, COMPANY, json!({"website": "www.twee.example"}));
    world.settle().unwrap();
    world.edit_in_tribe(&marker, &json!({"Website": "www.een.example"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.een.example");
    edit_relatie(&world, COMPANY, json!({"website": format!("www.{BAD}.example")}));
    world.settle().unwrap();
    assert_eq!(refused(&world, COMPANY), ["organisatie.website"]);
    let lost: Vec<String> = conflicts(&world).into_iter().map(|(_, kept)| kept.lost).collect();
    assert_eq!(lost, ["www.een.example"]);
}

#[test]
fn what_tribe_demands_and_ac_has_empty_has_a_letter_until_it_is_filled() {
    let world = office_with(Variants::default(), Character::default());
    let name = relation_of(&world, COMPANY, "Name");
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": null, "telefoonnummer": "020 555 09 09"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 09 09", "the rest goes on");
    assert_eq!(relation_of(&world, COMPANY, "Name"), name);
    let codes = || letters(&world).into_iter().map(|(_, letter)| letter.code).collect::<Vec<_>>();
    assert_eq!(
        (codes(), refused(&world, COMPANY)),
        (vec!["required-field-empty".to_owned()], vec!["organisatie.bedrijfsnaam".to_owned()])
    );
    world.sweep().unwrap();
    world.settle().unwrap();
    assert_eq!(codes().len(), 1, "the sweep does not forget it");
    edit_relatie(&world, COMPANY, json!({"bedrijfsnaam": name}));
    world.settle().unwrap();
    assert!(codes().is_empty());
    world.assert_same();
}
