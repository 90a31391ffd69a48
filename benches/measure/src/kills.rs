//! The host is killed again and again while users edit both systems: whether anything is lost or made twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use sandbox::comparison::Fault;
use sandbox::server::machine_clock;
use sandbox::tribe::Guid;
use serde_json::json;

use crate::Failure;
use crate::crowd::{Crowd, Member, new_company};
use crate::load::{folder, prepared};
use crate::posting::Post;
use crate::running::Start;

#[derive(Args)]
pub(crate) struct Kills {
    /// How often it is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Offices
    #[arg(long, default_value_t = 20)]
    offices: usize,
    /// Relations of each in AdvocaatCentraal
    #[arg(long, default_value_t = 10)]
    relations: usize,
    /// Milliseconds that it lives at most, each time
    #[arg(long, default_value_t = 3_000)]
    lives: u64,
    /// Milliseconds between two cycles of an office
    #[arg(long, default_value_t = 1_000)]
    interval: u64,
    /// The same seed gives the same edits, and the same lives
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Between two edits.
const EDIT_EVERY: Duration = Duration::from_millis(25);
/// How long it is waited at the end until both sides agree.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a field must be at the end, and Tribe's id: by office, AdvocaatCentraal's id, and the side that it was edited on.
type Wanted = BTreeMap<(usize, String, Side), (Guid, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    AdvocaatCentraal,
    Tribe,
}

impl Kills {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = folder(None)?;
        let crowd = Arc::new(prepared(folder.path(), self.offices, self.relations).await?);
        let start = Start::of(folder.path(), Duration::from_millis(self.interval))?;
        crowd.deliver_to(&start.url());
        for member in &crowd.members {
            member.register().system.reset_counters();
            member.tribe().reset_counters();
        }
        // The connector is compiled at the first start, which takes longer than a life.
        let mut first = start.start()?;
        first.begun().await?;
        first.kill()?;
        let stop = Arc::new(AtomicBool::new(false));
        let editing = tokio::spawn(edit(Arc::clone(&crowd), fastrand::Rng::with_seed(self.seed), Arc::clone(&stop)));
        let (mut random, mut runs, began) = (fastrand::Rng::with_seed(self.seed), 0, Instant::now());
        for _ in 0..self.kills {
            let mut running = start.start()?;
            tokio::time::sleep(Duration::from_millis(random.u64(1..=self.lives.max(1)))).await;
            running.kill()?;
            runs += running.told(|told| told.ran.len());
        }
        stop.store(true, Ordering::Relaxed);
        let wanted = editing.await??;
        let wrote = |member: &Member| {
            let in_tribe = member.tribe().counters().writes();
            in_tribe + member.register().system.counters().writes()
        };
        println!(
            "killed {} times in {:.0} s; in between {runs} runs ended, and {} writes were made",
            self.kills,
            began.elapsed().as_secs_f64(),
            crowd.members.iter().map(wrote).sum::<u64>(),
        );
        let running = start.start()?;
        let waits = Instant::now();
        let verdict = loop {
            let verdict = judged(&crowd, &wanted);
            if verdict.is_good() || waits.elapsed() > PATIENCE {
                break verdict;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        println!(
            "{} fields edited on both sides and {} new relations: {} lost, {} doubled, {} other differences, {:.1} s after \
             the last kill",
            wanted.fields.len(),
            wanted.made,
            verdict.lost,
            verdict.doubled,
            verdict.others,
            waits.elapsed().as_secs_f64(),
        );
        verdict.shown.iter().for_each(|line| println!("  {line}"));
        crate::row::complaints(&running);
        if verdict.is_good() { Ok(()) } else { Err("something was lost or doubled".into()) }
    }
}

/// What users did.
#[derive(Default)]
struct Edited {
    fields: Wanted,
    made: u64,
}

/// Edits one thing after another: telephone numbers in AdvocaatCentraal, addresses of e-mail in Tribe, and new relations in
/// AdvocaatCentraal. No field is edited on both sides: which edit gives way is not the question here.
async fn edit(crowd: Arc<Crowd>, mut random: fastrand::Rng, stop: Arc<AtomicBool>) -> Result<Edited, Failure> {
    let (mut edited, post) = (Edited::default(), Post::new());
    let companies: Vec<_> = crowd.members.iter().map(|member| member.companies()).collect();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let office = random.usize(..crowd.members.len());
        let (Some(member), Some(of_office)) = (crowd.members.get(office), companies.get(office)) else { break };
        let Some((id, there)) = of_office.get(random.usize(..of_office.len().max(1))) else { continue };
        let now = machine_clock()();
        match random.u8(..20) {
            0 => {
                member.register().system.add_relatie(now, new_company(number));
                edited.made += 1;
            }
            1..10 => {
                let phone = format!("020 55{:05}", number % 100_000);
                let text = phone.clone();
                member.register().system.edit_relatie(now, id, |fields| {
                    fields.insert("telefoonnummer".to_owned(), text.into());
                })?;
                edited.fields.insert((office, id.clone(), Side::AdvocaatCentraal), (*there, phone));
            }
            _ => {
                let address = format!("edit{number}@voorbeeld.example");
                member.tribe().edit(now, *there, &json!({ "EmailAddress": address }))?;
                edited.fields.insert((office, id.clone(), Side::Tribe), (*there, address));
            }
        }
        // Tribe's deliveries of this and of the connector's own writes; nobody may be there to take them.
        let deliveries = member.tribe().take_deliveries();
        for delivery in deliveries {
            let _ = tokio::time::timeout(EDIT_EVERY, post.deliver(delivery)).await;
        }
        tokio::time::sleep(EDIT_EVERY).await;
    }
    Ok(edited)
}

/// What the judge found, and which edits are not there any more.
struct Verdict {
    lost: usize,
    doubled: usize,
    others: usize,
    shown: Vec<String>,
}

impl Verdict {
    fn is_good(&self) -> bool {
        self.lost + self.doubled + self.others == 0
    }
}

fn judged(crowd: &Crowd, edited: &Edited) -> Verdict {
    let mut verdict = Verdict { lost: 0, doubled: 0, others: 0, shown: Vec::new() };
    for member in &crowd.members {
        for difference in crowd.compare(member).differences() {
            if difference.fault == Fault::Duplicate {
                verdict.doubled += 1
            } else {
                verdict.others += 1
            }
            verdict.shown.push(difference.to_string());
        }
    }
    for ((office, id, side), (there, value)) in &edited.fields {
        let Some(member) = crowd.members.get(*office) else { continue };
        let (in_ac, in_tribe) = match side {
            Side::AdvocaatCentraal => ("telefoonnummer", "PhoneNumber"),
            Side::Tribe => ("email", "EmailAddress"),
        };
        let here = member.register().system.relatie(id).map(|record| record.current().text(in_ac).to_owned());
        let other = member.tribe().entity(*there).map(|entity| entity.text(in_tribe));
        // A telephone number may be written in another form on either side.
        let is = |text: Option<String>| text.is_some_and(|text| told(&text) == told(value));
        if !is(here) || !is(other) {
            verdict.lost += 1;
            verdict.shown.push(format!("{} {id}: the edit on the side of {side:?} is lost", member.number));
        }
    }
    verdict.shown.truncate(20);
    verdict
}

/// Without what a form of the same value may have or not.
fn told(text: &str) -> String {
    let text: String = text.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '@').collect();
    text.trim_start_matches("31").trim_start_matches('0').to_owned()
}
