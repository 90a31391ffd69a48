//! Contact persons, and where they belong.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::draw::{Draw, FIRST_STAMP, addresses_into, put};
use super::names::{FIRST_NAMES, FUNCTIONS, SURNAMES};
use super::places::address;

/// Two for every three relations. The first are each of one special kind.
pub(super) fn contactpersonen(draw: &mut Draw, relaties: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    let ids = |kind: &str| -> Vec<&str> {
        let of_kind = relaties.iter().filter(|record| record.get("soort").and_then(Value::as_str) == Some(kind));
        of_kind.filter_map(|record| record.get("id").and_then(Value::as_str)).collect()
    };
    let (companies, private) = (ids("bedrijf"), ids("particulier"));
    let count = relaties.len() * 2 / 3;
    (0..count).map(|number| contactpersoon(draw, number, &companies, &private)).collect()
}

fn contactpersoon(draw: &mut Draw, number: usize, companies: &[&str], private: &[&str]) -> Map<String, Value> {
    let mut record = person(draw, number);
    let links = links(draw, number, companies, private);
    record.insert("koppelingen".to_owned(), links.into());
    special(number, &mut record);
    record
}

/// Whom the contact person belongs to: mostly one company, sometimes two, a private person, or both.
fn links(draw: &mut Draw, number: usize, companies: &[&str], private: &[&str]) -> Vec<Value> {
    let choice =
        if number < 8 { number % 4 } else { [0, 0, 0, 0, 0, 0, 1, 2, 3].get(draw.0.usize(..9)).copied().unwrap_or(0) };
    let one = |draw: &mut Draw, from: &[&str]| draw.0.choice(from).map(|id| (*id).to_owned());
    let wanted = match choice {
        0 => vec![one(draw, companies)],
        1 => vec![one(draw, companies), one(draw, companies)],
        2 => vec![one(draw, private)],
        _ => vec![one(draw, private), one(draw, companies)],
    };
    let mut wanted: Vec<String> = wanted.into_iter().flatten().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut links = Vec::new();
    for id in wanted {
        let mut link = Map::new();
        link.insert("relatie_id".to_owned(), id.into());
        let function = draw.one(&FUNCTIONS);
        put(draw, &mut link, "functie", function);
        let phone = draw.phone();
        put(draw, &mut link, "doorkiesnummer", phone);
        links.push(Value::Object(link));
    }
    links
}

/// A contact person without its links.
fn person(draw: &mut Draw, number: usize) -> Map<String, Value> {
    let (first, gender) = draw.one(&FIRST_NAMES);
    let second = draw.percent(40).then(|| draw.one(&FIRST_NAMES).0);
    let (infix, surname) = draw.one(&SURNAMES);
    let mut record = Map::new();
    record.insert("id".to_owned(), (5001 + number).to_string().into());
    let stamp = FIRST_STAMP.plus(Duration::from_secs(u64::try_from(number).unwrap_or(0) / 7 * 60));
    record.insert("gewijzigd".to_owned(), stamp.amsterdam().into());
    let status = if draw.percent(5) { "gearchiveerd" } else { "actief" };
    record.insert("status".to_owned(), status.into());
    record.insert("achternaam".to_owned(), surname.into());
    let given = [Some(first), second].into_iter().flatten().collect::<Vec<_>>();
    put(draw, &mut record, "voornamen", given.join(" "));
    put(draw, &mut record, "tussenvoegsels", infix);
    let initials: String =
        given.iter().filter_map(|name| name.chars().next()).map(|first| format!("{first}.")).collect();
    put(draw, &mut record, "voorletters", initials);
    let birth = birth_date(draw);
    put(draw, &mut record, "geboortedatum", birth);
    put(draw, &mut record, "geslacht", gender);
    let mobile = draw.mobile();
    put(draw, &mut record, "mobiel", mobile);
    let phone = draw.phone();
    put(draw, &mut record, "prive_telefoon", phone);
    put(draw, &mut record, "emailadres", format!("contact{number}@voorbeeld.example"));
    let addresses = if draw.percent(40) { vec![address(draw, "prive")] } else { Vec::new() };
    addresses_into(draw, &mut record, addresses);
    record
}

fn birth_date(draw: &mut Draw) -> String {
    match draw.0.u8(..12) {
        0 => draw.one(&["1980-02-29", "2000-02-29", "1996-02-29"]).to_owned(),
        1 => format!("{}-{:02}-{:02}", draw.0.u16(1921..1940), draw.0.u8(1..13), draw.0.u8(1..29)),
        _ => format!("{}-{:02}-{:02}", draw.0.u16(1940..2006), draw.0.u8(1..13), draw.0.u8(1..29)),
    }
}

/// The first contact persons are each of one special kind, whatever was drawn; whom they belong to stays.
fn special(number: usize, record: &mut Map<String, Value>) {
    let fields = match number {
        0 => {
            json!({"voornamen": "Johanna Maria", "tussenvoegsels": "van der", "achternaam": "Voorbeeld",
            "voorletters": "J.M.", "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "06 5550 5678",
            "prive_telefoon": "020-5550199", "emailadres": "jm@voorbeeld.example", "status": "actief"})
        }
        1 => json!({"geboortedatum": "1937-06-30", "geslacht": "M", "status": "actief"}),
        2 => json!({"geslacht": null, "voorletters": "", "mobiel": null, "emailadres": null}),
        3 => json!({"geslacht": "X", "voornamen": "Zoe\u{308}", "status": "actief"}),
        4 => json!({"geslacht": "O", "tussenvoegsels": null, "status": "actief"}),
        5 => json!({"status": "gearchiveerd"}),
        6 => {
            json!({"voornamen": null, "tussenvoegsels": "de", "achternaam": "de Dubbel", "status": "actief"})
        }
        _ => return,
    };
    if let Value::Object(fields) = fields {
        record.extend(fields);
    }
}
