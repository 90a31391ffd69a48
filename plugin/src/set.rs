//! A sorted set in a vector.

use std::borrow::Borrow;
use std::slice;
use std::vec;

use serde::{Deserialize, Serialize};

/// A set of not too many values: what a slice has in hand, not what an office has.
///
/// A `Set` costs the component some 5 KB of code for each type of values, and its `collect` sorts, which is as much
/// again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Vec<T>")]
#[serde(bound(deserialize = "T: Ord + Deserialize<'de>"))]
pub struct Set<T>(Vec<T>);

impl<T> Set<T> {
    /// A set of nothing.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The values, the smallest first.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The smallest value.
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }
}

impl<T: Ord> Set<T> {
    /// Whether a value is there.
    pub fn contains<Q: Ord + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.place(value).is_ok()
    }

    /// Adds a value; tells whether it is new.
    pub fn insert(&mut self, value: T) -> bool {
        match self.place(&value) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, value);
                true
            }
        }
    }

    /// Takes a value out; tells whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.place(value).map(|place| self.0.remove(place)).is_ok()
    }

    fn place<Q: Ord + ?Sized>(&self, value: &Q) -> Result<usize, usize>
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|known| known.borrow().cmp(value))
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        for value in values {
            self.insert(value);
        }
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = Self::new();
        set.extend(values);
        set
    }
}

impl<T: Ord> From<Vec<T>> for Set<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stored::{of_bytes, to_bytes};

    #[test]
    fn values_stand_in_order_and_once_however_they_came() {
        let mut set: Set<u8> = [3, 1, 2, 3].into();
        assert!(set.insert(0));
        assert!(!set.insert(2));
        assert!(set.remove(&1));
        assert!(!set.remove(&1));
        assert_eq!(set.iter().copied().collect::<Vec<_>>(), [0, 2, 3]);
        assert!(set.contains(&3) && !set.contains(&1));
        assert_eq!((set.first(), set.len(), set.is_empty()), (Some(&0), 3, false));
    }

    #[test]
    fn a_stored_list_becomes_a_set_again() {
        let read: Set<String> = of_bytes(&to_bytes(&vec!["b", "a", "b"]).unwrap()).unwrap();
        assert_eq!(read, Set::from(["a".to_owned(), "b".to_owned()]));
        assert_eq!(of_bytes::<Set<String>>(&to_bytes(&read).unwrap()).unwrap(), read);
    }
}
