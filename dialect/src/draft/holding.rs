//! A draft that holds: where two guesses do not go together, the later one is left out.

use serde_json::{Map, Value, json};

use super::remarks::Remarks;
use super::{Draft, NoDraft};
use crate::document::Dialect;
use crate::misfit::Misfit;

/// The most guesses that are left out: more than all fields there are.
const MOST: usize = 100;

/// The document with its remarks, without what another guess stands in the way of.
pub(super) fn finish(document: Map<String, Value>, mut remarks: Remarks) -> Result<Draft, NoDraft> {
    let mut document = Value::Object(document);
    for _ in 0..MOST {
        let Err(misfit) = filled_in(&document, &remarks) else { break };
        let left_out = leave_out(&mut document, &misfit.at).ok_or_else(|| NoDraft::Misfit(misfit.clone()))?;
        remarks.add(&left_out, format!("it is left out, since with it the draft would not hold: {}", misfit.what));
    }
    remarks.add("", "a draft by the names in saved answers: read it, mend it, and try it with dialect check --samples");
    filled_in(&document, &remarks).map_err(NoDraft::Misfit)?;
    remarks.keep_to(&document);
    let open = remarks.places_to_fill_in().to_vec();
    let texts = remarks.into_texts();
    let count = texts.len();
    if let Some(members) = document.as_object_mut() {
        members.insert("remarks".to_owned(), json!(texts));
    }
    Ok(Draft { document, remarks: count, open })
}

/// Whether it holds once somebody has filled in what is open.
fn filled_in(document: &Value, remarks: &Remarks) -> Result<Dialect, Misfit> {
    let mut document = document.clone();
    for at in remarks.places_to_fill_in() {
        if let Some(place) = document.pointer_mut(at) {
            *place = "none".into();
        }
    }
    Dialect::parse(&document.to_string())
}

/// Takes the smallest part of the document away that may be missing and holds that place. Tells which.
fn leave_out(document: &mut Value, at: &str) -> Option<String> {
    let (above, name) = at.rsplit_once('/')?;
    let (further, group) = above.rsplit_once('/').unwrap_or(("", above));
    let is_optional = match group {
        "organisation" | "private-person" | "fields" | "headers" => true,
        "parts" => name != "huisnummer" && document.pointer(at).is_some(),
        "at" | "inside" => matches!(name, "functie" | "doorkiesnummer"),
        _ => false,
    };
    if is_optional {
        document.pointer_mut(above)?.as_object_mut()?.remove(name)?;
        return Some(at.to_owned());
    }
    // A house number that would stand in a street that is left out, or elsewhere than it may.
    if group == "parts" {
        return none(document, &format!("{further}/parts/huisnummer"));
    }
    if let Some((record, _)) = at.split_once("/addresses/") {
        return none(document, &format!("{record}/addresses"));
    }
    if at == "/writing/version" {
        return none(document, at);
    }
    at.starts_with("/persons/").then(|| none(document, "/persons")).flatten()
}

fn none(document: &mut Value, at: &str) -> Option<String> {
    let place = document.pointer_mut(at)?;
    if *place == "none" {
        return None;
    }
    *place = "none".into();
    Some(at.to_owned())
}
