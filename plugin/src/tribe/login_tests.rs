#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

fn lifetime(answer: Value) -> Duration {
    serde_json::from_str::<TokenAnswer>(&answer.to_string()).unwrap().lifetime()
}

#[test]
fn whatever_expires_in_says_the_tokens_beside_it_are_read() {
    for (said, believed) in [
        (json!(3599), Duration::from_secs(3599)),
        (json!("3600"), Duration::from_secs(3600)),
        (json!(1.5), Duration::from_millis(1500)),
        (json!(0), LIFETIME_UNSAID),
        (json!(-5), LIFETIME_UNSAID),
        (json!("soon"), LIFETIME_UNSAID),
        (json!("NaN"), LIFETIME_UNSAID),
        (json!(null), LIFETIME_UNSAID),
        (json!({"seconds": 3600}), LIFETIME_UNSAID),
        (json!(u64::MAX), LONGEST_LIFETIME),
        (json!(1e300), LONGEST_LIFETIME),
    ] {
        assert_eq!(lifetime(json!({"access_token": "a", "expires_in": said})), believed, "{said}");
    }
    assert_eq!(lifetime(json!({"access_token": "a"})), LIFETIME_UNSAID);
}

#[test]
fn only_a_400_that_names_the_grant_ends_a_consent() {
    let says = |status, body: &str| names_the_grant(&Response { status, headers: Vec::new(), body: body.into() });
    assert!(says(400, r#"{"error":"invalid_grant","status_code":400}"#));
    assert!(!says(400, r#"{"error":"invalid_request"}"#));
    assert!(!says(401, r#"{"error":"invalid_client"}"#));
    assert!(!says(500, r#"{"error":"invalid_grant"}"#));
    assert!(!says(400, "<html>invalid_grant</html>"));
}

#[test]
fn only_an_error_of_oauth_is_an_answer_of_a_login() {
    let error = |body: &str| error_of(&Response { status: 400, headers: Vec::new(), body: body.into() });
    assert_eq!(error(r#"{"error":"unauthorized_client"}"#).as_deref(), Some("unauthorized_client"));
    for body in ["<html>Bad Request</html>", "", "{}", r#"{"error":404}"#, r#"["error"]"#] {
        assert_eq!(error(body), None, "{body}");
    }
}

#[test]
fn a_flow_is_found_by_its_name() {
    for flow in [Flow::ClientCredentials, Flow::AuthorizationCode] {
        assert_eq!(Flow::parse(flow.as_str()), Some(flow));
    }
    assert_eq!(Flow::parse("password"), None);
}
