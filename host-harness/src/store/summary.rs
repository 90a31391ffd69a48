//! What the runs of an office add up to, kept beside them: how an office stands is told without reading its history.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::history::{DIFFERENCES, Reason, Run, RunResult, Standing, TRIBE};
use crate::timestamp::Timestamp;

/// What the runs of an office add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Summary {
    /// The last run that was not only a comparison.
    pub last_run: Option<Run>,
    /// The last run for edits that Tribe's webhooks told of.
    pub last_push: Option<Run>,
    /// The last sweep that came to its end.
    pub last_sweep: Option<Run>,
    /// The last comparison of both sides.
    pub last_differences: Option<Run>,
    /// When the last cycle of the periodic sync that came to its end did so.
    pub last_cycle: Option<Timestamp>,
    /// When the last run of any work that came to its end did so.
    pub worked: Option<Timestamp>,
    /// Whether any run read a record.
    pub has_read: bool,
    /// As the last run that knew of it tells.
    pub standing: Option<Standing>,
    /// How far the initial sync is.
    pub initial_sync: InitialSync,
    /// What ended the last runs before their end.
    pub failing: Option<Failing>,
    /// When Tribe's deliveries were last taken and refused.
    pub last_deliveries: LastDeliveries,
    /// When the last cycle that came to its end began.
    pub cycle_began: Option<Timestamp>,
    /// What no delivery told of, though there was something to tell.
    pub untold: Option<Untold>,
    /// The addresses to which webhooks in Tribe were seen to lead, sorted.
    pub webhooks_lead_to: BTreeSet<String>,
}

/// A change in Tribe, seen or made by a run, since which no delivery was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Untold {
    /// It was made after this.
    pub since: Timestamp,
    /// When the run ended.
    pub found: Timestamp,
}

/// When deliveries to an office were last taken and refused, to the minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LastDeliveries {
    /// When one was taken.
    pub accepted: Option<Timestamp>,
    /// When one was refused, and why.
    pub refused: Option<RefusedDelivery>,
}

/// Why a delivery was refused that is not signed with the office's secret.
pub const WRONG_SIGNATURE: &str = "signature";

/// What stands in place of why a delivery was refused once the secret was changed: what was refused before tells nothing
/// of the new one.
pub const SECRET_CHANGED: &str = "secret-changed";

/// A delivery that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RefusedDelivery {
    /// When.
    pub at: Timestamp,
    /// Why: a code.
    pub why: String,
}

impl LastDeliveries {
    /// With what came later.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        Self { accepted: later.accepted.or(self.accepted), refused: later.refused.or(self.refused) }
    }

    /// The last refusal, if the secret was not changed since.
    pub fn refused(&self) -> Option<&RefusedDelivery> {
        self.refused.as_ref().filter(|refused| refused.why != SECRET_CHANGED)
    }

    /// The last refusal, if nothing was taken since, nor the secret changed.
    pub fn failing(&self) -> Option<&RefusedDelivery> {
        self.refused().filter(|refused| self.accepted.is_none_or(|accepted| accepted < refused.at))
    }
}

/// How far the initial sync of an office is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialSync {
    /// It was not begun.
    #[default]
    Never,
    /// It was begun, and has not come to its end.
    Begun(Reached),
    /// It came to its end then.
    Done(Timestamp),
}

impl InitialSync {
    /// When it came to its end, if it did.
    pub fn done(self) -> Option<Timestamp> {
        if let Self::Done(at) = self { Some(at) } else { None }
    }

    /// How far it has come, where it is under way.
    pub fn begun(self) -> Option<Reached> {
        if let Self::Begun(reached) = self { Some(reached) } else { None }
    }
}

/// How far an initial sync has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reached {
    /// Records that it has handled.
    pub records: u64,
    /// All records, where an earlier initial sync counted them.
    pub expected: Option<u64>,
    /// When it came so far.
    pub at: Timestamp,
}

/// What ended the last runs before their end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Failing {
    /// Why, the last time.
    #[serde(flatten)]
    pub reason: Reason,
    /// How the last of them ended.
    pub result: RunResult,
    /// The work of the last of them.
    pub work: String,
    /// When the first of them began.
    pub since: Timestamp,
    /// Runs in a row.
    pub times: u64,
}

/// Whether a work looks at all records.
fn is_for_all(work: &str) -> bool {
    ["poll", "sweep", "initial-sync"].contains(&work)
}

impl Summary {
    /// With one more run.
    #[must_use]
    pub fn after(mut self, run: &Run) -> Self {
        if run.work == DIFFERENCES {
            self.last_differences = Some(run.clone());
            return self;
        }
        let is_done = run.result == RunResult::Done;
        self.untold = self.untold.or_else(|| self.tells_of_untold(run));
        if is_done && run.work == "poll" {
            self.cycle_began = Some(run.started);
        }
        self.initial_sync = match (run.work.as_str(), run.result) {
            ("initial-sync", RunResult::Done) => InitialSync::Done(run.finished),
            ("poll", RunResult::Done) => InitialSync::Done(self.initial_sync.done().unwrap_or(run.finished)),
            // The connector's state was lost since it was done.
            (_, RunResult::InitialSyncFirst) if self.initial_sync.begun().is_none() => InitialSync::Never,
            _ => self.initial_sync,
        };
        self.failing = failing(self.failing, run);
        self.standing = run.standing.or(self.standing);
        self.has_read |= run.counts.get("read").is_some_and(|read| *read > 0);
        if is_done {
            self.worked = Some(run.finished);
        }
        match run.work.as_str() {
            "poll" if is_done => self.last_cycle = Some(run.finished),
            "sweep" if is_done => self.last_sweep = Some(run.clone()),
            "push" => self.last_push = Some(run.clone()),
            _ => {}
        }
        self.last_run = Some(run.clone());
        self
    }

    /// With an initial sync that has come so far. One that was done before goes on being done.
    #[must_use]
    pub fn reached(mut self, reached: Reached) -> Self {
        if self.initial_sync.done().is_none() {
            self.initial_sync = InitialSync::Begun(reached);
        }
        self
    }

    /// With webhooks in Tribe that lead to that address, or with none that do.
    #[must_use]
    pub fn with_webhooks(mut self, address: String, stand: bool) -> Self {
        if stand {
            self.webhooks_lead_to.insert(address);
        } else {
            self.webhooks_lead_to.remove(&address);
        }
        self
    }

    /// With deliveries that came since.
    #[must_use]
    pub fn heard(mut self, last: LastDeliveries) -> Self {
        let is_anew = last.refused.as_ref().is_some_and(|refused| refused.why == SECRET_CHANGED);
        self.last_deliveries = std::mem::take(&mut self.last_deliveries).and(last);
        let accepted = self.last_deliveries.accepted;
        self.untold = self.untold.filter(|untold| !is_anew && accepted.is_none_or(|accepted| accepted < untold.since));
        self
    }

    /// What a run tells that Tribe had to tell, if no delivery did: it took an edit from there, or wrote there, which Tribe
    /// tells of too. What a delivery began is told.
    fn tells_of_untold(&self, run: &Run) -> Option<Untold> {
        let counted = |name: &str| run.counts.get(name).copied().unwrap_or_default();
        let is_change = is_for_all(&run.work) && counted("created") + counted("updated") > 0;
        // An edit may have been made, and told, since the cycle before began to look.
        let since = self.cycle_began.map_or(run.started, |began| began.min(run.started));
        let is_told = self.last_deliveries.accepted.is_some_and(|accepted| accepted >= since);
        (is_change && !is_told).then_some(Untold { since, found: run.finished })
    }

    /// Whether the secret of the office's webhooks seems to be wrong: what was last refused bears a signature that does not
    /// fit it, and for so long no delivery was taken of something that Tribe had to tell. A stranger can post signatures that
    /// do not fit, and cannot keep Tribe from telling.
    pub fn seems_secret_wrong(&self, now: Timestamp, patience: Duration) -> bool {
        let refused = self.last_deliveries.failing().filter(|refused| refused.why == WRONG_SIGNATURE);
        refused
            .zip(self.untold)
            .is_some_and(|(refused, untold)| refused.at >= untold.since && now.since(untold.found) >= patience)
    }

    /// When the office last gave a sign that its sync goes on: a cycle that came to its end, or an initial sync that moved.
    pub fn last_sign(&self) -> Option<Timestamp> {
        let moved = self.initial_sync.begun().map(|reached| reached.at);
        self.last_cycle.max(self.initial_sync.done()).max(moved)
    }
}

/// What ends the runs after that one. A run that somebody stopped, or that did not get its turn, tells nothing.
fn failing(known: Option<Failing>, run: &Run) -> Option<Failing> {
    let Some(reason) = &run.reason else {
        return known.filter(|failing| run.result != RunResult::Done || !is_over(failing, run));
    };
    let again =
        known.filter(|failing| (&failing.reason.system, &failing.reason.code) == (&reason.system, &reason.code));
    let (since, times) = again.map_or((run.started, 0), |failing| (failing.since, failing.times));
    let (reason, work) = (reason.clone(), run.work.clone());
    Some(Failing { reason, result: run.result, work, since, times: times + 1 })
}

/// Whether a run that came to its end tells that a failure is over. One for a few records does not tell that for the
/// others; and an initial sync that had nothing to write did not ask Tribe.
fn is_over(failing: &Failing, run: &Run) -> bool {
    let counted = |name: &str| run.counts.get(name).copied().unwrap_or_default();
    let asked_tribe = run.work != "initial-sync" || counted("created") + counted("updated") > 0;
    let is_of_all = is_for_all(&run.work) || !is_for_all(&failing.work);
    is_of_all && (asked_tribe || failing.reason.system != TRIBE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeMap;

    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn run(work: &str, finished: u64, result: RunResult) -> Run {
        let (started, finished, work) = (at(finished - 1), at(finished), work.to_owned());
        let (counts, notes) = (BTreeMap::new(), BTreeMap::new());
        Run { work, started, finished, result, counts, notes, standing: None, reason: None }
    }

    fn failed(work: &str, finished: u64, code: &str) -> Run {
        let reason = Reason { system: "Tribe".to_owned(), code: code.to_owned(), status: None, setting: None };
        Run { reason: Some(reason), ..run(work, finished, RunResult::Later) }
    }

    fn after(runs: &[Run]) -> Summary {
        runs.iter().fold(Summary::default(), Summary::after)
    }

    #[test]
    fn only_a_poll_that_came_to_its_end_is_a_finished_cycle() {
        use RunResult::{Done, Failed, InitialSyncFirst, Later};
        let runs = [("poll", 10, Done), ("poll", 20, Later), ("poll", 30, Failed), ("push", 40, Done)];
        let runs = runs.map(|(work, finished, result)| run(work, finished, result));
        let summary = after(&runs);
        assert_eq!((summary.last_cycle, summary.worked), (Some(at(10)), Some(at(40))));
        assert_eq!(summary.last_run.unwrap().work, "push");
        assert_eq!(after(&[run("poll", 10, InitialSyncFirst)]).last_cycle, None);
    }

    #[test]
    fn an_initial_sync_is_begun_by_what_it_reached_and_done_at_its_end() {
        let reached = |records, millis| Reached { records, expected: None, at: at(millis) };
        let begun = Summary::default().reached(reached(3, 5));
        assert_eq!(begun.initial_sync, InitialSync::Begun(reached(3, 5)));
        let polled = begun.after(&run("poll", 10, RunResult::InitialSyncFirst));
        assert_eq!(polled.initial_sync, InitialSync::Begun(reached(3, 5)), "a poll asks for it, and undoes nothing");
        let done = polled.after(&run("initial-sync", 20, RunResult::Done));
        assert_eq!(done.initial_sync, InitialSync::Done(at(20)));
        let again = done.reached(reached(1, 30)).after(&run("poll", 40, RunResult::Done));
        assert_eq!((again.initial_sync, again.last_sign()), (InitialSync::Done(at(20)), Some(at(40))));
        let lost = again.after(&run("poll", 50, RunResult::InitialSyncFirst));
        assert_eq!(lost.initial_sync, InitialSync::Never, "the connector's state was lost");
    }

    #[test]
    fn what_fails_is_told_with_since_when_and_how_often_until_a_run_for_all_goes_through() {
        let (first, last) = (failed("poll", 60, "server-error"), failed("sweep", 120, "server-error"));
        let stopped = run("poll", 130, RunResult::Cancelled);
        let compared = run(DIFFERENCES, 140, RunResult::Done);
        let push = run("push", 150, RunResult::Done);
        let summary = after(&[run("poll", 1, RunResult::Done), first, last, stopped, compared, push]);
        let failing = summary.failing.clone().unwrap();
        assert_eq!((failing.reason.code.as_str(), failing.since, failing.times), ("server-error", at(59), 2));
        let other = after(&[failed("poll", 60, "timed-out"), failed("poll", 120, "server-error")]).failing.unwrap();
        assert_eq!((other.since, other.times), (at(119), 1), "another reason is another failure");
        assert_eq!(summary.after(&run("poll", 160, RunResult::Done)).failing, None);
        let synced = after(&[failed("poll", 10, "timed-out"), run("initial-sync", 20, RunResult::Done)]);
        assert!(synced.failing.is_some(), "it had nothing to write, and did not ask Tribe");
        let mut wrote = run("initial-sync", 30, RunResult::Done);
        wrote.counts.insert("created".to_owned(), 1);
        assert_eq!(synced.after(&wrote).failing, None);
        let pushed = after(&[failed("push", 10, "timed-out")]);
        assert!(pushed.failing.is_some());
        assert_eq!(pushed.after(&run("push", 20, RunResult::Done)).failing, None);
    }

    /// A run that changed something.
    fn changed(work: &str, finished: u64) -> Run {
        let mut run = run(work, finished, RunResult::Done);
        run.counts.insert("updated".to_owned(), 1);
        run
    }

    fn forged(millis: u64) -> LastDeliveries {
        let why = WRONG_SIGNATURE.to_owned();
        LastDeliveries { accepted: None, refused: Some(RefusedDelivery { at: at(millis), why }) }
    }

    fn taken(millis: u64) -> LastDeliveries {
        LastDeliveries { accepted: Some(at(millis)), refused: None }
    }

    #[test]
    fn a_secret_seems_wrong_only_where_tribe_had_something_to_tell_and_no_delivery_was_taken_of_it() {
        let seems_wrong = |summary: &Summary, now| summary.seems_secret_wrong(at(now), Duration::from_millis(10));
        let quiet = after(&[run("poll", 100, RunResult::Done)]).heard(forged(110));
        assert!(!seems_wrong(&quiet, 9_000), "whatever a stranger posts");
        let changed_then = quiet.after(&changed("poll", 200));
        assert!(!seems_wrong(&changed_then, 205), "a delivery may be on its way");
        assert!(seems_wrong(&changed_then, 210), "Tribe told, and was refused");
        assert!(!seems_wrong(&changed_then.clone().heard(taken(150)), 210));
        let mended = changed_then.clone().heard(taken(211)).heard(forged(300));
        assert!(!seems_wrong(&mended, 9_000), "a stranger again");
        let other = LastDeliveries {
            refused: Some(RefusedDelivery { at: at(250), why: SECRET_CHANGED.to_owned() }),
            ..LastDeliveries::default()
        };
        assert!(!seems_wrong(&changed_then.heard(other).heard(forged(300)), 9_000), "nothing is known of a new secret");
    }

    #[test]
    fn what_a_delivery_told_of_before_a_cycle_took_it_is_told() {
        let told = after(&[run("poll", 100, RunResult::Done)]).heard(taken(150)).after(&changed("poll", 200));
        assert_eq!(told.untold, None);
        assert_eq!(told.clone().after(&changed("push", 300)).untold, None, "a delivery began it");
        let later = told.after(&run("poll", 400, RunResult::Done)).after(&changed("sweep", 500));
        assert_eq!(later.untold, Some(Untold { since: at(399), found: at(500) }));
    }

    #[test]
    fn how_an_office_stands_is_as_the_last_run_knew_that_knew_of_it() {
        let standing = Some(Standing { dead_letters: 2, gone: 0, brakes: 1 });
        let known = Run { standing, ..run("poll", 10, RunResult::Done) };
        assert_eq!(after(&[known, run("push", 20, RunResult::Later)]).standing, standing);
    }
}
