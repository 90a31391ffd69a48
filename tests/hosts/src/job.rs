//! The main job, whichever host does it.

use crate::stage::Stage;
use crate::{Failed, say};

/// A host that runs the connector's functions until they are done, each time as if the machine had just started.
pub(crate) trait ForeignHost {
    /// `initial-sync`, until done.
    async fn initial_sync(&self) -> Result<(), Failed>;
    /// `poll`, until done.
    async fn poll(&self) -> Result<(), Failed>;
}

/// The initial sync, an edit either way found by polls, and at the end silence: a host that forgot its state between
/// two calls would begin anew, or write again what is there.
pub(crate) async fn syncs_and_polls(host: &impl ForeignHost, stage: &Stage) -> Result<(), Failed> {
    host.initial_sync().await?;
    let created = stage.writes();
    if created == 0 {
        return Err(Failed::because("the initial sync wrote nothing"));
    }
    stage.agree()?;
    say(format!("  initial sync: {created} writes, the two systems agree"));

    let number = "020 555 77 01";
    let there = stage.edit_in_advocaatcentraal(number)?;
    host.poll().await?;
    stage.has_number(there, number)?;
    say("  an edit in AdvocaatCentraal is in Tribe after a poll");

    let address = "receptie@voorbeeld.example";
    stage.edit_in_tribe(address)?;
    host.poll().await?;
    if !stage.has_address(address)? {
        return Err(Failed::because("an edit in Tribe did not reach AdvocaatCentraal by a poll"));
    }
    say("  an edit in Tribe is in AdvocaatCentraal after a poll");

    // One cycle may still have to settle what the edits left behind, such as stamps.
    host.poll().await?;
    stage.writes();
    host.poll().await?;
    host.initial_sync().await?;
    match stage.writes() {
        0 => say("  a poll and another initial sync without changes: no writes"),
        writes => return Err(Failed::because(format!("{writes} writes where nothing had changed"))),
    }
    stage.agree()
}

/// An edit in Tribe arrives by its webhook alone.
pub(crate) async fn takes_deliveries(stage: &Stage, url: &str) -> Result<(), Failed> {
    stage.deliver_to(url);
    let address = "secretariaat@voorbeeld.example";
    stage.edit_in_tribe(address)?;
    stage.gets_address(address).await?;
    say("  an edit in Tribe is in AdvocaatCentraal through its webhook");
    stage.agree()
}
