//! `koppeling preview`: what would the initial sync do?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::records::answered;
use super::screen::Screen;
use super::workplace::{describe, name};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Budget, PreviewReport, TypeCount};
use crate::run::HostLimits;

/// A preview is one call: it must end before the call's deadline.
const BUDGET: Budget = Budget { milliseconds: 90_000, requests: 5_000 };

pub(super) async fn run(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let answer =
        host.turn(&office, |connector, context| async move { connector.preview(context, BUDGET).await }).await?;
    let preview = answered(&host, &office, answer).await?;
    if global.json {
        screen.json(&as_json(&preview));
        return Ok(Exit::Ok);
    }
    screen.line("Would be synced:");
    show_counts(&preview.mapped, screen);
    screen.line("Would not be, for want of a mapped type:");
    show_counts(&preview.unmapped, screen);
    let mut notes: BTreeMap<(&str, Option<&str>), u32> = BTreeMap::new();
    for note in &preview.notes {
        *notes.entry((&note.code, note.field.as_deref())).or_default() += 1;
    }
    for ((code, field), count) in notes {
        let text = describe(&host, &office, code).await.map_or_else(|| code.to_owned(), |text| text.english);
        screen.line(format!("  {count} × {}: {text}", field.unwrap_or("a record")));
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
        "mapped": counts(&preview.mapped), "unmapped": counts(&preview.unmapped), "notes": notes,
        "possible-duplicates": duplicates,
    })
}
