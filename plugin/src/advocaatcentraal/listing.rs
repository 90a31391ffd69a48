//! One page of a list.

use super::json::{Object, Value};
use super::record::{Listed, RowProblem};
use crate::answer::{self, Failure};
use crate::ports::Response;
use crate::relation::Instant;

/// A page of records.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows in AC's order; one that cannot be read does not keep the others back.
    pub records: Vec<Result<T, RowProblem>>,
    /// The cursor of the next page, as AC gave it, even if blank; none at the end (A4). Nothing keeps a wrong server
    /// from giving one cursor for ever: whoever follows it must notice.
    pub next: Option<String>,
    /// AC's clock, from the answer's `Date`.
    pub server_time: Option<Instant>,
}

/// Reads a page. An answer without the list is [`Failure::NotUnderstood`], whatever its status says (F50).
pub(super) fn read<R: Listed>(response: &Response) -> Result<Page<R>, Failure> {
    let body = Object::parse(&response.body).ok_or(Failure::NotUnderstood)?;
    let rows = body.list(R::LIST).ok().flatten().ok_or(Failure::NotUnderstood)?;
    let next = match body.get("volgende").map(Value::of) {
        None | Some(Value::Null) => None,
        Some(Value::Text(cursor)) => Some(cursor),
        Some(Value::Scalar(number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => Some(number.to_owned()),
        Some(_) => return Err(Failure::NotUnderstood),
    };
    let records = rows.iter().map(|row| R::new(Object::of(row).ok_or(RowProblem)?, None));
    Ok(Page { records: records.collect(), next, server_time: answer::server_time(response) })
}
