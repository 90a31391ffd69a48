//! For the settings page: does everything hold, and which relation types are there. Writes nothing on either side, but
//! may renew the login.

use litemap::LiteMap;

use crate::advocaatcentraal::{Relatie, Tags};
use crate::answer::Failure;
use crate::link::{AbsenceBrake, DeepInsert, EmptyMembers, OfficeState, Side, Subject};
use crate::mapping::{FUNCTION_FIELD, Markers, cells};
use crate::ports::Ports;
use crate::relation::{ContactpersoonId, RelatieId, RelatietypeId, StampKind};
use crate::set::Set;
use crate::settings::{Problem, Settings, WebhookSettings, name};
use crate::sync::{
    Stop, System, are_known, empty_members, good_profile, header, is_tried, linked, read_by, stop_of_failure,
};
use crate::tribe::{
    AddressSlot, Entity, Facts, LoginState, Metadata, PageLimit, Profile, RelationKind, RelationType, TextEquality,
    missing_marker,
};
use crate::wording::Code;
use crate::{advocaatcentraal, tribe};

mod probed;
mod sample;

use probed::found;
pub use probed::{Found, Probed, Verdict, probe};

/// So many relations are asked for their contact persons.
const PERSON_LISTS: u32 = 5;

/// One line of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub code: Found,
    /// Where.
    pub system: Option<System>,
    /// The result.
    pub verdict: Verdict,
    /// Names in Tribe's schema, relation types, members of the dialect or an HTTP status that it is about, if any.
    pub names: Vec<String>,
}

/// A relation type of AC's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcType {
    /// Its id.
    pub id: RelatietypeId,
    /// Its name, which an office may change.
    pub name: String,
    /// What it is mapped to.
    pub mapped_to: Option<RelationType>,
}

/// A relation type of Tribe's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TribeType {
    /// The type.
    pub relation_type: RelationType,
    /// Its name, if Tribe tells one.
    pub name: Option<String>,
    /// Whether organisations can have it.
    pub for_organisations: bool,
    /// Whether persons can have it.
    pub for_persons: bool,
}

/// Does every credential, permission and assumption hold? One line each; a system that cannot be asked has one line
/// that says why.
pub fn check(ports: Ports<'_>, settings: &Settings, webhook: Option<&WebhookSettings>) -> Result<Vec<Finding>, Stop> {
    let mut findings = Findings(Vec::new());
    if settings.types.is_empty() {
        findings.add_of_neither(Code::NoRelationTypeMapped);
    }
    findings.of_advocaatcentraal(ports, settings)?;
    findings.of_tribe(ports, settings)?;
    match webhook {
        Some(_) => findings.add(Code::WebhookSecretSet, System::Tribe, Verdict::Holds),
        None => findings.add(Code::WebhookSecretMissing, System::Tribe, Verdict::Differs),
    }
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    if state.brake()?.is_on() {
        findings.add_of_neither(Code::BrakeOn);
    }
    match settings.paused {
        Some(Side::AdvocaatCentraal) => {
            findings.add(Code::ToAdvocaatCentraalPaused, System::AdvocaatCentraal, Verdict::Differs);
        }
        Some(Side::Tribe) => findings.add(Code::ToTribePaused, System::Tribe, Verdict::Differs),
        None => {}
    }
    if settings.dialect_document.is_some() {
        let good = is_tried(&state.header(ports.random)?, settings);
        let untried = (Code::DialectNotTried, Verdict::Differs);
        findings.either(good, System::AdvocaatCentraal, Code::DialectTried, untried);
    }
    if matches!(state.absences()?.state, AbsenceBrake::On { .. }) {
        findings.add(Code::ManyNotShown, System::Tribe, Verdict::Fails);
    }
    Ok(findings.0)
}

/// Before any work that needs Tribe's records: without a place for the marker none is found, and none may be made. A
/// person makes the place, or sets another; waiting is of no use.
pub fn ready(ports: Ports<'_>, settings: &Settings) -> Result<(), Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    let client = tribe::Client::new(ports, &settings.tribe, state.token_key());
    let profile = good_profile(ports, &state, &client, |known| known.is_marker_settled(&client))?;
    if profile.lacks_marker() {
        return Err(Stop::Settings(vec![Problem { setting: name::MARKER_FIELD, code: Code::MarkerFieldMissing }]));
    }
    Ok(())
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, code: Code, system: System, verdict: Verdict) {
        self.add_named(code, system, verdict, Vec::new());
    }

    /// What fails in neither system.
    fn add_of_neither(&mut self, code: Code) {
        self.0.push(Finding { code: code.into(), system: None, verdict: Verdict::Fails, names: Vec::new() });
    }

    fn add_named(&mut self, code: Code, system: System, verdict: Verdict, names: Vec<String>) {
        self.0.push(Finding { code: code.into(), system: Some(system), verdict, names });
    }

    fn either(&mut self, holds: bool, system: System, good: Code, bad: (Code, Verdict)) {
        if holds { self.add(good, system, Verdict::Holds) } else { self.add(bad.0, system, bad.1) }
    }

    /// `good` where nothing is named.
    fn unless_named(&mut self, names: Vec<String>, system: System, good: Code, bad: Code) {
        let (code, verdict) = if names.is_empty() { (good, Verdict::Holds) } else { (bad, Verdict::Fails) };
        self.add_named(code, system, verdict, names);
    }

    fn failed(&mut self, failure: &Failure, system: System) {
        let names = failure.cause().status.map(|status| format!("HTTP {status}"));
        let code = match failure {
            Failure::Gone if system == System::AdvocaatCentraal => Code::OfficeDiffers.into(),
            failure => found(failure),
        };
        let names = names.into_iter().collect();
        self.0.push(Finding { code, system: Some(system), verdict: Verdict::Fails, names });
    }

    fn of_advocaatcentraal(&mut self, ports: Ports<'_>, settings: &Settings) -> Result<(), Stop> {
        let system = System::AdvocaatCentraal;
        let client = advocaatcentraal::Client::new(ports.http, ports.clock, &settings.advocaatcentraal);
        if let Err(failure) = client.reach() {
            self.failed(&failure, system);
            return Ok(());
        }
        self.add(Code::AdvocaatCentraalReached, system, Verdict::Holds);
        self.of_ids(ports, settings, &client)?;
        match client.relatietypen() {
            Err(failure) => self.failed(&failure, system),
            Ok(types) => {
                let known: Set<&RelatietypeId> = types.iter().map(|known| &known.id).collect();
                let missing = settings.types.keys().filter(|id| !known.contains(id));
                let missing = missing.map(|id| id.as_str().to_owned()).collect();
                self.unless_named(missing, system, Code::MappedTypesExist, Code::MappedTypeMissing);
            }
        }
        match client.relaties(None, None, sample::ROWS) {
            Err(failure) => self.failed(&failure, system),
            Ok(page) => {
                match sample::wrong_member(&client, &page.records) {
                    Err(failure) => self.failed(&failure, system),
                    Ok(None) => {}
                    Ok(Some(member)) => {
                        self.add_named(Code::NothingToSync, system, Verdict::Fails, vec![member.to_owned()]);
                    }
                }
                self.of_person_lists(&client);
                let first = page.records.iter().flatten().next();
                let single = first.and_then(|relatie| client.relatie(relatie.id()).ok());
                self.of_empty_members(ports, settings, single)?;
                let stamps = page.records.iter().flatten().filter_map(advocaatcentraal::Record::gewijzigd);
                let kinds: Vec<StampKind> = stamps.map(|stamp| stamp.kind()).collect();
                // Where AC gives no stamps there is nothing to tell of them.
                if !kinds.is_empty() {
                    let with_offset = kinds.iter().all(|kind| *kind == StampKind::Offset);
                    let otherwise = (Code::StampsWithoutOffset, Verdict::Differs);
                    self.either(with_offset, system, Code::StampsWithOffset, otherwise);
                }
                if let Some(Ok(first)) = page.records.first() {
                    self.of_tags(ports, settings, client.relatie(first.id()))?;
                }
            }
        }
        Ok(())
    }

    /// Whether the contact persons that AC lists below each relation are found there.
    fn of_person_lists(&mut self, client: &advocaatcentraal::Client<'_>) {
        if !client.has_person_lists() {
            return;
        }
        match client.contactpersonen(None, None, PERSON_LISTS) {
            Err(failure) => self.failed(&failure, System::AdvocaatCentraal),
            Ok(_) if client.found_no_person_list() => {
                self.add(Code::NoPersonLists, System::AdvocaatCentraal, Verdict::Differs);
            }
            Ok(_) => {}
        }
    }

    /// Whether records that were linked under another dialect, or at another address, still have their ids.
    fn of_ids(
        &mut self,
        ports: Ports<'_>,
        settings: &Settings,
        client: &advocaatcentraal::Client<'_>,
    ) -> Result<(), Stop> {
        let system = System::AdvocaatCentraal;
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        let header = state.header(ports.random)?;
        if header.ids_read_by == read_by(&header, settings) {
            return Ok(());
        }
        match are_known(client, &linked(&state)?) {
            Ok(true) => {}
            Ok(false) => self.add(Code::OtherIds, system, Verdict::Fails),
            Err(failure) => self.failed(&failure, system),
        }
        Ok(())
    }

    /// Whether AC's tags guard a write. Only a record by itself has one, and only a write shows that it fits.
    fn of_tags(&mut self, ports: Ports<'_>, settings: &Settings, read: Result<Relatie, Failure>) -> Result<(), Stop> {
        let system = System::AdvocaatCentraal;
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        match (read, header(&state, ports.random, settings)?.tags) {
            // Deleted since it was listed.
            (Err(Failure::Gone), _) => {}
            (Err(failure), _) => self.failed(&failure, system),
            (Ok(record), _) if !record.has_tag() => self.add(Code::NoTags, system, Verdict::Differs),
            (Ok(_), Some(Tags::Fit)) => self.add(Code::TagsFit, system, Verdict::Holds),
            (Ok(_), Some(Tags::DoNotFit { .. })) => self.add(Code::TagsDoNotFit, system, Verdict::Differs),
            (Ok(_), None) => self.add(Code::TagsUnknown, system, Verdict::Unknown),
        }
        Ok(())
    }

    /// What AC's single records do with an empty field, by what was seen of them so far and of one more.
    fn of_empty_members(
        &mut self,
        ports: Ports<'_>,
        settings: &Settings,
        single: Option<advocaatcentraal::Relatie>,
    ) -> Result<(), Stop> {
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        let mut header = header(&state, ports.random, settings)?;
        let shown = single.map_or(header.empty_members, |single| empty_members(header.empty_members, &single));
        if shown != header.empty_members {
            header.empty_members = shown;
            state.save_header(&header)?;
        }
        let system = System::AdvocaatCentraal;
        match shown {
            Some(EmptyMembers::Held) => self.add(Code::EmptyMembersHeld, system, Verdict::Holds),
            Some(EmptyMembers::LeftOut) => self.add(Code::EmptyMembersLeftOut, system, Verdict::Differs),
            None => self.add(Code::EmptyMembersUnknown, system, Verdict::Unknown),
        }
        Ok(())
    }

    fn of_tribe(&mut self, ports: Ports<'_>, settings: &Settings) -> Result<(), Stop> {
        let system = System::Tribe;
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        let client = tribe::Client::new(ports, &settings.tribe, state.token_key());
        let reached = client.prove_login().and_then(|()| client.current_employee());
        if let Ok(state) = client.login_state() {
            self.of_login(state, reached.as_ref().err());
        }
        match reached {
            Err(Failure::Credentials) if self.has_failed(system) => return Ok(()),
            Err(failure) => {
                self.failed(&failure, system);
                return Ok(());
            }
            Ok(()) => self.add(Code::TribeReached, system, Verdict::Holds),
        }
        match Profile::read(&client, ports.clock.now()) {
            Err(failure) => self.failed(&failure, system),
            Ok(profile) => {
                let header = state.header(ports.random)?;
                let same = header.tribe_organisation.is_none_or(|known| known == profile.own_organisation);
                self.either(same, system, Code::OwnOrganisationKnown, (Code::OtherTenant, Verdict::Fails));
                let (genders, countries) = profile.counts();
                let unknown = (Code::GendersUnknown, Verdict::Differs);
                self.either(genders > 0, system, Code::GendersKnown, unknown);
                let unknown = (Code::CountriesUnknown, Verdict::Differs);
                self.either(countries > 0, system, Code::CountriesKnown, unknown);
                self.of_types(&profile, settings);
                self.of_schema(&client, settings, profile, &state)?;
            }
        }
        match client.has_markers(&Markers::of(&settings.advocaatcentraal.office).prefix()) {
            Ok(_) => self.add(Code::MarkerSearchable, system, Verdict::Holds),
            Err(Failure::Refused { .. }) => self.add(Code::MarkerNotSearchable, system, Verdict::Fails),
            Err(failure) => self.failed(&failure, system),
        }
        match state.header(ports.random)?.deep_insert {
            Some(DeepInsert::Honoured) => self.add(Code::NestingHonoured, system, Verdict::Holds),
            Some(DeepInsert::RelationsOnly) => self.add(Code::NestingRelationsOnly, system, Verdict::Differs),
            Some(DeepInsert::NotHonoured) => self.add(Code::NestingNotHonoured, system, Verdict::Differs),
            None => self.add(Code::NestingUnknown, system, Verdict::Unknown),
        }
        Ok(())
    }

    /// Which login is used, where it was seen to hold; else, where that is what is wrong, why it does not.
    fn of_login(&mut self, state: LoginState, failure: Option<&Failure>) {
        let system = System::Tribe;
        match state {
            LoginState::NoConsent => self.add(Code::ConsentMissing, system, Verdict::Fails),
            LoginState::Ended => self.add(Code::ConsentEnded, system, Verdict::Fails),
            LoginState::NotRenewable => self.add(Code::ConsentNotRenewable, system, Verdict::Fails),
            // Said as what it is.
            LoginState::Renewable | LoginState::NoConsentNeeded if failure.is_some() => {}
            LoginState::Renewable => self.add(Code::LoginByConsent, system, Verdict::Holds),
            LoginState::NoConsentNeeded => self.add(Code::LoginByClientCredentials, system, Verdict::Holds),
        }
    }

    fn has_failed(&self, system: System) -> bool {
        self.0.iter().any(|finding| finding.system == Some(system) && finding.verdict == Verdict::Fails)
    }

    /// The synced properties that are of another type than the connector reads.
    fn of_types(&mut self, profile: &Profile, settings: &Settings) {
        let (relation, person) = (RelatieId::new(""), ContactpersoonId::new(""));
        let kinds = [
            Subject::Organisation(relation.clone()),
            Subject::PrivatePerson(relation.clone()),
            Subject::ContactPerson(person),
        ];
        let all = kinds.iter().flat_map(|kind| cells(kind, std::slice::from_ref(&relation)));
        let slots = all.filter(|cell| settings.direction(cell.row.name).is_some()).flat_map(|cell| cell.slots);
        let function = &settings.tribe.function_property;
        let names = slots.flat_map(|slot| profile.retyped(slot.entity, slot.field.property(), function));
        let names: Set<String> = names.collect();
        let names = names.into_iter().collect();
        self.unless_named(names, System::Tribe, Code::FieldTypesKnown, Code::FieldTypeDiffers);
    }

    /// What the schema tells, and what an answer does. Kept with the profile.
    fn of_schema(
        &mut self,
        client: &tribe::Client<'_>,
        settings: &Settings,
        mut profile: Profile,
        state: &OfficeState<'_>,
    ) -> Result<(), Stop> {
        let read = client.metadata().and_then(|metadata| Ok((Facts::read(client, &metadata)?, metadata)));
        match read {
            Ok((facts, metadata)) => {
                self.of_metadata(&metadata, &facts, settings);
                self.of_facts(&facts);
                profile.facts = Some(facts);
            }
            Err(failure) => self.failed(&failure, System::Tribe),
        }
        Ok(state.save_profile(&profile)?)
    }

    fn of_facts(&mut self, facts: &Facts) {
        let system = System::Tribe;
        match facts.page_limit {
            Some(PageLimit::Clipped) => self.add(Code::PagesClipped, system, Verdict::Holds),
            Some(PageLimit::Linked) => self.add(Code::PagesLinked, system, Verdict::Differs),
            Some(PageLimit::Another) => self.add(Code::PagesNotClipped, system, Verdict::Differs),
            Some(PageLimit::Refused) => self.add(Code::PagesRefused, system, Verdict::Differs),
            None => self.add(Code::PagesUnknown, system, Verdict::Unknown),
        }
        match facts.text_equality {
            Some(TextEquality::CaseSensitive) => self.add(Code::CapitalsMatter, system, Verdict::Holds),
            Some(TextEquality::CaseInsensitive) => self.add(Code::CapitalsDoNotMatter, system, Verdict::Differs),
            None => self.add(Code::CapitalsUnknown, system, Verdict::Unknown),
        }
        let partners = (Code::PartnersMissing, Verdict::Differs);
        self.either(facts.has_partners, system, Code::PartnersKnown, partners);
        match facts.editor_properties.as_slice() {
            [] => self.add(Code::EditorNotTold, system, Verdict::Holds),
            names => self.add_named(Code::EditorTold, system, Verdict::Differs, names.to_vec()),
        }
        match facts.address_types.as_slice() {
            [] => self.add(Code::AddressTypesMissing, system, Verdict::Differs),
            names => self.add_named(Code::AddressTypesKnown, system, Verdict::Holds, names.to_vec()),
        }
    }

    fn of_metadata(&mut self, metadata: &Metadata, facts: &Facts, settings: &Settings) {
        let system = System::Tribe;
        let function = settings.direction(FUNCTION_FIELD).is_none()
            || metadata.has_property(Entity::Contact.set(), &settings.tribe.function_property);
        if function {
            self.add(Code::FunctionFieldKnown, system, Verdict::Holds);
        } else {
            let may_be = facts.function_properties.clone();
            self.add_named(Code::FunctionFieldMissing, system, Verdict::Fails, may_be);
        }
        let kinds = [RelationKind::Organization, RelationKind::Person];
        let mut slots = kinds.into_iter().flat_map(|kind| AddressSlot::of(kind).iter().map(move |slot| (kind, slot)));
        let has_slots = slots.all(|(kind, slot)| metadata.has_property(kind.entity().set(), slot.navigation()));
        let missing = (Code::AddressSlotMissing, Verdict::Fails);
        self.either(has_slots, system, Code::AddressSlotsKnown, missing);
        let missing = missing_marker(metadata, &settings.tribe.marker_property);
        self.unless_named(missing, system, Code::MarkerFieldKnown, Code::MarkerFieldMissing);
        let exists = |relation_type: &RelationType| {
            let sets = [RelationKind::Organization, RelationKind::Person].map(|kind| relation_type.set(kind));
            sets.iter().flatten().any(|set| metadata.has_set(set))
        };
        let missing = settings.types.values().filter(|of| !exists(of)).map(RelationType::key).collect();
        self.unless_named(missing, system, Code::TribeTypesExist, Code::TribeTypeMissing);
    }
}

/// Which relation types exist on either side.
pub fn relation_types(ports: Ports<'_>, settings: &Settings) -> Result<(Vec<AcType>, Vec<TribeType>), Stop> {
    let now = ports.clock.now();
    let ac = advocaatcentraal::Client::new(ports.http, ports.clock, &settings.advocaatcentraal);
    let types = ac.relatietypen().map_err(|failure| stop_of_failure(failure, System::AdvocaatCentraal, now))?;
    let types = types.into_iter().map(|known| AcType {
        mapped_to: settings.types.get(&known.id).cloned(),
        id: known.id,
        name: known.naam,
    });

    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    let client = tribe::Client::new(ports, &settings.tribe, state.token_key());
    let metadata = client.metadata().map_err(|failure| stop_of_failure(failure, System::Tribe, now))?;
    let exists = |set: Option<String>| set.is_some_and(|set| metadata.has_set(&set));
    let standard = RelationType::STANDARD.into_iter().map(|relation_type| TribeType {
        for_organisations: exists(relation_type.set(RelationKind::Organization)),
        for_persons: exists(relation_type.set(RelationKind::Person)),
        name: None,
        relation_type,
    });
    let mut custom: LiteMap<RelationType, TribeType> = LiteMap::new();
    for (id, kind, name) in metadata.custom_relation_types() {
        let relation_type = RelationType::Custom(id);
        let entry = custom.entry(relation_type.clone()).or_insert(TribeType {
            relation_type,
            name,
            for_organisations: false,
            for_persons: false,
        });
        match kind {
            RelationKind::Organization => entry.for_organisations = true,
            RelationKind::Person => entry.for_persons = true,
        }
    }
    let tribe = standard
        .filter(|known| known.for_organisations || known.for_persons)
        .chain(custom.into_iter().map(|(_, of_type)| of_type));
    Ok((types.collect(), tribe.collect()))
}
