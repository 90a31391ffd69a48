//! How many linked records hold a value of a column: counted from the links when it matters.
//!
//! A number that is kept up to date with each link would be wrong after a crash between the two. This one is a count of
//! what stands in the store, and nothing but a count changes it. It costs one reading of every link, in an hour in which
//! at least three records lose a value of one column, and once more before a brake goes on.

use std::time::Duration;

use litemap::LiteMap;

use crate::link::{Brake, Column, Fingerprint, Holding, Link, Part, Side, Subject};
use crate::mapping::rows;
use crate::set::Set;
use crate::sync::outcome::Stop;
use crate::sync::session::Session;

/// How long a count is good to let losses through by.
const GOOD_FOR: Duration = Duration::from_secs(60 * 60);

/// How many records hold a value of that column, or lost it and are remembered. `exactly`: as of this slice.
pub(super) fn holding(session: &mut Session<'_>, column: &Column, exactly: bool) -> Result<usize, Stop> {
    let now = session.now();
    let good = |holding: &Holding| now.since(holding.at).is_some_and(|age| age < GOOD_FOR);
    let known = session.books.brake().holding.as_ref().filter(|known| good(known));
    if known.is_none() || exactly && !session.has_counted {
        let mut records = LiteMap::new();
        let remembered = remembered(session.books.brake());
        session.state.each_link(|subject, link| {
            let mut columns = columns(subject, link);
            if !columns.is_empty() {
                columns.extend(remembered.get(subject).into_iter().flatten().map(|column| (*column).clone()));
            }
            for column in columns {
                *records.entry(column).or_insert(0) += 1;
            }
        })?;
        session.books.brake_mut().holding = Some(Holding { at: now, records });
        session.has_counted = true;
    }
    let known = session.books.brake().holding.as_ref();
    Ok(known.and_then(|known| known.records.get(column)).copied().unwrap_or_default())
}

/// The columns of which each record lost a value that is remembered.
fn remembered(brake: &Brake) -> LiteMap<&Subject, Set<&Column>> {
    let mut remembered: LiteMap<&Subject, Set<&Column>> = LiteMap::new();
    for (column, _, losing) in brake.all() {
        for subject in losing.held.keys().chain(losing.lost.keys()) {
            remembered.entry(subject).or_default().insert(column);
        }
    }
    remembered
}

/// The columns of which a linked record holds a value, as both sides last agreed.
fn columns(subject: &Subject, link: &Link) -> Set<Column> {
    let mut columns = Set::new();
    if link.linked(&Part::Relation).is_none() || link.paused.is_some() {
        return columns;
    }
    for (slot, base) in &link.bases {
        let Some(row) = rows(subject).find(|row| row.has_slot(slot)) else { continue };
        for (side, said) in [(Side::AdvocaatCentraal, base.ac), (Side::Tribe, base.tribe)] {
            if said != Fingerprint::EMPTY {
                columns.insert(Column { side, kind: subject.of_kind(), field: row.name.to_owned() });
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::link::{Base, PartState, Pause};
    use crate::relation::{ContactpersoonId, Instant, TribeId};

    fn full() -> (Subject, Link) {
        let mut link = Link::default();
        let id = TribeId::parse("1b2c3d4e-5f6a-4b7c-9d8e-0f1a2b3c4d5e").unwrap();
        link.parts.insert(Part::Relation, PartState::Linked { id, since: Instant::default() });
        let (value, none) = (Fingerprint::sample(1), Fingerprint::EMPTY);
        for (slot, ac, tribe) in [
            ("contactpersoon.mobiel.zakelijk@1001", value, none),
            ("contactpersoon.mobiel.zakelijk@1002", value, value),
            ("contactpersoon.mobiel.prive", value, value),
            ("contactpersoon.prive-telefoon", none, none),
            ("contactpersoon.functie@1001", none, value),
            ("unknown", value, value),
        ] {
            link.bases.insert(slot.to_owned(), Base { ac, tribe });
        }
        (Subject::ContactPerson(ContactpersoonId::new("1")), link)
    }

    #[test]
    fn a_record_counts_once_for_each_field_and_side_that_holds_a_value() {
        let (subject, link) = full();
        let counted: Vec<String> = columns(&subject, &link).iter().map(Column::to_string).collect();
        let expected = [
            "advocaatcentraal/contactpersoon/contactpersoon.mobiel",
            "tribe/contactpersoon/contactpersoon.functie",
            "tribe/contactpersoon/contactpersoon.mobiel",
        ];
        assert_eq!(counted, expected);
    }

    #[test]
    fn a_record_that_is_not_synced_holds_nothing() {
        let (subject, link) = full();
        assert!(columns(&subject, &Link { paused: Some(Pause::Inactive), ..link.clone() }).is_empty());
        assert!(columns(&subject, &Link { parts: LiteMap::new(), ..link }).is_empty());
    }
}
