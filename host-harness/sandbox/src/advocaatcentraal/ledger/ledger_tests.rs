#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use super::super::{AdvocaatCentraal, List, Office, Refusals, Wire};
use super::*;
use crate::population;

const NOW: Instant = Instant::from_millis(1_780_394_400_000);

fn ledger() -> AdvocaatCentraal {
    AdvocaatCentraal::new(Office::default(), Variants::default()).speaking(Wire::Ledger)
}

fn with(records: &[(List, Value)]) -> AdvocaatCentraal {
    let mut ac = ledger();
    for (list, record) in records {
        ac.load(*list, [record.as_object().unwrap().clone()]);
    }
    ac
}

fn request(method: &str, target: &str) -> Request {
    let login = format!("Basic {}", STANDARD.encode("koppeling:sandbox-key"));
    let request = Request::new(method, format!("/v1/ledgers/12345/{target}")).with_header("Authorization", login);
    request.with_header("X-Ledger-Version", "3")
}

fn get(ac: &mut AdvocaatCentraal, target: &str) -> Value {
    ac.handle(NOW, &request("GET", target)).json()
}

fn put(ac: &mut AdvocaatCentraal, target: &str, body: &Value) -> Response {
    ac.handle(NOW, &request("PUT", target).with_json(body))
}

fn code(answer: &Response) -> (u16, Value, Value) {
    let problem = answer.json()["problem"].clone();
    (answer.status, problem["code"].clone(), problem["member"].clone())
}

fn company() -> (List, Value) {
    (
        List::Relaties,
        json!({"id": "1001", "soort": "bedrijf", "status": "actief", "relatietypen": ["client"],
        "bedrijfsnaam": "Voorbeeld B.V.", "telefoonnummer": "020 555 01 23", "email": "", "kvk": "00123456",
        "fax": "020 555 01 99", "notitie": "blijft", "adressen": [{"id": "a1", "type": "hoofdkantoor",
        "straat": "Keizersgracht", "huisnummer": "12-14", "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam"}]}),
    )
}

fn contact() -> (List, Value) {
    (
        List::Contactpersonen,
        json!({"id": "5001", "status": "actief", "achternaam": "Voorbeeld", "geslacht": "V",
        "geboortedatum": "1980-02-29", "koppelingen": [{"relatie_id": "1001", "functie": "Directeur"}]}),
    )
}

#[test]
fn a_relation_and_its_contact_persons_are_shown_in_its_own_words() {
    let mut ac = with(&[company(), contact()]);
    assert_eq!(
        get(&mut ac, "relations/1001"),
        json!({"id": 1001, "isActive": true, "company": {"name": "Voorbeeld B.V.", "registration": 123456}, "person": null,
            "groups": ["client"], "points": [{"medium": "fax", "use": "work", "value": "020 555 01 99"},
                {"medium": "phone", "use": "work", "value": "020 555 01 23"}],
            "addresses": [{"key": "a1", "use": "visit", "street": "Keizersgracht", "number": "12-14 hs", "zip": "1015 CS",
                "town": "Amsterdam", "country": null}]})
    );
    assert_eq!(
        get(&mut ac, "relations/1001/contacts")["items"],
        json!([{"nr": 5001, "firstNames": null, "infix": null, "lastName": "Voorbeeld", "initials": null, "mobile": null,
            "phone": null, "mail": null, "born": "29-02-1980", "sex": 2, "job": "Directeur", "extension": null,
            "home": null}])
    );
    ac.archive(NOW, List::Contactpersonen, "5001").unwrap();
    assert_eq!(get(&mut ac, "relations/1001/contacts")["items"], json!([]));
    assert_eq!(get(&mut ac, "relations/1001/contacts/5001")["problem"]["code"], "REL-0404");
}

#[test]
fn a_list_goes_on_by_offset_in_order_of_its_ids() {
    let mut ac = ledger();
    population::seeded(1, 60).load_into(&mut ac);
    let (mut seen, mut total) = (Vec::new(), 1);
    while seen.len() < total {
        let page = get(&mut ac, &format!("relations?offset={}&limit=25&view=full", seen.len()));
        total = usize::try_from(page["total"].as_u64().unwrap()).unwrap();
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].to_string()));
    }
    let stored = ac.relaties().filter(|(_, record)| record.current().text("status") != "verwijderd");
    assert_eq!(seen, stored.map(|(id, _)| id.to_owned()).collect::<Vec<_>>());
    assert_eq!(
        get(&mut ac, "relations?limit=1")["items"].as_array().unwrap()[0].as_object().unwrap().len(),
        2,
        "short"
    );
    for wrong in ["relations?page=1", "relations?limit=101", "relations?changed=2026-03-02", "relations/1001?view=full"]
    {
        assert_eq!(get(&mut ac, wrong)["problem"]["code"], "GEN-0001", "{wrong}");
    }
}

#[test]
fn a_write_is_of_what_changed_and_is_answered_with_nothing() {
    let mut ac = with(&[company(), contact()]);
    let fields = |ac: &AdvocaatCentraal| ac.relatie("1001").unwrap().current().fields().clone();
    let mut expected = fields(&ac);
    let shown = get(&mut ac, "relations/1001");
    let answer = put(&mut ac, "relations/1001", &shown);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(fields(&ac), expected, "what comes back as it was shown stays");
    put(&mut ac, "relations/1001", &json!({"company": {"name": "Kanarie B.V."}}));
    expected["bedrijfsnaam"] = "Kanarie B.V.".into();
    assert_eq!(fields(&ac), expected);
    let points = json!([{"medium": "phone", "use": "work", "value": null},
        {"medium": "mail", "use": "work", "value": "kanarie@voorbeeld.example"}]);
    put(&mut ac, "relations/1001", &json!({"points": points}));
    expected["telefoonnummer"] = Value::Null;
    expected["fax"] = Value::Null;
    expected["email"] = "kanarie@voorbeeld.example".into();
    assert_eq!(fields(&ac), expected, "a point that is left out is gone");
    let home = json!({"sex": 9, "born": "31-12-1979", "job": null, "home": {"street": "Kanariehof", "number": "7"}});
    assert_eq!(put(&mut ac, "relations/1001/contacts/5001", &home).status, 204);
    let contact = ac.contactpersoon("5001").unwrap().current();
    assert_eq!((contact.text("geslacht"), contact.text("geboortedatum")), ("X", "1979-12-31"));
    assert_eq!(contact.rows("koppelingen")[0]["functie"], Value::Null);
    assert_eq!(contact.rows("adressen")[0]["huisnummer"], "7");
    assert_eq!(ac.counters().violations(), 0);
}

#[test]
fn an_address_is_known_by_its_key_and_none_can_be_made() {
    let mut ac = with(&[company()]);
    let mut rows = get(&mut ac, "relations/1001")["addresses"].clone();
    rows[0]["number"] = "97 bis".into();
    assert_eq!(put(&mut ac, "relations/1001", &json!({ "addresses": rows })).status, 204);
    let row = ac.relatie("1001").unwrap().current().rows("adressen")[0].clone();
    assert_eq!((&row["huisnummer"], &row["toevoeging"], &row["id"]), (&json!("97 bis"), &Value::Null, &json!("a1")));
    rows[0].as_object_mut().unwrap().remove("key");
    let answer = put(&mut ac, "relations/1001", &json!({ "addresses": rows }));
    assert_eq!(code(&answer), (400, json!("REL-0007"), json!("addresses")));
}

#[test]
fn nearly_everything_that_is_wrong_is_a_400_with_a_code() {
    let mut ac = with(&[company(), contact()]);
    let refused = |ac: &mut AdvocaatCentraal, body: Value| code(&put(ac, "relations/1001", &body));
    let of = |member: &str| (400, json!("REL-0007"), json!(member));
    let point = |medium: &str, value: Value| json!({"points": [{"medium": medium, "use": "work", "value": value}]});
    assert_eq!(refused(&mut ac, point("mail", json!("geen adres"))), of("points"));
    assert_eq!(refused(&mut ac, point("pigeon", json!("x"))), of("points"));
    assert_eq!(refused(&mut ac, json!({"company": {"registration": "12345678"}})), of("registration"));
    assert_eq!(refused(&mut ac, json!({"person": {"name": "x"}})), of("person"));
    assert_eq!(refused(&mut ac, json!({"isActive": false})), of("isActive"));
    let answer = put(&mut ac, "relations/1001/contacts/5001", &json!({"mail": "geen adres"}));
    assert_eq!(code(&answer), of("mail"));
    assert_eq!(get(&mut ac, "relations/7")["problem"]["code"], "REL-0404");
    assert_eq!(get(&mut ac, "relations/7/contacts")["problem"]["code"], "REL-0404");
    let nobody = Request::new("GET", "/v1/ledgers/12345/relations").with_header("X-Ledger-Version", "3");
    assert_eq!(code(&ac.handle(NOW, &nobody)), (403, json!("GEN-0403"), Value::Null));
    let mut versionless = request("GET", "relations");
    versionless.headers.retain(|(name, _)| name != "X-Ledger-Version");
    assert_eq!(code(&ac.handle(NOW, &versionless)), (400, json!("GEN-0003"), Value::Null));
    ac.variants_mut().refusals = Refusals::Bare;
    assert_eq!(refused(&mut ac, json!({"isActive": false})), (400, json!("REL-0007"), Value::Null));
    assert_eq!(ac.counters().violations(), 0);
    assert_eq!(ac.handle(NOW, &request("DELETE", "relations/1001")).status, 405);
    assert_eq!(ac.counters().violations(), 1);
}

#[test]
fn too_many_calls_are_told_with_the_date_at_which_they_end() {
    let mut ac = with(&[company()]);
    ac.is_busy_until(NOW.plus(Duration::from_secs(60)));
    let answer = ac.handle(NOW, &request("GET", "relations/1001"));
    assert_eq!(code(&answer), (400, json!("GEN-0429"), Value::Null));
    assert_eq!(answer.header("x-try-again-at"), Some("Tue, 02 Jun 2026 10:01:00 GMT"));
}
