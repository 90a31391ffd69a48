//! The folder of a release: the component, its bill of materials, the contract, and the sums of all.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use compose::{Adapters, Component, Effort, Workspace};
use sha2::{Digest, Sha256};
use wasm_encoder::ComponentSection as _;
use wasm_metadata::{AddMetadata, AddMetadataField, Dependencies, Description, Licenses, Revision, Version};

use crate::contract::Contract;
use crate::dependencies::{Package, Packages};
use crate::optimiser::Optimiser;
use crate::{ReleaseError, bill, names, run_command};

/// Bytes that the component may have: a host compiles all of it. Below this, speed and plain code win over bytes.
pub const MOST_BYTES: usize = 2_100_000;
/// Bytes that it may have on its way to a host, compressed as HTTP does (gzip).
pub const MOST_BYTES_COMPRESSED: usize = 810_000;

/// The name of the file with the sums of the others, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// What was made: names and contents, sorted by name. The sums stand last.
#[derive(Debug)]
pub struct Files {
    all: Vec<(String, Vec<u8>)>,
    component: String,
}

impl Files {
    /// Compiles the components of `workspace` in the target folder `target`, and makes the files of its release.
    pub fn make(workspace: &Path, target: &Path) -> Result<Self, ReleaseError> {
        let sources = Workspace::at(workspace.to_owned(), target.to_owned());
        let built = sources.build(Component::Connector, Effort::Released)?;
        let adapters = Adapters::build(&sources)?;
        Contract::keeps_its_promise(workspace)?;
        let contract = Contract::read(&workspace.join("wit"))?;
        let packages = Packages::of(workspace)?;
        let (root, revision) = (packages.root()?, revision(workspace)?);

        let optimiser = Optimiser::install(workspace, target)?;
        let small = |built: &[u8]| names::shorten(&optimiser.optimise(built)?);

        let of_release = |name: &str| About { name: name.to_owned(), of: root, revision: revision.as_deref() };
        let mut connector = of_release(&root.name).written_into(&small(&built)?)?;
        let dependencies = Dependencies::new(packages.audited());
        let dependencies = dependencies.map_err(|error| ReleaseError::Metadata(error.to_string()))?;
        dependencies.append_to_component(&mut connector);
        wasmparser::validate(&connector)?;
        contract.check(&connector)?;
        if connector.len() > MOST_BYTES {
            return Err(ReleaseError::TooLarge { bytes: connector.len(), most: MOST_BYTES });
        }
        let adapters = Adapters {
            webhook: small(&adapters.webhook)?,
            cron: small(&adapters.cron)?,
            store: small(&adapters.store)?,
            settings: small(&adapters.settings)?,
        };

        let version = root.version.to_string();
        let component = format!("{}-{version}.wasm", root.name);
        let bill = bill::of_materials(&packages, &sha256(&connector))?;
        let bill =
            serde_json::to_string_pretty(&bill).map_err(|error| ReleaseError::Metadata(error.to_string()))? + "\n";
        let of_contract = format!("{}-{}", contract.name(), contract.version());
        let mut all = Vec::new();
        for (file, bytes) in compose::files(&version, &connector, &adapters)? {
            let name = file.trim_end_matches(".wasm").trim_end_matches(&version).trim_end_matches('-');
            all.push((file.clone(), of_release(name).written_into(&bytes)?));
        }
        all.extend([
            (component.clone(), connector),
            (format!("{}-{version}.cdx.json", root.name), bill.into_bytes()),
            (format!("{of_contract}.wit"), contract.text()?.into_bytes()),
            (format!("{of_contract}.wasm"), contract.binary()?),
        ]);
        all.sort();
        let sums: String = all.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
        all.push((SUMS.to_owned(), sums.into_bytes()));
        Ok(Self { all, component })
    }

    /// Each file's name and bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The connector.
    pub fn component(&self) -> Option<&[u8]> {
        self.iter().find(|(name, _)| *name == self.component).map(|(_, bytes)| bytes)
    }

    /// The sums, as text.
    pub fn sums(&self) -> String {
        self.iter()
            .find(|(name, _)| *name == SUMS)
            .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    }

    /// Writes the files into a folder, which then holds nothing else.
    pub fn write(&self, folder: &Path) -> Result<(), ReleaseError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |source| ReleaseError::File { path, source }
        };
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail(folder)(error)),
            _ => fs::create_dir_all(folder).map_err(fail(folder))?,
        }
        for (name, bytes) in self.iter() {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(fail(&path))?;
        }
        Ok(())
    }
}

/// What a component says of itself.
struct About<'a> {
    name: String,
    of: &'a Package,
    revision: Option<&'a str>,
}

impl About<'_> {
    fn written_into(&self, component: &[u8]) -> Result<Vec<u8>, ReleaseError> {
        let fail = |error: &dyn std::fmt::Display| ReleaseError::Metadata(error.to_string());
        let mut add = AddMetadata::default();
        add.name = AddMetadataField::Set(self.name.clone());
        add.version = AddMetadataField::Set(Version::new(self.of.version.to_string()));
        if let Some(description) = &self.of.description {
            add.description = AddMetadataField::Set(Description::new(description.clone()));
        }
        if let Some(licence) = &self.of.licence {
            add.licenses = AddMetadataField::Set(Licenses::new(licence).map_err(|error| fail(&error))?);
        }
        if let Some(revision) = self.revision {
            add.revision = AddMetadataField::Set(Revision::new(revision.to_owned()));
        }
        add.to_wasm(component).map_err(|error| fail(&error))
    }
}

/// The commit that the workspace stands at, with `+` where files of it were changed since; none outside of git.
fn revision(workspace: &Path) -> Result<Option<String>, ReleaseError> {
    if !workspace.join(".git").exists() {
        return Ok(None);
    }
    let git = |arguments: &[&str]| run_command(Command::new("git").args(arguments).current_dir(workspace));
    let commit = git(&["rev-parse", "HEAD"])?.trim().to_owned();
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Ok(Some(if changed { commit + "+" } else { commit }))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Builds the workspace's last commit twice, from two clones in two folders, and compares the sums.
pub fn compare_two_clones(workspace: &Path, say: &dyn Fn(&str)) -> Result<String, ReleaseError> {
    let folder = tempfile::tempdir().map_err(|source| ReleaseError::File { path: std::env::temp_dir(), source })?;
    let mut sums = Vec::new();
    // Of different lengths, so that a path which slips in moves what follows it.
    let clones = ["one", "another/folder/for/the/second"].map(|name| folder.path().join(name));
    // The second is a clone of the first: the workspace may move on meanwhile.
    for (from, clone) in [workspace, &clones[0]].into_iter().zip(&clones) {
        run_command(Command::new("git").args(["clone", "--quiet", "--no-local"]).arg(from).arg(clone))?;
    }
    for clone in &clones {
        say(&format!("building in {}", clone.display()));
        sums.push(Files::make(clone, &clone.join("target/component"))?.sums());
    }
    match sums.as_slice() {
        [first, second] if first == second => Ok(first.clone()),
        _ => {
            let text = sums.join("\n");
            Err(ReleaseError::Differs(text.replace('\n', "; ")))
        }
    }
}
