//! Questions at a terminal.

use super::CommandError;
use crate::run::Halt;

/// An answer; an end of the questions is an end of the command.
pub(super) fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, CommandError> {
    answer.map_err(|_| Halt::Cancelled.into())
}
