//! The state of one office in the store: typed, versioned, one key for each thing.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::advocaatcentraal::Tags;
use crate::link::keys::{Keys, subject_of};
use crate::link::{
    Absences, Brake, Cursor, DeadLetters, Fingerprint, FingerprintKey, GapsByList, Kept, KeptId, KeptSince, Link,
    MappedTypes, Part, Rules, Stream, Subject, Walk,
};
use crate::ports::{Random, Store, StoreError};
use crate::relation::{ContactpersoonId, RelatieId, TribeId};
use crate::set::Set;
use crate::stored::{self, Later, Unreadable};

/// Why state could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Written by a newer version of the connector.
    #[error("the state has version {0}, newer than this connector knows")]
    Newer(u32),
    /// Not what was written there.
    #[error("a value in the store cannot be read")]
    Damaged,
}

impl From<Unreadable> for StateError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Newer(version) => Self::Newer(version.into()),
            Unreadable::Damaged => Self::Damaged,
        }
    }
}

/// What holds for all of an office's state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The key of every fingerprint.
    pub key: FingerprintKey,
    /// The own organisation of the Tribe environment that the links belong to: a copied environment has the same
    /// links but must not be written by mistake.
    pub tribe_organisation: Option<TribeId>,
    /// What the first write showed; none before it.
    pub deep_insert: Option<DeepInsert>,
    /// What writes to AC have shown of its tags; none before one.
    #[serde(default)]
    pub tags: Option<Tags>,
    /// What AC's single records showed of their empty members; none before one told.
    #[serde(default)]
    pub empty_members: Option<EmptyMembers>,
    /// What single records showed of members that the rows of AC's lists leave out.
    #[serde(default)]
    pub gaps: GapsByList,
    /// The dialect, other than the built-in one, that went through a trial; none before one did.
    #[serde(default)]
    pub dialect_tried: Option<Fingerprint>,
    /// The dialect and the address by which the ids of AC's records were read; none before the first look.
    #[serde(default)]
    pub ids_read_by: Option<Fingerprint>,
    /// The dialects whose trial showed that members are lost or changed, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dialects_failed: Vec<FailedTrial>,
    /// The trial of which is not known what became of its record; none where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_cut_off: Option<CutOff>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Header {
    /// The header without what AC was seen to do, where another dialect or another address showed it.
    #[must_use]
    pub fn seen_by(mut self, by: Option<Fingerprint>) -> Self {
        if self.ids_read_by.is_some() && self.ids_read_by != by {
            self.tags = None;
            self.empty_members = None;
            self.gaps = GapsByList::default();
        }
        self
    }
}

/// A dialect, and where it was tried, whose trial showed that a record is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTrial {
    /// Which dialect.
    pub dialect: Fingerprint,
    /// Whether a person may say that what changed may change.
    pub may_be_accepted: bool,
}

/// A trial that has not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOff {
    /// By which dialect.
    pub dialect: Fingerprint,
    /// With which record.
    pub record: Fingerprint,
    /// What the record said before it. Where it says something else it is not tried again by that dialect: it may have lost
    /// what a trial would lose.
    pub content: Fingerprint,
}

/// What a single record of AC's does with a field that is empty (A7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyMembers {
    /// Some record left a field out, and none ever held an empty one: what is left out may be empty.
    LeftOut,
    /// Some record held an empty member: what is left out says nothing.
    Held,
}

/// Whether Tribe makes a record that stands inside another one along with it. No reading tells: the first write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeepInsert {
    /// It does, at every depth that is used.
    Honoured,
    /// It makes a relation inside a relationship, as documented, and leaves out an address inside a relation.
    RelationsOnly,
    /// It leaves it out, or refuses the whole: every record is made by itself and then linked.
    NotHonoured,
}

/// Typed access to one office's state.
#[derive(Clone)]
pub struct OfficeState<'a> {
    store: &'a dyn Store,
    keys: Keys,
}

impl<'a> OfficeState<'a> {
    /// The state of that office in that store.
    pub fn new(store: &'a dyn Store, office: &str) -> Self {
        Self { store, keys: Keys::of(office) }
    }

    /// The header; a new one, stored at once, where there is none.
    pub fn header(&self, random: &dyn Random) -> Result<Header, StateError> {
        if let Some(header) = self.load(&self.keys.header())? {
            return Ok(header);
        }
        let key = FingerprintKey::generate(random);
        let header = Header {
            key,
            tribe_organisation: None,
            deep_insert: None,
            tags: None,
            empty_members: None,
            gaps: GapsByList::default(),
            dialect_tried: None,
            ids_read_by: None,
            dialects_failed: Vec::new(),
            trial_cut_off: None,
            later: Later::default(),
        };
        self.save_header(&header)?;
        Ok(header)
    }

    /// Stores the header.
    pub fn save_header(&self, header: &Header) -> Result<(), StateError> {
        self.save(&self.keys.header(), header)
    }

    /// The link of a subject; an empty one where there is none. One that is damaged is empty too, and says so: it stops its
    /// record alone.
    pub fn link(&self, subject: &Subject) -> Result<Link, StateError> {
        self.link_at(&self.keys.link(subject))
    }

    fn link_at(&self, key: &str) -> Result<Link, StateError> {
        match self.load(key) {
            Err(StateError::Damaged) => Ok(Link { is_damaged: true, ..Link::default() }),
            link => Ok(link?.unwrap_or_default()),
        }
    }

    /// Stores a link. What is damaged stays as it is until a person has it forgotten.
    pub fn save_link(&self, subject: &Subject, link: &Link) -> Result<(), StateError> {
        if link.is_damaged { Ok(()) } else { self.save(&self.keys.link(subject), link) }
    }

    /// Removes a link.
    pub fn forget_link(&self, subject: &Subject) -> Result<(), StateError> {
        Ok(self.store.delete(&self.keys.link(subject))?)
    }

    /// How many links there are. Reads every key: not for a cycle.
    pub fn count_links(&self) -> Result<usize, StateError> {
        Ok(self.store.keys(&self.keys.links())?.len())
    }

    /// Whether any record with a marker is linked. Reads every key: not for a cycle.
    pub fn is_any_linked(&self) -> Result<bool, StateError> {
        for key in self.store.keys(&self.keys.links())? {
            let link = self.link_at(&key)?;
            let bears_marker = |part: &Part| !matches!(part, Part::Address(_));
            let is_linked = !link.is_gone(&Part::Relation) && link.all_linked().any(|(part, _)| bears_marker(part));
            if is_linked && self.has_place(&link)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a record that is not a contact person, or one of its organisations, is not gone: nobody looks at a contact
    /// person of organisations that are.
    fn has_place(&self, link: &Link) -> Result<bool, StateError> {
        let organisations = link.organisations();
        for organisation in &organisations {
            if !self.link(&Subject::Organisation(organisation.clone()))?.is_gone(&Part::Relation) {
                return Ok(true);
            }
        }
        Ok(organisations.is_empty())
    }

    /// The subject of every link, by its name, in no order. Reads every key: not for a cycle.
    pub fn linked_subjects(&self) -> Result<Vec<(String, Subject)>, StateError> {
        let prefix = self.keys.links();
        let named = |key: String| {
            let subject = key.strip_prefix(&prefix).and_then(subject_of).ok_or(StateError::Damaged)?;
            Ok((subject.to_string(), subject))
        };
        self.store.keys(&prefix)?.into_iter().map(named).collect()
    }

    /// Hands over every link that can be read, one after the other. Reads all of them: not for a cycle.
    pub fn each_link(&self, mut take: impl FnMut(&Subject, &Link)) -> Result<(), StateError> {
        let prefix = self.keys.links();
        for key in self.store.keys(&prefix)? {
            let subject = key.strip_prefix(&prefix).and_then(subject_of).ok_or(StateError::Damaged)?;
            // It may have been forgotten since the keys were listed, or be damaged.
            let link = self.link_at(&key)?;
            if link != Link::default() && !link.is_damaged {
                take(&subject, &link);
            }
        }
        Ok(())
    }

    /// Whose Tribe record that is.
    pub fn owner(&self, id: &TribeId) -> Result<Option<Subject>, StateError> {
        self.load(&self.keys.owner(id))
    }

    /// Whose Tribe record that is by what the links say, and notes it anew. Reads every link: only where the note is damaged.
    pub fn mend_owner(&self, id: &TribeId) -> Result<Option<Subject>, StateError> {
        let mut owner = None;
        self.each_link(|subject, link| {
            let mut all = link.all_linked().chain(link.all_gone());
            if all.any(|(_, linked)| linked == id) {
                owner = Some(subject.clone());
            }
        })?;
        match &owner {
            Some(subject) => self.save_owner(id, subject)?,
            None => self.forget_owner(id)?,
        }
        Ok(owner)
    }

    /// Notes whose Tribe record that is. Stored before the link: an owner without a link is harmless, a link
    /// without an owner would make an edit in Tribe look like a stranger's.
    pub fn save_owner(&self, id: &TribeId, subject: &Subject) -> Result<(), StateError> {
        self.save(&self.keys.owner(id), subject)
    }

    /// Removes the note whose record that is.
    pub fn forget_owner(&self, id: &TribeId) -> Result<(), StateError> {
        Ok(self.store.delete(&self.keys.owner(id))?)
    }

    /// The contact persons that were left out because that relation is not linked as an organisation. Where that is damaged
    /// the next sweep finds them.
    pub fn waiting(&self, organisation: &RelatieId) -> Result<Vec<ContactpersoonId>, StateError> {
        Ok(sound(self.load(&self.keys.waiting(organisation)))?.unwrap_or_default())
    }

    /// Stores who waits for that relation; nobody removes the key.
    pub fn save_waiting(&self, organisation: &RelatieId, who: &[ContactpersoonId]) -> Result<(), StateError> {
        let key = self.keys.waiting(organisation);
        if who.is_empty() { Ok(self.store.delete(&key)?) } else { self.save(&key, &who.to_vec()) }
    }

    /// How far a list is known.
    pub fn cursor(&self, stream: Stream) -> Result<Cursor, StateError> {
        Ok(self.load(&self.keys.cursor(stream))?.unwrap_or_default())
    }

    /// Stores how far a list is known.
    pub fn save_cursor(&self, stream: Stream, cursor: &Cursor) -> Result<(), StateError> {
        self.save(&self.keys.cursor(stream), cursor)
    }

    /// Where the walk of that name stands.
    pub fn walk(&self, name: &str) -> Result<Walk, StateError> {
        Ok(self.load(&self.keys.walk(name))?.unwrap_or_default())
    }

    /// Stores where a walk stands.
    pub fn save_walk(&self, name: &str, walk: &Walk) -> Result<(), StateError> {
        self.save(&self.keys.walk(name), walk)
    }

    /// Every dead letter.
    pub fn dead_letters(&self) -> Result<DeadLetters, StateError> {
        Ok(self.load(&self.keys.dead_letters())?.unwrap_or_default())
    }

    /// Stores every dead letter.
    pub fn save_dead_letters(&self, letters: &DeadLetters) -> Result<(), StateError> {
        self.save(&self.keys.dead_letters(), letters)
    }

    /// A kept value; none where it is damaged: nobody can give it back.
    pub fn kept(&self, id: &KeptId) -> Result<Option<Kept>, StateError> {
        sound(self.load(&self.keys.kept(id)))
    }

    /// Keeps a value.
    pub fn save_kept(&self, id: &KeptId, kept: &Kept) -> Result<(), StateError> {
        self.save(&self.keys.kept(id), kept)
    }

    /// Ends the keeping of a value.
    pub fn forget_kept(&self, id: &KeptId) -> Result<(), StateError> {
        Ok(self.store.delete(&self.keys.kept(id))?)
    }

    /// The ids of every kept value. Reads every key: not for a cycle.
    pub fn all_kept(&self) -> Result<Vec<KeptId>, StateError> {
        let prefix = self.keys.all_kept();
        let keys = self.store.keys(&prefix)?;
        Ok(keys.iter().filter_map(|key| KeptId::parse(key.strip_prefix(&prefix)?)).collect())
    }

    /// Since when values are kept.
    pub fn kept_since(&self) -> Result<KeptSince, StateError> {
        Ok(self.load(&self.keys.kept_since())?.unwrap_or_default())
    }

    /// Stores since when values are kept.
    pub fn save_kept_since(&self, since: &KeptSince) -> Result<(), StateError> {
        self.save(&self.keys.kept_since(), since)
    }

    /// How far the giving back of values is that a person asked for last; none if it is done.
    pub fn undo<T: DeserializeOwned>(&self) -> Result<Option<T>, StateError> {
        self.load(&self.keys.undo())
    }

    /// Stores how far the giving back of values is; none: it is done.
    pub fn save_undo<T: Serialize>(&self, undo: Option<&T>) -> Result<(), StateError> {
        match undo {
            Some(undo) => self.save(&self.keys.undo(), undo),
            None => Ok(self.store.delete(&self.keys.undo())?),
        }
    }

    /// The records that a person had forgotten (D18).
    pub fn forgotten(&self) -> Result<Set<Subject>, StateError> {
        Ok(self.load(&self.keys.forgotten())?.unwrap_or_default())
    }

    /// Stores the records that a person had forgotten.
    pub fn save_forgotten(&self, forgotten: &Set<Subject>) -> Result<(), StateError> {
        self.save(&self.keys.forgotten(), forgotten)
    }

    /// The brake and the records that it waits for.
    pub fn brake(&self) -> Result<Brake, StateError> {
        Ok(self.load(&self.keys.brake())?.unwrap_or_default())
    }

    /// Stores how the brake stands.
    pub fn save_brake(&self, brake: &Brake) -> Result<(), StateError> {
        self.save(&self.keys.brake(), brake)
    }

    /// The records that Tribe does not show.
    pub fn absences(&self) -> Result<Absences, StateError> {
        Ok(self.load(&self.keys.absences())?.unwrap_or_default())
    }

    /// Stores the records that Tribe does not show.
    pub fn save_absences(&self, absences: &Absences) -> Result<(), StateError> {
        self.save(&self.keys.absences(), absences)
    }

    /// What the settings said of each field when the office was last looked at.
    pub fn rules(&self) -> Result<Rules, StateError> {
        Ok(self.load(&self.keys.rules())?.unwrap_or_default())
    }

    /// Stores what the settings say of each field.
    pub fn save_rules(&self, rules: &Rules) -> Result<(), StateError> {
        self.save(&self.keys.rules(), rules)
    }

    /// For which relation types AC's relations were looked for.
    pub fn mapped(&self) -> Result<MappedTypes, StateError> {
        Ok(self.load(&self.keys.mapped())?.unwrap_or_default())
    }

    /// Stores for which relation types AC's relations were looked for.
    pub fn save_mapped(&self, mapped: &MappedTypes) -> Result<(), StateError> {
        self.save(&self.keys.mapped(), mapped)
    }

    /// The key under which Tribe's client keeps its tokens.
    pub fn token_key(&self) -> String {
        self.keys.token()
    }

    /// What was found out about the Tribe environment.
    pub fn profile<T: DeserializeOwned>(&self) -> Result<Option<T>, StateError> {
        self.load(&self.keys.profile())
    }

    /// Forgets what was found out about the Tribe environment.
    pub fn forget_profile(&self) -> Result<(), StateError> {
        Ok(self.store.delete(&self.keys.profile())?)
    }

    /// Stores what was found out about the Tribe environment.
    pub fn save_profile<T: Serialize>(&self, profile: &T) -> Result<(), StateError> {
        self.save(&self.keys.profile(), profile)
    }

    fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StateError> {
        match self.store.get(key) {
            Err(StoreError::Damaged) => Err(StateError::Damaged),
            bytes => Ok(bytes?.map(|bytes| stored::of_bytes(&bytes)).transpose()?),
        }
    }

    fn save<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StateError> {
        Ok(self.store.set(key, &stored::to_bytes(value)?)?)
    }
}

/// What was loaded; none where it is damaged.
fn sound<T>(loaded: Result<Option<T>, StateError>) -> Result<Option<T>, StateError> {
    match loaded {
        Err(StateError::Damaged) => Ok(None),
        loaded => loaded,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
