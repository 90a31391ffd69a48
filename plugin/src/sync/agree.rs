//! What both sides agree on goes into the link, and what gives way is kept.
//!
//! Whatever a plan is about to clear or overwrite, on either side, is kept here and nowhere else, before it is written.

use crate::link::{Fingerprint, Kept, Reason, RefusedBy, Side, Subject, WhyApart};
use crate::mapping::address_name;
use crate::plan::{Direction, Step};
use crate::set::Set;
use crate::stored::Later;
use crate::sync::brake::Treatment;
use crate::sync::edits::fits;
use crate::sync::item::Item;
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
        let mut unspelled = Vec::new();
        let gives_way = giving_way(session, item, planned, &mut unspelled);
        if !unspelled.is_empty() {
            session.books.note(Code::UnreadableGaveWay, Some(&item.subject), Some(planned.name()));
        }
        for gives_way in gives_way {
            let kept = to_keep(session, item, planned, gives_way);
            session.books.keep(&session.key, kept, planned.name());
        }
        count_loss(session, &item.subject, planned);
    }
}

/// Values of these slots were refused: what was kept for them stands in its place still, and is kept no longer. Of a field
/// that was emptied it stays, since the next plan may not know any more that it was.
pub(super) fn nothing_gave_way(session: &mut Session<'_>, item: &Item, slots: &Set<&str>, refused_by: RefusedBy) {
    for planned in &item.plan {
        let source = planned.source().map(|(slot, _)| slot.key.as_str());
        for gives_way in giving_way(session, item, planned, &mut Vec::new()) {
            let sent = match refused_by {
                RefusedBy::Tribe if gives_way.side == Side::Tribe => Some(gives_way.slot.as_str()),
                RefusedBy::Tribe => None,
                RefusedBy::AdvocaatCentraal => source,
            };
            if sent.is_some_and(|slot| slots.contains(&slot)) && !gives_way.lost.is_empty() {
                let kept = to_keep(session, item, planned, gives_way);
                session.books.keep_no_longer(&session.key, &kept);
            }
        }
    }
}

fn to_keep(session: &Session<'_>, item: &Item, planned: &Planned, gives_way: GivesWay) -> Kept {
    let is_turned = planned.loss.is_some_and(|treated| treated.how == Treatment::TurnAround);
    let reason = (is_turned || session.gives_back).then_some(Reason::GivenBack);
    let GivesWay { slot, side, lost, instead, why } = gives_way;
    let (subject, at, later) = (item.subject.clone(), session.now(), Later::default());
    Kept { subject, slot, side, lost, instead, reason: reason.unwrap_or(why), at, later }
}

/// Notes an address that AC has no more: it stays in Tribe, and AC's removal stands, whatever was changed in Tribe (D2).
/// Once, since both sides agree on that from then on.
fn tell_removed_addresses(session: &mut Session<'_>, item: &Item) {
    for planned in item.plan.iter().filter(|planned| planned.lacking == Some(Lacking::RemovedInAc)) {
        let is_new = planned.slots().any(|(.., step)| matches!(step, Step::Agree(_)));
        if let Some(slot) = planned.field.address().filter(|_| is_new) {
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
            // What AC did not store, and what stays beside a sibling, never reached the other side.
            Step::WriteToTribe => {
                let stays = item.link.why_apart(&slot.key) == Some(WhyApart::Sibling);
                (ac, stays || item.link.was_not_stored_in_ac(&slot.key, tribe.says))
            }
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
