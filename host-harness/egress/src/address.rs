//! Which addresses may be connected to, asked of the address itself after a name was resolved.
//!
//! A name on the allow-list proves nothing about where it points: whoever controls that name's DNS could have the
//! host speak to the machines around it. So the address that is really used is checked.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use ipnet::{Ipv4Net, Ipv6Net};
use tower_service::Service;

/// Ranges of IPv4 in which no office's system can be. Source: IANA, IPv4 Special-Purpose Address Registry.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),       // this network
    v4([10, 0, 0, 0], 8),      // private
    v4([100, 64, 0, 0], 10),   // shared by a provider's customers
    v4([127, 0, 0, 0], 8),     // loopback
    v4([169, 254, 0, 0], 16),  // link-local, and the metadata of clouds
    v4([172, 16, 0, 0], 12),   // private
    v4([192, 0, 0, 0], 24),    // protocol assignments
    v4([192, 0, 2, 0], 24),    // documentation
    v4([192, 88, 99, 0], 24),  // 6to4 relays, deprecated
    v4([192, 168, 0, 0], 16),  // private
    v4([198, 18, 0, 0], 15),   // benchmarks
    v4([198, 51, 100, 0], 24), // documentation
    v4([203, 0, 113, 0], 24),  // documentation
    v4([224, 0, 0, 0], 4),     // multicast
    v4([240, 0, 0, 0], 4),     // reserved, and the broadcast
];
/// All of IPv6 that is given out.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);
/// Ranges within [`GLOBAL_V6`] in which no office's system can be. Source: IANA, IPv6 Special-Purpose Address Registry.
const NOT_PUBLIC_V6: [Ipv6Net; 3] = [
    v6([0x2001, 0], 23),     // protocol assignments, tunnels among them
    v6([0x2001, 0xdb8], 32), // documentation
    v6([0x3fff, 0], 20),     // documentation
];
/// IPv4 behind a translator: the last 32 bits.
const NAT64: Ipv6Net = v6([0x64, 0xff9b], 32);
/// IPv4 behind 6to4: the 32 bits after the prefix.
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0], 16);

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([first, second]: [u16; 2], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length)
}

/// Whether an address is on the public internet. An IPv6 address that stands for one of IPv4 is as public as that.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|range| range.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|range| range.contains(&address))
}

/// The IPv4 address that an IPv6 address stands for: mapped, through NAT64, or through 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [_, second, third, .., seventh, eighth] = address.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    if NAT64.contains(&address) {
        return Some(from(seventh, eighth));
    }
    if SIX_TO_FOUR.contains(&address) {
        return Some(from(second, third));
    }
    address.to_ipv4_mapped()
}

/// Which addresses a resolver gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permitted {
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
pub(crate) struct Prohibited;

/// No server has that name.
#[derive(Debug, thiserror::Error)]
#[error("the name is not known")]
pub(crate) struct NameUnknown;

/// Resolves names and drops the addresses that are not permitted.
#[derive(Clone)]
pub(crate) struct Resolver(pub(crate) Permitted);

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
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_err(|_| io::Error::other(NameUnknown))?.collect();
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
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "3fff:fff::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2001:470::1",
            "2a00:1450::1",
            "3fff:1000::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
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
