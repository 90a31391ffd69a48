//! Where a field of the manual stands in records.

use serde_json::{Value, json};

use super::names::{Fit, is_one_of, plain};
use super::records::{Records, Worded};
use super::remarks::Remarks;
use super::words::{Channel, EMAILS, FieldWords, PHONES, WEBSITES, Words};
use crate::pointer::Pointer;
use crate::samples::finding::at as value_at;

/// Where a field stands.
enum Found {
    Member(Fit, Pointer),
    /// In the row of a list with this word.
    Row(usize, String),
}

/// The fields that are found in records, as a document has them.
pub(super) fn fields(table: &[FieldWords], records: &Records<'_>, at: &str, remarks: &mut Remarks) -> Value {
    let worded = records.worded();
    let mut used: Vec<Found> = Vec::new();
    let mut document = serde_json::Map::new();
    for field in table {
        let at = format!("{at}/{}", field.name);
        match find(field, records, &worded, &used) {
            Some(found) => {
                document.insert(field.name.to_owned(), written(field, &found, records, &worded, &at, remarks));
                used.push(found);
            }
            None => {
                remarks.add(&at, "no member of the samples is known by a name for this; it is left out and not synced")
            }
        }
    }
    document.into()
}

/// The member of a plain value that fits words, and is not taken.
pub(super) fn member(words: Words, records: &Records<'_>) -> Option<(bool, Pointer)> {
    let fitting = records.fitting(words).into_iter();
    fitting.filter(|(_, pointer)| records.is_plain(pointer)).map(|(fit, pointer)| (fit.is_guess, pointer)).next()
}

fn find(field: &FieldWords, records: &Records<'_>, worded: &[Worded<'_>], used: &[Found]) -> Option<Found> {
    let members = records.fitting(field.words).into_iter().filter(|(_, pointer)| {
        records.is_plain(pointer) && !is_below_list(pointer, worded) && !used.iter().any(|found| is_at(found, pointer))
    });
    let members: Vec<(Fit, Pointer)> = members.collect();
    // One that is surely meant is enough, even if it is empty everywhere: then it is empty.
    let sure = members.iter().find(|(fit, _)| !fit.is_guess).cloned();
    let row = || by_channel(field, worded, used).or_else(|| by_name(field, worded, used));
    sure.map(|(fit, pointer)| Found::Member(fit, pointer))
        .or_else(row)
        .or_else(|| members.first().cloned().map(|(fit, pointer)| Found::Member(fit, pointer)))
}

fn is_below_list(pointer: &Pointer, worded: &[Worded<'_>]) -> bool {
    worded.iter().any(|list| pointer.parts().starts_with(list.list.parts()))
}

/// Whether a value at the pointer would overwrite what was found.
fn is_at(found: &Found, pointer: &Pointer) -> bool {
    let Found::Member(_, taken) = found else { return false };
    taken.parts().starts_with(pointer.parts()) || pointer.parts().starts_with(taken.parts())
}

fn is_taken(used: &[Found], list: usize, word: &str) -> bool {
    used.iter().any(|found| matches!(found, Found::Row(taken, by) if *taken == list && by == word))
}

/// In a list of telephone numbers, e-mail addresses or websites: by the word for where it is used.
fn by_channel(field: &FieldWords, worded: &[Worded<'_>], used: &[Found]) -> Option<Found> {
    let names = match field.channel {
        Channel::Phone => PHONES,
        Channel::Email => EMAILS,
        Channel::Website => WEBSITES,
        Channel::Other => return None,
    };
    let lists = worded.iter().enumerate().filter(|(_, list)| is_one_of(&list.way, names));
    lists.into_iter().find_map(|(number, list)| {
        let word = field
            .usage
            .iter()
            .find_map(|usage| list.words.keys().find(|word| plain(word) == **usage && !is_taken(used, number, word)))?;
        Some(Found::Row(number, (*word).to_owned()))
    })
}

/// In a list of values with a name each, as fields that an office made itself.
fn by_name(field: &FieldWords, worded: &[Worded<'_>], used: &[Found]) -> Option<Found> {
    let known = || field.words.sure.iter().chain(field.words.perhaps);
    worded.iter().enumerate().find_map(|(number, list)| {
        let of_channel = [PHONES, EMAILS, WEBSITES].into_iter().any(|names| is_one_of(&list.way, names));
        let is_it = |word: &&&str| known().any(|name| *name == plain(word)) && !is_taken(used, number, word);
        let word = list.words.keys().find(is_it).filter(|_| !of_channel)?;
        Some(Found::Row(number, (*word).to_owned()))
    })
}

fn written(
    field: &FieldWords,
    found: &Found,
    records: &Records<'_>,
    worded: &[Worded<'_>],
    at: &str,
    remarks: &mut Remarks,
) -> Value {
    match found {
        Found::Member(fit, pointer) => {
            if fit.is_guess {
                remarks.add(at, format!("{pointer} may mean something else"));
            }
            match form(records.said(pointer)) {
                Some(form) => json!({ "at": pointer.to_string(), "as": form }),
                None => pointer.to_string().into(),
            }
        }
        Found::Row(number, word) => {
            let Some(list) = worded.get(*number) else { return Value::Null };
            let others = list.words.keys().filter(|other| **other != word).count();
            if field.channel != Channel::Other && others > 0 {
                remarks.add(
                    at,
                    format!("the rows of {} have other words beside the one that is taken ({others})", list.list),
                );
            }
            let mut pick = json!({ "list": list.list.to_string(), "at": list.value.to_string() });
            let rows = records.rows(&list.list);
            let of_word = rows.only(|row| value_at(row, &list.word).and_then(Value::as_str) == Some(word.as_str()));
            if let Some(pick) = pick.as_object_mut() {
                let words = json!({ list.word.to_string(): [word] });
                pick.insert("where".to_owned(), words);
                form(of_word.said(&list.value)).map(|form| pick.insert("as".to_owned(), form.into()));
            }
            pick
        }
    }
}

/// How values are written where they are not all texts.
fn form<'v>(values: impl Iterator<Item = &'v Value>) -> Option<&'static str> {
    let (mut texts, mut numbers) = (false, false);
    for value in values {
        texts |= value.is_string();
        numbers |= value.is_number();
    }
    match (texts, numbers) {
        (_, false) => None,
        (false, true) => Some("number"),
        (true, true) => Some("either"),
    }
}
