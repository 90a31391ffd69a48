//! A registry of a few routes, and the ways in which one can misbehave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serve::Limits;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

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
        let router = Router::new().fallback(move |request: Request| {
            let (stored, manner) = state.clone();
            async move {
                let manner = *manner.lock().unwrap();
                answer(request, &stored, manner).await
            }
        });
        let serving = tokio::spawn(serve::serve(listener, router, Limits::default(), CancellationToken::new()));
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
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

async fn answer(request: Request, stored: &Mutex<Stored>, manner: Manner) -> Response {
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
    let body = to_bytes(request.into_body(), usize::MAX).await.unwrap();
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

fn layer(blob: &Bytes, manner: Manner) -> Response {
    let half = blob.slice(..blob.len() / 2);
    match manner {
        Manner::WithAShortLayer => whole(StatusCode::OK, half),
        Manner::WithHalfALayer => {
            let broken = std::io::Error::other("the connection ends");
            let parts = Body::from_stream(stream::iter([Ok(half), Err(broken)]));
            Response::builder().header("content-length", blob.len()).body(parts).unwrap()
        }
        Manner::WithAChangedLayer => {
            let mut changed = blob.to_vec();
            changed[blob.len() / 2] ^= 1;
            whole(StatusCode::OK, changed)
        }
        Manner::WithAnEndlessLayer => {
            let part = blob.clone();
            let parts = stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone()));
            Response::new(Body::from_stream(parts))
        }
        _ => whole(StatusCode::OK, blob.clone()),
    }
}

fn whole(status: StatusCode, body: impl Into<Bytes>) -> Response {
    Response::builder().status(status).body(Body::from(body.into())).unwrap()
}

fn located(place: &str, status: StatusCode) -> Response {
    let mut answer = whole(status, "");
    answer.headers_mut().insert("location", place.parse().unwrap());
    answer
}
