#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod agreeing;
mod differing;

use serde_json::{Map, json};

use super::*;
use crate::advocaatcentraal::{Office, Variants, Wire};
use crate::population::{Population, seeded};
use crate::tribe::{Character, Guid, Tenant};
use crate::{Instant, Request};

const NOW: Instant = Instant::from_millis(1_772_528_405_000);
const WEDERPARTIJ: &str = "e0d6534a-cc84-4cf7-bdc5-d32f9311c09e";

fn types() -> BTreeMap<String, String> {
    [
        ("client", "customer"),
        ("wederpartij", WEDERPARTIJ),
        ("leverancier", "supplier"),
        ("betalende-partij", "customer"),
    ]
    .map(|(id, key)| (id.to_owned(), key.to_owned()))
    .into()
}

/// A blunt carrier of records from one side to the other: what a right connector leaves behind.
struct World {
    ac: AdvocaatCentraal,
    tribe: Tribe,
    token: String,
}

impl World {
    fn new(population: Population) -> Self {
        Self::speaking(Wire::Assumed, population)
    }

    fn speaking(wire: Wire, population: Population) -> Self {
        let mut ac = AdvocaatCentraal::new(Office::default(), Variants::default()).speaking(wire);
        population.load_into(&mut ac);
        let mut tribe = Tribe::new(Tenant::default(), Character { calls_per_minute: None, ..Character::default() });
        let mut login = Request::new("POST", "/oauth2/token");
        login.body = b"grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret".to_vec();
        let token = tribe.handle(NOW, &login).json()["access_token"].as_str().unwrap().to_owned();
        Self { ac, tribe, token }
    }

    fn carried(population: Population) -> Self {
        let mut world = Self::new(population);
        world.carry();
        world
    }

    fn write(&mut self, method: &str, target: &str, body: Value) -> Guid {
        let request = Request::new(method, format!("/v1/odata/{target}")).with_json(&body);
        let answer = self.tribe.handle(NOW, &request.with_header("authorization", format!("Bearer {}", self.token)));
        assert!(answer.status < 300, "{target} {body} {}", answer.json());
        answer.json()["ID"].as_str().unwrap().parse().unwrap()
    }

    /// The records of a list as a connector reads them, by their ids.
    fn read(&self, list: List) -> Vec<(String, Map<String, Value>)> {
        let known = self.ac.as_known();
        let ac = known.as_ref().unwrap_or(&self.ac);
        let row = |(id, record): (&str, &Record)| (id.to_owned(), record.current().fields().clone());
        match list {
            List::Relaties => ac.relaties().map(row).collect(),
            List::Contactpersonen => ac.contactpersonen().map(row).collect(),
        }
    }

    fn carry(&mut self) {
        let relaties = self.read(List::Relaties);
        let mut companies = BTreeMap::new();
        for (id, fields) in relaties {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
            let kinds: Vec<String> =
                fields["relatietypen"].as_array().unwrap().iter().map(|of| of.as_str().unwrap().to_owned()).collect();
            let mapped: Vec<&String> = kinds.iter().filter(|of| types().contains_key(*of)).collect();
            if text("status") != "actief" || mapped.is_empty() {
                continue;
            }
            let marker = format!("ac:12345:relatie:{id}");
            let company = text("soort") == "bedrijf";
            let body = if company {
                json!({"Name": text("bedrijfsnaam"), "PhoneNumber": text("telefoonnummer"), "EmailAddress": text("email").to_lowercase(),
                    "Website": text("website"), "ChamberOfCommerceNumber": text("kvk"), "ImportId": marker,
                    "VisitingAddress": self.address(&fields, "hoofdkantoor"), "PostalAddress": self.address(&fields, "postadres")})
            } else {
                json!({"LastName": text("naam"), "EmailAddress": text("email"), "PhoneNumber": text("telefoon"), "ImportId": marker,
                    "Address": self.address(&fields, "prive")})
            };
            let (set, holder) =
                if company { ("Relation_Organization", "Organization") } else { ("Relation_Person", "Person") };
            let relation = self.write("POST", set, body);
            if company {
                companies.insert(id, relation);
            }
            for of in mapped {
                let set = match types()[of].as_str() {
                    "customer" => format!("Relationship_{holder}_CommercialRelationship_Customer"),
                    "supplier" => "Relationship_Organization_Supplier".to_owned(),
                    key => key.parse::<Guid>().unwrap().wire_name(),
                };
                self.write("POST", &set, json!({holder: relation.as_link(), "ImportId": format!("{marker}#{of}")}));
            }
        }
        self.carry_people(&companies);
    }

    fn carry_people(&mut self, companies: &BTreeMap<String, Guid>) {
        let people = self.read(List::Contactpersonen);
        for (id, fields) in people {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
            let links: Vec<Value> = fields["koppelingen"].as_array().unwrap().clone();
            let at = |link: &Value| companies.get(link["relatie_id"].as_str().unwrap()).copied();
            if text("status") != "actief" || !links.iter().any(|link| at(link).is_some()) {
                continue;
            }
            let marker = format!("ac:12345:contactpersoon:{id}");
            let code = match text("geslacht").as_str() {
                "M" => Some("Male"),
                "V" => Some("Female"),
                "X" => Some("Other"),
                _ => None,
            };
            let gender = code.and_then(|code| self.tribe.lookup("Datastore_Gender", code)).map(Guid::as_link);
            let birth = Some(text("geboortedatum")).filter(|date| !date.is_empty());
            let person = json!({"FirstName": text("voornamen"), "MiddleName": text("tussenvoegsels"), "LastName": text("achternaam"),
                "Initials": text("voorletters"), "BirthDate": birth, "Gender": gender, "PhoneNumber": text("prive_telefoon"),
                "MobilePhoneNumber": text("mobiel"), "EmailAddress": text("emailadres"), "ImportId": marker,
                "Address": self.address(&fields, "prive")});
            let person = self.write("POST", "Relation_Person", person);
            for link in &links {
                let Some(company) = at(link) else { continue };
                let of = link["relatie_id"].as_str().unwrap();
                let text_of = |name: &str| link.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
                self.write("POST", "Relationship_Person_Contact_Standard", json!({
                    "Relation": company.as_link(), "Person": person.as_link(), "Function": text_of("functie"),
                    "PhoneNumber": text_of("doorkiesnummer"), "MobilePhoneNumber": text("mobiel"), "EmailAddress": text("emailadres"),
                    "ImportId": format!("{marker}@{of}")}));
            }
        }
    }

    fn address(&self, fields: &Map<String, Value>, kind: &str) -> Value {
        let all = fields.get("adressen").and_then(Value::as_array);
        let Some(address) = all.and_then(|all| all.iter().find(|address| address["type"] == kind)) else {
            return Value::Null;
        };
        let text = |name: &str| address.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let digits: String = text("huisnummer").chars().take_while(char::is_ascii_digit).collect();
        let number: Option<u32> = digits.parse().ok().filter(|number| *number > 0);
        let rest = text("huisnummer")[if number.is_some() { digits.len() } else { 0 }..].to_owned();
        let code = if text("land") == "Nederland" { "NL".to_owned() } else { text("land") };
        json!({"Street": text("straat"), "HouseNumber": number, "HouseNumberSuffix": format!("{rest} {}", text("toevoeging")).trim(),
            "Postalcode": text("postcode"), "City": text("plaats"),
            "Country": self.tribe.lookup("Datastore_Country", &code).map(Guid::as_link)})
    }

    fn found(&self, marker: &str) -> Guid {
        self.tribe.find_by_import_id(&format!("ac:12345:{marker}"))[0]
    }

    fn compared(&self) -> Comparison {
        compare(&self.ac, &self.tribe, &types(), Kvk::On)
    }
}

/// Company 1001 with contact person 5001 at it and at company 1002, private person 2001.
fn small() -> World {
    let record = |value: Value| value.as_object().unwrap().clone();
    World::carried(Population {
        relaties: vec![
            record(
                json!({"id": "1001", "soort": "bedrijf", "relatietypen": ["client", "wederpartij"], "bedrijfsnaam": "Voorbeeld B.V.",
                "telefoonnummer": "020 555 01 23", "email": "info@voorbeeld.example", "website": "www.voorbeeld.example", "kvk": "01234567",
                "adressen": [{"id": "a1", "type": "hoofdkantoor", "straat": "Keizersgracht", "huisnummer": "12", "toevoeging": "0",
                    "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"}]}),
            ),
            record(
                json!({"id": "1002", "soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Tweede B.V."}),
            ),
            record(
                json!({"id": "1003", "soort": "bedrijf", "relatietypen": ["advocaat"], "bedrijfsnaam": "Niet Gekoppeld"}),
            ),
            record(
                json!({"id": "1004", "soort": "bedrijf", "relatietypen": ["client"], "status": "gearchiveerd", "bedrijfsnaam": "Oud"}),
            ),
            record(
                json!({"id": "2001", "soort": "particulier", "relatietypen": ["client"], "naam": "E. van der Voorbeeld"}),
            ),
        ],
        contactpersonen: vec![
            record(
                json!({"id": "5001", "achternaam": "Voorbeeld", "voornamen": "Jo", "geslacht": "V", "geboortedatum": "1980-02-29",
                "mobiel": "06 5550 0001", "emailadres": "jo@voorbeeld.example", "koppelingen": [
                    {"relatie_id": "1001", "functie": "Directeur", "doorkiesnummer": "020 555 01 24"}, {"relatie_id": "1002"}]}),
            ),
            record(json!({"id": "5002", "achternaam": "Privé", "koppelingen": [{"relatie_id": "2001"}]})),
        ],
    })
}

fn faults(world: &World) -> Vec<(String, &'static str, Fault)> {
    world.compared().differences().iter().map(|found| (found.record.clone(), found.field, found.fault)).collect()
}

#[track_caller]
fn finds(seed: impl FnOnce(&mut World), record: &str, field: &'static str, fault: Fault) {
    let mut world = small();
    assert_eq!(faults(&world), []);
    seed(&mut world);
    let found = faults(&world);
    assert!(found.iter().any(|(of, at, what)| of == record && *at == field && *what == fault), "{found:?}");
}

fn set(world: &mut World, marker: &str, body: Value) {
    let id = world.found(marker);
    let set = world.tribe.entity(id).unwrap().set().to_owned();
    world.write("PUT", &format!("{set}({id})"), body);
}
