//! What both sides agree on goes into the link, and what gives way is kept.
//!
//! Whatever a plan is about to clear or overwrite, on either side, is kept here and nowhere else, before it is written.

use crate::link::{Fingerprint, Kept, Reason, Side, Subject, WhyApart};
use crate::mapping::{SlotView, address_name};
use crate::plan::{Direction, Step};
use crate::stored::Later;
use crate::sync::brake::Treatment;
use crate::sync::edits::fits;
use crate::sync::item::Item;
use crate::sync::observation::InTribe;
use crate::sync::outcome::Stop;
use crate::sync::planned::{Lacking, Planned};
use crate::sync::session::Session;
use crate::wording::Code;

/// Takes the bases of the fields in which both sides say the same, and keeps the values that are about to give way.
/// The link is durable then, the books with the next flush.
pub(super) fn agree(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    agree_in_memory(session, item);
    item.save(session)
}

/// As [`agree`], where the link is stored a step later.
pub(super) fn agree_in_memory(session: &mut Session<'_>, item: &mut Item) {
    tell_removed_addresses(session, item);
    for planned in &item.plan {
        for (slot, _, step) in planned.slots() {
            let is_left = matches!(step, Step::SettleApart | Step::StayApart(_, WhyApart::Sibling));
            if is_left && item.link.why_apart(&slot.key) != Some(WhyApart::Sibling) {
                session.books.note(Code::SiblingStays, Some(&item.subject), Some(planned.name()));
            }
            let is_by_setting = match step {
                Step::StayApart(_, WhyApart::OneWay) => planned.field.direction == Direction::BothWays,
                step => matches!(step, Step::StayApart(_, WhyApart::Setting)),
            };
            if is_by_setting {
                session.books.note(Code::AgreedBySetting, Some(&item.subject), Some(planned.name()));
            }
            match step {
                Step::Agree(base) => drop(item.link.bases.insert(slot.key.clone(), base)),
                Step::StayApart(base, why) => item.link.leave_apart(&slot.key, base, why),
                _ => {}
            }
        }
    }
    for planned in &item.plan {
        let is_turned = planned.loss.is_some_and(|treated| treated.how == Treatment::TurnAround);
        let reason = (is_turned || session.gives_back).then_some(Reason::GivenBack);
        let mut unspelled = Vec::new();
        let gives_way = giving_way(session, item, planned, &mut unspelled);
        if !unspelled.is_empty() {
            session.books.note(Code::UnreadableGaveWay, Some(&item.subject), Some(planned.name()));
        }
        for GivesWay { slot, side, lost, instead, why } in gives_way {
            let kept = Kept {
                subject: item.subject.clone(),
                slot,
                side,
                lost,
                instead,
                reason: reason.unwrap_or(why),
                at: session.now(),
                later: Later::default(),
            };
            session.books.keep(&session.key, kept, planned.name());
        }
        count_loss(session, &item.subject, planned);
    }
}

/// Notes an address that AC has no more while a user of Tribe changed it: it stays in Tribe, and AC's removal stands (D2).
fn tell_removed_addresses(session: &mut Session<'_>, item: &Item) {
    for planned in item.plan.iter().filter(|planned| planned.lacking == Some(Lacking::RemovedInAc)) {
        let changed = planned.slots().any(|(slot, tribe, _)| {
            let base = item.link.base(&slot.key).map_or(Fingerprint::EMPTY, |base| base.tribe);
            tribe.says.is_some_and(|says| says != base)
        });
        if let Some(slot) = planned.field.address().filter(|_| changed) {
            session.books.note(Code::AddressRemovedInAc, Some(&item.subject), Some(address_name(slot)));
        }
    }
}

/// A value that gives way.
struct GivesWay {
    slot: String,
    side: Side,
    lost: String,
    instead: Fingerprint,
    why: Reason,
}

/// The values of one field that give way. Of an emptied field that gives way to a change there is no value; that it did
/// is kept all the same. What has no plain spelling cannot be kept, and goes to `unspelled`.
fn giving_way(session: &Session<'_>, item: &Item, planned: &Planned, unspelled: &mut Vec<String>) -> Vec<GivesWay> {
    let mapper = session.mapper();
    let cell = &planned.field.cell;
    let ac = planned.field.ac.unwrap_or(Fingerprint::EMPTY);
    let source = planned.source().map(|(slot, value)| (slot.key.clone(), value.unwrap_or(Fingerprint::EMPTY)));
    let mut all = Vec::new();
    for (slot, tribe, step) in planned.slots() {
        let (instead, is_conflict) = match step {
            Step::OverwriteInTribe => (ac, true),
            // What AC did not store of it never reached the other side.
            Step::WriteToTribe => (ac, was_never_stored(item, slot, tribe)),
            Step::LoseToSibling => (source.as_ref().map_or(Fingerprint::EMPTY, |(_, value)| *value), true),
            Step::Keep
            | Step::Agree(_)
            | Step::WriteToAdvocaatCentraal
            | Step::SettleBesideAdvocaatCentraal
            | Step::SettleApart
            | Step::StayApart(..) => continue,
        };
        let says_something = tribe.says.is_some_and(|says| says != Fingerprint::EMPTY);
        let is_written = step == Step::LoseToSibling || fits(session, item, cell, slot).is_ok();
        if (is_conflict || says_something) && is_written {
            let lost = match tribe.is_unreadable {
                true => mapper.unreadable_in_tribe(slot, &item.tribe),
                false => mapper.spelled_in_tribe(cell.row, slot, &item.tribe),
            };
            if tribe.is_unreadable && lost.is_none() {
                unspelled.push(slot.key.clone());
                continue;
            }
            let lost = lost.unwrap_or_default();
            let why = if is_conflict { Reason::Conflict } else { reason(instead) };
            all.push(GivesWay { slot: slot.key.clone(), side: Side::Tribe, lost, instead, why });
        }
    }
    if let Some((slot, instead)) = source
        && ac != Fingerprint::EMPTY
        && ac != instead
        && let Some(lost) = mapper.spelled_in_ac(cell, &item.ac)
    {
        all.push(GivesWay { slot, side: Side::AdvocaatCentraal, lost, instead, why: reason(instead) });
    }
    all
}

/// Whether AC was sent what Tribe says in a slot, and stored something else.
fn was_never_stored(item: &Item, slot: &SlotView, tribe: InTribe) -> bool {
    let otherwise = item.link.otherwise.get(&slot.key);
    otherwise.is_some_and(|of| of.by == Side::AdvocaatCentraal && Some(of.sent) == tribe.says)
}

fn reason(instead: Fingerprint) -> Reason {
    if instead == Fingerprint::EMPTY { Reason::Cleared } else { Reason::Overwritten }
}

/// Counts a loss that goes through in a cycle. What a person asked for is not counted.
fn count_loss(session: &mut Session<'_>, subject: &Subject, planned: &Planned) {
    let Some(treated) = planned.loss.filter(|treated| treated.how == Treatment::GoThrough) else { return };
    let column = planned.column(subject.of_kind(), treated.side);
    let brake = session.books.brake();
    let known = brake.losing(&column, treated.loss).is_some_and(|losing| losing.lost.contains_key(subject));
    if session.wish.cycle().is_none() || known || brake.standing(&column, treated.loss).is_some() {
        return;
    }
    let now = session.now();
    session.books.brake_mut().losing_mut(&column, treated.loss).lost.insert(subject.clone(), now);
}
