//! `koppeling brake`: what is held back because too many records would lose a value, and what a person decides on it.

use clap::Subcommand;
use serde_json::{Value, json};

use super::record_name::system;
use super::records::answered;
use super::screen::Screen;
use super::sync::watched;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Absence, Brake as OneBrake, BrakeState, Instead, RecordKind, Which};
use crate::run::{Host, HostLimits, Work};
use crate::settings::OfficeNumber;
use crate::store::Standing;
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
        /// Its number in the list; not `gone`, which holds no value back
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
    let answer = host.read(&office, |connector, context| async move { connector.brakes(context).await });
    let brakes = answered(&host, &office, answer.await?).await?;
    let not_shown = not_shown(&host, &office, &brakes).await?;
    if global.json {
        let of_values = brakes.iter().map(brake_json);
        screen.json(&of_values.chain(not_shown.iter().map(not_shown_json)).collect::<Vec<_>>());
    } else if brakes.is_empty() && not_shown.is_none() {
        screen.line(format!("Office {office}: nothing is held back."));
    } else {
        screen.table(
            ["NUMBER", "SINCE", "WOULD LOSE", "BECAUSE", "HELD", "STATE"],
            brakes.iter().map(row).chain(not_shown.iter().map(not_shown_row)),
        );
        if !brakes.is_empty() {
            screen.line(format!(
                "Let one through with `koppeling brake release {office} --brake <number>`, or take the values back with \
                 `koppeling brake take-back <number> {office}`."
            ));
        }
        if not_shown.is_some() {
            screen.line(format!(
                "Tribe does not show the records that `{GONE}` is about (`koppeling records list {office}`). It ends by \
                 itself when Tribe shows them again; if they were removed on purpose, say so with `koppeling brake release \
                 {office} --brake {GONE}`."
            ));
        }
    }
    Ok(Exit::Ok)
}

/// The id of the brake on records that Tribe does not show.
const GONE: &str = "gone";

/// The brake on records that Tribe does not show.
struct NotShown {
    held: usize,
    /// Since when the first of them is not shown.
    since: Timestamp,
}

/// Whether that brake is on. The connector lists it among no brakes: how the office stands after its last run counts one
/// more than it lists.
async fn not_shown(host: &Host, office: &OfficeNumber, brakes: &[OneBrake]) -> Result<Option<NotShown>, CommandError> {
    let known = host.store().summary(office).await?;
    let standing = known.and_then(|of| of.summary.standing).unwrap_or_default();
    if !counts_one_more(standing, brakes) {
        return Ok(None);
    }
    let answer = host.read(office, |connector, context| async move { connector.not_shown(context).await });
    Ok(held(&answered(host, office, answer.await?).await?))
}

fn counts_one_more(standing: Standing, brakes: &[OneBrake]) -> bool {
    let listed = brakes.iter().filter(|brake| brake.state == BrakeState::On).count();
    usize::try_from(standing.brakes).is_ok_and(|counted| counted > listed)
}

/// What is held of records that do not show; none where there is no such record any more.
fn held(absences: &[Absence]) -> Option<NotShown> {
    let unbelieved = absences.iter().filter(|absence| !absence.gone);
    let since = unbelieved.clone().map(|absence| absence.since).min()?;
    Some(NotShown { held: unbelieved.count(), since: Timestamp::from_millis(since) })
}

fn row(brake: &OneBrake) -> [String; 6] {
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
}

fn not_shown_row(brake: &NotShown) -> [String; 6] {
    let [number, loses, because, state] = [GONE, "its link to tribe", "not shown", "on"].map(str::to_owned);
    [number, brake.since.to_string(), loses, because, brake.held.to_string(), state]
}

fn not_shown_json(brake: &NotShown) -> Value {
    json!({
        "id": GONE, "losing": "tribe", "field": null, "kind": null, "instead": "not-shown", "state": "on",
        "since": brake.since.to_string(), "held": brake.held, "of": null,
    })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::component::{RecordId, System};

    fn brake(state: BrakeState) -> OneBrake {
        OneBrake {
            id: "3".to_owned(),
            losing: System::Tribe,
            kind: RecordKind::Relatie,
            field: "organisatie.email".to_owned(),
            instead: Instead::Emptied,
            since: 0,
            state,
            held: 4,
            of: 9,
        }
    }

    #[test]
    fn a_brake_that_is_counted_and_not_listed_is_on_what_tribe_does_not_show() {
        let standing = |brakes| Standing { brakes, ..Standing::default() };
        assert!(counts_one_more(standing(1), &[]));
        assert!(counts_one_more(standing(2), &[brake(BrakeState::On)]));
        assert!(!counts_one_more(standing(1), &[brake(BrakeState::On)]));
        assert!(!counts_one_more(standing(0), &[]));
        // What is carried out waits for nobody, and is not counted.
        assert!(counts_one_more(standing(1), &[brake(BrakeState::Released)]));
    }

    #[test]
    fn it_holds_the_records_that_are_not_gone_since_the_first_of_them() {
        let absence = |since, gone| {
            let subject = RecordId { kind: RecordKind::Relatie, id: "1001".to_owned() };
            Absence { subject, since, gone }
        };
        assert!(held(&[]).is_none() && held(&[absence(1, true)]).is_none());
        let held = held(&[absence(5_000, false), absence(3_000, false), absence(1, true)]).unwrap();
        let told = not_shown_json(&held);
        assert_eq!(
            (&told["id"], &told["held"], &told["since"]),
            (&GONE.into(), &2.into(), &"1970-01-01T00:00:03Z".into())
        );
        assert_eq!(not_shown_row(&held)[4], "2");
    }
}
