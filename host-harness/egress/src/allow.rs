//! Which URLs an office's component may call.

use http::Method;

use crate::destination::{Destination, Scheme, host_of};

/// The systems of one office: all that its component may reach.
#[derive(Clone, Debug)]
pub struct AllowList {
    /// AdvocaatCentraal.
    pub advocaatcentraal: Destination,
    /// Tribe's API, whose calls are paced.
    pub tribe: Destination,
    /// Tribe's login.
    pub tribe_login: Destination,
}

/// How an allowed request leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) scheme: Scheme,
    pub(crate) counted: Counted,
    pub(crate) place: Place,
}

/// Where an allowed request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// To AdvocaatCentraal.
    AdvocaatCentraal,
    /// To Tribe's API.
    Tribe,
    /// To Tribe's login.
    TribeLogin,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AdvocaatCentraal, Self::Tribe, Self::TribeLogin];

    /// Its name in metrics and traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdvocaatCentraal => "advocaatcentraal",
            Self::Tribe => "tribe",
            Self::TribeLogin => "tribe-login",
        }
    }
}

/// Whether a request counts for Tribe's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    ByTribe,
    Free,
}

impl AllowList {
    /// How a request leaves; none where it may not.
    pub(crate) fn route(&self, method: &Method, uri: &http::Uri) -> Option<Route> {
        // Neither system is ever asked to remove anything but a webhook.
        let removes = *method == Method::DELETE;
        // Only AdvocaatCentraal may be one that takes patches: Tribe takes what changed by PUT.
        let patches = *method == Method::PATCH;
        if ![Method::GET, Method::POST, Method::PUT].contains(method) && !removes && !patches {
            return None;
        }
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = host_of(authority);
        let port = authority.port_u16().unwrap_or(scheme.default_port());
        let is = |destination: &Destination| {
            destination.scheme == scheme && destination.host == host && destination.port == port
        };
        if removes && !(is(&self.tribe) && is_one_webhook(uri.path())) {
            return None;
        }
        if patches && !is(&self.advocaatcentraal) {
            return None;
        }
        // Both may be one server's.
        let is_login = is(&self.tribe_login) && (!is(&self.tribe) || uri.path().ends_with(LOGIN_PATH));
        let place = match (is(&self.tribe), is_login) {
            (_, true) => Place::TribeLogin,
            (true, false) => Place::Tribe,
            (false, false) => Place::AdvocaatCentraal,
        };
        if is(&self.tribe) {
            return Some(Route { scheme, counted: Counted::ByTribe, place });
        }
        let others = is(&self.advocaatcentraal) || is(&self.tribe_login);
        others.then_some(Route { scheme, counted: Counted::Free, place })
    }
}

/// Where Tribe's login takes requests. Tribe: documented.
pub(crate) const LOGIN_PATH: &str = "/oauth2/token";

/// Whether a path of Tribe's API names one webhook. Tribe: documented.
fn is_one_webhook(path: &str) -> bool {
    let id = path.strip_prefix("/v1/webhooks/").unwrap_or_default();
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::destination::Reach;

    fn list() -> AllowList {
        let destination = |text| Destination::parse(text, Reach::Loopback).unwrap();
        AllowList {
            advocaatcentraal: destination("https://ac.voorbeeld.example/v2"),
            tribe: destination("https://api.tribe.example"),
            tribe_login: destination("http://127.0.0.1:9000"),
        }
    }

    fn route(method: &Method, url: &str) -> Option<Route> {
        list().route(method, &url.parse().unwrap())
    }

    #[test]
    fn only_the_hosts_of_the_settings_are_reached() {
        for url in [
            "https://ac.voorbeeld.example/anything",
            "https://AC.voorbeeld.example:443/v2/offices",
            "https://api.tribe.example/v1/odata",
            "http://127.0.0.1:9000/oauth2/token",
        ] {
            assert!(route(&Method::GET, url).is_some(), "{url}");
        }
        for url in [
            "https://elsewhere.example/",
            "http://ac.voorbeeld.example/",
            "https://ac.voorbeeld.example:8443/",
            "https://ac.voorbeeld.example.evil.example/",
            "https://evil.example@ac.voorbeeld.example/",
            "http://127.0.0.1:9001/",
            "https://127.0.0.1:9000/",
            "http://localhost:9000/",
        ] {
            assert_eq!(route(&Method::GET, url), None, "{url}");
        }
    }

    #[test]
    fn nothing_can_be_removed() {
        for method in [Method::DELETE, Method::PATCH, Method::CONNECT, Method::OPTIONS, Method::TRACE, Method::HEAD] {
            assert_eq!(route(&method, "https://api.tribe.example/v1/odata/Relation"), None, "{method}");
        }
    }

    #[test]
    fn only_one_webhook_of_tribe_can_be_removed() {
        let removed = |url: &str| route(&Method::DELETE, url).is_some();
        assert!(removed("https://api.tribe.example/v1/webhooks/e8f9a0b1-c2d3-4cef-8efb-d6e7f8a9b0c1"));
        for url in [
            "https://api.tribe.example/v1/webhooks",
            "https://api.tribe.example/v1/webhooks/",
            "https://api.tribe.example/v1/webhooks/7/x",
            "https://api.tribe.example/v1/webhooks/..%2Fodata",
            "https://api.tribe.example/v1/odata/Relation(7)",
            "https://ac.voorbeeld.example/v1/webhooks/7",
        ] {
            assert!(!removed(url), "{url}");
        }
    }

    #[test]
    fn the_login_of_tribe_is_told_apart_where_one_server_has_both() {
        let place = |list: AllowList, url: &str| list.route(&Method::POST, &url.parse().unwrap()).unwrap().place;
        assert_eq!(place(list(), "http://127.0.0.1:9000/oauth2/token"), Place::TribeLogin);
        assert_eq!(place(list(), "https://api.tribe.example/v1/odata"), Place::Tribe);
        assert_eq!(place(list(), "https://ac.voorbeeld.example/v2"), Place::AdvocaatCentraal);
        let one = || AllowList { tribe: list().tribe_login, ..list() };
        assert_eq!(place(one(), "http://127.0.0.1:9000/oauth2/token"), Place::TribeLogin);
        assert_eq!(place(one(), "http://127.0.0.1:9000/v1/odata"), Place::Tribe);
    }

    #[test]
    fn only_the_api_of_tribe_counts_for_its_limit() {
        assert_eq!(route(&Method::PUT, "https://api.tribe.example/x").unwrap().counted, Counted::ByTribe);
        assert_eq!(route(&Method::POST, "http://127.0.0.1:9000/x").unwrap().counted, Counted::Free);
        assert_eq!(route(&Method::PUT, "https://ac.voorbeeld.example/x").unwrap().counted, Counted::Free);
    }
}
