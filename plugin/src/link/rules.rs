//! What the settings said of each field when the office was last looked at: that they say otherwise by itself writes
//! nothing (D17).

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::brake::Side;
use crate::relation::Instant;
use crate::set::Set;
use crate::stored::Later;

/// The rules of the fields, and when they changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// The fields that go from AC to Tribe only, or did before they were switched off.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub one_way: Set<String>,
    /// The fields that go both ways and did not before: since when, by Tribe's clock. What was entered in Tribe before
    /// that is agreed on as it stands.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub both_ways_since: LiteMap<String, Instant>,
    /// How each field is read whose place is a setting, and where AC has each that the built-in dialect has elsewhere.
    pub readings: LiteMap<String, String>,
    /// The fields that are read otherwise since, with the number of that change.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub read_anew: LiteMap<String, u32>,
    /// How often a reading changed. A link bears the number under which both its sides were last compared.
    #[serde(default)]
    pub changes: u32,
    /// Every linked record is still to be compared for the last change of a reading.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_walk_due: bool,
    /// The side that got nothing, as a person wished, when the office was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Side>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Rules {
    /// The fields that went one way and go both ways now.
    pub fn turned<'r>(&'r self, goes_both_ways: impl Fn(&str) -> bool + 'r) -> impl Iterator<Item = &'r String> {
        self.one_way.iter().filter(move |field| goes_both_ways(field))
    }

    /// Takes over what the settings say now. `since` is Tribe's clock.
    pub fn take(
        &mut self,
        one_way: Set<String>,
        goes_both_ways: impl Fn(&str) -> bool,
        readings: LiteMap<String, String>,
        since: Instant,
    ) {
        let turned: Vec<String> = self.turned(&goes_both_ways).cloned().collect();
        for field in &turned {
            self.one_way.remove(field);
        }
        for field in turned {
            self.both_ways_since.insert(field, since);
        }
        self.both_ways_since.retain(|field, _| !one_way.contains(field));
        self.one_way.extend(one_way);
        // An office that was never looked at has agreed on nothing yet.
        let is_new = self.readings.is_empty();
        let fields: Set<&String> = readings.keys().chain(self.readings.keys()).collect();
        let anew = fields.into_iter().filter(|field| !is_new && self.readings.get(*field) != readings.get(*field));
        let anew: Vec<String> = anew.cloned().collect();
        if !anew.is_empty() {
            self.changes = self.changes.saturating_add(1);
            self.is_walk_due = true;
            for field in anew {
                self.read_anew.insert(field, self.changes);
            }
        }
        self.readings = readings;
    }

    /// Takes over which side gets nothing. What waited for one that gets something again is found by comparing everything.
    pub fn pause(&mut self, paused: Option<Side>) {
        self.is_walk_due |= self.paused.is_some() && self.paused != paused;
        self.paused = paused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Instant = Instant::from_millis(1_780_394_400_000);

    fn take(rules: &mut Rules, one_way: &[&str], off: &[&str], reading: &str) {
        let fields = one_way.iter().map(|field| (*field).to_owned()).collect();
        let goes_both_ways = |field: &str| !one_way.contains(&field) && !off.contains(&field);
        let readings = [("functie".to_owned(), reading.to_owned())].into_iter().collect();
        rules.take(fields, goes_both_ways, readings, NOON);
    }

    #[test]
    fn a_field_that_goes_both_ways_again_is_remembered_with_the_moment() {
        let mut rules = Rules::default();
        take(&mut rules, &["naam"], &[], "Function");
        assert!(rules.both_ways_since.is_empty());
        take(&mut rules, &[], &["naam"], "Function");
        assert!(rules.both_ways_since.is_empty(), "off is no direction");
        take(&mut rules, &[], &[], "Function");
        assert_eq!(rules.both_ways_since, [("naam".to_owned(), NOON)].into_iter().collect());
        take(&mut rules, &["naam"], &[], "Function");
        assert!(rules.both_ways_since.is_empty());
    }

    #[test]
    fn a_field_that_is_read_otherwise_is_taken_anew_and_the_first_reading_is_none() {
        let mut rules = Rules::default();
        take(&mut rules, &[], &[], "Function");
        assert_eq!((rules.changes, rules.is_walk_due), (0, false));
        take(&mut rules, &[], &[], "JobTitle");
        assert_eq!((rules.changes, rules.is_walk_due, rules.read_anew.get("functie")), (1, true, Some(&1)));
    }
}
