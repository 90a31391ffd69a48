//! The browser that Tribe sends back after a login: received on a port of this machine, or told by hand.
//!
//! Anyone on this machine can call that port, and any page can send a browser there. Only the `state` that this login
//! began with makes a code its own: it is random, compared in constant time, and one request decides.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use koppeling_egress::host_of;
use serve::{KeepAlive, Limits};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use zeroize::Zeroizing;

use super::CommandError;
use super::redirect_problem::RedirectProblem;

/// Where Tribe sends the browser back to, unless it is said otherwise.
pub(super) const THIS_MACHINE: &str = "http://127.0.0.1:8086/login";
/// Random bytes of a `state`; as text twice as long, and Tribe asks for eight characters. Tribe: documented.
const STATE_BYTES: usize = 16;
/// Until the head of a request is there, and again until its answer is taken.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(10);

/// The code that a browser came back with. It is wiped when dropped.
pub(super) type Code = Zeroizing<String>;

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
        let uri: Uri = text.parse().map_err(|_| WANTED)?;
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
    Ok(hex::encode(bytes))
}

/// The code in the address that a browser ended at, or in its query alone.
pub(super) fn code_in(address: &str, state: &str) -> Result<Code, RedirectProblem> {
    let query = address.trim().split_once('?').map_or(address.trim(), |(_, query)| query);
    let value = |name: &str| {
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        Some(Zeroizing::new(value.into_owned()))
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
    fn response(self) -> Response {
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
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        ];
        (headers, page).into_response()
    }
}

/// A browser that came back.
pub(super) enum Browser {
    /// It waits for its page.
    Waiting { page: oneshot::Sender<Page>, serving: AbortOnDropHandle<()> },
    /// It is on another machine.
    Elsewhere,
}

impl Browser {
    /// Shows the page, and sees it off.
    pub(super) async fn show(self, shown: Page) {
        if let Self::Waiting { page, serving } = self {
            // A browser that went away misses its page, and nothing else.
            let _ = page.send(shown);
            let _ = tokio::time::timeout(LONGEST_EXCHANGE, serving).await;
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
        let (path, stop) = (self.path, CancellationToken::new());
        let router = Router::new().fallback(move |method: Method, uri: Uri| {
            let (path, arrived) = (path.clone(), arrived.clone());
            async move { answer(&method, &uri, &path, &arrived).await }
        });
        let limits = Limits { head: LONGEST_EXCHANGE, keep_alive: KeepAlive::No, ..Limits::default() };
        let serving = tokio::spawn(serve::serve(self.listener, router, limits, stop.clone()));
        let serving = AbortOnDropHandle::new(serving);
        let visit = tokio::time::timeout(patience, arrivals.recv()).await.ok().flatten();
        let (query, page) = visit.ok_or(RedirectProblem::NobodyCame)?;
        // Nobody else is let in any more; the browser that came keeps its connection until it has its page.
        drop(arrivals);
        stop.cancel();
        let browser = Browser::Waiting { page, serving };
        match code_in(&query, state) {
            Ok(code) => Ok((code, browser)),
            Err(problem) => {
                browser.show(Page::Failed).await;
                Err(problem)
            }
        }
    }
}

async fn answer(method: &Method, uri: &Uri, path: &str, arrived: &mpsc::Sender<Visit>) -> Response {
    if method != Method::GET || uri.path() != path {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (page, shown) = oneshot::channel();
    let query = Zeroizing::new(uri.query().unwrap_or_default().to_owned());
    if arrived.try_send((query, page)).is_err() {
        return StatusCode::GONE.into_response();
    }
    match shown.await {
        Ok(page) => page.response(),
        Err(_) => Page::Failed.response(),
    }
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
