//! Paths of requests: which address of a dialect they fit, and how they look without what is an id in them.

/// What paths of such systems are made of. A part that is none of these may be a name or a key, and is not shown.
const PARTS: &[&str] = &[
    "account",
    "accounts",
    "activities",
    "address",
    "addresses",
    "adressen",
    "administration",
    "administrations",
    "api",
    "app",
    "auth",
    "bedrijf",
    "bedrijven",
    "bestanden",
    "calendar",
    "categories",
    "client",
    "clients",
    "companies",
    "company",
    "config",
    "contact",
    "contactpersonen",
    "contactpersons",
    "contacts",
    "core",
    "crm",
    "customer",
    "customers",
    "data",
    "debiteuren",
    "documenten",
    "documents",
    "dossier",
    "dossiers",
    "entries",
    "events",
    "facturen",
    "feed",
    "filter",
    "firms",
    "graphql",
    "groups",
    "history",
    "hours",
    "invoices",
    "kantoor",
    "kantoren",
    "klant",
    "klanten",
    "login",
    "matters",
    "me",
    "menu",
    "messages",
    "modules",
    "notes",
    "notifications",
    "notities",
    "objects",
    "odata",
    "office",
    "offices",
    "organisaties",
    "organisation",
    "organisations",
    "organization",
    "organizations",
    "people",
    "permissions",
    "person",
    "personen",
    "persons",
    "profile",
    "projects",
    "public",
    "query",
    "relatie",
    "relaties",
    "relatietypen",
    "relation",
    "relations",
    "relationtypes",
    "relation-types",
    "reports",
    "rest",
    "search",
    "services",
    "session",
    "sessions",
    "settings",
    "status",
    "suggest",
    "taken",
    "tags",
    "tasks",
    "tenants",
    "token",
    "types",
    "uren",
    "user",
    "users",
    "v1",
    "v2",
    "v3",
    "v4",
    "v5",
    "version",
    "webhooks",
    "zaken",
    "zoeken",
];

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether a path ends as the address says; then how much of it is told by the address itself, for the nearest of
/// several. What comes before belongs to the base address, which no dialect knows.
pub(super) fn fit(address: &str, path: &str) -> Option<usize> {
    let (address, path) = (parts(address), parts(path));
    let end = path.get(path.len().checked_sub(address.len())?..)?;
    address.iter().zip(end).map(|(address, part)| fit_part(address, part)).sum()
}

/// A part of an address holds one placeholder at most, with text around it.
fn fit_part(address: &str, part: &str) -> Option<usize> {
    let Some((before, rest)) = address.split_once('{') else { return (address == part).then_some(address.len() + 1) };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let given = part.strip_prefix(before)?.strip_suffix(after)?;
    (!given.is_empty()).then_some(before.len() + after.len())
}

/// The form of a path: its words, and `{}` for each part that may be an id, a name or a key. Words are those that the
/// dialect's addresses have too, and what such paths are commonly made of.
pub(super) fn form(path: &str, addresses: &[&str]) -> String {
    let own: Vec<&str> = addresses.iter().flat_map(|address| parts(address)).collect();
    let is_word =
        |part: &str| own.contains(&part) || PARTS.contains(&part.to_ascii_lowercase().trim_end_matches(".json"));
    parts(path).into_iter().fold(String::new(), |form, part| form + "/" + if is_word(part) { part } else { "{}" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_the_end_of_a_path() {
        assert_eq!(fit("/relaties", "/base/api/relaties"), Some(9));
        assert_eq!(fit("/offices/{office}/relaties/{id}", "/offices/1/relaties"), None);
        assert!(fit("/contacts/{id}.json", "/v2/contacts/7.json").is_some());
        assert!(fit("/contacts/{id}.json", "/v2/contacts/7").is_none());
        assert!(fit("/a/{id}", "/a/b/c").is_none());
    }

    #[test]
    fn the_form_of_a_path_holds_no_id_no_name_and_no_key() {
        let form = |path: &str| form(path, &["/kaarten/{id}"]);
        assert_eq!(form("/api/v2/12345/invoices/2f0e-11"), "/api/v2/{}/invoices/{}");
        assert_eq!(form("/api/klanten/jan-kanarie/geheim/kaarten/"), "/api/klanten/{}/{}/kaarten");
    }
}
