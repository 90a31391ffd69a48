//! The trail of the connector: its calls and the keys that it wrote, in their order.
//!
//! Two versions of the connector behave the same if they leave the same trails in the same runs. The values in the
//! store are not part of a trail, because each version may encode its state in its own way.

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

/// Does the work, and returns the trail that the connector left on this thread.
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
            Err(stopped) => ("stopped", &*stopped.partial),
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

/// A number that differs if a line of two trails differs.
pub fn digest(trail: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    trail.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_run_twice_leaves_the_same_trail_and_another_run_another() {
        let [one, again, other] = [Run::Seed(4), Run::Seed(4), Run::Seed(5)].map(|run| run.trail());
        assert!(one.iter().any(|line| line.starts_with("POST ")) && one.iter().any(|line| line.starts_with("set ")));
        assert_eq!((one.len(), digest(&one)), (again.len(), digest(&again)));
        assert_ne!(digest(&one), digest(&other));
    }

    #[test]
    fn a_digest_sees_one_line_that_differs_is_missing_or_stands_elsewhere() {
        let trail = Run::Seed(4).trail();
        let whole = digest(&trail);
        let changed = |change: fn(&mut Vec<String>)| {
            let mut trail = trail.clone();
            change(&mut trail);
            digest(&trail)
        };
        assert_ne!(changed(|trail| trail.swap(0, 1)), whole);
        assert_ne!(changed(|trail| drop(trail.pop())), whole);
        assert_ne!(changed(|trail| trail.iter_mut().take(1).for_each(|line| line.push(' '))), whole);
        assert_eq!(changed(|_| ()), whole);
    }

    #[test]
    fn a_run_is_found_by_its_name() {
        let crash = "a_company_edited_in_ac@3";
        for name in ["seed-7", "a_company_edited_in_ac", crash] {
            assert_eq!(named(name).map(|run| run.name()).as_deref(), Some(name));
        }
        assert!(named("no_such_reference").is_none());
    }
}
