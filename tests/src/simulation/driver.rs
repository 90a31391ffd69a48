//! The cycles of a run: users, webhooks, polls, and a host that does what the outcome asks.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Budget, Next, Outcome, Stop, Stopped};
use advocaatcentraal_tribe::tribe::LoginState;

use super::Scenario;
use super::hooks::Hooks;
use super::run::try_dialect;
use crate::connector::Connector;
use crate::faults::Kind;
use crate::invariants::{self, Broken, Excuse, Invariant, Remembered};
use crate::{CYCLE, Users, World};

/// Fields of each kind that go one way for a while.
const ONE_WAY: &str = r#"{"contactpersoon.voornamen":"from-advocaatcentraal","contactpersoon.mobiel":"from-advocaatcentraal",
    "organisatie.website":"from-advocaatcentraal","particulier.naam":"from-advocaatcentraal"}"#;

/// How long a host waits before it takes over from one that is silent.
const LEASE: Duration = Duration::from_secs(150);
/// How long a person needs to mend a login. Longer than any `Retry-After` that comes with a refusal.
const MENDED_WITHIN: Duration = Duration::from_secs(20 * 60);
/// How often a person tries to log in.
const MOST_LOGINS: u32 = 10;
/// The most slices of one walk; one that takes more never ends.
const MOST_SLICES: u32 = 3_000;
/// The most requests of one slice; one that makes more never ends.
const MOST_REQUESTS: u64 = 20_000;

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It reached its end.
    Done,
    /// A system or a crash stopped it.
    Early,
}

/// Which walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WalkOf {
    Initial,
    Poll,
    Sweep,
}

/// The store as it was at some time.
struct Copy {
    values: BTreeMap<String, Vec<u8>>,
    initial_done: bool,
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
    copy: Option<Copy>,
    pub(super) slices: u64,
}

impl<'w> Driver<'w> {
    pub(super) fn new(world: &'w World, scenario: &'w Scenario) -> Self {
        let users = Rc::new(RefCell::new(Users::new(scenario.seed)));
        let mut random = fastrand::Rng::with_seed(scenario.seed ^ 0xd71e);
        if world.faults.strikes(Kind::ClockSkew) {
            world.skew_clock(random.i64(-600_000..600_000));
        }
        Hooks::register(world);
        if world.faults.is_on(Kind::EditBetween) {
            let users = Rc::clone(&users);
            *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
                // Only AC can tell of an edit between the connector's last read and its write, by the tag of that read.
                let may_edit = request.method != "PUT" || request.header("if-match").is_some();
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
            copy: None,
            slices: 0,
        }
    }

    pub(super) fn all_cycles(&mut self) {
        for _ in 0..self.scenario.cycles {
            self.inject_process_faults();
            if !self.initial_done {
                // A person who wants it to begin lets both directions go on.
                self.resume();
                self.initial_done = self.walk(WalkOf::Initial) == Ended::Done;
                // Until it has rebuilt a lost state, the connector cannot tell an emptied field from one that was never
                // filled.
                if self.initial_done && self.world.faults.lost_state() {
                    self.world.watch.state_is_lost();
                    try_dialect(self.world);
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
        if self.world.faults.strikes(Kind::DirectionPaused) {
            self.pause_or_resume();
        }
        if self.world.faults.strikes(Kind::StateLost) {
            // With an empty store the connector cannot know of a create that Tribe does not show yet
            // (docs/embedding.md).
            self.world.wait(LEASE);
            self.world.store.lose_everything();
            self.world.disturb_login();
            self.world.watch.state_is_lost();
            try_dialect(self.world);
            self.remembered = Remembered::default();
            self.initial_done = false;
        }
        if self.world.faults.is_on(Kind::OlderCopy) {
            self.put_back_an_older_copy();
        }
    }

    /// Makes a copy of the store, or puts the last one back. What Tribe does not show yet a copy cannot know of either.
    fn put_back_an_older_copy(&mut self) {
        if self.copy.is_some()
            && self.world.faults.strikes(Kind::OlderCopy)
            && let Some(copy) = self.copy.take()
        {
            self.world.wait(LEASE);
            self.world.store.put_back(copy.values);
            self.world.disturb_login();
            self.world.watch.state_is_lost();
            try_dialect(self.world);
            self.remembered = Remembered::default();
            self.initial_done = copy.initial_done;
        } else if self.copy.is_none() || self.random.bool() {
            self.copy = Some(Copy { values: self.world.store.dump(), initial_done: self.initial_done });
        }
    }

    fn change_settings(&mut self) {
        if self.settings_before.is_some() {
            let paused = self.world.settings.borrow().get(name::PAUSED_DIRECTION).cloned().unwrap_or_default();
            self.settings_as_before();
            return self.world.set(name::PAUSED_DIRECTION, &paused);
        }
        self.settings_before = Some(self.world.settings.borrow().clone());
        match self.random.u8(..4) {
            0 => self.world.set(name::RELATION_TYPES, r#"{"client":"customer"}"#),
            1 => self.world.set(name::RELATION_TYPES, r#"{"betalende-partij":"prospect","leverancier":"supplier"}"#),
            2 => self.world.set(name::FIELDS, r#"{"organisatie.telefoonnummer":"off","particulier.naam":"off"}"#),
            _ => self.world.set(name::FIELDS, ONE_WAY),
        }
    }

    fn pause_or_resume(&mut self) {
        if self.world.settings.borrow().get(name::PAUSED_DIRECTION).is_some_and(|paused| !paused.is_empty()) {
            return self.resume();
        }
        let direction = if self.random.bool() { "to-advocaatcentraal" } else { "to-tribe" };
        self.world.set(name::PAUSED_DIRECTION, direction);
    }

    /// Lets both directions go on.
    fn resume(&self) {
        self.world.set(name::PAUSED_DIRECTION, "");
    }

    /// Puts the settings back to what they were at the start.
    pub(super) fn settings_as_before(&mut self) {
        if let Some(settings) = self.settings_before.take() {
            *self.world.settings.borrow_mut() = settings;
        }
        self.resume();
    }

    fn someone_does_something(&mut self) {
        let deeds = [
            Kind::BackAndForth,
            Kind::Move,
            Kind::TypeChange,
            Kind::OtherKind,
            Kind::Archive,
            Kind::Merge,
            Kind::DeleteInTribe,
            Kind::NewInAc,
            Kind::NameSplit,
            Kind::AddressAdded,
            Kind::AddressRemoved,
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

    /// Hands in the deliveries that have arrived, until all are handled or a system stops the connector.
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

    /// Runs a walk, slice after slice.
    pub(super) fn walk(&mut self, of: WalkOf) -> Ended {
        for _ in 0..MOST_SLICES {
            let next = self.slice(|connector, world, budget| match of {
                WalkOf::Initial => connector.initial_sync(world, budget),
                WalkOf::Poll => connector.poll(world, budget),
                WalkOf::Sweep => connector.sweep(world, budget),
            });
            match next {
                Some(Next::Done | Next::InitialSync) => return Ended::Done,
                Some(Next::Again) => {}
                None => return Ended::Early,
            }
        }
        self.break_off("a walk that does not end");
        Ended::Early
    }

    /// Runs one slice and checks the invariants after it. None if the next slice must wait.
    fn slice(&mut self, call: impl FnOnce(&dyn Connector, &World, Budget) -> Result<Outcome, Stopped>) -> Option<Next> {
        self.slices += 1;
        self.world.watch.begin_slice();
        let (before, writes) = (self.world.watch.requests(), self.world.writes());
        let requests = if self.world.faults.strikes(Kind::TinySlices) { self.random.u32(1..25) } else { 100_000 };
        let result = self.world.call(Budget { time: Duration::from_secs(240), requests }, call);
        if self.world.watch.requests() - before > MOST_REQUESTS {
            self.break_off("a slice that does not end");
        }
        if self.world.faults.is_dead() {
            // A process that has ended returns no outcome.
            self.world.watch.tell(self.world.now().as_millis(), || "the process ends".to_owned());
            self.world.faults.restart();
            self.world.watch.slice_is_lost();
            self.broken.extend(self.world.watch.take_broken());
            self.world.wait(LEASE);
            return None;
        }
        self.broken.extend(invariants::after_slice(self.world, &result, &mut self.remembered));
        match result {
            Ok(outcome) => {
                self.broken.extend(invariants::writes_are_told(self.world, writes, &outcome));
                Some(outcome.next)
            }
            Err(stopped) => {
                self.do_as_asked(&stopped.error);
                None
            }
        }
    }

    fn do_as_asked(&mut self, stop: &Stop) {
        match stop {
            Stop::Unavailable(_, until, _) | Stop::Quota(_, until) => self.world.wait_until(*until),
            Stop::Credentials(_) => {
                if self.world.asks_for_consent(stop) && self.world.is_login_disturbed() {
                    self.world.watch.excuse(Excuse::LoginDisturbed);
                } else if self.world.asks_for_consent(stop) {
                    self.break_off("a person must consent again though no fault struck the login");
                }
                self.world.wait(MENDED_WITHIN);
                self.mend_login();
            }
            Stop::Settings(_) | Stop::StateNewer(_) | Stop::Defect(_) => self.break_off(&format!("{stop:?}")),
        }
    }

    /// A person consents again, as often as it takes, if the office logs in by consent.
    fn mend_login(&mut self) {
        let ended = |state| matches!(state, Some(LoginState::Ended | LoginState::NoConsent | LoginState::NotRenewable));
        for _ in 0..MOST_LOGINS {
            if !ended(self.world.login_state()) {
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

#[cfg(test)]
mod tests {
    use advocaatcentraal_tribe::sync::System;

    use super::*;
    use crate::simulation::Quirk;

    #[test]
    fn a_login_that_is_asked_for_again_is_excused_only_if_a_fault_struck_it() {
        let scenario =
            Scenario { quirks: [Quirk::ConsentLogin].into(), faults: BTreeMap::new(), ..Scenario::of_seed(1) };
        let refused = |disturbed: bool| {
            let world = World::new(scenario.seed, 4);
            world.log_in_by_consent();
            if disturbed {
                world.disturb_login();
            }
            let mut driver = Driver::new(&world, &scenario);
            driver.do_as_asked(&Stop::Credentials(System::Tribe));
            (driver.broken.len(), world.watch.excused())
        };
        assert_eq!(refused(false), (1, [].into()));
        assert_eq!(refused(true), (0, [(Excuse::LoginDisturbed, 1)].into()));
    }
}
