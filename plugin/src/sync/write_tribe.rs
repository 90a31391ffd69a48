//! Writing to Tribe what AC's users changed, and storing the bases as Tribe returned the values.

use litemap::LiteMap;

use crate::answer::Failure;
use crate::link::{Base, DeepInsert, Fingerprint, Part, RefusedBy, Side, UnderWay, Written};
use crate::mapping::{TribeField, TribeSide};
use crate::relation::{Instant, TribeId, Unreadable};
use crate::set::Set;
use crate::sync::agree::nothing_gave_way;
use crate::sync::books::Retry;
use crate::sync::doubt::Doubt;
use crate::sync::edits::{Edits, Filled, Target};
use crate::sync::item::{Batch, Item, Place, may_lag};
use crate::sync::otherwise::took;
use crate::sync::outcome::{Stop, System, Verdict, WriteResult};
use crate::sync::read_tribe::read_and_judge;
use crate::sync::scope::kind;
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Create, Entity, Record, Stored, Update};
use crate::wording::Code;

/// A write to one Tribe record, with the slots that it fills.
struct Write {
    place: Place,
    target: Target,
    id: TribeId,
    slots: Vec<Filled>,
    /// New addresses that were made by themselves: the write links to them, whatever else it leaves out.
    made: Vec<(AddressSlot, TribeId)>,
    /// Which of its slots is refused, once it was.
    doubt: Option<Doubt<Filled>>,
    /// What the answer said of its slots.
    told: LiteMap<String, Fingerprint>,
}

impl Write {
    fn holds_new_address(&self) -> bool {
        let to_owner = self.target == Target::Part(Part::Relation);
        to_owner && self.slots.iter().any(|filled| matches!(filled.slot.field, TribeField::Address(..)))
    }
}

/// Writes every record of the batch that needs it.
pub(super) fn write(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let mut edits: Vec<(Place, Edits)> = Vec::new();
    for (place, item) in batch.active_mut() {
        let of_item = Edits::of(session, item);
        item.dead_letter_refused(session, Code::RequiredFieldEmpty, &of_item.demanded, true);
        edits.push((place, of_item));
    }
    let mut made = make_addresses(session, batch, &mut edits)?;
    let mut updates = Vec::new();
    for (place, edits) in edits {
        let item = &batch[place];
        if item.is_halted {
            continue;
        }
        for (target, (edit, slots)) in edits.by_target {
            if let Some((entity, id)) = target.id(item).filter(|_| !edit.is_empty()) {
                let is_owner = target == Target::Part(Part::Relation);
                let made = if is_owner { made.remove(&place).unwrap_or_default() } else { Vec::new() };
                let update = Update { set: entity.set().to_owned(), id: id.clone(), edit };
                updates.push((Write { place, target, id, slots, made, doubt: None, told: LiteMap::new() }, update));
            }
        }
    }
    let mut unsaid = Vec::new();
    while !updates.is_empty() {
        updates = send(session, batch, updates, &mut unsaid)?;
    }
    read_back(session, batch, &unsaid)
}

/// Sends updates, and gives those that are to be tried again without what was refused.
fn send(
    session: &mut Session<'_>,
    batch: &mut Batch,
    updates: Vec<(Write, Update)>,
    unsaid: &mut Vec<(Write, Option<Instant>)>,
) -> Result<Vec<(Write, Update)>, Stop> {
    let mut answers: Vec<(Write, Result<Stored, Failure>)> = Vec::new();
    let result = session.tribe.update_each(updates, &mut |write, answer| answers.push((write, answer)));
    answers.sort_by(|(one, _), (other, _)| (one.place, &one.target).cmp(&(other.place, &other.target)));
    let mut again = Vec::new();
    for (mut write, answer) in answers {
        let item = &mut batch[write.place];
        match answer {
            Ok(stored) => {
                item.reached(Verdict::Updated);
                tell(session, item, &write, WriteResult::Taken);
                let written_at = stored.server_time;
                remember_write(item, &write, &stored, session.now());
                let said = take_stored(session, item, &mut write, stored.record);
                if let Some(doubt) = &mut write.doubt {
                    doubt.taken(&write.slots);
                }
                // An address that was made must be read before more of it is written: sent once more, it would be another.
                again.extend(next_try(session, item, &write, !write.holds_new_address()));
                item.save(session)?;
                if !said {
                    unsaid.push((write, written_at));
                }
            }
            Err(failure) if is_of_a_value(session, &write, &failure) => {
                doubt(session, &mut write, &failure);
                again.extend(next_try(session, item, &write, true));
                item.save(session)?;
            }
            Err(failure) => not_written(session, item, &write, &failure)?,
        }
    }
    // After a stop nothing more is asked; that both sides say the same shows at the next look.
    result.map_err(|failure| session.stop(failure, System::Tribe))?;
    Ok(again)
}

/// Whether a refusal may be about a value, and not about an address inside the record.
fn is_of_a_value(session: &Session<'_>, write: &Write, failure: &Failure) -> bool {
    let may_be_nesting =
        session.deep_insert().is_none() && write.holds_new_address() && failure.named_field().is_none();
    failure.may_be_of_a_value() && !may_be_nesting
}

/// A write was refused: doubts the slots that Tribe named, or all of them.
fn doubt(session: &Session<'_>, write: &mut Write, failure: &Failure) {
    let function_property = &session.settings.tribe.function_property;
    let is_named = |filled: &&Filled| {
        failure.named_field().is_some_and(|name| filled.slot.field.is_named(name, function_property))
    };
    let named: Vec<Filled> = write.slots.iter().filter(is_named).cloned().collect();
    match &mut write.doubt {
        Some(doubt) => doubt.refused(&write.slots, &named),
        None => write.doubt = Some(Doubt::of(write.slots.clone(), &named)),
    }
}

/// The same write with what is not in doubt. Once that is decided, or it may not go on, what is left out is refused.
fn next_try(session: &mut Session<'_>, item: &mut Item, write: &Write, may_go_on: bool) -> Option<(Write, Update)> {
    let mut doubt = write.doubt.clone()?;
    let Some(slots) = doubt.next().filter(|_| may_go_on) else {
        let mut fields = Set::new();
        let is_sure = doubt.is_sure();
        let left_out = doubt.left_out();
        nothing_gave_way(session, item, &keys(&left_out), RefusedBy::Tribe);
        for Filled { cell, slot } in left_out {
            let ac = session.observer().ac(&cell, &item.ac);
            item.refuse(&slot.key, RefusedBy::Tribe, ac);
            session.books.wrote(&item.subject, System::Tribe, Some(cell.row.name), WriteResult::Refused);
            fields.insert(cell.row.name);
        }
        item.dead_letter_refused(session, Code::RefusedByTribe, &fields, is_sure);
        return None;
    };
    let (entity, id) = write.target.id(item)?;
    let edit = Edits::again(session, item, &slots, &write.made);
    let update = Update { set: entity.set().to_owned(), id, edit };
    let (target, id) = (write.target.clone(), write.id.clone());
    let (made, told) = (write.made.clone(), LiteMap::new());
    Some((Write { place: write.place, target, id, slots, made, doubt: Some(doubt), told }, update))
}

/// Puts new addresses in place: inside their owner's update, or made by themselves and then linked, where Tribe does
/// not make them along.
fn make_addresses(
    session: &mut Session<'_>,
    batch: &mut Batch,
    edits: &mut [(Place, Edits)],
) -> Result<LiteMap<Place, Vec<(AddressSlot, TribeId)>>, Stop> {
    let mut made: LiteMap<Place, Vec<(AddressSlot, TribeId)>> = LiteMap::new();
    let may_insert = matches!(session.deep_insert(), None | Some(DeepInsert::Honoured));
    let mut creates = Vec::new();
    for (place, edits) in edits.iter_mut() {
        let item = &batch[*place];
        let new = std::mem::take(&mut edits.new_addresses).into_iter().filter(|(_, address)| !address.is_empty());
        let Some((owner, _)) = edits.by_target.get_mut(&Target::Part(Part::Relation)) else { continue };
        for (slot, mut address) in new {
            if may_insert {
                owner.address(slot, address);
            } else if let Some(owner) = item.link.linked(&Part::Relation) {
                address.link(kind(&item.subject).navigation(), owner);
                creates.push(((*place, slot), Create { set: Entity::Address.set().to_owned(), edit: address }));
            }
        }
    }
    if creates.is_empty() {
        return Ok(made);
    }
    let mut failed = Vec::new();
    let result = session.tribe.create_each(creates, &mut |(place, slot), answer| match answer {
        Ok(address) => {
            made.entry(place).or_default().push((slot, address.id().clone()));
            let owner = edits.iter_mut().find(|(of, _)| *of == place);
            let owner = owner.and_then(|(_, edits)| edits.by_target.get_mut(&Target::Part(Part::Relation)));
            if let Some((owner, _)) = owner {
                owner.link(slot.navigation(), address.id());
            }
        }
        Err(failure) => failed.push((place, slot, failure)),
    });
    for place in made.iter().flat_map(|(place, made)| std::iter::repeat_n(*place, made.len())) {
        session.books.wrote(&batch[place].subject, System::Tribe, None, WriteResult::Made);
    }
    for (place, slot, failure) in failed {
        let item = &mut batch[place];
        session.books.wrote(&item.subject, System::Tribe, None, WriteResult::of(&failure));
        match failure {
            failure if failure.may_be_of_a_value() => leave_out_address(session, item, edits, (place, slot), &failure),
            Failure::Refused { .. } => item.halt_refused(session, Code::RefusedByTribe, None),
            // Whether it was made shows when the owner is read again.
            _ => item.halt(session, Code::NoAnswer, None, Retry::Soon),
        }
    }
    result.map_err(|failure| session.stop(failure, System::Tribe))?;
    Ok(made)
}

/// A new address was refused: what Tribe named of it, or all of it, is not sent again as it is, and the rest of the
/// record goes on.
fn leave_out_address(
    session: &mut Session<'_>,
    item: &mut Item,
    edits: &mut [(Place, Edits)],
    (place, address): (Place, AddressSlot),
    failure: &Failure,
) {
    let Some((_, edits)) = edits.iter_mut().find(|(of, _)| *of == place) else { return };
    let Some((_, slots)) = edits.by_target.get_mut(&Target::Part(Part::Relation)) else { return };
    let is_of_address = |filled: &Filled| matches!(filled.slot.field, TribeField::Address(of, _) if of == address);
    let of_address: Vec<Filled> = slots.iter().filter(|filled| is_of_address(filled)).cloned().collect();
    slots.retain(|filled| !is_of_address(filled));
    let function_property = &session.settings.tribe.function_property;
    let is_named =
        |filled: &&Filled| failure.named_field().is_none_or(|name| filled.slot.field.is_named(name, function_property));
    let mut fields = Set::new();
    for Filled { cell, slot } in of_address.iter().filter(is_named) {
        let ac = session.observer().ac(cell, &item.ac);
        item.refuse(&slot.key, RefusedBy::Tribe, ac);
        fields.insert(cell.row.name);
    }
    item.dead_letter_refused(session, Code::RefusedByTribe, &fields, fields.len() == 1);
}

/// Remembers a write as long as reads may lag behind it.
fn remember_write(item: &mut Item, write: &Write, stored: &Stored, now: Instant) {
    item.link.written.retain(|_, written| may_lag(written.at, now));
    let stamp = stored.record.as_ref().and_then(Record::changed_at).or(stored.server_time);
    if let Some(stamp) = stamp {
        item.link.written.insert(write.id.clone(), Written { stamp, at: now });
    }
}

/// Stores the bases of a write from Tribe's answer; tells whether the answer held every field of it.
fn take_stored(session: &mut Session<'_>, item: &mut Item, write: &mut Write, stored: Option<Record>) -> bool {
    let Some(stored) = stored else { return false };
    let part = match &write.target {
        Target::Part(part) => part,
        // An address's answer does not name the owner; what was written is read back with the owner.
        Target::Address(slot) => {
            write.told = said_of_address(session, item, &write.slots, (*slot, stored));
            return false;
        }
    };
    let mut answer = TribeSide::default();
    answer.take(part, stored.clone());
    item.tribe.take(part, stored);
    let mut all = true;
    for Filled { cell, slot } in &write.slots {
        let observer = session.observer();
        let Some(ac) = observer.ac(cell, &item.ac) else {
            all = false;
            continue;
        };
        match observer.stored_in_tribe(cell.row, slot, &answer, &item.link) {
            Ok(Some(tribe)) => {
                took(session, item, (cell.row.name, &slot.key), Side::Tribe, Base { ac, tribe });
                write.told.insert(slot.key.clone(), tribe);
            }
            Ok(None) => all = false,
            Err(Unreadable) => item.link.took_unseen(&slot.key, ac, session.now()),
        }
    }
    all
}

/// What an answer that is an address says of the slots that were written.
fn said_of_address(
    session: &Session<'_>,
    item: &Item,
    slots: &[Filled],
    (address, stored): (AddressSlot, Record),
) -> LiteMap<String, Fingerprint> {
    let relation = item.tribe.relation.as_ref().map(|relation| relation.with_address(address, stored));
    let answer = TribeSide { relation, ..TribeSide::default() };
    let said = |filled: &Filled| {
        let says = session.observer().tribe(filled.cell.row, &filled.slot, &answer, &item.link)?;
        Some((filled.slot.key.clone(), says))
    };
    slots.iter().filter_map(said).collect()
}

/// Reads back what an answer did not tell.
fn read_back(session: &mut Session<'_>, batch: &mut Batch, unsaid: &[(Write, Option<Instant>)]) -> Result<(), Stop> {
    if unsaid.is_empty() {
        return Ok(());
    }
    let items = unsaid.iter().map(|(write, _)| &batch[write.place]);
    let records = read_and_judge(session, items.map(|item| (&item.subject, &item.link)))?;
    let (mut unseen, mut unread) = (Vec::new(), Vec::new());
    for (write, written_at) in unsaid {
        let item = &mut batch[write.place];
        if records.lack(&item.link) {
            unread.push(write.place);
            continue;
        }
        if !base_on_what_is_read(session, item, write, *written_at, &records.of(&item.link)) {
            unseen.push(write.place);
        }
        item.save(session)?;
    }
    // A new address without a base is looked for again, and written again if it still is not there; by itself, if
    // that it stood inside its owner is why.
    if !unseen.is_empty() && session.deep_insert().is_none() {
        session.learn(DeepInsert::NotHonoured)?;
    }
    let unseen = unseen.into_iter().map(|place| (place, Code::NotVisibleYet));
    for (place, code) in unseen.chain(unread.into_iter().map(|place| (place, Code::NoAnswer))) {
        if !batch[place].is_halted {
            batch[place].halt(session, code, None, Retry::Soon);
        }
    }
    Ok(())
}

/// Stores the bases of a write from what is read back; tells whether every address that was written is there.
///
/// A read that still shows the old value, of a record whose stamp did not move, or one with an older stamp than the write's,
/// may lag behind the write, or Tribe passed over the value: the next reading tells, where the answer did not. One of a
/// record that was changed again since shows a user's edit, unless it is the old value or a part of what was sent.
fn base_on_what_is_read(
    session: &mut Session<'_>,
    item: &mut Item,
    write: &Write,
    written_at: Option<Instant>,
    now: &TribeSide,
) -> bool {
    let mut all = true;
    for Filled { cell, slot } in &write.slots {
        if let TribeField::Address(address, _) = slot.field
            && now.address(address).flatten().is_none()
        {
            all = false;
            continue;
        }
        // A new address has a stamp of its own.
        let changed_at = now.holder(slot).and_then(Record::changed_at);
        let changed_since = written_at.is_some_and(|written_at| changed_at > Some(written_at));
        let shows_write = changed_at > item.tribe.holder(slot).and_then(Record::changed_at);
        let stamp = now.holder(slot).and_then(|holder| item.link.written.get(holder.id())).map(|written| written.stamp);
        let is_older = changed_at.zip(stamp).is_some_and(|(changed_at, stamp)| changed_at < stamp);
        let told = write.told.get(&slot.key);
        if told.is_some() && matches!(write.target, Target::Part(_)) {
            continue;
        }
        let observer = session.observer();
        let Some(sent) = observer.ac(cell, &item.ac) else { continue };
        let before = observer.tribe(cell.row, slot, &item.tribe, &item.link);
        let after = observer.stored_in_tribe(cell.row, slot, now, &item.link);
        if after.is_err() {
            item.link.took_unseen(&slot.key, sent, session.now());
        }
        if let Ok(Some(after)) = after {
            let after = told.copied().filter(|_| is_older).unwrap_or(after);
            let may_show_before = is_older || Some(after) == before && !shows_write;
            let may_lag = may_show_before && after != sent && told != Some(&after);
            let is_cut = || session.mapper().is_cut(cell, slot, &item.ac, (now, &item.link)) == Some(Side::Tribe);
            let is_edit = changed_since && Some(after) != before && !is_cut();
            let tribe = if may_lag || is_edit { sent } else { after };
            took(session, item, (cell.row.name, &slot.key), Side::Tribe, Base { ac: sent, tribe });
            if may_lag {
                let (to, at) = (Side::Tribe, session.now());
                let under_way = UnderWay { to, sent, before: after, at, accepted: false, is_of_create: false };
                item.link.under_way.insert(slot.key.clone(), under_way);
            }
        }
    }
    all
}

/// Tells of a write with each field that it held.
fn tell(session: &mut Session<'_>, item: &Item, write: &Write, result: WriteResult) {
    if write.slots.is_empty() {
        session.books.wrote(&item.subject, System::Tribe, None, result);
    }
    for filled in &write.slots {
        session.books.wrote(&item.subject, System::Tribe, Some(filled.cell.row.name), result);
    }
}

fn not_written(session: &mut Session<'_>, item: &mut Item, write: &Write, failure: &Failure) -> Result<(), Stop> {
    tell(session, item, write, WriteResult::of(failure));
    let field = match write.slots.as_slice() {
        [filled] => Some(filled.cell.row.name),
        _ => None,
    };
    match failure {
        // The base is still the old one: the next look finds either that it was written, or writes it.
        Failure::Unknown(_) | Failure::Unavailable(_) | Failure::Gone => {
            item.halt(session, Code::NoAnswer, field, Retry::Soon);
        }
        // Perhaps not the record is refused but the address inside it: the next try makes that by itself.
        Failure::Refused { .. } if session.deep_insert().is_none() && write.holds_new_address() => {
            session.learn(DeepInsert::NotHonoured)?;
            item.halt(session, Code::NoAnswer, field, Retry::Soon);
        }
        _ => {
            nothing_gave_way(session, item, &keys(&write.slots), RefusedBy::Tribe);
            item.halt_refused(session, Code::RefusedByTribe, field);
        }
    }
    Ok(())
}

fn keys(slots: &[Filled]) -> Set<&str> {
    slots.iter().map(|filled| filled.slot.key.as_str()).collect()
}
