//! Tribe CRM: its wire format, login, paging and limits. No other room knows a path, a property or a header of
//! Tribe's, and this one knows nothing of AdvocaatCentraal.
//!
//! Sources: *documented* is a page of Tribe's, *seen* a real answer or a client that runs, *inferred* follows from
//! the server's parts (Apache Olingo, ORY Hydra), *assumed* is none of these.

mod changes;
mod client;
#[cfg(test)]
pub(crate) mod desk;
mod entity;
mod facts;
mod login;
mod metadata;
mod profile;
mod query;
mod reading;
mod record;
mod registration;
mod relation_type;
mod settings;
mod tenant;
mod types;
mod webhook;
mod writing;

pub use changes::{Changed, ChangedRow};
pub use client::{Client, PAGE_SIZE};
pub use entity::{AddressSlot, Entity, Property, RelationKind};
pub use facts::{Facts, PageLimit, TextEquality};
pub use login::{LoginState, consent_url};
pub use metadata::{Metadata, MetadataError};
pub use profile::{Profile, missing_marker};
pub use reading::Read;
pub use record::{Edit, Record, SinceMade};
pub use registration::{OwnWebhook, Registrations};
pub use relation_type::RelationType;
pub use settings::{Flow, Kvk, Settings};
pub use webhook::{Delivery, Refusal, read_delivery};
pub use writing::{Create, Stored, Update};
