//! `koppeling demo`: everything with two stand-ins, on this machine, in under a minute.
//!
//! Nothing is played: the compiled connector runs against both stand-ins over HTTP, with its state in SQLite, and
//! webhooks arrive at the real intake. Whether the two systems agree at the end is told by the stand-ins' own judge.

use std::time::{Duration, Instant};

use clap::Args;
use koppeling_egress::{Egress, Pace, Timeouts};
use sandbox::AdvocaatCentraal;
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::check;
use super::global::stop_at_signal;
use super::notes::show_notes;
use super::records::answered;
use super::run::{Beside, keep_running};
use super::screen::{Screen, Tone};
use super::speaks::Speaks;
use super::stand_ins::{Making, StandIns, now};
use super::sync::patient;
use super::workplace::judged;
use super::{CommandError, Exit, Global};
use crate::component::{RecordId, RecordKind, Trial};
use crate::intake::Scheduled;
use crate::run::{Host, HostLimits, Work};
use crate::settings::{OfficeNumber, OfficeSettings};
use crate::store::{MasterKey, Store};

/// An edit in Tribe must be in AdvocaatCentraal within this time.
const AT_ONCE: Duration = Duration::from_secs(15);

#[derive(Args)]
pub(super) struct Demo {
    /// Made-up relations in AdvocaatCentraal
    #[arg(long, default_value_t = 250)]
    relations: usize,
    /// The same seed gives the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// As which kind of system AdvocaatCentraal speaks
    #[arg(long, value_name = "SYSTEM", default_value = "assumed")]
    speaks: Speaks,
}

impl Demo {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let start = Instant::now();
        let folder =
            tempfile::tempdir().map_err(|source| CommandError::DataFolder { path: std::env::temp_dir(), source })?;
        let making = Making {
            relations: self.relations,
            seed: self.seed,
            // Lifted on both sides: the demo would otherwise spend its minute waiting for the next one.
            calls_per_minute: None,
            ..Making::default()
        };
        let stand_ins = StandIns::start_speaking(making, self.speaks.wire()).await;
        let stand_ins = stand_ins.map_err(|source| CommandError::Listen { address: "127.0.0.1".to_owned(), source })?;
        let store = Store::open(folder.path(), &MasterKey::random())?;
        let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
        let host = Host::new(global.connector(None).await?, store, egress, HostLimits::watched());
        stop_at_signal(host.stop());
        let settings = OfficeSettings::from_toml(&stand_ins.settings())?;
        let story = Story { host, office: settings.office.clone(), stand_ins, screen };

        let exit = story.tell(&settings).await?;
        story.host.stop().cancel();
        screen.line(screen.toned(Tone::Quiet, &format!("({:.1} s)", start.elapsed().as_secs_f32())));
        Ok(exit)
    }
}

struct Story<'a> {
    host: Host,
    office: OfficeNumber,
    stand_ins: StandIns,
    screen: &'a Screen,
}

impl Story<'_> {
    async fn tell(&self, settings: &OfficeSettings) -> Result<Exit, CommandError> {
        self.activation(settings).await?;
        let failing = self.checks().await?;
        if failing != Exit::Ok {
            return Ok(failing);
        }
        self.initial_sync().await?;
        if self.stand_ins.dialect().is_some() {
            self.first_write().await?;
        }
        let served = self.serve_webhooks().await?;
        self.edit_in_advocaatcentraal().await?;
        self.edit_in_tribe().await?;
        self.idle_cycle().await?;
        let exit = self.comparison();
        self.host.stop().cancel();
        // It ends by itself once stopped.
        let _ = served.await;
        Ok(exit)
    }

    fn chapter(&self, title: &str) {
        self.screen.line(format!("\n{}", self.screen.toned(Tone::Heading, title)));
    }

    fn say(&self, text: impl AsRef<str>) {
        self.screen.line(format!("  {}", text.as_ref()));
    }

    async fn activation(&self, settings: &OfficeSettings) -> Result<(), CommandError> {
        let about = self.host.connector().about();
        self.chapter("Two systems");
        let (relaties, personen) = {
            let ac = self.stand_ins.advocaatcentraal();
            (ac.relaties().count(), ac.contactpersonen().count())
        };
        self.say(format!(
            "AdvocaatCentraal, a stand-in at {}: {relaties} relations, {personen} contact persons",
            self.stand_ins.advocaatcentraal_url()
        ));
        self.say(format!("Tribe CRM, a stand-in at {}: empty", self.stand_ins.tribe_url()));
        self.say(format!(
            "The connector: a WebAssembly component of {} KB, contract {}",
            about.size.div_ceil(1000),
            about.contract
        ));
        self.chapter("Activation");
        self.host.store().put_office(settings).await?;
        for (relatietype, key) in self.stand_ins.types() {
            self.say(format!("relation type {relatietype} -> {key}"));
        }
        Ok(())
    }

    async fn checks(&self) -> Result<Exit, CommandError> {
        self.chapter("Check");
        let findings = check::check(&self.host, &self.office).await?;
        check::show(&findings, self.screen);
        Ok(check::verdict(&findings))
    }

    async fn initial_sync(&self) -> Result<(), CommandError> {
        self.chapter("Initial sync");
        let start = Instant::now();
        let mut progress = self.screen.progress();
        let report = patient(&self.host, &self.office, Work::InitialSync, &mut progress).await;
        progress.end();
        let report = judged(&self.host, &self.office, report).await?;
        self.say(format!("{}, in {:.1} s", report.tally, start.elapsed().as_secs_f32()));
        show_notes(&self.host, &self.office, &report.tally, self.screen).await;
        Ok(())
    }

    /// AdvocaatCentraal takes no edit of Tribe's before its dialect was tried.
    async fn first_write(&self) -> Result<(), CommandError> {
        self.chapter("The first write by its dialect");
        let id = self.a_company_to_try()?;
        let known = self.stand_ins.advocaatcentraal().known_as(List::Relaties, &id);
        self.say(format!("relation {id} is written back to AdvocaatCentraal as it is, and read again"));
        let record = RecordId { kind: RecordKind::Relatie, id: known };
        let answer = self.host.turn(&self.office, |connector, context| {
            let record = &record;
            async move { connector.try_dialect(context, record, false).await }
        });
        let trial = answered(&self.host, &self.office, answer.await?).await?;
        self.outcome(trial == Trial::AsBefore, "every member is as it was", "a member is another")
    }

    /// The real intake, and webhooks in Tribe that deliver to it.
    async fn serve_webhooks(&self) -> Result<tokio::task::JoinHandle<()>, CommandError> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|source| CommandError::Listen { address: "127.0.0.1".to_owned(), source })?;
        let address =
            listener.local_addr().map_err(|source| CommandError::Listen { address: "127.0.0.1".to_owned(), source })?;
        self.stand_ins.deliver_to(&format!("http://{address}/tribe/{}", self.office));
        let host = self.host.clone();
        Ok(tokio::spawn(async move { keep_running(&host, listener, Scheduled::Elsewhere, Beside::default()).await }))
    }

    async fn edit_in_advocaatcentraal(&self) -> Result<(), CommandError> {
        self.chapter("An edit in AdvocaatCentraal");
        let id = self.a_linked_company()?;
        let number = "020 555 77 01";
        let edited = self.stand_ins.advocaatcentraal().edit_relatie(now(), &id, |fields| {
            fields.insert("telefoonnummer".to_owned(), Value::from(number));
        });
        edited.map_err(|_| CommandError::Story("the stand-in lost a relation".to_owned()))?;
        self.say(format!("relation {id} gets another telephone number; the next cycle carries it"));
        let report = self.host.run(&self.office, Work::Poll, &mut |_| {}).await;
        let report = judged(&self.host, &self.office, report).await?;
        self.say(report.tally.to_string());
        let tribe = self.stand_ins.tribe();
        let there = self.in_tribe(&tribe, &id)?;
        let arrived = tribe.entity(there).is_some_and(|entity| digits(&entity.text("PhoneNumber")) == digits(number));
        self.outcome(arrived, "it is in Tribe", "it is not in Tribe")
    }

    async fn edit_in_tribe(&self) -> Result<(), CommandError> {
        self.chapter("An edit in Tribe");
        let id = self.a_linked_company()?;
        let address = "receptie@voorbeeld.example";
        let there = self.in_tribe(&self.stand_ins.tribe(), &id)?;
        let start = Instant::now();
        let edited = self.stand_ins.tribe().edit(now(), there, &json!({ "EmailAddress": address }));
        edited.map_err(|_| CommandError::Story("the stand-in refused an edit of a user".to_owned()))?;
        self.say("the same relation gets another e-mail address; Tribe sends a signed webhook");
        let arrived = loop {
            let written = self
                .stand_ins
                .advocaatcentraal()
                .relatie(&id)
                .is_some_and(|record| record.current().text("email") == address);
            if written || start.elapsed() > AT_ONCE {
                break written;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let good = format!("it is in AdvocaatCentraal after {:.1} s", start.elapsed().as_secs_f32());
        self.outcome(arrived, &good, "it is not in AdvocaatCentraal")
    }

    async fn idle_cycle(&self) -> Result<(), CommandError> {
        self.chapter("A cycle without changes");
        // One cycle may still have to settle what the edits left behind, such as stamps; the next has nothing to do.
        for _ in 0..2 {
            self.stand_ins.advocaatcentraal().reset_counters();
            self.stand_ins.tribe().reset_counters();
            let report = self.host.run(&self.office, Work::Poll, &mut |_| {}).await;
            judged(&self.host, &self.office, report).await?;
        }
        let (ac, tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let (reads, writes) =
            (ac.counters().total() + tribe.counters().total(), ac.counters().writes() + tribe.counters().writes());
        self.outcome(writes == 0, &format!("{reads} calls, no writes"), &format!("{writes} writes"))
    }

    fn comparison(&self) -> Exit {
        self.chapter("Do the two systems agree?");
        let comparison = self.stand_ins.compare();
        comparison.to_string().lines().for_each(|line| self.say(line));
        let is_agreed = comparison.is_equal();
        let violations =
            self.stand_ins.advocaatcentraal().counters().violations() + self.stand_ins.tribe().counters().violations();
        if is_agreed && violations == 0 {
            self.say(
                self.screen.toned(Tone::Good, "They agree, and nothing was deleted or created where it must not be."),
            );
            Exit::Ok
        } else {
            self.say(self.screen.toned(Tone::Bad, "They do not agree."));
            Exit::Difference
        }
    }

    fn outcome(&self, good: bool, yes: &str, no: &str) -> Result<(), CommandError> {
        if good {
            self.say(self.screen.toned(Tone::Good, yes));
            Ok(())
        } else {
            Err(CommandError::Story(format!("the demo found a difference: {no}")))
        }
    }

    fn marker(&self, ac: &AdvocaatCentraal, id: &str) -> String {
        format!("ac:{}:relatie:{}", self.office, ac.known_as(List::Relaties, id))
    }

    /// The first company that stands in Tribe.
    fn a_linked_company(&self) -> Result<String, CommandError> {
        let (ac, tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let mut companies = ac.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
        let is_linked = |id: &str| !tribe.find_by_import_id(&self.marker(&ac, id)).is_empty();
        let linked = companies.find(|(id, _)| is_linked(id));
        let (id, _) = linked
            .ok_or_else(|| CommandError::Story("no company stands in Tribe; give more --relations".to_owned()))?;
        Ok(id.to_owned())
    }

    /// A linked company, and one with two contact persons if there is one: where rows are written by their id, only such a
    /// one tells.
    fn a_company_to_try(&self) -> Result<String, CommandError> {
        self.a_linked_company_with(2).map_or_else(|| self.a_linked_company(), Ok)
    }

    fn a_linked_company_with(&self, persons: usize) -> Option<String> {
        let (ac, tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let count = |id: &str| {
            let rows = ac.contactpersonen().flat_map(|(_, person)| person.current().rows("koppelingen"));
            rows.filter(|row| row.get("relatie_id").and_then(Value::as_str) == Some(id)).count()
        };
        let is_linked = |id: &str| !tribe.find_by_import_id(&self.marker(&ac, id)).is_empty();
        let mut companies = ac.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
        let found = companies.find(|(id, _)| count(id) >= persons && is_linked(id));
        found.map(|(id, _)| id.to_owned())
    }

    fn in_tribe(&self, tribe: &sandbox::Tribe, id: &str) -> Result<sandbox::tribe::Guid, CommandError> {
        let found = tribe.find_by_import_id(&self.marker(&self.stand_ins.advocaatcentraal(), id));
        found.first().copied().ok_or_else(|| CommandError::Story(format!("relation {id} is not in Tribe")))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
