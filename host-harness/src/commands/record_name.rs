//! A record and a system as they are given on the command line and shown: named as AdvocaatCentraal names them.

use crate::component::{RecordId, RecordKind, System};

/// The record that a text names.
pub(super) fn record(text: &str) -> Result<RecordId, String> {
    let kind = match text.split_once('/') {
        Some(("relatie", id)) if !id.is_empty() => (RecordKind::Relatie, id),
        Some(("contactpersoon", id)) if !id.is_empty() => (RecordKind::Contactpersoon, id),
        None if !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-') => {
            return Err(format!("give its kind too: `relatie/{text}` or `contactpersoon/{text}`"));
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_id_without_its_kind_is_told_with_both() {
        assert_eq!(record("relatie/1001").map(|record| name(&record)), Ok("relatie/1001".to_owned()));
        let told = record("1001").unwrap_err();
        assert!(told.contains("`relatie/1001` or `contactpersoon/1001`"), "{told}");
        for text in ["", "relatie/", "klant/1", "a b"] {
            assert_eq!(record(text), Err("give `relatie/<id>` or `contactpersoon/<id>`".to_owned()));
        }
    }
}
