//! What every slice has in hand: both clients, the office's state, and the outcome under way.

use std::time::Duration;

use crate::answer::Failure;
use crate::link::{
    Brake, Conflict, Conflicts, DeadLetter, DeadLetters, DeepInsert, Fingerprint, FingerprintKey, Header, OfficeState,
    Orphans, StateError, Subject,
};
use crate::mapping::{FieldMapper, Markers};
use crate::ports::{Clock, Ports, StoreError};
use crate::relation::Instant;
use crate::settings::Settings;
use crate::stored::Later;
use crate::sync::brake::Clearings;
use crate::sync::budget::{Allowance, CountedHttp};
use crate::sync::outcome::{Outcome, Stop, System};
use crate::tribe::Profile;
use crate::wording::Code;
use crate::{advocaatcentraal, tribe};

/// A record that was just stored may not show for so long. Tribe: inferred (reads may lag writes).
pub(super) const READ_LAG: Duration = Duration::from_secs(60);
/// So many records in a row that cannot be read are no matter of the records: the system is down.
const UNREAD_IN_A_ROW: u32 = 5;
/// How long to leave a system alone that gave no usable answer.
const WAIT_FOR_SYSTEM: Duration = Duration::from_secs(60);
/// The pauses before the second, third … try of one record; the last goes on.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(15 * 60), Duration::from_secs(60 * 60)];

/// When a record that was put aside is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Retry {
    /// After a pause that grows with each try.
    Soon,
    /// At that instant.
    At(Instant),
    /// When the record is no longer the one that was refused, or on request.
    WhenChanged(Option<Fingerprint>),
}

/// One slice's hands.
pub(super) struct Engine<'a> {
    pub(super) settings: &'a Settings,
    pub(super) clock: &'a dyn Clock,
    pub(super) ac: advocaatcentraal::Client<'a>,
    pub(super) tribe: tribe::Client<'a>,
    pub(super) state: OfficeState<'a>,
    pub(super) key: FingerprintKey,
    header: Header,
    pub(super) profile: Profile,
    pub(super) allowance: Allowance<'a>,
    pub(super) outcome: Outcome,
    /// Whether what is found now was missed before.
    pub(super) sweeping: bool,
    /// A list did not take the place that it gave earlier.
    pub(super) place_refused: bool,
    /// What is done with a field that was emptied on one side.
    pub(super) clearings: Clearings,
    /// How many records have a link, once it was counted.
    pub(super) linked: Option<usize>,
    /// Records that wait for the end of a cycle: they are counted then.
    pub(super) uncounted: u32,
    /// Records in a row that could not be read.
    unread: u32,
    letters: Aside<DeadLetters>,
    conflicts: Aside<Conflicts>,
    brake: Aside<Brake>,
}

/// A value of the store that is read once and written when it changed.
struct Aside<T> {
    value: T,
    changed: bool,
}

impl<'a> Engine<'a> {
    /// Reads what every slice needs. Nothing is written before the tenant is known to be the linked one.
    pub(super) fn begin(
        ports: Ports<'a>,
        http: &'a CountedHttp<'a>,
        settings: &'a Settings,
        allowance: Allowance<'a>,
    ) -> Result<Self, Stop> {
        let ports = Ports { http, ..ports };
        let now = ports.clock.now();
        let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
        let mut header = state.header(ports.random).map_err(of_state)?;
        let tribe = tribe::Client::new(ports, &settings.tribe, state.token_key());
        let profile = match state.profile::<Profile>().map_err(of_state)? {
            Some(profile) if profile.is_good(&tribe, now) => profile,
            earlier => {
                let profile =
                    Profile::read(&tribe, now).map_err(|failure| stop(failure, System::Tribe, ports.clock.now()))?;
                let profile = profile.after(earlier);
                state.save_profile(&profile).map_err(of_state)?;
                profile
            }
        };
        match &header.tribe_organisation {
            Some(known) if *known != profile.own_organisation => {
                return Err(Stop::Settings(vec![crate::settings::Problem {
                    setting: crate::settings::name::TRIBE_CLIENT_ID,
                    code: Code::OtherTenant,
                }]));
            }
            Some(_) => {}
            None => {
                header.tribe_organisation = Some(profile.own_organisation.clone());
                state.save_header(&header).map_err(of_state)?;
            }
        }
        let letters = Aside { value: state.dead_letters().map_err(of_state)?, changed: false };
        let mut conflicts = Aside { value: state.conflicts().map_err(of_state)?, changed: false };
        conflicts.changed = conflicts.value.end_old(now);
        let brake = Aside { value: state.brake().map_err(of_state)?, changed: false };
        Ok(Self {
            settings,
            clock: ports.clock,
            ac: advocaatcentraal::Client::new(http, ports.clock, &settings.advocaatcentraal),
            tribe,
            state,
            key: header.key.clone(),
            header,
            profile,
            allowance,
            outcome: Outcome::default(),
            sweeping: false,
            place_refused: false,
            clearings: Clearings::GoThrough,
            linked: None,
            uncounted: 0,
            unread: 0,
            letters,
            conflicts,
            brake,
        })
    }

    /// What the first write showed of Tribe.
    pub(super) fn deep_insert(&self) -> Option<DeepInsert> {
        self.header.deep_insert
    }

    /// Whether an address may be sent inside its relation: Tribe takes it, or is yet to show whether it does.
    pub(super) fn may_nest_addresses(&self) -> bool {
        match self.header.deep_insert {
            None | Some(DeepInsert::Honoured) => true,
            Some(DeepInsert::RelationsOnly | DeepInsert::NotHonoured) => false,
        }
    }

    /// Keeps what a write showed of Tribe.
    pub(super) fn learn(&mut self, deep_insert: DeepInsert) -> Result<(), Stop> {
        self.header.deep_insert = Some(deep_insert);
        self.state.save_header(&self.header).map_err(of_state)
    }

    /// Whether Tribe may hold records with our marker that no link knows.
    pub(super) fn orphans(&mut self) -> Result<Orphans, Stop> {
        if let Some(known) = self.header.orphans {
            return Ok(known);
        }
        let prefix = Markers::of(&self.settings.advocaatcentraal.office).prefix();
        let orphans = match self.tribe.has_markers(&prefix) {
            Ok(false) => Orphans::No,
            // A tenant that does not take the question gets every look-up.
            Ok(true) | Err(Failure::Refused { .. }) => Orphans::Perhaps,
            Err(failure) => return Err(self.stop(failure, System::Tribe)),
        };
        self.expect_strays(orphans)?;
        Ok(orphans)
    }

    /// Keeps whether there may be such records.
    pub(super) fn expect_strays(&mut self, orphans: Orphans) -> Result<(), Stop> {
        self.header.orphans = Some(orphans);
        self.state.save_header(&self.header).map_err(of_state)
    }

    /// Carries values across.
    pub(super) fn mapper(&self) -> FieldMapper<'_> {
        FieldMapper { profile: &self.profile, function_property: &self.settings.tribe.function_property }
    }

    /// An error of a system as a whole.
    pub(super) fn stop(&self, failure: Failure, system: System) -> Stop {
        stop(failure, system, self.clock.now())
    }

    /// A record was read, or is known to be gone.
    pub(super) fn was_read(&mut self) {
        self.unread = 0;
    }

    /// A record that was asked for by itself could not be read: whoever asked puts it aside, and goes on with the
    /// others. What concerns the system as a whole is a stop, and so are several different records in a row.
    pub(super) fn was_not_read(&mut self, failure: Failure, system: System) -> Result<(), Stop> {
        self.unread += 1;
        if failure.may_be_of_one_record() && self.unread < UNREAD_IN_A_ROW {
            return Ok(());
        }
        Err(self.stop(failure, system))
    }

    /// Puts a record aside. Durable with the next [`Engine::flush`].
    pub(super) fn put_aside(&mut self, subject: &Subject, code: Code, field: Option<&str>, retry: Retry) {
        let now = self.clock.now();
        let earlier = self.letters.value.0.get(subject);
        let attempts = earlier.map_or(0, |letter| letter.attempts).saturating_add(1);
        let pause = PAUSES.get(attempts as usize - 1).or(PAUSES.last()).copied().unwrap_or_default();
        let (next_try, refused) = match retry {
            Retry::Soon => (Some(now.plus(pause)), None),
            Retry::At(instant) => (Some(instant), None),
            Retry::WhenChanged(refused) => (None, refused),
        };
        let letter = DeadLetter {
            code: code.as_str().to_owned(),
            field: field.map(str::to_owned),
            attempts,
            since: earlier.map_or(now, |letter| letter.since),
            next_try,
            refused,
            later: earlier.map(|letter| letter.later.clone()).unwrap_or_default(),
        };
        self.letters.value.0.insert(subject.clone(), letter);
        self.letters.changed = true;
        self.outcome.note(code, Some(subject), field);
    }

    /// Makes a record due that nothing else would bring back, were the run to end here. Durable with the next
    /// [`Engine::flush`].
    pub(super) fn expect(&mut self, subject: Subject) {
        let now = self.clock.now();
        let expected = || DeadLetter {
            code: Code::WaitsForOrganisation.as_str().to_owned(),
            field: None,
            attempts: 0,
            since: now,
            next_try: Some(now),
            refused: None,
            later: Later::default(),
        };
        self.letters.changed |= !self.letters.value.0.contains_key(&subject);
        self.letters.value.0.entry(subject).or_insert_with(expected);
    }

    /// The letter of a record that was put aside.
    pub(super) fn letter(&self, subject: &Subject) -> Option<&DeadLetter> {
        self.letters.value.0.get(subject)
    }

    /// Every letter.
    pub(super) fn letters(&self) -> &DeadLetters {
        &self.letters.value
    }

    /// The record went through: its letter, if any, is done with.
    pub(super) fn take_back(&mut self, subject: &Subject) {
        self.letters.changed |= self.letters.value.0.remove(subject).is_some();
    }

    /// Keeps a value that gives way. Durable with [`Engine::flush`], which comes before the overwriting.
    pub(super) fn keep_conflict(&mut self, conflict: Conflict, field: &str) {
        self.outcome.note(Code::Conflict, Some(&conflict.subject), Some(field));
        self.conflicts.value.keep(conflict);
        self.conflicts.changed = true;
    }

    /// The conflict of that number, if it has not ended.
    pub(super) fn conflict(&self, number: u64) -> Option<&Conflict> {
        self.conflicts.value.entries.get(&number)
    }

    /// Ends the conflicts that are as described.
    pub(super) fn end_conflicts(&mut self, ends: impl Fn(u64, &Conflict) -> bool) {
        let before = self.conflicts.value.entries.len();
        self.conflicts.value.entries.retain(|number, conflict| !ends(*number, conflict));
        self.conflicts.changed |= self.conflicts.value.entries.len() < before;
    }

    /// How the brake stands.
    pub(super) fn brake(&self) -> &Brake {
        &self.brake.value
    }

    /// The brake, to be changed. Durable with the next [`Engine::flush`].
    pub(super) fn brake_mut(&mut self) -> &mut Brake {
        self.brake.changed = true;
        &mut self.brake.value
    }

    /// Makes letters, conflicts and the brake durable. Comes before every write that relies on them and before every cursor.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if self.letters.changed {
            self.state.save_dead_letters(&self.letters.value).map_err(of_state)?;
            self.letters.changed = false;
        }
        if self.conflicts.changed {
            self.state.save_conflicts(&self.conflicts.value).map_err(of_state)?;
            self.conflicts.changed = false;
        }
        if self.brake.changed {
            self.state.save_brake(&self.brake.value).map_err(of_state)?;
            self.brake.changed = false;
        }
        Ok(())
    }
}

/// What a failure of a whole system asks of the caller.
pub(crate) fn stop(failure: Failure, system: System, now: Instant) -> Stop {
    match failure {
        Failure::Credentials => Stop::Credentials(system),
        Failure::Quota(wait) => Stop::Quota(system, now.plus(wait)),
        Failure::Forbidden => {
            let setting = match system {
                System::AdvocaatCentraal => crate::settings::name::ADVOCAATCENTRAAL_URL,
                System::Tribe => crate::settings::name::TRIBE_URL,
            };
            Stop::Settings(vec![crate::settings::Problem { setting, code: Code::AddressForbidden }])
        }
        Failure::Unavailable
        | Failure::Unknown
        | Failure::Gone
        | Failure::Changed
        | Failure::Refused { .. }
        | Failure::NotUnderstood => Stop::Unavailable(system, now.plus(WAIT_FOR_SYSTEM)),
    }
}

/// What a failure of the store asks of the caller.
pub(crate) fn of_state(error: StateError) -> Stop {
    match error {
        StateError::Newer(version) => Stop::StateNewer(version),
        StateError::Damaged => Stop::Defect("state-damaged"),
        StateError::Store(StoreError::Missing) => Stop::Settings(vec![crate::settings::Problem {
            setting: crate::settings::name::STORE_BUCKET,
            code: Code::StoreMissing,
        }]),
        StateError::Store(StoreError::Failed) => Stop::Defect("store-failed"),
    }
}
