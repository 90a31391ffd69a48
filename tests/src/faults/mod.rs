//! Faults: drawn by seed, or planned for one request.
//!
//! A [`World`](crate::World) asks here at every request, every answer and every write to its store. Each kind counts
//! how often it struck, so that a test can check that its fault did.

mod answers;
mod kind;
mod rows;
mod statuses;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use sandbox::Request;

pub(crate) use answers::{OVER_LONG, alter};
pub use kind::{Family, Kind, Truth};
pub(crate) use statuses::{Carried, answer as status_answer};

/// One of the two systems, as a request reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// AdvocaatCentraal.
    Ac,
    /// Tribe CRM, its login included.
    Tribe,
}

/// A request that a fault may strike.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) system: System,
    pub(crate) request: &'a Request,
}

impl Call<'_> {
    pub(crate) fn is(&self, method: &str) -> bool {
        self.request.method == method
    }

    /// A call of Tribe's login.
    pub(crate) fn is_login(&self) -> bool {
        self.request.target.starts_with("/oauth2/")
    }

    /// A look-up by marker. Its answer must be complete: where it leaves out a record, the connector makes a second
    /// one.
    fn asks_for_markers(&self) -> bool {
        ["ImportId%20eq", "startswith(ImportId"].iter().any(|part| self.request.target.contains(part))
    }

    /// A read of one Tribe record by its id, which decides whether the record still exists.
    fn asks_whether_there(&self) -> bool {
        self.system == System::Tribe && self.is("GET") && self.request.target.contains("(") && !self.is_list()
    }

    /// A call of AC as it is assumed to speak.
    fn is_assumed(&self) -> bool {
        self.request.target.starts_with("/offices/")
    }

    /// A list of either system.
    pub(crate) fn is_list(&self) -> bool {
        let target = &self.request.target;
        let path = target.split('?').next().unwrap_or_default();
        self.is("GET")
            && match self.system {
                System::Ac => AC_LISTS.iter().any(|of| path.ends_with(of)),
                System::Tribe => !path.contains('(') && target.contains("$top="),
            }
    }
}

/// How the paths of AC's lists end, on every wire.
const AC_LISTS: [&str; 6] = ["/relaties", "/contactpersonen", "/contacts", "/people", "/organisations", "/relations"];

/// A fault that is planned for the next requests of that kind.
struct Planned {
    kind: Kind,
    method: &'static str,
    part: String,
    times: u32,
}

/// The faults of one world.
pub struct Faults {
    rates: RefCell<BTreeMap<Kind, u32>>,
    planned: RefCell<Vec<Planned>>,
    random: RefCell<fastrand::Rng>,
    fired: RefCell<BTreeMap<Kind, u64>>,
    events: Cell<u64>,
    crash_after: Cell<Option<u64>>,
    /// Whether the machine loses power when the process ends.
    loses_power: Cell<bool>,
    /// Whether each event since the count began was a request, or else a write.
    requests: RefCell<Vec<bool>>,
    dead: Cell<bool>,
}

impl Faults {
    /// No faults yet; the seed decides when later ones strike.
    pub fn new(seed: u64) -> Self {
        Self {
            rates: RefCell::default(),
            planned: RefCell::default(),
            random: RefCell::new(fastrand::Rng::with_seed(seed ^ 0xfa17)),
            fired: RefCell::default(),
            events: Cell::new(0),
            crash_after: Cell::new(None),
            loses_power: Cell::default(),
            requests: RefCell::default(),
            dead: Cell::new(false),
        }
    }

    /// From now on these kinds strike, each so often in ten thousand chances.
    pub fn set_rates(&self, rates: BTreeMap<Kind, u32>) {
        *self.rates.borrow_mut() = rates;
    }

    /// From now on nothing strikes. The counts stay.
    pub fn stop(&self) {
        self.rates.borrow_mut().clear();
        self.planned.borrow_mut().clear();
        self.crash_after.set(None);
    }

    /// Strikes the next so many requests with that method whose target holds that text.
    pub fn plan(&self, kind: Kind, method: &'static str, part: &str, times: u32) {
        self.planned.borrow_mut().push(Planned { kind, method, part: part.to_owned(), times });
    }

    /// How often each kind struck.
    pub fn fired(&self) -> BTreeMap<Kind, u64> {
        self.fired.borrow().clone()
    }

    /// How often one kind struck.
    pub fn count(&self, kind: Kind) -> u64 {
        self.fired.borrow().get(&kind).copied().unwrap_or(0)
    }

    /// Whether the connector's state was lost, or an older copy of it put back.
    pub fn lost_state(&self) -> bool {
        self.count(Kind::StateLost) + self.count(Kind::OlderCopy) > 0
    }

    /// Whether a kind is at work at all.
    pub fn is_on(&self, kind: Kind) -> bool {
        self.rates.borrow().contains_key(&kind)
    }

    /// Whether a kind strikes now; counts it if so.
    pub fn strikes(&self, kind: Kind) -> bool {
        let rate = self.rates.borrow().get(&kind).copied().unwrap_or(0);
        let strikes = rate > 0 && self.random.borrow_mut().u32(..10_000) < rate;
        if strikes {
            self.hit(kind);
        }
        strikes
    }

    /// Counts a kind that struck.
    pub fn hit(&self, kind: Kind) {
        *self.fired.borrow_mut().entry(kind).or_default() += 1;
    }

    /// A number below the bound, by the seed.
    pub fn draw(&self, bound: usize) -> usize {
        self.random.borrow_mut().usize(..bound.max(1))
    }

    /// The fault of those families that strikes this request, if any. The caller counts it: a fault in data counts only
    /// if it finds something to alter.
    pub(crate) fn on(&self, call: Call<'_>, families: &[Family]) -> Option<Kind> {
        if let Some(kind) = self.planned_for(call, families) {
            return Some(kind);
        }
        let fitting: Vec<Kind> = {
            let rates = self.rates.borrow();
            let of_families = rates.keys().copied().filter(|kind| families.contains(&kind.family()));
            of_families.filter(|kind| fits(*kind, call)).collect()
        };
        fitting.into_iter().find(|kind| {
            let rate = self.rates.borrow().get(kind).copied().unwrap_or(0);
            self.random.borrow_mut().u32(..10_000) < rate
        })
    }

    fn planned_for(&self, call: Call<'_>, families: &[Family]) -> Option<Kind> {
        let mut planned = self.planned.borrow_mut();
        let found = planned.iter_mut().find(|planned| {
            planned.times > 0
                && families.contains(&planned.kind.family())
                && call.is(planned.method)
                && call.request.target.contains(&planned.part)
        })?;
        found.times -= 1;
        Some(found.kind)
    }

    /// Makes the process end right after so many more writes and requests.
    pub fn crash_after(&self, events: u64) {
        self.events.set(0);
        self.crash_after.set(Some(events));
    }

    /// Makes the machine lose power right after so many more writes and requests: what is not durable is lost.
    pub fn cut_power_after(&self, events: u64) {
        self.crash_after(events);
        self.loses_power.set(true);
    }

    /// Whether the process has ended since the machine lost power.
    pub fn is_power_cut(&self) -> bool {
        self.dead.get() && self.loses_power.get()
    }

    /// Writes to the store and requests sent since the count began.
    pub fn events(&self) -> u64 {
        self.events.get()
    }

    /// Starts counting writes and requests anew.
    pub fn count_events(&self) {
        self.events.set(0);
        self.requests.take();
    }

    /// The writes since the count began after which a request came: the most that a power cut before it loses.
    pub fn last_writes(&self) -> Vec<u64> {
        let requests = self.requests.borrow();
        let pairs = (1..).zip(requests.windows(2));
        pairs.filter(|(_, pair)| matches!(pair, [false, true])).map(|(write, _)| write).collect()
    }

    /// A write or a request happened: the process may end here.
    pub(crate) fn event(&self, kind: Kind) {
        let number = self.events.get() + 1;
        self.events.set(number);
        self.requests.borrow_mut().push(kind == Kind::CrashAtRequest);
        if self.crash_after.get() == Some(number) || self.strikes(kind) {
            if self.crash_after.get() == Some(number) {
                self.hit(kind);
            }
            self.dead.set(true);
        }
    }

    /// Whether the process has ended. After that, nothing it does has an effect.
    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    /// A new process takes over.
    pub fn restart(&self) {
        self.dead.set(false);
        self.loses_power.set(false);
        self.crash_after.set(None);
    }
}

/// Whether a kind can strike such a request at all.
fn fits(kind: Kind, call: Call<'_>) -> bool {
    let writes = !call.is("GET") && !call.is_login();
    match kind {
        Kind::Status404 | Kind::Status410 => !call.asks_whether_there() && !call.is_login(),
        Kind::Status409 | Kind::Status412 => call.is("PUT"),
        Kind::Status413 | Kind::Status422 => writes,
        Kind::NextToItself => call.system == System::Ac && call.is_list(),
        Kind::MissingRow | Kind::ClippedPage => call.is_list() && !call.asks_for_markers(),
        Kind::NullList | Kind::DuplicatedRow => call.is_list(),
        Kind::FutureStamp | Kind::NullStamp => {
            call.is_list() && (call.system == System::Ac || call.request.target.contains("LastMutationDate%20ge"))
        }
        // The connector writes a record of AC's back as a single read returned it: an error in that would stay.
        Kind::AbsentKey | Kind::UnknownValue | Kind::OverLong => {
            call.is("GET") && !call.asks_for_markers() && (call.system == System::Tribe || call.is_list())
        }
        Kind::NumberForText => call.is_list(),
        Kind::ExtraKey | Kind::BadUtf8 | Kind::Decomposed => call.is("GET"),
        _ => true,
    }
}
