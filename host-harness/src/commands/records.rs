//! `koppeling records` and `letters`: one record at the wish of a person.

use clap::Subcommand;
use serde_json::{Value, json};

use super::advice::About;
use super::notes::{examples_json, show_notes};
use super::record_name::{name, record};
use super::screen::Screen;
use super::workplace::{describe, halted, later, worded};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Absence, Budget, DeadLetter, Error, Explanation, Linked, Next, Outcome, RecordId, Stopped};
use crate::run::{End, Halt, Host, HostLimits, Tally};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// Far more than one record needs.
const ONE_RECORD: Budget = Budget { milliseconds: 60_000, requests: 200 };
/// The same for an organisation with all its contact persons, or for some dead letters.
const WITH_CONTACTS: Budget = Budget { milliseconds: 240_000, requests: 5_000 };

/// The state of a record whose link cannot be read, and the code that says what ends it.
const DAMAGED: &str = "damaged";
const STATE_DAMAGED: &str = "state-damaged";

/// What to do with one record, named as AdvocaatCentraal names it: `relatie/1001` or `contactpersoon/5001`.
#[derive(Subcommand)]
pub(super) enum Records {
    /// Tells what is linked to what, and how it stands
    Explain(OneRecord),
    /// Brings both sides of it together now; what is gone in Tribe is looked for, and not made again
    Resync(OneRecord),
    /// Makes a record that is gone in Tribe anew, with its roles, addresses and contacts
    MakeAnew(OneRecord),
    /// Lists the linked records that Tribe does not show
    List {
        /// Only those that are gone: two readings, minutes apart, did not show them
        #[arg(long)]
        gone: bool,
        #[command(flatten)]
        of: OneOffice,
    },
    /// Removes its link, fingerprints, letter and kept values, and leaves it alone until it is resynced; neither system is
    /// touched
    Forget(OneRecord),
}

/// What to do with records that were put aside.
#[derive(Subcommand)]
pub(super) enum Letters {
    /// Lists them, with the reason and the next try
    List(OneOffice),
    /// Tries one of them again now
    Retry(OneRecord),
    /// Tries all of them again now, or those with a code or a field
    RetryAll {
        /// Only those with that code, for instance `refused-by-tribe`
        #[arg(long)]
        code: Option<String>,
        /// Only those that name that field, for instance `organisatie.telefoonnummer`
        #[arg(long)]
        field: Option<String>,
        #[command(flatten)]
        of: OneOffice,
    },
}

#[derive(clap::Args)]
pub(super) struct OneRecord {
    /// `relatie/<id>` or `contactpersoon/<id>`
    #[arg(value_parser = record)]
    record: RecordId,
    #[command(flatten)]
    of: OneOffice,
}

impl Records {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let one = match self {
            Self::List { gone, of } => return list_absences(global, *gone, of, screen).await,
            Self::Explain(one) | Self::Resync(one) | Self::MakeAnew(one) | Self::Forget(one) => one,
        };
        let host = global.host(HostLimits::default(), screen).await?;
        let office = one.of.find(host.store()).await?;
        let subject = &one.record;
        match self {
            Self::Explain(_) => {
                let explained = explain(&host, &office, subject).await?;
                if global.json {
                    screen.json(&explanation_json(&explained));
                    return Ok(if is_known(&explained) { Exit::Ok } else { Exit::NothingKnown });
                }
                let explained = known(&office, explained)?;
                show_explanation(&host, &office, &explained, screen).await;
            }
            Self::List { .. } => {}
            Self::Resync(_) => resync(global, &host, &office, subject, screen).await?,
            Self::MakeAnew(_) => {
                let answer = host
                    .turn_that_writes(&office, "make-anew", |connector, context| async move {
                        connector.make_anew(context, subject, WITH_CONTACTS).await
                    })
                    .await?;
                let outcome = done(&host, &office, answer).await?;
                show_outcome(global, &host, &office, &outcome, screen).await;
                if outcome.counts.created == 0 {
                    let explained = known(&office, explain(&host, &office, subject).await?)?;
                    screen.aside(format!("Nothing was made anew: {} is {}.", name(subject), explained.state));
                }
            }
            Self::Forget(_) => {
                // Where it cannot be explained now, it is known, and can be forgotten all the same.
                if let Ok(explained) = explain(&host, &office, subject).await {
                    known(&office, explained)?;
                }
                let answer =
                    host.turn(&office, |connector, context| async move { connector.forget(context, subject).await });
                answered(&host, &office, answer.await?).await?;
                if global.json {
                    screen.json(&json!({"office": office, "record": name(subject), "state": "forgotten"}));
                    return Ok(Exit::Ok);
                }
                screen.line(format!(
                    "Office {office}: {0} is forgotten, and stays so until `koppeling records resync {0} {office}`.",
                    name(subject)
                ));
            }
        }
        Ok(Exit::Ok)
    }
}

impl Letters {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let host = global.host(HostLimits::default(), screen).await?;
        match self {
            Self::List(of) => {
                let office = of.find(host.store()).await?;
                let letters = letters(&host, &office).await?;
                if global.json {
                    screen.json(&letters.iter().map(letter_json).collect::<Vec<_>>());
                } else if letters.is_empty() {
                    screen.line(format!("Office {office}: no record is put aside."));
                } else {
                    for letter in &letters {
                        show_letter(&host, &office, letter, screen).await;
                    }
                }
            }
            Self::Retry(one) => {
                let office = one.of.find(host.store()).await?;
                let letters = letters(&host, &office).await?;
                if !letters.iter().any(|letter| letter.subject == one.record) {
                    return Err(CommandError::NothingKnown(format!(
                        "office {office}: {0} is not put aside; `koppeling letters list {office}` shows what is, and \
                         `koppeling records resync {0} {office}` reads it all the same",
                        name(&one.record)
                    )));
                }
                resync(global, &host, &office, &one.record, screen).await?;
            }
            Self::RetryAll { code, field, of } => {
                let office = of.find(host.store()).await?;
                let all = letters(&host, &office).await?;
                let is_meant = |letter: &&DeadLetter| {
                    code.as_ref().is_none_or(|code| *code == letter.code)
                        && field.as_ref().is_none_or(|field| letter.field.as_ref() == Some(field))
                };
                if (code.is_some() || field.is_some()) && all.iter().find(is_meant).is_none() {
                    return Err(CommandError::NothingKnown(format!(
                        "office {office}: no record is put aside with that code and field; `koppeling letters list {office} \
                         --json` shows those that there are"
                    )));
                }
                if all.is_empty() && !global.json {
                    screen.line(format!("Office {office}: no record is put aside."));
                    return Ok(Exit::Ok);
                }
                retry_all(global, &host, &office, (code.as_deref(), field.as_deref()), screen).await?;
            }
        }
        Ok(Exit::Ok)
    }
}

/// Tries dead letters again, slice after slice.
async fn retry_all(
    global: &Global,
    host: &Host,
    office: &OfficeNumber,
    (code, field): (Option<&str>, Option<&str>),
    screen: &Screen,
) -> Result<(), CommandError> {
    let mut tally = Tally::default();
    loop {
        let answer = host
            .turn_that_writes(office, "retry-letters", |connector, context| async move {
                connector.retry_letters(context, code, field, WITH_CONTACTS).await
            })
            .await?;
        let outcome = done(host, office, answer).await?;
        tally.add(&outcome);
        if !matches!(outcome.next, Next::Again) {
            break;
        }
    }
    show_tally(global, host, office, &tally, screen).await;
    Ok(())
}

async fn list_absences(
    global: &Global,
    only_gone: bool,
    of: &OneOffice,
    screen: &Screen,
) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer = host.read(&office, |connector, context| async move { connector.not_shown(context).await });
    let mut absences = answered(&host, &office, answer.await?).await?;
    absences.retain(|absence| absence.gone || !only_gone);
    if global.json {
        screen.json(&absences.iter().map(absence_json).collect::<Vec<_>>());
    } else if absences.is_empty() {
        screen.line(format!("Office {office}: Tribe shows every linked record that was looked for."));
    } else {
        let rows = absences.iter().map(|absence| {
            let state = if absence.gone { "gone" } else { "not shown" };
            [name(&absence.subject), state.to_owned(), Timestamp::from_millis(absence.since).to_string()]
        });
        screen.table(["RECORD", "STATE", "SINCE"], rows);
        screen.line(format!("Look for one now with `koppeling records resync <record> {office}`."));
    }
    Ok(Exit::Ok)
}

async fn resync(
    global: &Global,
    host: &Host,
    office: &OfficeNumber,
    subject: &RecordId,
    screen: &Screen,
) -> Result<(), CommandError> {
    let answer = host
        .turn_that_writes(office, "resync", |connector, context| async move {
            connector.resync(context, subject, ONE_RECORD).await
        })
        .await?;
    let outcome = done(host, office, answer).await?;
    show_outcome(global, host, office, &outcome, screen).await;
    if outcome.counts.skipped == outcome.counts.read {
        let explained = known(office, explain(host, office, subject).await?)?;
        screen.aside(format!("{} is {}.", name(subject), explained.state));
    }
    Ok(())
}

async fn letters(host: &Host, office: &OfficeNumber) -> Result<Vec<DeadLetter>, CommandError> {
    let answer = host.read(office, |connector, context| async move { connector.dead_letters(context).await });
    answered(host, office, answer.await?).await
}

pub(super) async fn explain(
    host: &Host,
    office: &OfficeNumber,
    subject: &RecordId,
) -> Result<Explanation, CommandError> {
    let answer = host.read(office, |connector, context| async move { connector.explain(context, subject).await });
    answered(host, office, answer.await?).await
}

fn is_known(explained: &Explanation) -> bool {
    explained.state != "not-linked" || !explained.linked.is_empty() || explained.dead_letter.is_some()
}

/// The explanation of what is known; a failure for what is not.
fn known(office: &OfficeNumber, explained: Explanation) -> Result<Explanation, CommandError> {
    if is_known(&explained) {
        return Ok(explained);
    }
    Err(CommandError::NothingKnown(format!(
        "office {office}: nothing is known of {}; it is not synced yet, or AdvocaatCentraal has no such record, or it is \
         archived or of no mapped type",
        name(&explained.subject)
    )))
}

/// The outcome of work that is stored as it goes, or its failure.
async fn done(host: &Host, office: &OfficeNumber, answer: Result<Outcome, Stopped>) -> Result<Outcome, CommandError> {
    match answered(host, office, answer.map_err(|stopped| stopped.error)).await {
        Err(CommandError::Later(unavailable)) => Err(CommandError::Paused(unavailable)),
        answered => answered,
    }
}

/// The answer, or the failure in the connector's words.
pub(super) async fn answered<T>(
    host: &Host,
    office: &OfficeNumber,
    answer: Result<T, Error>,
) -> Result<T, CommandError> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(error) => Err(match End::from(error) {
            End::Later(wait) => later(host, office, wait).await,
            End::Halted(halt) => halted(host, office, halt).await,
            End::Done | End::InitialSyncFirst => Halt::Defect("no-answer".to_owned()).into(),
        }),
    }
}

async fn show_outcome(global: &Global, host: &Host, office: &OfficeNumber, outcome: &Outcome, screen: &Screen) {
    let mut tally = Tally::default();
    tally.add(outcome);
    show_tally(global, host, office, &tally, screen).await;
}

async fn show_tally(global: &Global, host: &Host, office: &OfficeNumber, tally: &Tally, screen: &Screen) {
    if global.json {
        screen.json(&json!({
            "read": tally.read, "created": tally.created, "updated": tally.updated, "notes": tally.notes,
            "examples": examples_json(tally),
        }));
    } else {
        screen.line(format!("Office {office}: {tally}"));
        show_notes(host, office, tally, screen).await;
    }
}

pub(super) fn explanation_json(explained: &Explanation) -> Value {
    json!({
        "record": name(&explained.subject), "state": explained.state, "linked": linked_json(&explained.linked),
        "differing": explained.differing, "dead-letter": explained.dead_letter.as_ref().map(letter_json),
    })
}

/// Tribe's records that belong to one of AC's.
pub(super) fn linked_json(linked: &[Linked]) -> Value {
    linked.iter().map(|linked| json!({"entity": linked.entity, "id": linked.id})).collect()
}

async fn show_explanation(host: &Host, office: &OfficeNumber, explained: &Explanation, screen: &Screen) {
    screen.line(format!("{}: {}", name(&explained.subject), explained.state));
    for linked in &explained.linked {
        screen.line(format!("  {}  {}", linked.entity, linked.id));
    }
    match explained.differing.as_slice() {
        [] if explained.linked.is_empty() => {}
        [] => screen.line("  no field differs from what both sides last agreed on"),
        differing => screen.line(format!("  differing from what both sides last agreed on: {}", differing.join(", "))),
    }
    match &explained.dead_letter {
        Some(letter) => show_letter(host, office, letter, screen).await,
        // Nothing has looked at it since, so that it has no letter yet.
        None if explained.state == DAMAGED => {
            let about = About { record: Some(&explained.subject), ..About::default() };
            screen.line(format!("  {}", worded(host, office, STATE_DAMAGED, &about).await.english));
        }
        None => {}
    }
}

async fn show_letter(host: &Host, office: &OfficeNumber, letter: &DeadLetter, screen: &Screen) {
    let about = About { record: Some(&letter.subject), field: letter.field.as_deref(), ..About::default() };
    let text = describe(host, office, &letter.code, &about).await;
    let text = text.map_or_else(|| letter.code.clone(), |text| text.english);
    let field = letter.field.as_deref().map(|field| format!(" ({field})")).unwrap_or_default();
    let next = match letter.next_try {
        Some(next) => format!("next try {}", Timestamp::from_millis(next)),
        None => "tried again when it changes, or when you ask for it".to_owned(),
    };
    let tries = if letter.attempts == 1 { "1 try".to_owned() } else { format!("{} tries", letter.attempts) };
    screen.line(format!("{}{field}: {text} {tries}; {next}.", name(&letter.subject)));
}

fn letter_json(letter: &DeadLetter) -> Value {
    json!({
        "record": name(&letter.subject), "code": letter.code, "field": letter.field, "attempts": letter.attempts,
        "since": Timestamp::from_millis(letter.since).to_string(),
        "next-try": letter.next_try.map(|next| Timestamp::from_millis(next).to_string()),
    })
}

fn absence_json(absence: &Absence) -> Value {
    json!({
        "record": name(&absence.subject), "gone": absence.gone,
        "since": Timestamp::from_millis(absence.since).to_string(),
    })
}
