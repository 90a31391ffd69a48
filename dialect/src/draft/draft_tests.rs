#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::document::Dialect;
use crate::samples::{Recording, report};

const KEY: &str = "geheimesleutel";
const COOKIE: &str = "koekjesinhoud";

fn of(bodies: &[Value]) -> Value {
    let answers: Vec<Answer> = bodies.iter().cloned().map(Answer::alone).collect();
    draft(&answers).unwrap().document
}

/// A recording of these requests: method, path with its query, what was sent, what was answered.
fn recorded(entries: &[(&str, &str, Value, Value)]) -> Vec<Answer> {
    let entries: Vec<Value> = entries
        .iter()
        .map(|(method, target, sent, body)| {
            json!({
                "request": {
                    "method": method, "url": format!("https://ac.example{target}"), "postData": {"text": sent.to_string()},
                    "headers": [{"name": "X-Api-Key", "value": KEY}, {"name": "Cookie", "value": format!("sessie={COOKIE}")}],
                    "cookies": [{"name": "sessie", "value": COOKIE}],
                },
                "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": body.to_string()}},
            })
        })
        .collect();
    Recording::read(json!({"log": {"entries": entries}}).to_string().as_bytes()).unwrap().answers
}

fn customers() -> Value {
    json!({"customers": [
        {"customerId": 71, "customerType": "Business", "companyName": "Kwikstaart B.V.", "contact": {"emailAddress": "post@kwikstaart.example"},
            "phone": {"number": "020 555 01 01"}, "chamber-of-commerce": 1234567, "isActive": true, "lastModified": 1780394400,
            "visitingAddress": {"street": "Vinkenkade", "houseNumber": 12, "suffix": "a", "zipCode": "1015 CS", "city": "Zwaluwdorp"},
            "owner": {"email": "chef@kantoor.example"}},
        {"customerId": 72, "customerType": "Consumer", "fullName": "Merel Kanarie", "contact": {"emailAddress": null}, "isActive": false,
            "lastModified": 1780394500, "homeAddress": {"street": "Lijsterpad", "houseNumber": 3, "suffix": null, "zipCode": "1016 AA", "city": "Zwaluwdorp"}},
    ], "paging": {"nextCursor": "bladwijzer"}})
}

#[test]
fn names_are_known_in_two_languages_and_however_they_are_joined() {
    let drafted = of(&[customers()]);
    let record = &drafted["relations"]["record"];
    assert_eq!(record["id"], "/customerId");
    assert_eq!(
        record["kind"],
        json!({"word": {"at": "/customerType", "organisation": ["Business"], "private-person": ["Consumer"]}})
    );
    assert_eq!(record["status"], json!({"flag": {"at": "/isActive", "says-active": true}}));
    assert_eq!(record["changed"], json!({"at": "/lastModified", "form": "seconds"}));
    assert_eq!(
        record["organisation"],
        json!({"bedrijfsnaam": "/companyName", "email": "/contact/emailAddress", "telefoonnummer": "/phone/number",
            "kvk": {"at": "/chamber-of-commerce", "as": "number"}})
    );
    assert_eq!(record["private-person"]["naam"], "/fullName");
    let places = &record["addresses"]["places"];
    assert_eq!(
        (&places["hoofdkantoor"]["at"], &places["prive"]["at"]),
        (&json!("/visitingAddress"), &json!("/homeAddress"))
    );
    assert_eq!(places["prive"]["parts"]["huisnummer"], json!({"two": {"number": "/houseNumber", "suffix": "/suffix"}}));
    assert_eq!(drafted["relations"]["lists"][0]["rows"], "/customers");
}

#[test]
fn a_list_of_fields_with_names_becomes_a_pick() {
    let fields = |name: &str, kvk: &str| json!([{"label": "KvK-nummer", "value": kvk}, {"label": "Website", "value": format!("{name}.example")}]);
    let drafted = of(&[json!([
        {"id": "1", "soort": "bedrijf", "naam": "Vink", "velden": fields("vink", "01234567")},
        {"id": "2", "soort": "bedrijf", "naam": "Specht", "velden": fields("specht", "02345678")},
    ])]);
    let organisation = &drafted["relations"]["record"]["organisation"];
    assert_eq!(organisation["kvk"], json!({"list": "/velden", "where": {"/label": ["KvK-nummer"]}, "at": "/value"}));
    assert_eq!(organisation["website"]["where"], json!({"/label": ["Website"]}));
}

#[test]
fn two_lists_tell_the_kind_by_their_address() {
    let answers = recorded(&[
        (
            "GET",
            "/api/organisaties",
            json!({}),
            json!([{"id": 1, "naam": "Vink", "kvk": "01234567", "email": "a@vink.example"}]),
        ),
        (
            "GET",
            "/api/personen",
            json!({}),
            json!([{"id": 1, "naam": "Merel", "email": "m@merel.example", "telefoon": "020 555 01 02"}]),
        ),
    ]);
    let drafted = draft(&answers).unwrap().document;
    assert_eq!(drafted["relations"]["record"]["kind"], "by-list");
    let of: Vec<&Value> = drafted["relations"]["lists"].as_array().unwrap().iter().map(|list| &list["of"]).collect();
    assert_eq!((of.contains(&&json!("organisation")), of.contains(&&json!("private-person"))), (true, true));
}

#[test]
fn a_recording_tells_addresses_parameters_and_the_key() {
    let person = json!({"id": 5, "firstName": "Merel", "lastName": "Kanarie", "jobTitle": "Zanger", "email": "m@kanarie.example"});
    let customer = customers()["customers"][0].clone();
    let answers = recorded(&[
        ("GET", "/v1/12345/customers?limit=50&updatedSince=2026-01-02T03:04:05Z&active=true", json!({}), customers()),
        ("GET", "/v1/12345/customers?limit=50&cursor=bladwijzer&active=true", json!({}), customers()),
        ("GET", "/v1/12345/customers/71", json!({}), customer.clone()),
        ("PATCH", "/v1/12345/customers/71", json!({"phone": {}}), customer),
        ("GET", "/v1/12345/customers/71/people", json!({}), json!([person])),
    ]);
    let drafted = draft(&answers).unwrap().document;
    let list = &drafted["relations"]["lists"][0];
    assert_eq!(
        (&list["path"], &list["single"]),
        (&json!("/v1/{office}/customers"), &json!("/v1/{office}/customers/{id}"))
    );
    assert_eq!(list["paging"], json!({"cursor": {"parameter": "cursor", "next": "/paging/nextCursor"}}));
    assert_eq!(list["changed-since"], json!({"parameter": {"parameter": "updatedSince", "form": "utc"}}));
    assert_eq!((&list["size"], &list["parameters"]), (&json!("limit"), &json!({"active": "true"})));
    assert_eq!(drafted["server"]["key"], json!({"header": {"name": "X-Api-Key"}}));
    assert_eq!((&drafted["writing"]["method"], &drafted["writing"]["version"]), (&json!("patch"), &json!("none")));
    let of_relation = &drafted["persons"]["of-relation"];
    assert_eq!(of_relation["path"], "/v1/{office}/customers/{parent}/people");
    assert_eq!(of_relation["record"]["positions"], json!({"inside": {"functie": "/jobTitle"}}));
}

#[test]
fn nothing_secret_and_no_value_is_in_a_draft_or_a_report() {
    let answers = recorded(&[
        ("GET", &format!("/api/{KEY}/customers?zoek=Kwikstaart&token={KEY}&x={COOKIE}"), json!({}), customers()),
        ("GET", "/api/klanten/jan-vink/notities?bij=Kanarie", json!({}), json!({"id": 1, "tekst": "Kwikstaart belde"})),
    ]);
    let drafted = draft(&answers).unwrap().document.to_string();
    let told = format!("{:?}", report(&Dialect::parse(&drafted).unwrap(), &answers));
    let values = [
        "Kwikstaart",
        "kwikstaart",
        "Kanarie",
        "Vinkenkade",
        "1015 CS",
        "Zwaluwdorp",
        "020 555",
        "1234567",
        "jan-vink",
        "bladwijzer",
    ];
    for value in values.into_iter().chain([KEY, COOKIE, "ac.example"]) {
        assert!(!drafted.contains(value), "{value} in {drafted}");
        assert!(!told.contains(value), "{value} in {told}");
    }
}

#[test]
fn however_the_key_travels_the_draft_says_so_and_holds() {
    let key = |header: Value, target: &str| {
        let entry = json!({
            "request": {"method": "GET", "url": format!("https://ac.example{target}"), "headers": [header]},
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": customers().to_string()}},
        });
        let recording = json!({"log": {"entries": [entry]}}).to_string();
        draft(&Recording::read(recording.as_bytes()).unwrap().answers).unwrap().document["server"]["key"].clone()
    };
    let header = |name: &str, value: &str| json!({"name": name, "value": value});
    assert_eq!(key(header("Authorization", &format!("Bearer {KEY}")), "/customers"), "bearer");
    assert_eq!(key(header("Authorization", &format!("Basic {KEY}")), "/customers"), "basic");
    assert_eq!(key(header("X-Api-Key", KEY), "/customers"), json!({"header": {"name": "X-Api-Key"}}));
    let in_query = key(header("Accept", "*/*"), &format!("/customers?key={KEY}"));
    assert_eq!(in_query, json!({"query": {"name": "key"}}));
}

/// What is drafted of these answers, remarks and all; also where it is refused.
fn told(bodies: &[Value]) -> String {
    let answers: Vec<Answer> = bodies.iter().cloned().map(Answer::alone).collect();
    draft(&answers).map_or_else(|no| no.to_string(), |drafted| drafted.document.to_string())
}

fn company(number: usize) -> Value {
    json!({"id": number, "soort": "bedrijf", "bedrijfsnaam": "x", "email": "y", "kvk": "01234567"})
}

#[test]
fn a_name_that_is_data_is_never_in_a_draft() {
    let people = ["Kanarie", "Vink", "Merel", "Specht"];
    let list = json!({"relaties": [company(1), company(2)]});
    let by_name = |number: usize| json!({ people[number]: company(number) });
    let byname = |of: Value| {
        let relatie = |number: usize| {
            let mut relatie = company(number);
            relatie["contact"] = json!({ people[number]: of });
            relatie.as_object_mut().unwrap().remove("email");
            relatie
        };
        json!({"relaties": (0..4).map(relatie).collect::<Vec<_>>()})
    };
    let all: Map<String, Value> = people.iter().enumerate().map(|(n, name)| ((*name).to_owned(), company(n))).collect();
    for bodies in [
        vec![json!({"data": {"jan@voorbeeld.example-9": company(9), "Kanarie": company(8)}}), list.clone()],
        vec![json!({"data": {"jan@voorbeeld.example-9": company(9)}}), list.clone()],
        vec![json!({ "data": all }), list.clone()],
        (0..4).map(|number| json!({ "data": by_name(number) })).chain([list]).collect(),
        vec![byname(json!("post@vink.example"))],
        vec![byname(json!({"email": "post@vink.example"}))],
    ] {
        let told = told(&bodies);
        for name in people.into_iter().chain(["voorbeeld.example"]) {
            assert!(!told.contains(name), "{name} in {told}");
        }
    }
}

#[test]
fn a_record_in_an_envelope_is_found_by_the_name_of_a_member() {
    let drafted = of(&[json!({"relaties": [company(1), company(2)]}), json!({"data": company(1), "meta": {"a": 1}})]);
    assert_eq!(drafted["relations"]["lists"][0]["one"], "/data");
}

#[test]
fn of_two_guesses_at_one_member_the_later_is_left_out_with_a_remark() {
    let row = |id: usize| json!({"id": id, "soort": "bedrijf", "bedrijfsnaam": "x", "status": "actief", "version": {"email": "y"}});
    let mut document = of(&[json!({"relaties": [row(1), row(2)]})]);
    document["writing"]["version"] = json!({"member": "/bedrijfsnaam"});
    let Value::Object(document) = document else { panic!("an object") };
    let finished = holding::finish(document, Remarks::default()).unwrap();
    assert_eq!(finished.document.pointer("/relations/record/organisation/bedrijfsnaam"), None);
    let remark = "/relations/record/organisation/bedrijfsnaam: it is left out, since with it the draft would not hold: this \
                  stands where the version stands";
    assert_eq!(finished.document["remarks"][0], remark);
}

#[test]
fn what_is_missing_is_told_in_one_line() {
    let told = draft(&[Answer::alone(json!({"uren": [{"id": 1, "tekst": "geheim"}]}))]).unwrap_err().to_string();
    assert!(
        told.starts_with("none of 1 answers holds a list of relations")
            && !told.contains('\n')
            && !told.contains("geheim")
    );
}

#[test]
fn each_guess_carries_a_remark_with_a_place_in_the_document() {
    let drafted = of(&[customers()]);
    let remarks = drafted["remarks"].as_array().unwrap();
    let about = |place: &str| remarks.iter().any(|remark| remark.as_str().unwrap().starts_with(&format!("{place}: ")));
    for place in ["/server/key", "/office", "/persons", "/relations/lists/0/path", "/relations/record/types", "/errors"]
    {
        assert!(about(place), "{place}");
    }
}

#[test]
fn what_the_samples_do_not_show_is_not_in_the_draft() {
    let drafted = of(&[json!({"relaties": [
        {"id": "1", "soort": "bedrijf", "status": "actief", "bedrijfsnaam": "Vink"},
        {"id": "2", "soort": "particulier", "status": "actief", "naam": "Merel"},
    ]})]);
    assert_eq!(
        (&drafted["office"], &drafted["errors"], &drafted["persons"]),
        (&Value::Null, &Value::Null, &json!("none"))
    );
    let list = &drafted["relations"]["lists"][0];
    assert_eq!(
        (&list["paging"], &list["changed-since"], &list["size"]),
        (&json!("none"), &json!("none"), &Value::Null)
    );
    let record = &drafted["relations"]["record"];
    assert_eq!(record["status"], json!({"word": {"at": "/status", "active": ["actief"]}}));
    assert_eq!(record["organisation"], json!({"bedrijfsnaam": "/bedrijfsnaam"}));
    assert_eq!((&record["addresses"], &record["changed"]), (&json!("none"), &Value::Null));
    assert_eq!(drafted["writing"]["adds-addresses"], Value::Null);
}

#[test]
fn where_all_records_are_of_one_kind_the_list_tells_it() {
    let drafted =
        of(&[json!([{"id": 1, "companyName": "Vink", "kvk": "01234567"}, {"id": 2, "companyName": "Specht"}])]);
    assert_eq!(drafted["relations"]["record"]["kind"], "by-list");
    assert_eq!(drafted["relations"]["lists"][0]["of"], "organisation");
}

#[test]
fn a_record_in_an_envelope_is_read_inside_it() {
    let person = json!({"id": 5, "firstName": "Merel", "lastName": "Kanarie", "phones": [{"type": "mobile", "number": "06"}],
        "contactId": 71});
    let drafted = of(&[customers(), json!({"data": [person]}), json!({"data": person})]);
    let lists = &drafted["persons"]["lists"];
    assert_eq!((&lists["lists"][0]["rows"], &lists["lists"][0]["one"]), (&json!("/data"), &json!("/data")));
    assert_eq!(lists["record"]["id"], "/id");
    assert_eq!(lists["record"]["fields"]["mobiel"]["list"], "/phones");
    assert_eq!(lists["record"]["positions"]["at"]["relation"], "/contactId");
}

#[test]
fn contact_persons_inside_a_relation_are_not_its_addresses() {
    let people = json!([{"id": 9, "firstname": "Merel", "lastname": "Kanarie", "address1": "Lijsterpad 3", "zipcode": "1016 AA", "city": "Zwaluwdorp"}]);
    let drafted = of(&[json!([
        {"id": 1, "company_name": "Vink", "address1": "Vinkenkade 12", "zipcode": "1015 CS", "city": "Zwaluwdorp", "people": people},
        {"id": 2, "lastname": "Merel", "address1": "Lijsterpad 3", "zipcode": "1016 AA", "city": "Zwaluwdorp", "people": []},
    ])]);
    assert_eq!(drafted["persons"]["inside"]["rows"], "/people");
    let parts = &drafted["relations"]["record"]["addresses"]["places"]["hoofdkantoor"]["parts"];
    assert_eq!((&parts["straat"], &parts["huisnummer"]), (&json!("/address1"), &json!("in-street")));
}

#[test]
fn an_id_that_looks_like_a_word_is_none_in_an_address() {
    let of = |id: &str| json!({"relatieId": id, "soort": "bedrijf", "bedrijfsnaam": "Vink", "groep": {"id": 3, "naam": "Client"}});
    let answers = recorded(&[
        ("GET", "/v2/relaties", json!({}), json!([of("R1"), of("vink")])),
        ("GET", "/v2/relaties/R1", json!({}), of("R1")),
        ("GET", "/v2/relaties/vink", json!({}), of("vink")),
        ("GET", "/v2/groepen", json!({}), json!([{"id": 3, "naam": "Client"}, {"id": 4, "naam": "Overig"}])),
    ]);
    let drafted = draft(&answers).unwrap().document;
    let list = &drafted["relations"]["lists"][0];
    assert_eq!((&list["path"], &list["single"]), (&json!("/v2/relaties"), &json!("/v2/relaties/{id}")));
    assert_eq!(drafted["relations"]["record"]["types"], json!({"one": "/groep/id"}));
    assert_eq!(drafted["types"]["list"], json!({"path": "/v2/groepen", "rows": "", "id": "/id", "name": "/naam"}));
}

#[test]
fn a_filter_gets_into_a_draft_only_where_it_says_no_more_than_a_moment() {
    let of = |filter: &str| {
        let target = format!("/api/customers?Filter={filter}");
        draft(&recorded(&[("GET", &target, json!({}), customers())])).unwrap().document
    };
    let alone = of("Changed%20gt%20%272026-01-02T03:04:05%27");
    assert_eq!(
        alone["relations"]["lists"][0]["changed-since"],
        json!({"parameter": {"parameter": "Filter", "form": "naive", "pattern": "Changed gt '{since}'", "exclusive": true}})
    );
    let blank = of("Changed%20gt%20%272026-01-02%2003:04:05%27");
    let blank = &blank["relations"]["lists"][0]["changed-since"]["parameter"];
    assert_eq!((&blank["form"], &blank["pattern"]), (&json!("naive"), &json!("Changed gt '{since}'")));
    for with_more in [
        "Name%20eq%20%27Kanarie%27%20and%20Changed%20gt%20%272026-01-02%27",
        "Changed%20gt%20%272026-01-02%27%20or%207",
        "Kanarie",
    ] {
        let drafted = of(with_more);
        assert_eq!(drafted["relations"]["lists"][0]["changed-since"], "none", "{with_more}");
        assert!(!drafted.to_string().contains("Kanarie"), "{with_more}");
        let is_named = drafted.to_string().contains("the parameter Filter holds a date in the samples");
        assert_eq!(is_named, with_more.contains("2026"), "{with_more}");
    }
}

#[test]
fn an_empty_field_is_seen_at_any_depth() {
    for (email, suffix, expected) in [(json!(""), json!(""), "blank"), (json!(null), json!(null), "null")] {
        let drafted = of(&[json!({"relaties": [
            {"id": 1, "soort": "bedrijf", "bedrijfsnaam": "Vink", "contact": {"email": email}},
            {"id": 2, "soort": "bedrijf", "bedrijfsnaam": "Merel", "adressen": [{"straat": "Vinkenkade", "toevoeging": suffix}]},
        ]})]);
        assert_eq!(drafted["writing"]["empty"], expected);
        assert!(!drafted["remarks"].to_string().contains("/writing/empty"), "{drafted}");
    }
}

#[test]
fn the_number_of_a_home_is_no_telephone_and_a_number_is_no_word_for_a_gender() {
    let person = json!({"nr": 5, "firstName": "Merel", "lastName": "Kanarie", "phone": "020 555 01 02", "sex": 2,
        "home": {"street": "Lijsterpad", "number": "3", "zip": "1016 AA", "town": "Zwaluwdorp"}});
    let drafted = of(&[customers(), json!([person])]);
    let record = &drafted["persons"]["lists"]["record"];
    assert_eq!((&record["id"], &record["fields"]["prive_telefoon"]), (&json!("/nr"), &json!("/phone")));
    assert_eq!((&record["fields"]["geslacht"], &record["genders"]), (&Value::Null, &Value::Null));
    assert_eq!(record["addresses"]["places"]["prive"]["at"], "/home");
}
