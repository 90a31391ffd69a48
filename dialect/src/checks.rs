//! What a document says that makes no sense, or that this connector does not do.

use crate::document::{ChangedSince, Dialect, Key, List, Paging, Persons};
use crate::misfit::{At, Misfit, Wrong};
use crate::pointer::{Field, Place, Pointer};
use crate::records::{
    Addresses, HouseNumber, Kind, ListRule, Method, Parts, Person, Positions, Relation, Version, Writing,
};

/// Headers that a dialect may not set: they are the connection's own, or would carry what no document may hold.
const FORBIDDEN: [&str; 8] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "proxy-authorization",
    "transfer-encoding",
];

/// The first thing that is wrong.
pub(crate) fn check(dialect: &Dialect) -> Result<(), Misfit> {
    let root = At::ROOT;
    if dialect.format != 1 {
        return Err(root.member("dialect").wrong(Wrong::NotA("1: the only version of this format")));
    }
    if dialect.name.trim().is_empty() {
        return Err(root.member("name").wrong(Wrong::Missing));
    }
    server(dialect, &root.member("server"))?;
    if let Some(office) = &dialect.office {
        path(&office.path, &["office"], &root.member("office").member("path"))?;
    }
    let relations = root.member("relations");
    lists(&dialect.relations.lists, &relations.member("lists"))?;
    let by_list = matches!(dialect.relations.record.kind, Kind::ByList);
    for (place, list) in dialect.relations.lists.iter().enumerate() {
        let (place, at) = (place.to_string(), relations.member("lists"));
        let at = at.member(&place);
        match (by_list, &list.of) {
            (true, None) => return Err(at.member("of").wrong(Wrong::Missing)),
            (false, Some(_)) => {
                return Err(at.member("of").wrong(Wrong::Senseless("the kind is told by the record, not by the list")));
            }
            _ => {}
        }
    }
    relation(&dialect.relations.record, &relations.member("record"))?;
    persons(&dialect.persons, &root.member("persons"))?;
    writing(dialect, &root.member("writing"))
}

fn server(dialect: &Dialect, at: &At<'_>) -> Result<(), Misfit> {
    let headers = at.member("headers");
    for name in dialect.server.headers.keys() {
        if FORBIDDEN.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(headers.member(name).wrong(Wrong::Senseless("a dialect may not set this header")));
        }
    }
    match &dialect.server.key {
        Key::Login(login) => {
            let (key, word) = (at.member("key"), "login");
            path(&login.path, &["office"], &key.member(word).member("path"))
        }
        _ => Ok(()),
    }
}

/// A path below the base address, with no other placeholders.
fn path(text: &str, placeholders: &[&str], at: &At<'_>) -> Result<(), Misfit> {
    const PATH: &str = "a path that begins with one slash, below the base address";
    let is_below =
        text.starts_with('/') && !text.contains("//") && !text.contains("..") && !text.contains(['?', '#', '\\', ' ']);
    if !is_below {
        return Err(at.wrong(Wrong::NotA(PATH)));
    }
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if !placeholders.contains(&name) {
            return Err(at.wrong(Wrong::Senseless("this placeholder is not known here")));
        }
    }
    Ok(())
}

fn holds(text: &str, placeholder: &str, at: &At<'_>) -> Result<(), Misfit> {
    match text.contains(placeholder) {
        true => Ok(()),
        false => Err(at.wrong(Wrong::Senseless("the placeholder for the id is missing"))),
    }
}

fn lists(lists: &[List], at: &At<'_>) -> Result<(), Misfit> {
    if lists.is_empty() {
        return Err(at.wrong(Wrong::Missing));
    }
    for (place, list) in lists.iter().enumerate() {
        let place_text = place.to_string();
        let at = at.member(&place_text);
        path(&list.path, &["office"], &at.member("path"))?;
        path(&list.single, &["office", "id"], &at.member("single"))?;
        holds(&list.single, "{id}", &at.member("single"))?;
        if lists.iter().take(place).any(|other| other.scope == list.scope) {
            return Err(at
                .member("scope")
                .wrong(Wrong::Senseless("another list has the same scope: by it a record is found")));
        }
        if let ChangedSince::Parameter(changed) = &list.changed
            && let Some(pattern) = &changed.pattern
            && pattern.matches("{since}").count() != 1
        {
            let (since, parameter) = (at.member("changed-since"), "parameter");
            return Err(since.member(parameter).member("pattern").wrong(Wrong::NotA("a text that holds {since} once")));
        }
        if matches!(list.paging, Paging::None) && list.size.is_some() {
            return Err(at.member("size").wrong(Wrong::Senseless("a list that comes at once has no size")));
        }
    }
    Ok(())
}

fn relation(relation: &Relation, at: &At<'_>) -> Result<(), Misfit> {
    let organisation = [
        ("bedrijfsnaam", &relation.organisation.name),
        ("telefoonnummer", &relation.organisation.phone),
        ("email", &relation.organisation.email),
        ("website", &relation.organisation.website),
        ("kvk", &relation.organisation.kvk),
    ];
    let private_person = [
        ("naam", &relation.private_person.name),
        ("email", &relation.private_person.email),
        ("telefoon", &relation.private_person.phone),
    ];
    apart(&organisation, &at.member("organisation"))?;
    apart(&private_person, &at.member("private-person"))?;
    addresses(&relation.addresses, &at.member("addresses"))
}

fn persons(persons: &Persons, at: &At<'_>) -> Result<(), Misfit> {
    let inside = |record: &Person, is_inside: bool, at: &At<'_>| match (&record.positions, is_inside) {
        (Positions::At(_), true) | (Positions::Inside(_), false) => Err(at
            .member("positions")
            .wrong(Wrong::Senseless("inside a relation the place is \"inside\", elsewhere \"at\""))),
        _ => person(record, at),
    };
    match persons {
        Persons::None => Ok(()),
        Persons::Apart(apart) => {
            let at = at.member("lists");
            lists(&apart.lists, &at.member("lists"))?;
            inside(&apart.record, false, &at.member("record"))
        }
        Persons::Inside(persons) => inside(&persons.record, true, &at.member("inside").member("record")),
        Persons::Of(persons) => {
            let at = at.member("of-relation");
            path(&persons.path, &["office", "parent"], &at.member("path"))?;
            holds(&persons.path, "{parent}", &at.member("path"))?;
            path(&persons.single, &["office", "parent", "id"], &at.member("single"))?;
            holds(&persons.single, "{id}", &at.member("single"))?;
            inside(&persons.record, true, &at.member("record"))
        }
    }
}

fn person(person: &Person, at: &At<'_>) -> Result<(), Misfit> {
    apart(&person.fields.named(), &at.member("fields"))?;
    addresses(&person.addresses, &at.member("addresses"))
}

/// Two fields at one place would overwrite each other.
fn apart(fields: &[(&'static str, &Option<Field>)], at: &At<'_>) -> Result<(), Misfit> {
    let given: Vec<(&str, &Place)> =
        fields.iter().filter_map(|(name, field)| Some((*name, &field.as_ref()?.place))).collect();
    for (number, (name, place)) in given.iter().enumerate() {
        if let Some((other, _)) = given.iter().take(number).find(|(_, other)| meet(other, place)) {
            return Err(at.member(name).wrong(Wrong::SamePlace((*other).to_owned())));
        }
    }
    Ok(())
}

/// Whether a value at one place would also be seen at the other, or hold it.
fn meet(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::At(one), Place::At(other)) => {
            one.parts().starts_with(other.parts()) || other.parts().starts_with(one.parts())
        }
        (Place::Pick(one), Place::Pick(other)) => one == other,
        (Place::At(at), Place::Pick(pick)) | (Place::Pick(pick), Place::At(at)) => {
            pick.list.parts().starts_with(at.parts()) || at.parts().starts_with(pick.list.parts())
        }
    }
}

fn addresses(addresses: &Addresses, at: &At<'_>) -> Result<(), Misfit> {
    match addresses {
        Addresses::None => Ok(()),
        Addresses::Rows(rows) => parts(&rows.parts, &at.member("rows").member("parts")),
        Addresses::Places(places) => {
            let at = at.member("places");
            let named =
                [("hoofdkantoor", &places.hoofdkantoor), ("postadres", &places.postadres), ("prive", &places.prive)];
            named.iter().try_for_each(|(name, place)| match place {
                Some(place) => parts(&place.parts, &at.member(name).member("parts")),
                None => Ok(()),
            })
        }
    }
}

fn parts(parts: &Parts, at: &At<'_>) -> Result<(), Misfit> {
    if matches!(parts.huisnummer, HouseNumber::InStreet) && parts.straat.is_none() {
        return Err(at.member("straat").wrong(Wrong::Missing));
    }
    let mut named: Vec<(&'static str, &Pointer)> = Vec::new();
    let optional =
        [("straat", &parts.straat), ("postcode", &parts.postcode), ("plaats", &parts.plaats), ("land", &parts.land)];
    named.extend(optional.into_iter().filter_map(|(name, pointer)| Some((name, pointer.as_ref()?))));
    match &parts.huisnummer {
        HouseNumber::One(number) => named.push(("huisnummer", number)),
        HouseNumber::Two(two) => named.extend([("huisnummer", &two.number), ("huisnummer", &two.suffix)]),
        HouseNumber::Three(three) => {
            named.extend([("huisnummer", &three.number), ("huisnummer", &three.letter), ("huisnummer", &three.suffix)]);
        }
        HouseNumber::InStreet | HouseNumber::None => {}
    }
    for (number, (name, pointer)) in named.iter().enumerate() {
        if let Some((other, _)) = named.iter().take(number).find(|(_, other)| other == pointer) {
            return Err(at.member(name).wrong(Wrong::SamePlace((*other).to_owned())));
        }
    }
    Ok(())
}

fn writing(dialect: &Dialect, at: &At<'_>) -> Result<(), Misfit> {
    let Writing { method, version, lists, adds_addresses, .. } = &dialect.writing;
    let of_persons = match &dialect.persons {
        Persons::Apart(apart) => Some(&apart.record.addresses),
        Persons::Inside(inside) => Some(&inside.record.addresses),
        Persons::Of(of) => Some(&of.record.addresses),
        Persons::None => None,
    };
    let all = [Some(&dialect.relations.record.addresses), of_persons];
    let mut without_id =
        all.into_iter().flatten().filter(|addresses| matches!(addresses, Addresses::Rows(rows) if rows.id.is_none()));
    if *lists == Some(ListRule::ById) && without_id.next().is_some() {
        return Err(at
            .member("lists")
            .wrong(Wrong::Senseless("rows are written by their id, and addresses have none")));
    }
    if *lists == Some(ListRule::ById) && *method == Method::Put {
        return Err(at.member("lists").wrong(Wrong::Senseless("a PUT writes the whole record, its lists too")));
    }
    if *adds_addresses && !all.into_iter().flatten().any(|addresses| matches!(addresses, Addresses::Rows(_))) {
        return Err(at.member("adds-addresses").wrong(Wrong::Senseless("there is no list to add an address to")));
    }
    match version {
        Version::Member(pointer) if pointer.parts().is_empty() => {
            Err(at.member("version").wrong(Wrong::NotA("a pointer to a member")))
        }
        _ => Ok(()),
    }
}
