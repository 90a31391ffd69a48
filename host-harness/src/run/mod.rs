//! One run for one office: slices of work until nothing is left to do, a system asks to wait, or something is wrong.
//!
//! Every slice is a *turn* of its own ([`turn`]): the lease is taken for it and given back after it. So a webhook gets
//! its turn in the middle of an initial sync, and nothing is held while a system's wait is waited out.

mod connectors;
#[cfg(test)]
mod endless_tests;
mod host;
mod pace;
mod report;
mod turn;
mod work;

pub use connectors::{Connectors, Lasting, NoConnector};
pub use host::{Host, HostLimits};
pub use report::{End, Halt, Report, Tally, Wait};
pub(crate) use report::{FOUND_ONLY_BY_SWEEP, system_name};
pub use turn::TurnError;
pub use work::Work;

use std::time::Duration;

use koppeling_egress::TRACE;
use tokio::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

use crate::component::{Change, Error, Next, Outcome};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// A component that says `again` so often without having done anything is going in circles.
const IDLE_SLICES: u32 = 20;
/// No run takes longer, however large its office: at Tribe's pace the first sync of a million records takes a day.
const LONGEST: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// As many slices as that has when they are as short as any are, a second.
const MOST_SLICES: u64 = LONGEST.as_secs();

/// What one slice did.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The component's account.
    pub outcome: Outcome,
    /// Changes of a push that were not looked at yet.
    pub left: Vec<Change>,
    /// Whether it made a request or stored a value, as the host saw it: the component's account may be made up.
    pub worked: bool,
}

/// Why a slice ended early.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The component says so; what it did until then counts.
    Connector {
        /// Why.
        error: Error,
        /// What it did.
        partial: Box<Outcome>,
    },
    /// It could not be asked, or did not answer.
    Turn(TurnError),
}

/// Whoever can do slices: the [`Host`], or a test.
pub trait Slices: Send + Sync {
    /// Does one slice.
    fn slice(&self, office: &OfficeNumber, work: &Work) -> impl Future<Output = Result<Slice, Stop>> + Send;
}

/// Runs until the end. `watch` sees the tally after every slice.
pub async fn run(
    slices: &impl Slices,
    office: &OfficeNumber,
    work: Work,
    watch: &mut (dyn FnMut(&Tally) + Send),
) -> Report {
    let span = tracing::info_span!(
        target: TRACE, "run", office = %office, work = work.name(), result = Empty, read = Empty, slices = Empty,
    );
    // On the heap: whoever awaits a run would nest deeper than the compiler goes.
    let report = Box::pin(until_end(slices, office, work, watch)).instrument(span.clone()).await;
    span.record("result", report.to_history().result.name());
    span.record("read", report.tally.read);
    span.record("slices", report.tally.slices);
    report
}

async fn until_end(
    slices: &impl Slices,
    office: &OfficeNumber,
    mut work: Work,
    watch: &mut (dyn FnMut(&Tally) + Send),
) -> Report {
    let (name, started) = (work.name(), Timestamp::now());
    let (mut tally, began) = (Tally::default(), Instant::now());
    let mut idle = 0;
    let end = loop {
        let before = tally.done();
        let span = tracing::info_span!(target: TRACE, "slice", office = %office, work = name);
        let slice = match slices.slice(office, &work).instrument(span).await {
            Ok(slice) => slice,
            Err(Stop::Connector { error, partial }) => {
                tally.add(&partial);
                watch(&tally);
                break End::from(error);
            }
            Err(Stop::Turn(error)) => break End::Halted(error.into()),
        };
        tally.add(&slice.outcome);
        watch(&tally);
        idle = if slice.worked && tally.done() != before { 0 } else { idle + 1 };
        if let Work::Push(changes) = &mut work {
            *changes = slice.left;
        }
        match slice.outcome.next {
            Next::Done => break End::Done,
            Next::InitialSync => break End::InitialSyncFirst,
            Next::Again if idle >= IDLE_SLICES => {
                break End::Halted(Halt::Defect("no-progress".to_owned()));
            }
            Next::Again if is_endless(tally.slices, began.elapsed()) => break End::Halted(Halt::Endless),
            Next::Again => {}
            Next::NotBefore(until) => break End::Later(Wait { until: Timestamp::from_millis(until), reason: None }),
        }
    };
    let left = match work {
        Work::Push(left) => left,
        _ => Vec::new(),
    };
    Report { work: name, started, finished: Timestamp::now(), tally, end, left }
}

/// Whether a run has gone on for longer than any that comes to its end.
fn is_endless(slices: u64, time: Duration) -> bool {
    slices >= MOST_SLICES || time >= LONGEST
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
