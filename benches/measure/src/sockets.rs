//! The component beside the same connector as a crate, over the same sockets, and beside a client that only repeats the
//! calls: what WebAssembly and the store cost, and how much of the time is waiting that nobody can avoid.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use host_harness::component::{Connector, Limits, Runtime as Engine, Source};
use host_harness::moment::Moment;
use host_harness::run::{End, Host, HostLimits, Work};
use host_harness::settings::OfficeSettings;
use host_harness::store::{Claim, MasterKey, Store};
use koppeling_egress::{Egress, Pace, Timeouts};
use tokio::runtime::Runtime;

use crate::Failure;
use crate::keeping::Keeping;
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
    /// The component, in place of the one that is built in
    #[arg(long)]
    plugin: Option<PathBuf>,
}

/// One round.
struct Round {
    component: Took,
    /// The crate with the host's store.
    on_disk: Took,
    /// The crate with a store that costs nothing.
    in_memory: Took,
    repeated: Took,
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
        // One thread, as `koppeling sync` has.
        let tasks = Rc::new(tokio::runtime::Builder::new_current_thread().enable_all().build()?);
        let folder = tempfile::tempdir()?;
        let engine = Engine::new(Limits::default())?;
        let source = self.plugin.clone().map_or(Source::BuiltIn, Source::File);
        let connector = Connector::load(&engine, &source, Some(&folder.path().join("machine-code")))?;
        let mut rounds = Vec::new();
        for round in 0..self.rounds {
            let data = |name: &str| {
                let folder = folder.path().join(format!("{round}-{name}"));
                std::fs::create_dir(&folder).map(|()| folder)
            };
            let component = tasks.block_on(self.component(connector.clone(), &data("component")?))?;
            println!("{}", component.line("component"));
            let (on_disk, ..) = self.native(&tasks, Some(&data("crate")?))?;
            println!("{}", on_disk.line("crate"));
            let (in_memory, calls, from) = self.native(&tasks, None)?;
            println!("{}", in_memory.line("in memory"));
            let repeated = tasks.block_on(self.repeated(&calls, &from))?;
            println!("{}", repeated.line("repeated"));
            rounds.push(Round { component, on_disk, in_memory, repeated });
        }
        let processor = |took: Took| took.processor.as_secs_f64();
        let beside = |of: &dyn Fn(&Round) -> f64| median(&rounds, of);
        println!(
            "the component takes {:.2} of the processor time of the crate with the same store, {:.2} of that in memory",
            beside(&|round| processor(round.component) / processor(round.on_disk)),
            beside(&|round| processor(round.component) / processor(round.in_memory)),
        );
        println!(
            "its rate is {:.2} of that of a client that repeats the calls, {IN_FLIGHT} at a time",
            beside(&|round| round.repeated.time.as_secs_f64() / round.component.time.as_secs_f64()),
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

    /// The crate, with the host's store in that folder or one in memory.
    fn native(&self, tasks: &Rc<Runtime>, folder: Option<&Path>) -> Result<(Took, Vec<Call>, OfficeSettings), Failure> {
        let mut elsewhere = Elsewhere::start(self.stand_ins)?;
        let settings = OfficeSettings::from_toml(elsewhere.settings())?;
        let keeping = match folder {
            Some(folder) => tasks.block_on(on_disk(Rc::clone(tasks), folder, &settings))?,
            None => Keeping::default(),
        };
        let native = Native::new(Rc::clone(tasks), keeping);
        let (began, before) = (Instant::now(), processor_time()?);
        native.initial_sync(&settings)?;
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

/// The host's store for one office.
async fn on_disk(tasks: Rc<Runtime>, folder: &Path, settings: &OfficeSettings) -> Result<Keeping, Failure> {
    let store = Store::open(folder, &MasterKey::random())?;
    store.put_office(settings).await?;
    match store.claim(&settings.office, Moment::now()).await? {
        Claim::Granted(lease) => Ok(Keeping::on_disk(tasks, store, lease)),
        Claim::Busy => Err("a new store is in use".into()),
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
