#![allow(clippy::unwrap_used)]

use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use koppeling_egress::{AllowList, Destination, Egress, Pace, Reach, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::component::unsaved::Right;
use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::store::{Claim, Lease, MasterKey, Store, StoreError};

const MOST: u32 = 100;

/// A server that answers with what stands under a key when a request arrives. Gives its port.
async fn telling(store: Store, lease: Lease) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            let stored = store.get(&lease, "intent".to_owned()).await.unwrap().unwrap_or_default();
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", stored.len());
            stream.write_all(&[head.as_bytes(), &stored].concat()).await.unwrap();
        }
    });
    port
}

async fn stage() -> (SavedFirst, Unsaved, Store, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let office = OfficeNumber::try_from("1".to_owned()).unwrap();
    let Claim::Granted(lease) = store.claim(&office, Moment::now()).await.unwrap() else {
        unreachable!("nobody has it")
    };
    let port = telling(store.clone(), lease.clone()).await;
    let url = format!("http://127.0.0.1:{port}/");
    let egress = egress_to(&url);
    let unsaved = Unsaved::new(store.clone(), Right::Lease(lease), Duration::from_secs(10));
    let saved_first = SavedFirst::new(egress, Some(unsaved.clone()), MOST);
    (saved_first, unsaved, store, url, folder)
}

fn egress_to(url: &str) -> OfficeEgress {
    let here = || Destination::parse(url.trim_end_matches('/'), Reach::Loopback).unwrap();
    let allowed = AllowList { advocaatcentraal: here(), tribe: here(), tribe_login: here() };
    Egress::new(Timeouts::default(), Pace::Unlimited).office("1", allowed)
}

async fn ask(egress: &mut SavedFirst, url: &str) -> Result<Vec<u8>, Error> {
    send(egress, "GET", url).await
}

async fn send(egress: &mut SavedFirst, method: &str, url: &str) -> Result<Vec<u8>, Error> {
    let request = http::Request::builder().method(method).uri(url);
    let request = request.body(Empty::new().map_err(|never| match never {}).boxed_unsync()).unwrap();
    let sent = egress.send_request(request, Some(RequestOptions::default()), Box::new(async { Ok(()) }));
    let (response, _) = Box::into_pin(sent).await?;
    Ok(response.into_body().collect().await?.to_bytes().to_vec())
}

#[tokio::test]
async fn when_a_request_arrives_all_that_was_written_before_it_is_durable() {
    let (mut egress, unsaved, _, url, _folder) = stage().await;
    assert_eq!(ask(&mut egress, &url).await.unwrap(), b"");
    for text in ["first", "second"] {
        unsaved.write("intent".to_owned(), Some(text.as_bytes().to_vec())).await.unwrap();
        assert_eq!(ask(&mut egress, &url).await.unwrap(), text.as_bytes());
    }
}

#[tokio::test]
async fn a_request_whose_writes_cannot_be_stored_does_not_leave() {
    let (mut egress, unsaved, store, url, _folder) = stage().await;
    unsaved.write("intent".to_owned(), Some(b"late".to_vec())).await.unwrap();
    let office = OfficeNumber::try_from("1".to_owned()).unwrap();
    store.claim(&office, Moment::now().plus(Duration::from_secs(60))).await.unwrap();
    assert!(matches!(ask(&mut egress, &url).await, Err(Error::DestinationUnavailable)));
}

#[tokio::test]
async fn once_the_office_was_taken_over_nothing_that_changes_a_system_leaves_though_nothing_was_written() {
    let (mut egress, unsaved, store, url, _folder) = stage().await;
    assert!(send(&mut egress, "POST", &url).await.is_ok());
    let office = OfficeNumber::try_from("1".to_owned()).unwrap();
    store.claim(&office, Moment::now().plus(Duration::from_secs(60))).await.unwrap();
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        assert!(matches!(send(&mut egress, method, &url).await, Err(Error::DestinationUnavailable)), "{method}");
    }
    assert!(unsaved.get("k".to_owned()).await.is_err(), "the call ends with its next operation on the keys");
}

#[tokio::test]
async fn a_call_that_only_reads_writes_nothing_and_changes_nothing() {
    let (_, _, store, url, _folder) = stage().await;
    let office = OfficeNumber::try_from("1".to_owned()).unwrap();
    let reading = || {
        let unsaved = Unsaved::new(store.clone(), Right::Reading(office.clone()), Duration::from_secs(10));
        (SavedFirst::new(egress_to(&url), Some(unsaved.clone()), MOST), unsaved)
    };
    let (mut egress, unsaved) = reading();
    assert!(ask(&mut egress, &url).await.is_ok());
    assert_eq!(unsaved.write("k".to_owned(), None).await, Err(StoreError::NoLease));
    assert_eq!(unsaved.save().await, Err(StoreError::NoLease), "the call's answer is not believed");
    // A login may be good once only: it waits for the lease.
    let (mut egress, unsaved) = reading();
    assert!(send(&mut egress, "POST", &url).await.is_err());
    assert_eq!(unsaved.save().await, Err(StoreError::NoLease));
}
