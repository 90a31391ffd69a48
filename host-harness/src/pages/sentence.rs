//! How an office stands, in the one sentence at the top of its page, and what is to be done: worked out here and nowhere
//! else.

use maud::{Markup, html};

use super::clock::time;
use super::words::{Value, Words};
use crate::office_state::{Need, OfficeState, State, is_outage, percent};
use crate::store::{ADVOCAATCENTRAAL, Activity, Direction, OfficeSummary, RunResult, Standing, TRIBE};
use crate::timestamp::Timestamp;

/// Stands in a message where the time comes: a page has an element for it.
const TIME: char = '\u{e000}';

/// A sentence, and the time in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    text: String,
    at: Option<Timestamp>,
}

impl Sentence {
    /// As an element of a page.
    pub(super) fn markup(&self, words: Words, now: Timestamp) -> Markup {
        match (self.text.split_once(TIME), self.at) {
            (Some((before, after)), Some(at)) => html! { (before) (time(words, at, now)) (after) },
            _ => html! { (self.text) },
        }
    }

    /// As plain text.
    #[cfg(test)]
    pub(super) fn plain(&self, words: Words, now: Timestamp) -> String {
        let time = self.at.map(|at| super::clock::in_words(words, at, now)).unwrap_or_default();
        self.text.replace(TIME, &time)
    }
}

/// An office, and how it stands.
#[derive(Clone, Copy)]
pub(super) struct Stands<'a> {
    pub(super) office: &'a OfficeSummary,
    pub(super) state: &'a OfficeState,
    /// Records with an edit in Tribe that waits for AdvocaatCentraal.
    pub(super) waiting: u64,
}

/// How a state is called in a list.
pub(super) fn word(words: Words, state: State) -> String {
    words.say(match state {
        State::Deactivated => "state-deactivated",
        State::Paused => "state-paused",
        State::InOrder => "state-in-order",
        State::DirectionPaused => "state-direction-paused",
        State::SystemAway => "state-system-away",
        State::WebhookRefused => "state-webhook-refused",
        State::RecordsWait => "state-records-wait",
        State::FirstSync => "state-first-sync",
        State::NeverSynced => "state-never-synced",
        State::Braked => "state-braked",
        State::Late => "state-late",
        State::Stopped => "state-stopped",
        State::Unexplained => "state-unexplained",
    })
}

/// The one sentence. It says no more than is known: what waits beside what is gravest stands below, in what is to be done.
pub(super) fn sentence(words: Words, of: Stands<'_>) -> Sentence {
    let Stands { office, state, waiting } = of;
    let summary = &office.summary;
    let Standing { dead_letters, gone, brakes } = summary.standing.unwrap_or_default();
    let failing_since = state.failing.as_ref().map(|failing| failing.since);
    let say = |message, at: Option<Timestamp>| Sentence { text: words.say(message), at };
    let since = |message, at: Option<Timestamp>| Sentence {
        text: words.say_with(message, [("since", TIME.to_string().into())]),
        at,
    };
    let since_with_system = |message| {
        let values = [("since", TIME.to_string().into()), ("system", system(state))];
        Sentence { text: words.say_with(message, values), at: failing_since }
    };
    match state.state {
        State::Deactivated => since("sentence-deactivated", office.activity.since()),
        State::Paused => since("sentence-paused", office.activity.since()),
        // Nothing that needs a person and no outage: a system that counted too many calls.
        State::InOrder if state.failing.is_some() => since_with_system("sentence-asked-to-wait"),
        State::InOrder if waiting > 0 => {
            Sentence { text: words.say_with("sentence-edits-wait", [("count", waiting.into())]), at: None }
        }
        State::InOrder => say("sentence-in-order", None),
        State::DirectionPaused => since(
            match office.activity.paused_direction() {
                Some(Direction::ToTribe) => "sentence-to-tribe-paused",
                Some(Direction::ToAdvocaatcentraal) | None => "sentence-to-advocaatcentraal-paused",
            },
            office.activity.since(),
        ),
        State::SystemAway => since_with_system("sentence-system-away"),
        State::WebhookRefused => {
            since("sentence-webhook-refused", summary.last_deliveries.failing().map(|refused| refused.at))
        }
        State::RecordsWait => {
            let values = [("letters", dead_letters.into()), ("gone", gone.into())];
            let message = match (dead_letters, gone) {
                (_, 0) => "sentence-letters-wait",
                (0, _) => "sentence-gone-wait",
                _ => "sentence-both-wait",
            };
            Sentence { text: words.say_with(message, values), at: None }
        }
        State::FirstSync => {
            let reached = state.reached;
            let records = reached.map(|reached| reached.records).unwrap_or_default();
            let known = reached.and_then(|reached| Some((reached.expected?, percent(reached)?)));
            let text = match known {
                Some((all, percent)) => words.say_with(
                    "sentence-first-sync-of",
                    [("records", records.into()), ("all", all.into()), ("percent", percent.into())],
                ),
                None => words.say_with("sentence-first-sync", [("records", records.into())]),
            };
            Sentence { text, at: None }
        }
        State::NeverSynced => say("sentence-never-synced", None),
        State::Braked => Sentence { text: words.say_with("sentence-braked", [("count", brakes.into())]), at: None },
        State::Late if state.failing.as_ref().is_some_and(is_outage) => {
            let values = [("since", TIME.to_string().into()), ("system", system(state))];
            Sentence { text: words.say_with("sentence-late-by-system", values), at: Some(office.last_sign()) }
        }
        State::Late => since("sentence-late", Some(office.last_sign())),
        State::Stopped => since(stopped(state), failing_since),
        State::Unexplained => since("sentence-unexplained", summary.last_differences.as_ref().map(|run| run.finished)),
    }
}

/// The system that failed, as the messages tell it apart.
fn system(state: &OfficeState) -> Value {
    let system = state.failing.as_ref().map(|failing| failing.reason.system.as_str());
    Value::from(match system {
        Some(ADVOCAATCENTRAAL) => "advocaatcentraal",
        Some(TRIBE) => "tribe",
        _ => "neither",
    })
}

/// Why an office stands still.
fn stopped(state: &OfficeState) -> &'static str {
    let failing = state.failing.as_ref();
    let is_tribe = failing.is_some_and(|failing| failing.reason.system == TRIBE);
    match failing.map(|failing| failing.result) {
        Some(RunResult::Settings) => "sentence-stopped-settings",
        Some(RunResult::Credentials) if is_tribe => "sentence-stopped-tribe-login",
        Some(RunResult::Credentials) => "sentence-stopped-key",
        Some(RunResult::StateNewer) => "sentence-stopped-newer",
        Some(RunResult::Unsupported) => "sentence-stopped-unsupported",
        Some(RunResult::NoStore) => "sentence-stopped-store",
        Some(RunResult::OfficeFull) => "sentence-stopped-full",
        _ => "sentence-stopped-defect",
    }
}

/// What is to be done, for the people of an office; and for the operator what to type.
pub(super) struct Advice {
    pub(super) text: String,
    pub(super) command: String,
}

/// What is to be done about everything that an office needs; the gravest stands first.
pub(super) fn advice(words: Words, of: Stands<'_>) -> Vec<Advice> {
    let Stands { office, state, .. } = of;
    let Standing { dead_letters, gone, brakes } = office.summary.standing.unwrap_or_default();
    let number = &office.office;
    let is_tribe = state.failing.as_ref().is_some_and(|failing| failing.reason.system == TRIBE);
    let mut needs = state.needs.clone();
    needs.sort_by_key(|need| rank(*need));
    let told = needs.into_iter().map(|need| {
        let text = match need {
            Need::InitialSync => words.say("do-initial-sync"),
            Need::Settings => words.say("do-settings"),
            Need::Credentials if is_tribe => words.say("do-tribe-login"),
            Need::Credentials => words.say("do-key"),
            Need::Store => words.say("do-store"),
            Need::OfficeFull => words.say("do-full"),
            Need::Stopped => words.say("do-stopped"),
            Need::Late => words.say("do-late"),
            Need::DeadLetters => words.say_with("do-letters", [("count", dead_letters.into())]),
            Need::Gone => words.say_with("do-gone", [("count", gone.into())]),
            Need::WebhookSecret => words.say("do-webhook-secret"),
            Need::Brake => words.say_with("do-brake", [("count", brakes.into())]),
            Need::Unexplained => words.say("do-unexplained"),
        };
        let command = match need {
            Need::InitialSync => format!("koppeling sync {number}"),
            Need::Settings | Need::Credentials | Need::Store | Need::Late => format!("koppeling check {number}"),
            Need::OfficeFull => format!("koppeling status {number}"),
            Need::Stopped => format!("koppeling poll {number}"),
            Need::DeadLetters => format!("koppeling letters list {number}"),
            Need::Gone => format!("koppeling records list --gone {number}"),
            Need::WebhookSecret => format!("koppeling office edit {number} --ask tribe-webhook-secret"),
            Need::Brake => format!("koppeling brake list {number}"),
            Need::Unexplained => format!("koppeling differences {number}"),
        };
        Advice { text, command }
    });
    let resume = match office.activity {
        Activity::Active(_) => None,
        Activity::OneWay(..) => Some("do-resume-direction"),
        Activity::Paused(_) | Activity::Deactivated(_) => Some("do-resume"),
    };
    let rests =
        resume.map(|resume| Advice { text: words.say(resume), command: format!("koppeling office resume {number}") });
    rests.into_iter().chain(told).collect()
}

/// What stops all comes before what holds up some.
fn rank(need: Need) -> u8 {
    match need {
        Need::Unexplained => 0,
        Need::Settings | Need::Credentials | Need::Store | Need::OfficeFull | Need::Stopped => 1,
        Need::InitialSync => 2,
        Need::Late => 3,
        Need::Brake => 4,
        Need::DeadLetters | Need::Gone => 5,
        Need::WebhookSecret => 6,
    }
}

#[cfg(test)]
#[path = "sentence_tests.rs"]
mod tests;
