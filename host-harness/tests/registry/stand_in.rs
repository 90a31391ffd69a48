//! A registry of a few routes, and the ways in which one can misbehave.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Well,
    /// To those who give `robot` and `canary-password` only.
    ToRobots,
    WithHtml,
    WithStatus(u16),
    Never,
    /// Sends the manifest of something else.
    WithAnotherManifest,
    /// The connection ends in the middle of the component.
    WithHalfALayer,
    /// Half of the component, as if it were all.
    WithAShortLayer,
    /// As many bytes as the component has, one of them changed.
    WithAChangedLayer,
    WithAnEndlessLayer,
}

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

#[derive(Default)]
struct Stored {
    blobs: HashMap<String, Bytes>,
    /// By version and by digest.
    manifests: HashMap<String, Bytes>,
    authorizations: Vec<String>,
}

/// A registry on this machine; it ends when dropped.
pub(crate) struct StandIn {
    pub address: String,
    stored: Arc<Mutex<Stored>>,
    manner: Arc<Mutex<Manner>>,
    serving: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl StandIn {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stored = Arc::<Mutex<Stored>>::default();
        let manner = Arc::new(Mutex::new(Manner::Well));
        let state = (Arc::clone(&stored), Arc::clone(&manner));
        let serving = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let state = state.clone();
                let service = service_fn(move |request| {
                    let (stored, manner) = state.clone();
                    async move {
                        let manner = *manner.lock().unwrap();
                        Ok::<_, Infallible>(answer(request, &stored, manner).await)
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { address, stored, manner, serving }
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Puts a manifest there as it is, and gives its digest.
    pub(crate) fn put_manifest(&self, manifest: &str) -> String {
        let digest = digest(manifest.as_bytes());
        self.stored.lock().unwrap().manifests.insert(digest.clone(), Bytes::copy_from_slice(manifest.as_bytes()));
        digest
    }

    /// The manifest with that digest.
    pub(crate) fn manifest(&self, digest: &str) -> String {
        String::from_utf8(self.stored.lock().unwrap().manifests[digest].to_vec()).unwrap()
    }

    /// What it was shown, in the order of the requests.
    pub(crate) fn authorizations(&self) -> Vec<String> {
        self.stored.lock().unwrap().authorizations.clone()
    }
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

async fn answer(request: Request<Incoming>, stored: &Mutex<Stored>, manner: Manner) -> Response<Body> {
    let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    stored.lock().unwrap().authorizations.extend(authorization.clone());
    match manner {
        Manner::Never => std::future::pending().await,
        Manner::WithHtml => return whole(StatusCode::OK, "<html>canary: a page of a proxy</html>"),
        Manner::WithStatus(status) => return whole(StatusCode::from_u16(status).unwrap(), "canary"),
        // `robot:canary-password`
        Manner::ToRobots if authorization.as_deref() != Some("Basic cm9ib3Q6Y2FuYXJ5LXBhc3N3b3Jk") => {
            let mut refusal = whole(StatusCode::UNAUTHORIZED, "");
            refusal.headers_mut().insert("www-authenticate", "Basic realm=\"x\"".parse().unwrap());
            return refusal;
        }
        _ => {}
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().replace("%3A", ":");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut stored = stored.lock().unwrap();
    match (method, path.split('/').collect::<Vec<_>>().as_slice()) {
        (Method::GET, ["", "v2", ""]) => whole(StatusCode::OK, "{}"),
        (Method::GET, [.., "manifests", wanted]) => match stored.manifests.get(*wanted) {
            Some(_) if manner == Manner::WithAnotherManifest => whole(StatusCode::OK, r#"{"schemaVersion":2}"#),
            Some(manifest) => whole(StatusCode::OK, manifest.clone()),
            None => whole(StatusCode::NOT_FOUND, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"canary"}]}"#),
        },
        (Method::PUT, [.., "manifests", tag]) => {
            let digest = digest(&body);
            stored.manifests.insert((*tag).to_owned(), body.clone());
            stored.manifests.insert(digest.clone(), body);
            located(&format!("/v2/x/manifests/{digest}"), StatusCode::CREATED)
        }
        (Method::POST, [.., "blobs", "uploads", ""]) => located("/v2/x/blobs/uploads/1", StatusCode::ACCEPTED),
        (Method::PUT, [.., "blobs", "uploads", "1"]) => {
            let digest = digest(&body);
            assert!(query.contains(&digest), "{query} is not of what was sent");
            stored.blobs.insert(digest.clone(), body);
            located(&format!("/v2/x/blobs/{digest}"), StatusCode::CREATED)
        }
        (Method::GET, [.., "blobs", wanted]) => match stored.blobs.get(*wanted) {
            Some(blob) => layer(blob, manner),
            None => whole(StatusCode::NOT_FOUND, r#"{"errors":[{"code":"BLOB_UNKNOWN"}]}"#),
        },
        (method, _) => panic!("no route for {method} {path}"),
    }
}

fn layer(blob: &Bytes, manner: Manner) -> Response<Body> {
    let half = blob.slice(..blob.len() / 2);
    match manner {
        Manner::WithAShortLayer => whole(StatusCode::OK, half),
        Manner::WithHalfALayer => {
            let broken = std::io::Error::other("the connection ends");
            let parts = StreamBody::new(stream::iter([Ok(Frame::data(half)), Err(broken)]));
            let answer = Response::builder().header("content-length", blob.len());
            answer.body(BodyExt::boxed_unsync(parts)).unwrap()
        }
        Manner::WithAChangedLayer => {
            let mut changed = blob.to_vec();
            changed[blob.len() / 2] ^= 1;
            whole(StatusCode::OK, changed)
        }
        Manner::WithAnEndlessLayer => {
            let part = blob.clone();
            let parts = stream::repeat_with(move || Ok(Frame::data(part.clone())));
            Response::new(BodyExt::boxed_unsync(StreamBody::new(parts)))
        }
        _ => whole(StatusCode::OK, blob.clone()),
    }
}

fn whole(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(body.into()).map_err(|never| match never {});
    Response::builder().status(status).body(body.boxed_unsync()).unwrap()
}

fn located(place: &str, status: StatusCode) -> Response<Body> {
    let mut answer = whole(status, "");
    answer.headers_mut().insert("location", place.parse().unwrap());
    answer
}
