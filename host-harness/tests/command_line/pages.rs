//! The pages of `koppeling run`, as a browser without JavaScript asks for them: who gets in, what each may see, and that
//! nothing is told to anybody else.

use std::collections::BTreeMap;
use std::net::TcpStream;

use super::*;

/// `koppeling run`, and where it told that its pages are.
struct Running {
    child: Child,
    pages: String,
    log: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Running {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let arguments = [&["run", "--listen", "127.0.0.1:0", "--interval", "1h"], arguments].concat();
        let mut child = command(data, &arguments).env("RUST_LOG", "trace").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let pages = lines
            .find_map(|line| line.split_whitespace().find_map(|word| word.strip_prefix("pages=").map(str::to_owned)));
        let log = Some(std::thread::spawn(move || lines.collect()));
        Self { child, pages: pages.unwrap(), log }
    }

    fn browser(&self) -> Browser {
        Browser { at: self.pages.clone(), host: self.pages.clone(), cookies: BTreeMap::new(), extra: Vec::new() }
    }

    /// Ends it, and gives the rest of its log.
    fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
#[derive(Clone)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn token(&self) -> String {
        self.body.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

/// A browser that keeps cookies, and follows nothing by itself.
#[derive(Clone)]
struct Browser {
    at: String,
    host: String,
    cookies: BTreeMap<String, String>,
    extra: Vec<String>,
}

impl Browser {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.at).unwrap();
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let extra: String = self.extra.iter().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-length: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\n{extra}connection: close\r\n\r\n{body}",
            self.host,
            cookies.join("; "),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for set in head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// Opens a login link, and presses its button.
    fn enter(&mut self, link: &str) -> Answer {
        let token = self.get(link).token();
        self.ask("POST", link, &format!("token={token}"))
    }
}

/// The path of a link that the terminal prints.
fn link(data: &Path, arguments: &[&str]) -> String {
    let printed = succeed(data, &[&["pages", "link"], arguments].concat());
    let url = String::from_utf8(printed.stdout).unwrap();
    format!("/enter/{}", url.trim().rsplit('/').next().unwrap())
}

/// Two offices, of which the first is synced.
async fn two_offices() -> (tempfile::TempDir, StandIns) {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    assert_eq!(code(&add(folder.path(), &stand_ins.settings())), 0);
    assert_eq!(code(&add(folder.path(), &stand_ins.settings().replace("\"12345\"", "\"67890\""))), 0);
    (folder, stand_ins)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_enters_by_a_link_sees_every_office_and_leaves() {
    let (folder, _stand_ins) = two_offices().await;
    let data = folder.path();
    succeed(data, &["sync", "12345"]);
    let running = Running::start(data, &["--no-schedule"]);
    let (link, mut browser) = (link(data, &[]), running.browser());

    let before = browser.get("/");
    assert_eq!(before.status, 403);
    assert!(before.body.contains("koppeling pages link") && !before.body.contains("12345"), "{}", before.body);
    for _ in 0..3 {
        let opened = browser.get(&link);
        assert_eq!(opened.status, 200, "opening it spends nothing");
        assert!(opened.body.contains("<html lang=\"nl\">") && opened.body.contains("Inloggen"), "{}", opened.body);
    }
    let entered = browser.enter(&link);
    assert_eq!((entered.status, entered.header("location")), (303, Some("/")), "{}", entered.body);
    let cookie = entered.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("koppeling=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(cookie.contains("Path=/") && !cookie.contains("Secure"), "{cookie}");

    let offices = browser.get("/").body;
    assert!(offices.contains("href=\"/office/12345\"") && offices.contains("href=\"/office/67890\""), "{offices}");
    assert!(offices.contains("nog niet gestart"), "{offices}");
    assert!(offices.contains("beheerder (sessie "), "who did what: {offices}");
    let office = browser.get("/office/12345").body;
    assert!(office.contains("Alles loopt"), "{office}");
    assert!(office.contains("initiële synchronisatie") && office.contains("<time datetime=\""), "{office}");
    let never = browser.get("/office/67890").body;
    assert!(never.contains("De initiële synchronisatie is nog niet gestart."), "{never}");
    assert!(never.contains("<code>koppeling sync 67890</code>"), "{never}");
    assert_eq!(browser.get("/office/99999").status, 404);

    // The other language, on the same page.
    let token = browser.get("/office/12345").token();
    let switched = browser.ask("POST", "/language", &format!("token={token}&language=en&to=%2Foffice%2F12345"));
    assert_eq!((switched.status, switched.header("location")), (303, Some("/office/12345")));
    let english = browser.get("/office/12345").body;
    assert!(english.contains("<html lang=\"en\">") && english.contains("All is running."), "{english}");

    let listed = json(&succeed(data, &["pages", "sessions", "--json"]));
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["office"]), (1, &Value::Null), "{listed}");
    let stolen = browser.clone();
    let token = browser.get("/").token();
    assert_eq!(browser.ask("POST", "/leave", &format!("token={token}")).status, 303);
    for mut gone in [browser, stolen] {
        assert_eq!(gone.get("/office/12345").status, 403, "whoever has the cookie of before is out too");
    }
    assert!(both(&succeed(data, &["pages", "sessions"])).contains("Nobody is logged in"));

    let log = running.end().join("\n");
    assert!(!log.contains(link.trim_start_matches("/enter/")), "the secret of a link is in the log");
    assert!(log.contains("logged in session="), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_people_of_an_office_see_that_one_and_learn_of_no_other() {
    let (folder, _stand_ins) = two_offices().await;
    let data = folder.path();
    let running = Running::start(data, &["--no-schedule"]);
    let mut browser = running.browser();
    assert_eq!(browser.enter(&link(data, &["12345", "--for", "30d"])).status, 303);
    let home = browser.get("/");
    assert_eq!((home.status, home.header("location")), (303, Some("/office/12345")));
    let own = browser.get("/office/12345");
    assert_eq!(own.status, 200);
    assert!(!own.body.contains("koppeling sync"), "nobody of an office types commands: {}", own.body);
    assert!(own.body.contains("ingelogd") && own.body.contains("een inloglink gemaakt"), "{}", own.body);
    let (other, none) = (browser.get("/office/67890"), browser.get("/office/99999"));
    assert_eq!((other.status, none.status), (404, 404));
    assert_eq!(other.body, none.body, "an office of others is as one that does not exist");
    assert_eq!(browser.get("/nowhere").body, none.body);
    let listed = json(&succeed(data, &["pages", "sessions", "--json"]));
    assert_eq!(listed[0]["office"], "12345", "{listed}");

    assert_eq!(json(&succeed(data, &["pages", "end", "67890", "--json"]))["sessions"], 0);
    assert_eq!(browser.get("/office/12345").status, 200);
    assert_eq!(json(&succeed(data, &["pages", "end", "--json"]))["sessions"], 1);
    assert_eq!(browser.get("/office/12345").status, 403);

    // What goes with an office, and what a backup does not let in again.
    assert_eq!(browser.enter(&link(data, &["67890"])).status, 303);
    succeed(data, &["office", "remove", "67890", "--yes", "--no-export"]);
    assert_eq!(browser.get("/office/67890").status, 403);
    let mut operator = running.browser();
    assert_eq!(operator.enter(&link(data, &[])).status, 303);
    let backup = data.join("state.backup");
    succeed(data, &["backup", backup.to_str().unwrap()]);
    drop(running);
    succeed(data, &["restore", backup.to_str().unwrap(), "--replace"]);
    let running = Running::start(data, &["--no-schedule"]);
    operator.at.clone_from(&running.pages);
    operator.host.clone_from(&running.pages);
    assert_eq!(operator.get("/").status, 403);
    assert_eq!(code(&koppeling(data, &["pages", "link", "67890"])), 2, "there is no such office");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_lets_one_in_once_and_says_the_same_of_all_that_is_no_link() {
    let (folder, _stand_ins) = two_offices().await;
    let data = folder.path();
    let running = Running::start(data, &["--no-schedule"]);
    let spent = link(data, &[]);
    assert_eq!(running.browser().enter(&spent).status, 303);
    let old = link(data, &["--valid", "1ms"]);
    let mut stranger = running.browser();
    stranger.get("/");
    let wrong = format!("/enter/{}", "0".repeat(64));
    let answers = [&spent, &old, &wrong, "/enter/x"].map(|link| (stranger.get(link).status, stranger.enter(link)));
    for (opened, entered) in &answers {
        assert_eq!((*opened, entered.status), (200, 403));
        assert_eq!(entered.body, answers[0].1.body);
        assert!(entered.header("set-cookie").is_none(), "{}", entered.head);
    }
    // Of two that press at once one gets in.
    let both = link(data, &["12345"]);
    let pressed = std::thread::scope(|scope| {
        let browsers = [running.browser(), running.browser()];
        let threads = browsers.map(|mut browser| {
            let both = &both;
            scope.spawn(move || browser.enter(both).status)
        });
        let mut statuses = threads.map(|thread| thread.join().unwrap());
        statuses.sort_unstable();
        statuses
    });
    assert_eq!(pressed, [303, 403]);
    // Whoever goes on trying has to wait, and so does everybody else behind the same address.
    let tried: Vec<u16> = (0..12).map(|_| stranger.enter(&wrong).status).collect();
    assert!(tried.starts_with(&[403]) && tried.ends_with(&[429]), "{tried:?}");
    let log = running.end().join("\n");
    for secret in [&spent, &old, &both] {
        assert!(!log.contains(secret.trim_start_matches("/enter/")), "the secret of a link is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_shown_or_done_for_who_should_not_ask() {
    let (folder, _stand_ins) = two_offices().await;
    let data = folder.path();
    let running = Running::start(data, &["--no-schedule"]);
    let (mut inside, outside) = (running.browser(), running.browser());
    assert_eq!(inside.enter(&link(data, &["12345"])).status, 303);
    let (own_token, foreign_token) = (inside.get("/office/12345").token(), running.browser().get("/").token());

    // Every route without a session: one answer, which names nothing.
    for path in
        ["/", "/office/12345", "/office/67890", "/office/99999", "/leave", "/language", "/nowhere", "/?number=1"]
    {
        let answer = outside.clone().get(path);
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.body.contains("12345") && !answer.body.contains("67890"), "{path}: {}", answer.body);
    }
    // Every form without its token, with another's, and with its own token from elsewhere.
    let unspent = link(data, &["12345"]);
    for path in ["/leave", "/language", &unspent, "/office/12345", "/nowhere", "/"] {
        for body in ["", "token=", &format!("token={foreign_token}"), &format!("token={}", "0".repeat(64))] {
            assert_eq!(inside.ask("POST", path, body).status, 403, "{path} {body}");
            assert_eq!(outside.clone().ask("POST", path, body).status, 403, "{path} {body}");
        }
        for elsewhere in ["origin: http://evil.example", "sec-fetch-site: cross-site", "sec-fetch-site: same-site"] {
            let mut forged = Browser { extra: vec![elsewhere.to_owned()], ..inside.clone() };
            assert_eq!(forged.ask("POST", path, &format!("token={own_token}")).status, 403, "{path} {elsewhere}");
        }
    }
    assert_eq!(inside.get("/office/12345").status, 200, "nobody was logged out by it");
    let mut fetched = Browser {
        extra: vec!["origin: null".to_owned(), "sec-fetch-site: same-origin".to_owned()],
        ..running.browser()
    };
    assert_eq!(fetched.enter(&unspent).status, 303, "and the link was not spent");

    // Another name that leads here, on every route.
    for host in ["evil.example", "127.0.0.1", "koppeling.example", ""] {
        for path in ["/", "/office/12345", "/style.css", &unspent, "/nowhere"] {
            for method in ["GET", "POST"] {
                let mut rebound = Browser { host: host.to_owned(), ..inside.clone() };
                let answer = rebound.ask(method, path, &format!("token={own_token}"));
                assert_eq!(answer.status, 421, "{host} {method} {path}");
            }
        }
    }
    assert_eq!(inside.ask("DELETE", "/office/12345", "").status, 405);

    // What each answer says to a browser.
    for path in ["/", "/office/12345", "/style.css", "/nowhere", "/enter/x"] {
        for mut browser in [inside.clone(), outside.clone()] {
            let answer = browser.get(path);
            let policy = answer.header("content-security-policy").unwrap();
            for part in [
                "default-src 'none'",
                "style-src 'self'",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            assert!(!answer.body.contains("<script") && !answer.body.contains("style="), "{path}");
        }
    }
    // Neither of the other ports has pages, and the pages have none of theirs.
    for path in ["/health", "/metrics", "/live", "/tribe/12345"] {
        assert_eq!(inside.get(path).status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_with_tls_the_cookies_are_for_tls_and_that_host_only() {
    let (folder, _stand_ins) = two_offices().await;
    let data = folder.path();
    let url = ["--pages-url", "https://koppeling.example"];
    // A port that is taken: were it tried, that would be told.
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let everywhere = taken.local_addr().unwrap().to_string();
    let open = koppeling(data, &["run", "--listen", "127.0.0.1:0", "--pages", &everywhere]);
    assert!(code(&open) == 3 && both(&open).contains("--pages-url https://"), "{}", both(&open));
    assert_eq!(code(&koppeling(data, &["run", "--pages-url", "http://koppeling.example"])), 2);

    let printed = succeed(data, &[&["pages", "link", "12345"][..], &url].concat());
    let printed = String::from_utf8(printed.stdout).unwrap();
    let path = printed.trim().strip_prefix("https://koppeling.example").unwrap();
    let running = Running::start(data, &[&["--no-schedule"][..], &url].concat());
    let mut browser = Browser { host: "koppeling.example".to_owned(), ..running.browser() };
    browser.extra = vec!["origin: https://koppeling.example".to_owned(), "x-forwarded-for: 192.0.2.1".to_owned()];
    let entered = browser.enter(path);
    assert_eq!(entered.status, 303, "{}", entered.body);
    let cookie = entered.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-koppeling=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(browser.get("/office/12345").status, 200);
    let bare = browser.cookies.iter().map(|(name, value)| (name.replace("__Host-", ""), value.clone())).collect();
    let mut planted = Browser { cookies: bare, ..browser };
    assert_eq!(planted.get("/office/12345").status, 403, "a cookie that another host could set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_an_office_stands_still_is_told_in_the_connectors_words_and_pages_can_be_off() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    assert_eq!(code(&add(data, &stand_ins.settings().replace("\"sandbox-key\"", "\"another-key\""))), 0);
    assert_eq!(code(&koppeling(data, &["poll"])), 4);
    let running = Running::start(data, &["--no-schedule"]);
    let mut browser = running.browser();
    assert_eq!(browser.enter(&link(data, &[])).status, 303);
    let page = browser.get("/office/12345").body;
    assert!(page.contains("staat de koppeling stil: de API-sleutel wordt geweigerd."), "{page}");
    assert!(page.contains("De koppeling zegt: ") && page.contains("tabblad Kantoor"), "{page}");
    assert!(page.len() < 100_000);
    drop(running);
    assert_eq!(Running::start(data, &["--pages", "off"]).pages, "off");
    assert_eq!(code(&koppeling(data, &["pages", "link", "--pages", "off"])), 3);
}
