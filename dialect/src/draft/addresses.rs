//! Where the addresses stand in records: in rows with a word, in objects with a name, or among the members themselves.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::held;
use super::names::plain;
use super::records::Records;
use super::remarks::Remarks;
use super::words::{
    ADDRESS, HOOFDKANTOOR, HUISLETTER, HUISNUMMER, LAND, PLAATS, POSTADRES, POSTCODE, PRIVE, ROW_ID, STRAAT,
    TOEVOEGING, TRANSPARENT, WORD, Words,
};
use crate::pointer::Pointer;
use crate::samples::finding::at as value_at;

/// Whose addresses they are: which types there can be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Relation,
    Person,
}

/// A type of address: its member in a document, and its words.
type Type = (&'static str, &'static [&'static str]);

const TYPES: [Type; 3] = [("hoofdkantoor", HOOFDKANTOOR), ("postadres", POSTADRES), ("prive", PRIVE)];

/// The parts of an address in members: of which part a pointer is.
type Parts = BTreeMap<&'static str, Pointer>;

const PARTS: [(&str, &[&str]); 7] = [
    ("straat", STRAAT),
    ("huisnummer", HUISNUMMER),
    ("huisletter", HUISLETTER),
    ("toevoeging", TOEVOEGING),
    ("postcode", POSTCODE),
    ("plaats", PLAATS),
    ("land", LAND),
];

/// The addresses of records, as a document has them.
pub(super) fn addresses(of: Of, records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Value {
    let found = in_rows(of, records, at, remarks).or_else(|| at_places(of, records, at, remarks));
    found.unwrap_or_else(|| {
        remarks.add(at, "no addresses are known in the samples; they are left out and not synced");
        json!("none")
    })
}

fn in_rows(of: Of, records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    // Contact persons inside a relation have addresses of their own.
    let people = held::inside(records).map(|(list, _)| list);
    let of_list = |(_, list): (_, Pointer)| {
        if people.as_ref() == Some(&list) {
            return None;
        }
        let rows = records.rows(&list);
        let parts = parts(&rows, "", true)?;
        is_address(&parts).then_some((list, rows, parts))
    };
    let (list, rows, parts) = records.lists().into_iter().find_map(of_list)?;
    let known = |word: &str| TYPES.iter().find(|(_, words)| names_type(word, words)).map(|(name, _)| *name);
    let fitting = rows.fitting(Words { sure: WORD, perhaps: &[] }).into_iter();
    let with_words = fitting.filter_map(|(_, pointer)| {
        let words = rows.words(&pointer)?;
        words.keys().any(|word| known(word).is_some()).then_some((pointer, words))
    });
    let Some((word, words)) = with_words.into_iter().next() else {
        remarks.add(at, format!("the rows of {list} have no word for their type that is known; they are left out"));
        return None;
    };
    let mut by_type: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut others = 0;
    for word in words.keys() {
        match known(word) {
            Some(name) if of == Of::Relation || name == "prive" => by_type.entry(name).or_default().push(word),
            Some(_) | None => others += 1,
        }
    }
    // A contact person has one type of address: where no row says so, the one word that there is means it.
    if of == Of::Person && by_type.is_empty() {
        let first = words.iter().max_by_key(|(_, count)| **count).map(|(word, _)| *word);
        by_type.insert("prive", first.into_iter().collect());
        remarks.add(at, "which rows are private is not told; the word that most rows have is taken");
    }
    if others > 0 {
        remarks.add(
            &format!("{at}/rows/words"),
            format!("the rows of {list} have other words too ({others}); those are not synced"),
        );
    }
    let types: &[Type] = if of == Of::Relation { &TYPES } else { &TYPES[2..] };
    for (name, _) in types.iter().filter(|(name, _)| !by_type.contains_key(name)) {
        remarks.add(&format!("{at}/rows/words/{name}"), "no row of the samples has a word that is known for this type");
    }
    let id =
        rows.fitting(Words { sure: ROW_ID, perhaps: &[] }).into_iter().next().map(|(_, pointer)| pointer.to_string());
    let mut document = json!({
        "at": list.to_string(), "type": word.to_string(), "words": by_type,
        "parts": written(&parts, &rows, &format!("{at}/rows/parts"), remarks),
    });
    match (id, document.as_object_mut()) {
        (Some(id), Some(members)) => drop(members.insert("id".to_owned(), id.into())),
        _ => remarks.add(&format!("{at}/rows/id"), "the rows have no id that is known"),
    }
    Some(json!({ "rows": document }))
}

/// Objects with a name, and members of the record with a word before them.
fn at_places(of: Of, records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    let mut found: Vec<(String, Option<Pointer>, Parts, Records<'_>)> = Vec::new();
    for member in records.members() {
        let Some(pointer) = member.pointer() else { continue };
        let objects = records.only(|record| value_at(record, &pointer).is_some_and(Value::is_object));
        if objects.is_empty() {
            continue;
        }
        let inner = Records::new(objects.iter().filter_map(|record| value_at(record, &pointer)).collect());
        let own = member.way().last().map(|name| plain(name)).unwrap_or_default();
        let above = member.way().iter().rev().nth(1).map(|name| plain(name)).unwrap_or_default();
        // `visiting_address`, and `visiting` by itself or in `addresses`.
        let is_type = ADDRESS.contains(&above.as_str()) || TYPES.iter().any(|(_, words)| words.contains(&own.as_str()));
        let Some(name) = without_address(&own).or_else(|| is_type.then_some(own)) else { continue };
        if let Some(parts) = parts(&inner, "", true).filter(is_address) {
            found.push((name, Some(pointer), parts, inner));
        }
    }
    let prefixes = [HOOFDKANTOOR, POSTADRES, PRIVE].concat();
    for prefix in [""].into_iter().chain(prefixes) {
        if let Some(parts) = parts(records, prefix, false).filter(is_address) {
            found.push((prefix.to_owned(), None, parts, records.clone()));
        }
    }
    let mut places = Map::new();
    let mut missing = Vec::new();
    for (name, words) in TYPES {
        if of == Of::Person && name != "prive" {
            continue;
        }
        let by_name = || found.iter().find(|(own, ..)| !own.is_empty() && names_type(own, words));
        // One without a word is that of whoever it is: the office of an organisation, the home of a person.
        let without = || found.iter().find(|(own, ..)| own.is_empty() && name != "postadres");
        let place = format!("{at}/places/{name}");
        let Some((own, pointer, parts, inner)) = by_name().or_else(without) else {
            missing.push(place);
            continue;
        };
        if own.is_empty() {
            remarks.add(&place, "the record has one address without a word for its type; it is taken for this");
        }
        let mut document = json!({ "parts": written(parts, inner, &format!("{place}/parts"), remarks) });
        if let (Some(pointer), Some(members)) = (pointer, document.as_object_mut()) {
            members.insert("at".to_owned(), pointer.to_string().into());
        }
        places.insert(name.to_owned(), document);
    }
    if !places.is_empty() {
        missing
            .iter()
            .for_each(|at| remarks.add(at, "no address of the samples has a word that is known for this type"));
    }
    (!places.is_empty()).then(|| json!({ "places": places }))
}

/// Whether a word means a type: by itself, or with `adres` or `address` after it.
fn names_type(word: &str, words: &[&str]) -> bool {
    let word = plain(word);
    let short = without_address(&word).unwrap_or_else(|| word.clone());
    words.contains(&word.as_str()) || words.contains(&short.as_str())
}

/// A name without `adres` or `address` after or before it; empty where it is no more than that.
fn without_address(name: &str) -> Option<String> {
    ADDRESS
        .iter()
        .rev()
        .find_map(|address| name.strip_suffix(address).or_else(|| name.strip_prefix(address)))
        .map(str::to_owned)
}

/// The parts of an address among the members of records, with a word before each or after it. `is_own`: they are nothing but
/// the address, so that a plain number is that of the house.
fn parts(records: &Records<'_>, prefix: &str, is_own: bool) -> Option<Parts> {
    let mut parts: BTreeMap<&'static str, (usize, Pointer)> = BTreeMap::new();
    for member in records.members() {
        let Some(pointer) = member.pointer().filter(|pointer| records.is_plain(pointer)) else { continue };
        let names: Vec<String> = member.way().iter().map(|name| plain(name)).collect();
        let (Some(own), above) = (names.last(), names.len() - 1) else { continue };
        // `country/code` and `country/name` are the country; else only what the record itself has.
        let joined = names.concat();
        let is_through = names.iter().take(above).all(|name| TRANSPARENT.contains(&name.as_str()));
        let bare = |name: &str| -> Option<String> {
            let rest = name.strip_prefix(prefix).or_else(|| name.strip_suffix(prefix))?;
            Some(rest.to_owned())
        };
        for (part, words) in PARTS {
            // Among the members of a record a number or a suffix is nothing of an address by itself.
            let is_short =
                |word: &str| ["number", "nummer", "nr", "suffix", "addition", "letter", "place", "pc"].contains(&word);
            let readings = [is_through.then(|| bare(own)).flatten(), bare(&joined)];
            let readings = readings.into_iter().flatten().flat_map(|name| {
                let rest = without_address(&name).filter(|rest| !rest.is_empty());
                [Some(name), rest].into_iter().flatten().collect::<Vec<_>>()
            });
            let rank = readings
                .filter_map(|name| words.iter().position(|word| *word == name && (is_own || !is_short(word))))
                .min();
            if let Some(rank) = rank
                && parts.get(part).is_none_or(|(known, _)| rank < *known)
            {
                parts.insert(part, (rank, pointer.clone()));
            }
        }
    }
    let parts: Parts = parts.into_iter().map(|(part, (_, pointer))| (part, pointer)).collect();
    (!parts.is_empty()).then_some(parts)
}

fn is_address(parts: &Parts) -> bool {
    let has = |part: &str| parts.contains_key(part);
    [has("straat"), has("postcode"), has("plaats")].into_iter().filter(|has| *has).count() >= 2
}

fn written(parts: &Parts, records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Value {
    let mut document = Map::new();
    for part in ["straat", "postcode", "plaats", "land"] {
        match parts.get(part) {
            Some(pointer) => drop(document.insert(part.to_owned(), pointer.to_string().into())),
            None => remarks
                .add(&format!("{at}/{part}"), "no member of the samples is known by a name for this; it is left out"),
        }
    }
    let text = |part: &str| parts.get(part).map(ToString::to_string);
    let number = match (text("huisnummer"), text("huisletter"), text("toevoeging"), text("straat")) {
        (Some(number), Some(letter), Some(suffix), _) => {
            json!({ "three": { "number": number, "letter": letter, "suffix": suffix } })
        }
        (Some(number), Some(suffix), None, _) | (Some(number), None, Some(suffix), _) => {
            json!({ "two": { "number": number, "suffix": suffix } })
        }
        (Some(number), None, None, _) => {
            remarks.add(&format!("{at}/huisnummer"), "what follows the number is taken to stand in one member with it");
            json!({ "one": number })
        }
        (None, _, _, Some(_)) if parts.get("straat").is_some_and(|street| has_numbers(records, street)) => {
            json!("in-street")
        }
        (None, ..) => {
            remarks
                .add(&format!("{at}/huisnummer"), "no house number is known, and the streets of the samples have none");
            json!("none")
        }
    };
    document.insert("huisnummer".to_owned(), number);
    document.into()
}

/// Whether most streets have a number in them.
fn has_numbers(records: &Records<'_>, street: &Pointer) -> bool {
    let streets: Vec<&Value> = records.said(street).collect();
    let with = streets
        .iter()
        .filter(|street| street.as_str().is_some_and(|text| text.bytes().any(|byte| byte.is_ascii_digit())));
    with.count() * 2 > streets.len()
}
