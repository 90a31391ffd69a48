//! Whether an office's dialect was tried: until then nothing goes to AC.

use crate::link::{Fingerprint, Header};
use crate::relation::Presence;
use crate::settings::{Settings, name};

/// Whether edits of Tribe's may go to AC: the office speaks the built-in dialect, or its own went through a trial.
pub(crate) fn is_tried(header: &Header, settings: &Settings) -> bool {
    settings.dialect_document.is_none()
        || header.dialect_tried.is_some() && header.dialect_tried == print(header, settings)
}

/// What tells the office's own dialect from another; none where it speaks the built-in one.
pub(super) fn print(header: &Header, settings: &Settings) -> Option<Fingerprint> {
    let document = settings.dialect_document.as_ref()?;
    header.key.fingerprint(name::DIALECT, &Presence::of(document.as_str()))
}
