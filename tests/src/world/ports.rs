//! The connector's four ports, on a world: requests become calls of the stand-ins, and faults strike on the way.
//!
//! Both builds of the connector send by [`World::send_one`] and receive by [`World::next_answer`]. Nothing else moves
//! the clock or draws an order, so the same requests give the same run.

use advocaatcentraal_tribe::wording::Outage;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use advocaatcentraal_tribe::ports::{Clock, Http, Method, NoAnswer, Random, Request, Response, Store, StoreError};
use advocaatcentraal_tribe::relation::Instant;
use sandbox::advocaatcentraal::{List, Wire};
use serde_json::{Map, Value};

use super::{AC, LATENCY, TRIBE, World};
use crate::faults::{self, Call, Carried, Family, Kind, System};
use crate::invariants;
use crate::manual::{self, Who};

const TIMEOUT: Duration = Duration::from_secs(60);
const SLOW: Duration = Duration::from_secs(20);

/// Requests that are sent and not answered yet, by a number that the sender chose.
#[derive(Default)]
pub(crate) struct UnderWay(Vec<Sent>);

struct Sent {
    number: usize,
    system: System,
    /// Which record it reads or writes.
    about: Option<Who>,
    answer: Result<Response, NoAnswer>,
}

impl UnderWay {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the request of that number is.
    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.iter().any(|sent| sent.number == number)
    }
}

impl World {
    /// The record of a single read or a write.
    fn about(&self, system: System, request: &sandbox::Request) -> Option<Who> {
        match (system, request.method.as_str()) {
            (System::Ac, _) => record_of(self.ac.borrow().wire(), &request.target),
            (System::Tribe, "PUT") => {
                let id = request.target.split_once('(')?.1.split_once(')')?.0;
                manual::owner(&self.tribe.borrow(), id.parse().ok()?).map(|(who, ..)| who)
            }
            (System::Tribe, "POST") => {
                let body: Map<String, Value> = serde_json::from_slice(&request.body).ok()?;
                Who::of_marker(body.get("ImportId")?.as_str()?).map(|(who, _)| who)
            }
            (System::Tribe, _) => None,
        }
    }

    /// Sends one request. The system carries it out now; the answer arrives later.
    pub(crate) fn send_one(&self, under_way: &mut UnderWay, number: usize, request: &Request) {
        self.wait(LATENCY / 8);
        let (system, about, answer) = self.exchange(request);
        under_way.0.push(Sent { number, system, about, answer });
    }

    /// Waits for an answer to one of those requests; the seed decides to which. None if none of them is under way.
    pub(crate) fn next_answer(
        &self,
        under_way: &mut UnderWay,
        among: impl Fn(usize) -> bool,
    ) -> Option<(usize, Result<Response, NoAnswer>)> {
        let places: Vec<usize> =
            (0..under_way.len()).filter(|place| under_way.0.get(*place).is_some_and(|one| among(one.number))).collect();
        if places.is_empty() {
            return None;
        }
        self.wait(LATENCY);
        let place = places.get(self.random.borrow_mut().usize(..places.len())).copied()?;
        let Sent { number, system, about, answer } = under_way.0.swap_remove(place);
        self.watch.heard(system, self.now.get(), about, &answer);
        Some((number, answer))
    }

    /// Sends one request. Faults may strike on its way or on the way of its answer.
    pub(crate) fn exchange(&self, request: &Request) -> (System, Option<Who>, Result<Response, NoAnswer>) {
        // A host makes durable what was written before a request leaves, and need not before.
        self.store.sync();
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::DeleteWebhook => "DELETE",
        };
        let of = |base| request.url.strip_prefix(base);
        let (system, target) = match (of(AC), of(TRIBE)) {
            (Some(target), _) => (System::Ac, target),
            (None, Some(target)) => (System::Tribe, target),
            (None, None) => return (System::Tribe, None, Err(NoAnswer::Forbidden)),
        };
        let asked = sandbox::Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        self.interrupt(&asked);
        let about = self.about(system, &asked);
        self.watch.called(system, self.now.get(), &asked);
        let call = Call { system, request: &asked };
        if let Some(broken) = invariants::nothing_is_shown(self, &asked) {
            self.watch.broke(broken.invariant, broken.what);
        }
        let answer = self.inject(call);
        self.watch.answered(self.now.get(), &answer);
        self.faults.event(Kind::CrashAtRequest);
        if call.is_login() && self.faults.is_dead() {
            self.disturb_login();
        }
        (system, about, answer)
    }

    /// The answer of the system behind a call, or what a fault makes of it.
    fn inject(&self, call: Call<'_>) -> Result<Response, NoAnswer> {
        let Some(kind) = self.faults.on(call, &[Family::Network, Family::Status]) else {
            let mut answer = self.handle(call);
            if answer.status == 200
                && let Some(kind) = self.faults.on(call, &[Family::Data])
                && faults::alter(&self.faults, kind, call, &mut answer)
            {
                self.faults.hit(kind);
                self.watch.tell(self.now.get(), || format!("    fault: {kind}"));
                if kind == Kind::OverLong {
                    self.watch.altered.borrow_mut().insert(faults::OVER_LONG.repeat(20).trim().to_owned());
                }
            }
            if let Some(alter) = self.on_answer.borrow_mut().as_mut() {
                alter(call.request, &mut answer);
            }
            return Ok(to_port(answer));
        };
        self.faults.hit(kind);
        self.watch.tell(self.now.get(), || format!("    fault: {kind}"));
        match kind {
            Kind::Refused => Err(NoAnswer::NotSent(Outage::ConnectionRefused)),
            Kind::ResetBefore => Err(NoAnswer::Lost(Outage::BrokenOff)),
            Kind::ResetAfter => {
                self.handle_and_lose(call);
                Err(NoAnswer::Lost(Outage::BrokenOff))
            }
            Kind::Timeout => {
                if self.faults.draw(2) == 0 {
                    self.handle_and_lose(call);
                }
                self.wait(TIMEOUT);
                Err(NoAnswer::Lost(Outage::TimedOut))
            }
            Kind::Truncated => {
                let mut answer = self.handle_and_lose(call);
                answer.body.truncate(answer.body.len() / 2);
                Ok(to_port(answer))
            }
            Kind::Slow => {
                self.wait(SLOW);
                Ok(to_port(self.handle(call)))
            }
            kind => {
                let (answer, carried) = faults::status_answer(&self.faults, kind, self.now());
                if carried == Carried::Out {
                    let own = self.handle_and_lose(call);
                    // No success stands in the place of a refusal.
                    if own.status >= 300 && answer.status < 300 {
                        return Ok(to_port(own));
                    }
                }
                Ok(to_port(answer))
            }
        }
    }

    /// The system acts, and its answer does not arrive whole. A refresh token in it is lost.
    fn handle_and_lose(&self, call: Call<'_>) -> sandbox::Response {
        if call.is_login() {
            self.disturb_login();
        }
        self.handle(call)
    }

    /// The system's own answer. A write that it carried out is checked against what users said.
    fn handle(&self, call: Call<'_>) -> sandbox::Response {
        match call.system {
            System::Ac => {
                let written = if call.is("GET") { Vec::new() } else { self.written_by(&call.request.target) };
                let answer = self.ac.borrow_mut().handle(self.now(), call.request);
                for (who, before) in written.iter().filter(|_| (200..=299).contains(&answer.status)) {
                    self.check_write_to_ac(who, before);
                }
                answer
            }
            System::Tribe => {
                let answer = self.tribe.borrow_mut().handle(self.now(), call.request);
                if call.is("GET") {
                    self.note_shown(&answer);
                } else if (200..=299).contains(&answer.status) {
                    self.check_write_to_tribe(call.request, &answer);
                }
                answer
            }
        }
    }

    /// The records that a write to that target may change, as they are.
    fn written_by(&self, target: &str) -> Vec<(Who, Map<String, Value>)> {
        let ac = self.ac.borrow();
        let Some(who) = record_of(ac.wire(), target) else { return Vec::new() };
        let inside = match (ac.wire(), who.list) {
            (Wire::Bookkeeping, List::Relaties) => {
                let all = ac.contactpersonen().flat_map(|(id, _)| ac.ids_now(List::Contactpersonen, id));
                all.filter(|id| id.starts_with(&format!("{}/", who.id))).collect()
            }
            _ => Vec::new(),
        };
        drop(ac);
        let inside = inside.into_iter().map(|id| Who { list: List::Contactpersonen, id });
        self.as_they_are(std::iter::once(who).chain(inside))
    }

    /// Runs what happens right before a request.
    fn interrupt(&self, request: &sandbox::Request) {
        // Taken out while it runs, so that it cannot call itself.
        let hook = self.before_request.borrow_mut().take();
        if let Some(mut hook) = hook {
            hook(self, request);
            let mut place = self.before_request.borrow_mut();
            if place.is_none() {
                *place = Some(hook);
            }
        }
    }
}

/// Which record of AC's a target names.
fn record_of(wire: Wire, target: &str) -> Option<Who> {
    let mut parts = target.split('?').next()?.rsplit('/');
    let (id, list) = (parts.next()?, parts.next()?);
    let (list, id) = match (wire, list) {
        (Wire::Register, "organisations") => (List::Relaties, format!("org-{id}")),
        (Wire::Register, "people") => (List::Relaties, format!("person-{id}")),
        (Wire::Register, "contacts") | (_, "contactpersonen" | "people") => (List::Contactpersonen, id.to_owned()),
        (Wire::Ledger, "contacts") => (List::Contactpersonen, format!("{}/{id}", parts.next()?)),
        (_, "relaties" | "contacts" | "relations") => (List::Relaties, id.to_owned()),
        _ => return None,
    };
    Some(Who { list, id })
}

fn to_port(answer: sandbox::Response) -> Response {
    Response { status: answer.status, headers: answer.headers, body: answer.body }
}

impl Http for World {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        let mut waiting: VecDeque<(usize, Request)> = requests.into_iter().enumerate().collect();
        let mut under_way = UnderWay::default();
        loop {
            while under_way.len() < in_flight
                && let Some((position, request)) = waiting.pop_front()
            {
                if self.faults.is_dead() {
                    return;
                }
                self.send_one(&mut under_way, position, &request);
            }
            if self.faults.is_dead() {
                return;
            }
            let Some((position, answer)) = self.next_answer(&mut under_way, |_| true) else { return };
            if on_answer(position, answer).is_break() {
                waiting.clear();
            }
        }
    }
}

impl Store for World {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if self.faults.is_dead() { Err(StoreError::Failed) } else { self.store.get(key) }
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        if self.faults.is_dead() {
            return Err(StoreError::Failed);
        }
        self.check_owners_first(key, value);
        self.store.set(key, value)?;
        self.watch.stored(self.now.get(), key, Some(value));
        self.check_nothing_owed(key);
        self.faults.event(Kind::CrashAtWrite);
        if self.faults.is_power_cut() {
            self.store.lose_unsynced();
        }
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        if self.faults.is_dead() {
            return Err(StoreError::Failed);
        }
        self.store.delete(key)?;
        self.watch.stored(self.now.get(), key, None);
        self.faults.event(Kind::CrashAtWrite);
        if self.faults.is_power_cut() {
            self.store.lose_unsynced();
        }
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        if self.faults.is_dead() { Err(StoreError::Failed) } else { self.store.keys(prefix) }
    }
}

impl Clock for World {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now.get().saturating_add_signed(self.skew.get()))
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) {
        // A process that has ended draws no numbers, so that the next one finds the same.
        if !self.faults.is_dead() {
            self.random.borrow_mut().fill(buffer);
        }
    }
}
