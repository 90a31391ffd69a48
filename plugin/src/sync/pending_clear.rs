//! The clearings of a batch that were left out of its plans: remembered until their cycle decides, or told of where
//! the brake is on. Why, stands in `brake`.

use crate::link::{BrakeState, Emptied, PendingClear, Subject};
use crate::sync::brake::{self, ClearPolicy};
use crate::sync::item::Batch;
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::session::Session;
use crate::wording::Code;

/// Remembers the records of a batch that would lose a value, and forgets those that lose nothing any more. Durable
/// with the next flush.
pub(super) fn remember(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let mut pending = Vec::new();
    for (place, item) in batch.active() {
        let mut fields = item.plan.iter().filter_map(|planned| Some((planned.name(), planned.pending_clear?)));
        match (fields.next(), session.clear_policy) {
            (Some(first), ClearPolicy::WaitFor(by)) => {
                pending.push(place);
                if brake::is_on(session.books.brake()) {
                    for (field, emptied) in [first].into_iter().chain(fields) {
                        note(session, &item.subject, field, emptied);
                    }
                } else {
                    let waits = PendingClear { by, field: first.0.to_owned(), emptied: first.1 };
                    if session.books.brake().held.get(&item.subject) != Some(&waits) {
                        session.books.brake_mut().held.insert(item.subject.clone(), waits);
                    }
                }
            }
            _ if session.books.brake().held.contains_key(&item.subject) => {
                session.books.brake_mut().held.remove(&item.subject);
            }
            _ => {}
        }
    }
    brake_if_too_many(session)?;
    let is_braked = brake::is_on(session.books.brake());
    for place in pending {
        let item = &mut batch[place];
        if is_braked { item.reached(Verdict::DeadLettered) } else { item.waits_for_decision = true }
    }
    Ok(())
}

/// Puts the brake on if too many records would lose a value.
fn brake_if_too_many(session: &mut Session<'_>) -> Result<(), Stop> {
    // Counting the links reads every key of the store.
    if !brake::is_more_than_a_handful(session.books.brake()) {
        return Ok(());
    }
    let linked = session.linked()?;
    if !brake::is_too_many(session.books.brake().losing(), linked) {
        return Ok(());
    }
    let since = session.now();
    let brake = session.books.brake_mut();
    brake.state = BrakeState::On { since };
    brake.pushed.clear();
    for (subject, waits) in std::mem::take(&mut brake.held) {
        note(session, &subject, &waits.field, waits.emptied);
    }
    session.books.note(Code::BrakeOn, None, None);
    Ok(())
}

fn note(session: &mut Session<'_>, subject: &Subject, field: &str, emptied: Emptied) {
    let code = match emptied {
        Emptied::InAdvocaatCentraal => Code::EmptiedInAdvocaatCentraal,
        Emptied::InTribe => Code::EmptiedInTribe,
    };
    session.books.note(code, Some(subject), Some(field));
}
