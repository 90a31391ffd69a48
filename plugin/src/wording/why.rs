//! Why the two sides of a record differ in a place, with the sentence of each.

use super::table::{Text, codes};

codes! { Why:
    /// It travels with the next cycle.
    Waiting = "differs-waiting":
        "Deze wijziging wacht op de volgende ronde." / "This change travels with the next cycle.",
    /// Both sides were changed, or two fields of Tribe's: AC's value stays, or that of the other field (D2, D3).
    Conflict = "differs-conflict":
        "Dit veld is op meer dan één plek gewijzigd; de waarde die moest wijken is bewaard of wordt bewaard." / "This field changed in more than one place; the value that gives way is kept, or will be.",
    /// The settings let the field travel from AC to Tribe only.
    OneWay = "differs-one-way":
        "Dit veld gaat volgens de instellingen alleen van AdvocaatCentraal naar Tribe." / "By the settings this field goes from AdvocaatCentraal to Tribe only.",
    /// AC has the value of another field of Tribe's; this one was made different and stays so (D15).
    SiblingKept = "differs-sibling-kept":
        "AdvocaatCentraal heeft de waarde van een ander veld in Tribe; wat hier anders is ingevuld of leeggemaakt blijft zo staan." / "AdvocaatCentraal has the value of another field in Tribe; what was entered or emptied in this one stays as it is.",
    /// A side took the value and stores another one.
    StoredOtherwise = "differs-stored-otherwise":
        "De ene kant nam de waarde aan, maar sloeg iets anders op; wijzig het veld aan een van beide kanten." / "One side took the value but stored another one; change the field on either side.",
    /// A side says something that the field cannot be (D9).
    Unreadable = "differs-unreadable":
        "De waarde aan deze kant is niet te lezen; vul het veld daar opnieuw in." / "The value on this side cannot be read; enter it again there.",
    /// AC's record leaves the field out (A7, D27).
    LeftOut = "differs-left-out":
        "AdvocaatCentraal laat dit veld weg; of het leeg is, is niet te zien." / "AdvocaatCentraal leaves this field out; whether it is empty cannot be seen.",
    /// Tribe has no row for the value (D26).
    NoRow = "differs-no-row":
        "Tribe heeft voor deze waarde geen keuze." / "Tribe has no choice for this value.",
    /// A side has no place for it: no such address, koppeling or property.
    NoPlace = "differs-no-place":
        "Deze kant heeft dit adres, deze plek bij een organisatie of dit veld niet." / "This side has no such address, place at an organisation or field.",
    /// Tribe demands a value, and AC has none.
    Demanded = "differs-demanded":
        "Tribe vereist dit veld en in AdvocaatCentraal is het leeg; vul het daar in." / "Tribe demands this field and AdvocaatCentraal has it empty; fill it in there.",
    /// Tribe has the name in several fields (D13).
    NameSplit = "differs-name-split":
        "In Tribe staat de naam in aparte velden; zolang dat zo is blijven beide kanten staan." / "Tribe has the name in separate fields; as long as it has, both sides stay.",
    /// It differed when a setting changed, which by itself writes nothing (D17).
    AgreedBySetting = "differs-agreed-by-setting":
        "Dit verschil bestond toen een instelling wijzigde, en blijft tot een van beide kanten wijzigt." / "This difference stood when a setting was changed, and stays until either side changes.",
    /// AC's record is of another kind by now.
    Paused = "differs-paused":
        "De relatie is in AdvocaatCentraal van soort veranderd; er gaat niets heen of weer." / "The record is of another kind in AdvocaatCentraal by now; nothing travels.",
    /// No type of the record is mapped, or the contact person's organisation is not synced (D4).
    Unmapped = "differs-unmapped":
        "Geen type van deze relatie, of van de organisatie van de contactpersoon, is gekoppeld; er gaat niets heen of weer." / "No type of this record, or of the organisation of the contact person, is mapped; nothing travels.",
    /// The record is archived or deleted in AC (D5).
    Archived = "differs-archived":
        "De relatie is in AdvocaatCentraal gearchiveerd of verwijderd; er gaat niets heen of weer." / "The record is archived or deleted in AdvocaatCentraal; nothing travels.",
    /// Tribe shows the record, or this part of it, no more (D1, D10).
    Gone = "differs-gone":
        "Tribe toont dit niet meer: de kaart, de plek bij een organisatie of het adres." / "Tribe shows this no more: the record, its place at an organisation, or the address.",
    /// A brake holds it back (D14).
    Braked = "differs-braked":
        "Dit wordt tegengehouden tot u besluit: te veel relaties zouden een waarde verliezen." / "This is held back until a person decides: too many records would lose a value.",
    /// A system refused the value (D16).
    Refused = "differs-refused":
        "Deze kant weigert de waarde; wijzig het veld." / "This side refuses the value; change the field.",
    /// AC's dialect was not tried yet: nothing goes there.
    NotTried = "differs-not-tried":
        "Dit gaat naar AdvocaatCentraal zodra het dialect met één relatie is beproefd." / "This goes to AdvocaatCentraal once the dialect was tried with one record.",
    /// A person paused the direction in which it would go.
    DirectionPaused = "differs-direction-paused":
        "Deze richting is gepauzeerd; dit gaat vanzelf verder zodra ze weer aan staat." / "This direction is paused; this goes on by itself once it is resumed.",
    /// Tribe may not show it yet.
    NotVisibleYet = "differs-not-visible-yet":
        "Tribe toont dit op dit moment nog niet; de koppeling kijkt vanzelf opnieuw." / "Tribe does not show this yet; the connector looks again by itself.",
    /// What is stored of the record cannot be read.
    Damaged = "differs-damaged":
        "Wat de koppeling van deze relatie bewaarde is beschadigd; niets gaat heen of weer tot zij is vergeten en daarna opnieuw gesynchroniseerd." / "What the connector stored of this record is damaged; nothing travels until it is forgotten and then synced again.",
    /// A system gave no usable answer about the record.
    NoAnswer = "differs-no-answer":
        "Deze kant gaf op dit moment geen bruikbaar antwoord over deze relatie." / "This side gave no usable answer about this record just now.",
    /// None of these: a fault of the connector.
    Unexplained = "differs-unexplained":
        "Dit verschil kan de koppeling niet verklaren; meld het als fout." / "The connector cannot explain this difference; report it as a defect.",
}
