//! Which of several koppelingen of a contact person with one organisation is synced: the one that is linked, or else the
//! first by its text. The order of AC's list decides nothing: it may be another in each answer.

use crate::advocaatcentraal::Koppeling;
use crate::link::{Fingerprint, Link, Subject};
use crate::mapping::{AcField, AcRecord, CellView, TribeSide, cells};
use crate::relation::RelatieId;
use crate::sync::observation::Observer;

/// Chooses for each organisation with which there are several; tells whether another was chosen before.
pub(super) fn choose(
    observer: Observer<'_>,
    subject: &Subject,
    ac: &mut AcRecord,
    link: &Link,
    tribe: &TribeSide,
) -> bool {
    let AcRecord::Contactpersoon(person) = ac else { return false };
    let mut is_another = false;
    for (organisation, mut koppelingen) in person.doubled() {
        koppelingen.sort_by(|one, other| one.by_text().cmp(&other.by_text()));
        let linked = Linked::of(observer, subject, &organisation, link, tribe);
        // Of those that are alike in this the first stays, since the last of the greatest is taken.
        let best = koppelingen.iter().rev().max_by_key(|koppeling| linked.likeness(observer, koppeling));
        if let Some(best) = best {
            is_another |= person.mean(best);
        }
    }
    is_another
}

/// One field of a koppeling: what both sides last agreed on, and what Tribe says, as far as it was read.
struct Known {
    cell: CellView,
    agreed: Option<Fingerprint>,
    tribe: Option<Fingerprint>,
}

/// What is linked at one organisation.
struct Linked(Vec<Known>);

impl Linked {
    fn of(observer: Observer<'_>, subject: &Subject, organisation: &RelatieId, link: &Link, tribe: &TribeSide) -> Self {
        let at = std::slice::from_ref(organisation);
        let of_koppeling = cells(subject, at).into_iter().filter(|cell| cell.organisation.is_some());
        let known = of_koppeling.filter_map(|cell| {
            let slot = cell.slots.first()?;
            let agreed = link.base(&slot.key).map(|base| base.ac);
            let tribe = observer.tribe(cell.row, slot, tribe, link);
            Some(Known { agreed, tribe, cell })
        });
        Self(known.collect())
    }

    /// How surely a koppeling is the one that is linked: by its function before its number, by what was agreed on before
    /// what Tribe has.
    fn likeness(&self, observer: Observer<'_>, koppeling: &Koppeling) -> (bool, bool, bool, bool) {
        let is = |field: AcField, of: fn(&Known) -> Option<Fingerprint>| {
            let known = self.0.iter().find(|known| known.cell.row.ac == field);
            known.is_some_and(|known| {
                let said = if field == AcField::Functie { &koppeling.functie } else { &koppeling.doorkiesnummer };
                let says = observer.text(known.cell.row, said.text().unwrap_or_default());
                of(known).is_some_and(|of| of != Fingerprint::EMPTY && Some(of) == says)
            })
        };
        let agreed = |known: &Known| known.agreed;
        let tribe = |known: &Known| known.tribe;
        (
            is(AcField::Functie, agreed),
            is(AcField::Functie, tribe),
            is(AcField::Doorkiesnummer, agreed),
            is(AcField::Doorkiesnummer, tribe),
        )
    }
}
