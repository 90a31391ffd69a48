//! What the rows of AC's lists leave out, and whether the single records hold it (A7).

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

/// So many single records that leave a member out as their rows do tell that a row without it is whole.
const ENOUGH: u8 = 8;

/// What is known of each member that a row of one list may leave out, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Gaps(LiteMap<String, Gap>);

/// The same of both lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapsByList {
    /// The list of relations.
    pub relaties: Gaps,
    /// The list of contact persons.
    pub contactpersonen: Gaps,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    /// Some row of the list has it.
    shown: bool,
    /// So many single records left it out as their rows did.
    alike: u8,
    /// Some single record holds what its row left out: only single records tell, from then on.
    hidden: bool,
}

impl Gaps {
    /// A row holds the member, filled or empty.
    pub fn row_holds(&mut self, member: &str) {
        // Not asked for again and again: nearly every row holds nearly every member.
        if !self.0.get(member).is_some_and(|gap| gap.shown) {
            self.of(member).shown = true;
        }
    }

    /// What the single record does with a member that its row left out.
    pub fn single_holds(&mut self, member: &str, holds: bool) {
        let gap = self.of(member);
        gap.hidden |= holds;
        gap.alike = gap.alike.saturating_add(u8::from(!holds)).min(ENOUGH);
    }

    /// Whether a row without the member says all that the single record says of it.
    pub fn is_whole_without(&self, member: &str) -> bool {
        self.0.get(member).is_some_and(|gap| gap.shown && !gap.hidden && gap.alike == ENOUGH)
    }

    /// How many single records may settle whether a row without the member is whole: none where nothing settles it, and each
    /// is read.
    pub fn wants(&self, member: &str) -> Option<usize> {
        let gap = self.0.get(member).filter(|gap| gap.shown && !gap.hidden)?;
        Some(usize::from(ENOUGH.saturating_sub(gap.alike)))
    }

    fn of(&mut self, member: &str) -> &mut Gap {
        self.0.entry(member.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(gaps: &mut Gaps, times: u8) {
        (0..times).for_each(|_| gaps.single_holds("email", false));
    }

    #[test]
    fn a_row_is_whole_once_enough_single_records_said_no_more_than_theirs() {
        let mut gaps = Gaps::default();
        gaps.row_holds("email");
        alike(&mut gaps, ENOUGH - 1);
        assert!(!gaps.is_whole_without("email"));
        alike(&mut gaps, 1);
        assert!(gaps.is_whole_without("email"));
        assert!(!gaps.is_whole_without("website"));
    }

    #[test]
    fn what_no_row_ever_holds_only_single_records_tell() {
        let mut gaps = Gaps::default();
        alike(&mut gaps, u8::MAX);
        assert!(!gaps.is_whole_without("email"));
        gaps.row_holds("email");
        assert!(gaps.is_whole_without("email"));
    }

    #[test]
    fn one_single_record_that_says_more_than_its_row_settles_it() {
        let mut gaps = Gaps::default();
        gaps.row_holds("email");
        alike(&mut gaps, ENOUGH);
        gaps.single_holds("email", true);
        alike(&mut gaps, ENOUGH);
        assert!(!gaps.is_whole_without("email"));
    }
}
