//! Traces and logs for a collector of OpenTelemetry, as one receives them.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::*;

/// The path and the body of each request.
type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A collector that keeps what it receives.
struct Received {
    address: String,
    requests: Requests,
}

impl Received {
    fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Requests::default();
        let kept = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let (mut first, mut length) = (String::new(), 0);
                stream.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                kept.lock().unwrap().push((first.split_whitespace().nth(1).unwrap().to_owned(), body));
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        });
        Self { address, requests }
    }

    fn bodies(&self, path: &str) -> Vec<Vec<u8>> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|(of, _)| of == path).map(|(_, body)| body.clone()).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let decoded = self.bodies("/v1/traces").into_iter();
        let decoded = decoded.map(|body| ExportTraceServiceRequest::decode(body.as_slice()).unwrap());
        let of_resources = decoded.flat_map(|request| request.resource_spans);
        of_resources.flat_map(|of| of.scope_spans).flat_map(|of| of.spans).collect()
    }
}

fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.clone()?.value? {
        any_value::Value::StringValue(text) => Some(text),
        any_value::Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_gets_a_trace_of_each_run_down_to_its_calls_and_the_log_and_no_id_or_name() {
    let (folder, stand_ins, collector) = (tempfile::tempdir().unwrap(), stand_ins().await, Received::begin());
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let synced = succeed(data, &["sync", "-v", "--otlp", &collector.address]);
    assert!(!both(&synced).contains("slice"), "spans are no part of the log: {}", both(&synced));

    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let (runs, slices, calls) = (named("run"), named("slice"), named("call"));
    let run = runs.first().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(text(&run.attributes, "office").as_deref(), Some("12345"));
    assert_eq!(text(&run.attributes, "work").as_deref(), Some("initial-sync"));
    assert_eq!(text(&run.attributes, "result").as_deref(), Some("done"));
    assert!(slices.iter().all(|slice| slice.parent_span_id == run.span_id), "{slices:?}");
    let is_below = |call: &Span| slices.iter().any(|slice| slice.span_id == call.parent_span_id);
    // What a command asks beside the run is no part of it.
    let of_run: Vec<_> = calls.iter().filter(|call| call.trace_id == run.trace_id).collect();
    assert!(of_run.len() > 10 && of_run.iter().all(|call| is_below(call)), "{calls:?}");
    assert!(calls.iter().all(|call| call.trace_id == run.trace_id || call.parent_span_id.is_empty()), "{calls:?}");
    for system in ["advocaatcentraal", "tribe", "tribe-login"] {
        let of = calls.iter().find(|call| text(&call.attributes, "system").as_deref() == Some(system)).unwrap();
        assert_eq!(text(&of.attributes, "http.response.status_code").as_deref(), Some("200"), "{of:?}");
        assert!(text(&of.attributes, "path.kind").is_some() && text(&of.attributes, "http.request.method").is_some());
    }

    let logs = collector.bodies("/v1/logs").into_iter();
    let logs = logs.map(|body| ExportLogsServiceRequest::decode(body.as_slice()).unwrap());
    let of_resources = logs.flat_map(|request| request.resource_logs);
    let lines: Vec<_> = of_resources.flat_map(|of| of.scope_logs).flat_map(|of| of.log_records).collect();
    let run = lines.iter().find(|line| text(&line.attributes, "work").as_deref() == Some("initial-sync")).unwrap();
    assert_eq!((run.severity_text.as_str(), text(&run.attributes, "office").as_deref()), ("INFO", Some("12345")));

    // What was sent holds no part of an address, no id of a record, no secret and nothing of a client.
    let sent = collector.requests.lock().unwrap().iter().flat_map(|(_, body)| body.clone()).collect::<Vec<_>>();
    let sent = String::from_utf8_lossy(&sent);
    for never in ["127.0.0.1", "odata", "relaties", "/v1/", "sandbox-key", "sandbox-secret"] {
        assert!(!sent.contains(never), "{never}");
    }
    let ac = stand_ins.advocaatcentraal();
    for (id, relatie) in ac.relaties() {
        for text in ["bedrijfsnaam", "naam", "email"].map(|field| relatie.current().text(field)) {
            assert!(text.len() < 6 || !sent.contains(text), "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_is_told_once_and_holds_nothing_up() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let mut sync = command(data, &["sync"]);
    let output = sync.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1").output().unwrap();
    assert_eq!(code(&output), 0, "{}", both(&output));
    assert_eq!(both(&output).matches("the collector of --otlp takes nothing").count(), 1, "{}", both(&output));
    assert!(stand_ins.compare().is_equal(), "{}", stand_ins.compare());
    let wrong = koppeling(data, &["status", "--otlp", "https://collector.voorbeeld.example"]);
    assert_eq!(code(&wrong), 2);
    assert!(both(&wrong).contains("plain HTTP"), "{}", both(&wrong));
}
