//! Tokens, and the login page.

use super::*;

#[test]
fn a_token_ends_and_a_wrong_one_never_worked() {
    let mut client = Client::new(Character { token_life: Duration::from_secs(100), ..Character::default() });
    client.now = seconds(99);
    assert_eq!(client.get("Datastore_Gender").status, 200);
    client.now = seconds(100);
    assert_eq!(client.get("Datastore_Gender").status, 401);
    let anonymous = Request::new("GET", "/v1/odata/Datastore_Gender");
    assert_eq!(client.tribe.handle(NOW, &anonymous).status, 401);
    let mut request = Request::new("POST", "/oauth2/token");
    request.body = b"grant_type=client_credentials&client_id=sandbox-client&client_secret=wrong".to_vec();
    let refused = client.tribe.handle(NOW, &request);
    assert_eq!((refused.status, refused.json()["error"].clone()), (401, json!("invalid_client")));
    assert_eq!(refused.json()["status_code"], 401);
    assert_eq!(token(&mut client.tribe, NOW, "grant_type=password").json()["error"], "unsupported_grant_type");
}

#[test]
fn a_refresh_token_works_once_and_its_return_ends_the_chain() {
    let mut client = Client::new(Character::default());
    client.tribe.register_code("code-1", "https://k.example/", "read write offline");
    let exchange = "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fk.example%2F";
    let first = token(&mut client.tribe, NOW, exchange).json();
    assert_eq!(token(&mut client.tribe, NOW, exchange).json()["error"], "invalid_grant", "a code works once");
    let refresh = |client: &mut Client, old: &Value| {
        token(
            &mut client.tribe,
            NOW,
            &format!("grant_type=refresh_token&refresh_token={}", old["refresh_token"].as_str().unwrap()),
        )
    };
    let second = refresh(&mut client, &first).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    client.token = second["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.get("Datastore_Gender").status, 200);
    assert_eq!(refresh(&mut client, &first).json()["error"], "invalid_grant");
    assert_eq!(refresh(&mut client, &second).json()["error"], "invalid_grant", "the whole chain is dead");
    assert_eq!(client.get("Datastore_Gender").status, 401);
}

/// Where the login page sends the browser back to.
fn visit(client: &mut Client, redirect_uri: &str, state: &str) -> Response {
    let redirect_uri = redirect_uri.replace(':', "%3A").replace('/', "%2F");
    let target = format!(
        "/oauth2/auth?client_id=sandbox-client&response_type=code&scope=read%20offline&state={state}&redirect_uri={redirect_uri}"
    );
    client.tribe.handle(NOW, &Request::new("GET", target))
}

const HOST: &str = "https://koppeling.example/tribe";

#[test]
fn the_login_page_sends_back_a_code_or_says_why_not() {
    let mut client = Client::new(Character::default());
    let mut back = |state: &str| visit(&mut client, HOST, state).header("Location").unwrap().to_owned();
    assert!(back("long-enough").starts_with("https://koppeling.example/tribe?code="));
    assert!(back("long-enough").ends_with("&state=long-enough"));
    assert!(back("short").contains("error=invalid_state"));
    client.tribe.character_mut().consent = Consent::Denied;
    let refused = visit(&mut client, HOST, "long-enough");
    let expected = "https://koppeling.example/tribe?error=access_denied&state=long-enough";
    assert_eq!(refused.header("Location"), Some(expected));
}

#[test]
fn a_browser_is_sent_back_to_the_registered_address_and_on_loopback_to_any_port() {
    let redirect_uri = "http://127.0.0.1:8086/login".to_owned();
    let tenant = Tenant { redirect_uri, ..Tenant::default() };
    let mut client = Client::new(Character::default());
    client.tribe = Tribe::new(tenant, Character::default());
    for (address, status) in [
        ("http://127.0.0.1:8086/login", 302),
        ("http://127.0.0.1:49152/login", 302),
        ("http://127.0.0.1:8086/other", 401),
        ("http://127.0.0.1.example/login", 401),
        ("https://koppeling.example/tribe", 401),
    ] {
        assert_eq!(visit(&mut client, address, "long-enough").status, status, "{address}");
    }
}

#[test]
fn without_offline_a_consent_brings_no_refresh_token() {
    let mut client = Client::new(Character { consent: Consent::WithoutOffline, ..Character::default() });
    let back = visit(&mut client, HOST, "long-enough").header("Location").unwrap().to_owned();
    let code = back.split(['=', '&']).nth(1).unwrap();
    let exchange =
        format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fkoppeling.example%2Ftribe");
    let answer = token(&mut client.tribe, NOW, &exchange).json();
    assert_eq!((&answer["refresh_token"], &answer["scope"]), (&Value::Null, &json!("read")));
}

#[test]
fn a_refresh_ends_the_access_tokens_before_it() {
    let mut client = Client::new(Character::default());
    client.tribe.register_code("code-1", "https://k.example/", "read write offline");
    let exchange = "grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2Fk.example%2F";
    let first = token(&mut client.tribe, NOW, exchange).json();
    client.token = first["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.get("Datastore_Gender").status, 200);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", first["refresh_token"].as_str().unwrap());
    assert_eq!(token(&mut client.tribe, NOW, &refresh).status, 200);
    assert_eq!(client.get("Datastore_Gender").status, 401);
}

#[test]
fn expires_in_says_what_it_is_told_to_say() {
    for (expires_in, said) in
        [(ExpiresIn::Told, json!(3600)), (ExpiresIn::Absent, Value::Null), (ExpiresIn::Says(json!("x")), json!("x"))]
    {
        let mut tribe = Tribe::new(Tenant::default(), Character { expires_in, ..Character::default() });
        assert_eq!(token(&mut tribe, NOW, "grant_type=client_credentials").json()["expires_in"], said);
    }
}

#[test]
fn a_call_without_a_living_token_gets_the_shape_that_is_chosen() {
    for (unauthorised, status, content_type) in [
        (Unauthorised::Oauth, 401, Some("application/json")),
        (Unauthorised::Json, 401, Some("application/json;odata.metadata=minimal")),
        (Unauthorised::Html, 401, Some("text/html")),
        (Unauthorised::Empty, 401, None),
        (Unauthorised::Forbidden, 403, Some("application/json;odata.metadata=minimal")),
    ] {
        let mut tribe = Tribe::new(Tenant::default(), Character { unauthorised, ..Character::default() });
        let answer = tribe.handle(NOW, &Request::new("GET", "/v1/odata/Datastore_Gender"));
        assert_eq!((answer.status, answer.header("content-type")), (status, content_type), "{unauthorised:?}");
        assert_eq!(answer.header("www-authenticate").is_some(), unauthorised == Unauthorised::Oauth);
    }
}
