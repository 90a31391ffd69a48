//! I6: no edit of a user's is lost without a word.

mod place;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use advocaatcentraal_tribe::link::{Kept, OfficeState, Reason, WhyApart};
use advocaatcentraal_tribe::sync::records;
use advocaatcentraal_tribe::wording::Code;
use sandbox::Tribe;
use sandbox::advocaatcentraal::Empties;

use super::otherwise::{is_altered_in_ac, is_altered_in_tribe, is_not_in_one_line, is_told};
use super::{Broken, Excuse, Invariant, broken};
use crate::World;
use crate::manual::{self, Field, Who};
use crate::world::Saying;

/// The place of a [`Saying`] in AC.
const AC: &str = "AC";

/// Every last word of a user on a field stands in AC at rest, and by I14 in Tribe too, or has an excuse.
pub fn every_edit_is_kept(world: &World) -> Option<Broken> {
    let kept = records::kept(world.ports(), &world.read_settings()).unwrap_or_default();
    let kept: Vec<Kept> = kept.into_iter().map(|(_, kept)| kept).collect();
    let said = world.watch.said.borrow().clone();
    let before_loss = world.watch.said_before_loss();
    for (number, saying) in said.iter().enumerate() {
        if said.iter().skip(number + 1).any(|later| is_same_place(later, saying)) {
            continue;
        }
        let is_before_loss = number < before_loss;
        let known = if is_before_loss { said.as_slice() } else { said.get(before_loss..).unwrap_or_default() };
        match judge(world, saying, known, &kept) {
            Verdict::Kept => {}
            Verdict::Excused(excuse) => world.watch.excuse(excuse),
            Verdict::Lost if is_before_loss => world.watch.excuse(Excuse::EditBeforeStateLost),
            Verdict::Lost => {
                let Saying { who, field, place, value, before, .. } = saying;
                let what = format!("{field} of {}: {before:?} became {value:?} at {place}, and is lost", who.marker());
                return Some(broken(Invariant::I6, what));
            }
        }
    }
    None
}

fn is_same_place(one: &Saying, other: &Saying) -> bool {
    one.who == other.who && one.field == other.field && one.at == other.at && one.place == other.place
}

/// What became of a user's last word on a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// AC has the value.
    Kept,
    /// AC does not have it, for a reason that is accepted.
    Excused(Excuse),
    /// AC does not have it, and nothing explains why.
    Lost,
}

/// Judges one word. `said` holds every word that the connector's state can know of.
fn judge(world: &World, saying: &Saying, said: &[Saying], kept: &[Kept]) -> Verdict {
    let (record, field) = match place::of(world, saying) {
        Ok(found) => found,
        Err(excuse) => return Verdict::Excused(excuse),
    };
    let (ac, tribe) = (world.ac.borrow(), world.tribe.borrow());
    let now = field.in_ac(&record, saying.at.as_deref(), &tribe);
    if now.contains(&saying.value) {
        return Verdict::Kept;
    }
    let history = ac.known_record(saying.who.list, &saying.who.id);
    let versions = |value: &str| {
        let versions = history.iter().flat_map(|record| record.versions());
        let values = versions.map(|version| field.in_ac(version.fields(), saying.at.as_deref(), &tribe));
        values.filter(|found| says(found, value)).count()
    };
    // AC's answers do not show that it was emptied: an edit in Tribe takes the place of a value that stands there.
    let leaves_empties_out = ac.variants().empties == Empties::LeftOut;
    let unseen = || {
        let is_unseen = saying.place == AC && saying.value.is_empty() && leaves_empties_out;
        is_unseen.then_some(Excuse::AbsentMember)
    };
    let not_stored = || {
        let is_so = saying.place != AC && is_altered_in_ac(world, field) && is_told(world, &saying.who, field.name);
        is_so.then_some(Excuse::NotStoredInAc)
    };
    // What AC emptied was never in Tribe either: both are empty then, and what a user of Tribe enters later is new.
    let never_there = || {
        let is_so = saying.place == AC && saying.value.is_empty() && is_altered_in_tribe(world, field);
        is_so.then_some(Excuse::NeverInTribe)
    };
    let no_line = || {
        let is_so = saying.place != AC && is_not_in_one_line(world, &saying.who, field);
        is_so.then_some(Excuse::NotInOneLine)
    };
    let stays = || left_apart(world, saying, field);
    let excuse = in_conflict(saying, field, kept, &tribe)
        .or_else(|| of_later_word(saying, said, is_kept(saying, field, kept, &tribe)))
        .or_else(stays)
        .or_else(|| {
            let is_safe = saying.value.is_empty() || is_kept(saying, field, kept, &tribe);
            sibling_replaced(world, saying, said, &now).filter(|_| is_safe)
        })
        .or_else(|| {
            let is_safe = is_kept(saying, field, kept, &tribe);
            shortened_and_sent_again(world, saying, &now).filter(|_| is_safe)
        })
        .or_else(|| of_emptied(saying, &now))
        .or_else(unseen)
        .or_else(not_stored)
        .or_else(no_line)
        .or_else(never_there)
        .or_else(|| {
            if saying.place == AC {
                of_ac(saying, said, versions(&saying.value), &world.watch.written.borrow())
            } else {
                of_tribe(saying, said, versions, &world.watch.unseen.borrow())
            }
        });
    excuse.map_or(Verdict::Lost, Verdict::Excused)
}

/// Whether a record that has these values at a place says that one. A record without the member has it empty.
fn says(found: &[String], value: &str) -> bool {
    found.iter().any(|of| of == value) || (found.is_empty() && value.is_empty())
}

/// Whether the value stands in Tribe where it was written, and the connector's state says that it is left there.
fn left_apart(world: &World, saying: &Saying, field: &Field) -> Option<Excuse> {
    let (id, property) = saying.place.split_once('.')?;
    let tribe = world.tribe.borrow();
    let stands = field.in_tribe(&tribe.entity(id.parse().ok()?)?, property, &tribe) == saying.value;
    let state = OfficeState::new(&world.store, "12345");
    let links = saying.who.subjects().into_iter().filter_map(|subject| state.link(&subject).ok());
    let why = links.into_iter().find_map(|link| {
        let mut slots = link.apart.keys().filter(|slot| slot.starts_with(field.name));
        slots.find_map(|slot| link.why_apart(slot))
    })?;
    stands.then_some(match why {
        WhyApart::Sibling => Excuse::SiblingStays,
        WhyApart::OneWay | WhyApart::Setting => Excuse::AgreedBySetting,
    })
}

/// A value in Tribe that stood beside AC's at another place, and over which a later word in AC went. Or a field that AC's
/// user emptied, beside which a value stood so, until a user of Tribe wrote there what AC has `now`.
fn sibling_replaced(world: &World, saying: &Saying, said: &[Saying], now: &[String]) -> Option<Excuse> {
    let stayed = world.watch.was_told(Code::SiblingStays, &saying.who.id, saying.field);
    let is_later = |other: &&Saying| {
        other.who == saying.who
            && other.field == saying.field
            && other.when > saying.when
            && (other.place == AC) != (saying.place == AC)
    };
    let mut later = said.iter().filter(is_later);
    let is_replaced = match saying.place == AC {
        true => saying.value.is_empty() && later.any(|other| now.contains(&other.value)),
        false => later.next().is_some(),
    };
    (stayed && is_replaced).then_some(Excuse::SiblingReplaced)
}

/// The beginning of ours that a user of AC left, in place of which ours stands `now` once more: the connector told it as
/// what AC stores, so that a person had ours sent again.
fn shortened_and_sent_again(world: &World, saying: &Saying, now: &[String]) -> Option<Excuse> {
    let is_beginning = !saying.value.is_empty() && saying.before.starts_with(&saying.value);
    let is_told = || world.watch.was_told(Code::StoredOtherwise, &saying.who.id, saying.field);
    (saying.place == AC && is_beginning && now.contains(&saying.before) && is_told())
        .then_some(Excuse::ShortenedInAcOnce)
}

fn in_conflict(saying: &Saying, field: &Field, kept: &[Kept], tribe: &Tribe) -> Option<Excuse> {
    let mut conflicts = kept.iter().filter(|kept| kept.reason == Reason::Conflict);
    conflicts.any(|conflict| is_lost(saying, field, conflict, tribe)).then_some(Excuse::InConflict)
}

/// Whether the connector keeps the value, for whatever reason.
fn is_kept(saying: &Saying, field: &Field, kept: &[Kept], tribe: &Tribe) -> bool {
    kept.iter().any(|kept| is_lost(saying, field, kept, tribe))
}

fn is_lost(saying: &Saying, field: &Field, kept: &Kept, tribe: &Tribe) -> bool {
    kept.subject.id() == saying.who.id
        && kept.slot.starts_with(field.name)
        && manual::plain(field.form, &kept.lost, tribe) == saying.value
}

/// The excuses of a word after which a user of the other side wrote another, before it had travelled.
fn of_later_word(saying: &Saying, said: &[Saying], is_kept: bool) -> Option<Excuse> {
    let is_later = |other: &&Saying| {
        other.who == saying.who
            && other.field == saying.field
            && other.when > saying.when
            && other.place != saying.place
    };
    let mut later = said.iter().filter(is_later);
    if saying.place == AC {
        return later.any(|_| is_kept).then_some(Excuse::ReplacedLater);
    }
    (saying.value.is_empty() && later.any(|other| other.place == AC)).then_some(Excuse::FilledLater)
}

/// The excuses of a field that a user emptied; `now` is what AC has.
fn of_emptied(saying: &Saying, now: &[String]) -> Option<Excuse> {
    if !saying.value.is_empty() {
        return None;
    }
    if now.is_empty() {
        return Some(Excuse::AbsentMember);
    }
    (!saying.known).then_some(Excuse::NothingAgreed)
}

/// Whether both name one record of AC's: a contact person who stands below several relations has a name below each.
fn is_one_record(one: &Who, other: &Who) -> bool {
    let own = |who: &Who| who.id.split_once('/').map(|(_, own)| own.to_owned());
    one == other || (one.list == other.list && own(one).is_some() && own(one) == own(other))
}

/// The excuses of a word in Tribe. `versions` counts the versions of the record in AC that have a value.
fn of_tribe(
    saying: &Saying,
    said: &[Saying],
    versions: impl Fn(&str) -> usize,
    unseen: &BTreeSet<(String, String)>,
) -> Option<Excuse> {
    if versions(&saying.value) > 0 {
        return Some(Excuse::OnceInAc);
    }
    if unseen.contains(&(saying.place.clone(), saying.value.clone())) {
        return Some(Excuse::UnseenEdit);
    }
    let before = said.iter().rev().find(|other| other.place == saying.place && other.when < saying.when)?;
    let is_changed_back = before.before == saying.value && versions(&before.value) == 0;
    is_changed_back.then_some(Excuse::ChangedBackInTribe)
}

/// The excuses of a word in AC. `versions` of the record there have its value; `written` went to Tribe.
fn of_ac(
    saying: &Saying,
    said: &[Saying],
    versions: usize,
    written: &BTreeSet<(Who, &'static str, String)>,
) -> Option<Excuse> {
    let mut all = written.iter();
    if all
        .any(|(who, field, value)| is_one_record(who, &saying.who) && *field == saying.field && *value == saying.value)
    {
        return Some(Excuse::OnceInTribe);
    }
    let is_in_tribe_too = said.iter().any(|other| {
        other.place != AC && other.who == saying.who && other.field == saying.field && other.value == saying.value
    });
    if is_in_tribe_too {
        return Some(Excuse::WrittenInTribeToo);
    }
    (versions > 1).then_some(Excuse::ChangedBackInAc)
}
