#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{Read, Write};

use super::*;

const STATE: &str = "0123456789abcdef";

fn code(address: &str) -> Result<String, RedirectProblem> {
    code_in(address, STATE).map(|code| code.to_string())
}

#[test]
fn the_code_of_this_login_is_read_from_an_address_or_its_query() {
    for address in [
        "http://127.0.0.1:8086/login?code=a%2Fb&state=0123456789abcdef\n",
        "http://127.0.0.1:8086/login?state=0123456789abcdef&scope=read&code=a%2Fb",
        "code=a%2Fb&state=0123456789abcdef",
    ] {
        assert_eq!(code(address).as_deref(), Ok("a/b"));
    }
}

#[test]
fn what_is_not_this_login_brings_no_code() {
    for (address, problem) in [
        ("", RedirectProblem::NoCode),
        ("http://127.0.0.1:8086/login", RedirectProblem::NoCode),
        ("http://127.0.0.1:8086/login?code=a", RedirectProblem::NoCode),
        ("?state=0123456789abcdef&code=", RedirectProblem::NoCode),
        ("?code=a&state=0123456789abcdeF", RedirectProblem::AnotherLogin),
        ("?code=a&state=", RedirectProblem::AnotherLogin),
        ("?code=a&state=0123456789abcdef0", RedirectProblem::AnotherLogin),
        ("?error=access_denied&state=another", RedirectProblem::AnotherLogin),
        ("?error=access_denied&code=a&state=0123456789abcdef", RedirectProblem::NoConsent),
    ] {
        assert_eq!(code(address), Err(problem), "{address}");
    }
}

#[test]
fn two_states_are_never_the_same_and_long_enough_for_tribe() {
    let (one, two) = (new_state().unwrap(), new_state().unwrap());
    assert!(one != two && one.len() >= 8);
}

#[test]
fn only_this_machine_is_listened_on() {
    assert_eq!(THIS_MACHINE.parse(), Ok(RedirectUri::this_machine()));
    let local = |text: &str| text.parse::<RedirectUri>().unwrap().local.map(|address| address.to_string());
    assert_eq!(local("http://127.0.0.1:8086/login").as_deref(), Some("127.0.0.1:8086"));
    assert_eq!(local("http://localhost:9000/x").as_deref(), Some("127.0.0.1:9000"));
    assert_eq!(local("http://[::1]:9000/").as_deref(), Some("[::1]:9000"));
    for elsewhere in ["https://koppeling.example/tribe", "https://127.0.0.1/x", "http://10.0.0.1:8086/login"] {
        assert_eq!(local(elsewhere), None, "{elsewhere}");
    }
    for wrong in ["login", "/login", "http://127.0.0.1/x?y=z", "http://127.0.0.1/x#y"] {
        assert!(wrong.parse::<RedirectUri>().is_err(), "{wrong}");
    }
}

fn get(address: SocketAddr, target: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

async fn landing() -> (Landing, SocketAddr) {
    let landing = Landing::at(&"http://127.0.0.1:0/login".parse().unwrap()).await.unwrap();
    let address = landing.listener.local_addr().unwrap();
    (landing, address)
}

#[tokio::test]
async fn the_first_request_at_the_address_decides_and_the_browser_is_told_how_it_ended() {
    for (page, words) in [(Page::LoggedIn, "ingelogd"), (Page::Failed, "niet gelukt")] {
        let (landing, address) = landing().await;
        let browser = tokio::task::spawn_blocking(move || {
            assert!(get(address, "/favicon.ico").starts_with("HTTP/1.1 404"));
            get(address, "/login?code=canary&state=0123456789abcdef")
        });
        let (code, waiting) = landing.wait_for_browser(Duration::from_secs(60), STATE).await.unwrap();
        assert_eq!(code.as_str(), "canary");
        waiting.show(page).await;
        let shown = browser.await.unwrap();
        assert!(shown.contains(words) && shown.contains("no-store") && !shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn a_request_with_another_state_ends_the_login() {
    let (landing, address) = landing().await;
    let browser = tokio::task::spawn_blocking(move || get(address, "/login?code=canary&state=forged-state"));
    let problem = landing.wait_for_browser(Duration::from_secs(60), STATE).await.err();
    assert_eq!(problem, Some(RedirectProblem::AnotherLogin));
    assert!(browser.await.unwrap().contains("niet gelukt"));
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_never_comes_is_not_waited_for_for_ever() {
    let (landing, _) = landing().await;
    let problem = landing.wait_for_browser(Duration::from_secs(900), STATE).await.err();
    assert_eq!(problem, Some(RedirectProblem::NobodyCame));
}
