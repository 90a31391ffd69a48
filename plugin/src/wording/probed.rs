//! The codes of a probe, with their sentences: what holds of each assumption, and what to write into the dialect.

use super::table::{Text, codes};

codes! { Probed:
    /// The server answers at the address.
    AddressAnswers = "probe-address-answers":
        "De server antwoordt op het adres." / "The server answers at the address.",
    /// The key is taken where the dialect puts it.
    KeyTaken = "probe-key-taken":
        "De sleutel wordt aanvaard op de plaats waar het dialect die zet." / "The key is taken where the dialect puts it.",
    /// The server answers, with an error of its own.
    ServerError = "probe-server-error":
        "De server antwoordt met een eigen fout; probeer het later opnieuw, en controleer het adres als het zo blijft." / "The server answers with an error of its own: try again later, and check the address if it stays so.",
    /// The server takes no more calls now.
    TooManyCalls = "probe-too-many-calls":
        "De server neemt nu geen aanvragen meer aan; probeer het later opnieuw." / "The server takes no more calls now: try again later.",
    /// Ids are texts.
    IdsAreTexts = "probe-ids-are-texts":
        "ID's zijn teksten." / "Ids are texts.",
    /// Ids are numbers, which are kept as texts.
    IdsAreNumbers = "probe-ids-are-numbers":
        "ID's zijn getallen en worden als tekst bewaard; daarvoor hoeft niets in het dialect." / "Ids are numbers, which are kept as texts: nothing has to be written for that.",
    /// No field has a form that cannot be read.
    FieldsRead = "probe-fields-read":
        "Geen veld heeft een vorm die niet te lezen is." / "No field has a form that cannot be read.",
    /// What stands at this place can be read on no record.
    FieldNotRead = "probe-field-not-read":
        "Wat op deze plaats staat is bij geen enkele relatie te lezen; schrijf een andere plaats, de woorden ervan, of hoe het geschreven is." / "What stands at this place can be read on no record: write another place, its words, or as what it is written.",
    /// Rows of the list have no id at this place.
    RowsWithoutId = "probe-rows-without-id":
        "Regels van de lijst hebben op deze plaats geen ID; schrijf waar het ID staat." / "Rows of the list have no id at this place: write where the id stands.",
    /// Contact persons can be read.
    PersonsRead = "probe-persons-read":
        "Contactpersonen zijn te lezen." / "Contact persons can be read.",
    /// The second page is another one.
    ListGoesOn = "probe-list-goes-on":
        "De tweede pagina is een andere." / "The second page is another one.",
    /// The second page is the first once more.
    PageRepeats = "probe-page-repeats":
        "De tweede pagina is de eerste nog eens; schrijf hoe de lijst verdergaat." / "The second page is the first once more: write how the list goes on.",
    /// The second page leads to itself.
    CursorRepeats = "probe-cursor-repeats":
        "De tweede pagina verwijst naar zichzelf; schrijf waar staat hoe de lijst verdergaat." / "The second page leads to itself: write where the place of the next page stands.",
    /// The list says that it ends, and has more.
    EndsEarly = "probe-list-ends-early":
        "De lijst zegt dat ze ophoudt, maar bevat meer; schrijf hoe ze verdergaat." / "The list says that it ends, and has more: write how it goes on.",
    /// A page has as many rows as were asked for.
    SizeKept = "probe-size-kept":
        "Een pagina heeft zoveel regels als gevraagd." / "A page has as many rows as were asked for.",
    /// A page has more rows than were asked for.
    SizeIgnored = "probe-size-ignored":
        "Een pagina heeft meer regels dan gevraagd; schrijf de parameter voor het aantal, of laat die weg." / "A page has more rows than were asked for: write the parameter for the size, or leave it out.",
    /// The list comes by its stamps, the oldest first.
    InOrder = "probe-list-in-order":
        "De lijst staat op volgorde van wijziging, de oudste eerst." / "The list comes by its stamps, the oldest first.",
    /// The list does not come by its stamps.
    NotInOrder = "probe-list-not-in-order":
        "De lijst staat niet op volgorde van wijziging. Daarvoor hoeft niets in het dialect; ze wordt elke keer helemaal gelezen." / "The list does not come by its stamps. Nothing has to be written for that: it is read to its end each time.",
    /// Each record comes once.
    RecordsOnce = "probe-records-once":
        "Elke relatie komt één keer voor." / "Each record comes once.",
    /// A record comes twice.
    RecordTwice = "probe-record-twice":
        "Een relatie komt twee keer voor. Dat is onschadelijk, maar als er net niets is gewijzigd overlappen de pagina's." / "A record comes twice. It does no harm, but where no user made a change just now, the pages overlap.",
    /// Asked for changes since a moment, it leaves out older ones.
    FilterWorks = "probe-filter-works":
        "Gevraagd naar wijzigingen vanaf een moment blijven oudere weg." / "Asked for changes since a moment, it leaves out older ones.",
    /// Asked for changes since a moment, it gives all records.
    FilterWithoutEffect = "probe-filter-without-effect":
        "Gevraagd naar wijzigingen vanaf een moment komt alles; schrijf de parameter daarvoor, of dat die er niet is." / "Asked for changes since a moment, it gives all records: write the parameter for it, or that there is none.",
    /// Asked for changes since a moment, it gives older ones as well.
    FilterTooWide = "probe-filter-too-wide":
        "Gevraagd naar wijzigingen vanaf een moment komen ook oudere; schrijf in welke vorm het moment staat." / "Asked for changes since a moment, it gives older ones as well: write in which form the moment stands.",
    /// The moment is taken to the second.
    FilterExact = "probe-filter-exact":
        "Het moment telt op de seconde." / "The moment is taken to the second.",
    /// Only the day of the moment is looked at.
    FilterByDay = "probe-filter-by-day":
        "Alleen de dag van het moment telt; schrijf de vorm als datum." / "Only the day of the moment is looked at: write the form as a date.",
    /// What changed at that very moment comes, too.
    BoundIncluded = "probe-bound-included":
        "Wat precies op dat moment is gewijzigd komt ook." / "What changed at that very moment comes, too.",
    /// What changed at that very moment is left out.
    BoundExcluded = "probe-bound-excluded":
        "Wat precies op dat moment is gewijzigd blijft weg; schrijf dat de grens niet meetelt." / "What changed at that very moment is left out: write that the bound is exclusive.",
    /// What changed after that moment is left out.
    LeavesOut = "probe-filter-leaves-out":
        "Wat na dat moment is gewijzigd blijft weg; schrijf in welke vorm het moment staat." / "What changed after that moment is left out: write in which form the moment stands.",
    /// Stamps have the form that the dialect says.
    StampsAsSaid = "probe-stamps-as-said":
        "Wijzigingstijden hebben de vorm die het dialect noemt." / "Stamps have the form that the dialect says.",
    /// Stamps have an offset.
    StampsWithOffset = "probe-stamps-are-rfc3339":
        "Wijzigingstijden hebben een tijdzone; schrijf rfc3339, of utc als ze op een Z eindigen." / "Stamps have an offset: write rfc3339, or utc where each ends with a Z.",
    /// Stamps have no offset.
    StampsNaive = "probe-stamps-are-naive":
        "Wijzigingstijden hebben geen tijdzone; schrijf naive bij Nederlandse tijd, naive-utc bij UTC." / "Stamps have no offset: write naive where they are Dutch time, naive-utc where they are UTC.",
    /// Stamps are dates alone.
    StampsByDay = "probe-stamps-are-dates":
        "Wijzigingstijden zijn alleen een datum; schrijf date." / "Stamps are dates alone: write date.",
    /// Stamps are seconds since 1970.
    StampsInSeconds = "probe-stamps-are-seconds":
        "Wijzigingstijden zijn seconden sinds 1970; schrijf seconds." / "Stamps are seconds since 1970: write seconds.",
    /// Stamps are milliseconds since 1970.
    StampsInMillis = "probe-stamps-are-millis":
        "Wijzigingstijden zijn milliseconden sinds 1970; schrijf millis." / "Stamps are milliseconds since 1970: write millis.",
    /// Stamps have a form that cannot be read.
    StampsOdd = "probe-stamps-not-read":
        "Wijzigingstijden hebben een vorm die niet te lezen is; schrijf waar een andere staat, of laat ze weg." / "Stamps have a form that cannot be read: write where another one stands, or leave it out.",
    /// Stamps come in several forms.
    StampsMixed = "probe-stamps-mixed":
        "Wijzigingstijden komen in meer dan één vorm; schrijf waar er een staat die altijd dezelfde vorm heeft." / "Stamps come in several forms: write where one stands that has one form.",
    /// No row has a stamp at this place.
    StampsMissing = "probe-stamps-missing":
        "Geen regel heeft op deze plaats een wijzigingstijd; schrijf waar die staat, of laat die weg." / "No row has a stamp at this place: write where it stands, or leave it out.",
    /// A row of the list has each field that the record has.
    RowsWhole = "probe-rows-whole":
        "Een regel van de lijst heeft elk veld dat de relatie heeft." / "A row of the list has each field that the record has.",
    /// A row of the list leaves out fields that the record has.
    RowsLean = "probe-rows-lean":
        "Een regel van de lijst laat velden weg die de relatie heeft. Dan wordt elke relatie apart gelezen; schrijf een parameter die alles geeft, als die er is." / "A row of the list leaves out fields that the record has. Then each record is read by itself: write a parameter that gives all, if there is one.",
    /// A record of the list is not found by its id.
    SingleNotFound = "probe-single-not-found":
        "Een relatie uit de lijst is niet te vinden met haar ID; schrijf het pad van één relatie." / "A record of the list is not found by its id: write the path of one record.",
    /// An empty field is there, and empty.
    EmptiesGiven = "probe-empties-given":
        "Een leeg veld is er, en is leeg." / "An empty field is there, and empty.",
    /// A field is left out that the dialect has.
    EmptiesLeftOut = "probe-empties-left-out":
        "Een veld dat het dialect heeft ontbreekt; als dat leeg betekent hoeft er niets in het dialect, schrijf anders waar het staat." / "A field is left out that the dialect has: where that means empty nothing has to be written, else write where it stands.",
    /// No field of the record is empty.
    NoEmpties = "probe-no-empties-seen":
        "Geen veld van de relatie is leeg." / "No field of the record is empty.",
    /// A record has something that guards a write.
    TagThere = "probe-tag-there":
        "Een relatie heeft iets dat een wijziging bewaakt. Of het past blijkt bij de eerste wijziging." / "A record has something that guards a write. Whether it fits is told by the first write.",
    /// A record has nothing that guards a write, or a weak ETag.
    TagMissing = "probe-tag-missing":
        "Een relatie heeft niets dat een wijziging bewaakt, of een zwakke ETag; schrijf none, of waar de versie staat." / "A record has nothing that guards a write, or a weak ETag: write none, or the member that tells the version.",
    /// A record that does not exist is refused as such.
    MissingRefused = "probe-missing-refused":
        "Een relatie die niet bestaat wordt als zodanig geweigerd." / "A record that does not exist is refused as such.",
    /// A record that does not exist is answered with a success.
    MissingNotRefused = "probe-missing-not-refused":
        "Een relatie die niet bestaat krijgt een gewoon antwoord; schrijf wat alleen in zo'n antwoord staat, en een regel dat de code ervan gone betekent." / "A record that does not exist is answered with a success: write what stands only in such an answer, and a rule that its code means gone.",
    /// A record that does not exist is refused otherwise.
    MissingRefusedOtherwise = "probe-missing-refused-otherwise":
        "Een relatie die niet bestaat wordt anders geweigerd; schrijf een regel dat deze status of code gone betekent." / "A record that does not exist is refused otherwise: write a rule that this status, or its code, means gone.",
    /// What is listed as deleted is gone.
    DeletedGone = "probe-deleted-gone":
        "Wat als verwijderd in de lijst staat is weg." / "What is listed as deleted is gone.",
    /// What is listed as deleted is in use by itself.
    DeletedInUse = "probe-deleted-in-use":
        "Wat als verwijderd in de lijst staat is apart gelezen in gebruik; schrijf de woorden voor de status." / "What is listed as deleted is in use by itself: write the words for the life of a record.",
    /// Nothing is listed as deleted.
    NoneDeleted = "probe-none-deleted":
        "Er staat niets als verwijderd in de lijst." / "Nothing is listed as deleted.",
    /// Each relation type of a record is known, by its id.
    TypesKnown = "probe-types-known":
        "Elk relatietype van een relatie is bekend, aan zijn ID." / "Each relation type of a record is known, by its id.",
    /// Some records have a relation type that is not known; the office may have removed it.
    TypesPartlyKnown = "probe-types-partly-known":
        "Sommige relaties hebben een relatietype dat niet bekend is; misschien heeft het kantoor het verwijderd." / "Some records have a relation type that is not known; the office may have removed it.",
    /// No relation type of a record is known.
    TypesUnknown = "probe-types-unknown":
        "Geen relatietype van een relatie is bekend; schrijf waar de ID's ervan staan." / "No relation type of a record is known: write where their ids stand.",
    /// The records that were seen do not tell it.
    TooFew = "probe-too-few-records":
        "De relaties die zijn gezien laten het niet zien." / "The records that were seen do not tell it.",
    /// The dialect names no such thing.
    NotInDialect = "probe-not-in-dialect":
        "Het dialect noemt dit niet." / "The dialect names no such thing.",
    /// Told by the trial with one record, or by the first writes.
    OnlyByWriting = "probe-only-by-writing":
        "Blijkt bij de proef met één relatie, of bij de eerste wijzigingen." / "Told by the trial with one record, or by the first writes.",
    /// Not to be told by reading.
    NotByReading = "probe-not-by-reading":
        "Door te lezen niet te zien." / "Not to be told by reading.",
}
