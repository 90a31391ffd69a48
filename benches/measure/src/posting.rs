//! Posts deliveries as Tribe does, and tells how soon each was accepted.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sandbox::tribe::Delivery;

use crate::Failure;

/// Whoever posts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Post(Client<HttpConnector, Full<Bytes>>);

impl Post {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// How long it took until it was accepted.
    pub(crate) async fn deliver(&self, delivery: Delivery) -> Result<Duration, Failure> {
        let mut request = http::Request::post(delivery.url);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        let began = Instant::now();
        let answer = self.0.request(request.body(Full::from(delivery.body))?).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        if status == http::StatusCode::ACCEPTED { Ok(began.elapsed()) } else { Err(status.as_str().into()) }
    }
}
