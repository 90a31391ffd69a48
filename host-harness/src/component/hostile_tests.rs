#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use koppeling_egress::{Egress, Pace, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::misbehaving::{self, Behaviour, Hostile};
use super::*;
use crate::moment::Moment;
use crate::settings::OfficeSettings;
use crate::store::{Claim, MasterKey, Store};

const BUDGET: Budget = Budget { milliseconds: 1000, requests: 10 };

/// What is reached soon, and no deadline before it.
const SMALL: Limits = Limits {
    memory: 64 << 20,
    call: Duration::from_secs(60),
    store_operation: Duration::from_secs(10),
    handles: 100,
    handed_over: 32 << 20,
    requests: 20,
    value: 128 << 10,
    stored: 1 << 20,
};

/// A host of offices that share a store and an egress, as those of a process do.
struct Stage {
    store: Store,
    egress: Egress,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
        let timeouts = Timeouts { sent: 256 << 10, ..Timeouts::default() };
        Self { store, egress: Egress::new(timeouts, Pace::Unlimited), _folder: folder }
    }

    /// What a call for that office gets, whose systems are at that port.
    async fn context(&self, office: &str, port: u16) -> CallContext {
        let settings = OfficeSettings::from_toml(&format!(
            "office = \"{office}\"\nloopback = true\nadvocaatcentraal-url = \"http://127.0.0.1:{port:05}\"\n\
             advocaatcentraal-key = \"k\"\ntribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n"
        ))
        .unwrap();
        let egress = self.egress.office(office, settings.allowed());
        let Claim::Granted(lease) = self.store.claim(&settings.office, Moment::now()).await.unwrap() else {
            panic!("nobody has it")
        };
        CallContext { config: Arc::new(settings.config()), keys: Keys::Leased(self.store.clone(), lease), egress }
    }
}

fn load(runtime: &Runtime, behaviour: Behaviour) -> Connector {
    let source = Source::Bytes { bytes: misbehaving::connector(behaviour).into(), name: "a test's".to_owned() };
    Connector::load(runtime, &source, None).unwrap()
}

/// A server that takes all in and answers what says that it did, once the head of a request is there; or never.
async fn server(answers: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                    if answers {
                        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                    }
                }
            });
        }
    });
    port
}

/// How a call ends of a connector that does so, while another office is called again and again on the same host.
async fn ends(limits: Limits, hostile: Hostile, port: u16) -> Result<(), CallError> {
    let (stage, runtime) = (Stage::new(), Runtime::new(limits).unwrap());
    let (bad, good) = (load(&runtime, Behaviour::Asks(hostile)), load(&runtime, Behaviour::Idles));
    let (one, other) = (stage.context("1", port).await, stage.context("2", port).await);
    let call = bad.poll(one, BUDGET);
    tokio::pin!(call);
    let mut answered = 0;
    let end = loop {
        tokio::select! {
            end = &mut call => break end.map(drop),
            outcome = good.poll(other.clone(), BUDGET) => {
                assert_eq!(outcome.unwrap().unwrap().next, Next::Done);
                answered += 1;
            }
        }
    };
    // It may be over before the other was done once: the host goes on in any case.
    assert_eq!(good.poll(other, BUDGET).await.unwrap().unwrap().next, Next::Done, "{answered} before");
    end
}

#[tokio::test]
async fn what_asks_for_too_much_is_stopped_at_the_limit_of_it_and_another_office_is_served() {
    let (answering, silent) = (server(true).await, server(false).await);
    for (hostile, excess) in [
        (Hostile::StoresKeys, Excess::Stored(SMALL.stored)),
        (Hostile::GrowsValue, Excess::Value(SMALL.value)),
        (Hostile::SendsInTurn(answering), Excess::Requests(SMALL.requests)),
        (Hostile::SendsAtOnce(silent), Excess::Requests(SMALL.requests)),
        (Hostile::AnswersManyNotes, Excess::HandedOver(SMALL.handed_over)),
        (Hostile::AnswersLongNote, Excess::HandedOver(SMALL.handed_over)),
        (Hostile::LeaksBuckets, Excess::Handles(SMALL.handles)),
        (Hostile::LeaksRequests, Excess::Handles(SMALL.handles)),
        (Hostile::LeaksPollables, Excess::Handles(SMALL.handles)),
    ] {
        let port = match hostile {
            Hostile::SendsInTurn(port) | Hostile::SendsAtOnce(port) => port,
            _ => 1,
        };
        let end = ends(SMALL, hostile, port).await;
        assert_eq!(end, Err(CallError::TooMuch(excess)), "{hostile:?}");
        let told = end.unwrap_err().to_string();
        assert!(told.starts_with("the connector was stopped: it ") && !told.contains('\n'), "{told}");
    }
}

#[tokio::test]
async fn requests_that_nobody_answers_are_held_by_handles() {
    let port = server(false).await;
    let limits = Limits { requests: 1_000, ..SMALL };
    let end = ends(limits, Hostile::SendsAtOnce(port), port).await;
    assert_eq!(end, Err(CallError::TooMuch(Excess::Handles(SMALL.handles))));
}

#[tokio::test]
async fn a_request_that_is_over_holds_no_handle() {
    let port = server(true).await;
    let limits = Limits { requests: 5 * SMALL.handles as u32, ..SMALL };
    let end = ends(limits, Hostile::SendsInTurn(port), port).await;
    assert_eq!(end, Err(CallError::TooMuch(Excess::Requests(limits.requests))));
}

#[tokio::test]
async fn what_waits_inside_the_host_or_reads_for_ever_is_stopped_at_the_deadline_and_another_office_is_served() {
    let limits = Limits { call: Duration::from_millis(300), ..SMALL };
    for hostile in [Hostile::Sleeps, Hostile::Reads] {
        assert_eq!(ends(limits, hostile, 1).await, Err(CallError::Deadline(limits.call)), "{hostile:?}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off_and_so_are_random_bytes() {
    let port = server(false).await;
    let end = ends(SMALL, Hostile::SendsBody(port), port).await;
    // This one panics where its stream fails.
    assert!(matches!(end, Err(CallError::Trap { kind: TrapKind::Panic, .. })), "{end:?}");
    assert_eq!(ends(SMALL, Hostile::WantsRandom, 1).await, Err(CallError::Broken));
}
