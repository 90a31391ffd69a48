//! The manual's tables, as data: which AC field belongs to which Tribe field.
//!
//! To be read beside the manual: `tables` holds one row per field, the rest of the room turns rows and records into
//! the cells that the planner decides on, and carries values across. Nothing that is not in a table is read or
//! written.

mod cells;
mod field_mapper;
mod marker;
mod records;
mod tables;

pub use cells::{CellView, SlotView, cells};
pub use field_mapper::{FieldMapper, Unfit};
pub use marker::Markers;
pub use records::{AcRecord, Place, TribeSide};
pub use tables::{
    AcField, FUNCTION_FIELD, GENDER_FIELD, KVK_FIELD, Row, TribeField, address_name, address_slot, is_field,
    places_in_ac, rows, stands_in_ac,
};
