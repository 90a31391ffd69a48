//! How much the state of one office may hold: what a connector that is damaged or hostile can fill.

use std::fmt;

use serde::Serialize;

/// The most that an office's state may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Keys.
    pub keys: u64,
    /// Bytes of keys and sealed values.
    pub bytes: u64,
}

impl Default for Quota {
    /// Four million keys and 2 GiB. A record takes three to four keys, and one to six kilobytes with what the file adds: an
    /// office of 200,000 records has room to spare.
    fn default() -> Self {
        Self { keys: 4_000_000, bytes: 2 << 30 }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Used { keys: self.keys, bytes: self.bytes }.fmt(f)
    }
}

/// What an office's state holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Used {
    /// Keys.
    pub keys: u64,
    /// Bytes of keys and sealed values.
    pub bytes: u64,
}

impl Used {
    /// After a key of that many bytes got a sealed value of that many in place of one: none where there is none.
    #[must_use]
    pub(super) fn with(self, key: u64, before: Option<u64>, value: Option<u64>) -> Self {
        let (had, has) = (u64::from(before.is_some()), u64::from(value.is_some()));
        let bytes = |value: Option<u64>| value.map_or(0, |value| key.saturating_add(value));
        Self {
            keys: self.keys.saturating_add(has).saturating_sub(had),
            bytes: self.bytes.saturating_add(bytes(value)).saturating_sub(bytes(before)),
        }
    }

    /// Whether an office that held `before` may hold this. What shrinks may always be written, also above the quota.
    pub(super) fn may_follow(self, before: Self, quota: Quota) -> bool {
        let fits = |now: u64, before: u64, most: u64| now <= most.max(before);
        fits(self.keys, before.keys, quota.keys) && fits(self.bytes, before.bytes, quota.bytes)
    }
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.keys == 1 { "" } else { "s" };
        write!(f, "{} key{s} and {}", self.keys, Bytes(self.bytes))
    }
}

/// A number of bytes, for a person.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        let of = |unit: u32, name| (bytes >> unit, (bytes >> (unit - 10) & 1023) * 10 / 1024, name);
        let (whole, tenths, name) = match bytes {
            0..1024 => return write!(f, "{bytes} B"),
            1024..0x10_0000 => of(10, "KiB"),
            0x10_0000..0x4000_0000 => of(20, "MiB"),
            _ => of(30, "GiB"),
        };
        if tenths == 0 { write!(f, "{whole} {name}") } else { write!(f, "{whole}.{tenths} {name}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_told_in_units_that_a_person_reads() {
        for (bytes, told) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (5 << 20, "5 MiB"),
            ((5 << 20) - 1, "4.9 MiB"),
            (2 << 30, "2 GiB"),
            (3000 << 30, "3000 GiB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), told);
        }
        assert_eq!(Used { keys: 1, bytes: 7 }.to_string(), "1 key and 7 B");
        assert_eq!(Quota::default().to_string(), "4000000 keys and 2 GiB");
    }

    #[test]
    fn an_office_above_its_quota_may_shrink_and_not_grow() {
        let (quota, used) = (Quota { keys: 2, bytes: 10 }, |keys, bytes| Used { keys, bytes });
        assert!(used(2, 10).may_follow(used(0, 0), quota), "up to the quota");
        assert!(!used(3, 10).may_follow(used(2, 10), quota) && !used(2, 11).may_follow(used(2, 10), quota));
        let above = used(5, 50);
        assert!(used(4, 40).may_follow(above, quota) && used(5, 50).may_follow(above, quota));
        assert!(!used(4, 51).may_follow(above, quota) && !used(6, 40).may_follow(above, quota));
    }
}
