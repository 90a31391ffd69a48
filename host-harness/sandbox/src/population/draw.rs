//! What is drawn by chance, and put into a record.

use serde_json::{Map, Value};

use crate::Instant;

/// The stamps begin here: 2 March 2026, ten in the morning in Amsterdam.
pub const FIRST_STAMP: Instant = Instant::from_millis(1_772_442_000_000);

/// A source of chance.
pub(super) struct Draw(pub(super) fastrand::Rng);

impl Draw {
    pub(super) fn one<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        #[expect(clippy::indexing_slicing, reason = "the place is below the length")]
        from[self.0.usize(..N)]
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, times: u32) -> bool {
        self.0.u32(..100) < times
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.0.digit(10)).collect()
    }

    /// A number in Amsterdam from a range that is not given out, in some spelling.
    pub(super) fn phone(&mut self) -> String {
        let number = self.digits(4);
        let (head, tail) = number.split_at(2);
        match self.0.u8(..6) {
            0 => format!("020-555{number}"),
            1 => format!("020 555 {head} {tail}"),
            2 => format!("+31 20 555 {number}"),
            3 => format!("0031205 55{number}"),
            4 => format!("+31 (0)20 555 {head} {tail}"),
            _ => format!("(020) 555 {number} tst {}", self.0.u8(10..99)),
        }
    }

    pub(super) fn mobile(&mut self) -> String {
        let number = self.digits(4);
        match self.0.u8(..3) {
            0 => format!("06-5550{number}"),
            1 => format!("+31 6 5550 {number}"),
            _ => format!("06 5550 {number}"),
        }
    }
}

/// Present, null, empty, or not there at all.
pub(super) fn put(draw: &mut Draw, record: &mut Map<String, Value>, field: &str, value: impl Into<Value>) {
    match draw.0.u8(..12) {
        0 => record.insert(field.to_owned(), Value::Null),
        1 => record.insert(field.to_owned(), "".into()),
        2 => None,
        _ => record.insert(field.to_owned(), value.into()),
    };
}

/// Gives the addresses ids; none at all is an empty list, null, or no key.
pub(super) fn addresses_into(draw: &mut Draw, record: &mut Map<String, Value>, mut addresses: Vec<Value>) {
    if addresses.is_empty() {
        match draw.0.u8(..3) {
            0 => return,
            1 => {
                record.insert("adressen".to_owned(), Value::Null);
                return;
            }
            _ => {}
        }
    }
    for (number, address) in addresses.iter_mut().enumerate() {
        if let Some(address) = address.as_object_mut() {
            address.insert("id".to_owned(), format!("a{}", number + 1).into());
        }
    }
    record.insert("adressen".to_owned(), addresses.into());
}
