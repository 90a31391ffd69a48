//! What stands around every page.

use maud::{DOCTYPE, Markup, html};

use super::place::Place;
use super::visitor::Visitor;

/// Where the stylesheet is.
pub(super) const STYLE: &str = "/style.css";

/// A page with that title, which stands at that place.
pub(super) fn page(visitor: &Visitor, title: &str, here: &Place, content: &Markup) -> Markup {
    let words = visitor.words;
    let other = words.language.other();
    html! {
        (DOCTYPE)
        html lang=(words.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " – " (words.say("product")) }
                link rel="stylesheet" href=(STYLE);
            }
            body {
                a.skip href="#content" { (words.say("skip")) }
                header {
                    a.product href="/" { (words.say("product")) }
                    div.actions {
                        form method="post" action="/language" {
                            (token(visitor))
                            input type="hidden" name="to" value=(here.path());
                            button.plain name="language" value=(other.code()) lang=(other.code()) {
                                (words.say("language-switch"))
                            }
                        }
                        @if visitor.session.is_some() {
                            form method="post" action="/leave" {
                                (token(visitor))
                                button.plain { (words.say("leave")) }
                            }
                        }
                    }
                }
                main id="content" tabindex="-1" { (content) }
            }
        }
    }
}

/// The token that a form must carry to be taken.
pub(super) fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="token" value=(visitor.token()); }
}
