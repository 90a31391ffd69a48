//! A system answers success and stores something else: a field that only its users may change, a text that is cut, blanks
//! that are taken off. Every field of the tables, in both directions.

use std::time::Duration;

use advocaatcentraal_tribe::link::{DeadLetter, Reason, Subject};
use advocaatcentraal_tribe::mapping::{AcField, Row, TribeField, rows};
use advocaatcentraal_tribe::relation::{AddressPart, AddressType, ContactpersoonId, Form, RelatieId};
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{Budget, WhichLetters, retry_letters};
use advocaatcentraal_tribe::tribe::{AddressSlot, Property};
use advocaatcentraal_tribe::wording::Code;
use sandbox::advocaatcentraal::List;
use sandbox::tribe::{Guid, PutAnswer};
use sandbox::{Alteration, Altered};
use serde_json::{Map, Value, json};
use tests::support::{conflicts, edit_relatie, relation_in_ac, relation_of};
use tests::{Cycle, World};

use super::{add_company, office};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
/// With a visiting and a postal address.
const COMPANY: &str = "1002";
const PERSON: &str = "1013";
const ALTERATIONS: [Alteration; 3] = [Alteration::PassedOver, Alteration::CutTo(6), Alteration::Trimmed];

/// A world at rest, with a private person and a contact person of whom every field is filled.
fn settled() -> World {
    let world = World::new(7, 18);
    let address = |kind: &str| {
        json!({"id": kind, "type": kind, "straat": "Voorbeeldstraat", "huisnummer": "12", "toevoeging": "hs",
            "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"})
    };
    edit_relatie(
        &world,
        COMPANY,
        json!({"telefoonnummer": "020 555 00 04", "email": "info@v.example", "website": "www.v.example",
            "kvk": "12345678", "adressen": [address("hoofdkantoor"), address("postadres")]}),
    );
    edit_relatie(
        &world,
        PERSON,
        json!({"adressen": [address("prive")], "telefoon": "020 555 00 01", "email": "p@v.example"}),
    );
    let contact = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": "van", "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "06 5550 0001", "prive_telefoon": "020 555 00 02",
        "emailadres": "eva@voorbeeld.example", "adressen": [address("prive")], "status": "actief",
        "koppelingen": [{"relatie_id": COMPANY, "functie": "Directeur", "doorkiesnummer": "020 555 00 03"}]});
    world.ac.borrow_mut().add_contactpersoon(world.now(), contact.as_object().unwrap().clone());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.assert_same();
    world
}

fn subjects(world: &World) -> [Subject; 3] {
    let ac = world.ac.borrow();
    let found = ac.contactpersonen().find(|(_, person)| person.current().text("emailadres") == "eva@voorbeeld.example");
    [
        Subject::Organisation(RelatieId::new(COMPANY)),
        Subject::PrivatePerson(RelatieId::new(PERSON)),
        Subject::ContactPerson(ContactpersoonId::new(found.unwrap().0)),
    ]
}

fn list(subject: &Subject) -> List {
    if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties }
}

fn marker(subject: &Subject) -> String {
    let list = if matches!(subject, Subject::ContactPerson(_)) { "contactpersoon" } else { "relatie" };
    format!("ac:12345:{list}:{}", subject.id())
}

fn record(subject: &Subject) -> RecordId {
    match subject {
        Subject::Organisation(id) | Subject::PrivatePerson(id) => RecordId::Relatie(id.clone()),
        Subject::ContactPerson(id) => RecordId::Contactpersoon(id.clone()),
    }
}

/// A value of a field that nobody had, with blanks around it; `which` tells two of them apart.
fn value(row: &Row, which: char) -> (String, &'static str) {
    let (digit, year) = if which == 'a' { ('4', "1979") } else { ('7', "1981") };
    let text = match row.form {
        Form::Text => format!("Nieuwe waarde {which}"),
        Form::Phone => format!("0{digit}0 555 09 0{digit}"),
        Form::Email => format!("{which}.nieuw@voorbeeld.example"),
        Form::Website => format!("{which}{which}.nieuw.example"),
        Form::Kvk => return (format!("{digit}7654321"), ""),
        Form::Date => return (format!("{year}-03-01"), ""),
        Form::Gender => return ((if which == 'a' { "M" } else { "X" }).to_owned(), ""),
        Form::HouseNumber => return (format!("3{digit}"), "bis"),
        Form::Postcode => format!("10{digit}9 ZZ"),
        Form::Country => return ((if which == 'a' { "BE" } else { "FR" }).to_owned(), ""),
    };
    (format!(" {text} "), "")
}

/// Puts a value where AC has the field.
fn put_in_ac(record: &mut Map<String, Value>, row: &Row, (text, addition): &(String, &str)) {
    match row.ac {
        AcField::Own(veld) => drop(record.insert(veld.json().to_owned(), text.as_str().into())),
        AcField::Functie => record["koppelingen"][0]["functie"] = text.as_str().into(),
        AcField::Doorkiesnummer => record["koppelingen"][0]["doorkiesnummer"] = text.as_str().into(),
        AcField::Address(address_type, part) => {
            let address = address_in_ac(record, address_type);
            address[advocaatcentraal_tribe::advocaatcentraal::part_json(part)] = text.as_str().into();
            if part == AddressPart::Huisnummer {
                address["toevoeging"] = (*addition).into();
            }
        }
    }
}

fn address_in_ac(record: &mut Map<String, Value>, address_type: AddressType) -> &mut Value {
    let of_type = match address_type {
        AddressType::Hoofdkantoor => "hoofdkantoor",
        AddressType::Postadres => "postadres",
        AddressType::Prive => "prive",
    };
    let addresses = record["adressen"].as_array_mut().unwrap();
    addresses.iter_mut().find(|address| address["type"] == of_type).unwrap()
}

/// The record in Tribe that has the field.
fn holder(world: &World, subject: &Subject, field: TribeField) -> (Guid, Property) {
    let marked = |marker: &str| *world.tribe.borrow().find_by_import_id(marker).first().unwrap();
    match field {
        TribeField::Relation(property) => (marked(&marker(subject)), property),
        TribeField::Contact(property) => (marked(&format!("{}@{COMPANY}", marker(subject))), property),
        TribeField::Address(slot, property) => {
            let link = match slot {
                AddressSlot::Visiting => "VisitingAddress",
                AddressSlot::Postal => "PostalAddress",
                AddressSlot::Private => "Address",
            };
            (world.address_in_tribe(&marker(subject), link).parse().unwrap(), property)
        }
    }
}

/// A user of Tribe changes a field, at the first of its places.
fn put_in_tribe(world: &World, subject: &Subject, row: &Row, (text, addition): &(String, &str)) {
    let (id, property) = holder(world, subject, row.tribe[0]);
    let row_of = |set: &str, code: &str| json!({"ID": world.tribe.borrow().lookup(set, code).unwrap().to_string()});
    let patch = match property {
        Property::HouseNumber => json!({"HouseNumber": text.parse::<u32>().unwrap(), "HouseNumberSuffix": addition}),
        Property::Gender => json!({"Gender": row_of("Datastore_Gender", if text == "M" { "Male" } else { "Other" })}),
        Property::Country => json!({"Country": row_of("Datastore_Country", text)}),
        // Properties are named as Tribe names them.
        _ => Value::Object(Map::from_iter([(format!("{property:?}"), text.as_str().into())])),
    };
    world.tribe.borrow_mut().edit(world.now(), id, &patch).unwrap();
}

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
                (AcField::Own(veld), _) => vec![(veld.json(), alteration)],
                (AcField::Functie, _) => vec![("functie", alteration)],
                (AcField::Doorkiesnummer, _) => vec![("doorkiesnummer", alteration)],
                (AcField::Address(_, AddressPart::Huisnummer), Alteration::CutTo(_)) => {
                    vec![("toevoeging", Alteration::CutTo(1))]
                }
                (AcField::Address(_, AddressPart::Huisnummer), _) => {
                    vec![("huisnummer", alteration), ("toevoeging", alteration)]
                }
                (AcField::Address(_, part), _) => {
                    vec![(advocaatcentraal_tribe::advocaatcentraal::part_json(part), alteration)]
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

fn in_ac(world: &World, subject: &Subject) -> Value {
    let ac = world.ac.borrow();
    let record = match list(subject) {
        List::Relaties => ac.relatie(subject.id()),
        List::Contactpersonen => ac.contactpersoon(subject.id()),
    };
    Value::Object(record.unwrap().current().fields().clone())
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
