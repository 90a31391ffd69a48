//! The process with the stand-ins, so that their time and memory are nobody else's.

use std::io::{self, BufRead, Write};
use std::num::NonZeroU64;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use clap::Args;
use host_harness::commands::stand_ins::{Making, StandIns};
use sandbox::comparison::Fault;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// Which stand-ins are wanted.
#[derive(Args, Clone, Copy)]
pub(crate) struct Wanted {
    /// Relations in AdvocaatCentraal
    #[arg(long, default_value_t = 2_000)]
    pub(crate) relations: usize,
    /// Milliseconds that every answer of the stand-ins waits
    #[arg(long, default_value_t = 0)]
    pub(crate) delay: u64,
    /// Of so many writes one is carried out and answered by a gateway that gave up waiting
    #[arg(long)]
    pub(crate) lose_every: Option<NonZeroU64>,
}

/// One line of their input.
#[derive(Serialize, Deserialize)]
enum Asked {
    Counts,
    /// Their clocks are to be so far behind.
    Behind {
        seconds: u64,
    },
}

/// What the stand-ins counted since they were asked last, and how both stand.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) advocaatcentraal_calls: u64,
    pub(crate) tribe_calls: u64,
    pub(crate) writes: u64,
    /// Organisations and persons in Tribe.
    pub(crate) records: usize,
    /// Records that stand in Tribe more than once.
    pub(crate) doubles: usize,
    /// Everything else in which both differ.
    pub(crate) differences: usize,
}

impl Counted {
    pub(crate) fn is_equal(self) -> bool {
        self.doubles + self.differences == 0
    }

    pub(crate) fn calls(self) -> u64 {
        self.advocaatcentraal_calls + self.tribe_calls
    }
}

/// Is the stand-ins, until its input ends.
pub(crate) fn serve(wanted: Wanted) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let making = Making {
        relations: wanted.relations,
        delay: Duration::from_millis(wanted.delay),
        lose_every: wanted.lose_every,
        ..Making::default()
    };
    let stand_ins = runtime.block_on(StandIns::start(making))?;
    say(&stand_ins.settings())?;
    for line in io::stdin().lock().lines() {
        match serde_json::from_str(&line?)? {
            Asked::Counts => say(&count(&stand_ins))?,
            Asked::Behind { seconds } => {
                stand_ins.lag_behind(Duration::from_secs(seconds));
                say(&())?;
            }
        }
    }
    Ok(())
}

fn count(stand_ins: &StandIns) -> Counted {
    let compared = stand_ins.compare();
    let doubles = compared.differences().iter().filter(|difference| difference.fault == Fault::Duplicate).count();
    let mut ac = stand_ins.advocaatcentraal();
    let mut tribe = stand_ins.tribe();
    let counted = Counted {
        advocaatcentraal_calls: ac.counters().total(),
        tribe_calls: tribe.counters().total(),
        writes: ac.counters().writes() + tribe.counters().writes(),
        records: ["Relation_Organization", "Relation_Person"].iter().map(|set| tribe.set(set).count()).sum(),
        doubles,
        differences: compared.differences().len() - doubles,
    };
    ac.reset_counters();
    tribe.reset_counters();
    counted
}

fn say(told: &impl Serialize) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(told)?)?;
    Ok(out.flush()?)
}

/// The stand-ins in their process, which ends when this is dropped.
pub(crate) struct Elsewhere {
    process: Child,
    ask: ChildStdin,
    answers: io::Lines<io::BufReader<ChildStdout>>,
    settings: String,
}

impl Elsewhere {
    pub(crate) fn start(wanted: Wanted) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("stand-ins");
        command.args(["--relations", &wanted.relations.to_string(), "--delay", &wanted.delay.to_string()]);
        if let Some(every) = wanted.lose_every {
            command.args(["--lose-every", &every.to_string()]);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let ask = process.stdin.take().ok_or("no pipe to the stand-ins")?;
        let answers = io::BufReader::new(process.stdout.take().ok_or("no pipe from the stand-ins")?).lines();
        let mut elsewhere = Self { process, ask, answers, settings: String::new() };
        elsewhere.settings = serde_json::from_str(&elsewhere.answer()?)?;
        Ok(elsewhere)
    }

    /// The settings of their office, as TOML.
    pub(crate) fn settings(&self) -> &str {
        &self.settings
    }

    fn answer(&mut self) -> Result<String, Failure> {
        Ok(self.answers.next().ok_or("the stand-ins ended")??)
    }

    fn asked(&mut self, what: &Asked) -> Result<String, Failure> {
        writeln!(self.ask, "{}", serde_json::to_string(what)?)?;
        self.answer()
    }

    /// Counts, and begins to count anew.
    pub(crate) fn counted(&mut self) -> Result<Counted, Failure> {
        Ok(serde_json::from_str(&self.asked(&Asked::Counts)?)?)
    }

    /// What is written from now on looks so old later.
    pub(crate) fn lag_behind(&mut self, by: Duration) -> Result<(), Failure> {
        self.asked(&Asked::Behind { seconds: by.as_secs() }).map(drop)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
