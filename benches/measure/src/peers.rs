//! The same work by `koppeling` and by programs in Python: one after the other, in an order that rotates, each against
//! stand-ins of its own with the same relations.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::Failure;
use crate::contestants::{ALL, Contestant, Installed};
use crate::stand_ins::{Counted, Elsewhere, Wanted};
use crate::usage::{self, Usage, median};

/// Of so many writes the answer of one is lost, where answers are.
const LOSE_EVERY: NonZeroU64 = NonZeroU64::new(100).unwrap();
/// The first run was so long before the idle one: what it wrote is in no overlap any more.
const LONG_AGO: Duration = Duration::from_secs(60 * 60);
/// What is run again after a loss ends soon, or never.
const RUNS_AFTER_A_LOSS: usize = 4;

#[derive(Args)]
pub(crate) struct Peers {
    #[command(flatten)]
    stand_ins: Wanted,
    /// How often each is run
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only those, with commas between them
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Tells instead what each loses: killed at a third of its time, and with every hundredth answer to a write lost
    #[arg(long)]
    losses: bool,
}

/// What one run cost.
#[derive(Clone, Copy)]
struct Run {
    usage: Usage,
    counted: Counted,
}

/// A first run, and an idle one after the run that finds what the first wrote.
struct Round {
    first: Run,
    idle: Run,
}

impl Peers {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let wanted = |contestant: &Contestant| self.only.is_empty() || self.only.contains(&contestant.to_string());
        let installed: Result<Vec<Installed>, Failure> =
            ALL.into_iter().filter(wanted).map(Contestant::install).collect();
        let installed = installed?;
        if installed.is_empty() {
            return Err("nobody has that name".into());
        }
        if self.losses { self.tell_losses(&installed) } else { self.tell_costs(&installed) }
    }

    fn tell_costs(&self, installed: &[Installed]) -> Result<(), Failure> {
        let mut rounds: BTreeMap<Contestant, Vec<Round>> = BTreeMap::new();
        for round in 0..self.rounds {
            for turn in 0..installed.len() {
                let Some(one) = installed.get((round + turn) % installed.len()) else { continue };
                println!("round {} of {}: {}", round + 1, self.rounds, one.contestant);
                rounds.entry(one.contestant).or_default().push(self.round(one)?);
            }
        }
        println!(
            "\n{:<10} {:>7} {:>10} {:>7} {:>8} {:>9} {:>10} {:>10} {:>10} {:>6}",
            "", "records", "CPU/record", "time", "peak", "AC calls", "Tribe calls", "idle CPU", "idle calls", "equal"
        );
        for (contestant, rounds) in &rounds {
            println!("{contestant:<10} {}", line(rounds));
        }
        println!("medians of {} rounds; calls of the first run are for each record", self.rounds);
        Ok(())
    }

    fn round(&self, one: &Installed) -> Result<Round, Failure> {
        let folder = tempfile::tempdir()?;
        let mut stand_ins = Elsewhere::start(self.stand_ins)?;
        one.prepare(folder.path(), stand_ins.settings())?;
        stand_ins.lag_behind(LONG_AGO)?;
        let first = Self::one_run(one, one.first(folder.path()), &mut stand_ins)?;
        stand_ins.lag_behind(Duration::ZERO)?;
        Self::one_run(one, one.again(folder.path()), &mut stand_ins)?;
        Ok(Round { first, idle: Self::one_run(one, one.again(folder.path()), &mut stand_ins)? })
    }

    fn one_run(one: &Installed, mut command: Command, stand_ins: &mut Elsewhere) -> Result<Run, Failure> {
        stand_ins.counted()?;
        let usage = usage::of(&mut command)?;
        if !usage.status.success() {
            return Err(format!("{} ended with {}", one.contestant, usage.status).into());
        }
        Ok(Run { usage, counted: stand_ins.counted()? })
    }

    fn tell_losses(&self, installed: &[Installed]) -> Result<(), Failure> {
        println!(
            "{:<10} {:<32} {:>7} {:>8} {:>12} {:>5}",
            "", "what happened", "records", "doubles", "differences", "runs"
        );
        for one in installed {
            let third = self.round(one)?.first.usage.wall / 3;
            self.loss(one, "killed at a third of its time", None, Some(third))?;
            self.loss(one, "every hundredth answer lost", Some(LOSE_EVERY), None)?;
        }
        Ok(())
    }

    /// Runs it into the loss, then again until both systems agree or it changes nothing more.
    fn loss(
        &self,
        one: &Installed,
        what: &str,
        lose_every: Option<NonZeroU64>,
        killed_after: Option<Duration>,
    ) -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let mut stand_ins = Elsewhere::start(Wanted { lose_every, ..self.stand_ins })?;
        one.prepare(folder.path(), stand_ins.settings())?;
        if let Some(after) = killed_after {
            usage::cut_short(&mut one.first(folder.path()), after)?;
        }
        stand_ins.counted()?;
        let mut runs = 0;
        let counted = loop {
            // Whether it calls that a success tells nothing: both systems do.
            usage::of(&mut one.first(folder.path()))?;
            runs += 1;
            let counted = stand_ins.counted()?;
            if counted.is_equal() || runs == RUNS_AFTER_A_LOSS {
                break counted;
            }
        };
        let Counted { records, doubles, differences, .. } = counted;
        println!("{:<10} {what:<32} {records:>7} {doubles:>8} {differences:>12} {runs:>5}", one.contestant);
        Ok(())
    }
}

/// The medians of what the rounds of one cost.
fn line(rounds: &[Round]) -> String {
    let median = |of: &dyn Fn(&Round) -> f64| median(rounds, of);
    let per_record = |round: &Round, what: f64| what / round.first.counted.records.max(1) as f64;
    let is_equal = rounds.iter().all(|round| round.first.counted.is_equal() && round.idle.counted.is_equal());
    format!(
        "{:>7} {:>7.2} ms {:>5.1} s {:>5.0} MB {:>9.2} {:>11.2} {:>7.0} ms {:>10.0} {:>6}",
        rounds.first().map_or(0, |round| round.first.counted.records),
        median(&|round| per_record(round, round.first.usage.cpu.as_secs_f64() * 1e3)),
        median(&|round| round.first.usage.wall.as_secs_f64()),
        median(&|round| round.first.usage.peak as f64 / f64::from(1 << 20)),
        median(&|round| per_record(round, round.first.counted.advocaatcentraal_calls as f64)),
        median(&|round| per_record(round, round.first.counted.tribe_calls as f64)),
        median(&|round| round.idle.usage.cpu.as_secs_f64() * 1e3),
        median(&|round| round.idle.counted.calls() as f64),
        if is_equal { "yes" } else { "NO" },
    )
}
