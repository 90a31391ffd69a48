//! The short pages: entering, and what is refused.

use maud::{Markup, html};

use super::frame::{page, token};
use super::place::Place;
use super::visitor::Visitor;

/// Asks whoever opened a login link to press a button: a scanner of mail that opens it spends nothing. It looks the same for
/// every secret, and nobody looked for the link yet.
pub(super) fn enter(visitor: &Visitor, here: &Place) -> Markup {
    let words = visitor.words;
    let content = html! {
        h1 { (words.say("enter-title")) }
        p { (words.say("enter-text")) }
        form method="post" action=(here.path()) {
            (token(visitor))
            button.main autofocus { (words.say("enter-button")) }
        }
    };
    page(visitor, &words.say("enter-title"), here, &content)
}

/// A short page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// A link that is wrong, spent or too old: one answer for all of them.
    Refused,
    /// Nobody is logged in.
    Outside,
    /// Too many tries to enter.
    TooMany,
    /// A form that no page of ours handed out, or not to this browser.
    FormOld,
    /// Nothing is there, or nothing that they may see: one answer for both.
    Nowhere,
    /// The store does not answer.
    Failed,
}

/// That page.
pub(super) fn notice(visitor: &Visitor, notice: Notice) -> Markup {
    let words = visitor.words;
    let (title, text) = match notice {
        Notice::Refused => (words.say("refused-title"), words.say("refused-text")),
        Notice::Outside => (words.say("outside-title"), words.say("outside-text")),
        Notice::TooMany => (words.say("too-many-title"), words.say("too-many-text")),
        Notice::FormOld => (words.say("form-old-title"), words.say("form-old-text")),
        Notice::Nowhere => (words.say("nowhere-title"), words.say("nowhere-text")),
        Notice::Failed => (words.say("failed-title"), words.say("failed-text")),
    };
    let content = html! {
        h1 { (title) }
        p {
            (text)
            @if notice == Notice::Outside { " " code { "koppeling pages link" } }
        }
        @if visitor.session.is_some() { p { a href="/" { (words.say("to-begin")) } } }
    };
    page(visitor, &title, &Place::Beginning, &content)
}
