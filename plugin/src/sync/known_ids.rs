//! Whether an office that is read otherwise than before still tells the ids that its links know: another dialect or
//! another address may give each record another id, and every relation would be made a second time.

use crate::advocaatcentraal::Client;
use crate::answer::Failure;
use crate::link::{Kind, Link, OfficeState, Part, StateError, Subject};

/// So many records of a kind are asked for before none of them counts as known: some of them may be deleted.
const ASKED: usize = 5;

/// A few linked records of each kind. Reads keys of every link: only where the office is read otherwise than before.
pub(crate) fn linked(state: &OfficeState<'_>) -> Result<Vec<Vec<Subject>>, StateError> {
    let subjects = state.linked_subjects()?;
    let of_kind = |kind: Kind| {
        let mut found = Vec::new();
        for (_, subject) in subjects.iter().filter(|(_, subject)| subject.of_kind() == kind) {
            if found.len() < ASKED && is_linked(&state.link(subject)?) {
                found.push(subject.clone());
            }
        }
        Ok(found)
    };
    Kind::ALL.into_iter().map(of_kind).collect()
}

fn is_linked(link: &Link) -> bool {
    !link.is_gone(&Part::Relation) && link.all_linked().next().is_some()
}

/// Whether of each kind that is linked some record is still found by its id.
pub(crate) fn are_known(ac: &Client<'_>, linked: &[Vec<Subject>]) -> Result<bool, Failure> {
    for of_kind in linked.iter().filter(|of_kind| !of_kind.is_empty()) {
        let mut is_known = false;
        for subject in of_kind {
            is_known = is_read(ac, subject)?;
            if is_known {
                break;
            }
        }
        if !is_known {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_read(ac: &Client<'_>, subject: &Subject) -> Result<bool, Failure> {
    let read = match subject {
        Subject::Organisation(id) | Subject::PrivatePerson(id) => ac.relatie(id).map(drop),
        Subject::ContactPerson(id) => ac.contactpersoon(id).map(drop),
    };
    match read {
        Ok(()) => Ok(true),
        Err(Failure::Gone | Failure::NotUnderstood | Failure::Unusable(_) | Failure::Refused { .. }) => Ok(false),
        Err(failure) => Err(failure),
    }
}
