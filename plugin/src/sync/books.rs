//! The books of a slice: dead letters, the brake, what Tribe does not show, values that give way, and the outcome under
//! way.
//!
//! The first three are one value of the store each. They are read when a slice begins, changed in memory, and made
//! durable by [`Books::flush`], which comes before every write that relies on them and before every cursor. A value that
//! gives way is a value of the store by itself, written by the same flush and not read again.

use std::time::Duration;

use litemap::LiteMap;

use crate::link::{
    Absences, Brake, BrakeState, DeadLetter, DeadLetters, Fingerprint, FingerprintKey, KeepFor, Kept, KeptId,
    KeptSince, OfficeState, Reason, StateError, Subject, Sureness,
};
use crate::relation::Instant;
use crate::set::Set;
use crate::stored::Later;
use crate::sync::outcome::{Outcome, Standing, System, Verdict, Write, WriteResult};
use crate::wording::Code;

/// The pauses before the second, third … try of one record; the last goes on.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(15 * 60), Duration::from_secs(60 * 60)];

/// So many records whose field cannot be read say nothing yet of the field as such.
const FEW_UNREADABLE: usize = 2;

/// When a dead letter is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) enum Retry {
    /// After a pause that grows with each try.
    Soon,
    /// At that instant.
    At(Instant),
    /// When the record is no longer the one that was refused, or on request.
    WhenChanged(Option<Fingerprint>),
}

/// A value of the store that is read once and written when it changed.
struct Dirty<T> {
    value: T,
    changed: bool,
}

impl<T> Dirty<T> {
    fn clean(value: T) -> Self {
        Self { value, changed: false }
    }

    fn change(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }

    /// Stores the value if it changed.
    fn flush(&mut self, save: impl FnOnce(&T) -> Result<(), StateError>) -> Result<(), StateError> {
        if self.changed {
            save(&self.value)?;
            self.changed = false;
        }
        Ok(())
    }
}

/// What one slice writes down of its work.
pub(super) struct Books {
    letters: Dirty<DeadLetters>,
    brake: Dirty<Brake>,
    absences: Dirty<Absences>,
    kept_since: Dirty<KeptSince>,
    /// Values that give way, to be kept with the next flush.
    kept: LiteMap<KeptId, Kept>,
    /// Values that are kept since this slice.
    kept_anew: Set<KeptId>,
    /// Those of them that did not give way after all, and are kept no longer from the next flush on.
    kept_no_longer: Set<KeptId>,
    keep_for: KeepFor,
    /// What the slice did so far.
    pub(super) outcome: Outcome,
    /// Records that wait for the end of their cycle, and are counted then.
    pub(super) counted_later: u32,
    /// What was seen of each field in either system.
    reading: LiteMap<(&'static str, System), Reading>,
}

/// How a field could be read on the records of a slice.
#[derive(Default)]
struct Reading {
    unreadable: Set<Subject>,
    /// Some record has a value there that can be read.
    is_read_elsewhere: bool,
}

impl Books {
    /// The books as the store has them; what has ended is forgotten.
    pub(super) fn open(state: &OfficeState<'_>, now: Instant, keep_for: KeepFor) -> Result<Self, StateError> {
        let mut brake = Dirty::clean(state.brake()?);
        brake.changed = brake.value.forget_old(now);
        let mut kept_since = Dirty::clean(state.kept_since()?);
        if kept_since.value.is_due(keep_for, now) {
            let oldest = end_old(state, now, keep_for)?;
            *kept_since.change() = KeptSince { oldest, looked: Some(now), ..kept_since.value.clone() };
        }
        Ok(Self {
            letters: Dirty::clean(state.dead_letters()?),
            brake,
            kept_since,
            absences: Dirty::clean(state.absences()?),
            kept: LiteMap::new(),
            kept_anew: Set::new(),
            kept_no_longer: Set::new(),
            keep_for,
            outcome: Outcome::default(),
            counted_later: 0,
            reading: LiteMap::new(),
        })
    }

    /// Makes what changed durable.
    pub(super) fn flush(&mut self, state: &OfficeState<'_>) -> Result<(), StateError> {
        self.letters.flush(|letters| state.save_dead_letters(letters))?;
        self.brake.flush(|brake| state.save_brake(brake))?;
        self.absences.flush(|absences| state.save_absences(absences))?;
        // Since when first: a value that nobody knows to be there would never end.
        self.kept_since.flush(|since| state.save_kept_since(since))?;
        for (id, mut kept) in std::mem::take(&mut self.kept) {
            match state.kept(&id)? {
                // The same value that gives way once more: a conflict that nobody decided on stays one.
                Some(known) if known.reason == Reason::Conflict => kept.reason = Reason::Conflict,
                Some(_) => {}
                None => drop(self.kept_anew.insert(id.clone())),
            }
            state.save_kept(&id, &kept)?;
        }
        for id in std::mem::take(&mut self.kept_no_longer) {
            state.forget_kept(&id)?;
        }
        Ok(())
    }

    /// Notes something that a person may want to know.
    pub(super) fn note(&mut self, code: Code, subject: Option<&Subject>, field: Option<&str>) {
        self.outcome.note(code, subject, field);
    }

    /// A write to one of the systems, and what came of it; without a field it is about the record itself.
    pub(super) fn wrote(&mut self, subject: &Subject, to: System, field: Option<&str>, result: WriteResult) {
        let write = Write { subject: subject.clone(), to, field: field.map(str::to_owned), result };
        self.outcome.writes.push(write);
    }

    /// How the office stands.
    pub(super) fn standing(&self) -> Standing {
        let count = |records: usize| u32::try_from(records).unwrap_or(u32::MAX);
        let absences = self.absences();
        let gone = absences.records.values().filter(|absence| absence.sureness == Sureness::Gone);
        let brakes = self.brake().all_standing().filter(|(_, braked)| braked.state == BrakeState::On);
        Standing {
            dead_letters: count(self.letters.value.0.len()),
            gone: count(gone.count()),
            brakes: count(brakes.count() + usize::from(absences.is_held())),
        }
    }

    /// A field of that record cannot be read. Told by [`Books::tell_unreadable`].
    pub(super) fn could_not_read(&mut self, system: System, field: &'static str, subject: &Subject) {
        self.reading.entry((field, system)).or_default().unreadable.insert(subject.clone());
    }

    /// A field of some record has a value that can be read.
    pub(super) fn could_read(&mut self, system: System, field: &'static str) {
        self.reading.entry((field, system)).or_default().is_read_elsewhere = true;
    }

    /// Notes the fields that could not be read: record by record, or once where no record at all could be read in that
    /// field. Then it is the field that is another.
    pub(super) fn tell_unreadable(&mut self) {
        for ((field, system), Reading { unreadable, is_read_elsewhere }) in std::mem::take(&mut self.reading) {
            let (of_one, of_all) = match system {
                System::AdvocaatCentraal => (Code::FieldNotUnderstood, Code::FieldNeverUnderstood),
                System::Tribe => (Code::FieldNotUnderstoodInTribe, Code::FieldNeverUnderstoodInTribe),
            };
            if !is_read_elsewhere && unreadable.len() > FEW_UNREADABLE {
                self.note(of_all, None, Some(field));
            } else {
                unreadable.iter().for_each(|subject| self.note(of_one, Some(subject), Some(field)));
            }
        }
    }

    /// Counts one record.
    pub(super) fn count(&mut self, verdict: Verdict) {
        self.outcome.counts.add(verdict);
    }

    /// Records that were looked at so far, those that are counted later among them.
    pub(super) fn looked_at(&self) -> u32 {
        self.outcome.counts.read + self.counted_later
    }

    /// Makes a record a dead letter: it could not be handled, and is tried again.
    pub(super) fn dead_letter<'f>(
        &mut self,
        now: Instant,
        subject: &Subject,
        code: Code,
        fields: impl IntoIterator<Item = &'f str>,
        retry: Retry,
    ) {
        let fields: Set<String> = fields.into_iter().map(str::to_owned).collect();
        self.write_letter(now, subject, code, fields.clone(), retry);
        if fields.is_empty() {
            self.note(code, Some(subject), None);
        }
        for field in fields {
            self.note(code, Some(subject), Some(&field));
        }
    }

    /// As [`Books::dead_letter`], of fields that were noted when it happened. It rests, and holds up nothing of the record.
    pub(super) fn rest(&mut self, now: Instant, subject: &Subject, code: Code, fields: &Set<&'static str>) {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.write_letter(now, subject, code, fields, Retry::WhenChanged(None));
    }

    fn write_letter(&mut self, now: Instant, subject: &Subject, code: Code, fields: Set<String>, retry: Retry) {
        let earlier = self.letters.value.0.get(subject);
        let attempts = earlier.map_or(0, |letter| letter.attempts).saturating_add(1);
        let (next_try, refused) = match retry {
            Retry::Soon => (Some(now.plus(pause_after(attempts))), None),
            Retry::At(instant) => (Some(instant), None),
            Retry::WhenChanged(refused) => (None, refused),
        };
        let letter = DeadLetter {
            code: code.as_str().to_owned(),
            fields,
            attempts,
            since: earlier.map_or(now, |letter| letter.since),
            tried: now,
            next_try,
            refused,
            later: earlier.map(|letter| letter.later.clone()).unwrap_or_default(),
        };
        self.letters.change().0.insert(subject.clone(), letter);
    }

    /// Makes a contact person due at once, who waits for an organisation: nothing else would bring that record back,
    /// were the run to end here. One that is tried again anyway comes back by itself.
    pub(super) fn make_due(&mut self, now: Instant, subject: Subject) {
        if let Some(letter) = self.letter(&subject) {
            if letter.next_try.is_none() {
                self.make_letters_due(now, &[subject]);
            }
            return;
        }
        let letter = DeadLetter {
            code: Code::WaitsForOrganisation.as_str().to_owned(),
            fields: Set::new(),
            attempts: 0,
            since: now,
            tried: now,
            next_try: Some(now),
            refused: None,
            later: Later::default(),
        };
        self.letters.change().0.insert(subject, letter);
    }

    /// The dead letter of a record, if there is one.
    pub(super) fn letter(&self, subject: &Subject) -> Option<&DeadLetter> {
        self.letters.value.0.get(subject)
    }

    /// Every dead letter.
    pub(super) fn letters(&self) -> impl Iterator<Item = (&Subject, &DeadLetter)> {
        self.letters.value.0.iter()
    }

    /// These are tried again as soon as there is time.
    pub(super) fn make_letters_due(&mut self, now: Instant, subjects: &[Subject]) {
        for subject in subjects {
            if let Some(letter) = self.letters.change().0.get_mut(subject) {
                letter.next_try = Some(now);
            }
        }
    }

    /// Everything that was refused with that code is tried again.
    pub(super) fn make_refusals_due(&mut self, now: Instant, code: Code) {
        let refused = self.letters().filter(|(_, letter)| letter.code == code.as_str());
        let refused: Vec<Subject> = refused.map(|(subject, _)| subject.clone()).collect();
        if !refused.is_empty() {
            self.make_letters_due(now, &refused);
        }
    }

    /// A dead letter of that code names the fields that are refused now: some no longer are, and of others a run that was
    /// broken off kept the refusal and not the letter.
    pub(super) fn name_refused(&mut self, subject: &Subject, code: Code, fields: &Set<&'static str>) {
        let is_other = |letter: &DeadLetter| !letter.fields.iter().map(String::as_str).eq(fields.iter().copied());
        if !self.letter(subject).is_some_and(|letter| letter.code == code.as_str() && is_other(letter)) {
            return;
        }
        if let Some(letter) = self.letters.change().0.get_mut(subject) {
            letter.fields = fields.iter().map(|field| (*field).to_owned()).collect();
        }
    }

    /// A record whose dead letter waits until it changes was looked at, and that is what AC says of it by now.
    pub(super) fn was_looked_at(&mut self, subject: &Subject, now: Option<Fingerprint>) {
        if !self.letter(subject).is_some_and(|letter| letter.refused.is_some() && letter.refused != now) {
            return;
        }
        if let Some(letter) = self.letters.change().0.get_mut(subject) {
            letter.refused = now;
        }
    }

    /// The records whose dead letter is due, at most so many.
    pub(super) fn letters_due(&self, now: Instant, most: usize) -> Vec<Subject> {
        self.letters.value.due(now, most)
    }

    /// The record went through: its dead letter, if any, is done with.
    pub(super) fn remove_dead_letter(&mut self, subject: &Subject) {
        self.letters.changed |= self.letters.value.0.remove(subject).is_some();
    }

    /// Keeps a value that gives way, under a name that follows from it. Durable with the next [`Books::flush`]; only
    /// then may it be overwritten.
    pub(super) fn keep(&mut self, key: &FingerprintKey, kept: Kept, field: &str) {
        if kept.reason == Reason::Conflict {
            let code = if self.keep_for.is_never() { Code::ConflictNotKept } else { Code::Conflict };
            self.note(code, Some(&kept.subject), Some(field));
        }
        if self.keep_for.is_never() {
            return;
        }
        if self.kept_since.value.oldest.is_none_or(|oldest| kept.at < oldest) {
            self.kept_since.change().oldest = Some(kept.at);
        }
        let id = KeptId::of(key, &kept);
        let was_conflict = self.kept.get(&id).is_some_and(|known| known.reason == Reason::Conflict);
        let reason = if was_conflict { Reason::Conflict } else { kept.reason };
        self.kept_no_longer.remove(&id);
        self.kept.insert(id, Kept { reason, ..kept });
    }

    /// A value that was kept stands in its place still. One that gave way before, too, stays kept for that.
    pub(super) fn keep_no_longer(&mut self, key: &FingerprintKey, kept: &Kept) {
        let id = KeptId::of(key, kept);
        if self.kept_anew.remove(&id) {
            self.kept_no_longer.insert(id);
        }
    }

    /// The brake.
    pub(super) fn brake(&self) -> &Brake {
        &self.brake.value
    }

    /// The brake, to be changed.
    pub(super) fn brake_mut(&mut self) -> &mut Brake {
        self.brake.change()
    }

    /// The records that Tribe does not show.
    pub(super) fn absences(&self) -> &Absences {
        &self.absences.value
    }

    /// The same, to be changed.
    pub(super) fn absences_mut(&mut self) -> &mut Absences {
        self.absences.change()
    }
}

/// Ends the keeping of values whose time is over; tells when the oldest of the others was kept.
fn end_old(state: &OfficeState<'_>, now: Instant, keep_for: KeepFor) -> Result<Option<Instant>, StateError> {
    let mut oldest: Option<Instant> = None;
    for id in state.all_kept()? {
        match state.kept(&id)? {
            Some(kept) if !keep_for.has_ended(kept.at, now) => {
                oldest = Some(oldest.map_or(kept.at, |oldest| oldest.min(kept.at)));
            }
            Some(_) => state.forget_kept(&id)?,
            None => {}
        }
    }
    Ok(oldest)
}

/// How long a record rests after so many tries.
fn pause_after(attempts: u32) -> Duration {
    PAUSES.get(attempts.saturating_sub(1) as usize).or(PAUSES.last()).copied().unwrap_or_default()
}

/// Whether a letter is about values that a system refused.
pub(super) fn is_refusal(letter: &DeadLetter) -> bool {
    [Code::RefusedByTribe, Code::RefusedByAdvocaatCentraal].iter().any(|code| letter.code == code.as_str())
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
