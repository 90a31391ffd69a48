//! The component's egress: HTTP to the hosts of one office's settings, and nothing else.
//!
//! For any host that runs the connector on wasmtime: [`OfficeEgress`] is the hooks that `wasmtime-wasi-http` asks for.
//!
//! Guarded against a component, or a setting, that would reach anything else. Two layers: the URL's scheme, host and
//! port must be one of the office's ([`AllowList`]), and the address that the name resolves to, asked at each
//! connection, must be public ([`is_public`]). Loopback is for stand-ins, and only where the setting says so
//! ([`Reach`]). Methods that remove anything but a webhook of Tribe's are refused whatever the component asks.
//!
//! Connections are pooled over all offices; credentials travel per request.
//!
//! ```
//! use koppeling_egress::{AllowList, Destination, Egress, Pace, Reach, Timeouts};
//!
//! # fn main() -> Result<(), koppeling_egress::UrlProblem> {
//! let allowed = AllowList {
//!     advocaatcentraal: Destination::parse("https://api.advocaatcentraal.example/v2", Reach::Internet)?,
//!     tribe: Destination::parse("https://api.tribe.example", Reach::Internet)?,
//!     tribe_login: Destination::parse("https://login.tribe.example", Reach::Internet)?,
//! };
//! // One for the process, and one for each office; the latter goes into the `WasiHttpCtxView` of every call.
//! let egress = Egress::new(Timeouts::default(), Pace::default());
//! let office = egress.office("12345", allowed);
//! # drop(office);
//! # Ok(())
//! # }
//! ```

mod address;
mod allow;
mod body;
mod client;
mod destination;
mod network;
mod pacing;
mod send;
mod sliding;
mod spans;
mod tls;
mod waits;

pub use address::is_public;
pub use allow::{AllowList, Place};
pub use client::{Answered, Egress, OfficeEgress, Timeouts};
pub use destination::{Destination, Reach, Scheme, UrlProblem, host_of};
pub use network::{Authorities, Network, NoAuthorities, NotAProxy, Proxy, passed_over};
pub use pacing::Pace;
pub use sliding::{Sent, Sliding};
pub use spans::TRACE;
pub use tls::tls_failure;

#[cfg(test)]
#[path = "egress_tests.rs"]
mod tests;
