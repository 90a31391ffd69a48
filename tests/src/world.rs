//! Both systems, the connector's state, and time.

#![allow(clippy::panic, reason = "a world that is not as a scenario says fails it")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::time::Duration;

use advocaatcentraal_tribe::ports::{Clock, Http, Method, NoAnswer, Ports, Random, Request, Response};
use advocaatcentraal_tribe::relation::{Instant, TribeId};
use advocaatcentraal_tribe::settings::{Settings, name};
use advocaatcentraal_tribe::sync::{self, Budget, Counts, Next, Note, Outcome, Stopped};
use sandbox::advocaatcentraal::{Office, Variants};
use sandbox::comparison::{self, Comparison, Kvk};
use sandbox::tribe::{Character, Tenant};
use sandbox::{AdvocaatCentraal, Tribe, population};

use crate::Memory;

/// The time between two polls.
pub const CYCLE: Duration = Duration::from_secs(5 * 60);

/// The relation types that the office of these tests has mapped.
pub const TYPES: [(&str, &str); 3] = [("client", "customer"), ("betalende-partij", "prospect"), ("leverancier", "supplier")];

/// 2 June 2026, well after every stamp of the population.
const START: u64 = 1_780_394_400_000;
const AC: &str = "https://ac.example";
const TRIBE: &str = "https://tribe.example";
const LATENCY: Duration = Duration::from_millis(40);

/// What a cycle came to: the slices of it added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// The counts of all slices.
    pub counts: Counts,
    /// The notes of all slices.
    pub notes: Vec<Note>,
    /// How many slices there were.
    pub slices: u32,
}

impl Cycle {
    /// The codes of the notes, each once.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.notes.iter().map(|note| note.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn add(&mut self, outcome: Outcome) {
        let of_slice = outcome.counts;
        self.slices += 1;
        self.counts.read += of_slice.read;
        self.counts.unchanged += of_slice.unchanged;
        self.counts.created += of_slice.created;
        self.counts.updated += of_slice.updated;
        self.counts.dead_lettered += of_slice.dead_lettered;
        self.counts.skipped += of_slice.skipped;
        self.notes.extend(outcome.notes);
    }
}

/// Both systems, the connector's state, and time.
pub struct World {
    /// AdvocaatCentraal.
    pub ac: RefCell<AdvocaatCentraal>,
    /// Tribe CRM.
    pub tribe: RefCell<Tribe>,
    /// The connector's store.
    pub store: Memory,
    /// The settings, by name.
    pub settings: RefCell<BTreeMap<String, String>>,
    /// What one slice may do.
    pub budget: Cell<Budget>,
    now: Cell<u64>,
    random: RefCell<fastrand::Rng>,
}

impl World {
    /// A world with so many relations in AC and nothing in Tribe.
    pub fn new(seed: u64, relations: usize) -> Self {
        Self::with(seed, relations, Variants::default(), Character::default())
    }

    /// The same with systems that behave otherwise.
    pub fn with(seed: u64, relations: usize, variants: Variants, character: Character) -> Self {
        let office = Office::default();
        let tenant = Tenant::default();
        let types: BTreeMap<&str, &str> = TYPES.into();
        let settings = BTreeMap::from(
            [
                (name::ADVOCAATCENTRAAL_URL, AC.to_owned()),
                (name::ADVOCAATCENTRAAL_OFFICE, office.number.clone()),
                (name::ADVOCAATCENTRAAL_KEY, office.key.clone()),
                (name::TRIBE_URL, TRIBE.to_owned()),
                (name::TRIBE_AUTH_URL, TRIBE.to_owned()),
                (name::TRIBE_CLIENT_ID, tenant.client_id.clone()),
                (name::TRIBE_CLIENT_SECRET, tenant.client_secret.clone()),
                (name::RELATION_TYPES, serde_json::json!(types).to_string()),
                (name::KVK, "on".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let mut ac = AdvocaatCentraal::new(office, variants);
        population::seeded(seed, relations).load_into(&mut ac);
        Self {
            ac: RefCell::new(ac),
            tribe: RefCell::new(Tribe::new(tenant, character)),
            store: Memory::default(),
            settings: RefCell::new(settings),
            budget: Cell::new(Budget { time: Duration::from_secs(3600), requests: 100_000 }),
            now: Cell::new(START),
            random: RefCell::new(fastrand::Rng::with_seed(seed)),
        }
    }

    /// Now, as the stand-ins count it.
    pub fn now(&self) -> sandbox::Instant {
        sandbox::Instant::from_millis(self.now.get())
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.now.set(self.now.get() + u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    /// Sets one setting.
    pub fn set(&self, name: &str, value: &str) {
        self.settings.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// The initial sync, slice after slice until it is done.
    pub fn initial_sync(&self) -> Result<Cycle, Stopped> {
        self.until_done(|ports, settings, budget| sync::initial_sync(ports, settings, budget))
    }

    /// One poll, after the time between two of them.
    pub fn poll(&self) -> Result<Cycle, Stopped> {
        self.wait(CYCLE);
        self.until_done(|ports, settings, budget| sync::poll(ports, settings, budget))
    }

    /// Polls until both sides have come to rest.
    pub fn settle(&self) -> Result<(), Stopped> {
        for _ in 0..3 {
            self.poll()?;
        }
        Ok(())
    }

    /// Hands in what Tribe's webhooks would deliver for these records.
    pub fn push(&self, ids: &[&str]) -> Result<Cycle, Stopped> {
        self.wait(Duration::from_secs(2));
        let settings = self.read_settings();
        let mut left: Vec<TribeId> = ids.iter().filter_map(|id| TribeId::parse(id)).collect();
        let mut cycle = Cycle::default();
        while !left.is_empty() {
            let (outcome, rest) = sync::push(self.ports(), &settings, &left, self.budget.get())?;
            cycle.add(outcome);
            left = rest;
        }
        Ok(cycle)
    }

    /// A user of Tribe edits the record with that marker; tells its id.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses the edit.
    pub fn edit_in_tribe(&self, marker: &str, patch: &serde_json::Value) -> String {
        let id = self.marked(marker);
        self.edit_by_id(&id.to_string(), patch);
        id.to_string()
    }

    /// A user of Tribe edits the record with that id.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses the edit.
    pub fn edit_by_id(&self, id: &str, patch: &serde_json::Value) {
        self.wait(Duration::from_secs(1));
        let id = id.parse().unwrap_or_else(|_| panic!("{id} is no id"));
        let edited = self.tribe.borrow_mut().edit(self.now(), id, patch);
        assert!(edited.is_ok(), "Tribe refuses the edit of a user");
        self.wait(Duration::from_secs(1));
    }

    /// A user of Tribe deletes the record with that marker.
    ///
    /// # Panics
    /// If there is no such record, or Tribe refuses.
    pub fn delete_in_tribe(&self, marker: &str) {
        let id = self.marked(marker);
        let deleted = self.tribe.borrow_mut().delete_as_user(self.now(), id);
        assert!(deleted.is_ok(), "Tribe refuses the deletion of a user");
    }

    /// The id of the address in a slot of the record with that marker.
    ///
    /// # Panics
    /// If there is none.
    pub fn address_in_tribe(&self, marker: &str, slot: &str) -> String {
        let tribe = self.tribe.borrow();
        let address = tribe.entity(self.marked(marker)).and_then(|owner| owner.link(slot));
        address.unwrap_or_else(|| panic!("{marker} has no {slot}")).to_string()
    }

    /// A property of the record with that marker.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn text_in_tribe(&self, marker: &str, property: &str) -> String {
        let tribe = self.tribe.borrow();
        tribe.entity(self.marked(marker)).map(|entity| entity.text(property)).unwrap_or_default()
    }

    fn marked(&self, marker: &str) -> sandbox::tribe::Guid {
        let found = self.tribe.borrow().find_by_import_id(marker);
        *found.first().unwrap_or_else(|| panic!("nothing in Tribe bears {marker}"))
    }

    /// Writes of the connector so far: in AC, in Tribe.
    pub fn writes(&self) -> (u64, u64) {
        (self.ac.borrow().counters().writes(), self.tribe.borrow().counters().writes())
    }

    /// Calls of the connector that it must never make.
    pub fn violations(&self) -> u64 {
        self.ac.borrow().counters().violations() + self.tribe.borrow().counters().violations()
    }

    /// The judge's word on both systems, by the mapping that is set.
    pub fn compare(&self) -> Comparison {
        let types = TYPES.map(|(ac, tribe)| (ac.to_owned(), tribe.to_owned())).into();
        comparison::compare(&self.ac.borrow(), &self.tribe.borrow(), &types, Kvk::On)
    }

    /// Fails with the judge's words unless both systems say the same and nothing forbidden was called.
    pub fn assert_same(&self) {
        let comparison = self.compare();
        assert!(comparison.is_equal(), "{comparison}");
        assert_eq!(self.violations(), 0, "a call that must never be made");
    }

    /// The settings as the connector reads them.
    pub fn read_settings(&self) -> Settings {
        let settings = self.settings.borrow();
        match Settings::read(|name| settings.get(name).cloned()) {
            Ok(settings) => settings,
            Err(problems) => unreachable!("the settings of this world are whole: {problems:?}"),
        }
    }

    /// The four ports.
    pub fn ports(&self) -> Ports<'_> {
        Ports { http: self, store: &self.store, clock: self, random: self }
    }

    fn until_done(
        &self,
        slice: impl Fn(Ports<'_>, &Settings, Budget) -> Result<Outcome, Stopped>,
    ) -> Result<Cycle, Stopped> {
        let settings = self.read_settings();
        let mut cycle = Cycle::default();
        loop {
            let outcome = slice(self.ports(), &settings, self.budget.get())?;
            let next = outcome.next;
            cycle.add(outcome);
            match next {
                Next::Done => return Ok(cycle),
                Next::Again => assert!(cycle.slices < 10_000, "a walk that does not end"),
            }
        }
    }

    fn answer(&self, request: &Request) -> Result<Response, NoAnswer> {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
        };
        let of = |base| request.url.strip_prefix(base);
        let asked = |target: &str| sandbox::Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        let answer = match (of(AC), of(TRIBE)) {
            (Some(target), _) => self.ac.borrow_mut().handle(self.now(), &asked(target)),
            (None, Some(target)) => self.tribe.borrow_mut().handle(self.now(), &asked(target)),
            (None, None) => return Err(NoAnswer::Forbidden),
        };
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }
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
                self.wait(LATENCY / 8);
                under_way.push((position, self.answer(&request)));
            }
            if under_way.is_empty() {
                return;
            }
            self.wait(LATENCY);
            let next = self.random.borrow_mut().usize(..under_way.len());
            let (position, answer) = under_way.swap_remove(next);
            if on_answer(position, answer).is_break() {
                waiting.clear();
            }
        }
    }
}

impl Clock for World {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now.get())
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) {
        self.random.borrow_mut().fill(buffer);
    }
}
