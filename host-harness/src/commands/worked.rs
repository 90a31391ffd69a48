//! Whether an office worked before: an address at which it did need not be mended, and what is away comes back.

use super::advice::{About, address_of};
use crate::component::System;
use crate::run::{Tally, Wait};
use crate::store::Summary;

/// Whether a person must mend an address before anything works: it leads nowhere, and no record was ever read.
pub(super) fn must_mend(wait: &Wait, tally: &Tally, summary: &Summary) -> bool {
    let is_first = tally.read == 0 && summary.worked.is_none() && !summary.has_read;
    is_first && wait.reason.as_ref().is_some_and(|reason| leads_nowhere(&reason.code))
}

/// Whether a code says that the address is wrong. A server that takes no connection may be one that starts.
fn leads_nowhere(code: &str) -> bool {
    let about = About { system: Some(System::Tribe), ..About::default() };
    code != "connection-refused" && address_of(code, &about).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Reason;
    use crate::timestamp::Timestamp;

    #[test]
    fn an_address_that_leads_nowhere_is_mended_only_where_it_never_worked() {
        let wait = |code: &str| {
            let (system, code) = ("AdvocaatCentraal".to_owned(), code.to_owned());
            let reason = Reason { system, code, status: None, setting: None };
            Wait { until: Timestamp::from_millis(0), reason: Some(reason) }
        };
        let (nothing, never) = (Tally::default(), Summary::default());
        for code in ["name-unknown", "not-there", "no-json", "elsewhere-told", "certificate-of-another"] {
            assert!(must_mend(&wait(code), &nothing, &never), "{code}");
        }
        for code in ["connection-refused", "timed-out", "server-error", "asks-to-wait"] {
            assert!(!must_mend(&wait(code), &nothing, &never), "{code}: it passes by itself");
        }
        let worked = Summary { worked: Some(Timestamp::from_millis(7)), ..Summary::default() };
        let has_read = Summary { has_read: true, ..Summary::default() };
        assert!(!must_mend(&wait("name-unknown"), &nothing, &worked));
        assert!(!must_mend(&wait("name-unknown"), &nothing, &has_read));
        assert!(!must_mend(&wait("name-unknown"), &Tally { read: 1, ..nothing }, &never));
    }
}
