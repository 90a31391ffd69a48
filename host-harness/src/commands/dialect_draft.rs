//! `koppeling dialect draft`: a first dialect from saved answers.

use std::path::Path;

use dialect::draft;

use super::screen::Screen;
use super::{CommandError, Exit};
use crate::recordings::Samples;

/// Prints the document on standard output, so that it can go into a file; all else goes beside it.
pub(super) fn run(samples: &Path, screen: &Screen) -> Result<Exit, CommandError> {
    let folder = samples.display();
    let samples = Samples::read(samples)?;
    for (count, what) in samples.passed_over().into_iter().filter(|(count, _)| *count > 0) {
        screen.aside(format!("{count} {what}"));
    }
    let drafted = draft::draft(&samples.answers)?;
    screen.json(&drafted.document);
    screen.aside(format!(
        "A draft from {} answers. Read its {} remarks and mend what they are about; then: koppeling dialect check FILE \
         --samples {folder}",
        samples.answers.len(),
        drafted.remarks
    ));
    for at in &drafted.open {
        screen.aside(format!("The draft holds once {at} is filled in: the remark there tells why."));
    }
    Ok(Exit::Ok)
}
