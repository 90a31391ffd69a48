//! Many offices at five minutes; beside them deliveries at a steady rate, and a burst of edits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use host_harness::timestamp::Timestamp;
use tokio::task::JoinSet;

use crate::Failure;
use crate::crowd::{Arrived, Crowd, Edit};
use crate::posting::Post;
use crate::row::{Usage, complaints, head, row};
use crate::running::{Running, Start, size};

#[derive(Args)]
pub(crate) struct Load {
    /// Offices
    #[arg(long, default_value_t = 10_000)]
    offices: usize,
    /// Relations of each in AdvocaatCentraal
    #[arg(long, default_value_t = 10)]
    relations: usize,
    /// Seconds between two cycles of an office
    #[arg(long, default_value_t = 300)]
    interval: u64,
    /// What is measured, one after the other
    #[arg(long, value_delimiter = ',', default_value = "offices,deliveries,burst")]
    parts: Vec<Part>,
    /// Intervals that are measured, after one that is not
    #[arg(long, default_value_t = 1)]
    intervals: u32,
    /// Offices that deliveries and the burst are for
    #[arg(long, default_value_t = 1_000)]
    addressed: usize,
    /// Deliveries in a second
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// For so many seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Where the data folder is made, in place of the folder for what is temporary
    #[arg(long, value_name = "DIR")]
    beside: Option<PathBuf>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// How long after its slot each cycle ends
    Offices,
    /// How soon deliveries are accepted, and what they tell of is in AdvocaatCentraal
    Deliveries,
    /// How soon one edit in each of many offices is in AdvocaatCentraal, and edits after it
    Burst,
}

/// How long it is waited for edits to arrive.
const PATIENCE: Duration = Duration::from_secs(180);
/// Intervals in which all offices must have had their first cycle.
const MOST_TO_WARM: u32 = 5;
/// Posts of a burst that are under way at once.
const POSTS: usize = 64;
/// Edits after a burst, and the time between two.
const AFTER: (usize, Duration) = (50, Duration::from_millis(100));

impl Load {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = folder(self.beside.as_deref())?;
        let crowd = Arc::new(prepared(folder.path(), self.offices, self.relations).await?);
        let start = Start::of(folder.path(), Duration::from_secs(self.interval))?;
        crowd.deliver_to(&start.url());
        let running = start.start()?;
        let begun = running.begun().await?;
        let idle = Usage::begin(&running)?;
        // Offices that were synced longer than an interval ago are overdue at the start, and the first cycle of each reads
        // again what its initial sync made.
        let interval = Duration::from_secs(self.interval);
        tokio::time::sleep(interval).await;
        let warming = Instant::now();
        while cycled(&running) < self.offices && warming.elapsed() < interval * MOST_TO_WARM {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        println!(
            "every office had its first cycle {:.0} s after the start",
            (interval + warming.elapsed()).as_secs_f64()
        );
        head();
        row("the first cycles: slot to end", running.lags(begun, &[])?.1, &running, &idle)?;
        for part in &self.parts {
            match part {
                Part::Offices => self.offices(&running).await?,
                Part::Deliveries => self.deliveries(&crowd, &running).await?,
                Part::Burst => self.burst(&crowd, &running).await?,
            }
        }
        let ended = running.told(|told| {
            let mut ended = BTreeMap::<_, u64>::new();
            for run in &told.ran {
                *ended.entry((run.work.clone(), run.end.clone())).or_default() += 1;
            }
            ended
        });
        for ((work, end), count) in ended {
            println!("{work} ended as {end}: {count}");
        }
        complaints(&running);
        Ok(())
    }

    async fn offices(&self, running: &Running) -> Result<(), Failure> {
        let (since, usage) = (Timestamp::now(), Usage::begin(running)?);
        tokio::time::sleep(Duration::from_secs(self.interval) * self.intervals).await;
        cycles("offices", running, since, &usage, &[])
    }

    async fn deliveries(&self, crowd: &Arc<Crowd>, running: &Running) -> Result<(), Failure> {
        let (since, usage, post) = (Timestamp::now(), Usage::begin(running)?, Post::new());
        let (began, mut posts, mut edits) = (Instant::now(), JoinSet::new(), Vec::new());
        let among = self.addressed.min(crowd.members.len()).max(1);
        for number in 0..self.rate * self.seconds {
            tokio::time::sleep_until((began + Duration::from_secs(1) * number / self.rate).into()).await;
            let (place, round) = (number as usize / 2 % among, number as usize / 2 / among);
            let office = spread_over(place, among, crowd.members.len());
            let deliveries = if number % 2 == 0 {
                let (edit, deliveries) = crowd.edit(office, round)?;
                edits.push(edit);
                deliveries
            } else {
                // Of another record than the last edit, where there is one.
                vec![crowd.echo(office, round + 1, &running.url)?]
            };
            for delivery in deliveries {
                let post = post.clone();
                posts.spawn(async move { post.deliver(delivery).await });
            }
        }
        let mut accepted = Vec::new();
        while let Some(done) = posts.join_next().await {
            accepted.push(done??);
        }
        row("deliveries: until accepted", accepted, running, &usage)?;
        cycles("beside deliveries", running, since, &usage, &[])?;
        let arrived = arrivals(&crowd.arrived, &edits).await;
        row("deliveries: edit in Tribe to AdvocaatCentraal", arrived, running, &usage)
    }

    async fn burst(&self, crowd: &Arc<Crowd>, running: &Running) -> Result<(), Failure> {
        let (usage, post) = (Usage::begin(running)?, Post::new());
        let among = self.addressed.min(crowd.members.len()).max(1);
        let (mut edits, mut after, mut posts) = (Vec::new(), Vec::new(), JoinSet::new());
        for place in 0..among {
            let (edit, deliveries) = crowd.edit(spread_over(place, among, crowd.members.len()), 0)?;
            edits.push(edit);
            for delivery in deliveries {
                if posts.len() >= POSTS {
                    posts.join_next().await.transpose()?.transpose()?;
                }
                let post = post.clone();
                posts.spawn(async move { post.deliver(delivery).await });
            }
        }
        while let Some(done) = posts.join_next().await {
            done??;
        }
        for place in 0..AFTER.0 {
            // Beside those of the burst, where there are others.
            let office = (spread_over(place, AFTER.0, crowd.members.len()) + 1) % crowd.members.len();
            let (edit, deliveries) = crowd.edit(office, 1)?;
            after.push(edit);
            for delivery in deliveries {
                post.deliver(delivery).await?;
            }
            tokio::time::sleep(AFTER.1).await;
        }
        row("burst: edit in Tribe to AdvocaatCentraal", arrivals(&crowd.arrived, &edits).await, running, &usage)?;
        row("edits after the burst", arrivals(&crowd.arrived, &after).await, running, &usage)
    }
}

/// Offices that had a cycle.
fn cycled(running: &Running) -> usize {
    running.told(|told| {
        let polls = told.ran.iter().filter(|run| run.work == "poll");
        polls.map(|run| run.office.as_str()).collect::<BTreeSet<_>>().len()
    })
}

/// A data folder that is removed with it.
pub(crate) fn folder(beside: Option<&Path>) -> Result<tempfile::TempDir, Failure> {
    Ok(match beside {
        Some(beside) => tempfile::tempdir_in(beside)?,
        None => tempfile::tempdir()?,
    })
}

/// Offices that are synced, and what that took.
pub(crate) async fn prepared(folder: &Path, offices: usize, relations: usize) -> Result<Crowd, Failure> {
    let crowd = Crowd::start(offices, relations).await?;
    let prepared = crowd.prepare(folder).await?;
    let (took, records, disk) = (prepared.took, prepared.records, size(folder)?);
    println!(
        "{offices} offices of {relations} relations synced in {:.0} s: {:.1} ms each; {records} records in Tribe; \
         {} MB on disk, {} bytes an office",
        took.as_secs_f64(),
        took.as_secs_f64() * 1e3 / offices.max(1) as f64,
        disk / 1_000_000,
        disk / offices.max(1) as u64,
    );
    Ok(crowd)
}

/// One of the offices, evenly over all of them.
fn spread_over(place: usize, among: usize, all: usize) -> usize {
    place * all / among.max(1)
}

/// The cycles since then, but for those offices: when each began to run, and when it ended.
pub(crate) fn cycles(
    what: &str,
    running: &Running,
    since: Timestamp,
    usage: &Usage,
    without: &[String],
) -> Result<(), Failure> {
    let (woken, ended) = running.lags(since, without)?;
    row(&format!("{what}: cycles, slot to run"), woken, running, usage)?;
    row(&format!("{what}: cycles, slot to end"), ended, running, usage)
}

/// How long after each edit it was in AdvocaatCentraal; one that did not arrive counts as all of the patience.
pub(crate) async fn arrivals(arrived: &Arrived, edits: &[Edit]) -> Vec<Duration> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE && edits.iter().any(|edit| arrived.when(edit).is_none()) {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    edits.iter().map(|edit| arrived.when(edit).map_or(PATIENCE, |at| at - edit.at)).collect()
}
