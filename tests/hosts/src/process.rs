//! Programs that are run and, at the end, ended.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::Failed;

/// No step of any host takes this long.
const DEADLINE: Duration = Duration::from_secs(600);
/// Compiling a runtime may, on a small machine.
const INSTALL_DEADLINE: Duration = Duration::from_secs(3600);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How a program ended, and what it printed.
struct Ended {
    status: ExitStatus,
    out: String,
    err: String,
}

/// A command with one more argument.
pub(crate) fn of(mut command: Command, argument: &str) -> Command {
    command.arg(argument);
    command
}

/// Runs a program to its end; gives what it printed.
pub(crate) async fn run(what: &str, command: Command) -> Result<String, Failed> {
    let ended = finish(what, command, DEADLINE).await?;
    if ended.status.success() {
        Ok(ended.out)
    } else {
        Err(Failed::because(format!("{what}: {}: {} {}", ended.status, ended.out.trim(), ended.err.trim())))
    }
}

/// Runs a program that must end badly; gives what it said of it.
pub(crate) async fn fails(what: &str, command: Command) -> Result<String, Failed> {
    let ended = finish(what, command, DEADLINE).await?;
    if ended.status.success() {
        Err(Failed::because(format!("{what} ended well, and should not have")))
    } else {
        Ok(ended.err)
    }
}

/// Installs something, which may take long.
pub(crate) async fn install(what: &str, command: Command) -> Result<(), Failed> {
    let ended = finish(what, command, INSTALL_DEADLINE).await?;
    if ended.status.success() { Ok(()) } else { Err(Failed::because(format!("{what}: {}", ended.err.trim()))) }
}

/// On a thread of its own: the stand-ins must go on answering.
async fn finish(what: &str, command: Command, deadline: Duration) -> Result<Ended, Failed> {
    let named = what.to_owned();
    let ended = tokio::task::spawn_blocking(move || wait(&named, command, deadline)).await;
    ended.map_err(|_| Failed::because(format!("waiting for {what} failed")))?
}

fn wait(what: &str, mut command: Command, deadline: Duration) -> Result<Ended, Failed> {
    let mut running = start(what, &mut command)?;
    let out = running.child.stdout.take().map(read_all);
    let err = running.child.stderr.take().map(read_all);
    let begun = Instant::now();
    let status = loop {
        match running.child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < deadline => thread::sleep(LOOK_AGAIN),
            Ok(None) => return Err(Failed::because(format!("{what} took more than {} s", deadline.as_secs()))),
            Err(error) => return Err(Failed::at(what)(error)),
        }
    };
    let text = |reader: Option<thread::JoinHandle<String>>| reader.and_then(|it| it.join().ok()).unwrap_or_default();
    Ok(Ended { status, out: text(out), err: text(err) })
}

fn read_all(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before it broke is all that there is to tell.
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A program that is running, ended when this is dropped.
struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(what: &str, command: &mut Command) -> Result<Running, Failed> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    match child {
        Ok(child) => Ok(Running { child }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let program = command.get_program().to_string_lossy();
            Err(Failed::because(format!("{what} cannot be started: {program} is missing; install it")))
        }
        Err(error) => Err(Failed::at(what)(error)),
    }
}

/// A server, ended when this is dropped.
pub(crate) struct Server {
    _running: Running,
    /// Where it serves, without a slash at the end.
    pub(crate) url: String,
}

/// Starts a server and waits until it prints where it serves, on either of its outputs.
pub(crate) async fn serve(what: &str, mut command: Command) -> Result<Server, Failed> {
    let mut running = start(what, &mut command)?;
    let (found, urls) = mpsc::channel();
    for stream in [
        running.child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>),
        running.child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>),
    ] {
        let (Some(stream), found) = (stream, found.clone()) else { continue };
        // Read to the end: it must be able to print on.
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(url) = line.find("http://").and_then(|at| line.get(at..)) {
                    // Nobody waits for a second one.
                    let _ = found.send(url.trim_end_matches('/').to_owned());
                }
            }
        });
    }
    drop(found);
    let url = tokio::task::spawn_blocking(move || urls.recv_timeout(DEADLINE).ok()).await.ok().flatten();
    let url = url.ok_or_else(|| Failed::because(format!("{what} did not tell where it serves")))?;
    Ok(Server { _running: running, url })
}
