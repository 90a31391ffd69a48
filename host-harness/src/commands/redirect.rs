//! The browser that Tribe sends back after a login: received on a port of this machine, or told by hand.
//!
//! Anyone on this machine can call that port, and any page can send a browser there. Only the `state` that this login
//! began with makes a code its own: it is random, compared in constant time, and one request decides.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use super::CommandError;
use crate::settings::host_of;

/// Where Tribe sends the browser back to, unless it is said otherwise.
pub(super) const THIS_MACHINE: &str = "http://127.0.0.1:8086/login";
/// Random bytes of a `state`; as text twice as long, and Tribe asks for eight characters. Tribe: documented.
const STATE_BYTES: usize = 16;
/// Until the head of a request is there, and again until its answer is taken.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(10);

/// The code that a browser came back with. It is wiped when dropped.
pub(super) type Code = Zeroizing<String>;

/// Why a login did not come to its end. Each is one line that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectProblem {
    /// The redirect URI leads to another machine.
    #[error("only an address such as http://127.0.0.1:8086/login can be listened on; add --paste for any other")]
    NotThisMachine,
    /// No browser came.
    #[error("no browser came back from Tribe; run it again, with --paste if the browser is on another machine")]
    NobodyCame,
    /// The person refused, or Tribe did.
    #[error("Tribe gave no consent; log in as somebody who may allow the application, and allow it")]
    NoConsent,
    /// It belongs to another login.
    #[error("what came back belongs to another login; run it again, and use the address that it shows")]
    AnotherLogin,
    /// There is no code in it.
    #[error("there is no code in what came back; run it again, and paste the whole address that the browser ended at")]
    NoCode,
    /// Tribe did not exchange the code.
    #[error("Tribe takes the code or the application's id and secret no more; run it again, then check the settings")]
    NotTaken,
}

/// Where Tribe sends the browser back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RedirectUri {
    text: String,
    path: String,
    /// Where to listen; none on another machine.
    local: Option<SocketAddr>,
}

impl RedirectUri {
    /// [`THIS_MACHINE`].
    pub(super) fn this_machine() -> Self {
        let local = Some(SocketAddr::from(([127, 0, 0, 1], 8086)));
        Self { text: THIS_MACHINE.to_owned(), path: "/login".to_owned(), local }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for RedirectUri {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WANTED: &str = "give an absolute URL without ? or #, such as http://127.0.0.1:8086/login";
        let uri: http::Uri = text.parse().map_err(|_| WANTED)?;
        let authority = uri.authority().ok_or(WANTED)?;
        if uri.scheme().is_none() || uri.query().is_some() || text.contains('#') {
            return Err(WANTED);
        }
        let address = match host_of(authority).as_str() {
            "localhost" => Some([127, 0, 0, 1].into()),
            host => host.parse().ok().filter(std::net::IpAddr::is_loopback),
        };
        let port = authority.port_u16().unwrap_or(80);
        let local = address.filter(|_| uri.scheme_str() == Some("http")).map(|address| SocketAddr::new(address, port));
        Ok(Self { text: text.to_owned(), path: uri.path().to_owned(), local })
    }
}

/// A fresh `state`.
pub(super) fn new_state() -> Result<String, CommandError> {
    let mut bytes = [0; STATE_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| CommandError::NoRandom)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The code in the address that a browser ended at, or in its query alone.
pub(super) fn code_in(address: &str, state: &str) -> Result<Code, RedirectProblem> {
    let query = address.trim().split_once('?').map_or(address.trim(), |(_, query)| query);
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.into_iter().find(|(key, _)| *key == name)?.1;
        percent_decode_str(value).decode_utf8().ok().map(|text| Zeroizing::new(text.into_owned()))
    };
    let Some(returned) = value("state") else { return Err(RedirectProblem::NoCode) };
    if !bool::from(returned.as_bytes().ct_eq(state.as_bytes())) {
        return Err(RedirectProblem::AnotherLogin);
    }
    if value("error").is_some() {
        return Err(RedirectProblem::NoConsent);
    }
    value("code").filter(|code| !code.is_empty()).ok_or(RedirectProblem::NoCode)
}

/// What the browser shows in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    LoggedIn,
    Failed,
}

impl Page {
    fn response(self) -> Response<Full<Bytes>> {
        let (dutch, english) = match self {
            Self::LoggedIn => (
                "De koppeling is ingelogd bij Tribe. U kunt dit venster sluiten.",
                "The connector is logged in to Tribe. You can close this window.",
            ),
            Self::Failed => (
                "Het inloggen is niet gelukt. Kijk in het venster waarin u begon.",
                "The login did not succeed. Look in the window where you began.",
            ),
        };
        let page = format!(
            "<!doctype html><html lang=\"nl\"><meta charset=\"utf-8\"><title>Koppeling</title>\
             <p>{dutch}</p><p lang=\"en\">{english}</p></html>"
        );
        let mut response = bare(StatusCode::OK);
        *response.body_mut() = Full::new(page.into());
        let headers = response.headers_mut();
        let set = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        ];
        for (name, value) in set {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
        response
    }
}

/// A browser that came back.
pub(super) enum Browser {
    /// It waits for its page.
    Waiting { page: oneshot::Sender<Page>, connections: TaskTracker },
    /// It is on another machine.
    Elsewhere,
}

impl Browser {
    /// Shows the page, and sees it off.
    pub(super) async fn show(self, shown: Page) {
        if let Self::Waiting { page, connections } = self {
            // A browser that went away misses its page, and nothing else.
            let _ = page.send(shown);
            connections.close();
            let _ = tokio::time::timeout(LONGEST_EXCHANGE, connections.wait()).await;
        }
    }
}

/// A browser's query, and where its page goes.
type Visit = (Zeroizing<String>, oneshot::Sender<Page>);

/// The port that the browser comes back to.
pub(super) struct Landing {
    listener: TcpListener,
    path: String,
}

impl Landing {
    /// Takes the port of that redirect URI.
    pub(super) async fn at(uri: &RedirectUri) -> Result<Self, CommandError> {
        let address = uri.local.ok_or(RedirectProblem::NotThisMachine)?;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| CommandError::Redirect { address: uri.text.clone(), source })?;
        Ok(Self { listener, path: uri.path.clone() })
    }

    /// Waits for the one request that decides. Whatever else a browser asks for is not there.
    pub(super) async fn wait_for_browser(
        self,
        patience: Duration,
        state: &str,
    ) -> Result<(Code, Browser), RedirectProblem> {
        let (arrived, mut arrivals) = mpsc::channel::<Visit>(1);
        let connections = TaskTracker::new();
        let serving = async {
            loop {
                match self.listener.accept().await {
                    Ok((stream, _)) => drop(connections.spawn(serve(stream, self.path.clone(), arrived.clone()))),
                    // Too many open files, for instance: it passes, and asking at once would only burn time.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        };
        let visit = tokio::select! {
            () = serving => None,
            visit = tokio::time::timeout(patience, arrivals.recv()) => visit.ok().flatten(),
        };
        let (query, page) = visit.ok_or(RedirectProblem::NobodyCame)?;
        // Nobody else is let in any more.
        drop(arrivals);
        let browser = Browser::Waiting { page, connections: connections.clone() };
        match code_in(&query, state) {
            Ok(code) => Ok((code, browser)),
            Err(problem) => {
                browser.show(Page::Failed).await;
                Err(problem)
            }
        }
    }
}

async fn serve(stream: TcpStream, path: String, arrived: mpsc::Sender<Visit>) {
    let service = service_fn(|request| {
        let (path, arrived) = (&path, &arrived);
        async move { Ok::<_, Infallible>(answer(&request, path, arrived).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_EXCHANGE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A caller that hangs up or sends nonsense is no concern of the login.
    let _ = connection.await;
}

async fn answer(request: &Request<Incoming>, path: &str, arrived: &mpsc::Sender<Visit>) -> Response<Full<Bytes>> {
    if request.method() != Method::GET || request.uri().path() != path {
        return bare(StatusCode::NOT_FOUND);
    }
    let (page, shown) = oneshot::channel();
    let query = Zeroizing::new(request.uri().query().unwrap_or_default().to_owned());
    if arrived.try_send((query, page)).is_err() {
        return bare(StatusCode::GONE);
    }
    match shown.await {
        Ok(page) => page.response(),
        Err(_) => Page::Failed.response(),
    }
}

fn bare(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
