//! A person logs in to Tribe, from the command line.

use super::*;

/// What a browser does with the address that `koppeling` shows: Tribe's login page, and the way back.
fn browse(stand_ins: &StandIns, shown: &str) -> String {
    let target = shown.trim().strip_prefix(&stand_ins.tribe_url()).unwrap();
    let request = sandbox::Request::new("GET", target);
    let answer = stand_ins.tribe().handle(host_harness::commands::stand_ins::now(), &request);
    answer.header("location").unwrap().to_owned()
}

/// Asks the address for its page.
fn open(address: &str) -> String {
    let (authority, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {authority}\r\n\r\n").unwrap();
    std::io::read_to_string(stream).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_by_browser_or_by_hand_and_the_sync_goes_on_with_that() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let settings = format!("tribe-login = \"authorization-code\"\n{}", stand_ins.settings());
    let added = add(data, &settings);
    assert!(both(&added).contains("Next: koppeling office login 12345"), "{}", both(&added));
    let mut said = both(&added);

    let refused = koppeling(data, &["sync"]);
    assert_eq!(code(&refused), 4);
    assert!(both(&refused).contains("koppeling office login 12345"), "{}", both(&refused));
    let check = both(&koppeling(data, &["check"]));
    assert!(check.contains("Nobody has consented in Tribe yet"), "{check}");

    let login = |arguments: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_koppeling"))
            .env_remove("KOPPELING_KEY")
            .env("KOPPELING_DATA", data)
            .args(["office", "login"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut shown = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut shown).unwrap();
        (child, lines, shown)
    };
    let mut ended = |(mut child, mut lines, _): (Child, BufReader<ChildStdout>, String), expected: i32| {
        drop(child.stdin.take());
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(expected), "{rest}");
        said.push_str(&rest);
        rest
    };

    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let started = login(&["12345", "--redirect-uri", &format!("http://127.0.0.1:{port}/login")]);
    let page = open(&browse(&stand_ins, &started.2));
    assert!(page.contains("ingelogd bij Tribe"), "{page}");
    assert!(ended(started, 0).contains("Office 12345 is logged in to Tribe"));
    assert_eq!(code(&koppeling(data, &["sync"])), 0);
    assert!(stand_ins.compare().is_equal());
    let check = both(&koppeling(data, &["check"]));
    assert!(check.contains("renews it by itself"), "{check}");

    // Everything is revoked, and another person logs in at a machine without a browser.
    stand_ins.tribe().revoke_tokens();
    let polled = koppeling(data, &["poll"]);
    assert_eq!(code(&polled), 4, "{}", both(&polled));
    let mut started = login(&["--paste"]);
    let back = browse(&stand_ins, &started.2);
    writeln!(started.0.stdin.as_mut().unwrap(), "{back}").unwrap();
    ended(started, 0);
    assert_eq!(code(&koppeling(data, &["poll"])), 0);

    // The same code once more, another login's state, and nothing at all.
    for (pasted, words) in
        [(back.as_str(), "another login"), ("http://127.0.0.1:8086/login", "no code in what came back")]
    {
        let mut started = login(&["--paste"]);
        writeln!(started.0.stdin.as_mut().unwrap(), "{pasted}").unwrap();
        assert!(ended(started, 4).contains(words), "{pasted}");
    }
    let elsewhere = koppeling(data, &["office", "login", "--redirect-uri", "https://koppeling.example/tribe"]);
    assert_eq!(code(&elsewhere), 2, "{}", both(&elsewhere));
    for secret in ["sandbox-secret", "sandbox-access-", "sandbox-refresh-", "sandbox-code-"] {
        assert!(!said.contains(secret) && !both(&polled).contains(secret), "{secret} was printed");
    }
}
