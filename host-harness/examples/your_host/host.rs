//! Loads the connector and calls it, slice by slice.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use koppeling_egress::{Egress, Pace, Timeouts};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Error};

use crate::imports::{self, Budget, Call, ConnectorPre, Keys, Next, Settings, Why};

/// A slice of work, and how long a call may take: the slice, and one slow request after it.
const SLICE: Budget = Budget { milliseconds: 20_000, requests: 1_000 };
const DEADLINE: Duration = Duration::from_secs(120);

/// Takes every relation of one office to Tribe.
pub async fn sync(component: &[u8], settings: &Settings, keys: &Keys) -> wasmtime::Result<()> {
    // Once: an engine whose clock lets other tasks have their turn, and the component, compiled and linked.
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let clock = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = clock.upgrade() {
            engine.increment_epoch();
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let mut linker = Linker::new(&engine);
    imports::link(&mut linker)?;
    let connector = ConnectorPre::new(linker.instantiate_pre(&Component::new(&engine, component)?)?)?;
    // One for the process, with the connections; and of it one for each office, which reaches that office's systems only.
    let egress = Egress::new(Timeouts::default(), Pace::default());
    let egress = egress.office(settings.get("advocaatcentraal-office"), settings.allowed()?);

    // Every call: a store and an instance of its own, and a deadline around both.
    loop {
        let mut store = Call::store(&engine, settings, keys, &egress);
        let call = async {
            let instance = connector.instantiate_async(&mut store).await?;
            instance.advocaatcentraal_tribe_sync_sync().call_initial_sync(&mut store, SLICE).await
        };
        let next = match tokio::time::timeout(DEADLINE, call).await?? {
            Ok(outcome) => outcome.next,
            // What was done until then is stored; it goes on at that instant, and not before.
            Err(stopped) => match stopped.error {
                Why::Unavailable(outage) => Next::NotBefore(outage.until),
                Why::Quota(pause) => Next::NotBefore(pause.until),
                // Settings and credentials go to a person: a repeated refusal locks the account. The rest is reported.
                why => return Err(Error::msg(format!("stopped: {why:?}"))),
            },
        };
        match next {
            Next::Done => return Ok(()),
            Next::Again => {}
            Next::NotBefore(instant) => sleep_until(instant).await,
            // Of a poll or a sweep alone: the office has no completed initial sync, so it was no whole cycle.
            Next::InitialSync => return Err(Error::msg("do an initial sync first")),
        }
    }
}

/// Waits for an instant of the contract: milliseconds since 1970.
async fn sleep_until(instant: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(instant).saturating_sub(now)).await;
}
