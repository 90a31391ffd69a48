//! The one place where this host accepts connections: webhooks, the login's redirect, pages, the stand-ins.
//!
//! Anyone can connect. So the number of connections is bounded, a request's head must arrive within a time, and a
//! caller that hangs up or sends nonsense ends its own connection and nothing else. `axum::serve` has none of these
//! limits; its router is served by hyper here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// After a connection could not be accepted. Too many open files, for instance: it passes, and asking at once would
/// only burn time.
const PAUSE: Duration = Duration::from_millis(50);

/// Who is at the other end of a connection: it stands in the extensions of each of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Whether a connection takes another request after the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// It does.
    Yes,
    /// It is closed after one answer.
    No,
}

/// What callers may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; more wait in the operating system's queue.
    pub connections: usize,
    /// Until the head of a request is there. A body's time is its handler's to bound.
    pub head: Duration,
    /// Whether connections are used again.
    pub keep_alive: KeepAlive,
}

impl Default for Limits {
    /// 512 connections, ten seconds, used again.
    fn default() -> Self {
        Self { connections: 512, head: Duration::from_secs(10), keep_alive: KeepAlive::Yes }
    }
}

/// Serves until stopped; returns when the last answer was given. Dropped earlier, it cuts its connections.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    // Dropped with this future, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((listener.accept().await.ok()?, place))
        };
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Some(((stream, peer), place)) => {
                connections.spawn(serve_connection(stream, Peer(peer), router.clone(), limits, stop.clone(), place));
            }
            None => tokio::time::sleep(PAUSE).await,
        }
    }
    // Whoever connects from here on is refused, and not left waiting for the last answer.
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve_connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    // Small answers must not wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .keep_alive(limits.keep_alive == KeepAlive::Yes)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // A caller that hangs up or sends nonsense is no concern of the server.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::SocketAddr;
    use std::time::Instant;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinHandle;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const SHORT: Duration = Duration::from_millis(200);

    async fn served(limits: Limits, router: Router) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let task = tokio::spawn(serve(listener, router, limits, stop.clone()));
        (address, stop, task)
    }

    fn hello() -> Router {
        Router::new().route("/", get(|| async { "hello" }))
    }

    async fn read_some(stream: &mut TcpStream) -> String {
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        String::from_utf8_lossy(bytes.get(..count).unwrap()).into_owned()
    }

    #[tokio::test]
    async fn a_connection_is_used_again_only_where_it_may() {
        for keep_alive in [KeepAlive::Yes, KeepAlive::No] {
            let (address, _stop, _task) = served(Limits { keep_alive, ..Limits::default() }, hello()).await;
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(REQUEST).await.unwrap();
            assert!(read_some(&mut stream).await.ends_with("hello"));
            let _ = stream.write_all(REQUEST).await;
            let second = stream.read(&mut [0; 1024]).await.unwrap_or(0);
            assert_eq!(second > 0, keep_alive == KeepAlive::Yes);
        }
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() {
        let (address, _stop, _task) = served(Limits { head: SHORT, ..Limits::default() }, hello()).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        let began = Instant::now();
        let _ = slow.read_to_end(&mut Vec::new()).await;
        assert!(began.elapsed() < SHORT * 20, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn one_more_than_the_limit_waits_for_its_place() {
        let (address, _stop, _task) = served(Limits { connections: 1, ..Limits::default() }, hello()).await;
        let first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        let mut bytes = [0; 1024];
        assert!(tokio::time::timeout(SHORT, second.read(&mut bytes)).await.is_err(), "it has to wait");
        drop(first);
        assert!(read_some(&mut second).await.ends_with("hello"));
    }

    #[tokio::test]
    async fn a_stop_lets_the_request_under_way_end_and_no_other_in() {
        let slow = get(|| async {
            tokio::time::sleep(SHORT).await;
            "hello"
        });
        let (address, stop, task) = served(Limits::default(), Router::new().route("/", slow)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let idle = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        tokio::time::sleep(SHORT / 4).await;
        stop.cancel();
        assert!(read_some(&mut stream).await.ends_with("hello"));
        task.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        drop(idle);
    }

    #[tokio::test]
    async fn a_request_tells_who_is_at_the_other_end() {
        let told = get(|request: axum::extract::Request| async move {
            request.extensions().get::<Peer>().map(|peer| peer.0.to_string()).unwrap_or_default()
        });
        let (address, _stop, _task) = served(Limits::default(), Router::new().route("/", told)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        assert!(read_some(&mut stream).await.ends_with(&stream.local_addr().unwrap().to_string()));
    }

    #[tokio::test]
    async fn a_server_that_is_dropped_cuts_its_connections() {
        let (address, _stop, task) = served(Limits::default(), hello()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        read_some(&mut stream).await;
        task.abort();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
    }
}
