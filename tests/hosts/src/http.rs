//! Requests of a caller's.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::Failed;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Sends a request without a body; with a token, where one is given.
pub(crate) async fn send(method: &str, url: &str, token: Option<&str>) -> Result<Answer, Failed> {
    let broken = |reason: String| Failed::because(format!("{method} {url}: {reason}"));
    let mut request = hyper::Request::builder().method(method).uri(url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Full::<Bytes>::default()).map_err(|error| broken(error.to_string()))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| broken(error.to_string()))?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.map_err(|error| broken(error.to_string()))?;
    let body = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
    Ok(Answer { status, body })
}
