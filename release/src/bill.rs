//! The bill of materials beside the component: CycloneDX 1.5, as JSON.
//!
//! It holds no time and no random number, so that the same release gives the same file.

use serde_json::{Value, json};

use crate::ReleaseError;
use crate::dependencies::{Kind, Package, Packages};

/// The bill for a component whose SHA-256 is given in hexadecimal.
pub fn of_materials(packages: &Packages, sha256: &str) -> Result<Value, ReleaseError> {
    let root = packages.root()?;
    let mut connector = component(root);
    connector["type"] = json!("application");
    connector["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
    let others = packages.all.iter().enumerate().filter(|(place, _)| *place != packages.root);
    let components: Vec<Value> = others.map(|(_, package)| component(package)).collect();
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

fn component(package: &Package) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(package),
        "name": package.name,
        "version": package.version.to_string(),
        "purl": reference(package),
        // `excluded`: it helped to build and is not there.
        "scope": match package.kind {
            Kind::Runtime => "required",
            Kind::Build => "excluded",
        },
    });
    if let Some(licence) = &package.licence {
        component["licenses"] = json!([{ "expression": licence }]);
    }
    if let Some(description) = &package.description {
        component["description"] = json!(description);
    }
    if let Some(checksum) = &package.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

/// A package URL: <https://github.com/package-url/purl-spec>. `+` is percent-encoded there.
fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.to_string().replace('+', "%2B"))
}
