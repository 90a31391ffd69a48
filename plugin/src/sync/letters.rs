//! Trying dead letters again: those that are due, those that a person asks for, and every day one of those that were
//! refused for the same reason (D16).

use std::time::Duration;

use litemap::LiteMap;

use crate::link::{DeadLetter, Subject};
use crate::set::Set;
use crate::sync::books::is_refusal;
use crate::sync::feed::sync_subjects;
use crate::sync::otherwise::ODD_ANSWERS;
use crate::sync::outcome::Stop;
use crate::sync::session::Session;
use crate::wording::Code;

/// Dead letters that one cycle tries again.
const MOST_DUE: usize = 100;
/// Of these, so many at once.
const DUE_AT_ONCE: usize = 50;
/// How often one of those that were refused for the same reason is tried again.
const PROBED_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// WhichLetters dead letters are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhichLetters {
    /// Those with that code.
    pub code: Option<String>,
    /// Those that name that field.
    pub field: Option<String>,
    /// Only those that nothing but a change or a person brings back.
    pub only_resting: bool,
}

impl WhichLetters {
    fn includes(&self, letter: &DeadLetter) -> bool {
        self.code.as_ref().is_none_or(|code| letter.code == *code)
            && self.field.as_ref().is_none_or(|field| letter.fields.contains(field))
            && !(self.only_resting && letter.next_try.is_some())
    }
}

/// Tries those that are due.
pub(super) fn try_due(session: &mut Session<'_>) -> Result<(), Stop> {
    let due = session.books.letters_due(session.now(), MOST_DUE);
    let mut is_first = true;
    for some in due.chunks(DUE_AT_ONCE) {
        // What the budget leaves stays due.
        if !is_first && !session.may_go_on() {
            break;
        }
        is_first = false;
        let asking = some.iter().filter(|subject| session.books.letter(subject).is_some_and(asks_again));
        forget_refusals(session, &asking.cloned().collect::<Vec<_>>())?;
        sync_subjects(session, some)?;
    }
    Ok(())
}

/// Tries one of each kind of refusal a day after it was last tried. Where that goes through, the others are due.
pub(super) fn probe(session: &mut Session<'_>) -> Result<(), Stop> {
    let now = session.now();
    let mut kinds: LiteMap<(String, Set<String>), Vec<Subject>> = LiteMap::new();
    let mut resting = Set::new();
    for (subject, letter) in session.books.letters() {
        if letter.next_try.is_some() || !is_refusal(letter) {
            continue;
        }
        let kind = (letter.code.clone(), letter.fields.clone());
        if now < letter.tried.plus(PROBED_EVERY) {
            resting.insert(kind.clone());
        }
        kinds.entry(kind).or_default().push(subject.clone());
    }
    for (_, alike) in kinds.into_iter().filter(|(kind, _)| !resting.contains(kind)) {
        let Some((probe, others)) = alike.split_first() else { continue };
        try_again(session, std::slice::from_ref(probe))?;
        if session.books.letter(probe).is_none() {
            session.books.make_letters_due(now, others);
        }
    }
    Ok(())
}

/// Tries some of those that are meant, those after that subject; gives the last that was tried, if more may be left.
pub(super) fn try_after(
    session: &mut Session<'_>,
    which: &WhichLetters,
    after: Option<&str>,
    most: usize,
) -> Result<Option<String>, Stop> {
    let is_meant = |(subject, letter): &(&Subject, &DeadLetter)| {
        which.includes(letter) && after.is_none_or(|after| subject.to_string().as_str() > after)
    };
    let mut meant: Vec<(String, Subject)> =
        session.books.letters().filter(is_meant).map(|(subject, _)| (subject.to_string(), subject.clone())).collect();
    meant.sort();
    meant.truncate(most);
    let last = meant.last().map(|(text, _)| text.clone());
    let subjects: Vec<Subject> = meant.into_iter().map(|(_, subject)| subject).collect();
    try_again(session, &subjects)?;
    Ok(last)
}

/// Brings records together, values that were refused before and all.
pub(super) fn try_again(session: &mut Session<'_>, subjects: &[Subject]) -> Result<(), Stop> {
    forget_refusals(session, subjects)?;
    sync_subjects(session, subjects)
}

/// Who asks for a record does not wait until its dead letter is due.
fn make_odd_answers_due(session: &mut Session<'_>, subjects: &[Subject]) {
    let is_odd = |subject: &&Subject| {
        let letter = session.books.letter(subject);
        letter.is_some_and(|letter| ODD_ANSWERS.iter().any(|code| letter.code == code.as_str()))
    };
    let asked: Vec<Subject> = subjects.iter().filter(is_odd).cloned().collect();
    if !asked.is_empty() {
        session.books.make_letters_due(session.now(), &asked);
    }
}

/// What was refused of these records, or stored otherwise, may be sent again. Their dead letters are due before that:
/// were the run to end before it is sent, nothing else would send it.
pub(super) fn forget_refusals(session: &mut Session<'_>, subjects: &[Subject]) -> Result<(), Stop> {
    make_odd_answers_due(session, subjects);
    let (mut asked, mut links) = (Vec::new(), Vec::new());
    for subject in subjects {
        let mut link = session.state.link(subject)?;
        if link.ask_again() {
            asked.push(subject.clone());
            links.push(link);
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    session.books.make_letters_due(session.now(), &asked);
    session.flush()?;
    for (subject, link) in asked.iter().zip(&links) {
        session.state.save_link(subject, link)?;
    }
    Ok(())
}

/// Whether such a letter brings a record back to have its values sent again. Of what is stored otherwise it is due only
/// where a person asked, and the run ended before it was sent.
fn asks_again(letter: &DeadLetter) -> bool {
    is_refusal(letter) || letter.code == Code::StoredOtherwise.as_str()
}
