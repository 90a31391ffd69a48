//! What stands in a contact person.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::addresses::{Of, addresses};
use super::fields::{fields, member};
use super::held::pointer as pointer_to;
use super::lives::{changed, id, status};
use super::names::{fit, plain};
use super::records::{Records, id_text, small_set};
use super::remarks::Remarks;
use super::words::{DOORKIESNUMMER, FEMALE, FUNCTIE, MALE, OTHER, PERSON, POSITIONS, RELATION_ID, UNKNOWN};
use crate::pointer::Pointer;
use crate::samples::finding::{at as value_at, looks_like};

/// The ids of relations: by them the member is known that names one.
pub(super) struct Relations {
    /// All of them.
    pub(super) ids: BTreeSet<String>,
    /// Where two lists count for themselves: what goes before the ids of each.
    pub(super) scopes: Vec<(&'static str, BTreeSet<String>)>,
}

impl Relations {
    /// The scope of the list in which most of these ids stand.
    fn scope<'v>(&self, named: impl Iterator<Item = &'v Value>) -> Option<&'static str> {
        let named: Vec<String> = named.filter_map(id_text).collect();
        let known = |ids: &BTreeSet<String>| named.iter().filter(|id| ids.contains(*id)).count();
        // Of two that know as many the first, which is that of organisations.
        self.scopes.iter().rev().max_by_key(|(_, ids)| known(ids)).map(|(scope, _)| *scope)
    }
}

/// A contact person, as a document has it. The ids of the relations tell which member names one.
/// Inside a relation no member has to.
pub(super) fn person(
    records: &Records<'_>,
    relations: &Relations,
    is_inside: bool,
    at: &str,
    remarks: &mut Remarks,
) -> Value {
    let mut fields = fields(PERSON, records, &format!("{at}/fields"), remarks);
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    let stands = |name: &str, fields: &Value| fields.get(name).and_then(Value::as_str).and_then(Pointer::parse);
    if let Some(at_birth) = stands("geboortedatum", &fields)
        && let Some(form) = dates(records, &at_birth, &format!("{at}/dates"), remarks)
    {
        put("dates", form.into());
    }
    if fields.pointer("/geslacht/as").is_some() {
        remarks.add(
            &format!("{at}/fields/geslacht"),
            "numbers stand there, and which means what is not told; it is left out: say so under genders",
        );
        fields.as_object_mut().and_then(|fields| fields.remove("geslacht"));
    }
    if let Some(at_gender) = stands("geslacht", &fields) {
        match genders(records, &at_gender, &format!("{at}/genders"), remarks) {
            Genders::Own => {}
            Genders::Words(words) => put("genders", words),
            Genders::Strange => {
                remarks.add(
                    &format!("{at}/fields/geslacht"),
                    "what stands there is no word that is known for a gender; it is left out",
                );
                fields.as_object_mut().and_then(|fields| fields.remove("geslacht"));
            }
        }
    }
    put("fields", fields);
    put("id", id(records, &format!("{at}/id"), remarks));
    put("status", status(records, &format!("{at}/status"), remarks));
    if !is_inside && let Some(changed) = changed(records, &format!("{at}/changed"), remarks) {
        put("changed", changed);
    }
    put("addresses", addresses(Of::Person, records, &format!("{at}/addresses"), remarks));
    put("positions", positions(records, relations, is_inside, &format!("{at}/positions"), remarks));
    document.into()
}

/// How dates are written, where it is not as the connector has them.
fn dates(records: &Records<'_>, at: &Pointer, place: &str, remarks: &mut Remarks) -> Option<&'static str> {
    let forms = [("iso", "0000-00-00", 10), ("day-first", "00-00-0000", 10), ("midnight", "0000-00-00T00:00", 0)];
    let is_form = |text: &str| {
        let of = |(_, form, length): &&(&str, &str, usize)| {
            looks_like(text, form) && (*length == 0 || text.len() == *length)
        };
        forms.iter().find(of).map(|(name, ..)| *name)
    };
    let found: BTreeSet<Option<&str>> = records.said(at).map(|value| value.as_str().and_then(is_form)).collect();
    match found.into_iter().collect::<Vec<_>>().as_slice() {
        [] | [Some("iso")] => None,
        [Some(form)] => Some(form),
        _ => {
            remarks.add(place, "the dates of birth are in a form that is not known, or in several");
            None
        }
    }
}

enum Genders {
    /// The connector's own letters.
    Own,
    Words(Value),
    /// No words that are known.
    Strange,
}

fn genders(records: &Records<'_>, at: &Pointer, place: &str, remarks: &mut Remarks) -> Genders {
    let Some(words) = small_set(records.said(at)) else {
        return if records.filled(at) == 0 { Genders::Own } else { Genders::Strange };
    };
    if words.keys().all(|word| ["M", "V", "X", "O"].contains(word)) {
        return Genders::Own;
    }
    let known = [("male", MALE), ("female", FEMALE), ("other", OTHER), ("unknown", UNKNOWN)];
    let of =
        |names: &[&str]| words.keys().filter(|word| names.contains(&plain(word).as_str())).copied().collect::<Vec<_>>();
    let mut document = Map::new();
    for (gender, names) in known {
        let found = of(names);
        if found.is_empty() {
            remarks.add(
                &format!("{place}/{gender}"),
                "no record of the samples has a word for this; add the one that is written",
            );
        } else {
            document.insert(gender.to_owned(), json!(found));
        }
    }
    let others =
        words.keys().filter(|word| !known.iter().any(|(_, names)| names.contains(&plain(word).as_str()))).count();
    if others > 0 {
        remarks.add(place, format!("some words for a gender are not known ({others})"));
    }
    if document.is_empty() { Genders::Strange } else { Genders::Words(document.into()) }
}

fn positions(records: &Records<'_>, relations: &Relations, is_inside: bool, at: &str, remarks: &mut Remarks) -> Value {
    if is_inside {
        return json!({ "inside": told(records, None, &format!("{at}/inside"), remarks) });
    }
    let at = format!("{at}/at");
    let lists = records.lists().into_iter().filter_map(|(member, list)| Some((fit(member.way(), POSITIONS)?, list)));
    let mut found: Vec<_> = lists
        .filter_map(|(fit, list)| {
            let rows = records.rows(&list);
            let (is_sure, relation) = relation(&rows, relations)?;
            Some(((!is_sure, fit), list, rows, relation))
        })
        .collect();
    found.sort_by_key(|(order, ..)| *order);
    if let Some(((is_guess, _), list, rows, relation)) = found.into_iter().next() {
        if is_guess {
            remarks.add(
                &format!("{at}/relation"),
                format!("no id of a relation in the samples stands at {relation} of {list}"),
            );
        }
        let mut document = told(&rows, Some(&relation), &at, remarks);
        put_scope(&mut document, relations, rows.said(&relation), &at, remarks);
        document.insert("rows".to_owned(), list.to_string().into());
        document.insert("relation".to_owned(), relation.to_string().into());
        return json!({ "at": document });
    }
    // Its own id may be the same as one of theirs.
    let is_own =
        |pointer: &Pointer| pointer.parts().len() == 1 && pointer.parts().iter().all(|part| plain(part) == "id");
    let mut document;
    match relation(records, relations).filter(|(_, pointer)| !is_own(pointer)) {
        Some((is_sure, pointer)) => {
            if !is_sure {
                remarks
                    .add(&format!("{at}/relation"), format!("no id of a relation in the samples stands at {pointer}"));
            }
            document = told(records, Some(&pointer), &at, remarks);
            put_scope(&mut document, relations, records.said(&pointer), &at, remarks);
            document.insert("relation".to_owned(), pointer.to_string().into());
        }
        None => {
            remarks.add(
                &format!("{at}/relation"),
                "no member names the relation of a contact person: this is what is assumed, and must be mended; where they \
                 are asked for below their relation, say of-relation",
            );
            document = told(records, None, &at, remarks);
            put_scope(&mut document, relations, std::iter::empty(), &at, remarks);
            document.insert("relation".to_owned(), "/relatie_id".into());
        }
    }
    json!({ "at": document })
}

/// What a contact person is at a relation, and the number there: among the members of the record, else beside the member
/// that names the relation.
fn told(records: &Records<'_>, relation: Option<&Pointer>, at: &str, remarks: &mut Remarks) -> Map<String, Value> {
    let mut told = Map::new();
    let above = relation.and_then(|relation| Some(relation.parts().split_last()?.1));
    let parent = above.filter(|above| !above.is_empty()).and_then(pointer_to);
    let beside = parent.map(|parent| {
        let objects = records.iter().filter_map(|record| value_at(record, &parent)).collect();
        (Records::new(objects), parent)
    });
    for (name, words) in [("functie", FUNCTIE), ("doorkiesnummer", DOORKIESNUMMER)] {
        let found = member(words, records).or_else(|| {
            let (objects, parent) = beside.as_ref()?;
            let (is_guess, pointer) = member(words, objects)?;
            Some((is_guess, parent.then(&pointer)))
        });
        match found {
            Some((is_guess, pointer)) => {
                if is_guess {
                    remarks.add(&format!("{at}/{name}"), format!("{pointer} may mean something else"));
                }
                told.insert(name.to_owned(), pointer.to_string().into());
            }
            None => remarks
                .add(&format!("{at}/{name}"), "no member of the samples is known by a name for this; it is left out"),
        }
    }
    told
}

/// Says in which list the relation stands, where two lists count for themselves.
fn put_scope<'v>(
    document: &mut Map<String, Value>,
    relations: &Relations,
    named: impl Iterator<Item = &'v Value>,
    at: &str,
    remarks: &mut Remarks,
) {
    if let Some(scope) = relations.scope(named) {
        remarks.add(&format!("{at}/scope"), "the relation of a contact person is taken to stand in this list");
        document.insert("scope".to_owned(), scope.into());
    }
}

/// The member that names a relation, and whether ids of relations stand there.
fn relation(records: &Records<'_>, relations: &Relations) -> Option<(bool, Pointer)> {
    let fitting = records.fitting(RELATION_ID).into_iter().filter(|(_, pointer)| records.is_plain(pointer));
    let with = fitting.map(|(fit, pointer)| {
        let is_known = records.said(&pointer).any(|id| id_text(id).is_some_and(|id| relations.ids.contains(&id)));
        (is_known, fit.is_guess, pointer)
    });
    let mut all: Vec<_> = with.filter(|(is_known, is_guess, _)| *is_known || !is_guess).collect();
    all.sort_by_key(|(is_known, ..)| !is_known);
    all.into_iter().next().map(|(is_known, _, pointer)| (is_known, pointer))
}
