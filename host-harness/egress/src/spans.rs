//! A span of a trace for each request, for whoever collects them: which system, how it was asked and how it answered. What
//! was asked stands in none: a path or a query may hold an id or a name.

use http::{Method, Uri};
use tracing::Span;
use tracing::field::Empty;

use crate::allow::{LOGIN_PATH, Place};

/// The target of the spans that are meant for traces; no line of a log has it.
pub const TRACE: &str = "koppeling::trace";

/// A span for a request, below the one that is entered now. What the component asks is not written down before it is known
/// to be allowed.
pub(crate) fn begun() -> Span {
    tracing::info_span!(
        target: TRACE,
        "call",
        otel.kind = "client",
        otel.status_code = Empty,
        system = Empty,
        path.kind = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty,
    )
}

/// Writes down in the current span where a request goes.
pub(crate) fn routed(place: Place, method: &Method, uri: &Uri) {
    let span = Span::current();
    span.record("system", place.name());
    span.record("path.kind", kind(place, uri));
    span.record("http.request.method", method.as_str());
}

/// Writes down in the current span how it was answered.
pub(crate) fn answered(status: Option<u16>) {
    let span = Span::current();
    if let Some(status) = status {
        span.record("http.response.status_code", u64::from(status));
    }
    if status.is_none_or(|status| status >= 400) {
        span.record("otel.status_code", "ERROR");
    }
}

/// What kind of path it is. Tribe's are OData's; AdvocaatCentraal's stand in a dialect, and only a query tells a list.
fn kind(place: Place, uri: &Uri) -> &'static str {
    let path = uri.path();
    match place {
        Place::TribeLogin => "login",
        Place::Tribe if path.ends_with(LOGIN_PATH) => "login",
        Place::Tribe if path.ends_with("/$batch") => "batch",
        Place::Tribe if path.ends_with("/$metadata") => "metadata",
        Place::Tribe if path.starts_with("/v1/webhooks") => "webhooks",
        Place::Tribe if path.contains('(') => "record",
        Place::Tribe => "set",
        Place::AdvocaatCentraal if uri.query().is_some_and(|query| !query.is_empty()) => "list",
        Place::AdvocaatCentraal => "record",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_path_is_told_by_its_kind_alone() {
        for (place, path, expected) in [
            (Place::TribeLogin, "/oauth2/token", "login"),
            (Place::Tribe, "/v1/odata/$batch", "batch"),
            (Place::Tribe, "/v1/odata/$metadata", "metadata"),
            (Place::Tribe, "/v1/odata/Relation_Person(0b1c)?$select=Name", "record"),
            (Place::Tribe, "/v1/odata/Relation?$filter=Name eq Jansen", "set"),
            (Place::Tribe, "/v1/webhooks/0b1c", "webhooks"),
            (Place::AdvocaatCentraal, "/v2/relaties?pagina=2", "list"),
            (Place::AdvocaatCentraal, "/v2/relaties/1001", "record"),
        ] {
            let uri = format!("https://voorbeeld.example{}", path.replace(' ', "%20")).parse().unwrap();
            assert_eq!(kind(place, &uri), expected, "{path}");
        }
    }
}
