#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use wasmtime_wasi_http::{Error, RequestOptions, WasiHttpHooks};

use super::*;

/// A server that answers by path, and counts its connections.
async fn server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(
                TokioIo::new(stream),
                service_fn(|request: http::Request<hyper::body::Incoming>| async move {
                    match request.uri().path() {
                        "/silent" => std::future::pending::<()>().await,
                        "/large" => return Ok(http::Response::new(Full::new(Bytes::from(vec![b'x'; 4096])))),
                        _ => {}
                    }
                    Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from_static(b"hello"))))
                }),
            ));
        }
    });
    (port, connections)
}

fn office(port: u16, timeouts: Timeouts) -> OfficeEgress {
    Egress::new(timeouts, Pace::default()).office("1", allowed(port))
}

fn allowed(port: u16) -> AllowList {
    let here = Destination::parse(&format!("http://127.0.0.1:{port}"), Reach::Loopback).unwrap();
    let away = |url| Destination::parse(url, Reach::Internet).unwrap();
    AllowList {
        advocaatcentraal: here,
        tribe: away("https://api.tribe.example"),
        tribe_login: away("https://login.tribe.example"),
    }
}

async fn get(egress: &mut OfficeEgress, url: String) -> Result<Bytes, Error> {
    let request = http::Request::get(url).body(Empty::new().map_err(|never| match never {}).boxed_unsync()).unwrap();
    let sent = egress.send_request(request, Some(RequestOptions::default()), Box::new(async { Ok(()) }));
    let (response, _) = Box::into_pin(sent).await?;
    Ok(response.into_body().collect().await?.to_bytes())
}

#[tokio::test]
async fn requests_share_a_connection() {
    let (port, connections) = server().await;
    let mut egress = office(port, Timeouts::default());
    for _ in 0..5 {
        assert_eq!(get(&mut egress, format!("http://127.0.0.1:{port}/")).await.unwrap(), "hello");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn another_host_is_refused_before_anything_is_sent() {
    let (port, connections) = server().await;
    let mut egress = office(port + 1, Timeouts::default());
    let refused = get(&mut egress, format!("http://127.0.0.1:{port}/")).await;
    assert!(matches!(refused, Err(Error::HttpRequestDenied)));
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_closed_port_tells_that_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut egress = office(free, Timeouts::default());
    let refused = get(&mut egress, format!("http://127.0.0.1:{free}/")).await;
    assert!(matches!(refused, Err(Error::ConnectionRefused)), "{refused:?}");
}

#[tokio::test]
async fn whoever_watches_is_told_where_a_request_went_and_its_status_or_that_there_was_none() {
    let (port, _) = server().await;
    let egress = Egress::new(Timeouts::default(), Pace::default());
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let watching = Arc::clone(&told);
    egress.watch(move |answered| watching.lock().unwrap().push((answered.place, answered.status)));
    get(&mut egress.office("1", allowed(port)), format!("http://127.0.0.1:{port}/")).await.unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert!(get(&mut egress.office("1", allowed(free)), format!("http://127.0.0.1:{free}/")).await.is_err());
    let expected = [(Place::AdvocaatCentraal, Some(200)), (Place::AdvocaatCentraal, None)];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let (port, _) = server().await;
    let short = Duration::from_millis(50);
    let timeouts = Timeouts { connect: short, first_byte: short, ..Timeouts::default() };
    let silent = get(&mut office(port, timeouts), format!("http://127.0.0.1:{port}/silent")).await;
    assert!(matches!(silent, Err(Error::HttpResponseTimeout)), "{silent:?}");
}

#[tokio::test]
async fn what_may_no_longer_change_anything_once_there_is_a_connection_arrives_without_its_body() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let arrived = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    });
    // It may before there is a connection, and no more after that.
    let asked = AtomicUsize::new(0);
    let office = office(port, Timeouts::default());
    let mut egress = office.changing_only_while(move || asked.fetch_add(1, Ordering::SeqCst) == 0);
    let body = Full::new(Bytes::from_static(b"a new record")).map_err(|never| match never {}).boxed_unsync();
    let request = http::Request::post(format!("http://127.0.0.1:{port}/")).body(body).unwrap();
    let sent = egress.send_request(request, Some(RequestOptions::default()), Box::new(async { Ok(()) }));
    assert!(Box::into_pin(sent).await.is_err());
    drop(egress);
    assert!(!arrived.await.unwrap().contains("a new record"));
}

#[tokio::test]
async fn an_office_has_only_so_many_requests_under_way_and_one_more_leaves_when_one_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let egress = office(port, Timeouts { at_once: 3, ..Timeouts::default() });
    let asking: Vec<_> = (0..5)
        .map(|_| {
            let mut egress = egress.clone();
            tokio::spawn(async move { get(&mut egress, format!("http://127.0.0.1:{port}/")).await })
        })
        .collect();
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(listener.accept().await.unwrap());
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let more = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(more.is_err(), "a fourth has left");
    drop(silent.pop());
    silent.push(listener.accept().await.unwrap());
    // Whoever gives up gives his place up, too.
    asking.iter().for_each(tokio::task::JoinHandle::abort);
    let mut one = egress;
    let asked = tokio::spawn(async move { get(&mut one, format!("http://127.0.0.1:{port}/")).await });
    silent.push(listener.accept().await.unwrap());
    asked.abort();
}

#[tokio::test]
async fn a_request_whose_body_is_too_large_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let arrived = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        bytes.len()
    });
    let mut egress = office(port, Timeouts { sent: 1000, ..Timeouts::default() });
    let body = Full::new(Bytes::from(vec![b'x'; 4096])).map_err(|never| match never {}).boxed_unsync();
    let request = http::Request::post(format!("http://127.0.0.1:{port}/")).body(body).unwrap();
    let sent = egress.send_request(request, Some(RequestOptions::default()), Box::new(async { Ok(()) }));
    let told = Box::into_pin(sent).await;
    assert!(matches!(told, Err(Error::HttpRequestBodySize(_))), "{:?}", told.err());
    drop(egress);
    assert!(arrived.await.unwrap() < 1000);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_taken() {
    let (port, _) = server().await;
    let mut egress = office(port, Timeouts { body: 1000, ..Timeouts::default() });
    let large = get(&mut egress, format!("http://127.0.0.1:{port}/large")).await;
    assert!(matches!(large, Err(Error::HttpResponseBodySize(Some(4096)))), "{large:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_or_never_ends_is_given_up() {
    use crate::body::LimitedBody;
    use tokio::time::Instant;

    // A body that gives a byte every so often and never ends.
    struct Drip(tokio::time::Interval);
    impl hyper::body::Body for Drip {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
            self.0.poll_tick(context).map(|_| Some(Ok(hyper::body::Frame::data(Bytes::from_static(b"x")))))
        }
    }
    let read = |every: u64| async move {
        let drip = Drip(tokio::time::interval(Duration::from_secs(every)));
        let deadline = Instant::now() + Duration::from_secs(90);
        LimitedBody::new(drip, 1000, Duration::from_secs(20), deadline, None).collect().await.map(|_| ())
    };
    assert!(matches!(read(30).await, Err(Error::ConnectionReadTimeout)));
    assert!(matches!(read(10).await, Err(Error::HttpResponseTimeout)));
}
