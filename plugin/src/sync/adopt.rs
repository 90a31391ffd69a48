//! Looking up by marker what may stand in Tribe already: after a lost answer, after a crash, after a reinstall.

use std::collections::BTreeMap;

use crate::link::{Orphans, Part, PartState};
use crate::mapping::Markers;
use crate::sync::engine::{Engine, READ_LAG, Retry};
use crate::sync::item::{Item, Missing};
use crate::sync::outcome::{Stop, System};
use crate::tribe::Record;
use crate::wording::Code;

impl Engine<'_> {
    /// Links every missing part that a marker shows. A part that may have been created a moment ago and does not
    /// show yet makes its record wait: it must not be created twice.
    pub(super) fn adopt(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        let all = self.orphans()? == Orphans::Perhaps;
        let looked_up = |item: &Item, missing: &Missing| all || item.link.parts.contains_key(&missing.part);
        self.adopt_where(items, |item, missing| missing.part == Part::Relation && looked_up(item, missing))?;
        // A role or a contact can stand there only if the relation does.
        self.adopt_where(items, |item, missing| {
            let possible = missing.part != Part::Relation && item.link.linked(&Part::Relation).is_some();
            possible && looked_up(item, missing)
        })
    }

    fn adopt_where(&mut self, items: &mut [Item], wanted: impl Fn(&Item, &Missing) -> bool) -> Result<(), Stop> {
        let markers = Markers::of(&self.settings.advocaatcentraal.office);
        let mut by_set: BTreeMap<String, Vec<(usize, Part, String)>> = BTreeMap::new();
        for (position, item) in items.iter().enumerate().filter(|(_, item)| !item.halted) {
            for missing in item.missing().into_iter().filter(|missing| wanted(item, missing)) {
                let marker = markers.part(&item.subject, &missing.part, missing.of_type.as_ref());
                by_set.entry(missing.set).or_default().push((position, missing.part, marker));
            }
        }
        for (set, asked) in by_set {
            let texts: Vec<String> = asked.iter().map(|(_, _, marker)| marker.clone()).collect();
            let mut found = self.tribe.by_markers(&set, &texts).map_err(|failure| self.stop(failure, System::Tribe))?;
            for (position, part, marker) in asked {
                let Some(item) = items.get_mut(position) else { continue };
                match found.remove(&marker) {
                    Some(records) => self.adopt_found(item, part, &records)?,
                    None => self.wait_for_intent(item, &part),
                }
            }
        }
        Ok(())
    }

    fn adopt_found(&mut self, item: &mut Item, part: Part, records: &[Record]) -> Result<(), Stop> {
        if records.len() > 1 {
            self.outcome.note(Code::MarkerTwice, Some(&item.subject), None);
        }
        match records.first() {
            Some(oldest) => self.link_part(item, part, oldest.id()),
            None => Ok(()),
        }
    }

    /// Nothing shows. If a create may still be on its way to where it can be seen, the record waits for that.
    fn wait_for_intent(&mut self, item: &mut Item, part: &Part) {
        if let Some(PartState::Intended { since }) = item.link.parts.get(part) {
            let visible_by = since.plus(READ_LAG);
            if self.clock.now() < visible_by {
                self.halt(item, Code::OutcomeUnknown, None, Retry::At(visible_by));
            }
        }
    }
}
