#![allow(clippy::unwrap_used, clippy::panic)]

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use koppeling_egress::Timeouts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::component::misbehaving::{self, Behaviour, Hostile};
use crate::component::{Budget, CallError, Connector, Excess, Limits, Runtime, Source};
use crate::run::{Host, HostLimits, TurnError};
use crate::settings::OfficeSettings;
use crate::store::{MasterKey, Store};

/// Calls that an office may make in a minute here.
const CALLS: u32 = 20;

/// A system that answers all, and how many requests it had.
async fn system() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, requests) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                    counted.fetch_add(1, Ordering::SeqCst);
                    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                }
            });
        }
    });
    (port, requests)
}

/// The host of one process, whose connector sends all that the office may.
async fn host(folder: &Path, key: &MasterKey, port: u16) -> Host {
    let store = Store::open(folder, key).unwrap();
    let settings = OfficeSettings::from_toml(&format!(
        "office = \"1\"\nloopback = true\nadvocaatcentraal-url = \"http://127.0.0.1:{port:05}\"\n\
         tribe-url = \"http://127.0.0.1:{port:05}\"\n\
         advocaatcentraal-key = \"k\"\ntribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n"
    ));
    store.put_office(&settings.unwrap()).await.unwrap();
    let limits = Limits { requests: CALLS, ..Limits::default() };
    let bytes = misbehaving::connector(Behaviour::Asks(Hostile::SendsInTurn(port))).into();
    let source = Source::Bytes { bytes, name: "a test's".to_owned() };
    let connector = Connector::load(&Runtime::new(limits).unwrap(), &source, None).unwrap();
    let pace = koppeling_egress::Pace::PerMinute(NonZeroU32::new(CALLS).unwrap());
    Host::new(connector, store, Egress::new(Timeouts::default(), pace), HostLimits::default())
}

async fn send_all(host: &Host) -> Result<(), TurnError> {
    let office = "1".parse().unwrap();
    let budget = Budget { milliseconds: 1_000, requests: 1_000 };
    let turn = host.turn(&office, |connector, context| async move { connector.poll(context, budget).await });
    turn.await.map(drop)
}

#[tokio::test]
async fn an_office_sends_no_more_in_a_minute_when_another_process_goes_on_with_it() {
    let (folder, key, (port, requests)) = (tempfile::tempdir().unwrap(), MasterKey::random(), system().await);
    let one = host(folder.path(), &key, port).await;
    let spent = TurnError::Call(CallError::TooMuch(Excess::Requests(CALLS)));
    assert_eq!((send_all(&one).await, requests.load(Ordering::SeqCst)), (Err(spent), CALLS as usize));
    drop(one);
    let other = host(folder.path(), &key, port).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), send_all(&other)).await.is_err(), "it waits");
    assert_eq!(requests.load(Ordering::SeqCst), CALLS as usize);
}

/// Now, as it is stored.
fn whole() -> Moment {
    let now = Moment::now();
    Moment::stored(now.start().to_owned(), now.since_start(), now.clock())
}

fn left(by: &str, at: &Moment, given_back: bool) -> Left {
    let (start, since_start, clock) = (at.start().to_owned(), at.since_start(), at.clock().as_millis());
    let note = Note { by: by.to_owned(), start, since_start, clock, tribe: vec![(9_000, 30), (2_000, 40)] };
    Left { note: serde_json::to_string(&note).unwrap(), given_back }
}

fn sent(told: &[(u64, u32)]) -> Option<Vec<Sent>> {
    Some(told.iter().map(|(ago, calls)| Sent { ago: Duration::from_secs(*ago), calls: *calls }).collect())
}

#[test]
fn what_another_process_left_grows_older_until_it_is_counted_in() {
    let then = whole();
    let later = then.clone().plus(Duration::from_secs(3));
    assert_eq!(others(&left("other", &then, true), "one", &later), sent(&[(12, 30), (5, 40)]));
    assert_eq!(others(&left("one", &then, true), "one", &later), None, "its own calls it knows");
    let nothing = Left { note: String::new(), given_back: true };
    assert_eq!(others(&nothing, "one", &then), None);
}

#[test]
fn who_gave_the_lease_not_back_counts_as_one_that_went_on_until_its_next_sign() {
    let then = whole();
    let later = then.clone().plus(Duration::from_secs(7));
    assert_eq!(others(&left("other", &then, false), "one", &later), sent(&[(16, 30), (9, 40), (2, 40)]));
    assert!(others(&left("one", &then, false), "one", &later).is_some(), "somebody may have been there since");
}

#[test]
fn a_clock_that_was_set_holds_an_office_back_for_no_longer_than_a_minute() {
    let (now, hour) = (whole(), Duration::from_secs(3_600));
    let at = |clock: Timestamp| Moment::stored("another".to_owned(), 0, clock);
    for clock in [now.clock().plus(hour), now.clock().minus(hour)] {
        let told = others(&left("other", &at(clock), true), "one", &now).unwrap();
        assert!(told.iter().all(|sent| sent.ago >= hour), "it is over: {told:?}");
    }
    // One that seems to be of now counts for a minute at most, whenever it was.
    let told = others(&left("other", &at(now.clock()), true), "one", &now);
    assert_eq!(told, sent(&[(9, 30), (2, 40)]));
}
