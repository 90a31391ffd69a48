//! Where personal data and secrets must not show. Users of the simulation write a canary into every text.

use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::{Outcome, Stopped};
use sandbox::Request;

use super::{Broken, Invariant, broken};
use crate::World;

const CANARIES: [&str; 2] = ["Kanarie", "kanarie"];
/// The beginnings of everything that Tribe's login hands out.
const TOKENS: [&str; 3] = ["sandbox-access-", "sandbox-refresh-", "sandbox-code-"];

/// I11: the outcome of a slice.
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

/// I11: the store. Personal data may stand only in kept values, and tokens only under their own key; a secret of the
/// settings and a code may stand nowhere.
pub fn nothing_is_kept(world: &World) -> Option<Broken> {
    let secrets = secrets(world);
    world.store.find(|key, value| {
        let text = String::from_utf8_lossy(value);
        let personal = !key.contains("/kept/") && CANARIES.into_iter().any(|canary| text.contains(canary));
        let tokens = !key.ends_with("/token") || text.contains("sandbox-code-");
        let token = tokens && TOKENS.into_iter().any(|token| text.contains(token));
        let told = personal || token || secrets.iter().any(|secret| text.contains(secret.as_str()));
        told.then(|| broken(Invariant::I11, format!("a canary stands under {key}")))
    })
}

/// I11: a request, outside the header or body that a secret is for. Servers and proxies log addresses.
pub fn nothing_is_shown(world: &World, request: &Request) -> Option<Broken> {
    let secrets = secrets(world);
    let secrets = || TOKENS.into_iter().chain(secrets.iter().map(String::as_str));
    // An address may hold this character of the secrets in another form.
    let target = request.target.replace("%2D", "-");
    let body = String::from_utf8_lossy(&request.body);
    let login = ["/oauth2/", "/register/session"].iter().any(|path| request.target.starts_with(path));
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
