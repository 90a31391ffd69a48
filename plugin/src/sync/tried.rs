//! Whether an office's dialect was tried: until then nothing goes to AC.

use crate::link::{Fingerprint, Header};
use crate::relation::Presence;
use crate::settings::{Settings, name};

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
