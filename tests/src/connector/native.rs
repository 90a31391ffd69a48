//! The connector as a crate: the same code as the component's, but for the ports.

use std::time::Duration;

use advocaatcentraal_tribe::consent;
use advocaatcentraal_tribe::link::{Absence, DeadLetter, Kept, KeptId, Subject};
use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::settings::{Settings, WebhookSettings};
use advocaatcentraal_tribe::setup::{self, AcType, Finding, Probed, TribeType};
use advocaatcentraal_tribe::sync::differences::{self, Differences};
use advocaatcentraal_tribe::sync::preview::{self, Preview};
use advocaatcentraal_tribe::sync::records::{self, Explanation, RecordId, Which};
use advocaatcentraal_tribe::sync::{self, Budget, Outcome, Stop, Stopped, Trial, WhichLetters};

use super::Connector;
use crate::World;

/// The budget of the component for calls that give none.
const FOR_ONE_RECORD: Budget = Budget { time: Duration::from_secs(60), requests: 100 };

/// The settings, where work on Tribe's records may begin.
fn ready(world: &World) -> Result<Settings, Stop> {
    let settings = world.read_settings();
    setup::ready(world.ports(), &settings)?;
    Ok(settings)
}

/// The crate.
pub(super) struct Native;

impl Connector for Native {
    fn initial_sync(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        sync::initial_sync(world.ports(), &ready(world)?, budget)
    }

    fn poll(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        sync::poll(world.ports(), &ready(world)?, budget)
    }

    fn sweep(&self, world: &World, budget: Budget) -> Result<Outcome, Stopped> {
        sync::sweep(world.ports(), &ready(world)?, budget)
    }

    fn on_tribe_change(
        &self,
        world: &World,
        changes: &[TribeId],
        budget: Budget,
    ) -> Result<(Outcome, Vec<TribeId>), Stopped> {
        sync::push(world.ports(), &ready(world)?, changes, budget)
    }

    fn explain(&self, world: &World, id: &RecordId) -> Result<Explanation, Stop> {
        records::explain(world.ports(), &ready(world)?, FOR_ONE_RECORD, id).map_err(|stopped| stopped.error)
    }

    fn resync(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped> {
        records::resync(world.ports(), &ready(world)?, budget, id)
    }

    fn make_anew(&self, world: &World, id: &RecordId, budget: Budget) -> Result<Outcome, Stopped> {
        records::make_anew(world.ports(), &ready(world)?, budget, id)
    }

    fn retry_letters(&self, world: &World, which: &WhichLetters, budget: Budget) -> Result<Outcome, Stopped> {
        sync::retry_letters(world.ports(), &ready(world)?, which, budget)
    }

    fn probe(&self, world: &World) -> Result<Vec<Probed>, Stop> {
        Ok(setup::probe(world.ports(), &world.read_settings()))
    }

    fn try_dialect(&self, world: &World, id: &RecordId, even_if_changed: bool) -> Result<Trial, Stop> {
        sync::try_dialect(world.ports(), &ready(world)?, id, even_if_changed)
    }

    fn forget(&self, world: &World, id: &RecordId) -> Result<(), Stop> {
        records::forget(world.ports(), &ready(world)?, FOR_ONE_RECORD, id).map_err(|stopped| stopped.error)
    }

    fn undo(&self, world: &World, which: &Which, even_if_moved: bool, budget: Budget) -> Result<Outcome, Stopped> {
        records::undo(world.ports(), &ready(world)?, budget, which, even_if_moved)
    }

    fn release_brake(&self, world: &World, brake: Option<u64>, budget: Budget) -> Result<Outcome, Stopped> {
        sync::release_brake(world.ports(), &ready(world)?, budget, brake)
    }

    fn dead_letters(&self, world: &World) -> Result<Vec<(Subject, DeadLetter)>, Stop> {
        records::dead_letters(world.ports(), &world.read_settings())
    }

    fn not_shown(&self, world: &World) -> Result<Vec<(Subject, Absence)>, Stop> {
        records::not_shown(world.ports(), &world.read_settings())
    }

    fn kept(&self, world: &World) -> Result<Vec<(KeptId, Kept)>, Stop> {
        records::kept(world.ports(), &world.read_settings())
    }

    fn consent(&self, world: &World, code: &str, redirect_uri: &str) -> Result<(), Stop> {
        consent::give(world.ports(), &world.read_settings(), &Secret::new(code), redirect_uri)
    }

    fn check(&self, world: &World) -> Result<Vec<Finding>, Stop> {
        let webhook = WebhookSettings::read(|name| world.settings.borrow().get(name).cloned());
        setup::check(world.ports(), &world.read_settings(), webhook.ok().as_ref())
    }

    fn relation_types(&self, world: &World) -> Result<(Vec<AcType>, Vec<TribeType>), Stop> {
        setup::relation_types(world.ports(), &world.read_settings())
    }

    fn preview(&self, world: &World, budget: Budget) -> Result<Preview, Stop> {
        preview::preview(world.ports(), &ready(world)?, budget).map_err(|stopped| stopped.error)
    }

    fn differences(&self, world: &World, after: Option<&str>, budget: Budget) -> Result<Differences, Stop> {
        differences::differences(world.ports(), &world.read_settings(), budget, after)
    }
}
