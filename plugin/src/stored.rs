//! How the connector's own values stand in the store: one byte that tells the version, then CBOR (RFC 8949) with the names
//! of the members.
//!
//! Two versions of the connector run side by side while hosts are renewed, each on what the other wrote. What a later
//! one adds beside the members of a record, an earlier one reads and writes back: such a record has [`Later`] in it.
//! Small values inside a record (a base, a part, a position) are closed: a member that is not known makes them
//! unreadable, it is never dropped. Only what an earlier version must not touch raises [`VERSION`].

use std::collections::BTreeMap;
use std::fmt;

use ciborium::Value;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The version of the form that this code writes. A newer one is refused, never reset.
pub const VERSION: u8 = 1;

/// Why bytes of the store are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A newer version of the connector wrote them.
    #[error("the value has version {0}, newer than this connector knows")]
    Newer(u8),
    /// They are not what was written there.
    #[error("the value cannot be read")]
    Damaged,
}

/// The bytes of a value, for the store.
///
/// Every type goes through the same tree: a writer and a reader of bytes for each would be a quarter of the component.
pub fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, Unreadable> {
    let tree = Value::serialized(value).map_err(|_| Unreadable::Damaged)?;
    let mut bytes = vec![VERSION];
    ciborium::into_writer(&tree, &mut bytes).map_err(|_| Unreadable::Damaged)?;
    Ok(bytes)
}

/// A value from the bytes in the store.
pub fn of_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match bytes.split_first() {
        Some((&version, _)) if version > VERSION => Err(Unreadable::Newer(version)),
        Some((&VERSION, value)) => {
            let tree: Value = ciborium::from_reader(value).map_err(|_| Unreadable::Damaged)?;
            tree.deserialized().map_err(|_| Unreadable::Damaged)
        }
        _ => Err(Unreadable::Damaged),
    }
}

/// The members of a record that a later version added, to be written back as they were read.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Later(BTreeMap<String, Value>);

/// The names only: nobody knows whose data a later version keeps there.
impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        count: u32,
        #[serde(flatten)]
        later: Later,
    }

    /// The record of the next version.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Next {
        count: u32,
        added: BTreeMap<u64, (Option<String>, bool)>,
        raw: serde_bytes::ByteArray<3>,
        below: i64,
        share: f64,
    }

    #[test]
    fn members_of_a_later_version_are_carried_on() {
        let next = Next {
            count: 1,
            added: BTreeMap::from([(7, (Some("é".to_owned()), true)), (u64::MAX, (None, false))]),
            raw: [0, 255, 7].into(),
            below: -3,
            share: 0.5,
        };
        let mut read: Record = of_bytes(&to_bytes(&next).unwrap()).unwrap();
        read.count = 2;
        let written: Next = of_bytes(&to_bytes(&read).unwrap()).unwrap();
        assert_eq!(written, Next { count: 2, ..next });
        assert_eq!(format!("{:?}", read.later), r#"{"added", "below", "raw", "share"}"#);
    }

    #[test]
    fn a_newer_version_is_told_and_anything_else_is_damaged() {
        let mut bytes = to_bytes(&7_u32).unwrap();
        assert_eq!(of_bytes::<u32>(&bytes), Ok(7));
        for (version, told) in [(0, Unreadable::Damaged), (2, Unreadable::Newer(2)), (99, Unreadable::Newer(99))] {
            *bytes.first_mut().unwrap() = version;
            assert_eq!(of_bytes::<u32>(&bytes), Err(told));
        }
        for damaged in [&b""[..], b"\x01", b"{\"version\":1}", b"\x01\xa1x"] {
            assert!(of_bytes::<u32>(damaged).is_err());
        }
    }
}
