//! `koppeling inspect`: what a .wasm file is, without running it.

use std::path::PathBuf;

use clap::Args;

use super::screen::Screen;
use super::workplace::registries;
use super::{CommandError, Exit, Global};
use crate::component::{CONTRACT, LoadError, examine};
use crate::registry::{Plugin, Supply, Trust};

#[derive(Args)]
pub(super) struct Inspect {
    /// The file [default: the built-in connector]
    file: Option<PathBuf>,
}

impl Inspect {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let plugin = self.file.clone().map(Plugin::File).or(global.named_plugin()?).unwrap_or_default();
        // Nothing of it is run, so it does not matter who signed it.
        let anybodys = Supply::new(registries()?, Trust::Anyone, None);
        let (bytes, name) = anybodys.obtain(&plugin).await?.read()?;
        let about = examine(&bytes).map_err(|reason| LoadError::NotLoadable { name: name.clone(), reason })?;
        if global.json {
            screen.json(&about);
            return Ok(Exit::Ok);
        }
        screen.line(format!("{name}: a connector, {} KB", about.size.div_ceil(1000)));
        screen.line(format!("contract  {} (this koppeling speaks {CONTRACT})", about.contract));
        if let Some(version) = &about.version {
            screen.line(format!("version   {version}"));
        }
        for (title, names) in [("exports", &about.exports), ("imports", &about.imports)] {
            for (position, name) in names.iter().enumerate() {
                screen.line(format!("{:<8}  {name}", if position == 0 { title } else { "" }));
            }
        }
        Ok(Exit::Ok)
    }
}
