//! The list of offices, for the operator.

use maud::{Markup, html};

use super::clock::time;
use super::deeds::deeds;
use super::frame::page;
use super::place::Place;
use super::sentence::{Stands, sentence, word};
use super::visitor::Visitor;
use crate::office_state::OfficeState;
use crate::store::{Deed, OfficeSummary};
use crate::timestamp::Timestamp;

/// Offices on one page.
const ON_A_PAGE: usize = 100;

/// An office in the list.
pub(super) struct Line {
    pub(super) office: OfficeSummary,
    pub(super) state: OfficeState,
    pub(super) waiting: u64,
}

/// What somebody asked of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// A part of a number.
    pub(super) number: String,
    /// Which page, counted from 1.
    pub(super) page: usize,
}

impl Asked {
    /// From what stands behind the question mark of an address.
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "number" => asked.number = value.trim().to_owned(),
                "page" => asked.page = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        asked
    }

    fn address(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("number", &self.number).append_pair("page", &page.to_string());
        format!("/?{}", query.finish())
    }
}

/// The page. The lines are all that there are, by their numbers; the trail is that of no office.
pub(super) fn offices_page(visitor: &Visitor, all: &[Line], asked: &Asked, trail: &[Deed], now: Timestamp) -> Markup {
    let words = visitor.words;
    let found: Vec<&Line> = all.iter().filter(|line| line.office.office.as_str().contains(&asked.number)).collect();
    let pages = found.len().div_ceil(ON_A_PAGE).max(1);
    let page_number = asked.page.clamp(1, pages);
    let shown = found.iter().skip((page_number - 1) * ON_A_PAGE).take(ON_A_PAGE);
    let content = html! {
        h1 { (words.say("offices-title")) }
        @if all.len() > ON_A_PAGE || !asked.number.is_empty() {
            form.search method="get" action="/" role="search" {
                label for="number" { (words.say("offices-search")) }
                input id="number" name="number" value=(asked.number) autocomplete="off";
                button.main { (words.say("offices-search-button")) }
            }
        }
        @if all.is_empty() {
            p { (words.say("offices-none")) " " code { "koppeling office add" } }
        } @else if found.is_empty() {
            p { (words.say("offices-found-none")) }
        } @else {
            table.offices {
                thead {
                    tr {
                        th scope="col" { (words.say("column-state")) }
                        th scope="col" { (words.say("column-office")) }
                        th scope="col" { (words.say("column-sentence")) }
                        th scope="col" { (words.say("column-last-cycle")) }
                    }
                }
                tbody {
                    @for line in shown { (row(visitor, line, now)) }
                }
            }
        }
        @if pages > 1 {
            nav.pages {
                @if page_number > 1 { a rel="prev" href=(asked.address(page_number - 1)) { (words.say("page-before")) } }
                span {
                    (words.say_with("page-of", [("page", page_number.into()), ("pages", pages.into())]))
                }
                @if page_number < pages { a rel="next" href=(asked.address(page_number + 1)) { (words.say("page-after")) } }
            }
        }
        (deeds(words, trail, now))
    };
    page(visitor, &words.say("offices-title"), &Place::Beginning, &content)
}

fn row(visitor: &Visitor, line: &Line, now: Timestamp) -> Markup {
    let (words, summary) = (visitor.words, &line.office.summary);
    let stands = Stands { office: &line.office, state: &line.state, waiting: line.waiting };
    let number = &line.office.office;
    html! {
        tr {
            td { span class={ "state " (line.state.state.name()) } { (word(words, line.state.state)) } }
            td { a href=(Place::Office(number.clone()).path()) { (number) } }
            td { (sentence(words, stands).markup(words, now)) }
            td {
                @match summary.last_cycle.max(summary.initial_sync.done()) {
                    Some(at) => (time(words, at, now)),
                    None => (words.say("never")),
                }
            }
        }
    }
}
