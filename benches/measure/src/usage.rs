//! What a finished process used, this one so far, and the median of several rounds.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::Failure;

/// What one process used, and the processes that it waited for.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) status: ExitStatus,
    /// Processor time, in the program and in the kernel for it.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Most memory that was in use, in bytes.
    pub(crate) peak: u64,
}

/// Runs a program to its end.
pub(crate) fn of(command: &mut Command) -> Result<Usage, Failure> {
    let began = Instant::now();
    let ended = command.spawn()?.wait4()?;
    let wall = began.elapsed();
    Ok(Usage { status: ended.status, cpu: ended.rusage.utime + ended.rusage.stime, wall, peak: ended.rusage.maxrss })
}

/// Starts a program, and kills it after that time unless it ended before.
pub(crate) fn cut_short(command: &mut Command, after: Duration) -> Result<(), Failure> {
    let mut process = command.spawn()?;
    std::thread::sleep(after);
    process.kill()?;
    process.wait()?;
    Ok(())
}

/// Processor time of this process so far, in the program and in the kernel for it. Linux only.
pub(crate) fn processor_time() -> Result<Duration, Failure> {
    let mut nanoseconds = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        // A thread may end meanwhile; none that works does.
        let spent = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        nanoseconds += spent.split(' ').next().and_then(|spent| spent.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The median of what several rounds took.
pub(crate) fn median<Round>(rounds: &[Round], of: &dyn Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
