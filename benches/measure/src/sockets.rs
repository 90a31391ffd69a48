//! The component beside the same connector as a crate, over the same sockets, and beside a client that only repeats the
//! calls: what WebAssembly and the store cost, and how much of the time is waiting that nobody can avoid.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::run::{End, Host, HostLimits, Work};
use host_harness::settings::OfficeSettings;
use host_harness::store::{MasterKey, Store};
use koppeling_egress::{Egress, Pace, Timeouts};

use crate::Failure;
use crate::native::{Call, Native, repeat};
use crate::stand_ins::{Counted, Elsewhere, Wanted};
use crate::usage::{median, processor_time};

/// As many calls under way at once as the connector has to Tribe.
const IN_FLIGHT: usize = 10;

#[derive(Args)]
pub(crate) struct Sockets {
    #[command(flatten)]
    stand_ins: Wanted,
    /// How often each is run
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// What one initial sync took.
#[derive(Clone, Copy)]
struct Took {
    processor: Duration,
    time: Duration,
    records: usize,
    calls: u64,
}

impl Took {
    fn of(counted: Counted, time: Duration, processor: Duration) -> Self {
        Self { processor, time, records: counted.records, calls: counted.calls() }
    }

    fn line(self, name: &str) -> String {
        let per = self.processor.as_secs_f64() * 1e3 / self.records.max(1) as f64;
        let (time, rate) = (self.time.as_secs_f64(), self.calls as f64 / self.time.as_secs_f64());
        format!("{name:<12} {:>6} records, {per:>5.2} ms CPU each, {time:>6.1} s, {rate:>5.0} calls/s", self.records)
    }
}

impl Sockets {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let runtime = Runtime::new(Limits::default())?;
        let connector = Connector::load(&runtime, &Source::BuiltIn, Some(&folder.path().join("machine-code")))?;
        let mut rounds = Vec::new();
        for round in 0..self.rounds {
            let store = folder.path().join(round.to_string());
            std::fs::create_dir(&store)?;
            let component = self.component(connector.clone(), &store).await?;
            println!("{}", component.line("component"));
            let (native, calls, from) = self.native()?;
            println!("{}", native.line("native"));
            let repeated = self.repeated(&calls, &from).await?;
            println!("{}", repeated.line("repeated"));
            rounds.push((component, native, repeated));
        }
        let cpu = |(component, native, _): &(Took, Took, Took)| {
            component.processor.as_secs_f64() / native.processor.as_secs_f64()
        };
        let rate =
            |(component, _, repeated): &(Took, Took, Took)| repeated.time.as_secs_f64() / component.time.as_secs_f64();
        println!("the component takes {:.2} of the crate's processor time", median(&rounds, &cpu));
        println!(
            "its rate is {:.2} of that of a client that repeats the calls, {IN_FLIGHT} at a time",
            median(&rounds, &rate)
        );
        Ok(())
    }

    async fn component(&self, connector: Connector, folder: &Path) -> Result<Took, Failure> {
        let mut elsewhere = Elsewhere::start(self.stand_ins)?;
        let settings = OfficeSettings::from_toml(elsewhere.settings())?;
        let store = Store::open(folder, &MasterKey::random())?;
        store.put_office(&settings).await?;
        let host =
            Host::new(connector, store, Egress::new(Timeouts::default(), Pace::Unlimited), HostLimits::default());
        let (began, before) = (Instant::now(), processor_time()?);
        let run = host.run(&settings.office, Work::InitialSync, &mut |_| {}).await;
        let (time, processor) = (began.elapsed(), processor_time()?.saturating_sub(before));
        if !matches!(run.end, End::Done) {
            return Err("the initial sync did not come to its end".into());
        }
        took(&mut elsewhere, time, processor)
    }

    fn native(&self) -> Result<(Took, Vec<Call>, OfficeSettings), Failure> {
        let mut elsewhere = Elsewhere::start(self.stand_ins)?;
        let settings = OfficeSettings::from_toml(elsewhere.settings())?;
        let native = Native::new();
        let (began, before) = (Instant::now(), processor_time()?);
        tokio::task::block_in_place(|| native.initial_sync(&settings))?;
        let (time, processor) = (began.elapsed(), processor_time()?.saturating_sub(before));
        Ok((took(&mut elsewhere, time, processor)?, native.calls(), settings))
    }

    async fn repeated(&self, calls: &[Call], from: &OfficeSettings) -> Result<Took, Failure> {
        let mut elsewhere = Elsewhere::start(self.stand_ins)?;
        let to = OfficeSettings::from_toml(elsewhere.settings())?;
        let (began, before) = (Instant::now(), processor_time()?);
        repeat(calls, (from, &to), IN_FLIGHT).await?;
        let (time, processor) = (began.elapsed(), processor_time()?.saturating_sub(before));
        Ok(Took::of(elsewhere.counted()?, time, processor))
    }
}

/// What an initial sync took, after which both systems agree.
fn took(elsewhere: &mut Elsewhere, time: Duration, processor: Duration) -> Result<Took, Failure> {
    let counted = elsewhere.counted()?;
    if !counted.is_equal() {
        return Err("the two systems do not agree after the initial sync".into());
    }
    Ok(Took::of(counted, time, processor))
}
