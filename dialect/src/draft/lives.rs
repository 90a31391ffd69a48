//! What every record has: its id, its life, the stamp of its last change.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::names::plain;
use super::records::Records;
use super::remarks::Remarks;
use super::words::{ACTIVE, ARCHIVED, CHANGED, DELETED, ID, IS_ACTIVE, IS_ARCHIVED, NO, STATUS, VERSION, YES};
use crate::pointer::Pointer;
use crate::samples::finding::looks_like;

/// Where the id stands; where the built-in dialect has it, if the samples do not tell.
pub(super) fn id(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Value {
    match id_at(records) {
        Some((is_guess, pointer)) => {
            if is_guess {
                remarks.add(at, format!("{pointer} is taken for the id: it stands in every record, each time another"));
            }
            pointer.to_string().into()
        }
        None => {
            remarks.add(at, "no id is known in the samples: this is what is assumed, and must be mended");
            json!("/id")
        }
    }
}

/// Where the id stands: in every record, each time another. Whether it is a guess.
pub(super) fn id_at(records: &Records<'_>) -> Option<(bool, Pointer)> {
    let fitting = records.fitting(ID).into_iter();
    let mut whole =
        fitting.filter(|(_, pointer)| records.is_plain(pointer) && records.filled(pointer) == records.len());
    whole.next().map(|(fit, pointer)| (fit.is_guess, pointer))
}

/// How the life of a record is told.
pub(super) fn status(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Value {
    let found = by_word(records, at, remarks).or_else(|| by_flag(records, at, remarks));
    found.or_else(|| by_yes_and_no(records, at, remarks)).unwrap_or_else(|| {
        remarks.add(at, "nothing in the samples tells whether a record is put away: what is listed counts as in use");
        json!("listed")
    })
}

fn by_word(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    let known = [("active", ACTIVE), ("archived", ARCHIVED), ("deleted", DELETED)];
    let of = |word: &str| known.iter().find(|(_, words)| words.contains(&plain(word).as_str())).map(|(life, _)| *life);
    let fitting = records.fitting(STATUS).into_iter();
    let mut with = fitting.filter_map(|(_, pointer)| {
        let words = records.words(&pointer)?;
        words.keys().any(|word| of(word).is_some()).then_some((pointer, words))
    });
    let (pointer, words) = with.next()?;
    let mut by_life: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut others = 0;
    for word in words.keys() {
        match of(word) {
            Some(life) => by_life.entry(life).or_default().push((*word).to_owned()),
            None => others += 1,
        }
    }
    let at = format!("{at}/word");
    if others > 0 {
        remarks.add(
            &at,
            format!(
                "other words stand at {pointer} too ({others}); their records cannot be read before the words are added"
            ),
        );
    }
    // A word that goes with the others would be a guess at what nobody saw: a record without a known word is put aside.
    for (life, _) in known.iter().filter(|(life, _)| !by_life.contains_key(life)) {
        remarks.add(&format!("{at}/{life}"), "no record of the samples has a word for this; add it where there is one");
    }
    let mut document: Map<String, Value> =
        by_life.into_iter().map(|(life, words)| (life.to_owned(), json!(words))).collect();
    document.insert("at".to_owned(), pointer.to_string().into());
    Some(json!({ "word": document }))
}

fn by_flag(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    let flag = |words| {
        let fitting = records.fitting(words).into_iter();
        let is_flag = |pointer: &Pointer| records.filled(pointer) > 0 && records.said(pointer).all(Value::is_boolean);
        fitting.filter(|(_, pointer)| is_flag(pointer)).map(|(fit, pointer)| (fit.is_guess, pointer)).next()
    };
    let archived = flag(IS_ARCHIVED).map(|(is_guess, pointer)| (is_guess, json!({ "at": pointer.to_string() })));
    let active = || {
        flag(IS_ACTIVE).map(|(is_guess, pointer)| (is_guess, json!({ "at": pointer.to_string(), "says-active": true })))
    };
    let (is_guess, flag) = archived.or_else(active)?;
    if is_guess {
        remarks.add(&format!("{at}/flag"), "this member may mean something else than that a record is put away");
    }
    Some(json!({ "flag": flag }))
}

/// A flag that is written as a word.
fn by_yes_and_no(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    let known = |word: &str, words: &[&str]| words.contains(&plain(word).as_str());
    let of = |words| {
        records.fitting(words).into_iter().find_map(|(fit, pointer)| {
            let said = records.words(&pointer)?;
            said.keys().all(|word| known(word, YES) || known(word, NO)).then_some((fit.is_guess, pointer, said))
        })
    };
    let (found, says_active) = of(IS_ACTIVE).map(|found| (found, true)).or_else(|| Some((of(IS_ARCHIVED)?, false)))?;
    let (is_guess, pointer, said) = found;
    let at = format!("{at}/word");
    if is_guess {
        remarks.add(&at, "this member may mean something else than that a record is put away");
    }
    let (yes, no): (Vec<&str>, Vec<&str>) = said.keys().copied().partition(|word| known(word, YES));
    let (active, archived) = if says_active { (yes, no) } else { (no, yes) };
    for (life, words) in [("active", &active), ("archived", &archived)] {
        if words.is_empty() {
            remarks.add(
                &format!("{at}/{life}"),
                "no record of the samples has a word for this; add it where there is one",
            );
        }
    }
    Some(json!({ "word": { "at": pointer.to_string(), "active": active, "archived": archived } }))
}

/// The stamp of the last change.
pub(super) fn changed(records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Option<Value> {
    let fitting = records.fitting(CHANGED).into_iter();
    let mut read =
        fitting.filter_map(|(fit, pointer)| Some((fit.is_guess, stamp_form(records.said(&pointer))?, pointer)));
    let Some((is_guess, form, pointer)) = read.next() else {
        remarks.add(at, "no stamp of the last change is known in the samples; it is left out");
        return None;
    };
    if is_guess {
        remarks.add(at, format!("{pointer} may be another moment than that of the last change"));
    }
    if form == "naive" {
        remarks.add(&format!("{at}/form"), "the stamps have no offset; they are taken for Dutch time");
    }
    Some(json!({ "at": pointer.to_string(), "form": form }))
}

/// The form in which all these moments are written.
pub(super) fn stamp_form<'v>(values: impl Iterator<Item = &'v Value>) -> Option<&'static str> {
    let forms: Vec<&str> = values.map(one_form).collect::<Option<_>>()?;
    let first = *forms.first()?;
    // A whole list without one offset is of one form; where some have a `Z` and some an offset, an offset is read too.
    let is_rfc = |form: &&str| matches!(*form, "utc" | "rfc3339");
    match forms.iter().all(|form| *form == first) {
        true => Some(first),
        false => forms.iter().all(is_rfc).then_some("rfc3339"),
    }
}

fn one_form(value: &Value) -> Option<&'static str> {
    const MILLIS_OF_2001: u64 = 1_000_000_000_000;
    const SECONDS_OF_2001: u64 = 1_000_000_000;
    let number = |number: u64| match number {
        MILLIS_OF_2001.. => Some("millis"),
        SECONDS_OF_2001.. => Some("seconds"),
        _ => None,
    };
    match value {
        Value::Number(text) => number(text.as_u64()?),
        Value::String(text) => text_form(text),
        _ => None,
    }
}

/// The form of a moment in a text.
pub(super) fn text_form(text: &str) -> Option<&'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u64>().ok().and_then(|number| one_form(&number.into()));
    }
    if looks_like(text, "0000-00-00") && text.len() == 10 {
        return Some("date");
    }
    let rest = text.get(16..).filter(|_| looks_like(text, "0000-00-00T00:00"))?;
    Some(match rest {
        _ if rest.ends_with(['Z', 'z']) => "utc",
        _ if rest.contains(['+', '-']) => "rfc3339",
        _ => "naive",
    })
}

/// A member that changes with each write.
pub(super) fn version(records: &Records<'_>) -> Option<(bool, Pointer)> {
    let fitting = records.fitting(VERSION).into_iter();
    let mut whole =
        fitting.filter(|(_, pointer)| records.is_plain(pointer) && records.filled(pointer) == records.len());
    whole.next().map(|(fit, pointer)| (fit.is_guess, pointer))
}
