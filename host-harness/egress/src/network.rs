//! How a process reaches the internet: straight or through a proxy, and whose certificates it trusts.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::address::Resolver;

/// How a process reaches the internet. Straight, trusting what this machine trusts, unless said otherwise.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The proxy for encrypted requests. What is on this machine is reached without one.
    pub proxy: Option<Proxy>,
    /// The authorities that are trusted besides those of this machine.
    pub authorities: Authorities,
}

/// A proxy that passes encrypted connections on (HTTP's `CONNECT`), and the hosts that are reached without it.
///
/// It looks up the names of hosts itself: whether one points at a private address is its business then.
#[derive(Clone)]
pub struct Proxy(Arc<Matcher>);

/// What is wrong with the address of a proxy. It is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the address of a proxy such as http://proxy.voorbeeld.example:3128")]
pub struct NotAProxy;

impl Proxy {
    /// A proxy, with or without a name and a password in its address, and the hosts that are reached without it: names,
    /// domains and networks with commas between them, as curl takes them. None where the address is empty.
    pub fn parse(address: &str, without: &str) -> Result<Option<Self>, NotAProxy> {
        let address = address.trim();
        if address.is_empty() {
            return Ok(None);
        }
        let with_scheme = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let uri: Uri = with_scheme.parse().map_err(|_| NotAProxy)?;
        let authority = uri.authority().ok_or(NotAProxy)?;
        let (_, place) = authority.as_str().split_once('@').unwrap_or(("", authority.as_str()));
        let has_port = authority.port_u16().is_some();
        let is_whole = !place.contains('@') && has_port == place.trim_start_matches(authority.host()).starts_with(':');
        let has_path = !matches!(uri.path(), "" | "/") || uri.query().is_some();
        if uri.scheme_str() != Some("http") || authority.host().is_empty() || !is_whole || has_path {
            return Err(NotAProxy);
        }
        Ok(Some(Self(Arc::new(Matcher::builder().https(with_scheme).no(without.to_owned()).build()))))
    }
}

/// Which entries of a list of hosts that are reached without the proxy name none, counted from 1: they are passed over.
pub fn passed_over(without: &str) -> Vec<usize> {
    let names_none = |entry: &str| {
        let is_name = entry == "*" || entry.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-._".contains(&sign));
        !is_name && entry.parse::<IpNet>().is_err() && entry.parse::<IpAddr>().is_err()
    };
    let entries = without.split(',').map(str::trim).enumerate();
    entries.filter(|(_, entry)| names_none(entry)).map(|(before, _)| before + 1).collect()
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}

/// Authorities that are trusted besides those of this machine.
#[derive(Clone, Default)]
pub struct Authorities(pub(crate) Vec<CertificateDer<'static>>);

/// Why no authorities can be had of a file.
#[derive(Debug, thiserror::Error)]
pub enum NoAuthorities {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// It holds none.
    #[error("holds no certificate of the form -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// One of them is damaged.
    #[error("holds a certificate that cannot be read")]
    Damaged,
}

impl Authorities {
    /// Reads a file of certificates in PEM.
    pub fn read(file: &Path) -> Result<Self, NoAuthorities> {
        let text = std::fs::read(file).map_err(NoAuthorities::Unreadable)?;
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let all = all.ok().filter(|all| !all.is_empty()).ok_or(NoAuthorities::NoCertificate)?;
        let (_, damaged) = RootCertStore::empty().add_parsable_certificates(all.iter().cloned());
        if damaged == 0 { Ok(Self(all)) } else { Err(NoAuthorities::Damaged) }
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorities({})", self.0.len())
    }
}

/// The proxy gave no connection, whatever its reason was.
#[derive(Debug, thiserror::Error)]
#[error("the proxy gives no connection")]
pub(crate) struct ProxyFailed;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Connects to a host, straight or through the proxy.
#[derive(Clone)]
pub(crate) struct Reaching {
    pub(crate) straight: HttpConnector<Resolver>,
    pub(crate) to_proxy: HttpConnector,
    pub(crate) proxy: Option<Proxy>,
}

impl Service<Uri> for Reaching {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // So are both connectors always.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let Some(by) = self.proxy.as_ref().and_then(|proxy| proxy.0.intercept(&to)) else {
            let connecting = self.straight.call(to);
            return Box::pin(async move { connecting.await.map_err(Into::into) });
        };
        let mut tunnel = Tunnel::new(by.uri().clone(), self.to_proxy.clone());
        if let Some(authorization) = by.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let connecting = tunnel.call(to);
        Box::pin(async move { connecting.await.map_err(|_| ProxyFailed.into()) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn by(proxy: &Proxy, to: &str) -> Option<String> {
        proxy.0.intercept(&to.parse().unwrap()).map(|by| by.uri().to_string())
    }

    #[test]
    fn a_proxy_is_an_address_of_plain_http_with_or_without_its_scheme() {
        for address in [
            "http://proxy.example:3128",
            "proxy.example:3128",
            "http://some:pass@proxy.example:3128/",
            " proxy.example ",
        ] {
            let proxy = Proxy::parse(address, "").unwrap().unwrap();
            assert!(by(&proxy, "https://api.example/").unwrap().starts_with("http://proxy.example"), "{address}");
            assert_eq!(by(&proxy, "http://127.0.0.1:1/"), None);
            assert!(!format!("{proxy:?}").contains("pass"));
        }
        for wrong in [
            "https://proxy.example",
            "socks5://proxy.example",
            "http://",
            "://",
            "http://a b",
            "http://127.0.0.1:99999",
            "http://user:pass@proxy.example:x",
            "http://us%er:pa@ss@127.0.0.1:1",
            "http://127.0.0.1:1/path",
        ] {
            assert_eq!(Proxy::parse(wrong, "").map(|_| ()), Err(NotAProxy), "{wrong}");
        }
        assert!(Proxy::parse("", "").unwrap().is_none());
    }

    #[test]
    fn an_entry_that_names_no_host_is_passed_over() {
        assert_eq!(passed_over("ac.example, .tribe.example,10.0.0.0/8,::1,2001:470::/32,*,,"), [0_usize; 0]);
        let wrong = "*.tribe.example,10.0.0.0/33,ac.example:443,ok.example,https://ac.example,a b";
        assert_eq!(passed_over(wrong), [1, 2, 3, 5, 6]);
        let proxy = Proxy::parse("proxy.example:3128", wrong).unwrap().unwrap();
        for through in ["https://api.tribe.example/", "https://10.1.2.3/", "https://ac.example/"] {
            assert!(by(&proxy, through).is_some(), "{through}");
        }
    }

    #[test]
    fn hosts_are_reached_without_the_proxy_where_that_is_said() {
        let proxy = Proxy::parse("proxy.example:3128", "ac.example, .tribe.example,10.0.0.0/8").unwrap().unwrap();
        for without in ["https://ac.example/", "https://api.tribe.example/", "https://10.1.2.3/"] {
            assert_eq!(by(&proxy, without), None, "{without}");
        }
        assert!(by(&proxy, "https://other.example/").is_some());
    }
}
