//! The audit trail, as a table.

use maud::{Markup, html};

use super::clock::time;
use super::words::Words;
use crate::store::{By, Deed, Done};
use crate::timestamp::Timestamp;

/// The entries, as they are given.
pub(super) fn deeds(words: Words, deeds: &[Deed], now: Timestamp) -> Markup {
    html! {
        section {
            h2 id="deeds" { (words.say("deeds-title")) }
            @if deeds.is_empty() {
                p { (words.say("deeds-none")) }
            } @else {
                div.wide role="region" aria-labelledby="deeds" tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { (words.say("column-when")) }
                                th scope="col" { (words.say("column-who")) }
                                th scope="col" { (words.say("column-work")) }
                            }
                        }
                        tbody {
                            @for deed in deeds {
                                tr {
                                    td { (time(words, deed.at, now)) }
                                    td { (by(words, deed.by)) }
                                    td { (done(words, deed.what)) @if let Some(about) = &deed.about { " " (about) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn by(words: Words, by: By) -> String {
    match by {
        By::Terminal => words.say("by-terminal"),
        By::Operator(session) => words.say_with("by-operator", [("session", session.into())]),
        By::Office(session) => words.say_with("by-office", [("session", session.into())]),
    }
}

fn done(words: Words, what: Done) -> String {
    words.say(match what {
        Done::LinkMade => "done-link-made",
        Done::LoggedIn => "done-logged-in",
        Done::LoggedOut => "done-logged-out",
        Done::LoginsEnded => "done-logins-ended",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    #[test]
    fn an_entry_is_told_with_who_when_and_what_it_was_done_to() {
        let now = Timestamp::from_millis(1_796_000_000_000);
        for words in Language::ALL.map(Words::of) {
            for what in Done::ALL {
                let mut deed = Deed::new(now, By::Office(41), what);
                deed.about = Some("relatie/1001".to_owned());
                let told = deeds(words, &[deed], now).into_string();
                assert!(told.contains("41") && told.contains("relatie/1001") && told.contains("<time "), "{told}");
            }
            assert!(by(words, By::Operator(42)).contains("42"));
            assert_ne!(by(words, By::Terminal), by(words, By::Operator(42)));
            assert!(deeds(words, &[], now).into_string().contains(&words.say("deeds-none")));
        }
    }
}
