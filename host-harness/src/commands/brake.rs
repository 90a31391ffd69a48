//! `koppeling brake`: what is held back because too many records would lose a value, and what a person decides on it.

use clap::Subcommand;
use serde_json::{Value, json};

use super::records::answered;
use super::screen::Screen;
use super::sync::watched;
use super::workplace::system;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Brake as OneBrake, BrakeState, Instead, RecordKind, Which};
use crate::run::{HostLimits, Work};
use crate::timestamp::Timestamp;

/// What to do with brakes. One goes on where in a day more than a tenth of the records that hold a value of one field,
/// and at least three, would have it emptied or given one same value. It ends by itself when the values are back.
#[derive(Subcommand)]
pub(super) enum Brake {
    /// Lists them
    List(OneOffice),
    /// Lets through what one holds back, or all of them
    Release {
        /// Its number in the list, or `gone` for records that Tribe does not show; every one unless given
        #[arg(long)]
        brake: Option<String>,
        #[command(flatten)]
        of: OneOffice,
    },
    /// Gives the values back to the side that lost them first
    TakeBack {
        /// Its number in the list
        brake: String,
        #[command(flatten)]
        of: OneOffice,
    },
}

impl Brake {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::List(of) => list(global, of, screen).await,
            Self::Release { brake, of } => watched(Work::ReleaseBrake(brake.clone()), global, of, screen).await,
            Self::TakeBack { brake, of } => {
                let work = Work::Undo { which: Which::OfBrake(brake.clone()), even_if_moved: false };
                watched(work, global, of, screen).await
            }
        }
    }
}

async fn list(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer = host.turn(&office, |connector, context| async move { connector.brakes(context).await });
    let brakes = answered(&host, &office, answer.await?).await?;
    if global.json {
        screen.json(&brakes.iter().map(brake_json).collect::<Vec<_>>());
    } else if brakes.is_empty() {
        screen.line(format!("Office {office}: nothing is held back."));
    } else {
        let rows = brakes.iter().map(|brake| {
            let state = match brake.state {
                BrakeState::On => "on",
                BrakeState::Released => "is let through",
                BrakeState::TakingBack => "is taken back",
            };
            let what = match brake.instead {
                Instead::Emptied => "emptied",
                Instead::OneValue => "one same value",
            };
            [
                brake.id.clone(),
                Timestamp::from_millis(brake.since).to_string(),
                format!("{} in {}", brake.field, system(brake.losing)),
                what.to_owned(),
                format!("{} of {}", brake.held, brake.of),
                state.to_owned(),
            ]
        });
        screen.table(["NUMBER", "SINCE", "WOULD LOSE", "BECAUSE", "HELD", "STATE"], rows);
        screen.line(format!(
            "Let one through with `koppeling brake release {office} --brake <number>`, or take the values back with \
             `koppeling brake take-back <number> {office}`."
        ));
    }
    Ok(Exit::Ok)
}

fn brake_json(brake: &OneBrake) -> Value {
    json!({
        "id": brake.id, "losing": system(brake.losing), "field": brake.field,
        "kind": match brake.kind { RecordKind::Relatie => "relatie", RecordKind::Contactpersoon => "contactpersoon" },
        "instead": match brake.instead { Instead::Emptied => "emptied", Instead::OneValue => "one-value" },
        "state": match brake.state {
            BrakeState::On => "on", BrakeState::Released => "released", BrakeState::TakingBack => "taking-back",
        },
        "since": Timestamp::from_millis(brake.since).to_string(), "held": brake.held, "of": brake.of,
    })
}
