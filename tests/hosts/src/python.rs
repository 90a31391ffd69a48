//! Python: `deploy/python`, as its README says.

use std::path::PathBuf;
use std::process::Command;

use crate::job::{ForeignHost, syncs_and_polls, takes_deliveries};
use crate::process::of;
use crate::stage::{Built, Stage};
use crate::tools::Tools;
use crate::{Failed, process, say};

struct Python<'a> {
    program: PathBuf,
    sources: PathBuf,
    connector: PathBuf,
    stage: &'a Stage,
}

impl Python<'_> {
    fn host(&self, work: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("host.py").arg(&self.connector).arg(self.stage.settings_file()).arg(self.stage.folder("state"));
        command.arg(work).current_dir(&self.sources);
        command
    }
}

impl ForeignHost for Python<'_> {
    async fn initial_sync(&self) -> Result<(), Failed> {
        process::run("python host.py initial-sync", self.host("initial-sync")).await.map(drop)
    }

    async fn poll(&self) -> Result<(), Failed> {
        process::run("python host.py poll", self.host("poll")).await.map(drop)
    }
}

pub(crate) async fn run(tools: &Tools, built: &Built) -> Result<(), Failed> {
    let stage = Stage::new().await?;
    let (program, sources) = tools.python().await?;
    let version = process::run("python", of(Command::new(&program), "--version")).await?;
    say(format!("python: {}", version.trim()));
    let python = Python { program, sources, connector: built.connector(), stage: &stage };
    syncs_and_polls(&python, &stage).await?;
    let server = process::serve("python host.py serve", of(python.host("serve"), "0")).await?;
    takes_deliveries(&stage, &format!("{}/tribe", server.url)).await
}
