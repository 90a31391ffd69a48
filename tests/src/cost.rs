//! What the sync costs, by the stand-ins' own counters: calls for each record, and how much of Tribe's quota an
//! initial sync uses.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what cannot be measured fails")]

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::time::Duration;

use advocaatcentraal_tribe::ports::{Http, NoAnswer, Ports, Request, Response};
use advocaatcentraal_tribe::sync::{self, Budget, Next, Stop};
use host_harness::run::HostLimits;
use koppeling_egress::Sliding;
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, NestedCreate};

use crate::World;

/// The cost of an initial sync.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Organisations that were made.
    pub organisations: u64,
    /// Private persons that were made.
    pub private_persons: u64,
    /// Contact relationships that were made, each with its person or at another organisation of that person.
    pub contacts: u64,
    /// Persons who are a contact somewhere.
    pub people: u64,
    /// Roles that an organisation or private person has beside its first.
    pub more_roles: u64,
    /// Addresses that were made.
    pub addresses: u64,
    /// Calls to Tribe's API and login that write.
    pub writes: u64,
    /// Calls to Tribe's API and login that read.
    pub reads: u64,
}

impl Cost {
    /// Measures an initial sync of so many relations, in one slice.
    pub fn of_initial_sync(relations: usize, nested_create: NestedCreate) -> Self {
        Self::of_initial_sync_in_slices(relations, nested_create, u32::MAX)
    }

    /// Measures an initial sync of so many relations, in slices of so many requests.
    pub fn of_initial_sync_in_slices(relations: usize, nested_create: NestedCreate, requests: u32) -> Self {
        let character = Character { nested_create, calls_per_minute: None, ..Character::default() };
        let world = World::with(1, relations, Variants::default(), character);
        world.budget.set(Budget { requests, ..world.budget.get() });
        let before = TribeCounts::of(&world);
        world.initial_sync().unwrap();
        world.assert_same();
        let after = TribeCounts::of(&world);
        let tribe = world.tribe.borrow();
        let counters = tribe.counters();
        Self {
            organisations: after.organisations - before.organisations,
            private_persons: after.private_persons() - before.private_persons(),
            contacts: after.contacts - before.contacts,
            people: after.people_with_contacts - before.people_with_contacts,
            more_roles: after.more_roles() - before.more_roles(),
            addresses: after.addresses - before.addresses,
            writes: counters.writes(),
            reads: counters.total() - counters.writes(),
        }
    }

    /// Organisations, contacts and private persons: each counts one.
    pub fn records(&self) -> u64 {
        self.organisations + self.private_persons + self.contacts
    }

    /// Calls for each of [`Self::records`].
    pub fn calls_per_record(&self) -> f64 {
        ratio(self.writes + self.reads, self.records())
    }

    /// Calls for each of [`Self::records`] and each role beside the first.
    pub fn calls_per_record_and_role(&self) -> f64 {
        ratio(self.writes + self.reads, self.records() + self.more_roles)
    }
}

/// How many records of each kind are in Tribe.
struct TribeCounts {
    organisations: u64,
    persons: u64,
    contacts: u64,
    people_with_contacts: u64,
    roles: u64,
    addresses: u64,
}

impl TribeCounts {
    fn of(world: &World) -> Self {
        let tribe = world.tribe.borrow();
        let count = |set: &str| tribe.set(set).count() as u64;
        let contacts = tribe.set("Relationship_Person_Contact_Standard");
        let people: std::collections::BTreeSet<_> = contacts.filter_map(|contact| contact.link("Person")).collect();
        Self {
            organisations: count("Relation_Organization"),
            persons: count("Relation_Person"),
            contacts: count("Relationship_Person_Contact_Standard"),
            people_with_contacts: people.len() as u64,
            roles: count("Relationship_Organization_CommercialRelationship")
                + count("Relationship_Organization_Supplier")
                + count("Relationship_Person_CommercialRelationship"),
            addresses: count("Address"),
        }
    }

    fn private_persons(&self) -> u64 {
        self.persons - self.people_with_contacts
    }

    fn more_roles(&self) -> u64 {
        // The tenant's own organisation and its employees have none, and go out when two of these are subtracted.
        (self.roles + self.people_with_contacts + 4).saturating_sub(self.organisations + self.persons)
    }
}

/// How an initial sync used Tribe's quota.
#[derive(Clone, Copy, Debug)]
pub struct QuotaUse {
    /// Calls that Tribe counted.
    pub calls: u64,
    /// Calls that were answered 429.
    pub refused: u64,
    /// Virtual time.
    pub took: Duration,
    /// The part of the quota that was used, in full minutes: 1 is all of it.
    pub share: f64,
}

/// What Tribe allows. Tribe: documented.
const PER_MINUTE: u32 = 1000;
/// As many requests to Tribe as are under way at once.
const IN_FLIGHT: u32 = 10;

impl QuotaUse {
    /// Measures an initial sync of so many relations at the pace of the host.
    ///
    /// Each answer takes `latency`. One call in twenty is held up on its way, for at most `held_up`.
    pub fn of_initial_sync(
        relations: usize,
        latency: Duration,
        held_up: Duration,
        nested_create: NestedCreate,
    ) -> Self {
        let character = Character { nested_create, calls_per_minute: Some(PER_MINUTE), ..Character::default() };
        let world = World::with(1, relations, Variants::default(), character);
        let line = Line::new(&world, latency, held_up, PER_MINUTE);
        let (took, refused) = initial_sync_over(&line);
        let arrivals = line.arrivals.into_inner();
        Self { calls: arrivals.len() as u64, refused, took, share: share(&arrivals) }
    }
}

/// The part of its time that an initial sync does not wait for answers that have nothing beside them: 1 is that of a
/// client that has ten requests under way from the first to the last. No quota bounds it.
///
/// Each answer takes `latency`.
pub fn rate_of_initial_sync(relations: usize, latency: Duration) -> f64 {
    let character = Character { calls_per_minute: None, ..Character::default() };
    let world = World::with(1, relations, Variants::default(), character);
    let line = Line::new(&world, latency, Duration::ZERO, u32::MAX);
    let (took, _) = initial_sync_over(&line);
    let least = latency.as_secs_f64() * f64::from(line.sent.get()) / f64::from(IN_FLIGHT);
    least / took.as_secs_f64()
}

/// Does an initial sync in slices such as the host gives; gives the virtual time, and how often the quota was spent.
fn initial_sync_over(line: &Line<'_>) -> (Duration, u64) {
    let world = line.world;
    let slice = HostLimits::default().slice;
    let budget = Budget { time: Duration::from_millis(slice.milliseconds.into()), requests: slice.requests };
    let began = world.now();
    let settings = world.read_settings();
    let mut refused = 0;
    loop {
        let ports = Ports { http: line, store: world, clock: world, random: world };
        match sync::initial_sync(ports, &settings, budget) {
            Ok(outcome) if outcome.next == Next::Done => break,
            Ok(_) => {}
            Err(stopped) => match stopped.error {
                Stop::Quota(_, until) => {
                    refused += 1;
                    world.wait_until(until);
                }
                other => panic!("{other:?}"),
            },
        }
    }
    world.assert_same();
    (Duration::from_millis(world.now().as_millis() - began.as_millis()), refused)
}

/// The part of the quota that was used in the minutes from the first call to the last full one.
fn share(arrivals: &[u64]) -> f64 {
    let Some(first) = arrivals.iter().min() else { return 0.0 };
    let minutes = arrivals.iter().max().map_or(0, |last| (last - first) / 60_000);
    let within = arrivals.iter().filter(|at| **at - first < minutes * 60_000).count();
    ratio(within as u64, minutes * u64::from(PER_MINUTE))
}

/// Connections that take time, at the pace of the host, by the world's clock.
struct Line<'w> {
    world: &'w World,
    latency: u64,
    held_up: u64,
    calls: std::cell::RefCell<Sliding>,
    random: std::cell::RefCell<fastrand::Rng>,
    arrivals: std::cell::RefCell<Vec<u64>>,
    /// Requests to either system.
    sent: std::cell::Cell<u32>,
}

/// A request on its way: when it arrives, when its answer is there, and the answer once it has arrived.
struct UnderWay {
    position: usize,
    request: Request,
    arrives: u64,
    ends: u64,
    answer: Option<Result<Response, NoAnswer>>,
}

impl<'w> Line<'w> {
    fn new(world: &'w World, latency: Duration, held_up: Duration, per_minute: u32) -> Self {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let most = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            world,
            latency: millis(latency),
            held_up: millis(held_up),
            calls: Sliding::new(most).into(),
            random: fastrand::Rng::with_seed(7).into(),
            arrivals: Vec::new().into(),
            sent: 0.into(),
        }
    }

    fn now(&self) -> u64 {
        self.world.now().as_millis()
    }

    fn wait_until(&self, at: u64) {
        self.world.wait(Duration::from_millis(at.saturating_sub(self.now())));
    }

    /// When the next request may go: now, or when there is room.
    fn goes(&self, request: &Request) -> Result<(), u64> {
        if !request.url.contains("/v1/odata/") {
            return Ok(());
        }
        let taken = self.calls.borrow_mut().take(Duration::from_millis(self.now()));
        taken.map_err(|room| u64::try_from(room.as_millis()).unwrap_or(u64::MAX))
    }

    fn begin(&self, position: usize, request: Request) -> UnderWay {
        self.sent.set(self.sent.get() + 1);
        let mut random = self.random.borrow_mut();
        let held_up = if random.u8(..20) == 0 { random.u64(..=self.held_up) } else { 0 };
        let arrives = self.now() + held_up;
        UnderWay { position, request, arrives, ends: arrives + self.latency, answer: None }
    }

    /// The next thing that happens to what is under way: an arrival, or an answer that is handed over.
    fn step(&self, under_way: &mut Vec<UnderWay>) -> Option<(usize, Result<Response, NoAnswer>)> {
        let next = under_way.iter().enumerate().min_by_key(|(_, one)| next_of(one)).map(|(index, _)| index)?;
        let one = under_way.get_mut(next)?;
        self.wait_until(next_of(one));
        if one.answer.is_none() {
            if one.request.url.contains("/v1/odata/") {
                self.arrivals.borrow_mut().push(self.now());
            }
            one.answer = Some(self.world.exchange(&one.request).2);
            return None;
        }
        let one = under_way.swap_remove(next);
        Some((one.position, one.answer?))
    }
}

fn next_of(one: &UnderWay) -> u64 {
    if one.answer.is_none() { one.arrives } else { one.ends }
}

impl Http for Line<'_> {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        let mut waiting: VecDeque<(usize, Request)> = requests.into_iter().enumerate().collect();
        let mut under_way: Vec<UnderWay> = Vec::new();
        loop {
            let mut room = None;
            while under_way.len() < in_flight
                && room.is_none()
                && let Some((position, request)) = waiting.pop_front()
            {
                match self.goes(&request) {
                    Ok(()) => under_way.push(self.begin(position, request)),
                    Err(at) => {
                        room = Some(at);
                        waiting.push_front((position, request));
                    }
                }
            }
            match (under_way.iter().map(next_of).min(), room) {
                (None, None) => return,
                (Some(next), Some(room)) if room < next => self.wait_until(room),
                (None, Some(room)) => self.wait_until(room),
                (Some(_), _) => {
                    if let Some((position, answer)) = self.step(&mut under_way)
                        && on_answer(position, answer).is_break()
                    {
                        waiting.clear();
                    }
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds")]
fn ratio(of: u64, to: u64) -> f64 {
    of as f64 / to as f64
}
