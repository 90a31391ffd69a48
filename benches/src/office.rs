//! A made-up office: pages and records as AC sends them, with what makes reading dear: addresses that are not synced,
//! letters with marks in each spelling, members that are left out, null or unknown.

/// So many rows stand on a page.
pub(crate) const ROWS: usize = 100;

/// Texts of JSON, as they stand between quotes.
const COMPANIES: [&str; 10] = [
    "M\u{fc}ller & Zonen B.V.",
    "Brasserie Cr\u{e8}me",
    "Caf\u{e9} 't Hoekje",
    "B\\u00e4ckerei Sch\\u00f6n GmbH",
    "De Vries Bouw",
    "Se\u{f1}or Tapas V.O.F.",
    "\u{c5}ngstr\u{f6}m Advies",
    "Jansen \\\"Het Pakhuis\\\" Logistiek",
    "Drukkerij Noe\u{308}",
    "Van der Meer Holding N.V.",
];
const FAMILIES: [&str; 8] = [
    "Voorbeeld",
    "D\u{fc}rer",
    "\u{d6}zt\u{fc}rk",
    "de Vri\u{e8}s",
    "Janssen",
    "van \u{2019}t Hof",
    "Kov\u{e1}\u{10d}",
    "El Amrani",
];
const STREETS: [&str; 6] =
    ["Keizersgracht", "Prinsengracht", "Postbus", "Plein 1944", "Burgemeester R\u{f6}ellstraat", "Kade"];
const TOWNS: [&str; 5] = ["Amsterdam", "'s-Gravenhage", "S\u{fc}dlohn", "Utrecht", "Alphen aan den Rijn"];
const HOUSE_NUMBERS: [(&str, &str); 5] =
    [("12", "\"hs\""), ("123", "null"), ("12-14", "null"), ("8", "\"A bis\""), ("1", "\"\"")];

/// The cell of a list that goes round.
fn of<T: Copy>(list: &[T], number: usize) -> Option<T> {
    list.iter().cycle().nth(number % list.len()).copied()
}

fn text(list: &[&'static str], number: usize) -> &'static str {
    of(list, number).unwrap_or_default()
}

/// The page of relations, all there is.
pub(crate) fn relations() -> String {
    page("relaties", relation)
}

/// The page of contact persons, all there is.
pub(crate) fn contact_persons() -> String {
    page("contactpersonen", contact_person)
}

fn page(list: &str, row: fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    format!("{{\"{list}\":[{}],\"volgende\":null}}", rows.join(","))
}

/// Three of four are companies.
pub(crate) fn relation(number: usize) -> String {
    let id = 1001 + number;
    // Some offices' ids are numbers.
    let mut members = vec![if number % 10 == 9 { format!("\"id\":{id}") } else { format!("\"id\":\"{id}\"") }];
    let mut add = |member: String| members.push(member);
    let is_company = number % 4 != 3;
    add(format!("\"soort\":\"{}\"", if is_company { "bedrijf" } else { "particulier" }));
    match number % 5 {
        0 => add("\"relatietypen\":[\"client\",\"wederpartij\"]".to_owned()),
        1 => add("\"relatietypen\":[]".to_owned()),
        _ => add("\"relatietypen\":[\"client\"]".to_owned()),
    }
    add(life(number));
    if is_company {
        add(format!("\"bedrijfsnaam\":\"{}\"", text(&COMPANIES, number)));
        match number % 7 {
            0 => {}
            1 => add("\"telefoonnummer\":null".to_owned()),
            _ => add(format!("\"telefoonnummer\":\"020 555 {:02} {:02}\"", number, 99 - number)),
        }
        add(format!("\"email\":\"info{number}@voorbeeld.example\""));
        match number % 6 {
            0 => {}
            1 => add("\"website\":\"\"".to_owned()),
            _ => add(format!("\"website\":\"https://www.voorbeeld{number}.example/\"")),
        }
        // One in nine lost its zero.
        add(format!("\"kvk\":\"{}{}\"", if number.is_multiple_of(9) { "" } else { "0" }, 1_234_500 + number));
    } else {
        add(format!("\"naam\":\"E. {}\"", text(&FAMILIES, number)));
        add(format!("\"email\":\"e{number}@prive.example\""));
        add(format!("\"telefoon\":\"06-123456{number:02}\""));
    }
    add(format!("\"tarief\":195.10,\"eigen\":{{\"dossiers\":[{number},{id}],\"memo\":\"belt na 17u\",\"vip\":false}}"));
    let types: &[&str] = match (is_company, number % 4) {
        (true, 0) => &["hoofdkantoor", "postadres", "factuuradres"],
        (true, 1) => &["factuuradres", "hoofdkantoor"],
        (true, _) => &["hoofdkantoor"],
        (false, _) => &["prive"],
    };
    add(addresses(number, types));
    format!("{{{}}}", members.join(","))
}

/// One in eleven has two koppelingen with one relation.
pub(crate) fn contact_person(number: usize) -> String {
    let id = 5001 + number;
    let mut members = vec![format!("\"id\":\"{id}\""), life(number)];
    let mut add = |member: String| members.push(member);
    add("\"voornamen\":\"Johanna Maria\"".to_owned());
    match number % 3 {
        0 => add("\"tussenvoegsels\":\"van der\"".to_owned()),
        1 => add("\"tussenvoegsels\":null".to_owned()),
        _ => {}
    }
    add(format!("\"achternaam\":\"{}\",\"voorletters\":\"J.M.\"", text(&FAMILIES, number)));
    add(format!("\"geboortedatum\":\"19{:02}-02-{:02}\"", 50 + number % 50, 1 + number % 28));
    add(format!("\"geslacht\":{}", text(&["\"V\"", "\"M\"", "\"X\"", "null"], number)));
    add(format!("\"mobiel\":\"06123456{number:02}\""));
    if !number.is_multiple_of(4) {
        add(format!("\"prive_telefoon\":\"+31 (0)20 - 555 01 {number:02}\""));
    }
    add(format!("\"emailadres\":\"jm{number}@voorbeeld.example\",\"taal\":\"nl\""));
    let at = |relation: usize, function: &str| {
        format!(
            "{{\"relatie_id\":\"{relation}\",\"functie\":{function},\"doorkiesnummer\":\"020 555 01 {number:02}\"}}"
        )
    };
    let mut koppelingen = vec![at(1001 + number, "\"Directeur\"")];
    if number.is_multiple_of(3) {
        koppelingen.push(at(1001 + (number + 1) % ROWS, "null"));
    }
    if number.is_multiple_of(11) {
        koppelingen.push(at(1001 + number, "\"Secretaris\""));
    }
    add(format!("\"koppelingen\":[{}]", koppelingen.join(",")));
    add(addresses(number, if number.is_multiple_of(2) { &["prive"] } else { &[] }));
    format!("{{{}}}", members.join(","))
}

/// Status and stamps, one in three without an offset.
fn life(number: usize) -> String {
    let status = if number % 13 == 12 { "gearchiveerd" } else { "actief" };
    let offset = if number % 3 == 2 { "" } else { "+01:00" };
    format!(
        "\"status\":\"{status}\",\"aangemaakt\":\"2024-01-09T11:02:00+01:00\",\"gewijzigd\":\"2026-03-02T10:00:{:02}{offset}\"",
        number % 60
    )
}

fn addresses(number: usize, types: &[&str]) -> String {
    let row = |(place, address_type): (usize, &&str)| {
        let (house_number, addition) = of(&HOUSE_NUMBERS, number + place).unwrap_or_default();
        let addition = if number % 8 == 7 { String::new() } else { format!("\"toevoeging\":{addition},") };
        format!(
            "{{\"id\":\"a{}\",\"type\":\"{address_type}\",\"straat\":\"{}\",\"huisnummer\":\"{house_number}\",{addition}\"postcode\":\"{} CS\",\"plaats\":\"{}\",\"land\":\"NL\"}}",
            10 * number + place,
            text(&STREETS, number + place),
            1011 + number,
            text(&TOWNS, number + place),
        )
    };
    let rows: Vec<String> = types.iter().enumerate().map(row).collect();
    format!("\"adressen\":[{}]", rows.join(","))
}
