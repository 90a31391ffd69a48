//! `koppeling inspect`: what a .wasm file is, without running it.

use std::path::PathBuf;

use clap::Args;

use super::screen::Screen;
use super::workplace::registries;
use super::{CommandError, Exit, Global};
use crate::component::{CONTRACT, LoadError, PackageKind, examine};
use crate::registry::{Plugin, PluginResolver, Trust};

#[derive(Args)]
pub(super) struct Inspect {
    /// The file [default: the built-in connector]
    file: Option<PathBuf>,
}

impl Inspect {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let plugin = self.file.clone().map(Plugin::File).or(global.named_plugin()?).unwrap_or_default();
        // Nothing of it is run, so it does not matter who signed it.
        let anybodys = PluginResolver::new(registries()?, Trust::Anyone, None);
        let (bytes, name) = anybodys.resolve(&plugin).await?.read()?;
        let about = examine(&bytes).map_err(|reason| LoadError::NotLoadable { name: name.clone(), reason })?;
        if global.json {
            screen.json(&about);
            return Ok(Exit::Ok);
        }
        screen.line(format!("{name}: a connector, {} KB", about.size.div_ceil(1000)));
        screen.line(format!("world     {} (this koppeling speaks {CONTRACT})", about.world));
        let label = &about.label;
        if plugin == Plugin::BuiltIn && label.version.is_none() {
            // A build for trying out has no label.
            screen.line(concat!("version   ", env!("CARGO_PKG_VERSION"), ", built together with this koppeling"));
        }
        for (title, text) in [
            ("version", &label.version),
            ("revision", &label.revision),
            ("licence", &label.licence),
            ("about", &label.description),
        ] {
            if let Some(text) = text {
                screen.line(format!("{title:<8}  {text}"));
            }
        }
        let packages = |kind| label.packages_of(kind).map(|package| format!("{} {}", package.name, package.version));
        for (title, names) in [
            ("exports", about.exports.clone()),
            ("imports", about.imports.clone()),
            ("contains", packages(PackageKind::Runtime).collect()),
            ("built by", packages(PackageKind::Build).collect()),
        ] {
            for (position, name) in names.iter().enumerate() {
                screen.line(format!("{:<8}  {name}", if position == 0 { title } else { "" }));
            }
        }
        Ok(Exit::Ok)
    }
}
