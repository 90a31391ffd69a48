//! What a file is, told without running or compiling any of it.
//!
//! The whole file is validated before anything is believed of it, so that a file that was cut off or is something
//! else gives a sentence and not a crash.

use std::fmt;

use serde::Serialize;
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

use super::label::Label;

/// The version of `wit/connector.wit` that this host speaks.
pub const CONTRACT: Version = Version { major: 0, minor: 1, patch: 0 };

const PACKAGE: &str = "advocaatcentraal:tribe-sync";
const WORLD: &str = "connector";
const EXPORTS: [&str; 4] = ["records", "setup", "sync", "webhook"];

/// A semantic version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// A new one breaks.
    pub major: u64,
    /// A new one adds; below 1.0.0 it breaks.
    pub minor: u64,
    /// A new one mends.
    pub patch: u64,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }

    /// Whether a component of that version can be driven through this one.
    fn drives(self, other: Self) -> bool {
        self.major == other.major && (self.major > 0 || self.minor == other.minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a component says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    /// Its size in bytes.
    pub size: usize,
    /// The version of the contract that it exports.
    pub contract: Version,
    /// The world that it is a component of, as far as its exports tell.
    pub world: String,
    /// What its build wrote into it of itself.
    #[serde(flatten)]
    pub label: Label,
    /// Interfaces that it asks for.
    pub imports: Vec<String>,
    /// Interfaces that it gives.
    pub exports: Vec<String>,
}

/// Why a file is no connector for this host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLoadable {
    /// It does not begin as WebAssembly does.
    #[error("it is not WebAssembly; give the path of a connector's .wasm file")]
    NotWasm,
    /// A core module.
    #[error("it is a core module, not a component; build it for the target wasm32-wasip2")]
    CoreModule,
    /// It ends too early or is damaged.
    #[error("it is cut off or damaged at byte {offset}; fetch it again")]
    Damaged {
        /// Where reading failed.
        offset: usize,
    },
    /// A component of another kind.
    #[error("it is a component, but not a connector: it does not export {missing}")]
    OtherWorld {
        /// The first interface that is missing.
        missing: String,
    },
    /// A connector of a contract that this host does not speak.
    #[error("it speaks version {found} of the contract and this koppeling speaks {CONTRACT}; {}", advice(*found))]
    OtherContract {
        /// The version that it exports.
        found: Version,
    },
}

fn advice(found: Version) -> &'static str {
    if found > CONTRACT { "install a newer koppeling" } else { "use a newer connector" }
}

/// Reads and validates a component, and tells whether this host can drive it.
pub fn examine(bytes: &[u8]) -> Result<About, NotLoadable> {
    if !bytes.starts_with(b"\0asm") {
        return Err(NotLoadable::NotWasm);
    }
    // Told first: validating a core module succeeds.
    if let Some(Ok(Payload::Version { encoding: Encoding::Module, .. })) = Parser::new(0).parse_all(bytes).next() {
        return Err(NotLoadable::CoreModule);
    }
    Validator::new_with_features(WasmFeatures::default()).validate_all(bytes).map_err(damaged)?;
    describe(bytes)
}

fn damaged(error: wasmparser::BinaryReaderError) -> NotLoadable {
    NotLoadable::Damaged { offset: error.offset() }
}

/// What [`examine`] tells, of bytes that were validated before.
pub(super) fn describe(bytes: &[u8]) -> Result<About, NotLoadable> {
    let (mut imports, mut exports, mut label) = (Vec::new(), Vec::new(), Label::default());
    // Modules and components lie inside one another; only the outermost speaks for the whole.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(damaged)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(damaged)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.map_err(damaged)?.name.name.to_owned());
                }
            }
            Payload::CustomSection(section) if depth == 0 => label.take(&section),
            _ => {}
        }
    }
    let contract = contract(&exports)?;
    let world = format!("{PACKAGE}/{WORLD}@{contract}");
    Ok(About { size: bytes.len(), contract, world, label, imports, exports })
}

fn contract(exports: &[String]) -> Result<Version, NotLoadable> {
    let mut found = None;
    for interface in EXPORTS {
        let name = format!("{PACKAGE}/{interface}");
        let version = exports
            .iter()
            .filter_map(|export| export.strip_prefix(&name)?.strip_prefix('@'))
            .find_map(Version::parse)
            .ok_or(NotLoadable::OtherWorld { missing: name })?;
        if !CONTRACT.drives(version) {
            return Err(NotLoadable::OtherContract { found: version });
        }
        found = Some(version);
    }
    Ok(found.unwrap_or(CONTRACT))
}
