//! What a request asks for, and whether it may.

use subtle::ConstantTimeEq;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// One slice of the periodic sync.
    Poll,
    /// One slice of the initial sync.
    InitialSync,
    /// One slice of the sweep.
    Sweep,
    /// A delivery of Tribe's.
    Delivery,
    /// The check.
    Check,
}

/// Why nothing can be done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// There is nothing under that path.
    NotFound,
    /// There is, by the method given.
    OtherMethod(&'static str),
}

/// Whether a caller is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The token is right.
    Granted,
    /// It is wrong, or there is none.
    Refused,
    /// No token is set, so nobody can be let in.
    NotSetUp,
}

/// What the request asks for. The query is left aside.
pub fn route(method: &str, target: &str) -> Result<Route, NoRoute> {
    let path = target.split('?').next().unwrap_or_default();
    let (route, needed) = match path {
        "/poll" => (Route::Poll, "POST"),
        "/sync" => (Route::InitialSync, "POST"),
        "/sweep" => (Route::Sweep, "POST"),
        "/tribe" => (Route::Delivery, "POST"),
        "/check" => (Route::Check, "GET"),
        _ => return Err(NoRoute::NotFound),
    };
    if method == needed { Ok(route) } else { Err(NoRoute::OtherMethod(needed)) }
}

/// Whether the `Authorization` header holds the token, compared in a time that tells nothing but its length.
pub fn access(authorization: Option<&str>, token: Option<&str>) -> Access {
    let Some(token) = token else { return Access::NotSetUp };
    let given = authorization.and_then(|header| header.split_once(' '));
    match given {
        Some((scheme, given)) if scheme.eq_ignore_ascii_case("bearer") => {
            if bool::from(given.trim().as_bytes().ct_eq(token.as_bytes())) { Access::Granted } else { Access::Refused }
        }
        _ => Access::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_path_and_method() {
        assert_eq!(route("POST", "/poll?by=cron"), Ok(Route::Poll));
        assert_eq!(route("GET", "/check"), Ok(Route::Check));
        assert_eq!(route("GET", "/poll"), Err(NoRoute::OtherMethod("POST")));
        assert_eq!(route("POST", "/poll/"), Err(NoRoute::NotFound));
        assert_eq!(route("POST", "/"), Err(NoRoute::NotFound));
    }

    #[test]
    fn only_the_token_lets_in() {
        let token = Some("a-token");
        assert_eq!(access(Some("Bearer a-token"), token), Access::Granted);
        assert_eq!(access(Some("bearer  a-token "), token), Access::Granted);
        for wrong in ["Bearer a-toke", "Bearer a-tokens", "Bearer ", "Bearer", "Basic a-token", "a-token", ""] {
            assert_eq!(access(Some(wrong), token), Access::Refused, "{wrong}");
        }
        assert_eq!(access(None, token), Access::Refused);
    }

    #[test]
    fn where_no_token_is_set_nobody_is_let_in() {
        assert_eq!(access(Some("Bearer "), None), Access::NotSetUp);
        assert_eq!(access(None, None), Access::NotSetUp);
    }
}
