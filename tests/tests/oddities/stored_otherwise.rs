//! A system answers success and stores something else: a field that only its users may change, a text that is cut, blanks
//! that are taken off. Every field of the tables, in both directions.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use advocaatcentraal_tribe::link::{DeadLetter, Reason, Subject};
use advocaatcentraal_tribe::mapping::{AcField, Row, rows};
use advocaatcentraal_tribe::relation::{AddressPart, ContactpersoonId, Form, RelatieId};
use advocaatcentraal_tribe::sync::{Budget, WhichLetters, records, retry_letters};
use advocaatcentraal_tribe::tribe::Property;
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::{List, Variants};
use sandbox::tribe::{Character, NestedCreate, PutAnswer};
use sandbox::{Alteration, Altered};
use serde_json::json;
use tests::faults::Kind;
use tests::support::{conflicts, edit_relatie, relation_in_ac, relation_of};
use tests::{Cycle, World};

use super::fields::{COMPANY, in_ac, list, marker, put_in_ac, put_in_tribe, record, settled, subjects, value};
use super::{add_company, add_contact_person, office};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
const ALTERATIONS: [Alteration; 3] = [Alteration::PassedOver, Alteration::CutTo(6), Alteration::Trimmed];

/// Whether what becomes of a value of that field is another value.
fn is_another(row: &Row, alteration: Alteration) -> bool {
    match alteration {
        Alteration::PassedOver => true,
        Alteration::CutTo(_) => row.form != Form::Date && !is_choice(row),
        Alteration::Trimmed => false,
    }
}

fn is_choice(row: &Row) -> bool {
    matches!(row.form, Form::Gender | Form::Country)
}

fn leak(altered: Vec<(&'static str, Alteration)>) -> Altered {
    Vec::leak(altered)
}

/// The properties of these fields are stored otherwise in Tribe.
fn altered_in_tribe(subject: &Subject, alteration: Alteration) -> Altered {
    let fields = rows(subject).flat_map(|row| row.tribe.iter().map(move |field| (row, field.property())));
    let altered = fields.filter(|(row, _)| alteration == Alteration::Trimmed || is_another(row, alteration));
    leak(
        altered
            .flat_map(|(_, property)| match (property, alteration) {
                (Property::HouseNumber, Alteration::CutTo(_)) => vec![("HouseNumberSuffix", Alteration::CutTo(1))],
                (Property::HouseNumber, _) => vec![("HouseNumber", alteration), ("HouseNumberSuffix", alteration)],
                _ => vec![(&*format!("{property:?}").leak(), alteration)],
            })
            .collect(),
    )
}

/// The members of these fields are stored otherwise in AC.
fn altered_in_ac(subject: &Subject, alteration: Alteration) -> Altered {
    let altered = rows(subject).filter(|row| alteration == Alteration::Trimmed || is_another(row, alteration));
    leak(
        altered
            .flat_map(|row| match (row.ac, alteration) {
                (AcField::Own(veld), _) => vec![(veld.name(), alteration)],
                (AcField::Functie, _) => vec![("functie", alteration)],
                (AcField::Doorkiesnummer, _) => vec![("doorkiesnummer", alteration)],
                (AcField::Address(_, AddressPart::Huisnummer), Alteration::CutTo(_)) => {
                    vec![("toevoeging", Alteration::CutTo(1))]
                }
                (AcField::Address(_, AddressPart::Huisnummer), _) => {
                    vec![("huisnummer", alteration), ("toevoeging", alteration)]
                }
                (AcField::Address(_, part), _) => {
                    vec![(advocaatcentraal_tribe::advocaatcentraal::part_name(part), alteration)]
                }
            })
            .collect(),
    )
}

fn letter_of(world: &World, subject: &Subject) -> Option<DeadLetter> {
    let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    letters.into_iter().find(|(of, _)| of == subject).map(|(_, letter)| letter)
}

fn is_told(cycle: &Cycle, subject: &Subject, row: &Row) -> bool {
    let mut notes = cycle.notes.iter();
    notes.any(|note| {
        note.code == Code::StoredOtherwise
            && note.subject.as_ref() == Some(subject)
            && note.field.as_deref() == Some(row.name)
    })
}

/// The fields in which both sides differ are told, named by the letter of the record, and left alone.
fn assert_told_and_left_alone(world: &World, cycle: &Cycle, subject: &Subject, alteration: Alteration) {
    let case = format!("{subject} {alteration:?}");
    let other: Vec<&Row> = rows(subject).filter(|row| is_another(row, alteration)).collect();
    // An answer shows neither a gender nor a country, and a write that changes nothing moves no stamp.
    world.wait(Duration::from_secs(5 * 60));
    let later = world.sweep().unwrap();
    for row in rows(subject) {
        let times = [cycle, &later].into_iter().filter(|cycle| is_told(cycle, subject, row)).count();
        assert_eq!(times == 1, is_another(row, alteration), "{case} {}", row.name);
        assert!(times <= 1 && (times == 0 || is_told(cycle, subject, row) || is_choice(row)), "{case} {}", row.name);
    }
    let letter = letter_of(world, subject);
    assert_eq!(letter.is_some(), !other.is_empty(), "{case}");
    if let Some(letter) = letter {
        assert_eq!((letter.code.as_str(), letter.next_try), ("stored-otherwise", None), "{case}");
        let named: Vec<&str> = letter.fields.iter().map(String::as_str).collect();
        let mut names: Vec<&str> = other.iter().map(|row| row.name).collect();
        names.sort_unstable();
        assert_eq!(named, names, "{case}");
    }
    let (before, ac) = (world.writes(), in_ac(world, subject));
    world.settle().unwrap();
    world.wait(Duration::from_secs(25 * 60 * 60));
    world.settle().unwrap();
    let cycle = world.sweep().unwrap();
    assert_eq!((world.writes(), in_ac(world, subject)), (before, ac), "{case}");
    assert!(!rows(subject).any(|row| is_told(&cycle, subject, row)), "{case}: it is told once");
}

#[test]
fn what_tribe_stores_otherwise_is_told_and_never_comes_back_to_ac_in_any_field() {
    for alteration in ALTERATIONS {
        let world = settled();
        for subject in subjects(&world) {
            world.tribe.borrow_mut().character_mut().altered = altered_in_tribe(&subject, alteration);
            world.edit_in_ac(list(&subject), subject.id(), |record| {
                rows(&subject).for_each(|row| put_in_ac(record, row, &value(row, 'a')));
            });
            let ac = in_ac(&world, &subject);
            let cycle = world.poll().unwrap();
            assert_told_and_left_alone(&world, &cycle, &subject, alteration);
            assert_eq!(in_ac(&world, &subject), ac, "{alteration:?}: not a byte of AC changed");
            // A change at the source goes there, whatever became of the one before.
            world.tribe.borrow_mut().character_mut().altered = &[];
            world.edit_in_ac(list(&subject), subject.id(), |record| {
                rows(&subject).for_each(|row| put_in_ac(record, row, &value(row, 'b')));
            });
            world.settle().unwrap();
            assert_eq!(letter_of(&world, &subject), None);
            assert!(conflicts(&world).is_empty(), "{:?}", conflicts(&world));
            world.assert_same();
        }
    }
}

#[test]
fn what_ac_stores_otherwise_is_told_and_never_comes_back_to_tribe_in_any_field() {
    for alteration in ALTERATIONS {
        let world = settled();
        for subject in subjects(&world) {
            world.ac.borrow_mut().variants_mut().altered = altered_in_ac(&subject, alteration);
            rows(&subject).for_each(|row| put_in_tribe(&world, &subject, row, &value(row, 'a')));
            let writes = world.writes().1;
            let cycle = world.poll().unwrap();
            assert_told_and_left_alone(&world, &cycle, &subject, alteration);
            assert_eq!(world.writes().1, writes, "{alteration:?}: Tribe is as its user left it");
            // What AC never stored gives way to a change there only as a conflict.
            world.ac.borrow_mut().variants_mut().altered = &[];
            let known = conflicts(&world).len();
            world.edit_in_ac(list(&subject), subject.id(), |record| {
                rows(&subject).for_each(|row| put_in_ac(record, row, &value(row, 'b')));
            });
            world.settle().unwrap();
            let lost = rows(&subject).filter(|row| is_another(row, alteration)).count();
            assert_eq!(conflicts(&world).len() - known, lost, "{subject} {alteration:?}");
            assert_eq!(letter_of(&world, &subject), None);
            world.assert_same();
        }
    }
}

/// A company of which Tribe cuts the website and passes the phone over.
fn cut() -> World {
    let world = office();
    world.tribe.borrow_mut().character_mut().altered =
        &[("Website", Alteration::CutTo(6)), ("PhoneNumber", Alteration::PassedOver)];
    edit_relatie(&world, COMPANY, json!({"website": "www.nieuw.example", "telefoonnummer": "020 555 09 09"}));
    world.poll().unwrap();
    world
}

fn company() -> Subject {
    Subject::Organisation(RelatieId::new(COMPANY))
}

#[test]
fn it_is_sent_again_when_a_person_asks_for_the_record_or_for_its_letter_and_not_before() {
    let every = WhichLetters { code: None, field: None, only_resting: false };
    let by_code = WhichLetters { code: Some("stored-otherwise".to_owned()), ..every.clone() };
    let by_field = WhichLetters { field: Some("organisatie.website".to_owned()), ..every.clone() };
    type Ask<'a> = &'a dyn Fn(&World);
    let resync: Ask<'_> =
        &|world| drop(records::resync(world.ports(), &world.read_settings(), AMPLE, &record(&company())).unwrap());
    let retry = |which: WhichLetters| {
        move |world: &World| drop(retry_letters(world.ports(), &world.read_settings(), &which, AMPLE).unwrap())
    };
    let synchroniseren: Ask<'_> = &|world| drop(world.initial_sync().unwrap());
    for ask in [resync, &retry(every), &retry(by_code), &retry(by_field), synchroniseren] {
        let world = cut();
        world.settle().unwrap();
        let before = world.writes().1;
        ask(&world);
        assert_eq!(world.writes().1, before + 1, "once");
        assert_eq!(letter_of(&world, &company()).unwrap().fields.len(), 2);
        world.settle().unwrap();
        assert_eq!(world.writes().1, before + 1);
        world.tribe.borrow_mut().character_mut().altered = &[];
        ask(&world);
        assert_eq!(relation_of(&world, COMPANY, "Website"), "www.nieuw.example");
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 09 09");
        world.settle().unwrap();
        assert_eq!(letter_of(&world, &company()), None);
        world.assert_same();
    }
}

#[test]
fn it_is_sent_again_though_the_call_that_should_send_it_is_cut_off() {
    for lost in ["GET", "PUT"] {
        let world = cut();
        world.settle().unwrap();
        world.tribe.borrow_mut().character_mut().altered = &[];
        world.faults.plan(Kind::Status503, lost, "Relation_Organization", 1);
        let asked = records::resync(world.ports(), &world.read_settings(), AMPLE, &record(&company()));
        assert_ne!(relation_of(&world, COMPANY, "Website"), "www.nieuw.example", "{lost} {asked:?}");
        world.wait(Duration::from_secs(60));
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "Website"), "www.nieuw.example", "{lost}");
        assert_eq!(letter_of(&world, &company()), None, "{lost}");
        world.assert_same();
    }
}

#[test]
fn it_ends_by_itself_when_tribe_says_the_same_and_an_edit_there_goes_to_ac() {
    let world = cut();
    let marker = marker(&company());
    world.edit_in_tribe(&marker, &json!({"Website": "www.nieuw.example"}));
    world.settle().unwrap();
    assert_eq!(letter_of(&world, &company()).unwrap().fields.len(), 1);
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 07 07"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["telefoonnummer"], "020 555 07 07");
    assert_eq!(letter_of(&world, &company()), None);
    world.assert_same();
}

#[test]
fn a_tribe_that_answers_nothing_is_seen_through_at_the_next_reading() {
    for alteration in [Alteration::PassedOver, Alteration::CutTo(6)] {
        for read_lag in [Duration::ZERO, Duration::from_secs(20)] {
            let world = settled();
            let subject = company();
            let quirks = |world: &World, altered| {
                let mut tribe = world.tribe.borrow_mut();
                let character = tribe.character_mut();
                (character.put_answer, character.read_lag, character.altered) =
                    (PutAnswer::NoContent, read_lag, altered);
            };
            quirks(&world, altered_in_tribe(&subject, alteration));
            world.edit_in_ac(List::Relaties, COMPANY, |record| {
                rows(&subject).for_each(|row| put_in_ac(record, row, &value(row, 'a')));
            });
            let ac = in_ac(&world, &subject);
            world.settle().unwrap();
            // A write that changes nothing moves no stamp, and only the sweep reads both sides then.
            world.sweep().unwrap();
            let case = format!("{alteration:?} {read_lag:?}");
            assert_eq!(in_ac(&world, &subject), ac, "{case}");
            let named = letter_of(&world, &subject).unwrap().fields.len();
            assert_eq!(named, rows(&subject).filter(|row| is_another(row, alteration)).count(), "{case}");
            let before = world.writes();
            world.settle().unwrap();
            world.sweep().unwrap();
            assert_eq!((world.writes(), in_ac(&world, &subject)), (before, ac), "{case}");
        }
    }
}

#[test]
fn an_old_value_that_shows_again_after_the_new_one_did_is_an_edit() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"website": "www.eerder.example"}));
    world.settle().unwrap();
    {
        let mut tribe = world.tribe.borrow_mut();
        tribe.character_mut().put_answer = PutAnswer::NoContent;
        tribe.character_mut().read_lag = Duration::from_secs(10);
    }
    edit_relatie(&world, COMPANY, json!({"website": "www.nieuw.example"}));
    world.settle().unwrap();
    world.edit_in_tribe(&marker(&company()), &json!({"Website": "www.eerder.example"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.eerder.example");
    world.assert_same();
}

#[test]
fn a_new_record_whose_values_are_stored_otherwise_gives_nothing_back() {
    for alteration in [Alteration::PassedOver, Alteration::CutTo(4)] {
        for (read_lag, edited_at_once) in [(0, false), (20, false), (0, true)] {
            let world = office();
            let (id, marker) = {
                let mut tribe = world.tribe.borrow_mut();
                tribe.character_mut().read_lag = Duration::from_secs(read_lag);
                tribe.character_mut().altered =
                    leak(vec![("EmailAddress", alteration), ("Street", alteration), ("City", alteration)]);
                drop(tribe);
                let id = add_company(&world, "Nieuw Voorbeeld B.V.");
                (id.clone(), format!("ac:12345:relatie:{id}"))
            };
            let ac = relation_in_ac(&world, &id);
            world.poll().unwrap();
            if edited_at_once {
                world.wait(Duration::from_secs(2));
                world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 07 07"}));
            }
            world.settle().unwrap();
            world.sweep().unwrap();
            let case = format!("{alteration:?} {read_lag} {edited_at_once}");
            let after = relation_in_ac(&world, &id);
            assert_eq!((&after["email"], &after["adressen"]), (&ac["email"], &ac["adressen"]), "{case}");
            let subject = Subject::Organisation(RelatieId::new(id));
            let fields = letter_of(&world, &subject).unwrap().fields;
            let expected = ["hoofdkantoor.plaats", "hoofdkantoor.straat", "organisatie.email"];
            assert_eq!(fields.into_iter().collect::<Vec<_>>(), expected, "{case}");
            assert!(conflicts(&world).is_empty(), "{case}");
            let before = world.writes();
            world.settle().unwrap();
            world.sweep().unwrap();
            assert_eq!(world.writes(), before, "{case}");
        }
    }
}

#[test]
fn what_tribe_passed_over_and_then_refuses_does_not_empty_ac() {
    for refusal in [Kind::Status413, Kind::Status422] {
        let world = office();
        world.tribe.borrow_mut().character_mut().altered = leak(vec![("Website", Alteration::PassedOver)]);
        let id = add_company(&world, "Nieuw Voorbeeld B.V.");
        edit_relatie(&world, &id, json!({"website": "www.nieuw.example"}));
        // What was made is not read before the run ends, and what Tribe passed over is sent once more.
        world.faults.plan(
            Kind::Status500,
            "GET",
            "Relation_Organization?$select=ID,CreationDate,LastMutationDate,Name",
            1,
        );
        let _stopped = world.poll();
        assert_eq!(world.faults.count(Kind::Status500), 1, "{refusal:?}");
        world.faults.plan(refusal, "PUT", "Relation_Organization", 9);
        world.wait(Duration::from_secs(60));
        world.poll().unwrap();
        // Stored once more as it is, it stands in AC's list again, and rests.
        edit_relatie(&world, &id, json!({}));
        world.poll().unwrap();
        world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"PhoneNumber": "020 555 07 07"}));
        world.settle().unwrap();
        assert!(world.faults.count(refusal) > 0, "{refusal:?}");
        assert_eq!(relation_in_ac(&world, &id)["website"], "www.nieuw.example", "{refusal:?}");
    }
}

#[test]
fn what_a_user_wrote_before_our_next_write_is_an_edit_though_the_first_reading_could_not_be_read() {
    // Addresses are made after their relation, so that each relation is written once more.
    let character = Character { nested_create: NestedCreate::RelationsOnly, ..Character::default() };
    let world = World::with(7, 18, Variants::default(), character);
    let mut is_first = true;
    world.on_answer.borrow_mut().replace(Box::new(move |request, answer| {
        if is_first && request.target.contains("/Relation_Organization?$select=ID,CreationDate,LastMutationDate,Name") {
            let mut body = answer.json();
            for row in body["value"].as_array_mut().into_iter().flatten() {
                row["Name"] = json!({"Text": "Voorbeeld B.V."});
            }
            answer.body = body.to_string().into_bytes();
            is_first = false;
        }
    }));
    let edited = Rc::new(RefCell::new(None));
    let marker = Rc::clone(&edited);
    world.before_request.borrow_mut().replace(Box::new(move |world, request| {
        let id =
            request.target.split_once("/Relation_Organization(").map(|(_, id)| id.trim_end_matches(')').to_owned());
        if let Some(id) = id.filter(|_| request.method == "PUT" && marker.borrow().is_none()) {
            world.edit_by_id(&id, &json!({"Name": "Anders Voorbeeld B.V."}));
            let tribe = world.tribe.borrow();
            *marker.borrow_mut() = tribe.entity(id.parse().unwrap()).map(|entity| entity.text("ImportId"));
        }
    }));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let marker = edited.take().unwrap();
    let id = marker.rsplit(':').next().unwrap();
    assert_eq!(relation_in_ac(&world, id)["bedrijfsnaam"], "Anders Voorbeeld B.V.");
    assert_eq!(relation_of(&world, id, "Name"), "Anders Voorbeeld B.V.");
}

#[test]
fn a_contact_person_who_waits_and_has_a_letter_that_rests_comes_to_the_organisation_all_the_same() {
    let world = office();
    world.tribe.borrow_mut().character_mut().altered = leak(vec![("Initials", Alteration::CutTo(1))]);
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.faults.plan(Kind::Status503, "POST", "Customer", 1);
    let person = add_contact_person(&world, &[COMPANY, &company]);
    world.poll().unwrap();
    let subject = Subject::ContactPerson(ContactpersoonId::new(&person));
    assert_eq!(letter_of(&world, &subject).unwrap().next_try, None);
    // The organisation is made, and the run ends before the contact person is brought there.
    world.faults.plan(
        Kind::Status503,
        "GET",
        "Relationship_Person_Contact_Standard?$select=ID,CreationDate,ImportId",
        1,
    );
    world.wait(Duration::from_secs(600));
    assert!(world.poll().is_err());
    assert_eq!(relation_of(&world, &company, "Name"), "Nieuw Voorbeeld B.V.");
    for _ in 0..3 {
        world.wait(Duration::from_secs(600));
        world.poll().unwrap();
    }
    let marker = format!("ac:12345:contactpersoon:{person}@{company}");
    assert_eq!(world.tribe.borrow().find_by_import_id(&marker).len(), 1);
}

#[test]
fn a_cut_of_which_ac_gave_no_answer_does_not_go_over_what_tribes_user_wrote() {
    let world = office();
    world.ac.borrow_mut().variants_mut().altered = &[("website", Alteration::CutTo(6))];
    world.edit_in_tribe(&marker(&company()), &json!({"Website": "www.nieuw.example"}));
    world.faults.hit(tests::faults::Kind::ResetAfter);
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "Website"), "www.nieuw.example");
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.ni");
    assert_eq!(letter_of(&world, &company()).unwrap().fields.len(), 1);
    assert!(conflicts(&world).is_empty());
}

#[test]
fn what_gave_way_to_a_value_that_was_cut_is_kept_and_given_back() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"website": "www.eerder.example"}));
    world.settle().unwrap();
    world.tribe.borrow_mut().character_mut().altered = &[("Website", Alteration::CutTo(6))];
    edit_relatie(&world, COMPANY, json!({"website": "www.nieuw.example"}));
    world.settle().unwrap();
    let kept = tests::support::kept(&world);
    let (id, kept) = kept.iter().find(|(_, kept)| kept.lost == "www.eerder.example").unwrap();
    assert_eq!((kept.slot.as_str(), kept.reason), ("organisatie.website", Reason::Overwritten));
    let which = records::Which::One(id.as_str().to_owned());
    let undo = || records::undo(world.ports(), &world.read_settings(), AMPLE, &which, false).unwrap();
    for altered in [Alteration::CutTo(6), Alteration::PassedOver] {
        world.tribe.borrow_mut().character_mut().altered = leak(vec![("Website", altered)]);
        let told = undo();
        assert!(told.notes.iter().any(|note| note.code == Code::StoredOtherwise), "{altered:?}");
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.nieuw.example", "what was cut is no edit");
    }
    world.tribe.borrow_mut().character_mut().altered = &[];
    undo();
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "Website"), "www.eerder.example");
    world.assert_same();
}
