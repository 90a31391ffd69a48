//! Values of an entity as a reader sees them, those that Tribe works out itself included.

use std::borrow::Cow;

use super::cell::Cell;
use super::guid::Guid;
use super::store::{Entity, Seen, State};
use crate::Instant;

/// One entity as one read sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) seen: Seen<'a>,
    pub(crate) id: Guid,
    pub(crate) entity: &'a Entity,
    pub(crate) state: &'a State,
}

impl<'a> View<'a> {
    pub(crate) fn of(seen: Seen<'a>, id: Guid) -> Option<Self> {
        let (entity, state) = seen.get(id)?;
        Some(Self { seen, id, entity, state })
    }

    /// The entity at the other end of a link to one.
    pub(crate) fn follow(&self, link: &str) -> Option<Self> {
        Self::of(self.seen, *self.state.links.get(link)?)
    }

    /// The value of a property; none for null.
    pub(crate) fn cell(&self, property: &str) -> Option<Cell<'a>> {
        let model = &self.seen.store.model;
        match property {
            "ID" => return Some(Cell::Guid(self.id)),
            "_Type" => {
                return Some(Cell::Text(Cow::Borrowed(&model.entity_type(self.entity.kind).name)));
            }
            "CreationDate" => return Some(Cell::Moment(self.entity.created())),
            "LastMutationDate" => return self.state.mutated.map(Cell::Moment),
            "_Name" => return text(self.display_name()),
            _ => {}
        }
        if model.entity_type(self.entity.kind).computed.contains(property) {
            return match property {
                "Name" => text(self.template_name()),
                "SortName" => text(self.sort_name()),
                "BirthDay" => self.birth_day(),
                _ => self.stored(property),
            };
        }
        self.stored(property)
    }

    fn stored(&self, property: &str) -> Option<Cell<'a>> {
        self.state.cells.get(property).map(Cell::borrowed)
    }

    fn text(&self, property: &str) -> &'a str {
        self.state.cells.get(property).and_then(Cell::text).unwrap_or("")
    }

    /// Who the record is about: a relationship's person or organisation, else itself.
    fn subject(&self) -> Self {
        ["Person", "Organization"].into_iter().find_map(|link| self.follow(link)).unwrap_or(*self)
    }

    fn is(&self, name: &str) -> bool {
        self.seen.store.model.is_named(self.entity.kind, name)
    }

    fn display_name(&self) -> String {
        if self.is("Address") {
            let number = self.stored("HouseNumber").map(|cell| cell.json().to_string()).unwrap_or_default();
            return joined(&[self.text("Street"), &number, self.text("HouseNumberSuffix")]);
        }
        let subject = if self.is("Relationship") { self.named_subject() } else { *self };
        if subject.is("Relation.Person") { subject.full_name() } else { subject.text("Name").to_owned() }
    }

    /// The tenant's own organisation stands at the parent's end of its relationship.
    fn named_subject(&self) -> Self {
        let subject = self.subject();
        if subject.id == self.id { self.follow("Relation").unwrap_or(subject) } else { subject }
    }

    fn full_name(&self) -> String {
        joined(&[self.text("FirstName"), self.text("MiddleName"), self.text("LastName")])
    }

    /// A template whose empty lines for title and initials remain. Tribe: seen (`"\n\nJoost de Tester"`).
    fn template_name(&self) -> String {
        let subject = self.named_subject();
        if subject.is("Relation.Person") {
            format!("{}\n{}\n{}", subject.text("Title"), subject.text("Initials"), subject.full_name())
        } else {
            subject.text("Name").to_owned()
        }
    }

    fn sort_name(&self) -> String {
        let subject = self.named_subject();
        if !subject.is("Relation.Person") {
            return subject.text("Name").to_owned();
        }
        match (subject.text("LastName"), subject.text("FirstName")) {
            (last, "") => last.to_owned(),
            (last, first) => format!("{last}, {first}"),
        }
    }

    fn birth_day(&self) -> Option<Cell<'a>> {
        match self.state.cells.get("BirthDate")? {
            Cell::Date(date) => date.get(5..).map(|day| Cell::Text(Cow::Borrowed(day))),
            _ => None,
        }
    }

    /// `CreationDate`.
    pub(crate) fn created(&self) -> Instant {
        self.entity.created()
    }
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn text(text: String) -> Option<Cell<'static>> {
    (!text.is_empty()).then_some(Cell::Text(text.into()))
}
