//! What stands in an answer of AC's, and whose list an id is of.

use dialect::{List, Pointer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::value::RawValue;

use super::json::{Object, values};
use crate::answer::{self, Failure};
use crate::ports::Response;

/// What may stand unencoded in a path and a query. Source: RFC 3986, unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The list whose scope an id has.
pub(super) fn list_of<'d>(lists: &'d [List], id: &str) -> Option<&'d List> {
    let has = |list: &&List| {
        let scope = list.scope.as_deref();
        scope.is_some_and(|scope| id.strip_prefix(scope).is_some_and(|rest| rest.starts_with('-')))
    };
    lists.iter().find(has).or_else(|| lists.iter().find(|list| list.scope.is_none()))
}

/// An id as the list has it.
pub(super) fn unscoped<'i>(id: &'i str, list: Option<&List>) -> &'i str {
    let scope = list.and_then(|list| list.scope.as_deref());
    scope.and_then(|scope| id.strip_prefix(scope)?.strip_prefix('-')).unwrap_or(id)
}

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

pub(super) fn object(response: &Response) -> Result<Object, Failure> {
    Object::parse(&response.body).ok_or_else(|| answer::no_json(response))
}

/// The record in an answer.
pub(super) fn record_in(body: Object, at: Option<&Pointer>) -> Result<Object, Failure> {
    match at {
        None => Ok(body),
        Some(pointer) => body.object(pointer).ok_or(Failure::NotUnderstood),
    }
}

/// The rows of a list and the answer around them. An answer without the list is [`Failure::NotUnderstood`], whatever its
/// status says (F50).
pub(super) fn rows(response: &Response, at: &Pointer) -> Result<(Vec<Box<RawValue>>, Option<Object>), Failure> {
    if at.parts().is_empty() {
        return Ok((values(&response.body).ok_or_else(|| answer::no_json(response))?, None));
    }
    let body = object(response)?;
    let rows = body.list(at).ok().flatten().ok_or(Failure::NotUnderstood)?;
    Ok((rows, Some(body)))
}
