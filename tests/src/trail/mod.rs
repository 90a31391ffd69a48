//! The trail of the connector: its calls and the keys that it wrote, in their order.
//!
//! Two versions of the connector behave the same if they leave the same trails in the same runs. The values in the
//! store are no part of it: how state is encoded is each version's own business.

mod allowed;
mod runs;

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

use advocaatcentraal_tribe::sync::{Outcome, Stopped};

pub use allowed::{Allowed, Kind as AllowedKind};
pub use runs::{Run, all, named};

thread_local! {
    static UNDER_WAY: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Does the work, and gives the trail that the connector left on this thread meanwhile.
pub fn follow(work: impl FnOnce()) -> Vec<String> {
    UNDER_WAY.set(Some(Vec::new()));
    work();
    UNDER_WAY.take().unwrap_or_default()
}

fn add(line: impl FnOnce() -> String) {
    UNDER_WAY.with_borrow_mut(|trail| {
        if let Some(trail) = trail {
            trail.push(line());
        }
    });
}

pub(crate) fn called(request: &sandbox::Request) {
    add(|| format!("{} {} {}", request.method, request.target, String::from_utf8_lossy(&request.body)));
}

pub(crate) fn stored(key: &str) {
    add(|| format!("set {key}"));
}

pub(crate) fn removed(key: &str) {
    add(|| format!("delete {key}"));
}

pub(crate) fn ended(result: &Result<Outcome, Stopped>) {
    add(|| {
        let (how, outcome) = match result {
            Ok(outcome) => ("ended", outcome),
            Err(stopped) => ("stopped", &stopped.partial),
        };
        let of = outcome.counts;
        let counts = [of.read, of.unchanged, of.created, of.updated, of.dead_lettered, of.skipped];
        let mut line = format!("{how} {counts:?} {:?}", outcome.next);
        for note in &outcome.notes {
            line.push(' ');
            line.push_str(note.code.as_str());
        }
        line
    });
}

/// A number that differs if a line of the trails differs.
pub fn digest(trail: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    trail.hash(&mut hasher);
    hasher.finish()
}
