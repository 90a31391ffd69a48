//! The base URL of a system, checked once.

use std::fmt;
use std::net::IpAddr;

use crate::address;

/// How a system is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Over TLS.
    Https,
    /// In the clear: loopback only.
    Http,
}

/// Whether the office's two systems are stand-ins on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Real systems: HTTPS only, and no address of a private network.
    #[default]
    Internet,
    /// Stand-ins: plain HTTP to loopback addresses, besides the internet.
    Loopback,
}

/// A base URL: scheme, host, port, and a path without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// How.
    pub scheme: Scheme,
    /// Host name or address, in lower case; an IPv6 address without brackets.
    pub host: String,
    /// Port, also where the URL does not name one.
    pub port: u16,
    text: String,
}

/// What is wrong with a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// It is no absolute URL of `http` or `https`.
    #[error("is not a URL such as https://api.voorbeeld.example")]
    NotAUrl,
    /// It holds a user name, a query or a fragment.
    #[error("must be a plain address, without a user name, a question mark or a #")]
    NotPlain,
    /// Plain HTTP to something else than this machine.
    #[error("must begin with https:// (http:// is for stand-ins on this machine, with `loopback = true`)")]
    NotEncrypted,
    /// A port that no server can have.
    #[error("names a port that no server has; leave it out, or give one from 1 to 65535")]
    NoSuchPort,
    /// An address that no office's system can have.
    #[error("points at a private or reserved address; use the system's public name")]
    NotPublic,
}

impl Destination {
    /// Reads a base URL.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, UrlProblem> {
        let text = text.trim();
        if text.contains('#') {
            return Err(UrlProblem::NotPlain);
        }
        let uri: http::Uri = text.parse().map_err(|_| UrlProblem::NotAUrl)?;
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => return Err(UrlProblem::NotAUrl),
        };
        let authority = uri.authority().ok_or(UrlProblem::NotAUrl)?;
        if uri.query().is_some() || authority.as_str().contains('@') {
            return Err(UrlProblem::NotPlain);
        }
        let host = host_of(authority);
        // Before all else: what this leads to is not what it looks like.
        if is_odd_address(&host) {
            return Err(UrlProblem::NotPublic);
        }
        let after_host = authority.as_str().rsplit(']').next().unwrap_or_default();
        let port = authority.port_u16().filter(|port| *port > 0);
        if after_host.contains(':') && port.is_none() {
            return Err(UrlProblem::NoSuchPort);
        }
        let address = host.parse::<IpAddr>().ok();
        let loopback =
            reach == Reach::Loopback && (host == "localhost" || address.is_some_and(|address| address.is_loopback()));
        if scheme == Scheme::Http && !loopback {
            return Err(UrlProblem::NotEncrypted);
        }
        if !loopback && (is_this_machine(&host) || address.is_some_and(|address| !address::is_public(address))) {
            return Err(UrlProblem::NotPublic);
        }
        let port = port.unwrap_or(scheme.default_port());
        Ok(Self { scheme, host, port, text: text.trim_end_matches('/').to_owned() })
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Scheme {
    /// The port where a URL names none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

/// Whether a host is an address in a form that some resolvers take for one of IPv4, such as `127.1`, `0x7f000001`,
/// `2130706433` or `127.0.0.1.`: its last part is a number, and the whole is no address as it is written.
fn is_odd_address(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let digits = last.strip_prefix("0x").filter(|rest| rest.bytes().all(|sign| sign.is_ascii_hexdigit()));
    let is_number = digits.is_some() || (!last.is_empty() && last.bytes().all(|sign| sign.is_ascii_digit()));
    is_number && host.parse::<IpAddr>().is_err()
}

/// Whether a name is this machine's own wherever it is looked up.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == "localhost" || host.ends_with(".localhost")
}

/// The host in lower case, an IPv6 address without its brackets.
pub fn host_of(authority: &http::uri::Authority) -> String {
    authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
