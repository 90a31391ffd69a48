//! Which records are to be synced, and what of them must stand in Tribe.

use litemap::LiteMap;

use crate::advocaatcentraal::{Contactpersoon, Record, Relatie, Soort, Status};
use crate::link::{Link, Part, Pause, Subject};
use crate::mapping::{AcRecord, address_slot};
use crate::relation::{AddressType, RelatieId, RelatietypeId, TribeId};
use crate::set::Set;
use crate::settings::Settings;
use crate::sync::outcome::Stop;
use crate::sync::session::Session;
use crate::tribe::{Entity, RelationKind, RelationType};
use crate::wording::Code;

/// A role that a relation must have in Tribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// The AC type that it stands for: the first by id, where several are mapped to the same Tribe type.
    pub(super) of_type: RelatietypeId,
    /// Tribe's type.
    pub(super) relation_type: RelationType,
    /// The entity set of that type for this kind of relation.
    pub(super) set: String,
}

/// What must stand in Tribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Nothing: not to be synced, or no longer. What stands there stays as it is.
    Outside(Why),
    /// A relation with these roles.
    Relation(Vec<Role>),
    /// A contact person at these organisations, with their Tribe ids.
    Contacts(LiteMap<RelatieId, TribeId>),
}

/// Why a record is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Archived or deleted in AC: nothing changes in Tribe.
    Inactive,
    /// None of its types is mapped; or a contact person at no organisation that is synced.
    Unmapped,
    /// AC does not say what is needed to tell.
    Unsaid,
    /// A person had it forgotten (D18).
    Forgotten,
    /// It is linked as the other kind of relation, and nobody asked to make it anew as this one (D31).
    OtherKind,
}

impl Why {
    /// What it means for a record that is linked; none where AC did not say enough to tell.
    pub(super) fn pause(self) -> Option<Pause> {
        match self {
            Self::Inactive => Some(Pause::Inactive),
            Self::Unmapped => Some(Pause::Unmapped),
            Self::Unsaid | Self::Forgotten | Self::OtherKind => None,
        }
    }
}

/// The kind of relation that a subject is in Tribe.
pub(super) fn kind(subject: &Subject) -> RelationKind {
    match subject {
        Subject::Organisation(_) => RelationKind::Organization,
        Subject::PrivatePerson(_) | Subject::ContactPerson(_) => RelationKind::Person,
    }
}

/// The entity that a part of a subject is in Tribe, for those that are read.
pub(super) fn entity(subject: &Subject, part: &Part) -> Option<Entity> {
    match part {
        Part::Relation => Some(kind(subject).entity()),
        Part::Contact(_) => Some(Entity::Contact),
        Part::Role(_) | Part::Address(_) => None,
    }
}

/// The scope of a relation. Notes a type that Tribe does not have for its kind.
pub(super) fn of_relation(session: &mut Session<'_>, subject: &Subject, relatie: &Relatie) -> Scope {
    if let Some(why) = outside_by(relatie.status()) {
        return Scope::Outside(why);
    }
    let Some(types) = relatie.relatietypen() else {
        return Scope::Outside(Why::Unsaid);
    };
    let (roles, unfit) = roles(session.settings, kind(subject), types);
    for _ in 0..unfit {
        session.books.note(Code::TypeNotForKind, Some(subject), None);
    }
    if roles.is_empty() { Scope::Outside(Why::Unmapped) } else { Scope::Relation(roles) }
}

/// The roles that these types ask for, and how many of Tribe's types do not exist for that kind of relation.
fn roles(settings: &Settings, kind: RelationKind, mut types: Vec<RelatietypeId>) -> (Vec<Role>, usize) {
    types.sort();
    let mut mapped: LiteMap<&RelationType, RelatietypeId> = LiteMap::new();
    for of_type in types {
        if let Some(relation_type) = settings.types.get(&of_type) {
            mapped.entry(relation_type).or_insert(of_type);
        }
    }
    let asked = mapped.len();
    let roles: Vec<Role> = mapped
        .into_iter()
        .filter_map(|(relation_type, of_type)| {
            let set = relation_type.set(kind)?;
            Some(Role { of_type, relation_type: relation_type.clone(), set })
        })
        .collect();
    let unfit = asked - roles.len();
    (roles, unfit)
}

/// Whether a row of AC's tells enough of a relation to know that none of its types is mapped.
pub(super) fn is_known_as_unmapped(settings: &Settings, relatie: &Relatie) -> bool {
    let is_told = relatie.status() == Status::Actief && relatie.soort() != Soort::Onbekend;
    is_told && relatie.relatietypen().is_some_and(|types| !is_mapped(settings, &types))
}

/// Whether a relation of these types is synced.
pub(super) fn is_mapped(settings: &Settings, types: &[RelatietypeId]) -> bool {
    types.iter().any(|of_type| settings.types.contains_key(of_type))
}

/// Whether what a row leaves out may matter: nothing is done with a record that is archived or deleted.
pub(super) fn is_active(status: Status) -> bool {
    !matches!(status, Status::Gearchiveerd | Status::Verwijderd)
}

/// Whether contact persons at the organisation of that link are synced: by the settings of this call, whenever the
/// organisation itself was looked at.
pub(super) fn is_synced_organisation(settings: &Settings, link: &Link) -> bool {
    link.linked(&Part::Relation).is_some()
        && link.paused != Some(Pause::OtherKind)
        && has_role(settings, RelationKind::Organization, link)
}

/// Whether a type that AC gave a linked relation is mapped to one that Tribe has for its kind.
fn has_role(settings: &Settings, kind: RelationKind, link: &Link) -> bool {
    link.types.iter().any(|of| settings.types.get(of).is_some_and(|to| to.set(kind).is_some()))
}

/// Why nothing travels of a linked record: by the settings of this call, and by what was seen of it last.
pub(super) fn pause(session: &Session<'_>, subject: &Subject, link: &Link) -> Result<Option<Pause>, Stop> {
    if link.is_new() || link.paused.is_some() {
        return Ok(link.paused);
    }
    let is_synced = match subject {
        Subject::Organisation(_) | Subject::PrivatePerson(_) => has_role(session.settings, kind(subject), link),
        Subject::ContactPerson(_) => {
            let mut is_at_any = false;
            for organisation in link.organisations() {
                is_at_any |= synced_organisation(session, &organisation)?.is_some();
            }
            is_at_any
        }
    };
    Ok((!is_synced).then_some(Pause::Unmapped))
}

/// Whether a relation is linked as the other kind, and not as this one: the old link is paused and told then, and
/// nothing is made beside it until a person asks (D31).
pub(super) fn is_of_other_kind(session: &mut Session<'_>, subject: &Subject, link: &Link) -> Result<bool, Stop> {
    let other = match subject {
        Subject::Organisation(id) => Subject::PrivatePerson(id.clone()),
        Subject::PrivatePerson(id) => Subject::Organisation(id.clone()),
        Subject::ContactPerson(_) => return Ok(false),
    };
    if !link.is_new() && link.paused != Some(Pause::OtherKind) {
        return Ok(false);
    }
    let mut known = session.state.link(&other)?;
    if known.is_new() {
        return Ok(false);
    }
    if known.paused != Some(Pause::OtherKind) {
        known.paused = Some(Pause::OtherKind);
        session.state.save_link(&other, &known)?;
        session.books.note(Code::KindChanged, Some(&other), None);
    }
    Ok(link.is_new() && !session.makes_anew)
}

/// Whether a contact person has a koppeling with an organisation that is synced.
pub(super) fn stands_at_synced_organisation(session: &Session<'_>, person: &Contactpersoon) -> Result<bool, Stop> {
    for koppeling in person.koppelingen().unwrap_or_default() {
        if synced_organisation(session, &koppeling.relatie_id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The Tribe id of an organisation that is synced.
fn synced_organisation(session: &Session<'_>, id: &RelatieId) -> Result<Option<TribeId>, Stop> {
    let link = session.state.link(&Subject::Organisation(id.clone()))?;
    let is_synced = is_synced_organisation(session.settings, &link);
    Ok(if is_synced { link.linked(&Part::Relation).cloned() } else { None })
}

/// The scope of a contact person. Where an organisation is not synced (yet), the contact person waits for it.
pub(super) fn of_contact_person(session: &Session<'_>, person: &Contactpersoon) -> Result<Scope, Stop> {
    if let Some(why) = outside_by(person.status()) {
        return Ok(Scope::Outside(why));
    }
    let Some(koppelingen) = person.koppelingen() else {
        return Ok(Scope::Outside(Why::Unsaid));
    };
    let mut organisations = LiteMap::new();
    for koppeling in koppelingen {
        match synced_organisation(session, &koppeling.relatie_id)? {
            Some(id) => {
                organisations.insert(koppeling.relatie_id.clone(), id);
            }
            None => {
                let mut waiting = session.state.waiting(&koppeling.relatie_id)?;
                if !waiting.contains(person.id()) {
                    waiting.push(person.id().clone());
                    session.state.save_waiting(&koppeling.relatie_id, &waiting)?;
                }
            }
        }
    }
    Ok(if organisations.is_empty() { Scope::Outside(Why::Unmapped) } else { Scope::Contacts(organisations) })
}

/// Why a record is outside, if it is, and at which organisations a contact person is synced. As the scope of a record on
/// its way, but nothing is noted, and nobody waits for an organisation after it.
pub(super) fn glance(session: &Session<'_>, record: &AcRecord) -> Result<(Option<Why>, Set<RelatieId>), Stop> {
    let mut organisations = Set::new();
    if let Some(why) = outside_by(record.common().status()) {
        return Ok((Some(why), organisations));
    }
    let why = match record {
        AcRecord::Relatie(relatie) => match (relatie.relatietypen(), record.subject()) {
            (Some(types), Some(subject)) if roles(session.settings, kind(&subject), types.clone()).0.is_empty() => {
                Some(Why::Unmapped)
            }
            (Some(_), Some(_)) => None,
            (None, _) | (_, None) => Some(Why::Unsaid),
        },
        AcRecord::Contactpersoon(person) => {
            let koppelingen = person.koppelingen();
            for koppeling in koppelingen.iter().flatten() {
                if synced_organisation(session, &koppeling.relatie_id)?.is_some() {
                    organisations.insert(koppeling.relatie_id.clone());
                }
            }
            match koppelingen {
                None => Some(Why::Unsaid),
                Some(_) => organisations.is_empty().then_some(Why::Unmapped),
            }
        }
    };
    Ok((why, organisations))
}

/// Notes the addresses of a record for which Tribe has no slot: they are left out, never put elsewhere.
pub(super) fn note_addresses_without_slot(session: &mut Session<'_>, subject: &Subject, record: &AcRecord) {
    for name in addresses_without_slot(subject, record) {
        session.books.note(Code::AddressWithoutSlot, Some(subject), Some(name));
    }
}

/// The names of a record's addresses for which Tribe has no slot.
pub(super) fn addresses_without_slot(subject: &Subject, record: &AcRecord) -> Vec<&'static str> {
    let types = record.address_types().into_iter().filter(|of| address_slot(subject, *of).is_none());
    let name = |address_type| match address_type {
        AddressType::Hoofdkantoor => "hoofdkantoor",
        AddressType::Postadres => "postadres",
        AddressType::Prive => "priveadres",
    };
    types.map(name).collect()
}

/// Why a record of that status is outside, if it is.
fn outside_by(status: Status) -> Option<Why> {
    match status {
        Status::Actief => None,
        Status::Gearchiveerd | Status::Verwijderd => Some(Why::Inactive),
        // An unknown status may mean anything; an absent one says nothing.
        Status::Onbekend => Some(Why::Unsaid),
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
