//! OData's query options: what they mean, what is refused, and which rows they leave.

mod expression;
mod options;
mod tokens;

pub(super) use options::{Direction, Options, asks_for_too_many, parse};
