//! What a world sees of the connector while it runs: every call, every answer, and every write.

mod writes;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::ports::{NoAnswer, Response};
use advocaatcentraal_tribe::sync::{Outcome, Stopped, System as SystemToldOf};
use advocaatcentraal_tribe::wording::Code;
use serde_json::{Map, Value};

use crate::faults::System;
use crate::invariants::{Broken, Excuse, Invariant};
use crate::manual::Who;
use crate::trail;

/// The longest wait that the connector must keep to. It may ask again before a longer one has passed.
const LONGEST_WAIT: u64 = 15 * 60 * 1000;

/// What a user said about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// About which record of AC's, on either side.
    pub who: Who,
    /// About which field.
    pub field: &'static str,
    /// At which organisation, for a field of a koppeling or a contact relationship.
    pub at: Option<String>,
    /// Where: AC, or the member of a Tribe record.
    pub place: String,
    /// The value in plain form; empty if the user emptied the field.
    pub value: String,
    /// The value before.
    pub before: String,
    /// When, in milliseconds since 1970.
    pub when: u64,
    /// Whether the connector had a base for the field then, or a value that it sent to Tribe.
    pub known: bool,
}

/// A step of a run, in words, and the log after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, and what; long values are cut.
    pub words: String,
    /// [`Watch::log`], which shows a difference in what was cut too.
    pub log: u64,
}

/// What a world saw.
#[derive(Default)]
pub struct Watch {
    log: RefCell<DefaultHasher>,
    requests: Cell<u64>,
    /// The path of the request that was sent last.
    pub last_call: RefCell<String>,
    /// Whether every step is printed on standard error as it happens.
    pub aloud: Cell<bool>,
    steps: RefCell<Option<Vec<Step>>>,
    /// Until when each system must not be called.
    blocked: RefCell<BTreeMap<System, u64>>,
    /// The same at the begin of the slice under way.
    blocked_before: RefCell<BTreeMap<System, u64>>,
    broken: RefCell<Vec<Broken>>,
    excused: RefCell<BTreeMap<Excuse, u64>>,
    /// What users said, oldest first.
    pub(crate) said: RefCell<Vec<Saying>>,
    /// How much of `said` came before the connector's state was lost, and its conflicts with it.
    before_loss: Cell<usize>,
    /// What the connector wrote to Tribe: record, field, value.
    pub(crate) written: RefCell<BTreeSet<(Who, &'static str, String)>>,
    /// Addresses that the connector wrote to Tribe before their owner, by their id.
    ownerless: RefCell<BTreeMap<String, Map<String, Value>>>,
    /// Edits in Tribe, by place and value, that the connector overwrote before any read could show them: Tribe's reads
    /// lag, or the edit came between the last read and the write.
    pub(crate) unseen: RefCell<BTreeSet<(String, String)>>,
    /// The last read that showed each record of Tribe's: as of when, and its number. Kept only while edits strike between
    /// requests.
    shown: RefCell<BTreeMap<String, (u64, u64)>>,
    /// Reads of Tribe so far.
    reads: Cell<u64>,
    /// Records of which a request failed and that have no dead letter yet.
    owed: RefCell<BTreeSet<Who>>,
    /// What the connector told of fields: the code, the record's id and the field.
    told: RefCell<BTreeSet<(&'static str, String, String)>>,
    /// Texts that no user wrote and that a system may send.
    pub(crate) altered: RefCell<BTreeSet<String>>,
}

impl Watch {
    /// A number that differs if any call, answer, write to the store or outcome differed, or their order or time.
    pub fn log(&self) -> u64 {
        self.log.borrow().clone().finish()
    }

    /// The connector told that of a field of a record.
    pub(crate) fn note_told(&self, code: Code, id: &str, field: &str) {
        self.told.borrow_mut().insert((code.as_str(), id.to_owned(), field.to_owned()));
    }

    /// Whether the connector ever told that of a field of a record.
    pub(crate) fn was_told(&self, code: Code, id: &str, field: &str) -> bool {
        self.told.borrow().contains(&(code.as_str(), id.to_owned(), field.to_owned()))
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// Takes the invariants that were broken since the last call.
    pub fn take_broken(&self) -> Vec<Broken> {
        std::mem::take(&mut self.broken.borrow_mut())
    }

    /// How often each excuse was given.
    pub fn excused(&self) -> BTreeMap<Excuse, u64> {
        self.excused.borrow().clone()
    }

    /// An invariant accepts something for that reason.
    pub(crate) fn excuse(&self, excuse: Excuse) {
        *self.excused.borrow_mut().entry(excuse).or_default() += 1;
    }

    /// How much users said before the connector's state was lost for the last time.
    pub(crate) fn said_before_loss(&self) -> usize {
        self.before_loss.get()
    }

    /// The connector's state is lost, and its conflicts with it.
    pub fn state_is_lost(&self) {
        self.before_loss.set(self.said.borrow().len());
    }

    pub(crate) fn broke(&self, invariant: Invariant, what: String) {
        self.broken.borrow_mut().push(Broken { invariant, what });
    }

    pub(super) fn called(&self, system: System, now: u64, request: &sandbox::Request) {
        self.requests.set(self.requests.get() + 1);
        trail::called(request);
        path(request).clone_into(&mut self.last_call.borrow_mut());
        (now, &request.method, &request.target, &request.headers, &request.body).hash(&mut *self.log.borrow_mut());
        self.tell(now, || {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            format!("{} {} {body}", request.method, request.target.replace("%20", " "))
        });
        if self.blocked.borrow().get(&system).is_some_and(|until| now < *until) {
            self.broke(Invariant::I13, format!("{} {} before Retry-After has passed", request.method, path(request)));
        }
    }

    /// Until when a system must not be called, in milliseconds since 1970.
    pub(crate) fn blocked_until(&self) -> u64 {
        self.blocked.borrow().values().copied().max().unwrap_or(0)
    }

    pub(super) fn answered(&self, now: u64, answer: &Result<Response, NoAnswer>) {
        match answer {
            Ok(response) => (response.status, &response.body).hash(&mut *self.log.borrow_mut()),
            Err(none) => format!("{none:?}").hash(&mut *self.log.borrow_mut()),
        }
        self.tell(now, || match answer {
            Ok(response) => {
                let body: String = String::from_utf8_lossy(&response.body).chars().take(300).collect();
                format!("    {} {body}", response.status)
            }
            Err(none) => format!("    {none:?}"),
        });
    }

    /// A key of the connector's store was written, or removed.
    pub(super) fn stored(&self, now: u64, key: &str, value: Option<&[u8]>) {
        match value {
            Some(_) => trail::stored(key),
            None => trail::removed(key),
        }
        (now, key, value).hash(&mut *self.log.borrow_mut());
        self.tell(now, || match value {
            Some(value) => {
                let value: String = String::from_utf8_lossy(value).chars().take(400).collect();
                format!("    store {key} = {value}")
            }
            None => format!("    store {key} is removed"),
        });
    }

    /// A slice ended. Only what the contract carries is logged: it does not say which kind of relation a note is about.
    pub(super) fn ended(&self, now: u64, result: &Result<Outcome, Stopped>) {
        trail::ended(result);
        let (outcome, error) = match result {
            Ok(outcome) => (outcome, None),
            Err(stopped) => (&*stopped.partial, Some(&stopped.error)),
        };
        let counts = (outcome.counts, outcome.done, outcome.expected, outcome.notes_left_out, outcome.next);
        let mut log = self.log.borrow_mut();
        format!("{counts:?} {error:?}").hash(&mut *log);
        for note in &outcome.notes {
            let about = note.subject.as_ref().map(|subject| (is_contact_person(subject), subject.id()));
            (note.code.as_str(), about, &note.field).hash(&mut *log);
            if let (Some((_, id)), Some(field)) = (about, &note.field) {
                self.note_told(note.code, id, field);
            }
        }
        for write in &outcome.writes {
            let about = (is_contact_person(&write.subject), write.subject.id());
            (about, write.to == SystemToldOf::Tribe, &write.field, write.result).hash(&mut *log);
        }
        outcome.standing.hash(&mut *log);
        drop(log);
        self.tell(now, || format!("a slice ends: {result:?}"));
    }

    /// Records and prints a step, if either is asked for.
    pub fn tell(&self, now: u64, step: impl FnOnce() -> String) {
        let is_kept = self.steps.borrow().is_some();
        if !is_kept && !self.aloud.get() {
            return;
        }
        let words = format!("{} +{:03} {}", sandbox::Instant::from_millis(now).utc(), now % 1000, step());
        if self.aloud.get() {
            eprintln!("{words}");
        }
        if let Some(steps) = &mut *self.steps.borrow_mut() {
            steps.push(Step { words, log: self.log() });
        }
    }

    /// From now on every step is kept.
    pub fn keep_steps(&self) {
        self.steps.borrow_mut().get_or_insert_default();
    }

    /// The steps that were kept.
    pub fn take_steps(&self) -> Vec<Step> {
        self.steps.borrow_mut().take().unwrap_or_default()
    }

    /// A slice begins. It reads again whatever failed in the last one and has no dead letter.
    pub fn begin_slice(&self) {
        self.owed.borrow_mut().clear();
        self.blocked_before.replace(self.blocked.borrow().clone());
    }

    /// The slice returned no outcome, so no host knows what a system asked to wait for during it.
    pub fn slice_is_lost(&self) {
        self.blocked.replace(self.blocked_before.borrow().clone());
    }

    /// An answer reaches the connector. From now on it must keep to a wait in it, and owes the record a dead letter if
    /// the request failed.
    pub(super) fn heard(&self, system: System, now: u64, of: Option<Who>, answer: &Result<Response, NoAnswer>) {
        if let Some(who) = of {
            match answer.as_ref().map(|response| response.status) {
                Ok(200..=299) => drop(self.owed.borrow_mut().remove(&who)),
                // A record that is gone in AC needs no dead letter, whatever failed before.
                Ok(404 | 410) if system == System::Ac => drop(self.owed.borrow_mut().remove(&who)),
                // The first, second and last end the slice as a whole.
                Ok(401 | 403 | 404 | 410 | 429) => {}
                // The ledger's word for a record that is not there.
                Ok(400) if answer.as_ref().is_ok_and(|response| holds(&response.body, b"-0404\"")) => {
                    self.owed.borrow_mut().remove(&who);
                }
                Ok(_) | Err(_) => drop(self.owed.borrow_mut().insert(who)),
            }
        }
        if let Ok(response) = answer
            && response.status == 429
        {
            self.blocked.borrow_mut().insert(system, now + wait(response));
        }
    }
}

fn holds(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|part| part == word)
}

fn is_contact_person(subject: &Subject) -> bool {
    matches!(subject, Subject::ContactPerson(_))
}

/// The wait that a 429 asks for, in milliseconds; a minute if it names none that makes sense.
fn wait(response: &Response) -> u64 {
    const MINUTE: u64 = 60_000;
    let Some(text) = response.header("retry-after") else { return MINUTE };
    if let Ok(seconds) = text.parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between nothing and the longest")]
        let wait = (seconds * 1000.0) as u64;
        return if seconds >= 0.0 && seconds.is_finite() { wait.min(LONGEST_WAIT) } else { MINUTE };
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let (until, now) = (date(text), response.header("date").and_then(date));
    let wait = until.zip(now).and_then(|(until, now)| until.duration_since(now).ok());
    wait.map_or(MINUTE, |wait| u64::try_from(wait.as_millis()).unwrap_or(MINUTE).min(LONGEST_WAIT))
}

fn path(request: &sandbox::Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}
