use super::*;

/// `koppeling run`, and where it told that an operator's monitoring can ask.
struct Running {
    child: Child,
    status: String,
    log: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Running {
    fn start(data: &Path, listen: &str, arguments: &[&str]) -> Self {
        let arguments = [&["run", "--listen", listen], arguments].concat();
        let mut child = command(data, &arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.next().unwrap();
        let status = first.split_whitespace().find_map(|word| word.strip_prefix("status=")).unwrap().to_owned();
        let log = Some(std::thread::spawn(move || lines.collect()));
        Self { child, status, log }
    }

    /// Ends it, and gives the rest of its log.
    fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.log.take().unwrap().join().unwrap()
    }

    fn ask(&self, path: &str) -> (u16, String) {
        let mut stream = std::net::TcpStream::connect(&self.status).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// What the page says of a metric with these labels; nothing where it is not there.
    fn value(&self, name: &str) -> Option<f64> {
        let (_, page) = self.ask("/metrics");
        page.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn run_tells_metrics_without_naming_an_office_and_that_it_lives_and_is_ready() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    let running = Running::start(data, "127.0.0.1:0", &["--interval", "1s"]);
    assert_eq!(running.ask("/live").0, 200);
    assert_eq!(running.ask("/ready"), (200, "{\"ready\":true}".to_owned()));
    assert_eq!(running.ask("/health").0, 404, "that one is at the webhooks' port");
    while running.value(r#"koppeling_runs_total{work="poll",result="done"}"#) < Some(1.0) {
        std::thread::sleep(Duration::from_millis(50));
    }
    for some in [
        r#"koppeling_calls_total{system="advocaatcentraal",outcome="2xx"}"#,
        r#"koppeling_calls_total{system="tribe",outcome="2xx"}"#,
        r#"koppeling_offices{state="in-order"}"#,
        "koppeling_schedule_lag_seconds_count",
        "koppeling_guest_memory_bytes_sum",
        "koppeling_store_seconds_count",
        "koppeling_disk_free_bytes",
    ] {
        assert!(running.value(some) > Some(0.0), "{some}: {}", running.ask("/metrics").1);
    }
    let (_, page) = running.ask("/metrics");
    assert!(!page.contains("12345"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_tells_of_a_delivery_that_was_refused_until_one_is_taken() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let running = Running::start(data, &free, &["--no-schedule"]);
    let deliver = |office: &str| {
        let mut stream = std::net::TcpStream::connect(&free).unwrap();
        let body = "{\"payload\":{\"EmailAddress\":\"secret@voorbeeld.example\"}}";
        write!(
            stream,
            "POST /tribe/{office}/ HTTP/1.1\r\nhost: x\r\nx-tribe-signature: AAAA\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!((deliver("12345"), deliver("99999")), ("401".to_owned(), "401".to_owned()));
    let status = loop {
        let status = json(&koppeling(data, &["status", "12345", "--json"]))[0].clone();
        if !status["last-delivery-refused"].is_null() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status["last-delivery-refused"]["why"], "signature", "{status}");
    assert!(status["last-delivery-accepted"].is_null(), "{status}");
    // As far as is known Tribe had nothing to tell, and a stranger posts.
    assert_eq!(status["needs"], serde_json::json!(["initial-sync"]), "{status}");
    let told = both(&koppeling(data, &["status", "12345"]));
    assert!(told.contains("a delivery was REFUSED") && told.contains("--ask tribe-webhook-secret"), "{told}");
    // With another secret nothing is known of it until Tribe delivers again.
    let other = stand_ins.settings().replace("sandbox-webhook-secret", "another-secret");
    assert_eq!(code(&add(data, &other)), 0);
    let mended = json(&koppeling(data, &["status", "12345", "--json"]))[0].clone();
    assert_eq!(
        (&mended["needs"], &mended["last-delivery-refused"]),
        (&serde_json::json!(["initial-sync"]), &Value::Null)
    );
    let rest = running.end();
    assert_eq!(rest.iter().filter(|line| line.contains("were refused")).count(), 2, "{rest:?}");
    assert!(rest.iter().all(|line| !line.contains("99999") && !line.contains("voorbeeld.example")), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_lines_of_json_where_that_is_asked_for_and_rust_log_says_how_much() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let log = |level: &str, form: &[&str]| {
        let mut sync = command(data, &[&["sync"], form].concat());
        let output = sync.env("RUST_LOG", level).output().unwrap();
        assert_eq!(code(&output), 0, "{}", both(&output));
        String::from_utf8(output.stderr).unwrap()
    };
    let json = log("info", &["--log", "json"]);
    let lines: Vec<Value> = json.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let run = lines.iter().find(|line| line["message"] == "run").unwrap_or_else(|| panic!("{json}"));
    assert_eq!(
        (&run["level"], &run["office"], &run["work"]),
        (&"INFO".into(), &"12345".into(), &"initial-sync".into())
    );
    assert!(run["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{run}");
    assert!(run["milliseconds"].is_u64(), "{run}");
    assert!(log("info", &[]).contains(" INFO run office=12345"));
    assert!(!log("warn", &[]).contains("INFO"));
    assert!(log("=nonsense=", &[]).contains("RUST_LOG is not understood"));
}
