//! What a document says that makes no sense, or that this connector does not do.

use crate::document::{ChangedSince, Dialect, Key, List, Paging, Persons};
use crate::misfit::{At, Misfit, Wrong};
use crate::records::{
    Addresses, HouseNumber, Kind, ListRule, Method, Parts, Person, Position, Positions, Relation, Status, Version,
    Writing,
};
use crate::standing;

/// Headers that a dialect may not set: they are the connection's own, would carry what no document may hold, or would
/// make another request of it: another method, a part, a condition.
const FORBIDDEN: &str = "accept-encoding authorization connection content-encoding content-length content-type cookie date expect \
    host idempotency-key if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive \
    proxy-authorization proxy-connection range te trailer transfer-encoding upgrade x-forwarded-host x-http-method \
    x-http-method-override x-method-override x-original-url x-rewrite-url";

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
    persons(dialect, &root.member("persons"))?;
    standing::check(dialect, &root)?;
    writing(dialect, &root.member("writing"))
}

fn server(dialect: &Dialect, at: &At<'_>) -> Result<(), Misfit> {
    let headers = at.member("headers");
    for (name, value) in &dialect.server.headers {
        let at = headers.member(name);
        if is_forbidden(name) {
            return Err(at.wrong(Wrong::Senseless("a dialect may not set this header")));
        }
        header_name(name, &at)?;
        let is_value = value.trim() == value && value.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic());
        if !is_value {
            return Err(at.wrong(Wrong::NotA("the value of a header: signs of ASCII, without a blank before or after")));
        }
    }
    let key = at.member("key");
    match &dialect.server.key {
        Key::Header(header) => match &header.name {
            Some(name) => key_header(name, &key.member("header").member("name")),
            None => Ok(()),
        },
        Key::Query(query) => {
            let is_name = !query.name.is_empty()
                && query.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~[]$".contains(&byte));
            match is_name {
                true => Ok(()),
                false => Err(key.member("query").member("name").wrong(Wrong::NotA("the name of a parameter"))),
            }
        }
        Key::Login(login) => {
            let at = key.member("login");
            path(&login.path, &["office"], &at.member("path"))?;
            match &login.header {
                Some(name) => key_header(name, &at.member("header")),
                None => Ok(()),
            }
        }
        Key::Bearer | Key::Basic => Ok(()),
    }
}

/// A header that carries the key: that of the authorization may.
fn key_header(name: &str, at: &At<'_>) -> Result<(), Misfit> {
    if is_forbidden(name) && !name.eq_ignore_ascii_case("authorization") {
        return Err(at.wrong(Wrong::Senseless("a dialect may not set this header")));
    }
    header_name(name, at)
}

fn is_forbidden(header: &str) -> bool {
    FORBIDDEN.split(' ').any(|forbidden| header.eq_ignore_ascii_case(forbidden))
}

/// Source: RFC 9110, section 5.6.2.
fn header_name(name: &str, at: &At<'_>) -> Result<(), Misfit> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !name.is_empty() && name.bytes().all(is_token) {
        true => Ok(()),
        false => Err(at.wrong(Wrong::NotA("the name of a header"))),
    }
}

/// A path below the base address, with no other placeholders.
fn path(text: &str, placeholders: &[&str], at: &At<'_>) -> Result<(), Misfit> {
    const PATH: &str = "a path that begins with one slash, below the base address";
    let is_below =
        text.starts_with('/') && !text.contains("//") && !text.contains("..") && !text.contains(['?', '#', '\\']);
    if !is_below || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
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
    scopes(lists, at)?;
    for (place, list) in lists.iter().enumerate() {
        let place_text = place.to_string();
        let at = at.member(&place_text);
        path(&list.path, &["office"], &at.member("path"))?;
        path(&list.single, &["office", "id"], &at.member("single"))?;
        holds(&list.single, "{id}", &at.member("single"))?;
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

/// Of several lists each has a scope of its own: by it alone is told in which a record stands. A scope ends at the first
/// hyphen of an id, so it holds none: `a-b-7` is not to be that of `a` and of `a-b`.
fn scopes(lists: &[List], at: &At<'_>) -> Result<(), Misfit> {
    for (place, list) in lists.iter().enumerate() {
        let place_text = place.to_string();
        let at = at.member(&place_text);
        let wrong = |what| Err(at.member("scope").wrong(what));
        match &list.scope {
            None if lists.len() == 1 => {}
            None => return wrong(Wrong::Senseless("each of several lists needs a scope: by it a record is found")),
            Some(scope) if !is_scope(scope) => {
                return wrong(Wrong::NotA("letters, digits, dots and underscores: a hyphen divides it from the id"));
            }
            Some(scope) if lists.iter().take(place).any(|other| other.scope.as_ref() == Some(scope)) => {
                return wrong(Wrong::Senseless("another list has the same scope: by it a record is found"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'))
}

fn relation(relation: &Relation, at: &At<'_>) -> Result<(), Misfit> {
    if let Kind::Word(words) = &relation.kind {
        let (at, word) = (at.member("kind"), "word");
        let groups = [("organisation", &words.organisation), ("private-person", &words.private_person)];
        each_once(&groups, &at.member(word))?;
    }
    status(&relation.status, &at.member("status"))?;
    addresses(&relation.addresses, &at.member("addresses"))
}

fn status(status: &Status, at: &At<'_>) -> Result<(), Misfit> {
    let Status::Word(words) = status else { return Ok(()) };
    let groups = [("active", &words.active), ("archived", &words.archived), ("deleted", &words.deleted)];
    each_once(&groups, &at.member("word"))
}

/// A word that means two things would be read as one of them, and written for both.
fn each_once(groups: &[(&'static str, &Vec<String>)], at: &At<'_>) -> Result<(), Misfit> {
    for (number, (name, words)) in groups.iter().enumerate() {
        let is_before = |word: &String| groups.iter().take(number).any(|(_, before)| before.contains(word));
        if words.iter().any(is_before) {
            return Err(at.member(name).wrong(Wrong::Senseless("a word here means something else already")));
        }
    }
    Ok(())
}

fn persons(dialect: &Dialect, at: &At<'_>) -> Result<(), Misfit> {
    let inside = |record: &Person, is_inside: bool, at: &At<'_>| match (&record.positions, is_inside) {
        (Positions::At(_), true) | (Positions::Inside(_), false) => Err(at
            .member("positions")
            .wrong(Wrong::Senseless("inside a relation the place is \"inside\", elsewhere \"at\""))),
        _ => person(record, at),
    };
    match &dialect.persons {
        Persons::None => Ok(()),
        Persons::Apart(apart) => {
            let at = at.member("lists");
            lists(&apart.lists, &at.member("lists"))?;
            let at = at.member("record");
            inside(&apart.record, false, &at)?;
            match &apart.record.positions {
                Positions::At(position) => position_scope(position, &dialect.relations.lists, &at.member("positions")),
                Positions::Inside(_) => Ok(()),
            }
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

/// A contact person names its relation by the id that the relation's list gives: with the scope of that list.
fn position_scope(position: &Position, lists: &[List], at: &At<'_>) -> Result<(), Misfit> {
    if lists.iter().any(|list| list.scope == position.scope) {
        return Ok(());
    }
    let what = match position.scope {
        Some(_) => Wrong::Senseless("no list of relations has this scope"),
        None => Wrong::Senseless("the lists of relations have scopes; say in which this relation stands"),
    };
    Err(at.member("at").member("scope").wrong(what))
}

fn person(person: &Person, at: &At<'_>) -> Result<(), Misfit> {
    status(&person.status, &at.member("status"))?;
    if let Some(words) = &person.genders {
        let groups =
            [("male", &words.male), ("female", &words.female), ("other", &words.other), ("unknown", &words.unknown)];
        each_once(&groups, &at.member("genders"))?;
    }
    addresses(&person.addresses, &at.member("addresses"))
}

fn addresses(addresses: &Addresses, at: &At<'_>) -> Result<(), Misfit> {
    match addresses {
        Addresses::None => Ok(()),
        Addresses::Rows(rows) => {
            let (at, words) = (at.member("rows"), &rows.words);
            let groups =
                [("hoofdkantoor", &words.hoofdkantoor), ("postadres", &words.postadres), ("prive", &words.prive)];
            each_once(&groups, &at.member("words"))?;
            parts(&rows.parts, &at.member("parts"))
        }
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
    match (&parts.huisnummer, &parts.straat) {
        (HouseNumber::InStreet, None) => Err(at.member("straat").wrong(Wrong::Missing)),
        _ => Ok(()),
    }
}

fn writing(dialect: &Dialect, at: &At<'_>) -> Result<(), Misfit> {
    let Writing { method, version, read_only, lists, adds_addresses, .. } = &dialect.writing;
    let of_persons = dialect.person().map(|person| &person.addresses);
    let all = [Some(&dialect.relations.record.addresses), of_persons];
    let mut without_id =
        all.into_iter().flatten().filter(|addresses| matches!(addresses, Addresses::Rows(rows) if rows.id.is_none()));
    if *lists == Some(ListRule::ById) && without_id.next().is_some() {
        return Err(at
            .member("lists")
            .wrong(Wrong::Senseless("rows are written by their id, and addresses have none")));
    }
    if *lists == Some(ListRule::ById) && dialect.has_picks() {
        return Err(at.member("lists").wrong(Wrong::Senseless(
            "rows are written by their id, and those from which fields are picked have none",
        )));
    }
    if *lists == Some(ListRule::ById) && *method == Method::Put {
        return Err(at.member("lists").wrong(Wrong::Senseless("a PUT writes the whole record, its lists too")));
    }
    if *adds_addresses && !all.into_iter().flatten().any(|addresses| matches!(addresses, Addresses::Rows(_))) {
        return Err(at.member("adds-addresses").wrong(Wrong::Senseless("there is no list to add an address to")));
    }
    if let Some(place) = read_only.iter().position(|pointer| pointer.parts().is_empty()) {
        let at = at.member("read-only");
        return Err(at.member(&place.to_string()).wrong(Wrong::NotA("a pointer to a member")));
    }
    match version {
        Version::Member(pointer) if pointer.parts().is_empty() => {
            Err(at.member("version").wrong(Wrong::NotA("a pointer to a member")))
        }
        // Sent without it a write would guard nothing, and nobody would read the record again before it.
        Version::Member(pointer) if read_only.iter().any(|read_only| read_only.overlaps(pointer)) => {
            Err(at.member("version").wrong(Wrong::Senseless("it stands under read-only, so it would not be sent back")))
        }
        _ => Ok(()),
    }
}
