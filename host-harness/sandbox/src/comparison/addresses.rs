//! Addresses, by type.

use serde_json::Value;

use super::forms::{Form, house_number, leading_number};
use super::judge::Judge;
use super::report::{Fault, Table};
use crate::advocaatcentraal::{Record, Version};
use crate::tribe::{Entity, Guid, Origin};

const PARTS: [(&str, &str, Form); 3] =
    [("straat", "Street", Form::Text), ("postcode", "Postalcode", Form::Postcode), ("plaats", "City", Form::Text)];

impl Judge<'_> {
    /// Every address type that has a place in Tribe.
    pub(super) fn addresses(
        &mut self,
        marker: &str,
        record: &Record,
        entity: &Entity<'_>,
        types: &[(&'static str, &'static str)],
    ) {
        for (kind, name) in types {
            let slot = entity.link(name);
            let wanted = of_type(record.current(), kind);
            let Some(first) = wanted.first() else {
                self.no_address(marker, record, kind, slot);
                continue;
            };
            self.found.record(Table::Addresses);
            let Some(address) = slot.and_then(|id| self.tribe.entity(id)) else {
                if self.was_removed(record, entity, kind, name) {
                    continue;
                }
                self.found.fault(Table::Addresses, marker, kind, Fault::MissingInTribe);
                continue;
            };
            // Of two addresses of one type either will do; the manual does not say which.
            let agreeing = wanted.iter().find(|wanted| self.differing(wanted, &address).is_empty());
            let differing = self.differing(agreeing.unwrap_or(first), &address);
            for _ in 0..PARTS.len() + 2 {
                self.found.field(Table::Addresses);
            }
            for (part, fault) in differing {
                self.found.fault(Table::Addresses, &format!("{marker} {kind}"), part, fault);
            }
        }
    }

    /// Whether a user of Tribe removed the address of that type, and AdvocaatCentraal has not changed it since.
    fn was_removed(&self, record: &Record, entity: &Entity<'_>, kind: &str, slot: &str) -> bool {
        let plain = |version: &Version| -> Vec<Vec<String>> {
            of_type(version, kind).into_iter().map(|address| self.plain(address)).collect()
        };
        let emptied = self.tribe.slot_emptied_by_user(entity.id(), slot);
        let then = emptied.and_then(|emptied| record.at(emptied));
        then.is_some_and(|then| plain(then) == plain(record.current()))
    }

    /// What an address of AdvocaatCentraal's says, whatever its spelling.
    fn plain(&self, address: &Value) -> Vec<String> {
        let text = |field: &str| address.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
        let mut said: Vec<String> = PARTS.iter().map(|(part, _, form)| form.plain(&text(part))).collect();
        said.push(house_number(&text("huisnummer"), &text("toevoeging")));
        said.push(self.country(&text("land")).unwrap_or_else(|| text("land")));
        said
    }

    /// AdvocaatCentraal has none of that type: neither has Tribe, unless it had one, or a user of Tribe made it.
    fn no_address(&mut self, marker: &str, record: &Record, kind: &'static str, slot: Option<Guid>) {
        let Some(address) = slot.and_then(|id| self.tribe.entity(id)) else {
            return;
        };
        let had = record.versions().any(|version| !of_type(version, kind).is_empty());
        let parts = PARTS.map(|(_, property, _)| property).into_iter().chain(["HouseNumber", "HouseNumberSuffix"]);
        let says_nothing = parts.into_iter().all(|property| address.text(property).trim().is_empty());
        if !had && !says_nothing && address.origin() == Origin::Api {
            self.found.fault(Table::Addresses, marker, kind, Fault::NotToBeInTribe);
        }
    }

    fn differing(&self, wanted: &Value, address: &Entity<'_>) -> Vec<(&'static str, Fault)> {
        let text = |field: &str| wanted.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
        let mut differing = Vec::new();
        let mut compare = |part, ac: &str, tribe: &str| {
            if ac != tribe {
                let fault = match (ac, tribe) {
                    (_, "") => Fault::EmptyInTribe,
                    ("", _) => Fault::EmptyInAdvocaatCentraal,
                    _ => Fault::Differs,
                };
                differing.push((part, fault));
            }
        };
        for (part, property, form) in PARTS {
            if self.tells(&text(part)) {
                compare(part, &form.plain(&text(part)), &form.plain(&address.text(property)));
            }
        }
        let (number, suffix) = (address.text("HouseNumber"), address.text("HouseNumberSuffix"));
        let ac = house_number(&text("huisnummer"), &text("toevoeging"));
        if self.tells(&ac) {
            compare("huisnummer", &ac, &house_number(&number, &suffix));
        }
        if let (Some(ac), Some(tribe)) = (leading_number(&text("huisnummer")), leading_number(&number)) {
            // `12` and `0` together read like `120`, which is another house.
            compare("huisnummer", &ac.to_string(), &tribe.to_string());
        }
        let country = address.link("Country").and_then(|id| self.tribe.entity(id));
        let country = country.and_then(|country| self.tribe.country(&country.text("Name"))).unwrap_or_default();
        if let Some(code) = self.country(&text("land")).filter(|code| self.tells(code)) {
            compare("land", &code, country);
        }
        differing.dedup();
        differing
    }

    /// Tribe's code for a country; none for one that it does not know.
    fn country(&self, land: &str) -> Option<String> {
        let land = land.trim().to_lowercase();
        let dutch = ["netherlands", "the netherlands", "holland"].contains(&land.as_str());
        if land.is_empty() || dutch {
            return Some(if dutch { "NL".to_owned() } else { String::new() });
        }
        self.tribe.country(&land).map(str::to_owned)
    }
}

/// The addresses of a type that say anything.
fn of_type<'a>(version: &'a Version, kind: &str) -> Vec<&'a Value> {
    let fields = ["straat", "huisnummer", "toevoeging", "postcode", "plaats", "land"];
    let says =
        |address: &Value, field| address.get(field).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    version
        .rows("adressen")
        .iter()
        .filter(|address| address.get("type").and_then(Value::as_str) == Some(kind))
        .filter(|address| fields.into_iter().any(|field| says(address, field)))
        .collect()
}
