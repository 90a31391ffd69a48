//! What the component is made of: the packages that cargo compiles into it, and those that compile it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use auditable_serde::{DependencyKind, Package as Audited, Source, VersionInfo};
use cargo_metadata::{DependencyKind as CargoKind, Metadata, MetadataCommand, Node, NodeDep, PackageId};
use component_builder::Component;
use serde::Deserialize;

use crate::ReleaseError;

const ROOT: &str = "advocaatcentraal-tribe";
const CONNECTOR: Component = Component::Connector;

/// A package of the connector's build.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name on crates.io, or in this workspace.
    pub name: String,
    /// Its version.
    pub version: semver::Version,
    /// Whether crates.io has it.
    pub published: bool,
    /// What it says of its licence: an SPDX expression.
    pub licence: Option<String>,
    /// One line of what it is.
    pub description: Option<String>,
    /// SHA-256 of the package file, in hexadecimal, by Cargo.lock.
    pub checksum: Option<String>,
    /// Whether code of it runs in the component, or only while that is built.
    pub kind: Kind,
    /// Places of its own dependencies in the list.
    pub dependencies: Vec<usize>,
}

/// What a package does for the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is compiled into it.
    Runtime,
    /// A macro or a build script.
    Build,
}

/// The packages of the connector's build, sorted by name and version.
#[derive(Clone, Debug)]
pub struct Packages {
    /// All of them.
    pub all: Vec<Package>,
    /// The place of the connector itself.
    pub root: usize,
}

impl Packages {
    /// The packages that Cargo.lock names, asked of cargo. Only those that the connector's own features bring count:
    /// other members of the workspace ask more of the same packages.
    pub fn of(workspace: &Path) -> Result<Self, ReleaseError> {
        let used = tree(workspace, "normal,build")?;
        let running = tree(workspace, "normal,no-proc-macro")?;
        let metadata = metadata(workspace)?;
        let checksums = checksums(workspace)?;

        let mut kept = metadata.packages;
        kept.retain(|package| used.contains(&named(package)));
        kept.sort_by_key(named);
        let places: BTreeMap<&PackageId, usize> =
            kept.iter().enumerate().map(|(place, package)| (&package.id, place)).collect();
        let nodes = metadata.resolve.map(|resolve| resolve.nodes).unwrap_or_default();
        let nodes: BTreeMap<&PackageId, &Node> = nodes.iter().map(|node| (&node.id, node)).collect();
        let all = kept.iter().map(|package| {
            let node = nodes.get(&package.id);
            let counts = |edge: &&NodeDep| edge.dep_kinds.iter().any(|kind| kind.kind != CargoKind::Development);
            let dependencies = node.into_iter().flat_map(|node| node.deps.iter().filter(counts));
            let mut dependencies: Vec<usize> = dependencies.filter_map(|edge| places.get(&edge.pkg).copied()).collect();
            dependencies.sort_unstable();
            Package {
                name: package.name.to_string(),
                version: package.version.clone(),
                published: package.source.is_some(),
                licence: package.license.as_ref().map(|licence| licence.replace('/', " OR ")),
                description: package.description.as_ref().map(|text| text.trim().to_owned()),
                checksum: checksums.get(&named(package)).cloned(),
                kind: if running.contains(&named(package)) { Kind::Runtime } else { Kind::Build },
                dependencies,
            }
        });
        let all: Vec<Package> = all.collect();
        let root = all.iter().position(|package| package.name == ROOT).ok_or(ReleaseError::NoConnector)?;
        Ok(Self { all, root })
    }

    /// The connector itself.
    pub fn root(&self) -> Result<&Package, ReleaseError> {
        self.all.get(self.root).ok_or(ReleaseError::NoConnector)
    }

    /// The list as cargo-auditable writes it.
    pub fn audited(&self) -> VersionInfo {
        let packages = self.all.iter().enumerate().map(|(place, package)| Audited {
            name: package.name.clone(),
            version: package.version.clone(),
            source: if package.published { Source::CratesIo } else { Source::Local },
            kind: match package.kind {
                Kind::Runtime => DependencyKind::Runtime,
                Kind::Build => DependencyKind::Build,
            },
            dependencies: package.dependencies.clone(),
            root: place == self.root,
        });
        // 1: macros are told apart from what runs.
        VersionInfo { packages: packages.collect(), format: 1 }
    }
}

type Named = (String, semver::Version);

fn named(package: &cargo_metadata::Package) -> Named {
    (package.name.to_string(), package.version.clone())
}

fn metadata(workspace: &Path) -> Result<Metadata, ReleaseError> {
    let mut command = MetadataCommand::new();
    command.current_dir(workspace);
    command.other_options(["--locked".to_owned(), format!("--filter-platform={}", CONNECTOR.target())]);
    command.exec().map_err(ReleaseError::Cargo)
}

/// The packages that cargo would use for the connector along such edges.
fn tree(workspace: &Path, edges: &str) -> Result<BTreeSet<Named>, ReleaseError> {
    let arguments =
        ["tree", "--package", ROOT, "--target", CONNECTOR.target(), "--edges", edges, "--prefix", "none", "--locked"];
    let text = cargo(workspace, &arguments)?;
    let read = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        Some((name.to_owned(), rest.split(' ').next()?.parse().ok()?))
    };
    Ok(text.lines().filter_map(read).collect())
}

fn checksums(workspace: &Path) -> Result<BTreeMap<Named, String>, ReleaseError> {
    let path = workspace.join("Cargo.lock");
    let text = std::fs::read_to_string(&path).map_err(|source| ReleaseError::File { path, source })?;
    let lock: Lock = toml::from_str(&text).map_err(|_| ReleaseError::NoConnector)?;
    let packages = lock.package.into_iter();
    Ok(packages.filter_map(|package| Some(((package.name, package.version), package.checksum?))).collect())
}

fn cargo(workspace: &Path, arguments: &[&str]) -> Result<String, ReleaseError> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    crate::run_command(Command::new(program).args(arguments).current_dir(workspace))
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: semver::Version,
    checksum: Option<String>,
}
