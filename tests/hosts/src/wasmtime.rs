//! The command line of wasmtime: the composed timer by `wasmtime run`, the composed web server by `wasmtime serve`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::job::{ForeignHost, syncs_and_polls, takes_deliveries};
use crate::stage::{Built, Stage, TOKEN};
use crate::tools::Tools;
use crate::{Failed, http, process, say};
use serde_json::Value;

/// The version that the compositions are written under: that of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

struct Wasmtime<'a> {
    program: PathBuf,
    stage: &'a Stage,
    composed: &'a Path,
}

impl Wasmtime<'_> {
    /// As the README says.
    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(verb).args(["-S", "cli,http,config,inherit-network"]);
        for (folder, there) in [("settings", "/settings"), ("state", "/state")] {
            command.arg("--dir").arg(format!("{}::{there}", self.stage.folder(folder).display()));
        }
        command
    }

    fn cron(&self, words: &[&str]) -> Command {
        let mut command = self.command("run");
        command.arg(self.composed.join(format!("advocaatcentraal-tribe-cron-{VERSION}.wasm"))).args(words);
        command
    }
}

/// `wasmtime run`, a process for each.
impl ForeignHost for Wasmtime<'_> {
    async fn initial_sync(&self) -> Result<(), Failed> {
        process::run("wasmtime run … initial-sync", self.cron(&["initial-sync"])).await.map(drop)
    }

    async fn poll(&self) -> Result<(), Failed> {
        process::run("wasmtime run … poll", self.cron(&["poll"])).await.map(drop)
    }
}

/// `wasmtime serve`, asked by HTTP.
struct Served {
    url: String,
}

impl Served {
    async fn until_done(&self, path: &str) -> Result<(), Failed> {
        loop {
            let url = format!("{}{path}", self.url);
            let answer = http::send("POST", &url, Some(TOKEN)).await?;
            match (answer.status, answer.body.get("next").and_then(Value::as_str)) {
                (200, Some("done")) => return Ok(()),
                (200, Some("again")) => {}
                (status, _) => return Err(Failed::because(format!("POST {path}: {status} {}", answer.body))),
            }
        }
    }
}

impl ForeignHost for Served {
    async fn initial_sync(&self) -> Result<(), Failed> {
        self.until_done("/sync").await
    }

    async fn poll(&self) -> Result<(), Failed> {
        self.until_done("/poll").await
    }
}

pub(crate) async fn run(tools: &Tools, built: &Built) -> Result<(), Failed> {
    let program = tools.wasmtime().await?;
    let composed = built.composed();

    say("wasmtime run");
    let stage = Stage::new().await?;
    let wasmtime = Wasmtime { program: program.clone(), stage: &stage, composed };
    syncs_and_polls(&wasmtime, &stage).await?;
    let said = process::fails("wasmtime run … pol", wasmtime.cron(&["pol"])).await?;
    if !said.contains("\"pol\" is not understood") {
        return Err(Failed::because(format!("a word that is not understood was not named: {said}")));
    }

    say("wasmtime serve");
    let stage = Stage::new().await?;
    let wasmtime = Wasmtime { program, stage: &stage, composed };
    let mut command = wasmtime.command("serve");
    command.args(["--addr", "127.0.0.1:0"]).arg(composed.join(format!("advocaatcentraal-tribe-http-{VERSION}.wasm")));
    let server = process::serve("wasmtime serve", command).await?;
    let served = Served { url: server.url.clone() };
    doors_are_shut(&served).await?;
    syncs_and_polls(&served, &stage).await?;
    takes_deliveries(&stage, &format!("{}/tribe", served.url)).await?;
    calls_at_once_take_turns(&served, &stage).await
}

/// Who has no token, or no signature, gets nowhere.
async fn doors_are_shut(served: &Served) -> Result<(), Failed> {
    for (method, path, token, expected) in [
        ("POST", "/poll", None, 401),
        ("POST", "/poll", Some("another-token"), 401),
        ("GET", "/check", None, 401),
        ("POST", "/tribe", Some(TOKEN), 401),
        ("GET", "/poll", Some(TOKEN), 405),
        ("POST", "/", Some(TOKEN), 404),
    ] {
        let answer = http::send(method, &format!("{}{path}", served.url), token).await?;
        if answer.status != expected {
            return Err(Failed::because(format!("{method} {path}: {} instead of {expected}", answer.status)));
        }
    }
    let answer = http::send("GET", &format!("{}/check", served.url), Some(TOKEN)).await?;
    let verdicts = answer.body.as_array().map_or(0, Vec::len);
    if answer.status != 200 || verdicts == 0 {
        return Err(Failed::because(format!("GET /check: {} {}", answer.status, answer.body)));
    }
    say(format!("  without token or signature: 401; the check tells {verdicts} findings"));
    Ok(())
}

/// A web server runs requests side by side; the store lets one call in at a time.
async fn calls_at_once_take_turns(served: &Served, stage: &Stage) -> Result<(), Failed> {
    let there = stage.edit_in_advocaatcentraal("020 555 77 02")?;
    let (one, two, three) = tokio::join!(served.poll(), served.initial_sync(), served.poll());
    one.and(two).and(three)?;
    stage.has_number(there, "020 555 77 02")?;
    say("  three calls at once took turns");
    stage.agree()
}
