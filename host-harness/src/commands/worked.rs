//! Whether an office worked before: an address at which it did need not be mended, and what is away comes back.

use super::advice::{About, address_of};
use super::differences;
use crate::component::System;
use crate::run::{Tally, Wait};
use crate::store::{Run, RunResult};
use crate::timestamp::Timestamp;

/// When a run of the office last came to its end, by the history, newest first.
pub(super) fn worked_at(runs: &[Run]) -> Option<Timestamp> {
    let done = |run: &&Run| run.work != differences::WORK && run.result == RunResult::Done;
    runs.iter().find(done).map(|run| run.finished)
}

/// Whether a person must mend an address before anything works: it leads nowhere, and no record was ever read.
pub(super) fn must_mend(wait: &Wait, tally: &Tally, runs: &[Run]) -> bool {
    let has_read = |run: &Run| run.counts.get("read").is_some_and(|read| *read > 0);
    let is_first = tally.read == 0 && worked_at(runs).is_none() && !runs.iter().any(has_read);
    is_first && wait.reason.as_ref().is_some_and(|reason| leads_nowhere(&reason.code))
}

/// Whether a code says that the address is wrong. A server that takes no connection may be one that starts.
fn leads_nowhere(code: &str) -> bool {
    let about = About { system: Some(System::Tribe), ..About::default() };
    code != "connection-refused" && address_of(code, &about).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::store::Reason;

    fn run(result: RunResult, read: u64) -> Run {
        let at = Timestamp::from_millis(7);
        Run {
            work: "initial-sync".to_owned(),
            started: at,
            finished: at,
            result,
            counts: BTreeMap::from([("read".to_owned(), read)]),
            notes: BTreeMap::new(),
            standing: None,
            reason: None,
        }
    }

    #[test]
    fn an_address_that_leads_nowhere_is_mended_only_where_it_never_worked() {
        let wait = |code: &str| {
            let reason = Reason { system: "AdvocaatCentraal".to_owned(), code: code.to_owned(), status: None };
            Wait { until: Timestamp::from_millis(0), reason: Some(reason) }
        };
        let nothing = Tally::default();
        for code in ["name-unknown", "not-there", "no-json", "elsewhere-told", "certificate-of-another"] {
            assert!(must_mend(&wait(code), &nothing, &[run(RunResult::Later, 0)]), "{code}");
        }
        for code in ["connection-refused", "timed-out", "server-error", "asks-to-wait"] {
            assert!(!must_mend(&wait(code), &nothing, &[]), "{code}: it passes by itself");
        }
        assert!(!must_mend(&wait("name-unknown"), &nothing, &[run(RunResult::Done, 0)]));
        assert!(!must_mend(&wait("name-unknown"), &nothing, &[run(RunResult::Later, 3)]));
        assert!(!must_mend(&wait("name-unknown"), &Tally { read: 1, ..nothing }, &[]));
    }
}
