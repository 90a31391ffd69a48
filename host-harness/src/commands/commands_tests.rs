#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use clap::CommandFactory;
use koppeling_egress::Pace;

use super::failure::Unavailable;
use super::global::pace;
use super::*;
use crate::component::{CallError, SettingProblem, System};
use crate::run::{Halt, Wait};
use crate::store::{OpenError, Reason, StoreError, Trouble};
use crate::timestamp::Timestamp;

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn every_exit_code_is_its_own_and_stands_in_the_help() {
    let help = Cli::command().render_long_help().to_string();
    let mut codes = std::collections::BTreeSet::new();
    for exit in Exit::ALL {
        assert!(codes.insert(exit.code()), "{exit:?}");
        let listed = help.lines().any(|line| line.split_whitespace().next() == Some(&exit.code().to_string()));
        assert!(listed, "{exit:?} is not in the help");
    }
}

#[test]
fn the_documents_list_the_exit_codes_as_the_help_does() {
    let documents = include_str!("../../../docs/operating.md");
    for line in exit::TABLE.lines().skip(1) {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        assert!(documents.contains(&format!("| {code} | {meaning} |")), "{line}");
    }
}

#[test]
fn failures_end_with_the_code_for_what_must_be_done() {
    let halted = |halt: Halt| CommandError::from(halt).exit();
    let problem = SettingProblem { setting: "tribe-url".to_owned(), code: "setting-missing".to_owned() };
    let until = Timestamp::from_millis(0);
    for (exit, expected) in [
        (halted(Halt::Settings(vec![problem])), Exit::Settings),
        (halted(Halt::Credentials(System::Tribe)), Exit::Credentials),
        (halted(Halt::StateNewer(2)), Exit::StateNewer),
        (halted(Halt::Unsupported), Exit::Plugin),
        (halted(Halt::Defect("x".to_owned())), Exit::Defect),
        (halted(Halt::Call(CallError::Broken)), Exit::Defect),
        (halted(Halt::Call(CallError::LeaseLost)), Exit::Unavailable),
        (halted(Halt::Busy), Exit::Unavailable),
        (halted(Halt::Cancelled), Exit::Cancelled),
        (CommandError::Later(Box::new(unavailable(until))).exit(), Exit::Unavailable),
        (CommandError::Paused(Box::new(unavailable(until))).exit(), Exit::Unavailable),
        (CommandError::NothingKnown("nothing".to_owned()).exit(), Exit::NothingKnown),
        (CommandError::from(StoreError::Failed(Trouble::Full)).exit(), Exit::Unavailable),
        (CommandError::from(OpenError::WrongKey).exit(), Exit::Settings),
        (CommandError::from(OpenError::Newer { found: 2, known: 1 }).exit(), Exit::StateNewer),
        (CommandError::NobodyToAsk.exit(), Exit::Usage),
        (CommandError::NoOffice.exit(), Exit::Settings),
    ] {
        assert_eq!(exit, expected);
    }
}

#[test]
fn the_help_and_the_manual_explain_what_is_counted() {
    let manual = include_str!("../../../docs/operating.md");
    for (name, _) in crate::run::Tally::default().counts() {
        let words = if name == "dead-lettered" { "put aside" } else { &name };
        assert!(sync::WORDS.contains(&format!("\n  {words} ")), "{words}");
        assert!(manual.contains(&format!("| {words} |")), "{words}");
        assert!(sync::WORDS.contains(&name) && manual.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_example_of_a_span_of_time_is_understood() {
    let help = "koppeling undo between 2026-01-31T09:00:00Z 2026-01-31T09:05:00Z";
    assert!(Cli::try_parse_from(help.split(' ')).is_ok());
}

#[test]
fn every_failure_is_one_line() {
    let until = Timestamp::from_millis(0);
    for error in [
        CommandError::from(Halt::Cancelled),
        CommandError::from(Halt::Call(CallError::Broken)),
        CommandError::from(Halt::Busy),
        CommandError::Later(Box::new(unavailable(until))),
        CommandError::WhichOffice(3),
        CommandError::from(OpenError::WrongKey),
    ] {
        assert!(!error.to_string().contains('\n') && error.to_string().len() > 10, "{error}");
    }
}

#[test]
fn only_what_stores_as_it_goes_says_that_something_is_stored() {
    let until = Timestamp::from_millis(0);
    assert!(!CommandError::Later(Box::new(unavailable(until))).to_string().contains("stored"));
    assert!(
        CommandError::Paused(Box::new(unavailable(until))).to_string().contains("what was done until here is stored")
    );
}

#[test]
fn a_system_that_is_not_available_is_named_with_why_and_until_when() {
    let told = CommandError::Later(Box::new(unavailable(Timestamp::from_millis(0)))).to_string();
    let expected = "Tribe is not available now: The server reports an error of its own (HTTP 502); try again after \
                    1970-01-01T00:00:00Z";
    assert_eq!(told, expected);
}

fn unavailable(until: Timestamp) -> Unavailable {
    let reason =
        Reason { system: "Tribe".to_owned(), code: "server-error".to_owned(), status: Some(502), setting: None };
    let why = Some("The server reports an error of its own.".to_owned());
    Unavailable { wait: Wait { until, reason: Some(reason) }, why, setting: None }
}

#[test]
fn a_pace_is_a_number_above_zero_or_unlimited() {
    assert_eq!(pace("unlimited"), Ok(Pace::Unlimited));
    assert_eq!(pace("1000"), Ok(Pace::default()));
    for text in ["0", "-1", "", "many"] {
        assert!(pace(text).is_err(), "{text}");
    }
}
