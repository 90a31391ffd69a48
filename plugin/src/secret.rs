//! Text that must not show anywhere: keys, tokens, passwords.

use std::fmt;

/// A secret. It cannot be printed; [`Secret::expose`] is the only way to its text.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one header or body that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_when_it_is_printed() {
        let secret = Secret::new("canary");
        assert_eq!(secret.expose(), "canary");
        assert!(!format!("{secret:?} {secret:#?}").contains("canary"));
    }
}
