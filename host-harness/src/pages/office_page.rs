//! How one office stands: the sentence, what is to be done, and what is known.

use std::time::Duration;

use maud::{Markup, html};

use super::clock::{in_words, midnight, time};
use super::deeds::deeds;
use super::frame::page;
use super::place::Place;
use super::sentence::{Stands, advice, sentence, word};
use super::visitor::Visitor;
use super::words::Words;
use crate::office_state::{OfficeState, State};
use crate::store::{DIFFERENCES, Deed, OfficeSummary, Run, RunResult};
use crate::timestamp::Timestamp;

/// Runs that the table has.
const RUNS_SHOWN: usize = 20;

/// What the page is made of.
pub(super) struct Known {
    pub(super) office: OfficeSummary,
    pub(super) state: OfficeState,
    /// Records with an edit in Tribe that waits for AdvocaatCentraal.
    pub(super) waiting: u64,
    /// Newest first; and whether there may be more of today than these.
    pub(super) runs: Vec<Run>,
    pub(super) deeds: Vec<Deed>,
    pub(super) interval: Duration,
    /// Why the last runs failed, in the connector's own words.
    pub(super) why: Option<String>,
}

/// The page.
pub(super) fn office_page(visitor: &Visitor, known: &Known, now: Timestamp) -> Markup {
    let (words, number) = (visitor.words, &known.office.office);
    let title = words.say_with("office", [("office", number.to_string().into())]);
    let stands = Stands { office: &known.office, state: &known.state, waiting: known.waiting };
    let sentence = sentence(words, stands);
    let content = html! {
        h1 { (title) }
        p class={ "sentence " (known.state.state.name()) } {
            span.state { (word(words, known.state.state)) } " "
            (sentence.markup(words, now))
        }
        (to_do(visitor, known, stands))
        (facts(words, known, now))
        (runs(words, &known.runs, now))
        (deeds(words, &known.deeds, now))
    };
    page(visitor, &title, &Place::Office(number.clone()), &content)
}

fn to_do(visitor: &Visitor, known: &Known, stands: Stands<'_>) -> Markup {
    let words = visitor.words;
    let is_operator = visitor.session.as_ref().is_some_and(|(_, session)| session.whom.office().is_none());
    let advice = advice(words, stands);
    html! {
        section {
            h2 { (words.say("do-title")) }
            @if advice.is_empty() {
                p { (words.say(if known.state.failing.is_some() { "do-wait" } else { "do-nothing" })) }
            } @else {
                ul {
                    @for one in &advice {
                        li {
                            (one.text)
                            @if is_operator { br; span.quiet { (words.say("do-command")) " " code { (one.command) } } }
                        }
                    }
                }
            }
            @if let Some(why) = &known.why { p.quiet { (words.say("do-why")) " " (why) } }
        }
    }
}

fn facts(words: Words, known: &Known, now: Timestamp) -> Markup {
    let summary = &known.office.summary;
    let today = Today::of(&known.runs, midnight(now));
    let or_never = |at: Option<Timestamp>| match at {
        Some(at) => time(words, at, now),
        None => html! { (words.say("never")) },
    };
    let count = |count: Option<u64>| match count {
        Some(count) => count.to_string(),
        None => words.say("unknown"),
    };
    let of_today = |count: u64| {
        if today.is_whole { count.to_string() } else { words.say_with("at-least", [("count", count.into())]) }
    };
    let next = match next_cycle(known, now) {
        Some(next) => words.say_with("next-about", [("time", in_words(words, next, now).into())]),
        None => words.say("unknown"),
    };
    let compared = summary.last_sweep.as_ref().and_then(|run| run.counts.get("read").copied());
    html! {
        section {
            h2 { (words.say("facts-title")) }
            dl {
                dt { (words.say("last-cycle")) } dd { (or_never(summary.last_cycle.max(summary.initial_sync.done()))) }
                dt { (words.say("next-cycle")) } dd { (next) }
                dt { (words.say("created-today")) } dd { (of_today(today.created)) }
                dt { (words.say("updated-today")) } dd { (of_today(today.updated)) }
                dt { (words.say("pushed-today")) } dd { (of_today(today.pushed)) }
                dt { (words.say("compared")) } dd { (count(compared)) }
                dt { (words.say("edits-waiting")) } dd { (known.waiting) }
                dt { (words.say("hooks")) } dd { (hooks(words, known, now)) }
            }
        }
    }
}

/// When the next cycle is to be expected; none where that is not known, or its time has come.
fn next_cycle(known: &Known, now: Timestamp) -> Option<Timestamp> {
    let is_cycling = known.office.activity.is_active() && known.office.summary.initial_sync.done().is_some();
    let last = known.runs.iter().find(|run| run.work == "poll").map(|run| run.started);
    let next = last?.plus(known.interval);
    (is_cycling && known.state.state != State::Late && next > now).then_some(next)
}

fn hooks(words: Words, known: &Known, now: Timestamp) -> Markup {
    let deliveries = &known.office.summary.last_deliveries;
    match (deliveries.failing(), deliveries.accepted) {
        (Some(refused), _) => html! { (words.say("hooks-refused")) " " (time(words, refused.at, now)) },
        (None, Some(accepted)) => html! { (words.say("hooks-taken")) " " (time(words, accepted, now)) },
        (None, None) => html! { (words.say("hooks-none")) },
    }
}

/// What was done today, as far as the history reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Today {
    created: u64,
    updated: u64,
    pushed: u64,
    is_whole: bool,
}

impl Today {
    /// Of those runs, newest first, since that instant.
    fn of(runs: &[Run], since: Timestamp) -> Self {
        let mut today = Self { is_whole: true, ..Self::default() };
        for run in runs.iter().take_while(|run| run.finished >= since).filter(|run| run.work != DIFFERENCES) {
            let counted = |name: &str| run.counts.get(name).copied().unwrap_or_default();
            today.created += counted("created");
            if run.work == "push" {
                today.pushed += counted("updated");
            } else {
                today.updated += counted("updated");
            }
        }
        let reaches_back = runs.last().is_none_or(|oldest| oldest.finished < since);
        today.is_whole = reaches_back || runs.len() < MOST_RUNS as usize;
        today
    }
}

/// Runs that are read for the page: all that are kept.
pub(super) const MOST_RUNS: u32 = 1_000;

fn runs(words: Words, runs: &[Run], now: Timestamp) -> Markup {
    let count = |run: &Run, name: &str| run.counts.get(name).copied().unwrap_or_default();
    html! {
        section {
            h2 id="runs" { (words.say("runs-title")) }
            @if runs.is_empty() {
                p { (words.say("runs-none")) }
            } @else {
                div.wide role="region" aria-labelledby="runs" tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { (words.say("column-when")) }
                                th scope="col" { (words.say("column-work")) }
                                th scope="col" { (words.say("column-result")) }
                                th.number scope="col" { (words.say("column-created")) }
                                th.number scope="col" { (words.say("column-updated")) }
                                th.number scope="col" { (words.say("column-aside")) }
                            }
                        }
                        tbody {
                            @for run in runs.iter().take(RUNS_SHOWN) {
                                tr {
                                    td { (time(words, run.finished, now)) }
                                    td { (work(words, &run.work)) }
                                    td { (result(words, run.result)) }
                                    td.number { (count(run, "created")) }
                                    td.number { (count(run, "updated")) }
                                    td.number { (count(run, "dead-lettered")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn work(words: Words, work: &str) -> String {
    words.say(match work {
        "initial-sync" => "work-initial-sync",
        "poll" => "work-poll",
        "push" => "work-push",
        "sweep" => "work-sweep",
        DIFFERENCES => "work-differences",
        _ => "work-other",
    })
}

fn result(words: Words, result: RunResult) -> String {
    words.say(match result {
        RunResult::Done => "result-done",
        RunResult::InitialSyncFirst => "result-initial-sync-first",
        RunResult::Later => "result-later",
        RunResult::Settings => "result-settings",
        RunResult::Credentials => "result-credentials",
        RunResult::StateNewer => "result-state-newer",
        RunResult::Unsupported => "result-unsupported",
        RunResult::NoStore => "result-no-store",
        RunResult::OfficeFull => "result-office-full",
        RunResult::Failed => "result-failed",
        RunResult::Cancelled => "result-cancelled",
    })
}

#[cfg(test)]
#[path = "office_page_tests.rs"]
mod tests;
