//! The user and password for a registry, from the environment.
//!
//! They name the registry that they are for: an office that is pinned to another one must not carry them there.

use std::env;
use std::fmt;

#[cfg(feature = "registry")]
use oci_client::secrets::RegistryAuth;
#[cfg(feature = "registry")]
use secrecy::ExposeSecret;
use secrecy::SecretString;

#[cfg(feature = "registry")]
use super::reference::Repository;

const REGISTRY: &str = "KOPPELING_REGISTRY";
const USER: &str = "KOPPELING_REGISTRY_USER";
const PASSWORD: &str = "KOPPELING_REGISTRY_PASSWORD";

/// For one registry. The password cannot be printed.
#[derive(Clone)]
pub struct Credentials {
    registry: String,
    user: String,
    password: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("registry", &self.registry).finish_non_exhaustive()
    }
}

/// The environment holds only a part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "for a registry give {REGISTRY} (its host and port), {USER} and {PASSWORD}, or none of them; {missing} is missing"
)]
pub struct CredentialsProblem {
    missing: &'static str,
}

impl Credentials {
    /// From the environment; none where it holds none.
    pub fn find() -> Result<Option<Self>, CredentialsProblem> {
        Self::from_values(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// From values by the names of the variables.
    pub fn from_values(value: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, CredentialsProblem> {
        match (value(REGISTRY), value(USER), value(PASSWORD).map(SecretString::from)) {
            (None, None, None) => Ok(None),
            (Some(registry), Some(user), Some(password)) => {
                Ok(Some(Self { registry: registry.to_ascii_lowercase(), user, password }))
            }
            (None, _, _) => Err(CredentialsProblem { missing: REGISTRY }),
            (_, None, _) => Err(CredentialsProblem { missing: USER }),
            (_, _, None) => Err(CredentialsProblem { missing: PASSWORD }),
        }
    }

    /// What is shown to that registry, if they are for it. The value can be printed: it never leaves the call that it is
    /// made for.
    #[cfg(feature = "registry")]
    pub(super) fn for_registry(credentials: Option<&Self>, repository: &Repository) -> Option<RegistryAuth> {
        let own = credentials.filter(|own| own.registry == repository.registry())?;
        Some(RegistryAuth::Basic(own.user.clone(), own.password.expose_secret().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    #[cfg(feature = "registry")]
    use crate::registry::Tagged;

    fn environment<'a>(values: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    const WHOLE: [(&str, &str); 3] = [(REGISTRY, "registry.example:5000"), (USER, "robot"), (PASSWORD, "canary-5a1d")];

    #[cfg(feature = "registry")]
    #[test]
    fn they_go_to_the_registry_that_they_are_for_and_to_no_other() {
        let found = Credentials::from_values(environment(&WHOLE)).unwrap();
        let shown = |text: &str| {
            let tagged: Tagged = text.parse().unwrap();
            Credentials::for_registry(found.as_ref(), &tagged.repository)
        };
        let own = RegistryAuth::Basic("robot".to_owned(), "canary-5a1d".to_owned());
        assert_eq!(shown("oci://registry.example:5000/connector:1"), Some(own));
        assert_eq!(shown("oci://registry.example/connector:1"), None);
        assert_eq!(shown("oci://elsewhere.example/connector:1"), None);
    }

    #[test]
    fn a_part_of_them_is_told_by_what_is_missing_and_never_shown() {
        assert!(Credentials::from_values(environment(&[])).unwrap().is_none());
        for left_out in 0..3 {
            let mut values = WHOLE.to_vec();
            let (missing, _) = values.remove(left_out);
            let problem = Credentials::from_values(environment(&values)).unwrap_err();
            assert!(problem.to_string().ends_with(&format!("{missing} is missing")), "{problem}");
            assert!(!problem.to_string().contains("canary"));
        }
        let found = Credentials::from_values(environment(&WHOLE)).unwrap();
        assert!(!format!("{found:?}").contains("canary"));
    }
}
