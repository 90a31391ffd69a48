//! One benchmark under callgrind, in a process of its own.
//!
//! gungraun does this and more, and each who counts must build its runner of the very same version, whose lock names 227
//! packages; what is needed here, the total of one function, is an option of callgrind's and a line of its file.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

/// By this part of its name callgrind finds [`count_this_work`], whatever the compiler makes of the rest.
const COUNTED: &str = "*count_this_work*";

/// What is counted: everything is prepared but the work itself. Gives how many values it came across.
pub type Work = Box<dyn FnOnce() -> usize>;

/// Why there is no count.
#[derive(Debug, thiserror::Error)]
pub enum NoCount {
    /// `valgrind` is not installed.
    #[error("valgrind is not found: install it, on Debian and Ubuntu by `apt-get install valgrind`")]
    NoValgrind,
    /// It could not be started, or its file could not be read.
    #[error("callgrind could not be run: {0}")]
    Io(#[from] io::Error),
    /// The benchmark did not do its work, or callgrind could not follow it.
    #[error("the benchmark failed under callgrind:\n{0}")]
    Failed(String),
    /// Callgrind's file has no total.
    #[error("callgrind counted nothing")]
    NoTotal,
}

/// Does the work. Callgrind counts from here until it returns, what is freed at its end too.
#[inline(never)]
pub fn count_this_work(work: Work) -> usize {
    black_box(work)()
}

/// The instructions of one benchmark: `program NAME` must do its work by [`count_this_work`]. Callgrind's file stays in
/// that folder, for `callgrind_annotate`.
///
/// # Errors
/// See [`NoCount`].
pub fn count(program: &Path, name: &str, folder: &Path) -> Result<u64, NoCount> {
    fs::create_dir_all(folder)?;
    let file = folder.join(format!("{name}.callgrind"));
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--toggle-collect={COUNTED}"));
    command.arg(format!("--callgrind-out-file={}", file.display())).arg(program).arg(name);
    // An environment moves the stack, and with it a few instructions.
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NoCount::NoValgrind,
        _ => NoCount::Io(error),
    })?;
    if !output.status.success() {
        return Err(NoCount::Failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    total(&fs::read_to_string(&file)?).ok_or(NoCount::NoTotal)
}

/// The total in a file of callgrind's. Source: its manual, "Callgrind Format Specification".
fn total(file: &str) -> Option<u64> {
    let total = file.lines().find_map(|line| line.strip_prefix("totals:"))?;
    total.split_whitespace().next()?.parse().ok().filter(|total| *total > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_the_first_number_of_its_line() {
        assert_eq!(total("# callgrind format\nevents: Ir\n\nfn=(1) f\n1 20\n\ntotals: 1203\n"), Some(1203));
        assert_eq!(total("summary: 7\ntotals: 7 3\n"), Some(7));
    }

    #[test]
    fn nothing_counted_is_no_count() {
        for file in ["", "totals: 0\n", "totals:\n", "totals: many\n"] {
            assert_eq!(total(file), None, "{file}");
        }
    }
}
