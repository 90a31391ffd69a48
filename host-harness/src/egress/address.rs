//! Which addresses may be connected to, asked of the address itself after a name was resolved.
//!
//! A name on the allow-list proves nothing about where it points: whoever controls that name's DNS could have the
//! host speak to the machines around it. So the address that is really used is checked.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

/// Whether an address is on the public internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let protocol_assignments = first == 192 && second == 0 && third == 0;
    let benchmarking = first == 198 && (second == 18 || second == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        || shared
        || protocol_assignments
        || benchmarking)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    global && !documentation
}

/// The IPv4 address that an IPv6 address stands for: mapped, through NAT64, or through 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [first, second, third, fourth, _, _, seventh, eighth] = address.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (first, second) {
        (0x0064, 0xff9b) => Some(from(seventh, eighth)),
        (0x2002, _) => Some(from(second, third)),
        (0, 0) if third == 0 && fourth == 0 => address.to_ipv4_mapped(),
        _ => None,
    }
}

/// Which addresses a resolver gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permitted {
    Public,
    Loopback,
}

impl Permitted {
    fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Loopback => address.is_loopback(),
        }
    }
}

/// Every address of the name is one that may not be connected to. Told apart from a failed lookup by its type.
#[derive(Debug, thiserror::Error)]
#[error("the name points at an address that is not allowed")]
pub(super) struct Prohibited;

/// Resolves names and drops the addresses that are not permitted.
#[derive(Clone)]
pub(super) struct Resolver(pub(super) Permitted);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let permitted = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            keep_permitted(found, permitted)
        })
    }
}

fn keep_permitted(found: Vec<SocketAddr>, permitted: Permitted) -> io::Result<std::vec::IntoIter<SocketAddr>> {
    let kept: Vec<_> = found.into_iter().filter(|address| permitted.allows(address.ip())).collect();
    if kept.is_empty() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, Prohibited));
    }
    Ok(kept.into_iter())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn private_and_reserved_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["8.8.8.8", "100.63.0.1", "172.32.0.1", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_name_that_points_inside_is_not_followed() {
        let inside = vec!["10.0.0.8:0".parse().unwrap()];
        let error = keep_permitted(inside.clone(), Permitted::Public).unwrap_err();
        assert!(error.get_ref().unwrap().is::<Prohibited>());
        let both = vec![inside[0], "8.8.8.8:0".parse().unwrap()];
        assert_eq!(
            keep_permitted(both, Permitted::Public).unwrap().collect::<Vec<_>>(),
            ["8.8.8.8:0".parse().unwrap()]
        );
        assert!(keep_permitted(inside, Permitted::Loopback).is_err());
    }
}
