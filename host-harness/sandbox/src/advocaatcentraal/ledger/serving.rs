//! A stored relation, and a contact person at one relation, as this wire shows them: whatever is empty is null.

use serde_json::{Map, Value, json};

use super::super::record::{Version, id_text};
use super::shape::{ADDRESS, CONTACT, LINK, day_first, is_company, points, sex, usage_of};

type Fields = Map<String, Value>;

/// What a list shows where nobody asks for more.
pub(super) fn short(version: &Version) -> Value {
    json!({ "id": id(version.text("id")), "isActive": is_active(version) })
}

/// A relation.
pub(super) fn relation(version: &Version) -> Value {
    let fields = &version.fields;
    let company = is_company(version).then(|| {
        let registration = version.text("kvk").parse::<u64>().ok();
        json!({ "name": text(fields, "bedrijfsnaam"), "registration": registration })
    });
    let person = (!is_company(version)).then(|| json!({ "name": text(fields, "naam") }));
    let points = points(version).iter().filter_map(|point| {
        let value = text(fields, point.field).filter(|text| !text.trim().is_empty())?;
        Some(json!({ "medium": point.medium, "use": point.usage, "value": value }))
    });
    let groups = version.rows("relatietypen").iter().filter(|row| row.is_string());
    json!({
        "id": id(version.text("id")),
        "isActive": is_active(version),
        "company": company,
        "person": person,
        "groups": groups.collect::<Vec<_>>(),
        "points": points.collect::<Vec<_>>(),
        "addresses": version.rows("adressen").iter().filter_map(Value::as_object).map(address_row).collect::<Vec<_>>(),
    })
}

/// A contact person at that relation.
pub(super) fn contact(version: &Version, relation: &str) -> Value {
    let fields = &version.fields;
    let mut shown = Map::new();
    shown.insert("nr".to_owned(), id(version.text("id")));
    members(&mut shown, fields, &CONTACT);
    shown.insert("born".to_owned(), text(fields, "geboortedatum").map(|date| day_first(&date)).into());
    shown.insert("sex".to_owned(), sex(version.text("geslacht")));
    let none = Map::new();
    let link = link_place(version, relation).and_then(|place| version.rows("koppelingen").get(place)?.as_object());
    members(&mut shown, link.unwrap_or(&none), &LINK);
    let home = home_place(version).and_then(|place| version.rows("adressen").get(place)?.as_object());
    shown.insert("home".to_owned(), home.map_or(Value::Null, |row| address(row).into()));
    shown.into()
}

/// The place of that relation among a contact person's links.
pub(super) fn link_place(version: &Version, relation: &str) -> Option<usize> {
    let is_it = |row: &Value| row.get("relatie_id").and_then(id_text).as_deref() == Some(relation);
    version.rows("koppelingen").iter().position(is_it)
}

/// The place of the private address among a contact person's addresses.
pub(super) fn home_place(version: &Version) -> Option<usize> {
    version.rows("adressen").iter().position(|row| row.get("type").and_then(Value::as_str) == Some("prive"))
}

/// An address in the list of them.
pub(super) fn address_row(row: &Fields) -> Value {
    let mut shown = address(row);
    shown.insert("key".to_owned(), row.get("id").cloned().unwrap_or_default());
    shown.insert("use".to_owned(), usage_of(row.get("type").and_then(Value::as_str).unwrap_or_default()).into());
    shown.into()
}

/// An address; the house number with its addition is one text.
pub(super) fn address(row: &Fields) -> Fields {
    let mut shown = Map::new();
    members(&mut shown, row, &ADDRESS);
    let number = [text(row, "huisnummer"), text(row, "toevoeging")].into_iter().flatten();
    let number =
        number.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    shown.insert("number".to_owned(), Some(number).filter(|number| !number.is_empty()).into());
    shown
}

fn members(shown: &mut Fields, fields: &Fields, members: &[(&str, &str)]) {
    shown.extend(members.iter().map(|(field, own)| ((*own).to_owned(), text(fields, field).into())));
}

/// A stored text; none where it is absent, null or empty.
fn text(fields: &Fields, field: &str) -> Option<String> {
    fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An id as a number, unless it is no plain whole number.
fn id(stored: &str) -> Value {
    let whole = stored.parse::<u64>().ok().filter(|number| number.to_string() == stored);
    whole.map_or_else(|| stored.into(), Value::from)
}

fn is_active(version: &Version) -> bool {
    version.text("status") == "actief"
}
