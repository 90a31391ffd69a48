//! Requests to AC, and reading single records. Lists are in `lists`, writing in `writing`, logging in in `login`.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use dialect::{Answer, Dialect, Key, List, Operation, Persons, Types, Version};

use super::contactpersoon::{Source, Within, inside_relation, parent_and_own};
use super::errors::Answered;
use super::json::Object;
use super::login::log_in;
use super::oddity::{id_at, text_at};
use super::settings::Settings;
use super::wire::{encoded, list_of, object, record_in, rows, unscoped};
use super::{Contactpersoon, Relatie, Tags, errors};
use crate::answer::{self, Failure};
use crate::ports::{Clock, Http, Method, NoAnswer, Request, Response};
use crate::relation::{ContactpersoonId, Instant, OfficeNumber, RelatieId, RelatietypeId};
use crate::secret::Secret;

/// So many requests in a row without a usable answer, and it is the system, not the records.
const FAILURES_IN_A_ROW: usize = 5;

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
    pub(super) settings: &'a Settings,
    /// What writes have shown of AC's tags; none before one.
    pub(super) tags: Cell<Option<Tags>>,
    /// The token, where one is asked for first.
    token: RefCell<Option<Secret>>,
    /// Whether a request was answered since it was asked for.
    has_token_served: Cell<bool>,
    /// Whether AC's record was read after the last write, since the answer did not hold it.
    pub(super) has_read_back: Cell<bool>,
    /// Of how many relations the contact persons were asked for, and how many have no list of them.
    pub(super) person_lists: Cell<(u32, u32)>,
    /// What came last of a request, where it was no plain success.
    answered: RefCell<Option<Answered>>,
}

impl<'a> Client<'a> {
    /// A client for that office.
    pub fn new(http: &'a dyn Http, clock: &'a dyn Clock, settings: &'a Settings) -> Self {
        let (tags, token, has_token_served, has_read_back, person_lists, answered) = Default::default();
        Self { http, clock, settings, tags, token, has_token_served, has_read_back, person_lists, answered }
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

    /// Whether AC answers a write before it is stored.
    pub fn stores_later(&self) -> bool {
        self.dialect().writing.answer == Answer::Later
    }

    /// Whether what the last write gave was read after it, and not answered to it: somebody may have been there in between.
    pub fn has_read_back(&self) -> bool {
        self.has_read_back.get()
    }

    /// What came of the last request, where it was answered and was no plain success.
    pub(super) fn last_answer(&self) -> Option<Answered> {
        self.answered.borrow().clone()
    }

    /// From here on nothing was answered.
    pub(super) fn forget_answer(&self) {
        self.answered.take();
    }

    pub(super) fn dialect(&self) -> &'a Dialect {
        &self.settings.dialect
    }

    /// The office's name; its number where the dialect has no place that tells it. [`Failure::Gone`] if AC knows no such
    /// office.
    pub fn office(&self) -> Result<String, Failure> {
        let Some(at) = &self.dialect().office else { return Ok(self.settings.office.clone()) };
        let office = object(&self.get(&self.path(&at.path, &[]), &Operation::Single)?)?;
        if let Some(number) = &at.number {
            let told = id_at(&office, number).map(|told| OfficeNumber::of(&told));
            let is_said = !matches!(office.at(number), Ok(None));
            if is_said && told != Some(OfficeNumber::of(&self.settings.office)) {
                return Err(Failure::Gone);
            }
        }
        text_at(&office, &at.name).text().map(str::to_owned).ok_or(Failure::NotUnderstood)
    }

    /// Every relation type; one without an id is left out. [`Failure::Gone`] if AC knows no such office.
    pub fn relatietypen(&self) -> Result<Vec<Relatietype>, Failure> {
        let at = match &self.dialect().types {
            Types::Words(words) => {
                let known = words
                    .iter()
                    .map(|word| Relatietype { id: RelatietypeId::new(word.id.clone()), naam: word.name.clone() });
                return Ok(known.collect());
            }
            Types::List(list) => list,
        };
        let rows = rows(&self.get(&self.path(&at.path, &[]), &Operation::List)?, &at.rows)?.0;
        let read = |row: Object| {
            let id = id_at(&row, &at.id)?;
            let naam = text_at(&row, &at.name).text().unwrap_or(&id).to_owned();
            Some(Relatietype { id: RelatietypeId::new(id), naam })
        };
        Ok(rows.iter().filter_map(|row| Object::of(row)).filter_map(read).collect())
    }

    /// One relation, whole. [`Failure::Gone`] if there is none of that id (any more).
    pub fn relatie(&self, id: &RelatieId) -> Result<Relatie, Failure> {
        self.read_relatie(&self.get(&self.relatie_path(id), &Operation::Single)?, id)
    }

    /// One contact person, whole. [`Failure::Gone`] if there is none of that id (any more).
    pub fn contactpersoon(&self, id: &ContactpersoonId) -> Result<Contactpersoon, Failure> {
        self.read_contactpersoon(&self.get(&self.contactpersoon_path(id)?, &Operation::Single)?, id)
    }

    /// Several relations, whole, in the order of the ids, at most `in_flight` asked for at once.
    ///
    /// An error is one of the connection as a whole: credentials, quota, a forbidden address, several requests in a
    /// row without an answer.
    pub fn relaties_by_id(&self, ids: &[RelatieId], in_flight: usize) -> Result<Each<RelatieId, Relatie>, Failure> {
        let paths = ids.iter().map(|id| self.relatie_path(id)).collect();
        let read =
            |response: &Response, place: usize| self.read_relatie(response, ids.get(place).ok_or(Failure::Gone)?);
        let answers = self.singles(paths, in_flight, &read)?;
        Ok(ids.iter().cloned().zip(answers).collect())
    }

    /// Several contact persons, as [`Client::relaties_by_id`].
    pub fn contactpersonen_by_id(
        &self,
        ids: &[ContactpersoonId],
        in_flight: usize,
    ) -> Result<Each<ContactpersoonId, Contactpersoon>, Failure> {
        let mut paths = Vec::with_capacity(ids.len());
        for id in ids {
            paths.push(self.contactpersoon_path(id)?);
        }
        let read = |response: &Response, place: usize| {
            self.read_contactpersoon(response, ids.get(place).ok_or(Failure::Gone)?)
        };
        let answers = self.singles(paths, in_flight, &read)?;
        Ok(ids.iter().cloned().zip(answers).collect())
    }

    /// The list of relations in which that one stands: by the scope in its id.
    pub(super) fn relation_list(&self, id: &RelatieId) -> Option<&'a List> {
        list_of(&self.dialect().relations.lists, id.as_str())
    }

    pub(super) fn relatie_path(&self, id: &RelatieId) -> String {
        let list = self.relation_list(id);
        let single = list.map(|list| list.single.as_str()).unwrap_or_default();
        self.path(single, &[("{id}", unscoped(id.as_str(), list))])
    }

    /// The path of the record that holds a contact person: its own, or its relation's.
    pub(super) fn contactpersoon_path(&self, id: &ContactpersoonId) -> Result<String, Failure> {
        match &self.dialect().persons {
            Persons::None => Err(Failure::Gone),
            Persons::Apart(apart) => {
                let list = list_of(&apart.lists, id.as_str());
                let single = list.map(|list| list.single.as_str()).unwrap_or_default();
                Ok(self.path(single, &[("{id}", unscoped(id.as_str(), list))]))
            }
            Persons::Inside(_) => {
                let (parent, _) = parent_and_own(id).ok_or(Failure::Gone)?;
                Ok(self.relatie_path(&parent))
            }
            Persons::Of(of) => {
                let (parent, own) = parent_and_own(id).ok_or(Failure::Gone)?;
                let parent = unscoped(parent.as_str(), self.relation_list(&parent));
                Ok(self.path(&of.single, &[("{parent}", parent), ("{id}", &own)]))
            }
        }
    }

    /// The relation in an answer, which must be the one that was asked for.
    pub(super) fn read_relatie(&self, response: &Response, id: &RelatieId) -> Result<Relatie, Failure> {
        let list = self.relation_list(id).ok_or(Failure::NotUnderstood)?;
        let body = record_in(object(response)?, list.one.as_ref())?;
        let etag = self.guard(response, &body);
        let record = Relatie::read(body, etag, list, &self.settings.dialect).map_err(|_| Failure::NotUnderstood)?;
        if record.id() == id { Ok(record) } else { Err(Failure::NotUnderstood) }
    }

    /// The contact person in an answer, which must be the one that was asked for.
    pub(super) fn read_contactpersoon(
        &self,
        response: &Response,
        id: &ContactpersoonId,
    ) -> Result<Contactpersoon, Failure> {
        let found = match &self.dialect().persons {
            Persons::None => return Err(Failure::Gone),
            Persons::Apart(apart) => {
                let list = list_of(&apart.lists, id.as_str()).ok_or(Failure::NotUnderstood)?;
                let body = record_in(object(response)?, list.one.as_ref())?;
                let etag = self.guard(response, &body);
                let source = Source::of(&self.settings.dialect, Some(list)).ok_or(Failure::NotUnderstood)?;
                Contactpersoon::read(body, etag, &source, None).map_err(|_| Failure::NotUnderstood)?
            }
            Persons::Inside(inside) => {
                let (parent, _) = parent_and_own(id).ok_or(Failure::Gone)?;
                let relation = self.read_relatie(response, &parent)?;
                let all = inside_relation(&self.settings.dialect, &relation, inside, relation.etag());
                let mut found = all.into_iter().filter_map(Result::ok).filter(|person| person.id() == id);
                found.next().ok_or(Failure::Gone)?
            }
            Persons::Of(of) => {
                let (parent, _) = parent_and_own(id).ok_or(Failure::Gone)?;
                let body = record_in(object(response)?, of.one.as_ref())?;
                let etag = self.guard(response, &body);
                let source = Source::of(&self.settings.dialect, None).ok_or(Failure::NotUnderstood)?;
                let within = Some(Within::below(&parent, None));
                Contactpersoon::read(body, etag, &source, within).map_err(|_| Failure::NotUnderstood)?
            }
        };
        if found.id() == id { Ok(found) } else { Err(Failure::NotUnderstood) }
    }

    /// What guards a write of a record that was read by itself.
    pub(super) fn guard(&self, response: &Response, record: &Object) -> Option<String> {
        match &self.dialect().writing.version {
            Version::Etag => response.header("etag").map(str::to_owned),
            Version::Member(pointer) => record.at(pointer).ok().flatten().map(|found| found.get().to_owned()),
            Version::None => None,
        }
    }

    fn singles<R>(
        &self,
        paths: Vec<String>,
        in_flight: usize,
        read: &dyn Fn(&Response, usize) -> Result<R, Failure>,
    ) -> Result<Vec<Result<R, Failure>>, Failure> {
        self.with_a_token(|| self.singles_at_once(&paths, in_flight, read))
    }

    fn singles_at_once<R>(
        &self,
        paths: &[String],
        in_flight: usize,
        read: &dyn Fn(&Response, usize) -> Result<R, Failure>,
    ) -> Result<Vec<Result<R, Failure>>, Failure> {
        let mut answers: Vec<Result<R, Failure>> = paths.iter().map(|_| Err(Failure::NOT_ASKED)).collect();
        let mut requests = Vec::with_capacity(paths.len());
        for path in paths {
            requests.push(self.request(Method::Get, path)?);
        }
        let now = self.clock.now();
        let mut whole = None;
        let mut in_a_row = 0;
        self.http.send_each(requests, in_flight, &mut |position, answer| {
            let Some(place) = answers.get_mut(position) else { return ControlFlow::Continue(()) };
            let sorted = self.sort(&Operation::Single, answer, now).map_err(Failure::of_reading);
            *place = sorted.and_then(|response| read(&response, position));
            in_a_row = if matches!(place, Err(Failure::Unavailable(_))) { in_a_row + 1 } else { 0 };
            let failure = match place {
                Err(failure @ (Failure::Credentials | Failure::Quota(_) | Failure::Forbidden)) => failure.clone(),
                Err(failure) if in_a_row >= FAILURES_IN_A_ROW => failure.clone(),
                _ => return ControlFlow::Continue(()),
            };
            // Others that were on their way may have been answered with a wait.
            whole = Some(failure.beside(whole.take()));
            ControlFlow::Break(())
        });
        whole.map_or(Ok(answers), Err)
    }

    pub(super) fn get(&self, target: &str, at: &Operation) -> Result<Response, Failure> {
        let answer = self.with_a_token(|| {
            let answer = self.http.send(self.request(Method::Get, target)?);
            self.sort(at, answer, self.clock.now())
        });
        answer.map_err(Failure::of_reading)
    }

    /// Asks again with another token, once, where one that served is refused: it ran out.
    pub(super) fn with_a_token<T>(&self, ask: impl Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        match ask() {
            Err(Failure::Credentials) if self.token.borrow().is_some() && self.has_token_served.take() => {
                *self.token.borrow_mut() = None;
                ask()
            }
            answered => answered,
        }
    }

    /// What an answer means, by the dialect's rules and its status.
    pub(super) fn sort(
        &self,
        at: &Operation,
        answer: Result<Response, NoAnswer>,
        now: Instant,
    ) -> Result<Response, Failure> {
        let mut told = None;
        let answered = answer::sort(errors::read(self.settings, at, answer, now, &mut told), now);
        let status = told.as_ref().map(|told| told.status);
        let answered = answered.map_err(|failure| match status {
            Some(status) => failure.answered_with(status),
            None => failure,
        });
        *self.answered.borrow_mut() = told;
        self.has_token_served.set(self.has_token_served.get() || answered.is_ok());
        answered
    }

    /// A path of the dialect's with the office and these in it.
    pub(super) fn path(&self, template: &str, parts: &[(&str, &str)]) -> String {
        let mut path = template.replace("{office}", &encoded(&self.settings.office));
        for (placeholder, text) in parts {
            path = path.replace(placeholder, &encoded(text));
        }
        path
    }

    /// A request to a path below the base address, with the key.
    pub(super) fn request(&self, method: Method, target: &str) -> Result<Request, Failure> {
        let Settings { url, key, key_header, user, password, .. } = self.settings;
        let server = &self.dialect().server;
        let mut url = format!("{}{target}", url.trim_end_matches('/'));
        let mut headers = self.settings.headers();
        let bearer = |token: &str| ("authorization".to_owned(), format!("Bearer {token}"));
        match &server.key {
            Key::Header(header) => {
                let name = header.name.as_deref().unwrap_or(key_header);
                headers.push((name.to_ascii_lowercase(), key.expose().to_owned()));
            }
            Key::Bearer => headers.push(bearer(key.expose())),
            Key::Basic => {
                let secret = if password.expose().is_empty() { key } else { password };
                headers.push(("authorization".to_owned(), basic(user, secret)));
            }
            Key::Query(parameter) => {
                let mark = if url.contains('?') { '&' } else { '?' };
                url.push_str(&format!("{mark}{}={}", parameter.name, encoded(key.expose())));
            }
            Key::Login(login) => {
                if self.token.borrow().is_none() {
                    let token = log_in(self.http, self.clock.now(), self.settings, login)?;
                    *self.token.borrow_mut() = Some(token);
                }
                let token = self.token.borrow();
                let token = token.as_ref().map(Secret::expose).unwrap_or_default();
                headers.push(match &login.header {
                    Some(name) => (name.to_ascii_lowercase(), token.to_owned()),
                    None => bearer(token),
                });
            }
        }
        Ok(Request { method, url, headers, body: Vec::new() })
    }
}

fn basic(user: &str, password: &Secret) -> String {
    use base64::Engine;
    let pair = format!("{user}:{}", password.expose());
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
