//! What must not be loaded, and what is said of it.

use std::fs;

use host_harness::registry::{
    Credentials, KeyPair, Limits, Pinned, Plugin, PluginCache, PluginResolver, RegistryClient, RegistryError,
    ResolveError, SignatureError, Trust, sign, signature_file,
};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::stand_in::{Manner, StandIn, digest};
use super::*;

/// Obtains, fails, says one line without a word of the registry's, and leaves nothing behind.
async fn refusal(trust: Trust, limits: Limits, plugin: &Plugin) -> ResolveError {
    let folder = tempfile::tempdir().unwrap();
    let resolver =
        PluginResolver::new(RegistryClient::new(limits, None), trust, Some(PluginCache::in_folder(folder.path())));
    let error = resolver.resolve(plugin).await.unwrap_err();
    let line = error.to_string();
    assert!(line.len() > 20 && !line.contains('\n') && !line.contains("canary"), "{line}");
    if !matches!(error, ResolveError::Signature(_)) {
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{line}");
    }
    error
}

async fn of_registry(pinned: &Pinned) -> RegistryError {
    let limits = Limits { silence: SILENCE, ..Limits::default() };
    match refusal(Trust::Anyone, limits, &plugin(pinned)).await {
        ResolveError::Registry(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_registry_that_misbehaves_gives_no_component() {
    let registry = StandIn::start().await;
    let pinned = push(&registry.address, None).await;
    let (address, name) = (|| registry.address.clone(), || "office/connector".to_owned());
    let size = CONNECTOR.len() as u64;
    let cut_off = RegistryError::CutOff { name: name(), found: size / 2, expected: size };
    let changed = RegistryError::WrongDigest { registry: address(), name: name() };
    for (manner, expected) in [
        (Manner::WithHtml, changed.clone()),
        (Manner::WithAnotherManifest, changed.clone()),
        (Manner::WithStatus(401), RegistryError::Refused { registry: address(), name: name() }),
        (Manner::WithStatus(403), RegistryError::Refused { registry: address(), name: name() }),
        (Manner::ToRobots, RegistryError::Refused { registry: address(), name: name() }),
        (Manner::WithStatus(404), RegistryError::NotFound { registry: address(), name: name() }),
        (Manner::WithStatus(418), RegistryError::NotARegistry { registry: address() }),
        (Manner::WithStatus(429), RegistryError::Unavailable { registry: address(), status: 429 }),
        (Manner::WithStatus(502), RegistryError::Unavailable { registry: address(), status: 502 }),
        (Manner::WithAShortLayer, cut_off),
        (Manner::WithAChangedLayer, changed.clone()),
        (Manner::WithAnEndlessLayer, changed),
    ] {
        registry.behave(manner);
        assert_eq!(of_registry(&pinned).await, expected, "{manner:?}");
    }
    // How much arrives before the connection breaks is not for sure.
    registry.behave(Manner::WithHalfALayer);
    let broken = of_registry(&pinned).await;
    assert!(matches!(broken, RegistryError::CutOff { found, .. } if found <= size / 2), "{broken:?}");

    registry.behave(Manner::Well);
    let folder = tempfile::tempdir().unwrap();
    assert!(bytes(&resolver(folder.path()).resolve(&plugin(&pinned)).await.unwrap()) == CONNECTOR);
}

#[tokio::test]
async fn a_registry_that_hangs_is_given_up() {
    let registry = StandIn::start().await;
    let pinned = push(&registry.address, None).await;
    registry.behave(Manner::Never);
    let short = Limits { silence: Duration::from_millis(200), ..Limits::default() };
    let error = refusal(Trust::Anyone, short, &plugin(&pinned)).await;
    assert!(matches!(error, ResolveError::Registry(RegistryError::Slow { .. })), "{error}");
    registry.behave(Manner::WithAnEndlessLayer);
    let short = Limits { total: Duration::from_millis(1), ..Limits::default() };
    let error = refusal(Trust::Anyone, short, &plugin(&pinned)).await;
    assert!(matches!(error, ResolveError::Registry(RegistryError::Slow { .. })), "{error}");
}

#[tokio::test]
async fn a_registry_that_is_down_is_told_by_its_address() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let pinned = format!("oci://{free}/connector@{}", digest(b"x")).parse().unwrap();
    let error = of_registry(&pinned).await;
    assert_eq!(error, RegistryError::Unreachable { registry: free });
    assert!(error.passes());
}

#[tokio::test]
async fn another_digest_than_any_that_is_there_is_not_found() {
    let registry = StandIn::start().await;
    let there = push(&registry.address, None).await;
    let other = there.to_string().replace(&there.digest.to_string(), &digest(b"something else"));
    let error = of_registry(&other.parse().unwrap()).await;
    assert!(matches!(error, RegistryError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn a_manifest_without_a_component_is_refused() {
    let registry = StandIn::start().await;
    let good = registry.manifest(&push(&registry.address, None).await.digest.to_string());
    for manifest in [
        good.replace("application/wasm", "application/vnd.oci.image.layer.v1.tar+gzip"),
        good.replace(r#""layers":["#, r#""layers":[],"others":["#),
        r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#.to_owned(),
        "<html></html>".to_owned(),
    ] {
        assert_ne!(manifest, good);
        let digest = registry.put_manifest(&manifest);
        let pinned = format!("oci://{}/office/connector@{digest}", registry.address).parse().unwrap();
        let error = of_registry(&pinned).await;
        assert!(matches!(error, RegistryError::NoComponent { .. }), "{manifest}: {error}");
    }
}

#[tokio::test]
async fn a_component_over_the_limit_is_not_taken_from_anywhere() {
    let registry = StandIn::start().await;
    let pinned = push(&registry.address, None).await;
    let small = Limits { component: CONNECTOR.len() as u64 - 1, ..Limits::default() };
    let error = refusal(Trust::Anyone, small, &plugin(&pinned)).await;
    assert!(matches!(error, ResolveError::Registry(RegistryError::TooLarge { .. })), "{error}");
    // A manifest that gives a smaller size than its layer has.
    let lie = registry.manifest(&pinned.digest.to_string()).replace(&format!(":{}}}", CONNECTOR.len()), ":1000}");
    let digest = registry.put_manifest(&lie);
    let lying = format!("oci://{}/office/connector@{digest}", registry.address).parse().unwrap();
    assert!(matches!(of_registry(&lying).await, RegistryError::WrongDigest { .. }));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("connector.wasm");
    fs::write(&file, CONNECTOR).unwrap();
    let error = refusal(Trust::Anyone, small, &Plugin::File(file)).await;
    assert!(matches!(error, ResolveError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn with_a_key_only_what_is_signed_with_it_is_loaded() {
    let (registry, folder) = (StandIn::start().await, tempfile::tempdir().unwrap());
    let open = SecretString::from("");
    let mut signers = ["ours", "theirs"].into_iter().map(|name| {
        let (pair, secret) = (KeyPair::make(&open).unwrap(), folder.path().join(name));
        pair.write(&secret, &folder.path().join(format!("{name}.pub"))).unwrap();
        let signature = sign(CONNECTOR, &secret, &open, "file:connector.wasm").unwrap();
        (Trust::in_keys(&[pair.public().to_owned()]).unwrap(), signature)
    });
    let (ours, signature) = signers.next().unwrap();
    let (theirs, _) = signers.next().unwrap();
    let pinned = push(&registry.address, Some(&signature)).await;
    let kept = tempfile::tempdir().unwrap();
    let trusting =
        |trust: &Trust| PluginResolver::new(client(), trust.clone(), Some(PluginCache::in_folder(kept.path())));
    assert!(bytes(&trusting(&ours).resolve(&plugin(&pinned)).await.unwrap()) == CONNECTOR);
    // What was kept when another key held is checked against today's.
    let error = trusting(&theirs).resolve(&plugin(&pinned)).await.unwrap_err();
    assert!(matches!(error, ResolveError::Signature(SignatureError::OtherKey { .. })), "{error}");

    let unsigned = StandIn::start().await;
    let pinned = push(&unsigned.address, None).await;
    let error = refusal(ours.clone(), Limits::default(), &plugin(&pinned)).await;
    assert!(matches!(error, ResolveError::Signature(SignatureError::Unsigned { .. })), "{error}");

    // A file beside its signature, and without it.
    let file = folder.path().join("connector.wasm");
    fs::write(&file, CONNECTOR).unwrap();
    let named = Plugin::File(file.clone());
    let error = refusal(ours.clone(), Limits::default(), &named).await;
    assert!(matches!(error, ResolveError::Signature(SignatureError::Unsigned { .. })), "{error}");
    fs::write(signature_file(&file), &signature).unwrap();
    trusting(&ours).resolve(&named).await.unwrap();
    fs::write(&file, another_connector()).unwrap();
    let error = refusal(ours, Limits::default(), &named).await;
    assert!(matches!(error, ResolveError::Signature(SignatureError::Changed { .. })), "{error}");
}

#[tokio::test]
async fn a_version_that_is_there_is_not_replaced() {
    let registry = StandIn::start().await;
    let first = push(&registry.address, None).await;
    assert_eq!(push(&registry.address, None).await, first, "the same again is no change");
    let (other, to) = (another_connector(), tagged(&registry.address));
    let about = examine(&other).unwrap();
    let error = client().push(&to, other, &about, None).await.unwrap_err();
    assert_eq!(error, RegistryError::Taken { tagged: to.clone() });
    assert_eq!(client().digest(&to).await.unwrap(), first);
    registry.behave(Manner::WithHtml);
    let error = client().digest(&to).await.unwrap_err();
    assert_eq!(error, RegistryError::NotARegistry { registry: registry.address.clone() });
}

#[tokio::test]
async fn credentials_are_shown_to_their_registry_and_to_no_other() {
    let (guarded, elsewhere) = (StandIn::start().await, StandIn::start().await);
    guarded.behave(Manner::ToRobots);
    let environment = |name: &str| match name {
        "KOPPELING_REGISTRY" => Some(guarded.address.clone()),
        "KOPPELING_REGISTRY_USER" => Some("robot".to_owned()),
        "KOPPELING_REGISTRY_PASSWORD" => Some("canary-password".to_owned()),
        _ => None,
    };
    let credentials = Credentials::from_values(environment).unwrap();
    let client = RegistryClient::new(Limits::default(), credentials);
    assert!(!format!("{client:?}").contains("canary"));
    let about = examine(CONNECTOR).unwrap();
    let pinned = client.push(&tagged(&guarded.address), CONNECTOR.to_vec(), &about, None).await.unwrap();
    client.pull(&pinned).await.unwrap();
    assert!(!guarded.authorizations().is_empty());
    client.push(&tagged(&elsewhere.address), CONNECTOR.to_vec(), &about, None).await.unwrap();
    assert_eq!(elsewhere.authorizations(), [""; 0]);
}
