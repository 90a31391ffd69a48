//! Whatever someone saved, a check and a draft end with a report, and what is drafted is a dialect.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::{NoDraft, draft};
use crate::document::Dialect;
use crate::samples::{Answer, Asked, KeyAt, Recording, json as read_json, report, values};

/// Names that mean something to one of the dialects or to a draft, and some that mean nothing.
const NAMES: &[&str] = &[
    "id",
    "ID",
    "uuid",
    "relatie_id",
    "contact_id",
    "soort",
    "type",
    "name",
    "naam",
    "company_name",
    "bedrijfsnaam",
    "kvk",
    "registration_number",
    "firstname",
    "first_names",
    "achternaam",
    "last_name",
    "lastname",
    "tussenvoegsels",
    "prefix",
    "voorletters",
    "geboortedatum",
    "birthdate",
    "geslacht",
    "gender",
    "email",
    "email_addresses",
    "address",
    "website",
    "web_sites",
    "phone",
    "mobile",
    "telefoon",
    "phone_numbers",
    "number",
    "status",
    "archived",
    "active",
    "gewijzigd",
    "updated_at",
    "version",
    "etag",
    "relatietypen",
    "categories",
    "kinds",
    "adressen",
    "addresses",
    "visiting_address",
    "straat",
    "street",
    "address1",
    "postal_address1",
    "huisnummer",
    "huisletter",
    "toevoeging",
    "postcode",
    "zipcode",
    "postal_zipcode",
    "plaats",
    "city",
    "postal_city",
    "land",
    "country",
    "koppelingen",
    "positions",
    "contact_people",
    "functie",
    "title",
    "doorkiesnummer",
    "data",
    "relaties",
    "contactpersonen",
    "rows",
    "volgende",
    "next",
    "links",
    "meta",
    "pages",
    "total",
    "page",
    "value",
    "label",
    "a/b",
    "a~c",
    "",
    "0",
    "-",
    "jan@voorbeeld.example",
    "Zoë",
];

/// Words that stand in records.
const WORDS: &[&str] = &[
    "bedrijf",
    "particulier",
    "Company",
    "Person",
    "actief",
    "archived",
    "true",
    "",
    " ",
    "M",
    "f",
    "Onbekend",
    "hoofdkantoor",
    "Work",
    "Home",
    "Mobile",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "2026-01-02 03:04",
    "02-01-1980",
    "1780394400",
    "12",
    "12 a",
    "Vinkenkade 12",
    "1015 CS",
    "https://ac.example/next?page=2",
    "/next",
    "?after=7",
    "7",
    "é2026-01-02T03:04é",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(WORDS).prop_map(Value::from),
        1 => ".{0,24}".prop_map(Value::from),
        2 => any::<u64>().prop_map(Value::from),
        2 => (0_u64..40).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn object(inside: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    vec((select(NAMES), inside), 0..10).prop_map(|members| {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
    })
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(
        4,
        60,
        8,
        |inside| prop_oneof![1 => vec(inside.clone(), 0..5).prop_map(Value::from), 2 => object(inside)],
    )
}

/// Rows that have an id, so that a draft takes them for a list.
fn list() -> impl Strategy<Value = Value> {
    let kinds = select(&["bedrijf", "particulier", "Company", "Person"][..]);
    vec((object(value()), kinds, any::<u32>()), 1..5).prop_map(|rows| {
        let rows = rows.into_iter().map(|(mut row, kind, id)| {
            row["id"] = id.into();
            row["soort"] = kind.into();
            row
        });
        json!({ "relaties": rows.collect::<Vec<_>>() })
    })
}

/// Every way in which a recording tells that a key travels.
fn key() -> impl Strategy<Value = KeyAt> {
    let name =
        || select(&["key", "X-Api-Key", "Ocp-Apim-Subscription-Key", "access_token"][..]).prop_map(str::to_owned);
    prop_oneof![Just(KeyAt::Bearer), Just(KeyAt::Basic), name().prop_map(KeyAt::Header), name().prop_map(KeyAt::Query),]
}

fn asked() -> impl Strategy<Value = Option<Asked>> {
    let parts = select(
        &["/", "relaties", "/12345", "/7", "/{id}", ".json", "/contacts", "/api/v2", "//", "..", "é", "/users"][..],
    );
    let path = vec(parts, 0..5).prop_map(|parts| parts.concat());
    let query = vec((select(NAMES).prop_map(str::to_owned), select(WORDS).prop_map(str::to_owned)), 0..4);
    let method = select(&["GET", "PUT", "PATCH", "POST", "?"][..]);
    let flags = (any::<bool>(), any::<bool>());
    let names = select(&["X-Version", "X-Tenant", "Host", "jan@voorbeeld.example", "x y", ""][..]);
    let headers = vec((names, select(&["3", "2026-01-01", "geheim", ""][..])), 0..2);
    let asked = (
        path,
        query,
        method,
        any::<u16>(),
        proptest::option::of(value()),
        proptest::option::of(key()),
        (flags, headers),
    );
    proptest::option::of(asked.prop_map(
        |(path, query, method, status, sent, key, ((has_etag, has_next_link), headers))| Asked {
            host: "ac.example".to_owned(),
            method: method.to_owned(),
            path,
            query,
            status: if status % 2 == 0 { 200 } else { status },
            sent,
            key,
            secrets: Vec::new(),
            headers:
                headers.into_iter().map(|(name, value): (&str, &str)| (name.to_owned(), value.to_owned())).collect(),
            is_form: false,
            has_etag,
            has_next_link,
        },
    ))
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let body = prop_oneof![value(), list()];
    vec((asked(), body).prop_map(|(asked, body)| Answer { asked, body }), 0..6)
}

proptest! {
    // A failure is told with its input; nothing is kept in the repository.
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_answers_give_a_report(answers in answers()) {
        for text in [crate::BUILT_IN, crate::PRACTICE, crate::BOOKKEEPING, crate::REGISTER, crate::LEDGER] {
            let dialect = Dialect::parse(text).unwrap();
            let told = report(&dialect, &answers);
            prop_assert_eq!(values(&dialect, &answers).len(), told.fields.len());
            for field in told.fields {
                let found = field.found.unwrap_or_default();
                prop_assert!(found.not_understood <= found.filled());
            }
        }
    }

    #[test]
    fn any_answers_give_a_draft_that_holds_or_one_sentence(answers in answers()) {
        match draft(&answers) {
            Ok(drafted) => {
                let mut document = drafted.document;
                for at in drafted.open {
                    *document.pointer_mut(&at).unwrap() = json!("none");
                }
                let dialect = Dialect::parse(&document.to_string());
                prop_assert!(dialect.is_ok(), "{dialect:?}");
                report(&dialect.unwrap(), &answers);
            }
            Err(NoDraft::NoList(count)) => prop_assert_eq!(count, answers.len()),
            Err(NoDraft::Misfit(misfit)) => prop_assert!(false, "{misfit}"),
        }
    }

    #[test]
    fn any_json_is_a_recording_or_none(entries in vec(value(), 0..4), other in value()) {
        let _ = Recording::read(other.to_string().as_bytes());
        let whole = json!({ "log": { "entries": entries } });
        prop_assert!(Recording::read(whole.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn any_bytes_are_a_recording_or_none(bytes in vec(any::<u8>(), 0..200)) {
        let _ = (Recording::read(&bytes), read_json(&bytes));
    }
}
