//! Pages of a list: what asks for one, and what tells the next.

use dialect::{Changed, ChangedSince, List, Paging, StampForm};

use super::json::{Object, Value};
use crate::answer::Failure;
use crate::ports::Response;
use crate::relation::{Instant, Stamp};

/// A page of records.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows in AC's order; one that cannot be read does not keep the others back.
    pub records: Vec<Result<T, super::RowProblem>>,
    /// The cursor of the next page, even if blank; none at the end (A4). Nothing keeps a wrong server from giving one
    /// cursor for ever: whoever follows it must notice.
    pub next: Option<String>,
    /// AC's clock, from the answer's `Date`.
    pub server_time: Option<Instant>,
}

/// Where a page is asked for: a path with a query, without the office and the base address.
pub(super) fn target(list: &List, path: &str, from: Option<Instant>, after: Option<&str>, size: u32) -> String {
    // A next address holds all of it.
    if let (Paging::Link(_), Some(address)) = (&list.paging, after) {
        return address.to_owned();
    }
    let mut target = path.to_owned();
    let mut add = |name: &str, value: &str| {
        let mark = if target.contains('?') { '&' } else { '?' };
        target.push_str(&format!("{mark}{name}={}", super::wire::encoded(value)));
    };
    if let Some(name) = &list.size {
        add(name, &size.to_string());
    }
    for (name, value) in &list.parameters {
        add(name, value);
    }
    if let (Some(from), ChangedSince::Parameter(changed)) = (from, &list.changed) {
        add(&changed.parameter, &since(from, changed));
    }
    match (&list.paging, after) {
        (Paging::Cursor(cursor), Some(after)) => add(&cursor.parameter, after),
        (Paging::Page(page), _) => {
            add(&page.parameter, after.map_or_else(|| page.first.to_string(), str::to_owned).as_str());
        }
        (Paging::Offset(offset), Some(after)) => add(&offset.parameter, after),
        _ => {}
    }
    target
}

/// The moment from which on changes are asked for, as the dialect writes it.
fn since(from: Instant, changed: &Changed) -> String {
    let from = if changed.exclusive { from.minus(std::time::Duration::from_secs(1)) } else { from };
    let without_offset = |text: String| text.get(..19).unwrap_or_default().to_owned();
    let written = match changed.form {
        StampForm::Rfc3339 => Stamp::amsterdam_text(from),
        StampForm::Utc => Stamp::utc_text(from),
        StampForm::Naive => without_offset(Stamp::amsterdam_text(from)),
        StampForm::NaiveUtc => without_offset(Stamp::utc_text(from)),
        StampForm::Date => Stamp::amsterdam_text(from).get(..10).unwrap_or_default().to_owned(),
        StampForm::Seconds => (from.as_millis() / 1000).to_string(),
        StampForm::Millis => from.as_millis().to_string(),
    };
    match &changed.pattern {
        Some(pattern) => pattern.replace("{since}", &written),
        None => written,
    }
}

/// Where a list is.
pub(super) struct Place<'p> {
    /// The base address.
    pub(super) base: &'p str,
    /// Its path below that.
    pub(super) path: &'p str,
}

/// The cursor of the page after one of so many rows.
pub(super) fn next(
    list: &List,
    response: &Response,
    body: Option<&Object>,
    after: Option<&str>,
    rows: usize,
    place: &Place<'_>,
) -> Result<Option<String>, Failure> {
    match &list.paging {
        Paging::None => Ok(None),
        Paging::Cursor(cursor) => said(body, &cursor.next),
        Paging::Link(link) => {
            let address = match &link.next {
                Some(pointer) => said(body, pointer)?,
                None => response.header("link").and_then(in_header).map(str::to_owned),
            };
            address.map(|address| below(&address, place)).transpose()
        }
        Paging::Page(page) => {
            let number = after.map_or(Ok(page.first), str::parse).map_err(|_| Failure::NotUnderstood)?;
            let is_last = match &page.pages {
                Some(pointer) => {
                    let pages = said(body, pointer)?.and_then(|pages| pages.parse::<u64>().ok());
                    pages.map_or(rows == 0, |pages| number.saturating_sub(page.first) + 1 >= pages)
                }
                None => rows == 0,
            };
            Ok((!is_last).then(|| (number + 1).to_string()))
        }
        Paging::Offset(offset) => {
            let before = after.map_or(Ok(0), str::parse::<u64>).map_err(|_| Failure::NotUnderstood)?;
            let so_far = before + u64::try_from(rows).unwrap_or(u64::MAX);
            let is_last = rows == 0
                || match &offset.total {
                    Some(pointer) => {
                        let total = said(body, pointer)?.and_then(|total| total.parse::<u64>().ok());
                        total.is_some_and(|total| so_far >= total)
                    }
                    None => false,
                };
            Ok((!is_last).then(|| so_far.to_string()))
        }
    }
}

/// A text or a whole number that the answer gives; none where it is not there, or null.
fn said(body: Option<&Object>, pointer: &dialect::Pointer) -> Result<Option<String>, Failure> {
    let found = body.map_or(Ok(None), |body| body.at(pointer)).map_err(|_| Failure::NotUnderstood)?;
    match found.as_deref().map(Value::of) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(Value::Scalar(number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(number.to_owned())),
        Some(_) => Err(Failure::NotUnderstood),
    }
}

/// The address of the next page in a `Link` header. Source: RFC 8288.
fn in_header(header: &str) -> Option<&str> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').map(str::trim).any(|one| one == "rel=\"next\"" || one == "rel=next");
        is_next.then_some(address)
    })
}

/// A next address without the base, since the key goes with each request: one elsewhere is refused. One that is a query
/// alone is of the same list. Source: RFC 3986, section 5.2.
fn below(address: &str, place: &Place<'_>) -> Result<String, Failure> {
    if address.starts_with('?') {
        return if is_written(address) { Ok(format!("{}{address}", place.path)) } else { Err(Failure::NotUnderstood) };
    }
    let base = place.base.trim_end_matches('/');
    let path = match address.strip_prefix(base) {
        Some(rest) => rest,
        None if address.starts_with('/') && !address.starts_with("//") => {
            // From the server's root: below the base's own path, if it has one.
            let root = base.split_once("://").map_or(base, |(_, rest)| rest);
            let own_path = root.find('/').map_or("", |slash| root.get(slash..).unwrap_or_default());
            address.strip_prefix(own_path).ok_or(Failure::NotUnderstood)?
        }
        None => return Err(Failure::NotUnderstood),
    };
    let is_below = path.starts_with('/') && !path.starts_with("//") && !path.contains("..") && !path.contains('@');
    if is_below && is_written(path) { Ok(path.to_owned()) } else { Err(Failure::NotUnderstood) }
}

/// Whether an address has only what may stand in one: as a cursor, another could never be asked for. Source: RFC 3986,
/// section 2.
fn is_written(address: &str) -> bool {
    address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_next_address_leads_nowhere_but_below_the_base() {
        let place = Place { base: "https://ac.example/api/", path: "/relaties" };
        for (address, path) in [
            ("https://ac.example/api/relaties?na=7", "/relaties?na=7"),
            ("/api/relaties?page=2", "/relaties?page=2"),
            ("?na=8", "/relaties?na=8"),
        ] {
            assert_eq!(below(address, &place).unwrap(), path);
        }
        for address in [
            "https://elsewhere.example/api/relaties",
            "http://ac.example/api/relaties",
            "https://ac.example/apix/relaties",
            "https://ac.example/api/../x",
            "//elsewhere.example/api",
            "/elsewhere",
            "relaties?page=2",
            "https://ac.example/api@elsewhere.example/x",
            "/api/relaties?page=2 3",
            "/api/relaties?page=2\t",
            "/api/relaties?naam=é",
            "?naam=\u{1}",
            "?naam=#x",
        ] {
            assert_eq!(below(address, &place), Err(Failure::NotUnderstood), "{address}");
        }
    }

    #[test]
    fn the_next_page_is_found_in_a_link_header() {
        let header = "<https://a.example/x?p=1>; rel=\"prev\", <https://a.example/x?p=3>; title=\"a\"; rel=\"next\"";
        assert_eq!(in_header(header), Some("https://a.example/x?p=3"));
        assert_eq!(in_header("<https://a.example/x?p=1>; rel=\"prev\""), None);
    }
}
