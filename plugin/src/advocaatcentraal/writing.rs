//! Writing: the record as it was read with only the edited fields changed (A8), guarded against what someone else wrote
//! meanwhile (A9).

use dialect::{Answer, Method as How, Operation, Persons, Version};

use super::contactpersoon::Source;
use super::edit::Places;
use super::reach::Owner;
use super::relatie::Soort;
use super::tags::strong;
use super::{Client, Contactpersoon, Edit, Record, Relatie, Tags, changing, errors};
use crate::answer::{self, Failure};
use crate::ports::{Method, Response};

/// A record that can be written.
pub(super) trait Stored: Record + Sized + Clone {
    fn etag(&self) -> Option<&str>;
    fn path(&self, client: &Client<'_>) -> Result<String, Failure>;
    fn read(&self, client: &Client<'_>, response: &Response) -> Result<Self, Failure>;
    fn read_again(&self, client: &Client<'_>) -> Result<Self, Failure>;
    /// What AC gets; none where nothing would change.
    fn changed(&self, edit: &Edit, client: &Client<'_>) -> Result<Option<String>, Failure>;
    fn places(&self) -> Places<'_>;
    /// Whose fields it has.
    fn owner(&self) -> Owner;
}

impl Stored for Relatie {
    fn etag(&self) -> Option<&str> {
        Self::etag(self)
    }

    fn path(&self, client: &Client<'_>) -> Result<String, Failure> {
        Ok(client.relatie_path(self.id()))
    }

    fn read(&self, client: &Client<'_>, response: &Response) -> Result<Self, Failure> {
        client.read_relatie(response, self.id())
    }

    fn read_again(&self, client: &Client<'_>) -> Result<Self, Failure> {
        client.relatie(self.id())
    }

    fn changed(&self, edit: &Edit, client: &Client<'_>) -> Result<Option<String>, Failure> {
        changing::relation(self, edit, client.dialect())
    }

    fn places(&self) -> Places<'_> {
        Places { velden: self.velden(), adressen: self.addresses(), person: None }
    }

    fn owner(&self) -> Owner {
        match self.soort() {
            Soort::Bedrijf => Owner::Organisation,
            // As one of no known kind is read.
            Soort::Particulier | Soort::Onbekend => Owner::PrivatePerson,
        }
    }
}

impl Stored for Contactpersoon {
    fn etag(&self) -> Option<&str> {
        Self::etag(self)
    }

    fn path(&self, client: &Client<'_>) -> Result<String, Failure> {
        client.contactpersoon_path(self.id())
    }

    fn read(&self, client: &Client<'_>, response: &Response) -> Result<Self, Failure> {
        client.read_contactpersoon(response, self.id())
    }

    fn read_again(&self, client: &Client<'_>) -> Result<Self, Failure> {
        client.contactpersoon(self.id())
    }

    fn changed(&self, edit: &Edit, client: &Client<'_>) -> Result<Option<String>, Failure> {
        let dialect = client.dialect();
        let inside = match &dialect.persons {
            Persons::Inside(inside) => Some(inside),
            _ => None,
        };
        let source = Source::of(&client.settings.dialect, None).ok_or(Failure::Gone)?;
        changing::person(self, edit, source.record, inside, dialect)
    }

    fn places(&self) -> Places<'_> {
        Places { velden: self.velden(), adressen: self.addresses(), person: Some(self) }
    }

    fn owner(&self) -> Owner {
        Owner::ContactPerson
    }
}

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

    fn write<R: Stored>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
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
        let Some(body) = read.changed(edit, self)? else { return Ok(read.clone()) };
        match self.send(read, edit, body, self.tag(read)) {
            Err(Failure::Changed)
                if self.tag(read).is_some() && matches!(self.dialect().writing.version, Version::Etag) =>
            {
                self.write_without_tag(read, edit)
            }
            written => written,
        }
    }

    /// A write was refused for its tag. Where nobody changed the record since it was read, the tag fits nothing (A9):
    /// a gateway that compresses or rewrites answers gives tags of its own.
    fn write_without_tag<R: Stored>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
        let fresh = self.read_unchanged(read, edit)?;
        if fresh.gewijzigd() != read.gewijzigd() {
            return Err(Failure::Changed);
        }
        let Some(body) = fresh.changed(edit, self)? else { return Ok(fresh) };
        let written = self.send(&fresh, edit, body, None)?;
        self.tags.set(Some(Tags::DoNotFit { since: self.clock.now() }));
        Ok(written)
    }

    /// The record as it is now. [`Failure::Changed`] if something else stands at the places to be changed.
    fn read_unchanged<R: Stored>(&self, read: &R, edit: &Edit) -> Result<R, Failure> {
        let fresh = read.read_again(self)?;
        if edit.finds_the_same(&read.places(), &fresh.places()) { Ok(fresh) } else { Err(Failure::Changed) }
    }

    /// The tag that guards a write of that record, if it has one that may fit.
    pub(super) fn tag<'r, R: Stored>(&self, read: &'r R) -> Option<&'r str> {
        self.fitting(read.etag())
    }

    /// That tag, if it is one that may fit.
    pub(super) fn fitting<'t>(&self, etag: Option<&'t str>) -> Option<&'t str> {
        let left_out = self.tags.get().is_some_and(|tags| tags.are_left_out(self.clock.now()));
        strong(etag).filter(|_| !left_out)
    }

    /// Sends what a write holds, guarded by that tag, and gives what was answered to it.
    pub(super) fn transmit(
        &self,
        (path, owner): (&str, Owner),
        body: &str,
        tag: Option<&str>,
    ) -> Result<Response, Failure> {
        let writing = &self.dialect().writing;
        let method = match writing.method {
            How::Put | How::PutChanged => Method::Put,
            How::Patch => Method::Patch,
        };
        let kind = if method == Method::Patch { "application/merge-patch+json" } else { "application/json" };
        let response = self.with_a_token(|| {
            let mut request = self.request(method, path)?;
            request.headers.push(("content-type".to_owned(), kind.to_owned()));
            if matches!(writing.version, Version::Etag) {
                request.headers.extend(tag.map(|tag| ("if-match".to_owned(), tag.to_owned())));
            }
            request.body = body.as_bytes().to_vec();
            let answer = self.http.send(request);
            let answered = answer.as_ref().ok();
            let named = answered.and_then(|response| errors::named_member(self.settings, owner, response));
            let response = self.sort(&Operation::Write, answer, self.clock.now());
            response.map_err(|failure| failure.naming(named.map(str::to_owned)))
        })?;
        if is_a_page(&response) || errors::may_hide_one(self.settings, &response) {
            return Err(answer::no_json(&response));
        }
        if tag.is_some() && matches!(writing.version, Version::Etag) {
            self.tags.set(Some(Tags::Fit));
        }
        Ok(response)
    }

    /// Whether the answer to a write must hold the record as it was stored.
    pub(super) fn says_record(&self, response: &Response) -> bool {
        self.dialect().writing.answer == Answer::Record && !response.body.iter().all(u8::is_ascii_whitespace)
    }

    fn send<R: Stored>(&self, read: &R, edit: &Edit, body: String, tag: Option<&str>) -> Result<R, Failure> {
        let writing = &self.dialect().writing;
        let response = self.transmit((&read.path(self)?, read.owner()), &body, tag)?;
        self.has_read_back.set(!self.says_record(&response));
        if !self.has_read_back.get() {
            return read.read(self, &response);
        }
        // Stored without telling what (F53).
        let stored = read.read_again(self).map_err(|failure| match failure {
            Failure::Unavailable(cause) => Failure::Unknown(cause),
            other => other,
        })?;
        // What is stored later shows at the next look.
        let is_stored = writing.answer != Answer::Later || stored.changed(edit, self)?.is_none();
        if is_stored { Ok(stored) } else { Err(Failure::Later) }
    }
}

/// Whether a page for people was answered, whatever the dialect says of answers: a login or a gateway stood in the way.
fn is_a_page(response: &Response) -> bool {
    response.body.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
#[path = "writing_tests.rs"]
mod tests;
