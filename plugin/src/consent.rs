//! How a person lets the connector into Tribe, where the office logs in by consent (authorization code).
//!
//! The host shows [`url`] to a person, receives the browser at its redirect URI, compares the `state`, and hands the
//! code to [`give`]. The connector exchanges and keeps what it brings; no host ever sees a token.

use crate::link::OfficeState;
use crate::ports::Ports;
use crate::secret::Secret;
use crate::settings::{Problem, Settings, name};
use crate::sync::{Stop, System, stop_of_failure};
use crate::tribe::{Client, Flow, Profile, consent_url};
use crate::wording::Code;

/// Where a person consents. `redirect_uri` is the one that is registered with the application in Tribe, `state` a
/// fresh random text of at least eight characters.
pub fn url(settings: &Settings, redirect_uri: &str, state: &str) -> Result<String, Stop> {
    by_consent(settings)?;
    Ok(consent_url(&settings.tribe, redirect_uri, state))
}

/// Exchanges the code that came back and keeps the login, in place of any earlier one.
///
/// `Credentials` means that the code is wrong, too old or used: the person begins anew. A login into another Tribe
/// environment than the linked one is kept and said at once; nothing is synced with it.
pub fn give(ports: Ports<'_>, settings: &Settings, code: &Secret, redirect_uri: &str) -> Result<(), Stop> {
    by_consent(settings)?;
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    let client = Client::new(ports, &settings.tribe, state.token_key());
    // Another person may have been in another environment: nothing that was known holds any more.
    state.forget_profile()?;
    let now = ports.clock.now();
    client.consent(code, redirect_uri).map_err(|failure| stop_of_failure(failure, System::Tribe, now))?;
    let linked = state.header(ports.random)?.tribe_organisation;
    // What cannot be read now the next call reads before it writes, and what was to be waited for it is told again: the
    // login itself is kept, and nobody should hand in its code twice.
    let other = linked.zip(Profile::read(&client, now).ok()).is_some_and(|(known, of)| known != of.own_organisation);
    if other { Err(wrong_login(Code::OtherTenant)) } else { Ok(()) }
}

fn by_consent(settings: &Settings) -> Result<(), Stop> {
    match settings.tribe.flow {
        Flow::AuthorizationCode => Ok(()),
        Flow::ClientCredentials => Err(wrong_login(Code::NoConsentNeeded)),
    }
}

fn wrong_login(code: Code) -> Stop {
    Stop::Settings(vec![Problem { setting: name::TRIBE_LOGIN, code }])
}
