#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use super::super::{AdvocaatCentraal, Etag, Filter, List, Office, Order, Refusals, Wire};
use super::*;
use crate::population;

const NOW: Instant = Instant::from_millis(1_780_394_400_000);

/// A register, and a session with it.
struct Register {
    ac: AdvocaatCentraal,
    session: String,
}

impl Register {
    fn new(variants: Variants) -> Self {
        let ac = AdvocaatCentraal::new(Office::default(), variants).speaking(Wire::Register);
        let mut register = Self { ac, session: String::new() };
        register.session = register.open(NOW, "sandbox-key").json()["Session"]["Token"].as_str().unwrap().to_owned();
        register
    }

    fn with(variants: Variants, records: &[(List, Value)]) -> Self {
        let mut register = Self::new(variants);
        for (list, record) in records {
            register.ac.load(*list, [record.as_object().unwrap().clone()]);
        }
        register
    }

    fn open(&mut self, now: Instant, key: &str) -> Response {
        let request = Request::new("POST", "/register/session").with_header("X-Tenant", "12345");
        self.ac.handle(now, &request.with_json(&json!({ "ApiKey": key })))
    }

    fn request(&self, method: &str, target: &str) -> Request {
        let request = Request::new(method, format!("/register/{target}")).with_header("X-Tenant", "12345");
        request.with_header("X-Session", self.session.clone())
    }

    fn get(&mut self, target: &str) -> Value {
        let request = self.request("GET", target);
        self.ac.handle(NOW, &request).json()
    }

    /// Sends a record back with a change, and tells the answer.
    fn put(&mut self, target: &str, change: impl FnOnce(&mut Value)) -> Response {
        let mut record = self.get(target)["Record"].clone();
        for own in shape::OWN {
            record.as_object_mut().unwrap().remove(own);
        }
        change(&mut record);
        let request = self.request("PUT", target).with_json(&record);
        self.ac.handle(NOW, &request)
    }

    fn code(&mut self, target: &str, change: impl FnOnce(&mut Value)) -> (Value, Value) {
        let fault = self.put(target, change).json()["Fault"].clone();
        (fault["Code"].clone(), fault["Member"].clone())
    }

    /// All ids of a list, page by page.
    fn walk(&mut self, list: &str, first: &str) -> Vec<String> {
        let (mut seen, mut target) = (Vec::new(), format!("{list}{first}"));
        loop {
            let page = self.get(&target);
            seen.extend(
                page["Items"].as_array().unwrap().iter().map(|item| item["Record"]["Id"].as_str().unwrap().to_owned()),
            );
            match page["Links"]["Next"].as_str() {
                Some(next) => target = format!("{list}{next}"),
                None => return seen,
            }
        }
    }
}

fn company() -> (List, Value) {
    (
        List::Relaties,
        json!({"id": "1001", "soort": "bedrijf", "status": "actief", "relatietypen": ["client"],
        "bedrijfsnaam": "Voorbeeld B.V.", "telefoonnummer": "020 555 01 23", "email": null, "kvk": "01234567",
        "fax": "020 555 01 99", "gewijzigd": "2026-03-02T10:00:05+01:00", "adressen": [{"id": "a1", "type": "hoofdkantoor",
        "straat": "Keizersgracht", "huisnummer": "12a", "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam"}]}),
    )
}

fn contact() -> (List, Value) {
    (
        List::Contactpersonen,
        json!({"id": "5001", "status": "gearchiveerd", "achternaam": "Voorbeeld", "geslacht": "V",
        "geboortedatum": "1980-02-29", "koppelingen": [{"relatie_id": "1001", "functie": "Directeur"}]}),
    )
}

#[test]
fn every_value_is_a_text_and_empty_where_there_is_none() {
    let mut register = Register::with(Variants::default(), &[company(), contact()]);
    assert_eq!(
        register.get("organisations/1001")["Record"],
        json!({"Id": "1001", "Active": "yes", "Created": "", "Changed": "2026-03-02 10:00:05", "Display": "Voorbeeld B.V.",
            "Properties": {"Name": "Voorbeeld B.V.", "Phone": "020 555 01 23", "Email": "", "Site": "",
                "TradeRegister": "01234567"},
            "Addresses": {"Visiting": {"Street": "Keizersgracht", "Number": "12", "Letter": "a", "Addition": "hs",
                "Postcode": "1015 CS", "Town": "Amsterdam", "Country": ""},
                "Postal": {"Street": "", "Number": "", "Letter": "", "Addition": "", "Postcode": "", "Town": "",
                "Country": ""}},
            "Roles": [{"Code": "client", "Label": "Cliënt"}]})
    );
    let contact = register.get("contacts/5001")["Record"].clone();
    assert_eq!((&contact["Active"], &contact["Properties"]["Gender"]), (&json!("no"), &json!("vrouw")));
    assert_eq!(contact["Properties"]["BirthDate"], "1980-02-29T00:00:00");
    assert_eq!(contact["Employer"], json!({"Id": "1001", "Function": "Directeur", "DirectPhone": ""}));
}

#[test]
fn a_session_is_opened_by_the_key_and_ends() {
    let mut register = Register::with(Variants::default(), &[company()]);
    assert_eq!(register.open(NOW, "another").status, 401);
    let request = register.request("GET", "organisations/1001");
    assert_eq!(register.ac.handle(NOW.plus(Duration::from_secs(599)), &request).json()["Fault"], Value::Null);
    assert_eq!(register.ac.handle(NOW.plus(Duration::from_secs(600)), &request).status, 401);
    register.session = "1.0".to_owned();
    let request = register.request("GET", "organisations/1001");
    assert_eq!(register.ac.handle(NOW, &request).status, 401);
    let other = Request::new("POST", "/register/session").with_header("X-Tenant", "other");
    assert_eq!(register.ac.handle(NOW, &other).json()["Fault"]["Code"], "TENANT");
}

#[test]
fn each_list_is_followed_to_its_end_and_has_its_own() {
    for order in [Order::Sorted, Order::RandomWithinEqualStamps, Order::Unsorted] {
        let mut register = Register::new(Variants { order, ..Variants::default() });
        population::seeded(1, 95).load_into(&mut register.ac);
        let mut seen: Vec<String> = register.walk("organisations", "?Rows=7");
        seen.extend(register.walk("people", ""));
        seen.sort_unstable();
        let stored = register.ac.relaties().filter(|(_, record)| record.current().text("status") != "verwijderd");
        assert_eq!(seen, stored.map(|(id, _)| id.to_owned()).collect::<Vec<_>>(), "{order:?}");
    }
}

#[test]
fn the_filter_is_civil_time_and_leaves_its_moment_out() {
    let since = |filter: Filter, text: &str| {
        let mut register = Register::with(Variants { filter, ..Variants::default() }, &[company()]);
        let page = register.get(&format!("organisations?Filter=Changed%20gt%20%27{text}%27"));
        page["Items"].as_array().map(Vec::len)
    };
    assert_eq!(since(Filter::Inclusive, "2026-03-02T10:00:04"), Some(1));
    assert_eq!(since(Filter::Inclusive, "2026-03-02T10:00:05"), Some(0));
    assert_eq!(since(Filter::Ignored, "2026-03-02T10:00:05"), Some(1));
    assert_eq!(since(Filter::Inclusive, "2026-03-02T10:00:04Z"), None, "an offset is refused");
}

#[test]
fn two_relations_may_have_one_id() {
    let twin = json!({"id": "person-1001", "soort": "particulier", "naam": "Tweeling Voorbeeld"});
    let mut register = Register::with(Variants::default(), &[company(), (List::Relaties, twin)]);
    assert_eq!(register.get("people/1001")["Record"]["Properties"]["Name"], "Tweeling Voorbeeld");
    assert_eq!(register.get("organisations/1001")["Record"]["Properties"]["Name"], "Voorbeeld B.V.");
    for (stored, known) in [("1001", "org-1001"), ("person-1001", "person-1001")] {
        assert_eq!(register.ac.known_as(List::Relaties, stored), known);
        assert_eq!(register.ac.stored_as(List::Relaties, known), stored);
    }
}

#[test]
fn what_comes_back_as_it_was_changes_nothing_and_a_change_only_what_it_says() {
    let mut register = Register::with(Variants::default(), &[company(), contact()]);
    let fields = |register: &Register| register.ac.relatie("1001").unwrap().current().fields().clone();
    let mut expected = fields(&register);
    assert_eq!(register.put("organisations/1001", |_| {}).status, 202);
    assert_eq!(fields(&register), expected);
    register.put("organisations/1001", |record| {
        record["Properties"]["Phone"] = "".into();
        record["Addresses"]["Visiting"]["Number"] = "14".into();
    });
    expected["telefoonnummer"] = Value::Null;
    expected["adressen"][0]["huisnummer"] = "14".into();
    expected["adressen"][0]["toevoeging"] = "a hs".into();
    assert_eq!(fields(&register), expected);
    register.put("contacts/5001", |record| {
        record["Properties"]["Gender"] = "anders".into();
        record["Employer"]["Function"] = "Kanarie".into();
    });
    let contact = register.ac.contactpersoon("5001").unwrap().current();
    assert_eq!(contact.text("geslacht"), "X");
    assert_eq!(contact.rows("koppelingen")[0]["functie"], "Kanarie");
    assert_eq!(register.ac.counters().violations(), 0);
}

#[test]
fn what_is_refused_is_refused_inside_a_success() {
    let mut register = Register::with(Variants::default(), &[company()]);
    let target = "organisations/1001";
    let invalid = |member: &str| (json!("INVALID"), json!(member));
    assert_eq!(register.code(target, |record| record["Properties"]["Email"] = "geen adres".into()), invalid("Email"));
    assert_eq!(register.code(target, |record| record["Properties"]["Phone"] = Value::Null), invalid("Phone"));
    assert_eq!(register.code(target, |record| record["Display"] = "x".into()), invalid("Display"));
    assert_eq!(register.code(target, |record| record["Active"] = "no".into()), invalid("Active"));
    let without = |record: &mut Value| drop(record["Properties"].as_object_mut().unwrap().remove("Site"));
    assert_eq!(register.code(target, without), invalid("Site"), "the whole record");
    let letter = |record: &mut Value| record["Addresses"]["Visiting"]["Letter"] = "bis".into();
    assert_eq!(register.code(target, letter), invalid("Letter"));
    assert_eq!(register.get("organisations/7")["Fault"]["Code"], "NOT_FOUND");
    assert_eq!(register.get("people/1001")["Fault"]["Code"], "NOT_FOUND", "of the other kind");
    assert_eq!(register.get("organisations?Rows=1000")["Fault"]["Code"], "PARAMETER");
    register.ac.variants_mut().refusals = Refusals::Bare;
    let bare = register.code(target, |record| record["Properties"]["Email"] = "geen adres".into());
    assert_eq!(bare, (json!("INVALID"), Value::Null));
}

#[test]
fn a_write_is_held_against_its_tag() {
    let mut register = Register::with(Variants { etag: Etag::Yes, ..Variants::default() }, &[company()]);
    let body = register.get("organisations/1001")["Record"].clone();
    let request = register.request("PUT", "organisations/1001").with_header("If-Match", "\"7\"").with_json(&body);
    let answer = register.ac.handle(NOW, &request);
    assert_eq!((answer.status, &answer.json()["Fault"]["Code"]), (200, &json!("CONFLICT")));
}

#[test]
fn nothing_can_be_made_or_deleted() {
    let mut register = Register::with(Variants::default(), &[company()]);
    for (number, (method, target)) in
        [("POST", "organisations"), ("DELETE", "organisations/1001")].into_iter().enumerate()
    {
        let request = register.request(method, target);
        assert_eq!(register.ac.handle(NOW, &request).status, 405);
        assert_eq!(register.ac.counters().violations(), u64::try_from(number + 1).unwrap());
    }
}

#[test]
fn too_many_calls_are_told_with_the_second_at_which_they_end() {
    let mut register = Register::with(Variants::default(), &[company()]);
    register.ac.is_busy_until(NOW.plus(Duration::from_millis(1500)));
    let request = register.request("GET", "organisations/1001");
    let answer = register.ac.handle(NOW, &request);
    assert_eq!((answer.status, &answer.json()["Fault"]["Code"]), (200, &json!("BUSY")));
    assert_eq!(answer.header("x-quota-reset"), Some("1780394402"));
    assert_eq!(register.ac.handle(NOW.plus(Duration::from_secs(2)), &request).json()["Fault"], Value::Null);
}
