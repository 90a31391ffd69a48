//! What a person sees: plain lines, colour only where it is wanted, progress only at a terminal.

use std::io::{self, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::CommandError;
use crate::run::Tally;

/// Whether standard error takes colours. The streams of [`Screen`] ask the same for themselves: a terminal that shows
/// them, and neither `NO_COLOR` nor `CLICOLOR=0`; `CLICOLOR_FORCE` also where there is no terminal.
pub(super) fn colours_on_stderr() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
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
pub(super) struct Screen;

impl Screen {
    /// A line of a result. A reader that went away, as `head` does, is no failure.
    pub(super) fn line(&self, text: impl AsRef<str>) {
        let _ = writeln!(anstream::stdout().lock(), "{}", text.as_ref());
    }

    /// A result for a machine.
    pub(super) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.line(text);
        }
    }

    /// A line beside the result.
    pub(super) fn aside(&self, text: impl AsRef<str>) {
        let _ = writeln!(anstream::stderr().lock(), "{}", text.as_ref());
    }

    /// The one line of a failure.
    pub(super) fn failure(&self, error: &CommandError) {
        self.aside(format!("koppeling: {error}"));
    }

    /// A list with a title above each column. Every entry is one line, however wide the screen is, so that `grep` and
    /// `awk` can work on it.
    pub(super) fn table<const COLUMNS: usize>(
        &self,
        titles: [&str; COLUMNS],
        rows: impl IntoIterator<Item = [String; COLUMNS]>,
    ) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(titles).add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for (number, line) in table.lines().enumerate() {
            let line = line.trim_end();
            self.line(if number == 0 { self.toned(Tone::Heading, line) } else { line.to_owned() });
        }
    }

    /// The text in a tone; a stream that takes no colours leaves them out.
    pub(super) fn toned(&self, tone: Tone, text: &str) -> String {
        let style = match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Quiet => Style::new().dimmed(),
            Tone::Heading => Style::new().bold(),
        };
        format!("{style}{text}{style:#}")
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

    /// Tells that the walk waits, and why: in the bar, or in a line where none is drawn.
    pub(super) fn waiting(&self, text: String) {
        if self.bar.is_hidden() {
            // Nobody may be listening.
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
        self.bar.set_message(text);
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
