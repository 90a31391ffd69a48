//! `koppeling undo` and `conflicts`: values that were cleared or overwritten, to be listed and given back.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::record_name::{name, record, system};
use super::records::answered;
use super::screen::Screen;
use super::sync::watched;
use super::{CommandError, Exit, Global, OneOffice, damaged_values};
use crate::component::{KeptValue, Reason, RecordId, Which};
use crate::run::{HostLimits, Work};
use crate::timestamp::Timestamp;

/// An example, since a time has one form only.
const BETWEEN: &str = "\
For instance, with an office behind the times where there are several:
  koppeling undo between 2026-01-31T09:00:00Z 2026-01-31T09:05:00Z";

/// What to do with values that gave way. They are kept sealed for 30 days, or for as many as the setting `kept-days` says.
#[derive(Subcommand)]
pub(super) enum Undo {
    /// Lists them. Shows clients' data
    List(OneOffice),
    /// Gives one of them back
    Value {
        /// Its id in the list
        value: String,
        #[command(flatten)]
        how: How,
    },
    /// Gives back what a record lost
    Record {
        /// `relatie/<id>` or `contactpersoon/<id>`
        #[arg(value_parser = record)]
        record: RecordId,
        /// This field alone, for instance `organisatie.email`
        #[arg(long)]
        field: Option<String>,
        #[command(flatten)]
        how: How,
    },
    /// Gives back what gave way from one time to another: in a run
    #[command(after_help = BETWEEN)]
    Between {
        /// The first time, as the list has it under AT
        from: Timestamp,
        /// The last time, as the list has it under AT
        to: Timestamp,
        #[command(flatten)]
        how: How,
    },
    /// Gives back what the last run cleared or overwrote
    LastRun(How),
    /// Gives back what a brake is about, or was
    Brake {
        /// Its number
        brake: String,
        #[command(flatten)]
        how: How,
    },
}

/// What to do with values that gave way because both sides changed the same field.
#[derive(Subcommand)]
pub(super) enum Conflicts {
    /// Lists them. Shows a client's data
    List(OneOffice),
    /// Gives a value that gave way back to the place that lost it
    Restore {
        /// Its id in the list
        conflict: String,
        /// Also where the field was changed again since
        #[arg(long)]
        even_if_moved: bool,
        #[command(flatten)]
        of: OneOffice,
    },
}

#[derive(clap::Args)]
pub(super) struct How {
    /// Also where the field was changed again since
    #[arg(long)]
    even_if_moved: bool,
    #[command(flatten)]
    of: OneOffice,
}

impl Undo {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let (which, how) = match self {
            Self::List(of) => {
                list(global, of, screen, &ALL).await?;
                return Ok(Exit::Ok);
            }
            Self::Value { value, how } => (Which::One(value.clone()), how),
            Self::Record { record, field: Some(field), how } => (Which::OfField((record.clone(), field.clone())), how),
            Self::Record { record, field: None, how } => (Which::OfRecord(record.clone()), how),
            Self::Between { from, to, how } => {
                // The list shows whole seconds.
                let to = to.plus(Duration::from_millis(999));
                (Which::Between((from.as_millis(), to.as_millis())), how)
            }
            Self::LastRun(how) => {
                let store = global.store(screen)?;
                let office = how.of.find(&store).await?;
                let run = store.summary(&office).await?.and_then(|of| of.summary.last_run);
                let run = run.map(|run| (run.started.as_millis(), run.finished.as_millis()));
                (Which::Between(run.unwrap_or_default()), how)
            }
            Self::Brake { brake, how } => (Which::OfBrake(brake.clone()), how),
        };
        watched(Work::Undo { which, even_if_moved: how.even_if_moved }, global, &how.of, screen).await
    }
}

impl Conflicts {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::List(of) => {
                list(global, of, screen, &OF_CONFLICTS).await?;
                Ok(Exit::Ok)
            }
            Self::Restore { conflict, even_if_moved, of } => {
                let work = Work::Undo { which: Which::One(conflict.clone()), even_if_moved: *even_if_moved };
                watched(work, global, of, screen).await
            }
        }
    }
}

/// A list of kept values.
struct Listing {
    wanted: fn(&KeptValue) -> bool,
    /// What is said where there is none, behind the office.
    none: &'static str,
    /// What gives one of them back.
    give_back: &'static str,
}

const ALL: Listing =
    Listing { wanted: |_| true, none: "no value is kept that could be given back.", give_back: "undo value" };

const OF_CONFLICTS: Listing = Listing {
    wanted: |kept| kept.reason == Reason::Conflict,
    none: "no value waits that gave way in a conflict. One that was restored is no longer listed here; what it took the \
           place of stands in `koppeling undo list`.",
    give_back: "conflicts restore",
};

/// Lists the kept values that a caller wants to see.
async fn list(global: &Global, of: &OneOffice, screen: &Screen, listing: &Listing) -> Result<(), CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer = host.read(&office, |connector, context| async move { connector.kept(context).await });
    let mut kept = answered(&host, &office, answer.await?).await?;
    kept.retain(listing.wanted);
    let damaged = damaged_values::kept(&host, &office).await?;
    if global.json {
        screen.json(&kept.iter().map(kept_json).chain(damaged.iter().map(|id| damaged_json(id))).collect::<Vec<_>>());
    } else if kept.is_empty() && damaged.is_empty() {
        screen.line(format!("Office {office}: {}", listing.none));
    } else {
        let rows = kept.iter().map(|kept| {
            [
                kept.id.clone(),
                Timestamp::from_millis(kept.at).to_string(),
                name(&kept.subject),
                format!("{} in {}", kept.field, system(kept.lost_in)),
                reason(kept.reason).to_owned(),
                if kept.lost_value.is_empty() { EMPTY.to_owned() } else { kept.lost_value.clone() },
            ]
        });
        let unread = damaged.iter().map(|id| {
            let unknown = || UNKNOWN.to_owned();
            [id.clone(), unknown(), unknown(), unknown(), DAMAGED.to_owned(), unknown()]
        });
        screen.table(["ID", "AT", "RECORD", "FIELD", "WHY", "VALUE"], rows.chain(unread));
        if !kept.is_empty() {
            screen.line(format!("Give one back with `koppeling {} <id> {office}`.", listing.give_back));
        }
        if !damaged.is_empty() {
            screen.line(format!("Damaged values, of which it is not known whose they are: {}. {LOST}", damaged.len()));
        }
    }
    Ok(())
}

/// What stands in a list for a field that was empty.
const EMPTY: &str = "(empty)";

/// What stands in a list for what cannot be told of a damaged value, and why it is listed.
const UNKNOWN: &str = "(unknown)";
const DAMAGED: &str = "damaged";

/// What to do about a damaged value.
const LOST: &str = "They cannot be given back. A backup of when they were sound shows them: put it into another data folder with \
                    `koppeling restore --data <folder> --key-file <key>`, list them there, and enter them by hand.";

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Conflict => "conflict",
        Reason::Cleared => "cleared",
        Reason::Overwritten => "overwritten",
        Reason::GivenBack => "given-back",
    }
}

/// Of a value that is damaged nothing but its id is known.
fn damaged_json(id: &str) -> Value {
    json!({
        "id": id, "record": null, "field": null, "lost-in": null, "lost-value": null, "reason": DAMAGED, "at": null,
    })
}

fn kept_json(kept: &KeptValue) -> Value {
    json!({
        "id": kept.id, "record": name(&kept.subject), "field": kept.field, "lost-in": system(kept.lost_in),
        "lost-value": kept.lost_value, "reason": reason(kept.reason),
        "at": Timestamp::from_millis(kept.at).to_string(),
    })
}
