//! The exports: settings and ports in, typed results out.

use std::time::Duration;

use super::Connector;
use super::advocaatcentraal::tribe_sync::types as wit;
use super::clock::{HostRandom, WallClock};
use super::exports::advocaatcentraal::tribe_sync as export;
use super::http::HostHttp;
use super::losses::{brake, kept, number};
use super::store::HostStore;
use super::wasi::config::store as config;
use crate::link::{Absence, StateError, Subject, Sureness};
use crate::ports::Ports;
use crate::relation::{ContactpersoonId, Instant, RelatieId, TribeId};
use crate::secret::Secret;
use crate::set::Set;
use crate::settings::{self, Problem, Settings, WebhookSettings};
use crate::sync::preview::{self, Likeness, PossibleDuplicate, Preview, TypeCount};
use crate::sync::records::{self, RecordId, Which};
use crate::sync::{Budget, Outcome, Stop, Stopped, Trial, WhichLetters};
use crate::tribe::read_delivery;
use crate::webhooks::Task;
use crate::wording::describe;
use crate::{consent, setup, sync, tribe, webhooks};

impl export::sync::Guest for Connector {
    fn initial_sync(budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        slice(&sync::initial_sync, budget)
    }

    fn poll(budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        slice(&sync::poll, budget)
    }

    fn on_tribe_change(changes: Vec<wit::Change>, budget: wit::Budget) -> Result<wit::PushOutcome, wit::Stopped> {
        // An id that is no GUID is nobody's record.
        let ids: Vec<TribeId> = changes.iter().filter_map(|change| TribeId::parse(&change.id)).collect();
        let office = Office::open_ready()?;
        let (outcome, left) = sync::push(office.ports(), &office.settings, &ids, budget.into())?;
        let left: Set<TribeId> = left.into_iter().collect();
        let is_left = |change: &wit::Change| TribeId::parse(&change.id).is_some_and(|id| left.contains(&id));
        Ok(wit::PushOutcome { outcome: outcome.into(), left: changes.into_iter().filter(is_left).collect() })
    }

    fn sweep(budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        slice(&sync::sweep, budget)
    }

    fn brakes() -> Result<Vec<export::sync::Brake>, wit::Error> {
        let office = Office::open()?;
        Ok(records::brakes(office.ports(), &office.settings)?.into_iter().map(brake).collect())
    }

    fn release_brake(brake: Option<String>, budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        if brake.as_deref() == Some("gone") {
            return slice(&sync::release_gone, budget);
        }
        let brake = brake.as_deref().map(number);
        slice(&|ports, settings, budget| sync::release_brake(ports, settings, budget, brake), budget)
    }
}

impl export::setup::Guest for Connector {
    fn check() -> Result<Vec<export::setup::Finding>, wit::Error> {
        let webhook = WebhookSettings::read(setting).map_err(drop);
        let office = Office::open_before_mapping()?;
        let findings = setup::check(office.ports(), &office.settings, webhook.as_ref().ok())?;
        Ok(findings.into_iter().map(Into::into).collect())
    }

    fn relation_types() -> Result<export::setup::RelationTypeLists, wit::Error> {
        let office = Office::open_before_mapping()?;
        let (ac, of_tribe) = setup::relation_types(office.ports(), &office.settings)?;
        Ok(export::setup::RelationTypeLists {
            advocaatcentraal: ac.into_iter().map(Into::into).collect(),
            tribe: of_tribe.into_iter().map(Into::into).collect(),
        })
    }

    fn preview(budget: wit::Budget) -> Result<export::setup::PreviewReport, wit::Error> {
        let office = Office::open_ready()?;
        Ok(preview::preview(office.ports(), &office.settings, budget.into())?.into())
    }

    fn consent_url(redirect_uri: String, state: String) -> Result<String, wit::Error> {
        let settings = Settings::read_before_mapping(setting).map_err(Stop::Settings)?;
        Ok(consent::url(&settings, &redirect_uri, &state)?)
    }

    fn consent(code: String, redirect_uri: String) -> Result<(), wit::Error> {
        let code = Secret::new(code);
        let office = Office::open_before_mapping()?;
        Ok(consent::give(office.ports(), &office.settings, &code, &redirect_uri)?)
    }

    fn probe() -> Result<Vec<export::setup::Probed>, wit::Error> {
        let office = Office::open_before_mapping()?;
        let told = setup::probe(office.ports(), &office.settings).into_iter();
        Ok(told
            .map(|probed| export::setup::Probed {
                assumption: probed.assumption.to_owned(),
                code: probed.code.to_owned(),
                verdict: probed.verdict.into(),
                at: probed.at,
                status: probed.status,
                refusal: probed.refusal,
            })
            .collect())
    }

    fn try_dialect(subject: wit::RecordId, even_if_changed: bool) -> Result<export::setup::Trial, wit::Error> {
        let office = Office::open()?;
        let trial = sync::try_dialect(office.ports(), &office.settings, &subject.into(), even_if_changed)?;
        Ok(match trial {
            Trial::AsBefore => export::setup::Trial::AsBefore,
            Trial::Changed(changed) => export::setup::Trial::Changed(export::setup::ChangedMembers {
                put_back: changed.put_back,
                not_put_back: changed.not_put_back,
                may_be_accepted: changed.may_be_accepted,
            }),
            Trial::Refused { status, field } => {
                export::setup::Trial::Refused(export::setup::RefusedTrial { status, field })
            }
            Trial::Moved => export::setup::Trial::Moved,
            Trial::Gone => export::setup::Trial::Gone,
            Trial::Untold(why) => export::setup::Trial::Untold(why.as_str().to_owned()),
        })
    }

    fn describe(code: String) -> Option<wit::Text> {
        describe(&code).map(Into::into)
    }
}

impl export::records::Guest for Connector {
    fn explain(subject: wit::RecordId) -> Result<export::records::Explanation, wit::Error> {
        let id = RecordId::from(subject.clone());
        let office = Office::open_ready()?;
        let explained = records::explain(office.ports(), &office.settings, FOR_ONE_RECORD, &id)?;
        Ok(export::records::Explanation {
            state: explained.state.as_str().to_owned(),
            linked: explained.linked.into_iter().map(linked).collect(),
            differing: explained.differing.into_iter().map(str::to_owned).collect(),
            dead_letter: explained.dead_letter.and_then(|letter| dead_letters_of(subject.clone(), letter).pop()),
            subject,
        })
    }

    fn links(after: Option<String>) -> Result<export::records::LinksPage, wit::Error> {
        let office = Office::open()?;
        let (links, next) = records::links(office.ports(), &office.settings, after.as_deref())?;
        Ok(export::records::LinksPage { links: links.into_iter().map(link).collect(), next })
    }

    fn resync(subject: wit::RecordId, budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        let id = RecordId::from(subject);
        slice(&|ports, settings, budget| records::resync(ports, settings, budget, &id), budget)
    }

    fn make_anew(subject: wit::RecordId, budget: wit::Budget) -> Result<wit::Outcome, wit::Stopped> {
        let id = RecordId::from(subject);
        slice(&|ports, settings, budget| records::make_anew(ports, settings, budget, &id), budget)
    }

    fn retry_letters(
        code: Option<String>,
        field: Option<String>,
        budget: wit::Budget,
    ) -> Result<wit::Outcome, wit::Stopped> {
        let which = WhichLetters { code, field, only_resting: false };
        slice(&|ports, settings, budget| sync::retry_letters(ports, settings, &which, budget), budget)
    }

    fn forget(subject: wit::RecordId) -> Result<(), wit::Error> {
        let office = Office::open_ready()?;
        Ok(records::forget(office.ports(), &office.settings, FOR_ONE_RECORD, &subject.into())?)
    }

    fn undo(
        which: export::records::Which,
        even_if_moved: bool,
        budget: wit::Budget,
    ) -> Result<wit::Outcome, wit::Stopped> {
        use export::records::Which as Asked;
        let which = match which {
            Asked::One(id) => Which::One(id),
            Asked::OfField((record, field)) => Which::Field(record.into(), field),
            Asked::OfRecord(record) => Which::Record(record.into()),
            Asked::Between((from, to)) => Which::Between(Instant::from_millis(from), Instant::from_millis(to)),
            Asked::OfBrake(id) => Which::Brake(number(&id)),
        };
        slice(&|ports, settings, budget| records::undo(ports, settings, budget, &which, even_if_moved), budget)
    }

    fn dead_letters() -> Result<Vec<export::records::DeadLetter>, wit::Error> {
        let office = Office::open()?;
        let letters = records::dead_letters(office.ports(), &office.settings)?;
        Ok(letters.into_iter().flat_map(|(subject, letter)| dead_letters_of(subject.into(), letter)).collect())
    }

    fn not_shown() -> Result<Vec<export::records::Absence>, wit::Error> {
        let office = Office::open()?;
        let absences = records::not_shown(office.ports(), &office.settings)?;
        Ok(absences.into_iter().map(absence).collect())
    }

    fn kept() -> Result<Vec<export::records::KeptValue>, wit::Error> {
        let office = Office::open()?;
        Ok(records::kept(office.ports(), &office.settings)?.into_iter().map(kept).collect())
    }
}

/// One slice. What it is comes by reference, so that the exports differ in nothing else.
#[inline(never)]
fn slice(
    run: &dyn Fn(Ports<'_>, &Settings, Budget) -> Result<Outcome, Stopped>,
    budget: wit::Budget,
) -> Result<wit::Outcome, wit::Stopped> {
    let office = Office::open_ready()?;
    Ok(run(office.ports(), &office.settings, budget.into())?.into())
}

/// For the functions of one record that take no budget: far more than one record needs.
const FOR_ONE_RECORD: Budget = Budget { time: Duration::from_secs(60), requests: 100 };

fn linked((entity, id): (String, TribeId)) -> export::records::Linked {
    export::records::Linked { entity, id: id.to_string() }
}

fn link(of: records::LinkedRecord) -> export::records::Link {
    export::records::Link {
        subject: of.subject.into(),
        state: of.state.as_str().to_owned(),
        linked: of.linked.into_iter().map(linked).collect(),
    }
}

fn absence((subject, absence): (Subject, Absence)) -> export::records::Absence {
    export::records::Absence {
        subject: subject.into(),
        since: absence.since.as_millis(),
        gone: absence.sureness == Sureness::Gone,
    }
}

/// A dead letter, once for each field that it names.
fn dead_letters_of(subject: wit::RecordId, letter: crate::link::DeadLetter) -> Vec<export::records::DeadLetter> {
    let one = |field: Option<String>| export::records::DeadLetter {
        subject: subject.clone(),
        code: letter.code.clone(),
        field,
        attempts: letter.attempts,
        since: letter.since.as_millis(),
        next_try: letter.next_try.map(Instant::as_millis),
    };
    if letter.fields.is_empty() { vec![one(None)] } else { letter.fields.iter().cloned().map(Some).map(one).collect() }
}

impl From<wit::RecordId> for RecordId {
    fn from(id: wit::RecordId) -> Self {
        match id.kind {
            wit::RecordKind::Relatie => Self::Relatie(RelatieId::new(id.id)),
            wit::RecordKind::Contactpersoon => Self::Contactpersoon(ContactpersoonId::new(id.id)),
        }
    }
}

impl From<Preview> for export::setup::PreviewReport {
    fn from(preview: Preview) -> Self {
        let counts = |types: std::collections::BTreeMap<_, TypeCount>| {
            let count = |(id, count): (crate::relation::RelatietypeId, TypeCount)| export::setup::TypeCount {
                id: id.to_string(),
                relations: count.relations,
                contact_persons: count.contact_persons,
            };
            types.into_iter().map(count).collect()
        };
        let duplicate = |found: PossibleDuplicate| export::setup::PossibleDuplicate {
            subject: found.subject.into(),
            tribe_id: found.tribe.to_string(),
            by: match found.by {
                Likeness::Kvk => "kvk".to_owned(),
                Likeness::NameAndAddress => "name-and-address".to_owned(),
            },
        };
        Self {
            relations: preview.synced.relations,
            contact_persons: preview.synced.contact_persons,
            mapped: counts(preview.mapped),
            unmapped: counts(preview.unmapped),
            notes: preview.notes.into_iter().map(Into::into).collect(),
            possible_duplicates: preview.possible_duplicates.into_iter().map(duplicate).collect(),
        }
    }
}

impl export::webhook::Guest for Connector {
    fn read(headers: Vec<(String, String)>, body: Vec<u8>) -> Result<Vec<wit::Change>, export::webhook::Refusal> {
        let settings = WebhookSettings::read(setting)
            .map_err(|problems| export::webhook::Refusal::Error(Stop::Settings(problems).into()))?;
        let signature = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(&settings.header));
        let signature = signature.map(|(_, value)| value.as_str());
        let deliveries = read_delivery(signature, &body, &settings.secret).map_err(|refusal| match refusal {
            tribe::Refusal::Forged => export::webhook::Refusal::Forged,
            tribe::Refusal::Malformed => export::webhook::Refusal::Malformed,
        })?;
        let changes = deliveries.into_iter();
        Ok(changes.map(|change| wit::Change { id: change.id.to_string(), deleted: change.deleted }).collect())
    }

    fn list(url: String) -> Result<export::webhook::Registrations, wit::Error> {
        of_webhooks(Task::List, &url)
    }

    fn register(url: String) -> Result<export::webhook::Registrations, wit::Error> {
        let webhook = WebhookSettings::read(setting).map_err(Stop::Settings)?;
        of_webhooks(Task::Register(&webhook.secret), &url)
    }

    fn remove(url: String) -> Result<export::webhook::Registrations, wit::Error> {
        of_webhooks(Task::Remove, &url)
    }
}

fn of_webhooks(task: Task<'_>, url: &str) -> Result<export::webhook::Registrations, wit::Error> {
    let office = Office::open_before_mapping()?;
    let done = webhooks::webhooks(office.ports(), &office.settings, url, task)?;
    let own = done.own.iter().map(|webhook| export::webhook::Registration {
        id: webhook.id().to_owned(),
        entity_type: webhook.entity_type().to_owned(),
    });
    Ok(export::webhook::Registrations { registered: own.collect(), missing: done.missing })
}

/// The office that a call is about.
pub(super) struct Office {
    /// As they are in this call.
    pub(super) settings: Settings,
    store: HostStore,
}

impl Office {
    pub(super) fn open() -> Result<Self, Stop> {
        Self::with(Settings::read(setting))
    }

    /// The same for work on Tribe's records.
    fn open_ready() -> Result<Self, Stop> {
        let office = Self::open()?;
        setup::ready(office.ports(), &office.settings)?;
        Ok(office)
    }

    /// The same as [`Office::open`] where no relation type may be mapped yet.
    fn open_before_mapping() -> Result<Self, Stop> {
        Self::with(Settings::read_before_mapping(setting))
    }

    fn with(settings: Result<Settings, Vec<Problem>>) -> Result<Self, Stop> {
        let settings = settings.map_err(Stop::Settings)?;
        let bucket = setting(settings::name::STORE_BUCKET).unwrap_or_default();
        let store = HostStore::open(&bucket).map_err(|error| sync::Stop::from(StateError::Store(error)))?;
        Ok(Self { settings, store })
    }

    pub(super) fn ports(&self) -> Ports<'_> {
        Ports { http: &HostHttp, store: &self.store, clock: &WallClock, random: &HostRandom }
    }
}

/// A setting of the host's; one that cannot be read is as good as none.
fn setting(name: &str) -> Option<String> {
    config::get(name).ok().flatten()
}
