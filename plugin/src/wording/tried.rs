//! The codes of a trial that tells nothing, with their sentences.

use super::table::{Text, codes};

codes! { Tried:
    /// Too little of the dialect stands in the record.
    TooLittle = "trial-too-little":
        "In deze relatie staat te weinig op de plaatsen van het dialect; er is niets geschreven. Noem een andere." / "Too little stands in this record at the places of the dialect; nothing was written. Name another record.",
    /// A relation is needed with two rows in each list that is written by id.
    NeedsRows = "trial-needs-rows":
        "Het dialect schrijft losse regels van een lijst, en deze relatie laat niet zien of de andere blijven staan; er is niets geschreven. Noem een relatie met twee adressen, en twee van al het andere dat in haar in zulke lijsten staat, zoals contactpersonen." / "The dialect writes single rows of a list, and this record does not show whether the others stay; nothing was written. Name a relation with two addresses, and two of all else that stands in it in such lists, such as contact persons.",
    /// The same of contact persons.
    NeedsRowsOfPerson = "trial-needs-rows-of-person":
        "Het dialect schrijft losse regels van een lijst, en deze relatie laat niet zien of de andere blijven staan; er is niets geschreven. Noem een contactpersoon met twee regels in elke lijst, zoals adressen of relaties." / "The dialect writes single rows of a list, and this record does not show whether the others stay; nothing was written. Name a contact person with two rows in each list, such as addresses or relations.",
    /// AC answered, but not with the record, which is as it was.
    AnsweredOtherwise = "trial-answered-otherwise":
        "AdvocaatCentraal antwoordde, maar niet met de relatie; er is niets gewijzigd. Verbeter in het dialect wat het antwoord is (writing.answer, errors.inside) of het adres." / "AdvocaatCentraal answered, but not with the record; nothing was changed. Mend in the dialect what the answer is (writing.answer, errors.inside), or its path.",
    /// AC answered with another address.
    Redirected = "trial-redirected":
        "AdvocaatCentraal verwijst door naar een ander adres, en dat wordt nooit gevolgd; er is niets gewijzigd. Controleer advocaatcentraal-url en de paden van het dialect." / "AdvocaatCentraal redirects to another address, which is never followed; nothing was changed. Check advocaatcentraal-url and the paths of the dialect.",
    /// What became of the record is not known.
    CutOff = "trial-cut-off":
        "Het is niet bekend wat er bij de proef met deze relatie gebeurde; kijk haar na in AdvocaatCentraal en noem een andere." / "What the trial did to this record is not known; look at it in AdvocaatCentraal, and name another record.",
    /// An earlier trial of the same dialect lost members.
    LostBefore = "trial-lost-before":
        "Bij een eerdere proef met dit dialect gingen gegevens van een relatie in AdvocaatCentraal verloren; er is niets geschreven. Wijzig eerst hoe het dialect schrijft (writing)." / "An earlier trial of this dialect lost members of a record in AdvocaatCentraal; nothing was written. Change how the dialect writes (writing) first.",
    /// An earlier trial of the same dialect changed members.
    ChangedBefore = "trial-changed-before":
        "Bij een eerdere proef met dit dialect wijzigde AdvocaatCentraal zelf gegevens van een relatie; er is niets geschreven. Wijzig het dialect, of zeg dat zij mogen wijzigen." / "In an earlier trial of this dialect AdvocaatCentraal changed members of a record by itself; nothing was written. Change the dialect, or say that they may change.",
}
