//! Where the rows of either system stand in an answer, whatever AC speaks, and what may be altered in them.

use serde_json::{Map, Value, json};

use super::Faults;

/// The members of an answer that hold its rows.
const LISTS: [&str; 6] = ["relaties", "contactpersonen", "data", "Items", "items", "value"];

/// The members of an answer, or of a row, that hold a record.
const HOLDERS: [&str; 2] = ["data", "Record"];

/// Members that a fault never removes: without them no row is recognised, or a marker is overlooked.
const KEPT: [&str; 10] =
    ["id", "ID", "Id", "nr", "ImportId", "_Type", "relatie_id", "contact_id", "CreationDate", "Employer"];

/// The stamps of AC's, each with one that is still to come and with one that says nothing.
const STAMPS: [(&str, &str, Option<&str>); 3] = [
    ("gewijzigd", "2031-01-01T00:00:00+01:00", None),
    ("updated_at", "2031-01-01T00:00:00.000Z", None),
    ("Changed", "2031-01-01 00:00:00", Some("")),
];

/// Words of a list that ends somewhere.
const WORDS: [&str; 14] = [
    "/geslacht",
    "/status",
    "/soort",
    "/gender",
    "/type",
    "/contact_people/0/gender",
    "/Properties/Gender",
    "/Active",
    "/sex",
    "/adressen/0/type",
    "/addresses/0/name",
    "/addresses/0/use",
    "/points/0/medium",
    "/Gender",
];

/// Lists of words.
const WORD_LISTS: [&str; 5] = ["/relatietypen", "/categories", "/kinds", "/groups", "/Roles"];

/// Texts that people type.
const NAMES: [&str; 14] = [
    "/bedrijfsnaam",
    "/naam",
    "/voornamen",
    "/achternaam",
    "/name",
    "/first_names",
    "/last_name",
    "/company_name",
    "/lastname",
    "/contact_people/0/lastname",
    "/Properties/Name",
    "/Properties/LastName",
    "/company/name",
    "/lastName",
];

/// Fields of the manual's tables.
const FIELDS: [&str; 41] = [
    "/telefoonnummer",
    "/email",
    "/bedrijfsnaam",
    "/achternaam",
    "/mobiel",
    "/geboortedatum",
    "/geslacht",
    "/adressen/0/huisnummer",
    "/adressen/0/plaats",
    "/PhoneNumber",
    "/EmailAddress",
    "/Website",
    "/LastName",
    "/FirstName",
    "/BirthDate",
    "/Gender",
    "/Name",
    "/name",
    "/last_name",
    "/date_of_birth",
    "/gender",
    "/addresses/0/street",
    "/addresses/0/city",
    "/address1",
    "/postal_city",
    "/company_name",
    "/phone",
    "/contact_people/0/mobile",
    "/contact_people/0/birthdate",
    "/Properties/Name",
    "/Properties/Phone",
    "/Properties/BirthDate",
    "/Addresses/Visiting/Town",
    "/Addresses/Home/Number",
    "/company/name",
    "/points/0/value",
    "/addresses/0/town",
    "/mobile",
    "/born",
    "/sex",
    "/home/town",
];

/// Fields of the addresses of Tribe's that a record holds.
const NESTED: [&str; 3] = ["VisitingAddress", "PostalAddress", "Address"];
const NESTED_FIELDS: [&str; 4] = ["HouseNumber", "HouseNumberSuffix", "City", "Country"];

/// Numbers that stand as texts.
const NUMBERS: [&str; 4] = ["/kvk", "/registration_number", "/chamber_of_commerce", "/Properties/TradeRegister"];
const HOUSE_NUMBERS: [&str; 4] =
    ["/adressen/0/huisnummer", "/adressen/1/huisnummer", "/Addresses/Visiting/Number", "/Addresses/Home/Number"];

/// The list of an answer, if it is one.
pub(super) fn list(body: &mut Value) -> Option<&mut Value> {
    if body.is_array() {
        return Some(body);
    }
    let name = LISTS.into_iter().find(|name| body.get(name).is_some_and(|list| !list.is_object()))?;
    body.get_mut(name)
}

/// One of the records in an answer.
pub(super) fn record<'b>(faults: &Faults, body: &'b mut Value) -> Option<&'b mut Value> {
    let is_list = list(body).is_some();
    let row = if is_list {
        let rows = list(body)?.as_array_mut()?;
        let place = faults.draw(rows.len());
        rows.get_mut(place)?
    } else {
        body
    };
    let holder = HOLDERS.into_iter().find(|name| row.get(name).is_some_and(Value::is_object));
    let record = match holder {
        Some(holder) => row.get_mut(holder)?,
        None => row,
    };
    let has_id = ["id", "ID", "Id", "nr"].iter().any(|id| record.get(id).is_some());
    has_id.then_some(record)
}

/// Removes a member that a record may lack.
pub(super) fn remove_member(faults: &Faults, record: &mut Value) -> Option<()> {
    let record = record.as_object_mut()?;
    let names: Vec<String> = record.keys().filter(|name| !KEPT.contains(&name.as_str())).cloned().collect();
    record.remove(names.get(faults.draw(names.len()))?).map(drop)
}

/// Puts a stamp of AC's into the future, or takes it away.
pub(super) fn alter_stamp(record: &mut Value, is_future: bool) -> Option<()> {
    let record = record.as_object_mut()?;
    let (name, future, none) = STAMPS.into_iter().find(|(name, ..)| record.contains_key(*name))?;
    let stamp = if is_future { Some(future) } else { none };
    record.insert(name.to_owned(), stamp.map_or(Value::Null, Value::from)).map(drop)
}

/// Puts a word there that nobody knows.
pub(super) fn unknown_word(faults: &Faults, record: &mut Value) -> Option<()> {
    match there(faults, record, WORDS.iter().chain(&WORD_LISTS))? {
        "/Gender" => *record.pointer_mut("/Gender")? = json!({"ID": "00000000-0000-4000-8000-00000000dead"}),
        "/categories" => record.pointer_mut("/categories")?.as_array_mut()?.push(json!({"id": "onbekend"})),
        "/Roles" => record.pointer_mut("/Roles")?.as_array_mut()?.push(json!({"Code": "onbekend", "Label": "?"})),
        list if WORD_LISTS.contains(&list) => record.pointer_mut(list)?.as_array_mut()?.push("onbekend".into()),
        "/sex" => *record.pointer_mut("/sex")? = 77.into(),
        word => *record.pointer_mut(word)? = "onbekend woord".into(),
    }
    Some(())
}

/// Puts a longer text there than any field takes. One that is empty stays so: it may tell of which kind the record is.
pub(super) fn lengthen(faults: &Faults, record: &mut Value, text: &str) -> Option<()> {
    let is_text = |place: &&&str| record.pointer(place).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let name = there(faults, record, NAMES.iter().filter(is_text))?;
    *record.pointer_mut(name)? = text.into();
    Some(())
}

/// Puts something else where a field stands.
pub(super) fn odd_shape(faults: &Faults, record: &mut Value) -> Option<()> {
    let shapes = [json!(12.5), json!(-3), json!(true), json!([1]), json!({"a": "b"}), json!(1e30)];
    let shape = shapes.get(faults.draw(shapes.len()))?.clone();
    let nested = NESTED.into_iter().find(|name| record.get(*name).is_some_and(Value::is_object));
    let is_nested = faults.draw(2) == 0;
    if let Some(nested) = nested.filter(|_| is_nested) {
        let address = record.get_mut(nested)?;
        let there: Vec<&str> = NESTED_FIELDS.into_iter().filter(|name| address.get(name).is_some()).collect();
        *address.get_mut(*there.get(faults.draw(there.len()))?)? = shape;
    } else {
        *record.pointer_mut(there(faults, record, FIELDS.iter())?)? = shape;
    }
    Some(())
}

/// Puts a number where a text of digits stands.
pub(super) fn number_for_text(record: &mut Value) -> Option<()> {
    let number = |record: &Value, place: &str| record.pointer(place).and_then(Value::as_str)?.parse::<u32>().ok();
    let is_whole = |record: &Value, place: &str| {
        let text = record.pointer(place).and_then(Value::as_str).unwrap_or_default();
        !text.starts_with('0')
    };
    let of_register = NUMBERS.into_iter().find(|place| number(record, place).is_some_and(|number| number >= 1_000_000));
    let place = of_register.or_else(|| {
        let mut houses = HOUSE_NUMBERS.into_iter();
        houses.find(|place| number(record, place).is_some() && is_whole(record, place))
    })?;
    let number = number(record, place)?;
    *record.pointer_mut(place)? = number.into();
    Some(())
}

/// One of these places that the record has.
fn there<'p>(faults: &Faults, record: &Value, places: impl Iterator<Item = &'p &'static str>) -> Option<&'static str> {
    let there: Vec<&'static str> = places.copied().filter(|place| record.pointer(place).is_some()).collect();
    there.get(faults.draw(there.len())).copied()
}

/// A member of a record that nobody knows.
pub(super) fn extra_member(record: &mut Value) -> Option<()> {
    let members: &mut Map<String, Value> = record.as_object_mut()?;
    members.insert("kanarie".to_owned(), json!({"nieuw": [1.50, "Kanarie"]}));
    Some(())
}
