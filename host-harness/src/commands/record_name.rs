//! A record as it is given on the command line and shown: named as AdvocaatCentraal names it.

use crate::component::{RecordId, RecordKind};

/// The record that a text names.
pub(super) fn record(text: &str) -> Result<RecordId, String> {
    let kind = match text.split_once('/') {
        Some(("relatie", id)) if !id.is_empty() => (RecordKind::Relatie, id),
        Some(("contactpersoon", id)) if !id.is_empty() => (RecordKind::Contactpersoon, id),
        _ => return Err("give `relatie/<id>` or `contactpersoon/<id>`".to_owned()),
    };
    Ok(RecordId { kind: kind.0, id: kind.1.to_owned() })
}

/// The name of a record.
pub(super) fn name(id: &RecordId) -> String {
    match id.kind {
        RecordKind::Relatie => format!("relatie/{}", id.id),
        RecordKind::Contactpersoon => format!("contactpersoon/{}", id.id),
    }
}
