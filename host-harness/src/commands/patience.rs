//! One line for a person who waits for a system that does not answer.

use std::time::Duration;

use koppeling_egress::Place;

use super::screen::Screen;
use crate::run::Host;
use crate::settings::OfficeNumber;

/// A system that is silent for so long is told.
const SILENT: Duration = Duration::from_secs(2);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(250);

/// Awaits an answer, and tells once for which system it waits, beside the result.
pub(super) async fn telling<T>(
    host: &Host,
    office: &OfficeNumber,
    screen: &Screen,
    work: impl Future<Output = T>,
) -> T {
    let tells = async {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Some(place) = host.waits_for(office, SILENT) {
                let name = match place {
                    Place::AdvocaatCentraal => "AdvocaatCentraal",
                    Place::Tribe => "Tribe",
                    Place::TribeLogin => "Tribe's login",
                };
                screen.aside(format!(
                    "Waiting for {name}, which does not answer yet: for a minute or so, or stop it with ctrl-c."
                ));
                return std::future::pending::<T>().await;
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = tells => never,
    }
}
