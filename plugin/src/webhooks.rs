//! The office's webhooks in Tribe, for whoever sets it up.

use crate::link::OfficeState;
use crate::ports::Ports;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::sync::{Stop, System, stop_of_failure};
use crate::tribe::{Client, Registrations};

/// What is to be done with them.
#[derive(Clone, Copy, Debug)]
pub enum Task<'s> {
    /// Tell which there are.
    List,
    /// Make those that lack, signed with that secret.
    Register(&'s Secret),
    /// Remove those that lead to the address given.
    Remove,
}

/// Does it, and tells what stands in Tribe afterwards. `url` is where deliveries go: nothing that leads elsewhere is
/// looked at or touched.
pub fn webhooks(ports: Ports<'_>, settings: &Settings, url: &str, task: Task<'_>) -> Result<Registrations, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    let client = Client::new(ports, &settings.tribe, state.token_key());
    let done = match task {
        Task::List => client.webhooks(url),
        Task::Register(secret) => client.register_webhooks(url, secret),
        Task::Remove => client.remove_webhooks(url),
    };
    done.map_err(|failure| stop_of_failure(failure, System::Tribe, ports.clock.now()))
}
