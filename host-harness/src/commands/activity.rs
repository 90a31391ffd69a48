//! `koppeling office pause`, `resume` and `deactivate`: whether an office is worked for, as a person wants it.

use clap::Args;
use serde_json::json;

use super::screen::Screen;
use super::webhooks::Outside;
use super::{CommandError, Exit, Global, OneOffice};
use crate::settings::OfficeNumber;
use crate::store::{Direction, Store, Wanted};
use crate::timestamp::Timestamp;

/// What is stopped for a while.
#[derive(Args)]
pub(super) struct Pause {
    #[command(flatten)]
    of: OneOffice,
    /// Nothing goes in this direction; the other one goes on
    #[arg(long)]
    direction: Option<Direction>,
}

/// Stops work for an office for a while, or one direction of it.
pub(super) async fn pause(global: &Global, pause: &Pause, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let office = pause.of.find(&store).await?;
    let told = match (store.activity(&office).await?.wanted(), pause.direction) {
        (Wanted::DirectionPaused(paused), Some(direction)) if paused == direction => {
            format!("That direction was paused already. Next: koppeling office resume {office}")
        }
        (Wanted::Active | Wanted::DirectionPaused(_), Some(direction)) => {
            put(&store, &office, Wanted::DirectionPaused(direction)).await?;
            let (system, other) = (direction.system(), direction.other().system());
            format!(
                "Nothing goes to {system} for office {office} until `koppeling office resume {office}`; to {other} all goes \
                 on. What waits is found when it is resumed. A running koppeling ends the step that it is in."
            )
        }
        (Wanted::Paused, Some(_)) => format!(
            "Office {office} is paused in both directions, and stays so. Next: koppeling office resume {office}, and then \
             the direction"
        ),
        (Wanted::Active | Wanted::DirectionPaused(_), None) => {
            put(&store, &office, Wanted::Paused).await?;
            format!(
                "Office {office} is paused: no cycle, no sweep and no push until `koppeling office resume {office}`. A \
                 running koppeling ends the step that it is in. Webhooks are taken and kept."
            )
        }
        (Wanted::Paused, None) => format!("Office {office} was paused already. Next: koppeling office resume {office}"),
        (Wanted::Deactivated, _) => {
            format!("Office {office} is deactivated, and stays so. Next: koppeling office resume {office}")
        }
    };
    tell(global, &store, &office, &told, screen).await
}

/// Lets an office go on that was paused or deactivated.
pub(super) async fn resume(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let office = of.find(&store).await?;
    let before = store.activity(&office).await?.wanted();
    if before != Wanted::Active {
        put(&store, &office, Wanted::Active).await?;
    }
    let told = match before {
        Wanted::Active => {
            format!("Office {office} was neither paused nor deactivated. Next: koppeling status {office}")
        }
        Wanted::DirectionPaused(direction) => format!(
            "What changed meanwhile goes to {} again: the next cycle compares every linked record. Next: koppeling status \
             {office}",
            direction.system()
        ),
        Wanted::Paused => format!(
            "Office {office} goes on: a running koppeling begins within 15 seconds, with the edits that were kept. Next: \
             koppeling status {office}"
        ),
        Wanted::Deactivated => format!(
            "Office {office} goes on, without webhooks: they must be registered again. Next: koppeling webhooks register \
             {office} --url <address>"
        ),
    };
    tell(global, &store, &office, &told, screen).await
}

/// Which office is stopped for good.
#[derive(Args)]
pub(super) struct Deactivate {
    /// The office's number
    office: OfficeNumber,
    #[command(flatten)]
    outside: Outside,
}

/// Stops work for an office for good, and keeps all that is known of it.
pub(super) async fn deactivate(global: &Global, of: &Deactivate, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let office = OneOffice { office: Some(of.office.clone()) }.find(&store).await?;
    if store.activity(&office).await?.wanted() != Wanted::Deactivated {
        put(&store, &office, Wanted::Deactivated).await?;
    }
    let webhooks = of.outside.remove(global, &office, screen).await;
    if global.json {
        let activity = store.activity(&office).await?;
        screen.json(&json!({
            "office": office, "activity": activity.wanted(), "since": activity.since(), "webhooks": webhooks.to_json(),
        }));
        return Ok(Exit::Ok);
    }
    screen.line(format!(
        "Office {office} is deactivated: no work is done for it any more. Its settings, links and history are kept, and \
         nothing is deleted in AdvocaatCentraal or Tribe but its webhooks. Back with `koppeling office resume {office}`; all \
         of it goes with `koppeling office remove {office}`."
    ));
    webhooks.told().iter().for_each(|told| screen.line(told));
    Ok(Exit::Ok)
}

async fn put(store: &Store, office: &OfficeNumber, wanted: Wanted) -> Result<(), CommandError> {
    Ok(store.put_activity(office, wanted, Timestamp::now()).await?)
}

/// What holds now: in words, or for a machine.
async fn tell(
    global: &Global,
    store: &Store,
    office: &OfficeNumber,
    told: &str,
    screen: &Screen,
) -> Result<Exit, CommandError> {
    if global.json {
        let activity = store.activity(office).await?;
        screen.json(&json!({"office": office, "activity": activity.wanted(), "since": activity.since()}));
    } else {
        screen.line(told);
    }
    Ok(Exit::Ok)
}

/// An office in whose Tribe relations may be made; a failure that says how it goes on for one where they may not.
pub(super) async fn makes_in_tribe(store: &Store, office: &OfficeNumber) -> Result<(), CommandError> {
    wants(store, office, Wanted::makes_in_tribe).await
}

/// An office that is worked for; a failure that says how it goes on for one that is not.
pub(super) async fn active(store: &Store, office: &OfficeNumber) -> Result<(), CommandError> {
    wants(store, office, Wanted::is_active).await
}

async fn wants(store: &Store, office: &OfficeNumber, may: fn(Wanted) -> bool) -> Result<(), CommandError> {
    let wanted = store.activity(office).await?.wanted();
    if may(wanted) { Ok(()) } else { Err(CommandError::NotActive { office: office.clone(), wanted }) }
}
