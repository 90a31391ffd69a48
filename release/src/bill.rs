//! The bill of materials beside the component: CycloneDX 1.5, as JSON.
//!
//! It holds no time and no random number, so that the same release gives the same file.

use serde_json::{Map, Value, json};

use crate::ReleaseError;
use crate::dependencies::{Kind, Package, Packages};

/// The bill for a component whose SHA-256 is given in hexadecimal.
pub fn of_materials(packages: &Packages, sha256: &str) -> Result<Value, ReleaseError> {
    let root = packages.root()?;
    let mut connector = component(root);
    connector.insert("type".to_owned(), json!("application"));
    connector.insert("hashes".to_owned(), hash(sha256));
    let others = packages.all.iter().enumerate().filter(|(place, _)| *place != packages.root);
    let components: Vec<Map<String, Value>> = others.map(|(_, package)| component(package)).collect();
    let depends = packages.all.iter().map(|package| {
        let on: Vec<String> =
            package.dependencies.iter().filter_map(|place| packages.all.get(*place)).map(reference).collect();
        json!({ "ref": reference(package), "dependsOn": on })
    });
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": connector },
        "components": components,
        "dependencies": depends.collect::<Vec<_>>(),
    }))
}

fn component(package: &Package) -> Map<String, Value> {
    // `excluded`: it helped to build and is not there.
    let scope = match package.kind {
        Kind::Runtime => "required",
        Kind::Build => "excluded",
    };
    let always = [
        ("type", json!("library")),
        ("bom-ref", json!(reference(package))),
        ("name", json!(package.name)),
        ("version", json!(package.version.to_string())),
        ("scope", json!(scope)),
    ];
    let where_known = [
        // A package of this repository has none: on crates.io that name is somebody else's.
        ("purl", package.published.then(|| json!(reference(package)))),
        ("licenses", package.licence.as_ref().map(|licence| json!([{ "expression": licence }]))),
        ("description", package.description.as_ref().map(|description| json!(description))),
        ("hashes", package.checksum.as_deref().map(hash)),
    ];
    let known = where_known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    always.into_iter().chain(known).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn hash(sha256: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": sha256 }])
}

/// A package URL (<https://github.com/package-url/purl-spec>, where `+` is percent-encoded), or for a package of this
/// repository its name and version.
fn reference(package: &Package) -> String {
    let version = package.version.to_string().replace('+', "%2B");
    let registry = if package.published { "pkg:cargo/" } else { "" };
    format!("{registry}{}@{version}", package.name)
}
