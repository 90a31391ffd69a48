#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ::serve::Peer;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower_service::Service;

use super::*;
use crate::component::Text;
use crate::settings::{OfficeNumber, OfficeSettings};
use crate::store::{MasterKey, Store, Whom};
use crate::timestamp::Timestamp;

/// A connector without a sentence.
struct Silent;

impl Sentences for Silent {
    async fn sentence(&self, _: &OfficeNumber, _: &str) -> Option<Text> {
        None
    }
}

const HOST: &str = "127.0.0.1:8086";

struct Served {
    _folder: tempfile::TempDir,
    store: Store,
    pages: Arc<Pages<Silent>>,
}

fn served(proxies: &[&str]) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let address = Address::new(HOST.parse().unwrap(), None);
    let proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
    let pages = Arc::new(Pages::new(Silent, store.clone(), address, proxies));
    Served { _folder: folder, store, pages }
}

impl Served {
    async fn ask(&self, request: Request<Body>) -> (StatusCode, Option<String>, String) {
        let answer = Arc::clone(&self.pages).router().call(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let cookie = head.headers.get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned());
        (head.status, cookie, String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().into()).unwrap())
    }

    /// The session of an operator, as a cookie.
    async fn operator(&self) -> String {
        let (hour, now) = (Duration::from_secs(3_600), Timestamp::now());
        let link = self.store.make_login_link(Whom::Operator, hour, hour, now).await.unwrap().unwrap();
        let (secret, _) = self.store.log_in(link.text(), None, now).await.unwrap().unwrap();
        format!("koppeling={}", secret.text())
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, cookie);
        let (status, _, body) = self.ask(request.body(Body::empty()).unwrap()).await;
        (status, body)
    }

    /// Tries to enter with a wrong link from that peer, which says to ask for that one.
    async fn try_from(&self, peer: &str, forwarded: &str) -> StatusCode {
        let form = |method: &str, cookie: &str, body: String| {
            let mut request = Request::builder().method(method).uri("/enter/x");
            request = request.header(header::HOST, HOST).header(header::COOKIE, cookie);
            let mut request = request.header("x-forwarded-for", forwarded).body(Body::from(body)).unwrap();
            request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 4_000)));
            request
        };
        let (_, cookie, page) = self.ask(form("GET", "", String::new())).await;
        let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let cookie = cookie.unwrap();
        self.ask(form("POST", cookie.split(';').next().unwrap(), format!("token={token}"))).await.0
    }
}

#[tokio::test]
async fn a_proxy_says_who_asks_only_where_it_is_known_to_be_one() {
    for (proxies, of_others) in [(&["192.0.2.9"][..], StatusCode::FORBIDDEN), (&[], StatusCode::TOO_MANY_REQUESTS)] {
        let served = served(proxies);
        let mut last = StatusCode::OK;
        for _ in 0..11 {
            // Whoever asks puts what he likes in front; the proxy adds what it sees behind it.
            last = served.try_from("192.0.2.9", "203.0.113.200, 203.0.113.1").await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(served.try_from("192.0.2.9", "203.0.113.2").await, of_others, "{proxies:?}");
        assert_eq!(served.try_from("192.0.2.10", "203.0.113.1").await, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn many_offices_come_in_pages_of_a_hundred_and_are_found_by_number() {
    let served = served(&[]);
    let settings = OfficeSettings::from_toml(
        "office = \"1000\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    );
    let settings = settings.unwrap();
    let operator = served.operator().await;
    let (_, empty) = served.get("/", &operator).await;
    assert!(empty.contains("koppeling office add"), "{empty}");
    for number in 1_000..1_201 {
        let office = number.to_string().parse().unwrap();
        served.store.put_office(&OfficeSettings { office, ..settings.clone() }).await.unwrap();
    }
    let rows = |page: &str| page.matches("href=\"/office/").count();
    let (_, first) = served.get("/", &operator).await;
    assert!(rows(&first) == 100 && first.contains("Pagina 1 van 3") && first.len() < 100_000, "{}", first.len());
    let (_, third) = served.get("/?page=3", &operator).await;
    assert!(rows(&third) == 1 && third.contains("/office/1200"), "{third}");
    let (_, beyond) = served.get("/?page=99", &operator).await;
    assert_eq!(beyond, third);
    let (_, found) = served.get("/?number=117", &operator).await;
    assert!(rows(&found) == 11 && found.contains("value=\"117\""), "{found}");
    let (_, none) = served.get("/?number=%22%3E%3Cb%3E", &operator).await;
    assert!(rows(&none) == 0 && none.contains("&quot;&gt;&lt;b&gt;") && !none.contains("<b>"), "{none}");
}

/// How light a colour is, as WCAG 2.2 has it.
fn lightness(colour: &str) -> f64 {
    let part = |place: usize| {
        let value = f64::from(u8::from_str_radix(&colour[place..place + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn every_text_stands_out_from_what_lies_behind_it_in_light_and_dark() {
    let style = include_str!("style.css");
    let (light, dark) = style.split_once("@media (prefers-color-scheme: dark)").unwrap();
    for part in [light, dark.split("* {").next().unwrap()] {
        let colour =
            |name: &str| part.split(&format!("--{name}: ")).nth(1).unwrap().split(';').next().unwrap().to_owned();
        for (text, behind) in [
            ("ink", "ground"),
            ("ink", "paper"),
            ("quiet", "ground"),
            ("quiet", "paper"),
            ("accent", "ground"),
            ("accent", "paper"),
            ("alarm", "paper"),
            ("on-accent", "accent"),
        ] {
            let (one, other) = (lightness(&colour(text)) + 0.05, lightness(&colour(behind)) + 0.05);
            let contrast = one.max(other) / one.min(other);
            assert!(contrast >= 4.5, "{text} on {behind}: {contrast}");
        }
    }
    assert!(!style.contains("url(") && !style.contains("@import"), "nothing of another host");
}

#[tokio::test]
async fn a_form_that_is_too_long_or_no_form_is_no_form_of_ours() {
    let served = served(&[]);
    let operator = served.operator().await;
    for body in [vec![b'a'; 20_000], vec![0xff, 0xfe], b"token".to_vec()] {
        let request = Request::post("/leave").header(header::HOST, HOST).header(header::COOKIE, &operator);
        assert_eq!(served.ask(request.body(Body::from(body)).unwrap()).await.0, StatusCode::FORBIDDEN);
    }
    assert_eq!(served.get("/", &operator).await.0, StatusCode::OK);
    let mut two_hosts = Request::get("/").header(header::HOST, HOST).header(header::HOST, "evil.example");
    two_hosts = two_hosts.header(header::COOKIE, &operator);
    assert_eq!(served.ask(two_hosts.body(Body::empty()).unwrap()).await.0, StatusCode::MISDIRECTED_REQUEST);
}
