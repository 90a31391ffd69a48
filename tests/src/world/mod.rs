//! Both systems, the connector's state, and time.

#![allow(clippy::panic, reason = "a world that is not as a scenario says fails it")]

mod login;
mod ports;
mod run;
mod screens;
mod watch;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use advocaatcentraal_tribe::ports::Ports;
use advocaatcentraal_tribe::settings::{Settings, name};
use advocaatcentraal_tribe::sync::Budget;
use sandbox::advocaatcentraal::{Office, Variants, Wire};
use sandbox::comparison::{self, Comparison, Kvk};
use sandbox::tribe::{Character, Tenant};
use sandbox::{AdvocaatCentraal, Tribe, population};

use crate::faults::Faults;
use crate::{Engine, Memory};
pub(crate) use ports::UnderWay;
pub use run::Cycle;
pub use watch::{Saying, Step, Watch};

/// The time between two polls.
pub const CYCLE: Duration = Duration::from_secs(5 * 60);

/// The relation types that the office of these tests has mapped.
pub const TYPES: [(&str, &str); 3] =
    [("client", "customer"), ("betalende-partij", "prospect"), ("leverancier", "supplier")];

/// 2 June 2026, well after every stamp of the population.
const START: u64 = 1_780_394_400_000;
const AC: &str = "https://ac.example";
const TRIBE: &str = "https://tribe.example";
const LATENCY: Duration = Duration::from_millis(40);

/// Something that happens right before a request.
pub type BeforeRequest = Box<dyn FnMut(&World, &sandbox::Request)>;

/// Something that happens to an answer on its way.
pub type OnAnswer = Box<dyn FnMut(&sandbox::Request, &mut sandbox::Response)>;

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
    /// Which build of the connector runs here.
    pub engine: Cell<Engine>,
    /// What one slice may do.
    pub budget: Cell<Budget>,
    /// The faults that strike.
    pub faults: Faults,
    /// What the world saw of the connector.
    pub watch: Watch,
    /// What happens right before each request, if anything: a user edits.
    pub before_request: RefCell<Option<BeforeRequest>>,
    /// What happens to each answer, if anything: it arrives in another shape.
    pub on_answer: RefCell<Option<OnAnswer>>,
    now: Cell<u64>,
    /// Whether a fault struck a call of the login since a person consented last.
    login_disturbed: Cell<bool>,
    /// How far the connector's clock is ahead, in milliseconds.
    skew: Cell<i64>,
    random: RefCell<fastrand::Rng>,
}

impl World {
    /// A world with so many relations in AC and nothing in Tribe.
    pub fn new(seed: u64, relations: usize) -> Self {
        Self::with(seed, relations, Variants::default(), Character::default())
    }

    /// A world whose systems behave as said.
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
            engine: Cell::default(),
            budget: Cell::new(Budget { time: Duration::from_secs(3600), requests: 100_000 }),
            faults: Faults::new(seed),
            watch: Watch::default(),
            before_request: RefCell::default(),
            on_answer: RefCell::default(),
            now: Cell::new(START),
            login_disturbed: Cell::new(false),
            skew: Cell::new(0),
            random: RefCell::new(fastrand::Rng::with_seed(seed)),
        }
    }

    /// The same with an AC that speaks otherwise, and an office that has the dialect for it.
    #[must_use]
    pub fn speaking(mut self, wire: Wire, dialect: &str) -> Self {
        let ac = self.ac.into_inner();
        let user = ac.office().user.clone();
        self.ac = RefCell::new(ac.speaking(wire));
        let settings = self.settings.get_mut();
        settings.insert(name::DIALECT.to_owned(), dialect.to_owned());
        settings.insert(name::ADVOCAATCENTRAAL_USER.to_owned(), user);
        self
    }

    /// Now, as the stand-ins count it.
    pub fn now(&self) -> sandbox::Instant {
        sandbox::Instant::from_millis(self.now.get())
    }

    /// Sets the time of everything, before anything has happened.
    pub fn start_at(&self, millis: u64) {
        self.now.set(millis);
    }

    /// Sets how far the connector's own clock is ahead of the stand-ins', in milliseconds.
    pub fn skew_clock(&self, millis: i64) {
        self.skew.set(millis);
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.now.set(self.now.get() + u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    /// Lets time pass until the connector's clock shows that instant.
    pub fn wait_until(&self, instant: advocaatcentraal_tribe::relation::Instant) {
        let now = self.now.get().saturating_add_signed(self.skew.get());
        self.wait(Duration::from_millis(instant.as_millis().saturating_sub(now)));
    }

    /// Sets one setting.
    pub fn set(&self, name: &str, value: &str) {
        self.settings.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Writes of the connector so far: in AC, in Tribe.
    pub fn writes(&self) -> (u64, u64) {
        (self.ac.borrow().counters().writes(), self.tribe.borrow().counters().writes())
    }

    /// Calls of the connector that it must never make.
    pub fn violations(&self) -> u64 {
        self.ac.borrow().counters().violations() + self.tribe.borrow().counters().violations()
    }

    /// The judge of the stand-ins compares both systems, with [`TYPES`] as the mapping.
    pub fn compare(&self) -> Comparison {
        let types = TYPES.map(|(ac, tribe)| (ac.to_owned(), tribe.to_owned())).into();
        comparison::compare(&self.ac.borrow(), &self.tribe.borrow(), &types, Kvk::On)
    }

    /// The judge of the stand-ins compares which records exist in Tribe, and not their fields.
    pub fn compare_records(&self) -> Comparison {
        let types = TYPES.map(|(ac, tribe)| (ac.to_owned(), tribe.to_owned())).into();
        comparison::compare_records(&self.ac.borrow(), &self.tribe.borrow(), &types)
    }

    /// Fails with the judge's report unless both systems say the same and no forbidden call was made.
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
        Ports { http: self, store: self, clock: self, random: self }
    }
}
