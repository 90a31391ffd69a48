//! The end of a run: faults and users stop, and both systems must come to rest.

use std::time::Duration;

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::records::RecordId;
use advocaatcentraal_tribe::wording::Code;

use super::Speaks;
use super::driver::{Driver, Ended, WalkOf};
use super::quirk::Quirk;
use crate::CYCLE;
use crate::faults::Truth;
use crate::invariants::{self, Broken, Invariant};

/// Longer than the longest pause before a dead letter is tried again.
const QUIET: Duration = Duration::from_secs(2 * 60 * 60);

impl Driver<'_> {
    /// Both systems must agree within two cycles, and the third must write nothing (I14).
    pub(super) fn come_to_rest(&mut self) {
        self.world.faults.stop();
        drop(self.world.before_request.borrow_mut().take());
        self.settings_as_before();
        // The first walk may stop at a token that the connector took for valid; the next one renews it.
        if !self.initial_done {
            self.finish(WalkOf::Initial);
            if self.world.faults.lost_state() {
                self.world.watch.state_is_lost();
            }
        }
        self.finish(WalkOf::Poll);
        self.world.wait(QUIET);
        // Only a whole walk sees all that puts the brake on. And a lost renewal of a token shows only when the token
        // ends.
        self.finish(WalkOf::Poll);
        self.hooks.collect(self.world, &mut self.broken);
        self.hooks.drop_all(self.world);
        let truths: Vec<Truth> = self.scenario.faults.keys().map(|kind| kind.truth()).collect();
        // Rows that come later than a list is read again are found by the sweep (D23).
        let comes_late = self.scenario.quirks.contains(&Quirk::VeryLateRows);
        if truths.contains(&Truth::Broken) || comes_late {
            self.finish(WalkOf::Sweep);
            // Where pages are counted, what the sweep itself writes may move a row past it; the next night's finds that.
            if matches!(self.scenario.speaks, Speaks::Practice | Speaks::Ledger) {
                self.finish(WalkOf::Sweep);
            }
        }
        if truths.contains(&Truth::Refused) {
            self.try_letters_again();
        }
        for _ in 0..2 {
            self.world.wait(CYCLE);
            self.must_end(WalkOf::Poll);
        }
        self.broken.extend(invariants::at_rest(self.world));
        let before = self.world.writes();
        self.world.wait(CYCLE);
        self.must_end(WalkOf::Poll);
        if self.world.writes() != before {
            let what = format!("the third idle cycle writes: {before:?} became {:?}", self.world.writes());
            self.broken.push(Broken { invariant: Invariant::I14, what });
        }
        self.broken.extend(invariants::what_differs_is_told(self.world));
    }

    /// Releases the brake, as a person does who sees that users emptied so much. Returns whether the brake is off.
    fn release_the_brake(&mut self) -> bool {
        let budget = Budget { time: QUIET, requests: 1_000_000 };
        let released = self.world.call(budget, |connector, world, budget| connector.release_brake(world, None, budget));
        released.is_ok_and(|outcome| outcome.notes.iter().any(|note| note.code == Code::BrakeNotOn))
    }

    /// Walks to the end. A stop of before may still ask to wait, and a released brake asks for another walk; it goes on
    /// again as long as a list still shows what stood there before.
    fn finish(&mut self, of: WalkOf) {
        for _ in 0..4 {
            if self.walk(of) == Ended::Done && self.release_the_brake() {
                return;
            }
            self.world.wait(2 * CYCLE);
        }
        self.break_off(&format!("{of:?} does not end though nothing is wrong any more"));
    }

    /// Walks to the end, which nothing may stop.
    fn must_end(&mut self, of: WalkOf) {
        if self.walk(of) == Ended::Early {
            self.break_off(&format!("{of:?} stops though nothing is wrong any more"));
        }
    }

    /// Tries every dead letter again, as an operator does.
    fn try_letters_again(&mut self) {
        let connector = self.world.engine.get().connector();
        let budget = Budget { time: QUIET, requests: 1_000_000 };
        let Ok(letters) = connector.dead_letters(self.world) else {
            return self.break_off("the dead letters cannot be read");
        };
        for (subject, _) in letters {
            let id = match subject {
                Subject::Organisation(id) | Subject::PrivatePerson(id) => {
                    RecordId::Relatie(RelatieId::new(id.as_str()))
                }
                Subject::ContactPerson(id) => RecordId::Contactpersoon(ContactpersoonId::new(id.as_str())),
            };
            let tried = self.world.call(budget, |connector, world, budget| connector.resync(world, &id, budget));
            if tried.is_err() {
                self.break_off("a record cannot be tried again");
            }
        }
    }
}
