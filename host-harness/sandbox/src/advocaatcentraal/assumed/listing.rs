//! Lists on the assumed wire: pages, rows, and how the variants bend them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::record::{List, Record, Table, Version};
use super::super::refusal::Refusal;
use super::super::selection::{Place, cap, selected, size};
use super::super::storing::is_empty;
use super::super::variants::{Empties, Ids, KoppelingOrder, Paging, Rows, Stamps, Variants};
use crate::Instant;
use crate::http::{percent_decode, query_pairs};

const DEFAULT_ROWS: usize = 50;

/// What a lean row still holds, per list.
const LEAN_RELATIE: [&str; 6] = ["id", "soort", "relatietypen", "status", "bedrijfsnaam", "naam"];
const LEAN_CONTACTPERSOON: [&str; 3] = ["id", "status", "achternaam"];

struct Query {
    from: Option<Instant>,
    after: Option<String>,
    rows: usize,
}

/// One page as JSON.
pub(super) fn page(
    table: &Table,
    list: List,
    variants: &Variants,
    now: Instant,
    query: &str,
) -> Result<Value, Refusal> {
    let query = read(query, variants)?;
    let rows = selected(table, variants, now, query.from);
    let start = start(&rows, &query, variants)?;
    let end = rows.len().min(start.saturating_add(query.rows));
    let given = rows.get(start..end).unwrap_or_default();
    let next = if end < rows.len() { next(given, start, &query, variants) } else { None };
    let given: Vec<Value> = given.iter().map(|(_, record, version)| row(list, record, version, variants)).collect();
    Ok(json!({ list.name(): given, "volgende": next }))
}

fn read(query: &str, variants: &Variants) -> Result<Query, Refusal> {
    let mut read = Query { from: None, after: None, rows: DEFAULT_ROWS.min(cap(variants)) };
    for (name, value) in query_pairs(query) {
        let value = percent_decode(value).ok_or(Refusal::Parameter("query"))?;
        if value.is_empty() {
            continue;
        }
        match name {
            "gewijzigd_vanaf" => {
                read.from = Some(Instant::parse(&value).ok_or(Refusal::Parameter("gewijzigd_vanaf"))?);
            }
            "na" => read.after = Some(value),
            "aantal" => {
                let asked: usize = value.parse().map_err(|_| Refusal::Parameter("aantal"))?;
                read.rows = size(asked, variants).ok_or(Refusal::Field("aantal"))?;
            }
            _ => {}
        }
    }
    Ok(read)
}

fn start(rows: &[(Place<'_>, &Record, &Version)], query: &Query, variants: &Variants) -> Result<usize, Refusal> {
    let Some(after) = &query.after else {
        return Ok(0);
    };
    match variants.paging {
        Paging::IgnoresCursor => Ok(0),
        Paging::PageNumber => {
            let page: usize = after.parse().map_err(|_| Refusal::Parameter("na"))?;
            Ok(page.saturating_sub(1).saturating_mul(query.rows))
        }
        Paging::Cursor | Paging::NextLinksToItself => {
            let (stamp, scramble, id) = read_cursor(after).ok_or(Refusal::Parameter("na"))?;
            Ok(rows.partition_point(|(place, ..)| *place <= (stamp, scramble, id.as_str())))
        }
    }
}

fn next(given: &[(Place<'_>, &Record, &Version)], start: usize, query: &Query, variants: &Variants) -> Option<String> {
    match variants.paging {
        Paging::PageNumber => Some((start / query.rows.max(1) + 2).to_string()),
        Paging::NextLinksToItself if query.after.is_some() => query.after.clone(),
        Paging::Cursor | Paging::NextLinksToItself | Paging::IgnoresCursor => {
            let ((stamp, scramble, id), ..) = given.last()?;
            Some(URL_SAFE_NO_PAD.encode(format!("{stamp}.{scramble}.{id}")))
        }
    }
}

fn read_cursor(text: &str) -> Option<(u64, u64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = text.splitn(3, '.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

fn row(list: List, record: &Record, version: &Version, variants: &Variants) -> Value {
    let mut row = render(record, version, variants);
    if let (KoppelingOrder::ReversedInLists, Some(Value::Array(rows))) =
        (variants.koppelingen, row.get_mut("koppelingen"))
    {
        rows.reverse();
    }
    let is_lean = match variants.rows {
        Rows::Full => false,
        Rows::Lean => true,
        Rows::LeanAtTimes => {
            let id = version.fields.get("id").and_then(Value::as_str).unwrap_or_default();
            id.bytes().map(u32::from).sum::<u32>().is_multiple_of(5)
        }
    };
    if is_lean {
        let kept: &[&str] = match list {
            List::Relaties => &LEAN_RELATIE,
            List::Contactpersonen => &LEAN_CONTACTPERSOON,
        };
        row.retain(|name, _| name == "gewijzigd" || kept.contains(&name.as_str()));
    }
    Value::Object(row)
}

/// A record as it goes over the wire, with its stamps and ids as the variants have them.
pub(super) fn render(record: &Record, version: &Version, variants: &Variants) -> Map<String, Value> {
    let stamp = |instant: Instant| match variants.stamps {
        Stamps::Offset | Stamps::DateOnlyFilter => instant.amsterdam(),
        Stamps::Naive => instant.amsterdam_without_offset(),
    };
    let mut fields = version.fields.clone();
    if let Some(created) = record.created {
        fields.insert("aangemaakt".to_owned(), stamp(created).into());
    }
    fields.insert("gewijzigd".to_owned(), stamp(version.changed).into());
    if variants.ids == Ids::Number {
        number(fields.get_mut("id"));
        if let Some(Value::Array(links)) = fields.get_mut("koppelingen") {
            links.iter_mut().for_each(|link| number(link.get_mut("relatie_id")));
        }
    }
    if variants.empties == Empties::LeftOut {
        leave_out_empties(&mut fields);
    }
    fields
}

/// Removes what is null or blank, in rows of lists as well.
fn leave_out_empties(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !is_empty(value));
    for rows in fields.values_mut().filter_map(Value::as_array_mut) {
        rows.iter_mut().filter_map(Value::as_object_mut).for_each(leave_out_empties);
    }
}

/// An id as a number, unless that would lose a leading zero.
fn number(id: Option<&mut Value>) {
    let Some(id) = id else { return };
    let whole = id.as_str().and_then(|text| text.parse::<u64>().ok().filter(|number| number.to_string() == text));
    if let Some(whole) = whole {
        *id = whole.into();
    }
}
