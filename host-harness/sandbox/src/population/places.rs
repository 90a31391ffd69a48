//! Addresses in every shape that a form lets through.

use serde_json::{Value, json};

use super::draw::Draw;

const STREETS: [&str; 12] = [
    "Voorbeeldstraat",
    "Laan van Proef",
    "1e Verzonnen Dwarsstraat",
    "Nergenskade",
    "Burg. Modelweg",
    "'t Testpad",
    "Plein 1900",
    "Oefenhoflaan",
    "Ds. Fictiestraat",
    "Schijnsingel",
    "Demodreef",
    "Café-steeg",
];

const PLACES: [&str; 10] = [
    "Amsterdam",
    "'s-Gravenhage",
    "Rotterdam",
    "Súdwest-Fryslân",
    "Bergen op Zoom",
    "Utrecht",
    "Den Haag",
    "Nuenen c.a.",
    "Capelle a/d IJssel",
    "Groningen",
];

const LETTERS: &[u8; 20] = b"ABCDEGHJKLMNPRSTVWXZ";

/// An address of that type, without an id.
pub(super) fn address(draw: &mut Draw, kind: &str) -> Value {
    if draw.percent(6) {
        return foreign(draw, kind);
    }
    if kind != "prive" && draw.percent(25) {
        return json!({"type": kind, "straat": "Postbus", "huisnummer": draw.0.u16(1..9999).to_string(),
            "toevoeging": null, "postcode": postcode(draw), "plaats": draw.one(&PLACES), "land": "NL"});
    }
    let number = draw.0.u16(1..1500);
    let (number, addition) = match draw.0.u8(..10) {
        0 => (format!("{number}-{}", number + 2), Value::from("hs")),
        1 => (format!("{number}"), Value::from("bis")),
        2 => (format!("{number}"), Value::from("0")),
        3 => (format!("{number}a"), Value::Null),
        4 => (format!("{number}"), Value::from("")),
        5 => (format!("{number}"), Value::from("II achter")),
        _ => (number.to_string(), Value::Null),
    };
    let postcode = postcode(draw);
    let country = draw.one(&[Some("NL"), Some("NL"), Some("Nederland"), None]);
    json!({"type": kind, "straat": draw.one(&STREETS), "huisnummer": number, "toevoeging": addition,
        "postcode": postcode, "plaats": draw.one(&PLACES), "land": country})
}

fn postcode(draw: &mut Draw) -> String {
    let number = draw.0.u16(1000..9999);
    let letters = [draw.one(LETTERS), draw.one(LETTERS)].map(char::from);
    let letters: String = letters.iter().collect();
    match draw.0.u8(..6) {
        0 => format!("{number}{letters}"),
        1 => format!("{number} {}", letters.to_lowercase()),
        _ => format!("{number} {letters}"),
    }
}

fn foreign(draw: &mut Draw, kind: &str) -> Value {
    let (street, postcode, place, country) = draw.one(&[
        ("Rue de l'Exemple", "1000", "Bruxelles", "BE"),
        ("Beispielallee", "01067", "Dresden", "DE"),
        ("Sample Street", "SW1A 9ZZ", "London", "GB"),
        ("Calle Ficticia", "28099", "Madrid", "ES"),
    ]);
    json!({"type": kind, "straat": street, "huisnummer": draw.0.u8(1..99).to_string(), "toevoeging": null,
        "postcode": postcode, "plaats": place, "land": country})
}
