//! Which side gets nothing for now, and why. What would go there keeps its base, so that it goes there by the ordinary
//! rules once it may.

use crate::link::{BrakeState, Side};
use crate::wording::Code;

/// Why a side gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhyClosed {
    /// The office's dialect was not tried.
    NotTried,
    /// A person paused that direction.
    Paused,
}

/// Of each side whether it gets nothing, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Closed {
    advocaatcentraal: Option<WhyClosed>,
    tribe: Option<WhyClosed>,
}

impl Closed {
    /// By whether AC's dialect may write, and which side a person closed.
    pub(super) fn of(is_tried: bool, paused: Option<Side>) -> Self {
        let paused_at = |side| (paused == Some(side)).then_some(WhyClosed::Paused);
        let not_tried = (!is_tried).then_some(WhyClosed::NotTried);
        Self { advocaatcentraal: not_tried.or(paused_at(Side::AdvocaatCentraal)), tribe: paused_at(Side::Tribe) }
    }

    /// Why that side gets nothing; none where it does.
    pub(super) fn why(self, side: Side) -> Option<WhyClosed> {
        match side {
            Side::AdvocaatCentraal => self.advocaatcentraal,
            Side::Tribe => self.tribe,
        }
    }

    /// What a cycle notes of it: one for each side that gets nothing.
    pub(super) fn codes(self) -> impl Iterator<Item = Code> {
        [Side::AdvocaatCentraal, Side::Tribe].into_iter().filter_map(move |side| self.code(side))
    }

    /// The same of one side.
    pub(super) fn code(self, side: Side) -> Option<Code> {
        Some(match (self.why(side)?, side) {
            (WhyClosed::NotTried, _) => Code::DialectNotTried,
            (WhyClosed::Paused, Side::AdvocaatCentraal) => Code::ToAdvocaatCentraalPaused,
            (WhyClosed::Paused, Side::Tribe) => Code::ToTribePaused,
        })
    }

    /// Why what a person decided on a brake cannot be carried out now: letting a loss through writes where it is lost,
    /// taking it back may write to either side.
    pub(super) fn holds_up(self, decision: BrakeState, lost_in: Side) -> Option<Code> {
        match decision {
            BrakeState::TakingBack => self.codes().next(),
            BrakeState::On | BrakeState::Released | BrakeState::Ended { .. } => self.code(lost_in),
        }
    }
}
