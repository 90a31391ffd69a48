//! Where people find the pages, and from where a request may come.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use http::Uri;

/// The address that people use where a proxy with TLS stands in front: `https://` with a host and nothing behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesUrl {
    authority: String,
}

/// It is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the address that people use, with https:// and nothing behind the host, such as https://koppeling.example"
)]
pub struct NotPagesUrl;

impl FromStr for PagesUrl {
    type Err = NotPagesUrl;

    fn from_str(text: &str) -> Result<Self, NotPagesUrl> {
        let uri: Uri = text.parse().map_err(|_| NotPagesUrl)?;
        let authority = uri.authority().ok_or(NotPagesUrl)?.as_str();
        let is_bare = uri.path() == "/" && uri.query().is_none() && !authority.contains('@');
        if uri.scheme_str() == Some("https") && is_bare {
            Ok(Self { authority: authority.to_ascii_lowercase() })
        } else {
            Err(NotPagesUrl)
        }
    }
}

impl fmt::Display for PagesUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.authority)
    }
}

/// Where people find the pages.
#[derive(Clone, Debug)]
pub struct Address {
    /// What a request may name as its host, and the origin of a page there.
    known: Vec<(String, String)>,
    is_secure: bool,
}

impl Address {
    /// Of pages that are listened for there, and that people find at that address if there is one.
    pub fn new(listen: SocketAddr, url: Option<&PagesUrl>) -> Self {
        let mut hosts = vec![listen.to_string()];
        if listen.ip().is_loopback() {
            hosts.push(format!("localhost:{}", listen.port()));
        }
        let mut known: Vec<_> = hosts.into_iter().map(|host| (host.clone(), format!("http://{host}"))).collect();
        known.extend(url.map(|url| (url.authority.clone(), url.to_string())));
        Self { known, is_secure: url.is_some() }
    }

    /// Whether people come by TLS only.
    pub(super) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether a request that names that host is meant for here. A page of somebody else's, whose name was made to lead
    /// here, names that one.
    pub(super) fn knows_host(&self, host: &str) -> bool {
        self.known.iter().any(|(known, _)| known.eq_ignore_ascii_case(host))
    }

    /// Whether a form of a page at that origin may be ours.
    pub(super) fn knows_origin(&self, origin: &str) -> bool {
        self.known.iter().any(|(_, known)| known.eq_ignore_ascii_case(origin))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_address_for_people_is_https_and_a_host() {
        let url: PagesUrl = "https://Koppeling.example/".parse().unwrap();
        assert_eq!(url.to_string(), "https://koppeling.example");
        for wrong in ["http://koppeling.example", "koppeling.example", "https://a@b.example", "https://b.example/x", ""]
        {
            assert_eq!(wrong.parse::<PagesUrl>(), Err(NotPagesUrl), "{wrong}");
        }
    }

    #[test]
    fn a_request_is_for_here_where_it_names_the_port_or_the_address_for_people() {
        let url = "https://koppeling.example".parse().unwrap();
        let address = Address::new("127.0.0.1:8086".parse().unwrap(), Some(&url));
        for host in ["127.0.0.1:8086", "localhost:8086", "Koppeling.example"] {
            assert!(address.knows_host(host), "{host}");
        }
        for host in ["127.0.0.1", "evil.example", "evil.example:8086", "koppeling.example:8086", ""] {
            assert!(!address.knows_host(host), "{host}");
        }
        assert!(address.knows_origin("https://koppeling.example") && address.knows_origin("http://localhost:8086"));
        assert!(!address.knows_origin("http://koppeling.example") && !address.knows_origin("https://evil.example"));
        let elsewhere = Address::new("10.0.0.5:8086".parse().unwrap(), None);
        assert!(!elsewhere.knows_host("localhost:8086"));
    }
}
