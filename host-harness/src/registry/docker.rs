//! What `docker login` left for a registry on this machine.
//!
//! Read by the crate `docker_credential`, which knows Docker's file and asks its helpers. Podman's own file has the same
//! form, and is read after Docker's. A login is shown to the registry that it was made for and to no other.

use std::time::Duration;

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential, get_podman_credential};
use oci_client::secrets::RegistryAuth;

/// Docker's own registry, by the names that an artefact can have it under.
const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];
/// The name under which a login to it is kept.
const DOCKER_HUB_LOGIN: &str = "https://index.docker.io/v1/";
/// A helper is a program that may ask a keyring; one that hangs must not hold up a pull for long.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// What is shown to that registry; nothing where nobody logged in to it.
pub(super) async fn login(registry: &str) -> RegistryAuth {
    let server = if DOCKER_HUB.contains(&registry) { DOCKER_HUB_LOGIN } else { registry }.to_owned();
    // A file is read, and a program may be run.
    let asking = tokio::task::spawn_blocking(move || find(&server));
    match tokio::time::timeout(LONGEST_ANSWER, asking).await {
        Ok(Ok(auth)) => auth,
        _ => {
            tracing::warn!("Docker's credential helper does not answer: the registry is asked without a login");
            RegistryAuth::Anonymous
        }
    }
}

fn find(server: &str) -> RegistryAuth {
    for credential in [get_credential(server), get_podman_credential(server)] {
        match credential {
            Ok(DockerCredential::UsernamePassword(user, password)) => return RegistryAuth::Basic(user, password),
            // It would have to be exchanged first, in a way that each vendor has its own of.
            Ok(DockerCredential::IdentityToken(_)) => tracing::warn!(
                "the login that Docker keeps for this registry is an identity token, which cannot be used here; give \
                 KOPPELING_REGISTRY, KOPPELING_REGISTRY_USER and KOPPELING_REGISTRY_PASSWORD"
            ),
            Err(
                CredentialRetrievalError::CredentialDecodingError | CredentialRetrievalError::CredentialMismatchError,
            ) => {
                tracing::warn!("the login that Docker keeps for this registry cannot be read; run `docker login` again")
            }
            // No file, nothing in it for this registry, or a helper that has nothing. Its text may hold anything.
            Err(_) => {}
        }
    }
    RegistryAuth::Anonymous
}
