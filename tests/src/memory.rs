//! A store in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;

use advocaatcentraal_tribe::ports::{Store, StoreError};

/// Keys and values.
#[derive(Default)]
pub struct Memory {
    values: RefCell<BTreeMap<String, Vec<u8>>>,
    /// What stood under each key that was written since all was durable, before each write.
    unsynced: RefCell<Vec<(String, Option<Vec<u8>>)>>,
}

impl Memory {
    /// A copy of everything.
    pub fn dump(&self) -> BTreeMap<String, Vec<u8>> {
        self.values.borrow().clone()
    }

    /// The first key and value for which the search returns something.
    pub fn find<T>(&self, look: impl Fn(&str, &[u8]) -> Option<T>) -> Option<T> {
        self.values.borrow().iter().find_map(|(key, value)| look(key, value))
    }

    /// Makes durable what was written until now.
    pub fn sync(&self) {
        self.unsynced.borrow_mut().clear();
    }

    /// Loses what is not durable yet, as a power cut does.
    pub fn lose_unsynced(&self) {
        for (key, before) in self.unsynced.take().into_iter().rev() {
            match before {
                Some(value) => self.values.borrow_mut().insert(key, value),
                None => self.values.borrow_mut().remove(&key),
            };
        }
    }

    fn remember(&self, key: &str, before: Option<Vec<u8>>) {
        self.unsynced.borrow_mut().push((key.to_owned(), before));
    }

    /// Puts an older copy in place of everything, as a restored backup does.
    pub fn put_back(&self, copy: BTreeMap<String, Vec<u8>>) {
        self.sync();
        *self.values.borrow_mut() = copy;
    }

    /// Empties the store, as a reinstall does.
    pub fn lose_everything(&self) {
        self.sync();
        self.values.borrow_mut().clear();
    }
}

impl Store for Memory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.values.borrow().get(key).cloned())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let in_alphabet = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/_=.".contains(&byte));
        assert!(in_alphabet && !key.is_empty(), "a key that not every store takes: {key}");
        let before = self.values.borrow_mut().insert(key.to_owned(), value.to_vec());
        self.remember(key, before);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        let before = self.values.borrow_mut().remove(key);
        self.remember(key, before);
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.values.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}
