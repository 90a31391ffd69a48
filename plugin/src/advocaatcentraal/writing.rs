//! Writing: a `PUT` of the record as it was read with only the edited fields changed (A8), guarded against what
//! someone else wrote meanwhile (A9).

use super::client::{path, record};
use super::json::{Object, Value};
use super::record::Listed;
use super::tags::strong;
use super::veld::known_member;
use super::{Client, Contactpersoon, Edit, Relatie, Tags};
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
        let read = if self.tag(read).is_some() {
            read
        } else {
            // A list row may be lean, and without a tag nothing but a reading right before the write tells that
            // someone else was there (A9).
            fresh = self.read_unchanged(read, edit)?;
            &fresh
        };
        let Some(body) = changed(read, edit)? else { return Ok(read.clone()) };
        match self.put(read.id_text(), body, self.tag(read)) {
            Err(Failure::Changed) if self.tag(read).is_some() => self.write_without_tag(read, edit),
            written => written,
        }
    }

    /// A write was refused for its tag. Where nobody changed the record since it was read, the tag fits nothing (A9):
    /// a gateway that compresses or rewrites answers gives tags of its own.
    fn write_without_tag<R: Listed>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
        let fresh = self.read_unchanged(read, edit)?;
        if fresh.gewijzigd() != read.gewijzigd() {
            return Err(Failure::Changed);
        }
        let Some(body) = changed(&fresh, edit)? else { return Ok(fresh) };
        let written = self.put(fresh.id_text(), body, None)?;
        self.tags.set(Some(Tags::DoNotFit { since: self.clock.now() }));
        Ok(written)
    }

    /// The record as it is now. [`Failure::Changed`] if something else stands at the places to be changed.
    fn read_unchanged<R: Listed>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
        let fresh = self.single::<R>(read.id_text())?;
        if edit.finds_the_same(read.raw(), fresh.raw()) { Ok(fresh) } else { Err(Failure::Changed) }
    }

    /// The tag that guards a write of that record, if it has one that may fit.
    fn tag<'r, R: Listed>(&self, read: &'r R) -> Option<&'r str> {
        let left_out = self.tags.get().is_some_and(|tags| tags.are_left_out(self.clock.now()));
        strong(read.etag()).filter(|_| !left_out)
    }

    fn put<R: Listed>(&self, id: &str, body: String, tag: Option<&str>) -> Result<R, Failure> {
        let mut request = self.request(Method::Put, &path::<R>(id));
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        request.headers.extend(tag.map(|tag| ("if-match".to_owned(), tag.to_owned())));
        request.body = body.into_bytes();
        let answer = self.http.send(request);
        let named = answer.as_ref().ok().and_then(named_member);
        let response = answer::sort(answer, self.clock.now());
        let response = response.map_err(|failure| failure.naming(named.map(str::to_owned)))?;
        if tag.is_some() {
            self.tags.set(Some(Tags::Fit));
        }
        if !response.body.iter().all(u8::is_ascii_whitespace) {
            return record(&response, id);
        }
        // Stored without telling what (F53).
        self.single(id).map_err(|failure| match failure {
            Failure::Unavailable => Failure::Unknown,
            other => other,
        })
    }
}

/// What AC gets back; none where nothing would change.
fn changed<R: Listed>(read: &R, edit: &Edit) -> Result<Option<String>, Failure> {
    let mut changed = read.raw().clone();
    edit.apply(&mut changed)?;
    let body = changed.to_text();
    Ok((body != read.raw().to_text()).then_some(body))
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
