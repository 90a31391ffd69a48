//! What people see in a browser: a login by a link that holds once, the list of offices, and how one office stands.
//!
//! Anyone who reaches the port can ask. So nothing is told before a session is there, the people of an office learn of no
//! other, and what a form posts is taken only where a page of ours handed out its token. Nothing here asks for JavaScript or
//! anything of another host. State is reached through the store alone; the connector is asked for its sentences.
//!
//! | room | what it does |
//! |---|---|
//! | `words` | the messages of `texts/`, in the language of whoever reads |
//! | `clock` | times as the offices' clocks have them |
//! | `sentence` | how an office stands in one sentence, and what is to be done |
//! | `address` | where people find the pages, and from where a request may come |
//! | `place` | what is asked for |
//! | `visitor` | who asks: session, language, and the token of the forms |
//! | `tries` | how often somebody may try to enter |
//! | `frame` | what stands around every page |
//! | `deeds` | the audit trail, as a table |
//! | `office_page`, `offices_page` | the page of one office, and the list of them |
//! | `notices` | the short pages: entering, and what is refused |
//! | `server` | answers |

mod address;
mod clock;
mod deeds;
mod frame;
mod notices;
mod office_page;
mod offices_page;
mod place;
mod sentence;
mod server;
mod tries;
mod visitor;
mod words;

pub use address::{Address, NotPagesUrl, PagesUrl};
pub use server::{Pages, Sentences, serve};

/// Where the secret of a login link stands behind, in the address of a page.
pub use place::ENTER;

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
