//! What a new Tribe record holds: AC's values in the slots of a part, its addresses, its links and its marker.

use crate::link::{DeepInsert, Part};
use crate::mapping::{AcField, CellView, TribeField, cells};
use crate::relation::TribeId;
use crate::sync::item::{Item, Missing};
use crate::sync::scope::{Scope, kind};
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Edit};
use crate::wording::Code;

/// The body of a new record; none if AC lacks what Tribe demands, in which case the item is halted.
///
/// A role or a contact relationship links to the relation, or holds it as a new one.
pub(super) fn new_record(
    session: &mut Session<'_>,
    item: &mut Item,
    missing: &Missing,
    inner: Option<Edit>,
) -> Option<Edit> {
    let mut edit = Edit::new();
    match (&missing.part, &item.scope) {
        (Part::Relation, Scope::Relation(_)) => {
            fill_relation(session, item, &cells(&item.subject, &[]), &mut edit)?;
        }
        (Part::Relation, Scope::Contacts(organisations)) => {
            let organisations: Vec<_> = organisations.keys().cloned().collect();
            fill_relation(session, item, &cells(&item.subject, &organisations), &mut edit)?;
        }
        (Part::Role(_), _) => {
            edit.link("Relation", &session.profile.own_organisation);
            attach(kind(&item.subject).navigation(), item.link.linked(&Part::Relation), inner, &mut edit)?;
        }
        (Part::Contact(at), Scope::Contacts(organisations)) => {
            edit.link("Relation", organisations.get(at)?);
            attach("Person", item.link.linked(&Part::Relation), inner, &mut edit)?;
            for cell in cells(&item.subject, std::slice::from_ref(at)) {
                fill(session, item, &cell, |field| matches!(field, TribeField::Contact(_)), &mut edit);
            }
        }
        (Part::Relation | Part::Contact(_) | Part::Address(_), _) => return None,
    }
    let marker = session.markers().part(&item.subject, &missing.part, missing.of_type.as_ref());
    edit.marker(&session.settings.tribe.marker_property, &marker);
    Some(edit)
}

/// The fields of an organisation or person with its addresses. None if a demanded field is empty.
fn fill_relation(session: &mut Session<'_>, item: &mut Item, cells: &[CellView], edit: &mut Edit) -> Option<()> {
    for cell in cells {
        if cell.row.is_demanded() && session.mapper().ac_value(cell, &item.ac).text().is_none() {
            item.halt_refused(session, Code::RequiredFieldEmpty, Some(cell.row.name));
            return None;
        }
        fill(session, item, cell, |field| matches!(field, TribeField::Relation(_)), edit);
    }
    for (slot, address) in addresses(session, item, cells) {
        match (session.deep_insert(), item.link.linked(&Part::Address(slot))) {
            (_, Some(made_before)) => edit.link(slot.navigation(), made_before),
            (Some(DeepInsert::NotHonoured | DeepInsert::RelationsOnly), None) => {}
            (Some(DeepInsert::Honoured) | None, None) => edit.address(slot, address),
        }
    }
    Some(())
}

/// The addresses that AC has for a slot, as new records.
pub(super) fn addresses(session: &mut Session<'_>, item: &Item, cells: &[CellView]) -> Vec<(AddressSlot, Edit)> {
    let mut addresses = Vec::new();
    for slot in AddressSlot::of(kind(&item.subject)) {
        let mut address = Edit::new();
        for cell in cells.iter().filter(|cell| matches!(cell.row.ac, AcField::Address(..))) {
            let of_slot = |field: &TribeField| matches!(field, TribeField::Address(of, _) if of == slot);
            fill(session, item, cell, of_slot, &mut address);
        }
        if !address.is_empty() {
            addresses.push((*slot, address));
        }
    }
    addresses
}

/// Puts AC's value into the slots of a cell that are wanted. An empty value is left out of a new record.
fn fill(
    session: &mut Session<'_>,
    item: &Item,
    cell: &CellView,
    wanted: impl Fn(&TribeField) -> bool,
    edit: &mut Edit,
) {
    if session.settings.direction(cell.row.name).is_none() {
        return;
    }
    let ac = session.observer().ac(cell, &item.ac);
    for slot in cell.slots.iter().filter(|slot| wanted(&slot.field)) {
        let is_empty = session.mapper().ac_value(cell, &item.ac).text().is_none();
        if is_empty || (item.goes_without(&slot.key, ac) && !cell.row.is_demanded()) {
            continue;
        }
        if session.mapper().to_tribe(cell, &item.ac, slot.field, edit).is_err() {
            session.books.note(Code::ValueDoesNotFit, Some(&item.subject), Some(cell.row.name));
        }
    }
}

/// Links to a relation that exists, or holds a new one.
fn attach(navigation: &str, existing: Option<&TribeId>, inner: Option<Edit>, edit: &mut Edit) -> Option<()> {
    match inner {
        Some(inner) => edit.nested(navigation, inner),
        None => edit.link(navigation, existing?),
    }
    Some(())
}
