//! Where the members of a record stand: none at the place of another, and none inside another.
//!
//! What is written at a place changes all that is read there. A field at the id, at the word for the kind or at the version
//! would overwrite what the record is known by; two fields at one member would overwrite each other.

use crate::document::{Dialect, Persons};
use crate::misfit::{At, Misfit, Wrong};
use crate::pointer::{Field, Pick, Place, Pointer};
use crate::records::{
    AddressPlace, Addresses, Kind, Parts, Person, Positions, Relation, Stamp, Status, TypePlaces, Version,
};

/// What stands in one record, or in one row of a list.
#[derive(Clone, Default)]
struct Taken {
    all: Vec<(String, Stands)>,
}

/// How something stands there.
#[derive(Clone)]
enum Stands {
    /// As a field does.
    At(Place),
    /// Only whether something is there is looked at: a field may stand there, or inside it.
    Present(Pointer),
}

/// No member of a record may stand where another does.
pub(crate) fn check(dialect: &Dialect, root: &At<'_>) -> Result<(), Misfit> {
    relation(dialect, root)?;
    let persons = root.member("persons");
    match &dialect.persons {
        Persons::None => Ok(()),
        Persons::Apart(apart) => {
            let persons = persons.member("lists");
            person(&apart.record, Some(&dialect.writing.version), &persons.member("record"))
        }
        // The version is the relation's.
        Persons::Inside(inside) => {
            let persons = persons.member("inside");
            person(&inside.record, None, &persons.member("record"))
        }
        Persons::Of(of) => {
            let persons = persons.member("of-relation");
            person(&of.record, Some(&dialect.writing.version), &persons.member("record"))
        }
    }
}

fn relation(dialect: &Dialect, root: &At<'_>) -> Result<(), Misfit> {
    let Relation { id, kind, status, changed, types, organisation, private_person, addresses } =
        &dialect.relations.record;
    let relations = root.member("relations");
    let at = relations.member("record");
    let mut taken = Taken::of_record(id, status, changed.as_ref(), Some(&dialect.writing.version));
    match kind {
        Kind::Word(words) => taken.has("kind", &words.at),
        Kind::Present(places) => {
            for place in [&places.organisation, &places.private_person] {
                taken.all.push(("kind".to_owned(), Stands::Present(place.clone())));
            }
        }
        Kind::ByList => {}
    }
    match types {
        TypePlaces::Words(list) | TypePlaces::One(list) => taken.has("types", list),
        TypePlaces::Rows(rows) => taken.has("types", &rows.at),
        TypePlaces::Always(_) => {}
    }
    if let Persons::Inside(inside) = &dialect.persons {
        let persons = root.member("persons");
        taken.take("the contact persons", &inside.rows, "rows", &persons.member("inside"))?;
    }
    let at_addresses = at.member("addresses");
    taken.take_rows(addresses, &at_addresses)?;

    let mut of_organisation = taken.clone();
    of_organisation.take_fields(&organisation.named(), &at.member("organisation"))?;
    let mut of_person = taken;
    of_person.take_fields(&private_person.named(), &at.member("private-person"))?;
    if let Addresses::Places(places) = addresses {
        let at = at_addresses.member("places");
        of_organisation.take_place(places.hoofdkantoor.as_ref(), "hoofdkantoor", &at)?;
        of_organisation.take_place(places.postadres.as_ref(), "postadres", &at)?;
        of_person.take_place(places.prive.as_ref(), "prive", &at)?;
    }
    Ok(())
}

fn person(person: &Person, version: Option<&Version>, at: &At<'_>) -> Result<(), Misfit> {
    let mut taken = Taken::of_record(&person.id, &person.status, person.changed.as_ref(), version);
    let positions = at.member("positions");
    let (word, rows, relation, functie, doorkiesnummer) = match &person.positions {
        Positions::At(at) => ("at", at.rows.as_ref(), Some(&at.relation), &at.functie, &at.doorkiesnummer),
        Positions::Inside(inside) => ("inside", None, None, &inside.functie, &inside.doorkiesnummer),
    };
    let at_position = positions.member(word);
    if let Some(rows) = rows {
        taken.take("positions", rows, "rows", &at_position)?;
    }
    let mut of_row = Taken::default();
    let of_position = if rows.is_some() { &mut of_row } else { &mut taken };
    relation.into_iter().for_each(|relation| of_position.has("relation", relation));
    for (name, pointer) in [("functie", functie), ("doorkiesnummer", doorkiesnummer)] {
        if let Some(pointer) = pointer {
            of_position.take(name, pointer, name, &at_position)?;
        }
    }
    let at_addresses = at.member("addresses");
    taken.take_rows(&person.addresses, &at_addresses)?;
    taken.take_fields(&person.fields.named(), &at.member("fields"))?;
    if let Addresses::Places(places) = &person.addresses {
        taken.take_place(places.prive.as_ref(), "prive", &at_addresses.member("places"))?;
    }
    Ok(())
}

impl Taken {
    /// What every record is known by.
    fn of_record(id: &Pointer, status: &Status, changed: Option<&Stamp>, version: Option<&Version>) -> Self {
        let mut taken = Self::default();
        taken.has("id", id);
        match status {
            Status::Word(words) => taken.has("status", &words.at),
            Status::Flag(flag) => taken.has("status", &flag.at),
            Status::Listed => {}
        }
        changed.into_iter().for_each(|stamp| taken.has("changed", &stamp.at));
        if let Some(Version::Member(version)) = version {
            taken.has("the version", version);
        }
        taken
    }

    /// What is only read may stand beside anything else that is only read.
    fn has(&mut self, name: &str, pointer: &Pointer) {
        self.all.push((name.to_owned(), Stands::At(Place::At(pointer.clone()))));
    }

    fn take(&mut self, name: &str, pointer: &Pointer, member: &str, at: &At<'_>) -> Result<(), Misfit> {
        self.take_at(name, Place::At(pointer.clone()), member, at)
    }

    fn take_at(&mut self, name: &str, place: Place, member: &str, at: &At<'_>) -> Result<(), Misfit> {
        if let Some((other, _)) = self.all.iter().find(|(_, stands)| stands.meets(&place)) {
            return Err(at.member(member).wrong(Wrong::SamePlace(other.clone())));
        }
        self.all.push((name.to_owned(), Stands::At(place)));
        Ok(())
    }

    fn take_fields(&mut self, fields: &[(&'static str, &Option<Field>)], at: &At<'_>) -> Result<(), Misfit> {
        for (name, field) in fields.iter().filter_map(|(name, field)| Some((*name, field.as_ref()?))) {
            if let Place::Pick(pick) = &field.place
                && pick.words.iter().any(|(word, _)| word.overlaps(&pick.at))
            {
                return Err(at.member(name).wrong(Wrong::SamePlace("a word of its row".to_owned())));
            }
            self.take_at(name, field.place.clone(), name, at)?;
        }
        Ok(())
    }

    /// The list of addresses, and what stands in a row of it.
    fn take_rows(&mut self, addresses: &Addresses, at: &At<'_>) -> Result<(), Misfit> {
        let Addresses::Rows(rows) = addresses else { return Ok(()) };
        let at = at.member("rows");
        self.take("addresses", &rows.at, "at", &at)?;
        let mut of_row = Self::default();
        rows.id.iter().for_each(|id| of_row.has("id", id));
        of_row.take("type", &rows.word, "type", &at)?;
        of_row.take_parts(&rows.parts, None, "", &at.member("parts"))
    }

    fn take_place(&mut self, place: Option<&AddressPlace>, name: &str, at: &At<'_>) -> Result<(), Misfit> {
        let Some(AddressPlace { at: below, parts }) = place else { return Ok(()) };
        let at = at.member(name);
        self.take_parts(parts, below.as_ref(), name, &at.member("parts"))
    }

    fn take_parts(&mut self, parts: &Parts, below: Option<&Pointer>, of: &str, at: &At<'_>) -> Result<(), Misfit> {
        for (name, pointer) in parts.named() {
            let pointer = below.map_or_else(|| pointer.clone(), |below| below.then(pointer));
            self.take(format!("{of} {name}").trim(), &pointer, name, at)?;
        }
        Ok(())
    }
}

impl Stands {
    /// Whether what is written at the place would also be seen here, or the other way round.
    fn meets(&self, place: &Place) -> bool {
        match (self, place) {
            (Self::At(Place::At(one)), Place::At(other)) => one.overlaps(other),
            (Self::At(Place::At(at)), Place::Pick(Pick { list, .. }))
            | (Self::At(Place::Pick(Pick { list, .. })), Place::At(at)) => at.overlaps(list),
            (Self::At(Place::Pick(one)), Place::Pick(other)) => picks_meet(one, other),
            // What has to be there may be a field, or an object with fields, but no list and no part of a text.
            (Self::Present(at), Place::At(other) | Place::Pick(Pick { list: other, .. })) => {
                at != other && at.parts().starts_with(other.parts())
            }
        }
    }
}

/// Two rows of one list are surely two where a member has words of which none is among the other's. Else both picks may
/// mean one row: then they may not have one member of it. The words themselves are nobody's field: a row that got another
/// word would be another row.
fn picks_meet(one: &Pick, other: &Pick) -> bool {
    if one.list != other.list {
        return one.list.overlaps(&other.list);
    }
    let contradicts = |(at, words): &(Pointer, Vec<String>)| {
        other.words.iter().any(|(its, others)| its == at && !words.iter().any(|word| others.contains(word)))
    };
    let is_word_of = |pick: &Pick, at: &Pointer| pick.words.iter().any(|(word, _)| word.overlaps(at));
    is_word_of(one, &other.at)
        || is_word_of(other, &one.at)
        || one.at.overlaps(&other.at) && !one.words.iter().any(contradicts)
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
