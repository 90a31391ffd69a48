//! What the build of a component wrote into it about itself: its version, its licence, the packages it is made of.
//!
//! Anybody can write anything there. It is shown to a person and decides nothing; what could disturb a terminal, or
//! unpacks to more than any list of packages, is left out.

use std::io::Read;

use serde::{Deserialize, Serialize};
use wasmparser::CustomSectionReader;

/// Bytes that a text may have. The longest honest one is a description.
const LONGEST_TEXT: usize = 1_000;
/// Bytes that an unpacked list of packages may have: some thousands of packages.
const LARGEST_LIST: u64 = 1 << 20;

/// What a component says of itself. Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Its version.
    pub version: Option<String>,
    /// An SPDX expression.
    pub licence: Option<String>,
    /// One line of what it is.
    pub description: Option<String>,
    /// The commit that it was built from; `+` after it where files had been changed.
    pub revision: Option<String>,
    /// The packages that it was built from, as cargo-auditable lists them.
    pub packages: Vec<Package>,
}

/// A package that a component was built from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name in its registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether its code is in the component, or only helped to build it.
    #[serde(default)]
    pub kind: PackageKind,
}

/// What a package did for a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageKind {
    /// Its code runs.
    #[default]
    Runtime,
    /// A macro or a build script.
    Build,
}

impl Label {
    /// Takes what a section says, if it is one of those that say something of the component.
    pub(super) fn take(&mut self, section: &CustomSectionReader<'_>) {
        let place = match section.name() {
            "version" => &mut self.version,
            "licenses" => &mut self.licence,
            "description" => &mut self.description,
            "revision" => &mut self.revision,
            ".dep-v0" => {
                self.packages = packages(section.data()).unwrap_or_default();
                return;
            }
            _ => return,
        };
        *place = std::str::from_utf8(section.data()).ok().filter(|text| is_plain(text)).map(str::to_owned);
    }

    /// The packages of one kind.
    pub fn packages_of(&self, kind: PackageKind) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(move |package| package.kind == kind)
    }
}

fn packages(packed: &[u8]) -> Option<Vec<Package>> {
    #[derive(Deserialize)]
    struct List {
        packages: Vec<Package>,
    }
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(packed).take(LARGEST_LIST).read_to_string(&mut text).ok()?;
    let List { packages } = serde_json::from_str(&text).ok()?;
    packages.iter().all(|package| is_plain(&package.name) && is_plain(&package.version)).then_some(packages)
}

fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}
