//! The brake before a mass clearing (F116).
//!
//! A system that loses a column, or shows it empty, looks like a user who emptied that field on every record: followed
//! to the letter, the sync would empty it on the other side as well. So where in one cycle (a poll with the pushes
//! since the last one, a sweep, a walk of the initial sync, each with all of its slices) more than [`PERCENT`] of the
//! linked records would lose a value that both sides had, nothing of it is written, and a person is asked.
//!
//! How many they are is known at the end of a cycle only. Until then every clearing is *held back*: it is left out of
//! the plan, so that the other fields of the record go on and the base of this one stays as it was, and its record is
//! remembered. When the cycle ends, either the remembered records are handled once more, clearings and all, or the
//! brake goes on; as soon as they are too many it does so at once, since a share only rises. While it is on no field is
//! cleared and nothing is remembered: what is to be cleared still differs from its base, and shows whenever both sides
//! are compared. When a person releases it, everything is compared once with clearings allowed. A push lets a handful
//! through at once, counted with the poll that follows.
//!
//! A crash anywhere does no harm. All of it is one value of the store, written before the place of the walk, as dead
//! letters are. A page that is read again finds the same records; a clearing that went through before its record was
//! struck off differs in nothing the next time; and a release that was cut off goes on with the next poll.
//!
//! A field that says nothing (absent) never clears, and one that Tribe demands is never emptied: neither counts.

use crate::link::{BrakeState, Cycle, Emptied, PendingClear, Stream, Subject};
use crate::sync::engine::{Engine, of_state};
use crate::sync::item::Item;
use crate::sync::outcome::{Next, Stop, Verdict};
use crate::sync::reconcile::Planned;
use crate::sync::walk::Step;
use crate::wording::Code;

/// More of the linked records than this losing a value in one cycle is no one's work.
const PERCENT: usize = 20;
/// So many never are too many, however small the office: one person empties a handful of fields by hand in five
/// minutes, and should not be asked about it. An office with more records than this is protected.
const HANDFUL: usize = 5;
/// Held records that are handled together at the end of a cycle.
const AT_ONCE: usize = 50;

/// What is done with a field that was emptied on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clearings {
    /// It is cleared on the other: a person asked for this record, or agreed to all.
    GoThrough,
    /// Its record is remembered until that cycle decides.
    HeldBackBy(Cycle),
}

impl Engine<'_> {
    /// Sets what this call does with clearings, and tells if the brake is on.
    pub(super) fn begin_cycle(&mut self, cycle: Cycle) {
        self.clearings = match self.brake().standing {
            BrakeState::Released => Clearings::GoThrough,
            BrakeState::Off | BrakeState::On { .. } => Clearings::HeldBackBy(cycle),
        };
        if self.is_braked() && cycle != Cycle::Push {
            self.outcome.note(Code::BrakeOn, None, None);
        }
    }

    fn is_braked(&self) -> bool {
        matches!(self.brake().standing, BrakeState::On { .. })
    }

    /// Remembers the records of a batch whose clearings were left out of their plans, and forgets those that lose
    /// nothing any more. Durable with the next [`Engine::flush`].
    pub(super) fn hold_back(&mut self, items: &mut [Item], plans: &[Vec<Planned>]) -> Result<(), Stop> {
        let mut held = Vec::new();
        for (position, (item, plan)) in items.iter_mut().zip(plans).enumerate().filter(|(_, (item, _))| !item.halted) {
            let mut fields = plan.iter().filter_map(|planned| Some((planned.view.row.name, planned.held_back?)));
            let first = fields.next();
            match (first, self.clearings) {
                (Some((field, emptied)), Clearings::HeldBackBy(by)) => {
                    held.push(position);
                    if self.is_braked() {
                        let all = [(field, emptied)].into_iter().chain(fields);
                        all.for_each(|(field, emptied)| self.tell_held_back(&item.subject, field, emptied));
                    } else {
                        let waits = PendingClear { by, field: field.to_owned(), emptied };
                        if self.brake().held.get(&item.subject) != Some(&waits) {
                            self.brake_mut().held.insert(item.subject.clone(), waits);
                        }
                    }
                }
                _ if self.brake().held.contains_key(&item.subject) => {
                    self.brake_mut().held.remove(&item.subject);
                }
                _ => {}
            }
        }
        self.brake_if_too_many()?;
        let braked = self.is_braked();
        for position in held {
            let Some(item) = items.get_mut(position) else { continue };
            if braked { item.reached(Verdict::DeadLettered) } else { item.waits_for_decision = true }
        }
        Ok(())
    }

    /// Puts the brake on if too many records would lose a value.
    fn brake_if_too_many(&mut self) -> Result<(), Stop> {
        let losing = self.brake().losing();
        if self.brake().standing != BrakeState::Off || losing <= HANDFUL {
            return Ok(());
        }
        let linked = match self.linked {
            Some(linked) => linked,
            None => self.state.count_links().map_err(of_state)?,
        };
        self.linked = Some(linked);
        if losing * 100 <= linked * PERCENT {
            return Ok(());
        }
        let since = self.clock.now();
        let brake = self.brake_mut();
        brake.standing = BrakeState::On { since };
        brake.pushed.clear();
        for (subject, held) in std::mem::take(&mut brake.held) {
            self.tell_held_back(&subject, &held.field, held.emptied);
        }
        self.outcome.note(Code::BrakeOn, None, None);
        Ok(())
    }

    fn tell_held_back(&mut self, subject: &Subject, field: &str, emptied: Emptied) {
        let code = match emptied {
            Emptied::InAdvocaatCentraal => Code::EmptiedInAdvocaatCentraal,
            Emptied::InTribe => Code::EmptiedInTribe,
        };
        self.outcome.note(code, Some(subject), Some(field));
    }

    /// The end of a cycle: handles some of the records that wait for it, clearings and all; tells how many are left.
    pub(super) fn let_through(&mut self, cycles: &[Cycle]) -> Result<usize, Stop> {
        let some = self.brake().of(cycles, AT_ONCE);
        if some.is_empty() {
            if cycles.contains(&Cycle::Push) && !self.brake().pushed.is_empty() {
                self.brake_mut().pushed.clear();
            }
            return Ok(0);
        }
        self.clear(&some)?;
        Ok(self.brake().of(cycles, usize::MAX).len())
    }

    /// The end of a push: a handful goes through at once. More wait for the poll.
    pub(super) fn let_a_handful_through(&mut self) -> Result<(), Stop> {
        if self.brake().standing != BrakeState::Off || self.brake().losing() > HANDFUL {
            return Ok(());
        }
        let pushed = self.brake().of(&[Cycle::Push], HANDFUL);
        if pushed.is_empty() {
            return Ok(());
        }
        // Counted before they are cleared: a crash in between forgets none.
        self.brake_mut().pushed.extend(pushed.iter().cloned());
        self.flush()?;
        self.clear(&pushed)
    }

    /// Handles records that were held back, clearings and all, and strikes them off.
    fn clear(&mut self, held: &[Subject]) -> Result<(), Stop> {
        let before = std::mem::replace(&mut self.clearings, Clearings::GoThrough);
        let handled = self.handle_subjects(held);
        self.clearings = before;
        handled?;
        self.brake_mut().held.retain(|subject, _| !held.contains(subject));
        Ok(())
    }

    /// A person agrees to what the brake holds back.
    pub(super) fn release_brake(&mut self) -> Result<(), Stop> {
        match self.brake().standing {
            BrakeState::Off => {
                self.outcome.note(Code::BrakeNotOn, None, None);
                return Ok(());
            }
            BrakeState::On { .. } => {
                self.brake_mut().standing = BrakeState::Released;
                self.flush()?;
            }
            BrakeState::Released => {}
        }
        self.go_on_with_release().map(drop)
    }

    /// Compares everything with clearings allowed, if a person agreed to that; tells whether nothing of it is left.
    pub(super) fn go_on_with_release(&mut self) -> Result<bool, Stop> {
        if self.brake().standing != BrakeState::Released {
            return Ok(true);
        }
        self.clearings = Clearings::GoThrough;
        self.walk("release", &[Step::Sweep(Stream::Relaties), Step::Sweep(Stream::Contactpersonen)])?;
        if self.outcome.next == Next::Again {
            return Ok(false);
        }
        *self.brake_mut() = crate::link::Brake::default();
        self.flush()?;
        Ok(true)
    }
}
