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

#[test]
fn the_login_page_sends_back_a_code_or_says_why_not() {
    let mut client = Client::new(Character::default());
    let mut visit = |state: &str| {
        let target = format!(
            "/oauth2/auth?client_id=sandbox-client&response_type=code&scope=read%20offline&state={state}&redirect_uri=https%3A%2F%2Fkoppeling.example%2Ftribe"
        );
        client.tribe.handle(NOW, &Request::new("GET", target)).header("Location").unwrap().to_owned()
    };
    assert!(visit("long-enough").starts_with("https://koppeling.example/tribe?code="));
    assert!(visit("long-enough").ends_with("&state=long-enough"));
    assert!(visit("short").contains("error=invalid_state"));
}
