//! Fields of AC's that stand in Tribe in more than one place, and a contact person with two functions at one company.

use advocaatcentraal_tribe::link::{Subject, WhyApart};
use advocaatcentraal_tribe::relation::ContactpersoonId;
use sandbox::advocaatcentraal::{KoppelingOrder, Variants};
use sandbox::tribe::Character;
use serde_json::{Value, json};
use tests::World;
use tests::support::{conflicts, contact_of, edit_contact, kept, person_in_ac, person_of};

use super::{add_company, add_contact_person, office};

const MOBILE: &str = "MobilePhoneNumber";
const OLD: &str = "0612345678";
const NEW: &str = "06 5550 1111";
const OTHER: &str = "06 5550 2222";

fn marker(person: &str) -> String {
    format!("ac:12345:contactpersoon:{person}")
}

fn person_at(world: &World, company: &str) -> String {
    let person = add_contact_person(world, &[company]);
    world.settle().unwrap();
    person
}

/// An office with a contact person of one company.
fn office_with_person() -> (World, String) {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    let person = person_at(&world, &company);
    (world, person)
}

/// Mobile numbers: AC, business, private.
fn mobiles(world: &World, person: &str) -> [String; 3] {
    let in_ac = person_in_ac(world, person)["mobiel"].as_str().unwrap_or_default().to_owned();
    [in_ac, contact_of(world, person, MOBILE), person_of(world, person, MOBILE)]
}

fn set_private(world: &World, person: &str, value: &Value) {
    world.edit_in_tribe(&marker(person), &json!({ MOBILE: value }));
}

fn set_business(world: &World, person: &str, value: &Value) {
    let company = tests::support::company_of(world, person);
    world.edit_in_tribe(&format!("{}@{company}", marker(person)), &json!({ MOBILE: value }));
}

fn why_apart(world: &World, person: &str) -> Vec<WhyApart> {
    let state = advocaatcentraal_tribe::link::OfficeState::new(&world.store, "12345");
    let link = state.link(&Subject::ContactPerson(ContactpersoonId::new(person))).unwrap();
    link.apart.keys().filter_map(|slot| link.why_apart(slot)).collect()
}

#[test]
fn emptying_one_of_two_leaves_ac_and_the_other_as_they_are() {
    for private in [true, false] {
        let (world, person) = office_with_person();
        if private {
            set_private(&world, &person, &Value::Null)
        } else {
            set_business(&world, &person, &Value::Null)
        }
        let before = world.writes();
        let cycle = world.poll().unwrap();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!(world.writes(), before, "nothing is written");
        let [in_ac, business, private_one] = mobiles(&world, &person);
        assert_eq!((in_ac.as_str(), business == OLD, private_one == OLD), (OLD, private, !private));
        assert!(cycle.codes().contains(&"sibling-stays"), "{:?}", cycle.codes());
        assert_eq!(why_apart(&world, &person), [WhyApart::Sibling]);
    }
}

#[test]
fn ac_is_emptied_with_the_last_of_them() {
    let (world, person) = office_with_person();
    set_private(&world, &person, &Value::Null);
    world.settle().unwrap();
    set_business(&world, &person, &Value::Null);
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), ["", "", ""]);
    assert!(why_apart(&world, &person).is_empty());
    world.assert_same();
}

#[test]
fn one_that_was_emptied_stays_so_when_ac_changes_again_and_again() {
    let (world, person) = office_with_person();
    set_private(&world, &person, &Value::Null);
    world.settle().unwrap();
    for value in [NEW, OTHER] {
        edit_contact(&world, &person, json!({ "mobiel": value }));
        world.settle().unwrap();
        assert_eq!(mobiles(&world, &person), [value, value, ""]);
    }
    // Filled again by a user it goes to AC, and the other stays as it is (D3).
    set_private(&world, &person, &json!(NEW));
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [NEW, OTHER, NEW]);
}

#[test]
fn one_that_a_user_changes_while_ac_changes_stays_and_is_told() {
    let (world, person) = office_with_person();
    edit_contact(&world, &person, json!({ "mobiel": NEW }));
    set_private(&world, &person, &json!(OTHER));
    let cycle = world.poll().unwrap();
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [NEW, NEW, OTHER]);
    assert!(cycle.codes().contains(&"sibling-stays"), "{:?}", cycle.codes());
    edit_contact(&world, &person, json!({ "mobiel": OLD }));
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [OLD, OLD, OTHER], "it is still the user's own");
    assert!(kept(&world).iter().all(|(_, kept)| kept.lost != OTHER), "nothing of it gave way");
}

#[test]
fn where_all_were_changed_the_first_of_the_table_gets_acs_value_and_its_own_is_kept() {
    let (world, person) = office_with_person();
    edit_contact(&world, &person, json!({ "mobiel": NEW }));
    set_business(&world, &person, &json!("06 5550 3333"));
    set_private(&world, &person, &json!(OTHER));
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [NEW, NEW, OTHER]);
    assert!(kept(&world).iter().any(|(_, kept)| kept.lost == "06 5550 3333"));
}

#[test]
fn a_lost_store_flattens_no_difference() {
    for value in [Value::Null, json!(OTHER)] {
        let (world, person) = office_with_person();
        edit_contact(&world, &person, json!({ "mobiel": NEW }));
        set_private(&world, &person, &value);
        world.settle().unwrap();
        let expected = mobiles(&world, &person);
        assert_eq!(expected, [NEW, NEW, value.as_str().unwrap_or_default()]);
        world.wait(std::time::Duration::from_secs(600));
        world.store.lose_everything();
        world.initial_sync().unwrap();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!((mobiles(&world, &person), kept(&world).len()), (expected, 0));
        edit_contact(&world, &person, json!({ "mobiel": OLD }));
        world.settle().unwrap();
        let [in_ac, business, private] = mobiles(&world, &person);
        assert_eq!(
            (in_ac.as_str(), business.as_str(), private),
            (OLD, OLD, value.as_str().unwrap_or_default().to_owned())
        );
    }
}

#[test]
fn a_failed_write_to_ac_leaves_what_was_left_apart() {
    let (world, person) = office_with_person();
    set_private(&world, &person, &Value::Null);
    world.settle().unwrap();
    set_business(&world, &person, &json!(NEW));
    world.faults.plan(tests::faults::Kind::Status409, "PUT", "contactpersonen", 1);
    world.settle().unwrap();
    world.wait(std::time::Duration::from_secs(7_200));
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [NEW, NEW, ""]);
    assert_eq!(why_apart(&world, &person), [WhyApart::Sibling]);
}

#[test]
fn a_clearing_that_fails_on_its_way_to_ac_fills_no_field_that_a_user_emptied() {
    use tests::faults::Kind;
    let failures = [Kind::Status409, Kind::Status412, Kind::Status503, Kind::ResetBefore, Kind::ResetAfter];
    for failure in failures.into_iter().chain([Kind::Status401, Kind::Truncated]) {
        let (world, person) = office_with_person();
        set_private(&world, &person, &Value::Null);
        world.settle().unwrap();
        set_business(&world, &person, &Value::Null);
        world.faults.plan(failure, "PUT", "contactpersonen", 1);
        for _ in 0..3 {
            drop(world.poll());
            world.wait(std::time::Duration::from_secs(7_200));
        }
        assert_eq!(mobiles(&world, &person), ["", "", ""], "{failure:?}");
    }
}

fn office_with_order(koppelingen: KoppelingOrder) -> World {
    let variants = Variants { koppelingen, ..Variants::default() };
    let world = World::with(7, 18, variants, Character::default());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn functions(rows: &[(&str, &str)]) -> Value {
    let row = |(at, functie): &(&str, &str)| json!({"relatie_id": at, "functie": functie, "doorkiesnummer": null});
    json!({ "koppelingen": rows.iter().map(row).collect::<Vec<_>>() })
}

#[test]
fn of_two_functions_at_one_company_it_is_the_first_by_text_whatever_the_order() {
    for order in [KoppelingOrder::AsStored, KoppelingOrder::ReversedInLists] {
        for turned in [false, true] {
            let world = office_with_order(order);
            let company = add_company(&world, "Nieuw Voorbeeld B.V.");
            world.poll().unwrap();
            let person = add_contact_person(&world, &[company.as_str()]);
            let mut rows = [(company.as_str(), "Zakelijk leider"), (company.as_str(), "Bestuurder")];
            if turned {
                rows.reverse();
            }
            edit_contact(&world, &person, functions(&rows));
            let cycle = world.poll().unwrap();
            assert!(cycle.codes().contains(&"several-functions"), "{:?}", cycle.codes());
            assert_eq!(contact_of(&world, &person, "Function"), "Bestuurder");
            let before = world.writes();
            world.settle().unwrap();
            world.sweep().unwrap();
            assert_eq!(world.writes(), before, "it does not go to and fro");
        }
    }
}

#[test]
fn the_function_that_is_linked_stays_linked_when_another_comes_before_it() {
    for order in [KoppelingOrder::AsStored, KoppelingOrder::ReversedInLists] {
        let world = office_with_order(order);
        let company = add_company(&world, "Nieuw Voorbeeld B.V.");
        world.poll().unwrap();
        let person = person_at(&world, &company);
        assert_eq!(contact_of(&world, &person, "Function"), "Directeur");
        edit_contact(&world, &person, functions(&[(&company, "Bestuurder"), (&company, "Directeur")]));
        world.settle().unwrap();
        assert_eq!(contact_of(&world, &person, "Function"), "Directeur");
        // An edit in Tribe goes to that one, and the other stays as it is.
        world.edit_in_tribe(&format!("{}@{company}", marker(&person)), &json!({"Function": "Voorzitter"}));
        world.settle().unwrap();
        let in_ac = |world: &World| -> Vec<String> {
            let rows = person_in_ac(world, &person)["koppelingen"].clone();
            rows.as_array().unwrap().iter().map(|row| row["functie"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(in_ac(&world), ["Bestuurder", "Voorzitter"]);
        let before = world.writes();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!((world.writes(), contact_of(&world, &person, "Function")), (before, "Voorzitter".to_owned()));
    }
}

#[test]
fn one_that_stayed_and_gives_way_after_all_is_a_conflict() {
    let (world, person) = office_with_person();
    edit_contact(&world, &person, json!({"mobiel": NEW}));
    set_business(&world, &person, &OTHER.into());
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [NEW, OTHER, NEW]);
    // AC's value would stand nowhere in Tribe: the first of the table gives way.
    edit_contact(&world, &person, json!({"mobiel": OLD}));
    set_private(&world, &person, &"06 5550 3333".into());
    world.settle().unwrap();
    assert_eq!(mobiles(&world, &person), [OLD, OLD, "06 5550 3333"]);
    let lost: Vec<String> = conflicts(&world).into_iter().map(|(_, kept)| kept.lost).collect();
    assert_eq!(lost, [OTHER], "it never reached AC");
}
