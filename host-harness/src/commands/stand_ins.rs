//! Both stand-ins with made-up relations, served on loopback, and an office whose settings point at them.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use sandbox::advocaatcentraal::Wire;
use sandbox::advocaatcentraal::{Office, Variants};
use sandbox::comparison::{Comparison, Kvk, compare};
use sandbox::server::{Clock, Options, Served, machine_clock, serve};
use sandbox::tribe::{Character, Tenant};
use sandbox::{AdvocaatCentraal, Instant, Tribe, population};

/// The secret that the stand-in signs its webhooks with.
const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";
/// What is delivered: every relation and every relationship.
const WEBHOOK_TYPES: [&str; 2] = ["Relation", "Relationship"];

/// How the stand-ins are made.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    /// Relations in AdvocaatCentraal; about two thirds as many contact persons come with them.
    pub relations: usize,
    /// The same seed gives the same people.
    pub seed: u64,
    /// Ports of AdvocaatCentraal and Tribe; 0 for any that is free.
    pub ports: (u16, u16),
    /// Calls per minute that Tribe allows; none for any number.
    pub calls_per_minute: Option<u32>,
    /// Every answer waits so long.
    pub delay: Duration,
    /// Of so many writes one is carried out, and its answer is lost.
    pub lose_every: Option<NonZeroU64>,
}

impl Default for Making {
    /// 250 relations on free ports, with any number of calls.
    fn default() -> Self {
        Self { relations: 250, seed: 1, ports: (0, 0), calls_per_minute: None, delay: Duration::ZERO, lose_every: None }
    }
}

/// Both stand-ins, served until this is dropped.
pub struct StandIns {
    advocaatcentraal: Arc<Mutex<AdvocaatCentraal>>,
    tribe: Arc<Mutex<Tribe>>,
    served: (Served, Served),
    /// Milliseconds.
    behind: Arc<AtomicU64>,
    types: BTreeMap<String, String>,
}

impl StandIns {
    /// Makes and serves them.
    ///
    /// # Errors
    /// A port is taken.
    pub async fn start(making: Making) -> io::Result<Self> {
        Self::start_speaking(making, Wire::Assumed).await
    }

    /// The same with an AdvocaatCentraal that speaks as another kind of system does.
    ///
    /// # Errors
    /// A port is taken.
    pub async fn start_speaking(making: Making, wire: Wire) -> io::Result<Self> {
        let mut advocaatcentraal = AdvocaatCentraal::new(Office::default(), Variants::default()).speaking(wire);
        population::seeded(making.seed, making.relations).load_into(&mut advocaatcentraal);
        let character = Character { calls_per_minute: making.calls_per_minute, ..Character::default() };
        let types = types(&character);
        let redirect_uri = super::redirect::THIS_MACHINE.to_owned();
        let tribe = Tribe::new(Tenant { seed: making.seed, redirect_uri, ..Tenant::default() }, character);
        let (advocaatcentraal, tribe) = (Arc::new(Mutex::new(advocaatcentraal)), Arc::new(Mutex::new(tribe)));
        let behind = Arc::new(AtomicU64::new(0));
        let clock: Clock = {
            let behind = Arc::clone(&behind);
            Arc::new(move || now().minus(Duration::from_millis(behind.load(Ordering::Relaxed))))
        };
        let options =
            |port| Options { port, delay: making.delay, clock: Arc::clone(&clock), lose_every: making.lose_every };
        let served = (
            serve(Arc::clone(&advocaatcentraal), options(making.ports.0)).await?,
            serve(Arc::clone(&tribe), options(making.ports.1)).await?,
        );
        Ok(Self { advocaatcentraal, tribe, served, behind, types })
    }

    /// AdvocaatCentraal, to look at and to edit as a user does. Let go of it before the next await.
    pub fn advocaatcentraal(&self) -> MutexGuard<'_, AdvocaatCentraal> {
        self.advocaatcentraal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tribe, to look at and to edit as a user does. Let go of it before the next await.
    pub fn tribe(&self) -> MutexGuard<'_, Tribe> {
        self.tribe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where AdvocaatCentraal is served.
    pub fn advocaatcentraal_url(&self) -> String {
        self.served.0.url()
    }

    /// Where Tribe and its login are served.
    pub fn tribe_url(&self) -> String {
        self.served.1.url()
    }

    /// AdvocaatCentraal's relation types that are mapped, with Tribe's keys.
    pub fn types(&self) -> &BTreeMap<String, String> {
        &self.types
    }

    /// The dialect of AdvocaatCentraal, where it does not speak as assumed.
    pub fn dialect(&self) -> Option<&'static str> {
        match self.advocaatcentraal().wire() {
            Wire::Assumed => None,
            Wire::Practice => Some(dialect::PRACTICE),
            Wire::Bookkeeping => Some(dialect::BOOKKEEPING),
            Wire::Register => Some(dialect::REGISTER),
            Wire::Ledger => Some(dialect::LEDGER),
        }
    }

    /// A settings file for the office behind them.
    pub fn settings(&self) -> String {
        let (office, tenant) = (self.advocaatcentraal().office().clone(), self.tribe().tenant().clone());
        let mut text = format!(
            "office = \"{}\"\nloopback = true\nkvk = \"on\"\n\
             advocaatcentraal-url = \"{}\"\nadvocaatcentraal-key = \"{}\"\nadvocaatcentraal-user = \"{}\"\n\
             tribe-url = \"{tribe}\"\ntribe-auth-url = \"{tribe}\"\n\
             tribe-client-id = \"{}\"\ntribe-client-secret = \"{}\"\n\
             tribe-webhook-secret = \"{WEBHOOK_SECRET}\"\n{}\n[relation-types]\n",
            office.number,
            self.advocaatcentraal_url(),
            office.key,
            office.user,
            tenant.client_id,
            tenant.client_secret,
            self.dialect().map(|text| format!("dialect = '''\n{text}'''\n")).unwrap_or_default(),
            tribe = self.tribe_url(),
        );
        for (relatietype, key) in &self.types {
            text.push_str(&format!("{relatietype} = \"{key}\"\n"));
        }
        text
    }

    /// From now on both clocks are so far behind this machine's.
    pub fn lag_behind(&self, by: Duration) {
        self.behind.store(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Registers webhooks in Tribe, as an administrator does, that deliver to that URL.
    pub fn deliver_to(&self, url: &str) {
        let now = now();
        for entity_type in WEBHOOK_TYPES {
            self.tribe().register_webhook(now, url, entity_type, WEBHOOK_SECRET);
        }
    }

    /// Do the two say the same? Told by the stand-ins' own judge, which shares nothing with the connector.
    pub fn compare(&self) -> Comparison {
        compare(&self.advocaatcentraal(), &self.tribe(), &self.types, Kvk::On)
    }
}

/// The instant that the stand-ins see.
pub fn now() -> Instant {
    machine_clock()()
}

/// Clients, opposing parties under a type of the tenant's own, and suppliers; the others are not synced.
fn types(character: &Character) -> BTreeMap<String, String> {
    let own = character.custom_types.iter().find(|kind| kind.name == "Wederpartij");
    let mut types = BTreeMap::from([
        ("client".to_owned(), "customer".to_owned()),
        ("leverancier".to_owned(), "supplier".to_owned()),
    ]);
    types.extend(own.map(|kind| ("wederpartij".to_owned(), kind.key.to_string())));
    types
}
