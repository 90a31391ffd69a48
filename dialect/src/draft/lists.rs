//! Which lists there are in saved answers, and by which address each is asked for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::asked::{Pages, ids, template};
use super::held::{Class, Held, held, without_keyed};
use super::kinds::{self, Kinds};
use super::names::plain;
use super::records::Records;
use super::remarks::Remarks;
use super::words::{ORGANISATIONS, PRIVATE_PERSONS};
use crate::pointer::Pointer;
use crate::samples::{Answer, Asked};

/// One list: the answers with its pages, and those with one of its records.
pub(super) struct List<'v> {
    class: Class,
    /// The address; none where answers were saved alone.
    path: Option<String>,
    rows: Pointer,
    inner: Pointer,
    pages: Vec<&'v Answer>,
    records: Vec<&'v Value>,
    /// Where a record stands in its own answer, and the address of that.
    one: Option<(Pointer, Option<String>)>,
}

/// The lists in saved answers.
pub(super) struct Lists<'v> {
    lists: Vec<List<'v>>,
    host: Option<String>,
    /// The answers that hold relations or contact persons.
    held: Vec<&'v Answer>,
}

impl<'v> Lists<'v> {
    /// Finds them. Of several hosts the one with most records counts.
    pub(super) fn find(answers: &'v [Answer], remarks: &mut Remarks) -> Self {
        let is_read =
            |answer: &&Answer| answer.asked.as_ref().is_none_or(|asked| asked.method == "GET" && asked.is_done());
        let all = without_keyed(answers.iter().filter(is_read).filter_map(held).collect());
        let host = host(&all);
        let of_host =
            |held: &Held<'v>| held.answer.asked.as_ref().is_none_or(|asked| Some(&asked.host) == host.as_ref());
        let (own, others): (Vec<Held<'v>>, Vec<Held<'v>>) = all.into_iter().partition(of_host);
        if !others.is_empty() {
            remarks.add("/server", format!("answers of other hosts are passed over ({})", others.len()));
        }
        let mut known: BTreeSet<String> = BTreeSet::new();
        for class in [Class::Relations, Class::Persons] {
            let of_class = own.iter().filter(|held| held.class == class).flat_map(|held| held.records.iter().copied());
            known.extend(ids(&Records::new(of_class.collect())));
        }
        let mut found = Self { lists: Vec::new(), host, held: own.iter().map(|held| held.answer).collect() };
        for held in own.iter().filter(|held| held.is_list) {
            found.add_page(held, &known);
        }
        for held in own.iter().filter(|held| !held.is_list) {
            found.add_one(held, &known);
        }
        found.keep_those_that_count(remarks);
        found
    }

    fn add_page(&mut self, held: &Held<'v>, known: &BTreeSet<String>) {
        let path = held.answer.asked.as_ref().map(|asked| template(asked, known, "{parent}"));
        let same =
            self.lists.iter_mut().find(|list| list.class == held.class && list.path == path && list.rows == held.at);
        match same {
            Some(list) => {
                list.pages.push(held.answer);
                list.records.extend(&held.records);
            }
            None => self.lists.push(List {
                class: held.class,
                path,
                rows: held.at.clone(),
                inner: held.inner.clone(),
                pages: vec![held.answer],
                records: held.records.clone(),
                one: None,
            }),
        }
    }

    /// A single record belongs to the list below which it stands; without an address, to the first of its class.
    fn add_one(&mut self, held: &Held<'v>, known: &BTreeSet<String>) {
        let path = held.answer.asked.as_ref().map(|asked| template(asked, known, "{id}"));
        let is_below = |list: &List<'_>| match (&list.path, &path) {
            (Some(list), Some(path)) => {
                path.replace(".json", "").starts_with(&list.replace("{parent}", "{id}").replace(".json", ""))
            }
            _ => true,
        };
        if let Some(list) = self.lists.iter_mut().find(|list| list.class == held.class && is_below(list)) {
            list.records.extend(&held.records);
            list.one.get_or_insert((held.at.clone(), path));
        }
    }

    /// Of several lists of one class the largest counts, unless two of them are those of organisations and persons.
    fn keep_those_that_count(&mut self, remarks: &mut Remarks) {
        for class in [Class::Relations, Class::Persons] {
            let (mut own, rest): (Vec<List<'v>>, Vec<List<'v>>) =
                std::mem::take(&mut self.lists).into_iter().partition(|list| list.class == class);
            own.sort_by_key(|list| std::cmp::Reverse(list.records.len()));
            let by_kind = class == Class::Relations && own.len() > 1 && are_by_kind(&own);
            let kept = if by_kind { 2 } else { 1 };
            if own.len() > kept {
                let at = if class == Class::Relations { "/relations/lists" } else { "/persons" };
                remarks.add(
                    at,
                    format!("other lists of the samples look alike and are passed over ({})", own.len() - kept),
                );
            }
            own.truncate(kept);
            self.lists = rest;
            self.lists.extend(own);
        }
    }

    /// The lists of a class.
    pub(super) fn of(&self, class: Class) -> Vec<&List<'v>> {
        self.lists.iter().filter(|list| list.class == class).collect()
    }

    /// All records of a class.
    pub(super) fn records(&self, class: Class) -> Records<'v> {
        Records::new(self.of(class).into_iter().flat_map(|list| list.records.iter().copied()).collect())
    }

    /// Whether the contact persons are asked for by an address for each relation.
    pub(super) fn is_below_relations(&self) -> bool {
        self.of(Class::Persons).iter().any(|list| list.path.as_ref().is_some_and(|path| path.contains("{parent}")))
    }

    /// Whether a request went to the host that counts.
    pub(super) fn is_of_host(&self, asked: &Asked) -> bool {
        self.host.as_ref().is_none_or(|host| *host == asked.host)
    }

    /// Whether an answer is of that host and holds nothing yet.
    pub(super) fn is_own(&self, answer: &Answer) -> bool {
        let is_read = answer
            .asked
            .as_ref()
            .is_none_or(|asked| asked.is_done() && asked.method == "GET" && self.is_of_host(asked));
        is_read && !self.held.iter().any(|held| std::ptr::eq(*held, answer))
    }

    /// The relations by their kind: by their list where there are two, else by what stands in them.
    pub(super) fn kinds(&self, relations: &Records<'v>, place: &str, remarks: &mut Remarks) -> Kinds<'v> {
        match self.of(Class::Relations).as_slice() {
            [first, second] => {
                let (organisations, persons) = if is_of_persons(first) { (second, first) } else { (first, second) };
                Kinds::by_list(organisations.records.clone(), persons.records.clone())
            }
            _ => kinds::kinds(relations, place, remarks),
        }
    }

    /// What goes before the ids of each list of relations, where there are two; that of organisations first.
    pub(super) fn scopes(&self) -> Vec<(&'static str, BTreeSet<String>)> {
        let lists = self.of(Class::Relations);
        if lists.len() != 2 {
            return Vec::new();
        }
        let scope = |list: &&List<'_>| (scope(is_of_persons(list)), ids(&Records::new(list.records.clone())));
        let mut scopes: Vec<_> = lists.iter().map(scope).collect();
        scopes.sort_by_key(|(scope, _)| *scope);
        scopes
    }

    /// The list of contact persons below each relation, as a document has it, without what stands in a record. It has no
    /// pages.
    pub(super) fn of_relation(&self, place: &str, remarks: &mut Remarks) -> Option<Map<String, Value>> {
        let list = self.of(Class::Persons).into_iter().next()?;
        if list.pages().has_more() {
            remarks.add(place, "the samples show fewer contact persons of a relation than there are: these lists cannot go on in pages, so ask for all at once");
        }
        let mut document = list.places(place, remarks);
        if document.remove("record").is_some() {
            remarks.add(place, "a contact person stands inside its row, which cannot be said here: they are not read");
        }
        Some(document)
    }

    /// The lists of a class, as a document has them.
    pub(super) fn documents(
        &self,
        class: Class,
        kinds: Option<&Kinds<'_>>,
        place: &str,
        remarks: &mut Remarks,
    ) -> Vec<Value> {
        let lists = self.of(class);
        let has_two = class == Class::Relations && lists.len() == 2;
        let mut documents = Vec::new();
        for (number, list) in lists.iter().enumerate() {
            let mut document = list.document(&format!("{place}/{number}"), remarks);
            if let Some(of_persons) = kinds.and_then(|kinds| kinds.of_list(has_two.then(|| is_of_persons(list)))) {
                let of = if of_persons { "private-person" } else { "organisation" };
                document.insert("of".to_owned(), of.into());
                if has_two {
                    document.insert("scope".to_owned(), scope(of_persons).into());
                    remarks.add(
                        &format!("{place}/{number}/scope"),
                        "it goes before each id, and cannot be changed later without losing the links",
                    );
                }
            }
            documents.push(document.into());
        }
        documents
    }
}

impl List<'_> {
    fn pages(&self) -> Pages<'_> {
        Pages { answers: self.pages.clone(), rows: self.rows.clone() }
    }

    fn document(&self, place: &str, remarks: &mut Remarks) -> Map<String, Value> {
        let mut document = self.places(place, remarks);
        let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
        let pages = self.pages();
        let always = pages.always(place, remarks);
        if !always.is_empty() {
            put("parameters", always.into());
        }
        let paging = pages.paging(place, remarks);
        // A list that comes at once has no size.
        if let Some(size) = pages.size().filter(|_| paging != "none") {
            put("size", size.into());
        }
        put("paging", paging);
        put("changed-since", pages.changed_since(place, remarks));
        document
    }

    /// The addresses, and where rows and a record stand in the answers.
    fn places(&self, place: &str, remarks: &mut Remarks) -> Map<String, Value> {
        let built_in = if self.class == Class::Relations { "relaties" } else { "contactpersonen" };
        let path = self.path.clone().unwrap_or_else(|| {
            remarks.add(&format!("{place}/path"), "an answer alone does not tell its address: this is what is assumed");
            format!("/offices/{{office}}/{built_in}")
        });
        if self.path.is_some() {
            remarks.add(
                &format!("{place}/path"),
                "it begins at the root of the host: advocaatcentraal-url is then the host alone",
            );
        }
        let single = self.one.as_ref().and_then(|(_, path)| path.clone()).filter(|path| path.contains("{id}"));
        let single = single.map(|single| match path.contains("{parent}") {
            // The first id is that of the relation.
            true if single.matches("{id}").count() > 1 => single.replacen("{id}", "{parent}", 1),
            _ => single,
        });
        let single = single.unwrap_or_else(|| {
            if self.path.is_some() {
                remarks.add(
                    &format!("{place}/single"),
                    "no answer of the samples is that of one record: its address is a guess",
                );
            }
            path.strip_suffix(".json")
                .map_or_else(|| format!("{}/{{id}}", path.trim_end_matches('/')), |path| format!("{path}/{{id}}.json"))
        });
        let mut document = Map::new();
        let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
        put("path", path.into());
        put("single", single.into());
        put("rows", self.rows.to_string().into());
        if !self.inner.parts().is_empty() {
            put("record", self.inner.to_string().into());
        }
        match &self.one {
            Some((one, _)) if one.parts().is_empty() => {}
            Some((one, _)) => put("one", one.to_string().into()),
            None => remarks.add(
                &format!("{place}/one"),
                "no answer of the samples is that of one record: it is taken to stand there by itself",
            ),
        }
        document
    }
}

/// What goes before the ids of a list beside another.
fn scope(is_of_persons: bool) -> &'static str {
    if is_of_persons { "person" } else { "org" }
}

/// The host with most records.
fn host(all: &[Held<'_>]) -> Option<String> {
    let count = |host: &str| {
        let of_host = all.iter().filter(|held| held.answer.asked.as_ref().is_some_and(|asked| asked.host == host));
        of_host.map(|held| held.records.len()).sum::<usize>()
    };
    let hosts: BTreeSet<&String> = all.iter().filter_map(|held| Some(&held.answer.asked.as_ref()?.host)).collect();
    hosts.into_iter().max_by_key(|host| count(host)).cloned()
}

fn are_by_kind(lists: &[List<'_>]) -> bool {
    let [first, second, ..] = lists else { return false };
    let by_word = |list: &List<'_>| kinds::is_told_by_word(&Records::new(list.records.clone()));
    !by_word(first) && !by_word(second) && is_of_persons(first) != is_of_persons(second)
}

/// Whether a list is one of private persons, by its address or by what is filled in its records.
fn is_of_persons(list: &List<'_>) -> bool {
    let last = list.path.as_ref().and_then(|path| path.rsplit('/').next()).map(plain).unwrap_or_default();
    let singular = last.trim_end_matches("en").trim_end_matches('s').to_owned();
    let is = |words: &[&str]| words.contains(&last.as_str()) || words.contains(&singular.as_str());
    if is(ORGANISATIONS) || is(PRIVATE_PERSONS) {
        return is(PRIVATE_PERSONS);
    }
    kinds::looks(&Records::new(list.records.clone())) == Some(false)
}
