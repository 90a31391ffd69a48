//! One record on its way through a batch.

use std::ops::{Index, IndexMut};
use std::time::Duration;

use crate::advocaatcentraal::Relatie;
use crate::link::{Fingerprint, Link, Part, PartState, RefusedBy, RefusedValue, Subject};
use crate::mapping::{AcRecord, TribeSide, address_name};
use crate::relation::{Instant, RelatieId, RelatietypeId, TribeId};
use crate::set::Set;
use crate::sync::books::Retry;
use crate::sync::choice::choose;
use crate::sync::observation::{Observation, Observer, Reading};
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::planned::{self, Planned, left_out};
use crate::sync::scope::{Scope, Why, kind};
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Entity};
use crate::wording::Code;

/// A record that was just stored may not show for so long. Tribe: inferred (reads may lag writes).
pub(super) const READ_LAG: Duration = Duration::from_secs(60);

/// Whether what was stored at that instant may not show yet. An instant ahead of this machine's clock was taken while
/// that was wrong, and says nothing.
pub(super) fn may_lag(stored_at: Instant, now: Instant) -> bool {
    now < stored_at.plus(READ_LAG) && stored_at < now.plus(READ_LAG)
}

/// So often values of which some may be good are tried again by themselves.
const MOST_HOPEFUL: u32 = 2;

/// One record on its way.
pub(super) struct Item {
    pub(super) subject: Subject,
    pub(super) ac: AcRecord,
    pub(super) scope: Scope,
    pub(super) link: Link,
    /// The link as it stands in the store.
    stored: Link,
    pub(super) tribe: TribeSide,
    /// What both sides say, as they were last read.
    pub(super) observation: Observation,
    /// The organisations whose fields are observed.
    observed_at: Vec<RelatieId>,
    /// What is to be done; empty once the item is halted.
    pub(super) plan: Vec<Planned>,
    /// A relationship that Tribe made without the relation that was sent inside it.
    pub(super) unjoined: Option<Missing>,
    /// Tribe's side was read whole in this batch.
    pub(super) is_seen: bool,
    pub(super) verdict: Verdict,
    /// It would lose a value: it is handled and counted at the end of the cycle.
    pub(super) waits_for_decision: bool,
    /// Nothing more is done with it in this batch.
    pub(super) is_halted: bool,
    /// Slots that a new record goes without, since it was refused with them. What stands there is written by itself.
    pub(super) left_out: Set<String>,
    /// Parts that were refused, and are not sent again in this batch.
    given_up: Set<Part>,
}

/// A Tribe record that must stand and does not, as far as the link knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) part: Part,
    pub(super) set: String,
    pub(super) of_type: Option<RelatietypeId>,
}

impl Item {
    pub(super) fn new(
        observer: Observer<'_>,
        subject: Subject,
        (ac, reading): (AcRecord, Reading),
        scope: Scope,
        link: Link,
    ) -> Self {
        let mut item = Self {
            subject,
            ac,
            scope,
            stored: link.clone(),
            link,
            tribe: TribeSide::default(),
            observation: Observation { reading, ..Observation::default() },
            observed_at: Vec::new(),
            plan: Vec::new(),
            unjoined: None,
            is_seen: false,
            verdict: Verdict::Unchanged,
            waits_for_decision: false,
            is_halted: false,
            left_out: Set::new(),
            given_up: Set::new(),
        };
        item.observe_ac(observer);
        item
    }

    /// Takes AC's record as it was read anew.
    pub(super) fn take_ac(&mut self, observer: Observer<'_>, ac: AcRecord, reading: Reading) {
        self.ac = ac;
        self.observation.reading = reading;
        self.observe_ac(observer);
    }

    fn observe_ac(&mut self, observer: Observer<'_>) {
        let (reading, organisations) = (self.observation.reading, self.organisations());
        if self.observation.fields.is_empty() || organisations != self.observed_at {
            self.observation = observer.blank(&self.subject, &organisations);
            self.observed_at = organisations;
        }
        choose(observer, &self.subject, &mut self.ac, &self.link, &self.tribe);
        observer.see_ac(&mut self.observation, &self.ac, reading);
    }

    /// Observes what was read of Tribe, and plans. An item that is halted has no plan.
    pub(super) fn observe_tribe(&mut self, session: &Session<'_>) {
        let observer = session.observer();
        let is_another = choose(observer, &self.subject, &mut self.ac, &self.link, &self.tribe);
        if is_another || self.organisations() != self.observed_at {
            self.observe_ac(observer);
        }
        self.tribe.find_shared(&self.link);
        observer.see_tribe(&mut self.observation, &self.tribe, &self.link);
        self.make_plan(session);
    }

    /// Plans anew, by what was observed and agreed on since.
    pub(super) fn make_plan(&mut self, session: &Session<'_>) {
        self.plan = match self.is_halted {
            true => Vec::new(),
            false => planned::plan(&self.observation, &self.link, &session.treating(self.subject.of_kind())),
        };
    }

    /// Takes AC's relation types into the link.
    pub(super) fn take_types(&mut self) {
        if let Some(types) = self.ac.relatie().and_then(Relatie::relatietypen) {
            self.link.types = types.into_iter().collect();
        }
    }

    /// Whether the contact person is synced again at an organisation where it was not.
    pub(super) fn is_back_at_an_organisation(&self) -> bool {
        let organisations = self.organisations();
        organisations.iter().any(|organisation| self.link.resting.contains(organisation))
    }

    /// Raises the verdict; creating weighs more than updating, and that more than nothing.
    pub(super) fn reached(&mut self, verdict: Verdict) {
        self.verdict = self.verdict.max(verdict);
    }

    /// It went in AC while it was on its way: what is linked stays as it is in Tribe.
    pub(super) fn is_gone_in_ac(&mut self) {
        self.is_halted = true;
        self.scope = Scope::Outside(Why::Inactive);
    }

    /// Makes it a dead letter; nothing more is done with it in this batch.
    pub(super) fn halt(&mut self, session: &mut Session<'_>, code: Code, field: Option<&str>, retry: Retry) {
        self.is_halted = true;
        self.reached(Verdict::DeadLettered);
        session.dead_letter(&self.subject, code, field, retry);
    }

    /// Nothing more is done with it before its dead letter is due, which stays as it is.
    pub(super) fn wait(&mut self, session: &mut Session<'_>, code: Code) {
        self.is_halted = true;
        self.reached(Verdict::DeadLettered);
        session.books.note(code, Some(&self.subject), None);
    }

    /// As [`Item::halt`], until the record is no longer the one that was refused.
    pub(super) fn halt_refused(&mut self, session: &mut Session<'_>, code: Code, field: Option<&str>) {
        let refused = self.fingerprint(session.observer());
        self.halt(session, code, field, Retry::WhenChanged(refused));
    }

    /// A role or a contact relationship was refused: the record waits as a dead letter until it is no longer the one that
    /// was refused, and all else of it goes on.
    pub(super) fn give_up(&mut self, session: &mut Session<'_>, part: &Part, code: Code) {
        self.given_up.insert(part.clone());
        self.reached(Verdict::DeadLettered);
        let refused = self.fingerprint(session.observer());
        session.dead_letter(&self.subject, code, None, Retry::WhenChanged(refused));
    }

    /// Values of it were refused: the record waits as a dead letter that names them, and the rest of it goes on. Where it
    /// is not sure that each of them is refused by itself, they are tried again soon, without all that went through.
    pub(super) fn dead_letter_refused(
        &mut self,
        session: &mut Session<'_>,
        code: Code,
        fields: &Set<&'static str>,
        is_sure: bool,
    ) {
        if fields.is_empty() {
            return;
        }
        let (known, attempts) = match session.books.letter(&self.subject) {
            Some(letter) => (letter.fields.clone(), letter.attempts),
            None => (Set::new(), 0),
        };
        // What this batch found out before stands beside it, and what is still not sent again.
        let known = if self.verdict == Verdict::DeadLettered { known } else { Set::new() };
        let still = self.refused_fields(session).map(|(_, fields)| fields).unwrap_or_default();
        let earlier = known.iter().map(String::as_str).chain(still.iter().copied());
        let fields: Set<&str> = earlier.chain(fields.iter().copied()).collect();
        let is_hopeful = !is_sure && attempts < MOST_HOPEFUL;
        let retry = match is_hopeful {
            true => Retry::Soon,
            false => Retry::WhenChanged(self.fingerprint(session.observer())),
        };
        self.reached(Verdict::DeadLettered);
        session.dead_letter(&self.subject, code, fields, retry);
    }

    /// One fingerprint of all that AC says of it, and of what must stand in Tribe.
    pub(super) fn fingerprint(&self, observer: Observer<'_>) -> Option<Fingerprint> {
        let (mut organisations, mut roles) = (Vec::new(), Vec::new());
        match &self.scope {
            Scope::Contacts(at) => organisations.extend(at.keys().cloned()),
            Scope::Relation(of) => roles.extend(of.iter().map(|role| role.relation_type.key())),
            Scope::Outside(_) => {}
        }
        observer.whole(&self.subject, &organisations, &roles, &self.ac)
    }

    /// A system refused the value of a slot: it is not sent again before it changes, or a person asks.
    pub(super) fn refuse(&mut self, slot: &str, by: RefusedBy, value: Option<Fingerprint>) {
        if let Some(value) = value {
            self.link.refused.insert(slot.to_owned(), RefusedValue { by, value });
        }
    }

    /// Whether a new record goes without AC's value of a slot.
    pub(super) fn goes_without(&self, slot: &str, ac: Option<Fingerprint>) -> bool {
        self.left_out.contains(slot) || self.link.is_refused(slot, RefusedBy::Tribe, ac)
    }

    /// The fields of which a refused value is left out, and the code that says by whom; none if there are none.
    pub(super) fn refused_fields(&self, session: &Session<'_>) -> Option<(Code, Set<&'static str>)> {
        // Of a record that was read in a list nothing was written.
        let refused = match self.observation.reading {
            Reading::InList if !self.is_halted => {
                left_out(&self.observation, &self.link, &session.treating(self.subject.of_kind()))
            }
            _ => self.plan.iter().filter_map(|of| Some((of.refused?, of.name()))).collect(),
        };
        let (by, fields): (Vec<RefusedBy>, Set<&'static str>) = refused.into_iter().unzip();
        let by_ac = by.contains(&RefusedBy::AdvocaatCentraal);
        let code = if by_ac { Code::RefusedByAdvocaatCentraal } else { Code::RefusedByTribe };
        (!fields.is_empty()).then_some((code, fields))
    }

    /// A refusal is about one value: it ends when the field says something else, or when both sides say the same.
    pub(super) fn forget_what_changed(&mut self) {
        let says = |slot: &str, by: RefusedBy| {
            let mut slots = self
                .observation
                .fields
                .iter()
                .flat_map(|field| field.slots().map(move |(slot, tribe)| (slot, field.ac, tribe.says)));
            let (_, ac, tribe) = slots.find(|(of, ..)| of.key == slot)?;
            Some(match by {
                RefusedBy::Tribe => (ac, tribe),
                RefusedBy::AdvocaatCentraal => (tribe, ac),
            })
        };
        let address_ends = |name: &str, refused: &RefusedValue| {
            let slot = AddressSlot::ALL.into_iter().find(|slot| address_name(*slot) == name);
            slot.is_some_and(|slot| match self.observation.addresses.get(&slot) {
                Some(now) => *now != refused.value,
                None => self.observation.stands_in_ac(slot),
            })
        };
        let ends = |slot: &str, refused: &RefusedValue| match says(slot, refused.by) {
            Some((Some(value), other)) => value != refused.value || Some(value) == other,
            Some((None, _)) => false,
            None => address_ends(slot, refused),
        };
        self.link.refused.retain(|slot, refused| !ends(slot, refused));
    }

    /// The organisations at which a contact person is synced now and has a contact relationship.
    pub(super) fn organisations(&self) -> Vec<RelatieId> {
        match &self.scope {
            Scope::Contacts(organisations) => {
                let has_contact = |id: &&RelatieId| self.link.linked(&Part::Contact((*id).clone())).is_some();
                organisations.keys().filter(has_contact).cloned().collect()
            }
            Scope::Relation(_) | Scope::Outside(_) => Vec::new(),
        }
    }

    /// What must stand in Tribe and does not. A part that a user removed is not missing (D1), nor one that was refused.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let mut wanted = Vec::new();
        let relation = |set: Entity| Missing { part: Part::Relation, set: set.set().to_owned(), of_type: None };
        match &self.scope {
            Scope::Outside(_) => {}
            Scope::Relation(roles) => {
                wanted.push(relation(kind(&self.subject).entity()));
                wanted.extend(roles.iter().map(|role| Missing {
                    part: Part::Role(role.relation_type.key()),
                    set: role.set.clone(),
                    of_type: Some(role.of_type.clone()),
                }));
            }
            Scope::Contacts(organisations) => {
                wanted.push(relation(Entity::Person));
                wanted.extend(organisations.keys().map(|organisation| Missing {
                    part: Part::Contact(organisation.clone()),
                    set: Entity::Contact.set().to_owned(),
                    of_type: None,
                }));
            }
        }
        wanted.retain(|missing| !self.stands(&missing.part) && !self.given_up.contains(&missing.part));
        wanted
    }

    /// Whether it has a role in Tribe that none of its types asks for any more.
    pub(super) fn has_former_role(&self) -> bool {
        let Scope::Relation(roles) = &self.scope else { return false };
        let is_asked = |key: &String| roles.iter().any(|role| role.relation_type.key() == *key);
        self.link.all_linked().any(|(part, _)| matches!(part, Part::Role(key) if !is_asked(key)))
    }

    /// Whether a part is missing.
    pub(super) fn lacks(&self, part: &Part) -> bool {
        self.missing().iter().any(|missing| missing.part == *part)
    }

    fn stands(&self, part: &Part) -> bool {
        self.link.linked(part).is_some() || self.link.is_gone(part)
    }

    /// Makes its link durable, if it changed.
    pub(super) fn save(&mut self, session: &Session<'_>) -> Result<(), Stop> {
        if self.link != self.stored {
            session.state.save_link(&self.subject, &self.link)?;
            self.stored = self.link.clone();
        }
        Ok(())
    }

    /// Links a part to the Tribe record that it is: its owner first, then the link.
    pub(super) fn link_part(&mut self, session: &Session<'_>, part: Part, id: &TribeId) -> Result<(), Stop> {
        session.state.save_owner(id, &self.subject)?;
        self.take_types();
        self.link.parts.insert(part, PartState::Linked { id: id.clone(), since: session.now() });
        self.save(session)
    }
}

/// The place of an item in its batch. A batch never shrinks, so a place that it gave stays good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize);

/// The records that are handled together.
pub(super) struct Batch(Vec<Item>);

impl Batch {
    pub(super) fn of(items: Vec<Item>) -> Self {
        Self(items)
    }

    /// The items with which something may still be done, and their places.
    pub(super) fn active(&self) -> impl Iterator<Item = (Place, &Item)> {
        self.0.iter().enumerate().map(|(place, item)| (Place(place), item)).filter(|(_, item)| !item.is_halted)
    }

    /// The same, to be changed.
    pub(super) fn active_mut(&mut self) -> impl Iterator<Item = (Place, &mut Item)> {
        self.0.iter_mut().enumerate().map(|(place, item)| (Place(place), item)).filter(|(_, item)| !item.is_halted)
    }

    /// Every item, halted or not.
    pub(super) fn into_items(self) -> impl Iterator<Item = Item> {
        self.0.into_iter()
    }
}

impl Index<Place> for Batch {
    type Output = Item;

    #[expect(clippy::indexing_slicing, reason = "the place comes from this batch, which never shrinks")]
    fn index(&self, place: Place) -> &Item {
        &self.0[place.0]
    }
}

impl IndexMut<Place> for Batch {
    #[expect(clippy::indexing_slicing, reason = "the place comes from this batch, which never shrinks")]
    fn index_mut(&mut self, place: Place) -> &mut Item {
        &mut self.0[place.0]
    }
}
