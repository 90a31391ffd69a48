//! Brakes and kept values, as the contract has them.

use super::advocaatcentraal::tribe_sync::types as wit;
use super::exports::advocaatcentraal::tribe_sync as export;
use crate::link::{BrakeState, Braked, Kept, KeptId, Kind, Loss, Reason, Side};

pub(super) fn kept((id, kept): (KeptId, Kept)) -> export::records::KeptValue {
    export::records::KeptValue {
        id: id.as_str().to_owned(),
        subject: kept.subject.into(),
        field: kept.slot,
        lost_in: kept.side.into(),
        lost_value: kept.lost,
        reason: match kept.reason {
            Reason::Conflict => export::records::Reason::Conflict,
            Reason::Cleared => export::records::Reason::Cleared,
            Reason::Overwritten => export::records::Reason::Overwritten,
            Reason::GivenBack => export::records::Reason::GivenBack,
        },
        at: kept.at.as_millis(),
    }
}

/// A number that a host gives back; one that is none names nothing, as one that is over does.
pub(super) fn number(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}

pub(super) fn brake((number, braked, held): (u64, Braked, usize)) -> export::sync::Brake {
    let count = |records: usize| u32::try_from(records).unwrap_or(u32::MAX);
    export::sync::Brake {
        id: number.to_string(),
        losing: braked.column.side.into(),
        kind: match braked.column.kind {
            Kind::Organisation | Kind::PrivatePerson => wit::RecordKind::Relatie,
            Kind::ContactPerson => wit::RecordKind::Contactpersoon,
        },
        field: braked.column.field,
        instead: match braked.loss {
            Loss::Emptied => export::sync::Instead::Emptied,
            Loss::OneValue(_) => export::sync::Instead::OneValue,
        },
        since: braked.since.as_millis(),
        state: match braked.state {
            BrakeState::On => export::sync::BrakeState::On,
            BrakeState::TakingBack => export::sync::BrakeState::TakingBack,
            BrakeState::Released | BrakeState::Ended { .. } => export::sync::BrakeState::Released,
        },
        held: count(held),
        of: count(braked.holding),
    }
}

impl From<Side> for wit::System {
    fn from(side: Side) -> Self {
        match side {
            Side::AdvocaatCentraal => Self::Advocaatcentraal,
            Side::Tribe => Self::Tribe,
        }
    }
}
