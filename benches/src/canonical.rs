//! Canonical forms: a hundred spellings of each.

use std::hint::black_box;

use advocaatcentraal_tribe::relation::{Form, HouseNumber};

use crate::counting::Work;

/// Each of these spellings in turn, a hundred in all.
const SPELLINGS: usize = 100;

fn each(form: Form, spellings: &'static [&'static str]) -> Work {
    Box::new(move || {
        let said = spellings.iter().cycle().take(SPELLINGS).map(|text| black_box(form.canonical(black_box(text))));
        said.filter(|canonical| !canonical.is_empty()).count()
    })
}

pub(crate) fn names() -> Work {
    each(
        Form::Text,
        &[
            "Jansen Logistiek B.V.",
            "  M\u{fc}ller   &  Zonen ",
            "Drukkerij Noe\u{308}",
            "Caf\u{e9} \u{2019}t Hoekje",
            "\u{c5}ngstr\u{f6}m Advies",
            "Kov\u{e1}\u{10d} en Zn.",
            "Stichting tot Behoud van het Voorbeeld te Alphen aan den Rijn",
            " ",
            "\u{130}stanbul \u{d6}zt\u{fc}rk",
            "De Vries",
        ],
    )
}

pub(crate) fn phones() -> Work {
    each(
        Form::Phone,
        &[
            "020 555 01 23",
            "+31 (0)20 - 555 01 24",
            "0031 6 12345678",
            "06-12345678",
            "020-5550199 tst 12",
            "\u{202a}+49 30 901820\u{202c}",
            "0800-1234",
            "na 17u: 06 12 34 56 78",
            "020 5550123 / 020 5550124",
            "",
        ],
    )
}

pub(crate) fn postcodes() -> Work {
    each(
        Form::Postcode,
        &["1015 CS", "1015cs", "NL-1015 CS", " 9999  zz ", "D-46354", "SW1A 1AA", "B-1000", "onbekend", "0123 AB", ""],
    )
}

pub(crate) fn websites() -> Work {
    each(
        Form::Website,
        &[
            "www.voorbeeld.example",
            "https://www.voorbeeld.example/",
            "HTTP://Voorbeeld.Example/Over Ons",
            "https://https://voorbeeld.example",
            "voorbeeld.example/pad?taal=NL#top",
            "b\u{fc}cher.example",
            "  voorbeeld.example// ",
            "geen",
            "https://",
            "",
        ],
    )
}

/// As text, and from AC's two members to Tribe's two and back.
pub(crate) fn house_numbers() -> Work {
    const MEMBERS: [(&str, &str); 10] = [
        ("12", "hs"),
        ("12-14", ""),
        ("12 hs", ""),
        ("8", "A bis"),
        ("t.o. 5", ""),
        ("123", ""),
        ("0012", "b"),
        ("", ""),
        ("1", "\u{e8}"),
        ("99999", "rechts achter"),
    ];
    let spellings: Vec<HouseNumber> = MEMBERS
        .into_iter()
        .map(|(huisnummer, toevoeging)| HouseNumber {
            huisnummer: huisnummer.to_owned(),
            toevoeging: toevoeging.to_owned(),
        })
        .collect();
    Box::new(move || {
        let same = spellings.iter().cycle().take(SPELLINGS).map(|house_number| {
            let tribe = black_box(house_number).to_tribe();
            black_box(tribe.canonical());
            let canonical = black_box(house_number.canonical());
            usize::from(black_box(tribe.to_ac(house_number)) == *house_number && !canonical.is_empty())
        });
        same.sum()
    })
}
