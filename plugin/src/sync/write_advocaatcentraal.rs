//! Writing to AC what Tribe's users changed.

use litemap::LiteMap;

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Apart, Base, Fingerprint, Link, RefusedBy, Side, UnderWay, WhyApart};
use crate::mapping::AcRecord;
use crate::plan::Step;
use crate::set::Set;
use crate::sync::agree::{agree_in_memory, nothing_gave_way};
use crate::sync::books::Retry;
use crate::sync::doubt::Doubt;
use crate::sync::item::{Item, READ_LAG};
use crate::sync::new_addresses;
use crate::sync::otherwise::took;
use crate::sync::outcome::{Stop, System, Verdict, WriteResult};
use crate::sync::planned::Planned;
use crate::sync::read_advocaatcentraal::read_again;
use crate::sync::session::Session;
use crate::tribe::AddressSlot;
use crate::wording::Code;

/// How often a record is read and planned again because someone changed it meanwhile.
const ROUNDS: u32 = 3;

/// Writes the fields that Tribe's users changed, once more as often as AC's users change the record meanwhile, and
/// without what AC refuses (D16).
pub(super) fn write(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    let mut rounds = 0;
    let mut doubt: Option<Doubt<String>> = None;
    let mut without = Set::new();
    if let Some(until) = new_addresses::may_be_under_way(item, session.now()) {
        item.halt(session, Code::NoAnswer, None, Retry::At(until));
        return Ok(());
    }
    loop {
        let mut sources = match &mut doubt {
            None => sources(&item.plan),
            Some(doubt) => doubt.next().unwrap_or_default(),
        };
        sources.retain(|source| !new_addresses::are_among(&item.plan, source, &without));
        if sources.is_empty() {
            leave_out(session, item, doubt, &without);
            return item.save(session);
        }
        let before = prepare(session, item, &sources)?;
        let answer = match send(session, item, &sources) {
            Err(Failure::Gone) => Err(gone_or_denied(session, item)?),
            answer => answer,
        };
        // What became of the values is known then, or they were not taken.
        if !answer.as_ref().is_err_and(Failure::leaves_open) {
            item.link.under_way.retain(|slot, _| !sources.contains(slot));
            if answer.is_err() {
                (item.link.bases, item.link.apart) = before;
            }
        }
        match answer {
            Ok(stored) => {
                tell(session, item, &sources, WriteResult::Taken);
                agree_as_sent(item, &sources);
                item.take_ac(session.observer(), stored, item.observation.reading);
                item.reached(Verdict::Updated);
                new_addresses::were_sent(session, item, &sources)?;
                if item.is_halted {
                    return Ok(());
                }
                base_on_what_ac_stored(session, item, &sources);
                item.save(session)?;
                match &mut doubt {
                    None if without.is_empty() => return Ok(()),
                    None => {
                        leave_out(session, item, None, &without);
                        return item.save(session);
                    }
                    Some(doubt) => doubt.taken(&sources),
                }
            }
            Err(Failure::Changed) => {
                item.link.offered.clear();
                rounds += 1;
                tell(session, item, &sources, WriteResult::Refused);
                if rounds == ROUNDS {
                    item.halt(session, Code::ChangedInBetween, None, Retry::Soon);
                    return Ok(());
                }
                let seen = item.ac.common().everything();
                read_again(session, item)?;
                if item.is_halted {
                    return Ok(());
                }
                if item.ac.common().everything() == seen {
                    item.halt(session, Code::NotTakenNow, None, Retry::Soon);
                    return Ok(());
                }
                item.make_plan(session);
                agree_in_memory(session, item);
                session.flush()?;
                doubt = None;
            }
            Err(failure) if failure.may_be_of_a_value() || failure.named_field().is_some() => {
                item.link.offered.clear();
                let named = named_by_ac(&item.plan, &sources, failure.named_field());
                let new = new_addresses::among(&item.plan, &sources);
                // A new address goes whole, or not at all.
                let of_new = new_addresses::among(&item.plan, &named);
                match &mut doubt {
                    _ if !of_new.is_empty() => without.extend(of_new),
                    // Before anything else it is the address that AC had none of.
                    _ if named.is_empty() && !new.is_empty() => without.extend(new),
                    None => doubt = Some(Doubt::of(sources, &named)),
                    Some(doubt) => doubt.refused(&sources, &named),
                }
            }
            Err(failure @ Failure::Refused { .. }) => {
                tell(session, item, &sources, WriteResult::of(&failure));
                let refused = sources.iter().map(String::as_str).collect();
                nothing_gave_way(session, item, &refused, RefusedBy::AdvocaatCentraal);
                item.halt_refused(session, Code::RefusedByAdvocaatCentraal, None);
                return Ok(());
            }
            // What is known of it now was told by its reading.
            Err(failure @ Failure::Gone) => {
                tell(session, item, &sources, WriteResult::of(&failure));
                return Ok(());
            }
            Err(failure) if failure.is_unavailable() || failure.leaves_open() => {
                tell(session, item, &sources, WriteResult::of(&failure));
                if failure == Failure::Later {
                    let of_it = |(slot, _): &(&String, &mut UnderWay)| sources.contains(*slot);
                    item.link.under_way.iter_mut().filter(of_it).for_each(|(_, sent)| sent.accepted = true);
                }
                new_addresses::were_not_answered(item, &failure, session.now());
                // What was accepted failed in nothing: when it is looked for again does not depend on earlier failures.
                let stored_by = session.now().plus(READ_LAG);
                let retry = if failure == Failure::Later { Retry::At(stored_by) } else { Retry::Soon };
                item.halt(session, code_of(&failure), None, retry);
                return Ok(());
            }
            Err(failure) => return Err(session.stop(failure, System::AdvocaatCentraal)),
        }
    }
}

/// What it means that a write is answered as if the record were gone: where it still reads, that answer says nothing of
/// the record. A dialect's rule goes by the status alone, writes have another path, or it was a proxy's.
fn gone_or_denied(session: &mut Session<'_>, item: &mut Item) -> Result<Failure, Stop> {
    let seen = item.ac.common().everything();
    read_again(session, item)?;
    Ok(match (item.is_halted, item.ac.common().everything() == seen) {
        (true, _) => Failure::Gone,
        (false, true) => Failure::NotUnderstood,
        (false, false) => Failure::Changed,
    })
}

/// A success without the record in it is a proxy's page, and says nothing of the record (F49). What is stored later does
/// not show yet.
fn code_of(failure: &Failure) -> Code {
    match failure {
        Failure::NotUnderstood | Failure::Unusable(_) => Code::AnsweredOtherwise,
        Failure::Redirected => Code::Redirected,
        Failure::Later => Code::NotVisibleYet,
        _ => Code::NoAnswer,
    }
}

/// Tells of a write with the field of each source.
fn tell(session: &mut Session<'_>, item: &Item, sources: &[String], result: WriteResult) {
    for planned in chosen(&item.plan, sources) {
        session.books.wrote(&item.subject, System::AdvocaatCentraal, Some(planned.name()), result);
    }
}

/// The slots whose values go to AC.
fn sources(plan: &[Planned]) -> Vec<String> {
    plan.iter().filter_map(Planned::source).map(|(slot, _)| slot.key.clone()).collect()
}

/// What goes to AC of a plan, of those sources only.
fn chosen<'p>(plan: &'p [Planned], sources: &'p [String]) -> impl Iterator<Item = &'p Planned> {
    plan.iter().filter(|planned| planned.source().is_some_and(|(slot, _)| sources.contains(&slot.key)))
}

/// What is in doubt to the end is refused: the record waits as a dead letter that names it, as it stands once the others
/// went through. New addresses are refused whole, if nothing but them was.
fn leave_out(session: &mut Session<'_>, item: &mut Item, doubt: Option<Doubt<String>>, without: &Set<AddressSlot>) {
    if doubt.is_none() && without.is_empty() {
        return;
    }
    let mut left_out = doubt.as_ref().map(|doubt| doubt.clone().left_out()).unwrap_or_default();
    left_out.retain(|source| !new_addresses::are_among(&item.plan, source, without));
    let is_sure = doubt.is_none_or(|doubt| doubt.is_sure()) && (without.is_empty() || left_out.is_empty());
    let of_addresses: Vec<String> = sources(&item.plan)
        .into_iter()
        .filter(|source| new_addresses::are_among(&item.plan, source, without))
        .collect();
    tell(session, item, &left_out, WriteResult::Refused);
    tell(session, item, &of_addresses, WriteResult::Refused);
    let refused: Vec<_> = chosen(&item.plan, &left_out)
        .filter_map(|planned| Some((planned.name(), planned.source()?)))
        .map(|(name, (slot, value))| (name, slot.key.clone(), value))
        .collect();
    nothing_gave_way(session, item, &left_out.iter().map(String::as_str).collect(), RefusedBy::AdvocaatCentraal);
    let mut fields = Set::new();
    for (name, slot, value) in refused {
        item.refuse(&slot, RefusedBy::AdvocaatCentraal, value);
        fields.insert(name);
    }
    if fields.is_empty() {
        fields = new_addresses::refuse(item, without);
    } else {
        // They did not go either, and may be all right: without what is refused now they are sent again.
        fields.extend(new_addresses::fields(&item.plan, without));
    }
    item.dead_letter_refused(session, Code::RefusedByAdvocaatCentraal, &fields, is_sure);
}

/// Before AC is written, the link says which values are under way, and the siblings that stay take AC's coming value in
/// their base: were this run to end right after the write, the next would otherwise take what AC stored for AC's own
/// change and spread it (D3). Gives the bases as they were.
fn prepare(session: &Session<'_>, item: &mut Item, sources: &[String]) -> Result<Before, Stop> {
    let before = (item.link.bases.clone(), item.link.apart.clone());
    for planned in chosen(&item.plan, sources) {
        let Some((source, Some(coming))) = planned.source() else { continue };
        let before = planned.field.ac.unwrap_or(Fingerprint::EMPTY);
        let (to, at, accepted) = (Side::AdvocaatCentraal, session.now(), false);
        let under_way = UnderWay { to, sent: coming, before, at, accepted, is_of_create: false };
        item.link.under_way.insert(source.key.clone(), under_way);
        for (slot, tribe, step) in planned.slots() {
            let tribe = tribe.says.or_else(|| item.link.base(&slot.key).map(|base| base.tribe));
            if let Some(tribe) = tribe {
                settle(&mut item.link, &slot.key, step, Base { ac: coming, tribe });
            }
        }
        // Only an empty AC field takes a value that never agreed; that it was empty must still show afterwards.
        if item.link.base(&source.key).is_none() {
            let empty = Base { ac: Fingerprint::EMPTY, tribe: Fingerprint::EMPTY };
            item.link.bases.insert(source.key.clone(), empty);
        }
    }
    let now = session.now();
    for slot in new_addresses::among(&item.plan, sources) {
        item.link.offered.insert(slot, now);
    }
    item.save(session)?;
    Ok(before)
}

/// What was agreed on before AC was to be written.
type Before = (LiteMap<String, Base>, LiteMap<String, Apart>);

/// A slot that stays beside AC's new value.
fn settle(link: &mut Link, slot: &str, step: Step, base: Base) {
    match step {
        Step::SettleBesideAdvocaatCentraal => link.settle(slot, base),
        Step::LoseToSibling | Step::SettleApart if base.ac == base.tribe => link.settle(slot, base),
        Step::LoseToSibling | Step::SettleApart => link.leave_apart(slot, base, WhyApart::Sibling),
        Step::Keep
        | Step::Agree(_)
        | Step::WriteToTribe
        | Step::OverwriteInTribe
        | Step::WriteToAdvocaatCentraal
        | Step::StayApart(..) => {}
    }
}

fn send(session: &Session<'_>, item: &Item, sources: &[String]) -> Result<AcRecord, Failure> {
    let mut edit = advocaatcentraal::Edit::new();
    for planned in chosen(&item.plan, sources) {
        if let Some((source, _)) = planned.source() {
            session.mapper().to_ac(&planned.field.cell, source, &item.tribe, &item.ac, &mut edit);
        }
    }
    match &item.ac {
        AcRecord::Relatie(relatie) => session.ac.write_relatie(relatie, &edit).map(AcRecord::Relatie),
        AcRecord::Contactpersoon(person) => {
            session.ac.write_contactpersoon(person, &edit).map(AcRecord::Contactpersoon)
        }
    }
}

/// What was written is agreed on as it was sent: by that it is told which of several koppelingen was written.
fn agree_as_sent(item: &mut Item, sources: &[String]) {
    for planned in chosen(&item.plan, sources).filter(|planned| planned.field.cell.organisation.is_some()) {
        if let Some((source, Some(sent))) = planned.source() {
            item.link.bases.insert(source.key.clone(), Base { ac: sent, tribe: sent });
        }
    }
}

/// The bases of what was written are what AC says that it stored.
fn base_on_what_ac_stored(session: &mut Session<'_>, item: &mut Item, sources: &[String]) {
    let mut bases = Vec::new();
    for planned in chosen(&item.plan, sources) {
        // What cannot be read there is told by the next reading.
        let stored = || session.observer().stored_in_ac(&planned.field.cell, &item.ac);
        let Some((ac, (source, sent))) = planned.source().and_then(|source| Some((stored()?, source))) else {
            continue;
        };
        let sent = sent.unwrap_or(Fingerprint::EMPTY);
        let before = planned.field.ac.unwrap_or(Fingerprint::EMPTY);
        let cut = || session.mapper().is_cut(&planned.field.cell, source, &item.ac, (&item.tribe, &item.link));
        // Where AC's record was read after the write, another value than AC made of ours is one of its users'.
        let is_edited =
            session.ac.has_read_back() && ac != sent && ac != before && cut() != Some(Side::AdvocaatCentraal);
        let ac = if is_edited { sent } else { ac };
        for (slot, tribe, step) in planned.slots() {
            // A sibling that cannot be read stays as it last agreed.
            let tribe = tribe.says.or_else(|| item.link.base(&slot.key).map(|base| base.tribe));
            if let Some(tribe) = tribe {
                bases.push((planned.name(), slot.key.clone(), step, Base { ac, tribe }));
            }
        }
    }
    for (name, slot, step, base) in bases {
        match step {
            Step::WriteToAdvocaatCentraal => took(session, item, (name, &slot), Side::AdvocaatCentraal, base),
            step => settle(&mut item.link, &slot, step, base),
        }
    }
}

/// The slots whose field a refusal of AC's names, of those that were sent.
fn named_by_ac(plan: &[Planned], sources: &[String], member: Option<&str>) -> Vec<String> {
    let Some(member) = member else { return Vec::new() };
    let named = chosen(plan, sources).filter(|planned| planned.field.cell.row.ac.is_named(member));
    named.filter_map(Planned::source).map(|(slot, _)| slot.key.clone()).collect()
}
