//! What is no difference, and what the report says.

use super::*;

#[test]
fn a_right_transfer_of_every_kind_is_equal() {
    for seed in 0..4 {
        let world = World::carried(seeded(seed, 150));
        let compared = world.compared();
        assert!(compared.is_equal(), "{compared}");
        assert!(compared.tally(Table::Organisations).records > 30, "{compared}");
        assert!(compared.tally(Table::ContactRelationships).records > 30, "{compared}");
        assert!(compared.tally(Table::Addresses).fields > 100, "{compared}");
    }
}

#[test]
fn a_record_is_known_by_its_id_as_the_wire_writes_it() {
    for wire in Wire::ALL {
        let mut world = World::speaking(wire, seeded(1, 60));
        world.carry();
        let compared = world.compared();
        assert!(compared.is_equal(), "{wire:?} {compared}");
        assert!(compared.tally(Table::ContactRelationships).records > 10, "{compared}");
    }
}

#[test]
fn an_empty_tribe_lacks_everything() {
    let world = World::new(seeded(1, 60));
    let compared = world.compared();
    assert!(compared.differences().iter().all(|found| found.fault == Fault::MissingInTribe), "{compared}");
    assert_eq!(compared.tally(Table::Organisations).records, compared.tally(Table::Organisations).differences);
}

#[test]
fn an_edit_of_one_of_two_places_in_tribe_is_no_difference_once_it_is_in_ac() {
    let mut world = small();
    let person = world.found("contactpersoon:5001");
    world.tribe.edit(NOW, person, &json!({"MobilePhoneNumber": "06 5550 0002"})).unwrap();
    world
        .ac
        .edit_contactpersoon(NOW, "5001", |fields| {
            fields.insert("mobiel".into(), "06 5550 0002".into());
        })
        .unwrap();
    assert_eq!(faults(&world), []);
    world
        .ac
        .edit_contactpersoon(NOW, "5001", |fields| {
            fields.insert("mobiel".into(), "06 5550 0003".into());
        })
        .unwrap();
    assert_eq!(faults(&world).len(), 1, "none of the places agrees any more");
}

#[test]
fn what_is_archived_deleted_or_unmapped_later_may_stay() {
    let mut world = small();
    world.ac.archive(NOW, List::Relaties, "1001").unwrap();
    world.ac.delete(NOW, List::Contactpersonen, "5001").unwrap();
    world
        .ac
        .edit_relatie(NOW, "2001", |fields| {
            fields.insert("relatietypen".into(), json!(["advocaat"]));
        })
        .unwrap();
    assert_eq!(faults(&world), []);
    world.ac.purge(List::Relaties, "1001").unwrap();
    assert_eq!(faults(&world), []);
}

#[test]
fn what_a_user_deleted_in_tribe_may_stay_away() {
    let mut world = small();
    let company = world.found("relatie:1001");
    world.tribe.delete_as_user(NOW, company).unwrap();
    assert_eq!(faults(&world), []);
}

#[test]
fn an_address_that_a_user_of_tribe_removed_may_stay_away_until_it_changes_in_ac() {
    let mut world = small();
    let company = world.found("relatie:1001");
    world.tribe.edit(NOW, company, &json!({"VisitingAddress": null})).unwrap();
    assert_eq!(faults(&world), []);
    let later = NOW.plus(std::time::Duration::from_secs(1));
    let mut change = |part: &str, text: &str| {
        let change = |fields: &mut Map<String, Value>| fields["adressen"][0][part] = text.into();
        world.ac.edit_relatie(later, "1001", change).unwrap();
    };
    change("postcode", "1015cs");
    change("plaats", "Utrecht");
    assert_eq!(faults(&world).len(), 1);
    let change = |fields: &mut Map<String, Value>| fields["adressen"][0]["plaats"] = "Amsterdam".into();
    world.ac.edit_relatie(later, "1001", change).unwrap();
    assert_eq!(faults(&world), [], "another spelling is no change");
}

#[test]
fn the_kvk_number_is_looked_at_only_where_the_office_uses_it() {
    let mut world = small();
    set(&mut world, "relatie:1001", json!({"ChamberOfCommerceNumber": "99999999"}));
    assert!(!world.compared().is_equal());
    assert!(compare(&world.ac, &world.tribe, &types(), Kvk::Off).is_equal());
}

#[test]
fn the_report_is_short_and_tells_no_values() {
    let mut world = small();
    set(&mut world, "relatie:1001", json!({"Name": "Kanarie"}));
    let report = world.compared().to_string();
    assert!(report.contains("ac:12345:relatie:1001 organisatie.bedrijfsnaam differs"), "{report}");
    assert!(report.contains("organisations                 2"), "{report}");
    assert!(!report.contains("Kanarie") && !report.contains("Voorbeeld"), "{report}");
}
