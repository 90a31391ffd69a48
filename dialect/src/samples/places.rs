//! The fields of the manual, and where a dialect has them.

use std::collections::BTreeSet;

use super::finding::{Expected, Spot};
use crate::pointer::{Field, Pick, Place, Pointer, Written};
use crate::records::{
    AddressPlace, Addresses, DateForm, HouseNumber, Kind, Parts, Person, Positions, Relation, Status, TypePlaces,
};

/// A field of the manual in a dialect.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) stands: Stands,
    pub(super) expected: Expected,
}

/// Where it stands.
pub(super) enum Stands {
    /// Nowhere: it is not synced.
    Nowhere,
    /// At no place of its own: what tells it instead.
    Told(String),
    /// At a spot.
    At(Spot),
    /// Inside the text of another field.
    In(Spot),
}

impl Entry {
    /// The place for people; none where it has none.
    pub(super) fn written(&self) -> Option<String> {
        match &self.stands {
            Stands::Nowhere => None,
            Stands::Told(how) => Some(how.clone()),
            Stands::At(spot) => Some(written(spot)),
            Stands::In(spot) => Some(format!("in {}", written(spot))),
        }
    }

    /// The spot where it is looked for.
    pub(super) fn spot(&self) -> Option<&Spot> {
        match &self.stands {
            Stands::At(spot) | Stands::In(spot) => Some(spot),
            Stands::Nowhere | Stands::Told(_) => None,
        }
    }
}

fn written(spot: &Spot) -> String {
    match spot {
        Spot::At(Place::At(pointer)) if pointer.parts().is_empty() => "the whole".to_owned(),
        Spot::At(Place::At(pointer)) => pointer.to_string(),
        Spot::At(Place::Pick(pick)) => {
            let words: Vec<&str> =
                pick.words.iter().filter_map(|(_, words)| words.first()).map(String::as_str).collect();
            format!("{} of {} {}", pick.at, pick.list, words.join(" "))
        }
        Spot::Rows(list, inside) => format!("{inside} of {list}"),
    }
}

/// The members of a record in which fields stand: rows of a list count as the list.
pub(super) fn members(entries: &[Entry]) -> BTreeSet<Pointer> {
    let member = |entry: &Entry| match entry.spot()? {
        Spot::At(Place::At(pointer)) | Spot::At(Place::Pick(Pick { list: pointer, .. })) | Spot::Rows(pointer, _) => {
            Some(pointer.clone())
        }
    };
    entries.iter().filter_map(member).collect()
}

fn entry(name: &str, stands: Stands, expected: Expected) -> Entry {
    Entry { name: name.to_owned(), stands, expected }
}

fn spot(pointer: &Pointer) -> Stands {
    Stands::At(Spot::At(Place::At(pointer.clone())))
}

fn field(name: &str, field: &Option<Field>) -> Entry {
    match field {
        Some(field) => entry(name, Stands::At(Spot::At(field.place.clone())), Expected::Text(field.written)),
        None => entry(name, Stands::Nowhere, Expected::Anything),
    }
}

/// All that is read of a relation.
pub(super) fn of_relation(of: &Relation) -> Vec<Entry> {
    general(of).into_iter().chain(organisation(of)).chain(private_person(of)).collect()
}

/// What every relation has.
pub(super) fn general(of: &Relation) -> Vec<Entry> {
    let kind = match &of.kind {
        Kind::Word(words) => {
            let known = words.organisation.iter().chain(&words.private_person).cloned().collect();
            entry("kind", spot(&words.at), Expected::Word(known))
        }
        Kind::Present(places) => {
            let how = format!("whether {} or {} is there", places.organisation, places.private_person);
            entry("kind", Stands::Told(how), Expected::Anything)
        }
        Kind::ByList => entry("kind", Stands::Told("by its list".to_owned()), Expected::Anything),
    };
    let types = match &of.types {
        TypePlaces::Words(at) => entry("relation types", spot(at), Expected::Anything),
        TypePlaces::One(at) => entry("relation types", spot(at), Expected::Plain),
        TypePlaces::Rows(rows) => {
            entry("relation types", Stands::At(Spot::Rows(rows.at.clone(), rows.id.clone())), Expected::Plain)
        }
        TypePlaces::Always(_) => entry("relation types", Stands::Told("always one".to_owned()), Expected::Anything),
    };
    vec![entry("id", spot(&of.id), Expected::Plain), kind, status(&of.status), changed(of.changed.as_ref()), types]
}

fn status(status: &Status) -> Entry {
    match status {
        Status::Word(words) => {
            let known = words.active.iter().chain(&words.archived).chain(&words.deleted).cloned().collect();
            entry("status", spot(&words.at), Expected::Word(known))
        }
        Status::Flag(flag) => entry("status", spot(&flag.at), Expected::Flag),
        Status::Listed => entry("status", Stands::Told("what is listed is in use".to_owned()), Expected::Anything),
    }
}

fn changed(stamp: Option<&crate::records::Stamp>) -> Entry {
    match stamp {
        Some(stamp) => entry("changed", spot(&stamp.at), Expected::Moment(stamp.form.clone())),
        None => entry("changed", Stands::Nowhere, Expected::Anything),
    }
}

/// The fields of an organisation.
pub(super) fn organisation(of: &Relation) -> Vec<Entry> {
    let fields = &of.organisation;
    let mut entries = vec![
        field("bedrijfsnaam", &fields.name),
        field("telefoonnummer", &fields.phone),
        field("email", &fields.email),
        field("website", &fields.website),
        field("kvk", &fields.kvk),
    ];
    entries.extend(address("hoofdkantoor", Type::Hoofdkantoor, &of.addresses));
    entries.extend(address("postadres", Type::Postadres, &of.addresses));
    entries
}

/// The fields of a private person.
pub(super) fn private_person(of: &Relation) -> Vec<Entry> {
    let fields = &of.private_person;
    let mut entries =
        vec![field("naam", &fields.name), field("email", &fields.email), field("telefoon", &fields.phone)];
    entries.extend(address("priveadres", Type::Prive, &of.addresses));
    entries
}

/// All that is read of a contact person.
pub(super) fn of_person(of: &Person) -> Vec<Entry> {
    let mut entries =
        vec![entry("id", spot(&of.id), Expected::Plain), status(&of.status), changed(of.changed.as_ref())];
    for (name, place) in of.fields.named() {
        let mut entry = field(name, place);
        let reads_text = matches!(entry.expected, Expected::Text(Written::Text));
        match name {
            "geboortedatum" if reads_text => entry.expected = Expected::Date(of.dates.clone().unwrap_or(DateForm::Iso)),
            "geslacht" if reads_text => entry.expected = Expected::Word(genders(of)),
            _ => {}
        }
        entries.push(entry);
    }
    entries.extend(positions(&of.positions));
    entries.extend(address("priveadres", Type::Prive, &of.addresses));
    entries
}

fn genders(of: &Person) -> Vec<String> {
    match &of.genders {
        Some(words) => {
            [&words.male, &words.female, &words.other, &words.unknown].into_iter().flatten().cloned().collect()
        }
        None => ["M", "V", "X", "O"].map(str::to_owned).to_vec(),
    }
}

fn positions(positions: &Positions) -> [Entry; 3] {
    let optional = |name: &str, rows: Option<&Pointer>, pointer: Option<&Pointer>| match (rows, pointer) {
        (_, None) => entry(name, Stands::Nowhere, Expected::Anything),
        (Some(rows), Some(pointer)) => {
            entry(name, Stands::At(Spot::Rows(rows.clone(), pointer.clone())), Expected::Plain)
        }
        (None, Some(pointer)) => entry(name, spot(pointer), Expected::Plain),
    };
    match positions {
        Positions::At(position) => {
            let rows = position.rows.as_ref();
            [
                optional("relation", rows, Some(&position.relation)),
                optional("functie", rows, position.functie.as_ref()),
                optional("doorkiesnummer", rows, position.doorkiesnummer.as_ref()),
            ]
        }
        Positions::Inside(inside) => [
            entry("relation", Stands::Told("the one in which it stands".to_owned()), Expected::Anything),
            optional("functie", None, inside.functie.as_ref()),
            optional("doorkiesnummer", None, inside.doorkiesnummer.as_ref()),
        ],
    }
}

#[derive(Clone, Copy)]
enum Type {
    Hoofdkantoor,
    Postadres,
    Prive,
}

/// Where a part of an address stands in a record.
type PlaceOfPart = Box<dyn Fn(&Pointer) -> Spot>;

/// The parts of an address of one type.
fn address(name: &str, of: Type, addresses: &Addresses) -> Vec<Entry> {
    // Where a part stands, if the dialect has the type at all.
    let (parts, place): (Option<&Parts>, PlaceOfPart) = match addresses {
        Addresses::None => (None, Box::new(|pointer| Spot::At(Place::At(pointer.clone())))),
        Addresses::Rows(rows) => {
            let words = match of {
                Type::Hoofdkantoor => &rows.words.hoofdkantoor,
                Type::Postadres => &rows.words.postadres,
                Type::Prive => &rows.words.prive,
            };
            let (list, word, given) = (rows.at.clone(), rows.word.clone(), words.clone());
            let pick = move |pointer: &Pointer| {
                let words = vec![(word.clone(), given.clone())];
                Spot::At(Place::Pick(Pick { list: list.clone(), words, at: pointer.clone() }))
            };
            ((!words.is_empty()).then_some(&rows.parts), Box::new(pick))
        }
        Addresses::Places(places) => {
            let place: Option<&AddressPlace> = match of {
                Type::Hoofdkantoor => places.hoofdkantoor.as_ref(),
                Type::Postadres => places.postadres.as_ref(),
                Type::Prive => places.prive.as_ref(),
            };
            let base = place.and_then(|place| place.at.clone()).unwrap_or_default();
            (place.map(|place| &place.parts), Box::new(move |pointer| Spot::At(Place::At(base.then(pointer)))))
        }
    };
    let part = |part: &str, pointer: Option<&Pointer>| {
        let stands = pointer.map_or(Stands::Nowhere, |pointer| Stands::At(place(pointer)));
        entry(&format!("{name}.{part}"), stands, Expected::Plain)
    };
    let inside = |part: &str, pointer: Option<&Pointer>| {
        let stands = pointer.map_or(Stands::Nowhere, |pointer| Stands::In(place(pointer)));
        entry(&format!("{name}.{part}"), stands, Expected::Plain)
    };
    let street = parts.and_then(|parts| parts.straat.as_ref());
    let mut entries = vec![part("straat", street)];
    match parts.map(|parts| &parts.huisnummer) {
        Some(HouseNumber::One(number)) => {
            entries.extend([part("huisnummer", Some(number)), inside("toevoeging", Some(number))]);
        }
        Some(HouseNumber::Two(two)) => {
            entries.extend([part("huisnummer", Some(&two.number)), part("toevoeging", Some(&two.suffix))]);
        }
        Some(HouseNumber::Three(three)) => entries.extend([
            part("huisnummer", Some(&three.number)),
            part("huisletter", Some(&three.letter)),
            part("toevoeging", Some(&three.suffix)),
        ]),
        Some(HouseNumber::InStreet) => entries.extend([inside("huisnummer", street), inside("toevoeging", street)]),
        Some(HouseNumber::None) | None => entries.extend([part("huisnummer", None), part("toevoeging", None)]),
    }
    entries.push(part("postcode", parts.and_then(|parts| parts.postcode.as_ref())));
    entries.push(part("plaats", parts.and_then(|parts| parts.plaats.as_ref())));
    entries.push(part("land", parts.and_then(|parts| parts.land.as_ref())));
    entries
}
