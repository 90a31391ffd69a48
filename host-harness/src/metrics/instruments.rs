//! The instruments of each kind of work. Cheap to clone: a clone counts on in the same place.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// Labels by name, with values that stand in this program's text.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];
/// How often something happened, by labels.
pub(super) type Counts<const N: usize> = Family<Labels<N>, Counter>;

/// Seconds of one operation of a database on a disk.
const OPERATION: [f64; 10] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];
/// Seconds of one request to a system, which is given up after a minute and a half.
const REQUEST: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// Seconds of one call of the connector, which is stopped after two minutes.
const CALL: [f64; 10] = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0];
/// Seconds after a slot, up to half an interval of two hours.
const LAG: [f64; 12] = [0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 150.0, 300.0, 900.0, 1800.0, 3600.0];
/// Bytes of a call's memory: doubled each time, and then in steps of eight mebibytes up to its limit.
const MEMORY: [f64; 11] = [
    1_048_576.0,
    2_097_152.0,
    4_194_304.0,
    8_388_608.0,
    16_777_216.0,
    25_165_824.0,
    33_554_432.0,
    41_943_040.0,
    50_331_648.0,
    58_720_256.0,
    67_108_864.0,
];

/// Makes them there from the beginning: what never happened reads 0, and not as if nobody counted it.
fn begun<const N: usize>(all: impl IntoIterator<Item = Labels<N>>) -> Counts<N> {
    let counts = Counts::default();
    for labels in all {
        drop(counts.get_or_create(&labels));
    }
    counts
}

/// Of a store.
#[derive(Clone, Debug)]
pub struct StoreMetrics {
    pub(super) operations: Histogram,
    pub(super) errors: Counts<1>,
}

impl Default for StoreMetrics {
    fn default() -> Self {
        let kinds = ["lease-lost", "office-full", "damaged", "failed"].map(|kind| [("kind", kind)]);
        Self { operations: Histogram::new(OPERATION), errors: begun(kinds) }
    }
}

impl StoreMetrics {
    /// An operation took so long, and failed by an error of that kind, if it did.
    pub fn operation(&self, time: Duration, error: Option<&'static str>) {
        self.operations.observe(time.as_secs_f64());
        if let Some(kind) = error {
            self.errors.get_or_create(&[("kind", kind)]).inc();
        }
    }
}

/// Of the requests to AdvocaatCentraal and Tribe.
#[derive(Clone, Debug)]
pub struct CallMetrics {
    pub(super) calls: Counts<2>,
    pub(super) times: Family<Labels<1>, Histogram, fn() -> Histogram>,
}

/// How requests come out, in classes: 429 is no fault of a request, and stands by itself.
const OUTCOMES: [&str; 6] = ["2xx", "3xx", "4xx", "429", "5xx", "none"];

impl CallMetrics {
    /// For calls to those systems.
    pub fn of(systems: &[&'static str]) -> Self {
        let times = Family::new_with_constructor((|| Histogram::new(REQUEST)) as fn() -> Histogram);
        for system in systems {
            drop(times.get_or_create(&[("system", *system)]));
        }
        let all = systems.iter().flat_map(|system| OUTCOMES.map(|outcome| [("system", *system), ("outcome", outcome)]));
        Self { calls: begun(all), times }
    }

    /// A request to that system was answered with that status, or with none.
    pub fn answered(&self, system: &'static str, status: Option<u16>, time: Duration) {
        let outcome = match status {
            None => "none",
            Some(429) => "429",
            Some(..300) => "2xx",
            Some(..400) => "3xx",
            Some(..500) => "4xx",
            Some(_) => "5xx",
        };
        self.calls.get_or_create(&[("system", system), ("outcome", outcome)]).inc();
        self.times.get_or_create(&[("system", system)]).observe(time.as_secs_f64());
    }
}

/// Of the calls of connectors.
#[derive(Clone, Debug)]
pub struct GuestMetrics {
    pub(super) memory: Histogram,
    pub(super) times: Histogram,
}

impl Default for GuestMetrics {
    fn default() -> Self {
        Self { memory: Histogram::new(MEMORY), times: Histogram::new(CALL) }
    }
}

impl GuestMetrics {
    /// A call ended after so long, and used so many bytes of memory at most.
    pub fn called(&self, time: Duration, memory: usize) {
        self.times.observe(time.as_secs_f64());
        // As exact as a float is: a limit is far below what that could not hold.
        self.memory.observe(u32::try_from(memory).map_or(f64::from(u32::MAX), f64::from));
    }
}

/// Of the runs, the schedule, and the places for calls.
#[derive(Clone, Debug)]
pub struct RunMetrics {
    pub(super) runs: Counts<2>,
    pub(super) lag: Histogram,
    pub(super) places: Gauge,
    pub(super) in_use: Gauge,
    pub(super) waiting: Gauge,
}

impl RunMetrics {
    /// Where so many calls have a place at once, for runs of those works with those results.
    pub fn of(places: usize, works: &[&'static str], results: &[&'static str]) -> Self {
        let all = works.iter().flat_map(|work| results.iter().map(|result| [("work", *work), ("result", *result)]));
        let metrics = Self {
            runs: begun(all),
            lag: Histogram::new(LAG),
            places: Gauge::default(),
            in_use: Gauge::default(),
            waiting: Gauge::default(),
        };
        metrics.places.set(i64::try_from(places).unwrap_or(i64::MAX));
        metrics
    }

    /// A run of that work ended so.
    pub fn ran(&self, work: &'static str, result: &'static str) {
        self.runs.get_or_create(&[("work", work), ("result", result)]).inc();
    }

    /// A cycle began so long after its slot.
    pub fn began(&self, lag: Duration) {
        self.lag.observe(lag.as_secs_f64());
    }

    /// A call waits for its place, until that is dropped.
    pub fn wait(&self) -> Held {
        Held::of(&self.waiting)
    }

    /// A call has its place, until that is dropped.
    pub fn take(&self) -> Held {
        Held::of(&self.in_use)
    }
}

/// Counts as one for as long as it lives.
#[derive(Debug)]
pub struct Held(Gauge);

impl Held {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Of what arrives where webhooks are taken in.
#[derive(Clone, Debug)]
pub struct DeliveryMetrics {
    pub(super) deliveries: Counts<1>,
}

/// The statuses that deliveries are answered with.
const ANSWERS: [(u16, &str); 8] =
    [(202, "202"), (400, "400"), (401, "401"), (404, "404"), (405, "405"), (408, "408"), (413, "413"), (503, "503")];

impl Default for DeliveryMetrics {
    fn default() -> Self {
        Self { deliveries: begun(ANSWERS.map(|(_, status)| [("status", status)])) }
    }
}

impl DeliveryMetrics {
    /// One was answered with that status.
    pub fn answered(&self, status: u16) {
        let known = ANSWERS.iter().find(|(answer, _)| *answer == status);
        self.deliveries.get_or_create(&[("status", known.map_or("other", |(_, text)| text))]).inc();
    }
}
