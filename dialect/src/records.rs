//! What stands in a record, and how one is written.

use crate::node::{choices, objects};
use crate::pointer::{Field, Pointer};

objects! {
    /// A relation.
    Relation {
        /// Where the id stands.
        id: Pointer = "id",
        /// How an organisation is told from a private person.
        kind: Kind = "kind",
        /// How the life of a record is told.
        status: Status = "status",
        /// Where the stamp of the last change stands. Left out where there is none.
        changed: Option<Stamp> = "changed",
        /// Where the relation types stand.
        types: TypePlaces = "types",
        /// The fields of an organisation.
        organisation: Organisation = "organisation",
        /// The fields of a private person.
        private_person: PrivatePerson = "private-person",
        /// Where the addresses stand.
        addresses: Addresses = "addresses",
    }

    /// Kinds told by a word.
    KindWords {
        /// Where the word stands.
        at: Pointer = "at",
        /// The words for an organisation.
        organisation: Vec<String> = "organisation",
        /// The words for a private person.
        private_person: Vec<String> = "private-person",
    }

    /// Kinds told by what is there. Where both are, it is an organisation.
    KindPlaces {
        /// What stands only in an organisation: not there, null, empty or blank says that it is none.
        organisation: Pointer = "organisation",
        /// What stands only in a private person.
        private_person: Pointer = "private-person",
    }

    /// The life of a record told by a word.
    StatusWords {
        /// Where the word stands.
        at: Pointer = "at",
        /// In use.
        active: Vec<String> = "active",
        /// Put away.
        archived: Vec<String> = "archived",
        /// Deleted, and still listed.
        deleted: Vec<String> = "deleted",
    }

    /// The life of a record told by true or false.
    StatusFlag {
        /// Where it stands.
        at: Pointer = "at",
        /// Whether true says that it is in use; otherwise true says that it is put away.
        says_active: bool = "says-active",
    }

    /// A stamp.
    Stamp {
        /// Where it stands.
        at: Pointer = "at",
        /// How it is written.
        form: StampForm = "form",
    }

    /// The fields of an organisation. One that is left out is not synced.
    Organisation {
        /// The name.
        name: Option<Field> = "bedrijfsnaam",
        /// The telephone number.
        phone: Option<Field> = "telefoonnummer",
        /// The e-mail address.
        email: Option<Field> = "email",
        /// The website.
        website: Option<Field> = "website",
        /// The KvK number.
        kvk: Option<Field> = "kvk",
    }

    /// The fields of a private person. One that is left out is not synced.
    PrivatePerson {
        /// The name, in one text.
        name: Option<Field> = "naam",
        /// The e-mail address.
        email: Option<Field> = "email",
        /// The telephone number.
        phone: Option<Field> = "telefoon",
    }

    /// Relation types in the rows of a list.
    TypeRows {
        /// Where the list stands.
        at: Pointer = "at",
        /// Where the id stands in a row.
        id: Pointer = "id",
    }

    /// Addresses in the rows of a list.
    AddressRows {
        /// Where the list stands.
        at: Pointer = "at",
        /// Where the id stands in a row.
        id: Option<Pointer> = "id",
        /// Where the word for the type stands in a row.
        word: Pointer = "type",
        /// The words for each type. A type without a word is not synced.
        words: AddressWords = "words",
        /// Where the parts stand in a row.
        parts: Parts = "parts",
    }

    /// The words for each type of address.
    AddressWords {
        /// The main office of an organisation.
        hoofdkantoor: Vec<String> = "hoofdkantoor",
        /// The postal address of an organisation.
        postadres: Vec<String> = "postadres",
        /// The address of a person.
        prive: Vec<String> = "prive",
    }

    /// Addresses that have a place each. A type that is left out is not synced.
    AddressPlaces {
        /// The main office of an organisation.
        hoofdkantoor: Option<AddressPlace> = "hoofdkantoor",
        /// The postal address of an organisation.
        postadres: Option<AddressPlace> = "postadres",
        /// The address of a person.
        prive: Option<AddressPlace> = "prive",
    }

    /// An address that has a place.
    AddressPlace {
        /// Where it stands; the record itself where it is left out.
        at: Option<Pointer> = "at",
        /// Where the parts stand there.
        parts: Parts = "parts",
    }

    /// The parts of an address. One that is left out is not synced.
    Parts {
        /// The street.
        straat: Option<Pointer> = "straat",
        /// The house number.
        huisnummer: HouseNumber = "huisnummer",
        /// The postcode.
        postcode: Option<Pointer> = "postcode",
        /// The place.
        plaats: Option<Pointer> = "plaats",
        /// The country, as a code or a name.
        land: Option<Pointer> = "land",
    }

    /// A house number in two members.
    NumberAndSuffix {
        /// The number.
        number: Pointer = "number",
        /// What follows it.
        suffix: Pointer = "suffix",
    }

    /// A house number in three members.
    LetterAndSuffix {
        /// The number.
        number: Pointer = "number",
        /// One letter.
        letter: Pointer = "letter",
        /// What follows it.
        suffix: Pointer = "suffix",
    }

    /// A contact person.
    Person {
        /// Where the id stands.
        id: Pointer = "id",
        /// How the life of a record is told.
        status: Status = "status",
        /// Where the stamp of the last change stands. Left out where there is none; inside a relation that is the
        /// relation's.
        changed: Option<Stamp> = "changed",
        /// The fields.
        fields: PersonFields = "fields",
        /// The words for genders. Left out where the record has the connector's own: M, V, X, O.
        genders: Option<GenderWords> = "genders",
        /// How the date of birth is written.
        dates: Option<DateForm> = "dates",
        /// Where the addresses stand.
        addresses: Addresses = "addresses",
        /// At which relations the person is, and as what.
        positions: Positions = "positions",
    }

    /// The fields of a contact person. One that is left out is not synced.
    PersonFields {
        /// The first names.
        voornamen: Option<Field> = "voornamen",
        /// The surname.
        achternaam: Option<Field> = "achternaam",
        /// What stands between: `van der`.
        tussenvoegsels: Option<Field> = "tussenvoegsels",
        /// The initials.
        voorletters: Option<Field> = "voorletters",
        /// The date of birth.
        geboortedatum: Option<Field> = "geboortedatum",
        /// The gender.
        geslacht: Option<Field> = "geslacht",
        /// The mobile number.
        mobiel: Option<Field> = "mobiel",
        /// The private telephone number.
        prive_telefoon: Option<Field> = "prive_telefoon",
        /// The e-mail address.
        emailadres: Option<Field> = "emailadres",
    }

    /// The words for genders; the first of each is written.
    GenderWords {
        /// Male.
        male: Vec<String> = "male",
        /// Female.
        female: Vec<String> = "female",
        /// Other.
        other: Vec<String> = "other",
        /// Not known.
        unknown: Vec<String> = "unknown",
    }

    /// Where a person's place at a relation stands: in a row, or in the record itself.
    Position {
        /// Where the rows stand; one place, in the record itself, where it is left out.
        rows: Option<Pointer> = "rows",
        /// Where the relation's id stands.
        relation: Pointer = "relation",
        /// What goes before that id and a hyphen: the scope of the list in which the relation stands.
        scope: Option<String> = "scope",
        /// Where the function there stands.
        functie: Option<Pointer> = "functie",
        /// Where the direct number there stands.
        doorkiesnummer: Option<Pointer> = "doorkiesnummer",
    }

    /// The place at the relation in which the person stands.
    PositionInside {
        /// Where the function there stands.
        functie: Option<Pointer> = "functie",
        /// Where the direct number there stands.
        doorkiesnummer: Option<Pointer> = "doorkiesnummer",
    }

    /// How a record is written. There is no way to make or to delete one.
    Writing {
        /// The method, and with it what goes along.
        method: Method = "method",
        /// Where the record stands in the body.
        wrap: Option<Pointer> = "wrap",
        /// What guards a write against that of someone else.
        version: Version = "version",
        /// What the answer to a write is.
        answer: Answer = "answer",
        /// Members that the server refuses to get back.
        read_only: Vec<Pointer> = "read-only",
        /// How an emptied field is written.
        empty: Option<Empty> = "empty",
        /// How a list inside a record is written.
        lists: Option<ListRule> = "lists",
        /// Whether an address can be added to the list of them, without an id.
        adds_addresses: bool = "adds-addresses",
    }
}

choices! {
    /// How an organisation is told from a private person.
    Kind {
        /// By a word.
        Word(KindWords) = "word",
        /// By what is there.
        Present(KindPlaces) = "present",
        /// By the list in which it stands.
        ByList = "by-list",
    }

    /// How the life of a record is told.
    Status {
        /// By a word.
        Word(StatusWords) = "word",
        /// By true or false.
        Flag(StatusFlag) = "flag",
        /// Not: what is listed is in use.
        Listed = "listed",
    }

    /// How a moment is written.
    StampForm {
        /// As RFC 3339 has it, with the offset of Amsterdam. Read without one it is Dutch time.
        Rfc3339 = "rfc3339",
        /// As RFC 3339 has it, in UTC with a `Z`.
        Utc = "utc",
        /// Dutch time without an offset.
        Naive = "naive",
        /// UTC without an offset.
        NaiveUtc = "naive-utc",
        /// The date alone, in Dutch time.
        Date = "date",
        /// Seconds since 1970.
        Seconds = "seconds",
        /// Milliseconds since 1970.
        Millis = "millis",
    }

    /// Where the relation types stand.
    TypePlaces {
        /// In a list, as texts.
        Words(Pointer) = "words",
        /// In the rows of a list.
        Rows(TypeRows) = "rows",
        /// One, at a place.
        One(Pointer) = "one",
        /// Nowhere: each has this one.
        Always(String) = "always",
    }

    /// Where the addresses stand.
    Addresses {
        /// In the rows of a list.
        Rows(AddressRows) = "rows",
        /// At a place for each type.
        Places(AddressPlaces) = "places",
        /// There are none.
        None = "none",
    }

    /// Where the house number stands.
    HouseNumber {
        /// In one member.
        One(Pointer) = "one",
        /// In two.
        Two(NumberAndSuffix) = "two",
        /// In three.
        Three(LetterAndSuffix) = "three",
        /// In the street's, after it.
        InStreet = "in-street",
        /// Nowhere.
        None = "none",
    }

    /// How a date is written.
    DateForm {
        /// `2000-01-31`.
        Iso = "iso",
        /// `31-01-2000`.
        DayFirst = "day-first",
        /// `2000-01-31T00:00:00`.
        Midnight = "midnight",
    }

    /// At which relations a contact person is.
    Positions {
        /// At those that the record names.
        At(Position) = "at",
        /// At the relation in which it stands.
        Inside(PositionInside) = "inside",
    }

    /// The method of a write, and what goes along.
    Method {
        /// `PUT` of the whole record.
        Put = "put",
        /// `PATCH` of what changed, as a merge patch (RFC 7396).
        Patch = "patch",
        /// `PUT` of what changed.
        PutChanged = "put-changed",
    }

    /// What guards a write against that of someone else.
    Version {
        /// The header `ETag`, sent back in `If-Match`.
        Etag = "etag",
        /// A member, sent back as it was.
        Member(Pointer) = "member",
        /// Nothing: the record is read right before it is written.
        None = "none",
    }

    /// What the answer to a write is.
    Answer {
        /// The record, where a single record has it.
        Record = "record",
        /// Nothing of use: the record is read again.
        Nothing = "nothing",
        /// That it will be stored later: the next reading tells.
        Later = "later",
    }

    /// How an emptied field is written.
    Empty {
        /// `null`.
        Null = "null",
        /// An empty text.
        Blank = "blank",
    }

    /// How a list inside a record is written.
    ListRule {
        /// Whole: a row that is left out is gone.
        Whole = "whole",
        /// Only the rows that changed, each with its id.
        ById = "by-id",
        /// Not at all.
        Not = "not",
    }
}

impl HouseNumber {
    /// The members that hold it and nothing else, in their order.
    pub fn members(&self) -> Vec<&Pointer> {
        match self {
            Self::One(number) => vec![number],
            Self::Two(two) => vec![&two.number, &two.suffix],
            Self::Three(three) => vec![&three.number, &three.letter, &three.suffix],
            Self::InStreet | Self::None => Vec::new(),
        }
    }
}

impl Parts {
    /// Each member by the name of its part in AC; several of them may be the house number.
    pub fn named(&self) -> Vec<(&'static str, &Pointer)> {
        let others =
            [("straat", &self.straat), ("postcode", &self.postcode), ("plaats", &self.plaats), ("land", &self.land)];
        let others = others.into_iter().filter_map(|(name, pointer)| Some((name, pointer.as_ref()?)));
        others.chain(self.huisnummer.members().into_iter().map(|pointer| ("huisnummer", pointer))).collect()
    }
}

impl Organisation {
    /// Each field by its name in AC.
    pub(crate) fn named(&self) -> [(&'static str, &Option<Field>); 5] {
        [
            ("bedrijfsnaam", &self.name),
            ("telefoonnummer", &self.phone),
            ("email", &self.email),
            ("website", &self.website),
            ("kvk", &self.kvk),
        ]
    }
}

impl PrivatePerson {
    /// Each field by its name in AC.
    pub(crate) fn named(&self) -> [(&'static str, &Option<Field>); 3] {
        [("naam", &self.name), ("email", &self.email), ("telefoon", &self.phone)]
    }
}

impl PersonFields {
    /// Each field by its name in AC.
    pub(crate) fn named(&self) -> [(&'static str, &Option<Field>); 9] {
        [
            ("voornamen", &self.voornamen),
            ("achternaam", &self.achternaam),
            ("tussenvoegsels", &self.tussenvoegsels),
            ("voorletters", &self.voorletters),
            ("geboortedatum", &self.geboortedatum),
            ("geslacht", &self.geslacht),
            ("mobiel", &self.mobiel),
            ("prive_telefoon", &self.prive_telefoon),
            ("emailadres", &self.emailadres),
        ]
    }
}
