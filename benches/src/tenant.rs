//! A made-up tenant of Tribe: a page of organisations as it sends them.

/// So many rows stand on a page.
pub(crate) const ROWS: usize = 100;

const NAMES: [&str; 5] = [
    "M\u{fc}ller & Zonen B.V.",
    "Caf\u{e9} 't Hoekje",
    "De Vries Bouw",
    "B\\u00e4ckerei Sch\\u00f6n",
    "Jansen Logistiek B.V.",
];

/// The id of a row; a second one for its address.
pub(crate) fn id(number: usize, place: usize) -> String {
    format!("b724d383-bb70-480a-b03d-{:012x}", number * 16 + place)
}

/// A page of organisations with the fields that are synced, one in five without an address.
pub(crate) fn organisations() -> String {
    let rows: Vec<String> = (0..ROWS).map(organisation).collect();
    format!(
        "{{\"@odata.context\":\"https://tribe.example/v1/odata/$metadata#Relation_Organization\",\"value\":[{}]}}",
        rows.join(",")
    )
}

fn organisation(number: usize) -> String {
    let name = NAMES.iter().cycle().nth(number % NAMES.len()).copied().unwrap_or_default();
    let website =
        if number.is_multiple_of(6) { "null".to_owned() } else { format!("\"www.voorbeeld{number}.example\"") };
    let visiting = if number.is_multiple_of(5) { "null".to_owned() } else { address(number, 1) };
    let postal = if number.is_multiple_of(4) { address(number, 2) } else { "null".to_owned() };
    format!(
        "{{\"ID\":\"{}\",{STAMPS},\"Name\":\"{name}\",\"PhoneNumber\":\"020 555 {number:02} 23\",\
         \"EmailAddress\":\"info{number}@voorbeeld.example\",\"Website\":{website},\
         \"ChamberOfCommerceNumber\":\"{:08}\",\"ImportId\":\"ac:12345:relatie:{}\",\
         \"VisitingAddress\":{visiting},\"PostalAddress\":{postal}}}",
        id(number, 0),
        1_234_500 + number,
        1001 + number,
    )
}

const STAMPS: &str = "\"CreationDate\":\"2026-03-01T08:00:00Z\",\"LastMutationDate\":\"2026-03-02T09:00:05Z\"";

fn address(number: usize, place: usize) -> String {
    format!(
        "{{\"ID\":\"{}\",{STAMPS},\"Street\":\"Burgemeester R\u{f6}ellstraat\",\"HouseNumber\":{}.0,\
         \"HouseNumberSuffix\":\"hs\",\"Postalcode\":\"{} CS\",\"City\":\"Amsterdam\",\"Country\":{{\"ID\":\"{}\"}}}}",
        id(number, place),
        1 + number,
        1011 + number,
        id(0, 15),
    )
}
