//! Words for how a list is asked for and goes on.

/// Names of what tells the next page.
pub(in crate::draft) const NEXT: &[&str] = &[
    "volgende",
    "next",
    "nextlink",
    "nexturl",
    "nextpage",
    "nextpageurl",
    "nexthref",
    "odatanextlink",
    "linksnext",
    "linksnexthref",
    "nextcursor",
    "cursornext",
    "cursor",
    "pagingnext",
    "paginationnext",
    "nextpagetoken",
    "continuation",
    "continuationtoken",
    "pagingnextafter",
    "nextafter",
    "after",
    "volgendepagina",
];

/// Names of the number of pages.
pub(in crate::draft) const PAGES: &[&str] = &[
    "pages",
    "totalpages",
    "pagecount",
    "lastpage",
    "numpages",
    "aantalpaginas",
    "paginas",
    "totaalpaginas",
    "pagestotal",
];

/// Names of the number of rows in all.
pub(in crate::draft) const TOTAL: &[&str] = &[
    "total",
    "totalcount",
    "totaal",
    "totalrecords",
    "totalresults",
    "totalitems",
    "count",
    "aantaltotaal",
    "odatacount",
];

/// Parameters: the number of a page.
pub(in crate::draft) const PAGE: &[&str] = &["page", "pagina", "pagenumber", "paginanummer", "pageno", "pagenr", "p"];

/// Parameters: how many rows came before.
pub(in crate::draft) const OFFSET: &[&str] = &["offset", "skip", "start", "startat", "vanaf"];

/// Parameters: a text that an answer gave.
pub(in crate::draft) const CURSOR: &[&str] =
    &["na", "cursor", "after", "startingafter", "pagetoken", "continuation", "continuationtoken", "token", "bookmark"];

/// Parameters: the number of rows.
pub(in crate::draft) const SIZE: &[&str] =
    &["aantal", "limit", "perpage", "pagesize", "size", "top", "rows", "max", "maxresults", "rowsperpage"];

/// Parameters: what changed since a moment.
pub(in crate::draft) const SINCE: &[&str] = &[
    "gewijzigdvanaf",
    "gewijzigdsinds",
    "gewijzigdna",
    "updatedsince",
    "updatedafter",
    "modifiedsince",
    "modifiedafter",
    "changedsince",
    "changedafter",
    "lastmodified",
    "lastmodifiedafter",
    "since",
    "sinds",
    "updatedfrom",
    "modifiedfrom",
    "updatedatge",
    "qupdatedatge",
    "updatedatgte",
];

/// Parts of paths at which stand other things than relations and their contact persons.
pub(in crate::draft) const ELSEWHERE: &[&str] = &[
    "users",
    "user",
    "gebruikers",
    "medewerkers",
    "employees",
    "staff",
    "dossiers",
    "zaken",
    "matters",
    "cases",
    "invoices",
    "facturen",
    "me",
];

/// Members and headers that hold the key.
pub(in crate::draft) const KEY: &[&str] = &[
    "key",
    "apikey",
    "xapikey",
    "apitoken",
    "xapitoken",
    "accesskey",
    "accesstoken",
    "authkey",
    "authtoken",
    "xauthtoken",
    "clientsecret",
    "secret",
    "sleutel",
    "subscriptionkey",
    "token",
    "xtoken",
];

/// Members with the name of a user.
pub(in crate::draft) const USER: &[&str] =
    &["user", "username", "userid", "login", "gebruiker", "gebruikersnaam", "clientid"];

/// Members with a password.
pub(in crate::draft) const PASSWORD: &[&str] = &["password", "pass", "passwd", "wachtwoord"];

/// Members and headers with the number of the office.
pub(in crate::draft) const OFFICE: &[&str] = &[
    "office",
    "officeid",
    "kantoor",
    "kantoornummer",
    "tenant",
    "tenantid",
    "firm",
    "firmid",
    "administration",
    "administratie",
    "division",
    "organisationid",
    "organizationid",
    "companyid",
];

/// The member that says how a token is asked for.
pub(in crate::draft) const GRANT: &[&str] = &["granttype"];

/// What it may say: words of a standard, which say nothing of anyone.
pub(in crate::draft) const GRANTS: &[&str] = &["client_credentials", "password", "api_key"];

/// Parameters: a filter with a language of its own.
pub(in crate::draft) const FILTER: &[&str] = &["filter", "where", "q", "query"];

/// Values of parameters that ask for all or more of it, and say nothing of anyone.
pub(in crate::draft) const ALWAYS: &[&str] = &["true", "false", "all", "alle", "full", "volledig"];
