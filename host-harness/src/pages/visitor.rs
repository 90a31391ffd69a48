//! Who asks: the session, the language, and the token that the forms of a page carry.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::words::{Language, Words};
use crate::store::{Secret, Session, Store, StoreError};
use crate::timestamp::Timestamp;

/// The cookies. Where people come by TLS only, a browser takes their names from nobody but this very host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cookies {
    pub(super) is_secure: bool,
}

/// The cookie of a session.
pub(super) const SESSION: &str = "koppeling";
/// The cookie of a browser without a session, which its forms belong to.
const VISIT: &str = "koppeling-visit";
/// The cookie of the language.
pub(super) const LANGUAGE: &str = "koppeling-language";

/// As long as a browser keeps a language.
pub(super) const A_YEAR: u64 = 365 * 24 * 60 * 60;

impl Cookies {
    fn name(self, name: &str) -> String {
        format!("{}{name}", if self.is_secure { "__Host-" } else { "" })
    }

    /// What a browser sent under that name.
    fn sent(self, headers: &HeaderMap, name: &str) -> Option<String> {
        let name = self.name(name);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(sent, _)| *sent == name).map(|(_, value)| value.to_owned())
    }

    /// A cookie for so many seconds; for as long as the browser is open where none are given.
    pub(super) fn set(self, name: &str, value: &str, seconds: Option<u64>) -> Option<HeaderValue> {
        let name = self.name(name);
        let lasts = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let secure = if self.is_secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{lasts}{secure}")).ok()
    }
}

/// Who asks.
pub(super) struct Visitor {
    /// The session, where there is one, and the secret that the browser showed.
    pub(super) session: Option<(String, Session)>,
    pub(super) words: Words,
    /// What the token of the forms is made of.
    basis: String,
    /// A cookie that the browser does not have yet.
    pub(super) new_visit: Option<HeaderValue>,
}

impl Visitor {
    /// Whoever sends those headers.
    pub(super) async fn of(
        headers: &HeaderMap,
        cookies: Cookies,
        store: &Store,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let shown = cookies.sent(headers, SESSION).filter(|shown| is_secret(shown));
        let session = match shown {
            Some(shown) => store.session(&shown, now).await?.map(|session| (shown, session)),
            None => None,
        };
        let words = Words::of(language(headers, cookies));
        let visit = cookies.sent(headers, VISIT).filter(|visit| is_secret(visit));
        let (basis, new_visit) = match (&session, visit) {
            (Some((secret, _)), _) => (secret.clone(), None),
            (None, Some(visit)) => (visit, None),
            (None, None) => {
                let visit = Secret::random();
                (visit.text().to_owned(), cookies.set(VISIT, visit.text(), None))
            }
        };
        Ok(Self { session, words, basis, new_visit })
    }

    /// The token that each form of a page carries. Only who reads our pages, or the cookie, knows it.
    pub(super) fn token(&self) -> String {
        hex::encode(Sha256::digest(format!("koppeling form\0{}", self.basis)))
    }

    /// Whether a form of a page of theirs was posted.
    pub(super) fn is_own(&self, token: &str) -> bool {
        self.new_visit.is_none() && bool::from(self.token().as_bytes().ct_eq(token.as_bytes()))
    }
}

/// The language that a browser asked for before, or else that of the offices.
pub(super) fn language(headers: &HeaderMap, cookies: Cookies) -> Language {
    cookies.sent(headers, LANGUAGE).and_then(|code| Language::named(&code)).unwrap_or_default()
}

/// Whether it has the form of a [`Secret`].
fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
