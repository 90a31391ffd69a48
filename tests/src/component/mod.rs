//! The compiled component in a world, as a host of standard WASI runs it: each call has an instance of its own, which
//! gets only the part of WASI that the contract names. A call of anything else traps.
//!
//! The world's time is the component's time, so that two runs are the same: see [`waiting`] and [`http`].

#![allow(clippy::expect_used, clippy::panic, reason = "a component that does not fit its contract fails the test")]

mod answers;
mod bindings;
mod http;
mod ports;
mod waiting;

use std::sync::OnceLock;

use advocaatcentraal_tribe::link::{Absence, DeadLetter, Kept, KeptId, Subject};
use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::setup::{AcType, Finding, Probed, TribeType};
use advocaatcentraal_tribe::sync::differences::Differences;
use advocaatcentraal_tribe::sync::preview::Preview;
use advocaatcentraal_tribe::sync::records::{Explanation, RecordId, Which};
use advocaatcentraal_tribe::sync::{Budget, Outcome, Stop, Stopped, Trial, WhichLetters};
use scoped_tls::scoped_thread_local;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component as Compiled, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};

use crate::World;
use crate::connector::Connector;
use bindings::{Connector as Instance, ConnectorPre};
use http::Exchanges;

/// The most instructions of one call: minutes of computing. A call that needs more never ends.
const FUEL: u64 = 200_000_000_000;

scoped_thread_local!(
    /// The world that the call of this thread is made in.
    static WORLD: World
);

/// Everything that one instance holds.
#[derive(Default)]
struct Call {
    table: ResourceTable,
    exchanges: Exchanges,
}

/// The component of a file, to be run in place of the one that is built into the host.
static OF_FILE: OnceLock<Vec<u8>> = OnceLock::new();

/// Runs this component in place of the one that is built into the host. Once in a process, before the first call.
pub fn run_in_place(component: Vec<u8>) {
    // A second call has no effect.
    let _ = OF_FILE.set(component);
}

/// The component, compiled once in a process.
struct Loaded {
    engine: Engine,
    ready: ConnectorPre<Call>,
}

impl Loaded {
    fn get() -> &'static Self {
        static LOADED: OnceLock<Loaded> = OnceLock::new();
        LOADED.get_or_init(|| Self::load().expect("the connector fits the contract"))
    }

    fn load() -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config.consume_fuel(true);
        let engine = Engine::new(&config)?;
        let component = Compiled::new(&engine, OF_FILE.get().map_or(host_harness::CONNECTOR, Vec::as_slice))?;
        let mut linker = Linker::new(&engine);
        waiting::add_to_linker(&mut linker)?;
        http::add_to_linker(&mut linker)?;
        bindings::wasi::clocks::wall_clock::add_to_linker::<_, HasSelf<_>>(&mut linker, |call| call)?;
        bindings::wasi::random::random::add_to_linker::<_, HasSelf<_>>(&mut linker, |call| call)?;
        bindings::wasi::keyvalue::store::add_to_linker::<_, HasSelf<_>>(&mut linker, |call| call)?;
        bindings::wasi::config::store::add_to_linker::<_, HasSelf<_>>(&mut linker, |call| call)?;
        trap_on_the_rest(&mut linker, &component)?;
        let ready = ConnectorPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine, ready })
    }
}

/// What of WASI the connector does not use traps when it is called.
fn trap_on_the_rest(linker: &mut Linker<Call>, component: &Compiled) -> wasmtime::Result<()> {
    let engine = linker.engine().clone();
    for (name, import) in component.component_type().imports(&engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else { continue };
        let mut given = linker.instance(name)?;
        for (function, export) in instance.exports(&engine) {
            if matches!(export.ty, ComponentItem::ComponentFunc(_)) {
                // An error says that it is given already.
                let _ = given.func_new(function, |_, _, _, _| Err(wasmtime::Error::msg("not for a connector")));
            }
        }
    }
    Ok(())
}

/// Calls a fresh instance in a world. A trap is a defect. A process that ended returns no answer that counts.
fn call<T>(
    world: &World,
    function: impl FnOnce(&Instance, &mut Store<Call>) -> wasmtime::Result<T>,
) -> Result<T, Stop> {
    let loaded = Loaded::get();
    let mut store = Store::new(&loaded.engine, Call::default());
    let result = WORLD.set(world, || {
        store.set_fuel(FUEL)?;
        let instance = loaded.ready.instantiate(&mut store)?;
        function(&instance, &mut store)
    });
    result.map_err(|_| if world.faults.is_dead() { Stop::Defect("the process ended") } else { Stop::Defect("trap") })
}

/// Does something in the world of this call. Traps if the process ends in it.
fn in_world<T>(act: impl FnOnce(&World) -> T) -> wasmtime::Result<T> {
    WORLD.with(|world| {
        let done = act(world);
        if world.faults.is_dead() { Err(wasmtime::Error::msg("the process ended")) } else { Ok(done) }
    })
}

/// The compiled component.
pub(crate) struct Component;

impl Connector for Component {
    fn initial_sync(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_sync().call_initial_sync(store, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn poll(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        let told =
            call(world, |instance, store| instance.advocaatcentraal_tribe_sync_sync().call_poll(store, budget.into()))?;
        told.map(Into::into).map_err(Into::into)
    }

    fn sweep(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_sync().call_sweep(store, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn on_tribe_change(
        &self,
        world: &World,
        changes: &[TribeId],
        budget: Budget,
    ) -> Result<(Outcome, Vec<TribeId>), Stopped> {
        let changes: Vec<_> = changes.iter().map(answers::change).collect();
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_sync().call_on_tribe_change(store, &changes, budget.into())
        })?;
        told.map(answers::pushed).map_err(Into::into)
    }

    fn explain(&self, world: &World, id: &RecordId) -> Result<Explanation, Stop> {
        let id = answers::record_id(id);
        let told =
            call(world, |instance, store| instance.advocaatcentraal_tribe_sync_records().call_explain(store, &id))?;
        told.map(Into::into).map_err(Into::into)
    }

    fn resync(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped> {
        let id = answers::record_id(id);
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_records().call_resync(store, &id, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn make_anew(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped> {
        let id = answers::record_id(id);
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_records().call_make_anew(store, &id, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn retry_letters(&self, world: &World, which: &WhichLetters, budget: Budget) -> Result<Outcome, Stopped> {
        let (code, field) = (which.code.as_deref(), which.field.as_deref());
        let told = call(world, |instance, store| {
            let records = instance.advocaatcentraal_tribe_sync_records();
            records.call_retry_letters(store, code, field, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn forget(&self, world: &World, id: &RecordId) -> Result<(), Stop> {
        let id = answers::record_id(id);
        call(world, |instance, store| instance.advocaatcentraal_tribe_sync_records().call_forget(store, &id))?
            .map_err(Into::into)
    }

    fn undo(&self, world: &World, which: &Which, even_if_moved: bool, budget: Budget) -> Result<Outcome, Stopped> {
        let which = answers::which(which);
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_records().call_undo(store, &which, even_if_moved, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn release_brake(&self, world: &World, brake: Option<u64>, budget: Budget) -> Result<Outcome, Stopped> {
        let brake = brake.map(|number| number.to_string());
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_sync().call_release_brake(store, brake.as_deref(), budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn dead_letters(&self, world: &World) -> Result<Vec<(Subject, DeadLetter)>, Stop> {
        let told =
            call(world, |instance, store| instance.advocaatcentraal_tribe_sync_records().call_dead_letters(store))?;
        Ok(answers::dead_letters(told.map_err(Stop::from)?))
    }

    fn not_shown(&self, world: &World) -> Result<Vec<(Subject, Absence)>, Stop> {
        let told = call(world, |instance, store| instance.advocaatcentraal_tribe_sync_records().call_not_shown(store))?;
        Ok(told.map_err(Stop::from)?.into_iter().map(answers::absence).collect())
    }

    fn kept(&self, world: &World) -> Result<Vec<(KeptId, Kept)>, Stop> {
        let told = call(world, |instance, store| instance.advocaatcentraal_tribe_sync_records().call_kept(store))?;
        Ok(told.map_err(Stop::from)?.into_iter().map(answers::kept).collect())
    }

    fn consent(&self, world: &World, code: &str, redirect_uri: &str) -> Result<(), Stop> {
        call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_setup().call_consent(store, code, redirect_uri)
        })?
        .map_err(Into::into)
    }

    fn check(&self, world: &World) -> Result<Vec<Finding>, Stop> {
        let told = call(world, |instance, store| instance.advocaatcentraal_tribe_sync_setup().call_check(store))?;
        Ok(told.map_err(Stop::from)?.into_iter().map(Into::into).collect())
    }

    fn relation_types(&self, world: &World) -> Result<(Vec<AcType>, Vec<TribeType>), Stop> {
        let told =
            call(world, |instance, store| instance.advocaatcentraal_tribe_sync_setup().call_relation_types(store))?;
        told.map(answers::relation_types).map_err(Into::into)
    }

    fn preview(&self, world: &World, budget: Budget) -> Result<Preview, Stop> {
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_setup().call_preview(store, budget.into())
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn probe(&self, world: &World) -> Result<Vec<Probed>, Stop> {
        let told = call(world, |instance, store| instance.advocaatcentraal_tribe_sync_setup().call_probe(store))?;
        Ok(told.map_err(Stop::from)?.into_iter().map(Into::into).collect())
    }

    fn try_dialect(&self, world: &World, id: &RecordId, even_if_changed: bool) -> Result<Trial, Stop> {
        let id = answers::record_id(id);
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_setup().call_try_dialect(store, &id, even_if_changed)
        })?;
        told.map(Into::into).map_err(Into::into)
    }

    fn differences(&self, world: &World, after: Option<&str>, budget: Budget) -> Result<Differences, Stop> {
        let told = call(world, |instance, store| {
            instance.advocaatcentraal_tribe_sync_differences().call_compare(store, after, budget.into())
        })?;
        told.map(answers::differences).map_err(Into::into)
    }
}
