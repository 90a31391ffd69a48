//! Every code that the connector gives, with its sentence in Dutch and in English.
//!
//! A sentence says what is, and what a person can change in the settings, in AdvocaatCentraal or in Tribe. It names no
//! command and no button: those belong to the host, and every host has its own.

mod describe;
mod outage;
mod probed;
mod table;
mod tried;
mod why;

pub use describe::describe;
pub use outage::Outage;
pub use probed::Probed;
pub use table::Text;
use table::codes;
pub use tried::Tried;
pub use why::Why;

codes! { Code:
    /// A setting has no value.
    SettingMissing = "setting-missing":
        "Deze instelling is nog niet ingevuld." / "This setting has no value yet.",
    /// A setting's value has the wrong form.
    SettingNotUnderstood = "setting-not-understood":
        "Deze instelling heeft een waarde die de koppeling niet begrijpt." / "This setting has a value that the connector does not understand.",
    /// A relation type is mapped to something that is no type of Tribe's.
    RelationTypeUnknown = "relation-type-unknown":
        "Dit relatietype bestaat niet in Tribe; kies een ander type of laat het leeg." / "This relation type does not exist in Tribe; choose another or leave it empty.",
    /// No relation type is mapped.
    NoRelationTypeMapped = "no-relation-type-mapped":
        "Er is nog geen relatietype gekoppeld; koppel er ten minste één." / "No relation type is mapped yet; map at least one.",
    /// A field rule names a field that is not synced.
    FieldUnknown = "field-unknown":
        "Dit veld wordt niet gesynchroniseerd; controleer de naam." / "No such field is synced; check the name.",
    /// The store of the host is missing.
    StoreMissing = "store-missing":
        "De opslag van de koppeling ontbreekt; neem contact op met de beheerder." / "The host gives no store of that name; set store-bucket.",

    /// Poll was called before an initial sync was done.
    InitialSyncFirst = "initial-sync-first":
        "Er is nog geen eerste synchronisatie gedaan; doe die eerst." / "No initial sync has been completed yet; do that first.",
    /// A row without an id, or not an object.
    RowNotUnderstood = "row-not-understood":
        "Een regel uit AdvocaatCentraal is niet te lezen en is overgeslagen." / "A row from AdvocaatCentraal cannot be read and was left out.",
    /// A field of a form that was not expected; the rest of the record went on.
    FieldNotUnderstood = "field-not-understood":
        "Dit veld heeft een onverwachte vorm; de rest van de relatie is wel verwerkt." / "This field has an unexpected form; the rest of the record went on.",
    /// A field of AC's that could be read on no record at all.
    FieldNeverUnderstood = "field-never-understood":
        "AdvocaatCentraal geeft dit veld bij geen enkele relatie in een leesbare vorm; de waarden in Tribe blijven staan." / "AdvocaatCentraal gives this field in a readable form on no record at all; the values in Tribe stay.",
    /// A field of Tribe's of a form that was not expected; the rest of the record went on.
    FieldNotUnderstoodInTribe = "field-not-understood-in-tribe":
        "Dit veld heeft in Tribe een onverwachte vorm en gaat niet naar AdvocaatCentraal; vul het in Tribe opnieuw in." / "This field has an unexpected form in Tribe and does not go to AdvocaatCentraal; enter it again in Tribe.",
    /// A field of Tribe's that could be read on no record at all.
    FieldNeverUnderstoodInTribe = "field-never-understood-in-tribe":
        "Dit veld is in Tribe bij geen enkele relatie te lezen; kijk in Tribe of het soort veld is gewijzigd." / "This field can be read in Tribe on no record at all; see in Tribe whether the type of the field was changed.",
    /// A value in Tribe that could not be read gave way, and has no spelling to be kept.
    UnreadableGaveWay = "unreadable-gave-way":
        "Wat in Tribe in dit veld stond was niet te lezen en is vervangen door de nieuwe waarde uit AdvocaatCentraal." / "What stood in this field in Tribe could not be read, and gave way to the new value of AdvocaatCentraal.",
    /// A gender for which the tenant has no row.
    GenderWithoutRow = "gender-without-row":
        "Tribe heeft geen keuze voor geslacht X of onbekend; bij wie dat in AdvocaatCentraal heeft blijft het veld daar leeg." / "Tribe has no choice for gender X or unknown; the field stays empty there for whoever has it in AdvocaatCentraal.",
    /// A private person's name stands in several fields of Tribe's.
    NameSplit = "name-split":
        "In Tribe staan voornaam, voorletters of tussenvoegsel apart ingevuld; zolang dat zo is gaat de naam niet van het ene systeem naar het andere." / "In Tribe the first name, initials or infix are filled in by themselves; as long as they are, the name does not go from either system to the other.",
    /// Several addresses of one type; the one with the lowest id is synced.
    SeveralOfOne = "several-of-one":
        "Er zijn meer adressen van dit type; het eerste wordt gesynchroniseerd." / "There are several addresses of this type; the first is synced.",
    /// A person with more than one address in Tribe; the one in the slot is synced.
    SeveralInTribe = "several-in-tribe":
        "Deze persoon heeft in Tribe meer dan één adres; alleen het adres op de kaart zelf wordt gesynchroniseerd." / "This person has more than one address in Tribe; only the one on the record itself is synced.",
    /// Several functions of a contact person at one organisation; one of them is synced.
    SeveralFunctions = "several-functions":
        "Deze contactpersoon heeft bij één organisatie meer dan één functie; de functie die al gekoppeld is blijft dat, anders is het de eerste op alfabet." / "This contact person has several functions at one organisation; the one that is linked stays so, otherwise it is the first by the alphabet.",
    /// A KvK number that lost its leading zero on the way; it is read with it.
    LostZero = "lost-zero":
        "Het KvK-nummer kwam zonder voorloopnul binnen en is aangevuld." / "The KvK number came without its leading zero and was completed.",
    /// A value that the other side cannot hold.
    ValueDoesNotFit = "value-does-not-fit":
        "Deze waarde past niet in het veld aan de andere kant en is niet overgenomen." / "This value does not fit the field on the other side and was not taken over.",
    /// A field that Tribe demands is empty in AC.
    RequiredFieldEmpty = "required-field-empty":
        "Tribe vereist dit veld; vul het in AdvocaatCentraal in." / "Tribe demands this field; fill it in in AdvocaatCentraal.",
    /// An address whose type has no slot for this kind of record.
    AddressWithoutSlot = "address-without-slot":
        "Tribe heeft voor dit soort relatie geen plaats voor dit adres." / "Tribe has no place for this address on this kind of record.",
    /// A synced address that a user removed in Tribe.
    AddressGoneInTribe = "address-gone-in-tribe":
        "Dit adres is in Tribe verwijderd; het blijft in AdvocaatCentraal staan en komt in Tribe terug zodra het daar wijzigt." / "This address was removed in Tribe; it stays in AdvocaatCentraal, and comes back in Tribe as soon as it changes there.",
    /// An address that AC has no more.
    AddressRemovedInAc = "address-removed-in-advocaatcentraal":
        "Dit adres is in AdvocaatCentraal verwijderd; het blijft in Tribe staan en gaat naar AdvocaatCentraal zodra het in Tribe wijzigt." / "This address was removed in AdvocaatCentraal; it stays in Tribe, and goes to AdvocaatCentraal as soon as it changes in Tribe.",
    /// An address that was added in Tribe, and that AC did not keep.
    AddressNotKept = "address-not-kept":
        "Dit adres is in Tribe toegevoegd, maar AdvocaatCentraal heeft het niet bewaard; voer het daar zelf in, of wijzig het in Tribe om het opnieuw te laten proberen." / "This address was added in Tribe, but AdvocaatCentraal did not keep it; enter it there by hand, or change it in Tribe to have it tried again.",
    /// An address that was added in Tribe, and that AC kept more than once.
    AddressKeptTwice = "address-kept-twice":
        "AdvocaatCentraal heeft dit adres, dat in Tribe is toegevoegd, meer dan eens bewaard; verwijder daar wat te veel is." / "AdvocaatCentraal kept this address, which was added in Tribe, more than once; remove there what is too much.",
    /// One address of Tribe's stands in two slots.
    AddressShared = "address-shared":
        "Dit adres is in Tribe hetzelfde adres als een ander van deze relatie; alleen het andere wordt gesynchroniseerd. Maak er in Tribe twee adressen van." / "This address is in Tribe the same one as another of this record; only the other is synced. Make two addresses of it in Tribe.",
    /// A mapped type that does not exist for this kind of record.
    TypeNotForKind = "type-not-for-kind":
        "Dit relatietype bestaat in Tribe niet voor dit soort relatie." / "This relation type does not exist in Tribe for this kind of relation.",
    /// The same field changed on both sides, or in two places of Tribe.
    Conflict = "conflict":
        "Dit veld is op meer dan één plek gewijzigd; de waarde die moest wijken is bewaard." / "This field changed in more than one place; the value that gave way is kept.",
    /// A linked record that is no longer synced.
    Paused = "paused":
        "Deze relatie is gearchiveerd of verwijderd, of heeft geen gekoppeld type meer; wat in Tribe staat blijft ongemoeid." / "This record is archived, deleted or of no mapped type any more; what stands in Tribe stays as it is.",
    /// A relation has another role in Tribe than before, and its former one beside it.
    FormerRoleStays = "former-role-stays":
        "Deze relatie kreeg een ander relatietype; het vorige blijft in Tribe staan tot iemand het daar verwijdert." / "This relation was given another relation type; the former one stays in Tribe too, until someone removes it there.",
    /// A relation is synced since its type is mapped, or is again.
    BroughtIn = "brought-in":
        "Het type van deze relatie is (weer) gekoppeld; ze wordt nu gesynchroniseerd." / "The type of this relation is mapped, or is again; it is synced now.",
    /// A linked relation became one of the other kind in AC.
    KindChanged = "kind-changed":
        "Deze relatie is in AdvocaatCentraal van bedrijf particulier geworden, of andersom; de kaart in Tribe blijft staan zoals ze is en er komt geen nieuwe bij tot u daarom vraagt." / "This relation turned in AdvocaatCentraal from a company into a private person, or the other way round; its record in Tribe stays as it is, and none is made beside it until a person asks.",
    /// Two values that differed when a setting changed, and stay so.
    AgreedBySetting = "agreed-by-setting":
        "Dit veld verschilde toen de instelling ervan werd gewijzigd; beide waarden blijven staan tot iemand er één wijzigt." / "This field differed when its setting was changed; both values stay until someone edits one of them.",
    /// One of several Tribe fields for one of AC's was made different, and stays so.
    SiblingStays = "sibling-stays":
        "Dit veld staat in Tribe op meer dan één plek; wat daar op één plek anders is ingevuld of leeggemaakt blijft zo staan." / "This field stands in Tribe in more than one place; what was entered or emptied in one of them stays as it is.",
    /// A linked record was removed in Tribe.
    GoneInTribe = "gone-in-tribe":
        "Tribe toont deze relatie niet meer; ze wordt niet opnieuw aangemaakt. Toont Tribe haar weer, dan gaat de koppeling vanzelf verder." / "Tribe shows this record no more; it is not made again. If Tribe shows it again, the connector goes on with it by itself.",
    /// A linked record did not show; it is looked for again before it is gone.
    NotShown = "not-shown":
        "Tribe toont deze relatie op dit moment niet; de koppeling kijkt vanzelf opnieuw." / "Tribe does not show this record at the moment; the connector looks again by itself.",
    /// None of AC's relations is synced: each was passed over.
    NothingToSync = "nothing-to-sync":
        "Geen enkele relatie heeft een gekoppeld type, een soort en een status die de koppeling kent; controleer de typen en het dialect." / "No relation has a mapped type, a kind and a status that the connector knows; check the types and the dialect.",
    /// Of the relations that were asked for their contact persons none has a list of them.
    NoPersonLists = "no-person-lists":
        "Geen van de gevraagde relaties heeft een lijst met contactpersonen; controleer het pad ervan in het dialect." / "None of the relations that were asked has a list of contact persons; check its path in the dialect.",
    /// The office's dialect was not tried: no edit of Tribe's goes to AC.
    DialectNotTried = "dialect-not-tried":
        "Wijzigingen in Tribe gaan nog niet naar AdvocaatCentraal; beproef eerst het dialect met één relatie." / "Edits made in Tribe do not go to AdvocaatCentraal yet; try the dialect with one record first.",
    /// A person paused the direction from Tribe to AC.
    ToAdvocaatCentraalPaused = "to-advocaatcentraal-paused":
        "Er gaat niets naar AdvocaatCentraal: die richting is gepauzeerd. Wat in Tribe wijzigt, volgt zodra ze weer aan staat." / "Nothing goes to AdvocaatCentraal: that direction is paused. What changes in Tribe follows once it is resumed.",
    /// A person paused the direction from AC to Tribe.
    ToTribePaused = "to-tribe-paused":
        "Er gaat niets naar Tribe: die richting is gepauzeerd. Wat in AdvocaatCentraal wijzigt, volgt zodra ze weer aan staat." / "Nothing goes to Tribe: that direction is paused. What changes in AdvocaatCentraal follows once it is resumed.",
    /// The office's dialect was tried.
    DialectTried = "dialect-tried":
        "Het dialect is met een relatie beproefd: wijzigingen in Tribe gaan naar AdvocaatCentraal." / "The dialect was tried with a record: edits made in Tribe go to AdvocaatCentraal.",
    /// So many linked records do not show that none is believed to be gone.
    ManyNotShown = "many-not-shown":
        "Tribe toont veel gekoppelde kaarten niet meer; ze blijven gekoppeld en ongemoeid tot Tribe ze weer toont of tot u bevestigt dat ze verwijderd zijn." / "Tribe does not show many of the linked records; they stay linked and untouched until Tribe shows them again, or a person says that they are gone.",
    /// What was gone in Tribe is there again.
    FoundAgain = "found-again":
        "Tribe toont deze relatie weer; ze is opnieuw gekoppeld." / "Tribe shows this record again; it is linked again.",
    /// A record was merged into another in Tribe, which is linked now.
    MergedInTribe = "merged-in-tribe":
        "Deze relatie is in Tribe samengevoegd met een andere kaart; de koppeling gaat verder met die kaart." / "This record was merged into another in Tribe; the connector goes on with that one.",
    /// A record was merged into one that belongs to another relation.
    MergedIntoLinked = "merged-into-linked":
        "Deze relatie is in Tribe samengevoegd met de kaart van een andere relatie; die hoort bij één van beide. Voeg ze ook in AdvocaatCentraal samen, of maak in Tribe weer twee kaarten." / "This record was merged in Tribe with that of another relation, and it can belong to one of them only. Merge them in AdvocaatCentraal too, or make two records in Tribe again.",
    /// A contact relationship was moved to another organisation in Tribe.
    ContactMoved = "contact-moved":
        "Deze contactpersoon is in Tribe naar een andere organisatie verplaatst; verplaats hem ook in AdvocaatCentraal." / "This contact person was moved to another organisation in Tribe; move the person in AdvocaatCentraal too.",
    /// Records of ours stand in Tribe that the store does not know.
    OlderCopy = "older-copy":
        "In Tribe staan kaarten van deze koppeling die de opslag niet kent: de opslag is een oudere kopie of ging verloren. Ze zijn gekoppeld, niet opnieuw aangemaakt." / "Tribe holds records of this connector that its store does not know: the store is an older copy, or was lost. They were linked, not made again.",
    /// Two Tribe records bear the same marker.
    MarkerTwice = "marker-twice":
        "In Tribe staan twee kaarten met hetzelfde AdvocaatCentraal-ID; de oudste is gekoppeld." / "Two records in Tribe bear the same AdvocaatCentraal id; the older one is linked.",

    /// The same where no value is kept.
    ConflictNotKept = "conflict-not-kept":
        "Dit veld is op meer dan één plek gewijzigd; de waarde die moest wijken is niet bewaard, want kept-days is 0." / "This field changed in more than one place; the value that gave way is not kept, since kept-days is 0.",
    /// A value that is to be given back and is not kept, or no longer.
    NotKept = "not-kept":
        "Er is geen waarde (meer) bewaard om terug te zetten; er is niets gewijzigd." / "No such value is kept, or no longer; nothing was given back.",
    /// A value that is to be given back and stands in its place.
    StandsThere = "stands-there":
        "Deze waarde staat daar al; er is niets gewijzigd." / "This value stands there already; nothing was changed.",
    /// A value whose place says something else by now.
    MovedSince = "moved-since":
        "Dit veld is daarna opnieuw gewijzigd; de bewaarde waarde is niet teruggezet." / "This field was changed again since; the kept value was not given back.",
    /// A value whose record, address or koppeling is not synced any more.
    NoPlaceForIt = "no-place-for-it":
        "De relatie, het adres of de plek van deze waarde wordt niet meer gesynchroniseerd; er is niets teruggezet." / "The record, the address or the place of this value is no longer synced; nothing was given back.",
    /// A preview that the budget cut short.
    PreviewNotWhole = "preview-not-whole":
        "Het voorbeeld is niet volledig: er zijn te veel relaties voor één aanroep." / "The preview is not whole: there are too many relations for one call.",
    /// A marker that was overwritten in Tribe.
    MarkerRepaired = "marker-repaired":
        "Het AdvocaatCentraal-ID op deze kaart in Tribe was overschreven, bijvoorbeeld door een import, en is hersteld." / "The AdvocaatCentraal id on this record in Tribe was overwritten, by an import perhaps, and was written anew.",
    /// A difference that neither the poll nor a webhook had shown.
    FoundBySweep = "found-by-sweep":
        "Dit verschil werd pas bij de nachtelijke controle gevonden en is hersteld." / "This difference was found only by the sweep, and mended.",

    /// Too many records would lose a value.
    BrakeOn = "brake-on":
        "In een dag zou dit veld bij meer dan een tiende van de relaties die het hebben, en ten minste drie, leeg worden of dezelfde waarde krijgen; het wordt tegengehouden tot u het goedkeurt of de waarden terugneemt." / "In a day more than a tenth of the records that have this field, and at least three, would have it emptied or given one same value; it is held back until a person lets it through or takes the values back.",
    /// The values of a brake are back.
    BrakeEnded = "brake-ended":
        "De waarden van dit veld zijn terug; er wordt niets meer van tegengehouden." / "The values of this field are back; nothing of it is held back any more.",
    /// A field that was to be emptied, and still holds its value after a success.
    NotCleared = "not-cleared":
        "Dit veld is aan de ene kant leeggemaakt, maar de andere kant houdt de waarde vast; maak het daar zelf leeg." / "This field was emptied on one side, but the other keeps its value; empty it there by hand.",
    /// A field that holds something else than was written to it, after a success.
    StoredOtherwise = "stored-otherwise":
        "De ene kant heeft dit veld aangenomen, maar iets anders opgeslagen dan de andere kant heeft; wijzig het veld, of laat het opnieuw proberen." / "One side took this field but stored something else than the other side has; change the field, or have it tried again.",
    /// Nothing is held back.
    BrakeNotOn = "brake-not-on":
        "Er wordt niets tegengehouden; er is niets gewijzigd." / "The brake is not on; nothing was changed.",
    /// A field whose clearing in Tribe is held back.
    EmptiedInAdvocaatCentraal = "emptied-in-advocaatcentraal":
        "Dit veld is leeg in AdvocaatCentraal; in Tribe blijft het staan tot u daarover besluit." / "This field is empty in AdvocaatCentraal; Tribe keeps its value until a person decides.",
    /// A field whose clearing in AC is held back.
    EmptiedInTribe = "emptied-in-tribe":
        "Dit veld is leeg in Tribe; in AdvocaatCentraal blijft het staan tot u daarover besluit." / "This field is empty in Tribe; AdvocaatCentraal keeps its value until a person decides.",
    /// A field that Tribe would get the same value for as many others.
    OneValueInAdvocaatCentraal = "one-value-in-advocaatcentraal":
        "Dit veld kreeg in AdvocaatCentraal dezelfde waarde als bij veel andere; in Tribe blijft het staan tot u daarover besluit." / "This field got the same value in AdvocaatCentraal as many others; Tribe keeps its value until a person decides.",
    /// A field that AC would get the same value for as many others.
    OneValueInTribe = "one-value-in-tribe":
        "Dit veld kreeg in Tribe dezelfde waarde als bij veel andere; in AdvocaatCentraal blijft het staan tot u daarover besluit." / "This field got the same value in Tribe as many others; AdvocaatCentraal keeps its value until a person decides.",

    /// Tribe refused the record.
    RefusedByTribe = "refused-by-tribe":
        "Tribe weigert deze relatie; wijzig haar of laat het opnieuw proberen." / "Tribe refuses this record; change it, or have it tried again.",
    /// AC refused the record.
    RefusedByAdvocaatCentraal = "refused-by-advocaatcentraal":
        "AdvocaatCentraal weigert deze wijziging; wijzig het veld in Tribe." / "AdvocaatCentraal refuses this change; change the field in Tribe.",
    /// A create whose outcome is not known; it is looked up before it is repeated.
    OutcomeUnknown = "outcome-unknown":
        "Het is niet bekend of Tribe dit heeft opgeslagen; de koppeling kijkt dat vanzelf na." / "Whether Tribe stored this is not known; the connector looks it up by itself.",
    /// A record that did not get an answer.
    NoAnswer = "no-answer":
        "Er kwam geen bruikbaar antwoord; de koppeling probeert het vanzelf opnieuw." / "There was no usable answer; the connector tries again by itself.",
    /// A write that AC answered with something else than the record.
    AnsweredOtherwise = "answered-otherwise":
        "AdvocaatCentraal antwoordde, maar niet met de relatie; de koppeling kijkt of de wijziging is opgeslagen en probeert het anders later opnieuw." / "AdvocaatCentraal answered, but not with the record; the connector looks whether the change was stored, and otherwise tries again later.",
    /// A write that AC answered with another address.
    Redirected = "redirected":
        "AdvocaatCentraal verwijst door naar een ander adres, en dat wordt nooit gevolgd; controleer advocaatcentraal-url en de paden van het dialect." / "AdvocaatCentraal redirects to another address, which is never followed; check advocaatcentraal-url and the paths of the dialect.",
    /// A record that was stored and does not show yet.
    NotVisibleYet = "not-visible-yet":
        "Een van beide systemen toont nog niet wat het kreeg; de koppeling kijkt vanzelf opnieuw." / "One of the systems does not show yet what it got; the connector looks again by itself.",
    /// What the host stored of a record does not open, or cannot be read.
    StateDamaged = "state-damaged":
        "Wat de koppeling van deze relatie bewaarde is beschadigd; alleen door haar te laten vergeten en daarna opnieuw te synchroniseren wordt zij in Tribe teruggevonden." / "What the connector stored of this record is damaged; only when it is forgotten and then synced again is it found in Tribe.",
    /// A contact person whose organisation comes first.
    WaitsForOrganisation = "waits-for-organisation":
        "Deze contactpersoon wacht op de organisatie en volgt daarna vanzelf." / "This contact person waits for its organisation and follows by itself.",
    /// A record that someone changed again and again while it was written.
    ChangedInBetween = "changed-in-between":
        "Deze relatie werd intussen steeds gewijzigd; de koppeling probeert het vanzelf opnieuw." / "This record kept changing meanwhile; the connector tries again by itself.",

    /// A write that AC refused for a change that nobody made.
    NotTakenNow = "not-taken-now":
        "AdvocaatCentraal neemt deze wijziging nu niet aan, hoewel niemand de relatie intussen wijzigde; de koppeling probeert het vanzelf opnieuw." / "AdvocaatCentraal does not take this change now, though nobody changed the record meanwhile; the connector tries again by itself.",

    /// Check: AC answers to the key.
    AdvocaatCentraalReached = "advocaatcentraal-reached":
        "AdvocaatCentraal is bereikbaar en aanvaardt de API key." / "AdvocaatCentraal answers and accepts the API key.",
    /// Check: AC knows another office under that number.
    OfficeDiffers = "office-differs":
        "Op dit adres is dit kantoor niet te vinden; controleer de instellingen advocaatcentraal-url en advocaatcentraal-office." / "This office is not found at this address; check the settings advocaatcentraal-url and advocaatcentraal-office.",
    /// Check: a key or secret is refused.
    CredentialsRefused = "credentials-refused":
        "De inloggegevens worden geweigerd; maak nieuwe aan en vul die in." / "The credentials are refused; make new ones and enter them.",
    /// Check: the host forbids the address.
    AddressForbidden = "address-forbidden":
        "Dit adres is niet toegestaan; controleer de instelling." / "The host forbids this address; check the setting.",
    /// Check: every mapped AC type exists.
    MappedTypesExist = "mapped-types-exist":
        "Alle gekoppelde relatietypen bestaan in AdvocaatCentraal." / "Every mapped relation type exists in AdvocaatCentraal.",
    /// Check: a mapped AC type does not exist.
    MappedTypeMissing = "mapped-type-missing":
        "Een gekoppeld relatietype bestaat niet (meer) in AdvocaatCentraal; kies opnieuw." / "A mapped relation type does not exist (any more) in AdvocaatCentraal; choose again.",
    /// Check: AC's stamps have an offset.
    StampsWithOffset = "stamps-with-offset":
        "AdvocaatCentraal geeft tijden met een tijdzone." / "AdvocaatCentraal gives times with an offset.",
    /// Check: AC's stamps have none.
    StampsWithoutOffset = "stamps-without-offset":
        "AdvocaatCentraal geeft tijden zonder tijdzone; ze worden als Nederlandse tijd gelezen." / "AdvocaatCentraal gives times without an offset; they are read as time in Europe/Amsterdam.",
    /// Check: a write that bore a record's tag was taken.
    TagsFit = "tags-fit":
        "AdvocaatCentraal bewaakt met een ETag dat niemand intussen wijzigde." / "AdvocaatCentraal guards by an ETag that nobody wrote in between.",
    /// Check: a write that bore a record's tag was refused, though nobody had changed the record.
    TagsDoNotFit = "tags-do-not-fit":
        "De ETag van AdvocaatCentraal past nooit bij de relatie; de koppeling leest haar vlak voor het schrijven nog eens en schrijft zonder." / "The ETag that AdvocaatCentraal gives never fits its record; each is read once more right before it is written, without the tag.",
    /// Check: AC gives no tag.
    NoTags = "no-tags":
        "AdvocaatCentraal geeft geen bruikbare ETag; de koppeling leest elke relatie vlak voor het schrijven nog eens." / "AdvocaatCentraal gives no ETag that can guard a write; each record is read once more right before it is written.",
    /// Check: no write has shown yet whether tags fit.
    TagsUnknown = "tags-unknown":
        "Of de ETag van AdvocaatCentraal past, blijkt bij de eerste wijziging uit Tribe." / "Whether the ETag of AdvocaatCentraal fits shows with the first change from Tribe.",
    /// Check: AC gives empty members.
    EmptyMembersHeld = "empty-members-held":
        "AdvocaatCentraal geeft een leeg veld als leeg." / "AdvocaatCentraal gives an empty field as empty.",
    /// Check: AC leaves empty members out.
    EmptyMembersLeftOut = "empty-members-left-out":
        "AdvocaatCentraal laat lege velden weg; wat daar wordt leeggemaakt is niet te zien en blijft in Tribe staan, maak het daar zelf leeg." / "AdvocaatCentraal leaves empty fields out; what is emptied there cannot be seen and stays in Tribe, empty it there by hand.",
    /// Check: no record told yet.
    EmptyMembersUnknown = "empty-members-unknown":
        "Of AdvocaatCentraal lege velden laat zien blijkt bij de eerste relatie met een leeg veld." / "Whether AdvocaatCentraal shows empty fields will be seen with the first relation that has one.",
    /// Check: Tribe answers to the login.
    TribeReached = "tribe-reached":
        "Tribe is bereikbaar en aanvaardt de inloggegevens." / "Tribe answers and accepts the credentials.",
    /// Check: the login needs nobody.
    LoginByClientCredentials = "login-by-client-credentials":
        "De koppeling logt in met de client credentials van de applicatie in Tribe." / "The connector logs in with the client credentials of the application in Tribe.",
    /// Check: the login is a person's consent, and renews itself.
    LoginByConsent = "login-by-consent":
        "De koppeling logt in met de toestemming van een gebruiker en verlengt die vanzelf." / "The connector logs in by a person's consent and renews it by itself.",
    /// Nobody has consented yet.
    ConsentMissing = "consent-missing":
        "Er is nog geen toestemming gegeven in Tribe; log in bij Tribe om die te geven." / "Nobody has consented in Tribe yet; log in to Tribe.",
    /// Tribe refuses the consent.
    ConsentEnded = "consent-ended":
        "De toestemming in Tribe is verlopen of ingetrokken, of de verlenging ging onderweg verloren; log opnieuw in bij Tribe." / "The consent in Tribe ended or was withdrawn, or its renewal was lost on the way; log in to Tribe again.",
    /// A consent without a refresh token.
    ConsentNotRenewable = "consent-not-renewable":
        "Tribe gaf toestemming die niet te verlengen is en binnen een dag eindigt; sta de scope offline toe bij de applicatie in Tribe en log opnieuw in." / "Tribe gave a consent that cannot be renewed and ends within a day; allow the application the scope offline and log in again.",
    /// A consent is given where none is needed.
    NoConsentNeeded = "no-consent-needed":
        "Deze koppeling logt in met client credentials; kies authorization-code om met toestemming in te loggen." / "This office logs in with client credentials; choose authorization-code to log in by consent.",
    /// Check: the own organisation is known.
    OwnOrganisationKnown = "own-organisation-known":
        "De eigen organisatie in Tribe is gevonden." / "The tenant's own organisation was found.",
    /// Check: another Tribe environment than the links belong to.
    OtherTenant = "other-tenant":
        "Dit is een andere Tribe-omgeving dan waarmee eerder is gekoppeld; de koppeling staat stil." / "This is another Tribe environment than the one linked before; the connector stands still.",
    /// The dialect or the address gives other ids than those of the linked records.
    OtherIds = "other-ids":
        "Met dit dialect, of op dit adres, is geen van de gekoppelde relaties aan haar nummer terug te vinden; er wordt niets gesynchroniseerd. Zet in het dialect id, scope en paden terug zoals ze waren, of herstel het adres." / "By this dialect, or at this address, none of the linked records is found by its id; nothing is synced. Put id, scope and paths of the dialect back as they were, or mend the address.",
    /// Check: genders are understood.
    GendersKnown = "genders-known":
        "De geslachten in Tribe zijn herkend." / "Tribe's genders are understood.",
    /// Check: genders are not understood.
    GendersUnknown = "genders-unknown":
        "De geslachten in Tribe zijn niet herkend; geslacht wordt niet gesynchroniseerd." / "Tribe's genders are not understood; gender is not synced.",
    /// Check: countries are understood.
    CountriesKnown = "countries-known":
        "De landen in Tribe zijn herkend." / "Tribe's countries are understood.",
    /// Check: countries are not understood.
    CountriesUnknown = "countries-unknown":
        "De landen in Tribe zijn niet herkend; land wordt niet gesynchroniseerd." / "Tribe's countries are not understood; country is not synced.",
    /// Check: the synced properties have the types that are read.
    FieldTypesKnown = "field-types-known":
        "De gesynchroniseerde velden hebben in Tribe de soort die de koppeling verwacht." / "The synced fields have the types in Tribe that the connector expects.",
    /// Check: a synced property has another type.
    FieldTypeDiffers = "field-type-differs":
        "Een gesynchroniseerd veld is in Tribe van een andere soort geworden; het gaat niet naar AdvocaatCentraal tot de soort is hersteld of het veld is uitgezet." / "In Tribe a synced field became one of another type; it does not go to AdvocaatCentraal until its type is restored or the field is switched off.",
    /// Check: the function property exists.
    FunctionFieldKnown = "function-field-known":
        "Het veld voor de functie van een contactpersoon bestaat in Tribe." / "The property for a contact's function exists in Tribe.",
    /// Check: the function property does not exist.
    FunctionFieldMissing = "function-field-missing":
        "Het veld voor de functie bestaat niet in Tribe; stel tribe-function-field in of zet het veld uit." / "The property for a contact's function does not exist; set tribe-function-field or switch the field off.",
    /// Check: the marker property exists.
    MarkerFieldKnown = "marker-field-known":
        "Het AdvocaatCentraal-ID kan in Tribe worden bewaard." / "The marker property exists in Tribe.",
    /// Check: the marker property does not exist.
    MarkerFieldMissing = "marker-field-missing":
        "Tribe heeft niet op elke organisatie, persoon en contactrelatie een tekstveld met de naam die marker-field zegt, en zonder dat is geen relatie terug te vinden; maak dat veld daar aan of stel marker-field anders in." / "Tribe does not have a text property of the name that marker-field says on every organisation, person and contact, and without it no record is found again; make that property there, or set marker-field to another.",
    /// Check: the slots for addresses exist.
    AddressSlotsKnown = "address-slots-known":
        "Tribe heeft plaats voor bezoekadres, postadres en privé adres." / "Tribe has the slots for visiting, postal and private addresses.",
    /// Check: a slot for an address does not exist.
    AddressSlotMissing = "address-slot-missing":
        "Tribe mist een plaats voor bezoekadres, postadres of privé adres; zet die adresvelden uit." / "Tribe lacks a slot for visiting, postal or private addresses; switch those address fields off.",
    /// Check: records are found by their marker.
    MarkerSearchable = "marker-searchable":
        "Kaarten in Tribe zijn op AdvocaatCentraal-ID terug te vinden." / "Records in Tribe are found by their marker.",
    /// Check: records cannot be searched by their marker.
    MarkerNotSearchable = "marker-not-searchable":
        "Kaarten in Tribe zijn niet op AdvocaatCentraal-ID te zoeken; stel marker-field in op een eigen tekstveld." / "Records in Tribe cannot be searched by their marker; set marker-field to a custom text field.",
    /// Check: a list is cut to a hundred rows.
    PagesClipped = "pages-clipped":
        "Tribe geeft honderd regels per keer, zoals verwacht." / "Tribe gives a hundred rows at a time, as expected.",
    /// Check: a list is not cut to a hundred rows.
    PagesNotClipped = "pages-not-clipped":
        "Tribe geeft meer of minder dan honderd regels per keer; de koppeling past zich aan." / "Tribe gives more or fewer than a hundred rows at a time; the connector adapts.",
    /// Check: too few rows to tell.
    PagesUnknown = "pages-unknown":
        "Hoeveel regels Tribe per keer geeft is hier niet te zien; dat maakt niet uit." / "How many rows Tribe gives at a time cannot be seen here; it does not matter.",
    /// Check: a list comes with a link to its next page.
    PagesLinked = "pages-linked":
        "Tribe geeft honderd regels per keer, met een verwijzing naar de volgende; de koppeling telt zelf verder." / "Tribe gives a hundred rows at a time, with a link to the next; the connector counts on by itself.",
    /// Check: asking for more than a hundred rows is refused.
    PagesRefused = "pages-refused":
        "Tribe weigert een vraag om meer dan honderd regels; de koppeling vraagt er nooit meer." / "Tribe refuses a question for more than a hundred rows; the connector never asks for more.",
    /// Check: `eq` tells capitals apart.
    CapitalsMatter = "capitals-matter":
        "Tribe onderscheidt hoofdletters bij het zoeken." / "Tribe tells capitals apart in a search.",
    /// Check: `eq` does not tell capitals apart.
    CapitalsDoNotMatter = "capitals-do-not-matter":
        "Tribe onderscheidt geen hoofdletters bij het zoeken; de koppeling vergelijkt zelf nog eens." / "Tribe does not tell capitals apart in a search; the connector compares again by itself.",
    /// Check: there is no text to tell by.
    CapitalsUnknown = "capitals-unknown":
        "Of Tribe hoofdletters onderscheidt is hier niet te zien; de koppeling vergelijkt zelf." / "Whether Tribe tells capitals apart cannot be seen here; the connector compares by itself.",
    /// Check: organisations can be partners.
    PartnersKnown = "partners-known":
        "Organisaties kunnen in Tribe partner zijn." / "Organisations can be partners in Tribe.",
    /// Check: organisations cannot be partners.
    PartnersMissing = "partners-missing":
        "Deze Tribe-omgeving kent geen partners onder de verwachte naam; kies een ander type." / "This tenant has no partners under the expected name; map to another type.",
    /// Check: Tribe tells who edited a record.
    EditorTold = "editor-told":
        "Tribe lijkt te vertellen wie een kaart heeft gewijzigd; de koppeling vergelijkt waarden en heeft dat niet nodig." / "Tribe seems to tell who edited a record; the connector compares values and does not need it.",
    /// Check: Tribe does not tell who edited a record.
    EditorNotTold = "editor-not-told":
        "Tribe vertelt niet wie een kaart heeft gewijzigd; de koppeling vergelijkt waarden." / "Tribe does not tell who edited a record; the connector compares values.",
    /// Check: the address types of the tenant.
    AddressTypesKnown = "address-types-known":
        "De adressoorten in Tribe zijn gelezen; de koppeling kiest een adres op zijn plaats, niet op zijn soort." / "Tribe's address types were read; the connector goes by the slot of an address, not by its type.",
    /// Check: there are no address types.
    AddressTypesMissing = "address-types-missing":
        "Deze Tribe-omgeving kent geen adressoorten; de koppeling heeft die niet nodig." / "This tenant has no address types; the connector does not need them.",
    /// Check: nested records are made.
    NestingHonoured = "nesting-honoured":
        "Tribe maakt een relatie en haar adressen in één keer aan." / "Tribe makes a relation with its addresses in one call.",
    /// Check: nested records are not made.
    NestingRelationsOnly = "nesting-relations-only":
        "Tribe maakt een relatie met haar rol in één keer aan, maar het adres niet; adressen worden apart aangemaakt." / "Tribe makes a relation along with its role, but not the address inside it; addresses are made by themselves.",
    /// Check: nested records are not made along.
    NestingNotHonoured = "nesting-not-honoured":
        "Tribe maakt een relatie en haar adressen niet in één keer aan; de koppeling doet het apart." / "Tribe does not make a relation with its addresses in one call; the connector makes each by itself.",
    /// Check: the first write will tell.
    NestingUnknown = "nesting-unknown":
        "Of Tribe een relatie en haar adressen in één keer aanmaakt, blijkt bij de eerste relatie." / "Whether Tribe makes a relation with its addresses in one call shows with the first relation.",
    /// Check: every Tribe type exists.
    TribeTypesExist = "tribe-types-exist":
        "Alle gekoppelde relatietypen bestaan in Tribe." / "Every mapped relation type exists in Tribe.",
    /// Check: a Tribe type does not exist.
    TribeTypeMissing = "tribe-type-missing":
        "Een gekoppeld relatietype bestaat niet (meer) in Tribe; kies opnieuw." / "A mapped relation type does not exist (any more) in Tribe; choose again.",
    /// Check: webhooks can be verified.
    WebhookSecretSet = "webhook-secret-set":
        "Er is een geheim ingesteld voor de webhooks van Tribe; of het past, blijkt bij de eerste melding." / "A secret for Tribe's webhooks is set; the first delivery shows whether it fits.",
    /// Check: webhooks cannot be verified.
    WebhookSecretMissing = "webhook-secret-missing":
        "Wijzigingen in Tribe worden alleen elke vijf minuten opgehaald; stel tribe-webhook-secret in voor direct." / "Edits in Tribe are only found by the poll; set tribe-webhook-secret to take them at once.",
}

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
