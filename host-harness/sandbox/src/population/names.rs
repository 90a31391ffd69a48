//! Parts that names are made of.

/// A given name and the gender it goes with in AdvocaatCentraal.
pub(super) const FIRST_NAMES: [(&str, &str); 24] = [
    ("Johanna", "V"),
    ("Maria", "V"),
    ("Fleur", "V"),
    ("Noor", "V"),
    ("Zoë", "V"),
    ("Fatima", "V"),
    ("Sjoukje", "V"),
    ("Irene", "V"),
    ("IJsbrand", "M"),
    ("Pieter", "M"),
    ("Daan", "M"),
    ("Jörg", "M"),
    ("Mehmet", "M"),
    ("Sietse", "M"),
    ("Thijs", "M"),
    ("Willem", "M"),
    ("Robin", "X"),
    ("Sam", "X"),
    ("Luca", "O"),
    ("Charlie", "O"),
    ("Anne-Marie", "V"),
    ("André", "M"),
    ("Cornelis", "M"),
    ("Guusje", "V"),
];

/// Infix and surname.
pub(super) const SURNAMES: [(&str, &str); 24] = [
    ("", "Voorbeeld"),
    ("van der", "Verzonnen"),
    ("de", "Nepper"),
    ("van", "Nergenshuizen"),
    ("", "Proefstra"),
    ("in 't", "Testveld"),
    ("van den", "Bedachtenberg"),
    ("", "Fictieveld-Schijn"),
    ("op den", "Modelweg"),
    ("", "Öztest"),
    ("'t", "Verzinsel"),
    ("ter", "Denkhof"),
    ("", "Schijnman"),
    ("de la", "Fantasia"),
    ("", "O'Sample"),
    ("van 't", "Staaltje"),
    ("", "Demooij"),
    ("von", "Muster"),
    ("", "Blanco"),
    ("d'", "Exempel"),
    ("", "Dummersen"),
    ("", "Šablona"),
    ("aan de", "Oefenkant"),
    ("", "Repetitie"),
];

pub(super) const COMPANY_NAMES: [&str; 16] = [
    "Voorbeeld",
    "De Proef",
    "Verzonnen & Zonen",
    "Nergens",
    "Het Bedenksel",
    "Testveld",
    "Van der Fictie",
    "Schijnwerk",
    "Café Model",
    "Océ-Niet",
    "Jansen/Pietersen Nep",
    "1e Fantasie",
    "Demo <&> Co",
    "\"Quasi\"",
    "Oefenhof",
    "Staal 100%",
];

pub(super) const ACTIVITIES: [&str; 12] = [
    "Logistiek",
    "Bouw",
    "Consultancy",
    "Vastgoed",
    "Horeca",
    "Installatietechniek",
    "Holding",
    "Beheer",
    "Coöperatie",
    "Zorg",
    "Transport",
    "Media",
];

pub(super) const LEGAL_FORMS: [&str; 6] =
    ["B.V.", "N.V.", "V.O.F.", "B.V. i.o.", "U.A.", "Stichting"];

pub(super) const FUNCTIONS: [&str; 10] = [
    "Directeur",
    "Directeur-grootaandeelhouder",
    "Office manager",
    "Juridisch medewerker",
    "Hoofd P&O",
    "Controller",
    "Secretaris",
    "Bedrijfsjurist",
    "Inkoper",
    "Receptie / administratie",
];
