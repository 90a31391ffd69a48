//! Points in time as they are stored and shown. For waiting, tokio's monotonic clock is used instead.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The last millisecond that RFC 3339 has a text for: the end of the year 9999.
const LAST: u64 = 253_402_300_799_999;

/// Milliseconds since 1970-01-01T00:00:00Z, by this machine's clock. In JSON it is a text of RFC 3339 with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// From milliseconds since 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Later by so much.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Earlier by so much, not before 1970.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How much later this is than `earlier`; nothing if it is not.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = UNIX_EPOCH + Duration::from_millis(self.0.min(LAST));
        serializer.collect_str(&humantime::format_rfc3339_millis(time))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A history of before has milliseconds.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Millis(u64),
        }
        match Written::deserialize(deserializer)? {
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
            Written::Millis(millis) => Ok(Self(millis)),
        }
    }
}

impl FromStr for Timestamp {
    type Err = humantime::TimestampError;

    /// As it is shown.
    fn from_str(text: &str) -> Result<Self, humantime::TimestampError> {
        let since = humantime::parse_rfc3339_weak(text)?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    /// `2026-03-02T09:00:05Z`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNIX_EPOCH.checked_add(Duration::from_millis(self.0)) {
            Some(time) => humantime::format_rfc3339_seconds(time).fmt(f),
            None => f.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn json_has_a_text_with_milliseconds_and_reads_numbers_of_before() {
        let at = Timestamp::from_millis(1_772_442_005_123);
        let text = serde_json::to_string(&at).unwrap();
        assert_eq!(text, "\"2026-03-02T09:00:05.123Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), at);
        assert_eq!(serde_json::from_str::<Timestamp>("1772442005123").unwrap(), at);
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
        let never = serde_json::to_string(&Timestamp::from_millis(u64::MAX)).unwrap();
        assert_eq!(never, "\"9999-12-31T23:59:59.999Z\"");
    }
}
