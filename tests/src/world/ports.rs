//! The connector's four ports, on a world: requests become calls of the stand-ins, and faults strike on the way.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use advocaatcentraal_tribe::ports::{Clock, Http, Method, NoAnswer, Random, Request, Response, Store, StoreError};
use advocaatcentraal_tribe::relation::Instant;
use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};

use super::{AC, LATENCY, TRIBE, World};
use crate::faults::{self, Call, Carried, Family, Kind, System};
use crate::invariants;
use crate::manual::{self, Who};

const TIMEOUT: Duration = Duration::from_secs(60);
const SLOW: Duration = Duration::from_secs(20);

impl World {
    /// Which record a request reads by itself or writes, if it is about one.
    fn about(&self, system: System, request: &sandbox::Request) -> Option<Who> {
        match (system, request.method.as_str()) {
            (System::Ac, _) => record_of(&request.target),
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

    /// Sends one request, past whatever befalls it.
    fn exchange(&self, request: &Request) -> (System, Option<Who>, Result<Response, NoAnswer>) {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
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
        let answer = self.befall(call);
        self.watch.answered(self.now.get(), &answer);
        self.faults.event(Kind::CrashAtRequest);
        if call.is_login() && self.faults.is_dead() {
            self.disturb_login();
        }
        (system, about, answer)
    }

    fn befall(&self, call: Call<'_>) -> Result<Response, NoAnswer> {
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
            return Ok(to_port(answer));
        };
        self.faults.hit(kind);
        self.watch.tell(self.now.get(), || format!("    fault: {kind}"));
        match kind {
            Kind::Refused => Err(NoAnswer::NotSent),
            Kind::ResetBefore => Err(NoAnswer::Lost),
            Kind::ResetAfter => {
                self.handle_and_lose(call);
                Err(NoAnswer::Lost)
            }
            Kind::Timeout => {
                if self.faults.draw(2) == 0 {
                    self.handle_and_lose(call);
                }
                self.wait(TIMEOUT);
                Err(NoAnswer::Lost)
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
                    self.handle_and_lose(call);
                }
                Ok(to_port(answer))
            }
        }
    }

    /// The system acts, and its answer does not arrive as it was. A refresh token that was in it is lost.
    fn handle_and_lose(&self, call: Call<'_>) -> sandbox::Response {
        if call.is_login() {
            self.disturb_login();
        }
        self.handle(call)
    }

    /// The system's own answer; what it wrote is held against what users said.
    fn handle(&self, call: Call<'_>) -> sandbox::Response {
        match call.system {
            System::Ac => {
                let who = call.is("PUT").then(|| record_of(&call.request.target)).flatten();
                let before = who.as_ref().and_then(|who| self.fields_in_ac(who));
                let answer = self.ac.borrow_mut().handle(self.now(), call.request);
                if let (Some(who), Some(before), 200..=299) = (who, before, answer.status) {
                    self.check_write_to_ac(&who, &before);
                }
                answer
            }
            System::Tribe => {
                let answer = self.tribe.borrow_mut().handle(self.now(), call.request);
                if !call.is("GET") && (200..=299).contains(&answer.status) {
                    self.check_write_to_tribe(call.request);
                }
                answer
            }
        }
    }

    fn interrupt(&self, request: &sandbox::Request) {
        // Taken out meanwhile, so that what it does cannot call it again.
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
fn record_of(target: &str) -> Option<Who> {
    let mut parts = target.split('?').next()?.rsplit('/');
    let (id, list) = (parts.next()?, parts.next()?);
    let list = match list {
        "relaties" => List::Relaties,
        "contactpersonen" => List::Contactpersonen,
        _ => return None,
    };
    Some(Who { list, id: id.to_owned() })
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
        let mut under_way = Vec::new();
        loop {
            while under_way.len() < in_flight
                && let Some((position, request)) = waiting.pop_front()
            {
                if self.faults.is_dead() {
                    return;
                }
                self.wait(LATENCY / 8);
                under_way.push((position, self.exchange(&request)));
            }
            if under_way.is_empty() || self.faults.is_dead() {
                return;
            }
            self.wait(LATENCY);
            let next = self.random.borrow_mut().usize(..under_way.len());
            let (position, (system, about, answer)) = under_way.swap_remove(next);
            self.watch.heard(system, self.now.get(), about, &answer);
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
        self.store.set(key, value)?;
        self.watch.tell(self.now.get(), || {
            let value: String = String::from_utf8_lossy(value).chars().take(400).collect();
            format!("    store {key} = {value}")
        });
        self.check_nothing_owed(key);
        self.faults.event(Kind::CrashAtWrite);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        if self.faults.is_dead() {
            return Err(StoreError::Failed);
        }
        self.store.delete(key)?;
        self.faults.event(Kind::CrashAtWrite);
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
        self.random.borrow_mut().fill(buffer);
    }
}
