//! What `wit/` promises, and what a new version may change of it.
//!
//! A host that was written for one version must be able to load every later connector of the same major (below 1.0.0:
//! the same minor). So a function that was there stays as it is, a new one needs a new version number, and an import is
//! never added. Each released version is kept in `wit/released/<version>/`, whole: with the WASI packages that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use semver::Version;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldId};

/// What is wrong with the contract, or with a component by it.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The WIT is not read.
    #[error("{}: {said}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The parser's words.
        said: String,
    },
    /// The component asks for something that its world does not name.
    #[error("the component imports {0}, which its world does not name")]
    Asks(String),
    /// The component does not ask for something that its world names.
    #[error("the component's world names {0}, which it does not import")]
    NeverAsks(String),
    /// The component does not fit its world in another way.
    #[error("the component does not fit its world: {0}")]
    OtherWorld(String),
    /// Something was removed or changed.
    #[error(
        "version {current} of the contract changes or removes what version {released} promised, or imports more: {said}; \
         undo that, or raise the number that breaks"
    )]
    Breaks {
        /// The newest released version.
        released: Version,
        /// The version that stands in `wit/connector.wit`.
        current: Version,
        /// What does not fit.
        said: String,
    },
    /// Something was added, or the number went back.
    #[error("the contract is not that of version {released} any more, but its number is {current}; raise it")]
    SameNumber {
        /// The newest released version.
        released: Version,
        /// The version that stands in `wit/connector.wit`.
        current: Version,
    },
}

const WORLD: &str = "connector";

/// How a contract differs from an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// In words at most.
    None,
    /// By exports or by what they take no part in.
    Added,
    /// So that a host of the earlier one fails. What does not fit, in a line.
    Broken(String),
}

/// One version of the contract.
#[derive(Clone)]
pub struct Contract {
    resolve: Resolve,
    package: PackageId,
    world: WorldId,
    version: Version,
}

impl Contract {
    /// Reads a folder with the contract and the packages that it imports.
    pub fn read(folder: &Path) -> Result<Self, ContractError> {
        let fail = |said: String| ContractError::Unreadable { path: folder.to_owned(), said };
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(folder).map_err(|error| fail(line(&error)))?;
        let world = resolve.select_world(&[package], Some(WORLD)).map_err(|error| fail(line(&error)))?;
        let version = resolve.packages.get(package).and_then(|package| package.name.version.clone());
        let version = version.ok_or_else(|| fail("the package has no version".to_owned()))?;
        Ok(Self { resolve, package, world, version })
    }

    /// The package's name, as part of a file's.
    pub fn name(&self) -> String {
        let name = self.resolve.packages.get(self.package).map(|package| &package.name);
        name.map(|name| format!("{}-{}", name.namespace, name.name)).unwrap_or_default()
    }

    /// The package's version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The package as WebAssembly's tools exchange it, with what it needs of others.
    pub fn binary(&self) -> Result<Vec<u8>, ContractError> {
        wit_component::encode(&self.resolve, self.package).map_err(|error| self.fail(&error))
    }

    /// The package as one text, with what it needs of others.
    pub fn text(&self) -> Result<String, ContractError> {
        // What nothing needs falls away on the way through the binary form.
        let decoded = wit_component::decode(&self.binary()?).map_err(|error| self.fail(&error))?;
        let (resolve, package) = (decoded.resolve(), decoded.package());
        let others: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
        let mut printer = WitPrinter::default();
        printer.print(resolve, package, &others).map_err(|error| self.fail(&error))?;
        Ok(printer.output.to_string())
    }

    /// Whether a component exports what the world names and imports exactly that.
    pub fn check(&self, component: &[u8]) -> Result<(), ContractError> {
        let other = |error: &dyn std::fmt::Display| ContractError::OtherWorld(first_line(&error.to_string()));
        let decoded = wit_component::decode(component).map_err(|error| other(&error))?;
        let DecodedWasm::Component(found, world) = decoded else { return Err(other(&"it is a package of WIT")) };
        let named = names(&self.resolve, self.world);
        let asked = names(&found, world);
        if let Some(name) = asked.iter().find(|name| !named.contains(*name)) {
            return Err(ContractError::Asks(name.clone()));
        }
        if let Some(name) = named.iter().find(|name| !asked.contains(*name)) {
            return Err(ContractError::NeverAsks(name.clone()));
        }
        // With names alone a type could differ; this compares everything.
        wit_component::targets(&self.resolve, self.world, component).map_err(|error| other(&format!("{error:#}")))
    }

    fn id(&self) -> String {
        let name = self.resolve.packages.get(self.package).map(|package| &package.name);
        name.map(|name| format!("{}:{}", name.namespace, name.name)).unwrap_or_default()
    }

    /// What this contract changes of an earlier one.
    pub fn since(&self, earlier: &Self) -> Result<Change, ContractError> {
        let mut both = self.resolve.clone();
        let world = both
            .merge(earlier.set_apart()?)
            .and_then(|moved| Ok(moved.map_world(earlier.world, wit_parser::Span::default())?));
        let earlier = world.map_err(|error| self.fail(&error))?;
        let runs_as = |own: WorldId, asked: WorldId| wit_component::semver_check(both.clone(), own, asked);
        Ok(match (runs_as(self.world, earlier), runs_as(earlier, self.world)) {
            (Err(error), _) => Change::Broken(line(&error)),
            (Ok(()), Err(_)) => Change::Added,
            (Ok(()), Ok(())) => Change::None,
        })
    }

    /// The package under a number that no other has, so that two versions of one number can stand side by side.
    fn set_apart(&self) -> Result<Resolve, ContractError> {
        let mut resolve = self.resolve.clone();
        let package = resolve.packages.get_mut(self.package);
        let package = package.ok_or_else(|| ContractError::OtherWorld("the package is not there".to_owned()))?;
        resolve.package_names.shift_remove(&package.name);
        package.name.version = Some(Version::new(0, 0, 0));
        resolve.package_names.insert(package.name.clone(), self.package);
        Ok(resolve)
    }

    /// Whether this contract may follow a released one under its number.
    pub fn follows(&self, released: &Self) -> Result<(), ContractError> {
        let (old, new) = (&released.version, &self.version);
        let numbers = || (old.clone(), new.clone());
        let broken_by_number = new > old && (new.major != old.major || (old.major == 0 && new.minor != old.minor));
        match self.since(released)? {
            Change::Broken(said) if !broken_by_number => {
                let (released, current) = numbers();
                Err(ContractError::Breaks { released, current, said })
            }
            Change::Added if new <= old => {
                let (released, current) = numbers();
                Err(ContractError::SameNumber { released, current })
            }
            Change::None if new < old => {
                let (released, current) = numbers();
                Err(ContractError::SameNumber { released, current })
            }
            _ => Ok(()),
        }
    }

    /// Whether the contract of a workspace may follow the newest one that it released.
    pub fn keeps_its_promise(workspace: &Path) -> Result<(), ContractError> {
        let wit = workspace.join("wit");
        match newest_released(&wit)? {
            Some(folder) => Self::read(&wit)?.follows(&Self::read(&folder)?),
            None => Ok(()),
        }
    }

    fn fail(&self, error: &impl std::fmt::Display) -> ContractError {
        ContractError::Unreadable { path: self.id().into(), said: first_line(&format!("{error:#}")) }
    }
}

/// Keeps the contract of a workspace as its version promises it, and gives the folder. What was kept before is not
/// changed: a version is promised once.
pub fn freeze(workspace: &Path) -> Result<PathBuf, ContractError> {
    Contract::keeps_its_promise(workspace)?;
    let contract = Contract::read(&workspace.join("wit"))?;
    let folder = workspace.join("wit/released").join(contract.version.to_string());
    let fail = |error: io::Error| ContractError::Unreadable { path: folder.clone(), said: error.to_string() };
    if folder.exists() {
        return Ok(folder);
    }
    let text = contract.text()?;
    fs::create_dir_all(&folder).map_err(fail)?;
    fs::write(folder.join("connector.wit"), text).map_err(fail)?;
    Ok(folder)
}

/// The folder of the newest released version; none before the first release.
fn newest_released(wit: &Path) -> Result<Option<PathBuf>, ContractError> {
    let folder = wit.join("released");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ContractError::Unreadable { path: folder, said: error.to_string() }),
    };
    let versions = entries
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<Version>().ok()?, entry.path())));
    Ok(versions.max_by(|left, right| left.0.cmp(&right.0)).map(|(_, path)| path))
}

/// The names of a world's imports.
fn names(resolve: &Resolve, world: WorldId) -> BTreeSet<String> {
    let world = resolve.worlds.get(world);
    world.into_iter().flat_map(|world| world.imports.keys()).map(|key| resolve.name_world_key(key)).collect()
}

/// An error's whole chain in one line.
fn line(error: &impl std::fmt::Display) -> String {
    first_line(&format!("{error:#}"))
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
