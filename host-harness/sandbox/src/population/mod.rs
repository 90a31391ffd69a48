//! Made-up Dutch relations and contact persons of every kind that the connector must get right.
//!
//! Everybody here is invented: addresses of e-mail and websites end in `.example`, telephone numbers are from ranges
//! that are not given out. The same seed and number give the same records, byte for byte. The first relations are of
//! fixed, special kinds, so that even a small population has them all; the rest is drawn.

mod draw;
mod names;
mod people;
mod places;

use std::time::Duration;

use serde_json::{Map, Value, json};

pub use draw::FIRST_STAMP;

use crate::Instant;
use draw::{Draw, addresses_into, put};
use names::{ACTIVITIES, COMPANY_NAMES, FIRST_NAMES, LEGAL_FORMS, SURNAMES};
use places::address;

/// Relations with these numbers share one stamp, across the edge of a page of 25, of 40, of 50 and of 100 rows.
const EQUAL_STAMPS: [std::ops::Range<usize>; 3] = [20..30, 36..56, 90..115];

/// Records as AdvocaatCentraal lists them.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Companies and private persons.
    pub relaties: Vec<Map<String, Value>>,
    /// Contact persons.
    pub contactpersonen: Vec<Map<String, Value>>,
}

impl Population {
    /// An AdvocaatCentraal that holds it.
    pub fn load_into(self, ac: &mut crate::AdvocaatCentraal) {
        ac.load(crate::advocaatcentraal::List::Relaties, self.relaties);
        ac.load(crate::advocaatcentraal::List::Contactpersonen, self.contactpersonen);
    }
}

/// So many relations, and about two thirds as many contact persons.
pub fn seeded(seed: u64, relations: usize) -> Population {
    let mut draw = Draw(fastrand::Rng::with_seed(seed));
    let mut relaties: Vec<_> = (0..relations).map(|number| relatie(&mut draw, number)).collect();
    for (number, record) in relaties.iter_mut().enumerate() {
        special(number, record);
        record.insert("gewijzigd".to_owned(), stamp(number).amsterdam().into());
    }
    let contactpersonen = people::contactpersonen(&mut draw, &relaties);
    Population { relaties, contactpersonen }
}

fn stamp(number: usize) -> Instant {
    let shared = EQUAL_STAMPS.iter().find(|range| range.contains(&number));
    let number = shared.map_or(number, |range| range.start);
    FIRST_STAMP.plus(Duration::from_secs(37).saturating_mul(u32::try_from(number).unwrap_or(u32::MAX)))
}

fn relatie(draw: &mut Draw, number: usize) -> Map<String, Value> {
    let mut record = Map::new();
    record.insert("id".to_owned(), (1001 + number).to_string().into());
    let created = FIRST_STAMP.minus(Duration::from_secs(86_400 * draw.0.u64(30..900)));
    record.insert("aangemaakt".to_owned(), created.amsterdam().into());
    let status = match draw.0.u8(..20) {
        0 | 1 => "gearchiveerd",
        2 => "verwijderd",
        _ => "actief",
    };
    record.insert("status".to_owned(), status.into());
    let company = draw.percent(60);
    record.insert("soort".to_owned(), if company { "bedrijf" } else { "particulier" }.into());
    record.insert("relatietypen".to_owned(), types(draw, company));
    if company {
        company_fields(draw, &mut record, number)
    } else {
        private_fields(draw, &mut record, number)
    }
    record
}

/// Private persons are no suppliers: Tribe has no such type for persons.
fn types(draw: &mut Draw, company: bool) -> Value {
    let mut types = vec![match draw.0.u8(..10) {
        0 => "advocaat",
        1 => "rvr",
        2 => "betalende-partij",
        3 | 4 => "wederpartij",
        5 if company => "leverancier",
        _ => "client",
    }];
    if draw.percent(15) {
        types.push(draw.one(&["client", "wederpartij", "betalende-partij"]));
        types.sort_unstable();
        types.dedup();
    }
    types.into()
}

fn company_fields(draw: &mut Draw, record: &mut Map<String, Value>, number: usize) {
    let name = format!("{} {} {}", draw.one(&COMPANY_NAMES), draw.one(&ACTIVITIES), draw.one(&LEGAL_FORMS));
    let host = format!("bedrijf{number}.example");
    record.insert("bedrijfsnaam".to_owned(), name.into());
    let phone = draw.phone();
    put(draw, record, "telefoonnummer", phone);
    let email = if draw.percent(20) { format!("Info@{host}") } else { format!("info@{host}") };
    put(draw, record, "email", email);
    let website = match draw.0.u8(..3) {
        0 => format!("https://www.{host}/"),
        1 => format!("http://{host}"),
        _ => format!("www.{host}"),
    };
    put(draw, record, "website", website);
    let kvk = format!("0{}", draw.digits(7));
    put(draw, record, "kvk", kvk);
    let mut addresses = Vec::new();
    for (kind, often) in [("hoofdkantoor", 80), ("postadres", 40), ("factuuradres", 25)] {
        if draw.percent(often) {
            addresses.push(address(draw, kind));
        }
    }
    addresses_into(draw, record, addresses);
}

fn private_fields(draw: &mut Draw, record: &mut Map<String, Value>, number: usize) {
    let (infix, surname) = draw.one(&SURNAMES);
    let initial = draw.one(&FIRST_NAMES).0.chars().next().unwrap_or('A');
    let name = [format!("{initial}."), infix.to_owned(), surname.to_owned()];
    record.insert(
        "naam".to_owned(),
        name.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ").into(),
    );
    put(draw, record, "email", format!("persoon{number}@prive.example"));
    let phone = if draw.percent(70) { draw.mobile() } else { draw.phone() };
    put(draw, record, "telefoon", phone);
    let addresses = if draw.percent(85) { vec![address(draw, "prive")] } else { Vec::new() };
    addresses_into(draw, record, addresses);
}

/// The first relations are each of one special kind, whatever was drawn.
fn special(number: usize, record: &mut Map<String, Value>) {
    let company = |fields: Value| {
        let mut whole = json!({
            "soort": "bedrijf", "relatietypen": ["client"], "status": "actief",
            "telefoonnummer": "020 555 01 23", "email": "info@bijzonder.example", "website": null, "kvk": "01234567",
        });
        merge(&mut whole, fields);
        whole
    };
    let private = |fields: Value| {
        let mut whole = json!({
            "soort": "particulier", "relatietypen": ["client"], "status": "actief",
            "email": "iemand@prive.example", "telefoon": "06 5550 0123",
        });
        merge(&mut whole, fields);
        whole
    };
    let at = |kind: &str, street: &str, number: &str, addition: Value| {
        json!({"id": "a1", "type": kind, "straat": street, "huisnummer": number, "toevoeging": addition,
            "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"})
    };
    let fields = match number {
        0 => company(json!({"bedrijfsnaam": "Voorbeeld Logistiek B.V.",
            "adressen": [at("hoofdkantoor", "Keizersgracht", "12-14", "hs".into())]})),
        1 => company(json!({"bedrijfsnaam": "Postbus Beheer N.V.", "adressen": [
            at("hoofdkantoor", "Singel", "5", Value::Null),
            merged(at("postadres", "Postbus", "123", Value::Null), json!({"id": "a2", "postcode": "1000 AB"})),
            merged(at("factuuradres", "Postbus", "999", Value::Null), json!({"id": "a3", "postcode": "1000 AC"}))]})),
        2 => company(json!({"bedrijfsnaam": "Zonder Adres V.O.F.", "adressen": []})),
        3 => company(json!({"bedrijfsnaam": "Beispiel Handels GmbH", "adressen": [
            merged(at("hoofdkantoor", "Musterstraße", "7", "b".into()),
                json!({"postcode": "01067", "plaats": "Dresden", "land": "DE"}))]})),
        4 => company(json!({"bedrijfsnaam": "Cafe\u{301} De Vos 🦊 B.V.", "adressen": [
            at("hoofdkantoor", "Coo\u{308}peratiehof", "0", "0".into())]})),
        5 => company(json!({"bedrijfsnaam": format!("Stichting {}", "Zeer Lange Naam ".repeat(11).trim()),
            "adressen": [at("hoofdkantoor", "Woonboot", "t.o. 5", Value::Null)]})),
        6 => company(json!({"bedrijfsnaam": "Gearchiveerd Voorbeeld B.V.", "status": "gearchiveerd"})),
        7 => company(json!({"bedrijfsnaam": "Verwijderd Voorbeeld B.V.", "status": "verwijderd"})),
        8 => company(json!({"bedrijfsnaam": "Niet Gekoppeld Advocaten", "relatietypen": ["advocaat"]})),
        9 => company(json!({"bedrijfsnaam": "Twee Rollen B.V.", "relatietypen": ["client", "wederpartij"]})),
        10 => company(json!({"bedrijfsnaam": "Leverancier Voorbeeld B.V.", "relatietypen": ["leverancier"]})),
        11 => company(json!({"bedrijfsnaam": "Leeg Voorbeeld B.V.", "telefoonnummer": null, "email": "", "kvk": null})),
        12 => private(json!({"naam": "E. van der Voorbeeld", "adressen": [
            at("prive", "Prinsengracht", "100", "A".into())]})),
        13 => private(json!({"naam": "Çelik-Ödün", "email": "", "telefoon": null})),
        14 => private(json!({"naam": "Tegenpartij", "relatietypen": ["wederpartij"]})),
        15 => private(json!({"naam": "Gearchiveerd Persoon", "status": "gearchiveerd"})),
        16 => company(json!({"bedrijfsnaam": "Zonder Type B.V.", "relatietypen": []})),
        17 => company(json!({"bedrijfsnaam": "Half Gekoppeld B.V.", "relatietypen": ["client", "advocaat"]})),
        _ => return,
    };
    let Value::Object(fields) = fields else {
        return;
    };
    record.retain(|name, _| matches!(name.as_str(), "id" | "aangemaakt"));
    record.extend(fields);
}

fn merge(whole: &mut Value, more: Value) {
    if let (Value::Object(whole), Value::Object(more)) = (whole, more) {
        whole.extend(more);
    }
}

fn merged(mut whole: Value, more: Value) -> Value {
    merge(&mut whole, more);
    whole
}

#[cfg(test)]
#[path = "population_tests.rs"]
mod tests;
