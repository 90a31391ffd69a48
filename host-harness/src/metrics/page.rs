//! All of it on one page, in the text that Prometheus reads.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::instruments::{CallMetrics, DeliveryMetrics, GuestMetrics, Labels, RunMetrics, StoreMetrics};

/// What the page is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The instruments that a page shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Of the store.
    pub store: StoreMetrics,
    /// Of the requests to both systems.
    pub calls: CallMetrics,
    /// Of the calls of connectors.
    pub guest: GuestMetrics,
    /// Of the runs.
    pub runs: RunMetrics,
    /// Of the deliveries.
    pub deliveries: DeliveryMetrics,
}

/// What is read when somebody asks for the page. What cannot be read is left out of it: an old number would be a lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// What the store tells; none where it does not answer.
    pub offices: Option<OfficeReadings>,
    /// Between two cycles of an office; none where another process keeps the schedule.
    pub interval: Option<Duration>,
    /// Bytes that the disk of the data folder has left; none where that cannot be told.
    pub disk_free: Option<u64>,
}

/// What the store tells of the offices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeReadings {
    /// How many stand so, by the word for it.
    pub states: Vec<(&'static str, usize)>,
    /// How many need that of a person, by the word for it.
    pub needs: Vec<(&'static str, usize)>,
    /// The age of the oldest of the offices' last finished cycles.
    pub oldest_cycle: Duration,
    /// Edits that wait for AdvocaatCentraal.
    pub waiting: u64,
    /// How long the first of them has waited.
    pub oldest_waiting: Duration,
}

type Number = Gauge<f64, AtomicU64>;

/// The page of a process.
pub struct Page {
    counted: Registry,
    of_store: Registry,
    of_schedule: Registry,
    of_disk: Registry,
    offices: Family<Labels<1>, Gauge>,
    needs: Family<Labels<1>, Gauge>,
    interval: Number,
    oldest_cycle: Number,
    waiting: Gauge<u64, AtomicU64>,
    oldest_waiting: Number,
    disk_free: Gauge<u64, AtomicU64>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Page {
    /// A page with those instruments.
    pub fn new(shown: Shown) -> Self {
        let mut page = Self {
            counted: counted(shown),
            of_store: Registry::default(),
            of_schedule: Registry::default(),
            of_disk: Registry::default(),
            offices: Family::default(),
            needs: Family::default(),
            interval: Number::default(),
            oldest_cycle: Number::default(),
            waiting: Gauge::default(),
            oldest_waiting: Number::default(),
            disk_free: Gauge::default(),
        };
        let store = &mut page.of_store;
        store.register("koppeling_offices", "Offices, by how they stand", page.offices.clone());
        store.register("koppeling_office_needs", "Offices that need that of a person", page.needs.clone());
        store.register(
            "koppeling_oldest_cycle_age_seconds",
            "Age of the oldest of the offices' last finished cycles",
            page.oldest_cycle.clone(),
        );
        store.register(
            "koppeling_edits_waiting",
            "Records with an edit in Tribe that waits for AdvocaatCentraal",
            page.waiting.clone(),
        );
        store.register(
            "koppeling_oldest_edit_age_seconds",
            "Since when the first of the edits that wait has waited",
            page.oldest_waiting.clone(),
        );
        let interval = "Time between two cycles of an office";
        page.of_schedule.register("koppeling_interval_seconds", interval, page.interval.clone());
        let free = "Bytes that the disk of the data folder has left";
        page.of_disk.register("koppeling_disk_free_bytes", free, page.disk_free.clone());
        page
    }

    /// The text of the page.
    pub fn text(&self, readings: &Readings) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode_registry(&mut text, &self.counted);
        if let Some(offices) = &readings.offices {
            set_each(&self.offices, "state", &offices.states);
            set_each(&self.needs, "need", &offices.needs);
            self.oldest_cycle.set(offices.oldest_cycle.as_secs_f64());
            self.waiting.set(offices.waiting);
            self.oldest_waiting.set(offices.oldest_waiting.as_secs_f64());
            let _ = encode_registry(&mut text, &self.of_store);
        }
        if let Some(interval) = readings.interval {
            self.interval.set(interval.as_secs_f64());
            let _ = encode_registry(&mut text, &self.of_schedule);
        }
        if let Some(free) = readings.disk_free {
            self.disk_free.set(free);
            let _ = encode_registry(&mut text, &self.of_disk);
        }
        let _ = encode_eof(&mut text);
        text
    }
}

/// Sets a gauge of each word, under that label.
fn set_each(family: &Family<Labels<1>, Gauge>, label: &'static str, counts: &[(&'static str, usize)]) {
    for (word, count) in counts {
        family.get_or_create(&[(label, *word)]).set(i64::try_from(*count).unwrap_or(i64::MAX));
    }
}

/// What counts on by itself. A counter's name gets `_total` behind it in the text.
fn counted(shown: Shown) -> Registry {
    let mut registry = Registry::default();
    let Shown { store, calls, guest, runs, deliveries } = shown;
    registry.register("koppeling_build", "This koppeling", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    registry.register("koppeling_runs", "Runs that ended, by work and result", runs.runs);
    registry.register(
        "koppeling_schedule_lag_seconds",
        "How long after its slot a cycle of the periodic sync began",
        runs.lag,
    );
    registry.register("koppeling_places", "Calls of connectors that have a place at once", runs.places);
    registry.register("koppeling_places_in_use", "Calls of connectors that have a place", runs.in_use);
    registry.register("koppeling_places_waited_for", "Calls of connectors that wait for their turn", runs.waiting);
    registry.register("koppeling_calls", "Requests, by system and by how they were answered", calls.calls);
    registry.register("koppeling_call_seconds", "Time from a request to the head of its answer", calls.times);
    registry.register("koppeling_guest_seconds", "Time of one call of a connector", guest.times);
    registry.register(
        "koppeling_guest_memory_bytes",
        "The most memory that one call of a connector used",
        guest.memory,
    );
    registry.register("koppeling_deliveries", "Requests at the webhooks' port, by status", deliveries.deliveries);
    registry.register("koppeling_store_seconds", "Time of one operation of the store", store.operations);
    registry.register("koppeling_store_errors", "Operations of the store that failed, by kind", store.errors);
    registry
}
