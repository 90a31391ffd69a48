//! What a recording tells of the requests: addresses, parameters, how the key travels.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::lives::text_form;
use super::names::plain;
use super::records::{Records, id_text};
use super::remarks::Remarks;
use super::words::{ALWAYS, CURSOR, FILTER, NEXT, OFFSET, PAGE, PAGES, SINCE, SIZE, TOTAL, Words};
use crate::names::is_member_name;
use crate::pointer::Pointer;
use crate::samples::finding::{at, looks_like};
use crate::samples::{Answer, Asked};

/// The longest word of a path.
const LONGEST_PART: usize = 32;
/// How many letters a day has.
const DAY: usize = 10;
/// What stands where somebody has to say how a list goes on: no word of a dialect, so that it does not hold.
const OPEN: &str = "to-be-filled-in";
/// How many rows a page has where nobody says another number.
const PAGE_SIZES: [usize; 10] = [10, 20, 25, 30, 50, 100, 200, 250, 500, 1000];
/// The most words around the moment of a filter: a member, a sign, a form.
const MOST_WORDS: usize = 3;

/// An address without what is an id in it.
///
/// A part that is no word is the office's number, or the id of a record that is known. A part that was a secret of the
/// request is never a word.
pub(super) fn template(asked: &Asked, records: &BTreeSet<String>, placeholder: &str) -> String {
    let all: Vec<&str> = asked.path.split('/').filter(|part| !part.is_empty()).collect();
    let mut has_office = false;
    let parts = all.iter().enumerate().map(|(place, part)| {
        let part = *part;
        let (bare, form) = part.strip_suffix(".json").map_or((part, ""), |bare| (bare, ".json"));
        // An id may look like a word, and the office's number like an id.
        let is_last = place > 0 && place + 1 == all.len();
        let is_id = has_office || is_last || !is_word(bare) || (has_digits(bare) && !is_version(bare));
        if is_id && records.contains(bare) {
            return format!("{placeholder}{form}");
        }
        if is_word(bare) && !asked.secrets.iter().any(|secret| secret == part || secret == bare) {
            return part.to_owned();
        }
        has_office = true;
        format!("{{office}}{form}")
    });
    let path = parts.fold(String::new(), |path, part| path + "/" + &part);
    if path.is_empty() { "/".to_owned() } else { path }
}

/// A word of a path: letters, and a number of a version after them.
fn is_word(part: &str) -> bool {
    let letters = part.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let digits = part.len() - letters.len();
    let is_plain = letters.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
    // `..` leads elsewhere: no dialect may have it.
    let has_plain_dots = !part.contains("..") && !part.ends_with('.');
    !letters.is_empty() && part.len() <= LONGEST_PART && digits <= 3 && is_plain && has_plain_dots
}

fn has_digits(part: &str) -> bool {
    part.bytes().any(|byte| byte.is_ascii_digit())
}

/// `v2` or `v2.1`.
fn is_version(part: &str) -> bool {
    let number = part.strip_prefix(['v', 'V']);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// The ids of records.
pub(super) fn ids(records: &Records<'_>) -> BTreeSet<String> {
    let pointer = super::lives::id_at(records).map(|(_, pointer)| pointer);
    pointer.iter().flat_map(|pointer| records.said(pointer)).filter_map(id_text).collect()
}

/// The answers of one list.
pub(super) struct Pages<'v> {
    pub(super) answers: Vec<&'v Answer>,
    pub(super) rows: Pointer,
}

impl<'v> Pages<'v> {
    fn asked(&self) -> impl Iterator<Item = &'v Asked> {
        let asked: Vec<&Asked> = self.answers.iter().filter_map(|answer| answer.asked.as_ref()).collect();
        asked.into_iter()
    }

    /// The parameters of the requests, each name with its values.
    fn parameters(&self) -> BTreeMap<&'v str, Vec<&'v str>> {
        let mut parameters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in self.asked().flat_map(|asked| &asked.query) {
            let is_secret =
                self.asked().any(|asked| asked.secrets.iter().any(|secret| secret == name || secret == value));
            if is_parameter(name) && !is_secret {
                parameters.entry(name).or_default().push(value);
            }
        }
        parameters
    }

    /// A member beside the rows whose name is one of these, with what stands there.
    fn beside(&self, names: &'static [&'static str]) -> Option<(Pointer, Vec<&'v Value>)> {
        let bodies =
            Records::new(self.answers.iter().map(|answer| &answer.body).filter(|body| body.is_object()).collect());
        let mut all: Vec<(usize, Pointer)> = Vec::new();
        for member in bodies.members() {
            let Some(pointer) = member.pointer().filter(|pointer| !pointer.parts().starts_with(self.rows.parts()))
            else {
                continue;
            };
            let names_of: Vec<String> = member.way().iter().map(|name| plain(name)).collect();
            let joined = names_of.concat();
            let rank = names.iter().position(|name| names_of.last().is_some_and(|own| own == name) || joined == *name);
            // `links/next/href`: what stands in an object is told by it too.
            let is_plain = bodies.said(&pointer).all(|value| value.is_string() || value.is_number());
            if let Some(rank) = rank.filter(|_| is_plain) {
                all.push((rank, pointer));
            }
        }
        let filled = |pointer: &Pointer| {
            self.answers.iter().any(|answer| at(&answer.body, pointer).is_some_and(|value| !value.is_null()))
        };
        all.sort_by_key(|(rank, pointer)| (!filled(pointer), *rank));
        let (_, pointer) = all.into_iter().next()?;
        let values = self.answers.iter().filter_map(|answer| at(&answer.body, &pointer)).collect();
        Some((pointer, values))
    }

    fn parameter(&self, names: &[&str]) -> Option<(&'v str, Vec<&'v str>)> {
        let parameters = self.parameters();
        names
            .iter()
            .find_map(|word| parameters.iter().find(|(name, _)| plain(name) == **word))
            .map(|(name, values)| (*name, values.clone()))
    }

    /// How the list goes on.
    pub(super) fn paging(&self, place: &str, remarks: &mut Remarks) -> Value {
        let place = format!("{place}/paging");
        if self.asked().any(|asked| asked.has_next_link) {
            return json!({ "link": {} });
        }
        let next = self.beside(NEXT);
        if let Some((pointer, values)) = &next
            && let Some(paging) = self.by_next(pointer, values, &place, remarks)
        {
            return paging;
        }
        let page = self.parameter(PAGE);
        let offset = self.parameter(OFFSET);
        let whole =
            |(pointer, values): (Pointer, Vec<&Value>)| values.iter().all(|value| value.is_u64()).then_some(pointer);
        if let Some(pages) = self.beside(PAGES).and_then(whole).filter(|_| offset.is_none()) {
            let name = page.as_ref().map_or("page", |(name, _)| name);
            if page.is_none() {
                remarks.add(&place, "the name of the parameter is a guess: no request of the samples tells it");
            }
            return json!({ "page": { "parameter": name, "first": self.first(page.as_ref(), &place, remarks), "pages": pages.to_string() } });
        }
        if let Some((name, _)) = offset {
            let mut document = json!({ "parameter": name });
            if let (Some(total), Some(members)) = (self.beside(TOTAL).and_then(whole), document.as_object_mut()) {
                members.insert("total".to_owned(), total.to_string().into());
            }
            return json!({ "offset": document });
        }
        if let Some((name, _)) = &page {
            return json!({ "page": { "parameter": name, "first": self.first(page.as_ref(), &place, remarks) } });
        }
        if let Some((pointer, _)) = next {
            let (name, _) = self.parameter(CURSOR).unwrap_or(("na", Vec::new()));
            remarks.add(&place, format!("{pointer} is empty in the samples: whether it holds a text or an address, and the parameter, are guesses"));
            return json!({ "cursor": { "parameter": name, "next": pointer.to_string() } });
        }
        if self.has_more() || self.may_have_more() {
            let why = if self.has_more() {
                "the list has more rows than the samples show, and nothing tells how it goes on"
            } else {
                "the list has as many rows as a page may have, and nothing tells whether it goes on"
            };
            remarks.open(
                &place,
                format!("{why}: say page, offset, cursor or link, or none where all comes at once; the draft holds once this is filled in"),
            );
            return json!(OPEN);
        }
        remarks.add(&place, "nothing in the samples tells how the list goes on: it is taken to come at once; mend it if there are pages");
        json!("none")
    }

    /// Whether an answer counts more rows than it has.
    pub(super) fn has_more(&self) -> bool {
        let Some((total, _)) = self.beside(TOTAL) else { return false };
        let counted = |answer: &&&Answer| at(&answer.body, &total).and_then(Value::as_u64);
        self.answers.iter().any(|answer| {
            counted(&answer).is_some_and(|counted| usize::try_from(counted).is_ok_and(|all| all > self.rows_of(answer)))
        })
    }

    /// Whether an answer that counts nothing has as many rows as were asked for, or as a page has where nobody says.
    fn may_have_more(&self) -> bool {
        let is_counted = self.beside(TOTAL).is_some_and(|(_, values)| values.iter().all(|value| value.is_u64()));
        let sizes = self.parameter(SIZE).map(|(_, values)| values).unwrap_or_default();
        let is_size =
            |rows: usize| PAGE_SIZES.contains(&rows) || rows > 0 && sizes.iter().any(|size| *size == rows.to_string());
        !is_counted && self.answers.iter().any(|answer| is_size(self.rows_of(answer)))
    }

    fn rows_of(&self, answer: &Answer) -> usize {
        at(&answer.body, &self.rows).and_then(Value::as_array).map_or(0, Vec::len)
    }

    fn by_next(&self, pointer: &Pointer, values: &[&Value], place: &str, remarks: &mut Remarks) -> Option<Value> {
        let filled: Vec<String> =
            values.iter().filter_map(|value| id_text(value)).filter(|text| !text.is_empty()).collect();
        let first = filled.first()?;
        if first.contains("://") || first.starts_with(['/', '?']) {
            return Some(json!({ "link": { "next": pointer.to_string() } }));
        }
        let parameters = self.parameters();
        let by_value =
            parameters.iter().find(|(_, values)| values.iter().any(|value| filled.iter().any(|next| next == value)));
        // The number of the next page is no text of the server's own.
        if let Some((name, _)) = by_value.filter(|(name, _)| PAGE.contains(&plain(name).as_str())) {
            let page = self.parameter(&[]).or_else(|| Some((*name, parameters.get(*name)?.clone())));
            return Some(json!({ "page": { "parameter": name, "first": self.first(page.as_ref(), place, remarks) } }));
        }
        let name = by_value.map(|(name, _)| *name).or_else(|| self.parameter(CURSOR).map(|(name, _)| name));
        if name.is_none() {
            remarks.add(place, "the name of the parameter is what is assumed: no request of the samples tells it");
        }
        Some(json!({ "cursor": { "parameter": name.unwrap_or("na"), "next": pointer.to_string() } }))
    }

    /// The number of the first page.
    fn first(&self, page: Option<&(&str, Vec<&str>)>, place: &str, remarks: &mut Remarks) -> u64 {
        let asked = page.is_some_and(|(_, values)| values.contains(&"0"));
        let answered =
            self.beside(PAGE).is_some_and(|(_, values)| values.iter().any(|value| value.as_u64() == Some(0)));
        if page.is_none_or(|(_, values)| !values.iter().any(|value| matches!(*value, "0" | "1"))) {
            remarks
                .add(&format!("{place}/page/first"), "no request of the samples asks for the first page by its number");
        }
        u64::from(!(asked || answered))
    }

    /// The parameter for the number of rows.
    pub(super) fn size(&self) -> Option<&'v str> {
        let is_number = |values: &[&str]| values.iter().all(|value| value.parse::<u32>().is_ok());
        self.parameter(SIZE).filter(|(_, values)| is_number(values)).map(|(name, _)| name)
    }

    /// How records that changed since a moment are asked for.
    pub(super) fn changed_since(&self, place: &str, remarks: &mut Remarks) -> Value {
        let place = format!("{place}/changed-since");
        let Some((name, values)) = self.parameter(SINCE) else {
            if let Some(filter) = self.filter(&place, remarks) {
                return filter;
            }
            match self.with_a_moment() {
                Some(name) => remarks.add(&place, format!("the parameter {name} holds a date in the samples, and may ask for what changed: write it here; until then each cycle reads the whole list")),
                None => remarks.add(&place, "no request for this list asks for what changed: each cycle reads the whole list; name the filter if there is one"),
            }
            return json!("none");
        };
        let form = values.first().and_then(|value| text_form(value));
        if form.is_none() {
            remarks.add(&place, "the moment is written in a form that is not known: this one is a guess");
        }
        json!({ "parameter": { "parameter": name, "form": form.unwrap_or("rfc3339") } })
    }

    /// A parameter in which a date stands, whatever else does.
    fn with_a_moment(&self) -> Option<&'v str> {
        let holds_one = |value: &&str| {
            let begins = value.char_indices().filter_map(|(place, _)| value.get(place..));
            begins.into_iter().any(|rest| looks_like(rest, "0000-00-00") || looks_like(rest, "00-00-0000"))
        };
        let parameters = self.parameters().into_iter();
        parameters.filter(|(_, values)| values.iter().any(holds_one)).map(|(name, _)| name).next()
    }

    /// A moment in a filter that has a language of its own.
    fn filter(&self, place: &str, remarks: &mut Remarks) -> Option<Value> {
        let (name, values) = self.parameter(FILTER)?;
        let (pattern, form, has_blank) = values.iter().find_map(|value| around_a_moment(value))?;
        if has_blank {
            remarks.add(
                place,
                "in the samples a blank stands between day and time, where this dialect writes a T: try it",
            );
        }
        remarks.add(
            place,
            "the filter is taken from a request: whether it leaves the moment itself out is told by its sign",
        );
        let exclusive = pattern.contains(" gt ") || pattern.contains('>') && !pattern.contains(">=");
        let mut changed = json!({ "parameter": name, "form": form, "pattern": pattern });
        if let Some(members) = changed.as_object_mut().filter(|_| exclusive) {
            members.insert("exclusive".to_owned(), true.into());
        }
        Some(json!({ "parameter": changed }))
    }

    /// Parameters that always went along and ask for all or more of it: others may be what somebody looked for.
    pub(super) fn always(&self, place: &str, remarks: &mut Remarks) -> Map<String, Value> {
        let known = [PAGE, OFFSET, CURSOR, SIZE, SINCE].concat();
        let mut always = Map::new();
        for (name, values) in self.parameters() {
            let is_since =
                FILTER.contains(&plain(name).as_str()) && values.iter().any(|value| around_a_moment(value).is_some());
            if is_since || known.contains(&plain(name).as_str()) {
                continue;
            }
            let first = values.first().copied().unwrap_or_default();
            let is_always = values.len() == self.answers.len() && values.iter().all(|value| *value == first);
            if is_always && ALWAYS.contains(&first) {
                always.insert(name.to_owned(), first.into());
            } else {
                remarks.add(
                    &format!("{place}/parameters"),
                    format!("the parameter {name} went along in the samples and is left out; add it if it is needed"),
                );
            }
        }
        always
    }
}

/// What stands around the one moment of a filter, and how that is written. A filter that says more than this may hold what
/// somebody looked for.
fn around_a_moment(filter: &str) -> Option<(String, &'static str, bool)> {
    let begins = filter
        .char_indices()
        .map(|(place, _)| place)
        .find(|place| filter.get(*place..).is_some_and(|rest| looks_like(rest, "0000-00-00")))?;
    let (before, rest) = filter.split_at(begins);
    let is_of_moment = |letter: char| letter.is_ascii_digit() || "-:.+TZ".contains(letter);
    // A blank may stand between day and time.
    let has_blank = looks_like(rest, "0000-00-00T00:00") && rest.get(DAY..=DAY) == Some(" ");
    let is_end = |(place, letter): &(usize, char)| !(is_of_moment(*letter) || has_blank && *place == DAY);
    let (moment, after) = rest.split_at(rest.char_indices().find(is_end).map_or(rest.len(), |(place, _)| place));
    let around = format!("{before}{after}");
    let is_plain = |letter: char| letter.is_ascii_alphabetic() || " '\"()<>=:_./$".contains(letter);
    let words = around.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty()).count();
    let form = text_form(moment)?;
    (around.chars().all(is_plain) && words <= MOST_WORDS)
        .then(|| (format!("{before}{{since}}{after}"), form, has_blank))
}

fn is_parameter(name: &str) -> bool {
    is_member_name(&name.replace(['[', ']'], ""))
}

/// The first member of an object whose name is one of these and that holds a text or a number.
pub(super) fn named(value: &Value, words: Words) -> Option<Pointer> {
    let records = Records::new(vec![value]);
    records.fitting(words).into_iter().map(|(_, pointer)| pointer).find(|pointer| records.is_plain(pointer))
}

#[cfg(test)]
#[path = "asked_tests.rs"]
mod tests;
