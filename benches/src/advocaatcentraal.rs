//! Reading pages and writing records of AC. Every call of that API stands in this file.

use std::hint::black_box;

use advocaatcentraal_tribe::advocaatcentraal::{
    Client, Contactpersoon, Edit, Record, Relatie, Settings, Soort, Veld, built_in,
};
use advocaatcentraal_tribe::ports::Response;
use advocaatcentraal_tribe::relation::{AddressPart, AddressType, ContactpersoonId, HouseNumber, Presence, RelatieId};
use advocaatcentraal_tribe::secret::Secret;

use crate::counting::Work;
use crate::office;
use crate::world::{World, answer};

const COMPANY: [Veld; 5] = [Veld::Bedrijfsnaam, Veld::Telefoonnummer, Veld::Email, Veld::Website, Veld::Kvk];
const PRIVATE_PERSON: [Veld; 3] = [Veld::Naam, Veld::Email, Veld::Telefoon];
const CONTACT_PERSON: [Veld; 9] = [
    Veld::Voornamen,
    Veld::Achternaam,
    Veld::Tussenvoegsels,
    Veld::Voorletters,
    Veld::Geboortedatum,
    Veld::Geslacht,
    Veld::Mobiel,
    Veld::PriveTelefoon,
    Veld::Emailadres,
];

/// Work with a client of its own, as a call of the component has one.
fn with_client(
    answers: impl IntoIterator<Item = Response>,
    work: impl FnOnce(&Client<'_>) -> Option<usize> + 'static,
) -> Work {
    let world = World::answering(answers);
    let settings = Settings {
        url: "https://ac.example/api".to_owned(),
        office: "12345".to_owned(),
        key: Secret::new("made-up"),
        key_header: "X-Api-Key".to_owned(),
        user: String::new(),
        password: Secret::new(""),
        dialect: built_in(),
    };
    Box::new(move || work(&Client::new(&world, &world, &settings)).unwrap_or_default())
}

/// A page of relations, and of each everything that the sync asks of one, once.
pub(crate) fn read_relations() -> Work {
    with_client([answer(office::relations(), None)], |client| {
        let page = client.relaties(None, None, 100).ok()?;
        Some(page.records.iter().flatten().map(ask_relation).sum())
    })
}

/// A page of contact persons, and of each everything that the sync asks of one, once.
pub(crate) fn read_contact_persons() -> Work {
    with_client([answer(office::contact_persons(), None)], |client| {
        let page = client.contactpersonen(None, None, 100).ok()?;
        Some(page.records.iter().flatten().map(ask_contact_person).sum())
    })
}

/// A relation is read, its e-mail and the street and house number of its address are changed, and it is written.
pub(crate) fn put_relation() -> Work {
    let (stored, id) = (office::relation(0), RelatieId::new("1001"));
    let answers = [answer(stored.clone(), Some("\"v1\"")), answer(stored, Some("\"v2\""))];
    with_client(answers, move |client| {
        let read = client.relatie(&id).ok()?;
        let mut edit = Edit::new();
        edit.veld(Veld::Email, Some("post@voorbeeld.example"));
        edit.adres(AddressType::Hoofdkantoor, AddressPart::Straat, Some("Nieuwe Gr\u{fc}ngracht"));
        let house_number = HouseNumber { huisnummer: "38".to_owned(), toevoeging: "II".to_owned() };
        edit.huisnummer(AddressType::Hoofdkantoor, &house_number);
        let written = client.write_relatie(&read, &edit).ok()?;
        Some(told(&written.field(Veld::Email)))
    })
}

/// A contact person is read, its mobile number and its function at one relation are changed, and it is written.
pub(crate) fn put_contact_person() -> Work {
    let (stored, id) = (office::contact_person(0), ContactpersoonId::new("5001"));
    let answers = [answer(stored.clone(), Some("\"v1\"")), answer(stored, Some("\"v2\""))];
    with_client(answers, move |client| {
        let read = client.contactpersoon(&id).ok()?;
        let mut edit = Edit::new();
        edit.veld(Veld::Mobiel, Some("06 - 98 76 54 32"));
        edit.functie(&RelatieId::new("1002"), Some("Commissaris"));
        let written = client.write_contactpersoon(&read, &edit).ok()?;
        Some(told(&written.field(Veld::Mobiel)))
    })
}

fn ask_relation(relation: &Relatie) -> usize {
    let kind = relation.soort();
    let fields: &[Veld] = match kind {
        Soort::Bedrijf => &COMPANY,
        Soort::Particulier => &PRIVATE_PERSON,
        Soort::Onbekend => &[],
    };
    black_box((relation.id(), relation.is_partial(), relation.leaves_out(fields), relation.has_tag()));
    let types = black_box(relation.relatietypen()).unwrap_or_default().len();
    types + ask(relation, fields)
}

fn ask_contact_person(person: &Contactpersoon) -> usize {
    black_box((person.id(), person.is_partial(), person.leaves_out(&CONTACT_PERSON)));
    let at = black_box(person.koppelingen()).unwrap_or_default();
    let said: usize = at.iter().map(|at| told(&at.functie) + told(&at.doorkiesnummer)).sum();
    let doubled = black_box(person.doubled()).len();
    said + doubled + ask(person, &CONTACT_PERSON)
}

/// What both kinds are asked.
fn ask(record: &dyn Record, fields: &[Veld]) -> usize {
    black_box((record.status(), record.gewijzigd(), record.holds_an_empty_field(), record.leaves_out_a_field()));
    let odd = black_box(record.oddities()).len();
    black_box(record.everything());
    let fields: usize = fields.iter().map(|field| told(&record.field(*field))).sum();
    odd + fields + AddressType::ALL.into_iter().map(|address_type| ask_address(record, address_type)).sum::<usize>()
}

fn ask_address(record: &dyn Record, address_type: AddressType) -> usize {
    black_box(record.has_room(address_type));
    let Some(Some(address)) = record.adres(address_type) else { return 0 };
    let house_number = usize::from(matches!(black_box(address.house_number()), Ok(Some(_))));
    house_number + AddressPart::ALL.into_iter().map(|part| told(&address.part(part))).sum::<usize>()
}

fn told(said: &Presence) -> usize {
    usize::from(black_box(said).text().is_some())
}
