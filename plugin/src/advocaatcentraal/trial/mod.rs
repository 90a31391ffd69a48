//! Trying a dialect: a record is written as edits of it would be, only with what stands in it, and read again.

mod compare;
mod steps;

use dialect::{Dialect, Persons, Pointer, Version};

use self::compare::{Difference, differences, shown};
pub use self::steps::Untold;
use self::steps::{Step, of_person, of_relation};
use super::changing::finished;
use super::json::Object;
use super::reach::Owner;
use super::tags::Tags;
use super::wire::{list_of, object, record_in};
use super::writing::Stored;
use super::{Client, Contactpersoon, Relatie};
use crate::answer::Failure;
use crate::ports::Response;
use crate::relation::{ContactpersoonId, RelatieId};

/// What came of writing a record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// Every member is as it was, but for the stamp and the version.
    AsBefore,
    /// Some members are not.
    Changed(Changed),
    /// It cannot be told, for that reason.
    Untold(Untold),
}

/// The members that are not as they were after a trial: pointers into the record, rows counted from 0, without names that
/// may be data; never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// These are as they were again, since the record was written once more as it was first read.
    pub put_back: Vec<String>,
    /// These are not.
    pub not_put_back: Vec<String>,
    /// AC sets them by itself, so that a person may say that they may change. Otherwise it is how the dialect writes that
    /// loses them.
    pub may_be_accepted: bool,
}

/// A record that AC keeps, and how it is asked for and written.
struct At<'d> {
    path: String,
    owner: Owner,
    /// Where it stands in an answer.
    one: Option<&'d Pointer>,
    /// Where its stamp stands in it.
    stamp: Option<&'d Pointer>,
    named: Named,
}

/// The record that a person named: it stands in an answer, or is all of it.
enum Named {
    Relatie(RelatieId),
    Contactpersoon(ContactpersoonId),
}

/// A reading of it.
struct Reading {
    raw: Object,
    etag: Option<String>,
}

impl Client<'_> {
    /// Writes a relation as edits of it would, with what stands in it, and compares what AC has then. Where members are
    /// lost or changed, the relation is written once more as it was read. `may_begin` gets what it says, but for the stamp
    /// and the version, before anything is written; where it does not agree nothing is, and the trial is cut off.
    ///
    /// A [`Failure`] where nothing was written, or where the answer was lost and nothing is another:
    /// [`Failure::Changed`] if someone changed it meanwhile.
    pub fn try_relatie(&self, id: &RelatieId, may_begin: &mut dyn FnMut(String) -> bool) -> Result<Trial, Failure> {
        let read = self.relatie(id)?;
        let first = reading(&read.raw, &read);
        if !self.begins(&first, may_begin) {
            return Ok(Trial::Untold(Untold::CutOff));
        }
        let steps = match of_relation(&read, &self.settings.dialect) {
            Ok(steps) => steps,
            Err(untold) => return Ok(Trial::Untold(untold)),
        };
        self.try_all(&self.at_relation(&read), first, steps)
    }

    /// The same with a contact person.
    pub fn try_contactpersoon(
        &self,
        id: &ContactpersoonId,
        may_begin: &mut dyn FnMut(String) -> bool,
    ) -> Result<Trial, Failure> {
        let read = self.contactpersoon(id)?;
        let whole = read.within.as_ref().and_then(|within| within.record.as_ref()).unwrap_or(&read.raw);
        let first = reading(whole, &read);
        if !self.begins(&first, may_begin) {
            return Ok(Trial::Untold(Untold::CutOff));
        }
        let steps = match of_person(&read, &self.settings.dialect) {
            Ok(steps) => steps,
            Err(untold) => return Ok(Trial::Untold(untold)),
        };
        self.try_all(&self.at_person(&read)?, first, steps)
    }

    fn at_relation(&self, read: &Relatie) -> At<'_> {
        At {
            path: self.relatie_path(read.id()),
            owner: read.owner(),
            one: self.relation_list(read.id()).and_then(|list| list.one.as_ref()),
            stamp: self.dialect().relations.record.changed.as_ref().map(|stamp| &stamp.at),
            named: Named::Relatie(read.id().clone()),
        }
    }

    fn at_person(&self, read: &Contactpersoon) -> Result<At<'_>, Failure> {
        let dialect = self.dialect();
        let of_relation = dialect.relations.record.changed.as_ref();
        let of_person = dialect.person().and_then(|person| person.changed.as_ref());
        let (one, stamp) = match (&dialect.persons, &read.within) {
            (Persons::Inside(_), Some(within)) => {
                (self.relation_list(&within.parent).and_then(|list| list.one.as_ref()), of_relation)
            }
            (Persons::Of(of), _) => (of.one.as_ref(), of_person),
            (Persons::Apart(apart), _) => {
                (list_of(&apart.lists, read.id().as_str()).and_then(|list| list.one.as_ref()), of_person)
            }
            (Persons::Inside(_) | Persons::None, _) => return Err(Failure::Gone),
        };
        Ok(At {
            path: self.contactpersoon_path(read.id())?,
            owner: Owner::ContactPerson,
            one,
            stamp: stamp.map(|stamp| &stamp.at),
            named: Named::Contactpersoon(read.id().clone()),
        })
    }

    fn begins(&self, first: &Reading, may_begin: &mut dyn FnMut(String) -> bool) -> bool {
        let mut content = first.raw.clone();
        self.expected().iter().for_each(|pointer| content.remove(pointer));
        may_begin(content.to_text())
    }

    fn try_all(&self, at: &At<'_>, first: Reading, steps: Vec<Step>) -> Result<Trial, Failure> {
        let mut now = first;
        for step in steps {
            let body = finished(step.body(&now.raw, self.dialect())?, &self.dialect().writing)?;
            match self.try_one(at, &now, &body)? {
                Ok(after) => now = after,
                Err(trial) => return Ok(trial),
            }
        }
        Ok(Trial::AsBefore)
    }

    /// One write. Gives the reading after it where every member is as it was, and otherwise what came of the trial.
    fn try_one(&self, at: &At<'_>, before: &Reading, body: &str) -> Result<Result<Reading, Trial>, Failure> {
        let answer = self.write_back(at, before, body);
        let untold = match &answer {
            Ok(response) if self.says_record(response) && !self.is_the_record(at, response) => {
                Some(Untold::AnsweredOtherwise)
            }
            Ok(_) => None,
            Err(Failure::NotUnderstood | Failure::Unusable(_)) => Some(Untold::AnsweredOtherwise),
            Err(Failure::Redirected) => Some(Untold::Redirected),
            Err(Failure::Unknown(_)) => None,
            // Where it still reads it is refused: writes have another path, or a rule of the dialect goes by the status.
            Err(Failure::Gone) => {
                let read = self.read_whole(at);
                return Err(read.err().unwrap_or(Failure::Refused { status: 404, field: None }));
            }
            Err(failure) => return Err(failure.clone()),
        };
        // Whatever was answered, only the record tells what became of it.
        let Ok(after) = self.read_whole(at) else { return Ok(Err(Trial::Untold(Untold::CutOff))) };
        let changed = differences(&before.raw, &after.raw, &self.expected());
        if changed.is_empty() {
            return match (untold, answer) {
                (Some(untold), _) => Ok(Err(Trial::Untold(untold))),
                (None, Ok(_)) => Ok(Ok(after)),
                (None, Err(failure)) => Err(failure),
            };
        }
        let is_another = !after.raw.is_empty() && !before.raw.names().any(|name| after.raw.get(name).is_some());
        if is_another || answer.is_ok_and(|answer| self.was_moved_since(at, &answer, &after)) {
            return Ok(Err(Trial::Untold(Untold::CutOff)));
        }
        Ok(Err(Trial::Changed(self.put_back(at, before, &after, &changed))))
    }

    /// As every write, without the tag where that fits nothing: somebody changed the record only if it reads otherwise.
    fn write_back(&self, at: &At<'_>, read: &Reading, body: &str) -> Result<Response, Failure> {
        let tag = self.fitting(read.etag.as_deref());
        match self.transmit((&at.path, at.owner), body, tag) {
            Err(Failure::Changed) if tag.is_some() && matches!(self.dialect().writing.version, Version::Etag) => {
                // That the write was not carried out is known, whatever the reading is answered.
                let fresh = self.read_whole(at).map_err(|failure| match failure {
                    Failure::NotUnderstood | Failure::Unusable(_) | Failure::Redirected => {
                        Failure::Unavailable(failure.cause())
                    }
                    other => other,
                })?;
                if fresh.raw.to_text() != read.raw.to_text() {
                    return Err(Failure::Changed);
                }
                let answer = self.transmit((&at.path, at.owner), body, None)?;
                self.tags.set(Some(Tags::DoNotFit { since: self.clock.now() }));
                Ok(answer)
            }
            answer => answer,
        }
    }

    /// The record, whatever stands in it: a trial may have taken its id away.
    fn read_whole(&self, at: &At<'_>) -> Result<Reading, Failure> {
        let response = self.get(&at.path, &dialect::Operation::Single)?;
        let raw = record_in(object(&response)?, at.one)?;
        Ok(Reading { etag: self.guard(&response, &raw), raw })
    }

    fn is_the_record(&self, at: &At<'_>, response: &Response) -> bool {
        match &at.named {
            Named::Relatie(id) => self.read_relatie(response, id).is_ok(),
            Named::Contactpersoon(id) => self.read_contactpersoon(response, id).is_ok(),
        }
    }

    /// Whether somebody wrote the record after a write was answered, as its stamp or its version says.
    fn was_moved_since(&self, at: &At<'_>, answer: &Response, after: &Reading) -> bool {
        let Ok(answered) = object(answer).and_then(|body| record_in(body, at.one)) else { return false };
        let version = match &self.dialect().writing.version {
            Version::Member(version) => Some(version),
            Version::Etag | Version::None => None,
        };
        at.stamp.into_iter().chain(version).any(|pointer| {
            let said = |object: &Object| object.at(pointer).ok().flatten().map(|found| found.get().to_owned());
            said(&answered).zip(said(&after.raw)).is_some_and(|(answered, after)| answered != after)
        })
    }

    /// Writes the record once more, whole, as it was before the trial, and tells what that brought back.
    fn put_back(&self, at: &At<'_>, before: &Reading, after: &Reading, changed: &[Difference]) -> Changed {
        let still = match self.write_whole(at, before, after) {
            Ok(now) => differences(&before.raw, &now.raw, &self.expected()),
            Err(_) => changed.to_vec(),
        };
        let is_back = |of: &&Difference| !still.iter().any(|still| still.is_below(of) || of.is_below(still));
        let put_back = shown(changed.iter().filter(is_back));
        let is_lost = changed.iter().any(|of| of.is_lost);
        Changed { may_be_accepted: put_back.is_empty() && !is_lost, put_back, not_put_back: shown(&still) }
    }

    fn write_whole(&self, at: &At<'_>, before: &Reading, after: &Reading) -> Result<Reading, Failure> {
        let fresh;
        let after = if self.fitting(after.etag.as_deref()).is_some() {
            after
        } else {
            fresh = self.read_whole(at)?;
            if fresh.raw.to_text() != after.raw.to_text() {
                return Err(Failure::Changed);
            }
            &fresh
        };
        let writing = &self.dialect().writing;
        let mut body = before.raw.clone();
        if let Version::Member(version) = &writing.version {
            match after.raw.at(version) {
                Ok(Some(now)) => body.put(version, now.get().to_owned())?,
                _ => body.remove(version),
            }
        }
        // However it is answered, the next reading tells.
        let _ = self.write_back(at, after, &finished(body, writing)?);
        self.read_whole(at)
    }

    /// What AC is to change with every write is no change.
    fn expected(&self) -> Vec<Pointer> {
        expected(self.dialect())
    }
}

fn expected(dialect: &Dialect) -> Vec<Pointer> {
    let mut expected: Vec<Pointer> = Vec::new();
    expected.extend(dialect.relations.record.changed.iter().map(|stamp| stamp.at.clone()));
    if let Some(stamp) = dialect.person().and_then(|person| person.changed.as_ref()) {
        expected.push(stamp.at.clone());
        if let Persons::Inside(inside) = &dialect.persons {
            expected.push(inside.rows.then(&stamp.at));
        }
    }
    if let Version::Member(version) = &dialect.writing.version {
        expected.push(version.clone());
    }
    expected
}

fn reading<R: Stored>(raw: &Object, read: &R) -> Reading {
    Reading { raw: raw.clone(), etag: read.etag().map(str::to_owned) }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
