//! Tribe CRM: its wire format, login, paging and limits. No other room knows a path, a property or a header of
//! Tribe's, and this one knows nothing of AdvocaatCentraal.
//!
//! Sources: *documented* is a page of Tribe's, *seen* a real answer or a client that runs, *inferred* follows from
//! the server's parts (Apache Olingo, ORY Hydra), *assumed* is none of these.

mod client;
mod entity;
mod facts;
mod login;
mod metadata;
mod profile;
mod query;
mod record;
mod registration;
mod relation_type;
mod webhook;

pub use client::{Changed, ChangedRow, Client, Create, Kvk, PAGE_SIZE, PageLimit, Read, Settings, Stored, Update};
pub use entity::{AddressSlot, Entity, Property, RelationKind};
pub use facts::{Facts, TextEquality};
pub use login::{Flow, Standing};
pub use metadata::{Metadata, MetadataError};
pub use profile::Profile;
pub use record::{Edit, Record};
pub use registration::{OwnWebhook, Registrations};
pub use relation_type::RelationType;
pub use webhook::{Delivery, Refusal, read_delivery};
