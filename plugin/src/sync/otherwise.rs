//! Success answered, and something else stored: what came of a write, by its answer or by the next reading.
//!
//! Such a difference is nobody's edit. It is noted with its field, stays in the link until either side changes, and has a
//! dead letter, with which a person has it sent again.

use std::time::Duration;

use crate::link::{Base, Fingerprint, Link, Side, Subject, UnderWay};
use crate::mapping::{CellView, SlotView, TribeField, rows};
use crate::relation::Instant;
use crate::set::Set;
use crate::sync::books::Retry;
use crate::sync::item::{Item, READ_LAG, may_lag};
use crate::sync::observation::{Observation, Observed, Reading, since_made};
use crate::sync::outcome::Stop;
use crate::sync::session::Session;
use crate::tribe::{Record, SinceMade};
use crate::wording::Code;

/// What is made along with a record is made within this time, by Tribe's clock.
const MADE_ALONG: Duration = Duration::from_secs(60);

/// A write that AC answered, but not as it must (D43).
pub(super) const ODD_ANSWERS: [Code; 2] = [Code::AnsweredOtherwise, Code::Redirected];

/// Takes what came of a write as the base of its slot, and notes a field that holds something else than was sent. The
/// value that stands there is neither taken back nor overwritten once more.
pub(super) fn took(session: &mut Session<'_>, item: &mut Item, (field, slot): (&str, &str), by: Side, base: Base) {
    if item.link.took(slot, by, base) {
        let sent = if by == Side::Tribe { base.ac } else { base.tribe };
        let code = if sent == Fingerprint::EMPTY { Code::NotCleared } else { Code::StoredOtherwise };
        session.books.note(code, Some(&item.subject), Some(field));
    }
}

/// Settles what became of values of which that was not known yet, by what both sides say now; and plans anew where that
/// changes anything.
pub(super) fn settle(session: &mut Session<'_>, item: &mut Item) {
    if item.is_halted || (item.link.under_way.is_empty() && item.link.sent.is_empty()) {
        return;
    }
    if agree_on_replaced(item) {
        item.make_plan(session);
    }
    let (mut settled, mut never_seen) = (Vec::new(), Vec::new());
    for field in &item.observation.fields {
        for (position, slot) in field.cell.slots.iter().enumerate() {
            match item.link.under_way.get(&slot.key) {
                Some(under_way) => match of_write(session, item, field, position, *under_way) {
                    Became::Unknown | Became::Unsaid => {}
                    Became::NeverSeen => never_seen.push((slot.key.clone(), under_way.sent)),
                    Became::NotShown(until) => {
                        item.halt(session, Code::NotVisibleYet, None, Retry::At(until));
                        item.make_plan(session);
                        return;
                    }
                    Became::SentAgainLater(code) => {
                        item.wait(session, code);
                        item.make_plan(session);
                        return;
                    }
                    Became::Plain => settled.push((field.cell.clone(), slot.clone(), None)),
                    Became::Arrived(base) | Became::Otherwise(base) => {
                        settled.push((field.cell.clone(), slot.clone(), Some((under_way.to, base))));
                    }
                },
                None => match of_create(session, item, field, position) {
                    Became::Otherwise(base) => {
                        settled.push((field.cell.clone(), slot.clone(), Some((Side::Tribe, base))));
                    }
                    Became::Unsaid => {
                        item.halt(session, Code::NoAnswer, None, Retry::Soon);
                        item.make_plan(session);
                        return;
                    }
                    Became::Unknown
                    | Became::NeverSeen
                    | Became::NotShown(_)
                    | Became::SentAgainLater(_)
                    | Became::Arrived(_)
                    | Became::Plain => {}
                },
            }
        }
    }
    if settled.is_empty() && never_seen.is_empty() {
        return;
    }
    for (slot, sent) in never_seen {
        item.link.was_never_seen(&slot, sent);
    }
    for (cell, slot, otherwise) in settled {
        let under_way = item.link.under_way.remove(&slot.key);
        if let Some((by, base)) = otherwise {
            took(session, item, (cell.row.name, &slot.key), by, base);
        }
        if let Some(UnderWay { to: Side::AdvocaatCentraal, sent, before, .. }) = under_way {
            let stored = otherwise.map_or(before, |(_, base)| base.ac);
            settle_siblings(&mut item.link, &cell, slot.key.as_str(), (sent, stored));
        }
    }
    item.make_plan(session);
}

/// An address that was made along with its record is as old as that one. A younger one in its place is a user's: both
/// sides had agreed on the first one, which was removed before it was ever read. Tells whether there is any.
fn agree_on_replaced(item: &mut Item) -> bool {
    let owner_made_at = item.tribe.relation.as_ref().and_then(Record::made_at);
    let is_younger = |slot: &SlotView| {
        let made_at = item.tribe.holder(slot).and_then(Record::made_at);
        let is_of_address = matches!(slot.field, TribeField::Address(..));
        is_of_address && owner_made_at.zip(made_at).is_some_and(|(owner, address)| address > owner.plus(MADE_ALONG))
    };
    let sent = item.observation.fields.iter().flat_map(Observed::slots).map(|(slot, _)| slot).filter(|slot| {
        let Link { sent, under_way, .. } = &item.link;
        sent.contains_key(&slot.key) && !under_way.contains_key(&slot.key)
    });
    let keys: Vec<String> = sent.filter(|slot| is_younger(slot)).map(|slot| slot.key.clone()).collect();
    keys.iter().for_each(|key| item.link.agree_on_sent(key));
    !keys.is_empty()
}

/// The siblings of a slot were settled beside the value that AC was sent: they stand beside what it has instead.
fn settle_siblings(link: &mut Link, cell: &CellView, slot: &str, (sent, stored): (Fingerprint, Fingerprint)) {
    for other in cell.slots.iter().filter(|other| other.key != slot) {
        if let Some(known) = link.bases.get(&other.key).copied().filter(|known| known.ac == sent && sent != stored) {
            link.settle(&other.key, Base { ac: stored, ..known });
        }
    }
}

/// Tribe shows what it was sent: what it held before is an edit of a user's when it shows again.
pub(super) fn forget_what_shows(
    session: &Session<'_>,
    subject: &Subject,
    mut link: Link,
    observation: &Observation,
) -> Result<(), Stop> {
    let known = link.under_way.len();
    let shows = |slot: &str, sent: Fingerprint| observation.tribe_says(slot) == Some(sent);
    link.under_way.retain(|slot, under_way| under_way.to != Side::Tribe || !shows(slot, under_way.sent));
    if link.under_way.len() == known { Ok(()) } else { Ok(session.state.save_link(subject, &link)?) }
}

/// What became of a value that was sent.
enum Became {
    /// Nothing tells yet.
    Unknown,
    /// It went along with a new record, which somebody changed before it could be read: a user emptied the field, or Tribe
    /// never took the value (D48).
    NeverSeen,
    /// Reads may show what was before until then.
    NotShown(Instant),
    /// It was not stored, and AC's answer was not what it must be: its dead letter says when it is sent again.
    SentAgainLater(Code),
    /// It stands there: both sides agreed on it then, whatever a user wrote at the other since.
    Arrived(Base),
    /// What both sides say now tells all.
    Plain,
    /// Something else is stored, and this is its base.
    Otherwise(Base),
    /// Something else stands there, and the answer lacks the stamp that tells whether a user put it there.
    Unsaid,
}

/// What became of a value that a write sent: of one that shows no effect the old value still stands; of another the part
/// that was not cut. Anything else is a user's edit.
fn of_write(session: &Session<'_>, item: &Item, field: &Observed, position: usize, under_way: UnderWay) -> Became {
    let UnderWay { to, sent, before, at, accepted, is_of_create } = under_way;
    let tribe = field.tribe.get(position).and_then(|tribe| tribe.says);
    // Where AC has no such address after all, its list of addresses says so.
    let not_kept = || session.observer().stored_in_ac(&field.cell, &item.ac).filter(|_| accepted);
    let ac = field.ac.or_else(not_kept);
    let (Some(slot), Some(ac), Some(tribe)) = (field.cell.slots.get(position), ac, tribe) else {
        return Became::Unknown;
    };
    let (source, target) = if to == Side::Tribe { (ac, tribe) } else { (tribe, ac) };
    // A list of AC's may be older than the write.
    if to == Side::AdvocaatCentraal && item.observation.reading == Reading::InList {
        return Became::Unknown;
    }
    if target == sent {
        return Became::Arrived(Base { ac: sent, tribe: sent });
    }
    if source != sent {
        return Became::Plain;
    }
    if is_of_create && target == Fingerprint::EMPTY && since_made(&item.tribe, slot) == SinceMade::Changed {
        return Became::NeverSeen;
    }
    let otherwise = Became::Otherwise(Base { ac, tribe });
    let is_cut = || session.mapper().is_cut(&field.cell, slot, &item.ac, (&item.tribe, &item.link)) == Some(to);
    match to {
        // Sent once more before it is stored, it would be stored twice.
        Side::AdvocaatCentraal if target == before && session.ac.stores_later() && may_lag(at, session.now()) => {
            Became::NotShown(at.plus(READ_LAG))
        }
        // Sent once more it would be accepted once more, and that answer tells nothing either.
        Side::AdvocaatCentraal if target == before && accepted => otherwise,
        Side::AdvocaatCentraal
            if target == before
                && let Some(code) = odd_answer(session, &item.subject) =>
        {
            Became::SentAgainLater(code)
        }
        Side::Tribe if target == before && may_lag(at, session.now()) => Became::NotShown(at.plus(READ_LAG)),
        Side::Tribe if target == before || is_cut() || is_as_written(item, slot, at) => otherwise,
        // That it was not carried out shows the same: it is sent once more, and its answer tells.
        Side::AdvocaatCentraal if target != before && is_cut() => otherwise,
        _ => Became::Plain,
    }
}

/// What the last write of that record was answered by, where that was not what it must be and its dead letter is not due.
fn odd_answer(session: &Session<'_>, subject: &Subject) -> Option<Code> {
    let letter = session.books.letter(subject)?;
    // One of a time that is still to come was written while this machine's clock was ahead.
    let is_due = letter.next_try.is_none_or(|next| next <= session.now()) || letter.tried > session.now();
    ODD_ANSWERS.into_iter().find(|code| !is_due && letter.code == code.as_str())
}

/// What became of the value with which a create filled a slot. Where Tribe holds something else that no user can have
/// put there, it stored that.
fn of_create(session: &Session<'_>, item: &Item, field: &Observed, position: usize) -> Became {
    let (Some(slot), Some(tribe)) = (field.cell.slots.get(position), field.tribe.get(position)) else {
        return Became::Unknown;
    };
    let sent = item.link.sent.get(&slot.key).filter(|_| !item.link.bases.contains_key(&slot.key));
    let (Some(sent), Some(tribe)) = (sent, tribe.says) else { return Became::Unknown };
    if tribe == sent.ac {
        return Became::Plain;
    }
    let is_cut = || {
        let says_the_same = field.ac == Some(sent.ac);
        says_the_same
            && session.mapper().is_cut(&field.cell, slot, &item.ac, (&item.tribe, &item.link)) == Some(Side::Tribe)
    };
    let otherwise = Became::Otherwise(Base { ac: sent.ac, tribe });
    match since_made(&item.tribe, slot) {
        SinceMade::Unsaid if sent.tribe == tribe => Became::Plain,
        SinceMade::Unchanged | SinceMade::Changed if tribe == Fingerprint::EMPTY => Became::Unknown,
        SinceMade::Unchanged => otherwise,
        SinceMade::Changed | SinceMade::Unsaid if tribe != Fingerprint::EMPTY && is_cut() => otherwise,
        SinceMade::Changed => Became::Plain,
        SinceMade::Unsaid => Became::Unsaid,
    }
}

/// Whether nobody changed the record that holds a slot since it was sent at that time. After a later write of our own the
/// record's stamp does not tell any more.
fn is_as_written(item: &Item, slot: &SlotView, sent_at: Instant) -> bool {
    let is_ours = |record: &Record| {
        let written = item.link.written.get(record.id()).filter(|written| written.at <= sent_at);
        written.is_some_and(|written| record.changed_at().is_some_and(|changed_at| changed_at <= written.stamp))
    };
    item.tribe.holder(slot).is_some_and(is_ours)
}

/// The fields of a record in which a system stores something else than it was sent.
fn fields(item: &Item) -> Set<&'static str> {
    let slots = item.link.otherwise.keys();
    slots.filter_map(|slot| rows(&item.subject).find(|row| row.has_slot(slot)).map(|row| row.name)).collect()
}

/// Whether the dead letter of a record, if it has one, is only about what is stored otherwise.
pub(super) fn is_all_of_letter(session: &Session<'_>, subject: &Subject) -> bool {
    let letter = session.books.letter(subject);
    letter.is_none_or(|letter| letter.code == Code::StoredOtherwise.as_str() && letter.next_try.is_none())
}

/// Gives a record of which all else went through its dead letter, or takes it away.
pub(super) fn keep_letter(session: &mut Session<'_>, item: &Item) {
    if item.link.otherwise.is_empty() {
        session.books.remove_dead_letter(&item.subject);
    } else {
        keep_letter_of_some(session, item);
    }
}

/// The dead letter of a record names what is stored otherwise, and rests until a person asks or the record changes.
pub(super) fn keep_letter_of_some(session: &mut Session<'_>, item: &Item) {
    let fields = &fields(item);
    if fields.is_empty() {
        return;
    }
    let known = session.books.letter(&item.subject).map(|letter| &letter.fields);
    let is_known = known.is_some_and(|known| known.iter().map(String::as_str).eq(fields.iter().copied()));
    if !is_known || !is_all_of_letter(session, &item.subject) {
        session.books.rest(session.now(), &item.subject, Code::StoredOtherwise, fields);
    }
}
