//! The connector as a crate over sockets, and a client that only repeats its calls.

use advocaatcentraal_tribe::wording::Outage;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use advocaatcentraal_tribe::ports::{Clock, Http, Method, NoAnswer, Ports, Random, Request, Response};
use advocaatcentraal_tribe::relation::Instant;
use advocaatcentraal_tribe::settings::Settings;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync::{self, Budget, Next};
use futures_util::stream::{self, StreamExt};
use host_harness::settings::OfficeSettings;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::keeping::Keeping;

type Body = Full<hyper::body::Bytes>;

/// One slice ends by itself long before that.
const BUDGET: Budget = Budget { time: Duration::from_secs(3_600), requests: 10_000_000 };

/// The ports of one office.
pub(crate) struct Native {
    runtime: Rc<Runtime>,
    client: Client<HttpConnector, Body>,
    keeping: Keeping,
    /// What was sent, to be repeated.
    sent: RefCell<Vec<Call>>,
}

/// A request that can be sent again.
#[derive(Clone)]
pub(crate) struct Call {
    method: http::Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    fn asks_for_token(&self) -> bool {
        self.url.ends_with("/oauth2/token")
    }

    /// The same call of other stand-ins, at other addresses and with another token.
    fn elsewhere(&self, bases: &[(String, String)], token: &str) -> Self {
        let mut call = self.clone();
        for (from, to) in bases {
            if let Some(path) = self.url.strip_prefix(from.as_str()) {
                call.url = format!("{to}{path}");
            }
        }
        for (name, value) in &mut call.headers {
            if name == "authorization" && value.starts_with("Bearer ") {
                *value = format!("Bearer {token}");
            }
        }
        call
    }
}

fn client() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(32).build(connector)
}

async fn answered(client: &Client<HttpConnector, Body>, call: &Call) -> Result<Response, NoAnswer> {
    let mut request = http::Request::builder().method(&call.method).uri(&call.url);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(call.body.clone())).map_err(|_| NoAnswer::NotSent(Outage::NotConnected))?;
    let (parts, body) = client.request(request).await.map_err(|_| NoAnswer::Lost(Outage::BrokenOff))?.into_parts();
    let body = body.collect().await.map_err(|_| NoAnswer::Lost(Outage::BrokenOff))?.to_bytes();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Ok(Response { status: parts.status.as_u16(), headers, body: body.to_vec() })
}

impl Native {
    pub(crate) fn new(runtime: Rc<Runtime>, keeping: Keeping) -> Self {
        Self { runtime, client: client(), keeping, sent: RefCell::default() }
    }

    /// One initial sync to its end, on this thread.
    pub(crate) fn initial_sync(&self, office: &OfficeSettings) -> Result<(), Failure> {
        let config = office.config();
        let settings =
            Settings::read(|name| config.get(name).map(str::to_owned)).map_err(|_| "settings are missing")?;
        let ports = Ports { http: self, store: &self.keeping, clock: self, random: self };
        setup::ready(ports, &settings).map_err(|stop| format!("not ready: {stop:?}"))?;
        loop {
            let ended = sync::initial_sync(ports, &settings, BUDGET);
            match ended.map_err(|stopped| format!("stopped: {:?}", stopped.error))?.next {
                Next::Done => return Ok(()),
                Next::Again | Next::InitialSync => {}
            }
        }
    }

    /// The calls so far.
    pub(crate) fn calls(self) -> Vec<Call> {
        self.sent.into_inner()
    }
}

/// Repeats the calls of one office at another's addresses, so many at a time and whatever is answered; the token first.
pub(crate) async fn repeat(
    calls: &[Call],
    (from, to): (&OfficeSettings, &OfficeSettings),
    in_flight: usize,
) -> Result<(), Failure> {
    let bases = [
        (from.advocaatcentraal_url.as_str().to_owned(), to.advocaatcentraal_url.as_str().to_owned()),
        (from.tribe_url.as_str().to_owned(), to.tribe_url.as_str().to_owned()),
    ];
    let client = client();
    let mut token = String::new();
    if let Some(call) = calls.iter().find(|call| call.asks_for_token()) {
        let answer = answered(&client, &call.elsewhere(&bases, "")).await?;
        let answer: serde_json::Value = serde_json::from_slice(&answer.body)?;
        token = answer.get("access_token").and_then(|token| token.as_str()).ok_or("no token")?.to_owned();
    }
    let calls: Vec<Call> =
        calls.iter().filter(|call| !call.asks_for_token()).map(|call| call.elsewhere(&bases, &token)).collect();
    let answers = stream::iter(&calls).map(|call| answered(&client, call)).buffer_unordered(in_flight);
    answers.for_each(|_| async {}).await;
    Ok(())
}

impl Http for Native {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        let calls: Vec<Call> = requests.into_iter().map(as_call).collect();
        self.sent.borrow_mut().extend(calls.iter().cloned());
        if self.keeping.save().is_err() {
            let _ = (0..calls.len())
                .try_for_each(|position| on_answer(position, Err(NoAnswer::NotSent(Outage::NotConnected))));
            return;
        }
        self.runtime.block_on(async {
            let numbered = calls.iter().enumerate();
            let asked = numbered.map(|(position, call)| async move { (position, answered(&self.client, call).await) });
            let mut answers = stream::iter(asked).buffer_unordered(in_flight);
            while let Some((position, answer)) = answers.next().await {
                // Nothing of a measured run breaks off.
                if on_answer(position, answer).is_break() {
                    return;
                }
            }
        });
    }
}

fn as_call(request: Request) -> Call {
    let method = match request.method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::DeleteWebhook => http::Method::DELETE,
    };
    Call { method, url: request.url, headers: request.headers, body: request.body }
}

impl Clock for Native {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Random for Native {
    fn fill(&self, buffer: &mut [u8]) {
        fastrand::fill(buffer);
    }
}
