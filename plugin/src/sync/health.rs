//! How the two systems and the store are: what a failure asks of the caller, and when several failures of single
//! records are a failure of their system.

use std::time::Duration;

use crate::answer::Failure;
use crate::link::StateError;
use crate::ports::StoreError;
use crate::relation::Instant;
use crate::settings::{Problem, name};
use crate::sync::outcome::{Stop, System};
use crate::wording::Code;

/// So many records in a row that cannot be read are no matter of the records: the system is down.
const UNREAD_IN_A_ROW: u32 = 5;
/// How long to leave a system alone that gave no usable answer.
const WAIT_FOR_SYSTEM: Duration = Duration::from_secs(60);

/// What single reads have shown of the systems so far.
#[derive(Debug, Default)]
pub(super) struct Health {
    unread_in_a_row: u32,
}

impl Health {
    /// A record was read, or is known to be gone.
    pub(super) fn was_read(&mut self) {
        self.unread_in_a_row = 0;
    }

    /// A record that was asked for by itself could not be read: the caller makes it a dead letter, and goes on with
    /// the others. What concerns the system as a whole is a stop, and so are several different records in a row.
    pub(super) fn was_not_read(&mut self, failure: Failure, system: System, now: Instant) -> Result<(), Stop> {
        self.unread_in_a_row += 1;
        if failure.may_be_of_one_record() && self.unread_in_a_row < UNREAD_IN_A_ROW {
            return Ok(());
        }
        Err(stop_of_failure(failure, system, now))
    }
}

/// What a failure of a whole system asks of the caller.
pub(crate) fn stop_of_failure(failure: Failure, system: System, now: Instant) -> Stop {
    match failure {
        Failure::Credentials => Stop::Credentials(system),
        Failure::Quota(wait) => Stop::Quota(system, now.plus(wait)),
        Failure::Forbidden => {
            let setting = match system {
                System::AdvocaatCentraal => name::ADVOCAATCENTRAAL_URL,
                System::Tribe => name::TRIBE_URL,
            };
            Stop::Settings(vec![Problem { setting, code: Code::AddressForbidden }])
        }
        other => Stop::Unavailable(system, now.plus(WAIT_FOR_SYSTEM), other.cause()),
    }
}

/// What a failure of the store asks of the caller.
impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Newer(version) => Self::StateNewer(version),
            StateError::Damaged => Self::Defect("state-damaged"),
            StateError::Store(StoreError::Missing) => {
                Self::Settings(vec![Problem { setting: name::STORE_BUCKET, code: Code::StoreMissing }])
            }
            // Loading tells it as damaged state.
            StateError::Store(StoreError::Failed | StoreError::Damaged) => Self::Defect("store-failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Cause;
    use crate::wording::Outage;

    const NOW: Instant = Instant::from_millis(1_000);
    const LATE: Cause = Cause { outage: Outage::TimedOut, status: None };

    #[test]
    fn single_records_that_cannot_be_read_are_a_stop_only_when_there_are_five_in_a_row() {
        let mut health = Health::default();
        let fail = |health: &mut Health| health.was_not_read(Failure::Unknown(LATE), System::Tribe, NOW);
        for _ in 0..4 {
            assert_eq!(fail(&mut health), Ok(()));
        }
        health.was_read();
        for _ in 0..4 {
            assert_eq!(fail(&mut health), Ok(()));
        }
        let until = NOW.plus(WAIT_FOR_SYSTEM);
        assert_eq!(fail(&mut health), Err(Stop::Unavailable(System::Tribe, until, LATE)));
    }

    #[test]
    fn what_concerns_the_whole_connection_is_a_stop_at_once() {
        let wait = Duration::from_secs(7);
        for (failure, stop) in [
            (Failure::Credentials, Stop::Credentials(System::Tribe)),
            (Failure::Quota(wait), Stop::Quota(System::Tribe, NOW.plus(wait))),
        ] {
            assert_eq!(Health::default().was_not_read(failure, System::Tribe, NOW), Err(stop));
        }
    }

    #[test]
    fn a_forbidden_address_names_the_setting_of_its_system() {
        let setting = |system| match stop_of_failure(Failure::Forbidden, system, NOW) {
            Stop::Settings(problems) => problems.first().map(|problem| problem.setting),
            _ => None,
        };
        assert_eq!(setting(System::AdvocaatCentraal), Some(name::ADVOCAATCENTRAAL_URL));
        assert_eq!(setting(System::Tribe), Some(name::TRIBE_URL));
    }
}
