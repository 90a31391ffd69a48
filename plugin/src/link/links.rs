//! Links: which Tribe records belong to an AC record, and the base of every field.

use std::fmt;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::link::brake::Side;
use crate::link::fingerprint::{Fingerprint, LENGTH};
use crate::link::otherwise::{StoredOtherwise, UnderWay};
use crate::relation::{Instant, RelatieId, RelatietypeId, TribeId};
use crate::set::Set;
use crate::stored::Later;
use crate::tribe::AddressSlot;

/// What both sides said about a field when they last agreed, each in its own spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ByteBuf", into = "ByteBuf")]
pub struct Base {
    /// What AC said.
    pub ac: Fingerprint,
    /// What Tribe said.
    pub tribe: Fingerprint,
}

/// Almost always both sides say the same, and one fingerprint is enough.
impl From<Base> for ByteBuf {
    fn from(Base { ac, tribe }: Base) -> Self {
        if ac == tribe { Self::from(*ac.bytes()) } else { Self::from([*ac.bytes(), *tribe.bytes()].concat()) }
    }
}

impl TryFrom<ByteBuf> for Base {
    type Error = &'static str;

    fn try_from(bytes: ByteBuf) -> Result<Self, Self::Error> {
        let (ac, tribe) = if bytes.len() == LENGTH {
            (&bytes[..], &bytes[..])
        } else {
            bytes.split_at_checked(LENGTH).ok_or("no base")?
        };
        let base = Fingerprint::of_bytes(ac).zip(Fingerprint::of_bytes(tribe));
        base.map(|(ac, tribe)| Self { ac, tribe }).ok_or("no base")
    }
}

/// A slot whose value in Tribe stands beside AC's, and is left there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// What either side said when that was so. It ends when the slot agrees on anything else.
    pub base: Base,
    /// Why.
    pub why: WhyApart,
}

/// Why two values that differ stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyApart {
    /// AC's value stands in a sibling, and a user made this one different (D15).
    Sibling,
    /// The value was entered while the field went from AC to Tribe only. Where it goes both ways by now, the two are
    /// agreed on by that setting (D17).
    OneWay,
    /// They stood so when a setting changed how the field is read (D17).
    Setting,
}

/// One Tribe record of the several that an AC record can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Part {
    /// The organisation or person itself.
    Relation,
    /// The commercial relationship of one Tribe relation type, named by its key.
    Role(String),
    /// The contact relationship with the organisation of that AC relation.
    Contact(RelatieId),
    /// An address that was made before its owner, to be linked when that is made.
    Address(AddressSlot),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relation => f.write_str("relation"),
            Self::Role(key) => write!(f, "role/{key}"),
            Self::Contact(organisation) => write!(f, "contact/{organisation}"),
            Self::Address(slot) => write!(f, "address/{}", slot.navigation()),
        }
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.to_string()
    }
}

impl TryFrom<String> for Part {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('/') {
            None if text == "relation" => Some(Self::Relation),
            Some(("role", key)) => Some(Self::Role(key.to_owned())),
            Some(("contact", organisation)) => Some(Self::Contact(RelatieId::new(organisation))),
            Some(("address", name)) => {
                AddressSlot::ALL.into_iter().find(|slot| slot.navigation() == name).map(Self::Address)
            }
            _ => None,
        }
        .ok_or("no part")
    }
}

/// How far a part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PartState {
    /// The intent: a create may have been sent since then. Before it is sent again the marker is looked up, after
    /// the time that Tribe may need to show what it stored.
    Intended {
        /// By this machine's clock.
        since: Instant,
    },
    /// It exists.
    Linked {
        /// Tribe's id.
        id: TribeId,
        /// When it was linked, by this machine's clock: a record younger than Tribe's read lag may not show yet.
        since: Instant,
    },
    /// It existed, and Tribe shows it no more. Every sweep looks for it; it is not made anew unless a person asks (D10).
    Gone {
        /// Tribe's id.
        id: TribeId,
        /// When that was seen, by this machine's clock.
        since: Instant,
    },
}

/// All that is known of one subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The Tribe records.
    pub parts: LiteMap<Part, PartState>,
    /// The bases, by slot.
    pub bases: LiteMap<String, Base>,
    /// What was sent with creates whose answer did not come, by slot: the likely base of what will be there. As long as
    /// there is any, the record must be looked at on both sides: an edit in Tribe may have been seen before it was
    /// known whose it was.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub sent: LiteMap<String, Base>,
    /// Our last writes to Tribe records, as long as reads may lag behind them: an older state of such a record is no
    /// edit of a user's.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub written: LiteMap<TribeId, Written>,
    /// The values that a system refused, by slot; an address that AC refused as a whole by its name. Such a value is not
    /// sent again before it changes, or a person asks.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub refused: LiteMap<String, RefusedValue>,
    /// What a side stores in place of a value that it was sent and took, by slot: no edit of anybody's.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub otherwise: LiteMap<String, StoredOtherwise>,
    /// Values that were sent to records that exist, by slot, as long as neither an answer nor a reading told what became
    /// of them.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub under_way: LiteMap<String, UnderWay>,
    /// The addresses of Tribe's that were sent to AC, which had none: when, before it was. Until AC's record is read after
    /// that, an address may stand there that no answer told of.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub offered: LiteMap<AddressSlot, Instant>,
    /// What a person was told of the slots for addresses in Tribe, as long as it lasts.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub told_addresses: LiteMap<AddressSlot, ToldAddress>,
    /// A person was told that Tribe has the name in several fields, and it still has (D13).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_split: bool,
    /// The slots whose values in Tribe stand beside AC's, and stay so until someone edits.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub apart: LiteMap<String, Apart>,
    /// A Tribe record of it was found by its marker, and what was agreed on about it is not known. As long as both sides
    /// were not compared whole since, fields that differ may have been made to differ.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_found: bool,
    /// The number of the change of a reading after which both sides were last compared.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub read_as: u32,
    /// The relation types that AC gave the relation when it was last looked at: whether one of them is mapped says
    /// whether anything of it, and of the contact persons at it, is synced.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub types: Set<RelatietypeId>,
    /// The organisations at which the contact person has a contact relationship and is not synced, when the record was
    /// last looked at. What changes there meanwhile is looked at when it is synced there again.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub resting: Set<RelatieId>,
    /// Why nothing travelled when the record was last looked at. When it goes on, both sides are looked at whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<Pause>,
    /// What is stored there cannot be read.
    #[serde(skip)]
    pub is_damaged: bool,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A value that a system did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedValue {
    /// Which system.
    pub by: RefusedBy,
    /// The value, as the other side has it.
    pub value: Fingerprint,
}

/// The system that refused a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedBy {
    /// A value of Tribe's.
    AdvocaatCentraal,
    /// A value of AC's.
    Tribe,
}

/// What a person was told of a slot for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldAddress {
    /// Its address is gone in Tribe.
    Removed,
    /// It holds the address of another slot.
    Shared,
}

/// A write of ours to a Tribe record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The stamp that the record got, by Tribe's clock.
    pub stamp: Instant,
    /// When, by this machine's clock.
    pub at: Instant,
}

/// Why nothing travels between linked records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// None of the relation's types is mapped (D4); a contact person is at no organisation that is synced.
    Unmapped,
    /// Archived or deleted in AC (D5). The contact persons of an archived organisation go on.
    Inactive,
    /// AC's relation is of the other kind by now: a company that became a private person, or the other way round (D31).
    OtherKind,
}

impl Link {
    /// Tribe's id of a part that exists.
    pub fn linked(&self, part: &Part) -> Option<&TribeId> {
        match self.parts.get(part) {
            Some(PartState::Linked { id, .. }) => Some(id),
            _ => None,
        }
    }

    /// The base of a slot: what both sides agreed on, or what was sent to be so.
    pub fn base(&self, slot: &str) -> Option<Base> {
        self.bases.get(slot).or_else(|| self.sent.get(slot)).copied()
    }

    /// The base of a slot of which Tribe says so now. That Tribe is empty where a value was sent, and never told that
    /// it stored it, is no edit: AC would lose a value that Tribe may just not have taken.
    pub fn base_beside(&self, slot: &str, tribe: Option<Fingerprint>) -> Option<Base> {
        let empty = tribe == Some(Fingerprint::EMPTY);
        let sent = self.sent.get(slot).filter(|base| !empty || base.tribe == Fingerprint::EMPTY);
        self.bases.get(slot).or(sent).copied()
    }

    /// Why the values of a slot stand beside each other, if they are left so.
    pub fn why_apart(&self, slot: &str) -> Option<WhyApart> {
        let apart = self.apart.get(slot)?;
        (self.bases.get(slot) == Some(&apart.base)).then_some(apart.why)
    }

    /// Leaves the values of a slot beside each other.
    pub fn leave_apart(&mut self, slot: &str, base: Base, why: WhyApart) {
        self.bases.insert(slot.to_owned(), base);
        self.apart.insert(slot.to_owned(), Apart { base, why });
    }

    /// AC gets another value, and a slot stays beside it; if it was left apart before, so it is from that one. And so is
    /// one whose own value AC never stored.
    pub fn settle(&mut self, slot: &str, base: Base) {
        let not_stored = || self.was_not_stored_in_ac(slot, Some(base.tribe)).then_some(WhyApart::Sibling);
        match self.why_apart(slot).or_else(not_stored).filter(|_| base.ac != base.tribe) {
            Some(why) => self.leave_apart(slot, base, why),
            None => drop(self.bases.insert(slot.to_owned(), base)),
        }
    }

    /// Whether AC was sent what Tribe says in a slot, and stored something else.
    pub fn was_not_stored_in_ac(&self, slot: &str, tribe: Option<Fingerprint>) -> bool {
        let otherwise = self.otherwise.get(slot);
        otherwise.is_some_and(|of| of.by == Side::AdvocaatCentraal && Some(of.sent) == tribe)
    }

    /// Both sides were compared: what was sent is agreed on wherever nothing else is, but for what was refused since; and
    /// what is not apart any more is forgotten as such. They were not compared whole where a field was held back: of that
    /// one nobody knows yet what was agreed on; nor of a slot of which Tribe says nothing.
    pub fn settle_sent(&mut self, is_whole: bool, tribe_says: impl Fn(&str) -> bool) {
        let bases = &self.bases;
        self.apart.retain(|slot, apart| bases.get(slot) == Some(&apart.base));
        self.is_found &= !is_whole;
        for (slot, base) in std::mem::take(&mut self.sent) {
            match (self.refused.contains_key(&slot), tribe_says(&slot)) {
                (true, _) => {}
                (false, true) => drop(self.bases.entry(slot).or_insert(base)),
                (false, false) => drop(self.sent.insert(slot, base)),
            }
        }
    }

    /// Both sides had agreed on what was sent of a slot: it stood in Tribe, and what stands there from now on is a user's.
    pub fn agree_on_sent(&mut self, slot: &str) {
        if let Some(sent) = self.sent.remove(slot) {
            self.bases.entry(slot.to_owned()).or_insert(sent);
        }
    }

    /// Whether a user removed that part in Tribe.
    pub fn is_gone(&self, part: &Part) -> bool {
        matches!(self.parts.get(part), Some(PartState::Gone { .. }))
    }

    /// Whether that system refused that value of a slot.
    pub fn is_refused(&self, slot: &str, by: RefusedBy, value: Option<Fingerprint>) -> bool {
        value.is_some_and(|value| self.refused.get(slot) == Some(&RefusedValue { by, value }))
    }

    /// Whether any part is gone in Tribe.
    pub fn is_any_gone(&self) -> bool {
        self.all_gone().next().is_some()
    }

    /// Every part that is gone in Tribe, with the id that it had.
    pub fn all_gone(&self) -> impl Iterator<Item = (&Part, &TribeId)> {
        self.parts.iter().filter_map(|(part, state)| match state {
            PartState::Gone { id, .. } => Some((part, id)),
            _ => None,
        })
    }

    /// Whether nothing is known: no part exists, was intended or is gone.
    pub fn is_new(&self) -> bool {
        self.parts.is_empty()
    }

    /// The organisations, by AC's id, with which a contact relationship exists.
    pub fn organisations(&self) -> Vec<RelatieId> {
        self.all_linked()
            .filter_map(|(part, _)| match part {
                Part::Contact(organisation) => Some(organisation.clone()),
                Part::Relation | Part::Role(_) | Part::Address(_) => None,
            })
            .collect()
    }

    /// Every part that exists, with its id.
    pub fn all_linked(&self) -> impl Iterator<Item = (&Part, &TribeId)> {
        self.parts.iter().filter_map(|(part, state)| match state {
            PartState::Linked { id, .. } => Some((part, id)),
            _ => None,
        })
    }
}
