//! Values of a form that a property cannot have, and properties that become ones of another type.

use std::sync::Arc;

use serde_json::Value;

use super::cell::Cell;
use super::edm::Edm;
use super::guid::Guid;
use super::metadata;
use super::state::Tribe;
use crate::Instant;

/// What an administrator makes of a property. Tribe: unknown whether one may; then the schema says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyType {
    /// Text.
    Text,
    /// A whole number. Text that is none is gone.
    Whole,
    /// A number.
    Number,
}

impl Tribe {
    /// Puts a value of any form where a property or a link stands, with a new stamp: nobody knows how it came there. The
    /// next write to it ends that.
    pub fn put_odd(&mut self, now: Instant, id: Guid, member: &str, value: Value) {
        self.store.keep_for_lagging_reads(now, self.character.read_lag, id);
        self.store.set_link(id, member, None);
        self.store.set_cell(id, member, Some(Cell::Odd(value)));
        self.store.set_mutated(id, now);
    }

    /// Gives a property of a type (`Relation.Organization`) another type. What stands there is carried over where it
    /// can be, and gone where not; no stamp moves.
    pub fn retype(&mut self, type_name: &str, property: &str, to: PropertyType) {
        let edm = match to {
            PropertyType::Text => Edm::Text,
            PropertyType::Whole => Edm::Int64,
            PropertyType::Number => Edm::Double,
        };
        Arc::make_mut(&mut self.store.model).retype(type_name, property, edm);
        self.metadata = metadata::document(&self.store.model, &self.character).into();
        for id in self.store.ids(self.store.model.named(type_name)) {
            let held = self.store.entity(id).and_then(|entity| entity.state.cells.get(property)).map(Cell::json);
            let Some(held) = held else { continue };
            let text = held.as_str().map_or_else(|| held.to_string(), str::to_owned);
            let carried = match to {
                PropertyType::Text => Some(Cell::Text(text.into())),
                PropertyType::Whole => text.parse().ok().map(Cell::Whole),
                PropertyType::Number => text.parse().ok().map(Cell::Double),
            };
            self.store.set_cell(id, property, carried);
        }
    }
}
