//! Giving kept values back at the wish of a person: which of them, in slices. What is done with those of a few records
//! stands in `give_back`.
//!
//! A value that was given back is kept no longer; one that was not, because it moved since or has no place, stays until
//! its time is over. How far a call came is stored, so that the next one with the same wish goes on there.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::link::{BrakeState, Braked, COUNTS_FOR, Column, KeepFor, Kept, KeptId, Loss, OfficeState, Reason, Subject};
use crate::mapping::rows;
use crate::relation::Instant;
use crate::stored::Later;
use crate::sync::give_back::give_back_to;
use crate::sync::outcome::Stop;
use crate::sync::session::Session;

/// Records whose values are given back together.
const AT_ONCE: usize = 50;

/// Which kept values are given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    /// The one of that id.
    One(String),
    /// Those of a record, or of one field of it.
    Record {
        /// What it may be.
        subjects: Vec<Subject>,
        /// The field; none for all.
        field: Option<String>,
    },
    /// Those that were kept in that time.
    Between(Instant, Instant),
    /// Those of which a brake was on.
    Brake {
        /// Whose values.
        column: Column,
        /// What took their place.
        loss: Loss,
        /// From the first that it counted,
        from: Instant,
        /// to the last that was let through; none if it is not over.
        to: Option<Instant>,
    },
}

impl Scope {
    /// What a brake is, or was, about.
    pub(super) fn of_brake(braked: &Braked) -> Self {
        let to = match braked.state {
            BrakeState::Ended { at } => Some(at),
            BrakeState::On | BrakeState::Released | BrakeState::TakingBack => None,
        };
        let Braked { column, loss, since, .. } = braked.clone();
        Self::Brake { column, loss, from: since.minus(COUNTS_FOR), to }
    }

    fn takes(&self, id: &KeptId, kept: &Kept) -> bool {
        let is_field = |field: &str| {
            let row = rows(&kept.subject).find(|row| row.name == field);
            row.is_some_and(|row| row.has_slot(&kept.slot))
        };
        match self {
            Self::One(one) => id.as_str() == one,
            Self::Record { subjects, field } => {
                // What gave way to a value that was given back is asked for by itself.
                let is_own = subjects.contains(&kept.subject) && kept.reason != Reason::GivenBack;
                is_own && field.as_deref().is_none_or(is_field)
            }
            Self::Between(from, to) => (from..=to).contains(&&kept.at),
            Self::Brake { column, loss, from, to } => {
                kept.side == column.side
                    && kept.subject.of_kind() == column.kind
                    && is_field(&column.field)
                    && kept.instead == loss.instead()
                    && kept.at >= *from
                    && to.is_none_or(|to| kept.at <= to)
            }
        }
    }
}

/// How far the giving back is that a person asked for.
#[derive(Serialize, Deserialize)]
struct Undo {
    scope: Scope,
    even_if_moved: bool,
    /// What is kept later is none of it.
    began: Instant,
    /// The last record that was handled.
    after: Option<Subject>,
    #[serde(flatten)]
    later: Later,
}

/// How far a call came that gives values back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GaveBack {
    /// Nothing of that scope is kept.
    NothingKept,
    /// Some are left for the next call.
    Some,
    /// None is left.
    All,
}

/// Gives back the values of that scope, as far as the budget goes.
pub(super) fn give_back(session: &mut Session<'_>, scope: &Scope, even_if_moved: bool) -> Result<GaveBack, Stop> {
    let known: Option<Undo> = session.state.undo()?;
    let known = known.filter(|known| known.scope == *scope && known.even_if_moved == even_if_moved);
    let goes_on = known.is_some();
    let began = session.now();
    let mut undo = known.unwrap_or_else(|| Undo {
        scope: scope.clone(),
        even_if_moved,
        began,
        after: None,
        later: Later::default(),
    });
    let mut wanted: LiteMap<Subject, Vec<(KeptId, Kept)>> = LiteMap::new();
    for (id, kept) in all_kept(&session.state, session.settings.keep_for, began)? {
        if scope.takes(&id, &kept) && kept.at <= undo.began && Some(&kept.subject) > undo.after.as_ref() {
            wanted.entry(kept.subject.clone()).or_default().push((id, kept));
        }
    }
    if wanted.is_empty() && !goes_on {
        return Ok(GaveBack::NothingKept);
    }
    let mut left = wanted.into_iter().peekable();
    while left.peek().is_some() {
        if !session.may_go_on() {
            session.state.save_undo(Some(&undo))?;
            return Ok(GaveBack::Some);
        }
        let some: Vec<_> = left.by_ref().take(AT_ONCE).collect();
        undo.after = some.last().map(|(subject, _)| subject.clone());
        give_back_to(session, some, even_if_moved)?;
        session.flush()?;
        if left.peek().is_some() {
            session.state.save_undo(Some(&undo))?;
        }
    }
    session.state.save_undo(None::<&Undo>)?;
    Ok(GaveBack::All)
}

/// Every value that is kept at that instant.
pub(super) fn all_kept(state: &OfficeState<'_>, keep_for: KeepFor, now: Instant) -> Result<Vec<(KeptId, Kept)>, Stop> {
    let mut all = Vec::new();
    for id in state.all_kept()? {
        if let Some(kept) = state.kept(&id)?.filter(|kept| !keep_for.has_ended(kept.at, now)) {
            all.push((id, kept));
        }
    }
    Ok(all)
}
