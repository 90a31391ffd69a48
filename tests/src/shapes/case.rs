//! Cases: one piece of the connector's work while answers arrive in other shapes, and what may follow from it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use sandbox::Written;
use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};

use super::{Alterer, Coverage};
use crate::World;

/// After so many cases the systems are made anew: they remember every version of every record.
const CASES_OF_A_WORLD: u64 = 400;
/// Relations of an office that has one of every special kind.
const RELATIONS: usize = 18;

/// What was wrong in a case.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed of the case.
    pub seed: u64,
    /// What it did.
    pub work: String,
    /// What was wrong.
    pub what: String,
    /// What was altered before.
    pub trail: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}: {}: {}", self.seed, self.work, self.what)?;
        self.trail.iter().try_for_each(|altered| write!(f, "\n    {altered}"))
    }
}

/// Runs cases, one after the other, each by its own seed.
pub struct Fuzz {
    world: World,
    /// The connector's state at rest.
    settled: BTreeMap<String, Vec<u8>>,
    cases_of_world: u64,
    coverage: Rc<RefCell<Coverage>>,
}

/// What the connector is asked to do.
#[derive(Clone, Copy, Debug)]
enum Work {
    Poll,
    Sweep,
    InitialSync,
    Push,
    Resync,
    Check,
}

/// An edit of a user: one field of one record.
struct Edited {
    list: List,
    id: String,
    /// The member in AC.
    member: &'static str,
    /// The property in Tribe.
    property: &'static str,
}

impl Default for Fuzz {
    fn default() -> Self {
        let (world, settled) = rested();
        Self { world, settled, cases_of_world: 0, coverage: Rc::default() }
    }
}

impl Fuzz {
    /// What was altered so far.
    pub fn coverage(&self) -> Coverage {
        self.coverage.borrow().clone()
    }

    /// How many answers went by so far.
    pub fn answers(&self) -> u64 {
        self.coverage.borrow().answers
    }

    /// Runs the case of that seed.
    pub fn case(&mut self, seed: u64) -> Result<(), Finding> {
        if self.cases_of_world >= CASES_OF_A_WORLD {
            self.begin_anew();
        }
        self.cases_of_world += 1;
        let mut random = fastrand::Rng::with_seed(seed);
        let works = [Work::Poll, Work::Poll, Work::Sweep, Work::InitialSync, Work::Push, Work::Resync, Work::Check];
        let work = random.choice(works).unwrap_or(Work::Poll);
        let edited = (random.u8(..4) == 0).then(|| self.edit(&mut random));
        let told = format!("{work:?} after {}", edited.as_ref().map_or("no edit".to_owned(), Edited::to_string));
        let percent = random.choice([5, 20, 60, 100]).unwrap_or(20);
        let alterer = Rc::new(RefCell::new(Alterer::new(random, percent)));
        let before = Snapshot::of(&self.world);
        let went = self.do_altered(work, &alterer);
        let returned = &alterer.borrow().returned;
        let what = match went {
            Err(()) => Err("it panics".to_owned()),
            Ok(()) => before.judge(&self.world, edited.as_ref(), returned).and_then(|after| self.come_to_rest(after)),
        };
        what.map_err(|what| {
            self.begin_anew();
            Finding { seed, work: told, what, trail: alterer.borrow().trail.clone() }
        })
    }

    fn begin_anew(&mut self) {
        (self.world, self.settled) = rested();
        self.cases_of_world = 0;
    }

    fn do_altered(&self, work: Work, alterer: &Rc<RefCell<Alterer>>) -> Result<(), ()> {
        let (altering, coverage) = (Rc::clone(alterer), Rc::clone(&self.coverage));
        self.world.on_answer.replace(Some(Box::new(move |request, answer| {
            altering.borrow_mut().alter(request, answer, &mut coverage.borrow_mut());
        })));
        // What the work came to does not matter: it may stop, and go on later.
        let went = catch_unwind(AssertUnwindSafe(|| do_work(&self.world, work)));
        self.world.on_answer.replace(None);
        went.map_err(drop)
    }

    /// Puts the state back, and sees that an edit arrives once answers are as they should be.
    fn come_to_rest(&mut self, after: After) -> Result<(), String> {
        self.world.store.put_back(self.settled.clone());
        match after {
            After::Untouched => return Ok(()),
            After::Spoilt => {
                self.begin_anew();
                return Ok(());
            }
            After::Edited => {}
        }
        if self.world.settle().is_err() {
            return Err("it does not go on though all is well".to_owned());
        }
        self.settled = self.world.store.dump();
        let comparison = self.world.compare();
        if comparison.is_equal() { Ok(()) } else { Err(format!("the edit is lost: {comparison}")) }
    }

    /// A user of either system edits one field.
    fn edit(&self, random: &mut fastrand::Rng) -> Edited {
        let number = random.u32(100_000..1_000_000);
        let world = &self.world;
        let (edited, value) = if random.bool() {
            let value = format!("020 5{number}");
            let (list, id) = (List::Relaties, random.choice(["1001", "1002", "1003"]).unwrap_or("1001").to_owned());
            (Edited { list, id, member: "telefoonnummer", property: "PhoneNumber" }, value)
        } else {
            let (list, id) = (List::Contactpersonen, crate::support::synced_person(world));
            (Edited { list, id, member: "voornamen", property: "FirstName" }, format!("Anna {number}"))
        };
        if random.bool() {
            world.edit_in_ac(edited.list, &edited.id, |record| {
                record.insert(edited.member.to_owned(), value.clone().into());
            });
        } else {
            let mut patch = Map::new();
            patch.insert(edited.property.to_owned(), value.into());
            world.edit_in_tribe(&edited.marker(), &Value::Object(patch));
        }
        edited
    }
}

impl Edited {
    fn marker(&self) -> String {
        let list = if self.list == List::Relaties { "relatie" } else { "contactpersoon" };
        format!("ac:12345:{list}:{}", self.id)
    }
}

impl fmt::Display for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an edit of {} of {}", self.member, self.marker())
    }
}

fn rested() -> (World, BTreeMap<String, Vec<u8>>) {
    let world = World::new(7, RELATIONS);
    #[expect(clippy::panic, reason = "an office that cannot be synced is no office to try anything with")]
    if world.initial_sync().and_then(|_| world.settle()).is_err() {
        panic!("the office does not come to rest");
    }
    let settled = world.store.dump();
    (world, settled)
}

fn do_work(world: &World, work: Work) {
    let settings = world.read_settings();
    let record = RecordId::Relatie(RelatieId::new("1001"));
    let budget = world.budget.get();
    match work {
        Work::Poll => drop(world.poll()),
        Work::Sweep => drop(world.sweep()),
        Work::InitialSync => drop(world.initial_sync()),
        Work::Push => {
            let ids: Vec<String> = {
                let tribe = world.tribe.borrow();
                let sets = ["Relation", "Relationship_Person_Contact_Standard", "Address"];
                sets.iter().flat_map(|set| tribe.set(set).map(|entity| entity.id().to_string())).collect()
            };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            drop(world.push(&ids));
        }
        Work::Resync => drop(records::resync(world.ports(), &settings, budget, &record)),
        Work::Check => drop(setup::check(world.ports(), &settings, None)),
    }
}

/// Both systems before a case.
struct Snapshot {
    writes: (u64, u64),
    in_ac: Vec<(List, String, Map<String, Value>)>,
}

impl Snapshot {
    fn of(world: &World) -> Self {
        Self { writes: world.writes(), in_ac: records_in_ac(world) }
    }

    /// What the systems are after a case; what was written that no edit asked for.
    fn judge(&self, world: &World, edited: Option<&Edited>, returned: &BTreeSet<String>) -> Result<After, String> {
        if world.violations() > 0 {
            return Err("a call that must never be made".to_owned());
        }
        let (to_ac, to_tribe) = world.writes();
        let count = usize::try_from(to_tribe - self.writes.1).unwrap_or(usize::MAX);
        let is_allowed = |written: &Written| {
            edited.is_some_and(|edited| written.method == "PUT" && written.members == [edited.property.to_owned()])
        };
        let tribe = world.tribe.borrow();
        if let Some(written) = tribe.counters().written().rev().take(count).find(|written| !is_allowed(written)) {
            return Err(format!("Tribe is written: {} {} {:?}", written.method, written.set, written.members));
        }
        let Some(edited) = edited else {
            return if to_ac == self.writes.0 { Ok(After::Untouched) } else { Err("AC is written".to_owned()) };
        };
        let mut after = After::Edited;
        for ((list, id, before), (_, _, now)) in self.in_ac.iter().zip(&records_in_ac(world)) {
            let is_edited = edited.list == *list && edited.id == *id;
            let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
            for name in names.into_iter().filter(|name| before.get(*name) != now.get(*name)) {
                match name.as_str() {
                    name if is_edited && name == edited.member => {}
                    // It goes back as it was read (A8).
                    name if is_edited && returned.contains(name) => after = After::Spoilt,
                    name => return Err(format!("AC is written: {} {id} {name}", list.name())),
                }
            }
        }
        Ok(after)
    }
}

/// What the systems are after a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// As before it.
    Untouched,
    /// A user edited a field, on one side or by now on both.
    Edited,
    /// AC got back what was altered on the way to the connector.
    Spoilt,
}

fn records_in_ac(world: &World) -> Vec<(List, String, Map<String, Value>)> {
    let ac = world.ac.borrow();
    let of = |list, id: &str, record: &sandbox::advocaatcentraal::Record| {
        (list, id.to_owned(), record.current().fields().clone())
    };
    let relaties = ac.relaties().map(|(id, record)| of(List::Relaties, id, record));
    let people = ac.contactpersonen().map(|(id, record)| of(List::Contactpersonen, id, record));
    relaties.chain(people).collect()
}
