//! Node: `deploy/node`, as its README says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::job::{ForeignHost, syncs_and_polls, takes_deliveries};
use crate::process::of;
use crate::stage::{Built, Stage};
use crate::tools::Tools;
use crate::{Failed, process, say};

struct Node<'a> {
    sources: PathBuf,
    component: PathBuf,
    stage: &'a Stage,
}

impl Node<'_> {
    fn host(&self, work: &str) -> Command {
        let mut command = Command::new("node");
        command.arg("host.mjs").arg(&self.component).arg(self.stage.settings_file()).arg(self.stage.folder("state"));
        command.arg(work).current_dir(&self.sources);
        command
    }
}

impl ForeignHost for Node<'_> {
    async fn initial_sync(&self) -> Result<(), Failed> {
        process::run("node host.mjs initial-sync", self.host("initial-sync")).await.map(drop)
    }

    async fn poll(&self) -> Result<(), Failed> {
        process::run("node host.mjs poll", self.host("poll")).await.map(drop)
    }
}

pub(crate) async fn run(tools: &Tools, built: &Built) -> Result<(), Failed> {
    let stage = Stage::new().await?;
    let sources = tools.node().await?;
    let version = process::run("node", of(Command::new("node"), "--version")).await?;
    say(format!("node {}", version.trim()));
    let component = stage.folder("component");
    transpile(&sources, &built.connector(), &component).await?;
    let node = Node { sources, component, stage: &stage };
    syncs_and_polls(&node, &stage).await?;
    let server = process::serve("node host.mjs serve", of(node.host("serve"), "0")).await?;
    takes_deliveries(&stage, &format!("{}/tribe", server.url)).await
}

async fn transpile(sources: &Path, connector: &Path, target: &Path) -> Result<(), Failed> {
    let mut command = Command::new("node");
    command.arg("transpile.mjs").arg(connector).arg(target).current_dir(sources);
    process::run("node transpile.mjs", command).await.map(drop)
}
