//! Requests to AC, and reading. Writing is in `writing`.

use std::cell::Cell;
use std::ops::ControlFlow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::json::Object;
use super::record::Listed;
use super::{Contactpersoon, Page, Relatie, Tags, listing, oddity};
use crate::answer::{self, Failure};
use crate::ports::{Clock, Http, Method, Request, Response};
use crate::relation::{ContactpersoonId, Instant, OfficeNumber, RelatieId, RelatietypeId, Stamp};
use crate::secret::Secret;

/// So many requests in a row without a usable answer, and it is the system, not the records.
const FAILURES_IN_A_ROW: usize = 5;
/// What may stand unencoded in a path and a query. Source: RFC 3986, unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where an office's AC is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The base URL; there is no default (A1).
    pub url: String,
    /// The administratienummer.
    pub office: String,
    /// The API key.
    pub key: Secret,
    /// The header in which the key travels (A2).
    pub key_header: String,
}

/// A relation type: its id stays, its name can be changed by the office (A13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relatietype {
    /// AC's id.
    pub id: RelatietypeId,
    /// The name for the office's users; the id where AC gives none.
    pub naam: String,
}

/// What came of reading each of several records, by the id that was asked for.
pub type Each<Id, T> = Vec<(Id, Result<T, Failure>)>;

/// Requests to one office's AC. It reads and changes records; it cannot create or delete one.
pub struct Client<'a> {
    pub(super) http: &'a dyn Http,
    pub(super) clock: &'a dyn Clock,
    settings: &'a Settings,
    /// What writes have shown of AC's tags; none before one.
    pub(super) tags: Cell<Option<Tags>>,
}

impl<'a> Client<'a> {
    /// A client for that office.
    pub fn new(http: &'a dyn Http, clock: &'a dyn Clock, settings: &'a Settings) -> Self {
        Self { http, clock, settings, tags: Cell::new(None) }
    }

    /// The same, with what earlier writes have shown of AC's tags.
    #[must_use]
    pub fn knowing_tags(self, tags: Option<Tags>) -> Self {
        self.tags.set(tags);
        self
    }

    /// What writes have shown of AC's tags so far.
    pub fn tags(&self) -> Option<Tags> {
        self.tags.get()
    }

    /// The office's name. [`Failure::Gone`] if AC knows no such office.
    pub fn office(&self) -> Result<String, Failure> {
        let office = object(&self.get("")?)?;
        let told = oddity::id(office.get("office")).map(|told| OfficeNumber::of(&told));
        if office.get("office").is_some() && told != Some(OfficeNumber::of(&self.settings.office)) {
            return Err(Failure::Gone);
        }
        let name = oddity::text(office.get("naam"));
        name.text().map(str::to_owned).ok_or(Failure::NotUnderstood)
    }

    /// Every relation type; one without an id is left out. [`Failure::Gone`] if AC knows no such office.
    pub fn relatietypen(&self) -> Result<Vec<Relatietype>, Failure> {
        let body = object(&self.get("/relatietypen")?)?;
        let rows = body.list("relatietypen").ok().flatten().ok_or(Failure::NotUnderstood)?;
        let read = |row: Object| {
            let id = oddity::id(row.get("id"))?;
            let naam = oddity::text(row.get("naam")).text().unwrap_or(&id).to_owned();
            Some(Relatietype { id: RelatietypeId::new(id), naam })
        };
        Ok(rows.iter().filter_map(|row| Object::of(row)).filter_map(read).collect())
    }

    /// A page of at most `size` relations, all or those changed at that instant or later, after that cursor (A4).
    /// Rows may be lean and have no `ETag`. [`Failure::Gone`] only for a cursor that AC no longer takes.
    pub fn relaties(&self, from: Option<Instant>, after: Option<&str>, size: u32) -> Result<Page<Relatie>, Failure> {
        self.page(from, after, size)
    }

    /// A page of at most `size` contact persons, as [`Client::relaties`].
    pub fn contactpersonen(
        &self,
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
    ) -> Result<Page<Contactpersoon>, Failure> {
        self.page(from, after, size)
    }

    /// One relation, whole. [`Failure::Gone`] if there is none of that id (any more).
    pub fn relatie(&self, id: &RelatieId) -> Result<Relatie, Failure> {
        self.single(id.as_str())
    }

    /// One contact person, whole. [`Failure::Gone`] if there is none of that id (any more).
    pub fn contactpersoon(&self, id: &ContactpersoonId) -> Result<Contactpersoon, Failure> {
        self.single(id.as_str())
    }

    /// Several relations, whole, in the order of the ids, at most `in_flight` asked for at once.
    ///
    /// An error is one of the connection as a whole: credentials, quota, a forbidden address, several requests in a
    /// row without an answer.
    pub fn relaties_by_id(&self, ids: &[RelatieId], in_flight: usize) -> Result<Each<RelatieId, Relatie>, Failure> {
        let answers = self.singles(ids.iter().map(RelatieId::as_str), in_flight)?;
        Ok(ids.iter().cloned().zip(answers).collect())
    }

    /// Several contact persons, as [`Client::relaties_by_id`].
    pub fn contactpersonen_by_id(
        &self,
        ids: &[ContactpersoonId],
        in_flight: usize,
    ) -> Result<Each<ContactpersoonId, Contactpersoon>, Failure> {
        let answers = self.singles(ids.iter().map(ContactpersoonId::as_str), in_flight)?;
        Ok(ids.iter().cloned().zip(answers).collect())
    }

    fn page<R: Listed>(&self, from: Option<Instant>, after: Option<&str>, size: u32) -> Result<Page<R>, Failure> {
        let mut target = format!("/{}?aantal={size}", R::LIST);
        let from = from.map(Stamp::amsterdam_text);
        for (name, value) in [("gewijzigd_vanaf", from.as_deref()), ("na", after)] {
            if let Some(value) = value {
                target.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        let answer = self.get(&target).map_err(|failure| match failure {
            // A cursor may be gone, a list cannot: then it is the address that is wrong.
            Failure::Gone if after.is_none() => Failure::NotUnderstood,
            other => other,
        });
        listing::read(&answer?)
    }

    pub(super) fn single<R: Listed>(&self, id: &str) -> Result<R, Failure> {
        record(&self.get(&path::<R>(id))?, id)
    }

    fn singles<'i, R: Listed>(
        &self,
        ids: impl Iterator<Item = &'i str>,
        in_flight: usize,
    ) -> Result<Vec<Result<R, Failure>>, Failure> {
        let ids: Vec<&str> = ids.collect();
        let requests = ids.iter().map(|id| self.request(Method::Get, &path::<R>(id))).collect();
        let now = self.clock.now();
        let mut answers: Vec<Result<R, Failure>> = ids.iter().map(|_| Err(Failure::Unavailable)).collect();
        let mut whole = None;
        let mut in_a_row = 0;
        self.http.send_each(requests, in_flight, &mut |position, answer| {
            let (Some(id), Some(place)) = (ids.get(position), answers.get_mut(position)) else {
                return ControlFlow::Continue(());
            };
            *place = answer::sort(answer, now).map_err(as_reading).and_then(|response| record(&response, id));
            in_a_row = if matches!(place, Err(Failure::Unavailable)) { in_a_row + 1 } else { 0 };
            match place {
                Err(failure @ (Failure::Credentials | Failure::Quota(_) | Failure::Forbidden)) => {
                    whole = Some(failure.clone());
                }
                _ if in_a_row >= FAILURES_IN_A_ROW => whole = Some(Failure::Unavailable),
                _ => return ControlFlow::Continue(()),
            }
            ControlFlow::Break(())
        });
        whole.map_or(Ok(answers), Err)
    }

    fn get(&self, target: &str) -> Result<Response, Failure> {
        let answer = self.http.send(self.request(Method::Get, target));
        answer::sort(answer, self.clock.now()).map_err(as_reading)
    }

    pub(super) fn request(&self, method: Method, target: &str) -> Request {
        let Settings { url, office, key, key_header } = self.settings;
        Request {
            method,
            url: format!("{}/offices/{}{target}", url.trim_end_matches('/'), encoded(office)),
            headers: vec![
                ("accept".to_owned(), "application/json".to_owned()),
                (key_header.to_ascii_lowercase(), key.expose().to_owned()),
            ],
            body: Vec::new(),
        }
    }
}

pub(super) fn path<R: Listed>(id: &str) -> String {
    format!("/{}/{}", R::LIST, encoded(id))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn object(response: &Response) -> Result<Object, Failure> {
    Object::parse(&response.body).ok_or(Failure::NotUnderstood)
}

/// The record in an answer, which must be the one that was asked for.
pub(super) fn record<R: Listed>(response: &Response, id: &str) -> Result<R, Failure> {
    let etag = response.header("etag").map(str::to_owned);
    let record = R::new(object(response)?, etag).map_err(|_| Failure::NotUnderstood)?;
    if record.id_text() == id { Ok(record) } else { Err(Failure::NotUnderstood) }
}

/// A read that may or may not have been carried out can simply be repeated.
fn as_reading(failure: Failure) -> Failure {
    match failure {
        Failure::Unknown => Failure::Unavailable,
        other => other,
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
