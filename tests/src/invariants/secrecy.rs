//! Where personal data and secrets may not show. Users of the simulation write a canary into every text.

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Outcome, Stopped};
use sandbox::Request;

use super::{Broken, Invariant, broken};
use crate::World;

const CANARIES: [&str; 2] = ["Kanarie", "kanarie"];
/// How everything begins that Tribe's login hands out.
const TOKENS: [&str; 3] = ["sandbox-access-", "sandbox-refresh-", "sandbox-code-"];

/// I11: in what a slice tells.
pub fn nothing_is_told(world: &World, result: &Result<Outcome, Stopped>) -> Option<Broken> {
    let told = match result {
        Ok(outcome) => format!("{outcome:?}"),
        Err(stopped) => format!("{stopped:?} {}", stopped.error),
    };
    let secrets = secrets(world);
    let found = CANARIES
        .into_iter()
        .chain(TOKENS)
        .chain(secrets.iter().map(String::as_str))
        .find(|canary| told.contains(canary));
    found.map(|_| broken(Invariant::I11, "a canary stands in the outcome"))
}

/// I11: in the store. A value that gave way is the one exception, and tokens in the place for them; a secret of the
/// settings and a code have none.
pub fn nothing_is_kept(world: &World) -> Option<Broken> {
    let secrets = secrets(world);
    world.store.find(|key, value| {
        let text = String::from_utf8_lossy(value);
        let personal = !key.ends_with("/conflicts") && CANARIES.into_iter().any(|canary| text.contains(canary));
        let tokens = !key.ends_with("/token") || text.contains("sandbox-code-");
        let token = tokens && TOKENS.into_iter().any(|token| text.contains(token));
        let told = personal || token || secrets.iter().any(|secret| text.contains(secret.as_str()));
        told.then(|| broken(Invariant::I11, format!("a canary stands under {key}")))
    })
}

/// I11: in a request, outside the one header or body that a secret is for. Addresses are logged on every way.
pub fn nothing_is_shown(world: &World, request: &Request) -> Option<Broken> {
    let secrets = secrets(world);
    let secrets = || TOKENS.into_iter().chain(secrets.iter().map(String::as_str));
    // The one sign in these secrets that an address may hold in another form.
    let target = request.target.replace("%2D", "-");
    let body = String::from_utf8_lossy(&request.body);
    let login = request.target.starts_with("/oauth2/");
    let shown = secrets().any(|secret| target.contains(secret) || !login && body.contains(secret));
    shown.then(|| broken(Invariant::I11, "a secret stands in an address or a body"))
}

fn secrets(world: &World) -> Vec<String> {
    let settings = world.settings.borrow();
    [name::ADVOCAATCENTRAAL_KEY, name::TRIBE_CLIENT_SECRET]
        .iter()
        .filter_map(|name| settings.get(*name).cloned())
        .collect()
}
