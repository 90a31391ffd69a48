//! The document: the server, its lists, and what its refusals mean. What stands in a record is in [`crate::records`].

use litemap::LiteMap;

use crate::node::{choices, objects};
use crate::pointer::Pointer;
use crate::records::{Person, Relation, Writing};

objects! {
    /// A dialect.
    Dialect {
        /// The version of this format: 1.
        format: u64 = "dialect",
        /// What people call it.
        name: String = "name",
        /// How the server is reached, and how the key travels.
        server: Server = "server",
        /// Where the office itself stands. Left out where there is no such address.
        office: Option<Office> = "office",
        /// Where the relation types stand.
        types: Types = "types",
        /// The relations: companies and private persons.
        relations: Relations = "relations",
        /// The contact persons.
        persons: Persons = "persons",
        /// How a record is written.
        writing: Writing = "writing",
        /// What refusals mean, where their status does not say it.
        errors: Option<Errors> = "errors",
    }

    /// How the server is reached.
    Server {
        /// How the key travels.
        key: Key = "key",
        /// Headers that go with each request. A value may hold `{office}`.
        headers: LiteMap<String, String> = "headers",
    }

    /// A header with the key.
    Header {
        /// Its name; the setting `advocaatcentraal-key-header` where it is left out.
        name: Option<String> = "name",
    }

    /// A parameter of the query with the key.
    Parameter {
        /// Its name.
        name: String = "name",
    }

    /// A token that is asked for first, by a `POST`. It is kept in memory only, for one call of the connector.
    Login {
        /// The path, below the base address.
        path: String = "path",
        /// Members of the body. A value may hold `{key}`, `{user}`, `{password}` and `{office}`.
        members: LiteMap<String, String> = "members",
        /// Whether the body is a form; JSON where it is left out.
        form: bool = "form",
        /// Where the token stands in the answer.
        token: Pointer = "token",
        /// The header in which the token travels; `Authorization` with `Bearer` where it is left out.
        header: Option<String> = "header",
    }

    /// Where the office itself stands.
    Office {
        /// The path. It may hold `{office}`.
        path: String = "path",
        /// Where the office's number stands, which must be the one that was asked for.
        number: Option<Pointer> = "number",
        /// Where its name stands.
        name: Pointer = "name",
    }

    /// A list of the relation types.
    TypeList {
        /// The path. It may hold `{office}`.
        path: String = "path",
        /// Where the rows stand in the answer.
        rows: Pointer = "rows",
        /// Where the id stands in a row: what a relation names.
        id: Pointer = "id",
        /// Where the name for people stands in a row.
        name: Pointer = "name",
    }

    /// A relation type that stands in no list of the server's.
    TypeWord {
        /// What a relation names.
        id: String = "id",
        /// The name for people.
        name: String = "name",
    }

    /// The relations.
    Relations {
        /// The lists in which they stand.
        lists: Vec<List> = "lists",
        /// What stands in a record.
        record: Relation = "record",
    }

    /// A list of records.
    List {
        /// The path. It may hold `{office}`.
        path: String = "path",
        /// The path of one record. It may hold `{office}`, and holds `{id}`.
        single: String = "single",
        /// What goes before an id and a hyphen. Each of several lists has one of its own, of letters, digits, dots and
        /// underscores.
        scope: Option<String> = "scope",
        /// The kind of all its records, where the list tells it.
        of: Option<OfKind> = "of",
        /// Where the rows stand in the answer.
        rows: Pointer = "rows",
        /// Where the record stands in a row.
        record: Option<Pointer> = "record",
        /// Where the record stands in the answer for one record.
        one: Option<Pointer> = "one",
        /// Parameters that always go along. A value may hold `{office}`.
        parameters: LiteMap<String, String> = "parameters",
        /// The name of the parameter for the number of rows.
        size: Option<String> = "size",
        /// How the list goes on.
        paging: Paging = "paging",
        /// How records that changed since a moment are asked for.
        changed: ChangedSince = "changed-since",
    }

    /// The next page by a text that the answer gives.
    Cursor {
        /// The parameter.
        parameter: String = "parameter",
        /// Where the text stands in the answer; not there, or null, at the end.
        next: Pointer = "next",
    }

    /// The next page by an address that the answer gives: below the base address, or it is refused.
    Link {
        /// Where it stands in the answer; the header `Link` where it is left out.
        next: Option<Pointer> = "next",
    }

    /// Pages by their number.
    Page {
        /// The parameter.
        parameter: String = "parameter",
        /// The number of the first.
        first: u64 = "first",
        /// Where the number of pages stands in the answer. Where it is left out the list ends with an empty page.
        pages: Option<Pointer> = "pages",
    }

    /// Pages by how many rows came before.
    Offset {
        /// The parameter.
        parameter: String = "parameter",
        /// Where the number of all rows stands in the answer. Where it is left out the list ends with an empty page.
        total: Option<Pointer> = "total",
    }

    /// A parameter that asks for what changed since a moment.
    Changed {
        /// The parameter.
        parameter: String = "parameter",
        /// How the moment is written.
        form: crate::records::StampForm = "form",
        /// What stands around the moment, as `{since}` in a text.
        pattern: Option<String> = "pattern",
        /// Whether the moment itself is left out: then it is asked for from a second before.
        exclusive: bool = "exclusive",
    }

    /// Contact persons in lists of their own.
    PersonsApart {
        /// The lists.
        lists: Vec<List> = "lists",
        /// What stands in a record.
        record: Person = "record",
    }

    /// Contact persons inside their relation. They are listed and written with it.
    PersonsInside {
        /// Where their rows stand in the relation's record.
        rows: Pointer = "rows",
        /// What stands in a row.
        record: Person = "record",
    }

    /// Contact persons by an address of their own for each relation.
    PersonsOf {
        /// The path of those of one relation. It may hold `{office}`, and holds `{parent}`.
        path: String = "path",
        /// The path of one. It may hold `{office}` and `{parent}`, and holds `{id}`.
        single: String = "single",
        /// Where the rows stand in the answer.
        rows: Pointer = "rows",
        /// Where the record stands in the answer for one record.
        one: Option<Pointer> = "one",
        /// What stands in a record.
        record: Person = "record",
    }

    /// What refusals mean.
    Errors {
        /// Rules, of which the first that fits holds; where none does, the status says it.
        rules: Vec<ErrorRule> = "rules",
        /// Where the code stands in the answer.
        code: Option<Pointer> = "code",
        /// Where the name of the member that is refused stands in the answer.
        field: Option<Pointer> = "field",
        /// What stands only in a success that is none.
        inside: Option<Pointer> = "inside",
        /// The headers that tell how long to wait.
        waits: Vec<Wait> = "waits",
    }

    /// A rule: all that it says must be so.
    ErrorRule {
        /// One of these statuses; any where it is left out. A success with an error inside it has 200.
        statuses: Vec<u64> = "status",
        /// One of these codes; any where it is left out.
        codes: Vec<String> = "code",
        /// At this operation; any where it is left out.
        at: Option<Operation> = "at",
        /// What it means.
        means: Meaning = "means",
    }

    /// A header that tells how long to wait.
    Wait {
        /// Its name.
        header: String = "header",
        /// In which unit.
        unit: WaitUnit = "unit",
    }
}

choices! {
    /// The kind of the records in a list.
    OfKind {
        /// Organisations.
        Organisation = "organisation",
        /// Private persons.
        PrivatePerson = "private-person",
    }

    /// How the key travels.
    Key {
        /// In a header.
        Header(Header) = "header",
        /// In `Authorization: Bearer`.
        Bearer = "bearer",
        /// In `Authorization: Basic`, with the setting `advocaatcentraal-user`.
        Basic = "basic",
        /// In the query. It may show in logs between here and there: only where there is no other way.
        Query(Parameter) = "query",
        /// A token is asked for first.
        Login(Login) = "login",
    }

    /// Where the relation types stand.
    Types {
        /// In a list of the server's.
        List(TypeList) = "list",
        /// Nowhere: these are all.
        Words(Vec<TypeWord>) = "words",
    }

    /// How a list goes on.
    Paging {
        /// By a text that the answer gives.
        Cursor(Cursor) = "cursor",
        /// By an address that the answer gives.
        Link(Link) = "link",
        /// By the number of the page.
        Page(Page) = "page",
        /// By how many rows came before.
        Offset(Offset) = "offset",
        /// Not: all comes at once.
        None = "none",
    }

    /// How records that changed since a moment are asked for.
    ChangedSince {
        /// By a parameter.
        Parameter(Changed) = "parameter",
        /// Not at all: each cycle reads the whole list.
        None = "none",
    }

    /// The contact persons.
    Persons {
        /// In lists of their own.
        Apart(PersonsApart) = "lists",
        /// Inside their relation.
        Inside(PersonsInside) = "inside",
        /// By an address of their own for each relation.
        Of(PersonsOf) = "of-relation",
        /// There are none.
        None = "none",
    }

    /// An operation.
    Operation {
        /// Reading a list.
        List = "list",
        /// Reading one record.
        Single = "single",
        /// Writing one record.
        Write = "write",
    }

    /// What a refusal means: what can be done about it.
    Meaning {
        /// The key is refused.
        Credentials = "credentials",
        /// The record is not there (any more).
        Gone = "gone",
        /// Someone else wrote the record in between.
        Changed = "changed",
        /// The record or a value of it is refused.
        Refused = "refused",
        /// Too many calls.
        Quota = "quota",
        /// It was certainly not carried out, and may work later.
        Unavailable = "unavailable",
        /// It may have been carried out or not.
        Unknown = "unknown",
    }

    /// The unit of a wait.
    WaitUnit {
        /// Seconds from now.
        Seconds = "seconds",
        /// Seconds since 1970.
        AtSeconds = "at-seconds",
        /// A date as HTTP has it.
        HttpDate = "http-date",
    }
}
