//! How an organisation is told from a private person.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::names::plain;
use super::records::Records;
use super::remarks::Remarks;
use super::words::{
    IN_ORGANISATION, IN_PRIVATE_PERSON, KIND, ORGANISATION, ORGANISATIONS, PERSON, PRIVATE_PERSONS, Words,
};
use crate::pointer::Pointer;
use crate::samples::finding::{at, is_empty};

/// The relations, by their kind, and how a document tells it.
pub(super) struct Kinds<'v> {
    pub(super) document: Value,
    /// The member that tells it, so that it is not taken for something else.
    pub(super) at: Option<Pointer>,
    pub(super) organisations: Records<'v>,
    pub(super) private_persons: Records<'v>,
}

/// Whether some records have a word for their kind.
pub(super) fn is_told_by_word(records: &Records<'_>) -> bool {
    word(records).is_some()
}

impl<'v> Kinds<'v> {
    /// Of lists that hold one kind each.
    pub(super) fn by_list(organisations: Vec<&'v Value>, private_persons: Vec<&'v Value>) -> Self {
        Self {
            document: json!("by-list"),
            at: None,
            organisations: Records::new(organisations),
            private_persons: Records::new(private_persons),
        }
    }

    /// Whether a list is that of private persons, where the list tells it. `told` is what a list beside another is.
    pub(super) fn of_list(&self, told: Option<bool>) -> Option<bool> {
        let is_by_list = self.document == "by-list";
        is_by_list.then(|| told.unwrap_or(self.organisations.is_empty()))
    }
}

/// The relations of one list, by their kind.
pub(super) fn kinds<'v>(records: &Records<'v>, place: &str, remarks: &mut Remarks) -> Kinds<'v> {
    let told = by_word(records, place, remarks).or_else(|| by_presence(records, place, remarks));
    told.or_else(|| of_one_kind(records, place, remarks)).unwrap_or_else(|| {
        remarks.add(place, "nothing in the samples tells an organisation from a private person: this is what is assumed; no record is read before it is mended");
        Kinds {
            document: json!({ "word": { "at": "/soort", "organisation": ["bedrijf"], "private-person": ["particulier"] } }),
            at: None,
            organisations: records.clone(),
            private_persons: records.clone(),
        }
    })
}

/// A list whose records all have what only one kind has.
fn of_one_kind<'v>(records: &Records<'v>, place: &str, remarks: &mut Remarks) -> Option<Kinds<'v>> {
    let (organisation, private_person) = telling(records);
    let all_have = |places: &[Pointer]| records.iter().all(|record| places.iter().any(|place| is_there(record, place)));
    let none_has =
        |places: &[Pointer]| !records.iter().any(|record| places.iter().any(|place| is_there(record, place)));
    let all: Vec<&Value> = records.iter().collect();
    if all_have(&organisation) && none_has(&private_person) {
        remarks
            .add(place, "all records of the samples look like organisations; save some private persons if there are");
        return Some(Kinds::by_list(all, Vec::new()));
    }
    if all_have(&private_person) && none_has(&organisation) {
        remarks
            .add(place, "all records of the samples look like private persons; save some organisations if there are");
        return Some(Kinds::by_list(Vec::new(), all));
    }
    None
}

fn is_organisation(word: &str) -> bool {
    ORGANISATIONS.contains(&plain(word).as_str())
}

fn is_private_person(word: &str) -> bool {
    PRIVATE_PERSONS.contains(&plain(word).as_str())
}

fn word<'v>(records: &Records<'v>) -> Option<(Pointer, BTreeMap<&'v str, usize>)> {
    records.fitting(KIND).into_iter().find_map(|(_, pointer)| {
        let words = records.words(&pointer)?;
        words.keys().any(|word| is_organisation(word) || is_private_person(word)).then_some((pointer, words))
    })
}

fn by_word<'v>(records: &Records<'v>, place: &str, remarks: &mut Remarks) -> Option<Kinds<'v>> {
    let (pointer, words) = word(records)?;
    let place = format!("{place}/word");
    let with = |word: &str| records.only(|record| at(record, &pointer).and_then(Value::as_str) == Some(word));
    let (mut organisation, mut private_person) = (Vec::new(), Vec::new());
    let mut others = 0;
    for (word, count) in &words {
        let seen = with(word);
        match (is_organisation(word), is_private_person(word)) {
            (true, _) => organisation.push(*word),
            (_, true) => private_person.push(*word),
            // What is said by several records is a word; by one it may be anything.
            _ if *count < 2 => others += 1,
            _ => match looks(&seen) {
                Some(true) => {
                    remarks.add(
                        &place,
                        "a word that is not known is taken for organisations, by what stands in their records",
                    );
                    organisation.push(*word);
                }
                Some(false) => {
                    remarks.add(
                        &place,
                        "a word that is not known is taken for private persons, by what stands in their records",
                    );
                    private_person.push(*word);
                }
                None => others += 1,
            },
        }
    }
    if others > 0 {
        remarks.add(
            &place,
            format!(
                "other words stand at {pointer} too ({others}); their records are not synced before the words are added"
            ),
        );
    }
    for (name, words) in [("organisation", &organisation), ("private-person", &private_person)] {
        if words.is_empty() {
            remarks.add(&format!("{place}/{name}"), "no record of the samples has a word for this");
        }
    }
    let of = |words: &[&str]| {
        records.only(|record| at(record, &pointer).and_then(Value::as_str).is_some_and(|word| words.contains(&word)))
    };
    Some(Kinds {
        organisations: of(&organisation),
        private_persons: of(&private_person),
        document: json!({
            "word": { "at": pointer.to_string(), "organisation": organisation, "private-person": private_person },
        }),
        at: Some(pointer),
    })
}

/// What stands only in an organisation, and what only in a private person, by their names.
fn telling(records: &Records<'_>) -> (Vec<Pointer>, Vec<Pointer>) {
    let sure = |table: &[super::words::FieldWords], names: &[&str]| -> Vec<Pointer> {
        let fields = table.iter().filter(|field| names.contains(&field.name));
        let fitting = fields.flat_map(|field| records.fitting(Words { sure: field.words.sure, perhaps: &[] }));
        fitting.map(|(_, pointer)| pointer).filter(|pointer| records.is_plain(pointer)).collect()
    };
    let inside = |names: &'static [&'static str]| -> Vec<Pointer> {
        let fitting = records.fitting(Words { sure: names, perhaps: &[] }).into_iter().map(|(_, pointer)| pointer);
        fitting.filter(|pointer| records.filled(pointer) > 0 && records.said(pointer).all(Value::is_object)).collect()
    };
    let mut organisation = inside(IN_ORGANISATION);
    organisation.extend(sure(ORGANISATION, &["bedrijfsnaam", "kvk"]));
    let mut private_person = inside(IN_PRIVATE_PERSON);
    private_person.extend(sure(PERSON, &["achternaam", "voornamen", "voorletters", "geboortedatum"]));
    (organisation, private_person)
}

fn is_there(record: &Value, pointer: &Pointer) -> bool {
    at(record, pointer).is_some_and(|value| !is_empty(value))
}

/// Whether records are organisations, by what is filled in them; none where it cannot be told.
pub(super) fn looks(records: &Records<'_>) -> Option<bool> {
    let (organisation, private_person) = telling(records);
    let filled =
        |places: &[Pointer]| records.iter().filter(|record| places.iter().any(|place| is_there(record, place))).count();
    match (filled(&organisation), filled(&private_person)) {
        (organisation, 0) if organisation > 0 => Some(true),
        (0, private_person) if private_person > 0 => Some(false),
        _ => None,
    }
}

fn by_presence<'v>(records: &Records<'v>, place: &str, remarks: &mut Remarks) -> Option<Kinds<'v>> {
    let (organisation, private_person) = telling(records);
    let filled = |pointer: &Pointer| records.filled(pointer);
    let organisation = organisation.into_iter().find(|pointer| filled(pointer) > 0)?;
    let private_person = private_person.into_iter().filter(|pointer| filled(pointer) > 0).find(|pointer| {
        // It must be there where the other is not.
        records.iter().any(|record| is_there(record, pointer) && !is_there(record, &organisation))
    })?;
    remarks.add(
        &format!("{place}/present"),
        format!("no member has a word for the kind; what has {organisation} is taken for an organisation, else what has {private_person} for a private person"),
    );
    let organisations = records.only(|record| is_there(record, &organisation));
    let private_persons = records.only(|record| !is_there(record, &organisation) && is_there(record, &private_person));
    Some(Kinds {
        document: json!({
            "present": { "organisation": organisation.to_string(), "private-person": private_person.to_string() },
        }),
        at: None,
        organisations,
        private_persons,
    })
}
