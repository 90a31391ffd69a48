//! A field that goes one way and then both, and one that is read otherwise: by itself that writes nothing (D17).

use advocaatcentraal_tribe::link::{OfficeState, Subject, WhyApart};
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use advocaatcentraal_tribe::settings::name;
use serde_json::json;
use tests::World;
use tests::support::{conflicts, contact_of, edit_relatie, person_in_ac, relation_in_ac, relation_of};

use super::{add_company, add_contact_person, office};

const ONE_WAY: &str =
    r#"{"organisatie.website":"from-advocaatcentraal","organisatie.telefoonnummer":"from-advocaatcentraal"}"#;
const IN_TRIBE: &str = "www.uit-tribe.example";

/// An office in which two fields of organisations go one way, and a company of it.
fn one_way() -> (World, String) {
    let world = office();
    world.set(name::FIELDS, ONE_WAY);
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    edit_relatie(&world, &company, json!({"website": "www.uit-ac.example"}));
    world.settle().unwrap();
    (world, company)
}

fn edit_website(world: &World, company: &str, website: &str) -> String {
    world.edit_in_tribe(&format!("ac:12345:relatie:{company}"), &json!({ "Website": website }))
}

fn websites(world: &World, company: &str) -> [String; 2] {
    let in_ac = relation_in_ac(world, company)["website"].as_str().unwrap_or_default().to_owned();
    [in_ac, relation_of(world, company, "Website")]
}

fn both_ways(world: &World) {
    world.set(name::FIELDS, "{}");
}

fn why_apart(world: &World, subject: &Subject) -> Vec<WhyApart> {
    let link = OfficeState::new(&world.store, "12345").link(subject).unwrap();
    link.apart.keys().filter_map(|slot| link.why_apart(slot)).collect()
}

fn organisation(id: &str) -> Subject {
    Subject::Organisation(RelatieId::new(id))
}

#[test]
fn going_both_ways_writes_nothing_and_the_difference_stays() {
    // Whether the edit was looked at before the setting changed or not.
    for is_seen in [true, false] {
        let (world, company) = one_way();
        edit_website(&world, &company, IN_TRIBE);
        if is_seen {
            world.settle().unwrap();
            assert_eq!(why_apart(&world, &organisation(&company)), [WhyApart::OneWay]);
        }
        both_ways(&world);
        let before = world.writes();
        let cycle = world.poll().unwrap();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!(world.writes(), before);
        assert_eq!(websites(&world, &company), ["www.uit-ac.example", IN_TRIBE]);
        assert_eq!(why_apart(&world, &organisation(&company)), [WhyApart::OneWay]);
        assert!(is_seen || cycle.codes().contains(&"agreed-by-setting"), "{:?}", cycle.codes());
    }
}

#[test]
fn after_that_an_edit_on_either_side_travels() {
    let (world, company) = one_way();
    edit_website(&world, &company, IN_TRIBE);
    world.settle().unwrap();
    both_ways(&world);
    world.settle().unwrap();
    let id = edit_website(&world, &company, "www.nieuw.example");
    world.push(&[&id]).unwrap();
    assert_eq!(websites(&world, &company), ["www.nieuw.example", "www.nieuw.example"]);
    assert!(why_apart(&world, &organisation(&company)).is_empty());
    let (world, company) = one_way();
    edit_website(&world, &company, IN_TRIBE);
    world.settle().unwrap();
    both_ways(&world);
    world.settle().unwrap();
    edit_relatie(&world, &company, json!({"website": "www.ac-nieuw.example"}));
    world.settle().unwrap();
    assert_eq!(websites(&world, &company), ["www.ac-nieuw.example", "www.ac-nieuw.example"]);
    let lost: Vec<String> = conflicts(&world).into_iter().map(|(_, kept)| kept.lost).collect();
    assert_eq!(lost, [IN_TRIBE], "what nobody of AC had seen is kept");
}

#[test]
fn an_edit_of_another_field_takes_no_difference_along() {
    let (world, company) = one_way();
    edit_website(&world, &company, IN_TRIBE);
    world.settle().unwrap();
    both_ways(&world);
    let marker = format!("ac:12345:relatie:{company}");
    world.poll().unwrap();
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 12 12"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, &company)["telefoonnummer"], "020 555 12 12");
    assert_eq!(websites(&world, &company), ["www.uit-ac.example", IN_TRIBE]);
}

#[test]
fn a_difference_of_before_is_left_by_every_walk_however_late_it_looks() {
    let (world, company) = one_way();
    edit_website(&world, &company, IN_TRIBE);
    both_ways(&world);
    // A call that looks at none of it notices the setting.
    world.push(&["00000000-0000-4000-8000-000000000001"]).unwrap();
    world.wait(std::time::Duration::from_secs(86_400));
    let before = world.writes();
    world.sweep().unwrap();
    world.settle().unwrap();
    assert_eq!(
        (world.writes(), websites(&world, &company)),
        (before, ["www.uit-ac.example".to_owned(), IN_TRIBE.to_owned()])
    );
}

#[test]
fn one_way_an_edit_in_tribe_stays_until_ac_changes() {
    let (world, company) = one_way();
    edit_website(&world, &company, IN_TRIBE);
    let before = world.writes();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!((world.writes(), websites(&world, &company)[1].as_str()), (before, IN_TRIBE));
    edit_relatie(&world, &company, json!({"website": "www.ac-nieuw.example"}));
    world.settle().unwrap();
    assert_eq!(websites(&world, &company)[1], "www.ac-nieuw.example");
    assert_eq!(conflicts(&world).len(), 1);
}

#[test]
fn a_field_that_is_read_from_another_place_empties_nothing() {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    let people: Vec<String> = (0..5).map(|_| add_contact_person(&world, &[company.as_str()])).collect();
    world.settle().unwrap();
    world.set(name::TRIBE_FUNCTION_FIELD, "Department");
    let before = world.writes();
    let cycle = world.poll().unwrap();
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.writes(), before);
    assert!(cycle.codes().contains(&"agreed-by-setting"), "{:?}", cycle.codes());
    for person in &people {
        assert_eq!(person_in_ac(&world, person)["koppelingen"][0]["functie"], "Directeur");
        assert_eq!(why_apart(&world, &Subject::ContactPerson(ContactpersoonId::new(person))), [WhyApart::Setting]);
    }
    // From then on an edit there is one like any other.
    let contact = format!("ac:12345:contactpersoon:{}@{company}", people[0]);
    world.edit_in_tribe(&contact, &json!({"Department": "Voorzitter"}));
    world.settle().unwrap();
    assert_eq!(person_in_ac(&world, &people[0])["koppelingen"][0]["functie"], "Voorzitter");
    assert_eq!(contact_of(&world, &people[0], "Function"), "Directeur", "the old place stays as it was");
}
