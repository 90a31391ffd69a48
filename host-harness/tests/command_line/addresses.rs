//! Addresses that are another's: which setting has them, and what is told of it.

use super::*;

/// A server that answers everything with a page for people.
fn page(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut read = [0; 8192];
            let _ = stream.read(&mut read);
            let page = "<html>A page</html>";
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    url
}

/// The settings with another value of one of them.
pub(super) fn with(settings: &str, name: &str, value: &str) -> String {
    let lines = settings.lines().map(|line| match line.split_once(" = ") {
        Some((of, _)) if of == name => format!("{name} = \"{value}\"\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_address_of_advocaatcentraal_is_not_the_office_number_s_fault_alone() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let elsewhere = with(&stand_ins.settings(), "advocaatcentraal-url", &page("404 Not Found"));
    assert_eq!(code(&add(data, &elsewhere)), 0);
    let check = koppeling(data, &["check"]);
    assert_eq!(code(&check), 3, "{}", both(&check));
    let told = both(&check);
    let line = told.lines().find(|line| line.contains("FAILS")).unwrap();
    assert!(line.contains("settings advocaatcentraal-url and advocaatcentraal-office"), "{told}");
    assert!(line.contains("`koppeling office edit 12345 --set advocaatcentraal-url=<address>`"), "{told}");
    assert!(line.contains("or `koppeling office add`"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_address_of_tribe_or_of_its_login_is_told_by_its_setting_and_refuses_no_credentials() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    for (setting, status) in [
        ("tribe-auth-url", "404 Not Found"),
        ("tribe-auth-url", "400 Bad Request"),
        ("tribe-url", "404 Not Found"),
        ("tribe-url", "200 OK"),
    ] {
        assert_eq!(code(&add(data, &with(&stand_ins.settings(), setting, &page(status)))), 0);
        let check = koppeling(data, &["check"]);
        let told = both(&check);
        assert_eq!(code(&check), 3, "{told}");
        assert!(!told.contains("credentials are refused"), "{setting} {status}: {told}");
        let line = told.lines().find(|line| line.contains("FAILS")).unwrap();
        assert!(line.contains(&format!("`koppeling office edit 12345 --set {setting}=<address>`")), "{status}: {told}");
        let preview = koppeling(data, &["preview"]);
        assert_eq!(code(&preview), 5, "{}", both(&preview));
        assert!(both(&preview).contains(&format!("(setting {setting})")), "{status}: {}", both(&preview));
    }
}

/// Runs a command that must end by itself.
fn ends_soon(data: &Path, arguments: &[&str]) -> Output {
    let mut child = command(data, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..300 {
        if child.try_wait().unwrap().is_some() {
            return child.wait_with_output().unwrap();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    panic!("{arguments:?} goes on: {}", both(&child.wait_with_output().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_whose_address_leads_nowhere_ends_and_says_what_to_change() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    for setting in ["advocaatcentraal-url", "tribe-url", "tribe-auth-url"] {
        assert_eq!(code(&add(data, &with(&stand_ins.settings(), setting, &page("404 Not Found")))), 0);
        let sync = ends_soon(data, &["sync"]);
        assert_eq!(code(&sync), 3, "{}", both(&sync));
        let told = both(&sync);
        assert!(told.contains(&format!("`koppeling office edit 12345 --set {setting}=<address>`")), "{told}");
    }
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    assert_eq!(code(&ends_soon(data, &["sync"])), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_an_office_that_worked_is_waited_for() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let settings = stand_ins.settings();
    assert_eq!(code(&add(data, &settings)), 0);
    succeed(data, &["sync"]);
    assert_eq!(code(&add(data, &with(&settings, "advocaatcentraal-url", "http://127.0.0.1:1"))), 0);
    assert_eq!(code(&koppeling(data, &["poll"])), 5);
    let check = both(&koppeling(data, &["check"]));
    let line = check.lines().find(|line| line.contains("FAILS")).unwrap();
    assert!(line.contains("It worked at 2") && line.contains(": wait, "), "{check}");
    let status = both(&koppeling(data, &["status"]));
    assert!(!status.contains("nothing to do") && status.contains("last run: poll, later"), "{status}");
}

/// What `run` logs in its first seconds.
pub(super) fn log_of_run(data: &Path) -> String {
    let mut child = command(data, &["run", "--interval", "1s", "--listen", "127.0.0.1:0"]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(5));
    child.kill().unwrap();
    both(&child.wait_with_output().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_and_an_office_that_is_late_are_logged_when_they_begin_and_when_they_are_over() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let settings = stand_ins.settings();
    assert_eq!(code(&add(data, &settings)), 0);
    succeed(data, &["sync"]);
    succeed(data, &["poll"]);
    assert_eq!(code(&add(data, &with(&settings, "advocaatcentraal-url", "http://127.0.0.1:1"))), 0);
    std::thread::sleep(Duration::from_secs(4));
    let lines = |log: &str, level: &str, words: &str| {
        log.lines().filter(|line| line.contains(level) && line.contains(words)).count()
    };
    let log = log_of_run(data);
    assert_eq!(lines(&log, "WARN", "AdvocaatCentraal gives no usable answer; it is tried again after 2"), 1, "{log}");
    assert_eq!(lines(&log, "WARN", "no cycle came to its end"), 1, "{log}");
    assert_eq!(code(&add(data, &settings)), 0);
    let log = log_of_run(data);
    assert_eq!(lines(&log, "INFO", "AdvocaatCentraal answers again"), 1, "{log}");
    assert_eq!(lines(&log, "INFO", "cycles come to their end again"), 1, "{log}");
    assert_eq!(lines(&log, "WARN", "gives no usable answer"), 0, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_before_the_initial_sync_says_so_once_and_tells_of_a_wrong_address() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let poll = koppeling(data, &["poll"]);
    assert_eq!(code(&poll), 11, "{}", both(&poll));
    assert_eq!(both(&poll).matches("initial sync").count(), 1, "{}", both(&poll));
    assert_eq!(code(&add(data, &with(&stand_ins.settings(), "advocaatcentraal-url", &page("404 Not Found")))), 0);
    let poll = koppeling(data, &["poll"]);
    assert_eq!(code(&poll), 5, "{}", both(&poll));
    assert!(both(&poll).contains("(setting advocaatcentraal-url)"), "{}", both(&poll));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_server_says_what_to_do_and_hides_how_the_login_is() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &with(&stand_ins.settings(), "tribe-auth-url", &page("501 Not Implemented")))), 0);
    let check = both(&koppeling(data, &["check"]));
    let line = check.lines().find(|line| line.contains("FAILS")).unwrap();
    assert!(line.contains("HTTP 501") && line.contains("see whether tribe-auth-url is right"), "{check}");
    assert!(!check.contains("The connector logs in with"), "not known now: {check}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_system_that_is_silent_is_told_which_it_is() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = format!("http://{}", silent.local_addr().unwrap());
    for (real, told) in [
        (stand_ins.advocaatcentraal_url(), "Waiting for AdvocaatCentraal, which does not answer yet"),
        (stand_ins.tribe_url(), "Waiting for Tribe's login, which does not answer yet"),
    ] {
        assert_eq!(code(&add(data, &stand_ins.settings().replace(&real, &there))), 0);
        for of in ["check", "preview"] {
            let mut waits = command(data, &[of]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(waits.stderr.take().unwrap()).read_line(&mut line).unwrap();
            waits.kill().unwrap();
            waits.wait().unwrap();
            assert!(line.contains(told), "{of}: {line}");
        }
    }
}
