//! Users at work on both sides, by seed.

use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value, json};

use crate::World;

/// Users who edit at random, the same for the same seed.
pub struct Users {
    random: fastrand::Rng,
}

impl Users {
    /// Users of that seed.
    pub fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed) }
    }

    /// One edit by someone, somewhere; tells the Tribe id that a webhook would name, if it was in Tribe.
    pub fn edit(&mut self, world: &World) -> Option<String> {
        match self.random.u8(..10) {
            0..5 => {
                self.edit_in_ac(world);
                None
            }
            _ => self.edit_in_tribe(world),
        }
    }

    fn edit_in_ac(&mut self, world: &World) {
        let list = if self.random.bool() { List::Relaties } else { List::Contactpersonen };
        let ids: Vec<String> = {
            let ac = world.ac.borrow();
            match list {
                List::Relaties => ac.relaties().map(|(id, _)| id.to_owned()).collect(),
                List::Contactpersonen => ac.contactpersonen().map(|(id, _)| id.to_owned()).collect(),
            }
        };
        let Some(id) = self.random.choice(&ids) else { return };
        if self.random.u8(..12) == 0 {
            return self.archive_or_not(world, list, id);
        }
        let mut ac = world.ac.borrow_mut();
        let now = world.now();
        // A record that was removed meanwhile cannot be edited; there are enough others.
        let _ = match list {
            List::Relaties => ac.edit_relatie(now, id, |record| self.change_relation(record)),
            List::Contactpersonen => ac.edit_contactpersoon(now, id, |record| self.change_person(record)),
        };
    }

    fn archive_or_not(&mut self, world: &World, list: List, id: &str) {
        let mut ac = world.ac.borrow_mut();
        let _ = if self.random.bool() {
            ac.archive(world.now(), list, id)
        } else {
            ac.unarchive(world.now(), list, id)
        };
    }

    fn change_relation(&mut self, record: &mut Map<String, Value>) {
        let phone = self.phone();
        let email = self.email();
        let website = json!(format!("www.w{}.example", self.random.u16(..)));
        let website = self.maybe(website);
        let company = record.get("soort").is_some_and(|soort| soort == "bedrijf");
        let (field, value) = match (self.random.u8(..6), company) {
            (0, true) => ("telefoonnummer", phone),
            (1, true) => ("website", website),
            (2, true) => ("bedrijfsnaam", json!(format!("Bedrijf {} B.V.", self.random.u16(..)))),
            (3, true) => ("relatietypen", json!([self.random.choice(["client", "advocaat", "leverancier"])])),
            (0, false) => ("telefoon", phone),
            (1, false) => ("naam", json!(format!("Persoon {}", self.random.u16(..)))),
            (4, _) => return self.change_address(record),
            _ => ("email", email),
        };
        record.insert(field.to_owned(), value);
    }

    fn change_address(&mut self, record: &mut Map<String, Value>) {
        let number = self.random.u8(1..);
        let part = match self.random.u8(..4) {
            0 => ("straat", json!(format!("Straat {number}"))),
            1 => ("huisnummer", json!(number.to_string())),
            2 => ("toevoeging", self.maybe(json!("hs"))),
            _ => ("plaats", json!(format!("Plaats {number}"))),
        };
        if let Some(address) = record.get_mut("adressen").and_then(|all| all.get_mut(0)).and_then(Value::as_object_mut) {
            address.insert(part.0.to_owned(), part.1);
        }
    }

    fn change_person(&mut self, record: &mut Map<String, Value>) {
        let (year, month, day) = (self.random.u8(10..100), self.random.u8(1..10), self.random.u8(20..29));
        let birth_date = self.maybe(json!(format!("19{year:02}-0{month}-{day}")));
        let (field, value) = match self.random.u8(..8) {
            0 => ("voornamen", json!(format!("Voornaam {}", self.random.u16(..)))),
            1 => ("achternaam", json!(format!("Achternaam {}", self.random.u16(..)))),
            2 => ("mobiel", self.phone()),
            3 => ("emailadres", self.email()),
            4 => ("prive_telefoon", self.phone()),
            5 => ("geboortedatum", birth_date),
            6 => ("geslacht", json!(self.random.choice(["M", "V", "X", "O"]))),
            _ => return self.change_address(record),
        };
        record.insert(field.to_owned(), value);
    }

    fn edit_in_tribe(&mut self, world: &World) -> Option<String> {
        let set = *self.random.choice(&[
            "Relation_Organization",
            "Relation_Person",
            "Relationship_Person_Contact_Standard",
            "Address",
        ])?;
        let ids: Vec<_> = world.tribe.borrow().set(set).map(|entity| entity.id()).collect();
        let id = *self.random.choice(&ids)?;
        let phone = self.phone();
        let email = self.email();
        let word = self.random.u16(..);
        let patch = match (set, self.random.u8(..3)) {
            ("Relation_Organization", 0) => json!({"Name": format!("Organisatie {word}")}),
            ("Relation_Organization", 1) => json!({"Website": format!("https://o{word}.example/")}),
            ("Relation_Person", 0) => json!({"LastName": format!("Naam {word}")}),
            ("Relation_Person", 1) => json!({"MobilePhoneNumber": phone}),
            ("Relationship_Person_Contact_Standard", 0) => json!({"Function": format!("Functie {word}")}),
            ("Relationship_Person_Contact_Standard", 1) => json!({"MobilePhoneNumber": phone}),
            ("Address", 0) => json!({"Street": format!("Laan {word}")}),
            ("Address", 1) => json!({"HouseNumberSuffix": "-7 bis"}),
            ("Address", _) => json!({"City": format!("Stad {word}")}),
            (_, _) if self.random.bool() => json!({"PhoneNumber": phone}),
            _ => json!({"EmailAddress": email}),
        };
        world.edit_by_id(&id.to_string(), &patch);
        Some(id.to_string())
    }

    fn phone(&mut self) -> Value {
        let number = json!(format!("020 555 {:02} {:02}", self.random.u8(..100), self.random.u8(..100)));
        self.maybe(number)
    }

    fn email(&mut self) -> Value {
        let address = json!(format!("e{}@voorbeeld.example", self.random.u16(..)));
        self.maybe(address)
    }

    /// Users also empty fields.
    fn maybe(&mut self, value: Value) -> Value {
        if self.random.u8(..5) == 0 { Value::Null } else { value }
    }
}
