#![allow(clippy::unwrap_used)]

use super::*;

const NOW: Instant = Instant::from_millis(1_792_567_680_000);

fn response(status: u16, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Response { status, headers, body: b"canary".to_vec() }
}

fn sorted(status: u16, headers: &[(&str, &str)]) -> Failure {
    sort(Ok(response(status, headers)), NOW).unwrap_err()
}

fn quota_seconds(headers: &[(&str, &str)]) -> u64 {
    match sorted(429, headers) {
        Failure::Quota(wait) => wait.as_secs(),
        _ => 0,
    }
}

#[test]
fn a_success_comes_back_as_it_is() {
    for status in [200, 201, 204, 207] {
        assert_eq!(sort(Ok(response(status, &[])), NOW).unwrap().status, status);
    }
}

#[test]
fn every_other_status_says_what_can_be_done() {
    let unknown = |outage, status| Failure::Unknown(Cause { outage, status: Some(status) });
    let cases = [
        (301, Failure::Redirected),
        (302, Failure::Redirected),
        (400, Failure::Refused { status: 400, field: None }),
        (401, Failure::Credentials),
        (403, Failure::Credentials),
        (404, Failure::Gone),
        (408, unknown(Outage::TimedOut, 408)),
        (409, Failure::Changed),
        (410, Failure::Gone),
        (412, Failure::Changed),
        (413, Failure::Refused { status: 413, field: None }),
        (422, Failure::Refused { status: 422, field: None }),
        (500, unknown(Outage::ServerError, 500)),
        (502, unknown(Outage::ServerError, 502)),
        (503, unknown(Outage::AsksToWait, 503)),
        (504, unknown(Outage::ServerError, 504)),
    ];
    for (status, failure) in cases {
        assert_eq!(sorted(status, &[]), failure, "{status}");
    }
}

#[test]
fn only_a_server_that_names_a_time_certainly_did_nothing() {
    let cause = Cause { outage: Outage::AsksToWait, status: Some(503) };
    assert_eq!(sorted(503, &[("Retry-After", "5")]), Failure::Unavailable(cause));
}

#[test]
fn no_answer_says_whether_the_request_was_carried_out() {
    let none = |reason| sort(Err(reason), NOW).unwrap_err();
    assert_eq!(none(NoAnswer::NotSent(Outage::NameUnknown)), Failure::Unavailable(Outage::NameUnknown.into()));
    assert_eq!(none(NoAnswer::Lost(Outage::TimedOut)), Failure::Unknown(Outage::TimedOut.into()));
    assert_eq!(none(NoAnswer::Forbidden), Failure::Forbidden);
}

#[test]
fn a_wait_is_read_in_seconds_and_rounded_up() {
    assert_eq!(quota_seconds(&[("retry-after", "7")]), 7);
    assert_eq!(quota_seconds(&[("Retry-After", " 1.5 ")]), 2);
    assert_eq!(quota_seconds(&[("retry-after", "0")]), 0);
}

#[test]
fn f58_a_dated_wait_counts_from_the_servers_own_clock() {
    let until = ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT");
    assert_eq!(quota_seconds(&[until, ("Date", "Wed, 21 Oct 2026 07:27:50 GMT")]), 10);
    let without_date = NOW.since(Instant::from_millis(0)).unwrap();
    let until_date = http_date(until.1).unwrap().since(Instant::from_millis(0)).unwrap();
    assert_eq!(quota_seconds(&[until]), (until_date - without_date).as_secs());
}

#[test]
fn f59_a_silly_wait_is_cut_or_replaced() {
    assert_eq!(quota_seconds(&[("retry-after", "999999")]), LONGEST_WAIT.as_secs());
    assert_eq!(quota_seconds(&[("retry-after", "1e300")]), LONGEST_WAIT.as_secs());
    let far = [("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT"), ("date", "Wed, 21 Oct 2026 07:28:00 GMT")];
    assert_eq!(quota_seconds(&far), LONGEST_WAIT.as_secs());
    let default = WAIT_WITHOUT_RETRY_AFTER.as_secs();
    for silly in ["-3", "NaN", "inf", "soon", "", "Wed, 21 Oct 1999 07:28:00 GMT"] {
        assert_eq!(quota_seconds(&[("retry-after", silly)]), default, "{silly}");
    }
    assert_eq!(quota_seconds(&[]), default);
}

#[test]
fn f49_a_body_that_is_no_json_is_not_understood() {
    let page = Response { status: 200, headers: Vec::new(), body: b"<html>Onderhoud</html>".to_vec() };
    assert_eq!(json::<serde_json::Value>(&page), Err(Failure::Unusable(Outage::NoJson)));
    let empty = Response { status: 200, headers: Vec::new(), body: Vec::new() };
    assert_eq!(json::<serde_json::Value>(&empty), Err(Failure::Unusable(Outage::NoJson)));
}

#[test]
fn json_of_another_form_is_told_from_what_is_no_json_and_from_what_is_packed() {
    let read = |body: &[u8], headers: &[(&str, &str)]| {
        json::<Vec<u32>>(&Response { body: body.to_vec(), ..response(200, headers) }).unwrap_err()
    };
    assert_eq!(read(b"{}", &[]), Failure::NotUnderstood);
    assert_eq!(read(b"\x1f\x8b\x08", &[("Content-Encoding", "gzip")]), Failure::Unusable(Outage::Compressed));
    assert_eq!(read(b"<html>", &[("Content-Encoding", "identity")]), Failure::Unusable(Outage::NoJson));
    let unpacked = Response { body: b"[1]".to_vec(), ..response(200, &[("content-encoding", "gzip")]) };
    assert_eq!(json::<Vec<u32>>(&unpacked), Ok(vec![1]), "the host unpacked it");
}

#[test]
fn the_servers_clock_is_read_from_its_date() {
    let answer = response(200, &[("Date", "Thu, 01 Jan 1970 00:01:00 GMT")]);
    assert_eq!(server_time(&answer), Some(Instant::from_millis(60_000)));
    assert_eq!(server_time(&response(200, &[("date", "today")])), None);
}

#[test]
fn neither_an_answer_nor_a_failure_shows_a_body() {
    assert!(!format!("{:?}", response(200, &[("x", "canary")])).contains("canary"));
    assert!(!format!("{:?} {}", sorted(422, &[]), sorted(422, &[])).contains("canary"));
}

#[test]
fn a_body_with_bytes_that_are_no_text_is_not_understood_even_where_nobody_reads_them() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Known {
        id: u32,
    }
    let read = |body: &[u8]| json::<Known>(&Response { body: body.to_vec(), ..response(200, &[]) });
    assert_eq!(read(br#"{"id":1,"other":"x"}"#), Ok(Known { id: 1 }));
    assert_eq!(read(b"{\"id\":1,\"other\":\"\xff\"}"), Err(Failure::Unusable(Outage::NoJson)));
}
