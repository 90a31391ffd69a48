//! One Tribe record as it was read, and an edit of one.

use std::fmt;

use litemap::LiteMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::answer::Failure;
use crate::relation::{Instant, NumberAndSuffix, Presence, Stamp, TribeId, Unreadable};
use crate::tribe::entity::{AddressSlot, Property, Wire};

/// What a record tells of the time since it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinceMade {
    /// It is as it was made.
    Unchanged,
    /// Somebody changed it.
    Changed,
    /// A stamp is missing, or cannot be read.
    Unsaid,
}

/// A record with the properties that were selected. `null` is empty, a missing key says nothing, and a value of another
/// JSON type than its property's is unreadable, even where it could be guessed (D9); properties that nobody asked for
/// are ignored.
#[derive(Clone)]
pub struct Record {
    id: TribeId,
    raw: Map<String, Value>,
    addresses: LiteMap<AddressSlot, Option<Record>>,
}

impl Record {
    /// Takes a JSON object with an `ID`.
    pub(super) fn new(value: Value) -> Result<Self, Failure> {
        let Value::Object(mut raw) = value else {
            return Err(Failure::NotUnderstood);
        };
        let mut addresses = LiteMap::new();
        for slot in AddressSlot::ALL {
            match raw.remove(slot.navigation()) {
                None => {}
                Some(Value::Null) => drop(addresses.insert(slot, None)),
                // Something that is no address says nothing of the slot, and holds up nothing else of the record.
                Some(address) => {
                    if let Ok(address) = Self::new(address) {
                        addresses.insert(slot, Some(address));
                    }
                }
            }
        }
        let id = raw.get("ID").and_then(Value::as_str).and_then(TribeId::parse).ok_or(Failure::NotUnderstood)?;
        Ok(Self { id, raw, addresses })
    }

    /// Tribe's id.
    pub fn id(&self) -> &TribeId {
        &self.id
    }

    /// When it was last changed, or made. Tribe: seen (whole seconds, UTC).
    pub fn changed_at(&self) -> Option<Instant> {
        ["LastMutationDate", "CreationDate"]
            .into_iter()
            .find_map(|name| self.raw.get(name)?.as_str())
            .and_then(|text| Some(Stamp::parse(text)?.instant()))
    }

    /// When it was made. Tribe: seen (whole seconds, UTC).
    pub fn made_at(&self) -> Option<Instant> {
        Some(Stamp::parse(self.raw.get("CreationDate")?.as_str()?)?.instant())
    }

    /// Whether anybody changed it after it was made, as far as whole seconds tell. Tribe: assumed (a record that nobody
    /// changed has the stamp of its making, or `null`).
    pub fn since_made(&self) -> SinceMade {
        let stamp = |name: &str| self.raw.get(name).and_then(Value::as_str).and_then(Stamp::parse);
        if self.raw.get("LastMutationDate").is_some_and(Value::is_null) {
            return SinceMade::Unchanged;
        }
        match (stamp("CreationDate"), stamp("LastMutationDate")) {
            (Some(made), Some(changed)) if changed.instant() <= made.instant() => SinceMade::Unchanged,
            (Some(_), Some(_)) => SinceMade::Changed,
            (None, _) | (_, None) => SinceMade::Unsaid,
        }
    }

    /// The marker, if it was selected and is set.
    pub fn marker(&self, property: &str) -> Option<&str> {
        self.raw.get(property)?.as_str()
    }

    /// What the record says about its marker; of another form than text it says nothing.
    pub fn marker_said(&self, property: &str) -> Presence {
        match self.raw.get(property) {
            Some(Value::Null) => Presence::Empty,
            Some(Value::String(text)) => Presence::of(text.as_str()),
            None | Some(_) => Presence::Absent,
        }
    }

    /// A property that is text.
    pub fn text(&self, property: Property, function_property: &str) -> Presence {
        match property.wire() {
            Wire::Text(name) => text_of(self.raw.get(name)),
            Wire::FunctionText => text_of(self.raw.get(function_property)),
            Wire::Choice(_) | Wire::HouseNumber => Presence::Absent,
        }
    }

    /// The datastore row that is chosen: absent, none, or its id.
    ///
    /// # Errors
    /// What stands there is no row.
    pub fn choice(&self, property: Property) -> Result<Option<Option<TribeId>>, Unreadable> {
        let Wire::Choice(name) = property.wire() else { return Ok(None) };
        match self.raw.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(row) => {
                let id = row.get("ID").and_then(Value::as_str).and_then(TribeId::parse);
                id.map(|id| Some(Some(id))).ok_or(Unreadable)
            }
        }
    }

    /// An address's number and suffix, if they were selected. Tribe: seen (a JSON number that may end in `.0`).
    ///
    /// # Errors
    /// The number is no whole number from 0 on, or the suffix is no text.
    pub fn house_number(&self) -> Result<Option<NumberAndSuffix>, Unreadable> {
        let (Some(number), Some(suffix)) = (self.raw.get("HouseNumber"), self.raw.get("HouseNumberSuffix")) else {
            return Ok(None);
        };
        let number = match number {
            Value::Null => None,
            number => Some(whole_number(number).ok_or(Unreadable)?),
        };
        match text_of(Some(suffix)) {
            Presence::Unreadable => Err(Unreadable),
            suffix => Ok(Some(NumberAndSuffix { number, suffix: suffix.text().unwrap_or_default().to_owned() })),
        }
    }

    /// What stands in a property as it is written there, whatever form the property should have: to keep it when it
    /// gives way. None for what has no plain spelling, such as an object.
    pub fn as_written(&self, property: Property, function_property: &str) -> Option<String> {
        let names: &[&str] = match property.wire() {
            Wire::Text(name) => &[name],
            Wire::FunctionText => &[function_property],
            Wire::HouseNumber => &["HouseNumber", "HouseNumberSuffix"],
            Wire::Choice(_) => return None,
        };
        let written = names.iter().filter_map(|name| match self.raw.get(*name)? {
            Value::String(text) => Some(text.clone()),
            scalar @ (Value::Number(_) | Value::Bool(_)) => Some(scalar.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        });
        let written = written.collect::<Vec<_>>().join(" ");
        Some(written.trim().to_owned()).filter(|written| !written.is_empty())
    }

    /// The address in a slot: not expanded, empty, or the address.
    pub fn address(&self, slot: AddressSlot) -> Option<Option<&Record>> {
        self.addresses.get(&slot).map(Option::as_ref)
    }

    /// The same record with that address in a slot.
    pub fn with_address(&self, slot: AddressSlot, address: Record) -> Record {
        let mut with = self.clone();
        with.addresses.insert(slot, Some(address));
        with
    }

    /// The id behind an expanded to-one navigation property.
    pub fn linked(&self, navigation: &str) -> Option<TribeId> {
        TribeId::parse(self.raw.get(navigation)?.get("ID")?.as_str()?)
    }

    /// Another text that was selected, such as a datastore row's `Code`.
    pub fn other_text(&self, name: &str) -> Option<&str> {
        self.raw.get(name)?.as_str()
    }

    /// Takes over what a newer answer says, and keeps the rest.
    pub fn refresh(&mut self, newer: Record) {
        self.raw.extend(newer.raw);
        for (slot, address) in newer.addresses {
            self.addresses.insert(slot, address);
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

fn text_of(value: Option<&Value>) -> Presence {
    match value {
        None => Presence::Absent,
        Some(Value::Null) => Presence::Empty,
        Some(Value::String(text)) => Presence::of(text.as_str()),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Presence::Unreadable,
    }
}

/// A whole number from 0 on that a house number can be.
fn whole_number(value: &Value) -> Option<u32> {
    let number =
        value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and within the bounds")]
    let number = number as u32;
    Some(number)
}

/// The body of a create or an update: only the fields that are written, in the order in which they were set.
#[derive(Clone, Default, PartialEq)]
pub struct Edit {
    fields: Vec<(String, Field)>,
}

/// What is written to one property.
#[derive(Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Field {
    Text(Option<String>),
    Number(Option<u32>),
    Link(Option<Link>),
    Nested(Edit),
}

/// A record that exists.
#[derive(Clone, PartialEq, Serialize)]
struct Link {
    #[serde(rename = "ID")]
    id: TribeId,
}

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(name, field)| (name, field)))
    }
}

impl Edit {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Takes over what another edit sets.
    pub fn take(&mut self, other: Edit) {
        other.fields.into_iter().for_each(|(name, field)| self.set(&name, field));
    }

    /// Sets or clears a text property. Tribe: that `null` clears is inferred.
    pub fn text(&mut self, property: Property, text: Option<&str>, function_property: &str) {
        let name = match property.wire() {
            Wire::Text(name) => name,
            Wire::FunctionText => function_property,
            Wire::Choice(_) | Wire::HouseNumber => return,
        };
        self.set(name, Field::Text(text.map(str::to_owned)));
    }

    /// Chooses a datastore row, or none. Tribe: documented.
    pub fn choice(&mut self, property: Property, row: Option<&TribeId>) {
        if let Wire::Choice(name) = property.wire() {
            self.set(name, Field::Link(row.map(|id| Link { id: id.clone() })));
        }
    }

    /// Sets an address's number and suffix.
    pub fn house_number(&mut self, value: &NumberAndSuffix) {
        self.set("HouseNumber", Field::Number(value.number));
        self.set("HouseNumberSuffix", Field::Text(Some(value.suffix.clone()).filter(|suffix| !suffix.is_empty())));
    }

    /// Puts a new address in a slot. Tribe: documented for to-one navigation in general.
    pub fn address(&mut self, slot: AddressSlot, address: Edit) {
        self.set(slot.navigation(), Field::Nested(address));
    }

    /// Writes the marker.
    pub fn marker(&mut self, property: &str, marker: &str) {
        self.set(property, Field::Text(Some(marker.to_owned())));
    }

    /// Links to a record that exists. Tribe: documented.
    pub fn link(&mut self, navigation: &str, id: &TribeId) {
        self.set(navigation, Field::Link(Some(Link { id: id.clone() })));
    }

    /// Creates the record behind a navigation property along with this one. Tribe: documented.
    pub fn nested(&mut self, navigation: &str, edit: Edit) {
        self.set(navigation, Field::Nested(edit));
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Failure> {
        // It fails for no edit.
        serde_json::to_vec(self).map_err(|_| Failure::NotUnderstood)
    }

    /// Sets a field, in the place of an earlier value of it.
    fn set(&mut self, name: &str, field: Field) {
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, earlier)) => *earlier = field,
            None => self.fields.push((name.to_owned(), field)),
        }
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.iter().map(|(name, _)| name)).finish()
    }
}
