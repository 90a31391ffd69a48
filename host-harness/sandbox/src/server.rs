//! Both stand-ins over HTTP on loopback: keep-alive, one port per system, webhook deliveries included.
//!
//! Guarded: it binds to loopback only and posts deliveries to loopback only, so that a stand-in never answers to or
//! calls anyone outside this machine.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, to_bytes};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serve::{KeepAlive, Limits};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::tribe::Delivery;
use crate::{AdvocaatCentraal, Instant, Request, Response, Tribe};

/// All that a machine's clients could open, and longer than any of them leaves a connection unused: none is to meet a
/// limit of the stand-ins.
const LIMITS: Limits = Limits { connections: 4096, head: Duration::from_secs(600), keep_alive: KeepAlive::Yes };
/// Longest body that is read.
const LONGEST_BODY: usize = 4 * 1024 * 1024;
/// A user's edit, made past the server, is delivered within this time.
const LOOK_FOR_DELIVERIES: Duration = Duration::from_millis(20);
/// How long one delivery may take.
const DELIVERY_DEADLINE: Duration = Duration::from_secs(5);
/// A failed delivery is repeated after these pauses. Tribe: unknown.
const DELIVERY_PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

/// A stand-in that can be served.
pub trait System: Send + 'static {
    /// Answers one request.
    fn handle(&mut self, now: Instant, request: &Request) -> Response;
    /// Calls that the system makes of its own accord, handed over once.
    fn take_deliveries(&mut self) -> Vec<Delivery>;
}

impl System for AdvocaatCentraal {
    fn handle(&mut self, now: Instant, request: &Request) -> Response {
        Self::handle(self, now, request)
    }

    /// AdvocaatCentraal has no webhooks (A12).
    fn take_deliveries(&mut self) -> Vec<Delivery> {
        Vec::new()
    }
}

impl System for Tribe {
    fn handle(&mut self, now: Instant, request: &Request) -> Response {
        Self::handle(self, now, request)
    }

    fn take_deliveries(&mut self) -> Vec<Delivery> {
        Self::take_deliveries(self)
    }
}

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// This machine's clock.
pub fn machine_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    })
}

/// How a stand-in is served.
#[derive(Clone)]
pub struct Options {
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Every answer waits so long, as a real network would let it.
    pub delay: Duration,
    /// The time as the stand-in sees it.
    pub clock: Clock,
    /// Of so many writes one is carried out, and its answer is lost at a gateway, which says 504.
    pub lose_every: Option<NonZeroU64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, delay: Duration::ZERO, clock: machine_clock(), lose_every: None }
    }
}

impl Options {
    /// Whether the answer is lost of the write before which there were so many.
    fn is_lost(&self, before: u64) -> bool {
        self.lose_every.is_some_and(|every| (before + 1).is_multiple_of(every.get()))
    }
}

/// A running server. It ends, with its connections, when this is dropped.
pub struct Served {
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Served {
    /// `http://127.0.0.1:…`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Serves a stand-in on loopback until the handle is dropped. Needs a tokio runtime with time and I/O.
///
/// # Errors
/// The port is taken.
pub async fn serve<S: System>(system: Arc<Mutex<S>>, options: Options) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let answered = Arc::new(Notify::new());
    let serving = serving(listener, Behind::One(Arc::clone(&system)), options, Arc::clone(&answered));
    let delivering = tokio::spawn(deliver(system, answered));
    Ok(Served { address, tasks: vec![serving, delivering] })
}

/// Serves many stand-ins behind one port, each below `/<its name>`, until the handle is dropped. What they would deliver
/// stays with them until somebody takes it: looking after thousands would cost more than they do.
///
/// # Errors
/// The port is taken.
pub async fn serve_many<S: System>(systems: HashMap<String, Arc<Mutex<S>>>, options: Options) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let serving = serving(listener, Behind::Many(systems), options, Arc::default());
    Ok(Served { address, tasks: vec![serving] })
}

/// It is never told to stop: it is dropped, and cuts its connections.
fn serving<S: System>(
    listener: TcpListener,
    behind: Behind<S>,
    options: Options,
    answered: Arc<Notify>,
) -> JoinHandle<()> {
    let router = router(Arc::new(behind), Arc::new(options), answered);
    tokio::spawn(serve::serve(listener, router, LIMITS, CancellationToken::new()))
}

/// What stands behind a port.
enum Behind<S> {
    One(Arc<Mutex<S>>),
    Many(HashMap<String, Arc<Mutex<S>>>),
}

impl<S> Behind<S> {
    /// Whose a request is, and its target there.
    fn of<'a>(&self, target: &'a str) -> Option<(&Mutex<S>, &'a str)> {
        match self {
            Self::One(system) => Some((system, target)),
            Self::Many(systems) => {
                let (name, _) = target.strip_prefix('/')?.split_once('/')?;
                Some((systems.get(name)?, target.get(1 + name.len()..)?))
            }
        }
    }
}

/// A panic in a test that held the lock says nothing about the state behind it.
fn locked<S>(system: &Mutex<S>) -> MutexGuard<'_, S> {
    system.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whatever is asked is the stand-in's to answer.
fn router<S: System>(behind: Arc<Behind<S>>, options: Arc<Options>, answered: Arc<Notify>) -> Router {
    let writes = Arc::new(AtomicU64::new(0));
    Router::new().fallback(move |request: axum::extract::Request| {
        let (behind, options, answered) = (Arc::clone(&behind), Arc::clone(&options), Arc::clone(&answered));
        let writes = Arc::clone(&writes);
        async move {
            let is_write = request.method() != hyper::Method::GET;
            let answer = answer(&behind, &options, &answered, request).await;
            if is_write && options.is_lost(writes.fetch_add(1, Ordering::Relaxed)) {
                return sent(Response::empty(504));
            }
            answer
        }
    })
}

async fn answer<S: System>(
    behind: &Behind<S>,
    options: &Options,
    answered: &Notify,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return sent(Response::empty(413));
    };
    // As servers and firewalls do that take no body in chunks.
    if !body.is_empty() && !parts.headers.contains_key(hyper::header::CONTENT_LENGTH) {
        return sent(Response::empty(411));
    }
    let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let Some((system, target)) = behind.of(target) else {
        return sent(Response::empty(404));
    };
    let request = Request {
        method: parts.method.as_str().to_owned(),
        target: target.to_owned(),
        headers: parts.headers.iter().filter_map(header).collect(),
        body: body.to_vec(),
    };
    if !options.delay.is_zero() {
        tokio::time::sleep(options.delay).await;
    }
    let now = (options.clock)();
    let response = locked(system).handle(now, &request);
    answered.notify_one();
    sent(response)
}

fn sent(response: Response) -> axum::response::Response {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(response.body)).unwrap_or_else(|_| {
        let mut broken = hyper::Response::new(Body::empty());
        *broken.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

/// Posts deliveries one after another, in the order of the writes.
async fn deliver<S: System>(system: Arc<Mutex<S>>, answered: Arc<Notify>) {
    let mut waiting: VecDeque<Delivery> = VecDeque::new();
    loop {
        waiting.extend(locked(&system).take_deliveries());
        let Some(delivery) = waiting.pop_front() else {
            let _ = tokio::time::timeout(LOOK_FOR_DELIVERIES, answered.notified()).await;
            continue;
        };
        let mut pauses = DELIVERY_PAUSES.into_iter();
        while !post(&delivery).await {
            let Some(pause) = pauses.next() else { break };
            tokio::time::sleep(pause).await;
        }
    }
}

/// Whether the delivery was taken with a 2xx.
async fn post(delivery: &Delivery) -> bool {
    let Some((address, request)) = outgoing(delivery) else {
        return false;
    };
    let exchange = async {
        let stream = TcpStream::connect(address).await.ok()?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        let connection = tokio::spawn(connection);
        let status = sender.send_request(request).await.ok().map(|response| response.status());
        connection.abort();
        status
    };
    let status = tokio::time::timeout(DELIVERY_DEADLINE, exchange).await;
    matches!(status, Ok(Some(status)) if status.is_success())
}

/// The request, if it goes to loopback by plain HTTP.
fn outgoing(delivery: &Delivery) -> Option<(SocketAddr, hyper::Request<Full<Bytes>>)> {
    let url: hyper::Uri = delivery.url.parse().ok()?;
    let host = url.host()?;
    let address = match host.trim_matches(['[', ']']) {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        address => address.parse().ok()?,
    };
    if url.scheme_str() != Some("http") || !address.is_loopback() {
        return None;
    }
    let port = url.port_u16().unwrap_or(80);
    let target = url.path_and_query().map_or("/", |target| target.as_str());
    let mut request = hyper::Request::post(target).header("host", format!("{host}:{port}"));
    for (name, value) in &delivery.headers {
        request = request.header(name, value);
    }
    Some((SocketAddr::new(address, port), request.body(Full::from(delivery.body.clone())).ok()?))
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
