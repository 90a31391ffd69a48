//! The HTTP server of the pages.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use maud::Markup;
use serve::{Limits, Peer};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::address::Address;
use super::notices::{Notice, enter, notice};
use super::office_page::{Known, MOST_RUNS, office_page};
use super::offices_page::{Asked, Line, offices_page};
use super::place::Place;
use super::tries::Tries;
use super::visitor::{A_YEAR, Cookies, LANGUAGE, SESSION, Visitor};
use super::words::Language;
use crate::component::Text;
use crate::office_state::OfficeState;
use crate::run::Host;
use crate::schedule::INTERVAL;
use crate::settings::OfficeNumber;
use crate::store::{Failing, Session, Store, StoreError};
use crate::timestamp::Timestamp;

/// Connections at once: a browser has a few.
const CONNECTIONS: usize = 128;
/// The longest form, and until it is there.
const LONGEST_FORM: usize = 16 << 10;
const LONGEST_READ: Duration = Duration::from_secs(10);
/// Until the connector has given a sentence. A page does not wait for a registry.
const LONGEST_SENTENCE: Duration = Duration::from_secs(1);
/// Entries of the audit trail on a page.
const DEEDS_SHOWN: u32 = 50;

/// What every answer says to a browser: nothing of another host, no script, nobody's frame, no copy.
const PROTECTION: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Knows what the connector says about a code: the [`Host`], or a test.
pub trait Sentences: Send + Sync + 'static {
    /// In both languages; none where it has no sentence for it, or cannot be asked.
    fn sentence(&self, office: &OfficeNumber, code: &str) -> impl Future<Output = Option<Text>> + Send;
}

impl Sentences for Host {
    async fn sentence(&self, office: &OfficeNumber, code: &str) -> Option<Text> {
        let settings = self.settings(office).await.ok()?;
        let connector = self.connector_of(&settings).await.ok()?;
        connector.describe(self.keyless(&settings), code).await.ok()?
    }
}

/// What the server works with.
pub struct Pages<S> {
    sentences: S,
    store: Store,
    address: Address,
    /// The proxies whose word is taken for who asks.
    proxies: Vec<IpAddr>,
    tries: Tries,
}

impl<S: Sentences> Pages<S> {
    /// The pages of that store, found at that address.
    pub fn new(sentences: S, store: Store, address: Address, proxies: Vec<IpAddr>) -> Self {
        Self { sentences, store, address, proxies, tries: Tries::new() }
    }

    /// What is served.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(answer::<S>).with_state(self)
    }

    async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        if !self.is_for_here(&head.headers) {
            return (StatusCode::MISDIRECTED_REQUEST, "Misdirected request.\n").into_response();
        }
        let place = Place::at(head.uri.path());
        let is_read = matches!(head.method, Method::GET | Method::HEAD);
        if place == Place::Style && is_read {
            return ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response();
        }
        let (cookies, now) = (Cookies { is_secure: self.address.is_secure() }, Timestamp::now());
        let Ok(visitor) = Visitor::of(&head.headers, cookies, &self.store, now).await else {
            // Whoever it is: what is known of nobody is told in the language of the offices.
            return (StatusCode::SERVICE_UNAVAILABLE, "Nu niet beschikbaar. Not available now.\n").into_response();
        };
        let asking = Asking { pages: self, cookies, now, from: self.asks(&head.extensions, &head.headers), visitor };
        let answer = match head.method {
            Method::POST if self.is_from_here(&head.headers) => {
                asking.posted(&place, form(body).await.unwrap_or_default()).await
            }
            Method::POST => asking.tell(StatusCode::FORBIDDEN, Notice::FormOld),
            _ if is_read => asking.shown(&place, head.uri.query()).await,
            _ => asking.tell(StatusCode::METHOD_NOT_ALLOWED, Notice::Nowhere),
        };
        asking.with_visit(answer)
    }

    /// Whether it names one of our hosts: the name of somebody else's page may lead here too.
    fn is_for_here(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        hosts.next().is_none() && host.is_some_and(|host| self.address.knows_host(host))
    }

    /// Whether a browser that tells where a form stood names us. The origin is `null` in a form of our own too: our pages
    /// tell nobody where one came from.
    fn is_from_here(&self, headers: &HeaderMap) -> bool {
        let all = |name: HeaderName, is_ours: &dyn Fn(&str) -> bool| {
            headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(is_ours))
        };
        all(header::ORIGIN, &|origin| origin == "null" || self.address.knows_origin(origin))
            && all(HeaderName::from_static("sec-fetch-site"), &|site| site == "same-origin")
    }

    /// Who asks, as the network has it; of a proxy that is known to be one, as it says.
    fn asks(&self, extensions: &axum::http::Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = extensions.get::<Peer>().map_or(Ipv4Addr::UNSPECIFIED.into(), |Peer(peer)| peer.ip());
        if !self.proxies.contains(&peer.to_canonical()) {
            return peer;
        }
        let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|line| line.to_str().ok());
        let address = last.and_then(|line| line.rsplit(',').next()?.trim().parse().ok());
        address.unwrap_or(peer)
    }
}

/// One request of somebody.
struct Asking<'a, S> {
    pages: &'a Pages<S>,
    cookies: Cookies,
    now: Timestamp,
    from: IpAddr,
    visitor: Visitor,
}

impl<S: Sentences> Asking<'_, S> {
    /// What is shown of a place.
    async fn shown(&self, place: &Place, query: Option<&str>) -> Response {
        if let Place::Enter(_) = place {
            return html(StatusCode::OK, enter(&self.visitor, place));
        }
        let Some((_, session)) = &self.visitor.session else {
            return self.tell(StatusCode::FORBIDDEN, Notice::Outside);
        };
        let shown = match (place, session.whom.office()) {
            (Place::Beginning, Some(own)) => return see_other(&Place::Office(own.clone()).path()),
            (Place::Beginning, None) => self.offices(query).await.map(Some),
            (Place::Office(office), _) if session.whom.may_see(office) => self.office(office).await,
            _ => Ok(None),
        };
        match shown {
            Ok(Some(page)) => html(StatusCode::OK, page),
            Ok(None) => self.tell(StatusCode::NOT_FOUND, Notice::Nowhere),
            Err(_) => self.tell(StatusCode::SERVICE_UNAVAILABLE, Notice::Failed),
        }
    }

    /// What comes of a form that was posted to a place.
    async fn posted(&self, place: &Place, form: HashMap<String, String>) -> Response {
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if !self.visitor.is_own(given("token")) {
            return self.tell(StatusCode::FORBIDDEN, Notice::FormOld);
        }
        match (place, &self.visitor.session) {
            (Place::Language, _) => {
                let language = Language::named(given("language")).unwrap_or_default();
                let answer = see_other(&Place::at(given("to")).path());
                self.with_cookie(answer, LANGUAGE, language.code(), Some(A_YEAR))
            }
            (Place::Enter(secret), session) => self.let_in(secret, session.as_ref()).await,
            (_, None) => self.tell(StatusCode::FORBIDDEN, Notice::Outside),
            (Place::Leave, Some((secret, session))) => {
                match self.pages.store.log_out(secret, session, self.now).await {
                    Ok(()) => self.with_cookie(see_other("/"), SESSION, "", Some(0)),
                    Err(_) => self.tell(StatusCode::SERVICE_UNAVAILABLE, Notice::Failed),
                }
            }
            _ => self.tell(StatusCode::NOT_FOUND, Notice::Nowhere),
        }
    }

    async fn let_in(&self, link: &str, before: Option<&(String, Session)>) -> Response {
        if !self.pages.tries.may_try(self.from) {
            let mut answer = self.tell(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            return answer;
        }
        let before = before.map(|(secret, _)| secret.as_str());
        match self.pages.store.log_in(link, before, self.now).await {
            Ok(Some((secret, session))) => {
                self.pages.tries.succeeded(self.from);
                let lasts = session.until.since(self.now).as_secs();
                tracing::info!(
                    session = session.number,
                    office = session.whom.office().map(OfficeNumber::as_str),
                    "logged in"
                );
                self.with_cookie(see_other("/"), SESSION, secret.text(), Some(lasts))
            }
            Ok(None) => self.tell(StatusCode::FORBIDDEN, Notice::Refused),
            Err(_) => self.tell(StatusCode::SERVICE_UNAVAILABLE, Notice::Failed),
        }
    }

    async fn offices(&self, query: Option<&str>) -> Result<Markup, StoreError> {
        let store = &self.pages.store;
        let interval = store.interval().await?.unwrap_or(INTERVAL);
        let waiting: HashMap<_, _> = store.waiting().await?.into_iter().collect();
        let lines = store.summaries().await?.into_iter().map(|office| Line {
            state: OfficeState::of(&office, self.now, interval),
            waiting: waiting.get(&office.office).copied().unwrap_or_default(),
            office,
        });
        let (lines, trail) = (lines.collect::<Vec<_>>(), store.deeds(None, DEEDS_SHOWN).await?);
        Ok(offices_page(&self.visitor, &lines, &Asked::of(query), &trail, self.now))
    }

    /// None where there is no such office.
    async fn office(&self, number: &OfficeNumber) -> Result<Option<Markup>, StoreError> {
        let store = &self.pages.store;
        let Some(office) = store.summary(number).await? else { return Ok(None) };
        let interval = store.interval().await?.unwrap_or(INTERVAL);
        let waiting = store.waiting().await?.into_iter().find(|(of, _)| of == number);
        let state = OfficeState::of(&office, self.now, interval);
        let known = Known {
            why: self.why(number, state.failing.as_ref()).await,
            state,
            waiting: waiting.map(|(_, count)| count).unwrap_or_default(),
            runs: store.runs(number, MOST_RUNS).await?,
            deeds: store.deeds(Some(number), DEEDS_SHOWN).await?,
            interval,
            office,
        };
        Ok(Some(office_page(&self.visitor, &known, self.now)))
    }

    /// Why the last runs failed, in the connector's own words.
    async fn why(&self, office: &OfficeNumber, failing: Option<&Failing>) -> Option<String> {
        let code = &failing?.reason.code;
        let text = timeout(LONGEST_SENTENCE, self.pages.sentences.sentence(office, code)).await.ok()??;
        Some(match self.visitor.words.language {
            Language::Dutch => text.dutch,
            Language::English => text.english,
        })
    }

    fn tell(&self, status: StatusCode, which: Notice) -> Response {
        html(status, notice(&self.visitor, which))
    }

    fn with_cookie(&self, mut answer: Response, name: &str, value: &str, seconds: Option<u64>) -> Response {
        if let Some(cookie) = self.cookies.set(name, value, seconds) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        answer
    }

    /// With the cookie that the forms of the answer belong to, where the browser has none yet.
    fn with_visit(&self, mut answer: Response) -> Response {
        if let Some(cookie) = &self.visitor.new_visit {
            answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
        }
        answer
    }
}

async fn answer<S: Sentences>(State(pages): State<Arc<Pages<S>>>, request: Request) -> Response {
    let mut answer = pages.answer(request).await;
    for (name, value) in PROTECTION {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

fn html(status: StatusCode, page: Markup) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}

/// Sends a browser to another page of ours, by asking for it.
fn see_other(path: &str) -> Response {
    match HeaderValue::try_from(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A form that was posted; none where it is too long or too slow.
async fn form(body: Body) -> Option<HashMap<String, String>> {
    let body = timeout(LONGEST_READ, Limited::new(body, LONGEST_FORM).collect()).await.ok()?.ok()?.to_bytes();
    Some(form_urlencoded::parse(&body).into_owned().collect())
}

/// Serves until stopped; returns when the last answer was given.
pub async fn serve<S: Sentences>(listener: TcpListener, pages: Arc<Pages<S>>, stop: CancellationToken) {
    let limits = Limits { connections: CONNECTIONS, ..Limits::default() };
    serve::serve(listener, pages.router(), limits, stop).await;
}
