//! Traces and logs for an operator's collector, by OpenTelemetry's protocol over HTTP (OTLP).
//!
//! A trace has a span for each run of an office, for each of its slices, and for each request to a system: ids, names and
//! addresses stand in none. It is on its way in a thread of its own: a collector that is away or slow holds nothing up,
//! and what it does not take is lost.

use std::future::{Future, ready};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use koppeling_egress::TRACE;
use opentelemetry::trace::TracerProvider;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{LogExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::registry::LookupSpan;

/// How long a collector may take for one request.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the end of this process waits for it, for traces and for the log.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(1);

/// Bytes of a collector's answer.
const MOST_OF_ANSWER: usize = 64 << 10;

/// Where a collector takes traces and logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(String);

/// What is wrong with the address of a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the address of a collector that takes OTLP over plain HTTP, such as http://127.0.0.1:4318; it passes on by TLS"
)]
pub struct NotACollector;

impl FromStr for Collector {
    type Err = NotACollector;

    fn from_str(text: &str) -> Result<Self, NotACollector> {
        let address = text.trim().trim_end_matches('/');
        let uri: http::Uri = address.parse().map_err(|_| NotACollector)?;
        let has_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if uri.scheme_str() == Some("http") && has_host && uri.query().is_none() {
            Ok(Self(address.to_owned()))
        } else {
            Err(NotACollector)
        }
    }
}

/// What is sent to a collector, until it is ended.
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    logs: SdkLoggerProvider,
}

impl Telemetry {
    /// To that collector. It need not be there yet.
    pub fn to(collector: &Collector) -> Self {
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("koppeling").with_attribute(version).build();
        let client: Arc<dyn HttpClient> = Arc::new(Sender::default());
        let at = |path: &str| format!("{}/v1/{path}", collector.0);
        let traces = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(at("traces"))
            .with_timeout(PATIENCE)
            .with_shared_http_client(Arc::clone(&client))
            .build();
        let logs = LogExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(at("logs"))
            .with_timeout(PATIENCE)
            .with_shared_http_client(client)
            .build();
        let (mut tracing, mut logging) = (SdkTracerProvider::builder(), SdkLoggerProvider::builder());
        // Each has an address and a client, and fails for nothing else.
        if let (Ok(traces), Ok(logs)) = (traces, logs) {
            tracing = tracing.with_batch_exporter(traces);
            logging = logging.with_batch_exporter(logs);
        }
        let (traces, logs) = (tracing.with_resource(resource.clone()).build(), logging.with_resource(resource).build());
        Self { traces, logs }
    }

    /// What takes the spans of traces, and of the log what passes the filter.
    pub fn layer<S>(&self, log: Targets) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let spans = OpenTelemetryLayer::new(self.traces.tracer("koppeling"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|of| of.is_span() && of.target() == TRACE));
        let lines = OpenTelemetryTracingBridge::new(&self.logs).with_filter(log);
        spans.and_then(lines).boxed()
    }

    /// Sends what is left.
    pub fn end(self) {
        // Whether it arrived was told by the sender, unless the collector still lets it wait.
        let sent = [
            self.traces.shutdown_with_timeout(PATIENCE_AT_THE_END),
            self.logs.shutdown_with_timeout(PATIENCE_AT_THE_END),
        ];
        if sent.iter().any(|sent| matches!(sent, Err(OTelSdkError::Timeout(_)))) {
            tracing::warn!("the collector of --otlp does not answer; what it misses is lost");
        }
    }
}

/// Sends what was gathered, each time on a connection of its own, from the thread that gathers.
#[derive(Debug, Default)]
struct Sender {
    fails: AtomicBool,
}

impl Sender {
    fn send(request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
            let exchange = async {
                let (head, body) = client.request(request.map(Full::new)).await?.into_parts();
                let body = Limited::new(body, MOST_OF_ANSWER).collect().await?.to_bytes();
                Ok::<_, HttpError>(Response::from_parts(head, body))
            };
            tokio::time::timeout(PATIENCE, exchange).await?
        })
    }

    /// Tells once that the collector takes nothing, and once that it does again.
    fn tell(&self, is_taken: bool) {
        match (self.fails.swap(!is_taken, Ordering::Relaxed), is_taken) {
            (false, false) => tracing::warn!(
                "the collector of --otlp takes nothing: see that it runs and takes OTLP over HTTP; what it misses is lost, and \
                 the sync goes on"
            ),
            (true, true) => tracing::info!("the collector of --otlp takes traces and logs again"),
            _ => {}
        }
    }
}

impl HttpClient for Sender {
    fn send_bytes<'a, 'async_trait>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        let answer = Self::send(request);
        self.tell(answer.as_ref().is_ok_and(|answer| answer.status().is_success()));
        Box::pin(ready(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_an_address_of_plain_http() {
        let parsed = |text: &str| text.parse::<Collector>();
        assert_eq!(parsed("http://127.0.0.1:4318/"), Ok(Collector("http://127.0.0.1:4318".to_owned())));
        for wrong in
            ["https://collector.voorbeeld.example", "127.0.0.1:4318", "", "http://", "http://a:b@c", "http://a/?b"]
        {
            assert_eq!(parsed(wrong), Err(NotACollector), "{wrong}");
        }
    }
}
