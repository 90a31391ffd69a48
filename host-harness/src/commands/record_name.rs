//! A record and a system as they are given on the command line and shown: named as AdvocaatCentraal names them.

use crate::component::{RecordId, RecordKind, System};

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

/// A system as JSON names it.
pub(super) fn system(system: System) -> &'static str {
    match system {
        System::Advocaatcentraal => "advocaatcentraal",
        System::Tribe => "tribe",
    }
}
