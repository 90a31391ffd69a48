//! In which form stamps, fields and rows come.

use dialect::StampForm;

use super::super::json::Value;
use super::super::oddity::OddityKind;
use super::super::veld::{ADRESSEN, RELATIETYPEN, SOORT, STATUS, Veld};
use super::super::{Record, Relatie, Soort, Status};
use crate::relation::{Presence, Stamp, StampKind};
use crate::wording::Probed;

/// How a stamp is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Offset,
    Naive,
    Day,
    Seconds,
    Millis,
    Odd,
}

impl Form {
    pub(super) fn told(self) -> Probed {
        match self {
            Self::Offset => Probed::StampsWithOffset,
            Self::Naive => Probed::StampsNaive,
            Self::Day => Probed::StampsByDay,
            Self::Seconds => Probed::StampsInSeconds,
            Self::Millis => Probed::StampsInMillis,
            Self::Odd => Probed::StampsOdd,
        }
    }
}

pub(super) fn expected(form: &StampForm) -> Form {
    match form {
        StampForm::Rfc3339 | StampForm::Utc => Form::Offset,
        StampForm::Naive | StampForm::NaiveUtc => Form::Naive,
        StampForm::Date => Form::Day,
        StampForm::Seconds => Form::Seconds,
        StampForm::Millis => Form::Millis,
    }
}

/// The form of a row's stamp; none where it has none.
pub(super) fn form(row: &Relatie, changed: &dialect::Stamp) -> Option<Form> {
    let found = row.raw.at(&changed.at).ok().flatten()?;
    let text = match Value::of(&found) {
        Value::Null => return None,
        Value::Text(text) if text.trim().is_empty() => return None,
        Value::Text(text) => text,
        Value::Scalar(written) => written.to_owned(),
        _ => return Some(Form::Odd),
    };
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Eleven digits of seconds are the year 5138, of milliseconds the year 1973.
        return Some(if text.len() < 12 { Form::Seconds } else { Form::Millis });
    }
    Some(match Stamp::parse(&text.replacen(' ', "T", 1)).map(Stamp::kind) {
        Some(StampKind::Offset) => Form::Offset,
        Some(StampKind::Naive) => Form::Naive,
        Some(StampKind::DateOnly) => Form::Day,
        None => Form::Odd,
    })
}

/// Whether a row leaves out something that its record has.
pub(super) fn leaves_out(row: &Relatie, single: &Relatie) -> bool {
    let is_left_out = |veld: &Veld| row.field(*veld).is_absent() && !single.field(*veld).is_absent();
    let lacks_addresses = row.adressen().is_none() && single.adressen().is_some();
    let lacks_types = row.relatietypen().is_none() && single.relatietypen().is_some();
    single.soort().velden().iter().any(is_left_out) || lacks_addresses || lacks_types
}

/// Where members stand in the dialect that no row has in a form that can be read, and that some have in another.
pub(super) fn odd_members(rows: &[&Relatie]) -> Vec<String> {
    let mut found = Vec::new();
    for (soort, part) in [(Soort::Bedrijf, "organisation/"), (Soort::Particulier, "private-person/")] {
        let of_kind = || rows.iter().filter(|row| row.soort() == soort);
        for veld in soort.velden() {
            let says = |meant: fn(&Presence) -> bool| of_kind().any(|row| meant(&row.field(*veld)));
            if says(|said| *said == Presence::Unreadable) && !says(|said| said.text().is_some()) {
                found.push(["/relations/record/", part, veld.name()].concat());
            }
        }
    }
    for (member, own) in [(SOORT, "kind"), (STATUS, "status"), (RELATIETYPEN, "types"), (ADRESSEN, "addresses")] {
        let is_odd = |row: &&Relatie| {
            let is_meant = |kind| matches!(kind, OddityKind::NotUnderstood | OddityKind::UnknownValue);
            row.oddities().iter().any(|oddity| oddity.member == member && is_meant(oddity.kind))
        };
        let is_said = |row: &&Relatie| match member {
            SOORT => row.soort() != Soort::Onbekend,
            STATUS => row.status() != Status::Onbekend,
            RELATIETYPEN => row.relatietypen().is_some_and(|types| !types.is_empty()),
            _ => row.adressen().is_some_and(|adressen| !adressen.is_empty()),
        };
        if rows.iter().any(is_odd) && !rows.iter().any(|row| is_said(row) && !is_odd(row)) {
            found.push(["/relations/record/", own].concat());
        }
    }
    found
}
