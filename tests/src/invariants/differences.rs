//! I17: what differs between both systems is told, and nothing else is.

use std::collections::BTreeSet;
use std::time::Duration;

use advocaatcentraal_tribe::link::{Link, OfficeState, Part, Subject};
use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::sync::differences::Difference;
use advocaatcentraal_tribe::sync::{Budget, Stop};
use advocaatcentraal_tribe::wording::Why;
use sandbox::Tribe;
use sandbox::advocaatcentraal::{List, Wire};
use sandbox::tribe::Entity;
use serde_json::{Map, Value};

use super::{Broken, Invariant, broken};
use crate::World;
use crate::manual::{self, Field, Form, Holder, InAc, Who};

/// So few requests that an office takes several calls.
const FEW: Budget = Budget { time: Duration::from_secs(3600), requests: 40 };
/// The most calls of one office; more never end.
const MOST_CALLS: usize = 10_000;

/// A record, and a place of it; an empty one is all of the record.
type Spot = (Who, String);

/// All that the connector tells of what differs.
pub fn all_differences(world: &World) -> Result<Vec<Difference>, Stop> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..MOST_CALLS {
        let told = world.engine.get().connector().differences(world, after.as_deref(), FEW)?;
        all.extend(told.found);
        match told.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
    Err(Stop::Defect("differences that do not end"))
}

/// I17: what differs between the two stand-ins by the tests' own tables is what the connector tells, place by place; it
/// explains each, and writes nothing for it.
pub fn what_differs_is_told(world: &World) -> Option<Broken> {
    let (writes, state) = (world.writes(), world.store.dump());
    let told = match all_differences(world) {
        Ok(told) => told,
        Err(stop) => return Some(broken(Invariant::I17, format!("nothing is told: {stop}"))),
    };
    let stored = world.store.dump();
    let is_new =
        |key: &String| state.get(key) != stored.get(key) && !key.ends_with("/token") && !key.ends_with("/profile");
    if world.writes() != writes || state.keys().chain(stored.keys()).any(is_new) {
        return Some(broken(Invariant::I17, "telling what differs writes something"));
    }
    if let Some(of) = told.iter().find(|of| of.why == Why::Unexplained) {
        return Some(broken(Invariant::I17, format!("not explained: {:?} of {}", of.field, of.subject)));
    }
    let (found, either) = found(world);
    let spots: BTreeSet<Spot> =
        told.iter().map(|of| (who(&of.subject), of.field.clone().unwrap_or_default())).collect();
    let untold = found.difference(&spots).next().map(|spot| ("untold", spot));
    let not_so = spots.difference(&found).find(|spot| !either.contains(spot)).map(|spot| ("not so", spot));
    let (what, (who, place)) = untold.or(not_so)?;
    let why = told.iter().find(|of| self::who(&of.subject) == *who).map(|of| of.why);
    Some(broken(Invariant::I17, format!("{what}: {place:?} of {} ({why:?} of it)", who.marker())))
}

fn who(subject: &Subject) -> Who {
    let list = if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties };
    Who { list, id: subject.id().to_owned() }
}

/// Where the two stand-ins differ in what is linked, and where it cannot be said since AC has several addresses of a type.
fn found(world: &World) -> (BTreeSet<Spot>, BTreeSet<Spot>) {
    let mut links = Vec::new();
    let state = OfficeState::new(&world.store, "12345");
    // Faults do not strike this read of the store.
    let _ = state.each_link(|subject, link| links.push((subject.clone(), link.clone())));
    let mut judge = Judge { world, differing: BTreeSet::new(), either: BTreeSet::new() };
    for (subject, link) in links {
        judge.judge(&subject, &link);
    }
    (judge.differing, judge.either)
}

struct Judge<'w> {
    world: &'w World,
    differing: BTreeSet<Spot>,
    either: BTreeSet<Spot>,
}

impl Judge<'_> {
    fn judge(&mut self, subject: &Subject, link: &Link) {
        if link.linked(&Part::Relation).is_none() && !link.is_gone(&Part::Relation) {
            return;
        }
        let who = who(subject);
        let tribe = self.world.tribe.borrow();
        let of_part = |part: &Part| link.linked(part).and_then(|id| entity(&tribe, id));
        let record =
            self.world.fields_in_ac(&who).filter(|record| record.get("status").is_none_or(|of| of != "verwijderd"));
        let (Some(record), Some(relation)) =
            (record.filter(|record| is_kind(subject, record)), of_part(&Part::Relation))
        else {
            self.differing.insert((who, String::new()));
            return;
        };
        let mut contacts = Vec::new();
        for part in link.parts.keys() {
            let Part::Contact(at) = part else { continue };
            match of_part(part) {
                Some(contact) => contacts.push((at.as_str().to_owned(), contact)),
                None if link.linked(part).is_some() || link.is_gone(part) => {
                    self.differing.insert((who.clone(), String::new()));
                }
                None => {}
            }
        }
        let settings = self.world.read_settings();
        for field in manual::fields(&who, &record) {
            if settings.direction(field.name).is_none() {
                continue;
            }
            for (holder, property) in field.tribe {
                match holder {
                    Holder::Relation => {
                        let place = key(field, ".prive", None);
                        self.compare(&who, place, (field, &record, None), Some((relation, property)), &tribe);
                    }
                    Holder::Contact => {
                        for (at, contact) in &contacts {
                            let place = key(field, ".zakelijk", Some(at));
                            let of = (field, &record, Some(at.as_str()));
                            self.compare(&who, place, of, Some((*contact, property)), &tribe);
                        }
                    }
                    Holder::Address(slot) => {
                        let address = relation.link(slot).and_then(|id| tribe.entity(id));
                        let of = (field, &record, None);
                        self.compare(&who, field.name.to_owned(), of, address.map(|of| (of, *property)), &tribe);
                    }
                }
            }
        }
        // Where each kind has places for its own addresses, others are not shown.
        let shows_all = !matches!(self.world.ac.borrow().wire(), Wire::Bookkeeping | Wire::Register);
        for name in without_slot(subject, &record).into_iter().filter(|_| shows_all) {
            self.differing.insert((who.clone(), name.to_owned()));
        }
    }

    fn compare(
        &mut self,
        who: &Who,
        place: String,
        (field, record, at): (&Field, &Map<String, Value>, Option<&str>),
        in_tribe: Option<(Entity<'_>, &str)>,
        tribe: &Tribe,
    ) {
        let at = at.filter(|_| matches!(field.ac, InAc::Koppeling(_)));
        let mut in_ac = field.in_ac(record, at, tribe);
        if in_ac.is_empty() {
            in_ac.push(String::new());
        }
        let there = in_tribe.map(|(entity, property)| field.in_tribe(&entity, property, tribe)).unwrap_or_default();
        let same = in_ac.iter().filter(|value| **value == there).count();
        // What Tribe has no row for is empty in plain form.
        let is_without_row = field.form == Form::Gender && there.is_empty() && says_gender(record);
        if same == 0 || is_without_row {
            self.differing.insert((who.clone(), place));
        } else if same < in_ac.len() {
            self.either.insert((who.clone(), place));
        }
    }
}

/// The place of a field, as the connector names it: which of two fields of Tribe's, and at which organisation.
fn key(field: &Field, of_several: &str, at: Option<&str>) -> String {
    let several = if field.tribe.len() > 1 { of_several } else { "" };
    let at = at.map(|at| format!("@{at}")).unwrap_or_default();
    format!("{}{several}{at}", field.name)
}

fn entity<'t>(tribe: &'t Tribe, id: &TribeId) -> Option<Entity<'t>> {
    tribe.entity(id.as_str().parse().ok()?)
}

fn is_kind(subject: &Subject, record: &Map<String, Value>) -> bool {
    let soort = record.get("soort").and_then(Value::as_str);
    match subject {
        Subject::Organisation(_) => soort == Some("bedrijf"),
        Subject::PrivatePerson(_) => soort == Some("particulier"),
        Subject::ContactPerson(_) => true,
    }
}

/// Whether AC gives a gender that is one.
fn says_gender(record: &Map<String, Value>) -> bool {
    record.get("geslacht").map(manual::text).is_some_and(|text| ["M", "V", "X", "O"].contains(&text.trim()))
}

/// The addresses of a record for which Tribe has no slot.
fn without_slot(subject: &Subject, record: &Map<String, Value>) -> BTreeSet<&'static str> {
    let of_person = [("hoofdkantoor", "hoofdkantoor"), ("postadres", "postadres")];
    let without: &[(&str, &str)] = match subject {
        Subject::Organisation(_) => &[("prive", "priveadres")],
        Subject::PrivatePerson(_) | Subject::ContactPerson(_) => &of_person,
    };
    let rows = record.get("adressen").and_then(Value::as_array).into_iter().flatten();
    let types: Vec<String> = rows.filter_map(|row| row.get("type").map(manual::text)).collect();
    without.iter().filter(|(of, _)| types.iter().any(|found| found == of)).map(|(_, name)| *name).collect()
}
