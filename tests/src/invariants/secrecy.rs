//! Where personal data and secrets may not show. Users of the simulation write a canary into every text.

use advocaatcentraal_tribe::sync::{Outcome, Stopped};

use super::{Broken, Invariant, broken};
use crate::World;

const CANARIES: [&str; 2] = ["Kanarie", "kanarie"];

/// I11: in what a slice tells.
pub fn nothing_is_told(world: &World, result: &Result<Outcome, Stopped>) -> Option<Broken> {
    let told = match result {
        Ok(outcome) => format!("{outcome:?}"),
        Err(stopped) => format!("{stopped:?} {}", stopped.because),
    };
    let secrets = secrets(world);
    let found = CANARIES.into_iter().chain(secrets.iter().map(String::as_str)).find(|canary| told.contains(canary));
    found.map(|_| broken(Invariant::I11, "a canary stands in the outcome"))
}

/// I11: in the store. A value that gave way is the one exception; a secret has none.
pub fn nothing_is_kept(world: &World) -> Option<Broken> {
    let secrets = secrets(world);
    world.store.find(|key, value| {
        let text = String::from_utf8_lossy(value);
        let personal = !key.ends_with("/conflicts") && CANARIES.into_iter().any(|canary| text.contains(canary));
        let told = personal || secrets.iter().any(|secret| text.contains(secret.as_str()));
        told.then(|| broken(Invariant::I11, format!("a canary stands under {key}")))
    })
}

fn secrets(world: &World) -> [String; 2] {
    let settings = world.read_settings();
    [settings.advocaatcentraal.key.expose().to_owned(), settings.tribe.client_secret.expose().to_owned()]
}
