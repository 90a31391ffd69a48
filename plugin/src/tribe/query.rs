//! OData queries as Tribe takes them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::relation::{Instant, TribeId};

/// What is encoded: all but letters, digits, and what queries are full of and a query string may hold as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b';')
    .remove(b':')
    .remove(b'=')
    .remove(b'/')
    .remove(b'\'');

/// A query under construction. Values are percent-encoded; a space becomes `%20`, since Tribe takes `+` for a plus.
/// Tribe: seen.
#[derive(Debug)]
pub(super) struct Query {
    text: String,
}

impl Query {
    /// A query on a set, or on one record of it.
    pub(super) fn on(resource: &str) -> Self {
        Self { text: resource.to_owned() }
    }

    /// Adds an option, given unencoded.
    pub(super) fn with(mut self, option: &str, value: &str) -> Self {
        self.text.push(if self.text.contains('?') { '&' } else { '?' });
        self.text.push_str(option);
        self.text.push('=');
        self.text.extend(utf8_percent_encode(value, ENCODED));
        self
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// `Set(guid)`. Tribe: documented (no quotes).
pub(super) fn single(set: &str, id: &TribeId) -> String {
    format!("{set}({id})")
}

/// `a or b or …`: Tribe has no `in`. Tribe: documented.
pub(super) fn any(conditions: impl IntoIterator<Item = String>) -> String {
    conditions.into_iter().collect::<Vec<_>>().join(" or ")
}

/// A condition on a GUID, unquoted. Tribe: inferred (`Edm.Guid`).
pub(super) fn id_is(id: &TribeId) -> String {
    format!("ID eq {id}")
}

/// A condition on a text, quotes doubled. Tribe: seen.
pub(super) fn text_is(property: &str, text: &str) -> String {
    format!("{property} eq '{}'", text.replace('\'', "''"))
}

/// A condition on how a text begins. Tribe: documented.
pub(super) fn begins_with(property: &str, text: &str) -> String {
    format!("startswith({property},'{}')", text.replace('\'', "''"))
}

/// How long a condition is in a URL.
pub(super) fn encoded_length(condition: &str) -> usize {
    utf8_percent_encode(condition, ENCODED).map(str::len).sum()
}

/// Changed or created at that second or later. Tribe: seen (`LastMutationDate` may be null on a record that was
/// never edited, and both have whole seconds).
pub(super) fn changed_from(from: Instant) -> String {
    let from = timestamp(from);
    format!("LastMutationDate ge {from} or (LastMutationDate eq null and CreationDate ge {from})")
}

/// An instant as Tribe writes it, cut to the second: a bound must never be later than what was meant.
pub(super) fn timestamp(instant: Instant) -> String {
    crate::relation::Stamp::utc_text(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_percent_20_and_a_plus_is_not_a_space() {
        let query = Query::on("Relation_Person").with("$filter", "FirstName eq 'a+b & c'").finish();
        assert_eq!(query, "Relation_Person?$filter=FirstName%20eq%20'a%2Bb%20%26%20c'");
    }

    #[test]
    fn a_quote_in_a_text_is_doubled() {
        assert_eq!(text_is("ImportId", "ac:1:relatie:o'b"), "ImportId eq 'ac:1:relatie:o''b'");
    }

    #[test]
    fn options_follow_each_other() {
        let query = Query::on("Address").with("$top", "100").with("$skip", "0").finish();
        assert_eq!(query, "Address?$top=100&$skip=0");
    }
}
