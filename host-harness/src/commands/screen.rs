//! What a person sees: plain lines, colour only where it is wanted, progress only at a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::CommandError;
use crate::run::Tally;

/// Whether standard error takes colours. https://no-color.org: any value of the variable turns them off.
pub(super) fn colours_on_stderr() -> bool {
    wanted() && io::stderr().is_terminal()
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How a line is meant.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Good,
    Bad,
    Quiet,
    Heading,
}

/// Standard output and standard error.
pub(super) struct Screen {
    colours: bool,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { colours: wanted() && io::stdout().is_terminal() }
    }

    /// A line of a result. A reader that went away, as `head` does, is no failure.
    pub(super) fn line(&self, text: impl AsRef<str>) {
        let _ = writeln!(io::stdout().lock(), "{}", text.as_ref());
    }

    /// A result for a machine.
    pub(super) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.line(text);
        }
    }

    /// A line beside the result.
    pub(super) fn aside(&self, text: impl AsRef<str>) {
        let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
    }

    /// The one line of a failure.
    pub(super) fn failure(&self, error: &CommandError) {
        self.aside(format!("koppeling: {error}"));
    }

    /// The text in a tone, where colours are wanted.
    pub(super) fn toned(&self, tone: Tone, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Quiet => "2",
            Tone::Heading => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A bar for a walk; nothing is drawn where standard error is no terminal.
    pub(super) fn progress(&self) -> Progress {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style("{spinner} {pos} records {msg}"));
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress { bar, known: false }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are this file's own; a mistake in one shows as a plain bar.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The bar of a walk.
pub(super) struct Progress {
    bar: ProgressBar,
    known: bool,
}

impl Progress {
    pub(super) fn show(&mut self, tally: &Tally) {
        if let Some(expected) = tally.expected {
            if !self.known {
                self.bar.set_style(style("[{bar:30}] {pos}/{len} records {msg}").progress_chars("=> "));
                self.known = true;
            }
            self.bar.set_length(expected.max(tally.position));
        }
        self.bar.set_position(tally.position);
        self.bar.set_message(format!("{} created, {} updated", tally.created, tally.updated));
    }

    pub(super) fn waiting(&self, text: String) {
        self.bar.set_message(text);
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
