//! Programs that are run and, at the end, ended.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Failed;

/// No step of any host takes this long.
const DEADLINE: Duration = Duration::from_secs(300);

/// Runs a program to its end; gives what it printed.
pub(crate) async fn run(what: &str, command: &mut Command) -> Result<String, Failed> {
    let output = finish(what, command, DEADLINE).await?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Err(Failed::because(format!("{what} ended with {}: {}", output.status, said.join("\n").trim())))
    }
}

/// Runs a program that must end badly.
pub(crate) async fn fails(what: &str, command: &mut Command) -> Result<String, Failed> {
    let output = finish(what, command, DEADLINE).await?;
    if output.status.success() {
        Err(Failed::because(format!("{what} ended well, and should not have")))
    } else {
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Installs something, which may take long.
pub(crate) async fn install(what: &str, command: &mut Command) -> Result<(), Failed> {
    let output = finish(what, command, 10 * DEADLINE).await?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failed::because(format!("{what} could not be installed: {said}")))
}

async fn finish(what: &str, command: &mut Command, deadline: Duration) -> Result<std::process::Output, Failed> {
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(deadline, running).await;
    let output = output.map_err(|_| Failed::because(format!("{what} took more than {} s", deadline.as_secs())))?;
    output.map_err(|error| Failed::because(format!("{what} cannot be started ({error}); is it installed?")))
}

/// A server, ended when this is dropped.
pub(crate) struct Server {
    _child: Child,
    /// Where it serves, without a slash at the end.
    pub(crate) url: String,
}

/// Starts a server and waits until it prints where it serves, on either of its outputs.
pub(crate) async fn serve(what: &str, command: &mut Command) -> Result<Server, Failed> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let mut child = child.map_err(|error| Failed::because(format!("{what} cannot be started ({error})")))?;
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Failed::because(format!("{what} has no outputs")));
    };
    let (mut out, mut err) = (BufReader::new(out).lines(), BufReader::new(err).lines());
    let url = tokio::time::timeout(DEADLINE, async {
        loop {
            let line = tokio::select! { line = out.next_line() => line, line = err.next_line() => line };
            match line.ok().flatten() {
                Some(line) => {
                    if let Some(at) = line.find("http://") {
                        break Some(line.get(at..).unwrap_or_default().trim_end_matches('/').to_owned());
                    }
                }
                None => break None,
            }
        }
    });
    let url = url.await.ok().flatten();
    let url = url.ok_or_else(|| Failed::because(format!("{what} did not tell where it serves")))?;
    // It must be able to print on.
    tokio::spawn(async move { while let Ok(Some(_)) = out.next_line().await {} });
    tokio::spawn(async move { while let Ok(Some(_)) = err.next_line().await {} });
    Ok(Server { _child: child, url })
}
