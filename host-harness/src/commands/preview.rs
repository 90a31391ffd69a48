//! `koppeling preview`: what would the initial sync do?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::advice::About;
use super::notes::{about, places};
use super::patience::telling;
use super::record_name::name;
use super::records::answered;
use super::screen::Screen;
use super::workplace::describe;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Budget, Note, PreviewReport, TypeCount};
use crate::run::HostLimits;

/// Of so many records of a note the number is shown.
const SHOWN: usize = 5;

/// A preview is one call: it must end before the call's deadline.
const BUDGET: Budget = Budget { milliseconds: 90_000, requests: 5_000 };

pub(super) async fn run(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer = host.turn(&office, |connector, context| async move { connector.preview(context, BUDGET).await });
    let answer = telling(&host, &office, screen, answer).await?;
    let preview = answered(&host, &office, answer).await?;
    if global.json {
        screen.json(&as_json(&preview));
        return Ok(Exit::Ok);
    }
    screen.line(format!(
        "Would be synced: {} and {}, by relation type:",
        counted(preview.relations, "relation"),
        counted(preview.contact_persons, "contact person"),
    ));
    show_counts(&preview.mapped, screen);
    screen.line("Would not be, unless a relation has one of the types above, too:");
    show_counts(&preview.unmapped, screen);
    screen.line(
        "One of several types counts with each of them. What is archived, and a contact person of \
         private persons only, counts with none: that is not synced.",
    );
    let mut notes: BTreeMap<(&str, Option<&str>), Vec<Note>> = BTreeMap::new();
    for note in &preview.notes {
        notes.entry((&note.code, note.field.as_deref())).or_default().push(Note { field: None, ..note.clone() });
    }
    for ((code, field), of_them) in notes {
        let about = About { field, ..about(&of_them) };
        let text = describe(&host, &office, code, &about).await.map_or_else(|| code.to_owned(), |text| text.english);
        let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
        screen.line(format!("  {} × {field}{text}", of_them.len()));
        let first = of_them.get(..SHOWN.min(of_them.len())).unwrap_or_default();
        if let Some(places) = places(first, of_them.len() as u64) {
            screen.line(format!("      {places}"));
        }
    }
    for duplicate in &preview.possible_duplicates {
        screen.line(format!(
            "  {} seems to stand in Tribe already, as {} (by {})",
            name(&duplicate.subject),
            duplicate.tribe_id,
            duplicate.by
        ));
    }
    screen.line("Nothing was written.");
    Ok(Exit::Ok)
}

fn counted(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn show_counts(types: &[TypeCount], screen: &Screen) {
    if types.is_empty() {
        screen.line("  nothing");
        return;
    }
    let rows = types.iter().map(|counted| {
        [format!("  {}", counted.id), counted.relations.to_string(), counted.contact_persons.to_string()]
    });
    screen.table(["  TYPE", "RELATIONS", "CONTACT PERSONS"], rows);
}

fn as_json(preview: &PreviewReport) -> Value {
    let counts = |types: &[TypeCount]| -> Vec<Value> {
        let count = |counted: &TypeCount| json!({"type": counted.id, "relations": counted.relations, "contact-persons": counted.contact_persons});
        types.iter().map(count).collect()
    };
    let notes: Vec<Value> = preview
        .notes
        .iter()
        .map(|note| json!({"code": note.code, "record": note.subject.as_ref().map(name), "field": note.field}))
        .collect();
    let duplicates: Vec<Value> = preview
        .possible_duplicates
        .iter()
        .map(|found| json!({"record": name(&found.subject), "tribe-id": found.tribe_id, "by": found.by}))
        .collect();
    json!({
        "relations": preview.relations, "contact-persons": preview.contact_persons,
        "mapped": counts(&preview.mapped), "unmapped": counts(&preview.unmapped), "notes": notes,
        "possible-duplicates": duplicates,
    })
}
