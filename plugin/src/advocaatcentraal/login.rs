//! A token that is asked for first: the only `POST` to AC. It makes no record.

use dialect::{Login, Operation};

use super::errors;
use super::json::{Object, Value, written};
use super::settings::Settings;
use super::wire::encoded;
use crate::answer::{self, Failure};
use crate::ports::{Http, Method, Request};
use crate::relation::Instant;
use crate::secret::Secret;

/// Asks for a token. A refusal is one of the credentials, whatever its status.
pub(super) fn log_in(http: &dyn Http, now: Instant, settings: &Settings, login: &Login) -> Result<Secret, Failure> {
    let filled = |value: &str| {
        let value = value.replace("{office}", &settings.office).replace("{user}", &settings.user);
        value.replace("{key}", settings.key.expose()).replace("{password}", settings.password.expose())
    };
    let members = login.members.iter().map(|(name, value)| (name, filled(value)));
    let (kind, body) = if login.form {
        let pairs: Vec<String> =
            members.map(|(name, value)| format!("{}={}", encoded(name), encoded(&value))).collect();
        ("application/x-www-form-urlencoded", pairs.join("&"))
    } else {
        let pairs: Vec<String> =
            members.map(|(name, value)| format!("{}:{}", written(Some(name)), written(Some(&value)))).collect();
        ("application/json", format!("{{{}}}", pairs.join(",")))
    };
    let mut headers = settings.headers();
    headers.push(("content-type".to_owned(), kind.to_owned()));
    let request = Request {
        method: Method::Post,
        url: format!(
            "{}{}",
            settings.url.trim_end_matches('/'),
            login.path.replace("{office}", &encoded(&settings.office))
        ),
        headers,
        body: body.into_bytes(),
    };
    let answer = errors::read(settings, &Operation::Single, http.send(request), now, &mut None);
    let response = answer::sort(answer, now).map_err(|failure| match failure {
        Failure::Refused { .. } | Failure::Gone | Failure::Changed => Failure::Credentials,
        // A token more does no harm.
        other => other.of_reading(),
    })?;
    let body = Object::parse(&response.body).ok_or_else(|| answer::no_json(&response))?;
    let found = body.at(&login.token).map_err(|_| Failure::NotUnderstood)?;
    match found.as_deref().map(Value::of) {
        Some(Value::Text(token)) if !token.is_empty() => Ok(Secret::new(token)),
        _ => Err(Failure::NotUnderstood),
    }
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
