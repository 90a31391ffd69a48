//! In which members two readings of a record differ.

use dialect::{Pointer, is_member_name};

use crate::advocaatcentraal::json::{Object, Value};
use crate::relation::composed;

/// A place in which the record is not as it was.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Difference {
    way: Vec<Step>,
    /// Whether something stood there and is gone: a member, rows of a list, or what a member held.
    pub(super) is_lost: bool,
}

/// A step on the way to a member.
#[derive(Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Row(usize),
}

impl Difference {
    /// Whether it is at that place or below it.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.way.starts_with(&other.way)
    }

    fn is_at(&self, pointer: &Pointer) -> bool {
        let names = self.way.iter().filter_map(|step| match step {
            Step::Member(name) => Some(name),
            Step::Row(_) => None,
        });
        pointer.parts().iter().eq(names)
    }

    /// The place as a pointer, without names that may be data.
    fn shown(&self) -> String {
        let mut text = String::new();
        for step in &self.way {
            text.push('/');
            match step {
                Step::Member(name) => text.push_str(shown_name(name)),
                Step::Row(row) => text.push_str(&row.to_string()),
            }
        }
        text
    }
}

/// The places, each once.
pub(super) fn shown<'d>(differences: impl IntoIterator<Item = &'d Difference>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in differences.into_iter().map(Difference::shown) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// A member's name as it may be shown: an object may be keyed by what is data, and then a name is a client's.
fn shown_name(name: &str) -> &str {
    if is_member_name(name) { name } else { "a member with another name" }
}

/// The places in which they differ, but for those that are expected to.
pub(super) fn differences(before: &Object, after: &Object, expected: &[Pointer]) -> Vec<Difference> {
    let mut found = Vec::new();
    in_objects(before, after, &mut Vec::new(), &mut found);
    found.retain(|difference| !expected.iter().any(|pointer| difference.is_at(pointer)));
    found
}

fn in_objects(before: &Object, after: &Object, way: &mut Vec<Step>, found: &mut Vec<Difference>) {
    let new = after.names().filter(|name| before.get(name).is_none());
    for name in before.names().chain(new) {
        let (before, after) = (before.get(name), after.get(name));
        if before.map(|value| value.get()) == after.map(|value| value.get()) {
            continue;
        }
        way.push(Step::Member(name.to_owned()));
        match (before.map(Value::of), after.map(Value::of)) {
            (Some(before), Some(after)) => in_values(&before, &after, way, found),
            (before, _) => found.push(Difference { way: way.clone(), is_lost: before.is_some() }),
        }
        way.pop();
    }
}

fn in_values(before: &Value<'_>, after: &Value<'_>, way: &mut Vec<Step>, found: &mut Vec<Difference>) {
    let is_lost = match (before, after) {
        (Value::Object(before), Value::Object(after)) if !before.is_empty() && after.is_empty() => true,
        (Value::Object(before), Value::Object(after)) => return in_objects(before, after, way, found),
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            for (row, (before, after)) in before.iter().zip(after).enumerate() {
                if before.get() != after.get() {
                    way.push(Step::Row(row));
                    in_values(&Value::of(before), &Value::of(after), way, found);
                    way.pop();
                }
            }
            return;
        }
        // The same text, escaped in another way or with an accent as a character of its own (F77).
        (Value::Text(before), Value::Text(after)) if composed(before) == composed(after) => return,
        (Value::List(before), Value::List(after)) => before.len() > after.len(),
        (before, after) => !is_empty(before) && is_empty(after),
    };
    found.push(Difference { way: way.clone(), is_lost });
}

fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(rows) => rows.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Scalar(_) | Value::Broken => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_data_is_not_shown() {
        for name in ["email", "Company-Name_2", "a.b:c", "address1"] {
            assert_eq!(shown_name(name), name);
        }
        let long = "x".repeat(41);
        for name in ["", "a@b.example", "two words", "line\nfeed", "\u{1b}[31m", "a/b", "0612345678", "Zoë", &long] {
            assert_eq!(shown_name(name), "a member with another name", "{name:?}");
        }
    }
}
