#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn wrong(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
    change(&mut document);
    match Dialect::parse(&document.to_string()) {
        Ok(_) => panic!("it is taken"),
        Err(misfit) => misfit.to_string(),
    }
}

#[test]
fn the_examples_are_dialects() {
    for example in [PRACTICE, BOOKKEEPING, REGISTER, LEDGER] {
        assert_eq!(Dialect::parse(example).err(), None);
    }
}

#[test]
fn the_built_in_dialect_is_one() {
    assert_eq!(Dialect::parse(BUILT_IN).unwrap().name, BUILT_IN_NAME);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    assert_eq!(wrong(|d| d["dialect"] = 2.into()), "/dialect: here must stand 1: the only version of this format");
    assert_eq!(
        wrong(|d| d["server"]["kye"] = "bearer".into()),
        "/server: kye is not known here; known are key, headers"
    );
    assert_eq!(
        wrong(|d| d["relations"]["record"]["organisation"]["email"] = "/website".into()),
        "/relations/record/organisation/website: this stands where email stands"
    );
    assert_eq!(
        wrong(|d| d["relations"]["record"]["id"] = "/rows/0".into()),
        "/relations/record/id: here must stand a JSON Pointer: empty, or names that each follow a slash; it never counts rows"
    );
    assert_eq!(
        wrong(|d| d["relations"]["lists"][0]["paging"] = "curser".into()),
        "/relations/lists/0/paging: choose one of cursor, link, page, offset, none"
    );
}

#[test]
fn a_path_leads_nowhere_else() {
    for path in ["relaties", "//elsewhere.example/x", "https://elsewhere.example/x", "/../x", "/x?y=1", "/{key}", ""] {
        let told = wrong(|d| d["relations"]["lists"][0]["path"] = path.into());
        assert!(told.starts_with("/relations/lists/0/path: "), "{path}: {told}");
    }
}

#[test]
fn a_header_may_say_who_asks_and_nothing_else_of_a_request() {
    let with = |name: &str, value: &str| {
        let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
        document["server"]["headers"] = serde_json::json!({ name: value });
        Dialect::parse(&document.to_string()).is_ok()
    };
    for name in ["X-Ledger-Version", "Accept", "X-Tenant", "Accept-Language"] {
        assert!(with(name, "2026 a"), "{name}");
    }
    for name in
        ["X-HTTP-Method-Override", "expect", "Range", "If-None-Match", "Content-Type", "Host", "a b", "", "naïef"]
    {
        assert!(!with(name, "x"), "{name}");
    }
    for value in ["two\nlines", " before", "after ", "é"] {
        assert!(!with("X-Tenant", value), "{value:?}");
    }
}

#[test]
fn a_key_travels_under_a_name_that_a_request_can_have() {
    let key = |key: serde_json::Value| {
        let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
        document["server"]["key"] = key;
        Dialect::parse(&document.to_string()).is_ok()
    };
    for name in ["X-Key", "Authorization"] {
        assert!(key(serde_json::json!({"header": {"name": name}})), "{name}");
    }
    for name in ["Host", "a b", "", "Cookie"] {
        assert!(!key(serde_json::json!({"header": {"name": name}})), "{name}");
    }
    assert!(key(serde_json::json!({"query": {"name": "api_key"}})));
    for name in ["k#x", "", "a b", "a=b", "a&b"] {
        assert!(!key(serde_json::json!({"query": {"name": name}})), "{name}");
    }
}

fn lists(scopes: &[Option<&str>]) -> String {
    let mut told = String::new();
    for kind in ["relations", "persons"] {
        let mut document: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
        let lists = if kind == "relations" { "/relations/lists" } else { "/persons/lists/lists" };
        let rows = document.pointer_mut(lists).unwrap();
        let list = rows[0].clone();
        *rows = scopes.iter().map(|_| list.clone()).collect();
        for (place, scope) in scopes.iter().enumerate().filter_map(|(place, scope)| Some((place, (*scope)?))) {
            rows[place]["scope"] = scope.into();
        }
        if let Some(scope) = scopes[0].filter(|_| kind == "relations") {
            document["persons"]["lists"]["record"]["positions"]["at"]["scope"] = scope.into();
        }
        let this = Dialect::parse(&document.to_string()).err().map(|misfit| misfit.to_string()).unwrap_or_default();
        let this = this.replace(lists, "");
        assert!(told.is_empty() || told == this, "both kinds of lists are told alike: {told}, {this}");
        told = this;
    }
    told
}

#[test]
fn a_list_alone_may_have_a_scope_and_needs_none() {
    assert_eq!((lists(&[None]), lists(&[Some("org")])), (String::new(), String::new()));
}

#[test]
fn of_several_lists_each_has_a_scope_of_its_own() {
    const NEEDED: &str = "each of several lists needs a scope: by it a record is found";
    assert_eq!(lists(&[Some("a"), Some("b"), Some("a.b")]), "");
    assert_eq!(lists(&[None, Some("P")]), format!("/0/scope: {NEEDED}"));
    assert_eq!(lists(&[Some("P"), None]), format!("/1/scope: {NEEDED}"));
    assert_eq!(lists(&[None, None]), format!("/0/scope: {NEEDED}"));
    let same = "/2/scope: another list has the same scope: by it a record is found";
    assert_eq!(lists(&[Some("a"), Some("b"), Some("a")]), same);
}

#[test]
fn a_scope_ends_where_the_id_begins() {
    for scope in ["a-b", "-", "", "a/b", "a b", "a|b", "a:b", "a@b", "a\n"] {
        let told = lists(&[Some("a"), Some(scope)]);
        assert_eq!(
            told,
            "/1/scope: here must stand letters, digits, dots and underscores: a hyphen divides it from the id"
        );
    }
}

#[test]
fn a_contact_person_names_its_relation_with_the_scope_of_a_list() {
    let position = |scope: Option<&str>| {
        let mut document: serde_json::Value = serde_json::from_str(REGISTER).unwrap();
        let at = document["persons"]["lists"]["record"]["positions"]["at"].as_object_mut().unwrap();
        at.remove("scope");
        scope.into_iter().for_each(|scope| drop(at.insert("scope".to_owned(), scope.into())));
        Dialect::parse(&document.to_string()).err().map(|misfit| misfit.to_string()).unwrap_or_default()
    };
    let at = "/persons/lists/record/positions/at/scope";
    assert_eq!(position(Some("person")), "");
    assert_eq!(position(Some("zz")), format!("{at}: no list of relations has this scope"));
    assert_eq!(position(None), format!("{at}: the lists of relations have scopes; say in which this relation stands"));
}

#[test]
fn a_word_means_one_thing() {
    let twice = "a word here means something else already";
    let record = |place: &str, words: serde_json::Value| {
        wrong(|d| *d.pointer_mut(&format!("/relations/record/{place}")).unwrap() = words)
    };
    assert_eq!(
        record("kind/word/private-person", ["bedrijf"].to_vec().into()),
        format!("/relations/record/kind/word/private-person: {twice}")
    );
    assert_eq!(
        record("status/word/archived", ["weg", "actief"].to_vec().into()),
        format!("/relations/record/status/word/archived: {twice}")
    );
    assert_eq!(
        record("addresses/rows/words/prive", ["hoofdkantoor"].to_vec().into()),
        format!("/relations/record/addresses/rows/words/prive: {twice}")
    );
    let genders = serde_json::json!({"male": ["m"], "female": ["v"], "other": ["m"]});
    assert_eq!(
        wrong(|d| d["persons"]["lists"]["record"]["genders"] = genders),
        format!("/persons/lists/record/genders/other: {twice}")
    );
}

#[test]
fn a_version_that_would_not_be_sent_back_is_refused() {
    for read_only in ["/meta", "/meta/version", "/meta/version/number"] {
        let told = wrong(|d| {
            d["writing"]["version"] = serde_json::json!({"member": "/meta/version"});
            d["writing"]["read-only"] = serde_json::json!(["/other", read_only]);
        });
        assert_eq!(told, "/writing/version: it stands under read-only, so it would not be sent back");
    }
    let told = wrong(|d| d["writing"]["read-only"] = serde_json::json!(["/other", ""]));
    assert_eq!(told, "/writing/read-only/1: here must stand a pointer to a member");
}

#[test]
fn rows_without_an_id_are_not_written_by_it() {
    let told = wrong(|d| {
        d["writing"]["method"] = "patch".into();
        d["writing"]["lists"] = "by-id".into();
        d["relations"]["record"]["organisation"]["email"] =
            serde_json::json!({"list": "/mails", "where": {"/soort": ["werk"]}, "at": "/adres"});
    });
    let expected = "rows are written by their id, and those from which fields are picked have none";
    assert_eq!(told, format!("/writing/lists: {expected}"));
}

#[test]
fn a_row_is_picked_by_at_least_one_word() {
    let told = wrong(|d| {
        d["relations"]["record"]["organisation"]["email"] =
            serde_json::json!({"list": "/mails", "where": {"/soort": []}, "at": "/adres"});
    });
    assert_eq!(told, "/relations/record/organisation/email/where/~1soort: here must stand a list of words");
}

#[test]
fn a_name_in_a_document_is_told_in_one_line_whatever_stands_in_it() {
    let told = wrong(|d| d["server"]["a\n\u{1b}[31m\u{202e}b"] = 1.into());
    assert_eq!(told, "/server: a\\u{a}\\u{1b}[31m\\u{202e}b is not known here; known are key, headers");
}

#[test]
fn a_long_name_in_a_document_is_told_by_its_first_forty_letters() {
    let long = "a".repeat(1_000_000);
    let told = wrong(|d| d["server"][&long] = 1.into());
    assert_eq!(told, format!("/server: {}… is not known here; known are key, headers", "a".repeat(40)));
    let told = wrong(|d| d["server"]["headers"] = serde_json::json!({ long: 1 }));
    assert_eq!(told, format!("/server/headers/{}…: here must stand a text", "a".repeat(40)));
}

#[test]
fn a_number_that_no_document_has_is_told_by_its_place() {
    let whole = "here must stand a whole number from 0 to 18446744073709551615";
    for number in ["-1", "-1.5", "1.0", "1e300", "18446744073709551616"] {
        let told = |from: &str, to: String| Dialect::parse(&BUILT_IN.replacen(from, &to, 1)).unwrap_err().to_string();
        let format = told("\"dialect\": 1", format!("\"dialect\": {number}"));
        assert_eq!(format, format!("/dialect: {whole}"), "{number}");
        let remark = told("\"name\"", format!("\"remarks\": [\"one\", {number}], \"name\""));
        assert_eq!(remark, format!("/remarks/1: {whole}"), "{number}");
    }
}

#[test]
fn a_member_that_stands_twice_is_told_by_its_place() {
    let told = |from: &str, to: &str| Dialect::parse(&BUILT_IN.replacen(from, to, 1)).unwrap_err().to_string();
    assert_eq!(told("\"name\"", "\"name\": \"geheim\", \"name\""), "/name: this stands there twice");
    let deep = told("\"server\": {", "\"server\": {\"remarks\": {\"a/b\": 1, \"a/b\": 2},");
    assert_eq!(deep, "/server/remarks/a~1b: this stands there twice");
    assert_eq!(told("{", "["), "the text is no JSON");
}

#[cfg(feature = "describe")]
#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/dialect.schema.json");
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(kept == schema(), "print it anew: koppeling dialect schema > docs/dialect.schema.json");
}
