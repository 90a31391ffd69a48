//! `koppeling differences`: in what both sides of the linked records differ, and why. Never a value.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use super::advice::About;
use super::record_name::{name, system};
use super::records::answered;
use super::screen::{Screen, Tone};
use super::workplace::describe;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Budget, Difference};
use crate::office_state::UNEXPLAINED;
use crate::run::{Host, HostLimits};
use crate::settings::OfficeNumber;
use crate::store::{DIFFERENCES, Run, RunResult};
use crate::timestamp::Timestamp;

/// What waits for the first write by a dialect.
pub(super) const NOT_TRIED: &str = "differs-not-tried";
/// What every code of a difference begins with.
const PREFIX: &str = "differs-";
/// One call of several: so short that a webhook gets its turn.
const ONE_CALL: Budget = Budget { milliseconds: 10_000, requests: 400 };

/// Which office, and which of its differences.
#[derive(Args)]
pub(super) struct Differences {
    /// Only those with that reason, for instance `no-row`
    #[arg(long, value_name = "REASON")]
    why: Option<String>,
    #[command(flatten)]
    of: OneOffice,
}

/// What one office differs in.
struct Found {
    office: OfficeNumber,
    compared: u64,
    differences: Vec<Difference>,
}

impl Differences {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let host = global.host(HostLimits::default(), screen).await?;
        let offices = match self.of.office {
            Some(_) => vec![self.of.find(host.store()).await?],
            None => host.store().offices().await?,
        };
        if offices.is_empty() {
            return Err(CommandError::NoOffice);
        }
        if let (Some(why), Some(office)) = (&self.why, offices.first()) {
            let code = format!("{PREFIX}{}", short(why));
            if describe(&host, office, &code, &About::default()).await.is_none() {
                let told = "there is no such reason; without --why each difference is listed with its own";
                return Err(CommandError::NothingKnown(told.to_owned()));
            }
        }
        let (mut all, mut failure) = (Vec::new(), None);
        for office in offices {
            match compare(&host, &office).await {
                Ok(found) => all.push(found),
                // The others are told all the same.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let is_unexplained = all.iter().flat_map(|found| &found.differences).any(|of| of.why == UNEXPLAINED);
        if global.json {
            screen.json(&all.iter().map(|found| self.json(found)).collect::<Vec<_>>());
        } else {
            for found in &all {
                self.show(&host, found, screen).await;
            }
        }
        match failure {
            Some(error) => Err(error),
            None if is_unexplained => Ok(Exit::Defect),
            None => Ok(Exit::Ok),
        }
    }

    /// Whether a person asked for differences of that why.
    fn wants(&self, difference: &Difference) -> bool {
        self.why.as_deref().is_none_or(|why| short(&difference.why) == short(why))
    }

    fn json(&self, found: &Found) -> Value {
        let wanted = found.differences.iter().filter(|of| self.wants(of));
        let differences: Vec<Value> = wanted
            .map(|of| {
                let side = of.side.map(system);
                json!({ "record": name(&of.subject), "field": of.field, "side": side, "why": short(&of.why) })
            })
            .collect();
        let counts: BTreeMap<&str, u64> = counts(found).into_iter().map(|(why, count)| (short(why), count)).collect();
        json!({
            "office": found.office, "compared": found.compared, "counts": counts, "differences": differences,
        })
    }

    async fn show(&self, host: &Host, found: &Found, screen: &Screen) {
        let office = &found.office;
        let (compared, differ) = (found.compared, found.differences.len());
        screen.line(format!("Office {office}: {compared} linked records compared, {differ} differences."));
        let wanted: Vec<&Difference> = found.differences.iter().filter(|of| self.wants(of)).collect();
        if !wanted.is_empty() {
            let rows = wanted.into_iter().map(|of| {
                let field = of.field.clone().unwrap_or_else(|| "(all of it)".to_owned());
                let side = of.side.map(system).unwrap_or_default();
                [name(&of.subject), field, side.to_owned(), short(&of.why).to_owned()]
            });
            screen.table(["RECORD", "FIELD", "SIDE", "WHY"], rows);
        }
        for (why, count) in counts(found) {
            let Some(text) = describe(host, office, why, &About::default()).await else { continue };
            screen.line(format!("  {count} × {}: {}", short(why), text.english));
            screen.line(format!("      {}", screen.toned(Tone::Quiet, &text.dutch)));
        }
    }
}

/// How many differences of that why an office has.
pub(super) async fn count(host: &Host, office: &OfficeNumber, why: &str) -> Result<u64, CommandError> {
    Ok(counts(&compare(host, office).await?).get(why).copied().unwrap_or_default())
}

/// A why as a person reads and types it.
pub(super) fn short(why: &str) -> &str {
    why.strip_prefix(PREFIX).unwrap_or(why)
}

/// How many there are of each why.
fn counts(found: &Found) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for of in &found.differences {
        *counts.entry(of.why.as_str()).or_default() += 1;
    }
    counts
}

/// Compares one office, call by call, and writes into the history how many differences there are of each why.
async fn compare(host: &Host, office: &OfficeNumber) -> Result<Found, CommandError> {
    let started = Timestamp::now();
    let mut found = Found { office: office.clone(), compared: 0, differences: Vec::new() };
    let mut after: Option<String> = None;
    loop {
        let from = after.as_deref();
        let answer =
            host.turn(office, |connector, context| async move { connector.compare(context, from, ONE_CALL).await });
        let told = answered(host, office, answer.await?).await?;
        found.compared += u64::from(told.compared);
        found.differences.extend(told.found);
        match told.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let of_each = counts(&found).into_iter().map(|(why, count)| (why.to_owned(), count));
    let run = Run {
        work: DIFFERENCES.to_owned(),
        started,
        finished: Timestamp::now(),
        result: RunResult::Done,
        counts: of_each.chain([("compared".to_owned(), found.compared)]).collect(),
        notes: BTreeMap::new(),
        standing: None,
        reason: None,
    };
    host.store().record_run(office, run).await?;
    Ok(found)
}
