//! Whether an object is keyed by data: whether the names of its members are values of clients.

use std::collections::BTreeMap;

use crate::names::is_member_name;

/// In so many objects the names of the members of one kind of object must have been looked for to be taken for data because
/// they do not come back.
const ENOUGH_OBJECTS: usize = 3;
/// So many names must not come back.
const ENOUGH_NAMES: usize = 3;

/// The names of members of objects that stand at one place of several records.
#[derive(Default)]
pub(crate) struct Names<'v> {
    objects: usize,
    seen: BTreeMap<&'v str, usize>,
}

impl<'v> Names<'v> {
    /// Counts the names of one object.
    pub(crate) fn see(&mut self, names: impl IntoIterator<Item = &'v str>) {
        self.objects += 1;
        names.into_iter().for_each(|name| *self.seen.entry(name).or_default() += 1);
    }

    /// The names, each once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'v str> {
        self.seen.keys().copied()
    }

    /// How many names there are.
    pub(crate) fn count(&self) -> usize {
        self.seen.len()
    }

    /// Whether a name is none that a member has, or whether the names hardly come back from one object to the next: those of
    /// a member do, those of people do not.
    pub(crate) fn are_data(&self) -> bool {
        let times: usize = self.seen.values().sum();
        let is_enough = self.objects >= ENOUGH_OBJECTS && self.count() >= ENOUGH_NAMES;
        let hardly_come_back = times * 4 < self.count() * 5 || times * 10 < self.count() * self.objects;
        !self.seen.keys().all(|name| is_member_name(name)) || is_enough && hardly_come_back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_data(objects: &[&[&'static str]]) -> bool {
        let mut names = Names::default();
        objects.iter().for_each(|object| names.see(object.iter().copied()));
        names.are_data()
    }

    #[test]
    fn names_that_come_back_are_those_of_members() {
        assert!(!are_data(&[&["straat", "plaats"], &["straat"], &["plaats", "land"], &["straat", "plaats"]]));
        assert!(!are_data(&[&["straat", "plaats", "land"]]), "one object tells nothing");
        assert!(!are_data(&[&[], &[], &[], &["zelden"]]), "one name that stands once is a rare member");
    }

    #[test]
    fn names_that_hardly_come_back_are_data() {
        assert!(are_data(&[&["Kanarie"], &["Vink"], &["Merel", "Specht"]]));
        assert!(are_data(&[&["Kanarie"], &["Vink"], &["Merel"], &["Specht"], &["Kanarie"], &["Mees"]]));
    }

    #[test]
    fn one_name_that_no_member_has_makes_all_of_them_data() {
        assert!(are_data(&[&["straat", "jan@voorbeeld.example"]]));
    }
}
