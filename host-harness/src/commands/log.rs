//! The log on standard error: which of our lines, and in which form.

use clap::ValueEnum;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::screen;
#[cfg(feature = "otlp")]
use crate::telemetry::Telemetry;

/// Our own lines: what libraries write may repeat addresses and bodies, and is not logged whatever `RUST_LOG` says.
const OURS: [&str; 2] = ["host_harness", "koppeling_egress"];

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogForm {
    /// Lines for a person
    Text,
    /// Each line is an object of JSON, for a machine
    Json,
}

/// Begins the log. `RUST_LOG` comes before the `usual` level, and `-v` before both.
///
/// What is logged goes to a collector too, where there is one.
pub(super) fn begin(
    form: LogForm,
    verbose: u8,
    usual: LevelFilter,
    #[cfg(feature = "otlp")] telemetry: Option<&Telemetry>,
) {
    let asked = std::env::var("RUST_LOG").ok().filter(|asked| !asked.is_empty());
    let (wanted, is_understood) = wanted(verbose, usual, asked.as_deref());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match form {
        LogForm::Text => lines.with_ansi(screen::colours_on_stderr()).boxed(),
        LogForm::Json => lines.json().flatten_event(true).boxed(),
    };
    #[cfg(feature = "otlp")]
    let collected = telemetry.map(|telemetry| telemetry.layer(wanted.clone()));
    let log = tracing_subscriber::registry().with(lines.with_filter(wanted));
    #[cfg(feature = "otlp")]
    let log = log.with(collected);
    log.init();
    if !is_understood {
        tracing::warn!(
            "RUST_LOG is not understood and was left aside; give a level, such as debug, or host_harness=debug"
        );
    }
}

/// The lines that are wanted, and whether what was asked for is understood.
fn wanted(verbose: u8, usual: LevelFilter, asked: Option<&str>) -> (Targets, bool) {
    let all_at = |level| Targets::new().with_targets(OURS.map(|ours| (ours, level)));
    match (verbose, asked) {
        (0, None) => (all_at(usual), true),
        (0, Some(asked)) => match asked.parse::<Targets>() {
            Ok(asked) => {
                let is_ours = |target: &str| {
                    let crates = target.split("::").next().unwrap_or_default();
                    OURS.contains(&crates)
                };
                let rest = all_at(asked.default_level().unwrap_or(usual));
                (rest.with_targets(asked.into_iter().filter(|(target, _)| is_ours(target))), true)
            }
            Err(_) => (all_at(usual), false),
        },
        (1, _) => (all_at(LevelFilter::INFO), true),
        _ => (all_at(LevelFilter::DEBUG), true),
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::*;

    #[test]
    fn the_log_is_ours_alone_at_the_level_that_is_asked_for() {
        use tracing::Level;
        let enables = |verbose, asked, target: &str, level| {
            wanted(verbose, LevelFilter::INFO, asked).0.would_enable(target, &level)
        };
        for (verbose, asked, target, level, expected) in [
            (0, None, "host_harness::schedule", Level::INFO, true),
            (0, None, "host_harness::schedule", Level::DEBUG, false),
            (0, Some("debug"), "koppeling_egress", Level::DEBUG, true),
            (0, Some("trace"), "hyper", Level::ERROR, false),
            (0, Some("hyper=trace"), "hyper", Level::ERROR, false),
            (0, Some("hyper=trace"), "host_harness::run", Level::INFO, true),
            (0, Some("host_harness::intake=debug"), "host_harness::intake::server", Level::DEBUG, true),
            (0, Some("host_harness::intake=debug"), "host_harness::run", Level::DEBUG, false),
            (0, Some("warn,host_harness::run=trace"), "host_harness::intake", Level::INFO, false),
            (0, Some("off"), "host_harness", Level::ERROR, false),
            (1, Some("off"), "host_harness", Level::INFO, true),
            (2, Some("off"), "host_harness", Level::DEBUG, true),
            (0, Some("no=such=level"), "host_harness", Level::INFO, true),
            (0, Some("loud"), "host_harness", Level::INFO, true),
        ] {
            assert_eq!(enables(verbose, asked, target, level), expected, "-v {verbose} {asked:?} {target} {level}");
        }
        assert!(!wanted(0, LevelFilter::INFO, Some("no=such=level")).1);
    }
}
