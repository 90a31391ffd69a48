//! One run: users, webhooks, polls, and a host that does what the outcome asks.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Budget, Next, Outcome, Stop, Stopped};
use advocaatcentraal_tribe::tribe::Standing;
use sandbox::advocaatcentraal::{Stamps, Variants};
use sandbox::tribe::Character;

use super::hooks::Hooks;
use super::{Quirk, Scenario};
use crate::connector::Connector;
use crate::faults::Kind;
use crate::invariants::{self, Broken, Invariant, Remembered};
use crate::{CYCLE, Engine, Step, Users, World};

/// Ten past two in Amsterdam, fifty minutes before the clocks go back: 25 October 2026.
const AUTUMN: u64 = 1_792_887_000_000;
/// Ten past one in Amsterdam, fifty minutes before the clocks go forward: 29 March 2026.
const SPRING: u64 = 1_774_743_000_000;
/// A host waits so long before it takes over from one that is silent.
const LEASE: Duration = Duration::from_secs(150);
/// A person mends a login in so long; longer than any `Retry-After` that came with the refusal.
const MENDED_WITHIN: Duration = Duration::from_secs(20 * 60);
/// So often a person tries to log in.
const MOST_LOGINS: u32 = 10;
/// Slices of one walk. More, and it does not end.
const MOST_SLICES: u32 = 3_000;
/// Requests of one slice. More, and it does not end.
const MOST_REQUESTS: u64 = 20_000;

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was broken, in the order of discovery.
    pub broken: Vec<Broken>,
    /// How often each kind of fault struck.
    pub fired: BTreeMap<Kind, u64>,
    /// Slices of the connector.
    pub slices: u64,
    /// Its requests.
    pub requests: u64,
    /// Virtual time.
    pub time: Duration,
    /// The same for two runs only if every call and the whole state were the same.
    pub fingerprint: u64,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// At its end.
    Done,
    /// Before it: a system, a crash.
    Early,
}

/// Which walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WalkOf {
    Initial,
    Poll,
    Sweep,
}

/// Whether a run tells every step on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// It does.
    Aloud,
    /// It does not.
    Silent,
}

/// Runs a scenario to its end, or until something is broken.
pub fn run(scenario: &Scenario, voice: Voice) -> Run {
    run_on(Engine::Native, scenario, voice)
}

/// The same with that build of the connector.
pub fn run_on(engine: Engine, scenario: &Scenario, voice: Voice) -> Run {
    let world = build_world(scenario);
    world.engine.set(engine);
    world.watch.aloud.set(voice == Voice::Aloud);
    run_in(&world, scenario)
}

/// Every step of a run.
pub(super) fn steps_of(engine: Engine, scenario: &Scenario) -> Vec<Step> {
    let world = build_world(scenario);
    world.engine.set(engine);
    world.watch.keep_steps();
    run_in(&world, scenario);
    world.watch.take_steps()
}

fn run_in(world: &World, scenario: &Scenario) -> Run {
    let began = world.now().as_millis();
    let mut driver = Driver::new(world, scenario);
    driver.all_cycles();
    if driver.broken.is_empty() {
        driver.come_to_rest();
    }
    let Driver { broken, slices, .. } = driver;
    let mut state = DefaultHasher::new();
    world.store.dump().hash(&mut state);
    world.watch.log().hash(&mut state);
    Run {
        broken,
        fired: world.faults.fired(),
        slices,
        requests: world.watch.requests(),
        time: Duration::from_millis(world.now().as_millis() - began),
        fingerprint: state.finish(),
    }
}

fn build_world(scenario: &Scenario) -> World {
    let mut variants = Variants::default();
    let mut character = Character::default();
    for quirk in &scenario.quirks {
        quirk.apply(&mut variants, &mut character);
    }
    let night = [(Kind::AutumnNight, AUTUMN), (Kind::SpringNight, SPRING)]
        .into_iter()
        .find(|(kind, _)| scenario.faults.contains_key(kind));
    if night.is_some() {
        variants.stamps = Stamps::Naive;
    }
    if scenario.faults.contains_key(&Kind::LateRows) {
        variants.late_visible = Duration::from_secs(8 * 60);
    }
    let world = World::with(scenario.seed, scenario.relations, variants, character);
    if scenario.quirks.contains(&Quirk::ConsentLogin) {
        world.log_in_by_consent();
        // No fault is set yet, so this cannot fail.
        let _ = world.consent();
    }
    world.faults.set_rates(scenario.faults.clone());
    if let Some((kind, start)) = night {
        world.start_at(start);
        world.faults.hit(kind);
    }
    if scenario.faults.contains_key(&Kind::LateRows) {
        world.faults.hit(Kind::LateRows);
    }
    world
}

/// A run under way.
pub(super) struct Driver<'w> {
    pub(super) world: &'w World,
    pub(super) scenario: &'w Scenario,
    pub(super) broken: Vec<Broken>,
    pub(super) hooks: Hooks,
    pub(super) initial_done: bool,
    users: Rc<RefCell<Users>>,
    random: fastrand::Rng,
    remembered: Remembered,
    settings_before: Option<BTreeMap<String, String>>,
    slices: u64,
}

impl<'w> Driver<'w> {
    fn new(world: &'w World, scenario: &'w Scenario) -> Self {
        let users = Rc::new(RefCell::new(Users::new(scenario.seed)));
        let mut random = fastrand::Rng::with_seed(scenario.seed ^ 0xd71e);
        if world.faults.strikes(Kind::ClockSkew) {
            world.skew_clock(random.i64(-600_000..600_000));
        }
        Hooks::register(world);
        if world.faults.is_on(Kind::EditBetween) {
            let users = Rc::clone(&users);
            let ac_tells = !scenario.quirks.contains(&Quirk::NoEtag);
            *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
                // Where there is no ETag nobody can see an edit between the last look and the write.
                let may_edit = request.method != "PUT" || (ac_tells && request.target.starts_with("/offices/"));
                if may_edit && world.faults.strikes(Kind::EditBetween) {
                    users.borrow_mut().edit_a_field(world);
                }
            }));
        }
        Self {
            world,
            scenario,
            broken: Vec::new(),
            hooks: Hooks::default(),
            initial_done: false,
            users,
            random,
            remembered: Remembered::default(),
            settings_before: None,
            slices: 0,
        }
    }

    fn all_cycles(&mut self) {
        for _ in 0..self.scenario.cycles {
            self.inject_process_faults();
            if !self.initial_done {
                self.initial_done = self.walk(WalkOf::Initial) == Ended::Done;
                // Until a lost state is rebuilt nobody can tell an emptied field from one that was never filled.
                if self.initial_done && self.world.faults.count(Kind::StateLost) > 0 {
                    self.world.watch.state_is_lost();
                }
            }
            for _ in 0..self.scenario.edits {
                self.someone_does_something();
                self.world.wait(Duration::from_secs(self.random.u64(1..20)));
                self.deliver_hooks();
            }
            self.world.wait(CYCLE);
            self.walk(WalkOf::Poll);
            self.deliver_hooks();
            self.broken.extend(invariants::between_cycles(self.world));
            if !self.broken.is_empty() {
                return;
            }
        }
    }

    /// Faults that strike a process between two slices.
    fn inject_process_faults(&mut self) {
        if self.world.faults.strikes(Kind::SettingsChanged) {
            self.change_settings();
        }
        if self.world.faults.strikes(Kind::StateLost) {
            // Nobody with an empty store can know of a create that Tribe does not show yet (docs/embedding.md).
            self.world.wait(LEASE);
            self.world.store.lose_everything();
            self.world.disturb_login();
            self.world.watch.state_is_lost();
            self.remembered = Remembered::default();
            self.initial_done = false;
        }
    }

    fn change_settings(&mut self) {
        if self.settings_before.is_some() {
            return self.settings_as_before();
        }
        self.settings_before = Some(self.world.settings.borrow().clone());
        match self.random.u8(..3) {
            0 => self.world.set(name::RELATION_TYPES, r#"{"client":"customer"}"#),
            1 => self.world.set(name::FIELDS, r#"{"organisatie.telefoonnummer":"off","particulier.naam":"off"}"#),
            _ => self.world.set(name::FIELDS, r#"{"contactpersoon.voornamen":"from-advocaatcentraal"}"#),
        }
    }

    /// The settings as they were at the start.
    pub(super) fn settings_as_before(&mut self) {
        if let Some(settings) = self.settings_before.take() {
            *self.world.settings.borrow_mut() = settings;
        }
    }

    fn someone_does_something(&mut self) {
        let deeds = [
            Kind::BackAndForth,
            Kind::Move,
            Kind::TypeChange,
            Kind::Archive,
            Kind::Merge,
            Kind::DeleteInTribe,
            Kind::NewInAc,
            Kind::EqualStamps,
        ];
        let mut users = self.users.borrow_mut();
        for kind in deeds {
            if self.world.faults.strikes(kind) {
                users.deed(self.world, kind);
            }
        }
        users.edit_a_field(self.world);
    }

    /// Hands in what has arrived, until it is done or a system does not go on.
    pub(super) fn deliver_hooks(&mut self) {
        self.hooks.collect(self.world, &mut self.broken);
        let mut left = self.hooks.arrived(self.world);
        for _ in 0..MOST_SLICES {
            if left.is_empty() {
                return;
            }
            let changes = left.clone();
            let mut rest: Option<Vec<TribeId>> = None;
            let next = self.slice(|connector, world, budget| {
                let (outcome, left) = connector.on_tribe_change(world, &changes, budget)?;
                rest = Some(left);
                Ok(outcome)
            });
            match (next, rest) {
                (Some(_), Some(rest)) => left = rest,
                _ => return self.hooks.again(self.world, left),
            }
        }
        self.break_off("a push that does not end");
    }

    /// A walk, slice after slice.
    pub(super) fn walk(&mut self, of: WalkOf) -> Ended {
        for _ in 0..MOST_SLICES {
            let next = self.slice(|connector, world, budget| match of {
                WalkOf::Initial => connector.initial_sync(world, budget),
                WalkOf::Poll => connector.poll(world, budget),
                WalkOf::Sweep => connector.sweep(world, budget),
            });
            match next {
                Some(Next::Done) => return Ended::Done,
                Some(Next::Again) => {}
                None => return Ended::Early,
            }
        }
        self.break_off("a walk that does not end");
        Ended::Early
    }

    /// One call, checked; none if the next must wait.
    fn slice(&mut self, call: impl FnOnce(&dyn Connector, &World, Budget) -> Result<Outcome, Stopped>) -> Option<Next> {
        self.slices += 1;
        self.world.watch.begin_slice();
        let before = self.world.watch.requests();
        let requests = if self.world.faults.strikes(Kind::TinySlices) { self.random.u32(1..25) } else { 100_000 };
        let result = self.world.call(Budget { time: Duration::from_secs(240), requests }, call);
        if self.world.watch.requests() - before > MOST_REQUESTS {
            self.break_off("a slice that does not end");
        }
        if self.world.faults.is_dead() {
            // Nobody hears what a process says after its end.
            self.world.watch.tell(self.world.now().as_millis(), || "the process ends".to_owned());
            self.world.faults.restart();
            self.world.watch.slice_is_lost();
            self.broken.extend(self.world.watch.take_broken());
            self.world.wait(LEASE);
            return None;
        }
        self.broken.extend(invariants::after_slice(self.world, &result, &mut self.remembered));
        match result {
            Ok(outcome) => Some(outcome.next),
            Err(stopped) => {
                self.do_as_asked(&stopped.because);
                None
            }
        }
    }

    fn do_as_asked(&mut self, stop: &Stop) {
        match stop {
            Stop::Unavailable(_, until) | Stop::Quota(_, until) => self.world.wait_until(*until),
            Stop::Credentials(_) => {
                if self.world.asks_for_consent_without_reason(stop) {
                    self.break_off("a person must consent again though no fault struck the login");
                }
                self.world.wait(MENDED_WITHIN);
                self.mend_login();
            }
            Stop::Settings(_) | Stop::StateNewer(_) | Stop::Defect(_) => self.break_off(&format!("{stop:?}")),
        }
    }

    /// A person consents anew where that is how the office logs in, and goes on until it works.
    fn mend_login(&mut self) {
        let ended = |standing| matches!(standing, Some(Standing::Ended | Standing::NoConsent | Standing::NotRenewable));
        for _ in 0..MOST_LOGINS {
            if !ended(self.world.standing()) {
                return;
            }
            let result = self.world.consent();
            if self.world.faults.is_dead() {
                self.world.faults.restart();
                self.world.wait(LEASE);
            } else if result.is_err() {
                self.world.wait(MENDED_WITHIN);
            }
        }
    }

    pub(super) fn break_off(&mut self, what: &str) {
        self.broken.push(Broken { invariant: Invariant::I15, what: what.to_owned() });
    }
}
