#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::advocaatcentraal::{Office, Variants, Wire};
use crate::tribe::{Character, Tenant, signature};

fn fixed_clock() -> Options {
    Options { clock: Arc::new(|| Instant::from_millis(1_772_442_005_000)), ..Options::default() }
}

async fn send(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        read.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

#[tokio::test]
async fn one_connection_carries_several_requests() {
    let ac = Arc::new(Mutex::new(AdvocaatCentraal::new(Office::default(), Variants::default())));
    let served = serve(ac, fixed_clock()).await.unwrap();
    let mut stream = TcpStream::connect(served.url().strip_prefix("http://").unwrap()).await.unwrap();
    let request = "GET /offices/12345 HTTP/1.1\r\nhost: localhost\r\nx-api-key: sandbox-key\r\n\r\n";
    for _ in 0..2 {
        let answer = send(&mut stream, request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("date: Mon, 02 Mar 2026 09:00:05 GMT"), "{answer}");
        assert!(answer.contains("Voorbeeld Advocaten"));
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_was_carried_out() {
    let tribe = Arc::new(Mutex::new(Tribe::new(Tenant::default(), Character::default())));
    let options = Options { lose_every: NonZeroU64::new(3), ..fixed_clock() };
    let served = serve(Arc::clone(&tribe), options).await.unwrap();
    let mut stream = TcpStream::connect(served.url().strip_prefix("http://").unwrap()).await.unwrap();
    let mut post = async |target: &str, head: &str, body: &str| {
        let length = body.len();
        send(
            &mut stream,
            &format!("POST {target} HTTP/1.1\r\nhost: localhost\r\n{head}content-length: {length}\r\n\r\n{body}"),
        )
        .await
    };
    let login = {
        let tenant = tribe.lock().unwrap().tenant().clone();
        let (id, secret) = (tenant.client_id, tenant.client_secret);
        format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=read%20write")
    };
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let token = post("/oauth2/token", form, &login).await;
    let token: serde_json::Value = serde_json::from_str(token.split_once("\r\n\r\n").unwrap().1).unwrap();
    let head = format!(
        "authorization: Bearer {}\r\ncontent-type: application/json\r\n",
        token["access_token"].as_str().unwrap()
    );
    let set = "/v1/odata/Relation_Organization";
    let kept = post(set, &head, "{\"Name\":\"Voorbeeld Een B.V.\"}").await;
    assert!(kept.starts_with("HTTP/1.1 201"), "{kept}");
    let lost = post(set, &head, "{\"Name\":\"Voorbeeld Twee B.V.\"}").await;
    assert!(lost.starts_with("HTTP/1.1 504"), "{lost}");
    let tribe = tribe.lock().unwrap();
    assert!(tribe.set("Relation_Organization").any(|one| one.text("Name") == "Voorbeeld Twee B.V."));
}

#[tokio::test]
async fn another_wire_is_served_too() {
    let mut ac = AdvocaatCentraal::new(Office::default(), Variants::default()).speaking(Wire::Bookkeeping);
    crate::population::seeded(1, 40).load_into(&mut ac);
    let served = serve(Arc::new(Mutex::new(ac)), fixed_clock()).await.unwrap();
    let mut stream = TcpStream::connect(served.url().strip_prefix("http://").unwrap()).await.unwrap();
    let head = "HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sandbox-key\r\n";
    let list = send(&mut stream, &format!("GET /api/v2/12345/contacts.json?per_page=2 {head}\r\n")).await;
    assert!(list.contains("link: </api/v2/12345/contacts.json?page=2&per_page=2>; rel=\"next\""), "{list}");
    let contact = "/api/v2/12345/contacts/400000000000001001.json";
    let patched =
        send(&mut stream, &format!("PATCH {contact} {head}content-length: 13\r\n\r\n{{\"phone\":\"1\"}}")).await;
    assert!(patched.contains("\"phone\":\"1\""), "{patched}");
}

#[tokio::test]
async fn a_body_in_chunks_is_refused() {
    let ac = Arc::new(Mutex::new(AdvocaatCentraal::new(Office::default(), Variants::default())));
    let served = serve(ac, fixed_clock()).await.unwrap();
    let mut stream = TcpStream::connect(served.url().strip_prefix("http://").unwrap()).await.unwrap();
    let head = "PUT /offices/12345/relaties/1 HTTP/1.1\r\nhost: localhost\r\nx-api-key: sandbox-key\r\n";
    let chunked = send(&mut stream, &format!("{head}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")).await;
    assert!(chunked.starts_with("HTTP/1.1 411"), "{chunked}");
    let whole = send(&mut stream, &format!("{head}content-length: 2\r\n\r\n{{}}")).await;
    assert!(whole.starts_with("HTTP/1.1 404"), "{whole}");
}

#[tokio::test]
async fn an_edit_of_a_user_is_delivered_signed_and_repeated_until_it_is_taken() {
    let intake = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tribe/12345", intake.local_addr().unwrap());
    let tribe = Arc::new(Mutex::new(Tribe::new(Tenant::default(), Character::default())));
    let _served = serve(Arc::clone(&tribe), fixed_clock()).await.unwrap();
    {
        let mut tribe = tribe.lock().unwrap();
        let now = Instant::from_millis(1_772_442_005_000);
        tribe.register_webhook(now, &url, "Relation.Organization", "geheim");
        tribe.add_organisation(now, "Nieuw", &json!({})).unwrap();
    }
    let mut bodies = Vec::new();
    for answer in
        ["HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"]
    {
        let (mut stream, _) = intake.accept().await.unwrap();
        let request = send(&mut stream, answer).await;
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /tribe/12345 HTTP/1.1"), "{head}");
        let signed = format!("x-tribe-signature: {}", signature("geheim", body.as_bytes()));
        assert!(head.to_lowercase().contains(&signed.to_lowercase()), "{head}");
        bodies.push(body.to_owned());
    }
    assert_eq!(bodies[0], bodies[1]);
    assert!(
        bodies[0].contains(r#""type":"EntityCreationMutation","entityType":"Relation.Organization""#),
        "{}",
        bodies[0]
    );
}

#[test]
fn nothing_is_delivered_beyond_this_machine() {
    let to = |url: &str| {
        let delivery = Delivery { at: Instant::START, url: url.to_owned(), headers: Vec::new(), body: Vec::new() };
        outgoing(&delivery).is_some()
    };
    assert!(to("http://127.0.0.1:8080/tribe/1"));
    assert!(to("http://localhost/tribe/1"));
    assert!(to("http://[::1]:8080/"));
    assert!(!to("http://192.0.2.1/"));
    assert!(!to("https://127.0.0.1/"));
    assert!(!to("http://intake.example/"));
}

#[tokio::test]
async fn a_dropped_server_is_gone() {
    let ac = Arc::new(Mutex::new(AdvocaatCentraal::new(Office::default(), Variants::default())));
    let served = serve(ac, fixed_clock()).await.unwrap();
    let address = served.url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    drop(served);
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap();
    assert!(read.is_err() || rest.is_empty());
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn many_stand_ins_behind_one_port_answer_each_below_its_own_name() {
    let named = |name: &str| {
        let office = Office { name: name.to_owned(), ..Office::default() };
        (name.to_owned(), Arc::new(Mutex::new(AdvocaatCentraal::new(office, Variants::default()))))
    };
    let served = serve_many(HashMap::from(["een", "twee"].map(named)), fixed_clock()).await.unwrap();
    let mut stream = TcpStream::connect(served.url().strip_prefix("http://").unwrap()).await.unwrap();
    for (name, expected) in [("een/", "200"), ("twee/", "200"), ("drie/", "404"), ("", "404")] {
        let request = format!("GET /{name}offices/12345 HTTP/1.1\r\nhost: localhost\r\nx-api-key: sandbox-key\r\n\r\n");
        let answer = send(&mut stream, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{name}: {answer}");
        assert_eq!(answer.contains(&format!("\"{}\"", name.trim_end_matches('/'))), expected == "200", "{answer}");
    }
}
