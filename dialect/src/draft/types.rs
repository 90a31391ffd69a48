//! Where the relation types stand: in a relation, and in a list of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::asked::{named, template};
use super::lists::Lists;
use super::names::plain;
use super::records::{Records, id_text, small_set};
use super::remarks::Remarks;
use super::words::{NAME, TYPE_ID, TYPE_NAME, TYPES, Words};
use crate::pointer::Pointer;
use crate::samples::Answer;
use crate::samples::finding::at;

/// The most relation types that a draft writes down.
const MOST_TYPES: usize = 24;
/// The most members of a row in a list of types.
const MOST_MEMBERS: usize = 6;

/// The relation types in relations.
pub(super) struct TypePlaces {
    pub(super) document: Value,
    /// The types that are named, each with its name where a relation has it.
    seen: BTreeMap<String, Option<String>>,
}

/// Where the relation types stand in relations.
pub(super) fn places(records: &Records<'_>, kind: Option<&Pointer>, place: &str, remarks: &mut Remarks) -> TypePlaces {
    for (fit, pointer) in records.fitting(TYPES) {
        if Some(&pointer) == kind {
            continue;
        }
        let rows = records.rows(&pointer);
        let values: Vec<&Value> = records.said(&pointer).collect();
        let words: Vec<&Value> = values.iter().filter_map(|value| value.as_array()).flatten().collect();
        let found = if !rows.is_empty() {
            let by =
                |names: &'static [&'static str]| rows.fitting(Words { sure: names, perhaps: &[] }).into_iter().next();
            let Some((_, id)) = by(TYPE_ID) else { continue };
            let name = by(TYPE_NAME).map(|(_, name)| name);
            let of = |row: &Value| {
                let name = name.as_ref().and_then(|name| at(row, name)).and_then(Value::as_str);
                Some((id_text(at(row, &id)?)?, name.map(str::to_owned)))
            };
            let seen = rows.iter().filter_map(of).collect();
            Some((json!({ "rows": { "at": pointer.to_string(), "id": id.to_string() } }), seen))
        } else if !words.is_empty() && words.iter().all(|word| id_text(word).is_some()) {
            let seen = words.iter().filter_map(|word| Some((id_text(word)?, None))).collect();
            Some((json!({ "words": pointer.to_string() }), seen))
        } else if !values.is_empty() && values.iter().all(|value| value.is_number())
            || small_set(values.iter().copied()).is_some()
        {
            let seen = values.iter().filter_map(|word| Some((id_text(word)?, None))).collect();
            Some((json!({ "one": pointer.to_string() }), seen))
        } else {
            in_object(&pointer, &values)
        };
        if let Some((document, seen)) = found {
            if fit.is_guess {
                remarks.add(place, format!("{pointer} may be something else than the relation types"));
            }
            return TypePlaces { document, seen };
        }
    }
    remarks.add(
        place,
        "no member is known for the relation types: this is what is assumed; where there are none, say always",
    );
    TypePlaces { document: json!({ "words": "/relatietypen" }), seen: BTreeMap::new() }
}

/// One type in an object, with its id and perhaps its name.
fn in_object(pointer: &Pointer, values: &[&Value]) -> Option<(Value, BTreeMap<String, Option<String>>)> {
    let objects = Records::new(values.iter().copied().filter(|value| value.is_object()).collect());
    let by = |names: &'static [&'static str]| {
        let fitting = objects.fitting(Words { sure: names, perhaps: &[] }).into_iter();
        fitting.map(|(_, pointer)| pointer).find(|pointer| objects.is_plain(pointer))
    };
    let id = by(TYPE_ID).filter(|id| objects.len() == values.len() && objects.filled(id) == values.len())?;
    let name = by(TYPE_NAME);
    let of = |object: &Value| {
        let name = name.as_ref().and_then(|name| at(object, name)).and_then(Value::as_str);
        Some((id_text(at(object, &id)?)?, name.map(str::to_owned)))
    };
    Some((json!({ "one": pointer.then(&id).to_string() }), objects.iter().filter_map(of).collect()))
}

/// The list of relation types: rows with an id and a name, of which relations name some.
pub(super) fn list(answers: &[Answer], places: &TypePlaces, lists: &Lists<'_>, remarks: &mut Remarks) -> Value {
    let ids: BTreeSet<&str> = places.seen.keys().map(String::as_str).collect();
    let found = answers.iter().filter(|answer| lists.is_own(answer)).find_map(|answer| {
        let (rows, id, name) = rows(&answer.body, &ids)?;
        Some((answer, json!({ "rows": rows.to_string(), "id": id.to_string(), "name": name.to_string() })))
    });
    if let Some((answer, mut document)) = found {
        let path = answer.asked.as_ref().map(|asked| template(asked, &BTreeSet::new(), "{id}"));
        if path.is_none() {
            remarks.add("/types/list/path", "an answer alone does not tell its address: this is what is assumed");
        }
        if let Some(members) = document.as_object_mut() {
            let path = path.unwrap_or_else(|| "/offices/{office}/relatietypen".to_owned());
            members.insert("path".to_owned(), path.into());
        }
        return json!({ "list": document });
    }
    // Words that relations have, where they are a small set: what else might be a type is not told.
    let is_short =
        |text: &str| text.len() <= 24 && text.chars().all(|letter| letter.is_alphanumeric() || "-_ ".contains(letter));
    let are_short = places.seen.iter().all(|(id, name)| is_short(id) && name.as_deref().is_none_or(is_short));
    if !places.seen.is_empty() && places.seen.len() <= MOST_TYPES && are_short {
        remarks.add("/types/words", "no list of relation types is in the samples; these are the ones that relations have, others may be missing");
        let words = places.seen.iter().map(|(id, name)| json!({ "id": id, "name": name.as_ref().unwrap_or(id) }));
        return json!({ "words": words.collect::<Vec<_>>() });
    }
    remarks.add("/types", "no relation types are known in the samples: name them here, or say where they are listed");
    json!({ "words": [] })
}

fn rows(body: &Value, ids: &BTreeSet<&str>) -> Option<(Pointer, Pointer, Pointer)> {
    let mut lists: Vec<Pointer> = vec![Pointer::default()];
    lists.extend(Records::new(vec![body]).members().iter().filter_map(|member| member.pointer()));
    lists.into_iter().find_map(|list| {
        let rows: Vec<&Value> = at(body, &list)?.as_array()?.iter().collect();
        let is_small = |row: &&Value| row.as_object().is_some_and(|members| members.len() <= MOST_MEMBERS);
        if rows.is_empty() || !rows.iter().all(is_small) {
            return None;
        }
        let rows = Records::new(rows);
        let by = |names: &'static [&'static str]| {
            let fitting = rows.fitting(Words { sure: names, perhaps: &[] }).into_iter();
            fitting.map(|(_, pointer)| pointer).find(|pointer| rows.filled(pointer) == rows.len())
        };
        let (id, name) = (by(TYPE_ID)?, by(TYPE_NAME)?);
        let is_known = rows.said(&id).filter_map(id_text).any(|id| ids.contains(id.as_str()));
        is_known.then_some((list, id, name))
    })
}

/// Where the office's name stands in its answer, and where its number.
pub(super) fn name_and_number(body: &Value, number: &str) -> Option<(Pointer, Option<Pointer>)> {
    let records = Records::new(vec![body]);
    let name = named(body, Words { sure: NAME.sure, perhaps: &[] })?;
    let all = records.members().iter().filter_map(|member| member.pointer());
    let at_number = all
        .filter(|pointer| records.said(pointer).any(|value| id_text(value).as_deref() == Some(number)))
        .min_by_key(|pointer| {
            let own = pointer.parts().last().map(|part| plain(part)).unwrap_or_default();
            (own != "id", pointer.parts().len())
        });
    Some((name, at_number))
}
