//! Countries.

use super::text::folded;

/// ISO 3166-1 alpha-2, and the names in Dutch and English, in lower case. The European Union, its neighbours, and
/// the countries that Dutch firms write to most; any other country is known by its two letters.
#[rustfmt::skip]
static NAMES: &[(&str, &[&str])] = &[
    ("NL", &["nederland", "netherlands", "the netherlands", "holland", "nld"]),
    ("BE", &["belgië", "belgie", "belgium", "belgique", "bel"]),
    ("DE", &["duitsland", "germany", "deutschland", "deu"]),
    ("FR", &["frankrijk", "france", "fra"]),
    ("LU", &["luxemburg", "luxembourg", "lux"]),
    ("GB", &["verenigd koninkrijk", "groot-brittannië", "united kingdom", "great britain", "engeland", "england", "uk", "gbr"]),
    ("IE", &["ierland", "ireland", "irl"]),
    ("AT", &["oostenrijk", "austria", "österreich", "aut"]),
    ("BG", &["bulgarije", "bulgaria", "bgr"]),
    ("CY", &["cyprus", "cyp"]),
    ("CZ", &["tsjechië", "tsjechische republiek", "czechia", "czech republic", "cze"]),
    ("DK", &["denemarken", "denmark", "dnk"]),
    ("EE", &["estland", "estonia", "est"]),
    ("ES", &["spanje", "spain", "esp"]),
    ("FI", &["finland", "fin"]),
    ("GR", &["griekenland", "greece", "el", "grc"]),
    ("HR", &["kroatië", "croatia", "hrv"]),
    ("HU", &["hongarije", "hungary", "hun"]),
    ("IT", &["italië", "italy", "ita"]),
    ("LT", &["litouwen", "lithuania", "ltu"]),
    ("LV", &["letland", "latvia", "lva"]),
    ("MT", &["malta", "mlt"]),
    ("PL", &["polen", "poland", "pol"]),
    ("PT", &["portugal", "prt"]),
    ("RO", &["roemenië", "romania", "rou"]),
    ("SE", &["zweden", "sweden", "swe"]),
    ("SI", &["slovenië", "slovenia", "svn"]),
    ("SK", &["slowakije", "slovakia", "svk"]),
    ("CH", &["zwitserland", "switzerland", "schweiz", "che"]),
    ("LI", &["liechtenstein", "lie"]),
    ("NO", &["noorwegen", "norway", "nor"]),
    ("IS", &["ijsland", "iceland", "isl"]),
    ("TR", &["turkije", "turkey", "türkiye", "tur"]),
    ("UA", &["oekraïne", "ukraine", "ukr"]),
    ("MA", &["marokko", "morocco", "mar"]),
    ("SR", &["suriname", "sur"]),
    ("AW", &["aruba", "abw"]),
    ("CW", &["curaçao", "curacao", "cuw"]),
    ("SX", &["sint maarten", "sxm"]),
    ("BQ", &["bonaire", "caribisch nederland", "caribbean netherlands", "bes"]),
    ("ID", &["indonesië", "indonesia", "idn"]),
    ("US", &["verenigde staten", "verenigde staten van amerika", "united states", "united states of america", "usa"]),
    ("CA", &["canada", "can"]),
    ("CN", &["china", "chn"]),
];

/// Two capitals for a country that is known or already given so; otherwise the text.
pub(super) fn canonical(text: &str) -> String {
    let text = folded(text);
    match NAMES.iter().find(|(_, names)| names.contains(&text.as_str())) {
        Some((code, _)) => (*code).to_owned(),
        None if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => text.to_ascii_uppercase(),
        None => text,
    }
}
