//! The pace of an office over the processes that work for it, one after another: each leaves with its lease what it sent to
//! Tribe in the last minute, and the next one counts that in. It stands in a write that is made anyway.

use std::sync::Arc;
use std::time::Duration;

use koppeling_egress::{Egress, Sent};
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::store::{Lease, Left, SIGN_EVERY};
use crate::timestamp::Timestamp;

/// What an owner leaves.
#[derive(Serialize, Deserialize)]
struct Note {
    /// Who: the same host need not be told.
    by: String,
    start: String,
    since_start: u64,
    clock: u64,
    /// Calls of some seconds to Tribe: how many milliseconds ago, and how many.
    tribe: Vec<(u64, u32)>,
}

/// The pace of one host.
pub(super) struct Pace {
    egress: Egress,
    /// Its name in notes.
    by: Arc<str>,
}

impl Pace {
    pub(super) fn of(egress: &Egress) -> Self {
        let mut bytes = [0; 8];
        // Without random bytes, which a machine always has, it counts its own calls in once more.
        let by = getrandom::fill(&mut bytes).map(|()| hex::encode(bytes)).unwrap_or_default();
        Self { egress: egress.clone(), by: by.into() }
    }

    /// Counts in what the owner before sent, and has left for the next owner what is sent under this lease.
    pub(super) fn go_on(&self, lease: &Lease) {
        let (office, now) = (lease.office().clone(), Moment::now());
        if let Some(others) = others(lease.left(), &self.by, &now) {
            self.egress.count_in(office.as_str(), clock(&now), &others);
        }
        let (egress, by) = (self.egress.clone(), Arc::clone(&self.by));
        lease.leave(move |now| {
            let sent = egress.sent(office.as_str(), clock(now))?;
            let tribe: Vec<_> = sent.iter().map(|sent| (millis(sent.ago), sent.calls)).collect();
            let (start, since_start) = (now.start().to_owned(), now.since_start());
            let note = Note { by: by.to_string(), start, since_start, clock: now.clock().as_millis(), tribe };
            serde_json::to_string(&note).ok()
        });
    }
}

/// What another host sent in the last minute, as far as it said so.
fn others(left: &Left, by: &str, now: &Moment) -> Option<Vec<Sent>> {
    let note: Note = serde_json::from_str(&left.note).ok()?;
    if left.given_back && !by.is_empty() && note.by == by {
        return None;
    }
    // A clock that was set makes a note seem older or newer, and nothing of it counts for longer than a minute from now.
    let at = Moment::stored(note.start, note.since_start, Timestamp::from_millis(note.clock));
    let age = at.apart(now);
    let told = note.tribe.into_iter();
    let mut sent: Vec<Sent> =
        told.map(|(ago, calls)| Sent { ago: Duration::from_millis(ago).saturating_add(age), calls }).collect();
    if !left.given_back {
        // It ended between two signs, and may have gone on as before until then.
        let calls = sent.iter().map(|sent| sent.calls).max().unwrap_or_default();
        sent.push(Sent { ago: age.saturating_sub(SIGN_EVERY), calls });
    }
    Some(sent)
}

/// The steps in which calls are told are those of the machine's clock: other machines have them too.
fn clock(now: &Moment) -> Duration {
    Duration::from_millis(now.clock().as_millis())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
