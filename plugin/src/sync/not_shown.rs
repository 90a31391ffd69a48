//! A linked record that Tribe does not show: it was removed by a user, it does not show yet, or Tribe shows nothing at
//! all. What that means stands in `absence`.

use crate::link::{Link, Part, PartState, Subject};
use crate::relation::{Instant, RelatieId, TribeId};
use crate::sync::absence::Meaning;
use crate::sync::books::Retry;
use crate::sync::item::{Item, READ_LAG, may_lag};
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::{Scope, kind};
use crate::sync::session::Session;
use crate::tribe::{Entity, Record};
use crate::wording::Code;

/// Tells what it means that parts of an item did not show, or stand elsewhere, and leaves those alone.
pub(super) fn explain(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    for (organisation, id) in moved_contacts(item) {
        item.tribe.contacts.remove(&organisation);
        session.books.note(Code::ContactMoved, Some(&item.subject), None);
        mark(session, item, &Part::Contact(organisation), id)?;
    }
    let unseen = unseen_parts(item);
    if unseen.is_empty() {
        return shows(session, &item.subject, &item.link);
    }
    for (part, id) in unseen {
        match stands(session, item, &part, &id)? {
            Answer::No => {}
            Answer::Shown(record) => {
                item.tribe.take(&part, record);
                continue;
            }
            Answer::Young(until) => {
                item.halt(session, Code::NotVisibleYet, None, Retry::At(until));
                return Ok(());
            }
            Answer::None => {
                item.halt(session, Code::NoAnswer, None, Retry::Soon);
                return Ok(());
            }
        }
        match does_not_show(session, &item.subject)? {
            Meaning::Again(at) => {
                item.halt(session, Code::NotShown, None, Retry::At(at));
                return Ok(());
            }
            Meaning::Unbelieved => {
                leave_alone(session, item);
                return Ok(());
            }
            Meaning::Gone => {
                session.books.note(Code::GoneInTribe, Some(&item.subject), None);
                mark(session, item, &part, id)?;
            }
        }
        if part == Part::Relation {
            item.is_halted = true;
            item.reached(Verdict::Skipped);
            return Ok(());
        }
    }
    Ok(())
}

/// Tribe showed a record: it is missed no more, unless a part of it is gone.
pub(super) fn shows(session: &mut Session<'_>, subject: &Subject, link: &Link) -> Result<(), Stop> {
    if !session.books.absences().records.contains_key(subject) || link.is_any_gone() {
        return Ok(());
    }
    let linked = if session.books.absences().is_held() { session.linked()? } else { usize::MAX };
    session.books.absences_mut().shows_again(subject, linked);
    Ok(())
}

/// Marks a part as gone.
fn mark(session: &mut Session<'_>, item: &mut Item, part: &Part, id: TribeId) -> Result<(), Stop> {
    let since = session.now();
    item.link.parts.insert(part.clone(), PartState::Gone { id, since });
    session.books.absences_mut().is_gone(&item.subject, since);
    item.save(session)
}

/// The contact relationships that a user moved to another organisation, by the one where AC has them.
fn moved_contacts(item: &Item) -> Vec<(RelatieId, TribeId)> {
    let Scope::Contacts(organisations) = &item.scope else { return Vec::new() };
    let is_elsewhere = |(organisation, record): &(&RelatieId, &Record)| {
        let stands_at = record.linked("Relation");
        stands_at.is_some() && stands_at.as_ref() != organisations.get(*organisation)
    };
    let known = item.tribe.contacts.iter().filter(|(organisation, _)| organisations.contains_key(*organisation));
    known.filter(is_elsewhere).map(|(organisation, record)| (organisation.clone(), record.id().clone())).collect()
}

/// Whether Tribe has a record that no list showed.
enum Answer {
    /// It does, and shows it by itself.
    Shown(Record),
    /// It may, and does not show it yet: by that instant it does.
    Young(Instant),
    No,
    None,
}

fn stands(session: &mut Session<'_>, item: &Item, part: &Part, id: &TribeId) -> Result<Answer, Stop> {
    if let Some(PartState::Linked { since, .. }) = item.link.parts.get(part)
        && may_lag(*since, session.now())
    {
        return Ok(Answer::Young(since.plus(READ_LAG)));
    }
    // Where Tribe shows so little, one more question for each record tells nothing.
    if session.books.absences().is_held() {
        return Ok(Answer::No);
    }
    let entity = match part {
        Part::Contact(_) => Entity::Contact,
        Part::Relation | Part::Role(_) | Part::Address(_) => kind(&item.subject).entity(),
    };
    match session.tribe.read_one(entity, id) {
        Ok(record) => {
            session.health.was_read();
            Ok(record.map_or(Answer::No, Answer::Shown))
        }
        Err(failure) => session.was_not_read(failure, System::Tribe).map(|()| Answer::None),
    }
}

fn does_not_show(session: &mut Session<'_>, subject: &Subject) -> Result<Meaning, Stop> {
    let now = session.now();
    // Counting the links reads every key of the store.
    let matters = session.books.absences().are_more_than_a_handful(now);
    let linked = if matters { session.linked()? } else { usize::MAX };
    let meaning = session.books.absences_mut().not_shown(subject, now, linked);
    if meaning == Meaning::Unbelieved {
        session.books.note(Code::ManyNotShown, None, None);
    }
    Ok(meaning)
}

/// Nothing is written to a record whose absence is not believed. What changed in AC meanwhile is tried again.
fn leave_alone(session: &mut Session<'_>, item: &mut Item) {
    let waits = !item.observation.is_unchanged_in_ac(&item.link) || session.books.letter(&item.subject).is_some();
    if waits {
        item.halt(session, Code::NotShown, None, Retry::Soon);
    } else {
        item.is_halted = true;
        item.reached(Verdict::Skipped);
    }
}

/// The linked parts of an item that did not show.
fn unseen_parts(item: &Item) -> Vec<(Part, TribeId)> {
    let is_unseen = |part: &Part| match part {
        Part::Relation => item.tribe.relation.is_none(),
        Part::Contact(organisation) => !item.tribe.contacts.contains_key(organisation),
        Part::Role(_) | Part::Address(_) => false,
    };
    let unseen = item.link.all_linked().filter(|(part, _)| is_unseen(part));
    unseen.map(|(part, id)| (part.clone(), id.clone())).collect()
}
