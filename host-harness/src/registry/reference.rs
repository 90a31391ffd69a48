//! The names of artefacts: by version, which can move, and by digest, which cannot.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What every name of an artefact begins with.
pub(super) const SCHEME: &str = "oci://";

/// The SHA-256 of some bytes; as text `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digits alone.
    pub(super) fn hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = ReferenceProblem;

    fn try_from(text: String) -> Result<Self, ReferenceProblem> {
        text.parse()
    }
}

impl FromStr for Digest {
    type Err = ReferenceProblem;

    fn from_str(text: &str) -> Result<Self, ReferenceProblem> {
        let digits = text.strip_prefix("sha256:").ok_or(ReferenceProblem::NotADigest)?;
        // Lower case only: the text is compared by registries as it stands.
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ReferenceProblem::NotADigest);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| ReferenceProblem::NotADigest)?;
        Ok(Self(bytes))
    }
}

/// Why a text names no artefact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceProblem {
    /// It has another form.
    #[error("an artefact is named as in oci://registry.example/name@sha256:… or oci://registry.example/name:1.2.3")]
    NotAReference,
    /// The digest has another form.
    #[error("a digest is `sha256:` and 64 of the characters 0-9 and a-f")]
    NotADigest,
    /// It names a version where a digest is needed.
    #[error(
        "{tagged} names a version, and a version can move; name the digest, which `koppeling plugin digest {tagged}` tells"
    )]
    Unpinned {
        /// The name that was given.
        tagged: Tagged,
    },
    /// It names a digest where a version is needed.
    #[error("a push needs a version, as in oci://registry.example/name:1.2.3; the digest follows from the file")]
    Pinned,
}

/// A place in a registry: one component in all its versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Repository {
    registry: String,
    name: String,
}

impl Repository {
    /// Host and port.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The name inside the registry.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is on this machine: the only place that is spoken to without TLS.
    pub(super) fn is_loopback(&self) -> bool {
        let Ok(authority) = self.registry.parse::<http::uri::Authority>() else { return false };
        let host = koppeling_egress::host_of(&authority);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    fn parse(text: &str) -> Result<Self, ReferenceProblem> {
        let (registry, name) = text.split_once('/').ok_or(ReferenceProblem::NotAReference)?;
        let authority: http::uri::Authority = registry.parse().map_err(|_| ReferenceProblem::NotAReference)?;
        let part = |part: &str| {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            let inside = |byte: u8| fits(byte) || matches!(byte, b'.' | b'_' | b'-');
            part.bytes().next().is_some_and(fits) && part.bytes().last().is_some_and(fits) && part.bytes().all(inside)
        };
        if registry.contains('@') || authority.host().is_empty() || !name.split('/').all(part) {
            return Err(ReferenceProblem::NotAReference);
        }
        Ok(Self { registry: registry.to_ascii_lowercase(), name: name.to_owned() })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.registry, self.name)
    }
}

/// An artefact by version: `oci://registry/name:version`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tagged {
    /// Where.
    pub repository: Repository,
    /// The version.
    pub tag: String,
}

/// An artefact by the digest of its manifest: `oci://registry/name@sha256:…`. It names the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pinned {
    /// Where.
    pub repository: Repository,
    /// Which.
    pub digest: Digest,
}

impl fmt::Display for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.repository, self.tag)
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.repository, self.digest)
    }
}

impl FromStr for Pinned {
    type Err = ReferenceProblem;

    fn from_str(text: &str) -> Result<Self, ReferenceProblem> {
        match Either::parse(text)? {
            Either::Pinned(pinned) => Ok(pinned),
            Either::Tagged(tagged) => Err(ReferenceProblem::Unpinned { tagged }),
        }
    }
}

impl FromStr for Tagged {
    type Err = ReferenceProblem;

    fn from_str(text: &str) -> Result<Self, ReferenceProblem> {
        match Either::parse(text)? {
            Either::Tagged(tagged) => Ok(tagged),
            Either::Pinned(_) => Err(ReferenceProblem::Pinned),
        }
    }
}

enum Either {
    Tagged(Tagged),
    Pinned(Pinned),
}

impl Either {
    fn parse(text: &str) -> Result<Self, ReferenceProblem> {
        let rest = text.strip_prefix(SCHEME).ok_or(ReferenceProblem::NotAReference)?;
        if let Some((before, digest)) = rest.split_once('@') {
            // `name:version@digest` is a common way to write both; the digest alone decides.
            let before = split_tag(before).map_or(before, |(before, _)| before);
            return Ok(Self::Pinned(Pinned { repository: Repository::parse(before)?, digest: digest.parse()? }));
        }
        // What a name without a version means elsewhere.
        let (before, tag) = split_tag(rest).unwrap_or((rest, "latest"));
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if tag.is_empty() || tag.len() > 128 || tag.starts_with(['.', '-']) || !tag.bytes().all(fits) {
            return Err(ReferenceProblem::NotAReference);
        }
        Ok(Self::Tagged(Tagged { repository: Repository::parse(before)?, tag: tag.to_owned() }))
    }
}

/// A colon before the first slash belongs to the port.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    const DIGITS: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    #[test]
    fn a_digest_pins_and_a_version_beside_it_does_not_count() {
        let text = format!("oci://registry.example:5000/team/connector@sha256:{DIGITS}");
        let pinned: Pinned = text.parse().unwrap();
        assert_eq!(pinned.to_string(), text);
        assert_eq!(
            (pinned.repository.registry(), pinned.repository.name()),
            ("registry.example:5000", "team/connector")
        );
        let both: Pinned = format!("oci://registry.example:5000/team/connector:1.0@sha256:{DIGITS}").parse().unwrap();
        assert_eq!(both, pinned);
    }

    #[test]
    fn a_version_is_refused_with_the_way_to_its_digest() {
        for (text, tagged) in [
            ("oci://registry.example/connector:1.2.3", "oci://registry.example/connector:1.2.3"),
            ("oci://registry.example:5000/connector", "oci://registry.example:5000/connector:latest"),
        ] {
            let problem = text.parse::<Pinned>().unwrap_err().to_string();
            assert!(problem.contains(&format!("`koppeling plugin digest {tagged}`")), "{problem}");
            assert_eq!(text.parse::<Tagged>().unwrap().to_string(), tagged);
        }
        let digest = format!("oci://registry.example/connector@sha256:{DIGITS}");
        assert_eq!(digest.parse::<Tagged>().unwrap_err(), ReferenceProblem::Pinned);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in [
            "",
            "connector.wasm",
            "https://registry.example/connector",
            "oci://",
            "oci://registry.example",
            "oci://registry.example/",
            "oci:///connector",
            "oci://user:password@registry.example/connector",
            "oci://registry.example/Connector",
            "oci://registry.example/../connector",
            "oci://registry.example/a//b",
            "oci://registry.example/connector:-1",
            "oci://registry.example/connector@sha256:abc",
            "oci://registry.example/connector@sha512:00",
            "oci://registry.example/connector?x=1",
        ] {
            assert!(text.parse::<Tagged>().is_err(), "{text}");
        }
        assert!(DIGITS.to_uppercase().parse::<Digest>().is_err());
        assert!(format!("sha256:{}", DIGITS.to_uppercase()).parse::<Digest>().is_err());
        assert!(format!("sha256:{}é", &DIGITS[..62]).parse::<Digest>().is_err());
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for (registry, loopback) in [
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("[::1]:5000", true),
            ("registry.example", false),
            ("localhost.registry.example", false),
            ("10.0.0.8:5000", false),
            ("0.0.0.0:5000", false),
        ] {
            let tagged: Tagged = format!("oci://{registry}/connector:1").parse().unwrap();
            assert_eq!(tagged.repository.is_loopback(), loopback, "{registry}");
        }
    }
}
