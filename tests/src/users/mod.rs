//! Users who edit on both sides, by seed. Every text that they write holds a canary.

mod deeds;

use sandbox::advocaatcentraal::List;
use sandbox::tribe::{Entity, Guid};
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

    /// One edit of a random record on either side, sometimes of its status or type. Returns the Tribe id that a webhook
    /// would name, if the edit was in Tribe.
    pub fn edit(&mut self, world: &World) -> Option<String> {
        match self.random.u8(..20) {
            0 => self.archive_or_not(world),
            1 => self.change_types(world),
            2..=9 => self.edit_in_ac(world),
            _ => return self.edit_in_tribe(world).map(|id| id.to_string()),
        }
        None
    }

    /// One edit of a random field on either side.
    pub fn edit_a_field(&mut self, world: &World) {
        if self.random.bool() {
            self.edit_in_ac(world);
        } else {
            self.edit_in_tribe(world);
        }
    }

    fn edit_in_ac(&mut self, world: &World) {
        let list = if self.random.bool() { List::Relaties } else { List::Contactpersonen };
        let Some(id) = self.someone_in_ac(world, list) else { return };
        world.edit_in_ac(list, &id, |record| match list {
            List::Relaties => self.change_relation(record),
            List::Contactpersonen => self.change_person(record),
        });
    }

    fn someone_in_ac(&mut self, world: &World, list: List) -> Option<String> {
        let ids: Vec<String> = {
            let ac = world.ac.borrow();
            match list {
                List::Relaties => ac.relaties().map(|(id, _)| id.to_owned()).collect(),
                List::Contactpersonen => ac.contactpersonen().map(|(id, _)| id.to_owned()).collect(),
            }
        };
        self.random.choice(ids)
    }

    /// A record of that set; an address only if it belongs to a relation, since users see no other.
    fn someone_in_tribe(&mut self, world: &World, set: &str) -> Option<Guid> {
        let tribe = world.tribe.borrow();
        let is_seen = |entity: &Entity<'_>| {
            set != "Address" || ["Person", "Organization"].iter().any(|to| entity.link(to).is_some())
        };
        let ids: Vec<Guid> = tribe.set(set).filter(is_seen).map(|entity| entity.id()).collect();
        self.random.choice(ids)
    }

    fn change_relation(&mut self, record: &mut Map<String, Value>) {
        let phone = self.phone();
        let email = self.email();
        let website = json!(format!("www.kanarie{}.example", self.random.u16(..)));
        let website = self.maybe(website);
        let company = record.get("soort").is_some_and(|soort| soort == "bedrijf");
        let (field, value) = match (self.random.u8(..5), company) {
            (0, true) => ("telefoonnummer", phone),
            (1, true) => ("website", website),
            (2, true) => ("bedrijfsnaam", json!(format!("Kanarie {} B.V.", self.random.u16(..)))),
            (0, false) => ("telefoon", phone),
            (1, false) => ("naam", json!(format!("Kanarie {}", self.random.u16(..)))),
            (3, _) => return self.change_address(record),
            _ => ("email", email),
        };
        record.insert(field.to_owned(), value);
    }

    fn change_address(&mut self, record: &mut Map<String, Value>) {
        let number = self.random.u8(1..);
        let part = match self.random.u8(..4) {
            0 => ("straat", json!(format!("Kanariestraat {number}"))),
            1 => ("huisnummer", json!(number.to_string())),
            2 => ("toevoeging", self.maybe(json!("hs"))),
            _ => ("plaats", json!(format!("Kanarieoord {number}"))),
        };
        if let Some(address) = record.get_mut("adressen").and_then(|all| all.get_mut(0)).and_then(Value::as_object_mut)
        {
            address.insert(part.0.to_owned(), part.1);
        }
    }

    fn change_person(&mut self, record: &mut Map<String, Value>) {
        let (year, month, day) = (self.random.u8(10..100), self.random.u8(1..10), self.random.u8(20..29));
        let birth_date = self.maybe(json!(format!("19{year:02}-0{month}-{day}")));
        let (field, value) = match self.random.u8(..9) {
            0 => ("voornamen", json!(format!("Kanarie {}", self.random.u16(..)))),
            1 => ("achternaam", json!(format!("van Kanarie {}", self.random.u16(..)))),
            2 => ("mobiel", self.phone()),
            3 => ("emailadres", self.email()),
            4 => ("prive_telefoon", self.phone()),
            5 => ("geboortedatum", birth_date),
            6 => ("geslacht", json!(self.random.choice(["M", "V", "X", "O"]))),
            7 => return self.change_koppeling(record),
            _ => return self.change_address(record),
        };
        record.insert(field.to_owned(), value);
    }

    fn change_koppeling(&mut self, record: &mut Map<String, Value>) {
        let function = json!(format!("Kanarie {}", self.random.u16(..)));
        let (field, value) =
            if self.random.bool() { ("functie", self.maybe(function)) } else { ("doorkiesnummer", self.phone()) };
        let rows = record.get_mut("koppelingen").and_then(Value::as_array_mut);
        let row = rows.and_then(|rows| self.random.choice(rows.iter_mut())).and_then(Value::as_object_mut);
        if let Some(row) = row {
            row.insert(field.to_owned(), value);
        }
    }

    fn edit_in_tribe(&mut self, world: &World) -> Option<Guid> {
        let set = *self.random.choice(&[
            "Relation_Organization",
            "Relation_Person",
            "Relationship_Person_Contact_Standard",
            "Address",
        ])?;
        let id = self.someone_in_tribe(world, set)?;
        let patch = self.patch(set);
        world.wait(std::time::Duration::from_secs(1));
        let saved = world.save_in_tribe(id, &patch);
        world.wait(std::time::Duration::from_secs(1));
        saved.then_some(id)
    }

    fn patch(&mut self, set: &str) -> Value {
        let phone = self.phone();
        let email = self.email();
        let word = self.random.u16(..);
        match (set, self.random.u8(..3)) {
            ("Relation_Organization", 0) => json!({"Name": format!("Kanarie {word}")}),
            ("Relation_Organization", 1) => json!({"Website": format!("https://kanarie{word}.example/")}),
            ("Relation_Person", 0) => json!({"LastName": format!("Kanarie {word}")}),
            ("Relation_Person", 1) => json!({"MobilePhoneNumber": phone}),
            ("Relationship_Person_Contact_Standard", 0) => json!({"Function": format!("Kanarie {word}")}),
            ("Relationship_Person_Contact_Standard", 1) => json!({"MobilePhoneNumber": phone}),
            ("Address", 0) => json!({"Street": format!("Kanarielaan {word}")}),
            ("Address", 1) => json!({"HouseNumberSuffix": "-7 bis"}),
            ("Address", _) => json!({"City": format!("Kanariestad {word}")}),
            (_, _) if self.random.bool() => json!({"PhoneNumber": phone}),
            _ => json!({"EmailAddress": email}),
        }
    }

    fn phone(&mut self) -> Value {
        let number = json!(format!("020 555 {:02} {:02}", self.random.u8(..100), self.random.u8(..100)));
        self.maybe(number)
    }

    fn email(&mut self) -> Value {
        let address = json!(format!("kanarie{}@voorbeeld.example", self.random.u16(..)));
        self.maybe(address)
    }

    /// The value, or nothing: users also empty fields.
    fn maybe(&mut self, value: Value) -> Value {
        if self.random.u8(..5) == 0 { Value::Null } else { value }
    }
}
