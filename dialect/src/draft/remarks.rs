//! What a draft guesses, for whoever reads it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Remarks, each with the place that it is about.
#[derive(Default)]
pub(super) struct Remarks {
    all: Vec<(String, String)>,
    seen: BTreeSet<(String, String)>,
    open: Vec<String>,
}

impl Remarks {
    /// Adds one: a pointer into the document, and a sentence.
    pub(super) fn add(&mut self, at: &str, says: impl AsRef<str>) {
        let remark = (at.to_owned(), says.as_ref().to_owned());
        if self.seen.insert(remark.clone()) {
            self.all.push(remark);
        }
    }

    /// A place that must be filled in before the draft holds.
    pub(super) fn open(&mut self, at: &str, says: impl AsRef<str>) {
        self.add(at, says);
        self.open.push(at.to_owned());
    }

    /// The places that must be filled in.
    pub(super) fn places_to_fill_in(&self) -> &[String] {
        &self.open
    }

    /// Has each remark speak of a place that is in the document, or that may be added to what is there.
    pub(super) fn keep_to(&mut self, document: &Value) {
        let stands = |at: &str| document.pointer(at).is_some();
        let parent = |at: &str| at.rsplit_once('/').map(|(above, _)| above.to_owned());
        for (at, _) in &mut self.all {
            while let Some(above) = parent(at).filter(|above| !stands(above)) {
                *at = above;
            }
        }
    }

    pub(super) fn into_texts(self) -> Vec<String> {
        self.all.into_iter().map(|(at, says)| format!("{at}: {says}")).collect()
    }
}
