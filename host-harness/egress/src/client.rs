//! The connections of a process, shared by its offices.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;
use tokio::sync::Semaphore;
use wasmtime_wasi_http::WasiBody;

use crate::address::{Permitted, Resolver};
use crate::allow::{AllowList, Place};
use crate::network::{Authorities, Network, Reaching};
use crate::pacing::{Pace, Window};
use crate::sliding::Sent;
use crate::waits::Waits;

/// How long a request may take, part by part, how much may go and come back, and how many may be under way. A component
/// can ask for less, not for more.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until there is a connection.
    pub connect: Duration,
    /// From the connection to the head of the answer. Tribe: seen, clients wait a minute.
    pub first_byte: Duration,
    /// Between two parts of the body.
    pub between_bytes: Duration,
    /// From the request to the end of the body.
    pub total: Duration,
    /// Bytes of an answer's body.
    pub body: u64,
    /// Bytes of a request's body.
    pub sent: u64,
    /// Requests of one office under way at once, with their answers' bodies; more wait.
    pub at_once: usize,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            between_bytes: Duration::from_secs(20),
            total: Duration::from_secs(90),
            // A page of a hundred records is far below a megabyte; a schema with many own fields is a few.
            body: 32 << 20,
            sent: 32 << 20,
            // The connector has ten at most. Each takes a connection, and up to half a megabyte of what was received.
            at_once: 32,
        }
    }
}

/// How a request came out, for whoever watches: never what it asked, nor what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Where it went.
    pub place: Place,
    /// The status of the answer; none where there was no answer.
    pub status: Option<u16>,
    /// From the request, after all waiting for its turn, to the head of the answer.
    pub time: Duration,
}

type Watch = Box<dyn Fn(Answered) + Send + Sync>;
type EncryptedClient = Client<HttpsConnector<Reaching>, WasiBody>;
type LoopbackClient = Client<HttpConnector<Resolver>, WasiBody>;

/// The egress of a whole process: connections, and each office's pace. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    /// None where this machine trusts no certificates. Made at first use: stand-ins need none.
    encrypted: OnceLock<Option<EncryptedClient>>,
    pub(crate) loopback: LoopbackClient,
    pub(crate) timeouts: Timeouts,
    network: Network,
    pace: Pace,
    offices: Mutex<HashMap<String, Arc<OfOffice>>>,
    pub(crate) watch: OnceLock<Watch>,
}

/// What is remembered of an office over its calls.
pub(crate) struct OfOffice {
    pub(crate) window: Window,
    /// Of the last request to Tribe: whether it went to its login.
    pub(crate) asked_login: AtomicBool,
    pub(crate) waits: Waits,
    /// Requests that were begun.
    pub(crate) requests: AtomicU64,
    /// The requests that may be under way.
    pub(crate) at_once: Arc<Semaphore>,
}

impl Egress {
    /// An egress with that pace per office to Tribe's API, straight to the internet.
    pub fn new(timeouts: Timeouts, pace: Pace) -> Self {
        Self::through(Network::default(), timeouts, pace)
    }

    /// The same through that network.
    pub fn through(network: Network, timeouts: Timeouts, pace: Pace) -> Self {
        let loopback = client_builder().build(tcp(Resolver(Permitted::Loopback), timeouts));
        let (encrypted, watch, offices) = (OnceLock::new(), OnceLock::new(), Mutex::default());
        let shared = Shared { encrypted, loopback, timeouts, network, pace, offices, watch };
        Self { shared: Arc::new(shared) }
    }

    /// Has every request from here on told when it was answered, or was not. There is one who watches: the first.
    pub fn watch(&self, watch: impl Fn(Answered) + Send + Sync + 'static) {
        let _ = self.shared.watch.set(Box::new(watch));
    }

    /// One office's egress. The pace counts on over any number of calls and changes of settings, by the office's number.
    pub fn office(&self, number: &str, allowed: AllowList) -> OfficeEgress {
        OfficeEgress {
            shared: Arc::clone(&self.shared),
            allowed: Arc::new(allowed),
            of_office: self.of_office(number),
            may_change: None,
            answer: None,
        }
    }

    fn of_office(&self, number: &str) -> Arc<OfOffice> {
        let mut offices = self.shared.offices.lock().unwrap_or_else(PoisonError::into_inner);
        let of_office = offices.entry(number.to_owned()).or_insert_with(|| {
            Arc::new(OfOffice {
                window: Window::new(self.shared.pace),
                asked_login: AtomicBool::new(false),
                waits: Waits::default(),
                requests: AtomicU64::new(0),
                at_once: Arc::new(Semaphore::new(self.shared.timeouts.at_once)),
            })
        });
        Arc::clone(of_office)
    }

    /// What was sent for an office to Tribe's API in the last minute, for whoever goes on with it in another process: a dozen
    /// counts at most, the oldest first. `clock` is the time since 1970, or by another clock that they share. None where there
    /// is no limit.
    pub fn sent(&self, number: &str, clock: Duration) -> Option<Vec<Sent>> {
        self.of_office(number).window.sent(clock)
    }

    /// Counts what another process sent for an office, by the same clock, as if it had gone this way. What both know of is
    /// counted once.
    pub fn count_in(&self, number: &str, clock: Duration, others: &[Sent]) {
        self.of_office(number).window.count_in(clock, others);
    }

    /// How long an office has waited by now without a sign of the system that it asks, or for its pace.
    pub fn waits_since(&self, number: &str) -> Duration {
        let offices = self.shared.offices.lock().unwrap_or_else(PoisonError::into_inner);
        offices.get(number).map_or(Duration::ZERO, |of_office| of_office.waits.since())
    }

    /// How many requests were begun for an office, to whichever of its systems.
    pub fn requests(&self, number: &str) -> u64 {
        self.of_office(number).requests.load(Ordering::Relaxed)
    }

    /// Where the request goes that an office has waited for longest; none where it waits for nothing.
    pub fn waits_for(&self, number: &str) -> Option<Place> {
        let offices = self.shared.offices.lock().unwrap_or_else(PoisonError::into_inner);
        offices.get(number).and_then(|of_office| of_office.waits.place())
    }

    /// Whether an office's last request to Tribe went to its login, and not to its API: where Tribe gives no usable
    /// answer, that tells which address it is about.
    pub fn asked_login_last(&self, number: &str) -> bool {
        let offices = self.shared.offices.lock().unwrap_or_else(PoisonError::into_inner);
        offices.get(number).is_some_and(|of_office| of_office.asked_login.load(Ordering::Relaxed))
    }
}

impl Shared {
    pub(crate) fn encrypted(&self) -> Option<&EncryptedClient> {
        let client = self.encrypted.get_or_init(|| {
            let Some(tls) = tls(&self.network.authorities) else {
                tracing::error!("this machine trusts no certificates: install the package ca-certificates");
                return None;
            };
            let mut straight = tcp(Resolver(Permitted::Public), self.timeouts);
            straight.enforce_http(false);
            // The operator named it: it may stand in a private network.
            let to_proxy = tcp(GaiResolver::new(), self.timeouts);
            let reaching = Reaching { straight, to_proxy, proxy: self.network.proxy.clone() };
            let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1();
            Some(client_builder().build(https.wrap_connector(reaching)))
        });
        client.as_ref()
    }
}

/// How encryption is spoken; none where no authority is trusted.
fn tls(authorities: &Authorities) -> Option<rustls::ClientConfig> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is left out: others of this machine may do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(authorities.0.iter().cloned());
    if roots.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(config.with_root_certificates(roots).with_no_client_auth())
}

fn tcp<R>(resolver: R, timeouts: Timeouts) -> HttpConnector<R> {
    let mut connector = HttpConnector::new_with_resolver(resolver);
    connector.set_connect_timeout(Some(timeouts.connect));
    connector.set_nodelay(true);
    connector
}

fn client_builder() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30)).pool_max_idle_per_host(32);
    builder
}

/// Tells whether a request that changes something may leave now.
pub(crate) type MayChange = Arc<dyn Fn() -> bool + Send + Sync>;

/// One office's egress: hooks for `wasi:http`. Cheap to clone.
#[derive(Clone)]
pub struct OfficeEgress {
    pub(crate) shared: Arc<Shared>,
    pub(crate) allowed: Arc<AllowList>,
    pub(crate) of_office: Arc<OfOffice>,
    pub(crate) may_change: Option<MayChange>,
    /// How long an answer may take, where that is less than for others.
    pub(crate) answer: Option<Duration>,
}

impl OfficeEgress {
    /// The same, where a request that may change something leaves only while that holds. It is asked after all
    /// waiting, and once more when there is a connection and the body is sent: a process may have been suspended meanwhile,
    /// and another have taken over.
    #[must_use]
    pub fn changing_only_while(mut self, holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.may_change = Some(Arc::new(holds));
        self
    }

    /// The same, where an answer takes no longer than this from the request to its head.
    #[must_use]
    pub fn answered_within(mut self, time: Duration) -> Self {
        self.answer = Some(time);
        self
    }
}
