//! Notes of the connector in words: how often each was given, about which records and fields, and what to type about it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::advice::About;
use super::record_name::name;
use super::screen::{Screen, Tone};
use super::workplace::worded;
use crate::component::Note;
use crate::run::{Host, Tally};
use crate::settings::OfficeNumber;

/// Every note once, in words, with how often it was given, and the first records and fields that it was about.
pub(super) async fn show_notes(host: &Host, office: &OfficeNumber, tally: &Tally, screen: &Screen) {
    for (code, count) in &tally.notes {
        let examples = tally.examples.get(code).map_or(&[][..], Vec::as_slice);
        let text = worded(host, office, code, &about(examples)).await;
        screen.line(format!("  {count} × {}", text.english));
        screen.line(format!("      {}", screen.toned(Tone::Quiet, &text.dutch)));
        if let Some(places) = places(examples, *count) {
            screen.line(format!("      {places}"));
        }
    }
    if tally.notes_left_out > 0 {
        screen.line(format!("  and {} more notes", tally.notes_left_out));
    }
}

/// What the first of several notes was about: for the command to type.
pub(super) fn about(notes: &[Note]) -> About<'_> {
    let first = notes.first();
    About {
        record: first.and_then(|note| note.subject.as_ref()),
        field: first.and_then(|note| note.field.as_deref()),
        ..About::default()
    }
}

/// The records and fields of the first of so many notes; none where they are about nothing in particular.
pub(super) fn places(examples: &[Note], count: u64) -> Option<String> {
    let places: Vec<String> = examples.iter().filter_map(place).collect();
    if places.is_empty() {
        return None;
    }
    let left = count.saturating_sub(places.len() as u64);
    let more = if left > 0 { format!("; and {left} more") } else { String::new() };
    Some(format!("{}{more}", places.join("; ")))
}

fn place(note: &Note) -> Option<String> {
    match (&note.subject, &note.field) {
        (None, None) => None,
        (Some(record), None) => Some(name(record)),
        (None, Some(field)) => Some(field.clone()),
        (Some(record), Some(field)) => Some(format!("{} {field}", name(record))),
    }
}

/// The same for a machine: by code.
pub(super) fn examples_json(tally: &Tally) -> Value {
    let of_code = |notes: &Vec<Note>| -> Vec<Value> {
        let known = notes.iter().filter(|note| note.subject.is_some() || note.field.is_some());
        known.map(|note| json!({"record": note.subject.as_ref().map(name), "field": note.field})).collect()
    };
    let by_code: BTreeMap<&String, Vec<Value>> =
        tally.examples.iter().map(|(code, notes)| (code, of_code(notes))).collect();
    json!(by_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{RecordId, RecordKind};

    fn note(id: Option<&str>, field: Option<&str>) -> Note {
        let subject = id.map(|id| RecordId { kind: RecordKind::Relatie, id: id.to_owned() });
        Note { code: "conflict".to_owned(), subject, field: field.map(str::to_owned) }
    }

    #[test]
    fn a_note_names_its_records_and_fields_and_how_many_more_there_are() {
        let notes = [note(Some("1001"), Some("organisatie.email")), note(Some("1002"), None)];
        assert_eq!(places(&notes, 2).as_deref(), Some("relatie/1001 organisatie.email; relatie/1002"));
        assert_eq!(places(&notes, 9).as_deref(), Some("relatie/1001 organisatie.email; relatie/1002; and 7 more"));
        assert_eq!(places(&[note(None, Some("organisatie.kvk"))], 1).as_deref(), Some("organisatie.kvk"));
        assert_eq!(places(&[note(None, None)], 4), None);
    }
}
