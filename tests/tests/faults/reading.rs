//! Reading and paging.

use advocaatcentraal_tribe::sync::Stop;
use sandbox::advocaatcentraal::{Order, PageCap, Paging, Rows, Variants};
use sandbox::tribe::{Character, PutAnswer, Unordered};
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{edit_contact, edit_relatie, person_in_ac, person_of, relation_in_ac, relation_of, synced_person};

use super::{COMPANY, OTHER, cursors, letters, marker, office, office_with, poll_until_done};

fn paging(paging: Paging) -> World {
    let variants = Variants { paging, page_cap: PageCap::TwentyFive, ..Variants::default() };
    World::with(7, 60, variants, Character::default())
}

#[test]
fn f43_rows_that_move_while_a_list_is_read_are_not_skipped() {
    let world = World::new(7, 250);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let ids: Vec<_> = world.tribe.borrow().set("Relation_Organization").map(|entity| entity.id()).collect();
    let ours =
        |id: &&sandbox::tribe::Guid| world.tribe.borrow().entity(**id).unwrap().text("ImportId").starts_with("ac:");
    let ours: Vec<_> = ids.iter().filter(ours).copied().collect();
    for (number, id) in ours.iter().enumerate() {
        world.save_in_tribe(*id, &json!({"PhoneNumber": format!("020 556 {number:0>4}")}));
        world.wait(std::time::Duration::from_secs(2));
    }
    // The relation on the first page is edited again and again, and moves to the end.
    let (first, mut times) = (ours[0], 0);
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.target.contains("LastMutationDate%20ge") && request.target.contains("Organization") && times < 3 {
            times += 1;
            world.wait(std::time::Duration::from_secs(2));
            world.save_in_tribe(first, &json!({"PhoneNumber": format!("020 555 43 1{times}")}));
        }
    }));
    world.poll().unwrap();
    drop(world.before_request.borrow_mut().take());
    world.poll().unwrap();
    world.assert_same();
}

#[test]
fn f44_lists_without_an_order_are_read_whole() {
    let variants = Variants { order: Order::Unsorted, page_cap: PageCap::TwentyFive, ..Variants::default() };
    let world = World::with(7, 60, variants, Character { unordered: Unordered::Shuffled, ..Character::default() });
    world.initial_sync().unwrap();
    world.assert_same();
}

#[test]
fn f45_a_list_that_ignores_its_cursor_is_an_error_and_no_end() {
    let world = paging(Paging::IgnoresCursor);
    let stopped = world.initial_sync().unwrap_err();
    assert!(matches!(stopped.error, Stop::Unavailable(..)), "{stopped:?}");
    assert!(world.watch.requests() < 200);
    assert!(cursors(&world).iter().all(|(key, _)| !key.ends_with("relaties")));
}

#[test]
fn f46_a_next_page_that_leads_to_itself_is_seen_at_once() {
    let world = paging(Paging::NextLinksToItself);
    let stopped = world.initial_sync().unwrap_err();
    assert!(matches!(stopped.error, Stop::Unavailable(..)), "{stopped:?}");
    let calls = world.ac.borrow().counters().calls()[&("GET".to_owned(), "relaties".to_owned())];
    assert!(calls <= 5, "{calls}");
}

#[test]
fn f48_a_page_that_fails_makes_no_list_complete() {
    let variants = Variants { page_cap: PageCap::TwentyFive, ..Variants::default() };
    let world = World::with(7, 80, variants, Character::default());
    let mut pages = 0;
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        if request.target.contains("/relaties?") && request.target.contains("na=") {
            // Each page is asked for with a hundred rows, which is refused, and then with twenty-five.
            pages += 1;
            if pages == 4 {
                world.faults.plan(Kind::Status500, "GET", "/relaties?", 1);
            }
        }
    }));
    let stopped = world.initial_sync().unwrap_err();
    assert_eq!(stopped.partial.counts.read, 50);
    assert!(cursors(&world).iter().all(|(key, _)| !key.ends_with("relaties")));
    world.initial_sync().unwrap();
    world.assert_same();
}

#[test]
fn f49_a_page_of_html_with_200_is_no_empty_list_and_no_success() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 49 01"}));
    let before = cursors(&world);
    world.faults.plan(Kind::Html200, "GET", "/relaties?", 1);
    assert!(matches!(world.poll().unwrap_err().error, Stop::Unavailable(..)));
    assert_eq!(cursors(&world), before);
    world.faults.plan(Kind::Html200, "PUT", "Relation_Organization", 1);
    poll_until_done(&world);
    assert_eq!(world.faults.count(Kind::Html200), 2);
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 49 01");
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 49 01", "nobody's edit is turned back");
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 49 02"}));
    world.faults.plan(Kind::Html200, "PUT", "/relaties/", 1);
    poll_until_done(&world);
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 49 02");
}

#[test]
fn f50_an_error_with_status_200_is_an_error() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 50 01"}));
    for part in ["/relaties?", "Relation_Person?"] {
        world.faults.plan(Kind::Error200, "GET", part, 1);
        assert!(matches!(world.poll().unwrap_err().error, Stop::Unavailable(..)), "{part}");
    }
    world.faults.plan(Kind::Error200, "PUT", "Relation_Organization", 1);
    poll_until_done(&world);
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn f51_no_addresses_are_none_however_that_is_said() {
    for none in [json!(null), json!([])] {
        let world = office();
        let writes = world.writes();
        edit_relatie(&world, COMPANY, json!({"adressen": none}));
        world.settle().unwrap();
        assert!(!world.address_in_tribe(&marker(COMPANY), "VisitingAddress").is_empty(), "what stood there stays");
        assert_eq!(world.writes(), writes);
    }
}

#[test]
fn f52_a_choice_of_tribes_that_ac_has_no_word_for_clears_nothing() {
    let mut character = Character::default();
    character.genders.push(("Unsaid".to_owned(), "Zegt het liever niet".to_owned()));
    let world = office_with(Variants::default(), character);
    let person = synced_person(&world);
    let before = person_in_ac(&world, &person)["geslacht"].clone();
    assert!(before == "M" || before == "V", "{before}");
    let unsaid = world.tribe.borrow().lookup("Datastore_Gender", "Unsaid").unwrap().to_string();
    let marker = format!("ac:12345:contactpersoon:{person}");
    world.edit_in_tribe(&marker, &json!({"Gender": {"ID": unsaid}, "FirstName": "Wilhelmina"}));
    world.settle().unwrap();
    let after = person_in_ac(&world, &person);
    assert_eq!((&after["geslacht"], &after["voornamen"]), (&before, &json!("Wilhelmina")));
}

#[test]
fn f52_an_unknown_word_costs_one_field_and_no_page() {
    let world = office();
    let person = synced_person(&world);
    edit_contact(&world, &person, json!({"geslacht": "Q", "voornamen": "Willemijn"}));
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 52 01"}));
    let gender = person_of(&world, &person, "Gender");
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"field-not-understood"));
    assert_eq!(person_of(&world, &person, "FirstName"), "Willemijn");
    assert_eq!(person_of(&world, &person, "Gender"), gender);
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 52 01");
}

#[test]
fn f53_an_answer_without_a_body_is_a_success() {
    let character = Character { put_answer: PutAnswer::NoContent, ..Character::default() };
    let world = office_with(Variants::default(), character);
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 53 01"}));
    assert_eq!(world.poll().unwrap().counts.updated, 1);
    world.edit_in_tribe(&marker(OTHER), &json!({"PhoneNumber": "020 555 53 02"}));
    world.faults.plan(Kind::Empty204, "PUT", "/relaties/", 1);
    world.poll().unwrap();
    assert_eq!(letters(&world), 0);
    let writes = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), writes);
    world.assert_same();
}

#[test]
fn f54_a_number_where_text_was_says_nothing_until_it_is_text_again() {
    let world = World::new(7, 18);
    world.faults.set_rates([(Kind::NumberForText, 10_000)].into());
    assert!(world.initial_sync().unwrap().codes().contains(&"field-not-understood"));
    assert!(world.faults.count(Kind::NumberForText) > 0);
    world.faults.stop();
    world.sweep().unwrap();
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn f55_keys_that_nobody_knows_are_passed_over() {
    let world = World::new(7, 18);
    world.faults.plan(Kind::ExtraKey, "GET", "/relaties?", 1);
    world.faults.plan(Kind::ExtraKey, "GET", "Relation_", 3);
    world.initial_sync().unwrap();
    assert!(world.faults.count(Kind::ExtraKey) > 1);
    world.assert_same();
}

#[test]
fn f56_a_page_that_is_clipped_without_a_word_is_not_the_last() {
    let variants = Variants { page_cap: PageCap::SilentlyClipped, rows: Rows::Full, ..Variants::default() };
    let world = World::with(7, 130, variants, Character::default());
    world.initial_sync().unwrap();
    world.assert_same();
    world.settle().unwrap();
    world.edit_in_tribe(&marker(COMPANY), &json!({"PhoneNumber": "020 555 56 01"}));
    world.faults.plan(Kind::ClippedPage, "GET", "LastMutationDate", 2);
    world.poll().unwrap();
    world.settle().unwrap();
    world.assert_same();
}
