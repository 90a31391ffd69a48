//! By which dialect, and at which address, an office is read: what that showed of AC, and whether it was tried. Until then
//! nothing goes to AC.

use crate::link::{Fingerprint, Header, OfficeState, StateError};
use crate::ports::Random;
use crate::relation::Presence;
use crate::settings::{Settings, name};

/// The header of an office, with only what its own dialect and AC's address of today showed of AC.
pub(crate) fn header(state: &OfficeState<'_>, random: &dyn Random, settings: &Settings) -> Result<Header, StateError> {
    let header = state.header(random)?;
    let by = read_by(&header, settings);
    Ok(header.seen_by(by))
}

/// Whether edits of Tribe's may go to AC: the office speaks the built-in dialect, or its own went through a trial.
pub(crate) fn is_tried(header: &Header, settings: &Settings) -> bool {
    settings.dialect_document.is_none()
        || header.dialect_tried.is_some() && header.dialect_tried == print(header, settings)
}

/// What tells the office's own dialect, and the AC that it was tried with, from another; none where it speaks the built-in
/// one.
pub(super) fn print(header: &Header, settings: &Settings) -> Option<Fingerprint> {
    settings.dialect_document.as_ref().and_then(|_| read_by(header, settings))
}

/// What tells the dialect by which an office is read, the built-in one too, and the AC that speaks it, from others.
pub(crate) fn read_by(header: &Header, settings: &Settings) -> Option<Fingerprint> {
    let document = settings.dialect_document.as_deref().unwrap_or_default();
    let ac = &settings.advocaatcentraal;
    // No address and no number of an office holds a line feed.
    let whole = format!("{}\n{}\n{document}", ac.url.trim_end_matches('/'), ac.office);
    header.key.fingerprint(name::DIALECT, &Presence::of(whole))
}
