//! A second opinion on both clients: answers in shapes that nobody chose.
//!
//! The stand-ins were written beside the connector, and say only what was thought of. Here every answer of theirs may
//! arrive in another shape: any JSON at any member, any status at any step, bodies that are none, rows that repeat. The
//! drawing never changes what can be read: where a member cannot have a shape, nobody changed anything. So nothing may
//! be written because of it; and where a user did change one field, nothing but that field.

mod alter;
mod case;
mod grammar;

pub use alter::{Alterer, Coverage};
pub use case::{Finding, Fuzz};
pub use grammar::Shape;
