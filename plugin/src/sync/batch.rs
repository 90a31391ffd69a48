//! A batch of AC records, all the way: see [`bring_together`].

use crate::advocaatcentraal::OddityKind;
use crate::link::{Part, Pause, Stream, Subject, ToldAddress};
use crate::mapping::{AcRecord, GENDER_FIELD, address_name};
use crate::sync::adopt::adopt;
use crate::sync::agree::agree;
use crate::sync::books::is_refusal;
use crate::sync::create::create;
use crate::sync::find_again::find_again;
use crate::sync::item::{Batch, Item};
use crate::sync::observation::Reading;
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::overlap::after_sweep_found;
use crate::sync::scope::{self, Scope, Why};
use crate::sync::session::Session;
use crate::sync::{
    losses, new_addresses, otherwise, read_advocaatcentraal, read_tribe, write_advocaatcentraal, write_tribe,
};
use crate::wording::Code;

/// Which sides of a record are compared whose AC side did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// AC's alone: such a record costs no Tribe call.
    AdvocaatCentraal,
    /// Both.
    BothSides,
}

/// Brings both sides of these records together, and counts each.
pub(super) fn sync(session: &mut Session<'_>, records: Vec<(AcRecord, Reading)>, compare: Compare) -> Result<(), Stop> {
    let mut items = Vec::new();
    for record in records {
        let Some(item) = scoped(session, record)? else { continue };
        if has_work(session, &item, compare) { items.push(item) } else { close(session, item)? }
    }
    if items.is_empty() {
        return Ok(());
    }
    let mut batch = Batch::of(items);
    let result = bring_together(session, &mut batch);
    for mut item in batch.into_items() {
        match (&result, item.verdict) {
            (Ok(()), _) => close(session, item)?,
            (Err(_), verdict) => {
                // What was told of it keeps its dead letter, since nothing else may bring it back; one that is due stays due.
                let is_due = session.books.letter(&item.subject).is_some_and(|letter| letter.next_try.is_some());
                let is_refused = item.refused_fields(session).is_some();
                if verdict != Verdict::DeadLettered && !is_due && !is_refused {
                    otherwise::keep_letter_of_some(session, &item);
                }
                // What a stop left untouched is not counted: it will be read again.
                if verdict != Verdict::Unchanged {
                    item.save(session)?;
                    session.books.count(verdict);
                }
            }
        }
    }
    result
}

/// The way itself. Each step leaves out what an earlier one halted.
fn bring_together(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    // What is gone in Tribe may show again.
    find_again(session, batch)?;
    // What stands there already is found by its marker, and what does not is made.
    adopt(session, batch)?;
    create(session, batch)?;
    // Both sides are observed, and from that it follows what is to be done.
    read_tribe::read_batch(session, batch)?;
    for (_, item) in batch.active_mut() {
        item.observe_tribe(session);
        otherwise::settle(session, item);
    }
    losses::foresee(session, batch);
    read_advocaatcentraal::read_what_is_written(session, batch)?;
    batch.active_mut().for_each(|(_, item)| otherwise::settle(session, item));
    // What gives way is durable before anything is written.
    for (_, item) in batch.active_mut() {
        agree(session, item)?;
    }
    session.flush()?;
    for (_, item) in batch.active_mut() {
        write_advocaatcentraal::write(session, item)?;
    }
    read_tribe::read_before_writing(session, batch)?;
    write_tribe::write(session, batch)?;
    losses::remember(session, batch)
}

/// An item with its scope and its link; none for a relation of a kind that is not known.
fn scoped(session: &mut Session<'_>, (record, reading): (AcRecord, Reading)) -> Result<Option<Item>, Stop> {
    let Some(subject) = record.subject() else {
        session.books.count(Verdict::Skipped);
        session.books.note(Code::FieldNotUnderstood, None, Some("soort"));
        return Ok(None);
    };
    if reading == Reading::Single {
        session.learn_of_empties(&record)?;
    }
    for oddity in record.common().oddities() {
        let code = match oddity.kind {
            OddityKind::Several => Code::SeveralOfOne,
            OddityKind::SeveralAtOne => Code::SeveralFunctions,
            OddityKind::LostZero => Code::LostZero,
            OddityKind::NotUnderstood | OddityKind::UnknownValue => Code::FieldNotUnderstood,
        };
        session.books.note(code, Some(&subject), Some(oddity.member));
    }
    let link = session.state.link(&subject)?;
    if link.is_damaged {
        session.tell_damaged(&subject);
        return Ok(None);
    }
    let scope = match &record {
        _ if session.is_forgotten(&subject) => Scope::Outside(Why::Forgotten),
        _ if scope::is_of_other_kind(session, &subject, &link)? => Scope::Outside(Why::OtherKind),
        AcRecord::Relatie(relatie) => scope::of_relation(session, &subject, relatie),
        AcRecord::Contactpersoon(person) => scope::of_contact_person(session, person)?,
    };
    if !matches!(scope, Scope::Outside(_)) {
        scope::note_addresses_without_slot(session, &subject, &record);
        let gender = session.mapper().gender_without_row(&record);
        if let Some(gender) = gender.filter(|_| session.settings.direction(GENDER_FIELD).is_some()) {
            session.tell_gender_without_row(gender, GENDER_FIELD)?;
        }
    }
    let mut item = Item::new(session.observer(), subject, (record, reading), scope, link);
    if !item.link.is_new() {
        item.take_types();
    }
    Ok(Some(item))
}

/// Whether anything may have to be done.
fn has_work(session: &Session<'_>, item: &Item, compare: Compare) -> bool {
    if matches!(item.scope, Scope::Outside(_)) {
        return false;
    }
    // What is held shows only where both sides are compared, and so does that it is no longer lost.
    if compare == Compare::BothSides || session.books.brake().holds(&item.subject) {
        return true;
    }
    if item.link.is_gone(&Part::Relation) {
        return false;
    }
    let refused = session.books.letter(&item.subject).and_then(|letter| letter.refused);
    if refused.is_some() && item.fingerprint(session.observer()) == refused {
        return false;
    }
    let is_unchanged = item.observation.is_unchanged_in_ac(&item.link);
    // It may say again what both sides agreed on: then its letter ends.
    let is_no_longer_refused = refused.is_some();
    let goes_on = item.link.paused.is_some() || item.is_back_at_an_organisation();
    goes_on || is_no_longer_refused || !item.missing().is_empty() || !is_unchanged
}

/// What the sweep finds in AC and no list will show any more came later than lists are read again: from now on they are
/// read again from further back.
fn widen_overlap(session: &Session<'_>, item: &Item) -> Result<(), Stop> {
    let stream = match &item.ac {
        AcRecord::Relatie(_) => Stream::Relaties,
        AcRecord::Contactpersoon(_) => Stream::Contactpersonen,
    };
    let cursor = session.state.cursor(stream)?;
    match item.ac.common().gewijzigd().and_then(|stamp| after_sweep_found(&cursor, stamp.instant())) {
        Some(wider) => Ok(session.state.save_cursor(stream, &wider)?),
        None => Ok(()),
    }
}

/// Notes a relation that is synced since its type is mapped, or is again: one note for each, so that a host can count.
fn tell_brought_in(session: &mut Session<'_>, item: &Item) {
    let is_relation = !matches!(item.subject, Subject::ContactPerson(_));
    let is_made = session.brings_in && item.verdict == Verdict::Created;
    if is_relation && (is_made || item.link.paused == Some(Pause::Unmapped)) {
        session.books.note(Code::BroughtIn, Some(&item.subject), None);
    }
}

/// Notes a name that stands in several fields of Tribe's (D13), once as long as that lasts.
fn tell_split(session: &mut Session<'_>, item: &mut Item) {
    // Only what was read of Tribe tells that it ended.
    if item.tribe.relation.is_none() {
        return;
    }
    let split = item.observation.split();
    if let Some(field) = split.filter(|_| !item.link.is_split) {
        session.books.note(Code::NameSplit, Some(&item.subject), Some(field));
    }
    item.link.is_split = split.is_some();
}

/// Tells of addresses that are gone in Tribe, and of slots that hold the address of another; once as long as it lasts.
fn tell_addresses(session: &mut Session<'_>, item: &mut Item) {
    // Only what was seen of Tribe tells that it ended.
    let is_seen = item.tribe.relation.is_some() && !(item.is_halted && item.plan.is_empty());
    if !is_seen {
        return;
    }
    let told = item.observation.told_addresses();
    for (slot, what) in told.iter().filter(|(slot, what)| item.link.told_addresses.get(slot) != Some(*what)) {
        let code = match what {
            ToldAddress::Removed => Code::AddressGoneInTribe,
            ToldAddress::Shared => Code::AddressShared,
        };
        // What AC has not either is gone on both sides.
        if *what == ToldAddress::Shared || item.observation.stands_in_ac(*slot) {
            session.books.note(code, Some(&item.subject), Some(address_name(*slot)));
        }
    }
    item.link.told_addresses = told;
}

/// Counts an item, removes its dead letter if it went through, and makes its link durable.
fn close(session: &mut Session<'_>, mut item: Item) -> Result<(), Stop> {
    match item.scope {
        Scope::Outside(why) => {
            if !item.link.is_new() {
                let was_paused = item.link.paused.is_some();
                item.link.paused = why.pause().or(item.link.paused);
                if item.link.paused.is_some() && !was_paused {
                    session.books.note(Code::Paused, Some(&item.subject), None);
                }
            }
            item.reached(Verdict::Skipped);
        }
        Scope::Relation(_) | Scope::Contacts(_) if item.link.is_gone(&Part::Relation) => {
            item.reached(Verdict::Skipped);
        }
        Scope::Relation(_) | Scope::Contacts(_) => {
            item.observation.tell(&item.subject, &mut session.books);
            tell_split(session, &mut item);
            tell_brought_in(session, &item);
            tell_addresses(session, &mut item);
            new_addresses::look(&mut item, session.now());
            item.link.paused = None;
            if let Scope::Contacts(organisations) = &item.scope {
                let linked = item.link.organisations().into_iter();
                item.link.resting = linked.filter(|at| !organisations.contains_key(at)).collect();
            }
            if !item.is_halted {
                // Of a record that still rests as it was refused nothing was compared.
                if item.tribe.relation.is_some() {
                    item.link.read_as = session.rules.changes;
                    let is_whole = item.plan.iter().all(|field| field.held().is_none() && field.waits.is_none());
                    let Item { link, observation, .. } = &mut item;
                    link.settle_sent(is_whole, |slot| observation.tribe_says(slot).is_some());
                }
                item.forget_what_changed();
            }
            item.link.forget_what_is_not_otherwise();
        }
    }
    item.save(session)?;
    // A dead letter ends when both sides were looked at and nothing is left to do, not when AC shows the record as it
    // was.
    let has_letter = session.books.letter(&item.subject).is_some();
    let is_unseen = item.verdict == Verdict::Unchanged && item.tribe.relation.is_none();
    // Nor where a side gets nothing for now: what it may refuse again was not sent.
    let waits = item.plan.iter().any(|field| field.waits.is_some());
    if has_letter && (is_unseen || waits) && !otherwise::is_all_of_letter(session, &item.subject) {
        item.reached(Verdict::DeadLettered);
    }
    let refused = item.refused_fields(session).filter(|_| item.verdict != Verdict::DeadLettered);
    match refused {
        // What was refused before and is not sent again keeps its letter; it goes before what is stored otherwise, and
        // takes the place of what went through by now.
        Some((code, fields)) if !session.books.letter(&item.subject).is_some_and(is_refusal) => {
            item.dead_letter_refused(session, code, &fields, true);
        }
        Some((code, fields)) => {
            session.books.name_refused(&item.subject, code, &fields);
            // It is not the record any more that was refused whole: said again, that is news.
            if item.tribe.relation.is_some() {
                let now = item.fingerprint(session.observer());
                session.books.was_looked_at(&item.subject, now);
            }
            item.reached(Verdict::DeadLettered);
        }
        None if item.verdict != Verdict::DeadLettered => otherwise::keep_letter(session, &item),
        None => {}
    }
    if session.is_sweep && matches!(item.verdict, Verdict::Created | Verdict::Updated) {
        session.books.note(Code::FoundBySweep, Some(&item.subject), None);
        widen_overlap(session, &item)?;
    }
    if item.waits_for_decision && item.verdict == Verdict::Unchanged {
        session.books.counted_later += 1;
    } else {
        session.books.count(item.verdict);
    }
    Ok(())
}
