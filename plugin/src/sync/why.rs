//! Why the two sides differ in a place: a pure function of what both say, what they last agreed on, the link's state and
//! the settings.
//!
//! From the top down, the first that holds:
//!
//! | what holds | why |
//! |---|---|
//! | nothing of the record, or of this place of it, travels | [`Why::Paused`], [`Why::Unmapped`], [`Why::Archived`], or no place |
//! | a side cannot be read (D9) | [`Why::Unreadable`] |
//! | what was read of Tribe is older than our own write | [`Why::NotVisibleYet`] |
//! | Tribe has the name in several fields (D13) | [`Why::NameSplit`] |
//! | the value was refused (D16) | [`Why::Refused`] |
//! | a brake holds it back (D14) | [`Why::Braked`] |
//! | it would go to AC, whose dialect was not tried | [`Why::NotTried`] |
//! | it is about to be written, and Tribe cannot hold it | [`Why::NoRow`], [`Why::Demanded`] |
//! | it is about to be written | [`Why::Waiting`], or [`Why::Conflict`] where the other side moved too |
//! | one side has no such place, or does not say | [`Why::Gone`], [`Why::NoPlace`], [`Why::LeftOut`] |
//! | both agreed on different values | see `agreed` |
//! | it travels the other way only | [`Why::OneWay`] |
//!
//! "Other" is not a why: what none of these holds for is [`Why::Unexplained`], a fault of the connector.

use crate::link::{Base, Fingerprint, Link, RefusedBy, Side, WhyApart};
use crate::mapping::{Place, SlotView, TribeField};
use crate::plan::{Direction, Step};
use crate::sync::closed::WhyClosed;
use crate::sync::observation::InTribe;
use crate::sync::planned::{Lacking, Planned};
use crate::wording::Why;

/// Why, and on which side: the one that keeps another value, or cannot have it or say it; none where it is neither's.
pub(super) type Reason = (Why, Option<Side>);

/// Whether Tribe can hold AC's value in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    /// It has no row for it.
    NoRow,
    /// It demands a value, and AC has none.
    Demanded,
}

/// One place, with what was decided for it and what is known around it.
pub(super) struct Case<'c> {
    pub(super) planned: &'c Planned,
    pub(super) slot: &'c SlotView,
    pub(super) tribe: InTribe,
    pub(super) step: Step,
    pub(super) link: &'c Link,
    /// What stands in Tribe's field, even where it is only a part of what AC has in one.
    pub(super) stands: Option<Fingerprint>,
    pub(super) fit: Fit,
    /// Why nothing of the record, or of this place of it, travels.
    pub(super) outside: Option<Reason>,
    /// What was read of Tribe is older than our own write.
    pub(super) lags: bool,
    /// The system that refused this field of the record, by its dead letter.
    pub(super) refused: Option<RefusedBy>,
    /// The value that stands there gave way in a conflict, and is kept.
    pub(super) is_conflict: bool,
}

/// Why both sides differ in a place; none where they do not.
pub(super) fn why(case: &Case<'_>) -> Option<Reason> {
    let field = &case.planned.field;
    let is_nothing = |says: Option<Fingerprint>| says.is_none_or(|says| says == Fingerprint::EMPTY);
    let is_same = field.ac == case.stands || is_nothing(field.ac) && is_nothing(case.stands);
    let is_unreadable = field.is_unreadable_in_ac || case.tribe.is_unreadable;
    // What Tribe has no row for counts as empty, and is not.
    let is_without_row = is_same && case.fit == Fit::NoRow;
    if is_same && !is_unreadable && !is_without_row {
        return None;
    }
    let outside = case.outside.or_else(|| {
        let [ac, tribe] = [field.is_unreadable_in_ac, case.tribe.is_unreadable];
        match (ac, tribe) {
            (true, _) => Some((Why::Unreadable, Some(Side::AdvocaatCentraal))),
            (false, true) => Some((Why::Unreadable, Some(Side::Tribe))),
            (false, false) if case.lags => Some((Why::NotVisibleYet, Some(Side::Tribe))),
            (false, false) if case.tribe.is_split => Some((Why::NameSplit, Some(Side::Tribe))),
            (false, false) => None,
        }
    });
    if outside.is_some() {
        return outside;
    }
    if is_without_row {
        return Some((Why::NoRow, Some(Side::Tribe)));
    }
    let held = refused(case).or_else(|| braked(case)).or_else(|| closed(case));
    Some(held.unwrap_or_else(|| match case.step {
        Step::WriteToTribe | Step::OverwriteInTribe if case.fit == Fit::NoRow => (Why::NoRow, Some(Side::Tribe)),
        Step::WriteToTribe | Step::OverwriteInTribe if case.fit == Fit::Demanded => (Why::Demanded, Some(Side::Tribe)),
        Step::WriteToTribe => (Why::Waiting, Some(Side::Tribe)),
        Step::OverwriteInTribe | Step::LoseToSibling => (Why::Conflict, Some(Side::Tribe)),
        Step::WriteToAdvocaatCentraal => (Why::Waiting, Some(Side::AdvocaatCentraal)),
        Step::SettleBesideAdvocaatCentraal | Step::SettleApart => (Why::SiblingKept, Some(Side::Tribe)),
        Step::StayApart(_, why) => apart(case, why),
        Step::Keep | Step::Agree(_) => at_rest(case),
    }))
}

/// It would go to a side that gets nothing for now.
fn closed(case: &Case<'_>) -> Option<Reason> {
    let (side, why) = case.planned.waits.filter(|_| case.step == Step::Keep)?;
    let why = match why {
        WhyClosed::NotTried => Why::NotTried,
        WhyClosed::Paused => Why::DirectionPaused,
    };
    Some((why, Some(side)))
}

/// A system refused the value, in this place or in the one that the other side would get.
fn refused(case: &Case<'_>) -> Option<Reason> {
    let refused_here = |by, value| case.link.is_refused(&case.slot.key, by, value);
    let writes = match case.step {
        Step::WriteToTribe | Step::OverwriteInTribe => Some(RefusedBy::Tribe),
        Step::WriteToAdvocaatCentraal => Some(RefusedBy::AdvocaatCentraal),
        _ => None,
    };
    let by = if refused_here(RefusedBy::Tribe, case.planned.field.ac) {
        Some(RefusedBy::Tribe)
    } else if refused_here(RefusedBy::AdvocaatCentraal, case.tribe.says) {
        Some(RefusedBy::AdvocaatCentraal)
    } else if case.planned.refused == Some(RefusedBy::AdvocaatCentraal) && case.step == Step::Keep {
        case.planned.refused
    } else {
        case.refused.filter(|by| writes == Some(*by))
    };
    let side = |by| match by {
        RefusedBy::AdvocaatCentraal => Side::AdvocaatCentraal,
        RefusedBy::Tribe => Side::Tribe,
    };
    by.map(|by| (Why::Refused, Some(side(by))))
}

fn braked(case: &Case<'_>) -> Option<Reason> {
    let (side, _) = case.planned.held().filter(|_| case.step == Step::Keep)?;
    Some((Why::Braked, Some(side)))
}

/// Nothing is to be done in a place, though both sides differ there.
fn at_rest(case: &Case<'_>) -> Reason {
    let field = &case.planned.field;
    let (Some(ac), Some(tribe)) = (field.ac, case.tribe.says) else {
        return match (case.tribe.says, case.slot.field) {
            // An address that was there; of one that stands in another place, too, this one never had any.
            (None, TribeField::Address(..)) if case.tribe.is_removed => (Why::Gone, Some(Side::Tribe)),
            (None, _) => (Why::NoPlace, Some(Side::Tribe)),
            // Another part of the address cannot be read, and it goes to AC whole.
            (Some(_), _) if case.planned.lacking == Some(Lacking::Unreadable) => (Why::Unreadable, Some(Side::Tribe)),
            (Some(_), _) if field.place != Place::Stands => (Why::NoPlace, Some(Side::AdvocaatCentraal)),
            (Some(_), _) => (Why::LeftOut, Some(Side::AdvocaatCentraal)),
        };
    };
    match case.link.base(&case.slot.key) {
        Some(base) if base == (Base { ac, tribe }) => agreed(case),
        // Left behind by an earlier change of AC's, while another place gives AC a new value.
        Some(base) if base.ac != ac => (Why::Waiting, Some(Side::Tribe)),
        _ if field.direction == Direction::FromAdvocaatCentraal => (Why::OneWay, Some(Side::AdvocaatCentraal)),
        _ => (Why::Unexplained, None),
    }
}

/// Both sides agreed on different values.
fn agreed(case: &Case<'_>) -> Reason {
    if case.is_conflict {
        (Why::Conflict, Some(Side::Tribe))
    } else if let Some(why) = case.link.why_apart(&case.slot.key) {
        apart(case, why)
    } else if let Some(otherwise) = case.link.otherwise.get(&case.slot.key) {
        (Why::StoredOtherwise, Some(otherwise.by))
    } else if case.planned.field.cell.row.tribe.len() > 1 {
        // Also where the sibling stood in what Tribe shows no more.
        (Why::SiblingKept, Some(Side::Tribe))
    } else {
        (Why::Unexplained, None)
    }
}

/// The values stand beside each other, and are left so.
fn apart(case: &Case<'_>, why: WhyApart) -> Reason {
    match (why, case.planned.field.direction) {
        (WhyApart::Sibling, _) => (Why::SiblingKept, Some(Side::Tribe)),
        (WhyApart::OneWay, Direction::FromAdvocaatCentraal) => (Why::OneWay, Some(Side::AdvocaatCentraal)),
        (WhyApart::OneWay, Direction::BothWays) | (WhyApart::Setting, _) => (Why::AgreedBySetting, None),
    }
}

#[cfg(test)]
#[path = "why_tests.rs"]
mod tests;
