//! What the connector remembers: fingerprints, links in the store, and the plan that is made of them.

use std::hint::black_box;

use advocaatcentraal_tribe::link::{Base, Fingerprint, FingerprintKey, Link, OfficeState, Part, PartState, Subject};
use advocaatcentraal_tribe::mapping::cells;
use advocaatcentraal_tribe::plan::{Cell, Direction, Slot, Taken, decide};
use advocaatcentraal_tribe::relation::{ContactpersoonId, Instant, Presence, RelatieId, RelatietypeId, TribeId};

use crate::counting::Work;
use crate::world::World;

const OFFICE: &str = "12345";
/// So many links are written and read.
const LINKS: usize = 20;

fn key() -> FingerprintKey {
    FingerprintKey::generate(World::default().ports().random)
}

/// A hundred values of a record's length.
pub(crate) fn fingerprints() -> Work {
    let key = key();
    let values: Vec<Presence> = (0..100).map(|number| Presence::of(format!("+31205550{number:03}"))).collect();
    Box::new(move || {
        let each = values.iter().map(|value| key.fingerprint("organisatie.telefoonnummer", black_box(value)));
        each.filter(|fingerprint| black_box(fingerprint).is_some()).count()
    })
}

/// Every way in which AC and one or two slots can stand to what was agreed on, in both directions.
pub(crate) fn plan() -> Work {
    let key = key();
    let say = |text: &str| key.fingerprint("organisatie.naam", &Presence::of(text));
    let sides = [None, Some(Fingerprint::EMPTY), say("a"), say("b")];
    let bases = [(None, None), (sides[1], sides[1]), (sides[2], sides[2]), (sides[2], sides[3])];
    let mut slots: Vec<Slot> = Vec::new();
    for tribe in sides {
        for (ac_base, tribe_base) in bases {
            let base = ac_base.zip(tribe_base).map(|(ac, tribe)| Base { ac, tribe });
            slots.push(Slot {
                tribe,
                is_unreadable: false,
                base,
                perhaps_emptied: false,
                apart: None,
                taken: Taken::AsMoved,
                is_base_lost: false,
            });
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    for ac in sides {
        for direction in [Direction::BothWays, Direction::FromAdvocaatCentraal] {
            for (place, slot) in slots.iter().enumerate() {
                cells.push(Cell { ac, slots: vec![*slot], direction });
                let other = slots.iter().cycle().nth(place + 5).copied();
                cells.push(Cell { ac, slots: [Some(*slot), other].into_iter().flatten().collect(), direction });
            }
        }
    }
    Box::new(move || cells.iter().map(|cell| black_box(decide(black_box(cell))).len()).sum())
}

/// Links of organisations and of contact persons at two of them, every field agreed on, are written to the store.
pub(crate) fn write_links() -> Work {
    let links = links();
    let world = World::default();
    Box::new(move || {
        let state = OfficeState::new(&world, OFFICE);
        links.iter().filter(|(subject, link)| state.save_link(subject, black_box(link)).is_ok()).count()
    })
}

/// The same are read.
pub(crate) fn read_links() -> Work {
    let links = links();
    let world = World::default();
    let state = OfficeState::new(&world, OFFICE);
    let written = links.iter().filter(|(subject, link)| state.save_link(subject, link).is_ok()).count();
    Box::new(move || {
        let state = OfficeState::new(&world, OFFICE);
        let read = links.iter().filter_map(|(subject, _)| state.link(subject).ok());
        let bases: usize = read.map(|link| black_box(link).bases.len()).sum();
        if written == LINKS { bases } else { 0 }
    })
}

fn links() -> Vec<(Subject, Link)> {
    (0..LINKS)
        .filter_map(|number| if number % 2 == 0 { organisation(number) } else { contact_person(number) })
        .collect()
}

fn organisation(number: usize) -> Option<(Subject, Link)> {
    let subject = Subject::Organisation(RelatieId::new(format!("{}", 1001 + number)));
    let mut link = link(&subject, &[])?;
    link.parts.insert(Part::Role("customer".to_owned()), linked(number, 1)?);
    link.parts.insert(Part::Relation, linked(number, 0)?);
    link.types.insert(RelatietypeId::new("client"));
    Some((subject, link))
}

fn contact_person(number: usize) -> Option<(Subject, Link)> {
    let subject = Subject::ContactPerson(ContactpersoonId::new(format!("{}", 5001 + number)));
    let at: Vec<RelatieId> = [1001, 1003].map(|first| RelatieId::new(format!("{}", first + number))).into();
    let mut link = link(&subject, &at)?;
    link.parts.insert(Part::Relation, linked(number, 0)?);
    for (place, at) in at.into_iter().enumerate() {
        link.parts.insert(Part::Contact(at), linked(number, place + 1)?);
    }
    Some((subject, link))
}

/// A link in which both sides agree on every field; on one in seven each has its own spelling.
fn link(subject: &Subject, at: &[RelatieId]) -> Option<Link> {
    let key = key();
    let mut link = Link::default();
    let slots = cells(subject, at).into_iter().flat_map(|cell| cell.slots);
    for (place, slot) in slots.enumerate() {
        let say = |text: &str| key.fingerprint(&slot.key, &Presence::of(text));
        let ac = say("a")?;
        let tribe = if place % 7 == 6 { say("b")? } else { ac };
        link.bases.insert(slot.key, Base { ac, tribe });
    }
    Some(link)
}

fn linked(number: usize, place: usize) -> Option<PartState> {
    let id = TribeId::parse(&format!("b724d383-bb70-480a-b03d-{:012x}", number * 16 + place))?;
    Some(PartState::Linked { id, since: Instant::from_millis(1_772_442_900_000) })
}
