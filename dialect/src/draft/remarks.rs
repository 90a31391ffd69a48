//! What a draft guesses, for whoever reads it.

use std::collections::BTreeSet;

/// Remarks, each with the place that it is about.
#[derive(Default)]
pub(super) struct Remarks {
    all: Vec<String>,
    seen: BTreeSet<String>,
}

impl Remarks {
    /// Adds one: a pointer into the document, and a sentence.
    pub(super) fn add(&mut self, at: &str, says: impl AsRef<str>) {
        let remark = format!("{at}: {}", says.as_ref());
        if self.seen.insert(remark.clone()) {
            self.all.push(remark);
        }
    }

    pub(super) fn into_texts(self) -> Vec<String> {
        self.all
    }
}
