//! Writing: a `PUT` of the record as it was read with only the edited fields changed (A8), guarded against what
//! someone else wrote meanwhile (A9).

use super::client::{path, record};
use super::json::{Object, Value};
use super::record::Listed;
use super::veld::known_member;
use super::{Client, Contactpersoon, Edit, Relatie};
use crate::answer::{self, Failure};
use crate::ports::{Method, Response};

impl Client<'_> {
    /// Changes a relation, and gives it as AC stored it. An edit that changes nothing sends nothing.
    ///
    /// [`Failure::Changed`] if someone else changed it since it was read: read it and decide again.
    pub fn write_relatie(&self, read: &Relatie, edit: &Edit) -> Result<Relatie, Failure> {
        self.write(read, edit)
    }

    /// Changes a contact person, as [`Client::write_relatie`].
    pub fn write_contactpersoon(&self, read: &Contactpersoon, edit: &Edit) -> Result<Contactpersoon, Failure> {
        self.write(read, edit)
    }

    fn write<R: Listed>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
        if edit.is_empty() {
            return Ok(read.clone());
        }
        let fresh;
        let read = if strong(read.etag()).is_some() {
            read
        } else {
            // A list row may be lean, and without an ETag nothing but a reading right before the write tells that
            // someone else was there (A9).
            fresh = self.single::<R>(read.id_text())?;
            if !edit.finds_the_same(read.raw(), fresh.raw()) {
                return Err(Failure::Changed);
            }
            &fresh
        };
        let mut changed = read.raw().clone();
        edit.apply(&mut changed)?;
        let body = changed.to_text();
        if body == read.raw().to_text() {
            return Ok(read.clone());
        }
        let mut request = self.request(Method::Put, &path::<R>(read.id_text()));
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        if let Some(etag) = strong(read.etag()) {
            request.headers.push(("if-match".to_owned(), etag.to_owned()));
        }
        request.body = body.into_bytes();
        let answer = self.http.send(request);
        let named = answer.as_ref().ok().and_then(named_member);
        let response = answer::sort(answer, self.clock.now()).map_err(|failure| match failure {
            Failure::Refused { status, .. } => Failure::Refused { status, field: named.map(str::to_owned) },
            other => other,
        })?;
        if !response.body.iter().all(u8::is_ascii_whitespace) {
            return record(&response, read.id_text());
        }
        // Stored without telling what (F53).
        self.single(read.id_text()).map_err(|failure| match failure {
            Failure::Unavailable => Failure::Unknown,
            other => other,
        })
    }
}

/// An `ETag` that `If-Match` can be answered by: a weak one never matches. Source: RFC 9110, 13.1.1.
fn strong(etag: Option<&str>) -> Option<&str> {
    etag.filter(|etag| !etag.starts_with("W/"))
}

/// The member that an error names, if we sent it (A10).
fn named_member(response: &Response) -> Option<&'static str> {
    let error = Object::of(Object::parse(answer::without_byte_order_mark(&response.body))?.get("fout")?)?;
    match Value::of(error.get("veld")?) {
        Value::Text(name) => known_member(&name),
        _ => None,
    }
}

#[cfg(test)]
#[path = "writing_tests.rs"]
mod tests;
