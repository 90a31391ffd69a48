//! Checks every write as it is carried out: I5, I7, I8, I18, and of I9 that no failure is passed over.

use std::collections::BTreeSet;

use advocaatcentraal_tribe::link::{Link, OfficeState, Subject};
use advocaatcentraal_tribe::ports::Store;
use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::stored;
use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::{Saying, path};
use crate::World;
use crate::faults::Kind;
use crate::invariants::{Excuse, Invariant, is_altered_in_ac, is_altered_in_tribe};
use crate::manual::{self, Field, Holder, InAc, Who};

/// The ids of the records that a row of Tribe's shows: its own, and those inside it of which it shows more than the id.
fn ids_shown(row: &Map<String, Value>) -> Vec<String> {
    let inside = row.values().filter_map(Value::as_object).filter(|inner| inner.len() > 1);
    let shown = std::iter::once(row).chain(inside);
    shown.filter_map(|record| Some(record.get("ID")?.as_str()?.to_owned())).collect()
}

impl World {
    /// The connector stored the place of a walk or a cursor: every record that failed before must have a dead letter, or
    /// be known as gone in Tribe (I9).
    pub(in crate::world) fn check_nothing_owed(&self, key: &str) {
        if !key.contains("/walk/") && !key.contains("/cursor/") {
            return;
        }
        let letters = OfficeState::new(&self.store, "12345").dead_letters().unwrap_or_default();
        let has_dead_letter = |who: &Who| {
            letters.0.keys().any(|subject| {
                let list =
                    if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties };
                // Where contact persons stand inside their relation, it is their write that failed.
                (list == who.list && subject.id() == who.id) || subject.id().starts_with(&format!("{}/", who.id))
            })
        };
        // What is gone in Tribe waits for a person too, in a list of its own.
        let is_gone = |who: &Who| {
            let state = OfficeState::new(&self.store, "12345");
            let mut links = who.subjects().into_iter().filter_map(|subject| state.link(&subject).ok());
            links.any(|link| link.all_gone().next().is_some())
        };
        let mut owed = self.watch.owed.borrow_mut();
        owed.retain(|who| !has_dead_letter(who) && !is_gone(who));
        if let Some(who) = owed.first() {
            self.watch
                .broke(Invariant::I9, format!("{key} passes {}, which failed and has no dead letter", who.marker()));
        }
        owed.clear();
    }

    /// I18: whose record a link comes to name is stored before it does.
    pub(in crate::world) fn check_owners_first(&self, key: &str, value: &[u8]) {
        if !key.contains("/link/") {
            return;
        }
        let link = |bytes: &[u8]| stored::of_bytes::<Link>(bytes).unwrap_or_default();
        let known = self.store.get(key).ok().flatten().map(|bytes| link(&bytes)).unwrap_or_default();
        let state = OfficeState::new(&self.store, "12345");
        let is_new = |id: &&TribeId| known.all_linked().all(|(_, known)| known != *id);
        for id in link(value).all_linked().map(|(_, id)| id).filter(is_new) {
            if state.owner(id).ok().flatten().is_none() {
                self.watch.broke(Invariant::I18, format!("{key} names {id}, whose owner is not stored"));
            }
        }
    }

    /// Everything that users ever said about a field of a record, on either side, in plain form.
    pub(crate) fn ever_said(&self, who: &Who, field: &Field, at: Option<&str>) -> BTreeSet<String> {
        let (ac, tribe) = (self.ac.borrow(), self.tribe.borrow());
        let record = ac.known_record(who.list, &who.id);
        let versions = record.iter().flat_map(|record| record.versions());
        let mut said: BTreeSet<String> = versions.flat_map(|v| field.in_ac(v.fields(), at, &tribe)).collect();
        said.extend(self.said_on_screens(who, field, at));
        said
    }

    /// Tribe carried out a write: it may name only members of the tables, and only values that a user wrote (I5, I7).
    pub(in crate::world) fn check_write_to_tribe(&self, request: &sandbox::Request, answer: &sandbox::Response) {
        let Some(rest) = path(request).strip_prefix("/v1/odata/") else { return };
        let Ok(body) = serde_json::from_slice::<Map<String, Value>>(&request.body) else { return };
        let (set, id) = rest.split_once('(').map_or((rest, None), |(set, id)| (set, id.strip_suffix(')')));
        let owner = id.and_then(|id| id.parse().ok()).and_then(|id| manual::owner(&self.tribe.borrow(), id));
        if let Some(id) = id {
            self.note_unseen(id, &body);
        }
        if set == "Address" && owner.is_none() {
            let id = answer.json().get("ID").map(manual::text).unwrap_or_default();
            self.watch.ownerless.borrow_mut().insert(id, body.clone());
        }
        self.check_body(set, owner, &body);
    }

    /// Tribe answered a read.
    pub(in crate::world) fn note_shown(&self, answer: &sandbox::Response) {
        self.watch.reads.set(self.watch.reads.get() + 1);
        if !self.faults.is_on(Kind::EditBetween) {
            return;
        }
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return };
        let rows = match body.get("value").and_then(Value::as_array) {
            Some(rows) => rows.iter().collect(),
            None => vec![&body],
        };
        let seen = (self.now.get().saturating_sub(self.read_lag()), self.watch.reads.get());
        let shown = rows.into_iter().filter_map(Value::as_object).flat_map(ids_shown).map(|id| (id, seen));
        self.watch.shown.borrow_mut().extend(shown);
    }

    /// How long Tribe's reads may show what was before an edit, in milliseconds.
    fn read_lag(&self) -> u64 {
        u64::try_from(self.tribe.borrow().character().read_lag.as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether an edit of that record came after what the connector last read of it. It reads a batch by one request for
    /// each kind of record.
    fn came_after_the_read(&self, id: &str, edited: u64) -> bool {
        const KINDS: u64 = 3;
        let shown = self.watch.shown.borrow().get(id).copied();
        shown.is_some_and(|(when, read)| edited >= when && self.watch.reads.get() < read + KINDS)
    }

    /// Remembers the edits in Tribe that a write overwrites before a read could show them.
    fn note_unseen(&self, id: &str, body: &Map<String, Value>) {
        let lag = self.read_lag();
        let is_unseen = |saying: &&Saying| {
            let member = saying.place.strip_prefix(id).and_then(|rest| rest.strip_prefix('.'));
            let unseen = self.now.get() <= saying.when + lag || self.came_after_the_read(id, saying.when);
            unseen && member.is_some_and(|member| body.contains_key(member))
        };
        let said = self.watch.said.borrow();
        let unseen = said.iter().rev().filter(is_unseen).map(|saying| (saying.place.clone(), saying.value.clone()));
        self.watch.unseen.borrow_mut().extend(unseen);
    }

    /// Checks the body of a record of that set, and the records nested in it. A new record names its owner itself.
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
            self.check_values(&who, at.as_deref(), (holder, set), body);
        }
        if new {
            self.note_left_empty(&who, holder, body);
        }
        for slot in manual::SLOTS {
            if let Some(Value::Object(address)) = body.get(slot) {
                let id = address.get("ID").map(manual::text).unwrap_or_default();
                let made_before = self.watch.ownerless.borrow_mut().remove(&id);
                self.check_values(&who, None, (Holder::Address(slot), set), made_before.as_ref().unwrap_or(address));
            }
        }
    }

    /// A field that a new record does not name is empty in it.
    fn note_left_empty(&self, who: &Who, holder: Holder, body: &Map<String, Value>) {
        let record = self.fields_in_ac(who).unwrap_or_default();
        for field in manual::fields(who, &record) {
            if field.property(holder).is_some_and(|property| !body.contains_key(property)) {
                self.watch.written.borrow_mut().insert((who.clone(), field.name, String::new()));
            }
        }
    }

    fn check_values(&self, who: &Who, at: Option<&str>, (holder, set): (Holder, &str), body: &Map<String, Value>) {
        let Some(mut record) = self.fields_in_ac(who) else { return };
        // A late row of AC's may tell of the other kind of relation than AC has by now.
        let made_as = [("Relation_Organization", "bedrijf"), ("Relation_Person", "particulier")];
        if let Some((_, soort)) = made_as.into_iter().find(|(of, _)| who.list == List::Relaties && *of == set) {
            record.insert("soort".to_owned(), soort.into());
        }
        for field in manual::fields(who, &record) {
            let Some(property) = field.property(holder) else { continue };
            let Some(value) = field.in_body(body, property, &self.tribe.borrow()) else { continue };
            let is_said = self.ever_said(who, field, at).contains(&value);
            if !is_said && self.is_altered(field, &value) {
                self.watch.excuse(Excuse::AlteredText);
            } else if !is_said {
                let what =
                    format!("{} of {} became something in Tribe that nobody said: {value:?}", field.name, who.marker());
                self.watch.broke(if value.is_empty() { Invariant::I7 } else { Invariant::I5 }, what);
            }
            self.watch.written.borrow_mut().insert((who.clone(), field.name, value));
        }
    }

    /// AC carried out a write: what is not in the tables must be as before (I8), the rest must be what a user wrote
    /// (I5, I7).
    pub(in crate::world) fn check_write_to_ac(&self, who: &Who, before: &Map<String, Value>) {
        let Some(after) = self.fields_in_ac(who) else { return };
        // The connector writes AC's answer back as it was read, so a decomposed one goes back decomposed.
        let composed = |rest: Map<String, Value>| Value::Object(rest).to_string().nfc().collect::<String>();
        let (rest, now) = (manual::unmapped(who, before), manual::unmapped(who, &after));
        let now = manual::without_new_addresses(who, &rest, now);
        if rest != now && self.faults.count(Kind::Decomposed) > 0 && composed(rest.clone()) == composed(now.clone()) {
            self.watch.excuse(Excuse::DecomposedText);
        } else if rest != now {
            let is_other = |member: &&String| rest.get(*member) != now.get(*member);
            let changed: BTreeSet<&String> = rest.keys().chain(now.keys()).filter(is_other).collect();
            let what = format!("{}: what is not synced was changed in AC: {changed:?}", who.marker());
            self.watch.broke(Invariant::I8, what);
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
                let mut unsaid = new.iter().filter(|value| !old.contains(value) && !said.contains(*value));
                let invented = unsaid.find(|value| {
                    let excuse = match () {
                        () if self.is_altered(field, value) => Excuse::AlteredText,
                        () if self.is_cut(field, value, &said) => Excuse::CutText,
                        () => return true,
                    };
                    self.watch.excuse(excuse);
                    false
                });
                if let Some(invented) = invented {
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

    /// Like [`World::ever_said`], without the version that was just written.
    fn said_before(&self, who: &Who, field: &Field, at: Option<&str>, before: &Map<String, Value>) -> BTreeSet<String> {
        let (ac, tribe) = (self.ac.borrow(), self.tribe.borrow());
        let record = ac.known_record(who.list, &who.id);
        let versions = record.iter().flat_map(|record| record.versions().rev().skip(1));
        let mut said: BTreeSet<String> = versions.flat_map(|v| field.in_ac(v.fields(), at, &tribe)).collect();
        said.extend(field.in_ac(before, at, &tribe));
        said.extend(self.said_on_screens(who, field, at));
        said
    }

    /// Whether a system altered a text on its way to the connector into that value.
    fn is_altered(&self, field: &Field, value: &str) -> bool {
        let tribe = self.tribe.borrow();
        self.watch.altered.borrow().iter().any(|text| manual::plain(field.form, text, &tribe) == value)
    }

    /// Whether a value is the part of what a user said that AC stores; or the part that Tribe stores, of which nothing
    /// tells once the state was lost.
    fn is_cut(&self, field: &Field, value: &str, said: &BTreeSet<String>) -> bool {
        let may_be_cut =
            is_altered_in_ac(self, field) || (is_altered_in_tribe(self, field) && self.faults.lost_state());
        may_be_cut && !value.is_empty() && said.iter().any(|said| said.starts_with(value))
    }

    /// What users said about a field.
    fn said_on_screens(&self, who: &Who, field: &Field, at: Option<&str>) -> BTreeSet<String> {
        let at = at.filter(|_| matches!(field.ac, InAc::Koppeling(_)));
        let of_users = self.watch.said.borrow();
        let about = of_users.iter().filter(|saying| saying.who == *who && saying.field == field.name);
        about.filter(|s| at.is_none() || s.at.as_deref() == at).map(|saying| saying.value.clone()).collect()
    }

    /// Those of these records that are there, with their fields now.
    pub(in crate::world) fn as_they_are(&self, all: impl Iterator<Item = Who>) -> Vec<(Who, Map<String, Value>)> {
        all.filter_map(|who| Some((who.clone(), self.fields_in_ac(&who)?))).collect()
    }

    /// The fields of a record of AC's now.
    pub fn fields_in_ac(&self, who: &Who) -> Option<Map<String, Value>> {
        let ac = self.ac.borrow();
        ac.known_record(who.list, &who.id).map(|record| record.current().fields().clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn company() -> Who {
        Who { list: List::Relaties, id: "1001".to_owned() }
    }

    fn broken_by(world: &World) -> Vec<Invariant> {
        world.watch.take_broken().into_iter().map(|broken| broken.invariant).collect()
    }

    #[test]
    fn a_value_that_no_user_wrote_is_excused_if_a_system_altered_it() {
        let world = World::new(3, 13);
        let body = json!({"Name": "Kanarie zonder einde"});
        let as_made = (Holder::Relation, "Relation_Organization");
        let write = || world.check_values(&company(), None, as_made, body.as_object().unwrap());
        write();
        assert_eq!((broken_by(&world), world.watch.excused()), (vec![Invariant::I5], [].into()));
        world.watch.altered.borrow_mut().insert("Kanarie zonder einde".to_owned());
        write();
        assert_eq!((broken_by(&world), world.watch.excused()), (vec![], [(Excuse::AlteredText, 1)].into()));
    }

    #[test]
    fn a_text_that_is_not_synced_may_go_back_decomposed_only_if_it_came_so() {
        let world = World::new(3, 13);
        let mut before = world.fields_in_ac(&company()).unwrap();
        let with = |text: &str| {
            world.edit_in_ac(List::Relaties, "1001", |record| drop(record.insert("notitie".to_owned(), text.into())));
        };
        before.insert("notitie".to_owned(), "Café".into());
        with(&"Café".nfd().collect::<String>());
        world.check_write_to_ac(&company(), &before);
        assert_eq!((broken_by(&world), world.watch.excused()), (vec![Invariant::I8], [].into()));
        world.faults.hit(Kind::Decomposed);
        world.check_write_to_ac(&company(), &before);
        assert_eq!((broken_by(&world), world.watch.excused()), (vec![], [(Excuse::DecomposedText, 1)].into()));
        with("Cafe");
        world.check_write_to_ac(&company(), &before);
        assert_eq!(broken_by(&world), [Invariant::I8]);
    }
}
