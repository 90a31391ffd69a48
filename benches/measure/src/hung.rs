//! One office of fifty whose AdvocaatCentraal takes connections and never answers: what the others notice of it.

use std::time::{Duration, Instant};

use clap::Args;
use host_harness::store::{MasterKey, State, Store};
use host_harness::timestamp::Timestamp;
use tokio::net::TcpListener;

use crate::Failure;
use crate::load::{arrivals, cycles, folder, prepared};
use crate::posting::Post;
use crate::row::{Usage, complaints, head, row};
use crate::running::Start;

#[derive(Args)]
pub(crate) struct Hung {
    /// Offices
    #[arg(long, default_value_t = 50)]
    offices: usize,
    /// How many of them hang
    #[arg(long, default_value_t = 1)]
    hanging: usize,
    /// Relations of each in AdvocaatCentraal
    #[arg(long, default_value_t = 10)]
    relations: usize,
    /// Seconds between two cycles of an office
    #[arg(long, default_value_t = 30)]
    interval: u64,
    /// Seconds that are measured
    #[arg(long, default_value_t = 180)]
    seconds: u64,
}

/// Between two edits.
const EDIT_EVERY: Duration = Duration::from_millis(500);

impl Hung {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = folder(None)?;
        let crowd = prepared(folder.path(), self.offices, self.relations).await?;
        let silent = TcpListener::bind("127.0.0.1:0").await?;
        let address = silent.local_addr()?;
        let hanging = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = silent.accept().await {
                held.push(stream);
            }
        });
        let (key, _) = MasterKey::find(&folder.path().join("koppeling.key"), State::Present)?;
        let store = Store::open(folder.path(), &key)?;
        for member in crowd.members.iter().take(self.hanging) {
            store.put_office(&crowd.settings_with(member, &format!("http://{address}"))?).await?;
        }
        drop(store);
        let start = Start::of(folder.path(), Duration::from_secs(self.interval))?;
        crowd.deliver_to(&start.url());
        let running = start.start()?;
        running.begun().await?;
        tokio::time::sleep(Duration::from_secs(self.interval)).await;
        let (since, usage, post, began) = (Timestamp::now(), Usage::begin(&running)?, Post::new(), Instant::now());
        let (mut edits, others) = (Vec::new(), self.offices.saturating_sub(self.hanging).max(1));
        let mut number = 0;
        while began.elapsed() < Duration::from_secs(self.seconds) {
            // One of the others, and every tenth time one that hangs.
            let office = self.hanging + number % others;
            let (edit, deliveries) = crowd.edit(office, number / others)?;
            edits.push(edit);
            for delivery in deliveries {
                post.deliver(delivery).await?;
            }
            if number % 10 == 0 && self.hanging > 0 {
                for delivery in crowd.edit(number % self.hanging, 0)?.1 {
                    post.deliver(delivery).await?;
                }
            }
            number += 1;
            tokio::time::sleep(EDIT_EVERY).await;
        }
        head();
        // The cycles of those that hang end late or not at all, and are no cycles of the others.
        let silent: Vec<String> = crowd.members.iter().take(self.hanging).map(|member| member.number.clone()).collect();
        cycles("the others", &running, since, &usage, &silent)?;
        row("the others: edit in Tribe to AdvocaatCentraal", arrivals(&crowd.arrived, &edits).await, &running, &usage)?;
        complaints(&running);
        hanging.abort();
        Ok(())
    }
}
