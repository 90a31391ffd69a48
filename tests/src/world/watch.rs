//! What a world sees of the connector while it runs: every call, and every write as it is carried out.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use advocaatcentraal_tribe::link::{OfficeState, Subject};
use advocaatcentraal_tribe::ports::{NoAnswer, Response};
use advocaatcentraal_tribe::sync::{Outcome, Stopped};
use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use crate::World;
use crate::faults::{Kind, System};
use crate::invariants::{Broken, Invariant};
use crate::manual::{self, Field, Holder, InAc, Who};

/// The longest wait that a server is believed. Longer ones are asked for again.
const LONGEST_WAIT: u64 = 15 * 60 * 1000;

/// What a user said about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// About which record of AC's, wherever it was said.
    pub who: Who,
    /// About which field.
    pub field: &'static str,
    /// At which organisation, for a field of a koppeling or a contact relationship.
    pub at: Option<String>,
    /// Where: AC, or the member of a Tribe record.
    pub place: String,
    /// In plain form; empty for emptied.
    pub value: String,
    /// What stood there before.
    pub before: String,
    /// When, in milliseconds since 1970.
    pub when: u64,
    /// Whether the connector knew then what both sides had agreed on, or what was sent to Tribe.
    pub known: bool,
}

/// A step of a run, in words, and the log as it stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, and what; long values are cut off.
    pub words: String,
    /// [`Watch::log`]: it differs where the words that were cut off do.
    pub log: u64,
}

/// What was seen.
#[derive(Default)]
pub struct Watch {
    log: RefCell<DefaultHasher>,
    requests: Cell<u64>,
    /// The path of the request that was sent last.
    pub last_call: RefCell<String>,
    /// Whether every step is told on standard error as it happens.
    pub aloud: Cell<bool>,
    steps: RefCell<Option<Vec<Step>>>,
    blocked: RefCell<BTreeMap<System, u64>>,
    /// The same as the slice under way found it.
    blocked_before: RefCell<BTreeMap<System, u64>>,
    broken: RefCell<Vec<Broken>>,
    /// What users said, oldest first.
    pub(crate) said: RefCell<Vec<Saying>>,
    /// How much of it was said before the connector's state was lost, and its conflicts with it.
    before_loss: Cell<usize>,
    /// What the connector wrote to Tribe: record, field, value.
    pub(crate) written: RefCell<BTreeSet<(Who, &'static str, String)>>,
    /// Addresses that the connector wrote to Tribe before their owner, by their id.
    ownerless: RefCell<BTreeMap<String, Map<String, Value>>>,
    /// Edits in Tribe, by place and value, that were overwritten before any read could show them: nobody can see one in
    /// that moment, as in the one between the last look and the write.
    pub(crate) unseen: RefCell<BTreeSet<(String, String)>>,
    /// When a read showed a record of Tribe's last, and which read that was; kept while edits strike in between.
    shown: RefCell<BTreeMap<String, (u64, u64)>>,
    /// Reads of Tribe so far.
    reads: Cell<u64>,
    /// Records of which a request failed, as long as no dead letter of theirs is in the store.
    owed: RefCell<BTreeSet<Who>>,
    /// Set while texts that no user wrote may come from a system.
    pub(crate) altered: RefCell<BTreeSet<String>>,
}

impl Watch {
    /// A number that differs if any call, answer, write to the store or outcome differed, or their order or time.
    pub fn log(&self) -> u64 {
        self.log.borrow().clone().finish()
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// What was broken since it was asked last.
    pub fn take_broken(&self) -> Vec<Broken> {
        std::mem::take(&mut self.broken.borrow_mut())
    }

    /// What users said since the connector's state was lost last.
    pub fn said_since_loss(&self) -> Vec<Saying> {
        self.said.borrow().get(self.before_loss.get()..).unwrap_or_default().to_vec()
    }

    /// The connector's state is lost: what was kept aside is gone with it.
    pub fn state_is_lost(&self) {
        self.before_loss.set(self.said.borrow().len());
    }

    pub(crate) fn broke(&self, invariant: Invariant, what: String) {
        self.broken.borrow_mut().push(Broken { invariant, what });
    }

    pub(super) fn called(&self, system: System, now: u64, request: &sandbox::Request) {
        self.requests.set(self.requests.get() + 1);
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
        (now, key, value).hash(&mut *self.log.borrow_mut());
        self.tell(now, || match value {
            Some(value) => {
                let value: String = String::from_utf8_lossy(value).chars().take(400).collect();
                format!("    store {key} = {value}")
            }
            None => format!("    store {key} is removed"),
        });
    }

    /// A slice gave an answer: as the contract tells it, which does not know what kind of relation a note is about.
    pub(super) fn ended(&self, now: u64, result: &Result<Outcome, Stopped>) {
        let (outcome, because) = match result {
            Ok(outcome) => (outcome, None),
            Err(stopped) => (&stopped.so_far, Some(&stopped.because)),
        };
        let counts = (outcome.counts, outcome.done, outcome.expected, outcome.notes_left_out, outcome.next);
        let mut log = self.log.borrow_mut();
        format!("{counts:?} {because:?}").hash(&mut *log);
        for note in &outcome.notes {
            let about = note.subject.as_ref().map(|subject| (is_contact_person(subject), subject.id()));
            (note.code.as_str(), about, &note.field).hash(&mut *log);
        }
        drop(log);
        self.tell(now, || format!("a slice ends: {result:?}"));
    }

    /// Tells a step, if somebody listens.
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

    /// A slice begins: what the last one owed is read again, or was put aside.
    pub fn begin_slice(&self) {
        self.owed.borrow_mut().clear();
        self.blocked_before.replace(self.blocked.borrow().clone());
    }

    /// The process ended in mid-slice: what it was told to wait for, it told nobody.
    pub fn slice_is_lost(&self) {
        self.blocked.replace(self.blocked_before.borrow().clone());
    }

    /// The connector hears an answer: what it must wait for counts from here, and so does what it owes a record.
    pub(super) fn heard(&self, system: System, now: u64, of: Option<Who>, answer: &Result<Response, NoAnswer>) {
        if let Some(who) = of {
            match answer.as_ref().map(|response| response.status) {
                Ok(200..=299) => drop(self.owed.borrow_mut().remove(&who)),
                // The connection as a whole ends the slice; and a record that is gone is owed nothing.
                Ok(401 | 403 | 404 | 410 | 429) => {}
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

fn is_contact_person(subject: &Subject) -> bool {
    matches!(subject, Subject::ContactPerson(_))
}

/// The wait that a 429 asks for, in milliseconds; a minute where it names none that can be meant.
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

impl World {
    /// The place of a walk or of a list was stored: every record that failed before must be put aside by now (I9).
    pub(super) fn check_nothing_owed(&self, key: &str) {
        if !key.contains("/walk/") && !key.contains("/cursor/") {
            return;
        }
        let letters = OfficeState::new(&self.store, "12345").dead_letters().unwrap_or_default();
        let is_put_aside = |who: &Who| {
            letters.0.keys().any(|subject| {
                let list =
                    if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties };
                list == who.list && subject.id() == who.id
            })
        };
        let mut owed = self.watch.owed.borrow_mut();
        owed.retain(|who| !is_put_aside(who));
        if let Some(who) = owed.first() {
            self.watch.broke(Invariant::I9, format!("{key} passes {}, whose failure is nowhere", who.marker()));
        }
        owed.clear();
    }

    /// Everything that users ever said about a field of a record, on either side, in plain form.
    pub(crate) fn ever_said(&self, who: &Who, field: &Field, at: Option<&str>) -> BTreeSet<String> {
        let (ac, tribe) = (self.ac.borrow(), self.tribe.borrow());
        let record = match who.list {
            List::Relaties => ac.relatie(&who.id),
            List::Contactpersonen => ac.contactpersoon(&who.id),
        };
        let mut said: BTreeSet<String> = record
            .into_iter()
            .flat_map(|record| record.versions())
            .flat_map(|v| field.in_ac(v.fields(), at, &tribe))
            .collect();
        let at = at.filter(|_| matches!(field.ac, InAc::Koppeling(_)));
        let of_users = self.watch.said.borrow();
        let about = of_users.iter().filter(|saying| saying.who == *who && saying.field == field.name);
        said.extend(about.filter(|s| at.is_none() || s.at.as_deref() == at).map(|saying| saying.value.clone()));
        let altered = self.watch.altered.borrow();
        said.extend(altered.iter().map(|text| manual::plain(field.form, text, &tribe)));
        said
    }

    /// A write to Tribe that was carried out: only members of the tables, and only values that somebody said (I5, I7).
    pub(super) fn check_write_to_tribe(&self, request: &sandbox::Request, answer: &sandbox::Response) {
        let Some(rest) = path(request).strip_prefix("/v1/odata/") else { return };
        let Ok(body) = serde_json::from_slice::<Map<String, Value>>(&request.body) else { return };
        let (set, id) = rest.split_once('(').map_or((rest, None), |(set, id)| (set, id.strip_suffix(')')));
        let owner = id.and_then(|id| id.parse().ok()).and_then(|id| manual::owner(&self.tribe.borrow(), id));
        if let Some(id) = id {
            self.note_unseen(id, &body);
        }
        if set == "Address" && owner.is_none() {
            let made = serde_json::from_slice::<Map<String, Value>>(&answer.body).unwrap_or_default();
            let id = made.get("ID").map(manual::text).unwrap_or_default();
            self.watch.ownerless.borrow_mut().insert(id, body.clone());
        }
        self.check_body(set, owner, &body);
    }

    /// A read of Tribe's was answered.
    pub(super) fn note_shown(&self, answer: &sandbox::Response) {
        self.watch.reads.set(self.watch.reads.get() + 1);
        if !self.faults.is_on(Kind::EditBetween) {
            return;
        }
        let text = String::from_utf8_lossy(&answer.body);
        let ids = text.split(r#""ID":""#).skip(1).filter_map(|rest| rest.split('"').next());
        let seen = (self.now.get(), self.watch.reads.get());
        self.watch.shown.borrow_mut().extend(ids.map(|id| (id.to_owned(), seen)));
    }

    /// Whether an edit of that record came after the last look at it. A look at a batch is a read of each kind of record.
    fn came_after_the_look(&self, id: &str, edited: u64) -> bool {
        const KINDS: u64 = 3;
        let shown = self.watch.shown.borrow().get(id).copied();
        shown.is_some_and(|(when, read)| edited >= when && self.watch.reads.get() < read + KINDS)
    }

    fn note_unseen(&self, id: &str, body: &Map<String, Value>) {
        let lag = u64::try_from(self.tribe.borrow().character().read_lag.as_millis()).unwrap_or(u64::MAX);
        let is_unseen = |saying: &&Saying| {
            let member = saying.place.strip_prefix(id).and_then(|rest| rest.strip_prefix('.'));
            let unseen = self.now.get() <= saying.when + lag || self.came_after_the_look(id, saying.when);
            unseen && member.is_some_and(|member| body.contains_key(member))
        };
        let said = self.watch.said.borrow();
        let unseen = said.iter().rev().filter(is_unseen).map(|saying| (saying.place.clone(), saying.value.clone()));
        self.watch.unseen.borrow_mut().extend(unseen);
    }

    /// The body of a record of that set, and what is made along with it. A new record names its owner itself.
    fn check_body(&self, set: &str, owner: Option<(Who, Option<String>, Holder)>, body: &Map<String, Value>) {
        let foreign: Vec<&String> =
            body.keys().filter(|member| !manual::may_be_written(set).contains(&member.as_str())).collect();
        if !foreign.is_empty() {
            self.watch.broke(Invariant::I8, format!("a write to {set} names {foreign:?}"));
        }
        for (link, nested) in [("Organization", "Relation_Organization"), ("Person", "Relation_Person")] {
            if let Some(Value::Object(record)) = body.get(link)
                && !record.contains_key("ID")
            {
                self.check_body(nested, None, record);
            }
        }
        let named = || {
            let (who, at) = Who::of_marker(body.get("ImportId")?.as_str()?)?;
            let holder = if at.is_some() { Holder::Contact } else { Holder::Relation };
            Some((who, at, holder))
        };
        let new = owner.is_none();
        let Some((who, at, holder)) = owner.or_else(named) else { return };
        if !set.starts_with("Relationship") || holder == Holder::Contact {
            self.check_values(&who, at.as_deref(), holder, body);
        }
        if new {
            self.note_left_empty(&who, holder, body);
        }
        for slot in manual::SLOTS {
            if let Some(Value::Object(address)) = body.get(slot) {
                let id = address.get("ID").map(manual::text).unwrap_or_default();
                let made_before = self.watch.ownerless.borrow_mut().remove(&id);
                self.check_values(&who, None, Holder::Address(slot), made_before.as_ref().unwrap_or(address));
            }
        }
    }

    /// What a new record does not name is empty in it.
    fn note_left_empty(&self, who: &Who, holder: Holder, body: &Map<String, Value>) {
        let record = self.fields_in_ac(who).unwrap_or_default();
        for field in manual::fields(who, &record) {
            if field.property(holder).is_some_and(|property| !body.contains_key(property)) {
                self.watch.written.borrow_mut().insert((who.clone(), field.name, String::new()));
            }
        }
    }

    fn check_values(&self, who: &Who, at: Option<&str>, holder: Holder, body: &Map<String, Value>) {
        let Some(record) = self.fields_in_ac(who) else { return };
        for field in manual::fields(who, &record) {
            let Some(property) = field.property(holder) else { continue };
            let Some(value) = field.in_body(body, property, &self.tribe.borrow()) else { continue };
            if !self.ever_said(who, field, at).contains(&value) {
                let what =
                    format!("{} of {} became something in Tribe that nobody said: {value:?}", field.name, who.marker());
                self.watch.broke(if value.is_empty() { Invariant::I7 } else { Invariant::I5 }, what);
            }
            self.watch.written.borrow_mut().insert((who.clone(), field.name, value));
        }
    }

    /// A write to AC that was carried out: what the tables do not hold is as before (I8), the rest is what somebody
    /// said (I5, I7).
    pub(super) fn check_write_to_ac(&self, who: &Who, before: &Map<String, Value>) {
        let Some(after) = self.fields_in_ac(who) else { return };
        // Where AC's answer came decomposed it goes back so, as it was read.
        let composed = |rest: Map<String, Value>| Value::Object(rest).to_string().nfc().collect::<String>();
        let (rest, now) = (manual::unmapped(who, before), manual::unmapped(who, &after));
        if rest != now && (self.faults.count(Kind::Decomposed) == 0 || composed(rest) != composed(now)) {
            self.watch.broke(Invariant::I8, format!("{}: what is not synced was changed in AC", who.marker()));
        }
        let organisations: Vec<String> = after
            .get("koppelingen")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|row| row.get("relatie_id").map(manual::text))
            .collect();
        for field in manual::fields(who, &after) {
            let places: Vec<Option<&str>> = match field.ac {
                InAc::Koppeling(_) => organisations.iter().map(|at| Some(at.as_str())).collect(),
                InAc::Own(_) | InAc::Address(..) => vec![None],
            };
            for at in places {
                let (old, new) = {
                    let tribe = self.tribe.borrow();
                    (field.in_ac(before, at, &tribe), field.in_ac(&after, at, &tribe))
                };
                let said = self.said_before(who, field, at, before);
                if let Some(invented) = new.iter().find(|value| !old.contains(value) && !said.contains(*value)) {
                    let what = format!(
                        "{} of {} became something in AC that nobody said: {invented:?}",
                        field.name,
                        who.marker()
                    );
                    self.watch.broke(if invented.is_empty() { Invariant::I7 } else { Invariant::I5 }, what);
                }
            }
        }
    }

    /// As [`World::ever_said`], without the version that was just written.
    fn said_before(&self, who: &Who, field: &Field, at: Option<&str>, before: &Map<String, Value>) -> BTreeSet<String> {
        let (ac, tribe) = (self.ac.borrow(), self.tribe.borrow());
        let record = match who.list {
            List::Relaties => ac.relatie(&who.id),
            List::Contactpersonen => ac.contactpersoon(&who.id),
        };
        let versions = record.into_iter().flat_map(|record| record.versions().rev().skip(1));
        let mut said: BTreeSet<String> = versions.flat_map(|v| field.in_ac(v.fields(), at, &tribe)).collect();
        said.extend(field.in_ac(before, at, &tribe));
        let at = at.filter(|_| matches!(field.ac, InAc::Koppeling(_)));
        let of_users = self.watch.said.borrow();
        let about = of_users.iter().filter(|saying| saying.who == *who && saying.field == field.name);
        said.extend(about.filter(|s| at.is_none() || s.at.as_deref() == at).map(|saying| saying.value.clone()));
        let altered = self.watch.altered.borrow();
        said.extend(altered.iter().map(|text| manual::plain(field.form, text, &tribe)));
        said
    }

    /// A record of AC's as it stands.
    pub fn fields_in_ac(&self, who: &Who) -> Option<Map<String, Value>> {
        let ac = self.ac.borrow();
        let record = match who.list {
            List::Relaties => ac.relatie(&who.id),
            List::Contactpersonen => ac.contactpersoon(&who.id),
        };
        record.map(|record| record.current().fields().clone())
    }
}
